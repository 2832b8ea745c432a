"""The rows of a comparison: one for each zone of either side, with areas, shares and the ground that moved.

Areas are in m² on the ellipsoid, of edges straight in the plane of the sets' CRS (`geoplan.area.piece_areas`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, overload

import numpy as np
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.area import piece_areas
from geoplan.crs import metres_per_unit
from geoplan.diff.algebra import Additions, Diff
from geoplan.diff.boundary import Floats, Shapes, moved_by
from geoplan.diff.classify import ChangeKind, ZoneChange
from geoplan.diff.overlay import differences, solid
from geoplan.diff.zoneset import Value, Zone, ZoneSet, chosen, geometries_of, shapes_of
from geoplan.types import Text, ZoneId

Names: TypeAlias = Mapping[ZoneId, Text]

_BATCH = 4096  # zones whose shapes are in memory at a time when they are only measured


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """One zone in a comparison. Areas in m²: 0 where there is no such zone, None where it cannot be measured.

    `area_after_m2 − area_before_m2` is `moved_in_m2 − moved_out_m2` to 1e-6 of the area. Shares are of the
    total of all zones on that side (0 to 1). `moved_m` is how far a moved zone went, east and north.
    """

    change: ZoneChange
    name: Text
    area_before_m2: float | None
    area_after_m2: float | None
    moved_in_m2: float | None
    moved_out_m2: float | None
    share_before: float | None
    share_after: float | None
    moved_in: BaseGeometry | None = None
    moved_out: BaseGeometry | None = None
    moved_m: tuple[float, float] | None = None
    fields: Mapping[str, tuple[Value | None, Value | None]] = field(default_factory=dict)

    @property
    def id(self) -> ZoneId:
        """Return the zone's id, as `ZoneChange.id`."""
        return self.change.id

    @property
    def kind(self) -> ChangeKind:
        """Return what happened to the zone."""
        return self.change.kind


