"""Polygons as flat rings: what lets areas be summed over all vertices at once, without a loop per polygon.

Nothing here knows a coordinate system; x and y are whatever the caller put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.crs import Geometries
from geoplan.ellipsoid import Floats
from geoplan.errors import GeometryError
from geoplan.types import Text

Integers: TypeAlias = NDArray[np.int64]

CHUNK_POINTS = 2_000_000  # bounds the memory of splitting to about 0.5 GB


@dataclass(frozen=True, slots=True)
class Rings:
    """All rings of all geometries, flat and closed: the last vertex of a ring repeats its first.

    `x`, `y` and `ring` have one entry per vertex (`ring` ascends), `sign` (+1 exterior, −1 hole) and
    `feature` (position of the geometry) one per ring, `measurable` (polygonal, not empty) one per geometry.
    """

    x: Floats
    y: Floats
    ring: Integers
    sign: Floats
    feature: Integers
    measurable: NDArray[np.bool_]

    def moved(self, x: Floats, y: Floats) -> Rings:
        """Return the same rings with other coordinates."""
        return replace(self, x=x, y=y)

    def starts(self) -> Integers:
        """Return the position of the first vertex of each ring."""
        return np.searchsorted(self.ring, np.arange(len(self.feature)))

    def sum_edges(self, per_edge: Floats) -> Floats:
        """Sum values of the steps between successive vertices (one fewer than vertices) into ring values."""
        same = self.ring[:-1] == self.ring[1:]
        total = np.bincount(self.ring[:-1][same], weights=per_edge[same], minlength=len(self.feature))
        return total.astype(np.float64)

    def sum_rings(self, per_ring: Floats) -> Floats:
        """Sum ring values into geometry values, NaN where there is nothing to measure."""
        total = np.bincount(self.feature, weights=per_ring, minlength=len(self.measurable))
        return np.where(self.measurable, total, np.nan)

    def planar(self) -> Floats:
        """Return the area of each geometry in square units: exteriors minus holes, NaN if not measurable.

        Coordinates are taken relative to the first vertex of their ring, which subtracts exactly, so
        that thin pieces with large coordinates lose no digits.
        """
        first = self.starts()[self.ring]
        x, y = self.x - self.x[first], self.y - self.y[first]
        doubled = self.sum_edges(x[:-1] * y[1:] - x[1:] * y[:-1])
        return self.sum_rings(self.sign * np.abs(doubled) / 2)


def rings_of(geometries: Geometries) -> Rings:
    """Return the rings of polygons and multipolygons; anything else, None and empty have none."""
    array = np.array(geometries, dtype=object)
    kinds = shapely.get_type_id(array)
    polygonal = ((kinds == 3) | (kinds == 6)) & ~shapely.is_empty(array)
    array[~polygonal] = None
    parts, part_feature = shapely.get_parts(array, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    sign = np.ones(len(ring_part))
    sign[1:][ring_part[1:] == ring_part[:-1]] = -1.0
    coordinates[~np.isfinite(coordinates)] = np.nan  # differences of infinities would warn
    x, y = np.ascontiguousarray(coordinates.T)
    return Rings(x, y, ring, sign, part_feature[ring_part], polygonal)


def on_globe(rings: Rings) -> Rings:
    """Return rings in degrees with vertices that are no place as NaN (|longitude| > 360, |latitude| > 90).

    Raises GeometryError if an edge jumps by more than half a turn: such a ring crosses ±180° or goes
    round a pole, and an area summed along it would be of something else.
    """
    place = (np.abs(rings.x) <= 360) & (np.abs(rings.y) <= 90)
    rings = rings.moved(np.where(place, rings.x, np.nan), np.where(place, rings.y, np.nan))
    jumps = (np.abs(np.diff(rings.x)) > 180) & (rings.ring[1:] == rings.ring[:-1])
    if not jumps.any():
        return rings
    feature = int(rings.feature[rings.ring[int(np.argmax(jumps))]])
    raise GeometryError(
        Text(
            "The polygon crosses the antimeridian (±180°) or goes round a pole; its area would be wrong.",
            "该多边形跨越 180° 经线或环绕极点，面积会算错。",
        ),
        where=f"feature {feature + 1}",
        hint=Text("Cut it into parts at ±180°.", "请在 ±180° 处将其切分为多个部分。"),
    )


def split(rings: Rings, parts: Integers, decimals: int | None = None) -> Iterator[Rings]:
    """Yield the rings in runs of at most about CHUNK_POINTS, the step after vertex i split into parts[i] equal ones.

    `parts` has one entry per vertex; that of a ring's last vertex must be 1. New points are rounded to
    `decimals` if given. A run ends with the point the next one begins with, so that no step is lost
    and `sum_edges` of the runs add up.
    """
    ends = np.cumsum(parts)
    begin = 0
    while begin < len(parts):
        limit = (ends[begin - 1] if begin else 0) + CHUNK_POINTS
        end = max(int(np.searchsorted(ends, limit)), begin + 1)
        count = parts[begin : end + 1].copy()
        if end < len(parts):
            count[-1] = 1  # the vertex that closes the last step of this run
        vertex = np.repeat(np.arange(begin, begin + len(count)), count)
        nth = np.arange(len(vertex)) - np.repeat(np.cumsum(count) - count, count)
        x, y = _between(rings, vertex, nth / parts[vertex], decimals)
        yield replace(rings, x=x, y=y, ring=rings.ring[vertex])
        begin = end


def _between(rings: Rings, vertex: Integers, share: Floats, decimals: int | None) -> tuple[Floats, Floats]:
    """Return the points at `share` of the step after each vertex; the vertices themselves are not touched."""
    x, y = rings.x[vertex], rings.y[vertex]
    new = share > 0
    here, there = vertex[new], vertex[new] + 1
    for values, source in ((x, rings.x), (y, rings.y)):
        added = source[here] + (source[there] - source[here]) * share[new]
        values[new] = added if decimals is None else added.round(decimals)
    return x, y
