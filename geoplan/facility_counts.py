"""Where facilities lie: counts and density per zone and category, and whether each lies in the zone it names.

By geometry, in the plane of the plan's areas; a facility on an edge lies in the zones on both sides. How well a place
is known is carried along: how many facilities are in a zone for certain, and how many may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.crs import determinants, metres_jacobian
from geoplan.ellipsoid import Floats
from geoplan.ground import Ground, Opened, accuracies, ground_of
from geoplan.match import folded, known_names
from geoplan.plan import Plan
from geoplan.types import M2_PER_KM2, Facility, Text, ZoneId

Ints: TypeAlias = NDArray[np.int64]

_CHUNK = 2_000  # places looked up at a time, so that vague places in many zones stay within memory


class Standing(StrEnum):
    """How the zone a facility names compares with where it lies."""

    AGREES = "agrees"
    WITHIN_ACCURACY = "within-accuracy"
    ELSEWHERE = "elsewhere"
    UNKNOWN_ZONE = "unknown-zone"
    NO_BOUNDARY = "no-boundary"
    NOT_STATED = "not-stated"
    NOT_LOCATED = "not-located"


@dataclass(frozen=True, slots=True)
class PlacedFacility:
    """A facility with the zones it lies `inside`, the zone it is `stated` to lie in (by id), and how the two compare.

    `distance_m` is how far outside the stated zone it lies: 0 inside, None where there is nothing to compare.
    """

    facility: Facility
    inside: tuple[ZoneId, ...]
    stated: ZoneId | None
    standing: Standing
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """The facilities in one zone: `count` as drawn, `by_category`, `sure` and `possible` as their accuracy allows.

    `sure` lie inside by more than their accuracy radius; `possible` may lie inside, those of unknown accuracy where
    they are drawn. `stated` name this zone, located or not. `area_m2` is None where it cannot be measured.
    """

    id: ZoneId
    name: Text
    area_m2: float | None
    count: int
    sure: int
    possible: int
    stated: int
    by_category: Mapping[str, int]

    def per_km2(self, category: str | None = None) -> float | None:
        """Return the facilities (of a category) per km² of the zone, None without an area."""
        count = self.count if category is None else self.by_category.get(category, 0)
        return count / (self.area_m2 / M2_PER_KM2) if self.area_m2 else None


@dataclass(frozen=True, slots=True)
class FacilityCounts:
    """All counts of a plan: `zones` in the order of the layer, `placed` with one entry per facility in file order.

    A facility in several zones (overlaps, edges) counts in each of them, and once in `inside`. `outside` lie in no
    zone, `unlocated` have no place; the three add up to all facilities.
    """

    zones: tuple[ZoneCount, ...]
    placed: tuple[PlacedFacility, ...]
    inside: int
    outside: int
    unlocated: int

    @property
    def several(self) -> tuple[PlacedFacility, ...]:
        """Return the facilities that lie in more than one zone."""
        return tuple(placed for placed in self.placed if len(placed.inside) > 1)

    @property
    def misplaced(self) -> tuple[PlacedFacility, ...]:
        """Return the facilities that lie outside the zone they name, or name one there is not."""
        wrong = (Standing.ELSEWHERE, Standing.WITHIN_ACCURACY, Standing.UNKNOWN_ZONE)
        return tuple(placed for placed in self.placed if placed.standing in wrong)


def count_facilities(view: Opened) -> FacilityCounts:
    """Return how many of a plan's facilities lie in each zone; raises UsageError when no boundary is published."""
    ground, facilities = ground_of(view), view.facilities
    lookup = _Lookup.of(ground, facilities)
    inside = lookup.inside()
    stated = _stated(view.plan, ground, facilities)
    placed = _placed(lookup, facilities, inside, stated)
    return FacilityCounts(
        zones=_zones(lookup, facilities, inside, stated),
        placed=placed,
        inside=sum(1 for one in placed if one.inside),
        outside=sum(1 for one in placed if not one.inside and one.facility.point is not None),
        unlocated=sum(1 for facility in facilities if facility.point is None),
    )


