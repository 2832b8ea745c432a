"""The facilities of a plan with very many zones: listed and on the map, and counted where there are any."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from geoplan.facility_counts import FacilityCounts, ZoneCount
from geoplan.match import folded
from geoplan.output.map import Pick
from geoplan.output.map.kept import Kept
from geoplan.pyramid import FabricView
from geoplan.pyramid.facilities import fabric_counts
from geoplan.service import known_categories, radii_for
from geoplan.ui.fabric_parts import command, hint
from geoplan.ui.facility_list import category_box, counts_head, download, listing, search_box
from geoplan.ui.facility_map import facility_map
from geoplan.ui.facility_tables import Filters, counts_table, frame_csv
from geoplan.ui.frame import heading
from geoplan.ui.grid import pickable
from geoplan.ui.unlocated import UNLOCATED_STYLE
from geoplan.ui.visit import Visit

MOST_FACILITIES = 20_000  # looked up among the zones while a page waits: some 0.3 ms each
MOST_LISTED = 50
_COUNTED: Kept[FabricView, FacilityCounts] = Kept(fabric_counts)


def show(visit: Visit, view: FabricView) -> None:
    """Show the page."""
    heading(visit, "facilities", visit.say("fabric_facilities_lead"))
    st.html(f"<style>{UNLOCATED_STYLE}</style>")
    if not view.facilities:
        st.info(visit.say("facilities_none"))
        return
    if len(view.facilities) > MOST_FACILITIES:
        numbers = {"count": f"{len(view.facilities):,}", "most": f"{MOST_FACILITIES:,}"}
        st.info(visit.say("fabric_counts_many", **numbers))
        _commands(visit, view)
        return
    counts = _COUNTED(view)
    filters = replace(Filters.of(visit.asked, known_categories(view), ()), zone=None)
    shown = tuple(one for one in counts.placed if filters.passes(one, view))
    drawing, side = st.columns([3, 2], gap="small")
    with drawing:
        facility_map(visit, shown, None, None, lambda _: None, None)
    with side, st.container(key="gp-side"):
        search_box(visit, filters)
        category_box(visit, filters)
        listing(visit, shown, len(counts.placed))
    _counts(visit, view, counts)
    _commands(visit, view)


def _counts(visit: Visit, view: FabricView, counts: FacilityCounts) -> None:
    """Show the zones with most facilities, or those a search finds."""
    numbers = {"with_some": f"{len(counts.zones):,}", "all": f"{len(view.fabric):,}"}
    counts_head(visit, counts, visit.say("fabric_counts"), visit.say("fabric_counts_note", **numbers))
    wanted = st.text_input(
        visit.say("fabric_counts_search"),
        key=f"fabric-counts-{view.plan.id}",
        icon=":material/search:",
        placeholder=visit.say("fabric_counts_search"),
        label_visibility="collapsed",
        max_chars=200,
    )
    found = with_most(counts.zones, wanted or "")
    if len(found) > MOST_LISTED:
        hint(visit.say("fabric_counts_first", count=MOST_LISTED))
    listed = replace(counts, zones=found[:MOST_LISTED])
    frame = counts_table(listed, view, known_categories(view), visit.language)
    pickable("facility-counts", frame, tuple(Pick("zone", zone.id) for zone in listed.zones), visit)
    download(visit, partial(_counts_csv, visit, view, counts), f"{view.plan.id}-facility-counts")


def _counts_csv(visit: Visit, view: FabricView, counts: FacilityCounts) -> bytes:
    """Return the counts of all zones that have facilities, which are many more than are listed."""
    return frame_csv(counts_table(counts, view, known_categories(view), visit.language))


def with_most(zones: Sequence[ZoneCount], wanted: str = "") -> tuple[ZoneCount, ...]:
    """Return the zones whose id or name holds a text, those with most facilities first, else as they were."""
    text = folded(wanted)
    found = [zone for zone in zones if text in " ".join(map(folded, (zone.id, zone.name.en, zone.name.zh)))]
    return tuple(sorted(found, key=lambda zone: -zone.count))


def _commands(visit: Visit, view: FabricView) -> None:
    """Say what does for all zones what this page does for those with facilities, and what it does not do."""
    command(visit.say("fabric_counts_command"), f"geoplan facilities {view.plan.id} --json")
    category = next(iter(known_categories(view)), "")
    radius = f"{radii_for(view.plan, category)[0]:.12g}"
    words = ["geoplan", "service", view.plan.id, "--category", category, "--radius", radius, "--json"]
    command(visit.say("fabric_service_why"), shlex.join(words))
