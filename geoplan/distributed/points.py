"""Points gone through by workers: row groups of GeoParquet by themselves, anything else in batches read here.

Each worker counts its points by zone and category, as one machine does (`point_counts.PointLocator`), and tells the
sums. They are added in the order of the points, so that categories come in the order in which they are met.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol
from uuid import uuid4

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import same_datum
from geoplan.distributed.parts import Floats, Ints, Shapes, as_wkb, require_seen, stamp_of
from geoplan.distributed.spread import Crew, Pending, Task, unwrapped
from geoplan.distributed.survey import Frame
from geoplan.locating import NearestPoints
from geoplan.point_counts import ByThreads, PointLocator, PointTally, chosen
from geoplan.read.points import PointBatch, PointFile

POINT_ROWS = 524_288  # of a part: some seconds of work
_WAITING = 16  # batches read here that are with workers at a time: some 80 MB


@dataclass(frozen=True, slots=True)
class Zones:
    """What a worker makes a `PointLocator` of, once: `key` is of these zones alone, `shapes` are WKB in the plane."""

    key: str
    shapes: Shapes = field(repr=False)
    zone_of: Ints = field(repr=False)
    plane: CRS
    source: CRS
    where: str

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Zones) and self.key == other.key

    def locator(self) -> PointLocator:
        """Return what says where points lie."""
        return PointLocator(shapely.from_wkb(self.shapes), self.zone_of, self.plane, self.source, self.where)


class PointPart(Protocol):
    """Some points of a file, small enough to be sent: or where to find them."""

    def batches(self) -> Iterator[PointBatch]:
        """Yield the points, with categories that count in `categories`."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories met."""


@dataclass(frozen=True)
class GroupsPart:
    """Row groups of a GeoParquet file, read where they are needed; `stamp` is that of the file."""

    file: PointFile
    stamp: str

    def batches(self) -> Iterator[PointBatch]:
        """Yield the points; raises what `require_seen` and `PointFile.batches` do."""
        require_seen(self.file.dataset.local, self.stamp)
        return self.file.batches()

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories met so far."""
        return self.file.categories


@dataclass(frozen=True)
class BatchPart:
    """Points that were read already. `categories` are all that were met up to them."""

    batch: PointBatch = field(repr=False)
    categories: tuple[str, ...]

    def batches(self) -> Iterator[PointBatch]:
        """Yield the points."""
        yield self.batch


@dataclass(frozen=True, slots=True)
class Counted:
    """What the points of a part add; `tally` is None where there are no points.

    Its keys count in the part's own `categories`, or, where these are None, in those of the whole file.
    """

    categories: tuple[str, ...] | None
    tally: PointTally | None


def count(part: PointPart, _: Frame, *, shared: Zones, category: str | None) -> Counted:
    """Return what the points of a part add."""
    locator = _prepared(shared)
    several = [locator.tally(_chosen(part, batch, category), _rows(batch)) for batch in part.batches()]
    return Counted(part.categories if isinstance(part, GroupsPart) else None, _sum(several) if several else None)


def near(part: PointPart, _: Frame, *, shared: Zones, category: str | None, wanted: NDArray[np.bool_]) -> Floats:
    """Return the nearest point of a part to each of the zones' features that are wanted: rows of distance, x, y."""
    locator = _prepared(shared)
    found = NearestPoints(np.where(wanted, locator.shapes, np.array(None, dtype=object)))
    for batch in part.batches():
        locator.take_in(found, [_chosen(part, batch, category)])
    return np.stack([found.distance, found.x, found.y])[:, wanted]


