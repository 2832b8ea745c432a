"""Well-known binary, many at once: plain polygons become rings without a geometry object being made of them.

Most zones and nearly all parcels are polygons of one ring, and most of these never need more than their vertices.
Everything else, and whatever is odd about a polygon, is left to GEOS. Source of the format: OGC 06-103r4, 8.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.ellipsoid import Floats
from geoplan.rings import Rings, rings_of
from geoplan.shapes import Ints, RingShapes, Shapes, Stock

_LITTLE_ENDIAN, _POLYGON, _MULTIPOLYGON = 1, 3, 6
_HEAD, _HEAD_OF_SEVERAL = 13, 22  # bytes before the vertices of a polygon of one ring, alone and as an only part
_VERTEX = 16  # bytes
_FEWEST = 4  # vertices of a ring
_ROOM = 1.03  # times what the first features make expect


@dataclass(frozen=True, slots=True)
class Blobs:
    """Geometries in well-known binary, one after the other: that of row i is data[offsets[i]:offsets[i + 1]].

    `there` says which rows have a geometry.
    """

    data: NDArray[np.uint8]
    offsets: Ints
    there: NDArray[np.bool_]

    def taken(self, rows: Ints) -> Shapes:
        """Return some rows as bytes, None where there is no geometry."""
        return objects(
            self.data[self.offsets[row] : self.offsets[row + 1]].tobytes() if self.there[row] else None
            for row in rows.tolist()
        )


def decoded(blobs: Blobs) -> Stock:
    """Return the geometries, in two dimensions; raises what shapely raises for what is no geometry."""
    head, count = _plain(blobs)
    starts = blobs.offsets[:-1] + head
    xy = _vertices(blobs.data, starts, count)
    odd = _odd(xy, count)
    if len(odd):
        count[odd] = 0
        xy = _vertices(blobs.data, starts, count)
    kinds = np.where(head == _HEAD, _POLYGON, _MULTIPOLYGON).astype(np.int8)
    places = np.flatnonzero(count == 0)
    others = _others(blobs.taken(places))
    kinds[places] = shapely.get_type_id(others)
    return Stock(_merged(xy, count, places, rings_of(others)), kinds, places, others)


def _plain(blobs: Blobs) -> tuple[Ints, Ints]:
    """Return the length of each head, and the number of vertices of what its bytes say is one ring, else 0."""
    starts, size = blobs.offsets[:-1], np.diff(blobs.offsets)
    head = np.full(len(size), _HEAD, np.int64)
    if len(blobs.data) < _HEAD_OF_SEVERAL:
        return head, np.zeros(len(size), np.int64)
    every = np.ndarray((len(blobs.data) - _HEAD_OF_SEVERAL + 1,), f"V{_HEAD_OF_SEVERAL}", blobs.data, 0, (1,))
    heads = every[np.minimum(starts, len(every) - 1)].view(np.uint8).reshape(-1, _HEAD_OF_SEVERAL)

    def polygon(at: int) -> tuple[NDArray[np.bool_], Ints]:
        one = (heads[:, at] == _LITTLE_ENDIAN) & (_number(heads, at + 1) == _POLYGON) & (_number(heads, at + 5) == 1)
        count = _number(heads, at + 9)
        whole = size == at + _HEAD + _VERTEX * count
        return one & whole & (count >= _FEWEST) & blobs.there, count

    alone, count = polygon(0)
    if alone.all():
        return head, count
    among, count_among = polygon(_HEAD_OF_SEVERAL - _HEAD)
    among &= (heads[:, 0] == _LITTLE_ENDIAN) & (_number(heads, 1) == _MULTIPOLYGON) & (_number(heads, 5) == 1)
    head[among] = _HEAD_OF_SEVERAL
    return head, np.where(alone, count, np.where(among, count_among, 0))


def _number(heads: NDArray[np.uint8], at: int) -> Ints:
    """Return the whole number of four bytes that each head has there."""
    return np.ascontiguousarray(heads[:, at : at + 4]).view("<u4")[:, 0].astype(np.int64)


def _vertices(data: NDArray[np.uint8], starts: Ints, count: Ints) -> Floats:
    """Return so many vertices from each place on."""
    total = int(count.sum())
    if total == 0:
        return np.empty((0, 2))
    every = np.ndarray((len(data) - _VERTEX + 1,), f"V{_VERTEX}", data, 0, (1,))
    at = np.repeat(starts - _VERTEX * (np.cumsum(count) - count), count)
    at += np.arange(0, _VERTEX * total, _VERTEX)
    return np.asarray(every[at].view("<f8").reshape(-1, 2), dtype=np.float64)


def _odd(xy: Floats, count: Ints) -> Ints:
    """Return the rows whose ring is not closed, or has a coordinate that is no number."""
    rows = np.flatnonzero(count)
    last = np.cumsum(count[rows]) - 1
    first = last + 1 - count[rows]
    odd = (xy[first] != xy[last]).any(axis=1)
    if not np.isfinite(xy.sum()):
        odd |= ~np.logical_and.reduceat(np.isfinite(xy).all(axis=1), first)
    return np.asarray(rows[odd])


def _others(blobs: Shapes) -> Shapes:
    """Return geometries as GEOS reads them, in two dimensions."""
    with np.errstate(invalid="ignore"):  # NaN coordinates are a finding, told by the checks
        shapes = np.asarray(shapely.from_wkb(blobs), dtype=object)
    higher = shapely.get_coordinate_dimension(shapes) > 2
    shapes[higher] = shapely.force_2d(shapes[higher])
    return shapes


def _merged(xy: Floats, count: Ints, places: Ints, other: Rings) -> Rings:
    """Return one ring of so many vertices for each row, and `other` rings for the rows at `places`."""
    if len(places) == 0:
        alone = np.ones(len(count))
        return Rings(xy[:, 0].copy(), xy[:, 1].copy(), count, alone, np.arange(len(count)), alone > 0)
    plain = np.flatnonzero(count)
    own = np.bincount(other.feature, weights=other.lengths, minlength=len(places)).astype(np.int64)
    vertices = count.copy()
    vertices[places] = own
    x, y = np.empty(int(vertices.sum())), np.empty(int(vertices.sum()))
    begins = np.cumsum(vertices) - vertices
    both = (plain, count[plain], xy[:, 0], xy[:, 1]), (places, own, other.x, other.y)
    for rows, number, values_x, values_y in both:
        at = np.repeat(begins[rows] - (np.cumsum(number) - number), number) + np.arange(int(number.sum()))
        x[at], y[at] = values_x, values_y
    feature = np.concatenate([plain, places[other.feature]])
    order = np.argsort(feature, kind="stable")
    lengths = np.concatenate([count[plain], other.lengths])[order]
    sign = np.concatenate([np.ones(len(plain)), other.sign])[order]
    measurable = count > 0
    measurable[places] = other.measurable
    return Rings(x, y, lengths, sign, feature[order], measurable)


@dataclass
class Gathered:
    """Geometries that come piece by piece, `expected` of them in all: their vertices are in memory once."""

    expected: int
    _x: Floats = field(default_factory=lambda: np.empty(0), init=False)
    _y: Floats = field(default_factory=lambda: np.empty(0), init=False)
    _vertices: int = field(default=0, init=False)
    _rows: int = field(default=0, init=False)
    _pieces: list[Stock] = field(default_factory=list, init=False)

    def add(self, piece: Stock) -> None:
        """Put further geometries behind those there are."""
        rings, rows = piece.rings, len(piece.kinds)
        end = self._vertices + len(rings.x)
        if end > len(self._x):
            likely = _ROOM * end * max(self.expected / max(self._rows + rows, 1), 1.0)
            if not self._vertices:
                self._x, self._y = np.empty(int(likely) + 1), np.empty(int(likely) + 1)
            else:  # in place where it can be, and never both in memory twice
                self._x.resize(int(likely) + 1, refcheck=False)
                self._y.resize(int(likely) + 1, refcheck=False)
        here = slice(self._vertices, end)
        self._x[here], self._y[here] = rings.x, rings.y
        # Not rings.x[:0], which would keep all of it.
        none = np.empty(0)
        bare = Rings(none, none, rings.lengths, rings.sign, rings.feature + self._rows, rings.measurable)
        self._pieces.append(Stock(bare, piece.kinds, piece.places + self._rows, piece.others))
        self._vertices, self._rows = end, self._rows + rows

    def shapes(self) -> RingShapes:
        """Return all geometries; nothing can be added after."""
        self._x.resize(self._vertices, refcheck=False)
        self._y.resize(self._vertices, refcheck=False)
        return RingShapes(
            Stock(
                Rings(
                    self._x,
                    self._y,
                    self._joined([one.rings.lengths for one in self._pieces], np.int64),
                    self._joined([one.rings.sign for one in self._pieces], np.float64),
                    self._joined([one.rings.feature for one in self._pieces], np.int64),
                    self._joined([one.rings.measurable for one in self._pieces], np.bool_),
                ),
                self._joined([one.kinds for one in self._pieces], np.int8),
                self._joined([one.places for one in self._pieces], np.int64),
                self._joined([one.others for one in self._pieces], object),
            )
        )

    @staticmethod
    def _joined(pieces: list[NDArray[Any]], kind: type) -> NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *pieces])
