"""The first page: headline figures, the map with the card of what is picked beside it, tables of it all below."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geoplan.output.escape import for_html
from geoplan.output.map import Pick
from geoplan.ui import tables
from geoplan.ui.basemap_choice import choose_basemap
from geoplan.ui.card import card_html, method_html, plan_html
from geoplan.ui.grid import plain
from geoplan.ui.headline import strip_html, tiles
from geoplan.ui.mapview import MapState, place_of, show_map
from geoplan.ui.rows import below_html, listed_html, table_of
from geoplan.ui.visit import Visit, pick


def show(visit: Visit) -> None:
    """Show the page."""
    st.html(strip_html(tiles(visit.view, visit.language), visit.language))
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        plan_map(visit)
    with side, st.container(key="gp-side"):
        _card(visit)
    _tables(visit)


def plan_map(visit: Visit) -> None:
    """Show the map of a plan, with the choice of what lies below it."""
    st.html(f'<h1 class="gp-unseen">{for_html(visit.say("page_map"))}</h1>')  # the map needs the room of a title
    with st.container(key="gp-over-map"):
        basemap = choose_basemap(visit.language)
    focus = place_of(visit.view, visit.address.pick)
    show_map(visit, MapState(focus=focus, turn=visit.turn("map"), basemap=basemap, room_above=True))


def picked_card(visit: Visit, picked: Pick) -> None:
    """Show the card of what is picked, and the way back to the whole plan."""
    st.button(
        visit.say("whole_plan"),
        key="gp-back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=pick,
        args=(None,),
        kwargs={"move": True},
    )
    st.html(card_html(visit.view, picked, visit.language))


def _card(visit: Visit) -> None:
    language, view = visit.language, visit.view
    if visit.address.pick is not None:
        picked_card(visit, visit.address.pick)
        return
    zones, places = table_of(view, "zones", language), table_of(view, "facilities", language)
    listed = ""
    if view.layer is not None and zones is not None:
        listed = listed_html(zones, (0, 1, 4), None, language)  # name, km², share
    elif places is not None:
        listed = listed_html(places, (0, 2), None, language)  # name, position
    hint = f'<div class="gp-hint">{for_html(visit.say("pick_hint"))}</div>'
    st.html(plan_html(view, language) + listed + hint + method_html(view, language))


def _tables(visit: Visit) -> None:
    """Show the tables below the map; only the open one is worked out and sent."""
    parts: dict[str, Callable[[Visit], None]] = {
        "tab_zones": _zones,
        "tab_facilities": _facilities,
        "tab_network": _network,
        "tab_figures": _figures,
        "tab_findings": _findings,
        "tab_sources": _sources,
    }
    labels = [visit.say(name) for name in parts]
    tabs = st.tabs(labels, key=f"gp-tables-{visit.language}", on_change="rerun")
    for tab, show_part in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                show_part(visit)


def _rows(visit: Visit, name: str) -> None:
    table = table_of(visit.view, name, visit.language)
    if table is None:
        st.text(visit.say("no_rows"))
    else:
        st.html(below_html(table, visit.address.pick, visit.language))


def _zones(visit: Visit) -> None:
    _rows(visit, "zones")


def _facilities(visit: Visit) -> None:
    _rows(visit, "facilities")


def _network(visit: Visit) -> None:
    network = visit.view.network
    if network:
        located = sum(centre.point is not None for centre in network)
        st.text(visit.say("network_located", located=located, all=len(network)))
    _rows(visit, "centres")


def _figures(visit: Visit) -> None:
    if visit.view.indicators:
        st.text(visit.say("figures_note"))
    plain(tables.indicators_table(visit.view, visit.language), visit.language)


def _findings(visit: Visit) -> None:
    found = visit.view.result.findings
    if found:
        plain(tables.findings_table(visit.view, visit.language), visit.language)
    st.text(visit.say("what_was_checked" if found else "no_finding_rows"))
    plain(tables.checks_table(visit.view, visit.language), visit.language)


def _sources(visit: Visit) -> None:
    plain(tables.sources_table(visit.view, visit.language), visit.language)
