"""A comparison as plain text for a terminal or a log: what changed, the totals, and what it means for findings.

No line is wider than asked. Unchanged zones are counted, not listed. Names from files cannot move the cursor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from geoplan.crs import code_of
from geoplan.diff import ChangeKind, Comparison, Version
from geoplan.diff.comparison import FacilityMove
from geoplan.diff.counted import counted_transfers
from geoplan.diff.rows import ZoneRow
from geoplan.diff.zoneset import Value
from geoplan.output import figures
from geoplan.output.columns import table
from geoplan.output.escape import clip, for_terminal
from geoplan.output.labels import method_sentence, tolerance_sentence
from geoplan.output.page import DIM, Page
from geoplan.output.style import PASSED, SEVERITY_STYLES
from geoplan.types import AreaMethod, Finding, Severity, Text
from geoplan.zones import as_text

CHANGE_LABELS: Mapping[ChangeKind, Text] = {
    ChangeKind.ADDED: Text("added", "新增"),
    ChangeKind.REMOVED: Text("removed", "删除"),
    ChangeKind.RESHAPED: Text("reshaped", "变形"),
    ChangeKind.MOVED: Text("moved", "移位"),
    ChangeKind.SPLIT: Text("split", "拆分"),
    ChangeKind.MERGED: Text("merged", "合并"),
    ChangeKind.RECODED: Text("recoded", "改号"),
    ChangeKind.UNCHANGED: Text("unchanged", "未变"),
}
_VALUE_LENGTH = 60
_TRANSFERS = 20  # lines; the document has them all
_LISTED = 1000  # zones, and zones with other fields; the document has them all


def render_diff(comparison: Comparison, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return a comparison as text, ending in one line with the outcome and the tolerance.

    `width` is in terminal cells, at least 40. The text ends with a line break.
    """
    page = Page.of(language, width, colour=colour)
    count = len(comparison.rows) - comparison.counts[ChangeKind.UNCHANGED]
    changed = list(islice((row for row in comparison.told if row.kind is not ChangeKind.UNCHANGED), _LISTED))
    lines = [*_headline(page, comparison)]
    if changed:
        title = page.say("Zones that changed, in m²", "有变化的分区（m²）")
        lines += [*page.titled(title), *_zones(page, changed)]
        lines += [line for row in changed for line in _story(page, row)]
        lines += _more(page, count - len(changed))
    lines += _fields(page, comparison)
    lines += _transfers(page, comparison)
    lines += [*page.titled(page.say("Totals", "合计")), *_totals(page, comparison)]
    introduced = page.say("Findings introduced", "新出现的发现")
    lines += _findings(page, introduced, comparison.introduced, SEVERITY_STYLES[Severity.WARNING].ansi)
    lines += _findings(page, page.say("Findings fixed", "已消除的发现"), comparison.fixed, PASSED.ansi)
    lines += _facilities(page, comparison.facilities)
    lines += ["", *_outcome(page, comparison)]
    return "\n".join(lines) + "\n"


def _headline(page: Page, comparison: Comparison) -> Iterator[str]:
    for version, label in (
        (comparison.before, page.say("from  ", "原版  ")),
        (comparison.after, page.say("to    ", "新版  ")),
    ):
        yield from page.wrapped(label + _version(page, version), indent="      ")


def _version(page: Page, version: Version) -> str:
    parts = [for_terminal(version.label)]
    if version.revision is not None:
        parts.append(page.say(f"revision {version.revision}", f"第 {version.revision} 版"))
    count = len(version.zones)
    parts.append(page.say(f"{count:,} zone{'' if count == 1 else 's'}", f"{count:,} 个分区"))
    if version.sha256:
        parts.append(f"sha256 {version.sha256[:12]}")
    return ", ".join(parts)


def _zones(page: Page, rows: list[ZoneRow]) -> Iterator[str]:
    language = page.language
    header = [
        page.say("zone", "分区"),
        page.say("change", "变化"),
        page.say("before", "之前"),
        page.say("after", "之后"),
        page.say("in", "移入"),
        page.say("out", "移出"),
    ]
    cells = [
        [
            for_terminal(row.name.get(language)) or for_terminal(row.id),
            CHANGE_LABELS[row.kind].get(language),
            *(figures.square_metres(value, language) for value in (row.area_before_m2, row.area_after_m2)),
            *(figures.square_metres(value, language) for value in (row.moved_in_m2, row.moved_out_m2)),
        ]
        for row in rows
    ]
    head, *body = table(header, cells, page.width, (2, 5, 4))
    yield from page.wrapped(head, DIM)
    yield from body


def _story(page: Page, row: ZoneRow) -> Iterator[str]:
    """Yield where a split, merged or recoded zone came from and went to, and how far a moved one went."""
    parts = []
    origins, targets = (", ".join(map(for_terminal, ids)) for ids in (row.change.origins, row.change.targets))
    if origins and row.change.origins != (row.id,):
        parts.append(page.say(f"from {origins}", f"来自 {origins}"))
    if targets and row.change.targets != (row.id,):
        parts.append(page.say(f"into {targets}", f"归入 {targets}"))
    if row.moved_m is not None:
        east, north = (figures.metres(value, page.language) for value in row.moved_m)
        parts.append(page.say(f"{east} m east, {north} m north", f"东移 {east} m，北移 {north} m"))
    if parts:
        yield from page.wrapped(f"  {for_terminal(row.id)}: " + "; ".join(parts), DIM, "    ")


