"""Figures as shown: decimals, separators, units, unknown."""

from __future__ import annotations

import math

import pytest

from geoplan.output import figures


def test_square_metres_have_two_decimals_and_thousands() -> None:
    assert figures.square_metres(8_220_000) == "8,220,000.00"


def test_hectares_have_four_decimals() -> None:
    assert figures.hectares(12_345.678) == "1.2346"


def test_a_mu_is_two_thirds_of_a_thousand_square_metres() -> None:
    assert figures.mu(2000) == "3.000"
    assert figures.mu(1_000_000) == "1,500.000"


@pytest.mark.parametrize(("decimals", "shown"), [(4, "8.2200"), (6, "8.220000")])
def test_square_kilometres_have_four_to_six_decimals(decimals: int, shown: str) -> None:
    assert figures.square_kilometres(8_220_000, decimals=decimals) == shown


def test_percentages_have_two_decimals() -> None:
    assert figures.percent(89.4) == "89.40 %"
    assert figures.share(0.8951) == "89.51 %"


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "show",
    [figures.square_metres, figures.hectares, figures.mu, figures.square_kilometres, figures.metres, figures.percent],
)
def test_what_is_not_known_is_said_in_the_language(show: object, value: float | None) -> None:
    assert callable(show)
    assert show(value) == "unknown"
    assert show(value, "zh") == "未知"


def test_an_unknown_share_has_no_percent_sign() -> None:
    assert figures.share(None, "zh") == "未知"


@pytest.mark.parametrize("value", [0.0, -0.0, -0.001, 0.001])
def test_zero_has_no_sign(value: float) -> None:
    assert figures.number(value, 2) == "0.00"


def test_a_negative_figure_keeps_its_sign() -> None:
    assert figures.number(-1234.5, 2) == "-1,234.50"


@pytest.mark.parametrize(
    ("value", "shown"), [(1.0, "1"), (0.01, "0.01"), (1000.0, "1,000"), (0.0, "0"), (1e-4, "0.0001")]
)
def test_a_tolerance_has_as_many_digits_as_it_needs(value: float, shown: str) -> None:
    assert figures.compact(value) == shown


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (300.0, "m2", "300.00 m²", "300.00 m²"),
        (8.22, "km2", "8.220000 km²", "8.220000 km²"),
        (2.5, "ha", "2.5000 ha", "2.5000 公顷"),
        (15.0, "mu", "15.000 mu", "15.000 亩"),
        (0.895, "share", "89.50 %", "89.50 %"),
        (3.0, "m", "3.000 m", "3.000 m"),
        (4.0, "zones", "4 zones", "4 个分区"),
        (4, None, "4", "4"),
        (1.5, "parsec", "1.5 parsec", "1.5 parsec"),
        ("inside", "m", "inside", "inside"),
        (None, "m2", "unknown", "未知"),
        (math.nan, "share", "unknown", "未知"),
    ],
)
def test_a_quantity_carries_its_unit(value: float | str | None, unit: str | None, en: str, zh: str) -> None:
    assert figures.quantity(value, unit) == en
    assert figures.quantity(value, unit, "zh") == zh
