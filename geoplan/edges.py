"""The edges of a coverage: which of them two zones share exactly.

Everything here happens in the coordinates as stored, in the plane, with no CRS and no tolerance: two
edges are the same edge only if their endpoints are equal as doubles. docs/coverage.md says why the
analyses in `geoplan.coverage` need to look only near unmatched edges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.arrays import distinct
from geoplan.rings import BLOCK_POINTS, Rings, rings_of

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

ULPS = 8.0  # see `resolution`
_SURE_AREA = 1e-15  # of the squared size, times the squared number of vertices: rounding stays below it


def resolution(coordinates: Floats) -> Floats:
    """Return the width below which a shape is coordinate rounding, for each row of `coordinates`.

    It is 8 ulp of the largest magnitude in the row: a corner written between two representable
    numbers is off by up to half an ulp in each axis, an intersection of two such edges by a few.
    At eastings near 39 500 000 m that is 6e-8 m, at 500 000 m 5e-10 m, at 117° 1e-13°.
    """
    return np.asarray(ULPS * np.spacing(np.abs(coordinates).max(axis=-1)))


@dataclass(frozen=True, slots=True)
class Edges:
    """The directed edges of many polygons, interior on the left, without edges of no length.

    Edge k runs along the step of `rings` after vertex `start[k]`, backwards if `back[k]`. It is `matched` when the
    coverage has as many copies of it one way as the other. Where those are just two, `partner` has the other
    (else −1); `many` holds the pairs of polygons (smaller index first) on both sides of matched edges of more
    copies, `twins` those that have the same directed edge, so that their interiors meet beside it.
    """

    rings: Rings
    start: Ints
    back: Bools
    matched: Bools
    partner: Ints
    many: Ints
    twins: Ints

    @property
    def owner(self) -> Ints:
        """Return the polygon of each edge."""
        return self.owners(np.arange(len(self.start)))

    @property
    def neighbours(self) -> Ints:
        """Return all pairs of polygons on both sides of a matched edge, smaller index first."""
        return self.beside(np.arange(len(self.rings.measurable)))

    def owners(self, which: Ints) -> Ints:
        """Return the polygon of each of the chosen edges."""
        ring = np.searchsorted(np.cumsum(self.rings.lengths), self.start[which], side="right")
        return self.rings.feature[ring]

    def of(self, polygons: Ints) -> Ints:
        """Return the edges of the chosen polygons, which are different and ascending."""
        rings = self.rings
        begin = np.append(0, np.cumsum(rings.lengths))
        first = np.searchsorted(rings.feature, polygons)
        after = np.searchsorted(rings.feature, polygons, side="right")
        low, high = np.searchsorted(self.start, begin[first]), np.searchsorted(self.start, begin[after])
        return ranges(low, high - low)

    def beside(self, polygons: Ints) -> Ints:
        """Return the pairs of polygons (smaller first, sorted) that share a matched edge, one of them chosen."""
        edges = self.of(polygons)
        edges = edges[self.partner[edges] >= 0]
        one, other = self.owners(edges), self.owners(self.partner[edges])
        chosen = np.zeros(len(self.rings.measurable), np.bool_)
        chosen[polygons] = True
        more = self.many[chosen[self.many].any(axis=1)]
        return unique_pairs(np.append(one, more[:, 0]), np.append(other, more[:, 1]))

    def segments(self, which: Bools | Ints | None = None) -> Floats:
        """Return the chosen edges, or all, as rows (x0, y0, x1, y1)."""
        start, back = (self.start, self.back) if which is None else (self.start[which], self.back[which])
        x, y = self.rings.x, self.rings.y
        begin, end = np.where(back, start + 1, start), np.where(back, start, start + 1)
        # Adding 0.0 turns -0.0 into 0.0, whose bits differ.
        return np.column_stack([x[begin], y[begin], x[end], y[end]]) + 0.0


def match_edges(polygons: NDArray[np.object_] | Rings) -> Edges:
    """Return the directed edges of `polygons` and say which are matched.

    Entries that are None or empty have no edges; indices keep their meaning. Polygons must be valid.
    """
    rings = polygons if isinstance(polygons, Rings) else rings_of(polygons)
    start = _steps(rings)
    none = np.empty((0, 2), np.int64)
    proposed = _proposed(_taken(_mixed_steps(rings), start), start.dtype)
    back = np.repeat(_backwards(rings), rings.lengths)[start]
    edges = Edges(rings, start, back, np.zeros(len(start), np.bool_), np.full(len(start), -1, start.dtype), none, none)
    if len(start) == 0:
        return edges
    twins, others = _match_pairs(edges, *proposed)
    many, more_twins = _match_runs(edges, others)
    both = np.vstack([twins, more_twins])
    return replace(edges, many=many, twins=unique_pairs(both[:, 0], both[:, 1]))


def ranges(begin: Ints, count: Ints) -> Ints:
    """Return begin[0], begin[0] + 1, … (count[0] numbers), then those from begin[1] on, and so on."""
    return np.asarray(np.arange(int(count.sum())) + np.repeat(begin - (np.cumsum(count) - count), count))


def _steps(rings: Rings) -> Ints:
    """Return the vertices after which a ring steps to another place, as small integers as will do."""
    count = len(rings.x)
    real = np.ones(count, np.bool_)
    real[np.cumsum(rings.lengths) - 1] = False
    real[:-1] &= (rings.x[1:] != rings.x[:-1]) | (rings.y[1:] != rings.y[:-1])
    return np.flatnonzero(real).astype(np.int32 if count < 2**31 else np.int64)


def _backwards(rings: Rings) -> Bools:
    """Return which rings are given with the interior on their right.

    Of rings that are not surely simple the sign of the area tells, but for those so thin that it may be rounding: there
    GEOS decides, exactly.
    """
    counter_clockwise = rings.stars > 0
    unsure = np.flatnonzero(rings.stars == 0)
    if len(unsure):
        counter_clockwise[unsure] = _counter_clockwise(rings.taken(unsure))
    return np.asarray(counter_clockwise != (rings.sign > 0))


def _counter_clockwise(rings: Rings) -> Bools:
    turned, size = rings.turned(), np.zeros(len(rings.lengths))
    for block, which in rings.blocks():
        first = np.repeat(block.starts(), block.lengths)
        away = np.abs(block.x - block.x[first]) + np.abs(block.y - block.y[first])
        size[which] = np.maximum.reduceat(away, block.starts())
    counter_clockwise = turned > 0
    thin = np.flatnonzero(~(np.abs(turned) > _SURE_AREA * (rings.lengths * size) ** 2))
    if len(thin):
        some = rings.taken(thin)
        lines = shapely.linearrings(np.column_stack([some.x, some.y]), indices=some.ring)
        counter_clockwise[thin] = shapely.is_ccw(lines)
    return np.asarray(counter_clockwise)


def _match_pairs(edges: Edges, one: Ints, other: Ints, crowd: Ints) -> tuple[Ints, Ints]:
    """Match the edges with one other of the same ends; return the twins among them, and the edges of larger runs."""
    blocks = (slice(begin, begin + BLOCK_POINTS) for begin in range(0, len(one), BLOCK_POINTS))
    none = np.empty(0, np.bool_)
    twin = np.concatenate([none, *(_match_proposed(edges, one[block], other[block]) for block in blocks)])
    return unique_pairs(edges.owners(one[twin]), edges.owners(other[twin])), crowd


def _proposed(mixed: NDArray[np.uint64], kind: np.dtype[Any]) -> tuple[Ints, Ints, Ints]:
    """Return the edges with one other of the same hash, that other, and the edges in runs of more than two.

    A number whose upper bits are the hash of an edge and whose lower bits are its index sorts in one go, several
    times faster than anything else. Equal hashes only propose: the ends of the two are compared as they are.
    """
    bits = np.uint64(len(mixed).bit_length())
    index = np.uint64(2 ** int(bits) - 1)
    mixed &= ~index
    mixed |= np.arange(len(mixed), dtype=np.uint64)
    mixed.view(np.int64).sort()
    order = (mixed & index).astype(kind)
    mixed >>= bits
    same = np.zeros(len(mixed) + 1, np.bool_)  # whether the hash is that of the one before
    np.equal(mixed[1:], mixed[:-1], out=same[1:-1])
    del mixed  # as large as the coordinates
    pair = np.flatnonzero(same[1:-1] & ~same[:-2] & ~same[2:])
    crowd = _crowded(order, same)
    return *_in_order(order[pair], order[pair + 1]), crowd


def _in_order(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return pairs of edges in the order of their places: neighbours are stored near each other, hashes are not."""
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
    if one.dtype != np.int32:
        return low, high
    low <<= 32
    low |= high
    low.sort()
    high = low.astype(np.int32)  # the lower half
    low >>= 32
    return low.astype(np.int32), high


