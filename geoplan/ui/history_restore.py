"""Going back to an old revision: what it would change is shown first, then it is published again by an editor."""

from __future__ import annotations

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.output import figures
from geoplan.output.escape import for_html
from geoplan.revisions import History, Outcome, PublishConflictError, Publishing, restore
from geoplan.types import Text
from geoplan.ui.grid import column_settings
from geoplan.ui.history_look import Pair, changed_rows, compared, name_of
from geoplan.ui.history_tables import changes_frame, findings_frame
from geoplan.ui.people import require_editor
from geoplan.ui.texts import TEXTS
from geoplan.ui.trouble import trouble_here
from geoplan.ui.visit import Visit, go

MAX_MESSAGE = 500  # characters
_AUTHOR = "gp-author"  # who writes their own name is asked once a session, as on the other pages
_TOLD, _REFUSED = "history-told", "history-refused"


def restore_panel(visit: Visit, past: History, number: int) -> None:
    """Show what restoring a revision would change, and the form that does it."""
    current = past.current
    if current is None or number == current:
        return
    st.html(f'<h2 class="gp-section">{for_html(visit.say("history_restore"))}</h2>')
    comparison = compared(visit, Pair(current, number))
    if comparison.is_unchanged:
        st.caption(visit.say("history_restore_same"))
        return
    st.caption(visit.say("history_restore_lead", current=current, next=current + 1))
    changed = changed_rows(comparison)
    totals = [comparison.total_m2(side) for side in ("before", "after")]
    before, after = (figures.square_kilometres(total, visit.language) for total in totals)
    all_zones = len(comparison.rows)
    st.text(visit.say("history_restore_changes", changed=len(changed), all=all_zones, before=before, after=after))
    frame = changes_frame(changed, visit.language)
    shown = [visit.say(key) for key in ("history_zone", "history_kind", "history_difference")]
    st.dataframe(frame[shown], hide_index=True, **column_settings(visit.language))
    if comparison.introduced or comparison.fixed:
        st.dataframe(findings_frame(comparison, visit.language), hide_index=True)
    if visit.may_write:
        _form(visit, number, current)
    else:
        st.caption(visit.say("history_needs_editor"))


def _form(visit: Visit, number: int, current: int) -> None:
    keys = [f"restore-{part}-{visit.view.plan.id}-{number}" for part in ("message", "author")]
    with st.form(key=f"restore-{visit.view.plan.id}-{number}", border=True):
        st.text_input(visit.say("history_restore_message", number=number), max_chars=MAX_MESSAGE, key=keys[0])
        if visit.author is None:
            known = str(st.session_state.get(_AUTHOR, ""))
            st.text_input(visit.say("history_restore_author"), value=known, max_chars=100, key=keys[1])
        # What is bound here is what the reader saw: who published since is told instead of written over.
        st.form_submit_button(
            visit.say("history_restore_button", number=number),
            type="primary",
            icon=":material/restore:",
            on_click=_restore,
            args=(visit, number, current, keys),
        )


def _restore(visit: Visit, number: int, current: int, keys: list[str]) -> None:
    message, written = (" ".join(str(st.session_state.get(key, "")).split()) for key in keys)
    author = visit.author or written
    if not author:
        st.session_state[_REFUSED] = None
        st.session_state[_TOLD] = (TEXTS["history_restore_who"], None)
        return
    try:
        require_editor(visit.person)
        publishing = Publishing(author=author, message=message or None, parent=current)
        result = restore(visit.view.plan.folder, number, publishing)
    except GeoplanError as error:
        st.session_state[_REFUSED] = error
        return
    if visit.author is None:
        st.session_state[_AUTHOR] = author
    if result.outcome is Outcome.PUBLISHED and result.revision is not None:
        template, made = TEXTS["history_restored_now"], result.revision.number
        told = Text(*(template.get(code).format(number=made) for code in ("en", "zh")))
        st.session_state[_TOLD] = (told, made)
        go(revision=None, **{"from": None, "to": None})
    else:
        st.session_state[_TOLD] = (TEXTS["history_unchanged_now"], None)


def told(visit: Visit) -> None:
    """Say once what came of the last click: published, refused, or in conflict with what somebody else published."""
    said = st.session_state.pop(_TOLD, None)
    if isinstance(said, tuple):
        text, number = said
        (st.success if number is not None else st.info)(text.get(visit.language))
        if number is not None:
            st.button(
                visit.say("history_on_map"),
                key="history-to-map",
                icon=":material/map:",
                on_click=go,
                kwargs={"page": "map", "revision": None},
            )
    error = st.session_state.pop(_REFUSED, None)
    if isinstance(error, GeoplanError):
        trouble_here(error, visit.language)
    if isinstance(error, PublishConflictError):
        current = name_of(error.current or 0, visit.language)
        st.html(f'<h2 class="gp-section">{for_html(visit.say("history_theirs"))} · {for_html(current)}</h2>')
        st.dataframe(
            changes_frame(changed_rows(error.theirs), visit.language),
            hide_index=True,
            **column_settings(visit.language),
        )
