"""The desk a draft lies on while somebody works at it: one for each plan of a session, and what can be done there.

Everything here belongs to one session. What sessions share (the current zones and their check) is frozen.
Every write asks for the editor's role anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import streamlit as st
from shapely.geometry.base import BaseGeometry

from geoplan.drafts import (
    Assessment,
    Draft,
    Ground,
    Undo,
    as_another,
    assess,
    delete,
    open_draft,
    publish_draft,
    rebased,
    save,
    start,
    with_zone,
)
from geoplan.drafts.values import checked_name
from geoplan.errors import ConflictError, DraftConflictError, GeoplanError
from geoplan.plan import data_folder
from geoplan.revisions import LoadResult, Outcome, Publishing
from geoplan.types import Text, ZoneId
from geoplan.ui.opening import Stamp
from geoplan.ui.people import current_person, require_editor
from geoplan.ui.texts import TEXTS
from geoplan.ui.visit import Visit, go
from geoplan.workflow import PlanView

Tone: TypeAlias = Literal["done", "trouble"]

NEW: ZoneId = ""  # what is drawn becomes a zone with an id of its own
_KEY = "gp-desk"


@dataclass
class Desk:
    """What one session has of one plan's drafts.

    `history` is the draft that is open with its way back, None when none is; `saved` what the store has of
    it. `target` is the zone that the next outline becomes, `editing` the one whose vertices are moved.
    `said` is what the last deed came to, `conflict` what it ran into. `turn` counts the edits, `finding` is the one
    chosen in the list, `overlay` whether the map shows gained and lost ground,
    `look` counts the times the map was asked to move.
    """

    history: Undo | None = None
    saved: Draft | None = None
    target: ZoneId = NEW
    editing: ZoneId | None = None
    said: tuple[Tone, Text] | None = None
    conflict: DraftConflictError | ConflictError | None = None
    result: LoadResult | None = None
    published: int | None = None
    turn: int = 0
    finding: str = ""
    look: int = 0
    overlay: bool = False
    assessed: tuple[Draft, Ground, Assessment] | None = None
    shown: tuple[Assessment, PlanView] | None = None

    @property
    def draft(self) -> Draft:
        """Return the draft that is open; only to be asked where there is one."""
        if self.history is None:
            raise LookupError("no draft is open")
        return self.history.now

    @property
    def unsaved(self) -> bool:
        """Return whether closing now would lose an edit."""
        return self.history is not None and (self.saved is None or self.draft.zones is not self.saved.zones)

    def did(self, deed: Callable[[Draft], Draft]) -> bool:
        """Make an edit, or say why not; return whether it was made."""
        try:
            after = deed(self.draft)
        except GeoplanError as error:
            self.refused(error)
            return False
        if self.history is not None and after is not self.draft:
            self.history = self.history.did(after)
            self.turn += 1
        self.said, self.result = None, None
        return True

    def lay(self, draft: Draft | None, saved: Draft | None = None) -> None:
        """Put a draft on the desk, or clear it."""
        self.history = None if draft is None else Undo(draft)
        self.saved, self.target, self.editing = saved, NEW, None
        self.said, self.conflict, self.result, self.assessed = None, None, None, None
        self.turn += 1

    def refused(self, error: GeoplanError) -> None:
        """Keep what went wrong, to be said beside the draft, which stays as it is."""
        self.said = ("trouble", said_of(error))
        self.conflict = error if isinstance(error, DraftConflictError | ConflictError) else None


def desk_of(plan: str) -> Desk:
    """Return this session's desk for a plan."""
    desks: dict[str, Desk] = st.session_state.setdefault(_KEY, {})
    return desks.setdefault(plan, Desk())


def ground_of(visit: Visit) -> Ground:
    """Return what drafts of the plan are held against, checked once for all sessions; errors as for `Ground.of`."""
    return _ground(visit.view.plan.id, visit.stamp)


def assessed(desk: Desk, ground: Ground) -> Assessment:
    """Return what the draft comes to, computed anew only when it or the ground is another one."""
    known = desk.assessed
    if known is not None and known[0] is desk.draft and known[1] is ground:
        return known[2]
    found = assess(desk.draft, ground)
    desk.assessed = (desk.draft, ground, found)
    return found


# ------------------------------------------------------------------ deeds, for callbacks


def act(desk: Desk, deed: Callable[[Draft], Draft]) -> None:
    """Make an edit, or keep why not."""
    desk.did(deed)


def start_draft(desk: Desk, ground: Ground, name: str, author: str) -> None:
    """Start a draft of the current zones; it is this session's alone until it is saved."""
    try:
        require_editor(current_person())
        desk.lay(start(ground, name, author))
    except GeoplanError as error:
        desk.refused(error)
        return
    desk.target = next_target(ground, desk.draft)


def open_saved(desk: Desk, ground: Ground, identifier: str) -> None:
    """Open a saved draft and write it into the address, so that the link leads to it."""
    try:
        draft = open_draft(ground.plan, identifier, ground.store)
    except GeoplanError as error:
        desk.lay(None)
        desk.refused(error)
        go(draft=None)
        return
    desk.lay(draft, draft)
    desk.target = next_target(ground, draft)
    go(draft=identifier)