def _crowded(order: Ints, same: Bools) -> Ints:
    """Return the edges in runs of more than two of one hash."""
    if not (same[1:] & same[:-1]).any():
        return order[:0]
    first = np.flatnonzero(~same[:-1])
    lengths = np.diff(np.append(first, len(order)))
    large = lengths > 2
    return np.sort(order[ranges(first[large], lengths[large])])


def _match_proposed(edges: Edges, one: Ints, other: Ints) -> Bools:
    """Match pairs of edges where they are opposite; return which are twins: the same way."""
    x, y = edges.rings.x, edges.rings.y
    a, b = edges.start[one], edges.start[other]
    ax, ay, ax1, ay1 = x[a], y[a], x[a + 1], y[a + 1]
    bx, by, bx1, by1 = x[b], y[b], x[b + 1], y[b + 1]
    along = (ax == bx) & (ay == by) & (ax1 == bx1) & (ay1 == by1)
    against = (ax == bx1) & (ay == by1) & (ax1 == bx) & (ay1 == by)
    turned = edges.back[one] != edges.back[other]
    opposite = np.where(turned, along, against)
    one, other = (one, other) if opposite.all() else (one[opposite], other[opposite])
    for here, there in ((one, other), (other, one)):
        edges.matched[here] = True
        edges.partner[here] = there
    return np.asarray(np.where(turned, against, along))


