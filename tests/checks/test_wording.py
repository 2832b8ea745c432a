from __future__ import annotations

import pytest

from geoplan.checks.wording import across, kilometres, metres, position, square_metres


@pytest.mark.parametrize(
    ("value", "text"),
    [(8_220_000.0, "8,220,000.00 m²"), (20.0, "20.00 m²"), (0.01, "0.01 m²"), (0.00123, "0.0012 m²"), (0.0, "0.00 m²")],
)
def test_an_area_shows_two_decimals_or_two_digits(value: float, text: str) -> None:
    assert square_metres(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12_345.67, "12,345.7 m"),
        (12.34, "12.3 m"),
        (2.0, "2.000 m"),
        (0.0014, "0.001 m"),
        (0.00012, "0.00012 m"),
        (0.0, "0.000 m"),
    ],
)
def test_a_length_shows_millimetres_where_they_matter(value: float, text: str) -> None:
    assert metres(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(4.004, "4 m"), (0.012345, "0.0123 m"), (12_345.6, "12,346 m"), (0.00005, "0.05 mm")]
)
def test_a_width_shows_no_more_digits_than_it_is_good_for(value: float, text: str) -> None:
    assert across(value) == text


def test_a_distance_is_kilometres_to_a_hundred_metres() -> None:
    assert kilometres(1_234_567.0) == "1,234.6 km"


def test_a_position_is_to_the_millimetre_in_either_unit() -> None:
    assert position(518_000.1234, 3_521_000.0, degrees=False) == "(518000.123, 3521000.000)"
    assert position(117.2, 31.8, degrees=True) == "(117.20000000, 31.80000000)"
