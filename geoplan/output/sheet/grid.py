"""Round lengths and coordinates for a map on paper: grid ticks along the neat line, scale bar, degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from geoplan.output.sheet.ground import Frame

_TICK_MM = 28.0  # grid lines are no closer than this
_BAR_MM = 62.0  # the scale bar is no longer than this
_NEAR_CORNER_MM = 7.0  # a coordinate so close to a corner would run into its neighbour


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line: along which axis its coordinate runs, where it crosses the frame in mm, and the coordinate."""

    axis: Literal["east", "north"]
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of four segments, each `segment_m` metres of ground and `segment_mm` millimetres of paper."""

    segment_m: float
    segment_mm: float

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """Return what is written at 0, 1, 2 and 4 segments: millimetres from the start, and the length."""
        kilometres = 4 * self.segment_m >= 1000
        divisor, unit = (1000.0, "km") if kilometres else (1.0, "m")
        marks = [(n * self.segment_mm, f"{n * self.segment_m / divisor:,g}") for n in (0, 1, 2, 4)]
        end, text = marks[-1]
        return (*marks[:-1], (end, f"{text} {unit}"))


def ticks(frame: Frame) -> tuple[Tick, ...]:
    """Return the grid lines that cross the frame, at round coordinates of its CRS."""
    west, south, east, north = frame.box
    step = _round_up(_TICK_MM / frame.unit_mm)
    found: list[Tick] = []
    for axis, low, high, size in (("east", west, east, frame.width), ("north", south, north, frame.height)):
        for count in range(math.ceil(low / step), math.floor(high / step) + 1):
            along = (count * step - low) * frame.unit_mm
            at = along if axis == "east" else size - along
            label = f"{count * step:,.10g}" if _NEAR_CORNER_MM < along < size - _NEAR_CORNER_MM else ""
            found.append(Tick("east" if axis == "east" else "north", at, label))
    return tuple(found)


def scale_bar(frame: Frame) -> ScaleBar:
    """Return the longest bar of round segments that is no longer than 62 mm."""
    longest = _BAR_MM / 4 * frame.scale / 1000.0
    power = 10.0 ** math.floor(math.log10(longest) + 1e-12)
    segment = next(step * power for step in (5.0, 2.5, 2.0, 1.0) if step * power <= longest * (1 + 1e-9))
    return ScaleBar(segment, segment * 1000.0 / frame.scale)


def degrees(value: float, sides: str, decimals: int = 0) -> str:
    """Return an angle in degrees, minutes and seconds with the letter of its side: `sides` is "EW" or "NS"."""
    unit = 10**decimals
    whole, rest = divmod(round(abs(value) * 3600 * unit), 3600 * unit)
    minutes, seconds = divmod(rest, 60 * unit)
    size = 3 + decimals if decimals else 2
    return f"{whole}°{minutes:02d}′{seconds / unit:0{size}.{decimals}f}″{sides[value < 0]}"


def place(lon: float, lat: float, decimals: int = 0) -> str:
    """Return a place as longitude and latitude; whole seconds are some 30 m."""
    return f"{degrees(lon, 'EW', decimals)} {degrees(lat, 'NS', decimals)}"


def _round_up(least: float) -> float:
    """Return the smallest of 1, 2 or 5 times a power of ten that is not less than `least`."""
    power = 10.0 ** math.floor(math.log10(least) + 1e-12)
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= least * (1 - 1e-9))
