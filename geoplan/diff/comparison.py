"""The comparison people read: a difference with areas, totals and shares, findings, and facilities that changed zone.

Areas are in m² on the ellipsoid, of edges straight in the plane of the sets' CRS (`geoplan.area.piece_areas`).
"""

from __future__ import annotations

from collections import ChainMap, Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.area import piece_areas
from geoplan.crs import norm_crs, project
from geoplan.diff.algebra import Additions, Diff, between
from geoplan.diff.boundary import Ints, Shapes
from geoplan.diff.classify import ChangeKind
from geoplan.diff.overlay import differences, intersections, solid
from geoplan.diff.rows import Rows, ZoneRow, made_rows
from geoplan.diff.zoneset import Zone, ZoneSet, geometries_of, shapes_of
from geoplan.result import CheckResult, Measurement
from geoplan.types import Facility, Finding, Text, Tolerance, ZoneId

_WGS84 = norm_crs("EPSG:4326")
_REST = 1e-6  # of a piece's area: what is left of it after subtraction within this is rounding


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison: the zones, what to call them, and what is known about them besides.

    `label` is a path, a plan or "revision 3"; `measurement` and `result` are those of these zones.
    """

    label: str
    zones: ZoneSet
    revision: int | None = None
    sha256: str | None = None
    measurement: Measurement | None = None
    result: CheckResult | None = None

    @property
    def figures(self) -> Measurement | None:
        """Return the measurement, that of the check if no other is given."""
        return self.measurement or (self.result.measurement if self.result else None)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Ground that left zone `source` and entered zone `target`, in m²; None stands for no zone."""

    source: ZoneId | None
    target: ZoneId | None
    area_m2: float


