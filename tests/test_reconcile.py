"""Figures that add up: shares to 100 %, parts to their control area, without a cent of float."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.errors import UsageError
from geoplan.reconcile import PERCENT_UNITS, apportion, exact_sum, reconcile

areas = st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=30).filter(lambda v: sum(v) > 0)


def test_three_equal_thirds_are_shown_as_shares_that_add_up() -> None:
    assert apportion([1.0, 1.0, 1.0], PERCENT_UNITS).tolist() == [3334, 3333, 3333]


def test_the_largest_remainder_gets_the_unit_that_is_left() -> None:
    # Quotas 1.5, 3.9, 4.6: rounded down they leave two units, for .9 and .6.
    assert apportion([15, 39, 46], 10).tolist() == [1, 4, 5]


def test_of_equal_remainders_the_larger_value_comes_first() -> None:
    # Quotas 0.5 and 1.5: one unit is left and the remainders are equal.
    assert apportion([1, 3], 2).tolist() == [0, 2]
    assert apportion([3, 1], 2).tolist() == [2, 0]


def test_a_part_of_nothing_has_no_share() -> None:
    assert apportion([0.0, 5.0, 0.0], PERCENT_UNITS).tolist() == [0, 10_000, 0]


def test_no_values_share_nothing() -> None:
    assert apportion([], PERCENT_UNITS).tolist() == []


@pytest.mark.parametrize("values", [[1.0, math.nan], [1.0, -1.0], [math.inf], [0.0, 0.0]])
def test_what_cannot_be_shared_out_is_refused(values: list[float]) -> None:
    with pytest.raises(UsageError) as caught:
        apportion(values, PERCENT_UNITS)
    assert caught.value.hint is not None


@given(areas, st.integers(0, 1_000_000))
@settings(max_examples=100, deadline=None)
def test_units_always_add_up_and_stay_within_one_of_their_quota(values: list[float], total: int) -> None:
    units = apportion(values, total)
    assert units.sum() == total
    assert (np.abs(units - np.array(values) / math.fsum(values) * total) < 1 + 1e-6).all()


@given(areas)
@settings(max_examples=50, deadline=None)
def test_a_larger_part_never_shows_a_smaller_share(values: list[float]) -> None:
    order = np.argsort(values, kind="stable")
    assert (np.diff(apportion(values, PERCENT_UNITS)[order[::-1]]) <= 0).all() or len(set(values)) < len(values)


def test_parts_are_spread_to_their_control_area_in_proportion() -> None:
    # 0.40 m² are missing; a quarter, a quarter and a half of it by area.
    result = reconcile([100.0, 100.0, 200.0], 400.40)
    assert result.adjusted_m2 == (100.10, 100.10, 200.20)
    assert result.raw_m2 == (100.0, 100.0, 200.0)
    assert result.residual_m2 == pytest.approx(0.40, abs=1e-12)


def test_a_residual_of_one_unit_goes_to_one_part() -> None:
    result = reconcile([100.0, 100.0, 100.0], 300.01)
    assert result.adjusted_m2 == (100.01, 100.0, 100.0)


def test_a_surplus_is_taken_back() -> None:
    assert reconcile([50.0, 50.0], 99.99).adjusted_m2 == (50.0, 49.99)
    assert reconcile([50.0, 50.0], 99.99).residual_m2 == pytest.approx(-0.01, abs=1e-12)


def test_the_number_of_decimals_is_a_choice() -> None:
    result = reconcile([1.26, 2.26], 3.5, decimals=1)
    assert result.adjusted_m2 == (1.3, 2.2)
    assert result.decimals == 1


@given(areas, st.floats(0.001, 1e9), st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_adjusted_parts_sum_to_the_control_area_to_the_last_unit(
    values: list[float], control: float, decimals: int
) -> None:
    result = reconcile(values, control, decimals)
    units = [round(part * 10**decimals) for part in result.adjusted_m2]
    assert sum(units) == round(result.control_m2 * 10**decimals)
    assert result.control_m2 == pytest.approx(control, abs=0.5 * 10.0**-decimals + 1e-6)
    assert all(part >= 0 for part in result.adjusted_m2)


def test_a_control_area_that_is_unknown_is_refused() -> None:
    with pytest.raises(UsageError):
        reconcile([1.0], math.nan)


def by_fractions(values: list[float], total_units: int) -> list[int]:
    """The largest remainder method as its definition says it, in fractions throughout."""
    total = sum(map(Fraction, values), Fraction(0))
    quotas = [Fraction(value) * total_units / total for value in values]
    units = [int(quota // 1) for quota in quotas]
    order = sorted(range(len(values)), key=lambda i: (units[i] - quotas[i], -values[i], i))
    for i in order[: total_units - sum(units)]:
        units[i] += 1
    return units


# Whole numbers have many equal remainders and quotas that are whole; tiny and huge values stand side by side.
awkward = st.one_of(
    st.lists(st.integers(0, 12), min_size=1, max_size=60),
    st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=60),
    st.lists(st.sampled_from([0.0, 5e-324, 1e-300, 0.1, 1 / 3, 1.0, 3.0, 1e15, 1e300]), min_size=1, max_size=60),
).filter(lambda values: sum(values) > 0)


@given(awkward, st.sampled_from([1, 7, 100, 10_000, 10**13]))
@settings(max_examples=300, deadline=None)
def test_shares_are_those_of_exact_fractions_to_the_last_unit(values: list[float], total_units: int) -> None:
    assert apportion(values, total_units).tolist() == by_fractions(values, total_units)


@given(st.lists(st.floats(-1e300, 1e300, allow_nan=False), max_size=50))
@settings(max_examples=100, deadline=None)
def test_an_exact_sum_rounds_nothing(values: list[float]) -> None:
    assert exact_sum(np.array(values)) == sum(map(Fraction, values), Fraction(0))


def test_a_hundred_thousand_equal_parts_share_by_their_order() -> None:
    units = apportion(np.full(100_000, 3600.25), PERCENT_UNITS)
    assert (units == np.repeat([1, 0], [10_000, 90_000])).all()
