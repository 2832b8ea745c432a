"""The names on a sheet's map: what is wanted of each zone and facility, and where there is room for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import shapely

from geoplan.output import figures
from geoplan.output.columns import wrap
from geoplan.output.escape import clip
from geoplan.output.sheet.drawing import DOT_MM, Drawn
from geoplan.output.sheet.placing import Board, Line, Wish
from geoplan.output.sheet.values import Speaker
from geoplan.types import M2_PER_KM2, Text
from geoplan.workflow import PlanView

_LONGEST = 72  # characters of a name on the map
_WIDEST = 30  # cells of a line, a Chinese character being two
_CORNER_MM = (29.0, 3.4)  # the degrees in each corner of the map
_MIXED = 0.3  # of the zones; with more without their names, all get numbers
_SMALL_M2 = 0.1 * M2_PER_KM2


class Letters(Protocol):
    """What a name is written with."""

    def writable(self, text: str) -> str:
        """Return the text with what cannot be written replaced."""

    def width(self, text: str) -> float:
        """Return how long a line of text is, in ems."""


@dataclass(frozen=True, slots=True)
class Names:
    """How names are written on a map: their languages, their letters, the size of type against A4."""

    speaker: Speaker
    letters: Letters
    zoom: float = 1.0

    def lines(self, name: Text, identifier: str, sizes: tuple[float, float], *, strong: bool) -> tuple[Line, ...]:
        """Return a name's lines, the first language in the first size; the id stands in for an empty name."""
        named = name if name.en or name.zh else Text.same(identifier)
        return tuple(
            self.line(line, sizes[min(place, 1)], strong=strong)
            for place, text in enumerate(self.speaker.name(named))
            for line in wrap(self.letters.writable(clip(text, _LONGEST)), _WIDEST)
        )

    def line(self, text: str, size: float, *, strong: bool = False, muted: bool = False) -> Line:
        """Return one line of a label."""
        return Line(text, round(size * self.zoom, 2), strong=strong, muted=muted)


def named_map(view: PlanView, picture: Drawn, names: Names) -> Board:
    """Return the map with its labels: zones first, the largest before the others, then facilities in their order.

    Where a good part of the names would not fit, every zone has its number: a mixture reads like an error.
    """
    wishes = list(_zones(view, picture, names))
    board = _board(picture, names)
    board.put(wishes)
    if board.numbered + board.left_out > _MIXED * len(wishes):
        board = _board(picture, names)
        board.put([replace(wish, variants=wish.variants[-1:]) for wish in wishes])
        board.numbered = len(wishes) - board.left_out
    board.put(list(_facilities(view, picture, names)))
    return board


def _board(picture: Drawn, names: Names) -> Board:
    """Return the map without labels, its corners and facilities kept free."""
    frame = picture.frame
    board = Board(frame.width, frame.height, names.letters.width, picture.shapes)
    wide, high = _CORNER_MM
    board.keep_free((x, y, x + wide, y + high) for x in (0.0, frame.width - wide) for y in (0.0, frame.height - high))
    spots = [(float(x), float(y)) for x, y in picture.spots if not np.isnan(x)]
    board.keep_free((x - DOT_MM, y - DOT_MM, x + DOT_MM, y + DOT_MM) for x, y in spots)
    return board


def _zones(view: PlanView, picture: Drawn, names: Names) -> Iterator[Wish]:
    measured = view.result.measurement
    if measured is None:
        return
    known = [row for row, shape in enumerate(picture.shapes) if shape is not None]
    sizes = shapely.area(picture.shapes)
    for row in sorted(known, key=lambda row: (-sizes[row], row)):
        zone = measured.zones[row]
        area = names.line(_area(zone.area_m2(measured.method)), 5.8, muted=True)
        large = names.lines(zone.name, zone.id, (8.0, 6.6), strong=True)
        small = names.lines(zone.name, zone.id, (6.2, 5.4), strong=True)
        number = (names.line(str(row + 1), 5.6, strong=True),)
        variants = ((*large, area), large, small, number)
        yield Wish(tuple(dict.fromkeys(variants)), shape=picture.shapes[row], zone=row)


def _facilities(view: PlanView, picture: Drawn, names: Names) -> Iterator[Wish]:
    for number, (facility, spot) in enumerate(zip(view.facilities, picture.spots, strict=False), start=1):
        if np.isnan(spot[0]):
            continue
        full = names.lines(facility.name, facility.id, (5.6, 4.8), strong=False)
        one = names.lines(Text.same(facility.name.zh), facility.id, (5.6, 5.6), strong=False)
        variants = (full, *((one,) if names.speaker.language == "both" else ()), (names.line(f"F{number}", 5.0),))
        yield Wish(tuple(dict.fromkeys(variants)), spot=(float(spot[0]), float(spot[1])))


def _area(area_m2: float | None) -> str:
    """Return an area in km², or in ha where that would only be zeros."""
    if area_m2 is not None and area_m2 < _SMALL_M2:
        return f"{figures.hectares(area_m2)} ha"
    return f"{figures.square_kilometres(area_m2)} km²"
