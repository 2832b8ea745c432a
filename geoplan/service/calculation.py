"""From facilities and a radius to covered shares with their bounds, and the pieces nobody covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.area import widths
from geoplan.arrays import objects
from geoplan.coverage import overlaps
from geoplan.ellipsoid import Floats
from geoplan.errors import UsageError
from geoplan.ground import Ground, Opened, ground_of
from geoplan.plan import Plan
from geoplan.service.cautions import cautions
from geoplan.service.discs import Reach
from geoplan.service.values import ServiceCoverage, UncoveredPiece, ZoneService
from geoplan.types import Text, ZoneId

MAX_RADIUS_M = 50_000.0  # up to here a disc on the ellipsoid has the area of a plane one within 1e-5


@dataclass(frozen=True, slots=True)
class _Figures:
    """Per shape, in m²: its area, what of it is covered, and what is so at least and at most (NaN: no area)."""

    area: Floats
    covered: Floats
    low: Floats
    high: Floats

    def replaced(self, rows: Sequence[int], others: _Figures) -> _Figures:
        """Return the figures with those of some rows taken from `others`, in that order."""
        pairs = [
            (self.area, others.area), (self.covered, others.covered), (self.low, others.low), (self.high, others.high)
        ]  # fmt: skip
        mixed = [own.copy() for own, _ in pairs]
        for values, (_, other) in zip(mixed, pairs, strict=True):
            values[list(rows)] = other
        return _Figures(*mixed)


@dataclass(frozen=True, slots=True)
class _Survey:
    """The discs on the ground: as drawn, `near` (reached for certain) and `far` (reached perhaps); what they cover.

    `earlier` has, for each feature that overlaps earlier ones, those: it leaves to them the ground they share.
    """

    ground: Ground
    reach: Reach
    discs: NDArray[Any]
    near: NDArray[Any]
    far: NDArray[Any]
    earlier: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, ground: Ground, reach: Reach) -> _Survey:
        earlier: dict[int, tuple[int, ...]] = {}
        for overlap in overlaps(ground.shapes):
            earlier[overlap.second] = (*earlier.get(overlap.second, ()), overlap.first)
        discs = reach.discs(ground)
        exact = bool((reach.accuracy == 0).all())
        near, far = (discs, discs) if exact else (reach.discs(ground, -1), reach.discs(ground, 1))
        return cls(ground, reach, discs, near, far, earlier)

    def figures(self, shapes: NDArray[Any], area: Floats, unions: NDArray[Any]) -> _Figures:
        """Return the figures of shapes with the unions of the discs that meet them; `area` is theirs as measured."""

        def covered(discs: NDArray[Any]) -> Floats:
            return drawn if discs is self.discs else self._measured(shapes, area, _unions(shapes, discs))

        drawn = self._measured(shapes, area, unions)
        # What rounding leaves between equal figures must not turn a bound round.
        return _Figures(area, drawn, np.minimum(covered(self.near), drawn), np.maximum(covered(self.far), drawn))

    def _measured(self, shapes: NDArray[Any], area: Floats, unions: NDArray[Any]) -> Floats:
        parts = _inside(shapes, unions)
        whole = np.array([part is shape for part, shape in zip(parts, shapes, strict=True)], dtype=bool)
        measured = self.ground.measure(np.where(whole, np.array(None, dtype=object), parts))
        return np.where(np.isnan(area), np.nan, np.minimum(np.where(whole, area, measured), area))

    def row(self, label: ZoneId, name: Text, figures: _Figures, rows: Sequence[int]) -> ZoneService:
        """Return the figures of some features as one row."""
        chosen = list(rows)
        if np.isnan(figures.area[chosen]).all():
            return ZoneService(label, name, None, None, None, None, None)
        area, covered, low, high = (
            float(np.nansum(values[chosen])) for values in (figures.area, figures.covered, figures.low, figures.high)
        )
        if not area > 0:
            return ZoneService(label, name, area, None, None, None, None)
        shares = [value / area for value in (covered, low, high)]
        return ZoneService(label, name, area, covered, shares[0], shares[1], shares[2] if self.reach.bounded else None)

    def once(self, label: str, name: Text, figures: _Figures, rows: Sequence[int]) -> ZoneService:
        """Return several features as one row in which ground that lies in more than one of them counts once."""
        members, shapes = set(rows), self.ground.shapes
        before = {row: [other for other in self.earlier.get(row, ()) if other in members] for row in rows}
        shared = [row for row, others in before.items() if others]
        if shared:
            rest = np.empty(len(shared), dtype=object)
            for place, row in enumerate(shared):
                rest[place] = _polygons(shapely.difference(shapes[row], shapely.union_all(shapes[before[row]])))
            own = self.figures(rest, self.ground.measure(rest), _unions(rest, self.discs))
            figures = figures.replaced(shared, own)
        return self.row(label, name, figures, rows)


def service_coverage(view: Opened, category: str, radius_m: float) -> ServiceCoverage:
    """Return which ground the facilities of a category serve within a straight-line distance in m.

    Facilities outside all zones serve as well. Raises UsageError when no boundary is published yet, for a category
    the plan does not know, and for a radius that is not above 0 and at most 50 km.
    """
    _require_radius(radius_m)
    _require_category(view, category)
    ground = ground_of(view)
    ours = [facility for facility in view.facilities if facility.category == category]
    counted = tuple(facility for facility in ours if facility.point is not None)
    survey = _Survey.of(ground, Reach.of(counted, radius_m))
    unions = _unions(ground.shapes, survey.discs)
    figures = survey.figures(ground.shapes, ground.area_m2, unions)
    uncovered, tolerated, tolerated_m2 = _uncovered(ground, unions)
    return ServiceCoverage(
        category=category,
        radius_m=radius_m,
        zones=tuple(survey.row(label, ground.name(label), figures, rows) for label, rows in ground.rows.items()),
        groups=_groups(view.plan, survey, figures),
        total=survey.once("total", Text("All zones", "全部分区"), figures, range(len(ground.labels))),
        uncovered=uncovered,
        tolerated=tolerated,
        tolerated_m2=tolerated_m2,
        served=shapely.union_all(survey.discs),
        counted=counted,
        unlocated=tuple(facility for facility in ours if facility.point is None),
        cautions=cautions(view.plan, ground, ours, radius_m),
        crs=ground.crs,
    )


def radii_for(plan: Plan, category: str) -> tuple[float, ...]:
    """Return the radii in m a plan asks service coverage for, in order: the category's own, else those of all."""
    own = next((entry.radii_m for entry in plan.categories if entry.id == category), ())
    return tuple(sorted(set(own or plan.service.radii_m)))