class ByWorkers:
    """Goes through points by the workers of a crew; see `point_counts.Passes`."""

    def __init__(self, crew: Crew) -> None:
        """Keep the crew."""
        self._crew = crew
        self._shared: tuple[PointLocator, Any] | None = None

    def tallies(self, locator: PointLocator, points: PointFile, category: str | None) -> Iterator[PointTally]:
        """Yield what each part adds."""
        if not same_datum(locator.source, locator.plane):  # what suits the whole file changes the datum
            yield from ByThreads().tallies(locator, points, category)
            return
        for told in self._told(count, locator, points, {"category": category}):
            if told.categories is not None and told.tally is not None:
                places = points.places_of(told.categories).astype(np.int64)
                kind, column = np.divmod(told.tally.keys, max(locator.width, 1))
                yield replace(told.tally, keys=places[kind] * locator.width + column)
            elif told.tally is not None:
                yield told.tally

    def nearest(
        self, locator: PointLocator, points: PointFile, category: str | None, shapes: NDArray[Any]
    ) -> NearestPoints:
        """Return the nearest point to each polygon."""
        if not same_datum(locator.source, locator.plane):
            return ByThreads().nearest(locator, points, category, shapes)
        found, wanted = NearestPoints(shapes), ~shapely.is_missing(shapes)
        if wanted.any():
            columns = np.full((3, len(shapes)), np.nan)
            for told in self._told(near, locator, points, {"category": category, "wanted": wanted}):
                columns[:, wanted] = told
                found.merge(*columns)
        return found

    def _told(self, task: Task, locator: PointLocator, points: PointFile, options: dict[str, Any]) -> Iterator[Any]:
        """Yield what a task comes to for every part of a file, in order; few batches that were read here wait."""
        waiting: deque[Pending] = deque()
        frame, shared = Frame(locator.plane), self._share(locator)
        for part in parts_of_points(points):
            waiting.append(self._crew.start(task, [part], frame, [options], shared))
            if len(waiting) > _WAITING and isinstance(part, BatchPart):
                yield from unwrapped(waiting.popleft().results())
        while waiting:
            yield from unwrapped(waiting.popleft().results())

    def _share(self, locator: PointLocator) -> Any:
        """Return what stands for the zones in tasks: they are sent to each worker once."""
        if self._shared is None or self._shared[0] is not locator:
            blobs = as_wkb(locator.shapes)
            zones = Zones(uuid4().hex, blobs, locator.zone_of, locator.plane, locator.source, locator.where)
            self._shared = locator, self._crew.share(zones)
        return self._shared[1]


def parts_of_points(points: PointFile) -> Iterator[PointPart]:
    """Yield a file of points in parts: row groups of a GeoParquet file, of anything else batches as they come."""
    if points.stream.groups and points.dataset.local == points.dataset.path:
        here = replace(points.dataset, local=points.dataset.local.absolute())
        file, stamp = replace(points, dataset=here), stamp_of(here.local)
        yield from (GroupsPart(file.part(groups), stamp) for groups in grouped(points.stream.groups, POINT_ROWS))
        return
    for batch in points.batches():
        yield BatchPart(batch, points.categories)


def grouped(counts: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Yield row groups of so many rows together, as far as these are no more than `most`."""
    taken: list[int] = []
    rows = 0
    for group, number in enumerate(counts):
        if taken and rows + number > most:
            yield tuple(taken)
            taken, rows = [], 0
        taken.append(group)
        rows += number
    if taken:
        yield tuple(taken)


@lru_cache(maxsize=1)
def _prepared(zones: Zones) -> PointLocator:
    """Return what says where points lie, made once on each worker for all parts of a file."""
    return zones.locator()


def _chosen(part: PointPart, batch: PointBatch, category: str | None) -> PointBatch:
    return chosen(part.categories, batch, category)


def _rows(batch: PointBatch) -> int:
    return len(batch.x) + len(batch.unlocated)


def _sum(several: Sequence[PointTally]) -> PointTally:
    """Return what several batches add together, each key once."""
    keys, number = np.unique(np.concatenate([one.keys for one in several]), return_counts=True)
    sums = {
        name: sum(getattr(one, name) for one in several)
        for name in ("rows", "total", "located", "outside", "several", "no_place")
    }
    return PointTally(keys, number.astype(np.int32), **sums)
