"""The strip of a coordinate is the one between its lines, wherever the lines are dense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geoplan.locating.lines import Lines


def test_a_value_on_a_line_lies_in_the_strip_above_it() -> None:
    lines = Lines.over(np.array([0.0, 1.0, 3.0, 10.0]))
    assert lines.strip(np.array([0.0, 0.5, 1.0, 2.9, 3.0, 9.9])).tolist() == [0, 0, 1, 1, 2, 2]


def test_what_lies_beyond_the_lines_counts_to_the_outermost_strips() -> None:
    lines = Lines.over(np.array([0.0, 1.0, 3.0]))
    assert lines.strip(np.array([-1e9, -0.1, 3.0, 1e9])).tolist() == [0, 0, 1, 1]


def test_many_lines_within_one_bin_are_told_apart() -> None:
    at = np.concatenate([np.linspace(0, 1e-3, 200), [1e6]])
    lines = Lines.over(at)
    middles = (at[:-1] + at[1:]) / 2
    assert lines.strip(middles).tolist() == list(range(200))


def test_a_reference_lies_within_its_strip_and_counts_as_below_itself() -> None:
    lines = Lines.over(np.array([0.0, 1.0, 3.0, 10.0]))
    assert (lines.reference > lines.at[:-1]).all()
    assert (lines.reference < lines.at[1:]).all()
    assert lines.references_below(lines.reference).tolist() == [1, 2, 3]
    assert lines.references_below(np.nextafter(lines.reference, -np.inf)).tolist() == [0, 1, 2]


def test_lines_are_close_where_the_values_are() -> None:
    values = np.concatenate([np.linspace(0, 1, 1000), np.linspace(999, 1000, 1000)])
    lines = Lines.among(values, 100, 1e-9)
    among_values = np.count_nonzero((lines.at < 2) | (lines.at > 998))
    assert among_values == pytest.approx(50, abs=6)
    assert lines.at[0] < 0
    assert lines.at[-1] > 1000


def test_no_strip_is_too_narrow_for_its_margin() -> None:
    lines = Lines.among(np.repeat([0.0, 5.0], 500), 64, 0.01)
    assert (np.diff(lines.at) >= 0.08).all()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60, unique=True),
    st.lists(st.floats(-2e6, 2e6), max_size=60),
)
@example([0.0, 15621.0, -15621.0, -1.5e-229, -5.8e-307], [])
def test_strips_are_those_of_a_plain_search(at: list[float], values: list[float]) -> None:
    ascending = np.sort(np.array(at))
    # As `among` leaves them: further apart than what rounding makes of the widest coordinate.
    apart = np.append(True, np.diff(ascending) > 1e-12 * np.abs(ascending).max())
    assume(np.count_nonzero(apart) >= 2)
    lines = Lines.over(ascending[apart])
    asked = np.array([*values, *at])
    expected = np.clip(np.searchsorted(lines.at, asked, side="right") - 1, 0, len(lines) - 1)
    assert lines.strip(asked).tolist() == expected.tolist()
