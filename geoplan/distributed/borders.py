"""The edges that parts of a layer leave over, matched across parts: what a coverage needs of its whole, and no more.

An edge is matched when the coverage has as many copies of it one way as the other (`geoplan.edges`). So each part
says of every edge by how much it is out of balance there, and the sums over the parts say it of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.edges import Edges

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Borders:
    """Edges that are out of balance: rows (x0, y0, x1, y1), the end that is first in (x, y) order first, each once.

    `balance` is by how many more copies run from that end than to it, never 0. Rows are sorted.
    """

    segments: Floats
    balance: Ints

    def __len__(self) -> int:
        return len(self.balance)


def borders_of(edges: Edges) -> Borders:
    """Return the edges that some polygons leave unmatched among themselves."""
    segments = edges.segments(~edges.matched)
    swap = (segments[:, 0] > segments[:, 2]) | ((segments[:, 0] == segments[:, 2]) & (segments[:, 1] > segments[:, 3]))
    segments[swap] = segments[swap][:, [2, 3, 0, 1]]
    return _summed(segments, np.where(swap, -1, 1))


def joined(several: Sequence[Borders]) -> Borders:
    """Return what stays out of balance of several parts together."""
    none = np.empty((0, 4))
    segments = np.vstack([none, *(one.segments for one in several)])
    return _summed(segments, np.concatenate([np.empty(0, np.int64), *(one.balance for one in several)]))


def among(edges: Floats, borders: Borders) -> NDArray[np.bool_]:
    """Return which edges (rows x0, y0, x1, y1, either way round) are among those out of balance."""
    swap = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    own = np.where(swap[:, None], edges[:, [2, 3, 0, 1]], edges)
    order, first = _runs(np.vstack([borders.segments, own]))
    known = np.maximum.reduceat(order < len(borders), first) if len(order) else np.empty(0, np.bool_)
    found = np.empty(len(order), np.bool_)
    found[order] = np.repeat(known, np.diff(np.append(first, len(order))))
    return found[len(borders) :]


def _summed(segments: Floats, balance: Ints) -> Borders:
    if len(segments) == 0:
        return Borders(np.empty((0, 4)), np.empty(0, np.int64))
    order, first = _runs(segments)
    total = np.add.reduceat(balance[order], first)
    kept = total != 0
    return Borders(segments[order[first[kept]]], total[kept])


def _runs(segments: Floats) -> tuple[Ints, Ints]:
    """Return an order that puts equal rows side by side, and where each run of them begins.

    The rows are sorted by their first coordinate, and further only where that is not enough.
    """
    order = np.argsort(segments[:, 0], kind="stable")
    sorted_x = segments[order, 0]
    equal = np.append(False, sorted_x[1:] == sorted_x[:-1])[: len(order)]
    crowd = np.flatnonzero(equal | np.append(equal[1:], False)[: len(order)])
    # Rows alone in their first coordinate are in place; the others are put in order by all four, run by run.
    rows = order[crowd]
    order[crowd] = rows[np.lexsort(segments[rows].T[::-1])]
    differs = (segments[order[1:]] != segments[order[:-1]]).any(axis=1)
    return order, np.flatnonzero(np.append(True, differs)[: len(order)])
