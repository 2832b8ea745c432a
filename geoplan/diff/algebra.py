"""The algebra of differences: `between`, `invert`, `apply`, on frozen values.

apply(a, between(a, b)) == b                exactly, also where a zone counts as unchanged
apply(b, invert(between(a, b))) == a
invert(invert(d)) == d
between(b, a) == invert(between(a, b))
between(a, a) has no changes
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import overload

from pyproj import CRS

from geoplan.crs import metres_per_unit
from geoplan.diff.classify import ChangeKind, ZoneChange, classify
from geoplan.diff.equality import differing
from geoplan.diff.zoneset import Zone, ZoneSet, chosen, require_same_crs
from geoplan.errors import DiffConflictError
from geoplan.types import Text, Tolerance

__all__ = ["ChangeKind", "Diff", "ZoneChange", "apply", "between", "invert", "noise_m"]

_BATCH = 4096  # changes made at a time
LEAST_NOISE_M = 0.001  # the usual topology tolerance: what projecting there and back may move a vertex by


@dataclass(frozen=True, slots=True)
class Diff:
    """What turns one set of zones into another: a change for each zone whose bytes differ, sorted by id.

    A change of kind `unchanged` carries the zone before and after too: they differ by less than the
    tolerance, or in fields alone, and the laws are about every bit.
    """

    crs: CRS
    changes: Sequence[ZoneChange] = field(default=())

    def __len__(self) -> int:
        return len(self.changes)


class Additions(Sequence[ZoneChange]):
    """The changes that put zones where there were none, sorted by id, made when they are looked at.

    The first revision of a city adds a million.
    """

    def __init__(self, zones: ZoneSet) -> None:
        """Keep the zones that are added."""
        self.zones = zones
        self.ids = sorted(zones.zones)

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # equal to sequences that have other hashes

    @overload
    def __getitem__(self, index: int) -> ZoneChange: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ZoneChange, ...]: ...
    def __getitem__(self, index: int | slice) -> ZoneChange | tuple[ZoneChange, ...]:
        if isinstance(index, slice):
            made = chosen(self.zones.zones, self.ids[index])
            return tuple(ZoneChange(ChangeKind.ADDED, None, zone) for zone in made.values())
        return ZoneChange(ChangeKind.ADDED, None, self.zones.zones[self.ids[index]])

    def __iter__(self) -> Iterator[ZoneChange]:
        for start in range(0, len(self), _BATCH):
            yield from self[start : start + _BATCH]


def noise_m(tolerance: Tolerance) -> float:
    """Return how far in metres a boundary may move and still count as unchanged: the width tolerance, at least 1 mm."""
    return max(tolerance.width_m, LEAST_NOISE_M)


def between(before: ZoneSet, after: ZoneSet, *, tolerance: Tolerance | None = None) -> Diff:
    """Return the difference that turns `before` into `after`.

    Raises CrsError when the two are in different systems.
    """
    require_same_crs(before.crs, after.crs)
    if not before.zones:
        return Diff(before.crs, Additions(after))
    old, new = differing(before.zones, after.zones)
    reach = noise_m(tolerance or Tolerance()) / metres_per_unit(before.crs)
    return Diff(before.crs, _sorted(classify(old, new, reach)))


def invert(diff: Diff) -> Diff:
    """Return the difference that undoes this one."""
    return Diff(diff.crs, _sorted([change.inverse() for change in diff.changes]))


def apply(zones: ZoneSet, diff: Diff) -> ZoneSet:
    """Return the zones after the difference.

    Raises CrsError when they are in another system, and DiffConflictError, naming the zone, when a zone
    is not what the difference was made from, or one it adds is there already.
    """
    require_same_crs(zones.crs, diff.crs)
    result = dict(zones.zones)
    for change in diff.changes:
        if change.before is not None:
            _require(zones, change.before)
            del result[change.before.id]
    for change in diff.changes:
        if change.after is not None:
            if change.after.id in result:
                raise DiffConflictError(
                    change.after.id,
                    Text("the difference adds this zone, but it is there already.", "差异要新增该分区，但其已存在。"),
                )
            result[change.after.id] = change.after
    return ZoneSet(zones.crs, result)


def _require(zones: ZoneSet, expected: Zone) -> None:
    found = zones.zones.get(expected.id)
    if found == expected:
        return
    if found is None:
        message = Text("the difference changes this zone, but there is none.", "差异要修改该分区，但其不存在。")
    elif found.wkb == expected.wkb:
        message = Text(
            "the difference was made from other fields of this zone.", "差异所依据的该分区属性与现有的不同。"
        )
    else:
        message = Text(
            "the difference was made from another boundary of this zone.", "差异所依据的该分区边界与现有的不同。"
        )
    raise DiffConflictError(expected.id, message)


def _sorted(changes: list[ZoneChange]) -> tuple[ZoneChange, ...]:
    return tuple(sorted(changes, key=attrgetter("id")))
