"""The nearest of any number of points to each of many zones, points coming batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats
from geoplan.rings import Integers

_MOST_CELLS = 1024  # along each axis of the grid that says which points may matter, and to which zones
_FIRST = 4096  # points that give every zone some distance to begin with


class NearestPoints:
    """For each zone the distance to the nearest point so far, and where that is; infinite before any point.

    Distances are those of the plane the zones are in, 0 for a point inside or on the edge. Of points equally near it is
    the first in (x, y) order, however they arrive.
    """

    def __init__(self, shapes: NDArray[Any]) -> None:
        """Begin with polygons in a plane, None where there is none (whose distance stays infinite)."""
        self._shapes = shapes
        self._bounds = shapely.bounds(shapes)
        self._there = np.flatnonzero(~np.isnan(self._bounds[:, 0]))
        self._side = int(np.clip(4 * np.sqrt(len(self._there)), 1, _MOST_CELLS))
        self._origin, self._per_unit = self._grid()
        self.distance: Floats = np.full(len(shapes), np.inf)
        self.x: Floats = np.full(len(shapes), np.nan)
        self.y: Floats = np.full(len(shapes), np.nan)

    def add(self, x: Floats, y: Floats) -> None:
        """Take in more points, all of them finite."""
        if not len(x) or not len(self._there):
            return
        if np.isinf(self.distance[self._there[0]]):
            self._compare(self._there, np.arange(0, len(x), max(len(x) // _FIRST, 1)), x, y)
        zones, low, high = self._reached()
        cell_x, cell_y = self._cells(x, y)
        points = np.flatnonzero(self._marked(low, high)[cell_y, cell_x])
        if not len(points):
            return
        held = np.zeros((self._side + 1, self._side + 1), dtype=np.int64)
        np.add.at(held, (cell_y[points] + 1, cell_x[points] + 1), 1)
        held = held.cumsum(axis=0).cumsum(axis=1)
        number = (
            held[high[:, 1] + 1, high[:, 0] + 1] - held[low[:, 1], high[:, 0] + 1]
            - held[high[:, 1] + 1, low[:, 0]] + held[low[:, 1], low[:, 0]]
        )  # fmt: skip
        if number.any():
            self._compare(zones[number > 0], points, x, y)

    def merge(self, distance: Floats, x: Floats, y: Floats) -> None:
        """Take in what others found for the same zones among other points."""
        self._take(np.arange(len(distance)), distance, x, y)

    def _take(self, zones: Integers, away: Floats, x: Floats, y: Floats) -> None:
        """Keep for some zones, each once, the nearer of a place and the one known."""
        known, known_x, known_y = self.distance[zones], self.x[zones], self.y[zones]
        before = (x < known_x) | ((x == known_x) & (y < known_y))
        better = (away < known) | ((away == known) & before)
        zones = zones[better]
        self.distance[zones], self.x[zones], self.y[zones] = away[better], x[better], y[better]

    def _compare(self, zones: Integers, points: Integers, x: Floats, y: Floats) -> None:
        """Hold zones to the nearest of some points."""
        # Many may be at one place, of which one will do; in order, so that the first is found of those equally near.
        places = np.unique(x[points] + 1j * y[points])
        tree = shapely.STRtree(shapely.points(places.real, places.imag))
        (zone, place), away = tree.query_nearest(self._shapes[zones], return_distance=True)
        order = np.lexsort((place, zone))
        zone, place, away = zone[order], place[order], away[order]
        first = np.flatnonzero(np.append(True, zone[1:] != zone[:-1])[: len(zone)])
        place = place[first]
        self._take(zones[zone[first]], away[first], places.real[place], places.imag[place])

    def _reached(self) -> tuple[Integers, Integers, Integers]:
        """Return the zones that a point could still come nearer to, and the cells of their boxes so widened."""
        zones = self._there[self.distance[self._there] > 0]
        bounds = self._bounds[zones]
        # A little more, so that rounding leaves out none that is just as near.
        away = self.distance[zones] + 4 * np.spacing(np.abs(bounds).max(axis=1) + self.distance[zones])
        low = self._cells(bounds[:, 0] - away, bounds[:, 1] - away)
        high = self._cells(bounds[:, 2] + away, bounds[:, 3] + away)
        return zones, np.column_stack(low), np.column_stack(high)

    def _cells(self, x: Floats, y: Floats) -> tuple[Integers, Integers]:
        """Return the column and row of places, those beyond the zones in the outermost."""
        columns, rows = ((values - low) * self._per_unit for values, low in zip((x, y), self._origin, strict=True))
        last = self._side - 1
        return np.clip(columns, 0, last).astype(np.int64), np.clip(rows, 0, last).astype(np.int64)

    def _grid(self) -> tuple[Floats, float]:
        """Return the south-west corner of the grid, and how many cells there are to one unit."""
        if not len(self._there):
            return np.zeros(2), 1.0
        bounds = self._bounds[self._there]
        low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        return low, self._side / float((high - low).max())

    def _marked(self, low: Integers, high: Integers) -> NDArray[np.bool_]:
        """Return which cells lie in any of the boxes given by their first and last cells."""
        steps = np.zeros((self._side + 1, self._side + 1), dtype=np.int64)
        np.add.at(steps, (low[:, 1], low[:, 0]), 1)
        np.add.at(steps, (high[:, 1] + 1, high[:, 0] + 1), 1)
        np.add.at(steps, (low[:, 1], high[:, 0] + 1), -1)
        np.add.at(steps, (high[:, 1] + 1, low[:, 0]), -1)
        return np.asarray(steps.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0)
