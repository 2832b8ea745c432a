"""The map of a draft: what is drawn on it becomes an edit; a finding, and ground gained and lost, are laid over it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.crs import to_lonlat
from geoplan.diff import Comparison
from geoplan.diff.counted import counted
from geoplan.drafts import Assessment, Ground
from geoplan.output.map import Overlay, Pick, Shape
from geoplan.types import Finding, Severity, Text
from geoplan.ui import desk as desks
from geoplan.ui.desk import Desk
from geoplan.ui.mapview import MapState, place_of, show_map
from geoplan.ui.texts import TEXTS
from geoplan.ui.visit import Visit, pick
from geoplan.workflow import PlanView

DECIMALS = 8  # of a degree, in what the browser is given to edit: 1 mm
MAX_PIXEL_M = 100_000.0
_EQUATOR_M = 156_543.033928  # metres of a pixel at zoom 0 on the equator: 2π · 6378137 m / 256
# Findings about a place within a zone; those about a whole zone would cover it, and are shown when chosen.
_PIECES = ("overlap", "gap", "sliver", "unmatched-vertex", "geometry-valid", "facility-inside", "zone-inside")
_SEVERITIES = {
    Severity.ERROR: "finding-error",
    Severity.WARNING: "finding-warning",
    Severity.INFO: "finding-info",
}


def current_map(visit: Visit, desk: Desk) -> None:
    """Show the plan as it is now, before a draft is open."""
    show_map(visit, MapState(focus=place_of(visit.view, visit.address.pick), turn=_turn(visit, desk)))


def draw_map(visit: Visit, desk: Desk, ground: Ground, found: Assessment) -> None:
    """Show the draft, with the tools to draw where the reader may."""
    # The same object while the draft is the same, so that whoever keeps what was drawn of it can tell.
    if desk.shown is None or desk.shown[0] is not found:
        desk.shown = (found, as_draft(found.view))
    view = desk.shown[1]
    chosen = next((one for one in found.view.result.findings if one.id == desk.finding), None)
    overlays = [findings_overlay(found, chosen)] if found.view.result.findings else []
    if desk.overlay:
        overlays.append(changes_overlay(found.comparison))
    focus: Any = place_of(view, visit.address.pick)
    if chosen is not None and chosen.geometry is not None and found.view.result.crs is not None:
        focus = to_lonlat([chosen.geometry], found.view.result.crs)[0]
    state = MapState(
        overlays=tuple(overlays),
        focus=focus,
        turn=_turn(visit, desk),
        draw=tools(visit, desk) if visit.may_write else None,
    )

    def drawn(features: Sequence[Mapping[str, Any]]) -> None:
        take_drawn(desk, ground, features)

    def picked(what: Pick) -> None:
        if what.kind == "finding":
            desk.finding = what.id
        elif desk.editing is None and what.kind in ("zone", "facility"):
            pick(what, move=False)

    show_map(visit, state, on_pick=picked, on_drawn=drawn if visit.may_write else None, view=view)


def tools(visit: Visit, desk: Desk) -> dict[str, object]:
    """Return what can be drawn, as the map's script takes it: outlines, or the corners of the zone being edited."""
    asked: dict[str, object] = {"tools": ["polygon", "rectangle"], "turn": desk.turn, "language": visit.language}
    if desk.editing is not None and (shape := desk.draft.geometry(desk.editing)) is not None:
        placed = to_lonlat([shape], desk.draft.zones.crs)[0]
        asked["edit"] = {"type": "Feature", "properties": {"id": desk.editing}, "geometry": exact(placed)}
    return asked


def take_drawn(desk: Desk, ground: Ground, features: Sequence[Mapping[str, Any]]) -> None:
    """Make what was drawn an edit: the last outline that is one; anything else a browser says is passed over."""
    if desk.history is None:
        return
    for feature in reversed(features):
        shape = shape_of(feature)
        if shape is None:
            continue
        named = _properties(feature).get("id")
        if desk.editing is not None and named is not None and named != desk.editing:
            continue  # of an edit that was over before this one came
        desks.take_outline(desk, ground, shape, pixel_of(feature, shape))
        return


def shape_of(feature: Mapping[str, Any]) -> BaseGeometry | None:
    """Return the polygon of a GeoJSON feature a browser sent, None for anything else."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (ValueError, TypeError, RecursionError, shapely.GEOSException):
        return None
    return None if shape is None or shape.is_empty else shape


def pixel_of(feature: Mapping[str, Any], shape: BaseGeometry) -> float | None:
    """Return how many metres one pixel was when an outline was drawn, from the map's zoom; None when it is not told."""
    told = _properties(feature)
    pixel, zoom = told.get("pixel_m"), told.get("zoom")
    if isinstance(pixel, int | float) and not isinstance(pixel, bool) and 0 < pixel < MAX_PIXEL_M:
        return float(pixel)
    if isinstance(zoom, int | float) and not isinstance(zoom, bool) and 0 <= zoom <= 30:
        latitude = math.radians(min(85.0, abs((shape.bounds[1] + shape.bounds[3]) / 2)))
        return float(_EQUATOR_M * math.cos(latitude) / 2.0 ** float(zoom))
    return None


def exact(shape: BaseGeometry) -> dict[str, Any]:
    """Return a geometry as GeoJSON with the decimals that tell its corners apart when they come back."""
    rounded = shapely.transform(shape, lambda xy: xy.round(DECIMALS))
    described: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return described


def as_draft(view: PlanView) -> PlanView:
    """Return a view whose map says that these boundaries are a draft's, whatever the plan's own are."""
    return replace(view, plan=view.plan.model_copy(update={"status": "draft"}))


def findings_overlay(found: Assessment, chosen: Finding | None) -> Overlay:
    """Return the findings about a place, and whatever is chosen, which comes last and in a look of its own."""
    result = found.view.result
    wanted = [one for one in result.findings if one.check in _PIECES or one is chosen]
    placed = [one for one in wanted if one.geometry is not None and not one.geometry.is_empty]
    placed.sort(key=lambda one: one is chosen)
    shapes: list[Shape] = []
    if placed and result.crs is not None:
        lonlat = to_lonlat([one.geometry for one in placed], result.crs)
        shapes = [
            Shape(shape, "chosen" if one is chosen else _SEVERITIES[one.severity], one.message, Pick("finding", one.id))
            for one, shape in zip(placed, lonlat, strict=True)
        ]
    return Overlay("findings", TEXTS["draw_tab_findings"], tuple(shapes))


def changes_overlay(comparison: Comparison) -> Overlay:
    """Return the ground each zone gained and lost against the current zones, without hairs of rounding."""
    pieces: list[tuple[str, Text, BaseGeometry]] = []
    for row in counted(comparison).rows:
        for role, piece in (("gained", row.moved_in), ("lost", row.moved_out)):
            if piece is not None:
                pieces.append((role, row.name, piece))
    lonlat = to_lonlat([piece for *_, piece in pieces], comparison.crs)
    shapes = tuple(Shape(shape, role, name) for (role, name, _), shape in zip(pieces, lonlat, strict=True))
    legend = (("gained", TEXTS["draw_gained"]), ("lost", TEXTS["draw_lost"]))
    return Overlay("changes", TEXTS["draw_tab_changes"], shapes, legend)


def _properties(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _turn(visit: Visit, desk: Desk) -> str:
    """Return what moves the map when it changes: what is drawn or clicked on it leaves the view as it is."""
    return f"{visit.view.plan.id}/{desk.look}"
