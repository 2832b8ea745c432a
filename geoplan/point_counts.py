"""How many points of a file lie in each zone, by category, and how far zones without any are from the nearest.

By the rules of `facility_counts`: in the plane of the areas, on an edge in the zones on both sides, in overlapping
zones in each. The points are gone through batch by batch, so their number bounds nothing but the time it takes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import convert, coordinates_outside, determinants, metres_jacobian, same_crs
from geoplan.ellipsoid import Floats
from geoplan.errors import CrsError, UsageError
from geoplan.ground import Ground
from geoplan.locating import NearestPoints, ZoneIndex
from geoplan.parallel import usable_threads
from geoplan.read.points import MAX_CATEGORIES, PointBatch, PointFile
from geoplan.types import M2_PER_KM2, InputInfo, Text, ZoneId

Ints: TypeAlias = NDArray[np.int64]

_MOST_COUNTS = 64_000_000  # of zones by categories: a quarter of a gigabyte, taken as they come to be used
_OUTLINE = 33  # places along each side of the box around the zones, to find it in the CRS of the points


@dataclass(frozen=True, slots=True)
class PointCounts:
    """Points per zone: `labels`, `count` and `area_m2` (NaN where it cannot be measured) have one entry per zone.

    `by_category` has, for each of `categories`, one count per zone. A point in several zones counts in each of
    them, once in `inside` and once in `several`. `outside` lie in no zone, `no_place` have coordinates that cannot be
    any, `unlocated` have no geometry; with `inside` they add up to `total`. `nearest_m` is the distance from each zone
    to the nearest point in m, 0 where there is one in it, NaN where there is none at all; None when it was not asked
    for. `only` is the category that was asked for, None for all.
    """

    ground: Ground
    labels: tuple[ZoneId, ...]
    area_m2: Floats
    count: Ints
    categories: tuple[str, ...]
    by_category: NDArray[np.int32]
    total: int
    inside: int
    several: int
    outside: int
    no_place: int
    unlocated: int
    nearest_m: Floats | None
    points: InputInfo
    category_field: str | None
    only: str | None

    @property
    def per_km2(self) -> Floats:
        """Return the points per km² of each zone, NaN without an area."""
        area = np.where(self.area_m2 > 0, self.area_m2, np.nan)
        return np.asarray(self.count / (area / M2_PER_KM2), dtype=np.float64)

    def per_category(self) -> dict[str, int]:
        """Return how many times points of each category count in zones, the most frequent first."""
        sums = self.by_category.sum(axis=1, dtype=np.int64).tolist()
        pairs = sorted(zip(self.categories, sums, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return {category: number for category, number in pairs if number}


@dataclass(frozen=True, slots=True)
class PointTally:
    """What some points add: `keys` are places in the table of counts, each of which `number` more points are in.

    `several` points lie in several zones but in no crowd. `rows` were read; of those that are asked for there are
    `total`, and `located` have a place.
    """

    keys: Ints
    number: NDArray[np.int32] | np.int32
    rows: int
    total: int
    located: int
    outside: int
    several: int
    no_place: int


class Passes(Protocol):
    """How a file of points is gone through: by threads of this process, or by workers elsewhere."""

    def tallies(self, locator: PointLocator, points: PointFile, category: str | None) -> Iterator[PointTally]:
        """Yield what the points of a file add, of one category only if it is named, in any portions, in their order."""

    def nearest(
        self, locator: PointLocator, points: PointFile, category: str | None, shapes: NDArray[Any]
    ) -> NearestPoints:
        """Return the nearest point to each of some polygons of the locator's plane (None: not asked for)."""


def count_points(
    ground: Ground,
    points: PointFile,
    *,
    category: str | None = None,
    nearest: bool = False,
    passes: Passes | None = None,
) -> PointCounts:
    """Return how many points of a file lie in each zone; of one `category` only, if it is named.

    With `nearest` the file is gone through once more for the distances. `passes` says who goes through it, by default
    threads of this process. Raises InputError for a file that cannot be read to its end, CrsError when there is no
    known way from its datum to that of the zones, UsageError for a category that no point is of, and for more
    categories than can be counted apart in so many zones.
    """
    passes = passes or ByThreads()
    labels = tuple(dict.fromkeys(ground.labels))
    order = {label: place for place, label in enumerate(labels)}
    zone_of = np.array([order[label] for label in ground.labels], dtype=np.int64)
    locator = PointLocator(ground.shapes, zone_of, ground.crs, points.crs, points.path)
    table = _Table(locator, points)
    for tally in passes.tallies(locator, points, category):
        table.add(tally)
    _require_category(points, category)
    by_category, several = table.of_zones()
    count = by_category.sum(axis=0, dtype=np.int64)
    nearest_m = None
    if nearest:
        empty = np.where(count[zone_of] == 0, ground.shapes, np.array(None, dtype=object))
        nearest_m = _metres(passes.nearest(locator, points, category, empty), ground.crs, zone_of, count)
    return PointCounts(
        ground=ground,
        labels=labels,
        area_m2=_areas(ground.area_m2, zone_of, len(labels)),
        count=count,
        categories=points.categories,
        by_category=by_category,
        total=table.total,
        inside=table.located - table.outside - table.no_place,
        several=several,
        outside=table.outside,
        no_place=table.no_place,
        unlocated=table.total - table.located,
        nearest_m=nearest_m,
        points=points.info(table.rows),
        category_field=points.category_field,
        only=category,
    )


