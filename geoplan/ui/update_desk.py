"""An update while somebody works at it: what was uploaded, how it is read, what it would change, what came of it.

One for each session, about one plan and one upload: another plan or another upload begins anew. Nothing is
written anywhere before somebody publishes, and every write asks for the editor's role anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geoplan.errors import GeoplanError
from geoplan.inspection import Candidate
from geoplan.plan import data_folder
from geoplan.revisions import LoadResult, Outcome, PublishConflictError, Publishing, Reading, load, restore
from geoplan.ui.people import require_editor
from geoplan.ui.update_look import Found, Preview, look_at, previewed
from geoplan.ui.update_upload import Part, delivered, digest_of
from geoplan.ui.update_work import Tell, Work
from geoplan.ui.visit import Visit, go, move_map

_KEY = "gp-update"
LOOKING = ("update_step_opening", "update_step_reading", "update_step_sketching")
PREVIEWING = ("update_step_reading", "update_step_checking", "update_step_drawing")
PUBLISHING = ("update_step_publishing",)


@dataclass
class Desk:
    """What one session has of one update.

    `turn` counts uploads and names the uploader. `reading` is what was said about the file besides its coordinates,
    `choice` the reading of its coordinates that was picked (None: what was decided). `found` and `preview` are
    what is known so far, `proposal` a preview with repair. `finding` is the one chosen in the list.
    """

    plan: str
    turn: int = 0
    upload: str = ""
    parts: tuple[Part, ...] = ()
    reading: Reading = field(default_factory=Reading)
    choice: Candidate | None = None
    repair: bool = False
    again: int = 0
    found: Found | None = None
    preview: Preview | None = None
    proposal: Preview | None = None
    proposing: bool = False
    work: Work | None = None
    hashed: dict[str, str] = field(default_factory=dict)
    conflict: PublishConflictError | None = None
    error: GeoplanError | None = None
    rejected: LoadResult | None = None
    published: LoadResult | None = None
    undone: LoadResult | None = None
    left: bool = False
    cancelled: bool = False
    finding: str = ""

    @property
    def whole_reading(self) -> Reading:
        """Return how the file is read, with the reading of its coordinates that was picked."""
        if self.choice is None:
            return self.reading
        picked = self.choice
        return replace(self.reading, crs=picked.crs, offset=picked.offset, axes=picked.axis_order)

    @property
    def decided(self) -> bool:
        """Return whether it is clear how to read the coordinates."""
        inspection = self.found.inspection if self.found else None
        return inspection is not None and (inspection.crs.chosen is not None or self.choice is not None)

    @property
    def shown(self) -> Preview | None:
        """Return the preview that would be published: with the repair where it was taken."""
        return self.proposal if self.repair else self.preview


def desk_of(plan: str) -> Desk:
    """Return the desk of this session; one of another plan is cleared away."""
    desk = st.session_state.get(_KEY)
    if not isinstance(desk, Desk) or desk.plan != plan:
        if isinstance(desk, Desk):
            drop(desk)
        desk = st.session_state[_KEY] = Desk(plan, turn=desk.turn + 1 if isinstance(desk, Desk) else 0)
    return desk


def take(desk: Desk, files: list[Any]) -> None:
    """Take what the uploader holds; another upload than before begins anew."""
    key = "|".join(str(file.file_id) for file in files)
    if key not in desk.hashed and files:
        desk.hashed = {key: digest_of([Part(file.name, file.getvalue()) for file in files])}
    token = desk.hashed.get(key, "") if files else ""
    if token == desk.upload:
        return
    drop(desk)
    fresh = Desk(desk.plan, desk.turn, token, hashed=desk.hashed)
    if not files:  # what came of the last upload stays said until there is another
        fresh.published, fresh.undone, fresh.left = desk.published, desk.undone, desk.left
    desk.__dict__.update(fresh.__dict__)
    desk.parts = tuple(Part(file.name, file.getvalue()) for file in files)


def leave(desk: Desk) -> None:
    """Forget the upload and all that was found out about it; nothing was written."""
    forget(desk)
    desk.left = True


def forget(desk: Desk) -> None:
    """Clear the desk for another upload, and let the server drop the bytes of this one."""
    drop(desk)
    _release(f"gp-update-file-{desk.turn}")
    desk.__dict__.update(Desk(desk.plan, desk.turn + 1).__dict__)
    move_map()


def drop(desk: Desk) -> None:
    """Give up what runs."""
    if desk.work is not None:
        desk.work.give_up()
        desk.work = None


def cancel(desk: Desk) -> None:
    """Give up what runs, and stop until somebody says to go on."""
    drop(desk)
    desk.cancelled = True


def resume(desk: Desk) -> None:
    """Go on after a cancelled step."""
    desk.cancelled = False


def read_as(desk: Desk, **said: str | None) -> None:
    """Take a word about the file (layer, encoding, crs, operation or id_field); what hangs on it is found out anew."""
    reading = replace(desk.reading, **said)  # type: ignore[arg-type]
    if reading == desk.reading:
        return
    desk.reading = reading
    if set(said) != {"id_field"}:
        desk.found, desk.choice = None, None
    preview_again(desk)


def choose(desk: Desk, candidate: Candidate | None) -> None:
    """Take a reading of the coordinates; None takes back what was chosen."""
    if candidate != desk.choice:
        desk.choice = candidate
        preview_again(desk)
        move_map()


def preview_again(desk: Desk) -> None:
    """Hold the upload against the current zones anew."""
    drop(desk)
    desk.preview = desk.proposal = desk.conflict = desk.error = desk.rejected = None
    desk.repair = desk.proposing = desk.cancelled = False
    desk.again += 1
    desk.finding = ""


def propose(desk: Desk) -> None:
    """Find out what a repair would change."""
    desk.proposing, desk.cancelled = True, False


def use_repair(desk: Desk, *, use: bool) -> None:
    """Take the repaired boundaries, or those of the file again."""
    desk.repair, desk.finding = use, ""


# ------------------------------------------------------------------ what takes long


def next_work(desk: Desk) -> Work | None:
    """Begin what is to be found out next, unless it runs already; None when all is known that can be."""
    if not desk.parts or desk.cancelled or desk.error is not None:
        return None
    parts, plan, reading = desk.parts, data_folder() / desk.plan, desk.whole_reading
    if desk.found is None:
        return _begun(desk, "found", LOOKING, lambda tell: look_at(parts, plan, reading, tell))
    if not desk.decided:
        return None
    if desk.preview is None:
        return _begun(desk, "preview", PREVIEWING, lambda tell: previewed(parts, plan, reading, tell))
    if desk.proposing and desk.proposal is None:
        return _begun(desk, "proposal", PREVIEWING, lambda tell: previewed(parts, plan, reading, tell, repair=True))
    return None


def settle(desk: Desk, work: Work) -> None:
    """Take what work came to."""
    desk.work = None
    try:
        result = work.result()
    except PublishConflictError as error:
        desk.conflict = error
        return
    except GeoplanError as error:
        desk.error = error
        return
    if work.kind == "found":
        desk.found = result
        move_map()
    elif work.kind == "preview":
        desk.preview = result
        move_map()
    elif work.kind == "proposal":
        desk.proposal = result
    else:
        _published(desk, result)


def publish(visit: Visit, desk: Desk, author: str, message: str, accept: tuple[tuple[str, str], ...]) -> None:
    """Begin to publish what the preview shows, on top of the revision that it was held against.

    Raises RoleError for anybody but an editor.
    """
    require_editor(visit.person)
    shown = desk.shown
    if shown is None or desk.work is not None:
        return
    parts, plan, reading = desk.parts, data_folder() / desk.plan, desk.whole_reading
    how = Publishing(
        author=author, message=message or None, accept=accept, parent=shown.result.parent or 0, repair=desk.repair
    )
    desk.rejected = desk.conflict = desk.error = None
    desk.work = Work("publish", desk.again, PUBLISHING, lambda tell: _write(parts, plan, reading, how, tell))


def undo(visit: Visit, desk: Desk, author: str) -> None:
    """Publish the zones there were before again, unless somebody published since; raises RoleError as `publish`."""
    require_editor(visit.person)
    done = desk.published
    if done is None or done.revision is None:
        return
    how = Publishing(author=author, parent=done.revision.number)
    try:
        desk.undone = restore(data_folder() / desk.plan, done.parent or 0, how)
    except GeoplanError as error:
        desk.error = error
    move_map()


def _write(parts: tuple[Part, ...], plan: Any, reading: Reading, how: Publishing, tell: Tell) -> LoadResult:
    with delivered(parts) as path:
        tell("update_step_publishing")
        return load(path, plan, reading=reading, publishing=how)


def _published(desk: Desk, result: LoadResult) -> None:
    if result.outcome is Outcome.REJECTED:
        desk.rejected = result
        return
    forget(desk)
    desk.published = result
    go(revision=None)


def _begun(desk: Desk, kind: str, steps: tuple[str, ...], task: Callable[[Tell], object]) -> Work:
    """Return the work that runs already when it is this one, else begin it."""
    about = (desk.upload, desk.whole_reading, desk.again)
    if desk.work is None or (desk.work.kind, desk.work.about) != (kind, about):
        drop(desk)
        desk.work = Work(kind, about, steps, task)
    return desk.work


def _release(key: str) -> None:
    """Let Streamlit drop uploaded bytes now, and not only when the session ends."""
    context = get_script_run_ctx()
    if context is None or not isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        return
    for file in st.session_state.get(key) or []:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
