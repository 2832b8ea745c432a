"""Zones under a grid: for each cell the zones at its reference point, and the edges that pass through it.

A cell without edges lies in the same zones everywhere. In any other, the zones at a point are those at the reference
point, changed at every edge between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats
from geoplan.locating.lines import Lines
from geoplan.rings import Integers, Rings

Codes: TypeAlias = NDArray[np.int32]

_EDGES_AT_ONCE = 1_000_000
_CELLS_PER_EDGE = 2.5
_MOST_CELLS = 16_000_000
_LEAST_CELLS = 16
_MOST_EDGES_A_CELL = 12.0  # as a point among the edges meets them on average; else the grid is refined
_MOST_PASSAGES = 30_000_000  # of an edge through a cell, up to which refining the grid is worth it
_MOST_MEMBERS = 20_000_000  # zones at the references of cells that lie in several


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of zones: from vertex `start[i]` to the next one of `x` and `y`.

    `signed` has one entry per vertex: the number of the zone (from 1), negative where the zone lies to the right
    of the edge that begins there.
    """

    x: Floats
    y: Floats
    start: Integers
    signed: Codes

    @classmethod
    def of(cls, rings: Rings) -> Self:
        """Return the edges of rings, those without length left out."""
        interior = np.where(rings.turned() < 0, -1, 1) * rings.sign.astype(np.int64)
        signed = np.repeat(((rings.feature + 1) * interior).astype(np.int32), rings.lengths)
        there = np.ones(len(rings.x), dtype=np.bool_)
        there[np.cumsum(rings.lengths) - 1] = False
        there[:-1] &= (rings.x[1:] != rings.x[:-1]) | (rings.y[1:] != rings.y[:-1])
        return cls(rings.x, rings.y, np.flatnonzero(there), signed)


@dataclass(frozen=True, slots=True)
class Crowds:
    """Sets of several zones that lie on top of each other: the numbers `member[first[c]:first[c + 1]]` are crowd c."""

    first: Integers
    member: Codes

    def __len__(self) -> int:
        return len(self.first) - 1

    def pairs(self, crowds: Integers) -> tuple[Integers, Codes]:
        """Return for each member of some crowds the place among `crowds` of its own, and its number."""
        owner, nth = expanded(self.first[crowds + 1] - self.first[crowds])
        return owner, self.member[self.first[crowds][owner] + nth]


