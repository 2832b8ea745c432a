"""What happened to each zone: by id first, and for ids that vanished or appeared by the ground they share.

Every rule reads the same in both directions of time, so that the inverse of a difference is the
difference of the inverse. docs/diff.md states the rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import shapely

from geoplan.diff.boundary import Bools, Ints, Shapes, moved_by, same_boundaries, translated
from geoplan.diff.overlay import shared_areas, solid
from geoplan.diff.zoneset import Value, Zone, changed_fields, geometries_of
from geoplan.types import ZoneId

SAME_SHARE = 0.9  # of its area a zone must have in common with another to be it, or to be part of it


class ChangeKind(StrEnum):
    """What happened to a zone's boundary and id; fields are told separately."""

    ADDED = "added"
    REMOVED = "removed"
    RESHAPED = "reshaped"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    RECODED = "recoded"
    UNCHANGED = "unchanged"

    @property
    def inverse(self) -> ChangeKind:
        """Return what the change is called the other way round in time."""
        return _INVERSE.get(self, self)


_INVERSE = {
    ChangeKind.ADDED: ChangeKind.REMOVED,
    ChangeKind.REMOVED: ChangeKind.ADDED,
    ChangeKind.SPLIT: ChangeKind.MERGED,
    ChangeKind.MERGED: ChangeKind.SPLIT,
}


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """One zone's change. `before` or `after` is None where there is no such zone on that side.

    `origins` are the ids before that its ground came from and `targets` the ids after that it went to,
    for zones that were split, merged or recoded.
    """

    kind: ChangeKind
    before: Zone | None
    after: Zone | None
    origins: tuple[ZoneId, ...] = ()
    targets: tuple[ZoneId, ...] = ()

    @property
    def id(self) -> ZoneId:
        """Return the id after the change, or before it when there is none after."""
        zone = self.after or self.before
        return zone.id if zone else ""

    @property
    def fields(self) -> dict[str, tuple[Value | None, Value | None]]:
        """Return the fields that changed, with the value before and after; none for a zone on one side only."""
        return changed_fields(self.before, self.after) if self.before and self.after else {}

    def inverse(self) -> ZoneChange:
        """Return the change that undoes this one."""
        return ZoneChange(self.kind.inverse, self.after, self.before, self.targets, self.origins)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Zones on one side with their solid shapes and areas, in squared units."""

    zones: Mapping[ZoneId, Zone]
    ids: tuple[ZoneId, ...]
    shapes: Shapes
    areas: Mapping[ZoneId, float]

    @classmethod
    def of(cls, zones: Mapping[ZoneId, Zone], ids: Iterable[ZoneId]) -> _Ground:
        chosen = tuple(sorted(ids))
        shapes = solid(geometries_of([zones[key] for key in chosen]))
        areas = np.nan_to_num(shapely.area(shapes)).tolist()
        return cls(zones, chosen, shapes, dict(zip(chosen, areas, strict=True)))


@dataclass(frozen=True, slots=True)
class _Event:
    """A split or a merger: the zones before and after that take part in it."""

    kind: ChangeKind
    before: tuple[ZoneId, ...]
    after: tuple[ZoneId, ...]


_Shared = Mapping[tuple[ZoneId, ZoneId], float]


def classify(before: Mapping[ZoneId, Zone], after: Mapping[ZoneId, Zone], reach: float) -> list[ZoneChange]:
    """Return a change for each zone; `before` and `after` hold only zones that are not equal.

    `reach` is the distance, in units of the coordinates, within which boundaries are the same.
    """
    kept = _kept(before, after, reach)
    vanished = _Ground.of(before, before.keys() - after.keys())
    appeared = _Ground.of(after, after.keys() - before.keys())
    pairs = _same_shapes(vanished, appeared, reach)
    vanished = _Ground.of(before, set(vanished.ids) - {old for old, _ in pairs})
    appeared = _Ground.of(after, set(appeared.ids) - {new for _, new in pairs})
    changed = [change.id for change in kept if change.kind is not ChangeKind.UNCHANGED]
    old, new = _Ground.of(before, [*vanished.ids, *changed]), _Ground.of(after, [*appeared.ids, *changed])
    shared = _shared(old, new, vanished.ids, appeared.ids)
    alike = _mostly_same(old, new, vanished.ids, appeared.ids, shared)
    pairs += alike
    gone, come = {old_id for old_id, _ in alike}, {new_id for _, new_id in alike}
    shared = {key: area for key, area in shared.items() if key[0] not in gone and key[1] not in come}
    events = _undisputed([*_splits(old, new, shared), *_mergers(old, new, shared)])
    return [
        *_told_by_events(kept, events),
        *(ZoneChange(ChangeKind.RECODED, before[o], after[n], (o,), (n,)) for o, n in pairs),
        *_told_by_events(
            [ZoneChange(ChangeKind.REMOVED, before[o], None) for o in vanished.ids if o not in gone], events
        ),
        *_told_by_events([ZoneChange(ChangeKind.ADDED, None, after[n]) for n in appeared.ids if n not in come], events),
    ]


def _kept(before: Mapping[ZoneId, Zone], after: Mapping[ZoneId, Zone], reach: float) -> list[ZoneChange]:
    """Return the changes of the zones that keep their id: unchanged, moved or reshaped."""
    ids = sorted(before.keys() & after.keys())
    old, new = [before[key] for key in ids], [after[key] for key in ids]
    differs = np.array([one.wkb != other.wkb for one, other in zip(old, new, strict=True)], dtype=np.bool_)
    places = np.flatnonzero(differs)
    one = geometries_of([old[place] for place in places.tolist()])
    other = geometries_of([new[place] for place in places.tolist()])
    same = same_boundaries(one, other, reach)
    places, one, other = places[~same], one[~same], other[~same]
    kinds = dict.fromkeys(range(len(ids)), ChangeKind.UNCHANGED) | dict.fromkeys(places.tolist(), ChangeKind.RESHAPED)
    kinds |= dict.fromkeys(places[_only_moved(one, other, reach)].tolist(), ChangeKind.MOVED)
    return [ZoneChange(kinds[place], *pair) for place, pair in enumerate(zip(old, new, strict=True))]


def _only_moved(one: Shapes, other: Shapes, reach: float) -> Bools:
    """Return which shapes are the same as another when laid onto it by their centroids."""
    offsets = moved_by(one, other)
    moved = np.asarray(np.isfinite(offsets).all(axis=1))
    moved[moved] = same_boundaries(translated(one[moved], offsets[moved]), other[moved], reach)
    return moved


def _same_shapes(old: _Ground, new: _Ground, reach: float) -> list[tuple[ZoneId, ZoneId]]:
    """Return the pairs of a vanished and an appeared zone with the same shape; of several, in order of their ids."""
    by_shape: dict[bytes, tuple[list[ZoneId], list[ZoneId]]] = defaultdict(lambda: ([], []))
    for side, ground in enumerate((old, new)):
        for key in ground.ids:
            by_shape[ground.zones[key].wkb][side].append(key)
    by_shape.pop(b"", None)  # two zones without a boundary have nothing in common
    pairs = [pair for olds, news in by_shape.values() for pair in zip(olds, news, strict=False)]
    rest_old, rest_new = (
        sorted(set(ground.ids) - {pair[side] for pair in pairs}) for side, ground in enumerate((old, new))
    )
    one = geometries_of([old.zones[key] for key in rest_old])
    other = geometries_of([new.zones[key] for key in rest_new])
    near = _near_corners(one, other, reach)
    same = same_boundaries(one[near[0]], other[near[1]], reach)
    found = [(rest_old[i], rest_new[j]) for i, j in zip(near[0][same], near[1][same], strict=True)]
    return pairs + _matched(dict.fromkeys(found, 0.0))


def _near_corners(one: Shapes, other: Shapes, reach: float) -> Ints:
    """Return the pairs of shapes whose south-west corners are near each other, as two rows of places."""
    corners = [shapely.points(shapely.bounds(shapes)[:, :2]) for shapes in (one, other)]
    finite = [np.isfinite(shapely.bounds(shapes)).all(axis=1) for shapes in (one, other)]
    first, second = (np.where(known, points, None) for known, points in zip(finite, corners, strict=True))
    return np.asarray(shapely.STRtree(second).query(first, predicate="dwithin", distance=2.0 * reach))


def _shared(old: _Ground, new: _Ground, vanished: Sequence[ZoneId], appeared: Sequence[ZoneId]) -> _Shared:
    """Return the area each zone before shares with each after, where one of them is new or gone, or they are one."""
    ids = {key: place for place, key in enumerate(sorted({*old.ids, *new.ids}))}
    gone, come = {ids[key] for key in vanished}, {ids[key] for key in appeared}
    number = [np.array([ids[key] for key in ground.ids], dtype=np.int64) for ground in (old, new)]
    one, other = shapely.STRtree(new.shapes).query(old.shapes)
    left, right = number[0][one], number[1][other]
    wanted = np.isin(left, list(gone)) | np.isin(right, list(come)) | (left == right)
    one, other = one[wanted], other[wanted]
    areas = shared_areas(old.shapes[one], new.shapes[other])
    rows = zip(one.tolist(), other.tolist(), areas.tolist(), strict=True)
    return {(old.ids[i], new.ids[j]): area for i, j, area in rows if area > 0.0}


def _mostly_same(
    old: _Ground, new: _Ground, vanished: Sequence[ZoneId], appeared: Sequence[ZoneId], shared: _Shared
) -> list[tuple[ZoneId, ZoneId]]:
    """Return the pairs of a vanished and an appeared zone that each lie in the other with most of their area."""
    gone, come = set(vanished), set(appeared)
    found = {
        (o, n): area
        for (o, n), area in shared.items()
        if o in gone and n in come and area >= SAME_SHARE * max(old.areas[o], new.areas[n])
    }
    return _matched(found)


def _matched(found: _Shared) -> list[tuple[ZoneId, ZoneId]]:
    """Return pairs in which no zone occurs twice: the largest first, of equal ones in the order of their ids."""
    pairs: list[tuple[ZoneId, ZoneId]] = []
    used: tuple[set[ZoneId], set[ZoneId]] = (set(), set())
    for old, new in sorted(found, key=lambda pair: (-found[pair], min(pair), max(pair))):
        if old not in used[0] and new not in used[1]:
            used[0].add(old)
            used[1].add(new)
            pairs.append((old, new))
    return pairs


def _splits(old: _Ground, new: _Ground, shared: _Shared) -> list[_Event]:
    """Return the zones whose ground is now that of two or more, at least one of them new."""
    parent: dict[ZoneId, tuple[float, ZoneId]] = {}
    for (o, n), area in shared.items():
        lies_in = n not in old.zones and area >= SAME_SHARE * new.areas[n]
        better = n not in parent or (-area, o) < (-parent[n][0], parent[n][1])
        if lies_in and better:
            parent[n] = (area, o)
    children: dict[ZoneId, list[ZoneId]] = defaultdict(list)
    for n, (_, o) in parent.items():
        children[o].append(n)
    events = []
    for o, fresh in children.items():
        parts = [*fresh, o] if (o, o) in shared else fresh
        if len(parts) > 1 and sum(shared[o, part] for part in parts) >= SAME_SHARE * old.areas[o]:
            events.append(_Event(ChangeKind.SPLIT, (o,), tuple(sorted(parts))))
    return events


def _mergers(old: _Ground, new: _Ground, shared: _Shared) -> list[_Event]:
    """Return the zones whose ground was that of two or more, at least one of them gone: splits seen backwards."""
    backwards = {(n, o): area for (o, n), area in shared.items()}
    splits = _splits(new, old, backwards)
    return [replace(event, kind=ChangeKind.MERGED, before=event.after, after=event.before) for event in splits]


def _undisputed(events: list[_Event]) -> list[_Event]:
    """Return the events that share no zone with another: one that is split and merged at once is only reshaped."""
    uses = Counter((side, key) for event in events for side, key in _members(event))
    return [event for event in events if all(uses[member] == 1 for member in _members(event))]


def _members(event: _Event) -> list[tuple[int, ZoneId]]:
    return [*((0, key) for key in event.before), *((1, key) for key in event.after)]


def _told_by_events(changes: Iterable[ZoneChange], events: Iterable[_Event]) -> list[ZoneChange]:
    """Return the changes, those of zones that take part in an event told as part of it."""
    part = {member: event for event in events for member in _members(event)}
    told = []
    for change in changes:
        left = part.get((0, change.before.id)) if change.before else None
        right = part.get((1, change.after.id)) if change.after else None
        event = left or right
        if event is not None:
            origins = event.before if right else ()
            targets = event.after if left else ()
            change = ZoneChange(event.kind, change.before, change.after, origins, targets)  # noqa: PLW2901
        told.append(change)
    return told
