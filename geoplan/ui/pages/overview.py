"""The first page: headline figures, the map with the card of what is picked beside it, tables of it all below."""

from __future__ import annotations

import streamlit as st

from geoplan.output.map import Pick
from geoplan.ui import tables
from geoplan.ui.basemap_choice import choose_basemap
from geoplan.ui.card import card_html, method_html, plan_html
from geoplan.ui.grid import pickable, plain
from geoplan.ui.headline import strip_html, tiles
from geoplan.ui.mapview import MapState, place_of, show_map
from geoplan.ui.visit import Visit, pick


def show(visit: Visit) -> None:
    """Show the page."""
    st.html(strip_html(tiles(visit.view, visit.language), visit.language))
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        _map(visit)
    with side, st.container(key="gp-side"):
        _card(visit)
    _tables(visit)


def _map(visit: Visit) -> None:
    with st.container(key="gp-over-map"):
        basemap = choose_basemap(visit.language)
    here = visit.address.pick
    turn = f"{visit.address.plan}-{st.session_state.get('turn', 0)}"
    show_map(visit, MapState(focus=place_of(visit.view, here), turn=turn, basemap=basemap, room_above=True))


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
