"""The page of revisions: the timeline beside the map, one revision opened, two compared, and going back."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from geoplan.current import store_address
from geoplan.errors import GeoplanError
from geoplan.output import figures, style
from geoplan.output.escape import for_html
from geoplan.revisions import History, verify
from geoplan.store import Problem
from geoplan.ui.frame import heading
from geoplan.ui.grid import selectable
from geoplan.ui.history_compare import compare_view, controls
from geoplan.ui.history_look import (
    Pair,
    asked_pair,
    choices,
    compared,
    find_revision,
    has_folder_zones,
    past_of,
    revision_before,
)
from geoplan.ui.history_map import show_revision
from geoplan.ui.history_restore import restore_panel, told
from geoplan.ui.history_tables import card_html, folder_html, record_html, revision_html, revisions_frame
from geoplan.ui.mapview import MapState, show_map
from geoplan.ui.trouble import trouble_here
from geoplan.ui.visit import Visit, go, move_map

STEP = 12  # revisions of the timeline shown at once
_VERIFIED = "history-verified"


def show(visit: Visit) -> None:
    """Show the page."""
    past = past_of(visit)
    heading(visit, "history", "" if _is_deep(visit) else visit.say("history_lead"))
    st.html(_style_html())
    if not past.revisions:
        _nothing_yet(visit)
        return
    pair = asked_pair(visit, past) if visit.asked("from") or visit.asked("to") else None
    with st.container(horizontal=True, vertical_alignment="center", key="gp-pair", gap="small"):
        _switch(visit, past, comparing=pair is not None)
        if pair is not None:
            controls(visit, past, pair)
    told(visit)
    if pair is not None:
        compare_view(visit, pair)
        return
    opened = visit.address.revision
    drawing, side = st.columns([2, 1], gap="small")
    with side, st.container(key="gp-side"):
        if opened is not None:
            _revision(visit, past, opened)
        else:
            _timeline(visit, past)
    with drawing:
        before = revision_before(past, opened) if opened is not None else None
        comparison = compared(visit, Pair(before, opened)) if opened is not None and before is not None else None
        show_revision(visit, comparison)
    _below(visit, past)


def _is_deep(visit: Visit) -> bool:
    """Return whether something is opened that needs the room of the line below the title."""
    return bool(visit.asked("from") or visit.asked("to") or visit.address.revision)


def _switch(visit: Visit, past: History, *, comparing: bool) -> None:
    options = {"timeline": "history_timeline", "compare": "history_compare"}
    if len(choices(past)) < 2:
        return  # nothing to compare with yet
    now = "compare" if comparing else "timeline"
    key = f"history-view-{visit.language}-{now}"
    current = past.current

    def choose() -> None:
        if st.session_state[key] == "compare":
            go(to=current, revision=None)
        else:
            go(**{"from": None, "to": None, "mode": None, "zone": None})
        move_map()

    st.segmented_control(
        visit.say("history_view"),
        list(options),
        default=now,
        required=True,
        format_func=lambda name: visit.say(options[name]),
        key=key,
        on_change=choose,
        label_visibility="collapsed",
    )


# ------------------------------------------------------------------ the timeline


def _timeline(visit: Visit, past: History) -> None:
    newest = tuple(reversed(past.revisions))
    key = f"history-shown-{visit.view.plan.id}"
    most = int(st.session_state.get(key, STEP))
    for revision in newest[:most]:
        with st.container(key=f"gp-rev-{revision.number}"):
            st.html(revision_html(revision, past, visit.language))
            st.button(
                visit.say("history_open", number=revision.number),
                key=f"open-{revision.number}",
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
    move_map()


def _revision(visit: Visit, past: History, number: int) -> None:
    """Show one revision with the ways on from it."""
    st.button(
        visit.say("history_back"),
        key="gp-back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=_open,
        args=(None,),
    )
    revision = find_revision(past, number)
    if revision is None:
        st.info(visit.say("history_unknown", number=number))
        return
    st.html(card_html(revision, past, visit.language))
    before = revision_before(past, number)
    with st.container(horizontal=True, gap="small"):
        shown = None if number == past.current else number
        st.button(
            visit.say("history_on_map"),
            key="history-on-map",
            icon=":material/map:",
            on_click=go,
            kwargs={"page": "map", "revision": shown},
        )
        if before is not None:
            _compare_button(visit, "history_with_before", before, number)
        if number != past.current and past.current is not None:
            _compare_button(visit, "history_with_current", number, past.current)
    restore_panel(visit, past, number)
    st.html(record_html(revision, visit.language))


def _compare_button(visit: Visit, label: str, before: int, after: int) -> None:
    st.button(
        visit.say(label),
        key=label,
        icon=":material/compare:",
        on_click=go,
        kwargs={"from": before, "to": after, "revision": None},
    )


# ------------------------------------------------------------------ below the map


def _below(visit: Visit, past: History) -> None:
    every, chain = st.tabs([visit.say("history_all"), visit.say("history_chain")])
    with every:
        numbers = tuple(revision.number for revision in reversed(past.revisions))
        opened = visit.address.revision
        chosen = numbers.index(opened) if opened in numbers else None
        frame = revisions_frame(past, visit.language)
        key = f"history-table-{visit.view.plan.id}-{len(numbers)}"
        selectable(key, frame, visit.language, chosen, lambda row: _open(None if row is None else numbers[row]))
    with chain:
        _chain(visit, past)


def _chain(visit: Visit, past: History) -> None:
    st.caption(visit.say("history_verify_why"))
    held = st.session_state.get(_VERIFIED)
    mine = (visit.view.plan.id, visit.stamp)
    st.button(
        visit.say("history_verify"),
        key="history-verify",
        icon=":material/verified_user:",
        on_click=_verify,
        args=(past, mine),
    )
    if not isinstance(held, tuple) or held[0] != mine:
        return
    _, time, outcome = held
    if isinstance(outcome, GeoplanError):
        trouble_here(outcome, visit.language)
        return
    own = [problem for problem in outcome if problem.plan in ("", visit.view.plan.id)]
    if own:
        st.error(visit.say("history_broken", count=len(own)))
        for problem in own:
            st.text(_problem_text(visit, problem))
    else:
        when = figures.moment(time, visit.language)
        st.success(visit.say("history_intact", count=len(past.revisions), time=when))
    if len(own) < len(outcome):
        st.caption(visit.say("history_elsewhere", count=len(outcome) - len(own)))


def _problem_text(visit: Visit, problem: Problem) -> str:
    text = problem.message.get(visit.language)
    if problem.revision is None:
        return text
    return visit.say("history_problem", number=problem.revision, problem=text)


def _verify(past: History, mine: tuple[object, ...]) -> None:
    now = datetime.now(UTC).isoformat()
    try:
        _, _, problems = verify(store_address(past.plan))
    except GeoplanError as error:
        st.session_state[_VERIFIED] = (mine, now, error)
        return
    st.session_state[_VERIFIED] = (mine, now, problems)


# ------------------------------------------------------------------ before the first revision


def _nothing_yet(visit: Visit) -> None:
    view, measured = visit.view, visit.view.result.measurement
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        show_map(visit, MapState(turn=f"history-{view.plan.id}"))
    if measured is not None and view.layer is not None:
        total = figures.square_kilometres(measured.total_m2, visit.language)
        holds = visit.say("history_none_zones", zones=len(view.layer), total=total)
    else:
        held = view.result.plan
        numbers = (held.loaded, held.declared) if held is not None else (0, len(view.plan.zones))
        holds = visit.say("history_none_empty", loaded=numbers[0], declared=numbers[1])
    command = f"geoplan load FILE {view.plan.id} --author NAME --message TEXT"
    with side, st.container(key="gp-side"):
        st.html(
            f'<div class="gp-card"><div class="gp-empty"><b>{for_html(visit.say("history_none_title"))}</b>'
            f"<p>{for_html(holds)}</p></div><p>{for_html(visit.say('history_none_how'))}</p>"
            f"<p><code>{for_html(command)}</code></p><p>{for_html(visit.say('history_none_then'))}</p></div>"
        )
        with st.container(horizontal=True):
            for page, label, icon in (
                ("update", "history_to_update", ":material/upload_file:"),
                ("draw", "history_to_draw", ":material/draw:"),
            ):
                st.button(visit.say(label), key=label, icon=icon, on_click=go, kwargs={"page": page})


def _style_html() -> str:
    return f"""<style>