def known_categories(view: Opened) -> tuple[str, ...]:
    """Return the categories of a plan's facilities: in the plan's order, then those it has no name for."""
    used = {facility.category for facility in view.facilities}
    declared = [entry.id for entry in view.plan.categories]
    return (*(name for name in declared if name in used), *sorted(used.difference(declared)))


def _unions(shapes: NDArray[Any], discs: NDArray[Any]) -> NDArray[Any]:
    """Return for each shape the union of the discs it meets; of a disc that holds it all that disc alone; else None."""
    found = np.full(len(shapes), None, dtype=object)
    if not len(discs):
        return found
    shapely.prepare(discs)
    shape, disc = shapely.STRtree(discs).query(shapes, predicate="intersects")
    whole = shapely.contains_properly(discs[disc], shapes[shape])
    found[shape[whole]] = discs[disc[whole]]
    cut = shapely.is_missing(found[shape])
    order = np.argsort(shape[cut], kind="stable")
    shape, disc = shape[cut][order], disc[cut][order]
    places, starts = np.unique(shape, return_index=True)
    known: dict[bytes, BaseGeometry] = {}
    for place, group in zip(places, np.split(disc, starts[1:]) if len(places) else (), strict=True):
        key = np.sort(group).tobytes()  # neighbouring zones are often reached by the same discs
        if key not in known:
            known[key] = shapely.union_all(discs[group])
        found[place] = known[key]
    return found


