"""Polygons as flat rings: what lets areas be summed over all vertices at once, without a loop per polygon.

Nothing here knows a coordinate system; x and y are whatever the caller put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
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
BLOCK_POINTS = 8192  # a few arrays of so many numbers stay in the cache of one core
_POLYGON, _MULTIPOLYGON = 3, 6
_SMALLEST = float(np.finfo(np.float64).tiny)  # below it products lose their digits
_SURE = 2.0**-50  # eight roundings: what a cross product of differences can be off by, relative to its terms


@dataclass(frozen=True)
class Rings:
    """All rings of all geometries, flat and closed: the last vertex of a ring repeats its first.

    `x` and `y` have one entry per vertex, `lengths` (number of vertices), `sign` (+1 exterior, −1 hole) and
    `feature` (position of the geometry) one per ring, `measurable` (polygonal, not empty) one per geometry.
    """

    x: Floats
    y: Floats
    lengths: Integers
    sign: Floats
    feature: Integers
    measurable: NDArray[np.bool_]

    @property
    def ring(self) -> Integers:
        """Return the number of the ring of each vertex, ascending."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def moved(self, x: Floats, y: Floats) -> Rings:
        """Return the same rings with other coordinates."""
        return replace(self, x=x, y=y)

    def starts(self) -> Integers:
        """Return the position of the first vertex of each ring."""
        return np.cumsum(self.lengths) - self.lengths

    def sum_edges(self, per_edge: Floats) -> Floats:
        """Sum values of the steps between successive vertices (one fewer than vertices) into ring values.

        The steps from one ring to the next are set to 0 in `per_edge` itself.
        """
        total = np.zeros(len(self.lengths))
        filled = self.lengths > 0
        if filled.any():
            per_edge[self.bridges()] = 0.0
            total[filled] = np.add.reduceat(np.append(per_edge, 0.0), self.starts()[filled])
        return total

    def bridges(self) -> Integers:
        """Return the positions of the steps between vertices that lead from one ring to the next."""
        last = np.cumsum(self.lengths)[:-1] - 1
        return last[(last >= 0) & (last < len(self.x) - 1)]

    def sum_rings(self, per_ring: Floats) -> Floats:
        """Sum ring values into geometry values, NaN where there is nothing to measure."""
        total = np.bincount(self.feature, weights=per_ring, minlength=len(self.measurable))
        return np.where(self.measurable, total, np.nan)

    def planar(self) -> Floats:
        """Return the area of each geometry in square units: exteriors minus holes, NaN if not measurable."""
        return self.sum_rings(self.sign * np.abs(self.turned()))

    def turned(self) -> Floats:
        """Return the area of each ring in square units: positive counter-clockwise, negative clockwise.

        Coordinates are taken relative to the first vertex of their ring, which subtracts exactly, so
        that thin pieces with large coordinates lose no digits.
        """
        doubled = np.empty(len(self.lengths))
        for block, rings in self.blocks():
            starts = block.starts()
            x = block.x - np.repeat(block.x[starts], block.lengths)
            y = block.y - np.repeat(block.y[starts], block.lengths)
            doubled[rings] = block.sum_edges(x[:-1] * y[1:] - x[1:] * y[:-1])
        return doubled / 2

    def sizes(self) -> tuple[Floats, Floats]:
        """Return about the area and the length of each ring: of thin rings far out the area loses digits."""
        areas, lengths = np.empty(len(self.lengths)), np.empty(len(self.lengths))
        for block, rings in self.blocks():
            x, y = block.x - block.x[0], block.y - block.y[0]
            dx, dy = x[1:] - x[:-1], y[1:] - y[:-1]
            areas[rings] = np.abs(block.sum_edges(x[:-1] * dy - y[:-1] * dx)) / 2.0
            lengths[rings] = block.sum_edges(np.sqrt(dx * dx + dy * dy))
        return areas, lengths

    @cached_property
    def stars(self) -> NDArray[np.int8]:
        """Return which rings surely run once round the middle of their vertices, and which way.

        1 is counter-clockwise, −1 clockwise, 0 neither or too close to tell. Seen from the middle, each step of such a
        ring turns the same way by less than half a turn, and all of them together make one turn: no two steps can
        cross or touch, so that the ring is simple. Most parcels are so, and need no test of every pair of edges.
        """
        stars = np.empty(len(self.lengths), np.int8)
        for block, rings in self.blocks():
            starts, lengths = block.starts(), block.lengths
            x = block.x - np.repeat(np.add.reduceat(block.x, starts) / lengths, lengths)
            y = block.y - np.repeat(np.add.reduceat(block.y, starts) / lengths, lengths)
            with np.errstate(over="ignore", invalid="ignore"):  # of coordinates that are no place, nothing is sure
                one, other = x[:-1] * y[1:], x[1:] * y[:-1]
                turn, doubt = one - other, (np.abs(one) + np.abs(other)) * _SURE + _SMALLEST
            below = y < 0.0
            left, right, rises, falls = turn > doubt, turn < -doubt, below[:-1] & ~below[1:], below[1:] & ~below[:-1]
            bridges = block.bridges()
            left[bridges] = right[bridges] = True
            rises[bridges] = falls[bridges] = False
            all_left, all_right = (np.logical_and.reduceat(np.append(each, True), starts) for each in (left, right))
            once_up, once_down = (
                np.add.reduceat(np.append(each, False), starts, dtype=np.int64) == 1 for each in (rises, falls)
            )
            stars[rings] = (all_left & once_up).astype(np.int8) - (all_right & once_down)
        return stars

    def of_features(self, first: int, last: int) -> Rings:
        """Return the rings of the geometries from `first` up to, not including, `last`, without copying them."""
        begin, end = np.searchsorted(self.feature, [first, last])
        ends = np.append(0, np.cumsum(self.lengths))
        here, rings = slice(int(ends[begin]), int(ends[end])), slice(int(begin), int(end))
        feature, measurable = self.feature[rings] - first, self.measurable[first:last]
        return Rings(self.x[here], self.y[here], self.lengths[rings], self.sign[rings], feature, measurable)

    def taken(self, rings: Integers) -> Rings:
        """Return the chosen rings alone, in the order given."""
        lengths = self.lengths[rings]
        offset = self.starts()[rings] - (np.cumsum(lengths) - lengths)
        vertex = np.arange(int(lengths.sum())) + np.repeat(offset, lengths)
        return Rings(self.x[vertex], self.y[vertex], lengths, self.sign[rings], self.feature[rings], self.measurable)

    def blocks(self) -> Iterator[tuple[Rings, slice]]:
        """Yield runs of whole rings of about BLOCK_POINTS vertices, and which rings they are."""
        ends = np.cumsum(self.lengths)
        first = 0
        while first < len(ends):
            begin = int(ends[first - 1]) if first else 0
            last = max(int(np.searchsorted(ends, begin + BLOCK_POINTS, side="right")), first + 1)
            here, rings = slice(begin, int(ends[last - 1])), slice(first, last)
            sign, feature = self.sign[rings], self.feature[rings]
            yield Rings(self.x[here], self.y[here], self.lengths[rings], sign, feature, self.measurable), rings
            first = last


