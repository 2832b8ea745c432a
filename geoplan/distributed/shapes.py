"""Arrays of geometry that is elsewhere: what is known of it is told at once, and what is looked at is brought.

A check that asks a whole layer for boxes, kinds or validity gets the answer the workers gave; one that takes single
shapes gets those; and one that asks for anything else gets all shapes, as they are. So every check is right with
them, and only some are fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Any, SupportsIndex, TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Ints: TypeAlias = NDArray[np.int64]
Shapes: TypeAlias = NDArray[Any]
Columns: TypeAlias = Mapping[str, NDArray[Any]]


class Shelf:
    """The shapes brought so far: each is asked for once. `bring` returns rows, at least those asked for, and shapes."""

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
            missing = np.unique(rows[~self._here[rows]])
            if len(missing):
                found, shapes = self._bring(missing)
                self._shapes[found], self._here[found] = shapes, True
            return self._shapes[rows]

    def put(self, rows: Ints, shapes: Shapes) -> None:
        """Put shapes there that are known already."""
        with self._lock:
            self._shapes[rows], self._here[rows] = shapes, True


class RemoteShapes:
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
        return RemoteShapes(self._shelf, self._known, picked, self._covered)

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
        plain = [np.asarray(one) if isinstance(one, RemoteShapes) else one for one in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def copy(self) -> Shapes:
        """Return the shapes as an array that may be changed."""
        return np.asarray(self).copy()
