"""The page of facilities: the map with a filtered list or the served ground beside it, counts per zone below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from geoplan.facility_counts import FacilityCounts, PlacedFacility, uncounted
from geoplan.output import figures, style
from geoplan.output.escape import for_html, visible
from geoplan.output.labels import method_sentence
from geoplan.output.map import Pick, category_name
from geoplan.service import (
    LIVING_CIRCLES,
    MAX_RADIUS_M,
    SCREENING,
    ServiceCoverage,
    known_categories,
    radii_for,
    service_coverage,
)
from geoplan.types import M2_PER_KM2, Severity
from geoplan.ui import tables
from geoplan.ui.facility_list import category_box, counts_head, download, listing, search_box
from geoplan.ui.facility_map import facility_map
from geoplan.ui.facility_tables import (
    OUTSIDE,
    Filters,
    counts_table,
    coverage_csv,
    coverage_table,
    frame_csv,
    joined,
    pieces_table,
    range_text,
    searched_texts,
)
from geoplan.ui.frame import heading
from geoplan.ui.grid import column_settings, pickable, selectable
from geoplan.ui.mapview import Find
from geoplan.ui.opening import Stamp, counted
from geoplan.ui.unlocated import UNLOCATED_STYLE
from geoplan.ui.visit import Visit, go, move_map
from geoplan.workflow import PlanView

_PANELS = {"list": "facilities_panel_list", "coverage": "facilities_panel_coverage"}
_WARNING = style.SEVERITY_STYLES[Severity.WARNING]
_STYLE = f"""<style>
.gp-coverage .gp-range {{ margin: 0 0 6px; }}
.gp-coverage .gp-screening {{ font-size: 12.5px; border-left: 3px solid #075985; padding: 1px 0 1px 9px; }}
.gp-coverage .gp-cautions {{ margin: 0 0 4px; padding: 6px 10px; list-style: none; border-radius: 6px;
  background: {_WARNING.tint}; color: {_WARNING.text}; }}
.gp-coverage .gp-cautions li {{ font-size: 12.5px; line-height: 1.4; margin: 0; padding: 0; }}
.gp-coverage .gp-cautions li::before {{ content: "{_WARNING.symbol} "; }}
{UNLOCATED_STYLE}
</style>"""


def show(visit: Visit) -> None:
    """Show the page."""
    heading(visit, "facilities", visit.say("facilities_lead"))
    st.html(_STYLE)
    view = visit.view
    if view.layer is None:
        loaded = view.result.plan
        numbers = (loaded.loaded, loaded.declared) if loaded else (0, len(view.plan.zones))
        st.info(visit.say("facilities_no_boundaries", loaded=numbers[0], declared=numbers[1]))
    if not view.facilities:
        st.info(visit.say("facilities_none"))
        return
    counts = counted(view)
    placed = counts.placed if counts else uncounted(view)
    filters = Filters.of(visit.asked, known_categories(view), tables.zone_ids(view))
    shown = tuple(one for one in placed if filters.passes(one, view))
    panel = visit.asked("show") if visit.asked("show") in _PANELS and view.layer is not None else "list"
    found = _coverage(visit, filters) if panel == "coverage" else None
    piece = _asked_piece(visit, found)
    drawing, side = st.columns([3, 2], gap="small")
    with drawing:  # first: the map need not wait for tables
        among = tuple(one.facility.id for one in placed if filters.admits(one))
        find = Find(searched_texts(view), among) if found is None else None
        facility_map(visit, shown, found, piece, partial(_choose_piece, move=False), find)
    with side, st.container(key="gp-side"):
        if view.layer is not None:
            _choice(visit, "show", tuple(_PANELS), panel, {name: visit.say(key) for name, key in _PANELS.items()})
        if found is not None:
            _coverage_panel(visit, found, piece)
        else:
            _list_panel(visit, filters, shown, len(placed))
    if counts is not None:
        _counts(visit, counts)


# ------------------------------------------------------------------ what is calculated, kept by content


@st.cache_resource(max_entries=64, show_spinner=False)
def _served(
    plan: str, stamp: Stamp, revision: int | None, category: str, radius: float, _view: PlanView  # noqa: ARG001
) -> ServiceCoverage:  # fmt: skip
    return service_coverage(_view, category, radius)


def _coverage(visit: Visit, filters: Filters) -> ServiceCoverage:
    view = visit.view
    category = next(iter(filters.categories), known_categories(view)[0])
    return _served(view.plan.id, visit.stamp, visit.address.revision, category, _radius(visit, category), view)


def _radius(visit: Visit, category: str) -> float:
    """Return the radius a link asks for, else the first of the plan for the category."""
    asked = visit.asked("radius")
    if asked.replace(".", "", 1).isascii() and asked.replace(".", "", 1).isdecimal():
        radius = float(asked)
        if 0 < radius <= MAX_RADIUS_M:
            return radius
    return radii_for(visit.view.plan, category)[0]


# ------------------------------------------------------------------ the list


def _list_panel(visit: Visit, filters: Filters, shown: Sequence[PlacedFacility], total: int) -> None:
    _filters(visit, filters)
    if filters != Filters():
        st.button(
            visit.say("facilities_clear"),
            key="facilities-clear",
            icon=":material/filter_alt_off:",
            type="tertiary",
            on_click=go,
            kwargs={"category": None, "in": None, "q": None},
        )
    listing(visit, shown, total)


def _filters(visit: Visit, filters: Filters) -> None:
    view, language = visit.view, visit.language
    search_box(visit, filters)
    left, right = st.columns(2, gap="small")
    with left:
        category_box(visit, filters)
    if view.layer is None:
        return
    zones = {zone: visible(name.get(language)) for zone, name in view.result.names.items()}
    zones |= {"": visit.say("facilities_anywhere"), OUTSIDE: visit.say("facilities_outside_all")}
    options = ("", *tables.zone_ids(view), OUTSIDE)
    within = f"facilities-in-{language}-{filters.zone}"
    right.selectbox(
        visit.say("facilities_in"),
        options,
        index=options.index(filters.zone or ""),
        format_func=lambda zone: zones.get(zone, zone),
        key=within,
        label_visibility="collapsed",
        on_change=lambda: go(**{"in": st.session_state[within] or None}),
    )


# ------------------------------------------------------------------ the served ground


def _asked_piece(visit: Visit, found: ServiceCoverage | None) -> int | None:
    """Return which uncovered piece a link asks for, by its place in the result."""
    asked = visit.asked("piece")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 0
    return number - 1 if found is not None and 0 < number <= len(found.uncovered) else None


def _coverage_panel(visit: Visit, found: ServiceCoverage, piece: int | None) -> None:
    """Show the served ground and the uncovered pieces, of which one may be chosen."""
    view, language = visit.view, visit.language
    known = known_categories(view)
    names = {name: visible(category_name(view, name).get(language)) for name in known}
    key = f"facilities-of-{language}-{found.category}"
    st.selectbox(
        visit.say("facilities_category"),
        known,
        index=known.index(found.category),
        format_func=lambda name: names[name],
        key=key,
        label_visibility="collapsed",
        on_change=lambda: go(category=joined((st.session_state[key],)), piece=None),
    )
    radii = tuple(sorted({*radii_for(view.plan, found.category), found.radius_m}))
    texts = {_plain(r): visit.say("facilities_metres", radius=figures.compact(r, language)) for r in radii}
    _choice(visit, "radius", tuple(texts), _plain(found.radius_m), texts, visit.say("facilities_radius"))
    st.html(coverage_html(visit, found))
    st.dataframe(coverage_table(found, language), hide_index=True, **column_settings(language))
    _pieces(visit, found, piece)
    st.html(f'<div class="gp-card"><p class="gp-method">{for_html(_how(visit, found))}</p></div>')
    name = f"{view.plan.id}-{found.category}-{_plain(found.radius_m)}m"
    download(visit, partial(coverage_csv, found, view, language), name)


def coverage_html(visit: Visit, found: ServiceCoverage) -> str:
    """Return the headline of the served ground: the share with its range, what it is not, and every caution."""
    language, total = visit.language, found.total
    area = figures.square_kilometres(total.area_m2, language, 4)
    norm = LIVING_CIRCLES.get(found.radius_m)
    below = visit.say("facilities_of_total", area=area)
    lines = [f'<p class="gp-hint">{for_html(norm.get(language))}</p>'] if norm else []
    lines.append(
        f'<div class="gp-area"><b>{figures.share(total.share, language)}</b> {for_html(below)}</div>'
        f'<p class="gp-range">{for_html(visit.say("facilities_by_accuracy", range=range_text(total, language)))}</p>'
    )
    lines.append(f'<p class="gp-screening">{for_html(SCREENING.get(language))}</p>')
    cautions = "".join(f"<li>{for_html(text.get(language))}</li>" for text in found.cautions)
    if cautions:
        lines.append(f'<ul class="gp-cautions" role="note">{cautions}</ul>')
    return f'<div class="gp-card gp-coverage">{"".join(lines)}</div>'


def _pieces(visit: Visit, found: ServiceCoverage, chosen: int | None) -> None:
    language = visit.language
    if found.uncovered:
        area = figures.number(sum(piece.area_m2 for piece in found.uncovered) / M2_PER_KM2, 4, language)
        said = visit.say("facilities_pieces_note", count=len(found.uncovered), area=area)
    else:
        said = visit.say("facilities_all_covered")
    if found.tolerated:
        rest = figures.square_metres(found.tolerated_m2, language)
        said += " " + visit.say("facilities_tolerated", count=found.tolerated, area=rest)
    title = for_html(visit.say("facilities_pieces"))
    st.html(f'<h2 class="gp-section">{title}</h2><p class="gp-hint">{for_html(said)}</p>')
    if not found.uncovered:
        return
    key = f"pieces-{visit.address.plan}-{found.category}-{_plain(found.radius_m)}"
    selectable(key, pieces_table(found, language), language, chosen, _choose_piece)


def _choose_piece(row: int | None, *, move: bool = True) -> None:
    go(piece=None if row is None else row + 1, zone=None, facility=None)
    if move:
        move_map()


def _how(visit: Visit, found: ServiceCoverage) -> str:
    measured = visit.view.result.measurement
    method = method_sentence(measured.method, measured.projected).get(visit.language) if measured else ""
    radius = figures.compact(found.radius_m, visit.language)
    return visit.say("facilities_how", radius=radius, count=len(found.counted), method=method)


# ------------------------------------------------------------------ counts


def _counts(visit: Visit, counts: FacilityCounts) -> None:
    counts_head(visit, counts, visit.say("facilities_counts"), visit.say("facilities_counts_note"))
    frame = counts_table(counts, visit.view, known_categories(visit.view), visit.language)
    picks = tuple(Pick("zone", zone.id) for zone in counts.zones)
    pickable("facility-counts", frame, picks, visit)
    download(visit, partial(frame_csv, frame), f"{visit.view.plan.id}-facility-counts")


# ------------------------------------------------------------------ small parts


def _choice(
    visit: Visit, name: str, options: Sequence[str], now: str, texts: dict[str, str], label: str | None = None
) -> None:
    """Show a choice of few that is a parameter of the address; the label is for screen readers."""
    key = f"facilities-{name}-{visit.language}-{now}-{len(options)}"
    st.segmented_control(
        label or visit.say("facilities_panel"),
        options,
        default=now,
        required=True,
        format_func=lambda option: texts[option],
        key=key,
        label_visibility="collapsed",
        on_change=lambda: go(**{name: st.session_state[key], "piece": None}),
    )


def _plain(radius: float) -> str:
    """Return a radius as a link holds it."""
    return f"{radius:.12g}"