@dataclass(frozen=True, slots=True)
class FacilityMove:
    """A facility that lies in other zones than before; a zone that was only recoded is not another."""

    facility: Facility
    before: tuple[ZoneId, ...]
    after: tuple[ZoneId, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of the same zones side by side; `rows` has every zone of either, sorted by id."""

    before: Version
    after: Version
    tolerance: Tolerance
    diff: Diff
    rows: Sequence[ZoneRow]
    transfers: tuple[Transfer, ...]
    introduced: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    facilities: tuple[FacilityMove, ...]

    @property
    def crs(self) -> CRS:
        """Return the CRS of all geometry in the comparison."""
        return self.before.zones.crs

    @cached_property
    def counts(self) -> Mapping[ChangeKind, int]:
        """Return the number of zones of each kind of change, zero included."""
        added = isinstance(self.diff.changes, Additions)
        counted = Counter(change.kind for change in (() if added else self.diff.changes))
        counted[ChangeKind.ADDED] += len(self.diff.changes) if added else 0
        counted[ChangeKind.UNCHANGED] += len(self.rows) - len(self.diff.changes)
        return {kind: counted[kind] for kind in ChangeKind}

    @property
    def told(self) -> Sequence[ZoneRow]:
        """Return the rows of the zones that are not equal on both sides, by less than the tolerance and fields too."""
        if isinstance(self.rows, Rows):
            return self.rows.changed
        return tuple(row for row in self.rows if row.change.before != row.change.after)

    @property
    def with_fields(self) -> Sequence[ZoneRow]:
        """Return the rows of the zones on both sides that have other fields."""
        return [] if isinstance(self.diff.changes, Additions) else [row for row in self.told if row.fields]

    @property
    def is_unchanged(self) -> bool:
        """Return whether no boundary, id or field differs by more than the tolerance."""
        return all(one.kind is ChangeKind.UNCHANGED and not one.fields for one in self.diff.changes)

    def total_m2(self, side: str) -> float:
        """Return the total area of the side "before" or "after": its measurement's, else the sum of its zones'."""
        version = self.before if side == "before" else self.after
        if self.before.figures and self.after.figures and version.figures:
            return version.figures.total_m2
        if isinstance(self.rows, Rows):
            return self.rows.totals[side == "after"]
        return float(sum(getattr(row, f"area_{side}_m2") or 0.0 for row in self.rows))


def compare(
    before: Version, after: Version, *, tolerance: Tolerance | None = None, facilities: Sequence[Facility] = ()
) -> Comparison:
    """Return the comparison of two versions in one projected CRS.

    Findings are compared when both versions have a check's result, by their ids. Raises CrsError when the
    two are in different systems.
    """
    held_to = tolerance or Tolerance()
    diff = between(before.zones, after.zones, tolerance=held_to)
    names: ChainMap[ZoneId, Text] = ChainMap(_names(after), _names(before))  # type: ignore[arg-type]  # only read
    rows = made_rows(before.zones, diff, names)
    introduced, fixed = _findings(before.result, after.result)
    return Comparison(
        before=before,
        after=after,
        tolerance=held_to,
        diff=diff,
        rows=rows,
        transfers=_gained(rows)
        if isinstance(diff.changes, Additions)
        else _transfers([row for row in rows.changed if row.kind is not ChangeKind.UNCHANGED], before.zones.crs),
        introduced=introduced,
        fixed=fixed,
        facilities=_facilities(before.zones, diff, facilities),
    )


def _gained(rows: Rows) -> tuple[Transfer, ...]:
    """Return the ground of zones that stand where nothing was."""
    areas = zip(rows.ids, rows.areas.tolist(), strict=True)
    return tuple(Transfer(None, zone, area) for zone, area in areas if area > 0.0)


def _transfers(rows: Sequence[ZoneRow], crs: CRS) -> tuple[Transfer, ...]:
    """Return which ground went from which zone to which, by the pieces that left and those that entered."""
    leaving = [row for row in rows if row.moved_out is not None and row.change.before is not None]
    entering = [row for row in rows if row.moved_in is not None and row.change.after is not None]
    left, entered = _array([row.moved_out for row in leaving]), _array([row.moved_in for row in entering])
    one, other = shapely.STRtree(entered).query(left)
    areas = np.nan_to_num(piece_areas(intersections(left[one], entered[other]), crs))
    found = [
        Transfer(_id(leaving[i].change.before), _id(entering[j].change.after), float(area))
        for i, j, area in zip(one.tolist(), other.tolist(), areas.tolist(), strict=True)
        if area > 0.0
    ]
    lost = _rest(left, one, entered[other], crs)
    gained = _rest(entered, other, left[one], crs)
    found += [Transfer(_id(row.change.before), None, area) for row, area in zip(leaving, lost, strict=True) if area]
    found += [Transfer(None, _id(row.change.after), area) for row, area in zip(entering, gained, strict=True) if area]
    return tuple(sorted(found, key=lambda t: (t.source is None, t.source or "", t.target is None, t.target or "")))


def _rest(pieces: Shapes, places: Ints, taken: Shapes, crs: CRS) -> list[float]:
    """Return the area in m² of each piece outside all that was taken of it; 0 where that is only rounding."""
    gone = np.full(len(pieces), None, dtype=object)
    order = np.argsort(places, kind="stable")
    found, first = np.unique(places[order], return_index=True)
    ends = np.append(first[1:], len(order))  # one too many when there is nothing
    for place, begin, end in zip(found.tolist(), first.tolist(), ends.tolist(), strict=False):
        gone[place] = shapely.union_all(taken[order[begin:end]])
    rest = np.nan_to_num(piece_areas(differences(pieces, gone), crs))
    return np.where(rest > _REST * np.nan_to_num(piece_areas(pieces, crs)), rest, 0.0).tolist()  # type: ignore[no-any-return]


def _findings(before: CheckResult | None, after: CheckResult | None) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the findings that only the check after has, and those that only the check before has."""
    if before is None or after is None:
        return (), ()
    old, new = {finding.id for finding in before.findings}, {finding.id for finding in after.findings}
    introduced = tuple(finding for finding in after.findings if finding.id not in old)
    return introduced, tuple(finding for finding in before.findings if finding.id not in new)


def _facilities(zones: ZoneSet, diff: Diff, facilities: Sequence[Facility]) -> tuple[FacilityMove, ...]:
    """Return the facilities whose zones differ; one on a boundary lies in the zones on both sides."""
    located = [facility for facility in facilities if facility.point is not None]
    if not located:
        return ()
    points = project(_array([facility.point for facility in located]), _WGS84, zones.crs)
    points[~np.isfinite(shapely.get_x(points))] = None
    # A boundary that counts as unchanged decides nothing, also where it differs by less than the tolerance.
    if isinstance(diff.changes, Additions):
        come = _standing(points, range(len(points)), diff.changes.zones, frozenset())
        return tuple(FacilityMove(located[place], (), tuple(sorted(come[place]))) for place in sorted(come))
    changed = [change for change in diff.changes if change.kind is not ChangeKind.UNCHANGED]
    old = _lying_in(points, [change.before for change in changed if change.before])
    new = _lying_in(points, [change.after for change in changed if change.after])
    alias = {
        change.before.id: change.after.id
        for change in changed
        if change.kind is ChangeKind.RECODED and change.before and change.after
    }
    affected = {c.before.id for c in changed if c.before} | {c.after.id for c in changed if c.after}
    stable = _standing(points, sorted(old.keys() | new.keys()), zones, affected)
    moves = []
    for place in sorted(old.keys() | new.keys()):
        were, are = old.get(place, set()), new.get(place, set())
        if {alias.get(key, key) for key in were} != are:
            kept = stable.get(place, set())
            moves.append(FacilityMove(located[place], tuple(sorted(were | kept)), tuple(sorted(are | kept))))
    return tuple(moves)


def _lying_in(points: Shapes, zones: Sequence[Zone]) -> dict[int, set[ZoneId]]:
    """Return for each place in `points` the zones it lies in or on the boundary of."""
    found: dict[int, set[ZoneId]] = defaultdict(set)
    shapes = solid(geometries_of(zones))
    for place, zone in zip(*shapely.STRtree(shapes).query(points, predicate="intersects").tolist(), strict=True):
        found[place].add(zones[zone].id)
    return found


def _standing(points: Shapes, places: Sequence[int], zones: ZoneSet, but: Set[ZoneId]) -> dict[int, set[ZoneId]]:
    """Return as `_lying_in` for some places the zones that did not change; only those around them are made solid."""
    found: dict[int, set[ZoneId]] = defaultdict(set)
    if not places:
        return found
    ids = [key for key in zones.zones if key not in but]
    shapes = shapes_of(zones.zones, ids)
    point, zone = shapely.STRtree(shapes).query(points[list(places)])
    near = np.unique(zone)
    shapes[near] = solid(shapes[near])
    inside = shapely.intersects(points[list(places)][point], shapes[zone])
    for which, place in zip(zone[inside].tolist(), point[inside].tolist(), strict=True):
        found[places[place]].add(ids[which])
    return found


def _names(version: Version) -> Mapping[ZoneId, Text]:
    """Return the names of a version's zones; those of its check, since to look at its figures is to measure them."""
    if version.measurement is None and version.result is not None:
        return version.result.names
    known = dict(version.result.names) if version.result else {}
    return known | ({zone.id: zone.name for zone in version.measurement.zones} if version.measurement else {})


def _array(shapes: Sequence[BaseGeometry | None]) -> Shapes:
    holder = np.full(len(shapes), None, dtype=object)
    holder[:] = shapes
    return holder


def _id(zone: Zone | None) -> ZoneId | None:
    return zone.id if zone else None
