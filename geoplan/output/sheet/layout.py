"""Where the parts of the first page stand, in millimetres from the paper's upper left corner."""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.output.sheet.options import SheetOptions

MARGIN = 10.0
HEAD = 17.0  # title and status
FOOT = 9.0  # page number
BAND = 4.6  # coordinates along the neat line
STRIP = 13.0  # scale bar and north arrow below the map
GAP = 4.0
# The room for legend, areas and title block: a column beside the map, or a band below it.
_COLUMN = {"A4": 78.0, "A3": 100.0}
_PANEL = {"A4": 84.0, "A3": 100.0}
_ZOOM = {"A4": 1.0, "A3": 1.2}


@dataclass(frozen=True, slots=True)
class Box:
    """A box on the page: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The first page: the map within its neat line, the strip below it, the columns of the panel.

    Type is `zoom` times as large as on A4.
    """

    width: float
    height: float
    head: Box
    map: Box
    strip: Box
    panels: tuple[Box, ...]
    zoom: float


def layout_of(options: SheetOptions) -> Layout:
    """Return the layout for a paper and an orientation."""
    width, height = options.size_mm
    top = MARGIN + HEAD
    inner_width, inner_height = width - 2 * MARGIN, height - top - FOOT - MARGIN / 2
    head = Box(MARGIN, MARGIN, inner_width, HEAD)
    if options.orientation == "landscape":
        column = _COLUMN[options.paper]
        outer = Box(MARGIN, top, inner_width - column - GAP, inner_height)
        panels: tuple[Box, ...] = (Box(width - MARGIN - column, top, column, inner_height),)
    else:
        panel = _PANEL[options.paper]
        outer = Box(MARGIN, top, inner_width, inner_height - panel - GAP)
        shares, free = (0.27, 0.41, 0.32), inner_width - 2 * GAP
        left, boxes = MARGIN, []
        for share in shares:
            boxes.append(Box(round(left, 3), top + outer.h + GAP, round(share * free, 3), panel))
            left += share * free + GAP
        panels = tuple(boxes)
    neat = Box(outer.x + BAND, outer.y + BAND, outer.w - 2 * BAND, outer.h - 2 * BAND - STRIP)
    strip = Box(outer.x, outer.y + outer.h - STRIP, outer.w, STRIP)
    return Layout(width, height, head, neat, strip, panels, _ZOOM[options.paper])
