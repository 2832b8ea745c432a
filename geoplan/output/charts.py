"""Charts as SVG: shares of a total, and published figures against their targets; sharp on screens and on paper.

A chart stands beside a table of the same figures, never instead of it. Texts are escaped here; colours
are those of every other output. Every chart can be drawn wide, or narrow for a phone: scaled down to one, the
texts of a wide drawing could not be read.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from geoplan.output.columns import clip_cells
from geoplan.output.escape import for_html, visible
from geoplan.output.style import INK, MUTED_INK, OUTLINE

WIDTH = 720  # units of the drawing, which scales to the room it has
NARROW = 360  # of a drawing whose texts stand above their bars
_ROW = 34
_NARROW_ROW = 46
_CELL = 7.0  # units that a cell of text of size 13 takes
_MOST_LEFT = 230  # room for dates; a period of two full dates in Chinese has 29 cells
_NAME = 190  # room for names, of which a cell is about 7 wide
_NAME_CELLS = 26
_FIGURE = 120
_TRACK = "#EEF1F4"
_FONTS = "Source Sans, Segoe UI, Roboto, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a name, its length from 0 to 1 of the scale, what is written after it, and its colour.

    `low` and `high` (0 to 1 of the scale) mark a published range on the same row; `dashed` outlines
    mean boundaries that are not official.
    """

    name: str
    length: float
    figure: str
    colour: str
    dashed: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A reported value on a scale: where it lies (0 to 1), what is written at it, and when it was so."""

    at: float
    figure: str
    date: str


def bars_svg(bars: Sequence[Bar], title: str, *, narrow: bool = False) -> str:
    """Return horizontal bars on one scale, in the order given; `title` is what a screen reader says."""
    row = _NARROW_ROW if narrow else _ROW
    rows = "".join((_narrow_bar if narrow else _bar)(bar, 4 + place * row) for place, bar in enumerate(bars))
    return _svg(rows, row * len(bars) + 8, title, NARROW if narrow else WIDTH)


def target_svg(marks: Sequence[Mark], target: Mark | None, colour: str, title: str, *, narrow: bool = False) -> str:
    """Return the reported values of one measure by date, the latest last, with the line of its target.

    The figure of the target is written at its line as it is: it says for which date it is.
    """
    width, row = (NARROW, _NARROW_ROW) if narrow else (WIDTH, _ROW)
    dates = max((cell_len(mark.date) for mark in marks), default=0) * _CELL
    left = 0.0 if narrow else min(max(dates + 14, 92.0), _MOST_LEFT)
    span = width - left - (8 if narrow else 24)
    parts = [
        (_narrow_mark if narrow else _mark)(mark, left, span, 26 + place * row, colour)
        for place, mark in enumerate(marks)
    ]
    height = row * max(len(marks), 1) + 34
    if target is not None:
        x = left + span * _within(target.at)
        tops = [26 + place * row + 18 for place in range(len(marks))] if narrow and marks else [18]
        parts += [_line(x, top, top + 26 if narrow and marks else height - 6) for top in tops]
        parts.append(_beside(target.figure, x, width))
    return _svg("".join(parts), height, title, width)


def picture_html(svg: str, alternative: str, narrow: str | None = None) -> str:
    """Return a drawing as an image element: inside an image nothing runs and nothing is loaded.

    With `narrow` there are two, of which the page shows the one that its window has room for.
    """
    if narrow is None:
        return _image(svg, alternative, "gp-chart", WIDTH)
    wide = _image(svg, alternative, "gp-chart gp-chart-wide", WIDTH)
    return wide + _image(narrow, alternative, "gp-chart gp-chart-narrow", 1.25 * NARROW)


def _image(svg: str, alternative: str, classes: str, most: float) -> str:
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="{classes}" alt="{for_html(alternative)}" src="data:image/svg+xml;base64,{data}" '
        f'style="width:100%;max-width:{most:g}px">'
    )


def _mark(mark: Mark, left: float, span: float, y: float, colour: str) -> str:
    wide = max(span * _within(mark.at), 2.0)
    inside = wide > 9 * cell_len(mark.figure)
    at, anchor = (left + wide - 8, "end") if inside else (left + wide + 8, "start")
    return (
        _text(clip_cells(mark.date, int(_MOST_LEFT / _CELL)), left - 10, y + 14, anchor="end", colour=MUTED_INK)
        + _filled(left, y, span, wide, colour)
        + _text(mark.figure, at, y + 14, anchor=anchor, colour="#FFFFFF" if inside else INK, weight=600)
    )


def _narrow_mark(mark: Mark, left: float, span: float, y: float, colour: str) -> str:
    return (
        _text(mark.date, left, y + 14, colour=MUTED_INK)
        + _text(mark.figure, NARROW, y + 14, anchor="end", weight=600)
        + _filled(left, y + 21, span, max(span * _within(mark.at), 2.0), colour)
    )


def _filled(left: float, y: float, span: float, wide: float, colour: str) -> str:
    return "".join(
        f'<rect x="{left:g}" y="{y:g}" width="{long:.1f}" height="20" rx="3" fill="{fill}"/>'
        for long, fill in ((span, _TRACK), (wide, colour))
    )


def _line(x: float, top: float, bottom: float) -> str:
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:g}" y2="{bottom:g}" stroke="{INK}" stroke-width="2.5" '
        'stroke-dasharray="5 3"/>'
    )


def _beside(content: str, x: float, width: float) -> str:
    """Return a text above a line at `x`, on the side that has more room and never off the drawing."""
    long = cell_len(content) * _CELL
    if x > width / 2:
        return _text(content, min(max(x, long), width), 12, anchor="end")
    return _text(content, max(min(x + 6, width - long), 0.0), 12)


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _bar(bar: Bar, y: float) -> str:
    name = clip_cells(visible(bar.name), _NAME_CELLS)
    return (
        _text(name, _NAME - 12, y + 19, anchor="end")
        + _scaled(bar, _NAME, y + 4, WIDTH - _NAME - _FIGURE)
        + _text(bar.figure, WIDTH, y + 19, anchor="end", weight=600)
    )


def _narrow_bar(bar: Bar, y: float) -> str:
    room = int((NARROW - 10) / _CELL) - cell_len(bar.figure)
    return (
        _text(clip_cells(visible(bar.name), max(room, 1)), 0, y + 12)
        + _text(bar.figure, NARROW, y + 12, anchor="end", weight=600)
        + _scaled(bar, 2, y + 18, NARROW - 4)
    )


def _scaled(bar: Bar, left: float, y: float, span: float) -> str:
    wide = span * _within(bar.length)
    dashes = ' stroke-dasharray="6 4"' if bar.dashed else ""
    drawn = (
        f'<rect x="{left:g}" y="{y:g}" width="{span:g}" height="22" rx="2" fill="{_TRACK}"/>'
        f'<rect x="{left:g}" y="{y:g}" width="{wide:.1f}" height="22" rx="2" fill="{bar.colour}" fill-opacity="0.6" '
        f'stroke="{OUTLINE}" stroke-width="1.2"{dashes}/>'
    )
    if bar.low is None or bar.high is None:
        return drawn
    start, end = (left + span * _within(value) for value in (bar.low, bar.high))
    return drawn + (
        f'<rect x="{start:.1f}" y="{y - 3:g}" width="{max(end - start, 2):.1f}" height="28" fill="none" '
        f'stroke="{INK}" stroke-width="2"/>'
    )


def _text(content: str, x: float, y: float, *, anchor: str = "start", colour: str = INK, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="13" '
        f'font-weight="{weight}">{for_html(content)}</text>'
    )


def _svg(body: str, height: float, title: str, width: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{for_html(title)}" font-family="{_FONTS}">{body}</svg>'
    )
