"""The page of drafts: the map to draw on, and beside it what the draft comes to, what it changes, and publishing."""

from __future__ import annotations

import streamlit as st

from geoplan.drafts import Ground, drafts_of, is_behind
from geoplan.errors import DraftConflictError
from geoplan.output import style
from geoplan.output.escape import for_html, visible
from geoplan.revisions import PublishConflictError
from geoplan.store import KeptDraft
from geoplan.types import Severity
from geoplan.ui import desk as desks
from geoplan.ui.desk import Desk
from geoplan.ui.draft_map import current_map, draw_map
from geoplan.ui.draft_panel import panel, typed_outline
from geoplan.ui.draft_tables import changes_frame, kept_html, revision_text
from geoplan.ui.frame import heading
from geoplan.ui.headline import strip_html, tiles
from geoplan.ui.visit import Visit, go

_AUTHOR = "gp-author"  # who writes their own name is asked once a session


def show(visit: Visit) -> None:
    """Show the page."""
    st.html(_style_html())
    ground = desks.ground_of(visit)
    desk = desks.desk_of(ground.plan.id)
    _open_asked(desk, ground)
    if desk.history is None:
        _start_screen(visit, desk, ground)
        return
    found = desks.assessed(desk, ground)
    st.html(strip_html(tiles(found.view, visit.language), visit.language))
    _bar(visit, desk, ground)
    _told(visit, desk, ground)
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        draw_map(visit, desk, ground, found)
    with side, st.container(key="gp-side"):
        panel(visit, desk, ground, found, author_of(visit))
    if visit.may_write:
        typed_outline(visit, desk, ground)


def author_of(visit: Visit) -> str:
    """Return who edits: the person signed in, else the name they last wrote in this session, "" before that."""
    return visit.author or str(st.session_state.get(_AUTHOR, ""))


def _open_asked(desk: Desk, ground: Ground) -> None:
    """Open the draft a link asks for, unless it lies on the desk already."""
    asked = st.query_params.get("draft", "")
    if asked and (desk.history is None or desk.draft.id != asked) and not desk.unsaved:
        desks.open_saved(desk, ground, asked)
    elif desk.history is not None and desk.draft.id and not asked:
        go(draft=desk.draft.id)


# ------------------------------------------------------------------ before a draft is open


def _start_screen(visit: Visit, desk: Desk, ground: Ground) -> None:
    heading(visit, "draw", visit.say("draw_lead"))
    _said(visit, desk)
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        current_map(visit, desk)
    with side, st.container(key="gp-side"):
        if visit.may_write:
            _start(visit, desk, ground)
        else:
            st.html(f'<p class="gp-hint">{for_html(visit.say("draw_viewer"))}</p>')
        _shelf(visit, desk, ground)


def _start(visit: Visit, desk: Desk, ground: Ground) -> None:
    _section(visit.say("draw_start"))
    if len(ground.zones):
        revision = revision_text(ground.number, visit.language)
        line = visit.say("draw_start_from", revision=revision, zones=len(ground.zones))
    else:
        line = visit.say("draw_start_empty", zones=len(ground.plan.zones))
    st.html(f'<p class="gp-hint">{for_html(line)}</p>')
    with st.form("gp-draft-start", border=False):
        name = st.text_input(visit.say("draw_name"), placeholder=visit.say("draw_name_hint"), max_chars=120)
        author = _ask_author(visit, "start")
        label, icon = visit.say("draw_start_button"), ":material/edit_square:"
        if st.form_submit_button(label, icon=icon, type="primary", width="stretch"):
            _remember(author)
            desks.start_draft(desk, ground, name, author)
            st.rerun()


def _shelf(visit: Visit, desk: Desk, ground: Ground) -> None:
    _section(visit.say("draw_saved_drafts"))
    kept = drafts_of(ground.plan, ground.store)
    if not kept:
        st.html(f'<p class="gp-hint">{for_html(visit.say("draw_no_drafts"))}</p>')
    for one in kept:
        _kept(visit, desk, ground, one)