class PointLocator:
    """Says where batches of points lie; it may be used by several threads at once."""

    def __init__(self, shapes: NDArray[Any], zone_of: Ints, plane: CRS, source: CRS, where: str) -> None:
        """Index polygons in a plane: features of the zones whose places are `zone_of`, for points in `source`.

        Raises CrsError, which names `where` the points come from, when there is no known way from there to the plane.
        """
        self.shapes, self.zone_of, self.plane, self.source, self.where = shapes, zone_of, plane, source, where
        self.zones = int(zone_of.max(initial=-1)) + 1
        self.index = ZoneIndex(shapes)
        self.to_plane = _ToPlane(source, plane, shapes, where)
        # A row of the table of counts is a category: a column for each zone, one for each crowd of zones.
        self.width = self.zones + self.index.crowds

    def tally(self, batch: PointBatch, rows: int) -> PointTally:
        """Return what the points of a batch (of so many rows) add."""
        x, y = self.to_plane(batch.x, batch.y)
        found = self.index.locate(x, y)
        code = found.code
        nowhere = np.flatnonzero(code == 0)
        no_place = int(np.count_nonzero(self.to_plane.no_place(batch.x[nowhere], batch.y[nowhere])))
        alone = np.flatnonzero((code > 0) & (code <= self.index.features))
        row = batch.category.astype(np.int64) * self.width
        crowd = np.flatnonzero(code > self.index.features)
        keys = [row[alone] + self.zone_of[code[alone] - 1]]
        keys.append(row[crowd] + code[crowd] + (self.zones - self.index.features - 1))
        # Features of one zone may overlap.
        pairs = np.unique(found.point * max(self.width, 1) + self.zone_of[found.feature])
        point, zone = np.divmod(pairs, max(self.width, 1))
        keys.append(row[point] + zone)
        several = int(np.count_nonzero(np.bincount(point, minlength=1) > 1))
        return PointTally(
            keys=np.concatenate(keys),
            number=np.int32(1),  # of the table's own kind, else numpy takes five times as long
            rows=rows,
            total=len(batch.x) + len(batch.unlocated),
            located=len(batch.x),
            outside=len(nowhere) - no_place,
            several=several,
            no_place=no_place,
        )

    def take_in(self, found: NearestPoints, some: Sequence[PointBatch]) -> None:
        """Let points be the nearest to polygons, where they are."""
        x, y = self.to_plane.whole(*(np.concatenate([getattr(one, axis) for one in some]) for axis in "xy"))
        finite = np.isfinite(x) & np.isfinite(y)
        found.add(x[finite], y[finite])


class ByThreads:
    """Goes through points by threads of this process."""

    def tallies(self, locator: PointLocator, points: PointFile, category: str | None) -> Iterator[PointTally]:
        """Yield what each batch adds, several of them in the making at a time, but no more than that are read."""
        threads = usable_threads()
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[PointTally]] = deque()
            for batch in points.batches():
                rows = len(batch.x) + len(batch.unlocated)
                waiting.append(pool.submit(locator.tally, chosen(points.categories, batch, category), rows))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def nearest(
        self, locator: PointLocator, points: PointFile, category: str | None, shapes: NDArray[Any]
    ) -> NearestPoints:
        """Return the nearest point to each polygon."""
        found = NearestPoints(shapes)
        if not shapely.is_missing(shapes).all():
            batches = (chosen(points.categories, batch, category) for batch in points.batches())
            while some := list(islice(batches, 4)):  # fewer trees are built of more points each
                locator.take_in(found, some)
        return found


def chosen(known: tuple[str, ...], batch: PointBatch, category: str | None) -> PointBatch:
    """Return the points of a batch, of categories that are known, that are of the one asked for; all for None."""
    if category is None:
        return batch
    kind = known.index(category) if category in known else -1
    mine = batch.category == kind
    return PointBatch(batch.x[mine], batch.y[mine], batch.category[mine], batch.unlocated[batch.unlocated == kind])


