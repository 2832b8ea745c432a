"""How much of each pixel a coverage fills: for views in which parcels are smaller than what can be drawn.

Exact in area: each edge adds to its pixel the ground between it and the pixel's right side, signed by its direction,
and the running sum along a row of pixels is the filled share of each (as fonts are drawn, M. Sporny's and R. Levien's
accumulation buffers). Edges that two parcels walk in opposite directions cancel and are left out beforehand, so a
sound fabric costs its outer border only. Farther zoom levels are means of four pixels, which keeps the area.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats
from geoplan.pyramid.mercator import TILE_PIXELS, Long, unit_bits
from geoplan.pyramid.outlines import Outlines, mixed

Strip = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Edges:
    """Directed edges in world units with how many times each counts; outlines closed by them, area and all."""

    x0: Long
    y0: Long
    x1: Long
    y1: Long
    times: Long

    def between(self, top: int, bottom: int) -> Edges:
        """Return the edges that reach into the rows of units from `top` up to `bottom`."""
        high, low = np.minimum(self.y0, self.y1), np.maximum(self.y0, self.y1)
        some = (low > top) & (high < bottom)
        return Edges(self.x0[some], self.y0[some], self.x1[some], self.y1[some], self.times[some])


def open_edges(found: Outlines) -> Edges:
    """Return the edges of the outlines that do not cancel: none of a seam that two parcels share vertex by vertex."""
    _, behind = found.neighbours()
    first = (found.x.astype(np.uint64) << np.uint64(32)) | found.y.astype(np.uint64)
    last = first[behind]
    names = mixed(first) + mixed(last)
    order = np.argsort(names)
    names = names[order]
    starts = np.flatnonzero(np.append(True, names[1:] != names[:-1])) if len(names) else np.zeros(0, np.int64)
    forward = np.where(first < last, 1, -1)[order]
    times = np.add.reduceat(forward, starts) if len(starts) else np.zeros(0, np.int64)
    left = times != 0
    which = order[starts[left]]
    # One edge stands for all of its kind: turned round where more of them run the other way.
    times = times[left] * np.where(first[which] < last[which], 1, -1)
    ends = behind[which]
    places = (found.x[which], found.y[which], found.x[ends], found.y[ends])
    x0, y0, x1, y1 = (place.astype(np.int64) for place in places)
    sloped = y0 != y1  # a level edge has no ground to its right
    return Edges(x0[sloped], y0[sloped], x1[sloped], y1[sloped], times[sloped].astype(np.int64))


def filled(edges: Edges, bits: int, left: int, top: int, size: tuple[int, int]) -> Strip:
    """Return the filled share (0 to 1) of pixels of 2^`bits` units, rows × columns of `size` from `left`, `top`.

    `left` and `top` are units; nothing may lie to the left of `left`.
    """
    rows, columns = size
    some = edges.between(top, top + (rows << bits))
    sums = np.zeros(rows * (columns + 1) + 1)
    scale = 1.0 / (1 << bits)
    x0, x1 = (np.asarray((x - left) * scale, np.float64) for x in (some.x0, some.x1))
    y0, y1 = (np.asarray((y - top) * scale, np.float64) for y in (some.y0, some.y1))
    edge, begin, end = _cut(x0, y0, x1, y1)
    high = (y1 - y0)[edge]
    middle_x = x0[edge] + (x1 - x0)[edge] * (begin + end) / 2
    row = np.floor(y0[edge] + high * (begin + end) / 2).astype(np.int64)
    column = np.clip(np.floor(middle_x).astype(np.int64), 0, columns - 1)
    cover = high * (end - begin) * some.times[edge]
    inside = (row >= 0) & (row < rows)
    place = (row * (columns + 1) + column)[inside]
    share = np.clip(middle_x - column, 0.0, 1.0)[inside]
    cover = cover[inside]
    sums += np.bincount(place, cover * (1.0 - share), len(sums))[: len(sums)]
    sums += np.bincount(place + 1, cover * share, len(sums))[: len(sums)]
    shares = np.cumsum(sums[:-1].reshape(rows, columns + 1), axis=1)[:, :columns]
    # An outer ring walks south along its west side, so a row of pixels comes upon it with a plus.
    return np.asarray(np.clip(shares, 0.0, 1.0), np.float32)


def _cut(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> tuple[Long, Floats, Floats]:
    """Return the pieces of edges within single pixels: the edge each is of, and the shares of it it runs between."""
    over_x, share_x = _crossings(x0, x1)
    over_y, share_y = _crossings(y0, y1)
    count = len(x0)
    edge = np.concatenate([np.arange(count), over_x, over_y])
    begin = np.concatenate([np.zeros(count), share_x, share_y])
    order = np.lexsort((begin, edge))
    edge, begin = edge[order], begin[order]
    end = np.append(begin[1:], 1.0)
    end[np.append(edge[1:] != edge[:-1], True)[: len(end)]] = 1.0
    return edge, begin, end


def _crossings(start: Floats, end: Floats) -> tuple[Long, Floats]:
    """Return where edges cross whole numbers: the edge, and the share of it at which it does."""
    low, high = np.floor(np.minimum(start, end)), np.ceil(np.maximum(start, end))
    counts = np.maximum(high - low - 1, 0).astype(np.int64)
    edge = np.repeat(np.arange(len(start)), counts)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    line = low[edge] + 1 + number
    return edge, np.clip((line - start[edge]) / (end - start)[edge], 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Extent:
    """The tiles of one zoom level that a fabric reaches: columns `west` to `east` and rows `north` to `south`."""

    zoom: int
    west: int
    north: int
    east: int
    south: int

    def above(self) -> Extent:
        """Return the tiles one zoom level farther out."""
        return Extent(self.zoom - 1, self.west >> 1, self.north >> 1, self.east >> 1, self.south >> 1)


def strips(edges: Edges, deepest: Extent, farthest: int, take: Callable[[int, int, int, Strip], None]) -> None:
    """Hand over every tile from zoom `farthest` to that of `deepest`: zoom, column, row and its 256 × 256 shares."""
    extents = {deepest.zoom: deepest}
    for zoom in range(deepest.zoom, farthest, -1):
        extents[zoom - 1] = extents[zoom].above()

    def strip(zoom: int, row: int) -> Strip:
        extent = extents[zoom]
        wide = (extent.east - extent.west + 1) * TILE_PIXELS
        if not extent.north <= row <= extent.south:
            return np.zeros((TILE_PIXELS, wide), np.float32)
        if zoom == deepest.zoom:
            bits = unit_bits(zoom)
            found = filled(
                edges, bits, (extent.west * TILE_PIXELS) << bits, (row * TILE_PIXELS) << bits, (TILE_PIXELS, wide)
            )
        else:
            below = extents[zoom + 1]
            whole = np.zeros((2 * TILE_PIXELS, 2 * wide), np.float32)
            at = (below.west - 2 * extent.west) * TILE_PIXELS
            for half in (0, 1):
                part = strip(zoom + 1, 2 * row + half)
                whole[half * TILE_PIXELS : (half + 1) * TILE_PIXELS, at : at + part.shape[1]] = part
            found = whole.reshape(TILE_PIXELS, 2, wide, 2).mean(axis=(1, 3), dtype=np.float32)
        for column in range(extent.west, extent.east + 1):
            at = (column - extent.west) * TILE_PIXELS
            take(zoom, column, row, found[:, at : at + TILE_PIXELS])
        return found

    for row in _rows(extents[farthest]):
        strip(farthest, row)


def _rows(extent: Extent) -> Iterator[int]:
    yield from range(extent.north, extent.south + 1)
