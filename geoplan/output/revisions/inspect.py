"""What a file is, as text for people and as the JSON document `geoplan.inspect/1`."""

from __future__ import annotations

from collections.abc import Iterator

from geoplan.inspection import Candidate, CrsVerdict, Inspection, LayerInfo, Offset, Verdict
from geoplan.output.documents import INSPECT_SCHEMA, Document, finite
from geoplan.output.escape import clip, for_terminal
from geoplan.output.page import BOLD, DIM, Page
from geoplan.output.recorded import operation_text
from geoplan.output.style import PASSED, SEVERITY_STYLES
from geoplan.types import Severity, Text

VERDICT_LABELS = {
    Verdict.DECLARED: Text("as declared", "按声明"),
    Verdict.INFERRED: Text("inferred from the numbers", "由数值推断"),
    Verdict.AMBIGUOUS: Text("UNDECIDED: what is declared does not fit", "未定：声明与数值不符"),
    Verdict.MISSING: Text("UNDECIDED: nothing is declared", "未定：未声明坐标系"),
    Verdict.REFUSED: Text("REFUSED", "拒绝"),
}
MAX_CANDIDATES = 8
MAX_FIELDS = 40
_NAME = 60  # characters of a name worth showing


def inspect_document(inspection: Inspection) -> Document:
    """Return the document of an inspection (schema `geoplan.inspect/1`), ready for `dumps`."""
    return {
        "schema": INSPECT_SCHEMA,
        "path": inspection.path,
        "sha256": inspection.sha256,
        "driver": inspection.driver,
        "layer": inspection.layer,
        "layers": [_layer(layer) for layer in inspection.layers],
        "encoding": {
            "name": inspection.encoding.name,
            "how": inspection.encoding.how,
            "sample": list(inspection.encoding.sample),
        },
        "crs": _crs(inspection.crs),
        "notes": [{"en": note.en, "zh": note.zh} for note in inspection.notes],
    }


