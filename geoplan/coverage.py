"""Where zones overlap, where they leave gaps, and where their vertices do not meet: exact, and complete.

Pure functions on arrays of valid polygons in one coordinate system, which they never look at: areas
are in squared units of the stored plane, and the caller measures the returned shapes in m². Entries that are
None, empty or not polygonal are skipped, and indices keep their meaning. Polygons are taken as
they are stored; nothing is snapped. docs/coverage.md has the method, its proof and its limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import distinct
from geoplan.boxes import boxes_of
from geoplan.chains import chains
from geoplan.edges import Edges, Floats, Ints, match_edges, ranges, resolution, unique_pairs
from geoplan.layer import Layer, Polygons, layer_of
from geoplan.loose import Distance, UnmatchedVertices, loose_vertices
from geoplan.memory import give_back
from geoplan.noding import node
from geoplan.parallel import spread

__all__ = [
    "Coverage",
    "Distance",
    "Gap",
    "Gaps",
    "Layer",
    "Overlap",
    "Polygons",
    "UnmatchedVertices",
    "analyse",
    "examine",
    "examine_between",
    "examine_gaps",
    "gaps",
    "overlaps",
    "unmatched_vertices",
]

_VERY_MANY = 20_000  # faces


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two polygons both cover: indices `first` < `second`, the whole shared shape, its stored-plane area.

    `relation` says what the first is to the second: "partial", "contains", "within" or "equal".
    """

    first: int
    second: int
    geometry: BaseGeometry
    area: float
    relation: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole between polygons (or inside the boundary) that none covers, with its stored-plane area.

    `neighbours` are the polygons that have an edge along it, not those that only touch it at a point.
    """

    geometry: Polygon
    area: float
    neighbours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All that `analyse` found. `rounding` counts the pieces left out because they are coordinate rounding."""

    overlaps: tuple[Overlap, ...]
    gaps: Gaps
    unmatched: tuple[UnmatchedVertices, ...]
    rounding: int


def analyse(
    polygons: Polygons,
    *,
    boundary: BaseGeometry | None = None,
    distance: Distance | None = None,
    edges: Edges | None = None,
) -> Coverage:
    """Return overlaps, gaps and, with a `distance`, unmatched vertices of a coverage.

    Same as `overlaps`, `gaps` and `unmatched_vertices` together, at little more than the cost of one. `edges` are
    those of the polygons, matched, for a caller who has them.
    """
    layer = layer_of(polygons, edges)
    layer.tree.meeting(np.zeros((1, 4)))  # builds the tree, which two threads must not do at once
    return examine(layer, boundary=boundary, distance=distance)


def examine(layer: Layer, *, boundary: BaseGeometry | None = None, distance: Distance | None = None) -> Coverage:
    """Return what `analyse` does, of polygons whose edges are matched already."""
    # GEOS lets another thread run meanwhile, and the three do not need each other.
    with ThreadPoolExecutor(2) as pool:
        holes, pairs = pool.submit(_gaps, layer, boundary), pool.submit(_overlaps, layer)
        loose = None if distance is None else pool.submit(loose_vertices, layer, distance)
    rounding = pairs.result()[1] + holes.result()[1]
    if len(holes.result()[0]) + len(pairs.result()[0]) > _VERY_MANY:
        give_back()
    vertices = () if loose is None else tuple(loose.result())
    return Coverage(tuple(pairs.result()[0]), holes.result()[0], vertices, rounding)


def examine_between(layer: Layer, *, distance: Distance | None = None) -> Coverage:
    """Return of what `examine` does the overlaps and unmatched vertices, by one thread; no gaps are looked for."""
    pairs, rounding = _overlaps(layer)
    return Coverage(tuple(pairs), NO_GAPS, () if distance is None else tuple(loose_vertices(layer, distance)), rounding)


def examine_gaps(layer: Layer, *, boundary: BaseGeometry | None = None) -> Coverage:
    """Return of what `examine` does the gaps alone; of its edges no more is looked at than the unmatched ones."""
    holes, rounding = _gaps(layer, boundary)
    return Coverage((), holes, (), rounding)