def _inside(shapes: NDArray[Any], unions: NDArray[Any]) -> NDArray[Any]:
    """Return what of each shape lies in its union, None without one; the same object where that is all of it."""
    whole = shapely.contains_properly(unions, shapes)
    cut = shapely.intersection(shapes, np.where(whole, np.array(None, dtype=object), unions))
    return np.where(whole, shapes, objects(map(_polygons, cut)))


def _polygons(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return the polygons of a shape, without the lines and points where two shapes only touch."""
    if shape is None or shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])


def _uncovered(ground: Ground, unions: NDArray[Any]) -> tuple[tuple[UncoveredPiece, ...], int, float]:
    """Return the pieces no disc covers, largest first, and the number and m² of those within the tolerance."""
    rest = np.where(shapely.is_missing(unions), ground.shapes, shapely.difference(ground.shapes, unions))
    pieces, places = shapely.get_parts(rest, return_index=True)
    solid = ~shapely.is_empty(pieces)  # of a polygon that is covered altogether, an empty one is left
    pieces, places = pieces[solid], places[solid]
    areas = ground.measure(pieces)
    kept = _exceed(ground, pieces, areas)
    found = [
        UncoveredPiece(ground.labels[places[row]], float(areas[row]), pieces[row])
        for row in sorted(np.flatnonzero(kept), key=lambda row: (-areas[row], places[row], row))
    ]
    return tuple(found), int((~kept).sum()), float(areas[~kept].sum())


def _exceed(ground: Ground, pieces: NDArray[Any], areas: Floats) -> NDArray[np.bool_]:
    """Return which pieces are more than the tolerance allows, in area and in width."""
    tolerance = ground.subject.tolerance
    kept = np.asarray(areas > tolerance.area_m2)
    # The width is at least 4 A / (P + √(P² + 4π·holes·A)) (see `area.widths`): only thin pieces need a closer look.
    perimeter, holes = shapely.length(pieces), shapely.get_num_interior_rings(pieces)
    at_least = 4 * areas / np.maximum(perimeter + np.sqrt(perimeter**2 + 4 * np.pi * holes * areas), 1e-300)
    doubtful = np.flatnonzero(kept & (at_least <= 1.01 * tolerance.width_m))
    kept[doubtful] = widths(pieces[doubtful], ground.crs) > tolerance.width_m
    return kept


def _groups(plan: Plan, survey: _Survey, figures: _Figures) -> tuple[ZoneService, ...]:
    rows = []
    for group in plan.groups:
        members = plan.zones_in(group.id)
        places = [place for place, label in enumerate(survey.ground.labels) if label in members]
        rows.append(survey.once(group.id, group.name, figures, places))
    return tuple(rows)


def _require_radius(radius_m: float) -> None:
    if not 0 < radius_m <= MAX_RADIUS_M:
        raise UsageError(
            Text(
                f"a service radius of {radius_m:g} m is not above 0 and at most {MAX_RADIUS_M:,.0f} m.",
                f"服务半径 {radius_m:g} m 应大于 0 且不超过 {MAX_RADIUS_M:,.0f} m。",
            ),
            hint=Text("Give a radius in metres, such as 500.", "请以米为单位给出半径，如 500。"),
        )


def _require_category(view: Opened, category: str) -> None:
    known = {*known_categories(view), *(entry.id for entry in view.plan.categories)}
    if category not in known:
        listed = ", ".join(sorted(known)) or "–"
        raise UsageError(
            Text(f"the plan has no facility category “{category}”.", f"规划中没有设施类别“{category}”。"),
            where=view.plan.id,
            hint=Text(f"Categories: {listed}.", f"可用类别：{listed}。"),
        )
