"""The step that joins what nearly meets: vertices of different zones, and vertices with their neighbours' edges.

Only vertices that end an edge no other zone shares exactly take part, so an exact coverage is left alone.
Two vertices are joined only if no zone has both: a zone's own fine detail is no defect, and no ring can
collapse. docs/repair.md says why the result is at rest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.edges import Edges, Floats, Ints, match_edges
from geoplan.repair.shapes import Reach, Shapes, usable


def snap(shapes: Shapes, reach: Reach) -> Shapes:
    """Return the shapes with nearly meeting vertices joined, then missing vertices put on neighbours' edges.

    No vertex moves by more than the width tolerance, and where one is put on an edge, the edge bends
    by no more than that. The order of the zones does not matter.
    """
    solid = usable(shapes)
    joined = _join(solid, reach.units)
    filled = _insert(joined, reach.units)
    result = shapes.copy()
    touched = [place for place, shape in enumerate(filled) if shape is not solid[place]]
    result[touched] = filled[touched]
    return result


def moves(before: Shapes, after: Shapes) -> tuple[Ints, Floats]:
    """Return for each zone how many of its vertices are elsewhere after, and the largest way of one, in units.

    The way of a vertex is that to the nearest vertex after the step.
    """
    count, largest = np.zeros(len(before), np.int64), np.zeros(len(before))
    for place, (one, other) in enumerate(zip(before, after, strict=True)):
        old = {tuple(xy) for xy in shapely.get_coordinates(one).tolist()}
        new = {tuple(xy) for xy in shapely.get_coordinates(other).tolist()}
        gone, come = sorted(old - new), sorted(new)
        if gone and come:
            targets = shapely.STRtree(shapely.points(come))
            _, away = targets.query_nearest(shapely.points(gone), return_distance=True, all_matches=False)
            count[place], largest[place] = len(gone), float(away.max())
    return count, largest


@dataclass(frozen=True, slots=True)
class _Vertices:
    """The distinct vertices of all zones in (x, y) order, which of them are loose, and the zones that have each."""

    xy: Floats
    loose: NDArray[np.bool_]
    zones: list[frozenset[int]]
    edges: Edges


def _vertices(shapes: Shapes) -> _Vertices:
    edges = match_edges(shapes)
    open_edges = edges.segments(~edges.matched)
    loose = np.unique(open_edges.reshape(-1, 2), axis=0)
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    rows = np.unique(np.column_stack([coordinates + 0.0, owner]), axis=0)
    starts = np.append(True, (rows[1:, :2] != rows[:-1, :2]).any(axis=1))[: len(rows)]
    xy = rows[starts, :2]
    number = np.cumsum(starts) - 1
    owners: list[set[int]] = [set() for _ in xy]
    for vertex, zone in zip(number.tolist(), rows[:, 2].astype(np.int64).tolist(), strict=True):
        owners[vertex].add(zone)
    is_loose = _found_in(xy, loose)
    return _Vertices(xy, is_loose, [frozenset(zones) for zones in owners], edges)


def _found_in(xy: Floats, some: Floats) -> NDArray[np.bool_]:
    known = {tuple(row) for row in some.tolist()}
    return np.array([tuple(row) in known for row in xy.tolist()], dtype=np.bool_)


def _join(shapes: Shapes, reach: float) -> Shapes:
    """Return the shapes with loose vertices that are within `reach` of each other made one."""
    vertices = _vertices(shapes)
    target = _targets(vertices, reach)
    if not target:
        return shapes
    moved = {tuple(vertices.xy[one].tolist()): vertices.xy[other] for one, other in target.items()}
    concerned = sorted({zone for one in target for zone in vertices.zones[one]})
    result = shapes.copy()
    coordinates, _ = shapely.get_coordinates(shapes[concerned], return_index=True)
    placed = [moved.get(tuple(xy), xy) for xy in (coordinates + 0.0).tolist()]
    result[concerned] = shapely.set_coordinates(shapes[concerned].copy(), np.array(placed))
    return result


def _targets(vertices: _Vertices, reach: float) -> dict[int, int]:
    """Return which vertex is moved onto which.

    Vertices are taken as centres in turn, those of most zones first, then in (x, y) order; each takes
    what lies within reach, nearest first, unless a zone would then have it twice.
    """
    loose = np.flatnonzero(vertices.loose)
    points = shapely.points(vertices.xy[loose])
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    apart = one != other
    one, other = loose[one[apart]], loose[other[apart]]
    away = np.hypot(*(vertices.xy[one] - vertices.xy[other]).T)
    near: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for first, second, distance in zip(one.tolist(), other.tolist(), away.tolist(), strict=True):
        near[first].append((distance, second))
    target: dict[int, int] = {}
    centres: set[int] = set()
    for centre in sorted(near, key=lambda vertex: (-len(vertices.zones[vertex]), vertex)):
        if centre in target:
            continue
        having = set(vertices.zones[centre])
        for _, vertex in sorted(near[centre]):
            taken = vertex in target or vertex in centres
            if not taken and having.isdisjoint(vertices.zones[vertex]):
                target[vertex] = centre
                centres.add(centre)
                having |= vertices.zones[vertex]
    return target


def _insert(shapes: Shapes, reach: float) -> Shapes:
    """Return the shapes with loose vertices of others put on the edges that they lie within `reach` of."""
    vertices = _vertices(shapes)
    edges = vertices.edges
    open_edges = np.flatnonzero(~edges.matched)
    if len(open_edges) == 0:
        return shapes
    segments = edges.segments(open_edges)
    loose = np.flatnonzero(vertices.loose)
    points = shapely.points(vertices.xy[loose])
    lines = shapely.linestrings(segments.reshape(-1, 2, 2))
    one, edge = shapely.STRtree(lines).query(points, predicate="dwithin", distance=reach)
    away = shapely.distance(points[one], lines[edge])
    vertex, zone = loose[one], edges.owner[open_edges[edge]]
    held = _held_nearby(vertices, loose, points, reach)
    rows = sorted(zip(vertex.tolist(), zone.tolist(), away.tolist(), map(tuple, segments[edge].tolist()), strict=True))
    chosen: dict[tuple[int, int], tuple[float, ...]] = {}
    for place, owner, _, segment in rows:  # of several edges of one zone, the nearest
        if (place, owner) not in held:
            chosen.setdefault((place, owner), segment)
    added: dict[int, dict[tuple[float, ...], list[Floats]]] = defaultdict(lambda: defaultdict(list))
    for (place, owner), segment in chosen.items():
        added[owner][segment].append(vertices.xy[place])
    result = shapes.copy()
    for owner, by_segment in added.items():
        result[owner] = _with_vertices(shapes[owner], by_segment)
    return result


def _held_nearby(vertices: _Vertices, loose: Ints, points: Shapes, reach: float) -> set[tuple[int, int]]:
    """Return the pairs of a loose vertex and a zone that has a vertex of its own within reach of it."""
    every = shapely.points(vertices.xy)
    one, other = shapely.STRtree(every).query(points, predicate="dwithin", distance=reach)
    pairs = zip(loose[one].tolist(), other.tolist(), strict=True)
    return {(place, zone) for place, near in pairs for zone in vertices.zones[near]}


def _with_vertices(shape: shapely.Geometry, by_segment: dict[tuple[float, ...], list[Floats]]) -> shapely.Geometry:
    """Return a shape with vertices added on its edges, in the order in which they project onto each."""

    def ring(line: shapely.LinearRing) -> Floats:
        xy = shapely.get_coordinates(line) + 0.0
        path = [xy[0]]
        for start, end in pairwise(xy):
            forward = by_segment.get((*start.tolist(), *end.tolist()), [])
            extra = forward or by_segment.get((*end.tolist(), *start.tolist()), [])
            path += sorted(extra, key=lambda point: (float((point - start) @ (end - start)), *point.tolist()))
            path.append(end)
        return np.array(path)

    parts = [
        shapely.Polygon(ring(part.exterior), [ring(hole) for hole in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    return parts[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(parts)
