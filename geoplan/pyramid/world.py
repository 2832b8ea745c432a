"""From polygons in any system to rings in world units: a stretch at a time, so that a city is in memory once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import to_degrees
from geoplan.pyramid.mercator import Long, Whole, to_world
from geoplan.rings import Rings

STRETCH = 200_000  # vertices looked at by one thread at a time
_THREADS = 2  # taking coordinates to degrees lets others run
_AT_ONCE = 8  # stretches that wait in memory for their turn
_NONE = np.zeros(0, np.int64)
_EDGES = ((np.min, np.inf), (np.max, -np.inf))


@dataclass(frozen=True, slots=True)
class World:
    """Open rings in world units, outer ones counter-clockwise as seen on a map and holes the other way.

    `x` and `y` have one entry per vertex, `lengths` and `feature` one per ring; `bounds` are west, south, east, north
    in degrees, None when there is nothing.
    """

    x: Whole
    y: Whole
    lengths: Long
    feature: Long
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of rings in world units, without the vertices that close them; `low` and `high` are in degrees."""

    x: Whole
    y: Whole
    lengths: Long
    feature: Long
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def in_world(rings: Rings, crs: CRS, progress: Callable[[float], None] = lambda _: None) -> World:
    """Return the rings of polygons in world units.

    Features with a coordinate that is no place on the globe are left out, as maps of all kinds do. `progress` is told
    how much of it is done, 0 to 1.
    """
    x, y = np.empty(len(rings.x), np.int32), np.empty(len(rings.x), np.int32)
    lengths, features, at = [], [], 0
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    cuts = _cuts(rings)
    with ThreadPoolExecutor(_THREADS) as pool:
        for first in range(0, len(cuts) - 1, _AT_ONCE):
            for part in pool.map(partial(_part, rings, crs), *_spans(cuts[first : first + _AT_ONCE + 1])):
                x[at : at + len(part.x)], y[at : at + len(part.x)] = part.x, part.y
                at += len(part.x)
                lengths.append(part.lengths)
                features.append(part.feature)
                low, high = np.minimum(low, part.low), np.maximum(high, part.high)
            progress(min((first + _AT_ONCE) / (len(cuts) - 1), 1.0))
    if not at:
        return World(x[:0], y[:0], _NONE, _NONE, None)
    return World(x[:at], y[:at], np.concatenate(lengths), np.concatenate(features), (*low.tolist(), *high.tolist()))


def _cuts(rings: Rings) -> list[int]:
    """Return where stretches of rings begin and end: about so many vertices each, no feature in two."""
    begins = np.flatnonzero(np.diff(rings.feature, prepend=-1))  # the first ring of each feature
    stretch = rings.starts()[begins] // STRETCH
    return [*begins[np.flatnonzero(np.diff(stretch, prepend=-1))].tolist(), len(rings.lengths)]


def _spans(cuts: list[int]) -> tuple[list[int], list[int]]:
    return cuts[:-1], cuts[1:]


def _part(rings: Rings, crs: CRS, first: int, last: int) -> _Part:
    """Return a stretch of rings, from the `first` up to, not including, the `last`."""
    chosen = slice(first, last)
    begin = int(rings.lengths[:first].sum())
    here = slice(begin, begin + int(rings.lengths[chosen].sum()))
    lon, lat = to_degrees(rings.x[here], rings.y[here], crs)
    some = Rings(lon, lat, rings.lengths[chosen], rings.sign[chosen], rings.feature[chosen], rings.measurable)
    good = _on_globe(some) & (some.lengths > 3)
    index = _walk(some, good, some.turned() * some.sign < 0)  # not as it should be: outer ones counter-clockwise
    lon, lat = lon[index], lat[index]
    x, y = to_world(lon, lat)
    low, high = (np.array([edge(one, initial=rest) for one in (lon, lat)]) for edge, rest in _EDGES)
    return _Part(x, y, some.lengths[good] - 1, some.feature[good], low, high)


def _on_globe(rings: Rings) -> NDArray[np.bool_]:
    """Return which rings are of features whose coordinates all are places."""
    astray = ~(np.isfinite(rings.x) & np.isfinite(rings.y))
    if not astray.any():
        return np.ones(len(rings.lengths), np.bool_)
    return ~np.isin(rings.feature, rings.feature[rings.ring[astray]])


def _walk(rings: Rings, chosen: NDArray[np.bool_], turned: NDArray[np.bool_]) -> Long:
    """Return the positions of the vertices of the chosen rings without their last, those turned wrong backwards."""
    starts, lengths = rings.starts()[chosen], rings.lengths[chosen] - 1
    step = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    back = np.repeat(turned[chosen], lengths)
    return np.asarray(np.repeat(starts, lengths) + np.where(back, np.repeat(lengths, lengths) - 1 - step, step))
