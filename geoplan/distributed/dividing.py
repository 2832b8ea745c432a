"""The coverage of a layer that is spread over workers: what lies at unmatched edges is divided among them.

Overlapping pairs are reached from pairs that meet one and the same unmatched edge, step by step over matched ones, and
loose vertices end unmatched edges (docs/coverage.md). So each worker takes some of these edges with the polygons
around them, and what several find twice counts once. Faces are made here, of all unmatched edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.boxes import BoxTree, boxes_of
from geoplan.coverage import Coverage, Overlap, UnmatchedVertices, examine_between, examine_gaps
from geoplan.distributed.borders import linework
from geoplan.distributed.parts import Floats, Ints
from geoplan.distributed.spread import Spread
from geoplan.distributed.vicinity import Between, Vicinity, between, flat, layer_around
from geoplan.edges import Edges, match_edges, ranges
from geoplan.shapes import Shelf

MOST_NEIGHBOURS = 256  # boxes that the box of one polygon meets: of one with more, not all are sent along
MOST_EDGES = 65_536  # in one vicinity


def coverage_of(spread: Spread, reach: tuple[float, float], boundary: BaseGeometry | None) -> Coverage:
    """Return overlaps, gaps and loose vertices of a layer, as `coverage.analyse` does of one at hand.

    `reach` is how far from an edge, along x and y, a vertex counts as loose. Parts left out as rounding may count
    twice where several workers come upon them.
    """
    shelf = Shelf(len(spread.solid), lambda rows: (rows, flat(spread.solid.at(rows))))
    tree = BoxTree(spread.solid_columns["bounds"], shelf.at)
    found: list[Between] = spread.run(between, vicinities(spread, tree, reach), reach=reach)
    pairs, rounding = _overlaps(found), sum(one.rounding for one in found)
    going_on = np.unique(np.vstack([np.empty((0, 2), np.int64), *(one.open for one in found)]), axis=0)
    if len(going_on):
        further = examine_between(layer_around(shelf, tree, _from_pairs(going_on)))
        pairs |= {(one.first, one.second): one for one in further.overlaps}
        rounding += further.rounding
    edges = linework(np.vstack([np.empty((0, 4)), *(one.linework for one in found)]))
    holes = examine_gaps(layer_around(shelf, tree, edges), boundary=boundary)
    overlaps = tuple(pairs[key] for key in sorted(pairs))
    return Coverage(overlaps, holes.gaps, loose_vertices(found), rounding + holes.rounding)


def vicinities(spread: Spread, tree: BoxTree, reach: tuple[float, float]) -> list[Vicinity]:
    """Return the unmatched edges of a layer in shares, each with the polygons around, those in the most parts first.

    An edge goes with the first part that has a polygon near it: what lies together is stored together.
    """
    segments, _ = spread.told_edges
    edge, near = tree.meeting(boxes_of(segments) + np.array([-1, -1, 1, 1]) * np.tile(reach, 2))
    order = np.lexsort((near, edge))
    edge, near = edge[order], near[order]
    first = np.searchsorted(edge, np.arange(len(segments)))
    home = spread.part_of(near[first])
    around = _Around(tree, np.unique(near))
    shares: list[Vicinity] = []
    for part in np.unique(home).tolist():
        own = np.flatnonzero(home == part)
        for some in np.array_split(own, -(-len(own) // MOST_EDGES)):
            count = np.searchsorted(edge, some, side="right") - first[some]
            shares.append(_vicinity(spread, segments[some], np.unique(near[ranges(first[some], count)]), around))
    return sorted(shares, key=lambda share: -len(share.pieces))


class _Around:
    """Which boxes those of some polygons meet, as far as they are few."""

    def __init__(self, tree: BoxTree, polygons: Ints) -> None:
        self.bounds = tree.bounds
        self._polygons = polygons
        asking, self._found = tree.meeting(self.bounds[polygons])
        order = np.argsort(asking, kind="stable")
        self._found = self._found[order]
        self._count = np.bincount(asking, minlength=len(polygons))
        self._first = np.cumsum(self._count) - self._count

    def __call__(self, polygons: Ints) -> tuple[Ints, Ints]:
        """Return the polygons that some of those asked about meet, these included, and which of them have all there."""
        place = np.searchsorted(self._polygons, polygons)
        few = self._count[place] <= MOST_NEIGHBOURS
        small = place[few]
        met = self._found[ranges(self._first[small], self._count[small])]
        return np.union1d(met, polygons), polygons[few]


def _vicinity(spread: Spread, segments: Floats, near: Ints, around: _Around) -> Vicinity:
    rows, whole = around(near)
    return Vicinity(
        pieces=spread.pieces(rows),
        rows=rows,
        bounds=around.bounds[rows],
        sound=spread.sound[rows],
        near=np.isin(rows, near, assume_unique=True),
        whole=np.isin(rows, whole, assume_unique=True),
        segments=_distinct(segments),
    )


def loose_vertices(found: Sequence[Between]) -> tuple[UnmatchedVertices, ...]:
    """Return the loose vertices that workers found, by pair; a vertex at two edges may be found by two of them."""
    pairs = np.vstack([np.empty((0, 2), np.int64), *(one.loose for one in found)])
    points = np.concatenate([np.empty(0, object), *(one.points for one in found)])
    distances = np.concatenate([np.empty(0), *(one.distances for one in found)])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, distances, shapes = pairs[order], distances[order], shapely.from_wkb(points[order])
    begins = np.flatnonzero(np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))[: len(pairs)])
    ends = np.append(begins, len(pairs))[1:]
    largest = np.maximum.reduceat(distances, begins) if len(pairs) else distances
    rows = zip(begins.tolist(), ends.tolist(), pairs[begins].tolist(), largest.tolist(), strict=True)
    return tuple(
        UnmatchedVertices(i, j, shapes[begin] if end == begin + 1 else _joined(shapes[begin:end]), farthest)
        for begin, end, (i, j), farthest in rows
    )


def _joined(several: Any) -> Any:
    """Return the points of several multi-points, each once, in (x, y) order as `coverage` has them."""
    return shapely.multipoints(np.unique(shapely.get_coordinates(several), axis=0))


def _overlaps(found: Sequence[Between]) -> dict[tuple[int, int], Overlap]:
    pairs: dict[tuple[int, int], Overlap] = {}
    for one in found:
        shapes = shapely.from_wkb(one.shapes)
        rows = zip(one.pairs.tolist(), shapes, one.areas.tolist(), one.relations, strict=True)
        pairs |= {(i, j): Overlap(i, j, shape, area, relation) for (i, j), shape, area, relation in rows}
    return pairs


def _from_pairs(pairs: Ints) -> Edges:
    """Return edges that let overlapping pairs be looked for from some, and from nothing else."""
    edges = match_edges(np.empty(0, dtype=object))
    return Edges(edges.rings, edges.start, edges.back, edges.matched, edges.partner, edges.many, pairs)


def _distinct(segments: Floats) -> Floats:
    """Return each edge once, whichever way round."""
    swap = (segments[:, 0] > segments[:, 2]) | ((segments[:, 0] == segments[:, 2]) & (segments[:, 1] > segments[:, 3]))
    return np.unique(np.where(swap[:, None], segments[:, [2, 3, 0, 1]], segments), axis=0)
