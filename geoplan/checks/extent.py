"""extent: a zone that lies far from all others, or from everything its plan knows the place of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.checks.wording import SWAPPED, kilometres
from geoplan.crs import Geometries, outside_range, to_lonlat
from geoplan.geodesics import GEOD
from geoplan.plan.rules import ExtentRule
from geoplan.types import Finding, Text

Shapes = NDArray[np.object_]

_FEW = 1000  # zones, whose distances are all measured
_REGION_M = 300_000.0  # within which the scale of a layer differs by less than half


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each shape the `index` of the nearest other one (-1: there is none) and the distance in m (inf then)."""

    index: NDArray[np.int64]
    distance_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where everything lies, in degrees: the boxes around the zones at `places`, those swapped, the facilities."""

    places: NDArray[np.int64]
    boxes: Shapes
    swapped: Shapes
    facilities: Shapes


def extent(subject: Subject, rule: ExtentRule) -> Outcome:
    """Report zones further than the rule allows from all other zones, or from all facilities of the plan.

    Distances are geodesic, from box to box around the zones, so neighbours are near however large they
    are. Facilities count against a single zone only when they are near another one; when they are
    near none, the layer as a whole lies outside its plan, and that is the one finding.
    """
    if _all_close(subject, rule):
        return Outcome(subject.measurable)
    where = _places(subject)
    if not len(where.places):
        return skipped("no zone can be measured", "没有可量算的分区")
    if len(where.places) == 1 and not len(where.facilities):
        return skipped(
            "there is only one zone and no located facility to hold it against",
            "只有一个分区，且没有已定位的设施可供对照",
        )
    limit = rule.max_distance_km * 1000
    to_zones, to_facilities = nearest_other(where.boxes), nearest(where.boxes, where.facilities)
    astray = to_facilities.distance_m > limit if len(where.facilities) else np.zeros(len(where.places), dtype=np.bool_)
    if len(where.facilities) and astray.all():
        return Outcome(len(where.places), (_layer_finding(subject, rule, where, to_facilities),))
    lonely = to_zones.distance_m > limit
    if len(where.places) == 1:
        lonely[:] = False
    findings = [
        _finding(subject, rule, where, at, (to_zones if lonely[at] else None, to_facilities if astray[at] else None))
        for at in np.flatnonzero(lonely | astray).tolist()
    ]
    return Outcome(len(where.places), tuple(findings))


def _all_close(subject: Subject, rule: ExtentRule) -> bool:
    """Return whether every zone is surely near another one, and there are no facilities to hold them against.

    Zones whose middles lie in one square a quarter of the distance wide are nearer to each other than the distance,
    box to box, whatever the scale does within a region. Only large layers are spared the distances.
    """
    located = any(facility.point is not None for facility in subject.facilities)
    if located or subject.measurable <= _FEW:
        return False
    bounds = shapely.bounds(subject.solid[~shapely.is_missing(subject.solid)])
    size = rule.max_distance_km * 1000 / 4 / np.array(subject.metres_per_unit)
    squares = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / size)
    reach = np.ptp(squares, axis=0)
    if rule.max_distance_km <= 0 or reach.max() * size.max() > _REGION_M / min(subject.metres_per_unit):
        return False
    number = (squares - squares.min(axis=0)) @ [reach[1] + 1, 1]
    return bool(np.unique(number, return_counts=True)[1].min() > 1)


def nearest_other(boxes: Shapes) -> Nearest:
    """Return for each of the boxes, in degrees, the nearest other one."""
    # The tree leaves out what equals the box it starts from, and so a second box on the same spot.
    _, first, group = np.unique(shapely.bounds(boxes), axis=0, return_index=True, return_inverse=True)
    shared = np.bincount(group)[group] > 1
    found = nearest(boxes, boxes, exclusive=True)
    return Nearest(np.where(shared, first[group], found.index), np.where(shared, 0.0, found.distance_m))


def nearest(shapes: Shapes, others: Shapes, *, exclusive: bool = False) -> Nearest:
    """Return for each shape the nearest of the others (with `exclusive`, one that does not equal it), in degrees.

    The nearest is chosen in degrees with longitude scaled at the middle latitude; its distance is
    the geodesic between the two closest points.
    """
    index = np.full(len(shapes), -1, dtype=np.int64)
    distance = np.full(len(shapes), np.inf)
    if not len(others):
        return Nearest(index, distance)
    scale = np.array([np.cos(np.radians(np.median(shapely.bounds(shapes)[:, 1]))), 1.0])
    flat, targets = (shapely.transform(array, lambda xy: xy * scale) for array in (shapes, others))
    start, end = shapely.STRtree(targets).query_nearest(flat, exclusive=exclusive, all_matches=False)
    index[start] = end
    lines = shapely.get_coordinates(shapely.shortest_line(flat[start], targets[end])).reshape(-1, 4)
    lines /= np.tile(scale, 2)
    distance[start] = np.asarray(GEOD.inv(*lines.T)[2])
    return Nearest(index, distance)


def _places(subject: Subject) -> _Places:
    crs = subject.layer.crs
    places = np.flatnonzero(~shapely.is_missing(subject.solid))
    west, south, east, north = shapely.bounds(subject.solid[places]).T
    swapped = shapely.box(south, west, north, east)
    swapped[outside_range(swapped, crs)] = None
    facilities = [facility.point for facility in subject.facilities if facility.point is not None]
    return _Places(
        places,
        to_lonlat(shapely.box(west, south, east, north), crs),
        to_lonlat(swapped, crs),
        np.array(facilities, dtype=object),
    )


def _looks_swapped(rule: ExtentRule, where: _Places, at: int, others: Geometries) -> bool:
    """Return whether a zone lands within the distance of one of the others with x and y exchanged."""
    known = np.array(others, dtype=object)
    if where.swapped[at] is None or not len(known):
        return False
    return bool(nearest(where.swapped[[at]], known).distance_m[0] <= rule.max_distance_km * 1000)


def _finding(
    subject: Subject, rule: ExtentRule, where: _Places, at: int, reasons: tuple[Nearest | None, Nearest | None]
) -> Finding:
    place = int(where.places[at])
    name, (to_zones, to_facilities) = subject.feature(place), reasons
    english, chinese, distances = [], [], []
    if to_zones is not None:
        other = subject.name(subject.labels[int(where.places[to_zones.index[at]])])
        far = float(to_zones.distance_m[at])
        english.append(f"{kilometres(far)} from the nearest other zone ({other.en})")
        chinese.append(f"距最近的其他分区（{other.zh}）{kilometres(far)}")
        distances.append(far)
    if to_facilities is not None:
        far = float(to_facilities.distance_m[at])
        english.append(f"{kilometres(far)} from the nearest facility of the plan")
        chinese.append(f"距规划中最近的设施 {kilometres(far)}")
        distances.append(far)
    rest = [box for index, box in enumerate(where.boxes) if index != at]
    hint = SWAPPED if _looks_swapped(rule, where, at, [*rest, *where.facilities]) else _CHECK
    return Finding(
        check="extent",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{name.en} lies {' and '.join(english)}; at most {rule.max_distance_km:g} km is expected. {hint.en}",
            f"{name.zh}{'，'.join(chinese)}，超过 {rule.max_distance_km:g} km。{hint.zh}",
        ),
        subject=subject.subject_digest(place),
        geometry=subject.solid[place],
        expected=rule.max_distance_km,
        measured=max(distances) / 1000,
        unit="km",
    )


def _layer_finding(subject: Subject, rule: ExtentRule, where: _Places, to_facilities: Nearest) -> Finding:
    closest = int(np.argmin(to_facilities.distance_m))
    far = float(to_facilities.distance_m[closest])
    hint = SWAPPED if _looks_swapped(rule, where, closest, where.facilities) else _CHECK
    places = where.places.tolist()
    return Finding(
        check="extent",
        severity=rule.severity,
        zones=tuple(subject.labels[place] for place in places),
        message=Text(
            f"The layer lies outside its plan: its nearest zone is {kilometres(far)} from the nearest facility; "
            f"at most {rule.max_distance_km:g} km is expected. {hint.en}",
            f"图层位于规划范围之外：最近的分区距最近的设施 {kilometres(far)}，"
            f"超过 {rule.max_distance_km:g} km。{hint.zh}",
        ),
        subject=subject.subject_digest(*places),
        geometry=shapely.box(*shapely.total_bounds(subject.solid[where.places])),
        expected=rule.max_distance_km,
        measured=far / 1000,
        unit="km",
    )


_CHECK = Text("Check its coordinates and coordinate system.", "请核对其坐标与坐标系。")
