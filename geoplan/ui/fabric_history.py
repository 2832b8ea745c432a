"""The revisions of a plan with very many zones: the timeline beside the map, one of them opened, and going back."""

from __future__ import annotations

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.output import style
from geoplan.output.escape import for_html
from geoplan.pyramid import FabricView
from geoplan.revisions import History
from geoplan.ui.fabric_job import ended, failure, is_running, progress_of
from geoplan.ui.fabric_parts import command, hint
from geoplan.ui.frame import heading
from geoplan.ui.grid import selectable
from geoplan.ui.history_look import find_revision, has_folder_zones, past_of
from geoplan.ui.history_tables import card_html, folder_html, record_html, revision_html, revisions_frame
from geoplan.ui.jobs import begin, let_go
from geoplan.ui.mapview import MapState, place_of, show_map
from geoplan.ui.people import require_editor
from geoplan.ui.trouble import trouble_here
from geoplan.ui.visit import Visit, go

STEP = 12  # revisions of the timeline shown at once
MAX_MESSAGE = 500  # characters
_AUTHOR = "gp-author"  # who writes their own name is asked once a session, as on the other pages
_REFUSED, _TOLD = "fabric-restore-refused", "fabric-restored"
_STYLE = f"""<style>
.gp-rev {{ padding: 4px 8px 6px 14px; font-size: 13px; line-height: 1.4; border-left: 2px solid #C5CFD3; }}
.gp-rev.gp-rev-current {{ border-left-color: #0072B2; }}
.gp-rev p {{ margin: 1px 0 2px; overflow-wrap: anywhere; font-size: 13.5px; }}
.gp-rev small {{ display: block; color: {style.MUTED_INK}; font-size: 12px; overflow-wrap: anywhere; }}
.gp-rev-head {{ display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }}
.gp-rev-head b {{ font-size: 14.5px; }} .gp-rev-head .gp-verdict {{ margin: 0; }}
.gp-rev-now {{ background: #E6F2FA; color: #075985; border-radius: 10px; padding: 0 9px; font-size: 12px;
  font-weight: 600; line-height: 19px; }}
.gp-rev-card .gp-section {{ font-size: 16px !important; }}
.gp-rev-card dl {{ grid-template-columns: minmax(80px, 112px) 1fr !important; }}
</style>"""


def show(visit: Visit, view: FabricView) -> None:
    """Show the page."""
    past = past_of(visit)
    heading(visit, "history", visit.say("history_lead"))
    st.html(_STYLE)
    _told(visit)
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        show_map(visit, MapState(focus=place_of(view, visit.address.pick), turn=visit.turn("history")))
    with side, st.container(key="gp-side"):
        if not past.revisions:
            _nothing_yet(visit, view)
        elif visit.address.revision is not None:
            _revision(visit, view, past, visit.address.revision)
        else:
            _timeline(visit, past)
    if past.revisions:
        _below(visit, view, past)


def _timeline(visit: Visit, past: History) -> None:
    newest = tuple(reversed(past.revisions))
    key = f"history-shown-{past.plan.id}"
    most = int(st.session_state.get(key, STEP))
    for revision in newest[:most]:
        st.html(revision_html(revision, past, visit.language))
        st.button(
            visit.say("history_open", number=revision.number),
            key=f"open-{revision.number}",
            type="tertiary",
            icon=":material/arrow_forward:",
            on_click=_open,
            args=(revision.number,),
        )
    if most < len(newest):
        st.button(
            visit.say("history_older", count=len(newest) - most),
            key="history-older",
            on_click=st.session_state.__setitem__,
            args=(key, most + STEP),
            width="stretch",
        )
    elif has_folder_zones(past.plan):
        st.html(folder_html(visit.language))


def _open(number: int | None) -> None:
    go(revision=number, zone=None, facility=None)


def _revision(visit: Visit, view: FabricView, past: History, number: int) -> None:
    """Show one revision, which is on the map, with the way back to it."""
    icon = ":material/arrow_back:"
    st.button(visit.say("history_back"), key="gp-back", icon=icon, type="tertiary", on_click=_open, args=(None,))
    revision = find_revision(past, number)
    if revision is None:
        st.info(visit.say("history_unknown", number=number))
        return
    st.html(card_html(revision, past, visit.language))
    hint(visit.say("fabric_revision_on_map", number=number))
    if past.current is not None and number != past.current:
        _restore(visit, view, past.current, number)
    st.html(record_html(revision, visit.language))


# ------------------------------------------------------------------ going back


