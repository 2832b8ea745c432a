"""Tables of an update: which feature became which zone, what a repair did, the headline figures now and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from geoplan.output import figures
from geoplan.output.revisions.load import HOW_LABELS
from geoplan.plan import Plan
from geoplan.repair import LedgerEntry, Repair
from geoplan.revisions import LoadResult, MatchedFeature
from geoplan.types import Text, ZoneId
from geoplan.ui.headline import Tile, tiles
from geoplan.ui.texts import say
from geoplan.ui.update_words import name_of
from geoplan.workflow import PlanView

MAX_LEDGER = 2_000  # rows worth scrolling through

# Step of a repair: its text.
_STEPS: Mapping[str, str] = {
    "heights": "update_step_heights",
    "repeated-vertices": "update_step_repeated",
    "orientation": "update_step_orientation",
    "validity": "update_step_validity",
    "snapping": "update_step_snapping",
    "overlaps": "update_step_overlaps",
    "gaps": "update_step_gaps",
}


def matched_frame(matched: Sequence[MatchedFeature], names: Mapping[ZoneId, Text], language: str) -> pd.DataFrame:
    """Return one row per feature: its place and key in the file, its zone, how that was told, the overlap in %."""
    rows = [
        [
            row.place,
            name_of(row.key),
            name_of(names.get(row.zone, Text.same(row.zone)).get(language)),
            HOW_LABELS[row.how].get(language),
            None if row.share is None else 100 * row.share,
        ]
        for row in matched
    ]
    keys = ["update_place", "update_key", "update_zone", "update_how", "update_share"]
    return pd.DataFrame(rows, columns=[say(key, language) for key in keys])


def ledger_frame(ledger: Sequence[LedgerEntry], names: Mapping[ZoneId, Text], language: str) -> pd.DataFrame:
    """Return one row for each step that changed a zone: m² before and after, gained and lost, corners moved."""
    rows = [
        [
            name_of(names.get(entry.zone, Text.same(entry.zone)).get(language)),
            say(_STEPS[entry.step], language) if entry.step in _STEPS else entry.step,
            figures.number(entry.before_m2, 2, language),
            figures.number(entry.after_m2, 2, language),
            figures.number(entry.gained_m2, 4, language),
            figures.number(entry.lost_m2, 4, language),
            entry.vertices_moved,
            figures.number(entry.largest_move_m, 4, language),
        ]
        for entry in ledger[:MAX_LEDGER]
    ]
    keys = ["update_zone", "update_repair_step", "update_repair_before", "update_repair_after", "update_repair_gained"]
    keys += ["update_repair_lost", "update_repair_moved", "update_repair_farthest"]
    columns = [say(key, language) for key in keys]
    return pd.DataFrame(rows, columns=columns)


def refusals(repair: Repair, names: Mapping[ZoneId, Text], language: str) -> tuple[str, ...]:
    """Return why a repair is refused, zone by zone, not escaped."""
    colon = "：" if language == "zh" else ": "
    return tuple(
        (name_of(names.get(one.zone, Text.same(one.zone)).get(language)) + colon if one.zone else "")
        + one.reason.get(language)
        for one in repair.refused
    )


def before_and_after(view: PlanView, result: LoadResult, language: str) -> tuple[Tile, ...]:
    """Return the headline figures with the upload in place, each with what it is now below it."""
    if result.check is None:
        return tiles(view, language)
    now, then = tiles(view, language), tiles(replace(view, result=result.check, plan=_plan(view, result)), language)
    shown = []
    for old, new in zip(now, then, strict=True):
        if old.figure == new.figure:
            shown.append(new)
            continue
        before = say("update_was", language, before=f"{old.figure} {old.unit}".strip())
        shown.append(replace(new, below=f"{before} · {new.below}"))
    return tuple(shown)


def _plan(view: PlanView, result: LoadResult) -> Plan:
    # Both are the same plan.toml; rules are read from the one that the load was checked with.
    return result.plan if len(result.plan.rules) == len(view.plan.rules) else view.plan
