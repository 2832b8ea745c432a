"""The page "Hand over": the plan as it is looked at, as a map, a sheet, a report, a workbook and data for others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import streamlit as st

from geoplan.crs import code_of, norm_crs
from geoplan.errors import CrsError
from geoplan.facility_counts import count_facilities, uncounted
from geoplan.output.escape import for_html, visible
from geoplan.output.export import EXPORT_FORMATS, Format, Layer
from geoplan.output.handover import facts_of
from geoplan.output.map import Pick, Shown
from geoplan.output.sheet import SheetOptions
from geoplan.service import known_categories
from geoplan.types import Text
from geoplan.ui import tables
from geoplan.ui.facility_tables import Filters
from geoplan.ui.finding_map import findings_overlay
from geoplan.ui.frame import heading
from geoplan.ui.handover_card import STYLE, card, offer
from geoplan.ui.handover_files import (
    data_file,
    fitting_scale,
    for_screen,
    layers_of,
    map_file,
    report_file,
    scales_from,
    sheet_file,
    workbook_file,
)
from geoplan.ui.headline import strip_html, tiles
from geoplan.ui.mapview import place_of
from geoplan.ui.opening import Stamp
from geoplan.ui.texts import say
from geoplan.ui.visit import Visit, go
from geoplan.workflow import PlanView

# What a geometry format is for, by its name.
PURPOSES = {
    "gpkg": "handover_for_gpkg",
    "shp": "handover_for_shp",
    "dxf": "handover_for_dxf",
    "kml": "handover_for_kml",
    "geojson": "handover_for_geojson",
    "csv": "handover_for_csv",
    "fgb": "handover_for_fgb",
    "parquet": "handover_for_parquet",
}
_LAYERS = {
    "zones": "handover_layer_zones",
    "facilities": "handover_layer_facilities",
    "network": "handover_layer_network",
    "findings": "handover_layer_findings",
}
_SYSTEMS = ("EPSG:4490", "EPSG:4326")  # besides the plan's own: CGCS2000 and WGS 84 in degrees
_MAX_TEXT = 120  # characters of a title or a name in the title block
_AUTHOR = "gp-author"  # who writes their own name is asked once a session


def show(visit: Visit) -> None:
    """Show the page."""
    origin = facts_of(visit.view).origin.get(visit.language)
    heading(visit, "handover", visit.say("handover_lead", origin=origin))
    st.html(STYLE)
    st.html(strip_html(tiles(visit.view, visit.language), visit.language))
    left, right = st.columns(2, gap="small")
    with right:
        options = _sheet(visit)
    with left:
        _map(visit)
        _report(visit, options)
        _data(visit)


# ------------------------------------------------------------------ the map


def _map(visit: Visit) -> None:
    view, language = visit.view, visit.language
    with card(visit, "map", visit.say("handover_map"), visit.say("handover_map_for"), "HTML"):
        known = _known_pick(visit)
        ids = _filtered(visit)
        _told_view(visit, known, ids)
        findings = view.result.findings
        placed = [one for one in findings if one.geometry is not None and not one.geometry.is_empty]
        with_findings = bool(placed) and st.checkbox(
            visit.say("handover_with_findings", count=len(placed)),
            value=bool(visit.asked("finding")),
            key=f"handover-with-findings-{visit.language}",
        )
        overlays = (findings_overlay(view.result, placed, None),) if with_findings else ()
        shown = Shown(overlays=overlays, pick=known, shown=ids, focus=place_of(view, known))
        asked = (known, ids, with_findings, _today())
        offer(visit, "map", asked, partial(map_file, view, language, shown), visit.say("handover_the_map"))


def _told_view(visit: Visit, known: Pick | None, ids: tuple[str, ...] | None) -> None:
    """Say what of the current view goes into the map, with a way back to everything."""
    view, language = visit.view, visit.language
    lines = [visit.say("handover_map_whole")]
    if known is not None:
        lines = [visit.say("handover_map_picked", name=visible(_pick_name(view, known).get(language)))]
    if ids is not None:
        lines.append(visit.say("handover_map_filtered", shown=len(ids), all=len(view.facilities)))
    st.html(f'<p class="gp-hand-view">{" ".join(map(for_html, lines))}</p>')
    if known is not None or ids is not None:
        st.button(
            visit.say("handover_unfilter"),
            key="handover-unfilter",
            icon=":material/close:",
            type="tertiary",
            on_click=go,
            kwargs=dict.fromkeys(("zone", "facility", "category", "q", "in")),
        )


def _known_pick(visit: Visit) -> Pick | None:
    """Return what is picked, None for what the plan does not have or the map cannot show."""
    here, view = visit.address.pick, visit.view
    if here is None or (here.kind == "facility" and here.id not in {one.id for one in view.facilities}):
        return None
    return here if place_of(view, here) is not None else None


def _pick_name(view: PlanView, chosen: Pick) -> Text:
    if chosen.kind == "zone":
        return view.result.names.get(chosen.id, Text.same(chosen.id))
    return next((one.name for one in view.facilities if one.id == chosen.id), Text.same(chosen.id))


def _filtered(visit: Visit) -> tuple[str, ...] | None:
    """Return the ids of the facilities that pass the filters of the address, None without a filter."""
    view = visit.view
    filters = Filters.of(visit.asked, known_categories(view), tables.zone_ids(view))
    if filters == Filters():
        return None
    placed = uncounted(view) if view.layer is None else count_facilities(view).placed
    return tuple(one.facility.id for one in placed if filters.passes(one, view))


# ------------------------------------------------------------------ the sheet


def _sheet(visit: Visit) -> SheetOptions:
    """Show the card of the sheet and return the options that are chosen on it."""
    with card(visit, "sheet", visit.say("handover_sheet"), visit.say("handover_sheet_for"), "PDF"):
        options = _sheet_options(visit)
        make = partial(sheet_file, visit.view, options)
        made = offer(visit, "sheet", repr(options), make, visit.say("handover_the_sheet"))
        with st.container(key=f"gp-hand-{options.orientation}"):
            if made is not None and made.picture is not None:
                st.image(made.picture, caption=visit.say("handover_preview"), width="stretch")
            else:
                hint = for_html(visit.say("handover_no_preview"))
                st.html(f'<div class="gp-paper gp-paper-{options.orientation}">{hint}</div>')
    return options


def _sheet_options(visit: Visit) -> SheetOptions:
    first = st.columns([11, 19, 22], gap="small")
    with first[0]:
        paper = _one(visit, "handover_paper", {"A4": "A4", "A3": "A3"})
    with first[1]:
        turned = {"landscape": visit.say("handover_landscape"), "portrait": visit.say("handover_portrait")}
        orientation = _one(visit, "handover_orientation", turned)
    with first[2]:
        languages = {"both": visit.say("handover_both"), "zh": "中文", "en": "English"}
        language = _one(visit, "handover_sheet_language", languages)
    second, third = st.columns(2, gap="small"), st.columns(2, gap="small")
    with second[0]:
        scale = _scale(visit, SheetOptions(paper=cast("Any", paper), orientation=cast("Any", orientation)))
    with second[1]:
        title = _line(visit, "handover_title", placeholder=visible(visit.view.plan.name.get(visit.language)))
    with third[0]:
        review = _line(visit, "handover_review", placeholder=visit.say("handover_review_none"))
    with third[1]:
        known = visit.author or str(st.session_state.get(_AUTHOR, ""))
        author = _line(visit, "handover_author", value=known)
    findings = True
    if visit.view.result.findings:
        findings = st.checkbox(visit.say("handover_findings"), value=True, key="handover-findings")
    return SheetOptions(
        paper=cast("Any", paper),
        orientation=cast("Any", orientation),
        language=cast("Any", language),
        scale=scale,
        title=Text.same(title) if title else None,
        review_number=review or None,
        author=author,
        day=datetime.now(UTC).date(),
        findings=findings,
    )


def _scale(visit: Visit, options: SheetOptions) -> int | None:
    """Show the scales at which everything fits and return the one chosen, None for the largest."""
    least = _fitting(visit.view.plan.id, visit.stamp, visit.address.revision, repr(options), (visit.view, options))
    if least is None:
        st.text_input(visit.say("handover_scale"), value=visit.say("handover_no_scale"), disabled=True)
        return None
    chosen = st.selectbox(
        visit.say("handover_scale"),
        scales_from(least),
        format_func=partial(_scale_text, least=least, language=visit.language),
        key=f"handover-scale-{least}-{visit.language}",
    )
    return None if chosen == least else chosen


@st.cache_resource(max_entries=64, show_spinner=False)
def _fitting(
    plan: str,  # noqa: ARG001 - part of the key
    stamp: Stamp,  # noqa: ARG001 - part of the key
    revision: int | None,  # noqa: ARG001 - part of the key
    asked: str,  # noqa: ARG001 - part of the key
    _of: tuple[PlanView, SheetOptions],
) -> int | None:
    return fitting_scale(*_of)


def _scale_text(scale: int, *, least: int, language: str) -> str:
    written = f"{scale:,}"
    return say("handover_scale_fits", language, scale=written) if scale == least else f"1:{written}"


# ------------------------------------------------------------------ the report and the workbook


def _report(visit: Visit, options: SheetOptions) -> None:
    view, language = visit.view, visit.language
    screen = for_screen(options, language)
    with card(visit, "report", visit.say("handover_report"), visit.say("handover_report_for"), "HTML · XLSX"):
        page, workbook = st.columns(2, gap="small")
        with page:
            _subtitle(visit, "handover_page", "handover_page_for")
            make = partial(report_file, view, screen)
            offer(visit, "report", repr(screen), make, visit.say("handover_the_page"))
        with workbook:
            _subtitle(visit, "handover_workbook", "handover_workbook_for")
            offer(visit, "workbook", None, partial(workbook_file, view, language), visit.say("handover_the_workbook"))


def _subtitle(visit: Visit, title: str, lead: str) -> None:
    st.html(
        f'<div class="gp-hand"><h3>{for_html(visit.say(title))}</h3></div>'
        f'<p class="gp-hand-lead">{for_html(visit.say(lead))}</p>'
    )


# ------------------------------------------------------------------ data


def _data(visit: Visit) -> None:
    view, language = visit.view, visit.language
    with card(visit, "data", visit.say("handover_data"), visit.say("handover_data_for"), "GIS · CAD"):
        layers = layers_of(view)
        if not layers:
            st.text(visit.say("handover_nothing"))
            return
        chosen = EXPORT_FORMATS[chosen_format(visit)]
        layer_place, crs_place = st.columns(2, gap="small")
        with layer_place:
            layer = _layer(visit, chosen, layers)
        with crs_place:
            crs = _system(visit, chosen)
        make = partial(data_file, view, chosen.name, layer, crs, language)
        offer(visit, "data", (chosen.name, layer, crs), make, visit.say("handover_the_file", format=chosen.title))


def chosen_format(visit: Visit) -> str:
    """Show the choice of a format and what it is for; return its name."""

    def named(name: str) -> str:
        chosen = EXPORT_FORMATS[name]
        return f"{chosen.title} ({chosen.suffixes[0]})"

    name = st.selectbox(
        visit.say("handover_format"), list(PURPOSES), format_func=named, key=f"handover-format-{visit.language}"
    )
    st.html(f'<p class="gp-hand-view">{for_html(visit.say(PURPOSES[name]))}</p>')
    return name


def _layer(visit: Visit, chosen: Format, layers: Sequence[Layer]) -> Layer | None:
    """Return the layer to write; None is all of a format that holds several."""
    every = chosen.many and len(set(layers) & set(chosen.layers)) > 0
    asked = st.selectbox(
        visit.say("handover_layer"),
        [*([""] if every else []), *layers],
        format_func=lambda layer: visit.say(_LAYERS[layer] if layer else "handover_all_layers"),
        key=f"handover-layer-{visit.view.plan.id}-{every}-{visit.language}",
    )
    return next((layer for layer in layers if layer == asked), None)


def _system(visit: Visit, chosen: Format) -> str | None:
    """Return the code of the system to write; None is the format's rule."""
    label = visit.say("handover_crs")
    if chosen.crs == "wgs84":
        st.text_input(
            label, value=visit.say("handover_crs_fixed"), disabled=True, key=f"handover-fixed-{visit.language}"
        )
        return None
    own = _own_system(visit.view)
    first = visit.say("handover_crs_own", code=own) if own else visit.say("handover_crs_usual")
    asked = st.selectbox(
        label,
        ["", *(code for code in _SYSTEMS if code != own)],
        format_func=lambda code: _system_name(code) if code else first,
        accept_new_options=True,
        help=visit.say("handover_crs_other"),
        key=f"handover-crs-{visit.view.plan.id}-{visit.language}",
    )
    return asked or None


def _own_system(view: PlanView) -> str | None:
    measured = view.result.measurement
    asked = view.plan.area.projected or (measured.projected if measured is not None else None)
    return code_of(norm_crs(asked)) if asked else None


def _system_name(code: str) -> str:
    try:
        name = norm_crs(code).name
    except CrsError:  # typed by somebody: making the file says what is wrong with it
        return visible(code)
    return f"{code} · {name}"


# ------------------------------------------------------------------ controls


def _one(visit: Visit, label: str, options: dict[str, str]) -> str:
    """Show a choice of one of a few and return it."""
    chosen = st.segmented_control(
        visit.say(label),
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=lambda name: options[name],
        key=f"{label}-{visit.language}",
    )
    return str(chosen)


def _line(visit: Visit, label: str, *, value: str = "", placeholder: str = "") -> str:
    """Show a line to write on and return what is written there."""
    written = st.text_input(
        visit.say(label), value=value, placeholder=placeholder, max_chars=_MAX_TEXT, key=f"{label}-{visit.language}"
    )
    return (written or "").strip()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