def _restore(visit: Visit, view: FabricView, current: int, number: int) -> None:
    st.html(f'<h2 class="gp-section">{for_html(visit.say("history_restore"))}</h2>')
    key = f"restore-{view.plan.id}-{current}-{number}"
    if is_running(key):
        numbers: dict[str, object] = {"number": number, "count": f"{len(view.fabric):,}"}
        progress_of(key, "fabric_restoring", numbers, visit.language)
        return
    done = ended(key)
    if done is not None and done.code == 0 and done.document is not None:
        published = done.document.get("revision")
        made = published.get("number") if isinstance(published, dict) else None
        st.session_state[_TOLD] = made if done.document.get("outcome") == "published" else 0
        let_go(key)
        go(revision=None)
        st.rerun()
    if done is not None:
        failure(key, done, visit.language)
        return
    hint(visit.say("history_restore_lead", current=current, next=current + 1))
    if not visit.may_write:
        hint(visit.say("history_needs_editor"))
        return
    hint(visit.say("fabric_restore_how"))
    _form(visit, key, current, number)


def _form(visit: Visit, key: str, current: int, number: int) -> None:
    message, author = f"{key}-message", f"{key}-author"
    with st.form(key=f"{key}-form", border=True):
        st.text_input(visit.say("history_restore_message", number=number), max_chars=MAX_MESSAGE, key=message)
        if visit.author is None:
            known = str(st.session_state.get(_AUTHOR, ""))
            st.text_input(visit.say("history_restore_author"), value=known, max_chars=100, key=author)
        # What is bound here is what the reader saw: who published since is told instead of written over.
        st.form_submit_button(
            visit.say("history_restore_button", number=number),
            type="primary",
            icon=":material/restore:",
            on_click=_begin,
            args=(visit, key, current, number),
        )


def _begin(visit: Visit, key: str, current: int, number: int) -> None:
    message, written = (
        " ".join(str(st.session_state.get(f"{key}-{part}", "")).split()) for part in ("message", "author")
    )
    author = visit.author or written
    if not author:
        st.session_state[_REFUSED] = visit.say("history_restore_who")
        return
    try:
        require_editor(visit.person)
    except GeoplanError as error:
        st.session_state[_REFUSED] = error
        return
    if visit.author is None:
        st.session_state[_AUTHOR] = author
    arguments = ["restore", str(visit.view.plan.folder.absolute()), str(number), f"--parent={current}"]
    arguments += [f"--author={author}", "--json", f"--lang={visit.language}"]
    if message:
        arguments.append(f"--message={message}")
    if not begin(key, arguments):
        st.session_state[_REFUSED] = visit.say("fabric_busy")


def _told(visit: Visit) -> None:
    """Say once what came of a restore that was asked for."""
    made = st.session_state.pop(_TOLD, None)
    if isinstance(made, int):
        if made:
            st.success(visit.say("history_restored_now", number=made))
        else:
            st.info(visit.say("history_unchanged_now"))
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, GeoplanError):
        trouble_here(refused, visit.language)
    elif isinstance(refused, str):
        st.info(refused)


# ------------------------------------------------------------------ below the map, and before the first revision


def _below(visit: Visit, view: FabricView, past: History) -> None:
    numbers = tuple(revision.number for revision in reversed(past.revisions))
    opened = visit.address.revision
    st.html(f'<h2 class="gp-section">{for_html(visit.say("history_all"))}</h2>')
    selectable(
        f"history-table-{view.plan.id}-{len(numbers)}",
        revisions_frame(past, visit.language),
        visit.language,
        numbers.index(opened) if opened in numbers else None,
        lambda row: _open(None if row is None else numbers[row]),
    )
    if len(numbers) > 1:
        before, after = numbers[1], numbers[0]
        if opened in numbers and opened != numbers[0]:
            before = opened
        why = visit.say("fabric_diff_why", count=f"{len(view.fabric):,}")
        command(why, f"geoplan diff {view.plan.id} {before} {after}")
    command(visit.say("fabric_verify_why"), "geoplan store verify")


def _nothing_yet(visit: Visit, view: FabricView) -> None:
    holds = visit.say("fabric_none_zones", zones=f"{len(view.fabric):,}")
    st.html(
        f'<div class="gp-card"><div class="gp-empty"><b>{for_html(visit.say("history_none_title"))}</b>'
        f"<p>{for_html(holds)}</p></div><p>{for_html(visit.say('history_none_then'))}</p></div>"
    )
    command(visit.say("fabric_command"), f"geoplan load FILE {view.plan.id} --author NAME --message TEXT")
