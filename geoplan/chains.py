"""Segments strung together: the fewer lines there are, the sooner faces are made of them.

Only where other than two segments meet can a face turn one way or another; in between, a chain is as good as its parts.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.edges import numbered

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


def chains(segments: Floats) -> NDArray[np.object_]:
    """Return lines along distinct segments (rows x0, y0, x1, y1) that meet in nothing but their ends.

    Each line runs from a place where one, three or more segments meet to the next such place. Segments of rings
    that have no such place stay single.
    """
    ends = segments.reshape(-1, 2)
    follows, stops = _following(ends)
    tail, steps = _followed(follows)
    half = np.arange(len(ends))
    head = tail[half ^ 1] ^ 1  # the way back ends where this way begins
    in_ring = ~stops[tail]
    kept = np.flatnonzero(~in_ring & (head < (tail ^ 1)))
    kept = kept[np.lexsort((-steps[kept], head[kept]))]
    last = np.flatnonzero(np.append(head[kept[1:]] != head[kept[:-1]], True))[: len(kept)]
    points = np.insert(ends[kept], last + 1, ends[kept[last] ^ 1], axis=0)
    lengths = np.diff(last, prepend=-1) + 1
    lines = shapely.linestrings(points, indices=np.repeat(np.arange(len(last)), lengths))
    single = shapely.linestrings(segments[in_ring[::2]].reshape(-1, 2, 2))
    return np.concatenate([np.atleast_1d(lines), np.atleast_1d(single)])


def _following(ends: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """Return for each half of a segment (from end h to end h ^ 1) what follows, itself at a stop, and which stop."""
    vertex, _ = numbered(ends)
    half = np.arange(len(ends))
    count = np.bincount(vertex)
    both = np.bincount(vertex, weights=half).astype(np.int64)  # of the two that leave a vertex, the one tells the other
    target = vertex[half ^ 1]
    stops = count[target] != 2
    return np.where(stops, half, both[target] - (half ^ 1)), stops


def _followed(follows: Ints) -> tuple[Ints, Ints]:
    """Return the last half that each leads to, and in how many steps, doubling the stride each time."""
    steps = (follows != np.arange(len(follows))).astype(np.int64)
    for _ in range(len(follows).bit_length()):
        further = follows[follows]
        if (further == follows).all():
            break
        steps += steps[follows]
        follows = further
    return follows, steps
