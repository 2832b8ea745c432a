"""What the page of revisions asks of the store, kept while neither the plan's files nor its store change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from geoplan.diff import ChangeKind, Comparison
from geoplan.diff.rows import ZoneRow
from geoplan.plan import Plan, layer_path, load_plan
from geoplan.revisions import History, compare_revisions, history
from geoplan.store import Revision
from geoplan.ui.opening import Stamp
from geoplan.ui.texts import say
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView, Source, open_plan

FOLDER = 0  # stands for the zones in the plan folder, which were there before the first revision
MODES = ("side", "swipe", "fade")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two revisions to compare, 0 for the plan folder."""

    before: int
    after: int


def past_of(visit: Visit) -> History:
    """Return the revisions of the plan of a visit; raises StoreError for a store that cannot be read."""
    return _history(str(visit.view.plan.folder), visit.stamp)


def compared(visit: Visit, pair: Pair) -> Comparison:
    """Return what differs between two revisions; errors as for `compare_revisions`."""
    return _comparison(str(visit.view.plan.folder), visit.stamp, pair.before, pair.after)


def view_of(visit: Visit, number: int) -> PlanView:
    """Return the plan with the zones of a revision, 0 for those in its folder; errors as for `open_plan`."""
    if visit.view.revision is not None and visit.view.revision.number == number:
        return visit.view
    return _view(str(visit.view.plan.folder), visit.stamp, number)


def choices(past: History) -> tuple[int, ...]:
    """Return what can be compared, newest first; the plan folder last when it has zones."""
    numbers = tuple(revision.number for revision in reversed(past.revisions))
    return (*numbers, FOLDER) if has_folder_zones(past.plan) else numbers


def has_folder_zones(plan: Plan) -> bool:
    """Return whether there are zones in the plan folder."""
    return layer_path(plan, "zones") is not None


def asked_pair(visit: Visit, past: History) -> Pair | None:
    """Return the pair a link asks for: by default the current revision and the one before; None with fewer than two."""
    known = choices(past)
    if len(known) < 2:
        return None
    after = _number(visit.asked("to"), known)
    before = _number(visit.asked("from"), known)
    if after is None:
        after = known[0] if before != known[0] else known[1]
    if before is None:
        place = known.index(after)
        before = known[place + 1] if place + 1 < len(known) else known[place - 1]
    return Pair(before, after)


def revision_before(past: History, number: int) -> int | None:
    """Return what a revision is compared with to say what it changed: the one before it, None with nothing before."""
    known = choices(past)
    place = known.index(number) if number in known else len(known)
    return known[place + 1] if place + 1 < len(known) else None


def find_revision(past: History, number: int) -> Revision | None:
    """Return a revision of a history, None when it has none of this number."""
    return next((revision for revision in past.revisions if revision.number == number), None)


def name_of(number: int, language: str) -> str:
    """Return how to call a revision, or the plan folder."""
    return say("history_folder", language) if number == FOLDER else say("history_revision", language, number=number)


def is_changed(row: ZoneRow) -> bool:
    """Return whether a zone differs: in its boundary, its id or any field."""
    return row.kind is not ChangeKind.UNCHANGED or bool(row.fields)


def changed_rows(comparison: Comparison) -> tuple[ZoneRow, ...]:
    """Return the zones that differ, those with most moved ground first."""

    def moved(row: ZoneRow) -> float:
        return (row.moved_in_m2 or 0.0) + (row.moved_out_m2 or 0.0)

    return tuple(sorted(filter(is_changed, comparison.rows), key=lambda row: (-moved(row), row.id)))


def _number(asked: str, known: tuple[int, ...]) -> int | None:
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        return None
    return int(asked) if int(asked) in known else None


@st.cache_resource(max_entries=16, show_spinner=False)
def _history(folder: str, stamp: Stamp) -> History:  # noqa: ARG001 - the stamp is the key
    return history(load_plan(folder))


@st.cache_resource(max_entries=16, show_spinner=False)
def _comparison(folder: str, stamp: Stamp, before: int, after: int) -> Comparison:  # noqa: ARG001 - likewise
    return compare_revisions(load_plan(folder), before, after)


@st.cache_resource(max_entries=8, show_spinner=False)
def _view(folder: str, stamp: Stamp, number: int) -> PlanView:  # noqa: ARG001 - likewise
    plan = load_plan(Path(folder))
    if number != FOLDER:
        return open_plan(plan, revision=number)
    own = layer_path(plan, "zones")
    return open_plan(plan, zones=Source(own) if own is not None else None)
