"""Vertices of one polygon on or near the boundary of another that lacks them: harmless until one is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry import MultiPoint

from geoplan.arrays import distinct
from geoplan.boxes import Grid, boxes_of
from geoplan.edges import Edges, Floats, Ints, distances, ranges
from geoplan.layer import Layer

Distance: TypeAlias = float | tuple[float, float]

_PAIRS_AT_A_TIME = 6_000_000  # of a vertex and an edge


@dataclass(frozen=True, slots=True)
class UnmatchedVertices:
    """Vertices of `first` near the boundary of `second` that are vertices of `second` nowhere.

    `distance` is the largest distance of one of the `points` from that boundary, in units of the y axis.
    """

    first: int
    second: int
    points: MultiPoint
    distance: float


def loose_vertices(layer: Layer, distance: Distance) -> list[UnmatchedVertices]:
    """Return the records of `coverage.unmatched_vertices`, sorted by pair."""
    edges = layer.edges
    reach_x, reach_y = distance if isinstance(distance, tuple) else (distance, distance)
    loose = np.flatnonzero(~edges.matched)
    segments = edges.segments(loose)
    owner, xy = np.tile(edges.owners(loose), 2), np.vstack([segments[:, :2], segments[:, 2:]])
    order = np.lexsort((xy[:, 1], xy[:, 0], owner))
    owner, xy = owner[order], xy[order]
    distinct = np.append(True, (owner[1:] != owner[:-1]) | (xy[1:] != xy[:-1]).any(axis=1))[: len(owner)]
    owner, xy = owner[distinct], xy[distinct]
    reach = np.array([reach_x, reach_y])
    if 2 * len(loose) > len(edges.start):
        near_edges = np.arange(len(edges.start))
    else:
        vertex, polygon = layer.tree.meeting(np.hstack([xy - reach, xy + reach]))
        foreign = owner[vertex] != polygon
        near_edges = _edges_near(edges, vertex[foreign], polygon[foreign], xy, reach)
    stretch = 1.0 if reach_x == reach_y else reach_y / reach_x
    vertex, near, away = _nearest_edges(edges, near_edges, xy, (stretch, reach_y))
    foreign = owner[vertex] != near
    vertex, near, away = vertex[foreign], near[foreign], away[foreign]
    order = np.lexsort((vertex, near, owner[vertex]))
    vertex, near, away = vertex[order], near[order], away[order]
    pairs = np.column_stack([owner[vertex], near])
    if len(pairs) == 0:
        return []
    begins = np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))
    first = np.flatnonzero(begins)
    points = shapely.multipoints(shapely.points(xy[vertex]), indices=np.cumsum(begins) - 1)
    largest = np.maximum.reduceat(away, first)
    found = zip(pairs[first].tolist(), points, largest.tolist(), strict=True)
    return [UnmatchedVertices(i, j, shape, farthest) for (i, j), shape, farthest in found]


def _edges_near(edges: Edges, vertex: Ints, polygon: Ints, xy: Floats, reach: Floats) -> Ints:
    """Return the edges of the polygons whose boxes are within `reach` of the vertices each is paired with.

    All their edges, where most are loose and so near a vertex anyway, and where there are too many pairs to look at
    (vertices beside polygons of very many edges).
    """
    some, place = np.unique(polygon, return_inverse=True)
    all_edges = edges.of(some)
    begin = np.searchsorted(edges.owners(all_edges), some)
    count = np.diff(np.append(begin, len(all_edges)))
    loose = np.count_nonzero(~edges.matched[all_edges])
    if count[place].sum() > _PAIRS_AT_A_TIME or 2 * loose > len(all_edges):
        return all_edges
    which = ranges(begin[place], count[place])
    ends = edges.segments(all_edges)
    low, high = np.minimum(ends[:, :2], ends[:, 2:]) - reach, np.maximum(ends[:, :2], ends[:, 2:]) + reach
    at = np.repeat(vertex, count[place])
    near = np.ones(len(which), np.bool_)
    for axis in (0, 1):
        near &= (low[which, axis] <= xy[at, axis]) & (xy[at, axis] <= high[which, axis])
    return all_edges[distinct(which[near])]


def _nearest_edges(edges: Edges, which: Ints, xy: Floats, scale: tuple[float, float]) -> tuple[Ints, Ints, Floats]:
    """Return (vertex, polygon, distance) where a vertex is near an edge of the polygon but none of its vertices.

    Only the edges `which` are looked at. `scale` is what x is multiplied by, and the reach in units of y.
    """
    stretch, reach = scale
    segments = edges.segments(which)
    lines, points = segments * [stretch, 1.0, stretch, 1.0], xy * [stretch, 1.0]
    near: list[tuple[Ints, Ints, Floats]] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for one, other in Grid(boxes_of(lines)).meetings(np.hstack([points - reach, points + reach])):
        far = distances(points[one], lines[other])
        within = far <= reach
        near.append((one[within], other[within], far[within]))
    vertex, edge, away = (np.concatenate(several) for several in zip(*near, strict=True))
    same = (xy[vertex] == segments[edge, :2]).all(axis=1) | (xy[vertex] == segments[edge, 2:]).all(axis=1)
    away[same] = -1.0  # sorts first, so that it decides for the vertex and polygon
    polygon = edges.owners(which[edge])
    order = np.lexsort((away, polygon, vertex))
    vertex, polygon, away = vertex[order], polygon[order], away[order]
    nearest = np.append(True, (vertex[1:] != vertex[:-1]) | (polygon[1:] != polygon[:-1]))[: len(vertex)]
    nearest &= away >= 0.0
    return vertex[nearest], polygon[nearest], away[nearest]