class Rows(Sequence[ZoneRow]):
    """A row for each zone, sorted by id; those of equal zones are made when they are looked at.

    A city has a million zones, of which an update changes some thousands: `changed` are the rows of these.
    """

    def __init__(
        self,
        entries: Sequence[ZoneId | ZoneRow],
        zones: ZoneSet,
        areas: Floats,
        totals: Floats,
        names: Names,
        *,
        added: bool = False,
    ) -> None:
        """Keep rows that are made, ids of zones that are equal on both sides, and the area in m² of each of these.

        `added` says that the zones are on the later side only, all of them.
        """
        self._entries, self._zones, self._areas, self._totals, self._names = entries, zones, areas, totals, names
        self._is_added = added

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # equal to sequences that have other hashes

    @overload
    def __getitem__(self, index: int) -> ZoneRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ZoneRow, ...]: ...
    def __getitem__(self, index: int | slice) -> ZoneRow | tuple[ZoneRow, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        entry = self._entries[index]
        return entry if isinstance(entry, ZoneRow) else next(self._made([entry], [float(self._areas[index])]))

    def __iter__(self) -> Iterator[ZoneRow]:
        for start in range(0, len(self), _BATCH):
            part = self._entries[start : start + _BATCH]
            areas = zip(part, self._areas[start : start + _BATCH].tolist(), strict=True)
            bare = {entry: area for entry, area in areas if not isinstance(entry, ZoneRow)}
            made = self._made(list(bare), list(bare.values()))
            yield from (entry if isinstance(entry, ZoneRow) else next(made) for entry in part)

    def _made(self, ids: Sequence[ZoneId], areas: Sequence[float]) -> Iterator[ZoneRow]:
        """Return the rows of some zones that are equal on both sides, or of some that are added."""
        zones = chosen(self._zones.zones, ids).values()
        if not self._is_added:
            return map(self._equal, zones, areas)
        return map(self._added, zones, areas, solid(shapes_of(self._zones.zones, ids)))

    @property
    def ids(self) -> list[ZoneId]:
        """Return the id of each row."""
        return [entry.id if isinstance(entry, ZoneRow) else entry for entry in self._entries]

    @property
    def totals(self) -> tuple[float, float]:
        """Return the area in m² of all zones before and after."""
        return float(self._totals[0]), float(self._totals[1])

    @property
    def areas(self) -> Floats:
        """Return the area in m² of each zone on its only side, or before where it is on both."""
        return self._areas

    @property
    def changed(self) -> Sequence[ZoneRow]:
        """Return the rows of the zones that are not equal, to the last bit, on both sides."""
        if self._is_added:
            return self
        return tuple(entry for entry in self._entries if isinstance(entry, ZoneRow))

    def with_changed(self, rows: Sequence[ZoneRow]) -> Rows:
        """Return these rows with others in the place of the `changed`, in their order."""
        others = iter(rows)
        entries = [next(others) if self._is_added or isinstance(entry, ZoneRow) else entry for entry in self._entries]
        return Rows(entries, self._zones, self._areas, self._totals, self._names)

    def _equal(self, zone: Zone, area: float) -> ZoneRow:
        m2 = _number(area)
        none = None if m2 is None else 0.0
        return ZoneRow(
            change=ZoneChange(ChangeKind.UNCHANGED, zone, zone),
            name=self._names.get(zone.id, Text.same(zone.id)),
            area_before_m2=m2,
            area_after_m2=m2,
            moved_in_m2=none,
            moved_out_m2=none,
            share_before=_share(m2, self._totals[0]),
            share_after=_share(m2, self._totals[1]),
        )

    def _added(self, zone: Zone, area: float, shape: BaseGeometry | None) -> ZoneRow:
        m2 = _number(area)
        return ZoneRow(
            change=ZoneChange(ChangeKind.ADDED, None, zone),
            name=self._names.get(zone.id, Text.same(zone.id)),
            area_before_m2=0.0,
            area_after_m2=m2,
            moved_in_m2=m2,
            moved_out_m2=None if m2 is None else 0.0,
            share_before=None,
            share_after=_share(m2, self._totals[1]),
            moved_in=shape,
        )


def made_rows(before: ZoneSet, diff: Diff, names: Names) -> Rows:
    """Return a row for every zone of `before` and of what `diff` makes of it."""
    if isinstance(diff.changes, Additions):
        added = diff.changes.zones
        areas = _areas_of(added, diff.changes.ids)
        return Rows(diff.changes.ids, added, areas, np.array([0.0, np.nansum(areas)]), names, added=True)
    differing = {change.before.id for change in diff.changes if change.before}
    equal = [zone for zone in before.zones if zone not in differing]
    same = _areas_of(before, equal)
    ground = _Ground.of(diff.changes, before.crs)
    ids = [*equal, *(change.id for change in diff.changes)]
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    areas = np.hstack([np.vstack([same, same]), ground.areas])[:, order]
    totals = np.nansum(areas, axis=1)
    changed = [_changed_row(change, place, ground, totals, names) for place, change in enumerate(diff.changes)]
    every: list[ZoneId | ZoneRow] = [*equal, *changed]
    return Rows([every[place] for place in order.tolist()], before, areas[0], totals, names)


def _changed_row(change: ZoneChange, place: int, ground: _Ground, totals: Floats, names: Names) -> ZoneRow:
    old_m2, new_m2 = (_number(value) for value in ground.areas[:, place])
    return ZoneRow(
        change=change,
        name=names.get(change.id, Text.same(change.id)),
        area_before_m2=old_m2,
        area_after_m2=new_m2,
        moved_in_m2=_number(ground.gained[place]),
        moved_out_m2=_number(ground.lost[place]),
        share_before=_share(old_m2, totals[0]),
        share_after=_share(new_m2, totals[1]),
        moved_in=ground.moved_in[place],
        moved_out=ground.moved_out[place],
        moved_m=_offset(ground.offsets[place]) if change.kind is ChangeKind.MOVED else None,
        fields=change.fields,
    )


def _areas_of(zones: ZoneSet, ids: Sequence[ZoneId]) -> Floats:
    """Return the area of each zone in m², NaN for one without a polygon; no shape is kept."""
    batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
    parts = [piece_areas(solid(shapes_of(zones.zones, batch)), zones.crs) for batch in batches]
    return np.concatenate([np.empty(0), *parts])


@dataclass(frozen=True, slots=True)
class _Ground:
    """The measured side of changes: `areas` before and after (two rows), pieces and their areas, offsets in m."""

    areas: Floats
    moved_in: Shapes
    moved_out: Shapes
    gained: Floats
    lost: Floats
    offsets: Floats

    @classmethod
    def of(cls, changes: Sequence[ZoneChange], crs: CRS) -> _Ground:
        differs = np.array([change.before is not change.after for change in changes], dtype=np.bool_)
        old, before = _measured([change.before for change in changes], crs)
        new, after = old.copy(), before.copy()
        new[differs], after[differs] = _measured([c.after for c in changes if c.before is not c.after], crs)
        moved = np.array([change.kind is not ChangeKind.UNCHANGED for change in changes], dtype=np.bool_)
        moved_in, moved_out = (np.full(len(changes), None, dtype=object) for _ in range(2))
        moved_in[moved], moved_out[moved] = differences(new[moved], old[moved]), differences(old[moved], new[moved])
        net = after - before
        # Pieces of an unchanged zone would be coordinate noise; what its area differs by is told as it is.
        gained = np.where(moved, np.nan_to_num(piece_areas(moved_in, crs)), np.maximum(net, 0.0))
        lost = np.where(moved, np.nan_to_num(piece_areas(moved_out, crs)), np.maximum(-net, 0.0))
        known = ~np.isnan(net)
        offsets = np.full((len(changes), 2), np.nan)
        offsets[moved] = moved_by(old[moved], new[moved]) * metres_per_unit(crs)
        return cls(
            np.array([before, after]),
            moved_in,
            moved_out,
            np.where(known, gained, np.nan),
            np.where(known, lost, np.nan),
            offsets,
        )


def _measured(zones: Sequence[Zone | None], crs: CRS) -> tuple[Shapes, Floats]:
    """Return the solid shapes of zones and their areas in m²: 0 for no zone, NaN for one without a polygon."""
    shapes = solid(geometries_of(zones))
    return shapes, np.where([zone is None for zone in zones], 0.0, piece_areas(shapes, crs))


def _offset(offset: Floats) -> tuple[float, float]:
    return float(offset[0]), float(offset[1])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _share(area: float | None, total: float) -> float | None:
    return area / float(total) if area is not None and total > 0 else None
