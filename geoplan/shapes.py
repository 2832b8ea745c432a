"""Arrays of geometry whose shapes are made or brought only when they are looked at.

A check that asks a whole layer for boxes, kinds or validity is answered from columns; one that takes single shapes
gets those; and one that asks for anything else gets all shapes, as they are. So every check is right with such an
array, and only some are fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from threading import RLock
from typing import Any, SupportsIndex, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import distinct
from geoplan.ellipsoid import Floats
from geoplan.rings import Rings, rings_of

Ints: TypeAlias = NDArray[np.int64]
Shapes: TypeAlias = NDArray[Any]
Columns: TypeAlias = Mapping[str, NDArray[Any]]

_POLYGON, _MULTIPOLYGON = 3, 6


class Shelf:
    """The shapes there are so far, each asked for once: `bring` returns rows, at least those asked for, and shapes."""

    def __init__(self, count: int, bring: Callable[[Ints], tuple[Ints, Shapes]]) -> None:
        """Keep room for so many shapes."""
        self._shapes = np.full(count, None, dtype=object)
        self._here = np.zeros(count, np.bool_)
        self._bring = bring
        self._lock = RLock()  # gaps are looked for beside overlaps

    def __len__(self) -> int:
        return len(self._here)

    @property
    def brought(self) -> int:
        """Return how many shapes are here."""
        return int(np.count_nonzero(self._here))

    def at(self, rows: Ints) -> Shapes:
        """Return the shapes of some rows, in that order."""
        with self._lock:
            missing = distinct(rows[~self._here[rows]])
            if len(missing):
                found, shapes = self._bring(missing)
                self._shapes[found], self._here[found] = shapes, True
            return self._shapes[rows]

    def put(self, rows: Ints, shapes: Shapes) -> None:
        """Put shapes there that are known already."""
        with self._lock:
            self._shapes[rows], self._here[rows] = shapes, True


class LazyShapes:
    """An array of geometry on a shelf, or of some rows of it; `known` are columns by the name of a shapely function.

    What is not an array function over one column brings the shapes, as an ordinary array of them.
    """

    dtype = np.dtype(object)
    ndim = 1

    def __init__(
        self,
        shelf: Shelf,
        known: Callable[[], Columns],
        rows: Ints | None = None,
        covered: Callable[[Any], NDArray[np.bool_]] | None = None,
    ) -> None:
        """Keep where shapes and figures come from; `covered` tells of all rows whether a shape covers them."""
        self._shelf, self._known, self._rows, self._covered = shelf, known, rows, covered

    def __len__(self) -> int:
        return len(self._shelf) if self._rows is None else len(self._rows)

    @property
    def shape(self) -> tuple[int]:
        """Return the length, as an array does."""
        return (len(self),)

    @property
    def size(self) -> int:
        """Return the length, as an array does."""
        return len(self)

    @property
    def rows(self) -> Ints:
        """Return which rows of the shelf these are."""
        return np.arange(len(self._shelf)) if self._rows is None else self._rows

    @property
    def whole(self) -> bool:
        """Return whether these are all rows of the shelf, in order."""
        return len(self) == len(self._shelf) and (self._rows is None or bool((np.diff(self._rows) == 1).all()))

    def __getitem__(self, chosen: Any) -> Any:
        if isinstance(chosen, SupportsIndex) and not isinstance(chosen, np.ndarray):
            row = range(len(self))[chosen] if self._rows is None else self._rows[chosen]
            return self._shelf.at(np.array([row], dtype=np.int64))[0]
        picked = self.rows[np.asarray(chosen, dtype=np.int64) if isinstance(chosen, list) else chosen]
        return LazyShapes(self._shelf, self._known, picked, self._covered)

    def __iter__(self) -> Iterator[Any]:
        return iter(np.asarray(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Shapes:
        """Return the shapes themselves."""
        shapes = self._shelf.at(self.rows)
        return shapes if dtype is None else shapes.astype(dtype, copy=bool(copy))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Answer from a column where there is one, else let the function have the shapes."""
        if method == "__call__" and len(inputs) == 1 and not options:
            column = self._known().get(ufunc.__name__)
            if column is not None:
                return column.copy() if self._rows is None else column[self._rows]
        by_one = len(inputs) == 2 and isinstance(inputs[0], BaseGeometry) and not options
        if by_one and ufunc.__name__ == "covers" and self._covered is not None:
            return self._covered(inputs[0])[self.rows]
        plain = [np.asarray(one) if isinstance(one, LazyShapes) else one for one in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def copy(self) -> Shapes:
        """Return the shapes as an array that may be changed."""
        return np.asarray(self).copy()


@dataclass(frozen=True)
class Stock:
    """What an array of geometry is made of: the rings of its polygons, and those of its shapes that are made already.

    `kinds` has the type number of each geometry as shapely counts them, −1 where there is none. `others` are the
    shapes at `places` (ascending), two-dimensional or None: all that are not one ring of finite numbers.
    """

    rings: Rings
    kinds: NDArray[np.int8]
    places: Ints
    others: Shapes

    @cached_property
    def columns(self) -> Columns:
        """Return what is known of each geometry without making it, by the names of shapely's functions."""
        first = np.searchsorted(self.rings.feature, np.arange(len(self.kinds)))
        count = np.append(self.rings.lengths, 0)[first]
        count[self.places] = shapely.get_num_coordinates(self.others)
        empty = np.zeros(len(self.kinds), np.bool_)
        empty[self.places] = shapely.is_empty(self.others)
        return {
            "is_missing": self.kinds == -1,
            "is_empty": empty,
            "get_type_id": self.kinds.astype(np.int32),
            "get_num_coordinates": count.astype(np.int32),
            "has_z": np.zeros(len(self.kinds), np.bool_),
            "bounds": self._bounds(),
        }

    def _bounds(self) -> Floats:
        bounds = np.full((len(self.kinds), 4), np.nan)
        for block, which in self.rings.blocks():
            starts = block.starts()
            rows = self.rings.feature[which]  # of a polygon of several rings the last one, which is put right below
            for column, (values, extreme) in enumerate(
                ((block.x, np.minimum), (block.y, np.minimum), (block.x, np.maximum), (block.y, np.maximum))
            ):
                bounds[rows, column] = extreme.reduceat(values, starts)
        bounds[self.places] = shapely.bounds(self.others)
        return bounds

    def made(self, rows: Ints) -> Shapes:
        """Return the shapes of rows that are one ring each, with their vertices as they are stored."""
        some = self.rings.taken(np.searchsorted(self.rings.feature, rows))
        ends = np.append(0, np.cumsum(some.lengths))
        xy = np.column_stack([some.x, some.y])
        shapes = np.asarray(
            shapely.from_ragged_array(shapely.GeometryType.POLYGON, xy, (ends, np.arange(len(rows) + 1))), dtype=object
        )
        several = np.flatnonzero(self.kinds[rows] == _MULTIPOLYGON)
        if len(several):
            shapes[several] = shapely.multipolygons(shapes[several], indices=np.arange(len(several)))
        return shapes


class RingShapes(LazyShapes):
    """Geometry kept as rings: polygons of one ring are made into shapes when they are looked at."""

    def __init__(self, stock: Stock) -> None:
        """Keep what shapes are made of."""
        self.stock = stock
        shelf = Shelf(len(stock.kinds), lambda rows: (rows, stock.made(rows)))
        shelf.put(stock.places, stock.others)
        super().__init__(shelf, lambda: stock.columns)

    @property
    def rings(self) -> Rings:
        """Return the rings of all polygons."""
        return self.stock.rings

    def replaced(self, places: Ints, shapes: Shapes) -> RingShapes:
        """Return the array with other shapes, two-dimensional or None, at some places (ascending)."""
        if len(places) == 0:
            return self
        stock = self.stock
        kinds = stock.kinds.copy()
        kinds[places] = shapely.get_type_id(shapes)
        still = ~np.isin(stock.places, places)
        at = np.concatenate([stock.places[still], places])
        others = np.concatenate([stock.others[still], shapes])
        order = np.argsort(at)
        return RingShapes(Stock(_spliced(stock.rings, places, rings_of(shapes)), kinds, at[order], others[order]))

    def parts(self) -> tuple[RingShapes, Ints]:
        """Return the single polygons that the polygons are made of, and for each the place of its geometry.

        Empty ones are no parts; None has none. Other geometry than polygons is not expected.
        """
        stock = self.stock
        made = np.zeros(len(stock.kinds), np.bool_)
        made[stock.places] = True
        parts = shapely.get_parts(stock.others)
        parts = parts[~shapely.is_empty(parts)]
        begins = stock.rings.sign > 0  # the exterior of a part, which its holes follow
        places = stock.rings.feature[begins]
        own = np.cumsum(begins) - 1
        rings = replace(stock.rings, feature=own, measurable=np.ones(len(places), np.bool_))
        kinds = np.full(len(places), _POLYGON, np.int8)
        return RingShapes(Stock(rings, kinds, np.flatnonzero(made[places]), parts)), places


def rings_in(shapes: Shapes | RingShapes) -> Rings:
    """Return the rings of polygons, whatever they are kept in."""
    return shapes.rings if isinstance(shapes, RingShapes) else rings_of(shapes)


def sizes(shapes: Shapes | LazyShapes) -> tuple[Floats, Floats]:
    """Return areas and perimeters of polygons in the stored plane, up to rounding."""
    if not isinstance(shapes, RingShapes):
        return shapely.area(shapes), shapely.length(shapes)
    rings = shapes.rings
    areas, perimeters = rings.sizes()
    return rings.sum_rings(rings.sign * areas), rings.sum_rings(perimeters)


def _spliced(rings: Rings, places: Ints, other: Rings) -> Rings:
    """Return rings with those of the geometries at some places (ascending) exchanged for `other` ones."""
    ends = np.append(0, np.cumsum(rings.lengths))
    begin = np.searchsorted(rings.feature, places)
    after = np.searchsorted(rings.feature, places, side="right")
    first = np.searchsorted(other.feature, np.arange(len(places) + 1))
    vertex = np.append(0, np.cumsum(other.lengths))[first]

    def pieced(old: NDArray[Any], new: NDArray[Any], low: Ints, high: Ints, cut: Ints) -> NDArray[Any]:
        kept = np.stack([np.append(0, high), np.append(low, len(old))], axis=1).tolist()
        put = [new[one:two] for one, two in pairwise(cut.tolist())]
        pieces = [old[slice(*kept[0])]]
        for piece, run in zip(put, kept[1:], strict=True):
            pieces += [piece, old[slice(*run)]]
        return np.concatenate(pieces)

    per_vertex = ends[begin], ends[after], vertex
    per_ring = begin, after, first
    measurable = rings.measurable.copy()
    measurable[places] = other.measurable
    return Rings(
        pieced(rings.x, other.x, *per_vertex),
        pieced(rings.y, other.y, *per_vertex),
        pieced(rings.lengths, other.lengths, *per_ring),
        pieced(rings.sign, other.sign, *per_ring),
        pieced(rings.feature, places[other.feature], *per_ring),
        measurable,
    )
