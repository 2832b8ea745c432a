"""The names on a sheet's map: what is wanted of each zone and facility, and where there is room for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geoplan.output import figures
from geoplan.output.escape import clip
from geoplan.output.sheet.drawing import DOT_MM, Drawn
from geoplan.output.sheet.fonts import Typefaces
from geoplan.output.sheet.placing import Board, Line, Wish
from geoplan.output.sheet.values import Speaker
from geoplan.types import M2_PER_KM2, Text
from geoplan.workflow import PlanView

_LONGEST = 42  # characters of a name on the map
_CORNER_MM = (29.0, 3.4)  # the degrees in each corner of the map
_SMALL_M2 = 0.1 * M2_PER_KM2


def named_map(view: PlanView, picture: Drawn, speaker: Speaker, typefaces: Typefaces) -> Board:
    """Return the map with its labels: zones first, the largest before the others, then facilities in their order."""
    frame = picture.frame
    board = Board(frame.width, frame.height, typefaces.width, picture.shapes)
    wide, high = _CORNER_MM
    board.keep_free(
        (x, y, x + wide, y + high) for x in (0.0, frame.width - wide) for y in (0.0, frame.height - high)
    )
    spots = [(float(x), float(y)) for x, y in picture.spots if not np.isnan(x)]
    board.keep_free((x - DOT_MM, y - DOT_MM, x + DOT_MM, y + DOT_MM) for x, y in spots)
    names = _Names(speaker, typefaces)
    board.put(list(_zones(view, picture, names)))
    board.put(list(_facilities(view, picture, names)))
    return board


def _zones(view: PlanView, picture: Drawn, names_of: _Names) -> Iterator[Wish]:
    measured = view.result.measurement
    if measured is None:
        return
    known = [row for row, shape in enumerate(picture.shapes) if shape is not None]
    for row in sorted(known, key=lambda row: (-picture.shapes[row].area, row)):
        zone = measured.zones[row]
        names = names_of.short(zone.name, zone.id)
        area = Line(_area(zone.area_m2(measured.method)), 5.8, muted=True)
        large = tuple(Line(name, 8.0 if not place else 6.6, strong=True) for place, name in enumerate(names))
        small = tuple(Line(name, 6.2 if not place else 5.4, strong=True) for place, name in enumerate(names))
        number = (Line(str(row + 1), 5.6, strong=True),)
        variants = ((*large, area), large, small, small[:1], number)
        yield Wish(tuple(dict.fromkeys(variants)), shape=picture.shapes[row], zone=row)


def _facilities(view: PlanView, picture: Drawn, names_of: _Names) -> Iterator[Wish]:
    for number, (facility, spot) in enumerate(zip(view.facilities, picture.spots, strict=False), start=1):
        if np.isnan(spot[0]):
            continue
        names = names_of.short(facility.name, facility.id)
        full = tuple(Line(name, 5.6 if not place else 4.8) for place, name in enumerate(names))
        variants = (full, full[:1], (Line(f"F{number}", 5.0),))
        yield Wish(tuple(dict.fromkeys(variants)), spot=(float(spot[0]), float(spot[1])))


@dataclass(frozen=True, slots=True)
class _Names:
    speaker: Speaker
    typefaces: Typefaces

    def short(self, name: Text, identifier: str) -> tuple[str, ...]:
        """Return a name's lines, cut to what a map can carry; the id stands in for a name that is empty."""
        named = name if name.en or name.zh else Text.same(identifier)
        return tuple(self.typefaces.writable(clip(line, _LONGEST)) for line in self.speaker.name(named))


def _area(area_m2: float | None) -> str:
    """Return an area in km², or in ha where that would only be zeros."""
    if area_m2 is not None and area_m2 < _SMALL_M2:
        return f"{figures.hectares(area_m2)} ha"
    return f"{figures.square_kilometres(area_m2)} km²"
