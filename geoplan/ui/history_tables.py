"""What is told of revisions and of what differs between two of them: tables of plain values and pieces of HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geoplan.diff import Comparison
from geoplan.diff.counted import counted
from geoplan.diff.rows import ZoneRow
from geoplan.diff.zoneset import Value
from geoplan.output import figures, style
from geoplan.output.diff_text import CHANGE_LABELS
from geoplan.output.escape import clip, for_html, visible
from geoplan.output.labels import SEVERITY_LABELS
from geoplan.output.recorded import message_text, operation_text
from geoplan.result import PublishedFigure
from geoplan.revisions import History
from geoplan.store import Revision
from geoplan.types import M2_PER_KM2, Finding, Text, ZoneId
from geoplan.ui.texts import say
from geoplan.zones import as_text

SHORT = 12  # digits of a hash that tell revisions apart for a reader
_VALUE = 60  # characters of a field's value
_MESSAGE = 400  # characters of a message on a card


# ------------------------------------------------------------------ revisions


def revisions_frame(past: History, language: str) -> pd.DataFrame:
    """Return one row per revision, newest first: what it is, what it came from, and how the file was understood."""
    totals = {revision.number: revision.total_m2 for revision in past.revisions}
    rows = [
        [
            revision.number,
            visible(figures.moment(revision.time, language)),
            visible(revision.author),
            message_of(revision, language),
            len(revision.zone_hashes),
            revision.total_m2 / M2_PER_KM2,
            _change(revision, totals),
            _verdict(revision, language),
            source_name(revision),
            revision.source_sha256[:SHORT],
            visible(revision.source_crs),
            visible(operation_text(revision.source_operation).get(language)),
            revision.restored_from,
            revision.hash[:SHORT],
        ]
        for revision in reversed(past.revisions)
    ]
    keys = ["history_number", "history_time", "history_author", "history_message", "history_zones", "history_total"]
    keys += ["history_total_change", "history_verdict", "history_source_file", "history_source_hash"]
    keys += ["history_source_crs", "history_operation", "history_restored_from", "history_hash"]
    return pd.DataFrame(rows, columns=[say(key, language) for key in keys])


def revision_html(revision: Revision, past: History, language: str) -> str:
    """Return a revision as an entry of the timeline."""
    totals = {one.number: one.total_m2 for one in past.revisions}
    change = _change(revision, totals)
    told = say("history_first", language) if change is None else _change_text(change, language)
    lines = [f"{_size(revision, language)} · {told}"]
    if revision.restored_from is not None:
        lines.append(say("history_restored", language, number=revision.restored_from))
    lines.append(f"{source_name(revision)} · {revision.source_sha256[:SHORT]}")
    current = revision.number == past.current
    mark = f'<span class="gp-rev-now">{for_html(say("history_current", language))}</span>' if current else ""
    by = f"{visible(revision.author)} · {figures.moment(revision.time, language)}"
    return (
        f'<div class="gp-rev{" gp-rev-current" if current else ""}"><div class="gp-rev-head">'
        f"<b>{for_html(say('history_revision', language, number=revision.number))}</b>{mark}"
        f"{verdict_html(revision.passed, _verdict(revision, language))}</div>"
        f"<p>{for_html(clip(message_of(revision, language), _MESSAGE))}</p><small>{for_html(by)}</small>"
        + "".join(f"<small>{for_html(line)}</small>" for line in lines)
        + "</div>"
    )


def folder_html(language: str) -> str:
    """Return the plan folder as the last entry of the timeline."""
    return (
        f'<div class="gp-rev gp-rev-folder"><div class="gp-rev-head"><b>{for_html(say("history_folder", language))}</b>'
        f"</div><small>{for_html(say('history_folder_line', language))}</small></div>"
    )


def card_html(revision: Revision, past: History, language: str) -> str:
    """Return the card of one revision: what it is, who published it when and why."""
    current = revision.number == past.current
    mark = f'<span class="gp-rev-now">{for_html(say("history_current", language))}</span>' if current else ""
    change = _change(revision, {one.number: one.total_m2 for one in past.revisions})
    restored = revision.restored_from
    rows = [
        ("history_author", revision.author),
        ("history_time", figures.moment(revision.time, language)),
        ("history_zones", _size(revision, language)),
        ("history_total_change", say("history_first", language) if change is None else _change_text(change, language)),
        ("history_restored_from", "" if restored is None else say("history_revision", language, number=restored)),
    ]
    return (
        f'<div class="gp-card gp-rev-card"><div class="gp-rev-head">'
        f"<h2>{for_html(say('history_revision', language, number=revision.number))}</h2>{mark}"
        f"{verdict_html(revision.passed, _verdict(revision, language))}</div>"
        f"<p>{for_html(message_of(revision, language))}</p>{_listing(rows, language)}</div>"
    )


def record_html(revision: Revision, language: str) -> str:
    """Return the record of one revision: the file it came from, how that was understood, and the hashes."""
    rows = [
        ("history_source_file", source_name(revision)),
        ("history_source_hash", revision.source_sha256),
        ("history_source_crs", revision.source_crs),
        ("history_operation", operation_text(revision.source_operation).get(language)),
        ("history_decision", decision_text(revision.decision).get(language)),
        ("history_stored_crs", clip(revision.crs, _VALUE)),
        ("history_hash", revision.hash),
        ("history_parent_hash", revision.parent_hash if revision.parent else ""),
        ("history_tool", f"geoplan {revision.tool_version}"),
    ]
    title = for_html(say("history_record", language))
    return f'<div class="gp-card gp-rev-card"><h2 class="gp-section">{title}</h2>{_listing(rows, language)}</div>'


def _listing(rows: Sequence[tuple[str, str]], language: str) -> str:
    """Return texts with their titles as a list, those that are empty left out."""
    lines = (f"<dt>{for_html(say(key, language))}</dt><dd>{for_html(visible(text))}</dd>" for key, text in rows if text)
    return f"<dl>{''.join(lines)}</dl>"


def source_name(revision: Revision) -> str:
    """Return the name of the file a revision came from, without its folders, which are nobody's business."""
    return visible(re.split(r"[\\/]", revision.source_path)[-1])


