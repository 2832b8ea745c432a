"""The scene of a map: an opened plan → what the browser draws, as JSON that is fetched and never run.

Geometry is in lon, lat (WGS84 = CGCS2000 here) with 6 decimals (0.1 m); over a basemap with an offset it
is shifted for display, and nothing else is. What a person wrote stays data: the browser's script sets it
with `textContent` only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.crs import to_lonlat
from geoplan.inspection import Offset
from geoplan.match import match_zones
from geoplan.output import figures, style
from geoplan.output.escape import clip, visible
from geoplan.output.handover import category_colours, zone_colours
from geoplan.output.labels import AWAITED_NOTE, loaded_sentence
from geoplan.output.map.drawing import around, collection, one_shifted, shifted, simplified
from geoplan.output.map.fabric import fabric_content, fabric_row
from geoplan.output.map.kept import Kept
from geoplan.output.map.legend import LINE_COLOURS, MAX_LABEL, category_signs, legend_rows
from geoplan.output.map.values import DECIMALS, WORLD, Bounds, DrawnZone, MapScene, corners
from geoplan.output.map.words import SPOKEN, WORDS
from geoplan.plan import layer_path
from geoplan.pyramid import FabricView
from geoplan.read import read_features
from geoplan.result import Measurement
from geoplan.types import Facility, Text, ZoneId
from geoplan.workflow import PlanView
from geoplan.zones import ZoneLayer, polygonal

MAX_LABELS = 3_000  # the browser shows those of what is in view for which there is room


def map_scene(view: PlanView, language: str, *, offset: Offset | None = None) -> MapScene:
    """Return what the map of a plan shows, with its texts in `language`; a large layer is simplified.

    `offset` is that of the basemap it is shown over.
    """
    zones, light = drawn_zones(view)
    lines = plan_lines(view)
    located = tuple(facility for facility in view.facilities if facility.point is not None)
    bounds = _bounds(zones, located)
    rows = legend_rows(view, zones, located, tuple(kind for kind, _ in lines), language)
    fabric = None
    if isinstance(view, FabricView):
        bounds, fabric, light = view.fabric.bounds or bounds, fabric_content(view, language), True
        rows = [fabric_row(view, language), *rows]
    content = {
        "plan": view.plan.id,
        "language": "zh-CN" if language.startswith("zh") else "en",
        "zones": _zone_features(view, zones, language, offset),
        "places": _place_features(view, located, language, offset),
        "lines": collection(
            (one_shifted(shape, offset), {"colour": LINE_COLOURS[kind], "weight": 2.2 if kind == "boundary" else 1.2})
            for kind, shape in lines
        ),
        "labels": _labels(zones, located, language, offset),
        "legend": rows,
        "fabric": fabric,
        "notices": _notices(view, language),
        "attribution": _attribution(view, language, light=light),
        "outline": style.OUTLINE,
        "ink": style.INK,
        "offset": str(offset or ""),
        "view": corners(bounds),
        "texts": {name: WORDS[name].get(language) for name in SPOKEN},
    }
    payload = json.dumps(content, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(payload.encode(errors="surrogatepass")).hexdigest()[:16]
    return MapScene(payload, zones, bounds, digest)


def drawn_zones(view: PlanView) -> tuple[tuple[DrawnZone, ...], bool]:
    """Return the zones with a polygon, in file order, and whether their outlines were simplified; of a fabric none."""
    layer = view.layer
    if layer is None or isinstance(view, FabricView):
        return (), False
    matching = match_zones(layer, view.plan)
    outlines = _outlines(layer)
    colours = zone_colours(view.plan, matching.labels)
    measured = view.result.measurement
    areas = {} if measured is None else _areas(measured)
    return tuple(
        DrawnZone(
            id=matching.labels[place],
            name=matching.names[place],
            colour=colours[place],
            area_m2=areas.get(matching.labels[place]),
            geometry=outline,
        )
        for place, outline in zip(outlines.places, outlines.geometry, strict=True)
    ), outlines.light


@dataclass(frozen=True, slots=True)
class _Outlines:
    """What can be drawn of a layer: the places of its features, their outlines in degrees, whether simplified."""

    places: tuple[int, ...]
    geometry: NDArray[Any]
    light: bool


def _outlines_of(layer: ZoneLayer) -> _Outlines:
    geometry = to_lonlat(layer.geometry, layer.crs)
    usable = polygonal(geometry)
    usable[usable] = np.isfinite(shapely.bounds(geometry[usable])).all(axis=1)
    places = np.flatnonzero(usable)
    shown, light = simplified(geometry[places])
    return _Outlines(tuple(places.tolist()), shown, light)


def _areas_of(measured: Measurement) -> dict[ZoneId, float | None]:
    return {zone.id: zone.area_m2(measured.method) for zone in measured.zones}


_outlines = Kept(_outlines_of)
_areas = Kept(_areas_of)


def plan_lines(view: PlanView) -> tuple[tuple[str, BaseGeometry], ...]:
    """Return the plan's own lines, by kind: the boundary of the site, and context such as roads; those it has."""
    found: list[tuple[str, BaseGeometry]] = []
    for kind in LINE_COLOURS:
        path = layer_path(view.plan, kind)
        if path is not None:
            found.append((kind, _as_lines(path)))
    return tuple((kind, shape) for kind, shape in found if not shape.is_empty)


