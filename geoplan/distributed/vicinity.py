"""What a worker does with the polygons around some unmatched edges: overlaps and loose vertices, as on one machine.

Their shapes come from the parts that hold them. All polygons whose boxes come near one of the edges are at hand, and
of these, as far as they are small, all whose boxes meet theirs: the neighbours that the closure over overlapping pairs
asks for. Where it asks for more, it is gone on with elsewhere, from the pairs that are told as `open`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.boxes import BoxTree
from geoplan.coverage import Coverage, Layer, examine_between
from geoplan.distributed.borders import places_among
from geoplan.distributed.parts import Floats, Ints, Part, Shapes
from geoplan.distributed.survey import Frame, subject_of
from geoplan.edges import Edges, match_edges
from geoplan.shapes import LazyShapes, Shelf

Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Vicinity:
    """Polygons around some unmatched edges: `segments`, rows (x0, y0, x1, y1), each edge once.

    `rows` are their rows in the layer, ascending, and `pieces` the parts that hold them with their rows there. `bounds`
    has their boxes; `sound` says which are solid as they are stored, `near` which are near one of the edges, and
    `whole` which of these have everything here that their boxes meet.
    """

    pieces: tuple[tuple[Part, Ints], ...]
    rows: Ints
    bounds: Floats = field(repr=False)
    sound: Bools = field(repr=False)
    near: Bools = field(repr=False)
    whole: Bools = field(repr=False)
    segments: Floats = field(repr=False)

    @property
    def first(self) -> int:
        """Return the first row."""
        return int(self.rows[0])

    def solid(self, frame: Frame) -> Shelf:
        """Return the polygons as they are measured and compared, in two dimensions, made as they are asked for."""
        blobs = [part.blobs(rows) for part, rows in self.pieces]
        ends = np.cumsum([len(own) for own in blobs])

        def make(rows: Ints) -> tuple[Ints, Shapes]:
            chosen = np.split(rows, np.searchsorted(rows, ends[:-1]))
            shapes = np.concatenate(
                [
                    part.decoded(own[some - (end - len(own))])
                    for (part, _), own, end, some in zip(self.pieces, blobs, ends, chosen, strict=True)
                ]
            )
            odd = np.flatnonzero(~self.sound[rows])
            if len(odd):
                shapes[odd] = subject_of(shapes[odd], frame).solid
            return rows, flat(shapes)

        return Shelf(len(self.rows), make)


@dataclass(frozen=True, slots=True)
class Between:
    """What was found around some unmatched edges, with rows of the layer and with shapes as WKB.

    Overlaps are `pairs` (n, 2) with `shapes`, `areas` and `relations`; loose vertices are `loose` (m, 2) with their
    `points` (as WKB) and `distances`. `open` are overlapping pairs whose neighbours were not all at hand. `linework`
    has each of the edges the way round that its first copy in the layer has it.
    """

    pairs: Ints
    shapes: Shapes
    areas: Floats
    relations: tuple[str, ...]
    loose: Ints
    points: Shapes
    distances: Floats
    open: Ints
    linework: Floats
    rounding: int


def between(part: Vicinity, frame: Frame, *, reach: tuple[float, float]) -> Between:
    """Return the overlaps and loose vertices around some unmatched edges."""
    shelf, near = part.solid(frame), np.flatnonzero(part.near)
    tree = BoxTree(part.bounds, shelf.at)
    edges = match_edges(alone(shelf, near))
    unmatched = np.flatnonzero(~edges.matched)
    ends = edges.segments(unmatched)
    place = places_among(ends, part.segments)
    # What only looks unmatched is matched beside a polygon that is not at hand, or is left to another worker.
    edges.matched[unmatched[place < 0]] = True
    known, first = np.unique(place, return_index=True)
    found = _examined(shelf, tree, edges, reach)
    return _told(part, found, ends[first[known >= 0]])


def layer_around(shelf: Shelf, tree: BoxTree, edges: Edges) -> Layer:
    """Return a layer whose shapes are brought as they are looked at, with the edges of some polygons.

    For the neighbours of others, what the boxes of those meet is looked at.
    """

    def around(polygons: Ints) -> Edges:
        return match_edges(alone(shelf, tree.near(tree.bounds[polygons])))

    shapes: Any = LazyShapes(shelf, lambda: {"bounds": tree.bounds})
    wider = _WiderEdges(
        edges.rings, edges.start, edges.back, edges.matched, edges.partner, edges.many, edges.twins, around
    )
    return Layer(shapes, tree, wider)


def alone(shelf: Shelf, rows: Ints) -> Shapes:
    """Return as many shapes as there are rows on a shelf, None but for some."""
    shapes = np.full(len(shelf), None, dtype=object)
    shapes[rows] = shelf.at(rows)
    return shapes


def flat(shapes: Shapes) -> Shapes:
    """Return shapes in two dimensions."""
    return np.asarray(shapely.force_2d(shapes), dtype=object) if shapely.has_z(shapes).any() else shapes


@dataclass(frozen=True, slots=True)
class _WiderEdges(Edges):
    """The edges of some polygons; for the neighbours of others, those around them are asked for."""

    around: Callable[[Ints], Edges]

    def beside(self, polygons: Ints) -> Ints:
        """Return the pairs of polygons that share a matched edge, one of them chosen, as `Edges.beside` does."""
        return Edges.beside(self.around(polygons), polygons)


def _examined(shelf: Shelf, tree: BoxTree, edges: Edges, reach: tuple[float, float]) -> Coverage:
    return examine_between(layer_around(shelf, tree, edges), distance=reach)


def _told(part: Vicinity, found: Coverage, linework: Floats) -> Between:
    """Return findings about some polygons by their rows in the whole layer."""
    pairs = np.array([(one.first, one.second) for one in found.overlaps], dtype=np.int64).reshape(-1, 2)
    loose = np.array([(one.first, one.second) for one in found.unmatched], dtype=np.int64).reshape(-1, 2)
    return Between(
        pairs=part.rows[pairs],
        shapes=_wkb([one.geometry for one in found.overlaps]),
        areas=np.array([one.area for one in found.overlaps]),
        relations=tuple(one.relation for one in found.overlaps),
        loose=part.rows[loose],
        points=_wkb([one.points for one in found.unmatched]),
        distances=np.array([one.distance for one in found.unmatched]),
        open=part.rows[pairs[~part.whole[pairs].all(axis=1)]],
        linework=linework,
        rounding=found.rounding,
    )


def _wkb(shapes: list[Any]) -> Shapes:
    return np.asarray(shapely.to_wkb(objects(shapes)), dtype=object)