def _match_runs(edges: Edges, some: Ints) -> tuple[Ints, Ints]:
    """Match edges of which there may be any number of copies among `some`; return their neighbours and twins."""
    if len(some) == 0:
        return np.empty((0, 2), np.int64), np.empty((0, 2), np.int64)
    segments = edges.segments(some)
    order, first = same_edge_runs(segments[:, :2], segments[:, 2:])
    forward = before(segments[:, :2], segments[:, 2:])[order]
    balance = np.add.reduceat(np.where(forward, 1, -1), first)
    lengths = np.diff(np.append(first, len(order)))
    balanced = np.repeat(balance == 0, lengths)
    edges.matched[some[order]] = balanced
    owner = edges.owners(some)
    left, right = _pairs_within_runs(lengths, first)
    same_way = forward[left] == forward[right]
    one, other = owner[order[left]], owner[order[right]]
    return unique_pairs(one, other, ~same_way & balanced[left]), unique_pairs(one, other, same_way)


def _taken(values: NDArray[np.uint64], which: Ints) -> NDArray[np.uint64]:
    """Return some of the values (ascending), moved up within their own memory."""
    for begin in range(0, len(which), BLOCK_POINTS):
        some = which[begin : begin + BLOCK_POINTS]
        values[begin : begin + len(some)] = values[some]
    return values[: len(which)]


def _mixed_steps(rings: Rings) -> NDArray[np.uint64]:
    """Return for each vertex a hash of the step after it that is the same for both directions."""
    mixed = np.empty(len(rings.x), np.uint64)
    for begin in range(0, len(mixed), BLOCK_POINTS):
        here = slice(begin, begin + BLOCK_POINTS + 1)
        points = mix(np.column_stack([rings.x[here], rings.y[here]]))
        mixed[begin : begin + BLOCK_POINTS] = np.append(points[:-1] + points[1:], points[-1:])[:BLOCK_POINTS]
    return mixed