def _fields(page: Page, comparison: Comparison) -> Iterator[str]:
    rows = comparison.with_fields
    if not rows:
        return
    yield from page.titled(page.say("Fields that changed", "有变化的属性"))
    for row in rows[:_LISTED]:
        for name, (before, after) in row.fields.items():
            line = f"  {for_terminal(row.id)}  {for_terminal(name)}: {_value(page, before)} → {_value(page, after)}"
            yield from page.wrapped(line, indent="    ")
    yield from _more(page, len(rows) - _LISTED)


def _more(page: Page, left: int) -> Iterator[str]:
    """Yield how many zones are not listed."""
    if left > 0:
        plural = "" if left == 1 else "s"
        said = page.say(f"  … {left:,} more zone{plural} (--json)", f"  …另有 {left:,} 个分区（--json）")
        yield from page.wrapped(said, DIM)


def _value(page: Page, value: Value | None) -> str:
    return page.say("none", "无") if value is None else clip(for_terminal(as_text(value)), _VALUE_LENGTH)


def _transfers(page: Page, comparison: Comparison) -> Iterator[str]:
    passed = counted_transfers(comparison)
    if not passed:
        return
    yield from page.titled(page.say("Ground that changed hands, in m²", "地块流转（m²）"))
    nowhere = page.say("(no zone)", "（无分区）")
    largest = sorted(passed, key=lambda transfer: -transfer.area_m2)
    for transfer in largest[:_TRANSFERS]:
        source, target = (nowhere if key is None else for_terminal(key) for key in (transfer.source, transfer.target))
        area = figures.square_metres(transfer.area_m2, page.language)
        yield from page.wrapped(f"  {source} → {target}: {area}", indent="    ")
    if rest := largest[_TRANSFERS:]:
        area = figures.square_metres(sum(transfer.area_m2 for transfer in rest), page.language)
        yield from page.wrapped(page.say(f"  {len(rest):,} more: {area}", f"  另有 {len(rest):,} 项：{area}"), DIM)


def _totals(page: Page, comparison: Comparison) -> Iterator[str]:
    language = page.language
    before, after = comparison.total_m2("before"), comparison.total_m2("after")
    old, new = comparison.before.figures, comparison.after.figures
    difference = figures.square_metres(after - before, language)
    sign = "+" if after > before and not difference.startswith(("-", "0.00")) else ""
    header = ["", page.say("before", "之前"), page.say("after", "之后"), page.say("difference", "差值")]
    km2 = [figures.square_kilometres(value, language, 6) for value in (before, after)]
    count = (len(comparison.before.zones), len(comparison.after.zones))
    rows = [
        [page.say("area, km²", "面积（km²）"), *km2, f"{sign}{difference} m²"],
        [page.say("zones", "分区数"), f"{count[0]:,}", f"{count[1]:,}", f"{count[1] - count[0]:+,}"],
    ]
    if old and new:
        shares = {group.id: group.share for group in old.groups}
        for group in new.groups:
            name = for_terminal(group.name.get(language))
            both = [figures.share(value, language) for value in (shares.get(group.id), group.share)]
            rows.append([page.say(f"share of {name}", f"{name}占比"), *both, ""])
    yield from table(header, rows, page.width)
    method = old.method if old and new else AreaMethod.ELLIPSOIDAL
    projected = old.projected if old and new else code_of(comparison.crs)
    sentence = method_sentence(method, for_terminal(projected)).get(language)
    yield from page.wrapped(page.say("method: ", "方法：") + sentence, DIM)


def _findings(page: Page, title: str, findings: tuple[Finding, ...], ansi: str) -> Iterator[str]:
    if not findings:
        return
    yield from page.titled(f"{title} ({len(findings):,})")
    for finding in findings:
        yield from page.wrapped(f"  {for_terminal(finding.id)}", ansi)
        yield from page.wrapped(f"    {for_terminal(finding.message.get(page.language))}", indent="    ")


def _facilities(page: Page, moves: tuple[FacilityMove, ...]) -> Iterator[str]:
    if not moves:
        return
    yield from page.titled(page.say("Facilities that changed zone", "所属分区变化的设施"))
    nowhere = page.say("(no zone)", "（无分区）")
    for move in moves:
        before, after = (", ".join(map(for_terminal, ids)) or nowhere for ids in (move.before, move.after))
        name = for_terminal(move.facility.name.get(page.language))
        yield from page.wrapped(f"  {name} ({for_terminal(move.facility.id)}): {before} → {after}", indent="    ")


def _outcome(page: Page, comparison: Comparison) -> Iterator[str]:
    tolerance = tolerance_sentence(comparison.tolerance)
    if comparison.is_unchanged:
        yield from page.wrapped(page.say(f"UNCHANGED; {tolerance.en}", f"未变；{tolerance.zh}"), PASSED.ansi)
        return
    counted = [(CHANGE_LABELS[kind], count) for kind, count in comparison.counts.items() if count]
    fields = len(comparison.with_fields)
    en = [f"{count:,} {label.en}" for label, count in counted] + ([f"{fields:,} with other fields"] if fields else [])
    zh = [f"{label.zh} {count:,}" for label, count in counted] + ([f"属性变化 {fields:,}"] if fields else [])
    ansi = SEVERITY_STYLES[Severity.WARNING].ansi
    yield from page.wrapped(
        page.say(f"CHANGED: {', '.join(en)}; {tolerance.en}", f"有变化：{'、'.join(zh)}；{tolerance.zh}"), ansi
    )
