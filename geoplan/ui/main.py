"""The page: top bar, headline figures, map with the card beside it, tables below.

The address (`?plan=&lang=&zone=` or `&facility=`) is the one place that says what is shown and
picked; clicks on the map and in tables write it, everything else reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geoplan.current import store_stamp
from geoplan.errors import GeoplanError, PlanError
from geoplan.output.labels import method_sentence, status_sentence, tolerance_sentence
from geoplan.output.map import MapScene, Pick, folium_map, map_scene, pick_layer
from geoplan.plan import data_folder, load_plan, plan_ids
from geoplan.types import Text
from geoplan.ui import tables
from geoplan.ui.card import card_html, error_html, method_html, plan_html
from geoplan.ui.headline import strip_html, tiles
from geoplan.ui.server import map_links
from geoplan.ui.state import Address, clicked, read_address
from geoplan.ui.texts import LANGUAGES, say
from geoplan.ui.theme import style_html
from geoplan.workflow import PlanView, open_plan

MAP_HEIGHT = 480  # pixels until the style sheet, which knows the window, takes over

Stamp = tuple[tuple[str, int, int], ...]


def main() -> None:
    """Show the page the address asks for."""
    address = read_address(st.query_params.to_dict(), st.context.locale)
    st.set_page_config(page_title=say("title", address.language), layout="wide")
    st.html(style_html())
    chosen = _top_bar(address)
    if chosen is None:
        _trouble(address, [say("no_plans", address.language)], say("no_plans_todo", address.language))
        return
    if chosen not in plan_ids():  # never a path: a link must not open other folders
        _trouble(address, [say("no_plan", address.language, id=chosen)], say("no_plan_todo", address.language))
        return
    folder = data_folder() / chosen
    try:
        stamp = _stamp(folder)
        with st.spinner(say("opening", address.language)):
            view = _view(str(folder), stamp)
    except PlanError as error:
        lines = [mistake.line(address.language) for mistake in error.mistakes]
        _trouble(address, lines, say("error_mistakes", address.language), error.where)
        return
    except GeoplanError as error:
        todo = error.hint.get(address.language) if error.hint else say("error_reload", address.language)
        _trouble(address, [error.message.get(address.language)], todo, error.where)
        return
    _plan_page(view, _scene(str(folder), stamp, address.language), address)


def _plan_page(view: PlanView, scene: MapScene, address: Address) -> None:
    language = address.language
    st.html(strip_html(tiles(view, language), language))
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        _map(view, scene, address)
    with side, st.container(key="gp-side"):
        _card(view, address)
    _tables(view, address)


# ------------------------------------------------------------------ what is opened, kept by content


@st.cache_resource(max_entries=16, show_spinner=False)
def _view(folder: str, stamp: Stamp) -> PlanView:  # noqa: ARG001 - the stamp is the key: a changed file is read anew
    return open_plan(folder)


@st.cache_resource(max_entries=32, show_spinner=False)
def _scene(folder: str, stamp: Stamp, language: str) -> MapScene:
    return map_scene(_view(folder, stamp), language)


@st.cache_resource(max_entries=64, show_spinner=False)
def _plan_name(folder: str, stamp: Stamp) -> Text:  # noqa: ARG001 - the stamp is the key
    try:
        return load_plan(folder).name
    except GeoplanError:  # the page itself says what is wrong with it
        return Text.same(Path(folder).name)


def _stamp(folder: Path) -> Stamp:
    """Return what tells a changed plan: every file's name, time and size, and the same of its store of revisions."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    own = tuple((str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    published = store_stamp(folder)
    return (*own, published) if published is not None else own


# ------------------------------------------------------------------ top bar


