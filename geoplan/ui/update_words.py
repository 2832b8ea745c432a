"""What a file is, in words for people who do not know what a datum is: lines, labels and cards, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from geoplan.crs import norm_crs
from geoplan.errors import CrsError
from geoplan.inspection import Candidate, Inspection, LayerInfo, Offset, Verdict
from geoplan.output import figures
from geoplan.output.escape import clip, for_html, visible
from geoplan.output.recorded import operation_text
from geoplan.types import Text
from geoplan.ui.texts import say

MAX_NAME = 80  # characters of a name from a file worth showing
MAX_ROWS = 12  # lines of one kind: what was left out, notes

_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")  # what Markdown may read as its own is ASCII
_OPTION = re.compile(r"--(crs|offset|axes|operation|layer|encoding|id|accept|repair)\b")
# Option of the command line, which messages name: the text of the control that does the same here.
_CONTROLS: Mapping[str, str] = {
    "crs": "update_crs",
    "offset": "update_offset",
    "axes": "update_axes",
    "operation": "update_operation",
    "layer": "update_layer",
    "encoding": "update_encoding",
    "id": "update_id_field",
    "accept": "update_accept",
    "repair": "update_tab_repair",
}
_SHIFTS: Mapping[Offset, str] = {
    Offset.NONE: "update_no_shift",
    Offset.GCJ02: "update_undo_gcj02",
    Offset.BD09: "update_undo_bd09",
}
_DATUMS: Mapping[str, str] = {
    "China 2000": "CGCS2000",
    "World Geodetic System 1984": "WGS 84",
    "World Geodetic System 1984 ensemble": "WGS 84",
    "Xian 1980": "Xian 1980 (西安 80)",
    "Beijing 1954": "Beijing 1954 (北京 54)",
    "New Beijing": "New Beijing (新北京 54)",
}


def name_of(text: str) -> str:
    """Return a name out of a file as it can be shown: one line, nothing unseen, not too long; not escaped."""
    return clip(visible(text), MAX_NAME)


def as_label(text: str) -> str:
    """Return text as Streamlit's labels take it, in which Markdown, icons and colours stay text."""
    return _MARKUP.sub(r"\\\1", text)


def in_page_words(text: str, language: str) -> str:
    """Return a message with the controls of this page in place of the command line's options."""
    return _OPTION.sub(lambda found: f"“{say(_CONTROLS[found[1]], language)}”", text)


def system_words(code: str, language: str) -> str:
    """Return what a coordinate system is: its code, datum, unit and central meridian; not escaped."""
    try:
        crs = norm_crs(code)
    except CrsError:
        return name_of(code)
    named = code if len(code) < 20 else name_of(crs.name)
    datum = crs.datum.name if crs.datum is not None else crs.name
    datum = _DATUMS.get(datum, name_of(datum))
    if crs.is_geographic:
        return f"{named} · {say('update_degrees', language, datum=datum)}"
    operation = crs.coordinate_operation
    found = [one.value for one in operation.params if one.name == "Longitude of natural origin"] if operation else []
    if not found or operation is None or "Transverse Mercator" not in operation.method_name:
        return f"{named} · {name_of(crs.name)}"
    meridian = f"{found[0]:g}"
    return f"{named} · {say('update_metres', language, datum=datum, meridian=meridian)}"


def twist_words(candidate: Candidate, language: str) -> str:
    """Return what is done to the numbers besides: axes, zone number, shift; "" for nothing."""
    parts = []
    if candidate.axis_order != "east-north":
        parts.append(say("update_north_first", language))
    if candidate.zone_prefix is not None:
        parts.append(say("update_prefix", language, prefix=candidate.zone_prefix))
    if candidate.offset is not Offset.NONE:
        parts.append(say(_SHIFTS[candidate.offset], language))
    return _listed(parts, language)


def reading_words(candidate: Candidate, language: str) -> str:
    """Return one reading of the coordinates in words, not escaped."""
    twist = twist_words(candidate, language)
    comma = "，" if language == "zh" else ", "
    return system_words(candidate.crs, language) + (f"{comma}{twist}" if twist else "")


def fit_words(candidate: Candidate, language: str) -> str:
    """Return how well a reading fits what is there, and whether it lands on the plan."""
    if candidate.distance_m is not None:
        distance = figures.number(candidate.distance_m, 2 if candidate.distance_m < 10 else 0, language)
        fit = say("update_fit_distance", language, metres=distance, share=_percent(candidate.coincide or 0.0))
    else:
        fit = say("update_fit_score", language, share=_percent(candidate.score))
    lands = say("update_lands" if candidate.lands_on_site else "update_lands_not", language)
    return _listed([fit, lands], language)


def plain_lines(inspection: Inspection, chosen: Candidate | None, language: str) -> tuple[str, ...]:
    """Return a plain sentence for everything about a file that is out of the ordinary, what must be decided first."""
    verdict, lines = inspection.crs, []
    stops = {
        Verdict.AMBIGUOUS: "update_plain_ambiguous",
        Verdict.MISSING: "update_plain_missing",
        Verdict.REFUSED: "update_plain_refused",
    }
    if chosen is None:
        lines.append(say(stops.get(verdict.verdict, "update_plain_ambiguous"), language))
    else:
        if verdict.verdict is Verdict.INFERRED:
            key = "update_plain_undeclared" if verdict.declared is None else "update_plain_mislabelled"
            if verdict.declared is None or chosen.offset is Offset.NONE:
                lines.append(say(key, language))
        if chosen.offset is not Offset.NONE:
            lines.append(say("update_plain_gcj02" if chosen.offset is Offset.GCJ02 else "update_plain_bd09", language))
        if chosen.axis_order != "east-north":
            lines.append(say("update_plain_axes", language))
        if chosen.zone_prefix is not None:
            lines.append(say("update_plain_prefix", language, prefix=chosen.zone_prefix))
    encoding = inspection.encoding
    if encoding.sample and encoding.name.upper() not in ("UTF-8", "UTF8"):
        lines.append(say("update_plain_gbk", language, encoding=visible(encoding.name)))
    if any(layer.skipped and layer.read for layer in inspection.layers):
        lines.append(say("update_plain_skipped", language))
    return tuple(lines)


