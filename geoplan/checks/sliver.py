"""sliver: a zone part so thin that it is more likely a digitising accident than a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.area import local_metres
from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.checks.wording import metres, square_metres
from geoplan.plan.rules import SliverRule
from geoplan.shapes import sizes
from geoplan.types import Finding, Text

_FEW = 1000  # parts, which are all measured
_REGION_M = 300_000.0
_MARGIN = 1.5  # one scale for a region of 300 km is off by less, and so is that of degrees along x up to 84°


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the rule asks of each polygon, in metres: area, perimeter, the sides of its minimum rectangle.

    `length` and `width` are those of the rectangle with the same area and perimeter, which unrolls a
    bent strip: an arc's minimum rectangle is as wide as the arc is deep.
    """

    area: NDArray[np.float64]
    perimeter: NDArray[np.float64]
    long_side: NDArray[np.float64]
    short_side: NDArray[np.float64]
    length: NDArray[np.float64]
    width: NDArray[np.float64]


def sliver(subject: Subject, rule: SliverRule) -> Outcome:
    """Report every polygon, single parts of multi-polygons included, that is small or narrow and elongated.

    Each part is measured around its own centre, and held against the two steps of the rule.
    """
    parts, places = subject.parts
    likely = np.flatnonzero(_may_be_small(subject, parts, rule))
    shapes = measure_shapes(local_metres(parts[likely], subject.layer.crs))
    first = np.searchsorted(places, places[likely])  # parts come feature by feature
    findings = tuple(
        _finding(subject, rule, shapes, at, int(likely[at]), int(likely[at] - first[at]) + 1)
        for at in np.flatnonzero(slivers(shapes, rule)).tolist()
    )
    return Outcome(len(parts), findings)


def _may_be_small(subject: Subject, parts: NDArray[np.object_], rule: SliverRule) -> NDArray[np.bool_]:
    """Return which parts can be small or narrow at all: measuring every parcel of a city would take its time.

    The length of the minimum rectangle is at most P/2 and its area at least A, so it is no narrower than 2A/P. Area
    and perimeter are taken in the stored plane with one scale, so only within one region, and with a margin.
    """
    if len(parts) <= _FEW:
        return np.ones(len(parts), np.bool_)
    scale = np.array(subject.metres_per_unit)
    west, south, east, north = shapely.total_bounds(parts)
    across, along = np.array([east - west, north - south]) * scale
    if max(across, along) > _REGION_M or scale.min() * 10 < scale.max():
        return np.ones(len(parts), np.bool_)
    area, perimeter = sizes(parts)
    area, perimeter = area * scale.prod(), perimeter * scale.max()
    return np.asarray((area <= rule.max_area_m2 * _MARGIN) | (2 * area <= rule.max_width_m * _MARGIN * perimeter))


def measure_shapes(local: NDArray[np.object_]) -> Shapes:
    """Return the measures of polygons given in metres."""
    area, perimeter = shapely.area(local), shapely.length(local)
    corners = shapely.get_coordinates(shapely.get_exterior_ring(shapely.oriented_envelope(local)))
    sides = np.hypot(*np.diff(corners.reshape(-1, 5, 2)[:, :3], axis=1).transpose(2, 0, 1))
    half = perimeter / 4
    spread = np.sqrt(np.maximum(half**2 - area, 0.0))  # a disc is rounder than any rectangle
    length = half + spread
    return Shapes(area, perimeter, sides.max(axis=1), sides.min(axis=1), length, area / length)


def slivers(shapes: Shapes, rule: SliverRule) -> NDArray[np.bool_]:
    """Return which polygons are slivers by `rule`."""
    area, perimeter = shapes.area, shapes.perimeter
    small = (
        (area <= rule.max_area_m2)
        | (shapes.short_side <= rule.max_width_m)
        | (2 * area <= rule.max_width_m * perimeter)
    )
    # Multiplied out, so that a polygon of no width at all divides nothing by zero.
    signs = np.stack(
        [
            shapes.long_side >= rule.min_elongation * shapes.short_side,
            4 * np.pi * area <= rule.max_compactness * perimeter**2,
            perimeter >= rule.min_shape_index * 2 * np.sqrt(np.pi * area),
            perimeter**2 >= rule.min_perimeter_ratio * area,
        ]
    )
    return np.asarray(small & (signs.sum(axis=0) >= 2))


def _finding(subject: Subject, rule: SliverRule, shapes: Shapes, at: int, index: int, number: int) -> Finding:
    part, place = subject.parts[0][index], int(subject.parts[1][index])
    area, length, width = (float(values[at]) for values in (shapes.area, shapes.length, shapes.width))
    name, size = subject.part(place, number), f"{metres(length)} × {metres(width)}"
    return Finding(
        check="sliver",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{name.en} is a sliver, about {size} ({square_metres(area)}). "
            "Merge it into a neighbour, or accept it if it is meant.",
            f"{name.zh}是狭长碎面，约 {size}（{square_metres(area)}）。请并入相邻分区；若确有其地，请列为已接受。",
        ),
        subject=subject.layer.geometry_digest(part),
        geometry=part,
        area_m2=area,
        width_m=width,
        measured=width,
        unit="m",
    )