def rings_of(geometries: Geometries) -> Rings:
    """Return the rings of polygons and multipolygons; anything else, None and empty have none."""
    array = np.array(geometries, dtype=object)
    kinds = shapely.get_type_id(array)
    polygonal = ((kinds == _POLYGON) | (kinds == _MULTIPOLYGON)) & ~shapely.is_empty(array)
    array[~polygonal] = None
    simple = (kinds == _POLYGON) & polygonal & (shapely.get_num_interior_rings(array) == 0)
    count = shapely.get_num_coordinates(array)
    lengths, sign, feature = count[simple], np.ones(int(simple.sum())), np.flatnonzero(simple)
    others = np.flatnonzero(polygonal & ~simple)
    if len(others):
        # A stable sort by feature puts the rings of each in the order in which its coordinates come.
        own_lengths, own_sign, own_feature = _rings_one_by_one(array, others)
        order = np.argsort(np.concatenate([feature, own_feature]), kind="stable")
        lengths = np.concatenate([lengths, own_lengths])[order]
        sign = np.concatenate([sign, own_sign])[order]
        feature = np.concatenate([feature, own_feature])[order]
    x, y = _coordinates(array, count)
    return Rings(x, y, lengths.astype(np.int64), sign, feature, polygonal)


def _rings_one_by_one(array: NDArray[np.object_], places: Integers) -> tuple[Integers, Floats, Integers]:
    """Return vertices, sign and feature of each ring of the geometries at `places`, rings without vertices left out."""
    parts, part_of = shapely.get_parts(array[places], return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    lengths, sign = shapely.get_num_coordinates(rings), np.ones(len(rings))
    sign[1:][ring_of[1:] == ring_of[:-1]] = -1.0
    there = lengths > 0
    return lengths[there], sign[there], places[part_of[ring_of]][there]


def _coordinates(array: NDArray[np.object_], count: Integers) -> tuple[Floats, Floats]:
    """Return x and y of all vertices, filled piece by piece, so that they are in memory once."""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    x, y = np.empty(total), np.empty(total)
    first, begin = 0, 0
    while first < len(array):
        last = max(int(np.searchsorted(ends, begin + CHUNK_POINTS, side="right")), first + 1)
        end = int(ends[last - 1])
        x[begin:end], y[begin:end] = shapely.get_coordinates(array[first:last]).T
        first, begin = last, end
    if not np.isfinite(x.sum() + y.sum()):
        x[~np.isfinite(x)] = np.nan  # differences of infinities would warn
        y[~np.isfinite(y)] = np.nan
    return x, y


def on_globe(rings: Rings) -> Rings:
    """Return rings in degrees with vertices that are no place as NaN (|longitude| > 360, |latitude| > 90).

    Raises GeometryError if an edge jumps by more than half a turn: such a ring crosses ±180° or goes
    round a pole, and an area summed along it would be of something else.
    """
    place = (np.abs(rings.x) <= 360) & (np.abs(rings.y) <= 90)
    if not place.all():
        rings = rings.moved(np.where(place, rings.x, np.nan), np.where(place, rings.y, np.nan))
    jumps = np.abs(np.diff(rings.x)) > 180
    jumps[rings.bridges()] = False
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
    ends, ring = np.cumsum(parts), rings.ring
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
        lengths = np.bincount(ring[vertex], minlength=len(rings.lengths))
        yield replace(rings, x=x, y=y, lengths=lengths)
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