def what_html(inspection: Inspection, chosen: Candidate | None, language: str, *, picked: bool) -> str:
    """Return the card of a file: the verdict, what is out of the ordinary in plain words, and the facts.

    `chosen` is the reading in force, `picked` whether a person chose it.
    """
    verdict = inspection.crs.verdict
    if chosen is not None:
        tone, key = "holds", "update_by_choice" if picked else "update_decided"
    else:
        tone = "fails" if verdict is Verdict.REFUSED else "asks"
        key = "update_refused" if verdict is Verdict.REFUSED else "update_undecided"
    lines = "".join(f"<li>{for_html(line)}</li>" for line in plain_lines(inspection, chosen, language))
    return (
        f'<div class="gp-card gp-what"><p class="gp-said gp-{tone}" role="status">{for_html(say(key, language))}</p>'
        f"{f'<ul>{lines}</ul>' if lines else ''}{_facts(inspection, chosen, language)}</div>"
    )


def _facts(inspection: Inspection, chosen: Candidate | None, language: str) -> str:
    layer = taken_layer(inspection)
    driver = visible(inspection.driver)
    if layer is None:
        rows = [("update_format", driver)]
    else:
        values = {"read": f"{layer.read:,}", "features": f"{layer.features:,}"}
        told = say("update_read_of", language, layer=name_of(layer.name), **values)
        rows = [("update_format", f"{driver} · {told}")]
    sample = ("、" if language == "zh" else ", ").join(name_of(text) for text in inspection.encoding.sample[:3])
    if sample:
        encoding = visible(inspection.encoding.name)
        rows.append(("update_names", f"{encoding}{'：' if language == 'zh' else ': '}{sample}"))
    if chosen is None or inspection.crs.verdict is not Verdict.DECLARED:
        rows.append(("update_declared", name_of(inspection.crs.declared or say("update_nothing", language))))
    if chosen is not None:
        rows.append(("update_coordinates", reading_words(chosen, language)))
    return facts_html(rows, language)


def about_html(inspection: Inspection, language: str) -> str:
    """Return everything else that is known of a file: why, the datum step, what was left out, notes, its hash."""
    verdict = inspection.crs
    rows = [("update_why", in_page_words(visible(verdict.explanation.get(language)), language))]
    if verdict.operation:
        known = verdict.accuracy_m
        accuracy = "" if known is None else say("update_accuracy", language, metres=f"{known:g}")
        rows.append(("update_datum", visible(operation_text(verdict.operation).get(language)) + accuracy))
    for layer in inspection.layers:
        rows += [
            ("update_skipped", f"{name_of(layer.name)}: {visible(reason.get(language))}")
            for reason in layer.skipped[:MAX_ROWS]
        ]
    rows += [("update_notes", visible(note.get(language))) for note in inspection.notes[:MAX_ROWS]]
    if inspection.sha256:
        rows.append(("update_hash", inspection.sha256))
    return f'<div class="gp-card">{facts_html(rows, language)}</div>'


def facts_html(rows: list[tuple[str, str]], language: str) -> str:
    """Return rows (key of a text, what is said) as a list of terms; a term said twice is written once."""
    parts, last = [], ""
    for key, text in rows:
        term = "" if key == last else for_html(say(key, language))
        parts.append(f"<dt>{term}</dt><dd>{for_html(text)}</dd>")
        last = key
    return f"<dl>{''.join(parts)}</dl>"


def taken_layer(inspection: Inspection) -> LayerInfo | None:
    """Return the layer of a file that would be loaded."""
    layers = inspection.layers
    if len(layers) == 1:
        return layers[0]
    return next((one for one in layers if one.name == inspection.layer), next((o for o in layers if o.read), None))


def steps_bar_html(at: int, language: str) -> str:
    """Return the way through the page: the parts done, the one somebody is at (1 to 4; 5 is beyond), those ahead."""
    parts = ["update_part_file", "update_part_what", "update_part_preview", "update_part_publish"]
    items = []
    for number, key in enumerate(parts, start=1):
        state = "done" if number < at else "now" if number == at else "ahead"
        here = ' aria-current="step"' if state == "now" else ""
        mark = "✓" if state == "done" else str(number)
        items.append(f'<li class="gp-way-{state}"{here}><i>{mark}</i>{for_html(say(key, language))}</li>')
    return f'<ol class="gp-way" aria-label="{for_html(say("update_steps", language))}">{"".join(items)}</ol>'


def note_html(line: str, tone: str, lines: tuple[str, ...] = ()) -> str:
    """Return one line said about a state, with more below it; `tone` is holds, fails, asks or quiet."""
    role = "alert" if tone == "fails" else "status"
    more = "".join(f"<li>{for_html(one)}</li>" for one in lines)
    listing = f'<ul class="gp-lines">{more}</ul>' if more else ""
    return f'<div class="gp-said gp-{tone}" role="{role}">{for_html(line)}{listing}</div>'


def said(text: Text, language: str) -> str:
    """Return a message in the page's own words, with nothing unseen in it."""
    return in_page_words(visible(text.get(language)), language)


def _listed(parts: list[str], language: str) -> str:
    return ("，" if language == "zh" else ", ").join(parts)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
