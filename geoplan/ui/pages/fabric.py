"""The pages of a plan with more zones than a page can hold: a map from tiles, pages of figures, what to use instead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.output import figures
from geoplan.output.escape import for_html, visible
from geoplan.output.map.page.tables import Head, Row, Table
from geoplan.pyramid import Fabric, FabricSource, FabricView
from geoplan.types import M2_PER_HECTARE, M2_PER_KM2, M2_PER_MU
from geoplan.ui import fabric_facilities, fabric_handover, fabric_history, tables
from geoplan.ui.card import method_html, plan_html
from geoplan.ui.fabric_parts import command, headline
from geoplan.ui.fabrics import is_checked, is_prepared, pursue, retry
from geoplan.ui.frame import heading
from geoplan.ui.grid import plain
from geoplan.ui.headline import strip_html
from geoplan.ui.pages import areas, checks, indicators, network, overview
from geoplan.ui.rows import below_html, listed_html
from geoplan.ui.texts import say
from geoplan.ui.trouble import trouble_here, trouble_opening
from geoplan.ui.visit import Visit

PAGE_ROWS = 50
MOST_FOUND = 50
WAIT_SECONDS = 1.0
_ORDERS = {"file": "fabric_order_file", "largest": "fabric_order_largest", "smallest": "fabric_order_smallest"}
_STEPS = {
    "read": "fabric_step_read",
    "parcels": "fabric_step_parcels",
    "tiles": "fabric_step_tiles",
    "checks": "fabric_step_checks",
}
# What does on the command line what a page does for fewer zones, and why the page does not.
_COMMANDS = {
    "update": (
        ("fabric_update_why", "geoplan load FILE {plan} --dry-run"),
        ("fabric_update_then", "geoplan load FILE {plan} --author NAME --message TEXT"),
    ),
    "draw": (
        ("fabric_draw_why", "geoplan export {plan} --format gpkg --layer zones --output {plan}.gpkg"),
        ("fabric_draw_then", "geoplan load {plan}.gpkg {plan} --author NAME --message TEXT"),
    ),
}


def show(visit: Visit, view: FabricView) -> None:
    """Show the page the address asks for, of a fabric; while its checks run, look out for their end."""
    page = visit.address.page
    if page in _COMMANDS:
        _elsewhere(visit, view, page)
        return
    own = {"facilities": fabric_facilities.show, "history": fabric_history.show, "handover": fabric_handover.show}
    if page == "checks" and view.checking:
        heading(visit, "checks", visit.say("fabric_checking"))
        st.info(visit.say("fabric_checking_page", count=f"{len(view.fabric):,}"))
    else:
        shown = own | {"areas": _areas, "checks": _checks, "indicators": _indicators, "network": _network}
        shown.get(page, _overview)(visit, view)
    if view.checking:
        _until_checked(view.source, visit.language)


def waiting(source: FabricSource, language: str) -> None:
    """Show how far preparing is, until the map can be shown."""
    count = f"{source.features:,}"
    retry(source)
    st.html(f'<div class="gp-heading"><h1>{for_html(say("fabric_preparing", language, count=count))}</h1></div>')
    _until_prepared(source, language)
    st.text(say("fabric_preparing_why", language))


@st.fragment(run_every=WAIT_SECONDS)
def _until_prepared(source: FabricSource, language: str) -> None:
    if is_prepared(source):
        st.rerun()
    try:
        progress = pursue(source)
    except GeoplanError as error:
        trouble_opening(error, language)
        return
    st.progress(min(progress.done, 1.0), say(_STEPS[progress.step], language))


@st.fragment(run_every=2 * WAIT_SECONDS)
def _until_checked(source: FabricSource, language: str) -> None:
    if is_checked(source):
        st.rerun()
    try:
        pursue(source)
    except GeoplanError as error:
        trouble_here(error, language)


# ------------------------------------------------------------------ the map


def _overview(visit: Visit, view: FabricView) -> None:
    st.html(strip_html(headline(view, visit.language), visit.language))
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        overview.plan_map(visit)
    with side, st.container(key="gp-side"):
        _card(visit, view)
    _below(visit, view)


def _card(visit: Visit, view: FabricView) -> None:
    language = visit.language
    if visit.address.pick is not None:
        overview.picked_card(visit, visit.address.pick)
        return
    st.html(plan_html(view, language))
    places = _search(visit, view.fabric)
    if places:
        st.html(listed_html(zones_table(view, places, language), (0, 3, 4), None, language))
    st.html(f'<div class="gp-hint">{for_html(visit.say("fabric_pick_hint"))}</div>{method_html(view, language)}')


def _search(visit: Visit, fabric: Fabric) -> tuple[int, ...] | None:
    """Show the search box and return the places found; None when nothing is looked for."""
    wanted = st.text_input(
        visit.say("fabric_search"),
        key=f"fabric-search-{visit.address.plan}-{visit.address.page}",
        icon=":material/search:",
        placeholder=visit.say("fabric_search"),
        label_visibility="collapsed",
        max_chars=200,
    )
    if not (wanted or "").strip():
        return None
    found = fabric.parcels.search(wanted, MOST_FOUND + 1)
    if not found:
        st.text(visit.say("fabric_none_found"))
    elif len(found) > MOST_FOUND:
        st.caption(visit.say("fabric_found_first", count=MOST_FOUND))
    else:
        st.caption(visit.say("fabric_found", count=len(found)))
    return found[:MOST_FOUND]


def zones_table(view: FabricView, places: Sequence[int], language: str) -> Table:
    """Return the figures of the parcels at some places, as rows that pick them."""
    fabric = view.fabric
    heads = [Head(say("name", language)), Head(say("fabric_id", language))]
    heads += [Head(figures.unit(unit, language), number=True) for unit in ("m2", "ha", "mu", "km2")]
    heads.append(Head(say("share_percent", language), number=True))
    heads = [heads[0], *heads[2:], heads[1]]
    return Table(
        "zones", say("zones", language), "zone", tuple(heads), tuple(_row(fabric, p, language) for p in places)
    )


def _row(fabric: Fabric, place: int, language: str) -> Row:
    area, percent = (None if np.isnan(value) else float(value) for value in fabric.figures[place])
    cells = (
        visible(fabric.parcels.name(place).get(language)),
        figures.square_metres(area, language),
        figures.number(None if area is None else area / M2_PER_HECTARE, 4, language),
        figures.number(None if area is None else area / M2_PER_MU, 3, language),
        figures.number(None if area is None else area / M2_PER_KM2, 6, language),
        figures.percent(percent, language),
        visible(fabric.label(place)),
    )
    return Row(fabric.label(place), cells, drawn=True)


def _below(visit: Visit, view: FabricView) -> None:
    """Show the tables below the map that do not grow with the number of zones."""
    language = visit.language
    names = ["tab_findings", "tab_sources", *(["tab_facilities"] if view.facilities else [])]
    tabs = st.tabs([visit.say(name) for name in names], key=f"gp-tables-{language}", on_change="rerun")
    for name, tab in zip(names, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "tab_findings":
                if view.result.findings:
                    plain(tables.findings_table(view, language), language)
                plain(tables.checks_table(view, language), language)
            elif name == "tab_sources":
                plain(tables.sources_table(view, language), language)
            else:
                plain(tables.facilities_table(view, view.facilities, language), language)


# ------------------------------------------------------------------ the other pages


def _areas(visit: Visit, view: FabricView) -> None:
    heading(visit, "areas", visit.say("areas_lead"))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        found = _search(visit, view.fabric)
        places = _paged(visit, view.fabric) if found is None else found
        if places:
            st.html(below_html(zones_table(view, places, visit.language), visit.address.pick, visit.language))
    with right:
        st.html(areas.published_html(visit))
        st.html(method_html(view, visit.language))


def _paged(visit: Visit, fabric: Fabric) -> tuple[int, ...]:
    """Show what turns the pages of the table and return the places of the rows of this one."""
    orders, pages = list(_ORDERS), max(-(-len(fabric) // PAGE_ROWS), 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(
            visit.say("fabric_order"),
            orders,
            format_func=lambda name: visit.say(_ORDERS[name]),
            key=f"fabric-order-{visit.language}",
            width=220,
        )
        number = st.number_input(visit.say("fabric_page"), 1, pages, 1, key=f"fabric-page-{order}", width=160)
    first = (int(number) - 1) * PAGE_ROWS
    last = min(first + PAGE_ROWS, len(fabric))
    said = visit.say("fabric_rows", first=f"{first + 1:,}", last=f"{last:,}", all=f"{len(fabric):,}")
    st.html(f'<p class="gp-hint">{for_html(said)}</p>')
    if order == "file":
        return tuple(range(first, last))
    return tuple(_by_area(fabric.key, str(order), fabric)[first:last].tolist())


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_area(key: str, order: str, _fabric: Fabric) -> np.ndarray:  # noqa: ARG001 - the key
    area = np.nan_to_num(_fabric.figures[:, 0], nan=-1.0 if order == "largest" else np.inf)
    return np.argsort(-area if order == "largest" else area, kind="stable").astype(np.int32)


def _checks(visit: Visit, view: FabricView) -> None:  # noqa: ARG001 - all pages are shown alike
    checks.show(visit)


def _indicators(visit: Visit, view: FabricView) -> None:  # noqa: ARG001 - all pages are shown alike
    indicators.show(visit)


def _network(visit: Visit, view: FabricView) -> None:  # noqa: ARG001 - all pages are shown alike
    network.show(visit)


def _elsewhere(visit: Visit, view: FabricView, page: str) -> None:
    """Say why this page cannot do it for so many zones, and what does."""
    heading(visit, page)
    for why, line in _COMMANDS[page]:
        command(visit.say(why, count=f"{len(view.fabric):,}"), line.format(plan=view.plan.id))