class _Table:
    """Points by category and zone."""

    def __init__(self, locator: PointLocator, points: PointFile) -> None:
        self.locator, self.points = locator, points
        # Memory is taken only for the part that is written to, so this need not wait for the categories to be known.
        most = min(_MOST_COUNTS // max(locator.width, 1), MAX_CATEGORIES) + 1
        self.table = np.zeros((most, locator.width), dtype=np.int32)
        self.rows = self.total = self.located = self.outside = self.several = self.no_place = 0

    def add(self, tally: PointTally) -> None:
        """Add what some points add; raises UsageError when there are more categories than can be counted apart."""
        if len(tally.keys) and int(tally.keys.max()) >= self.table.size:
            most = len(self.table)
            raise UsageError(
                Text(
                    f"more than {most:,} categories cannot be counted apart in {self.locator.zones:,} zones.",
                    f"在 {self.locator.zones:,} 个分区中无法分别统计超过 {most:,} 个类别。",
                ),
                where=self.points.path,
                hint=Text("Name a coarser field with --category-field.", "请用 --category-field 指定更粗的分类字段。"),
            )
        np.add.at(self.table.reshape(-1), tally.keys, tally.number)
        self.rows += tally.rows
        self.total += tally.total
        self.located += tally.located
        self.outside += tally.outside
        self.several += tally.several
        self.no_place += tally.no_place

    def of_zones(self) -> tuple[NDArray[np.int32], int]:
        """Return the counts by category and zone, and how many points lie in several zones."""
        zones, index = self.locator.zones, self.locator.index
        counts = self.table[: len(self.points.categories)]
        crowd, feature = index.crowd_pairs()
        # Each zone of a crowd once, whatever features of it overlap.
        crowd, zone = np.divmod(np.unique(crowd * max(zones, 1) + self.locator.zone_of[feature]), max(zones, 1))
        several = np.flatnonzero(np.bincount(crowd, minlength=index.crowds) > 1)
        for row in counts:
            np.add.at(row, zone, row[zones + crowd])
        return counts[:, :zones], self.several + int(counts[:, zones + several].sum(dtype=np.int64))


def _areas(area_m2: Floats, zone_of: Ints, zones: int) -> Floats:
    """Return the area of each zone in m², NaN where none of its features can be measured."""
    known = np.bincount(zone_of[~np.isnan(area_m2)], minlength=zones)
    total = np.bincount(zone_of, np.nan_to_num(area_m2, nan=0.0), minlength=zones)
    return np.where(known > 0, total, np.nan)


def _require_category(points: PointFile, category: str | None) -> None:
    """Raise UsageError when the category asked for is none of the file's."""
    known = points.categories
    if category is None or category in known:
        return
    listed = ", ".join(known[:20]) or "–"
    raise UsageError(
        Text(f"no point is of the category “{category}”.", f"没有类别为“{category}”的点。"),
        where="--category",
        hint=Text(f"Categories in the file: {listed}.", f"文件中的类别：{listed}。"),
    )


def _metres(found: NearestPoints, plane: CRS, zone_of: Ints, count: Ints) -> Floats:
    """Return the distance in m from each zone to the nearest point, in the scale that holds at the point."""
    known = np.flatnonzero(np.isfinite(found.distance))
    metres = np.full(len(zone_of), np.nan)
    jacobian = metres_jacobian(plane, found.x[known], found.y[known])
    metres[known] = found.distance[known] * np.sqrt(determinants(jacobian))
    least = np.full(len(count), np.nan)
    np.fmin.at(least, zone_of, metres)
    return np.where(count > 0, 0.0, least)


class _ToPlane:
    """The way of points to the plane of the zones, in which only what may lie in a zone is taken all the way."""

    def __init__(self, source: CRS, plane: CRS, shapes: NDArray[Any], where: str) -> None:
        self._source, self._target, self._where = source, plane, where
        self._same = same_crs(source, plane)
        self._box = None if self._same else self._around(shapes)

    def __call__(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates in the plane, NaN for what lies nowhere near a zone."""
        if self._same or self._box is None:
            return self.whole(x, y)
        west, south, east, north = self._box
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        plane = np.full((2, len(x)), np.nan)
        # With the corners every batch is about one place, so that all of them go the same way to another datum.
        given = [np.concatenate([values[near], ends]) for values, ends in ((x, (west, east)), (y, (south, north)))]
        plane[:, near] = np.array(convert(given[0], given[1], self._source, self._target))[:, :-2]
        return plane[0], plane[1]

    def whole(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates in the plane, NaN beyond its range."""
        place = coordinates_outside(x, y, self._source) if self._source.is_geographic else ~np.isfinite(x + y)
        if place.any():
            x, y = np.where(place, np.nan, x), np.where(place, np.nan, y)
        return convert(x, y, self._source, self._target)

    def no_place(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Return which coordinates cannot be any of the points' CRS."""
        if not len(x):
            return np.zeros(0, dtype=np.bool_)
        flags = ~(np.isfinite(x) & np.isfinite(y))
        rest = np.flatnonzero(~flags)
        flags[rest] = coordinates_outside(x[rest], y[rest], self._source)
        return flags

    def _around(self, shapes: NDArray[Any]) -> Floats | None:
        """Return a box around the zones in the CRS of the points, None where there is no such."""
        if shapely.is_missing(shapes).all():
            return None
        west, south, east, north = shapely.total_bounds(shapes)
        x, y = np.meshgrid(np.linspace(west, east, _OUTLINE), np.linspace(south, north, _OUTLINE))
        try:
            x, y = convert(x.ravel(), y.ravel(), self._target, self._source)
        except CrsError as error:
            raise error.at(self._where) from None
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return None
        low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        # Between the places along a side the image of a straight line bends by far less than this.
        spare = 0.02 * (high - low).max() + (1e-3 if self._source.is_geographic else 100.0)
        return np.concatenate([low - spare, high + spare])
