"""The first page: headline figures, the map with the card of what is picked beside it, tables of it all below."""

from __future__ import annotations

import streamlit as st
from streamlit_folium import st_folium

from geoplan.output.map import MapScene, Pick, folium_map, map_scene, pick_layer
from geoplan.ui import tables
from geoplan.ui.card import card_html, method_html, plan_html
from geoplan.ui.grid import pickable, plain
from geoplan.ui.headline import strip_html, tiles
from geoplan.ui.opening import Stamp
from geoplan.ui.server import map_links
from geoplan.ui.state import clicked
from geoplan.ui.visit import Visit, pick
from geoplan.workflow import PlanView

MAP_HEIGHT = 480  # pixels until the style sheet, which knows the window, takes over


def show(visit: Visit) -> None:
    """Show the page."""
    st.html(strip_html(tiles(visit.view, visit.language), visit.language))
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        _map(visit)
    with side, st.container(key="gp-side"):
        _card(visit)
    _tables(visit)


@st.cache_resource(max_entries=32, show_spinner=False)
def _scene(plan: str, stamp: Stamp, revision: int | None, language: str, _view: PlanView) -> MapScene:  # noqa: ARG001
    return map_scene(_view, language)


def _map(visit: Visit) -> None:
    here = visit.address
    scene = _scene(visit.view.plan.id, visit.stamp, here.revision, here.language, visit.view)
    key = f"map-{scene.digest}"
    st_folium(
        folium_map(scene, map_links()),
        key=key,
        height=MAP_HEIGHT,
        use_container_width=True,
        returned_objects=["last_active_drawing", "last_object_clicked"],
        feature_group_to_add=pick_layer(visit.view, scene, here.pick, move=st.session_state.get("move", True)),
        on_change=lambda: _picked_on_map(key),
    )


def _picked_on_map(key: str) -> None:
    chosen = clicked(st.session_state.get(key))
    if chosen is not None:
        pick(chosen, move=False)


def _card(visit: Visit) -> None:
    language, view = visit.language, visit.view
    if visit.address.pick is not None:
        st.button(
            visit.say("whole_plan"),
            key="gp-back",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=pick,
            args=(None,),
            kwargs={"move": True},
        )
        st.html(card_html(view, visit.address.pick, language))
        return
    st.html(plan_html(view, language))
    if view.layer is not None:
        picks = tuple(Pick("zone", zone) for zone in tables.zone_ids(view))
        pickable("card", tables.short_zones_table(view, language), picks, visit)
    elif view.facilities:
        picks = tuple(Pick("facility", facility.id) for facility in view.facilities)
        pickable("card", tables.short_facilities_table(view, language), picks, visit)
    st.html(f'<div class="gp-hint">{visit.say("pick_hint")}</div>')
    st.html(method_html(view, language))


def _tables(visit: Visit) -> None:
    language, view = visit.language, visit.view
    names = ["tab_zones", "tab_facilities", "tab_network", "tab_figures", "tab_findings", "tab_sources"]
    zones, facilities, network, published, findings, sources = st.tabs([visit.say(name) for name in names])
    with zones:
        picks = tuple(Pick("zone", zone) for zone in tables.zone_ids(view))
        pickable("zones", tables.zones_table(view, language), picks, visit)
    with facilities:
        picks = tuple(Pick("facility", facility.id) for facility in view.facilities)
        pickable("facilities", tables.facilities_table(view, view.facilities, language), picks, visit)
    with network:
        located = sum(centre.point is not None for centre in view.network)
        if view.network:
            st.text(visit.say("network_located", located=located, all=len(view.network)))
        plain(tables.facilities_table(view, view.network, language), language)
    with published:
        if view.indicators:
            st.text(visit.say("figures_note"))
        plain(tables.indicators_table(view, language), language)
    with findings:
        if view.result.findings:
            plain(tables.findings_table(view, language), language)
        st.text(visit.say("what_was_checked" if view.result.findings else "no_finding_rows"))
        plain(tables.checks_table(view, language), language)
    with sources:
        plain(tables.sources_table(view, language), language)