def overlaps(polygons: Polygons) -> list[Overlap]:
    """Return every pair of polygons whose interiors meet, once, with the whole shape they share.

    Containment and duplicates count. Parts narrower than `edges.resolution` are left out.
    """
    return _overlaps(layer_of(polygons))[0]


def gaps(polygons: Polygons, *, boundary: BaseGeometry | None = None) -> list[Gap]:
    """Return what no polygon covers: the enclosed holes, or with a (valid) `boundary` all of its inside.

    A hole is enclosed also where the polygons around it only touch at points. Gaps narrower
    than `edges.resolution` are left out. Sorted by their bounds.
    """
    return list(_gaps(layer_of(polygons), boundary)[0])


def unmatched_vertices(polygons: Polygons, *, distance: Distance) -> list[UnmatchedVertices]:
    """Return, for each ordered pair, the vertices of the first that nearly or exactly touch an edge of the second.

    A vertex counts if it ends an edge no other polygon shares exactly, lies within `distance` of the
    second's boundary and equals none of its vertices. `distance` is in stored units; a pair gives
    reaches along x and y, for degrees.
    """
    return loose_vertices(layer_of(polygons), distance)


# --- overlaps -------------------------------------------------------------------------------------


def _overlaps(layer: Layer) -> tuple[list[Overlap], int]:
    """Return the overlaps and the number of parts left out as rounding."""
    pairs = _meeting_pairs(layer)
    if len(pairs) == 0:
        return [], 0
    one, other = (np.asarray(layer.polygons[pairs[:, side]]) for side in (0, 1))
    parts, pair = _polygonal_parts(spread(shapely.intersection, one, other))
    wide = _wide(parts)
    kept = distinct(pair[wide])
    # A pair whose interiors meet in less than doubles can write has no part at all, and counts as one.
    dropped = int((~wide).sum()) + len(pairs) - len(distinct(pair))
    if len(kept) == 0:
        return [], dropped
    shapes = shapely.normalize(_merge_parts(parts[wide], pair[wide], len(pairs))[kept])
    areas = shapely.area(shapes)
    contains = _covered(other[kept], one[kept], areas)
    within = _covered(one[kept], other[kept], areas)
    relations = np.where(
        contains & within, "equal", np.where(contains, "contains", np.where(within, "within", "partial"))
    )
    rows = zip(pairs[kept].tolist(), shapes, areas.tolist(), relations.tolist(), strict=True)
    return [Overlap(i, j, shape, area, relation) for (i, j), shape, area, relation in rows], dropped


def _meeting_pairs(layer: Layer) -> Ints:
    """Return all pairs of polygons whose interiors meet, as sorted rows.

    Seeds are the polygons at unmatched edges and those with the same directed edge; from each pair
    found, the pairs of their neighbours are tried until nothing new turns up (see docs/coverage.md).
    """
    width = len(layer.polygons)
    bounds = shapely.bounds(layer.polygons)
    meeting = [np.empty((0, 2), np.int64)]
    tested = np.empty(0, np.int64)
    candidates = np.vstack([layer.edges.twins, _pairs_at_unmatched_edges(layer)])
    while len(candidates):
        one, other = bounds[candidates[:, 0]], bounds[candidates[:, 1]]
        apart = (one[:, :2] >= other[:, 2:]) | (other[:, :2] >= one[:, 2:])
        candidates = candidates[~(apart[:, 0] | apart[:, 1])]
        keys = distinct(candidates[:, 0] * width + candidates[:, 1])
        keys = keys[~np.isin(keys, tested, assume_unique=True)]
        tested = np.append(tested, keys)
        found = np.column_stack(np.divmod(keys, width))
        found = found[_interiors_meet(layer.polygons, found)]
        meeting.append(found)
        candidates = _neighbouring_pairs(layer.edges, found)
    pairs = np.vstack(meeting)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _pairs_at_unmatched_edges(layer: Layer) -> Ints:
    """Return the pairs of polygons that have a point in common and each meet an unmatched edge."""
    loose = np.flatnonzero(~layer.edges.matched)
    if len(loose) == 0:
        return np.empty((0, 2), np.int64)
    known = np.zeros(len(layer.polygons), np.bool_)
    known[layer.edges.owners(loose)] = True  # its own polygon meets each, which needs no look
    if not (known | np.isnan(shapely.bounds(layer.polygons)[:, 0])).all():
        segments = layer.edges.segments(loose)
        line, near = layer.tree.meeting(boxes_of(segments))
        line, near = line[~known[near]], near[~known[near]]
        lines = shapely.linestrings(segments[line].reshape(-1, 2, 2))
        known[near[spread(shapely.intersects, lines, np.asarray(layer.polygons[near]))]] = True
    touched = np.flatnonzero(known)
    some = np.asarray(layer.polygons[touched])
    one, other = shapely.STRtree(some).query(some)
    return unique_pairs(touched[one], touched[other], one < other)


