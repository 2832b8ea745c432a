"""Where names stand on the map: none over another, over a facility or across the frame; or else a number.

Lengths are millimetres of paper from the frame's upper left corner, y downwards; sizes of type are points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

POINT_MM = 25.4 / 72
_LEADING = 1.12  # line pitch in ems
_AIR_MM = 0.5  # around a label
_FOREIGN_SHARE = 0.1  # of a zone's label that may lie on other zones
_MAX_LABELS = 700  # more cannot be read, and looking for room takes time that grows with them

Box: TypeAlias = tuple[float, float, float, float]
Measure: TypeAlias = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label: its text, size in points, and whether it is a name or a lesser remark."""

    text: str
    size: float
    strong: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line with its place: `x` is its left edge, `y` the top of its em box; `lean` as for `Spot`."""

    line: Line
    x: float
    y: float
    width: float
    lean: float = 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """A label wanted: variants from the fullest to a bare number, in the order they are tried.

    With a `shape` it belongs to that zone (its place in the layer is `zone`), else it stands beside `spot`.
    """

    variants: tuple[tuple[Line, ...], ...]
    shape: BaseGeometry | None = None
    zone: int = -1
    spot: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a label: its upper left corner; `lean` is 0 for lines to the left, 0.5 centred, 1 to the right."""

    x: float
    y: float
    lean: float = 0.5

    def box(self, size: tuple[float, float]) -> Box:
        """Return the box that a label of this size takes here, with the air around it."""
        return (self.x - _AIR_MM, self.y - _AIR_MM, self.x + size[0] + _AIR_MM, self.y + size[1] + _AIR_MM)


Spots: TypeAlias = Callable[[Wish, tuple[float, float]], Iterator[Spot]]


@dataclass
class Board:
    """The map while labels are put on it. `measure` gives a text's width in ems; `zones` are the drawn shapes."""

    width: float
    height: float
    measure: Measure
    zones: NDArray[np.object_]
    taken: list[Box] = field(default_factory=list)
    placed: list[PlacedLine] = field(default_factory=list)
    numbered: int = 0
    left_out: int = 0

    def __post_init__(self) -> None:
        known = [place for place, shape in enumerate(self.zones) if shape is not None]
        self._rows = np.array(known, dtype=np.int64)
        self._shapes = np.array([shapely.make_valid(self.zones[place]) for place in known], dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self._boxes = np.empty((0, 4))

    def keep_free(self, boxes: Iterable[Box]) -> None:
        """Keep labels off these boxes (left, top, right, bottom)."""
        self.taken += boxes
        self._boxes = np.array(self.taken, dtype=np.float64).reshape(-1, 4)

    def put(self, wishes: Sequence[Wish]) -> None:
        """Place the labels in the order given; what finds no room even as a number is counted in `left_out`."""
        for wish in wishes[:_MAX_LABELS]:
            for place, (rank, lines, spots) in enumerate(self._attempts(wish)):
                size = self._size(lines)
                found = next((spot for spot in spots(wish, size) if self._free(spot, size, wish)), None)
                if found is not None:
                    self._set(lines, found, size)
                    self.numbered += place > 0 and rank == len(wish.variants) - 1
                    break
            else:
                self.left_out += 1
        self.left_out += max(len(wishes) - _MAX_LABELS, 0)

    def _attempts(self, wish: Wish) -> Iterator[tuple[int, tuple[Line, ...], Spots]]:
        """Yield variants and where to try them: on the zone, then beside it, then its number on the zone."""
        *names, last = list(enumerate(wish.variants))
        if wish.spot is not None:
            yield from ((rank, lines, _around) for rank, lines in (*names, last))
            return
        yield from ((rank, lines, _upon) for rank, lines in names)
        yield from ((rank, lines, _beside) for rank, lines in names)
        yield (*last, _upon)

    def _size(self, lines: Sequence[Line]) -> tuple[float, float]:
        wide = max(self.measure(line.text) * line.size for line in lines) * POINT_MM
        return wide, sum(line.size * _LEADING for line in lines) * POINT_MM

    def _free(self, spot: Spot, size: tuple[float, float], wish: Wish) -> bool:
        left, top, right, bottom = spot.box(size)
        if left < 0 or top < 0 or right > self.width or bottom > self.height:
            return False
        boxes = self._boxes
        clash = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
        if clash.any():
            return False
        return wish.shape is None or self._on_own_ground(shapely.box(left, top, right, bottom), wish.zone)

    def _on_own_ground(self, box: BaseGeometry, zone: int) -> bool:
        """Return whether a label lies so little on other zones that nobody takes it for theirs."""
        near = self._tree.query(box)
        others = self._shapes[near[self._rows[near] != zone]]
        foreign = float(shapely.area(shapely.intersection(others, box)).sum())
        return foreign <= _FOREIGN_SHARE * float(box.area)

    def _set(self, lines: Sequence[Line], spot: Spot, size: tuple[float, float]) -> None:
        top = spot.y
        for line in lines:
            width = self.measure(line.text) * line.size * POINT_MM
            self.placed.append(PlacedLine(line, spot.x + (size[0] - width) * spot.lean, top, width, spot.lean))
            top += line.size * _LEADING * POINT_MM
        self.keep_free([spot.box(size)])


def _around(wish: Wish, size: tuple[float, float]) -> Iterator[Spot]:
    """Yield the places around a facility, the best first."""
    wide, high = size
    x, y = wish.spot or (0.0, 0.0)
    for gap in (1.7, 2.6, 3.8, 5.2):
        for right, down in ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1)):
            left = x + gap if right > 0 else x - gap - wide if right < 0 else x - wide / 2
            top = y - high / 2 if down == 0 else y - gap * 0.6 - high if down < 0 else y + gap * 0.6
            yield Spot(left, top, (1 - right) / 2)


def _upon(wish: Wish, size: tuple[float, float]) -> Iterator[Spot]:
    """Yield the places on a zone, the middle of its widest part first."""
    wide, high = size
    for x, y in _middles(wish.shape):
        for shift in (0.0, 0.6, -0.6, 1.2, -1.2):
            yield Spot(x - wide / 2, y - high / 2 + shift * high)


def _beside(wish: Wish, size: tuple[float, float]) -> Iterator[Spot]:
    """Yield the places right, left, above and below a zone."""
    wide, high = size
    if wish.shape is None:
        return
    west, north, east, south = wish.shape.bounds
    middle_x, middle_y = (west + east) / 2, (north + south) / 2
    yield from (
        Spot(east + 0.8, middle_y - high / 2, 0.0),
        Spot(west - 0.8 - wide, middle_y - high / 2, 1.0),
        Spot(middle_x - wide / 2, north - 0.6 - high),
        Spot(middle_x - wide / 2, south + 0.6),
    )


@lru_cache(maxsize=2 * _MAX_LABELS)
def _middles(shape: BaseGeometry | None) -> tuple[tuple[float, float], ...]:
    """Return where a name stands best: the middle of the widest part of each larger polygon, the largest first."""
    polygons = [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type == "Polygon"]
    found = []
    for part in sorted(polygons, key=lambda part: -part.area)[:3]:
        across = max(part.bounds[2] - part.bounds[0], part.bounds[3] - part.bounds[1])
        widest = shapely.maximum_inscribed_circle(part, tolerance=max(across / 50, 0.05))
        x, y = shapely.get_coordinates(widest)[0]
        found.append((float(x), float(y)))
    return tuple(found)
