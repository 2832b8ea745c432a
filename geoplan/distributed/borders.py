"""The edges that parts of a layer leave over, matched across parts: what a coverage needs of its whole, and no more.

An edge is matched when the coverage has as many copies of it one way as the other (`geoplan.edges`). So each part
tells the copies that are unmatched within it, and where those of all parts balance, the edge is matched in the whole
layer. Copies that balance within their part add nothing, and are not told.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.edges import Edges, before, match_edges, same_edge_runs
from geoplan.rings import Rings

Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


def unmatched_in(segments: Floats) -> Bools:
    """Return which edges (rows x0, y0, x1, y1) stay unmatched among all that parts told."""
    if len(segments) == 0:
        return np.empty(0, np.bool_)
    start, end = segments[:, :2], segments[:, 2:]
    order, first = same_edge_runs(start, end)
    balance = np.add.reduceat(np.where(before(start, end), 1, -1)[order], first)
    unmatched = np.empty(len(order), np.bool_)
    unmatched[order] = np.repeat(balance != 0, np.diff(np.append(first, len(order))))
    return unmatched


def places_among(edges: Floats, several: Floats) -> Ints:
    """Return for each edge the place of its first copy, either way round, among several others; −1 where there is none.

    Rows are x0, y0, x1, y1.
    """
    if len(edges) == 0:
        return np.empty(0, np.int64)
    both = np.vstack([several, edges])
    order, first = same_edge_runs(both[:, :2], both[:, 2:])
    lowest = np.minimum.reduceat(order, first)
    place = np.empty(len(order), np.int64)
    place[order] = np.repeat(np.where(lowest < len(several), lowest, -1), np.diff(np.append(first, len(order))))
    return place[len(several) :]


def linework(segments: Floats) -> Edges:
    """Return unmatched edges as `coverage.examine_gaps` takes them: whose they are is not known to them."""
    count = len(segments)
    nobody = match_edges(np.empty(0, dtype=object))
    rings = Rings(
        x=segments[:, [0, 2]].ravel(),
        y=segments[:, [1, 3]].ravel(),
        lengths=np.full(count, 2, np.int64),
        sign=np.ones(count),
        feature=np.zeros(count, np.int64),
        measurable=np.zeros(1, np.bool_),
    )
    start = np.arange(0, 2 * count, 2)
    no = np.zeros(count, np.bool_)
    return Edges(rings, start, no, no.copy(), np.full(count, -1), nobody.many, nobody.twins)
