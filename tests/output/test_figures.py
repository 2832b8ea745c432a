"""Figures as shown: decimals, separators, units, unknown."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("0.88–0.9", "share", "88–90 %", "88–90 %"),
        ("0.005–0.333", "share", "0.5–33.3 %", "0.5–33.3 %"),
        ("0.88–0.9", None, "0.88–0.9", "0.88–0.9"),
        ("…–…", "share", "…–…", "…–…"),
        (None, "m2", "unknown", "未知"),
        (math.nan, "share", "unknown", "未知"),
    ],
)
def test_a_quantity_carries_its_unit(value: float | str | None, unit: str | None, en: str, zh: str) -> None:
    assert figures.quantity(value, unit) == en
    assert figures.quantity(value, unit, "zh") == zh


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_setting_that_is_no_number_is_unknown_and_no_crash(value: float) -> None:
    assert figures.compact(value) == "unknown"
    assert figures.compact(value, "zh") == "未知"


@pytest.mark.parametrize(
    ("time", "en", "zh"),
    [
        ("2024-07-05T23:30:00+08:00", "5 Jul 2024, 15:30 UTC", "2024年7月5日 15:30 UTC"),
        ("2024-07-05T00:30:00+08:00", "4 Jul 2024, 16:30 UTC", "2024年7月4日 16:30 UTC"),
        ("2024-12-31T23:59:59.999999Z", "31 Dec 2024, 23:59 UTC", "2024年12月31日 23:59 UTC"),
        ("2024-02-29T12:00:00", "29 Feb 2024, 12:00 UTC", "2024年2月29日 12:00 UTC"),
        ("0001-01-01T00:00:00+08:00", None, None),  # the year 0 in UTC
        ("9999-12-31T23:59:59-08:00", None, None),  # the year 10000 in UTC
        ("2023-02-29T12:00:00", None, None),
        ("2024-07-05T25:00:00", None, None),
        ("", None, None),
        ("yesterday", None, None),
        ("9" * 5000, None, None),
    ],
)
def test_a_moment_is_told_in_utc_and_what_is_none_stays_as_it_is(time: str, en: str | None, zh: str | None) -> None:
    assert figures.moment(time) == (en or time)
    assert figures.moment(time, "zh") == (zh or time)


@pytest.mark.parametrize(
    ("date", "en", "zh"),
    [
        ("2024", "2024", "2024年"),
        ("2024-05", "May 2024", "2024年5月"),
        ("2024-05-07", "7 May 2024", "2024年5月7日"),
        ("2024-5-7", "7 May 2024", "2024年5月7日"),
        ("2024-12-31", "31 Dec 2024", "2024年12月31日"),
        ("0999", "999", "999年"),
    ],
)
def test_a_date_is_told_as_precisely_as_it_is_known(date: str, en: str, zh: str) -> None:
    assert (figures.day(date), figures.day(date, "zh")) == (en, zh)


@pytest.mark.parametrize(
    "text",
    ["", "-", "2024-", "-2024", "2024-00", "2024-13", "2024-05-00", "2024-05-32", "2024-05-07-1", "2023/2024", "2024年",
     "２０２４", "二〇二四", "2024-O5", "first half", "9" * 5000, "²", "1-1-1-1", "2024 - 05"],
)  # fmt: skip
def test_what_is_no_date_stays_as_it_is(text: str) -> None:
    assert figures.day(text) == figures.day(text, "zh") == text


FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)


@given(FINITE, st.integers(0, 6))
def test_a_shown_number_is_the_number_to_half_its_last_digit(value: float, decimals: int) -> None:
    shown = figures.number(value, decimals)
    read = Decimal(shown.replace(",", ""))
    assert abs(read - Decimal(value)) <= Decimal(1).scaleb(-decimals) / 2
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?", shown)
    assert not re.fullmatch(r"-[0.,]+", shown)


@given(FINITE)
def test_a_setting_keeps_twelve_digits(value: float) -> None:
    read = float(figures.compact(value).replace(",", ""))
    assert read == pytest.approx(value, rel=1e-11, abs=1e-300)


@given(st.floats(0, 1e12))
def test_every_unit_of_an_area_says_the_same(area: float) -> None:
    km2 = figures.square_kilometres(area, decimals=6)
    shown = (figures.square_metres(area), figures.hectares(area), figures.mu(area), km2)
    square, hectares, mu, square_km = (float(text.replace(",", "")) for text in shown)
    assert square == pytest.approx(area, abs=0.0051, rel=1e-12)
    assert hectares * 10_000 == pytest.approx(area, abs=0.51, rel=1e-12)
    assert mu * 2000 == pytest.approx(area * 3, abs=1.01, rel=1e-12)  # 1 mu is 2000/3 m²
    assert square_km * 1e6 == pytest.approx(area, abs=0.51, rel=1e-12)


@pytest.mark.parametrize("unit", [*figures.UNITS, "share", None, "", "parsec", "m²", "km²", "%"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_is_unknown_has_no_unit(value: float | None, unit: str | None) -> None:
    assert figures.quantity(value, unit) == "unknown"
    assert figures.quantity(value, unit, "zh") == "未知"


@pytest.mark.parametrize("unit", [*figures.UNITS, "share", None])
def test_a_zero_with_a_sign_has_none_in_any_unit(unit: str | None) -> None:
    assert not figures.quantity(-0.0, unit).startswith("-")


@pytest.mark.parametrize(("spelt", "unit"), [("m²", "m2"), ("km²", "km2"), ("%", "percent")])
def test_units_are_known_however_they_are_spelt(spelt: str, unit: str) -> None:
    assert figures.quantity(1234.5, spelt) == figures.quantity(1234.5, unit)


@pytest.mark.parametrize("name", figures.UNITS)
def test_every_unit_has_a_name_in_both_languages(name: str) -> None:
    assert figures.unit(name).strip()
    assert figures.unit(name, "zh").strip()


@pytest.mark.parametrize(("value", "unit", "en", "zh"), [
    (1, "features", "1 feature", "1 个要素"), (2, "features", "2 features", "2 个要素"),
    (1.0, "zones", "1 zone", "1 个分区"), (0, "zones", "0 zones", "0 个分区"),
    (1, "vertices", "1 vertex", "1 个节点"), (3, "vertices", "3 vertices", "3 个节点"),
    ("Polygon", None, "Polygon", "面"), ("MultiLineString", None, "MultiLineString", "多线"),
    ("Polygonal", None, "Polygonal", "Polygonal"),
])  # fmt: skip
def test_what_checks_count_and_find_is_told_in_the_readers_language(
    value: float | str, unit: str | None, en: str, zh: str
) -> None:
    assert (figures.quantity(value, unit), figures.quantity(value, unit, "zh")) == (en, zh)


def test_a_unit_nobody_has_a_word_for_is_told_as_it_is() -> None:
    names = ("parsec", "", "share", "m²", "ha")
    assert [figures.unit(name, "zh") for name in names] == ["parsec", "", "%", "m²", "公顷"]
