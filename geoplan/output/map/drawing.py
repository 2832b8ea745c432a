"""Geometry as a map draws it: rounded to what a screen shows, simplified with shared edges kept, shifted if need be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.inspection import Offset
from geoplan.offsets import to_bd09, to_gcj02
from geoplan.output.map.values import DECIMALS, Bounds

FINEST = 5_000  # parts of the drawing's width: finer is not seen before it is enlarged five times
MAX_VERTICES = 60_000  # more than this is simplified for display, shared edges staying shared


def simplified(geometry: NDArray[Any], most: int = MAX_VERTICES) -> tuple[NDArray[Any], bool]:
    """Return outlines light enough to send and to draw, and whether that took simplifying.

    Edges shared by two zones stay shared: a gap or overlap on the map is one in the data.
    """
    if not len(geometry) or shapely.get_num_coordinates(geometry).sum() <= most:
        return geometry, False
    west, south, east, north = shapely.total_bounds(geometry)
    tolerance = max(east - west, north - south) / FINEST
    shown = geometry
    for _ in range(12):
        # From what the finer tolerance left, not from the start again: it is a third of the work.
        shown = shapely.coverage_simplify(shown, tolerance)
        found = int(shapely.get_num_coordinates(shown).sum())
        if found <= most:
            break
        # The count falls about as the tolerance grows: twice as coarse at least, or as much as is lacking.
        tolerance *= max(2.0, found / most)
    return shown, True


def shifted(geometry: NDArray[Any], offset: Offset | None) -> NDArray[Any]:
    """Return WGS 84 geometry as it lies on a basemap with an `offset`; for display only."""
    if offset is None or offset is Offset.NONE:
        return geometry
    shift = {Offset.GCJ02: to_gcj02, Offset.BD09: to_bd09}[offset]

    def move(coordinates: NDArray[Any]) -> NDArray[Any]:
        return np.column_stack(shift(coordinates[:, 0], coordinates[:, 1]))

    moved: NDArray[Any] = shapely.transform(geometry, move)
    return moved


def one_shifted(geometry: BaseGeometry, offset: Offset | None) -> BaseGeometry:
    """Return one geometry shifted as `shifted` does."""
    holder = np.empty(1, dtype=object)
    holder[0] = geometry
    moved: BaseGeometry = shifted(holder, offset)[0]
    return moved


def features(shapes: Iterable[tuple[BaseGeometry | None, Mapping[str, object]]]) -> list[dict[str, object]]:
    """Return GeoJSON features of what has a geometry, with their properties."""
    return [
        {"type": "Feature", "properties": dict(properties), "geometry": rounded(geometry)}
        for geometry, properties in shapes
        if geometry is not None and not geometry.is_empty
    ]


def collection(shapes: Iterable[tuple[BaseGeometry | None, Mapping[str, object]]]) -> dict[str, object]:
    """Return a GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": features(shapes)}


def rounded(geometry: BaseGeometry) -> dict[str, Any]:
    """Return a geometry as GeoJSON with 6 decimals; of a mixed collection its polygons."""
    if geometry.geom_type == "GeometryCollection":
        parts = shapely.get_parts(geometry)
        geometry = shapely.multipolygons([part for part in parts if part.geom_type == "Polygon"])
    return {"type": geometry.geom_type.replace("LinearRing", "LineString"), "coordinates": _coordinates(geometry)}


def _coordinates(geometry: BaseGeometry) -> list[Any]:
    if hasattr(geometry, "geoms"):
        return [_coordinates(part) for part in geometry.geoms]
    if isinstance(geometry, shapely.Polygon):
        return [_coordinates(ring) for ring in (geometry.exterior, *geometry.interiors)]
    # One call for all corners of a ring: a city has hundreds of thousands.
    places: list[Any] = np.round(shapely.get_coordinates(geometry), DECIMALS).tolist()
    return places[0] if geometry.geom_type == "Point" else places


def bounds_of(geometry: BaseGeometry) -> Bounds:
    """Return the bounds of a geometry that is not empty."""
    west, south, east, north = geometry.bounds
    return (west, south, east, north)


def around(box: Bounds, radius_m: float = 400.0) -> Bounds:
    """Return a box with at least `radius_m` of surroundings on every side (1° of latitude is some 111 km)."""
    west, south, east, north = box
    high = radius_m / 111_000
    wide = high / max(float(np.cos(np.radians((south + north) / 2))), 0.05)
    return (west - wide, max(south - high, -85.0), east + wide, min(north + high, 85.0))