def _interiors_meet(polygons: Polygons, pairs: Ints) -> NDArray[np.bool_]:
    """Return whether the interiors of each pair have a point in common, by exact predicates."""
    return spread(_meet, np.asarray(polygons[pairs[:, 0]]), np.asarray(polygons[pairs[:, 1]]))


def _meet(one: Polygons, other: Polygons) -> NDArray[np.bool_]:
    # Most candidates only touch, so that is asked first.
    meet = ~shapely.touches(one, other)
    meet[meet] = shapely.intersects(one[meet], other[meet])
    return np.asarray(meet)


def _neighbouring_pairs(edges: Edges, pairs: Ints) -> Ints:
    """Return all pairs (a', b') with a' equal or next to a and b' equal or next to b, for pairs (a, b)."""
    some = distinct(pairs)
    beside = edges.beside(some)
    near = np.vstack([beside, beside[:, ::-1], np.column_stack([some, some])])
    near = near[np.argsort(near[:, 0], kind="stable")]
    one, other = pairs[:, 0], pairs[:, 1]
    for _ in range(2):
        begin = np.searchsorted(near[:, 0], one)
        count = np.searchsorted(near[:, 0], one, side="right") - begin
        one, other = np.repeat(other, count), near[ranges(begin, count), 1]
    return unique_pairs(one, other)


def _covered(inner: Polygons, outer: Polygons, shared: Floats) -> NDArray[np.bool_]:
    """Return whether `outer` covers `inner`, up to pieces that are coordinate rounding."""
    covered = shapely.covers(outer, inner)
    rest = shapely.area(inner) - shared
    unsure = np.flatnonzero(~covered & (rest <= resolution(shapely.bounds(inner)) * shapely.length(inner)))
    parts, owner = _polygonal_parts(shapely.difference(inner[unsure], outer[unsure]))
    covered[unsure] = True
    covered[unsure[owner[_wide(parts)]]] = False
    return np.asarray(covered)


def _polygonal_parts(shapes: Polygons) -> tuple[Polygons, Ints]:
    """Return the polygons in `shapes` that have an area, and the index of the shape each is from."""
    parts, index = shapely.get_parts(shapes, return_index=True)
    solid = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > 0)
    return parts[solid], index[solid]


def _wide(parts: Polygons) -> NDArray[np.bool_]:
    """Return whether each polygon is wider (2A/P) than coordinates can resolve there."""
    if len(parts) == 0:
        return np.empty(0, np.bool_)
    return np.asarray(2.0 * shapely.area(parts) > resolution(shapely.bounds(parts)) * shapely.length(parts))


def _merge_parts(parts: Polygons, index: Ints, count: int) -> Polygons:
    """Return one Polygon or MultiPolygon for each index that has parts."""
    merged = np.full(count, None, dtype=object)
    shapely.multipolygons(parts, indices=index, out=merged)
    single = np.bincount(index, minlength=count) == 1
    merged[single] = shapely.get_geometry(merged[single], 0)
    return merged


# --- gaps -----------------------------------------------------------------------------------------