def _top_bar(address: Address) -> str | None:
    """Show the top bar and return the id of the plan to show, None when there is none at all."""
    language, ids = address.language, plan_ids()
    names = {name: _plan_name(str(data_folder() / name), _stamp(data_folder() / name)).get(language) for name in ids}
    current = address.plan or _first(ids)
    with st.container(horizontal=True, vertical_alignment="center", key="gp-top", gap="small"):
        st.html(f'<div class="gp-brand"><i></i>{say("title", language)}</div>', width="content")
        st.selectbox(
            say("plan", language),
            ids,
            index=ids.index(current) if current in ids else None,
            format_func=lambda name: names[name],
            key=f"plan-{current}",
            on_change=_choose_plan,
            args=(f"plan-{current}",),
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
            with st.container(key="gp-methods", width="content"), st.popover(say("methods", language)):
                _methods(current, language)
    return current


def _first(ids: tuple[str, ...]) -> str | None:
    """Return the plan to open without being asked: the last by name that has its own zones, else any."""
    with_zones = [name for name in ids if any((data_folder() / name).glob("zones.*"))]
    return next(iter([*with_zones, *ids]), None)


def _methods(name: str, language: str) -> None:
    folder = data_folder() / name
    try:
        view = _view(str(folder), _stamp(folder))
    except GeoplanError:
        return
    measured = view.result.measurement
    lines = [status_sentence(view.plan.status, awaited=view.layer is None), tolerance_sentence(view.plan.tolerance)]
    if measured is not None:
        rounding = measured.official_rounding
        lines.insert(0, method_sentence(measured.method, measured.projected, official_rounding=rounding))
    for line in lines:
        st.text(line.get(language))
    st.dataframe(tables.sources_table(view, language), hide_index=True, **_column_settings(language))


def _choose_plan(key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen:
        st.query_params["plan"] = chosen
        _pick(None, move=True)


def _choose_language(key: str) -> None:
    chosen = st.session_state.get(key)
    if isinstance(chosen, str) and chosen in LANGUAGES:
        st.query_params["lang"] = chosen


# ------------------------------------------------------------------ picking


def _pick(pick: Pick | None, *, move: bool) -> None:
    """Write a pick into the address; `move` brings it into view on the map."""
    for kind in ("zone", "facility"):
        if pick is not None and pick.kind == kind:
            st.query_params[kind] = pick.id
        elif kind in st.query_params:
            del st.query_params[kind]
    st.session_state["move"] = move


def _picked_on_map(key: str) -> None:
    pick = clicked(st.session_state.get(key))
    if pick is not None:
        _pick(pick, move=False)


def _picked_in_table(key: str, picks: tuple[Pick, ...]) -> None:
    rows = st.session_state[key].selection.rows
    _pick(picks[rows[0]] if rows and rows[0] < len(picks) else None, move=True)


def _map(view: PlanView, scene: MapScene, address: Address) -> None:
    key = f"map-{scene.digest}"
    st_folium(
        folium_map(scene, map_links()),
        key=key,
        height=MAP_HEIGHT,
        use_container_width=True,
        returned_objects=["last_active_drawing", "last_object_clicked"],
        feature_group_to_add=pick_layer(view, scene, address.pick, move=st.session_state.get("move", True)),
        on_change=lambda: _picked_on_map(key),
    )


def _card(view: PlanView, address: Address) -> None:
    language = address.language
    if address.pick is not None:
        back = say("whole_plan", language)
        st.button(
            back,
            key="gp-back",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=_pick,
            args=(None,),
            kwargs={"move": True},
        )
        st.html(card_html(view, address.pick, language))
        return
    st.html(plan_html(view, language))
    if view.layer is not None:
        picks = tuple(Pick("zone", zone) for zone in tables.zone_ids(view))
        _pickable("card", tables.short_zones_table(view, language), picks, address)
    elif view.facilities:
        picks = tuple(Pick("facility", facility.id) for facility in view.facilities)
        _pickable("card", tables.short_facilities_table(view, language), picks, address)
    st.html(f'<div class="gp-hint">{say("pick_hint", language)}</div>')
    st.html(method_html(view, language))


# ------------------------------------------------------------------ tables


def _tables(view: PlanView, address: Address) -> None:
    language = address.language
    names = ["tab_zones", "tab_facilities", "tab_network", "tab_figures", "tab_findings", "tab_sources"]
    zones, facilities, network, published, findings, sources = st.tabs([say(name, language) for name in names])
    with zones:
        picks = tuple(Pick("zone", zone) for zone in tables.zone_ids(view))
        _pickable("zones", tables.zones_table(view, language), picks, address)
    with facilities:
        picks = tuple(Pick("facility", facility.id) for facility in view.facilities)
        _pickable("facilities", tables.facilities_table(view, view.facilities, language), picks, address)
    with network:
        located = sum(centre.point is not None for centre in view.network)
        if view.network:
            st.text(say("network_located", language, located=located, all=len(view.network)))
        _plain(tables.facilities_table(view, view.network, language), language)
    with published:
        if view.indicators:
            st.text(say("figures_note", language))
        _plain(tables.indicators_table(view, language), language)
    with findings:
        if view.result.findings:
            _plain(tables.findings_table(view, language), language)
        st.text(say("what_was_checked" if view.result.findings else "no_finding_rows", language))
        _plain(tables.checks_table(view, language), language)
    with sources:
        _plain(tables.sources_table(view, language), language)


def _pickable(name: str, frame: pd.DataFrame, picks: tuple[Pick, ...], address: Address) -> None:
    """Show a table in which a row can be picked; the row of what is picked elsewhere is selected."""
    if frame.empty:
        st.text(say("nothing_here", address.language))
        return
    rows = [picks.index(address.pick)] if address.pick in picks else []
    # A new key for every pick, since a table's selection can only be set when it is first shown.
    key = f"{name}-{address.plan}-{address.pick.kind}-{address.pick.id}" if address.pick else f"{name}-{address.plan}"
    st.dataframe(
        frame,
        hide_index=True,
        key=key,
        on_select=lambda: _picked_in_table(key, picks),
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows}},
        **_column_settings(address.language),
    )


def _plain(frame: pd.DataFrame, language: str) -> None:
    if frame.empty:
        st.text(say("nothing_here", language))
    else:
        st.dataframe(frame, hide_index=True, **_column_settings(language))


def _column_settings(language: str) -> dict[str, Any]:
    formats = {"square_kilometres": "%.4f", "hectares": "%.4f", "mu": "%.3f", "square_metres": "%.2f"}
    formats |= {"share_percent": "%.2f", "perimeter_m": "%.1f", "accuracy_m": "%.0f"}
    numbers = {say(key, language): st.column_config.NumberColumn(format=text) for key, text in formats.items()}
    return {"column_config": numbers | {say("link", language): st.column_config.LinkColumn()}}


# ------------------------------------------------------------------ trouble


def _trouble(address: Address, lines: list[str], todo: str, where: str = "") -> None:
    title = say("error_title", address.language)
    st.html(error_html(title, Path(where).name if where else "", lines, todo, address.language))
