"""The figures of a benchmark against size as one SVG: seconds and memory on logarithmic axes, and what was right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from geoplan.output.escape import for_html
from geoplan.output.style import INK, MUTED_INK

WIDTH, HEIGHT = 1040, 640
_PANEL = 330  # height of a panel with axes
_FONT = "Segoe UI, Roboto, Helvetica, Arial, sans-serif"
_GRID = "#DDE2E7"
# Okabe and Ito's colours, which colour-blind readers can tell apart; ours is the ink of every other drawing.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#8C8C8C")
_CELL = 24  # between the marks of a cell
_LINE = 15  # between names beside each other
_MARKS = {"right": "●", "wrong": "✕", "none": "–", "": ""}

Mark = Literal["right", "wrong", "none", ""]


@dataclass(frozen=True, slots=True)
class Line:
    """One tool: figures by number of polygons, for each panel; and its marks by number, one for each question."""

    title: str
    seconds: dict[int, float]
    megabytes: dict[int, float]
    marks: dict[int, tuple[Mark, ...]]
    ours: bool = False


def draw(lines: Sequence[Line], questions: Sequence[str], title: str) -> str:
    """Return the drawing; `questions` name the marks of a cell in their order."""
    sizes = sorted({size for line in lines for size in line.seconds})
    half = (WIDTH - 40) / 2
    body = [
        *_panel("seconds, whole process", [(line, line.seconds) for line in lines], sizes, (20, half - 20)),
        *_panel("peak memory, MB", [(line, line.megabytes) for line in lines], sizes, (40 + half, half - 20)),
        *_matrix(lines, questions, sizes),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{for_html(title)}" font-family="{_FONT}" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def colour_of(place: int, *, ours: bool) -> str:
    """Return the colour of the line at a place."""
    return INK if ours else _COLOURS[place % len(_COLOURS)]


def _panel(
    title: str, series: list[tuple[Line, dict[int, float]]], sizes: list[int], room: tuple[float, float]
) -> Iterator[str]:
    left, wide = room[0] + 40, room[1] - 150
    top, high = 40, _PANEL - 80
    values = [value for _, figures in series for value in figures.values()]
    yield _text(title, room[0], 20, weight=600)
    if not values:
        return
    low, up = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    up = max(up, low + 1)

    def x_of(size: int) -> float:
        first, last = math.log10(sizes[0]), math.log10(sizes[-1])
        return left + (wide * (math.log10(size) - first) / (last - first) if last > first else wide / 2)

    def y_of(value: float) -> float:
        return top + high * (up - math.log10(value)) / (up - low)

    for power in range(low, up + 1):
        y = y_of(10.0**power)
        yield f'<line x1="{left}" x2="{left + wide}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_GRID}"/>'
        yield _text(f"{10.0**power:,g}", left - 8, y + 4, anchor="end", colour=MUTED_INK)
    for size in sizes:
        yield _text(f"{size:,}", x_of(size), top + high + 20, anchor="middle", colour=MUTED_INK)
    yield _text("polygons", left + wide / 2, top + high + 38, anchor="middle", colour=MUTED_INK)
    ends: list[tuple[float, float, str, str, int]] = []
    for place, (line, figures) in enumerate(series):
        points = [(x_of(size), y_of(value)) for size, value in sorted(figures.items())]
        if not points:
            continue
        colour, weight = colour_of(place, ours=line.ours), 3 if line.ours else 1.6
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{weight}"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}"/>' for x, y in points)
        ends.append((*points[-1], line.title, colour, 600 if line.ours else 400))
    yield from _names(ends, left + wide)


def _names(ends: list[tuple[float, float, str, str, int]], right: float) -> Iterator[str]:
    """Yield each line's name: above its end where it stops early, else beside it, apart from the others."""
    beside = sorted((end for end in ends if end[0] > right - 1), key=lambda end: end[1])
    places: list[float] = []
    for _, y, *_ in beside:
        places.append(max(y, places[-1] + _LINE) if places else y)
    pushed = sum(place - end[1] for place, end in zip(places, beside, strict=True)) / max(len(places), 1)
    for place, (x, y, title, colour, weight) in zip(places, beside, strict=True):
        at = place - pushed
        yield (
            f'<path d="M{x + 4:.1f} {y:.1f} L{right + 14:.1f} {at:.1f}" stroke="{colour}" fill="none" '
            'stroke-width="0.7" stroke-dasharray="2 2"/>'
        )
        yield _text(title, right + 18, at + 4, colour=colour, weight=weight)
    for x, y, title, colour, weight in ends:
        if x <= right - 1:
            yield _text(title, x, y - 9, anchor="middle", colour=colour, weight=weight)


def _matrix(lines: Sequence[Line], questions: Sequence[str], sizes: list[int]) -> Iterator[str]:
    """Yield a row per tool and a cell per size, with one mark for each question."""
    top, left, column = _PANEL + 60, 200, 230
    asked = ", ".join(questions)
    yield _text(f"answers held to what was planted: {asked}", 20, top - 28, weight=600)
    yield _text("● right to 1e-6    ✕ wrong    – not offered", WIDTH - 20, top - 28, anchor="end", colour=MUTED_INK)
    for place, size in enumerate(sizes):
        yield _text(f"{size:,} polygons", left + place * column, top - 6, colour=MUTED_INK)
    for row, line in enumerate(lines):
        y = top + 18 + row * 27
        colour = colour_of(row, ours=line.ours)
        yield _text(line.title, 20, y, colour=colour, weight=600 if line.ours else 400)
        for place, size in enumerate(sizes):
            marks = line.marks.get(size)
            x = left + place * column
            if marks is None:
                yield _text("not measured", x, y, colour=MUTED_INK)
                continue
            for number, mark in enumerate(marks):
                ink = "#B3261E" if mark == "wrong" else INK if mark == "right" else MUTED_INK
                yield _text(_MARKS[mark], x + number * _CELL, y, colour=ink, weight=600)


def _text(content: str, x: float, y: float, *, anchor: str = "start", colour: str = INK, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}">'
        f"{for_html(content)}</text>"
    )