class Gaps(Sequence[Gap]):
    """The gaps of a coverage; who their neighbours are is found out when they are looked at, and best of many at once.

    `shapes` are their polygons.
    """

    def __init__(self, layer: Layer | None, shapes: Polygons) -> None:
        """Keep gaps, and the layer they are in."""
        self._layer, self.shapes = layer, shapes

    def __len__(self) -> int:
        return len(self.shapes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # equal to sequences that have other hashes

    @overload
    def __getitem__(self, index: int) -> Gap: ...
    @overload
    def __getitem__(self, index: slice) -> list[Gap]: ...
    def __getitem__(self, index: int | slice) -> Gap | list[Gap]:
        if isinstance(index, slice):
            return self.at(range(len(self))[index])
        return self.at([range(len(self))[index]])[0]

    def __iter__(self) -> Iterator[Gap]:
        return iter(self.at(range(len(self))))

    def at(self, places: Sequence[int]) -> list[Gap]:
        """Return the gaps at some places."""
        if self._layer is None or not len(places):
            return []
        shapes = self.shapes[list(places)]
        rows = zip(shapes, shapely.area(shapes).tolist(), _gap_neighbours(self._layer, shapes), strict=True)
        return [Gap(shape, area, beside) for shape, area, beside in rows]


NO_GAPS = Gaps(None, np.empty(0, dtype=object))


def _gaps(layer: Layer, boundary: BaseGeometry | None) -> tuple[Gaps, int]:
    """Return the gaps and the number of those left out as rounding."""
    segments = layer.edges.segments(~layer.edges.matched)
    if boundary is not None:
        outline = match_edges(np.array([shapely.force_2d(boundary)], dtype=object))
        segments = np.vstack([segments, outline.segments()])
    if len(segments) == 0:
        return NO_GAPS, 0
    faces = shapely.get_parts(shapely.polygonize(chains(node(segments))))
    if len(faces) > _VERY_MANY:
        give_back()  # what polygonising took
    faces = faces[shapely.area(faces) > 0]
    if len(faces) == 0:
        return NO_GAPS, 0
    empty = _empty_faces(layer, faces, segments, boundary)
    holes = faces[empty]
    wide = _wide(holes)
    kept = shapely.normalize(holes[wide])
    kept = kept[np.lexsort(shapely.bounds(kept).T[::-1])]
    return Gaps(layer, kept), int((~wide).sum())


def _empty_faces(layer: Layer, faces: Polygons, segments: Floats, boundary: BaseGeometry | None) -> NDArray[np.bool_]:
    """Return which faces of the linework no polygon covers, inside the boundary if there is one.

    One point of each face decides, unless it is so near the linework that it may lie in a slit or spike
    below resolution, which the noding has closed. Then the areas decide: a face is covered wholly or not at all.
    """
    points = spread(shapely.point_on_surface, faces)
    empty = ~_covers_point(layer, points)
    if boundary is not None:
        shapely.prepare(boundary)
        empty &= shapely.intersects(boundary, points)
    wide = np.flatnonzero(_wide(faces))
    lines = shapely.STRtree(shapely.linestrings(segments.reshape(-1, 2, 2)))
    reach = resolution(shapely.bounds(faces[wide]))
    unsure, _ = lines.query(points[wide], predicate="dwithin", distance=reach)
    for index in wide[distinct(unsure)]:
        face = faces[index]
        covered = shapely.area(shapely.intersection(face, layer.polygons[layer.tree.query(face)])).sum()
        inside = face.area if boundary is None else shapely.intersection(face, boundary).area
        empty[index] = covered < face.area / 2.0 < inside
    return np.asarray(empty)


def _covers_point(layer: Layer, points: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return whether any polygon contains each point or has it on its boundary."""
    covered = np.zeros(len(points), np.bool_)
    xy = shapely.get_coordinates(points)
    point, polygon = layer.tree.meeting(np.hstack([xy, xy]))
    x, y = xy[point].T
    inside = spread(shapely.intersects_xy, np.asarray(layer.polygons[polygon]), x, y)
    covered[point[inside]] = True
    return covered


def _gap_neighbours(layer: Layer, holes: Polygons) -> list[tuple[int, ...]]:
    """Return for each gap the polygons that have the middle of one of its edges on their boundary."""
    edges = match_edges(holes)
    segments = edges.segments()
    middles = (segments[:, :2] + segments[:, 2:]) / 2.0
    beside: list[set[int]] = [set() for _ in holes]
    if len(segments):
        reach = resolution(segments)
        edge, polygon = layer.tree.query(shapely.points(middles), predicate="dwithin", distance=reach)
        for hole, index in zip(edges.owner[edge].tolist(), polygon.tolist(), strict=True):
            beside[hole].add(index)
    return [tuple(sorted(indices)) for indices in beside]
