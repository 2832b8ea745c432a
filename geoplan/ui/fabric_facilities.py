"""The facilities of a plan with very many zones: listed and on the map, and counted where there are any."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from geoplan.facility_counts import FacilityCounts, PlacedFacility, ZoneCount
from geoplan.match import folded
from geoplan.output.escape import for_file_name, for_html, visible
from geoplan.output.map import Pick, category_name
from geoplan.output.map.kept import Kept
from geoplan.pyramid import FabricView
from geoplan.pyramid.facilities import fabric_counts
from geoplan.service import known_categories, radii_for
from geoplan.ui.fabric_parts import command, hint
from geoplan.ui.facility_map import facility_map
from geoplan.ui.facility_tables import Filters, counts_table, facilities_csv, frame_csv, joined, list_table
from geoplan.ui.frame import heading
from geoplan.ui.grid import pickable
from geoplan.ui.unlocated import UNLOCATED_STYLE, unlocated_html
from geoplan.ui.visit import Visit, go
from geoplan.workflow import PlanView

MOST_FACILITIES = 20_000  # looked up among the zones while a page waits: some 0.3 ms each
MOST_LISTED = 50
_WIDTHS = {"name": 165, "category": 92, "facilities_place": 108, "facilities_accuracy": 50}
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
        _list(visit, view, filters, shown, len(counts.placed))
    _counts(visit, view, counts)
    _commands(visit, view)


def _list(
    visit: Visit, view: PlanView, filters: Filters, shown: Sequence[PlacedFacility], total: int
) -> None:  # fmt: skip
    language = visit.language
    _filters(visit, view, filters)
    if not shown:
        st.text(visit.say("facilities_none_found"))
        return
    said = visit.say("facilities_shown", shown=f"{len(shown):,}", all=f"{total:,}")
    st.html(f'<p class="gp-hint">{for_html(said)}</p>')
    picks = tuple(Pick("facility", one.facility.id) for one in shown)
    widths = {visit.say(key): wide for key, wide in _WIDTHS.items()}
    pickable(f"facilities-{hash(picks)}", list_table(shown, view, language), picks, visit, widths)
    _download(visit, partial(facilities_csv, shown, view, language), f"{view.plan.id}-facilities")
    missing = unlocated_html(visit, [one.facility for one in shown])
    if missing:
        st.html(missing)


def _filters(visit: Visit, view: PlanView, filters: Filters) -> None:
    language, known = visit.language, known_categories(view)
    key, kinds = f"facilities-q-{filters.text}", f"facilities-category-{language}-{joined(filters.categories)}"
    st.text_input(
        visit.say("facilities_search"),
        filters.text,
        key=key,
        icon=":material/search:",
        placeholder=visit.say("facilities_search"),
        label_visibility="collapsed",
        on_change=lambda: go(q=str(st.session_state[key]).strip() or None),
    )
    names = {name: visible(category_name(view, name).get(language)) for name in known}
    st.multiselect(
        visit.say("facilities_categories"),
        known,
        default=filters.categories,
        format_func=lambda name: names[name],
        key=kinds,
        placeholder=visit.say("facilities_all_categories"),
        label_visibility="collapsed",
        on_change=lambda: go(category=joined(st.session_state[kinds])),
    )


def _counts(visit: Visit, view: FabricView, counts: FacilityCounts) -> None:
    """Show the zones with most facilities, or those a search finds."""
    numbers = {"with_some": f"{len(counts.zones):,}", "all": f"{len(view.fabric):,}"}
    said = [visit.say("fabric_counts_note", **numbers)]
    if counts.several:
        said.append(visit.say("facilities_several", count=len(counts.several)))
    if counts.misplaced:
        said.append(visit.say("facilities_misplaced", count=len(counts.misplaced)))
    title = for_html(visit.say("fabric_counts"))
    st.html(f'<h2 class="gp-section">{title}</h2><p class="gp-hint">{for_html(" ".join(said))}</p>')
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
    every = counts_table(counts, view, known_categories(view), visit.language)
    _download(visit, partial(frame_csv, every), f"{view.plan.id}-facility-counts")


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


def _download(visit: Visit, make: partial[bytes], name: str) -> None:
    st.download_button(
        visit.say("facilities_download"),
        make,
        file_name=f"{for_file_name(name)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=f"download-{name}",
    )
