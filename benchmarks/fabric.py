"""A parcel fabric from a seed, with defects planted in known places and of known size.

The fabric is an exact partition: a jittered grid whose parcels share polylines of six edges. All coordinates
are multiples of 2⁻⁹ m, as metres east and north in EPSG:4548, so that midpoints and the areas
of planted defects are exact in double precision. True areas come from a hand formula or a
shoelace in fractions on the planted shape, never from the code that is being tested or measured.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point, Polygon

Ring: TypeAlias = NDArray[np.float64]
Pair: TypeAlias = tuple[int, int]

OVERLAP_KINDS = ("pushed", "thin", "contained", "duplicate")
GAP_KINDS = ("pulled", "thin", "removed", "hole")

_ORIGIN = (497_000.0, 3_520_000.0)
_PITCH = 60.0  # metres between grid corners
_GRID = 512.0  # coordinates are multiples of 1/512 m
_SPACING = 3  # grid cells between planted defects, so that none touches another
_DEPTH = 1.5  # metres an ordinary defect reaches into the next parcel
_THIN = 2.0**-11  # metres, just under half a millimetre
_SMALL = 4.0  # metres, side of a contained parcel or a hole
_MIDDLE = 9  # ring index of the middle vertex on a parcel's east side
_VERTICES_PER_SIDE = 6


@dataclass(slots=True)
class Fabric:
    """Parcels and what was planted: overlap area by pair of indices, gaps with areas, loose vertices by pair."""

    polygons: NDArray[np.object_]
    overlaps: dict[Pair, float] = field(default_factory=dict)
    gaps: list[tuple[Polygon, float]] = field(default_factory=list)
    loose: dict[Pair, Point] = field(default_factory=dict)


def make_fabric(n: int, *, seed: int = 0, overlaps: int = 0, gaps: int = 0, vertices: int = 0) -> Fabric:
    """Return about `n` parcels of 24 vertices with planted defects, the kinds of each taking turns.

    `vertices` are T-junctions: a vertex exactly on a neighbour's edge, which is neither overlap nor
    gap. A removed parcel is missing from the result, contained and duplicate ones are added at its end.
    Raises ValueError if the fabric has no room for so many defects.
    """
    rng = np.random.default_rng(seed)
    rows = int(n**0.5)
    columns = -(-n // rows)
    rings = _grid_rings(rng, rows, columns)[:n]
    hosts = [
        row * columns + column for row in range(1, rows - 2, _SPACING) for column in range(1, columns - 2, _SPACING)
    ]
    if overlaps + gaps + vertices > len(hosts):
        raise ValueError(f"{n} parcels have room for {len(hosts)} defects, not {overlaps + gaps + vertices}")
    places = iter(rng.permutation(hosts).tolist())
    planting = _Planting(rings)
    for kind, host in zip(itertools.cycle(OVERLAP_KINDS), itertools.islice(places, overlaps), strict=False):
        planting.overlap(kind, host)
    for kind, host in zip(itertools.cycle(GAP_KINDS), itertools.islice(places, gaps), strict=False):
        planting.gap(kind, host)
    for host in itertools.islice(places, vertices):
        planting.junction(host)
    return planting.fabric()


def twice_digitised(n: int, *, seed: int = 0) -> NDArray[np.object_]:
    """Return about `n` parcels whose borders are drawn twice, a few millimetres apart but at the corners.

    No edge has an equal, and every border is a string of overlaps and gaps.
    """
    rng = np.random.default_rng(seed)
    rows = int(n**0.5)
    rings = _grid_rings(rng, rows, -(-n // rows))[:n]
    inner = np.arange(rings.shape[1]) % _VERTICES_PER_SIDE != 0
    rings[:, inner] += rng.integers(-3, 4, rings[:, inner].shape) / _GRID
    return np.asarray(shapely.polygons(rings), dtype=object)


def exact_area(ring: Ring) -> float:
    """Return the area of an open or closed ring by the shoelace formula in exact fractions."""
    points = [(Fraction(float(x)), Fraction(float(y))) for x, y in ring]
    twice = Fraction(0)
    for here, there in zip(points, points[1:] + points[:1], strict=True):
        twice += here[0] * there[1] - here[1] * there[0]
    return float(abs(twice) / 2)


class _Planting:
    """Collects changes to the rings of a clean fabric, then builds the polygons."""

    def __init__(self, rings: NDArray[np.float64]) -> None:
        self.rings = rings
        self.count = len(rings)
        self.added: list[Polygon] = []
        self.replaced: dict[int, Polygon] = {}
        self.removed: list[int] = []
        self.overlaps: dict[Pair, float] = {}
        self.gaps: list[tuple[Polygon, float]] = []
        self.loose: dict[Pair, Point] = {}

    def overlap(self, kind: str, host: int) -> None:
        """Plant an overlap of `kind` at parcel `host`."""
        if kind in ("pushed", "thin"):
            _, area = self._shift(host, _DEPTH if kind == "pushed" else _THIN)
            self.overlaps[host, host + 1] = area
            return
        ring = self._small_ring(host) if kind == "contained" else self.rings[host]
        self.overlaps[host, self.count + len(self.added)] = exact_area(ring)
        self.added.append(Polygon(ring))

    def gap(self, kind: str, host: int) -> None:
        """Plant a gap of `kind` at parcel `host`."""
        if kind in ("pulled", "thin"):
            self.gaps.append(self._shift(host, -_DEPTH if kind == "pulled" else -_THIN))
            return
        if kind == "removed":
            ring = self.rings[host]
            self.removed.append(host)
        else:
            ring = self._small_ring(host)
            self.replaced[host] = Polygon(self.rings[host], [ring])
        self.gaps.append((Polygon(ring), exact_area(ring)))

    def junction(self, host: int) -> None:
        """Add a vertex in the middle of one east edge of `host`, which its neighbour does not have."""
        ring = self.rings[host]
        middle = (ring[_MIDDLE] + ring[_MIDDLE + 1]) / 2.0
        self.replaced[host] = Polygon(np.insert(ring, _MIDDLE + 1, middle, axis=0))
        self.loose[host, host + 1] = Point(middle)

    def fabric(self) -> Fabric:
        """Return the polygons and what was planted, by index into them."""
        polygons = np.concatenate([shapely.polygons(self.rings), np.array(self.added, dtype=object)])
        for index, polygon in self.replaced.items():
            polygons[index] = polygon
        kept = np.ones(len(polygons), np.bool_)
        kept[self.removed] = False
        number = np.cumsum(kept) - 1
        return Fabric(
            polygons[kept],
            {(int(number[i]), int(number[j])): area for (i, j), area in self.overlaps.items()},
            self.gaps,
            {(int(number[i]), int(number[j])): point for (i, j), point in self.loose.items()},
        )

    def _shift(self, host: int, by: float) -> tuple[Polygon, float]:
        """Move the middle of the east side of `host` alone; return the strip that it swept and its area.

        A vertex moved in x by d beside neighbours Δy apart sweeps d·Δy/2, wherever it was.
        """
        ring = self.rings[host]
        before, old, after = ring[_MIDDLE - 1].copy(), ring[_MIDDLE].copy(), ring[_MIDDLE + 1].copy()
        ring[_MIDDLE, 0] += by
        area = abs(by) * (after[1] - before[1]) / 2.0
        return Polygon([before, ring[_MIDDLE], after, old]), float(area)

    def _small_ring(self, host: int) -> Ring:
        """Return a square well inside parcel `host`."""
        centre = np.round(self.rings[host].mean(axis=0))
        return np.asarray(centre + _SMALL * np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))


def _grid_rings(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    """Return the open rings of a jittered grid, row by row, shape (rows · columns, 24, 2), counter-clockwise."""
    y, x = np.mgrid[0 : rows + 1, 0 : columns + 1] * _PITCH
    corners = np.stack([x, y], axis=-1) + rng.uniform(-6.0, 6.0, (rows + 1, columns + 1, 2)) + _ORIGIN
    corners = np.round(corners * _GRID) / _GRID
    east = _polylines(rng, corners[:, :-1], corners[:, 1:])
    north = _polylines(rng, corners[:-1], corners[1:])
    sides = [east[:-1], north[:, 1:], _reverse(east[1:], corners[1:, 1:]), _reverse(north[:, :-1], corners[1:, :-1])]
    return np.concatenate(sides, axis=2).reshape(rows * columns, 4 * _VERTICES_PER_SIDE, 2)


def _polylines(rng: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return polylines from start to end without the end, bent at five inner vertices."""
    share = np.arange(_VERTICES_PER_SIDE)[:, None] / _VERTICES_PER_SIDE
    lines = start[:, :, None] * (1.0 - share) + end[:, :, None] * share
    lines[:, :, 1:] += rng.uniform(-1.5, 1.5, lines[:, :, 1:].shape)
    return np.asarray(np.round(lines * _GRID) / _GRID)


def _reverse(lines: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the polylines the other way: from `end`, without their start."""
    return np.concatenate([end[:, :, None], lines[:, :, :0:-1]], axis=2)
