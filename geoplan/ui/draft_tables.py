"""What is told of a draft as tables and lines: its zones, what it changes, what it was made by."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geoplan.diff import ChangeKind, Comparison
from geoplan.diff.counted import counted
from geoplan.drafts import Assessment, Deed, Draft, Edit
from geoplan.output import figures
from geoplan.output.escape import for_html, visible
from geoplan.output.labels import SEVERITY_LABELS
from geoplan.store import KeptDraft
from geoplan.types import Finding, Text, ZoneId
from geoplan.ui.texts import say

_DEEDS: Mapping[Deed, str] = {
    Deed.DRAWN: "draw_deed_drawn",
    Deed.RESHAPED: "draw_deed_reshaped",
    Deed.REMOVED: "draw_deed_removed",
    Deed.NAMED: "draw_deed_named",
    Deed.SNAPPED: "draw_deed_snapped",
    Deed.CUT: "draw_deed_cut",
    Deed.TRIMMED: "draw_deed_trimmed",
    Deed.SPLIT: "draw_deed_split",
    Deed.MERGED: "draw_deed_merged",
    Deed.REBASED: "draw_deed_rebased",
}
_KINDS: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "draw_kind_added",
    ChangeKind.REMOVED: "draw_kind_removed",
    ChangeKind.RESHAPED: "draw_kind_reshaped",
    ChangeKind.MOVED: "draw_kind_moved",
    ChangeKind.SPLIT: "draw_kind_split",
    ChangeKind.MERGED: "draw_kind_merged",
    ChangeKind.RECODED: "draw_kind_recoded",
    ChangeKind.UNCHANGED: "draw_kind_unchanged",
}


def zone_rows(found: Assessment) -> tuple[ZoneId, ...]:
    """Return the zones of the first table: those of the draft in their order, then those it removed."""
    there = [row.id for row in found.comparison.rows if row.change.after is not None]
    gone = [row.id for row in found.comparison.rows if row.change.after is None]
    order = {zone: place for place, zone in enumerate(_ids(found))}
    return (*sorted(there, key=lambda zone: order.get(zone, len(order))), *gone)


def zones_frame(found: Assessment, language: str) -> pd.DataFrame:
    """Return one row per zone of the draft, with its area and how it differs from the current one, in m²."""
    rows = {row.id: row for row in found.comparison.rows}
    areas = measured_areas(found)
    table = []
    for zone in zone_rows(found):
        row = rows[zone]
        changed = row.kind is not ChangeKind.UNCHANGED
        after = areas.get(zone, row.area_after_m2) if row.change.after is not None else None
        difference = (row.area_after_m2 or 0.0) - (row.area_before_m2 or 0.0)
        table.append(
            [
                visible(row.name.get(language)),
                area_text(after, language),
                signed(difference, language) if changed else "",
                kind_text(row.kind, language),
            ]
        )
    keys = ["draw_zone", "draw_area", "draw_change", "draw_what"]
    return pd.DataFrame(table, columns=[say(key, language) for key in keys])


def changes_frame(comparison: Comparison, language: str) -> pd.DataFrame:
    """Return one row per zone that differs: m² before and after, gained and lost, and what happened to it."""
    table = [
        [
            visible(row.name.get(language)),
            kind_text(row.kind, language),
            area_text(row.area_before_m2 if row.change.before is not None else None, language),
            area_text(row.area_after_m2 if row.change.after is not None else None, language),
            area_text(row.moved_in_m2, language),
            area_text(row.moved_out_m2, language),
        ]
        for row in comparison.rows
        if row.kind is not ChangeKind.UNCHANGED or row.fields
    ]
    keys = ["draw_zone", "draw_what", "draw_before", "draw_after", "draw_in", "draw_out"]
    return pd.DataFrame(table, columns=[say(key, language) for key in keys])


def findings_frame(findings: tuple[Finding, ...], new: frozenset[str], language: str) -> pd.DataFrame:
    """Return one row per finding, those the draft brought marked."""
    table = [
        [
            SEVERITY_LABELS[finding.severity].get(language),
            visible(finding.message.get(language)),
            say("draw_yes", language) if finding.id in new else "",
        ]
        for finding in findings
    ]
    keys = ["draw_severity", "draw_finding", "draw_new"]
    return pd.DataFrame(table, columns=[say(key, language) for key in keys])


def transfers_html(comparison: Comparison, language: str) -> str:
    """Return which ground went from which zone to which, as a list; "" when none did."""
    names = {row.id: row.name.get(language) for row in comparison.rows}

    def named(zone: ZoneId | None) -> str:
        return say("draw_nobody", language) if zone is None else visible(names.get(zone, zone))

    lines = [
        say(
            "draw_move_line",
            language,
            area=figures.square_metres(one.area_m2, language),
            source=named(one.source),
            target=named(one.target),
        )
        for one in counted(comparison).transfers
    ]
    return "".join(f"<li>{for_html(line)}</li>" for line in lines)


def ledger_html(draft: Draft, names: Mapping[ZoneId, Text], language: str) -> str:
    """Return what was done to a draft, the last first, as a list."""
    return "".join(f"<li>{for_html(edit_line(edit, names, language))}</li>" for edit in reversed(draft.edits))


def edit_line(edit: Edit, names: Mapping[ZoneId, Text], language: str) -> str:
    """Return one line of the ledger in words, with what it cost whom; not escaped."""

    def named(zone: ZoneId) -> str:
        return visible(names.get(zone, Text.same(zone)).get(language))

    line = say(
        _DEEDS[edit.deed],
        language,
        zone=named(edit.zone),
        moved=edit.moved,
        farthest=figures.number(edit.farthest_m, 3, language),
    )
    costs = [f"{named(zone)} {signed(area, language)} m²" for zone, area in edit.gained_m2 if abs(area) >= 0.05]
    if edit.pixel_m is not None:
        costs.append(say("draw_pixel", language, pixel=f"{edit.pixel_m:.3g}"))
    comma, colon = ("；", "：") if language == "zh" else ("; ", ": ")
    return f"{line}{colon}{comma.join(costs)}" if costs else line


def kept_html(kept: KeptDraft, language: str) -> str:
    """Return a saved draft as two lines: its name; how much it holds, who saved it and when, what it started from."""
    line = say(
        "draw_kept_line",
        language,
        zones=kept.zones,
        by=visible(kept.changed_by),
        time=figures.moment(kept.changed, language),
        revision=revision_text(kept.parent, language),
    )
    return f'<div class="gp-draft"><b>{for_html(visible(kept.name))}</b><small>{for_html(line)}</small></div>'


def revision_text(number: int, language: str) -> str:
    """Return how to call what a draft started from: a revision, or the zones in the plan folder."""
    return say("draw_from_revision", language, number=number) if number else say("draw_from_folder", language)


def kind_text(kind: ChangeKind, language: str) -> str:
    """Return what happened to a zone in a word."""
    return say(_KINDS[kind], language)


def area_text(value: float | None, language: str) -> str:
    """Return an area in m² with one decimal, a dash where there is none: narrow enough for a table beside a map."""
    return "—" if value is None else figures.number(value, 1, language)


def signed(value: float, language: str) -> str:
    """Return a difference with its sign and one decimal."""
    text = figures.number(abs(value), 1, language)
    return text if not text.strip("0.,") else f"{'+' if value > 0 else '−'}{text}"


def measured_areas(found: Assessment) -> dict[ZoneId, float | None]:
    """Return the area of each zone of the draft by the plan's own method, in m²."""
    measured = found.view.result.measurement
    return {zone.id: zone.area_m2(measured.method) for zone in measured.zones} if measured is not None else {}


def _ids(found: Assessment) -> tuple[ZoneId, ...]:
    return found.view.layer.text("id") if found.view.layer is not None else ()
