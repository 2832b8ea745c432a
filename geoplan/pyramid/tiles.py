"""Tiles of a fabric: which outlines lie in which tile, and a tile as the bytes a browser draws.

A tile is a header and its rings; where these are too small to be told apart, or too many, it has a picture of how
much of each pixel is filled, with the outlines of the large ones. No
text travels in a tile. Format, numbers with the low byte first (docs/fabric.md):

    u8 1 (the version), u8 bits of a tile's side (10: 1024 steps), u8 with a picture 1 else 0, u8 0,
    u32 rings, u32 vertices, then u16 vertices of each ring, steps east of each vertex from the one before
    (of the first from the tile's corner): all low bytes, all high bytes; steps south in the same way;
    then 256 × 256 u8, the filled share of each pixel (255: all), row by row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.pyramid.clipping import clipped_rings
from geoplan.pyramid.mercator import DEEPEST, TILE_PIXELS, WORLD_BITS, Long, Whole, tile_key, unit_bits
from geoplan.pyramid.outlines import Outlines

VERSION = 1
MOST_VERTICES = 16_000  # of a tile's outlines: about 50 KB packed, 20 tiles a view
STEP_BITS, FINE_STEP_BITS = 10, 12  # a tile's side in steps: a quarter of a pixel; at the deepest level a sixteenth
APART_PIXELS = 5  # mean width of the parcels of a tile: smaller ones are a picture
LARGE_PIXELS = 24  # a parcel whose outline is drawn over a picture
MOST_OVER = 6_000  # vertices of outlines drawn over a picture
_SPAN = 4  # tiles a ring may touch before it is cut up
_LOST = 0.02  # of a tile's ground: more lost in parcels too small to draw, and the tile gets a picture


@dataclass(frozen=True, slots=True)
class Placed:
    """Rings in tiles, in the order of the tiles: `key` of each, where its vertices begin and how many they are.

    `width` is the smaller side of the box of the whole ring, in units.
    """

    x: Whole
    y: Whole
    key: Long
    start: Long
    length: Long
    width: Long

    def groups(self) -> Iterator[tuple[int, slice]]:
        """Yield each tile's key with where its rings are."""
        cuts = np.flatnonzero(np.diff(self.key)) + 1
        begins, ends = np.append(0, cuts), np.append(cuts, len(self.key))
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            if end > begin:
                yield int(self.key[begin]), slice(begin, end)


def placed(found: Outlines, zoom: int) -> Placed:
    """Return which rings lie in which tiles of a zoom level; a ring across many tiles is cut up among them."""
    if not len(found.lengths):
        empty = np.zeros(0, np.int64)
        return Placed(found.x, found.y, empty, empty, empty, empty)
    bits = unit_bits(zoom) + 8
    widths, starts, margin = found.widths(), found.starts(), 1 << unit_bits(zoom)
    west, east = _reach(found.x, starts, margin, bits)
    north, south = _reach(found.y, starts, margin, bits)
    counts = (east - west + 1) * (south - north + 1)
    small = np.flatnonzero(counts <= _SPAN)
    ring = np.repeat(small, counts[small])
    number = np.arange(len(ring)) - np.repeat(np.cumsum(counts[small]) - counts[small], counts[small])
    wide = (east - west + 1)[ring]
    key = tile_key(zoom, west[ring] + number % wide, north[ring] + number // wide)
    start, length, width, x, y = starts[ring], found.lengths[ring], widths[ring], found.x, found.y
    large = np.flatnonzero(counts > _SPAN)
    if len(large):
        cut = clipped_rings(found, large, zoom)
        key = np.concatenate([key, cut.key])
        start = np.concatenate([start, cut.start + len(x)])
        length = np.concatenate([length, cut.length])
        width = np.concatenate([width, widths[cut.ring]])
        x, y = np.concatenate([x, cut.x]), np.concatenate([y, cut.y])
    order = np.argsort(key, kind="stable")
    return Placed(x, y, key[order], start[order], length[order], width[order])


def step_bits(zoom: int, deepest: int) -> int:
    """Return the bits of a tile's side in steps at a zoom level."""
    return min(FINE_STEP_BITS if zoom == deepest else STEP_BITS, WORLD_BITS - zoom)


def crowded(rings: Placed, zoom: int, lost: dict[int, float], ground: dict[int, float]) -> set[int]:
    """Return the keys of the tiles of a zoom level that need a picture.

    Their parcels are too small on average, their vertices too many, or too much ground is in what is not drawn.
    """
    keys, place = np.unique(rings.key, return_inverse=True)
    if len(keys):
        vertices = np.bincount(place, rings.length, len(keys))
        width = np.bincount(place, rings.width, len(keys)) / np.bincount(place, minlength=len(keys))
        full = set(keys[(vertices > MOST_VERTICES) | (width < APART_PIXELS << unit_bits(zoom))].tolist())
    else:
        full = set()
    return full | {key for key, area in lost.items() if area > _LOST * (ground.get(key, 0.0) + area)}


@dataclass(frozen=True, slots=True)
class Steps:
    """The outlines of one tile as they travel: steps between vertices, and the vertices of each ring."""

    east: NDArray[np.int32]
    south: NDArray[np.int32]
    lengths: Long


NOTHING = struct.pack("<BBBBII", VERSION, STEP_BITS, 0, 0, 0, 0)  # a tile that is not there, among others
NO_STEPS = Steps(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))


