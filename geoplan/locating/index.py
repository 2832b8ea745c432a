"""The zones that points lie in, on edges included, exactly as GEOS has it, without a Python object per point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats
from geoplan.locating.raster import Codes, Edges, Raster, expanded
from geoplan.rings import Integers, rings_of

SEVERAL = -1

# Of the largest coordinate: a thousand roundings of a double, 1 µm at 4000 km. What is closer is left to GEOS.
_MARGIN = 1000 * float(np.finfo(np.float64).eps)
_TESTS_AT_ONCE = 1 << 16  # of a point against an edge: some twenty arrays of so many numbers
_WORTH_PREPARING = 200  # vertices


@dataclass(frozen=True, slots=True)
class Located:
    """Where points lie: `code` has one entry per point, `point` and `feature` one per pair.

    The code is 0 outside all features, n for the feature at place n − 1 alone, a crowd's code beyond the number of
    features (`ZoneIndex.crowd_pairs`), and SEVERAL where the pairs say which features the point lies in.
    """

    code: Codes
    point: Integers
    feature: Integers


class ZoneIndex:
    """Polygons that points are looked up in; it may be used by several threads at once."""

    def __init__(self, shapes: NDArray[Any]) -> None:
        """Index valid polygons in a plane, None where there is none."""
        rings = rings_of(shapes)
        self._shapes = shapes
        self._edges = Edges.of(rings)
        self._lock = Lock()
        self.features = len(shapes)
        extent = np.abs([*_extremes(rings.x), *_extremes(rings.y)]).max(initial=1.0)
        self.margin = float(extent) * _MARGIN
        self._raster = Raster.of(self._edges, self.margin) if len(self._edges.start) else None

    @property
    def crowds(self) -> int:
        """Return how many crowds there are: their codes follow the number of features."""
        return 0 if self._raster is None else len(self._raster.crowds)

    def crowd_pairs(self) -> tuple[Integers, Integers]:
        """Return the pairs of crowd (from 0: its code less the number of features, less 1) and feature, in order."""
        if self._raster is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        crowd, number = self._raster.crowds.pairs(np.arange(self.crowds))
        return crowd, number.astype(np.int64) - 1

    def locate(self, x: Floats, y: Floats) -> Located:
        """Return the features that points lie in or on the edge of; what is not finite lies in none."""
        code = np.zeros(len(x), dtype=np.int32)
        none = np.empty(0, dtype=np.int64)
        if self._raster is None:
            return Located(code, none, none)
        raster = self._raster
        (west, east), (south, north) = raster.columns.at[[0, -1]], raster.rows.at[[0, -1]]
        within = (x >= west) & (x < east) & (y >= south) & (y < north)
        all_within = bool(within.all())
        near = np.arange(len(x)) if all_within else np.flatnonzero(within)
        near_x, near_y = (x, y) if all_within else (x[near], y[near])
        column, row = raster.columns.strip(near_x), raster.rows.strip(near_y)
        found = raster.code[row * len(raster.columns) + column]
        code[near] = found
        special = np.flatnonzero(found < 0)
        pairs = [
            self._special(code, near[part], (near_x[part], near_y[part]), (column[part], row[part]), -1 - found[part])
            for part in self._parts(special, -1 - found[special])
        ]
        point = np.concatenate([none, *(points for points, _ in pairs)])
        return Located(code, point, np.concatenate([none, *(features for _, features in pairs)]))

    def _parts(self, special: Integers, cell: Codes) -> Iterator[Integers]:
        """Yield the special points in runs of about _TESTS_AT_ONCE tests."""
        if not len(special) or self._raster is None:
            return
        ends = np.cumsum(self._raster.begin[cell + 1] - self._raster.begin[cell])
        begin = 0
        while begin < len(special):
            before = int(ends[begin - 1]) if begin else 0
            end = max(int(np.searchsorted(ends, before + _TESTS_AT_ONCE, side="right")), begin + 1)
            end = min(end, begin + _TESTS_AT_ONCE)
            yield special[begin:end]
            begin = end

    def _special(
        self,
        code: Codes,
        points: Integers,
        place: tuple[Floats, Floats],
        grid: tuple[Integers, Integers],
        cell: Codes,
    ) -> tuple[Integers, Integers]:
        """Fill in the codes of points in special cells; return the pairs of those in several features."""
        raster = self._raster
        if raster is None:
            raise ValueError("an index without polygons has no cells")
        reference = raster.columns.reference[grid[0]], raster.rows.reference[grid[1]]
        local, signed, unsure = self._crossed(place, reference, cell)
        count = raster.count[cell] + np.bincount(local, np.sign(signed), minlength=len(cell)).astype(np.int64)
        total = raster.total[cell] + np.bincount(local, signed, minlength=len(cell)).astype(np.int64)
        unsure |= count < 0
        unsure |= raster.count[cell] < 0
        code[points] = np.where(count == 1, total, 0)
        several = (count > 1) & ~unsure
        crossed = np.zeros(len(cell), dtype=np.bool_)
        crossed[local] = True
        crowd = several & ~crossed
        code[points[crowd]] = self.features + 1 + raster.crowd[cell[crowd]]
        pairs = [self._changed(np.flatnonzero(several & crossed), cell, local, signed)]
        pairs.append(self._by_geos(np.flatnonzero(unsure), place))
        point, feature = (np.concatenate(both) for both in zip(*pairs, strict=True))
        number = np.bincount(point, minlength=len(cell))
        code[points[unsure]] = 0
        alone = number[point] == 1
        code[points[point[alone]]] = feature[alone] + 1
        code[points[number > 1]] = SEVERAL
        return points[point[~alone]], feature[~alone]

    def _crossed(
        self, place: tuple[Floats, Floats], reference: tuple[Floats, Floats], cell: Codes
    ) -> tuple[Integers, Codes, NDArray[np.bool_]]:
        """Return the edges between points and the references of their cells, and which points are too close to tell.

        An edge is given by its point and its zone, negative where the way from the reference leaves the zone.
        """
        raster, edges = self._raster, self._edges
        if raster is None:
            raise ValueError("an index without polygons has no cells")
        begin = raster.begin[cell]
        point, nth = expanded(raster.begin[cell + 1] - begin)
        edge = raster.passing[begin[point] + nth]
        reference_x, reference_y = reference[0][point], reference[1][point]
        # All relative to the reference: differences of near numbers are exact, and products of them small.
        start_x, start_y = edges.x[edge] - reference_x, edges.y[edge] - reference_y
        end_x, end_y = edges.x[edge + 1] - reference_x, edges.y[edge + 1] - reference_y
        point_x, point_y = place[0][point] - reference_x, place[1][point] - reference_y
        # Twice the areas of triangles, positive where the third corner lies to the left of the first two: the
        # edge with the reference, the way with both ends of the edge, and from these the edge with the point.
        of_reference = start_x * end_y - start_y * end_x
        of_start = start_x * point_y - start_y * point_x
        of_end = end_x * point_y - end_y * point_x
        of_point = of_reference + of_end - of_start
        length = np.abs(end_x - start_x) + np.abs(end_y - start_y)
        way = np.abs(point_x) + np.abs(point_y)
        close = np.minimum(np.abs(of_reference), np.abs(of_point)) <= self.margin * length
        close |= np.minimum(np.abs(of_start), np.abs(of_end)) <= self.margin * way
        unsure = np.zeros(len(cell), dtype=np.bool_)
        unsure[point[close]] = True
        left = of_point > 0
        crossed = np.flatnonzero((left != (of_reference > 0)) & ((of_start > 0) != (of_end > 0)))
        signed = edges.signed[edge[crossed]]
        return point[crossed], np.where(left[crossed], signed, -signed), unsure

    def _changed(self, chosen: Integers, cell: Codes, local: Integers, signed: Codes) -> tuple[Integers, Integers]:
        """Return the features of points: those at the reference of the cell, changed by the edges crossed."""
        if not len(chosen) or self._raster is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        raster = self._raster
        at = np.full(len(cell), -1, dtype=np.int64)
        at[chosen] = np.arange(len(chosen))
        crowded = np.flatnonzero(raster.crowd[cell[chosen]] >= 0)
        owner, members = raster.crowds.pairs(raster.crowd[cell[chosen[crowded]]].astype(np.int64))
        one = np.flatnonzero(raster.count[cell[chosen]] == 1)
        mine = at[local] >= 0
        point = np.concatenate([crowded[owner], one, at[local[mine]]])
        feature = np.concatenate([members, raster.total[cell[chosen[one]]], signed[mine]])
        key = point * (self.features + 1) + np.abs(feature)
        keys, inverse = np.unique(key, return_inverse=True)
        there = np.bincount(inverse, np.sign(feature)) > 0
        point, zone = np.divmod(keys[there], self.features + 1)
        return chosen[point], zone - 1

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    def _by_geos(self, chosen: Integers, place: tuple[Floats, Floats]) -> tuple[Integers, Integers]:
        """Return the pairs of points and features as GEOS finds them."""
        if not len(chosen):
            return chosen, chosen
        x, y = place[0][chosen], place[1][chosen]
        with self._lock:  # a prepared polygon makes its index when it is first asked
            point, feature = self._tree.query(shapely.points(x, y))
            shapes = self._shapes[feature]
            large = shapely.get_num_coordinates(shapes) > _WORTH_PREPARING
            shapely.prepare(shapes[large])
            inside = shapely.intersects_xy(shapes, x[point], y[point])
        return chosen[point[inside]], feature[inside]


def _extremes(values: Floats) -> tuple[float, float]:
    return (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