def close(desk: Desk) -> None:
    """Clear the desk: what was not saved is gone, what was saved stays in the store."""
    desk.lay(None)
    go(draft=None, zone=None)


def save_draft(desk: Desk, ground: Ground, author: str, name: str | None = None) -> None:
    """Save the draft; with a `name` as another one. Tells of a conflict instead of writing over anybody's work."""
    if desk.history is None:
        return
    try:
        require_editor(current_person())
        draft = desk.draft if name is None else as_another(desk.draft, name)
        saved = save(draft, ground.plan, author=author, store=ground.store)
    except GeoplanError as error:
        desk.refused(error)
        return
    desk.history, desk.saved = desk.history.saved(saved), saved
    desk.conflict, desk.assessed = None, None
    desk.said = ("done", TEXTS["draw_saved_now"])
    go(draft=saved.id)


def rename_draft(desk: Desk, ground: Ground, author: str, name: str) -> None:
    """Give the draft another name, in the store as well when it is there."""
    if desk.history is None or name.strip() == desk.draft.name:
        return
    try:
        require_editor(current_person())
        named = replace(desk.draft, name=checked_name(name))
    except GeoplanError as error:
        desk.refused(error)
        return
    desk.history = desk.history.saved(named)
    if named.version:
        save_draft(desk, ground, author)


def delete_draft(desk: Desk, ground: Ground) -> None:
    """Delete the draft that is open, from the store too; nothing of it stays."""
    if desk.history is None:
        return
    try:
        require_editor(current_person())
        delete(desk.draft, ground.plan, ground.store)
    except GeoplanError as error:
        desk.refused(error)
        return
    close(desk)
    desk.said = ("done", TEXTS["draw_deleted"])


def publish(desk: Desk, ground: Ground, author: str, message: str, accept: Iterable[tuple[str, str]] = ()) -> None:
    """Publish the draft; when that worked the draft is done with and is taken out of the store."""
    if desk.history is None:
        return
    options = Publishing(author=author, message=message or None, accept=tuple(accept), store=ground.store)
    try:
        require_editor(current_person())
        result = publish_draft(desk.draft, ground.plan, options)
    except GeoplanError as error:
        desk.refused(error)
        return
    if result.outcome is not Outcome.PUBLISHED or result.revision is None:
        desk.result = result
        return
    number = result.revision.number
    with suppress(GeoplanError):  # somebody saved it anew in the meantime: then it is theirs to keep
        delete(desk.draft, ground.plan, ground.store)
    close(desk)
    desk.published = number
    template = TEXTS["draw_published_now"]
    desk.said = ("done", Text(template.en.format(number=number), template.zh.format(number=number)))


def put_on_top(desk: Desk, ground: Ground) -> None:
    """Put the draft's own changes on top of the revision published since, or say which zones both changed."""
    if desk.did(lambda draft: rebased(draft, ground)):
        desk.conflict = None


def step(desk: Desk, *, back: bool) -> None:
    """Undo the last edit, or do it again."""
    if desk.history is not None:
        desk.history = desk.history.undo() if back else desk.history.redo()
        desk.turn += 1
        desk.said, desk.editing = None, None


def take_outline(desk: Desk, ground: Ground, shape: BaseGeometry, pixel_m: float | None) -> None:
    """Make an outline given in degrees the boundary of the zone being edited, else of the one it is meant for."""
    zone = desk.editing or desk.target or free_id(desk.draft)
    known = desk.draft.ids
    name = None if zone in known else name_of(ground, zone)
    if desk.did(lambda draft: with_zone(draft, zone, shape, name, pixel_m=pixel_m)):
        desk.editing = None
        desk.target = next_target(ground, desk.draft)
        go(zone=zone, facility=None)


# ------------------------------------------------------------------ small questions


def next_target(ground: Ground, draft: Draft) -> ZoneId:
    """Return the zone the next outline is likely meant for: the first the plan declares that has no boundary."""
    there = set(draft.ids)
    return next((zone.id for zone in ground.plan.zones if zone.id not in there), NEW)


def free_id(draft: Draft) -> ZoneId:
    """Return an id for a zone the plan does not declare: new-1, or the next number that is free."""
    taken = set(draft.ids)
    return next(name for name in (f"new-{number}" for number in range(1, len(taken) + 2)) if name not in taken)


def name_of(ground: Ground, zone: ZoneId) -> Text:
    """Return what the plan calls a zone; for one it does not declare a working name made of its id."""
    declared = ground.plan.zone_by_id.get(zone)
    if declared is not None:
        return declared.name
    number = zone.removeprefix("new-")
    return Text(f"New zone {number}", f"新分区 {number}") if number != zone else Text.same(zone)


def said_of(error: GeoplanError) -> Text:
    """Return an error as a page says it: what is wrong and what to do, without a place on the server."""
    parts = [error.message, *([error.hint] if error.hint else [])]
    return Text(" ".join(part.en for part in parts), "".join(part.zh for part in parts))


@st.cache_resource(max_entries=16, show_spinner=False)
def _ground(plan: str, stamp: Stamp) -> Ground:  # noqa: ARG001 - the stamp is the key: a changed plan is read anew
    return Ground.of(data_folder() / plan)
