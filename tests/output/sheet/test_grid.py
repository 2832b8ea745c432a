"""Round lengths and coordinates around the map."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(max_examples=50, deadline=None)
@given(st.floats(-180, 180, allow_nan=False), st.sampled_from([0, 1, 2, 3]))
def test_degrees_read_back_are_the_angle_to_half_a_last_digit_and_never_sixty(value: float, decimals: int) -> None:
    text = degrees(value, "EW", decimals)
    whole, minutes, seconds = re.split("[°′″]", text)[:3]
    assert int(minutes) < 60
    assert float(seconds) < 60
    found = int(whole) + int(minutes) / 60 + float(seconds) / 3600
    assert found == pytest.approx(abs(value), abs=0.5000001 * 10**-decimals / 3600)
    assert text[-1] == ("W" if value < 0 else "E")


@settings(max_examples=50, deadline=None)
@given(st.integers(10, 100_000_000))
def test_at_any_scale_the_bar_is_round_fits_its_room_and_uses_most_of_it(scale: int) -> None:
    bar = scale_bar(frame(scale))
    assert 4 * bar.segment_mm <= 62 * (1 + 1e-9)
    assert 4 * bar.segment_mm >= 62 / 2.5 * (1 - 1e-9)  # the next round length is 2.5 times as long at most
    assert bar.segment_mm * scale == pytest.approx(bar.segment_m * 1000)
    digits = f"{bar.segment_m:.10e}".split("e")[0].rstrip("0").rstrip(".")
    assert digits in ("1", "2", "2.5", "5")


@settings(max_examples=50, deadline=None)
@given(st.integers(10, 10_000_000), st.floats(60, 400), st.floats(60, 280))
def test_at_any_scale_and_paper_grid_lines_are_on_the_map_apart_and_where_they_say(
    scale: int, width: float, height: float
) -> None:
    """A millimetre is scale / 1000 m; the map's middle is 520,000 E, 3,520,000 N."""
    found = ticks(frame(scale, width, height))
    for axis, size, middle in (("east", width, 520_000.0), ("north", height, 3_520_000.0)):
        lines = sorted((line.at, line.label) for line in found if line.axis == axis)
        assert all(-1e-6 <= at <= size + 1e-6 for at, _ in lines)
        assert all(second[0] - first[0] >= 28 * (1 - 1e-6) for first, second in pairwise(lines))
        for at, label in lines:
            along = at if axis == "east" else size - at
            if label:
                assert float(label.replace(",", "")) == pytest.approx(
                    middle + (along - size / 2) * scale / 1000, rel=1e-9, abs=1e-6
                )
