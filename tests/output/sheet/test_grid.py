"""Round lengths and coordinates around the map."""

from __future__ import annotations

import pytest

from geoplan.crs import norm_crs
from geoplan.output.sheet.grid import degrees, place, scale_bar, ticks
from geoplan.output.sheet.ground import Frame


def frame(scale: int, width: float = 100, height: float = 100, east: float = 520_000) -> Frame:
    return Frame(norm_crs("EPSG:4548"), (east, 3_520_000.0), scale, width, height)


@pytest.mark.parametrize(
    ("scale", "segment_m", "labels"),
    [
        (10_000, 100, ["0", "100", "200", "400 m"]),
        (25_000, 250, ["0", "0.25", "0.5", "1 km"]),
        (100_000, 1_000, ["0", "1", "2", "4 km"]),
        (500, 5, ["0", "5", "10", "20 m"]),
        (1_000_000, 10_000, ["0", "10", "20", "40 km"]),
    ],
)
def test_the_scale_bar_has_round_segments_and_its_true_length(scale: int, segment_m: float, labels: list[str]) -> None:
    bar = scale_bar(frame(scale))
    assert bar.segment_m == segment_m
    assert bar.segment_mm == pytest.approx(segment_m * 1000 / scale)
    assert 4 * bar.segment_mm <= 62
    assert [text for _, text in bar.labels] == labels
    assert bar.labels[-1][0] == pytest.approx(4 * bar.segment_mm)


def test_grid_lines_are_round_and_lie_where_they_say() -> None:
    # At 1:10,000, 100 mm are 1,000 m: 519,500 to 520,500; 28 mm are 280 m, so every 500 m.
    lines = ticks(frame(10_000))
    east = [(line.at, line.label) for line in lines if line.axis == "east"]
    assert east == [(0.0, ""), (50.0, "520,000"), (100.0, "")]
    north = [(line.at, line.label) for line in lines if line.axis == "north"]
    assert north == [(100.0, ""), (50.0, "3,520,000"), (0.0, "")]


def test_grid_lines_to_the_north_count_from_the_top() -> None:
    lines = [line for line in ticks(frame(10_000, height=140)) if line.label == "3,520,500"]
    assert [line.at for line in lines] == [pytest.approx(20.0)]


@pytest.mark.parametrize(
    ("value", "sides", "decimals", "text"),
    [
        (117.5, "EW", 0, "117°30′00″E"),
        (-0.25, "EW", 0, "0°15′00″W"),
        (31.999999, "NS", 1, "32°00′00.0″N"),
        (-33.0 - 1 / 3600, "NS", 1, "33°00′01.0″S"),
    ],
)
def test_degrees_minutes_and_seconds_carry_over(value: float, sides: str, decimals: int, text: str) -> None:
    assert degrees(value, sides, decimals) == text


def test_a_place_is_longitude_then_latitude() -> None:
    assert place(117.25, 31.5) == "117°15′00″E 31°30′00″N"
