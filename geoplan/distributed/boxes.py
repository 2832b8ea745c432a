"""Which polygons of a large layer lie near a few places, told by their boxes alone: their shapes may be elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Shapes: TypeAlias = NDArray[Any]

_CELLS = 1024  # along each side of the grid that sorts out what is nowhere near
_FEW = 20_000  # polygons, for which a grid is not worth while


class BoxTree:
    """Answers `query` as an STRtree of all polygons would, and asks for the shapes of those alone that it must look at.

    `bounds` has a row (west, south, east, north) per polygon, NaN for one there is not; `shapes` returns the polygons
    of some rows.
    """

    def __init__(self, bounds: Floats, shapes: Callable[[Ints], Shapes], *, few: int = _FEW) -> None:
        """Keep what queries are answered from; up to `few` polygons are all looked at."""
        self._bounds, self._shapes, self._few = bounds, shapes, few

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
        pairs = self._meeting(boxes)
        if predicate is not None:
            rows = np.unique(pairs[1])
            far = {} if distance is None else {"distance": distance}
            asking, found = shapely.STRtree(self._shapes(rows)).query(asked, predicate=predicate, **far)
            pairs = np.stack([asking, rows[found]])
        return pairs[1] if single else pairs

    def near(self, boxes: Floats) -> Ints:
        """Return the polygons whose boxes meet at least one of some boxes (rows as of `bounds`), ascending."""
        return np.asarray(np.unique(self._meeting(boxes)[1]))

    def _meeting(self, boxes: Floats) -> Ints:
        """Return the pairs (box, polygon) that meet, shape (2, n)."""
        known = np.flatnonzero(np.isfinite(boxes).all(axis=1))
        rows = self._perhaps(boxes[known])
        if len(rows) == 0:
            return np.empty((2, 0), np.int64)
        tree = shapely.STRtree(shapely.box(*self._bounds[rows].T))
        asking, found = tree.query(shapely.box(*boxes[known].T))
        return np.asarray(np.stack([known[asking], rows[found]]))

    def _perhaps(self, boxes: Floats) -> Ints:
        """Return the polygons that lie on cells of a grid which some of the boxes lie on: a few more than meet them.

        Sums over rectangles of a grid take four look-ups each (a summed-area table), so all polygons are asked at once.
        """
        if len(boxes) == 0 or len(self._bounds) == 0:
            return np.empty(0, dtype=np.int64)
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        there = (self._bounds[:, :2] <= high).all(axis=1) & (self._bounds[:, 2:] >= low).all(axis=1)
        rows = np.flatnonzero(there)
        if len(rows) <= self._few:
            return rows
        step = np.maximum((high - low) / _CELLS, np.spacing(np.abs(boxes).max()))

        def cells(corners: Floats) -> Ints:
            # Whatever the rounding, a larger coordinate never comes into a lower cell: boxes that meet share one.
            return np.asarray(np.clip((corners - low) / step, 0, _CELLS - 1).astype(np.int64))

        begin, end = cells(boxes[:, :2]), cells(boxes[:, 2:]) + 1
        marks = np.zeros((_CELLS + 1, _CELLS + 1), np.int32)
        for x, y, sign in ((begin, begin, 1), (end, end, 1), (begin, end, -1), (end, begin, -1)):
            np.add.at(marks, (x[:, 0], y[:, 1]), sign)
        covered = marks.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
        total = np.zeros((_CELLS + 1, _CELLS + 1), np.int32)
        total[1:, 1:] = covered.cumsum(axis=0).cumsum(axis=1)
        (x0, y0), (x1, y1) = cells(self._bounds[rows, :2]).T, cells(self._bounds[rows, 2:]).T + 1
        return np.asarray(rows[total[x1, y1] - total[x0, y1] - total[x1, y0] + total[x0, y0] > 0])