def content(steps: Steps, bits: int, picture: NDArray[np.uint8] | None = None) -> bytes:
    """Return one tile in the format above; b"" for one with nothing in it."""
    if (picture is None or not picture.any()) and not len(steps.lengths):
        return b""
    head = struct.pack("<BBBBII", VERSION, bits, int(picture is not None), 0, len(steps.lengths), len(steps.east))
    parts = [head, steps.lengths.astype("<u2").tobytes(), _planes(steps.east), _planes(steps.south)]
    if picture is not None:
        parts.append(picture.tobytes())
    return b"".join(parts)


def steps_of(rings: Placed, which: slice, bits: int) -> Steps:
    """Return a tile's outlines in steps, vertices that fall on one place counted once; a ring of a line is gone."""
    start, length = rings.start[which], rings.length[which]
    if not len(start):
        return NO_STEPS
    key = int(rings.key[which.start])
    zoom, column, row = key >> 56, (key >> 28) & 0xFFFFFFF, key & 0xFFFFFFF
    side = WORLD_BITS - zoom
    shift = side - bits
    half = (1 << shift) >> 1
    vertex = _vertices(start, length)
    x = (rings.x[vertex] - (column << side) + half) >> shift
    y = (rings.y[vertex] - (row << side) + half) >> shift
    ring = np.repeat(np.arange(len(length)), length)
    keep = np.append(True, (x[1:] != x[:-1]) | (y[1:] != y[:-1]) | (ring[1:] != ring[:-1]))
    kept = np.bincount(ring[keep], minlength=len(length))
    keep &= ((kept >= 3) & (kept < 1 << 16))[ring]
    lengths = np.bincount(ring[keep], minlength=len(length))
    east, south = (np.diff(value[keep], prepend=0).astype(np.int32) for value in (x, y))
    return Steps(east, south, np.asarray(lengths[lengths > 0]))


def large_only(rings: Placed, which: slice, zoom: int) -> Placed:
    """Return of a tile's rings those wide enough to be drawn over a picture; none if these are too many."""
    begin, end = which.start, which.stop
    start, length = rings.start[begin:end], rings.length[begin:end]
    width = rings.width[begin:end]
    large = width >= LARGE_PIXELS << unit_bits(zoom)
    if int(length[large].sum()) > MOST_OVER:
        large = np.zeros(len(large), np.bool_)
    return Placed(rings.x, rings.y, rings.key[begin:end][large], start[large], length[large], width[large])


def deepest_zoom(widths: NDArray[np.int64]) -> int:
    """Return the level from which on tiles are only enlarged: where half of the parcels are 24 pixels wide or more."""
    if not len(widths):
        return 0
    half = max(int(np.median(widths)), 1)
    fitting = [zoom for zoom in range(DEEPEST) if half >> unit_bits(zoom) >= LARGE_PIXELS]
    return min(fitting, default=DEEPEST)


def _reach(values: Whole, starts: Long, margin: int, bits: int) -> tuple[Long, Long]:
    last = (1 << (WORLD_BITS - bits)) - 1
    low = np.clip((np.minimum.reduceat(values, starts).astype(np.int64) - margin) >> bits, 0, last)
    high = np.clip((np.maximum.reduceat(values, starts).astype(np.int64) + margin) >> bits, 0, last)
    return low, high


def _vertices(start: Long, length: Long) -> Long:
    return np.asarray(np.arange(int(length.sum())) + np.repeat(start - (np.cumsum(length) - length), length))


def _planes(steps: NDArray[np.int32]) -> bytes:
    """Return 16-bit numbers as their low bytes, then their high bytes, which are nearly all alike."""
    return (steps & 0xFF).astype(np.uint8).tobytes() + ((steps >> 8) & 0xFF).astype(np.uint8).tobytes()


def picture(shares: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return filled shares as the bytes of a picture."""
    if shares.shape != (TILE_PIXELS, TILE_PIXELS):
        raise ValueError(f"a tile has {TILE_PIXELS} × {TILE_PIXELS} pixels, not {shares.shape}")
    return np.rint(shares * 255).astype(np.uint8)