def uncounted(view: Opened) -> tuple[PlacedFacility, ...]:
    """Return the facilities of a plan without boundaries: they lie in no zone, since nobody knows where one is."""

    def standing(facility: Facility) -> Standing:
        if facility.point is None:
            return Standing.NOT_LOCATED
        return Standing.NO_BOUNDARY if facility.zone else Standing.NOT_STATED

    return tuple(
        PlacedFacility(facility, (), facility.zone or None, standing(facility), None) for facility in view.facilities
    )


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Points (None: not located) and zones in one plane; a zone is one label, of as many features as it has."""

    ground: Ground
    points: NDArray[Any]
    accuracy: Floats
    merged: NDArray[Any]

    @classmethod
    def of(cls, ground: Ground, facilities: Sequence[Facility]) -> _Lookup:
        located = [row for row, facility in enumerate(facilities) if facility.point is not None]
        points = np.full(len(facilities), None, dtype=object)
        points[located] = ground.points([facilities[row] for row in located])
        merged = np.empty(len(ground.rows), dtype=object)
        for place, rows in enumerate(ground.rows.values()):
            solid = [shape for row in rows if (shape := ground.shapes[row]) is not None]
            merged[place] = shapely.union_all(solid) if len(solid) > 1 else next(iter(solid), None)
        return cls(ground, points, accuracies(facilities), merged)

    @property
    def zone_of(self) -> Ints:
        """Return for each feature the place of its label among the labels."""
        order = {label: place for place, label in enumerate(self.ground.rows)}
        return np.array([order[label] for label in self.ground.labels], dtype=np.int64)

    def inside(self) -> tuple[Ints, Ints]:
        """Return the pairs of point and zone where the point lies in the zone or on its edge, each pair once."""
        point, feature = shapely.STRtree(self.ground.shapes).query(self._usable, predicate="intersects")
        return self._pairs(point, feature)

    def sure(self, pairs: tuple[Ints, Ints]) -> NDArray[np.bool_]:
        """Return which pairs hold wherever within its accuracy the point truly is."""
        point, zone = pairs
        edge = shapely.distance(self.points[point], shapely.boundary(self.merged)[zone])
        known: NDArray[np.bool_] = edge * self._scale(point) >= self.accuracy[point]  # never so for NaN
        return known

    def possible(self) -> Ints:
        """Return for each zone how many points may lie in it."""
        counts = np.zeros(len(self.ground.rows), dtype=np.int64)
        tree, zone_of = shapely.STRtree(self.ground.shapes), self.zone_of
        usable, width = self._usable, max(len(self.ground.rows), 1)
        rows = np.flatnonzero(~shapely.is_missing(usable))
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            radius = np.nan_to_num(self.accuracy[chunk], nan=0.0) / self._scale(chunk)
            point, feature = tree.query(usable[chunk], predicate="dwithin", distance=radius)
            counts += np.bincount(np.unique(point * width + zone_of[feature]) % width, minlength=width)[: len(counts)]
        return counts

    def distance(self, rows: Ints, zones: Ints) -> Floats:
        """Return how far in m points lie outside zones, in the scale that holds at the point."""
        return np.asarray(shapely.distance(self.points[rows], self.merged[zones]) * self._scale(rows))

    @property
    def _usable(self) -> NDArray[Any]:
        """Return the points that have a place in the plane."""
        finite = np.isfinite(shapely.get_x(self.points)) & np.isfinite(shapely.get_y(self.points))
        return np.where(finite, self.points, np.array(None, dtype=object))

    def _scale(self, rows: Ints) -> Floats:
        """Return the metres on the ellipsoid of one unit of the plane, at each of some points."""
        jacobian = metres_jacobian(self.ground.crs, shapely.get_x(self.points[rows]), shapely.get_y(self.points[rows]))
        return np.asarray(np.sqrt(determinants(jacobian)))

    def _pairs(self, point: Ints, feature: Ints) -> tuple[Ints, Ints]:
        width = max(len(self.ground.rows), 1)
        keys = np.unique(point * width + self.zone_of[feature]) if len(point) else np.empty(0, np.int64)
        points, zones = np.divmod(keys, width)
        return points, zones


def _stated(plan: Plan, ground: Ground, facilities: Sequence[Facility]) -> list[ZoneId | None]:
    """Return the id of the zone each facility names, as it names it where there is no such zone."""
    names = known_names(plan)

    def meant(said: str) -> ZoneId:
        return said if said in ground.rows else names.get(folded(said), said)

    return [meant(facility.zone) if facility.zone else None for facility in facilities]


def _placed(
    lookup: _Lookup, facilities: Sequence[Facility], inside: tuple[Ints, Ints], stated: Sequence[ZoneId | None]
) -> tuple[PlacedFacility, ...]:
    labels = list(lookup.ground.rows)
    order = {label: place for place, label in enumerate(labels)}
    within: list[list[ZoneId]] = [[] for _ in facilities]
    for point, zone in zip(*(values.tolist() for values in inside), strict=True):
        within[point].append(labels[zone])
    measurable = {label for label, row in zip(labels, lookup.merged, strict=True) if row is not None}
    outside = [
        row
        for row, (facility, name) in enumerate(zip(facilities, stated, strict=True))
        if facility.point is not None and name in measurable and name not in within[row]
    ]
    distances = lookup.distance(
        np.array(outside, dtype=np.int64), np.array([order[stated[row] or ""] for row in outside], dtype=np.int64)
    )
    away = dict(zip(outside, distances.tolist(), strict=True))
    declared = set(lookup.ground.subject.names)
    found = []
    for row, facility in enumerate(facilities):
        name, distance = stated[row], away.get(row)
        standing = _standing(facility, name, measurable, declared, distance, lookup.accuracy[row])
        known = distance if distance is not None else 0.0 if standing is Standing.AGREES else None
        found.append(PlacedFacility(facility, tuple(within[row]), name, standing, known))
    return tuple(found)


def _standing(
    facility: Facility,
    stated: ZoneId | None,
    measurable: set[ZoneId],
    declared: set[ZoneId],
    distance: float | None,
    accuracy: float,
) -> Standing:
    if stated is not None and stated not in declared:
        return Standing.UNKNOWN_ZONE
    if facility.point is None:
        return Standing.NOT_LOCATED
    if stated is None:
        return Standing.NOT_STATED
    if stated not in measurable:
        return Standing.NO_BOUNDARY
    if distance is None:
        return Standing.AGREES
    return Standing.WITHIN_ACCURACY if distance <= accuracy else Standing.ELSEWHERE


def _zones(
    lookup: _Lookup, facilities: Sequence[Facility], inside: tuple[Ints, Ints], stated: Sequence[ZoneId | None]
) -> tuple[ZoneCount, ...]:
    ground = lookup.ground
    points, zones = inside
    width = len(ground.rows)
    counts, sure = np.bincount(zones, minlength=width), np.bincount(zones[lookup.sure(inside)], minlength=width)
    possible, named = lookup.possible(), Counter(stated)
    categories: list[Counter[str]] = [Counter() for _ in range(width)]
    for point, zone in zip(points.tolist(), zones.tolist(), strict=True):
        categories[zone][facilities[point].category] += 1
    return tuple(
        ZoneCount(
            id=label,
            name=ground.name(label),
            area_m2=_area(ground, rows),
            count=int(counts[place]),
            sure=int(sure[place]),
            possible=int(possible[place]),
            stated=named[label],
            by_category=dict(categories[place]),
        )
        for place, (label, rows) in enumerate(ground.rows.items())
    )


def _area(ground: Ground, rows: Sequence[int]) -> float | None:
    areas = ground.area_m2[list(rows)]
    return None if np.isnan(areas).all() else float(np.nansum(areas))