def unique_pairs(one: Ints, other: Ints, which: Bools | None = None) -> Ints:
    """Return the distinct pairs of different indices, smaller first, as sorted rows."""
    different = one != other if which is None else which & (one != other)
    one, other = one[different], other[different]
    if len(one) == 0:
        return np.empty((0, 2), np.int64)
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other).astype(np.int64)
    width = int(high.max()) + 1
    keys = distinct(low * width + high)
    return np.column_stack(np.divmod(keys, width))


def before(start: Floats, end: Floats) -> Bools:
    """Return whether the start comes before the end in (x, y) order."""
    return np.asarray((start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1])))


def same_edge_runs(start: Floats, end: Floats) -> tuple[Ints, Ints]:
    """Return an order that puts equal undirected edges side by side, and where each run of them begins.

    Sorting one hash is several times faster than sorting four columns; runs are split by comparing
    the coordinates themselves, and a hash collision falls back to the slow sort, so the result is exact.
    """
    mixed = mix(start) + mix(end)
    order = np.argsort(mixed)
    mixed = mixed[order]
    same = _same_as_next(start[order], end[order])
    if (~same & (mixed[1:] == mixed[:-1])).any():
        swap = ~before(start, end)[:, None]
        order = np.lexsort(np.hstack([np.where(swap, end, start), np.where(swap, start, end)]).T)
        same = _same_as_next(start[order], end[order])
    return order, np.flatnonzero(np.append(True, ~same))


def numbered(points: Floats) -> tuple[Ints, Floats]:
    """Return a number for each point, the same for equal ones only, and the distinct points by their numbers.

    As in `same_edge_runs`, hashes are sorted, and coordinates only where two hashes collide.
    """
    mixed = mix(points)
    order = np.argsort(mixed)
    mixed = mixed[order]
    differs = np.append(True, ~equal(points[order[1:]], points[order[:-1]]))[: len(order)]
    if (differs[1:] & (mixed[1:] == mixed[:-1])).any():
        order = np.lexsort((points[:, 1], points[:, 0]))
        differs = np.append(True, ~equal(points[order[1:]], points[order[:-1]]))[: len(order)]
    number = np.empty(len(points), np.int64)
    number[order] = np.cumsum(differs) - 1
    return number, points[order[differs]]


def mix(xy: Floats) -> NDArray[np.uint64]:
    """Return a hash of each point: its bits, multiplied and shifted so that sums of two rarely agree."""
    bits = (xy + 0.0).view(np.uint64)  # turns -0.0 into 0.0, whose bits differ
    mixed = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed ^ bits[:, 1]) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _same_as_next(start: Floats, end: Floats) -> Bools:
    """Return whether each edge and the next one have the same ends, either way round."""
    same = equal(start[1:], start[:-1]) & equal(end[1:], end[:-1])
    return same | (equal(start[1:], end[:-1]) & equal(end[1:], start[:-1]))


def distances(points: Floats, segments: Floats) -> Floats:
    """Return how far each point (x, y) is from its segment (x0, y0, x1, y1), to the last bit as GEOS has it."""
    (x, y), (ax, ay, bx, by) = points.T, segments.T
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    with np.errstate(divide="ignore", invalid="ignore"):  # a segment of no length has but its end
        along = ((x - ax) * dx + (y - ay) * dy) / square
        beside = np.abs(((ay - y) * dx - (ax - x) * dy) / square) * np.sqrt(square)
    after = along >= 1.0
    endx, endy = x - np.where(after, bx, ax), y - np.where(after, by, ay)
    at_end = np.sqrt(endx * endx + endy * endy)
    return np.asarray(np.where((along > 0.0) & ~after, beside, at_end))


def equal(one: Floats, other: Floats) -> Bools:
    """Return whether the points of each row are the same."""
    return np.asarray((one[:, 0] == other[:, 0]) & (one[:, 1] == other[:, 1]))


def _pairs_within_runs(lengths: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Return all pairs of positions that lie in the same run."""
    left, right = [], []
    for step in range(1, int(lengths.max(initial=1))):
        runs = lengths > step
        count = lengths[runs] - step
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        position = np.repeat(first[runs], count) + offset
        left.append(position)
        right.append(position + step)
    none = np.empty(0, np.int64)
    return np.concatenate([none, *left]), np.concatenate([none, *right])
