"""What stands around every page: the top bar with plan and language, the way from page to page, and notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.output import figures
from geoplan.output.escape import for_html
from geoplan.output.labels import method_sentence, status_sentence, tolerance_sentence
from geoplan.plan import data_folder, plan_ids
from geoplan.ui import tables
from geoplan.ui.choices import distinct
from geoplan.ui.grid import column_settings
from geoplan.ui.opening import opened_view, plan_name, plan_stamp
from geoplan.ui.people import Person, person_badge
from geoplan.ui.state import Address
from geoplan.ui.texts import LANGUAGES, say
from geoplan.ui.visit import Visit, go, go_to_plan

LANGUAGE_COOKIE = "geoplan_lang"
_YEAR = 365 * 24 * 3600  # seconds


def top_bar(address: Address, person: Person) -> str | None:
    """Show the top bar and return the id of the plan to show, None when there is none at all."""
    language, ids = address.language, plan_ids()
    names = distinct({name: plan_name(name).get(language) for name in ids})
    current = address.plan or _first(ids)
    with st.container(horizontal=True, vertical_alignment="center", key="gp-top", gap="small"):
        st.html(f'<div class="gp-brand"><i></i>{say("title", language)}</div>', width="content")
        st.selectbox(
            say("plan", language),
            ids,
            index=ids.index(current) if current in ids else None,
            format_func=lambda name: names[name],
            key=f"plan-{language}-{current}",
            on_change=_choose_plan,
            args=(f"plan-{language}-{current}",),
            label_visibility="collapsed",
            placeholder=say("plan", language),
            width=280,
        )
        st.segmented_control(
            say("language", language),
            list(LANGUAGES),
            default=language,
            required=True,
            format_func=lambda code: LANGUAGES[code],
            key=f"lang-{language}",
            on_change=_choose_language,
            args=(f"lang-{language}",),
            label_visibility="collapsed",
        )
        if current in ids:
            with st.container(key="gp-methods", width="content"):
                _methods(current, address)
        person_badge(person, language)
    return current


def navigation(pages: Mapping[str, str], address: Address) -> None:
    """Show the way from page to page: `pages` maps a page's id to its icon; the one shown is marked."""
    st.html(f'<h2 class="gp-unseen">{say("frame_pages", address.language)}</h2>')
    with st.container(key="gp-nav", gap="xxsmall"):
        for page, icon in pages.items():
            st.button(
                say(f"page_{page}", address.language),
                key=f"nav-{page}",
                icon=icon,
                type="primary" if page == address.page else "tertiary",
                on_click=go,
                kwargs={"page": page} | _left_behind(address.page),
                width="stretch",
            )


def notices(visit: Visit, asked: int | None) -> None:
    """Say what the reader must know on any page: an old revision is shown, or is not although a link `asked` for it."""
    revision = visit.view.revision
    if asked is not None and visit.address.revision is None:
        number = revision.number if revision is not None else 0
        if number != asked:
            _notice([visit.say("frame_of_now", asked=asked)], "frame_of_now_close", visit)
    elif asked is not None and revision is not None and not _is_current(visit):
        time = figures.moment(revision.time, visit.language)
        lines = [visit.say("frame_old_revision", number=revision.number, time=time)]
        if visit.address.page == "handover":
            lines.append(visit.say("frame_old_files"))
        _notice(lines, "frame_to_current", visit)


def _notice(lines: Sequence[str], label: str, visit: Visit) -> None:
    with st.container(key="gp-notice", horizontal=True, vertical_alignment="center"):
        st.text(("" if visit.language == "zh" else " ").join(lines))
        st.button(visit.say(label), key="gp-to-current", type="tertiary", on_click=go, kwargs={"revision": None})


def _left_behind(page: str) -> dict[str, None]:
    """Return the parameters that leaving a page drops: the revisions that are opened or compared are History's own."""
    return dict.fromkeys(("revision", "from", "to", "mode")) if page == "history" else {}


def _is_current(visit: Visit) -> bool:
    """Return whether the revision a link names is the one the plan has now."""
    now = opened_view(visit.view.plan.id, visit.stamp).revision
    return now is not None and now.number == visit.address.revision


def remember_language(language: str) -> None:
    """Let the browser remember the language and tell it to screen readers."""
    tag = "zh-CN" if language == "zh" else "en"
    cookie = f"{LANGUAGE_COOKIE}={language}; path=/; max-age={_YEAR}; SameSite=Lax"
    script = f"document.documentElement.lang = '{tag}'; document.cookie = '{cookie}';"
    with st.container(key="gp-script"):
        # The language is one of our own two codes: nothing of the reader's gets into the script.
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def heading(visit: Visit, page: str, below: str = "") -> None:
    """Show a page's title with a line below it that says what it is for."""
    lead = f"<p>{for_html(below)}</p>" if below else ""
    st.html(f'<div class="gp-heading"><h1>{for_html(visit.say(f"page_{page}"))}</h1>{lead}</div>')


def _first(ids: tuple[str, ...]) -> str | None:
    """Return the plan to open without being asked: the last by name that has its own zones, else any."""
    with_zones = [name for name in ids if any((data_folder() / name).glob("zones.*"))]
    return next(iter([*with_zones, *ids]), None)


def _methods(name: str, address: Address) -> None:
    """Show what opens to the methods and sources; they are only worked out and sent once it is open."""
    language = address.language
    panel = st.popover(say("methods", language), key=f"gp-methods-{language}", on_change="rerun")
    if not panel.open:
        return
    try:
        view = opened_view(name, plan_stamp(data_folder() / name), address.revision)
    except GeoplanError:  # the page says what is wrong
        return
    measured = view.result.measurement
    lines = [status_sentence(view.plan.status, awaited=view.layer is None), tolerance_sentence(view.plan.tolerance)]
    if measured is not None:
        rounding = measured.official_rounding
        lines.insert(0, method_sentence(measured.method, measured.projected, official_rounding=rounding))
    with panel:
        for line in lines:
            st.text(line.get(language))
        st.dataframe(tables.sources_table(view, language), hide_index=True, **column_settings(language))


def _choose_plan(key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen:
        go_to_plan(chosen)


def _choose_language(key: str) -> None:
    chosen = st.session_state.get(key)
    if isinstance(chosen, str) and chosen in LANGUAGES:
        go(lang=chosen)
