"""Whether two shapes have the same boundary to within a reach: what tells rounding noise from a change.

The answer "same" is proven: no point of either boundary is farther than the reach from the other.
Vertices in the middle of a straight run do not matter. docs/diff.md has the argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

_STRAIGHT = 0.01  # of the reach: what is spent on finding vertices that lie on straight runs
_ROUNDING = 1e-6  # of the reach: projecting a point onto an edge is off by less


def same_boundaries(one: Shapes, other: Shapes, reach: float) -> Bools:
    """Return for each pair of canonical shapes whether their boundaries lie within `reach` of each other.

    `reach` is in units of the coordinates. None is the same as None only; coordinates that are not
    numbers are never the same. A pair of which this cannot be proven counts as different.
    """
    same = shapely.is_missing(one) & shapely.is_missing(other)
    able = _comparable(one) & _comparable(other)
    corners = np.abs(shapely.bounds(one[able]) - shapely.bounds(other[able])).max(axis=1, initial=0.0) <= reach
    able = np.flatnonzero(able)[corners]
    close = _vertex_by_vertex(one[able], other[able], reach)
    same[able[close]] = True
    rest = able[~close]
    if len(rest):
        # Dropping vertices within ε of straight runs moves a boundary by at most ε, once on either side.
        slack = reach * _STRAIGHT
        (fewer, whole), (others, all_there) = (_plain(shapes[rest], slack) for shapes in (one, other))
        close = whole & all_there & _vertex_by_vertex(fewer, others, reach - 2.0 * slack)
        same[rest[close]] = True
        rest = rest[~close]
    if len(rest):
        there = _within(one[rest], other[rest], reach)
        rest = rest[there]
        same[rest[_within(other[rest], one[rest], reach)]] = True
    return np.asarray(same)


def moved_by(one: Shapes, other: Shapes) -> Floats:
    """Return for each pair the offset (x, y) between their centroids; NaN without a centroid."""
    offsets = np.full((len(one), 2), np.nan)
    able = _comparable(one) & _comparable(other)
    first, second = shapely.centroid(one[able]), shapely.centroid(other[able])
    offsets[able, 0] = shapely.get_x(second) - shapely.get_x(first)
    offsets[able, 1] = shapely.get_y(second) - shapely.get_y(first)
    return offsets


def translated(shapes: Shapes, offsets: Floats) -> Shapes:
    """Return each shape moved by its own offset."""
    coordinates, index = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(shapely.set_coordinates(shapes.copy(), coordinates + offsets[index]), dtype=object)


def _plain(shapes: Shapes, within: float) -> tuple[Shapes, Bools]:
    """Return the shapes without vertices on straight runs (Douglas-Peucker), and which still have all their rings."""
    plain = np.asarray(shapely.normalize(shapely.simplify(shapes, within, preserve_topology=False)), dtype=object)
    return plain, _ring_counts(plain) == _ring_counts(shapes)


def _ring_counts(shapes: Shapes) -> Ints:
    owner, _, _ = _ring_layout(shapes)
    return np.bincount(owner, minlength=len(shapes))


def _comparable(shapes: Shapes) -> Bools:
    """Return which shapes have an extent, and only polygons: others are compared by their bytes alone."""
    polygonal = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    return np.asarray(polygonal & np.isfinite(shapely.bounds(shapes)).all(axis=1))


def _vertex_by_vertex(one: Shapes, other: Shapes, reach: float) -> Bools:
    """Return which pairs have the same rings, each vertex within `reach` of the one in its place.

    Points at the same share of two such edges are then no farther apart than the farther pair of ends.
    """
    close = np.zeros(len(one), np.bool_)
    alike = _rings_alike(one, other)
    xy, index = shapely.get_coordinates(one[alike], return_index=True)
    away = np.hypot(*(xy - shapely.get_coordinates(other[alike])).T)
    farthest = np.zeros(int(alike.sum()))
    np.maximum.at(farthest, index, away)
    close[alike] = farthest <= reach
    return close


def _rings_alike(one: Shapes, other: Shapes) -> Bools:
    """Return which pairs have as many parts, and in the same order as many rings of as many vertices."""
    alike = np.asarray(shapely.get_num_coordinates(one) == shapely.get_num_coordinates(other))
    alike &= shapely.get_num_geometries(one) == shapely.get_num_geometries(other)
    places = np.flatnonzero(alike)
    layouts = [_ring_layout(shapes[places]) for shapes in (one, other)]
    counts = [np.bincount(owner, minlength=len(places)) for owner, _, _ in layouts]
    equal = counts[0] == counts[1]
    kept = [equal[owner] for owner, _, _ in layouts]
    (owner, part, size), (_, other_part, other_size) = (
        tuple(column[which] for column in layout) for layout, which in zip(layouts, kept, strict=True)
    )
    differs = (part != other_part) | (size != other_size)
    equal[owner[differs]] = False
    alike[places] = equal
    return alike


def _ring_layout(shapes: Shapes) -> tuple[Ints, Ints, Ints]:
    """Return for each ring the shape it is of, which part of it, and its number of vertices."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    return owner[part], part - first[owner[part]], shapely.get_num_coordinates(rings)


