"""Which polygons of a large layer lie near a few places, told by their boxes alone: their shapes may be elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.distributed.parts import Floats, Ints, Shapes

_CELLS = 1024  # along each side of the grid that sorts out what is nowhere near
_FEW = 20_000  # polygons, for which a grid is not worth while


class BoxTree:
    """Answers `query` as an STRtree of all polygons would, and asks for the shapes of those alone that it must look at.

    `bounds` has a row (west, south, east, north) per polygon, NaN for one there is not; `shapes` returns the polygons
    of some rows.
    """

    def __init__(self, bounds: Floats, shapes: Callable[[Ints], Shapes], *, few: int = _FEW) -> None:
        """Keep what queries are answered from; up to `few` polygons are all looked at."""
        self.bounds, self._shapes, self._few = bounds, shapes, few

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
            rows = np.unique(pairs[1])
            far = {} if distance is None else {"distance": distance}
            asking, found = shapely.STRtree(self._shapes(rows)).query(asked, predicate=predicate, **far)
            pairs = np.stack([asking, rows[found]])
        return pairs[1] if single else pairs

    def near(self, boxes: Floats) -> Ints:
        """Return the polygons whose boxes meet at least one of some boxes (rows as of `bounds`), ascending."""
        return np.asarray(np.unique(self.meeting(boxes)[1]))

    def meeting(self, boxes: Floats) -> Ints:
        """Return the pairs (box, polygon) that meet, shape (2, n)."""
        known = np.flatnonzero(np.isfinite(boxes).all(axis=1))
        rows = self._perhaps(boxes[known])
        if len(rows) == 0:
            return np.empty((2, 0), np.int64)
        tree = shapely.STRtree(shapely.box(*self.bounds[rows].T))
        asking, found = tree.query(shapely.box(*boxes[known].T))
        return np.asarray(np.stack([known[asking], rows[found]]))

    def _perhaps(self, boxes: Floats) -> Ints:
        """Return the polygons that lie on cells of a grid which some of the boxes lie on: a few more than meet them.

        Sums over rectangles of a grid take four look-ups each (a summed-area table), so all polygons are asked at once.
        """
        if len(boxes) == 0 or len(self._there) <= self._few:
            return self._there if len(boxes) else np.empty(0, dtype=np.int64)
        low, high = self._cells(boxes[:, :2]), self._cells(boxes[:, 2:]) + 1
        marks = np.zeros((_CELLS + 1, _CELLS + 1), np.int32)
        for x, y, sign in ((low, low, 1), (high, high, 1), (low, high, -1), (high, low, -1)):
            np.add.at(marks, (x[:, 0], y[:, 1]), sign)
        covered = marks.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
        total = np.zeros((_CELLS + 1, _CELLS + 1), np.int32)
        total[1:, 1:] = covered.cumsum(axis=0).cumsum(axis=1)
        x0, y0, x1, y1 = self._corners
        flat = total.ravel()
        here = flat[x1 + y1] - flat[x0 + y1] - flat[x1 + y0] + flat[x0 + y0] > 0
        return np.asarray(self._there[here])

    @cached_property
    def _there(self) -> Ints:
        return np.flatnonzero(np.isfinite(self.bounds).all(axis=1))

    @cached_property
    def _corners(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return where the corners of the polygons' boxes lie in a flat table of sums: offsets of x, of y, of both."""
        low, high = self._cells(self.bounds[self._there, :2]), self._cells(self.bounds[self._there, 2:]) + 1
        across = _CELLS + 1
        return low[:, 0] * across, low[:, 1], high[:, 0] * across, high[:, 1]

    def _cells(self, corners: Floats) -> Ints:
        """Return the column and row of the grid around all polygons that corners lie on, the nearest for those outside.

        Whatever the rounding, a larger coordinate never comes into a lower cell: boxes that meet share one.
        """
        origin, step = self._grid
        return np.asarray(np.clip((corners - origin) / step, 0, _CELLS - 1).astype(np.int64))

    @cached_property
    def _grid(self) -> tuple[Floats, Floats]:
        known = self.bounds[self._there]
        low, high = known[:, :2].min(axis=0), known[:, 2:].max(axis=0)
        return low, np.maximum((high - low) / _CELLS, np.spacing(np.abs(known).max()))
