"""Outlines of a coverage, made coarser zoom by zoom: what two parcels share is left out of both or of neither.

A vertex may go when both its neighbours are the same in every ring it lies in, and when it and they span less than
a triangle of the area asked for (M. Visvalingam and J. D. Whyatt, "Line generalisation by repeated elimination of
points", 1993). All decisions rest on the places of three vertices, in whole numbers and whichever way round they are
walked, so the two parcels at an edge decide alike; corners where three meet stay for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.pyramid.mercator import Long, Whole

Flags = NDArray[np.bool_]
PASSES = 4  # rounds of leaving out a zoom level: each takes every other vertex at most
_NEVER = np.iinfo(np.int64).max
_GOLDEN, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


@dataclass(frozen=True, slots=True)
class Outlines:
    """Open rings in world units, outer ones counter-clockwise as seen on a map and holes the other way.

    `x`, `y` and `fixed` (a corner that stays) have one entry per vertex, `lengths` and `feature` one per ring.
    """

    x: Whole
    y: Whole
    fixed: Flags
    lengths: Long
    feature: Long

    def starts(self) -> Long:
        """Return the position of the first vertex of each ring."""
        return np.asarray(np.cumsum(self.lengths) - self.lengths)

    def widths(self) -> Long:
        """Return the smaller side of the box of each ring, in units; no ring is without vertices."""
        if not len(self.lengths):
            return np.zeros(0, np.int64)
        starts = self.starts()
        sides = [np.maximum.reduceat(one, starts) - np.minimum.reduceat(one, starts) for one in (self.x, self.y)]
        return np.asarray(np.minimum(*sides), np.int64)

    def neighbours(self) -> tuple[Whole, Whole]:
        """Return for each vertex the positions of the one before and the one behind it in its ring."""
        count, starts = len(self.x), self.starts()
        before = np.arange(-1, count - 1, dtype=np.int32)
        behind = np.arange(1, count + 1, dtype=np.int32)
        filled = self.lengths > 0
        first, last = starts[filled], (starts + self.lengths - 1)[filled]
        before[first], behind[last] = last, first
        return before, behind

    def kept(self, keep: Flags) -> Outlines:
        """Return the rings without some of their vertices; a ring with fewer than three left is gone."""
        ring = np.repeat(np.arange(len(self.lengths), dtype=np.int32), self.lengths)
        lengths = np.bincount(ring[keep], minlength=len(self.lengths))
        whole = lengths >= 3
        keep = keep & whole[ring]
        return Outlines(self.x[keep], self.y[keep], self.fixed[keep], lengths[whole], self.feature[whole])

    def taken(self, rings: Long) -> Outlines:
        """Return the chosen rings alone, in the order given."""
        vertex, lengths = self.vertices(rings)
        return Outlines(self.x[vertex], self.y[vertex], self.fixed[vertex], lengths, self.feature[rings])

    def vertices(self, rings: Long) -> tuple[Long, Long]:
        """Return the positions of the vertices of the chosen rings, and the rings' lengths."""
        lengths = self.lengths[rings]
        offset = self.starts()[rings] - (np.cumsum(lengths) - lengths)
        return np.arange(int(lengths.sum())) + np.repeat(offset, lengths), lengths


def outlines(x: Whole, y: Whole, lengths: Long, feature: Long) -> Outlines:
    """Return open rings with their repeated vertices gone and the corners found where edges part."""
    found = Outlines(x, y, np.zeros(len(x), np.bool_), lengths, feature)
    before = found.neighbours()[0]
    found = found.kept((x != x[before]) | (y != y[before]))
    del before, x, y
    return Outlines(found.x, found.y, _corners(found), found.lengths, found.feature)


def simplified(found: Outlines, area: int) -> Outlines:
    """Return the outlines without what spans triangles of less than `area` square units, in rounds."""
    for _ in range(PASSES):
        before, behind = found.neighbours()
        spans = _spans(found, before, behind)
        names = mixed(_places(found))
        goes = spans < area
        for other in (before, behind):
            theirs = spans[other]
            goes &= (spans < theirs) | ((spans == theirs) & (names < names[other]))
        if np.count_nonzero(goes) * 50 < len(goes):  # a round that takes next to nothing is the last
            return found.kept(~goes)
        found = found.kept(~goes)
    return found


def _spans(found: Outlines, before: Whole, behind: Whole) -> Long:
    """Return twice the area of the triangle at each vertex in square units; a corner's is beyond any."""
    east = found.x - found.x[before]
    south = found.y - found.y[before]
    spans = east.astype(np.int64) * south[behind] - south.astype(np.int64) * east[behind]
    np.abs(spans, out=spans)
    spans[found.fixed] = _NEVER
    return spans


def _corners(found: Outlines) -> Flags:
    """Return which vertices lie in rings that do not share both of their neighbours."""
    if not len(found.x):
        return np.zeros(0, np.bool_)
    places = _places(found)
    names = mixed(places)
    before, behind = found.neighbours()
    beside = names[before]
    beside += names[behind]  # the same whichever way round, and wraps alike
    del names, before, behind  # a city's are hundreds of megabytes each
    order = np.argsort(places, kind="stable")
    places = places[order]
    same = places[1:] == places[:-1]
    del places
    beside = beside[order]
    differs = np.zeros(len(order), np.bool_)
    differs[1:] = same & (beside[1:] != beside[:-1])
    del beside
    starts = np.flatnonzero(np.append(True, ~same))
    counts = np.diff(np.append(starts, len(order)))
    parting = np.logical_or.reduceat(differs, starts) | (counts > 2)
    fixed = np.empty(len(order), np.bool_)
    fixed[order] = np.repeat(parting, counts)
    return fixed


def _places(found: Outlines) -> NDArray[np.uint64]:
    """Return one number per vertex that is its place."""
    places = found.x.astype(np.uint64)
    places <<= np.uint64(32)
    places |= found.y.astype(np.uint64)
    return places


def mixed(places: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers as good as random for places, so that no direction is preferred and sums tell pairs apart."""
    mixed = places >> _SHIFT
    mixed ^= places
    mixed *= _GOLDEN
    mixed ^= mixed >> np.uint64(32)
    return np.asarray(mixed)
