"""Polygons out of plain rings, as lists of points or drawings give them: without word of which is a hole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.read.guards import UnfitError

MAX_RINGS = 10_000  # in one polygon
Ring: TypeAlias = Sequence[tuple[float, float]]


def polygon_of(rings: Sequence[Ring]) -> BaseGeometry:
    """Return rings as one polygon or multi-polygon: inside another a hole, inside a hole a part again.

    Rings need not be closed and have at least three points each. Nothing is repaired: what crosses itself stays
    so, for the checks to tell. Raises UnfitError for more than `MAX_RINGS`.
    """
    if len(rings) > MAX_RINGS:
        raise UnfitError(f"has a polygon of {len(rings):,} rings", f"一个多边形有 {len(rings):,} 个环")
    if len(rings) == 1:
        return shapely.Polygon(rings[0])
    filled = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    inner, outer = _nested(filled)
    depth = np.bincount(inner, minlength=len(rings))
    area = shapely.area(filled)
    holes: dict[int, list[Ring]] = {place: [] for place in np.flatnonzero(depth % 2 == 0).tolist()}
    for place in np.flatnonzero(depth % 2 == 1).tolist():
        around = [other for other in outer[inner == place].tolist() if other in holes]
        if around:
            holes[min(around, key=lambda one: area[one])].append(rings[place])
        else:
            holes[place] = []
    parts = [shapely.Polygon(rings[place], inside) for place, inside in holes.items()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _nested(filled: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the pairs of rings of which the first lies within the second."""
    try:
        inner, outer = shapely.STRtree(filled).query(filled, predicate="covered_by")
    except shapely.errors.GEOSException:
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    area = shapely.area(filled)
    apart = area[inner] < area[outer]
    return inner[apart], outer[apart]
