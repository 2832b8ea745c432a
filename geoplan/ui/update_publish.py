"""The last part of the page of updates: what stands against publishing, the form, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.output import figures
from geoplan.output.escape import for_html
from geoplan.revisions import Outcome
from geoplan.types import Finding
from geoplan.ui.draft_tables import changes_frame, revision_text
from geoplan.ui.trouble import trouble_here
from geoplan.ui.update_desk import Desk, forget, preview_again, publish, undo
from geoplan.ui.update_look import Preview
from geoplan.ui.update_words import name_of, note_html, said
from geoplan.ui.visit import Visit, go
from geoplan.workflow import PlanView

_AUTHOR = "gp-author"  # who writes their own name is asked once a session


def publish_part(visit: Visit, desk: Desk, view: PlanView, shown: Preview) -> None:
    """Show whether it can be published, what stands against it, and the form."""
    result, language = shown.result, visit.language
    if desk.conflict is not None:
        _conflict(visit, desk)
        return
    if desk.rejected is not None:
        reasons = tuple(reason.get(language) for reason in desk.rejected.reasons)
        st.html(note_html(visit.say("update_rejected"), "fails", reasons))
        _again(visit, desk, "update_preview_again")
        return
    number = view.revision.number if view.revision else 0
    if number != (result.parent or 0):
        said_so = visit.say("update_behind", revision=revision_text(number, language))
        st.html(note_html(said_so, "asks"))
        _again(visit, desk, "update_preview_again")
    if result.undecided:
        lines = tuple(said(reason, language) for reason in result.reasons)
        st.html(note_html(visit.say("update_undecided"), "fails", lines))
        return
    if result.would is Outcome.UNCHANGED:
        st.html(note_html(visit.say("update_unchanged"), "quiet"))
        return
    _form(visit, desk, view, shown)


def _form(visit: Visit, desk: Desk, view: PlanView, shown: Preview) -> None:
    result, language = shown.result, visit.language
    failing = result.check.failing if result.check is not None else ()
    accepted: tuple[tuple[str, str], ...] = ()
    if result.would is Outcome.REJECTED:
        lines = tuple(name_of(one.message.get(language)) for one in failing[:8])
        lines = lines or tuple(said(reason, language) for reason in result.reasons)
        st.html(note_html(visit.say("update_would_reject", count=len(failing)), "fails", lines))
        accepted = _accept(visit, desk, failing)
    else:
        revision = revision_text(result.parent or 0, language) if view.layer is not None else visit.say("update_first")
        st.html(note_html(visit.say("update_would_publish", revision=revision), "holds"))
    still = {one.id for one in failing} - {finding for finding, _ in accepted}
    with st.form(f"gp-update-publish-{desk.turn}", border=False):
        message = st.text_area(visit.say("update_message"), height=68, max_chars=500)
        name_place, button_place = st.columns([5, 6], gap="small", vertical_alignment="bottom")
        with name_place:
            author = _author(visit)
        pressed = button_place.form_submit_button(
            visit.say("update_publish"),
            type="primary",
            icon=":material/publish:",
            disabled=bool(still) or (result.would is Outcome.REJECTED and not failing),
            width="stretch",
        )
    if pressed:
        _publish(visit, desk, author.strip(), (message or "").strip(), accepted)


def _author(visit: Visit) -> str:
    """Show or ask who publishes, and return it."""
    if visit.author:
        st.html(f'<p class="gp-hint">{for_html(visit.say("update_as_author", author=name_of(visit.author)))}</p>')
        return visit.author
    return st.text_input(visit.say("update_author"), value=str(st.session_state.get(_AUTHOR, "")), max_chars=80) or ""


def _publish(visit: Visit, desk: Desk, author: str, message: str, accepted: tuple[tuple[str, str], ...]) -> None:
    if not author:
        st.html(note_html(visit.say("update_need_author"), "fails"))
        return
    if not visit.author:
        st.session_state[_AUTHOR] = author
    publish(visit, desk, author, message, accepted)
    st.rerun()


def _accept(visit: Visit, desk: Desk, failing: tuple[Finding, ...]) -> tuple[tuple[str, str], ...]:
    """Ask which failing findings are accepted, and why; nothing without a reason."""
    if not failing:
        return ()
    texts = {one.id: name_of(one.message.get(visit.language)) for one in failing}
    key = f"{desk.turn}-{desk.again}-{desk.repair}"
    with st.expander(visit.say("update_accept")):
        chosen = st.multiselect(
            visit.say("update_accept_which"),
            list(texts),
            format_func=lambda finding: texts.get(finding, finding),
            key=f"gp-update-accept-{key}",
            placeholder=visit.say("update_accept_which"),
        )
        reason = st.text_input(visit.say("update_accept_reason"), max_chars=500, key=f"gp-update-why-{key}").strip()
    return tuple((finding, reason) for finding in chosen) if reason else ()


def _conflict(visit: Visit, desk: Desk) -> None:
    conflict = desk.conflict
    assert conflict is not None  # noqa: S101 - shown only then
    revision = revision_text(conflict.current or 0, visit.language)
    st.html(note_html(visit.say("update_conflict", revision=revision), "fails"))
    known = desk.shown.result.comparison if desk.shown is not None else None
    names = {row.id: row.name for row in known.rows} if known is not None else {}
    for key, comparison in (("update_conflict_theirs", conflict.theirs), ("update_conflict_mine", conflict.mine)):
        st.html(f"<b>{for_html(visit.say(key))}</b>")
        # Neither side was checked for this, so that the names come from the preview.
        rows = tuple(replace(row, name=names.get(row.id, row.name)) for row in comparison.rows)
        frame = changes_frame(replace(comparison, rows=rows), visit.language)
        if frame.empty:
            st.text(visit.say("update_no_changes"))
        else:
            st.dataframe(frame, hide_index=True)
    _again(visit, desk, "update_on_top")


def _again(visit: Visit, desk: Desk, key: str) -> None:
    st.button(
        visit.say(key),
        key="gp-update-again",
        icon=":material/refresh:",
        type="primary",
        on_click=preview_again,
        args=(desk,),
        width="stretch",
    )


# ------------------------------------------------------------------ what came of it


def outcome(visit: Visit, desk: Desk) -> None:
    """Say what came of the last upload: published, undone, or forgotten."""
    language = visit.language
    if desk.left:
        st.html(note_html(visit.say("update_left"), "quiet"))
    done = desk.published
    if done is None or done.revision is None:
        return
    if desk.undone is not None:
        again = desk.undone.revision
        line = visit.say("update_undone", number=again.number) if again else visit.say("update_undone_same")
        st.html(note_html(line, "holds"))
    else:
        lines: tuple[str, ...] = ()
        if done.comparison is not None:
            before, after = (
                figures.square_kilometres(done.comparison.total_m2(side), language) for side in ("before", "after")
            )
            author = name_of(done.revision.author)
            lines = (visit.say("update_published_by", author=author, before=before, after=after),)
        st.html(note_html(visit.say("update_published", number=done.revision.number), "holds", lines))
    _ways_on(visit, desk)


def _ways_on(visit: Visit, desk: Desk) -> None:
    for key, icon, page in (
        ("update_see_map", ":material/map:", "map"),
        ("update_see_history", ":material/history:", "history"),
    ):
        st.button(visit.say(key), key=f"gp-{key}", icon=icon, on_click=go, kwargs={"page": page}, width="stretch")
    if desk.undone is None and visit.may_write:
        with st.popover(visit.say("update_undo"), icon=":material/undo:", width="stretch"):
            st.text(visit.say("update_undo_why"))
            st.button(
                visit.say("update_undo_sure"), key="gp-update-undo", on_click=_undo, args=(visit, desk), width="stretch"
            )
    if isinstance(desk.error, GeoplanError):
        trouble_here(desk.error, visit.language)
    st.button(
        visit.say("update_another"),
        key="gp-update-another",
        icon=":material/upload_file:",
        type="tertiary",
        on_click=forget,
        args=(desk,),
    )


def _undo(visit: Visit, desk: Desk) -> None:
    done = desk.published
    author = (
        visit.author
        or str(st.session_state.get(_AUTHOR, ""))
        or (done.revision.author if done and done.revision else "")
    )
    try:
        undo(visit, desk, author)
    except GeoplanError as error:
        desk.error = error