@dataclass(frozen=True, slots=True)
class _Outline:
    """The edges of many shapes: `ends` as rows (x0, y0, x1, y1), `owner` the shape of each."""

    ends: Floats
    owner: Ints

    @property
    def lines(self) -> Shapes:
        return np.asarray(shapely.linestrings(self.ends.reshape(-1, 2, 2)), dtype=object)


def _outline(shapes: Shapes) -> _Outline:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero((ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    return _Outline(np.hstack([xy[start], xy[start + 1]]), owner[part[ring[start]]])


def _within(one: Shapes, other: Shapes, reach: float) -> Bools:
    """Return for which pairs each point of the first boundary is within `reach` of the second.

    The edges of the first are cut where vertices of the second project onto them. A piece whose two
    ends are near one and the same edge is near it throughout, for distance to an edge is convex.
    """
    inner, outer = _outline(one), _outline(other)
    pieces, owner = _cut(inner, outer, reach)
    tree = shapely.STRtree(outer.lines)
    limit = reach * (1.0 + _ROUNDING)
    near = []
    for ends in (pieces[:, :2], pieces[:, 2:]):
        piece, edge = tree.query(shapely.points(ends), predicate="dwithin", distance=limit)
        own = owner[piece] == outer.owner[edge]
        near.append(piece[own] * len(outer.owner) + edge[own])
    covered = np.zeros(len(pieces), np.bool_)
    covered[np.intersect1d(*near) // len(outer.owner)] = True
    within = np.ones(len(one), np.bool_)
    within[owner[~covered]] = False
    return within


def _cut(inner: _Outline, outer: _Outline, reach: float) -> tuple[Floats, Ints]:
    """Return the edges of `inner` cut at the vertices of `outer` near them, and the owner of each piece."""
    tree = shapely.STRtree(inner.lines)
    vertices = outer.ends[:, :2]
    vertex, edge = tree.query(shapely.points(vertices), predicate="dwithin", distance=reach)
    own = outer.owner[vertex] == inner.owner[edge]
    vertex, edge = vertex[own], edge[own]
    start, along = inner.ends[edge, :2], inner.ends[edge, 2:] - inner.ends[edge, :2]
    share = ((vertices[vertex] - start) * along).sum(axis=1) / (along**2).sum(axis=1)
    inside = (share > 0.0) & (share < 1.0)
    every = np.arange(len(inner.ends))
    edge = np.concatenate([every, every, edge[inside]])
    share = np.concatenate([np.zeros(len(every)), np.ones(len(every)), share[inside]])
    order = np.lexsort((share, edge))
    edge, share = edge[order], share[order]
    ends = inner.ends[edge]
    points = ends[:, :2] + share[:, None] * (ends[:, 2:] - ends[:, :2])
    points[share == 1.0] = ends[share == 1.0, 2:]
    follows = edge[1:] == edge[:-1]
    return np.hstack([points[:-1], points[1:]])[follows], inner.owner[edge[:-1][follows]]
