"""Which polygons of a large layer lie near a few places, told by their boxes alone: their shapes may be elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import distinct
from geoplan.edges import ranges

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Shapes: TypeAlias = NDArray[Any]

_AT_A_TIME = 200_000  # pairs of boxes compared at a time
_MOST_ROWS = 8  # rows of cells gone through, in numbers of boxes: beyond, a tree is faster
_USUAL = 0.75  # of the boxes are no larger than the smallest cells
_CROWD = 16  # boxes in the cell of a box, on average
_TABLE = 16  # cells for each box, up to which a table of them is worth its memory
_FINEST = 2.0**-30  # of the extent of all boxes: so many cells along a side can be numbered
_LEAST = 1e-290  # extent of all boxes
_SLACK = 1.01  # a cell is larger than its boxes by more than any rounding


def boxes_of(segments: Floats) -> Floats:
    """Return the box (west, south, east, north) of each segment (x0, y0, x1, y1)."""
    one, other = segments[:, :2], segments[:, 2:]
    return np.hstack([np.minimum(one, other), np.maximum(one, other)])


class BoxTree:
    """Answers `query` as an STRtree of all polygons would, and asks for the shapes of those alone that it must look at.

    `bounds` has a row (west, south, east, north) per polygon, NaN for one there is not; `shapes` returns the polygons
    of some rows.
    """

    def __init__(self, bounds: Floats, shapes: Callable[[Ints], Shapes]) -> None:
        """Keep what queries are answered from."""
        self.bounds, self._shapes = bounds, shapes

    def query(
        self, geometry: Shapes | BaseGeometry, predicate: str | None = None, distance: Floats | float | None = None
    ) -> Any:
        """Return the pairs (input, polygon) whose boxes meet and for which the predicate holds, as an STRtree does."""
        single = isinstance(geometry, BaseGeometry)
        asked = np.array([geometry], dtype=object) if single else np.asarray(geometry, dtype=object)
        boxes = shapely.bounds(asked)
        if distance is not None:
            reach = np.broadcast_to(np.asarray(distance, dtype=np.float64), len(asked))[:, None]
            boxes = boxes + reach * [-1, -1, 1, 1]
        pairs = self.meeting(boxes)
        if predicate is not None:
            rows = distinct(pairs[1])
            far = {} if distance is None else {"distance": distance}
            asking, found = shapely.STRtree(self._shapes(rows)).query(asked, predicate=predicate, **far)
            pairs = np.stack([asking, rows[found]])
        return pairs[1] if single else pairs

    def near(self, boxes: Floats) -> Ints:
        """Return the polygons whose boxes meet at least one of some boxes (rows as of `bounds`), ascending."""
        near = np.zeros(len(self.bounds), np.bool_)
        near[self.meeting(boxes)[1]] = True
        return np.flatnonzero(near)

    def meeting(self, boxes: Floats) -> Ints:
        """Return the pairs (box, polygon) that meet, shape (2, n), in the order of the boxes."""
        return self._grid.meeting(boxes)

    @cached_property
    def _grid(self) -> Grid:
        return Grid(self.bounds)


class Grid:
    """Boxes (rows west, south, east, north; NaN for none) by place and size: which of them meet others."""

    def __init__(self, bounds: Floats) -> None:
        """Sort boxes into grids by their size: in each, a box reaches over one cell at most."""
        rows = np.flatnonzero(np.isfinite(bounds).all(axis=1))
        self._levels: list[_Level] = []
        if len(rows) == 0:
            return
        if len(rows) < len(bounds):
            bounds = bounds[rows]
        low = bounds[:, :2].min(axis=0)
        least = max(float(np.spacing(np.abs(bounds).max())), _LEAST)
        extent = max(float((bounds[:, 2:].max(axis=0) - low).max()), least)
        size = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
        smallest = self._smallest(bounds[:, :2] - low, size, extent)
        times = np.ceil(np.log2(np.maximum(size / smallest, 1.0)) / 2.0).astype(np.int64)
        for number in np.flatnonzero(np.bincount(times)).tolist():
            some = np.flatnonzero(times == number)
            self._levels.append(_Level.of(bounds[some], rows[some], low, _SLACK * smallest * 4.0**number))

    @staticmethod
    def _smallest(corners: Floats, size: Floats, extent: float) -> float:
        """Return the side of the smallest cells: about that of the boxes, unless too many of them lie in one cell."""
        finest = extent * _FINEST
        cell = max(float(np.sort(size)[int(len(size) * _USUAL)]), finest)
        while cell > finest:
            column, row = (corners // cell).astype(np.int64).T
            keys = np.sort(column << 32 | row)
            runs = np.diff(np.flatnonzero(np.append(True, np.append(keys[1:] != keys[:-1], True))))
            if (runs**2).sum() <= _CROWD * len(keys):
                break
            cell /= 4.0
        return cell

    def meeting(self, boxes: Floats) -> Ints:
        """Return the pairs (one of `boxes`, one of the grid) that meet, shape (2, n), in the order of `boxes`."""
        pairs = np.concatenate([np.empty((2, 0), np.int64), *self.meetings(boxes)], axis=1)
        return np.asarray(pairs[:, np.argsort(pairs[0], kind="stable")]) if len(self._levels) > 1 else pairs

    def pairs(self) -> Iterator[Ints]:
        """Yield the pairs of boxes of the grid that meet, each pair once, some pairs at a time, in no order."""
        for place, level in enumerate(self._levels):
            own = np.stack(level.sides, axis=1)
            for other in self._levels[place:]:
                for one, found in other.meetings(own, own=other is level):
                    yield np.stack([level.rows[one], found])

    def meetings(self, boxes: Floats) -> Iterator[Ints]:
        """Yield what `meeting` returns, some pairs at a time, in no order."""
        known = np.flatnonzero(np.isfinite(boxes).all(axis=1))
        for level in self._levels:
            for asking, found in level.meetings(boxes if len(known) == len(boxes) else boxes[known]):
                yield np.stack([asking if len(known) == len(boxes) else known[asking], found])


@dataclass(frozen=True, slots=True)
class _Level:
    """Boxes by the cell that their lower left corner lies in, row by row: `keys` ascending, `rows` of the layer.

    Where there are not too many cells, a `table` says how many boxes come before each.
    Cells have the side `cell` and are counted from `low`; there are `across` in a row and `along` rows. `sides` are
    the west, south, east and north of the boxes in that order.
    """

    keys: Ints
    table: Ints | None
    rows: Ints
    sides: tuple[Floats, Floats, Floats, Floats]
    low: Floats
    cell: float
    across: int
    along: int

    @classmethod
    def of(cls, bounds: Floats, rows: Ints, low: Floats, cell: float) -> _Level:
        """Return the level of some boxes, whose rows in the layer are `rows`."""
        column, row = ((bounds[:, :2] - low) // cell).astype(np.int64).T
        across, along = int(column.max()) + 1, int(row.max()) + 1
        keys = row * across + column
        order = np.argsort(keys, kind="stable")
        west, south, east, north = (bounds[order, side] for side in range(4))
        table = None
        if across * along <= _TABLE * len(keys):
            table = np.append(0, np.cumsum(np.bincount(keys, minlength=across * along)))
        return cls(keys[order], table, rows[order], (west, south, east, north), low, cell, across, along)

    def meetings(self, boxes: Floats, *, own: bool = False) -> Iterator[Ints]:
        """Yield the pairs (box, polygon) that meet, some at a time; of its `own` boxes those with one further on."""
        begin, end = self._cells(boxes[:, :2]) - 1, self._cells(boxes[:, 2:])
        begin, end = np.maximum(begin, 0), np.minimum(end, [self.across - 1, self.along - 1])
        rows = np.where((begin <= end).all(axis=1), end[:, 1] - begin[:, 1] + 1, 0)
        if rows.sum() > _MOST_ROWS * (len(boxes) + len(self.rows)):
            asking, found = shapely.STRtree(shapely.box(*self.sides)).query(shapely.box(*boxes.T))
            further = (asking < found) | (not own)
            yield np.stack([asking[further], self.rows[found[further]]])
            return
        asking = np.repeat(np.arange(len(boxes)), rows)
        row = ranges(begin[:, 1], rows) * self.across
        first, after = self._before(row + begin[asking, 0]), self._before(row + end[asking, 0] + 1)
        if own:
            first = np.maximum(first, asking + 1)
        count = np.maximum(after - first, 0)
        ends = np.cumsum(count)
        sides = tuple(np.ascontiguousarray(side) for side in boxes.T)
        place = 0
        while place < len(ends):
            done = int(ends[place - 1]) if place else 0
            until = max(int(np.searchsorted(ends, done + _AT_A_TIME, side="right")), place + 1)
            here = slice(place, until)
            yield self._meet(sides, np.repeat(asking[here], count[here]), ranges(first[here], count[here]))
            place = until

    def _before(self, keys: Ints) -> Ints:
        """Return how many boxes come before each cell."""
        return np.searchsorted(self.keys, keys) if self.table is None else self.table[keys]

    def _meet(self, sides: tuple[Floats, ...], asking: Ints, at: Ints) -> Ints:
        for low, high in ((0, 2), (1, 3)):
            meets = (sides[low][asking] <= self.sides[high][at]) & (self.sides[low][at] <= sides[high][asking])
            asking, at = asking[meets], at[meets]
        return np.stack([asking, self.rows[at]])

    def _cells(self, corners: Floats) -> Ints:
        """Return the column and row of the cells of corners, −2 and one too many for what lies far outside."""
        most = np.array([self.across, self.along], dtype=np.float64)
        return np.asarray(np.clip((corners - self.low) // self.cell, -2.0, most).astype(np.int64))