def _as_lines(path: Path) -> BaseGeometry:
    """Return the lines of a file and the outlines of its polygons, in lon, lat."""
    layer = read_features(path)
    shapes = [shape for shape in to_lonlat(layer.geometry, layer.crs) if shape is not None and not shape.is_empty]
    lines = [shape.boundary if shape.geom_type.endswith("Polygon") else shape for shape in shapes]
    parts = [part for line in lines for part in shapely.get_parts(line) if "Line" in part.geom_type]
    return shapely.multilinestrings(parts)


def _zone_features(
    view: PlanView, zones: tuple[DrawnZone, ...], language: str, offset: Offset | None
) -> dict[str, object]:
    geometry = objects(zone.geometry for zone in zones)
    dashes = boundary_dashes(view)
    return collection(
        (
            outline,
            {"id": zone.id, "name": visible(zone.name.get(language)), "colour": zone.colour, "dashes": dashes}
            | _known_to(view, zone.id, outline),
        )
        for zone, outline in zip(zones, shifted(geometry, offset), strict=True)
    )


def _known_to(view: PlanView, identifier: str, outline: BaseGeometry) -> dict[str, object]:
    """Return the radius a zone's boundary is known to, in m, and where its circle is drawn; nothing if not stated."""
    zone = view.plan.zone_by_id.get(identifier)
    if zone is None or not zone.accuracy_m:
        return {}
    parts = shapely.get_parts(outline)
    middle = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
    return {"accuracy": zone.accuracy_m, "at": _at(middle)}


def _place_features(
    view: PlanView, located: Sequence[Facility], language: str, offset: Offset | None
) -> dict[str, object]:
    colours, signs = category_colours(view), category_signs(view)
    return collection(
        (
            one_shifted(place.point, offset) if place.point is not None else None,
            {"id": place.id, "name": visible(place.name.get(language)), "category": place.category}
            | {"colour": colours[place.category], "sign": signs[place.category], "accuracy": place.accuracy_m},
        )
        for place in located
    )


def _labels(
    zones: tuple[DrawnZone, ...], located: Sequence[Facility], language: str, offset: Offset | None
) -> list[dict[str, object]]:
    """Return the labels in the order they claim room: zones by size, then facilities in their own order."""
    by_size = sorted(zones, key=lambda zone: -(zone.area_m2 or 0.0))[:MAX_LABELS]
    labels: list[dict[str, object]] = []
    for zone in by_size:
        parts = shapely.get_parts(zone.geometry)
        at = one_shifted(shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))]), offset)
        area = f"{figures.square_kilometres(zone.area_m2, language)} {figures.unit('km2', language)}"
        labels.append({"kind": "zone", "id": zone.id, "at": _at(at), "lines": [_short(zone.name, language), area]})
    for place in located[: MAX_LABELS - len(labels)]:
        if place.point is not None:
            at = one_shifted(place.point, offset)
            labels.append({"kind": "place", "id": place.id, "at": _at(at), "lines": [_short(place.name, language)]})
    return labels


def boundary_dashes(view: PlanView) -> str | None:
    """Return the dashes of the plan's boundaries as a browser takes them; None for an unbroken line."""
    return " ".join(f"{length:g}" for length in style.boundary_dashes(view.plan.status)) or None


def _short(name: Text, language: str) -> str:
    return clip(visible(name.get(language)), MAX_LABEL)


def _notices(view: PlanView, language: str) -> list[dict[str, str]]:
    reference = view.result.plan
    if view.layer is None:
        declared = reference.declared if reference is not None else 0
        text = loaded_sentence(0, declared) if declared else AWAITED_NOTE
        return [{"kind": "empty", "text": text.get(language)}]
    if view.plan.status in ("indicative", "draft"):
        return [{"kind": "status", "text": WORDS[view.plan.status].get(language)}]
    return []


def _attribution(view: PlanView, language: str, *, light: bool) -> str:
    """Return where the drawing comes from, not escaped."""
    wanted = dict.fromkeys(zone.source for zone in view.plan.zones if zone.source)
    titles = [view.plan.source_by_id[source].title.get(language) for source in wanted if source is not None]
    parts = [view.plan.name.get(language), *titles, WORDS["degrees"].get(language)]
    parts += [WORDS["simplified"].get(language)] if light else []
    return " · ".join(clip(visible(part), 90) for part in parts)


def _bounds(zones: Iterable[DrawnZone], located: Iterable[Facility]) -> Bounds:
    shapes = [*(zone.geometry for zone in zones), *(facility.point for facility in located)]
    if not shapes:
        return WORLD
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    box = (float(west), float(south), float(east), float(north))
    return box if max(east - west, north - south) > 0.002 else around(box)


def _at(point: BaseGeometry) -> list[float]:
    at = shapely.get_coordinates(point)[0]
    return [round(float(at[1]), DECIMALS), round(float(at[0]), DECIMALS)]