def _kept(visit: Visit, desk: Desk, ground: Ground, one: KeptDraft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(kept_html(one, visit.language), width="stretch")
        st.button(
            visit.say("draw_open"),
            key=f"draft-{one.id}",
            on_click=desks.open_saved,
            args=(desk, ground, one.id),
            help=visit.say("draw_open"),
        )


# ------------------------------------------------------------------ over the map


def _bar(visit: Visit, desk: Desk, ground: Ground) -> None:
    history, draft = desk.history, desk.draft
    assert history is not None  # noqa: S101 - a draft is open
    state = "draw_unsaved" if desk.unsaved else "draw_saved"
    with st.container(horizontal=True, vertical_alignment="center", key="gp-desk", gap="small"):
        st.html(
            f'<div class="gp-desk-name">{for_html(visible(draft.name))}'
            f'<small class="gp-{state.removeprefix("draw_")}">{for_html(visit.say(state))}</small></div>',
            width="stretch",
        )
        if visit.may_write:
            for key, icon, possible, back in (
                ("draw_undo", ":material/undo:", bool(history.past), True),
                ("draw_redo", ":material/redo:", bool(history.future), False),
            ):
                st.button(
                    visit.say(key),
                    key=f"gp-{key}",
                    icon=icon,
                    disabled=not possible,
                    on_click=desks.step,
                    args=(desk,),
                    kwargs={"back": back},
                )
            st.button(
                visit.say("draw_save"),
                key="gp-draft-save",
                icon=":material/save:",
                disabled=not desk.unsaved,
                on_click=desks.save_draft,
                args=(desk, ground, author_of(visit) or draft.author),
            )
            with st.popover(visit.say("draw_more"), icon=":material/more_horiz:"):
                _more(visit, desk, ground)
        _close(visit, desk)


def _close(visit: Visit, desk: Desk) -> None:
    if not desk.unsaved or not visit.may_write:
        st.button(visit.say("draw_close"), key="gp-draft-close", icon=":material/close:", on_click=_shut, args=(desk,))
        return
    with st.popover(visit.say("draw_discard"), icon=":material/close:"):
        st.text(visit.say("draw_discard_why"))
        st.button(visit.say("draw_discard_sure"), key="gp-draft-discard", on_click=_shut, args=(desk,), width="stretch")


def _more(visit: Visit, desk: Desk, ground: Ground) -> None:
    draft, author = desk.draft, author_of(visit) or desk.draft.author
    with st.form("gp-draft-name", border=False):
        name = st.text_input(visit.say("draw_name"), value=draft.name, max_chars=120, key=f"gp-name-{desk.turn}")
        if st.form_submit_button(visit.say("draw_rename"), width="stretch"):
            desks.rename_draft(desk, ground, author, name)
            st.rerun()
    st.button(
        visit.say("draw_save_as"),
        key="gp-draft-copy",
        on_click=desks.save_draft,
        args=(desk, ground, author, visit.say("draw_another", name=draft.name[:110])),
        width="stretch",
    )
    sure = st.checkbox(visit.say("draw_delete"), key=f"gp-sure-{draft.id}-{desk.turn}")
    if sure:
        st.button(
            visit.say("draw_delete_sure"),
            key="gp-draft-delete",
            type="primary",
            on_click=desks.delete_draft,
            args=(desk, ground),
            width="stretch",
        )


def _told(visit: Visit, desk: Desk, ground: Ground) -> None:
    """Say what the last deed came to, and what has happened to the plan or the draft in the meantime."""
    _said(visit, desk)
    if not visit.may_write:
        _note(visit.say("draw_viewer"), "trouble")
    if isinstance(desk.conflict, DraftConflictError):
        _draft_conflict(visit, desk, ground)
    if isinstance(desk.conflict, PublishConflictError):
        with st.expander(visit.say("draw_conflict_theirs"), expanded=True):
            st.dataframe(changes_frame(desk.conflict.theirs, visit.language), hide_index=True)
    if is_behind(desk.draft, ground) and visit.may_write:
        revision = revision_text(ground.number, visit.language)
        with st.container(horizontal=True, vertical_alignment="center", key="gp-notice"):
            st.text(visit.say("draw_behind", revision=revision), width="stretch")
            st.button(visit.say("draw_put_on_top"), key="gp-on-top", on_click=desks.put_on_top, args=(desk, ground))


def _draft_conflict(visit: Visit, desk: Desk, ground: Ground) -> None:
    draft = desk.draft
    with st.container(horizontal=True):
        st.button(
            visit.say("draw_save_as"),
            key="gp-conflict-copy",
            type="primary",
            on_click=desks.save_draft,
            args=(desk, ground, author_of(visit) or draft.author, visit.say("draw_another", name=draft.name[:110])),
        )
        st.button(
            visit.say("draw_open_theirs"),
            key="gp-conflict-open",
            on_click=desks.open_saved,
            args=(desk, ground, draft.id),
        )


def _said(visit: Visit, desk: Desk) -> None:
    if desk.said is None:
        return
    tone, text = desk.said
    _note(text.get(visit.language), tone)
    if tone == "done" and desk.history is None:
        if desk.published is not None:
            icon = ":material/history:"
            st.button(
                visit.say("draw_to_history"), key="gp-to-history", icon=icon, on_click=go, kwargs={"page": "history"}
            )
        desk.said, desk.published = None, None


def _note(line: str, tone: str) -> None:
    role = "alert" if tone == "trouble" else "status"
    st.html(f'<div class="gp-said gp-{tone}" role="{role}">{for_html(line)}</div>')


def _section(title: str) -> None:
    st.html(f'<h2 class="gp-section">{for_html(title)}</h2>')


def _shut(desk: Desk) -> None:
    desks.close(desk)


def _ask_author(visit: Visit, key: str) -> str:
    if visit.author is not None:
        return visit.author
    known = str(st.session_state.get(_AUTHOR, ""))
    return st.text_input(visit.say("draw_author"), value=known, max_chars=80, key=f"gp-author-{key}")


def _remember(author: str) -> None:
    st.session_state[_AUTHOR] = author.strip()


def _style_html() -> str:
    failed, warned = style.SEVERITY_STYLES[Severity.ERROR], style.SEVERITY_STYLES[Severity.WARNING]
    return f"""<style>
.gp-draft b {{ overflow-wrap: anywhere; font-size: 14px; }}
.gp-draft small {{ display: block; color: {style.MUTED_INK}; font-size: 12px; }}
.gp-said {{ border-radius: 8px; padding: 6px 14px; font-size: 13.5px; overflow-wrap: anywhere; }}
.gp-said.gp-done, .gp-desk-name .gp-saved {{ background: {style.PASSED.tint}; color: {style.PASSED.text}; }}
.gp-said.gp-trouble {{ background: {failed.tint}; color: {failed.text}; }}
.gp-desk-name {{ font-size: 17px; font-weight: 700; overflow-wrap: anywhere; line-height: 1.3; }}
.gp-desk-name small {{ font-weight: 400; font-size: 12.5px; margin-left: 10px; padding: 2px 9px; border-radius: 10px;
  white-space: nowrap; }}
.gp-desk-name .gp-unsaved {{ background: {warned.tint}; color: {warned.text}; }}
@media (max-width: 760px) {{
  .st-key-gp-desk {{ gap: 6px !important; }}
  .st-key-gp-desk > div:has(.gp-desk-name) {{ flex: 1 0 100% !important; }}
  .st-key-gp-draw_undo p, .st-key-gp-draw_redo p {{ position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }}
}}
.gp-lines {{ margin: 0; padding-left: 18px; font-size: 13px; }}
.gp-lines li {{ margin: 2px 0; overflow-wrap: anywhere; font-size: 13px; }}
</style>"""
