"""Rings that reach across many tiles, cut up among them, so that no tile carries more of one than it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.pyramid.mercator import WORLD_BITS, Long, Whole, tile_key, unit_bits
from geoplan.pyramid.outlines import Outlines

_MARGIN = 16  # pixels beyond a tile within which a ring is kept: its cut edges are never seen
Points = NDArray[np.int64]  # shape (n, 2): east, south


@dataclass(frozen=True, slots=True)
class Cut:
    """Pieces of rings, each within its tile.

    The vertices, and per piece the tile's key, its first vertex, how many they are, and the ring it is of.
    """

    x: Whole
    y: Whole
    key: Long
    start: Long
    length: Long
    ring: Long


def clipped_rings(found: Outlines, rings: Long, zoom: int) -> Cut:
    """Return the pieces of the chosen rings in each tile of a zoom level they reach."""
    starts, pieces, keys, of = found.starts(), [], [], []
    side = WORLD_BITS - zoom
    for ring in rings.tolist():
        here = slice(int(starts[ring]), int(starts[ring] + found.lengths[ring]))
        points = np.stack([found.x[here], found.y[here]], axis=1).astype(np.int64)
        low, high = points.min(axis=0) >> side, points.max(axis=0) >> side
        for column, row, piece in _shared_out(points, (*low.tolist(), *high.tolist()), zoom):
            keys.append(int(tile_key(zoom, column, row)))
            pieces.append(piece)
            of.append(ring)
    length = np.array([len(piece) for piece in pieces], np.int64)
    whole = np.concatenate(pieces).astype(np.int32) if pieces else np.zeros((0, 2), np.int32)
    return Cut(
        whole[:, 0], whole[:, 1], np.array(keys, np.int64), np.cumsum(length) - length, length, np.array(of, np.int64)
    )


def clipped(points: Points, axis: int, limit: int, *, above: bool) -> Points:
    """Return the part of a ring on one side of a line across an axis (I. Sutherland and G. Hodgman, 1974).

    Edges along the line may join parts of it: they lie where nothing is drawn.
    """
    value = points[:, axis]
    inside = value >= limit if above else value <= limit
    if inside.all():
        return points
    if not inside.any():
        return points[:0]
    behind = np.roll(points, -1, axis=0)
    crossing = inside != np.roll(inside, -1)
    span = (behind - points)[crossing]
    share = (limit - value[crossing]) / span[:, axis]
    crossed = np.rint(points[crossing] + span * share[:, None]).astype(np.int64)
    crossed[:, axis] = limit
    place = np.arange(len(points))
    order = np.argsort(np.concatenate([2 * place[inside], 2 * place[crossing] + 1]), kind="stable")
    return np.asarray(np.concatenate([points[inside], crossed])[order])


def _shared_out(points: Points, box: tuple[int, int, int, int], zoom: int) -> Iterator[tuple[int, int, Points]]:
    """Yield the piece of a ring in each tile of a box of tiles (west, north, east, south), halving the box."""
    if len(points) < 3:
        return
    west, north, east, south = box
    if west == east and north == south:
        yield west, north, points
        return
    axis = 0 if east - west >= south - north else 1
    middle = (west + east) // 2 if axis == 0 else (north + south) // 2
    line, margin = (middle + 1) << (WORLD_BITS - zoom), _MARGIN << unit_bits(zoom)
    first = (west, north, middle, south) if axis == 0 else (west, north, east, middle)
    second = (middle + 1, north, east, south) if axis == 0 else (west, middle + 1, east, south)
    yield from _shared_out(clipped(points, axis, line + margin, above=False), first, zoom)
    yield from _shared_out(clipped(points, axis, line - margin, above=True), second, zoom)