@dataclass(frozen=True, slots=True)
class Raster:
    """Cells of a grid, row by row, numbered from the south-west.

    `code` is 0 where a cell lies in no zone, the number of a zone (from 1) where it lies in that one alone, and
    −1 − s where it is special. Special cell s has `count[s]` zones at its reference, the sum of whose numbers is
    `total[s]`, and the edges `passing[begin[s]:begin[s + 1]]` (vertices they begin at). Where `count` exceeds 1,
    `crowd[s]` is the place of these zones among the `crowds`, else −1.
    """

    columns: Lines
    rows: Lines
    code: Codes
    count: Codes
    total: Integers
    begin: Integers
    passing: Codes
    crowd: Codes
    crowds: Crowds

    @classmethod
    def of(cls, edges: Edges, margin: float) -> Self:
        """Return the raster of edges, as fine as they need; what is within `margin` of a cell counts as in it."""
        cells = max(int(_CELLS_PER_EDGE * len(edges.start)), _LEAST_CELLS)
        finest = max(min(cells * 64, _MOST_CELLS), _LEAST_CELLS)
        cells = min(cells, finest)
        while True:
            columns, rows = _lines(edges, cells, margin)
            count, total = _at_references(edges, columns, rows)
            crowded = int(count[count > 1].sum(dtype=np.int64))
            if crowded > _MOST_MEMBERS and cells > _LEAST_CELLS:
                cells = finest = max(cells // 4, _LEAST_CELLS)
                continue
            keys = _passages(edges, columns, rows, margin)
            if cells < finest and len(keys) < _MOST_PASSAGES and _met(keys) > _MOST_EDGES_A_CELL:
                cells = min(cells * 8, finest)
                continue
            return cls._assembled(edges, (columns, rows), (count, total), keys)

    @classmethod
    def _assembled(cls, edges: Edges, grid: tuple[Lines, Lines], at: tuple[Codes, Integers], keys: Integers) -> Self:
        (columns, rows), (count, total) = grid, at
        cell = keys >> 32
        special = (count != 0) & (count != 1)
        special[cell] = True
        places = np.flatnonzero(special)
        begin = np.searchsorted(cell, places)
        passing = (keys & 0xFFFFFFFF).astype(np.int32)
        code = total.astype(np.int32)  # exact wherever it is looked at: a single zone, or none
        code[places] = -1 - np.arange(len(places), dtype=np.int32)
        crowd = np.full(len(places), -1, dtype=np.int32)
        several = count[places] > 1
        crowd[several], crowds = _crowds(edges, (columns, rows), count, places[several])
        return cls(
            columns,
            rows,
            code,
            count[places],
            total[places],
            np.append(begin, len(keys)),
            passing,
            crowd,
            crowds,
        )


def expanded(counts: Integers) -> tuple[Integers, Integers]:
    """Return for each of `counts[i]` things of owner i the owner, and its number among the owner's things."""
    ends = np.cumsum(counts)
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(ends - counts, counts)


def _lines(edges: Edges, cells: int, margin: float) -> tuple[Lines, Lines]:
    """Return columns and rows for about so many cells, as square as the whole allows."""
    width, height = float(np.ptp(edges.x)) + 8 * margin, float(np.ptp(edges.y)) + 8 * margin
    across = min(max(round(np.sqrt(cells * width / height)), 1), cells)
    return Lines.among(edges.x, across, margin), Lines.among(edges.y, max(cells // across, 1), margin)


def _met(keys: Integers) -> float:
    """Return how many edges a point finds in its cell, on average over the edges themselves."""
    if not len(keys):
        return 0.0
    cell = keys >> 32
    begins = np.flatnonzero(np.append(True, cell[1:] != cell[:-1]))
    counts = np.diff(np.append(begins, len(cell))).astype(np.float64)
    return float((counts**2).sum() / counts.sum())


def _crossings(edges: Edges, columns: Lines, rows: Lines, chosen: Integers) -> tuple[Integers, Integers, Codes]:
    """Return where edges cross the lines of references: row, first column with its reference east of it, signed zone.

    The zone is positive where it begins east of the crossing.
    """
    x, y = edges.x, edges.y
    below_start, below_end = rows.references_below(y[chosen]), rows.references_below(y[chosen + 1])
    owner, nth = expanded(np.abs(below_end - below_start))
    edge = chosen[owner]
    row = np.minimum(below_start, below_end)[owner] + nth
    share = (rows.reference[row] - y[edge]) / (y[edge + 1] - y[edge])
    column = columns.references_below(x[edge] + share * (x[edge + 1] - x[edge]))
    upward = (below_end > below_start)[owner]
    signed = edges.signed[edge]
    return row, column, np.where(upward, -signed, signed)


def _at_references(edges: Edges, columns: Lines, rows: Lines) -> tuple[Codes, Integers]:
    """Return for each cell how many zones hold its reference, and the sum of their numbers."""
    width = len(columns) + 1
    count = np.zeros(len(rows) * width, dtype=np.int32)
    total = np.zeros(len(rows) * width, dtype=np.int64)
    for begin in range(0, len(edges.start), _EDGES_AT_ONCE):
        row, column, signed = _crossings(edges, columns, rows, edges.start[begin : begin + _EDGES_AT_ONCE])
        place = row * width + column
        np.add.at(count, place, np.sign(signed))
        np.add.at(total, place, signed.astype(np.int64))

    def summed(values: NDArray[Any]) -> NDArray[Any]:
        table = values.reshape(len(rows), width)
        np.cumsum(table, axis=1, out=table)
        return np.ascontiguousarray(table[:, :-1]).ravel()

    return summed(count), summed(total)


def _passages(edges: Edges, columns: Lines, rows: Lines, margin: float) -> Integers:
    """Return the cells each edge passes through or comes within `margin` of: cell · 2³² + its vertex, ascending."""
    found = [
        _passages_of(edges, columns, rows, margin, edges.start[begin : begin + _EDGES_AT_ONCE])
        for begin in range(0, len(edges.start), _EDGES_AT_ONCE)
    ]
    keys = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    keys.sort()
    return keys


def _passages_of(edges: Edges, columns: Lines, rows: Lines, margin: float, chosen: Integers) -> Integers:
    x, y = edges.x, edges.y
    low, high = np.minimum(y[chosen], y[chosen + 1]), np.maximum(y[chosen], y[chosen + 1])
    south = rows.strip(low - margin)
    owner, nth = expanded(rows.strip(high + margin) - south + 1)
    row, edge = south[owner] + nth, chosen[owner]
    rise = y[edge + 1] - y[edge]
    level = rise == 0
    rise[level] = 1.0
    # The part of the edge within the row, as shares of its length; a level edge is in it whole.
    enter = np.clip((rows.at[row] - margin - y[edge]) / rise, 0.0, 1.0)
    leave = np.clip((rows.at[row + 1] + margin - y[edge]) / rise, 0.0, 1.0)
    enter[level], leave[level] = 0.0, 1.0
    run = x[edge + 1] - x[edge]
    one, other = x[edge] + enter * run, x[edge] + leave * run
    west = columns.strip(np.minimum(one, other) - margin)
    part, nth = expanded(columns.strip(np.maximum(one, other) + margin) - west + 1)
    cell = row[part] * len(columns) + west[part] + nth
    return np.asarray((cell << 32) | edge[part])


def _crowds(edges: Edges, grid: tuple[Lines, Lines], count: Codes, cells: Integers) -> tuple[Codes, Crowds]:
    """Return for each of the cells whose reference lies in several zones the place of its crowd, and the crowds."""
    if not len(cells):
        return np.empty(0, dtype=np.int32), Crowds(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))
    columns = len(grid[0])
    # A row of the grid is a run of these numbers, so that a stretch of it is a range among the cells.
    number = cells // columns * (columns + 1) + cells % columns
    found = [_runs(edges, grid, number, edges.start[begin:end]) for begin, end in _by_zone(edges)]
    cell = np.concatenate([places for places, _ in found])
    zone = np.concatenate([zones for _, zones in found])
    first = np.append(0, np.cumsum(count[cells], dtype=np.int64))
    # Zones come in ascending order, so equal crowds are equal lists.
    every = Crowds(first, zone[np.argsort(cell, kind="stable")].astype(np.int32))
    kept, crowd = _distinct(every)
    members = every.pairs(kept)[1]
    return crowd, Crowds(np.append(0, np.cumsum(np.diff(first)[kept])), members)


def _distinct(crowds: Crowds) -> tuple[Integers, Codes]:
    """Return the first of each kind of crowd, and for every crowd the place of its kind among them."""
    marks = np.random.default_rng(0).integers(0, 2**64, int(crowds.member.max()) + 1, dtype=np.uint64)
    sums = np.add.reduceat(marks[crowds.member], crowds.first[:-1])  # wraps around, which serves as well
    _, kept, kind = np.unique(sums, return_index=True, return_inverse=True)
    alike = kept[kind]
    sizes = np.diff(crowds.first)
    if (sizes[alike] == sizes).all() and (crowds.pairs(alike)[1] == crowds.member).all():
        return kept, kind.astype(np.int32)
    # Two different crowds of one sum, which nobody has seen yet: then each is its own kind.
    return np.arange(len(crowds)), np.arange(len(crowds), dtype=np.int32)


def _by_zone(edges: Edges) -> list[tuple[int, int]]:
    """Return runs of about _EDGES_AT_ONCE edges that keep the edges of a zone together."""
    zone = np.abs(edges.signed[edges.start])
    ends = np.append(np.flatnonzero(zone[1:] != zone[:-1]) + 1, len(zone))
    runs, begin = [], 0
    while begin < len(zone):
        last = int(np.searchsorted(ends, begin + _EDGES_AT_ONCE))
        end = int(ends[min(last, len(ends) - 1)])
        runs.append((begin, end))
        begin = end
    return runs


def _runs(edges: Edges, grid: tuple[Lines, Lines], number: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """Return which of the cells `number` (row · width + column) lie in which zones, among the zones of some edges."""
    columns, rows = grid
    row, column, signed = _crossings(edges, columns, rows, chosen)
    place = row * (len(columns) + 1) + column
    zone = np.abs(signed).astype(np.int64)
    order = np.lexsort((place, zone))
    place, zone, step = place[order], zone[order], np.sign(signed[order])
    # Every zone's crossings of a row sum to nothing, so one running sum serves all of them.
    inside = np.cumsum(step) > 0
    begins = np.flatnonzero(inside[:-1]) if len(inside) else np.empty(0, dtype=np.int64)
    low, high = np.searchsorted(number, place[begins]), np.searchsorted(number, place[begins + 1])
    owner, nth = expanded(high - low)
    return low[owner] + nth, zone[begins][owner]