def render_inspect(inspection: Inspection, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return an inspection as text; names and samples from the file cannot move the cursor."""
    page = Page.of(language, width, colour=colour)
    lines = [*inspection_lines(page, inspection), *_candidates(page, inspection.crs), "", *_verdict(page, inspection)]
    return "\n".join(lines) + "\n"


def inspection_lines(page: Page, inspection: Inspection) -> Iterator[str]:
    """Yield what a file is, short of the candidates."""
    yield from page.labelled(page.say("file", "文件"), for_terminal(inspection.path))
    digest = f", sha256 {inspection.sha256[:12]}" if inspection.sha256 else ""
    yield from page.labelled(page.say("format", "格式"), for_terminal(inspection.driver) + digest)
    for layer in inspection.layers:
        yield from _layer_lines(page, layer, chosen=layer.name == inspection.layer or len(inspection.layers) == 1)
    encoding = inspection.encoding
    sample = ", ".join(f"“{clip(for_terminal(text), _NAME)}”" for text in encoding.sample[:3])
    found = f"{for_terminal(encoding.name)} ({for_terminal(encoding.how)})"
    yield from page.labelled(
        page.say("text", "编码"), found + (page.say(", such as ", "，如 ") + sample if sample else "")
    )
    for note in inspection.notes:
        yield from page.labelled(page.say("note", "说明"), page.get(note))
    declared = for_terminal(inspection.crs.declared or page.say("nothing", "无"))
    yield from page.labelled(page.say("declared", "声明"), declared)
    chosen = inspection.crs.chosen
    verdict = page.get(VERDICT_LABELS[inspection.crs.verdict])
    yield from page.labelled("crs", f"{_reading(page, chosen)} ({verdict})" if chosen else verdict)
    yield from page.labelled(page.say("why", "理由"), page.get(inspection.crs.explanation))
    if inspection.crs.operation:
        accuracy, step = inspection.crs.accuracy_m, page.get(operation_text(inspection.crs.operation))
        known = "" if accuracy is None else page.say(f", accurate to {accuracy:g} m", f"，精度 {accuracy:g} m")
        yield from page.labelled(page.say("datum", "基准"), for_terminal(step) + known)


def _layer_lines(page: Page, layer: LayerInfo, *, chosen: bool) -> Iterator[str]:
    name = clip(for_terminal(layer.name), _NAME)
    text = page.say(
        f"{name}: {for_terminal(layer.geometry)}, {layer.read:,} of {layer.features:,} features read",
        f"{name}：{for_terminal(layer.geometry)}，{layer.features:,} 个要素中读取 {layer.read:,} 个",
    )
    yield from page.labelled(page.say("layer", "图层") + (" *" if chosen else ""), text)
    for reason in layer.skipped:
        yield from page.labelled("", page.say("skipped: ", "跳过：") + page.get(reason))
    if chosen and layer.fields:
        fields = ", ".join(clip(for_terminal(field), _NAME) for field in layer.fields[:MAX_FIELDS])
        more = len(layer.fields) - MAX_FIELDS
        yield from page.labelled(page.say("fields", "字段"), fields + (f", … (+{more})" if more > 0 else ""))


def _candidates(page: Page, verdict: CrsVerdict) -> Iterator[str]:
    shown = verdict.candidates[:MAX_CANDIDATES]
    if not shown or verdict.verdict is Verdict.DECLARED:
        return
    yield ""
    yield from page.wrapped(page.say("How the numbers can be read, best first", "可能的解读，最佳在前"), BOLD)
    for candidate in shown:
        mark = "*" if candidate == verdict.chosen else " "
        fits = page.say(f"score {candidate.score:.3f}", f"得分 {candidate.score:.3f}")
        if candidate.distance_m is not None:
            fits += page.say(
                f", {candidate.distance_m:,.2f} m from the current boundaries",
                f"，距现行边界 {candidate.distance_m:,.2f} m",
            )
        yield from page.wrapped(f"{mark} {_reading(page, candidate)}: {fits}", indent="    ")
        if candidate.options:
            yield from page.wrapped(f"    {for_terminal(candidate.options)}", DIM, "    ")
    more = len(verdict.candidates) - len(shown)
    if more:
        yield from page.wrapped(page.say(f"  and {more} more (--json)", f"  另有 {more} 种（--json）"))


def _reading(page: Page, candidate: Candidate) -> str:
    parts = [for_terminal(candidate.crs if len(candidate.crs) < _NAME else clip(candidate.crs, _NAME))]
    if candidate.axis_order != "east-north":
        parts.append(page.say("north first", "北坐标在前"))
    if candidate.zone_prefix is not None:
        parts.append(page.say(f"zone number {candidate.zone_prefix} in front", f"带号 {candidate.zone_prefix}"))
    if candidate.offset is not Offset.NONE:
        name = {Offset.GCJ02: "GCJ-02", Offset.BD09: "BD-09"}[candidate.offset]
        parts.append(page.say(f"after undoing {name}", f"消除 {name} 偏移"))
    return ", ".join(parts)


def _verdict(page: Page, inspection: Inspection) -> Iterator[str]:
    if inspection.crs.chosen is not None:
        yield from page.wrapped(page.say("DECIDED: it can be loaded", "已确定：可以加载"), PASSED.ansi)
        return
    said = page.say(
        "UNDECIDED: give one of the options above, or ask who sent it; nothing is loaded until then",
        "未确定：请选用上述选项之一，或向提供者确认；在此之前不会加载",
    )
    yield from page.wrapped(said, SEVERITY_STYLES[Severity.ERROR].ansi)


def _layer(layer: LayerInfo) -> Document:
    return {
        "name": layer.name,
        "geometry": layer.geometry,
        "features": layer.features,
        "read": layer.read,
        "skipped": [{"en": reason.en, "zh": reason.zh} for reason in layer.skipped],
        "fields": list(layer.fields),
    }


def _crs(verdict: CrsVerdict) -> Document:
    return {
        "declared": verdict.declared,
        "verdict": verdict.verdict.value,
        "chosen": _candidate(verdict.chosen) if verdict.chosen else None,
        "operation": verdict.operation,
        "accuracy_m": finite(verdict.accuracy_m),
        "explanation": {"en": verdict.explanation.en, "zh": verdict.explanation.zh},
        "candidates": [_candidate(candidate) for candidate in verdict.candidates],
    }


def _candidate(candidate: Candidate) -> Document:
    return {
        "crs": candidate.crs,
        "axis_order": candidate.axis_order,
        "zone_prefix": candidate.zone_prefix,
        "offset": candidate.offset.value,
        "score": finite(candidate.score),
        "lands_on_site": bool(candidate.lands_on_site),
        "distance_m": finite(candidate.distance_m),
        "coincide": finite(candidate.coincide),
        "options": candidate.options,
    }