[class*="st-key-gp-rev-"] {{ position: relative; gap: 0 !important; }}
[class*="st-key-gp-rev-"] [data-testid="stElementContainer"]:has(.stButton) {{ position: absolute !important;
  inset: 0; width: 100% !important; height: 100%; }}
[class*="st-key-gp-rev-"] .stButton, [class*="st-key-gp-rev-"] .stButton div {{ width: 100%; height: 100%; }}
[class*="st-key-gp-rev-"] button {{ width: 100%; height: 100%; background: transparent; border-color: transparent;
  border-radius: 8px; }}
[class*="st-key-gp-rev-"] button p {{ position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }}
[class*="st-key-gp-rev-"] button:hover {{ border-color: #8AB8D1; background: rgba(0, 114, 178, .05); }}
[class*="st-key-gp-rev-"] button:focus-visible {{ outline: 2.5px solid #075985; outline-offset: -2px; }}
.gp-rev {{ position: relative; padding: 4px 8px 12px 26px; font-size: 13px; line-height: 1.4; }}
.gp-rev::before {{ content: ""; position: absolute; left: 9px; top: 0; bottom: -8px; border-left: 2px solid #C5CFD3; }}
.gp-rev::after {{ content: ""; position: absolute; left: 4px; top: 9px; width: 9px; height: 9px; border-radius: 50%;
  background: #FFF; border: 2px solid #51606E; }}
.gp-rev.gp-rev-current::after {{ background: #0072B2; border-color: #0072B2; }}
.gp-rev.gp-rev-folder::before {{ bottom: auto; height: 14px; }}
.gp-rev.gp-rev-folder::after {{ border-color: #9FB0B7; border-radius: 2px; }}
.gp-rev p {{ margin: 1px 0 2px; overflow-wrap: anywhere; font-size: 13.5px; }}
.gp-rev small {{ display: block; color: {style.MUTED_INK}; font-size: 12px; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }}
.gp-rev-head {{ display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }}
.gp-rev-head b {{ font-size: 14.5px; }}
.gp-rev-head .gp-verdict, .gp-totals .gp-verdict {{ margin: 0; }}
.gp-rev-now {{ background: #E6F2FA; color: #075985; border-radius: 10px; padding: 0 9px; font-size: 12px;
  font-weight: 600; line-height: 19px; }}
.gp-rev-card .gp-section {{ font-size: 16px !important; }}
.gp-rev-card dl {{ grid-template-columns: minmax(80px, 112px) 1fr !important; }}
.gp-totals td.gp-figure {{ min-width: 84px; }}
.gp-side-name {{ font-weight: 700; font-size: 13.5px; line-height: 1.2; overflow-wrap: anywhere; }}
.gp-side-name small {{ font-weight: 400; color: {style.MUTED_INK}; font-size: 12px; margin-left: 8px; }}
[class*="st-key-gp-beside"] {{ gap: 5px !important; }}
@media (min-width: 761px) {{
  [class*="st-key-gp-beside"] iframe[title^="streamlit_folium"] {{
    height: max(340px, calc(100vh - 258px)) !important; }}
  .stApp:has(.st-key-gp-notice) iframe[title^="streamlit_folium"], .stApp:has(.st-key-gp-notice) .st-key-gp-side {{
    height: max(340px, calc(100vh - 284px)) !important; }}
}}
</style>"""
