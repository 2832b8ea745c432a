"""Charts as SVG: shares of a total, and published figures against their targets; sharp on screens and on paper.

A chart stands beside a table of the same figures, never instead of it. Texts are escaped here; colours
are those of every other output.
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
_ROW = 34
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


def bars_svg(bars: Sequence[Bar], title: str) -> str:
    """Return horizontal bars on one scale, in the order given; `title` is what a screen reader says."""
    height = _ROW * len(bars) + 8
    rows = "".join(_bar(bar, 4 + place * _ROW) for place, bar in enumerate(bars))
    return _svg(rows, height, title)


def target_svg(marks: Sequence[Mark], target: Mark | None, colour: str, title: str) -> str:
    """Return the reported values of one measure by date, the latest last, with the line of its target."""
    left, right = 92, WIDTH - 24
    span, height = right - left, _ROW * max(len(marks), 1) + 34
    parts: list[str] = []
    for place, mark in enumerate(marks):
        y = 26 + place * _ROW
        wide = max(span * min(max(mark.at, 0.0), 1.0), 2.0)
        parts.append(_text(mark.date, left - 10, y + 14, anchor="end", colour=MUTED_INK))
        parts.append(f'<rect x="{left}" y="{y}" width="{span}" height="20" rx="3" fill="{_TRACK}"/>')
        parts.append(f'<rect x="{left}" y="{y}" width="{wide:.1f}" height="20" rx="3" fill="{colour}"/>')
        inside = wide > 9 * cell_len(mark.figure)
        at, anchor = (left + wide - 8, "end") if inside else (left + wide + 8, "start")
        parts.append(_text(mark.figure, at, y + 14, anchor=anchor, colour="#FFFFFF" if inside else INK, weight=600))
    if target is not None:
        x = left + span * min(max(target.at, 0.0), 1.0)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height - 6}" stroke="{INK}" stroke-width="2.5" '
            'stroke-dasharray="5 3"/>'
        )
        end = "end" if x > WIDTH / 2 else "start"
        parts.append(_text(f"{target.date}: {target.figure}", x + (6 if end == "start" else 0), 12, anchor=end))
    return _svg("".join(parts), height, title)


def picture_html(svg: str, alternative: str) -> str:
    """Return a drawing as an image element: inside an image nothing runs and nothing is loaded."""
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="gp-chart" alt="{for_html(alternative)}" src="data:image/svg+xml;base64,{data}" '
        f'style="width:100%;max-width:{WIDTH}px;display:block">'
    )


def _bar(bar: Bar, y: float) -> str:
    span = WIDTH - _NAME - _FIGURE
    wide = span * min(max(bar.length, 0.0), 1.0)
    dashes = ' stroke-dasharray="6 4"' if bar.dashed else ""
    parts = [
        _text(clip_cells(visible(bar.name), _NAME_CELLS), _NAME - 12, y + 19, anchor="end"),
        f'<rect x="{_NAME}" y="{y + 4}" width="{span}" height="22" rx="2" fill="{_TRACK}"/>',
        f'<rect x="{_NAME}" y="{y + 4}" width="{wide:.1f}" height="22" rx="2" fill="{bar.colour}" fill-opacity="0.6" '
        f'stroke="{OUTLINE}" stroke-width="1.2"{dashes}/>',
        _text(bar.figure, WIDTH, y + 19, anchor="end", weight=600),
    ]
    if bar.low is not None and bar.high is not None:
        start, end = (_NAME + span * min(max(value, 0.0), 1.0) for value in (bar.low, bar.high))
        parts.append(
            f'<rect x="{start:.1f}" y="{y + 1}" width="{max(end - start, 2):.1f}" height="28" fill="none" '
            f'stroke="{INK}" stroke-width="2"/>'
        )
    return "".join(parts)


def _text(content: str, x: float, y: float, *, anchor: str = "start", colour: str = INK, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="13" '
        f'font-weight="{weight}">{for_html(content)}</text>'
    )


def _svg(body: str, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{for_html(title)}" font-family="{_FONTS}">{body}</svg>'
    )