def message_of(revision: Revision, language: str) -> str:
    """Return why a revision was published, on one line; not escaped."""
    return visible(message_text(revision.message, revision.source_path, revision.decision).get(language))


def decision_text(decision: Mapping[str, Any]) -> Text:
    """Return how the coordinates of a file were understood, as the revision keeps it; "" when it says nothing."""
    told = decision.get("explanation")
    if isinstance(told, Mapping) and told.get("en"):
        return Text(str(told["en"]), str(told.get("zh") or told["en"]))
    return Text.same(str(decision.get("verdict") or ""))


def verdict_html(holds: bool | None, text: str) -> str:
    """Return a verdict as a badge."""
    if holds is None:
        return ""
    look = style.PASSED.symbol if holds else "✕"
    return f'<span class="gp-verdict {"gp-holds" if holds else "gp-fails"}">{look} {for_html(text)}</span>'


def _verdict(revision: Revision, language: str) -> str:
    return say("history_holds" if revision.passed else "history_fails", language)


def _size(revision: Revision, language: str) -> str:
    count = len(revision.zone_hashes)
    key = "history_zone_total" if count == 1 else "history_zones_total"
    return say(key, language, zones=count, total=figures.square_kilometres(revision.total_m2, language))


def _change(revision: Revision, totals: Mapping[int, float]) -> float | None:
    """Return by how many m² the total differs from the revision before, None for the first."""
    before = totals.get(revision.parent) if revision.parent is not None else None
    return None if before is None else revision.total_m2 - before


def _change_text(change: float, language: str) -> str:
    text = difference(change, language)
    return say("history_same_total", language) if text == figures.square_metres(0.0, language) else f"{text} m²"


# ------------------------------------------------------------------ two revisions


def changes_frame(rows: Sequence[ZoneRow], language: str) -> pd.DataFrame:
    """Return one row per zone: m² before and after, the difference in m² and %, moved in and out, and what changed.

    Where there is no such zone on one side, or it cannot be measured, the cell is empty.
    """
    table = []
    for row in rows:
        before = row.area_before_m2 if row.change.before is not None else None
        after = row.area_after_m2 if row.change.after is not None else None
        both = row.area_before_m2 is not None and row.area_after_m2 is not None
        net = (row.area_after_m2 or 0.0) - (row.area_before_m2 or 0.0) if both else None
        table.append(
            [
                visible(row.name.get(language)),
                kind_text(row, language),
                before,
                after,
                net,
                100 * net / before if net is not None and before else None,
                row.moved_in_m2,
                row.moved_out_m2,
                fields_text(row.fields, language),
            ]
        )
    keys = ["history_zone", "history_kind", "history_before", "history_after", "history_difference"]
    keys += ["history_percent", "history_in", "history_out", "history_fields"]
    return pd.DataFrame(table, columns=[say(key, language) for key in keys])


def kind_text(row: ZoneRow, language: str) -> str:
    """Return what happened to a zone; of one that was split, merged or recoded also what it came from and became."""
    label = CHANGE_LABELS[row.kind].get(language)
    before, after = (tuple(ids) for ids in (row.change.origins, row.change.targets))
    if (before, after) in (((row.id,), (row.id,)), ((), (row.id,)), ((row.id,), ())) or not (before or after):
        return label
    return visible(f"{label}: {', '.join(before) or row.id} → {', '.join(after) or row.id}")


def fields_text(fields: Mapping[str, tuple[Value | None, Value | None]], language: str) -> str:
    """Return the fields that changed: "use: park → school"."""
    none = say("history_no_value", language)

    def shown(value: Value | None) -> str:
        return none if value is None else clip(visible(as_text(value)), _VALUE)

    semicolon = "；" if language == "zh" else "; "
    return semicolon.join(f"{visible(name)}: {shown(one)} → {shown(other)}" for name, (one, other) in fields.items())


