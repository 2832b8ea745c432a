"""A map between two planes, such as a projection undone, as polynomials: the same figures for a tenth of the time.

Projections are smooth, so within a cell of some tens of kilometres a polynomial of low degree is the
projection to far below the last digit of a coordinate. Each polynomial is held to the map itself at places it was
not made from; where the two differ, or a ring leaves its cell, the caller is told to use the map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.arrays import distinct

Floats: TypeAlias = NDArray[np.float64]
Map: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Floats]]

DEGREE = 6
ROUNDING_RAD = 4e-15  # what PROJ's own last digits come to, in radians: 0.03 µm on the ground
_NODES = 9  # in each direction, of the polynomials' own grid
_MOST_NODES = 10_000  # to look at before saying that a region is as good as none
_MOST_CELLS = 2.0**30  # from the origin; what lies further out is no place


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell's polynomials: both values of a map less those at (`x`, `y`), within `reach` of it along each axis."""

    x: float
    y: float
    reach: float
    coefficients: Floats

    def values(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return both values, less those in the middle of the cell, for places within it."""
        basis = _powers((x - self.x) / self.reach, (y - self.y) / self.reach)
        # Not a matrix product, for which a linear algebra library would wake all processors, to no use at this size.
        first, second = np.einsum("ij,jk->ik", self.coefficients, basis)
        return first, second


def fit(function: Map, x: float, y: float, reach: float, tolerance: float) -> Cell | None:
    """Return the polynomials of `function` around a place, or None where they are off by more than `tolerance`.

    `tolerance` is absolute, in units of the function's values. None also where the function is not finite.
    """
    nodes_x, nodes_y, solve, held_x, held_y = _design()
    middle = np.array([function(np.array([x]), np.array([y]))]).reshape(2, 1)
    at_nodes = np.array(function(x + reach * nodes_x, y + reach * nodes_y)) - middle
    beside = np.array(function(x + reach * held_x, y + reach * held_y)) - middle
    if not (np.isfinite(at_nodes).all() and np.isfinite(beside).all()):
        return None
    coefficients = at_nodes @ solve
    coefficients[:, 0] = 0.0  # the middle itself, which cancels on a closed ring
    off = np.ptp(coefficients @ _powers(held_x, held_y) - beside, axis=1)
    return Cell(x, y, reach, coefficients) if (off <= tolerance).all() else None


def cells(bounds: Floats, size: float) -> Iterator[tuple[float, float, NDArray[np.int64]]]:
    """Yield the middle of each square cell of side `size` and the rows of `bounds` whose own middle lies in it.

    `bounds` has rows (west, south, east, north); rows that are not finite lie in no cell. Cells are counted from
    (0, 0), so that which one a row lies in does not depend on the other rows.
    """
    known = np.flatnonzero((np.abs(bounds) < size * _MOST_CELLS).all(axis=1))
    if not len(known):
        return
    place = ((bounds[known, :2] + bounds[known, 2:]) / 2 // size).astype(np.int64)
    beyond = place - place.min(axis=0)
    number = beyond[:, 0] * (int(beyond[:, 1].max()) + 1) + beyond[:, 1]
    for one in distinct(number).tolist():
        rows = number == one
        x, y = place[np.argmax(rows)] * size + size / 2
        yield float(x), float(y), known[rows]


def _powers(x: Floats, y: Floats) -> Floats:
    """Return the products of powers of x and y up to DEGREE, one row each."""
    rows = np.empty(((DEGREE + 1) * (DEGREE + 2) // 2, len(x)))
    rows[0] = 1.0
    before, row = 0, 1
    for degree in range(1, DEGREE + 1):
        np.multiply(rows[before : before + degree], x, out=rows[row : row + degree])
        np.multiply(rows[before + degree - 1], y, out=rows[row + degree])
        before, row = row, row + degree + 1
    return rows


@lru_cache(maxsize=1)
def _design() -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return the nodes x and y, what turns values at them into coefficients, and places in between to hold it to."""
    axis = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    x, y = (values.ravel() for values in np.meshgrid(axis, axis))
    between = np.linspace(-1.0, 1.0, _NODES - 1)
    held_x, held_y = (values.ravel() for values in np.meshgrid(between, between))
    return x, y, np.asarray(np.linalg.pinv(_powers(x, y)), dtype=np.float64), held_x, held_y


def keeps_range(there_and_back: Map, bounds: Floats, limit: float, step: float) -> bool:
    """Return whether a map there and back leaves all places within bounds where they are, to `limit`.

    Looked at on a grid of at most `step` between nodes: a projection that returns to a ten-thousandth of the limit at
    all of them has no fold in between. False also where that would take too many nodes to tell.
    """
    west, south, east, north = bounds
    if not np.isfinite(bounds).all():
        return False
    across, along = (max(int(size / step) + 2, 3) for size in (east - west, north - south))
    if across * along > _MOST_NODES:
        return False
    x, y = (values.ravel() for values in np.meshgrid(np.linspace(west, east, across), np.linspace(south, north, along)))
    back_x, back_y = there_and_back(x, y)
    return bool((np.hypot(back_x - x, back_y - y) <= limit * 1e-4).all())
