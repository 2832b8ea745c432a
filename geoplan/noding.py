"""Noding: segments split where they meet, so that what is left meets in nothing but ends.

In the coordinates as stored, at full precision; docs/coverage.md says what is rounded, and by how much.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from geoplan.arrays import distinct
from geoplan.boxes import Grid, boxes_of
from geoplan.edges import Bools, Floats, Ints, equal, mix, numbered, resolution, same_edge_runs
from geoplan.rings import BLOCK_POINTS

_ON_EDGE_ULPS = 4.0  # half of edges.ULPS, so that vertices apart cannot each lie on an edge that ends at the other
_PASSES = 12  # each pass nodes what the one before bent; three are usual


def node(segments: Floats) -> Floats:
    """Split segments (rows x0, y0, x1, y1) where they meet, at full precision; exact duplicates go.

    New vertices are rounded to double, never to a grid. Vertices within 8 ulp of each other become one, and
    a vertex within 4 ulp of a segment lies on it: otherwise the rounding of one crossing would produce
    others for ever. So the result is off by no more than `resolution`. Three passes are usual; what would
    still cross after a dozen (never seen) stays as it is.
    """
    segments, _ = _unique_segments(segments)
    fresh = np.ones(len(segments), np.bool_)
    for _ in range(_PASSES):
        segments, fresh = _merge_vertices(segments, fresh)
        which, points = _split_points(segments, fresh)
        if len(which) == 0:
            break
        pieces = _split(segments, which, points)
        whole = np.ones(len(segments), np.bool_)
        whole[which] = False
        segments, fresh = _tell_fresh(segments[whole], np.zeros(int(whole.sum()), np.bool_), pieces)
    return segments


def _tell_fresh(kept: Floats, fresh: Bools, changed: Floats) -> tuple[Floats, Bools]:
    """Return the distinct segments of both, and which are fresh: marked so, or only among the changed."""
    segments, first = _unique_segments(np.vstack([kept, changed]))
    return segments, np.concatenate([fresh, np.ones(len(changed), np.bool_)])[first]


def _merge_vertices(segments: Floats, fresh: Bools) -> tuple[Floats, Bools]:
    """Move vertices of fresh segments that are within 8 ulp of another to the first of them in (x, y) order."""
    ends = segments.reshape(-1, 2)
    label, vertices = numbered(ends)
    close = np.flatnonzero(_have_company(vertices))
    close = close[np.lexsort((vertices[close, 1], vertices[close, 0]))]
    fresh_vertex = np.zeros(len(vertices), np.bool_)
    fresh_vertex[label.reshape(-1, 2)[fresh]] = True
    sought = np.flatnonzero(fresh_vertex[close])
    points = shapely.points(vertices[close])
    reach = resolution(vertices[close[sought]])
    one, other = shapely.STRtree(points).query(points[sought], predicate="dwithin", distance=reach)
    one = sought[one]
    near = one != other
    if not near.any():
        return segments, fresh
    first = np.arange(len(close))
    np.minimum.at(first, np.maximum(one, other)[near], np.minimum(one, other)[near])
    while (first != first[first]).any():
        first = first[first]
    target = np.arange(len(vertices))
    target[close] = close[first]
    moved = (target != np.arange(len(vertices)))[label].reshape(-1, 2).any(axis=1)
    changed = vertices[target[label]].reshape(-1, 4)[moved]
    changed = changed[~equal(changed[:, :2], changed[:, 2:])]
    return _tell_fresh(segments[~moved], fresh[~moved], changed)


def _have_company(vertices: Floats) -> Bools:
    """Return which vertices can have another within 8 ulp: one that lies in the same cell of some grid.

    Cells are four times that size, and of two grids along an axis, one shifted by half a cell, one at least has both in
    one cell. That is next to no vertex, and spares looking for the neighbours of all the others.
    """
    company = np.zeros(len(vertices), np.bool_)
    if len(vertices) == 0:
        return company
    size = 4.0 * resolution(vertices).max()
    for shift_x, shift_y in ((0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)):
        mixed = mix(np.floor(vertices / size + [shift_x, shift_y]))
        order = np.argsort(mixed)
        same = mixed[order[1:]] == mixed[order[:-1]]
        company[order[1:][same]] = company[order[:-1][same]] = True
    return company


def _unique_segments(segments: Floats) -> tuple[Floats, Ints]:
    """Return the distinct undirected segments and the index of the first copy of each."""
    if len(segments) == 0:
        return segments, np.empty(0, np.int64)
    order, begins = same_edge_runs(segments[:, :2], segments[:, 2:])
    first = np.minimum.reduceat(order, begins)
    return segments[first], first


def _split_points(segments: Floats, fresh: Bools) -> tuple[Ints, Floats]:
    """Return where segments must be split: their indices and the points, for pairs with a fresh one."""
    one, other = _near_pairs(segments, fresh)
    within = _ON_EDGE_ULPS * np.spacing(np.abs(segments).max(axis=1))  # as twice an area: times the length
    within *= np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    which: list[Ints] = [one[:0]]
    points: list[Floats] = [np.empty((0, 2))]
    for begin in range(0, len(one), BLOCK_POINTS):
        here = slice(begin, begin + BLOCK_POINTS)
        for line, at in _meetings(segments, one[here], other[here], within):
            which.append(line)
            points.append(at)
    chosen, at = np.concatenate(which), np.concatenate(points)
    inner = ~equal(at, segments[chosen, :2]) & ~equal(at, segments[chosen, 2:])
    return chosen[inner], at[inner]


def _near_pairs(segments: Floats, fresh: Bools) -> tuple[Ints, Ints]:
    """Return the pairs of segments, a fresh one among them, whose boxes come within rounding of each other."""
    reach = resolution(segments)[:, None]  # a vertex just outside a segment's box may lie on it
    boxes = boxes_of(segments) + reach * [-1, -1, 1, 1]
    if fresh.all():
        one, other = np.concatenate([np.empty((2, 0), np.int64), *Grid(boxes).pairs()], axis=1)
        return one, other
    sought = np.flatnonzero(fresh)
    one, other = Grid(boxes).meeting(boxes[sought])
    one = sought[one]
    keep = (one < other) | (~fresh[other] & (one != other))
    return one[keep], other[keep]


def _meetings(segments: Floats, one: Ints, other: Ints, within: Floats) -> Iterator[tuple[Ints, Floats]]:
    """Yield segments of the pairs that must be split, and the points: vertices of the other on it, else crossings.

    On a segment is what lies within 4 ulp of its inner part: `within` is that, times its length. A crossing is taken on
    ab at the computed parameter, relative to a: even for nearly parallel segments it is then within
    rounding of both, though it may be off along them.
    """
    (ax, ay, bx, by), (cx, cy, dx, dy) = segments[one].T, segments[other].T
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    # Twice the area that each end has with the other segment: its sign is the side it lies on.
    c, d = abx * (cy - ay) - aby * (cx - ax), abx * (dy - ay) - aby * (dx - ax)
    a, b = cdx * (ay - cy) - cdy * (ax - cx), cdx * (by - cy) - cdy * (bx - cx)
    ac, ad, bc, bd = ((px == qx) & (py == qy) for px, py in ((ax, ay), (bx, by)) for qx, qy in ((cx, cy), (dx, dy)))
    touched = np.zeros(len(one), np.bool_)
    for side, end, line, vertex, column in (
        (c, ac | bc, one, other, 0),
        (d, ad | bd, one, other, 2),
        (a, ac | ad, other, one, 0),
        (b, bc | bd, other, one, 2),
    ):
        close = np.flatnonzero((np.abs(side) <= within[line]) & ~end)
        point, base = segments[vertex[close], column : column + 2], segments[line[close]]
        along = base[:, 2:] - base[:, :2]
        reach = (along * (point - base[:, :2])).sum(axis=1)
        on = (reach > 0) & (reach < (along**2).sum(axis=1))
        touched[close[on]] = True
        yield line[close[on]], point[on]
    apart = ((c > 0) & (d < 0)) | ((c < 0) & (d > 0))
    crossing = np.flatnonzero(apart & (((a > 0) & (b < 0)) | ((a < 0) & (b > 0))) & ~touched)
    share = a[crossing] / (a[crossing] - b[crossing])
    point = np.column_stack([ax[crossing] + share * abx[crossing], ay[crossing] + share * aby[crossing]])
    yield one[crossing], point
    yield other[crossing], point


def _split(segments: Floats, which: Ints, points: Floats) -> Floats:
    """Return the pieces of the segments `which` cut at `points`."""
    cut = distinct(which)
    owner = np.concatenate([which, cut, cut])
    xy = np.vstack([points, segments[cut, :2], segments[cut, 2:]])
    along = segments[owner, 2:] - segments[owner, :2]
    reach = ((xy - segments[owner, :2]) * along).sum(axis=1)
    order = np.lexsort([reach, owner])
    owner, xy = owner[order], xy[order]
    follows = (owner[1:] == owner[:-1]) & ~equal(xy[1:], xy[:-1])
    return np.asarray(np.hstack([xy[:-1], xy[1:]])[follows])