def transfers_frame(comparison: Comparison, language: str) -> pd.DataFrame:
    """Return which ground went from which zone to which, the largest first."""
    names = zone_names(comparison, language)
    ordered = sorted(counted(comparison).transfers, key=lambda one: -one.area_m2)
    rows = [[names[one.source], names[one.target], one.area_m2] for one in ordered]
    keys = ["history_source_zone", "history_target_zone", "history_area"]
    return pd.DataFrame(rows, columns=[say(key, language) for key in keys])


def moves_frame(comparison: Comparison, language: str) -> pd.DataFrame:
    """Return the facilities that lie in other zones than before."""
    names, comma = zone_names(comparison, language), "、" if language == "zh" else ", "

    def within(zones: Sequence[ZoneId]) -> str:
        return comma.join(names[zone] for zone in zones) or names[None]

    rows = [
        [visible(move.facility.name.get(language)), within(move.before), within(move.after)]
        for move in comparison.facilities
    ]
    keys = ["history_facility", "history_source_zone", "history_target_zone"]
    return pd.DataFrame(rows, columns=[say(key, language) for key in keys])


def findings_frame(comparison: Comparison, language: str) -> pd.DataFrame:
    """Return the findings that came and those that went."""

    def row(finding: Finding, key: str) -> list[str]:
        severity = SEVERITY_LABELS[finding.severity].get(language)
        return [say(key, language), severity, visible(finding.message.get(language))]

    rows = [row(one, "history_introduced") for one in comparison.introduced]
    rows += [row(one, "history_fixed") for one in comparison.fixed]
    return pd.DataFrame(rows, columns=[say(key, language) for key in ("history_state", "severity", "message")])


def zone_names(comparison: Comparison, language: str) -> dict[ZoneId | None, str]:
    """Return the names of the zones of both sides, not escaped, and under None what to call ground in no zone."""
    names: dict[ZoneId | None, str] = {None: say("history_no_zone", language)}
    for version in (comparison.before, comparison.after):
        names |= {zone: visible(zone) for zone in version.zones.zones}
    for result in (comparison.before.result, comparison.after.result):
        names |= {zone: visible(name.get(language)) for zone, name in (result.names if result else {}).items()}
    return names | {row.id: visible(row.name.get(language)) for row in comparison.rows}


def difference(value: float, language: str) -> str:
    """Return a difference in m² with its sign; nothing but zeros has none."""
    text = figures.square_metres(abs(value), language)
    return text if not text.strip("0.,") else f"{'+' if value > 0 else '−'}{text}"


def totals_html(comparison: Comparison, language: str) -> str:
    """Return the totals before and after, and how both stand to the published figures."""
    before, after = comparison.total_m2("before"), comparison.total_m2("after")
    zones = len(comparison.before.zones), len(comparison.after.zones)
    old, new = (f"{figures.square_kilometres(value, language)} km²" for value in (before, after))
    more = zones[1] - zones[0]
    rows = [
        _row(say("history_total_area", language), old, new, f"{difference(after - before, language)} m²"),
        _row(say("history_zones", language), f"{zones[0]:,}", f"{zones[1]:,}", f"{more:+,}" if more else ""),
        *_published_rows(comparison, language),
    ]
    head = "".join(f"<th>{for_html(say(key, language))}</th>" for key in ("history_was", "history_is"))
    return (
        f'<table class="gp-figures gp-totals"><thead><tr><th>{for_html(say("history_totals", language))}</th>{head}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _row(title: str, before: str, after: str, below: str = "") -> str:
    """Return a row of the totals; `before` and `after` are HTML, the rest is text."""
    small = f"<small>{for_html(below)}</small>" if below else ""
    cells = "".join(f'<td class="gp-figure">{cell}</td>' for cell in (before, after))
    return f"<tr><td>{for_html(title)}{small}</td>{cells}</tr>"


def _published_rows(comparison: Comparison, language: str) -> list[str]:
    """Return a row per published figure, with what was measured on both sides and whether it agrees."""
    results = comparison.before.result, comparison.after.result
    if results[0] is None or results[1] is None:
        return []
    sides = [{(one.check, one.label.en): one for one in result.published} for result in results if result]
    rows = []
    for key in dict.fromkeys((*sides[0], *sides[1])):
        one, other = sides[0].get(key), sides[1].get(key)
        told = other or one
        if told is None:
            continue
        published = say("history_published", language, figure=told.published.get(language))
        cells = [_measured(figure, language) for figure in (one, other)]
        rows.append(_row(told.label.get(language), cells[0], cells[1], published))
    return rows


def _measured(figure: PublishedFigure | None, language: str) -> str:
    if figure is None or figure.measured is None:
        return "—"
    shown = for_html(figures.quantity(figure.measured, figure.unit, language))
    text = say("holds_short" if figure.holds else "fails_short", language)
    return f"{shown}<br>{verdict_html(figure.holds, text)}"
