"""Polynomials that stand in for a projection: as good as its own last digits, or not used at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.crs import norm_crs, to_degrees
from geoplan.smooth import DEGREE, ROUNDING_RAD, Floats, cells, fit, keeps_range

GK117 = norm_crs(4548)
REACH = 36_000.0


def undone(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = to_degrees(x, y, GK117)
    return np.radians(lon), np.radians(lat)


@pytest.mark.parametrize("easting", [500_000.0, 640_000.0])
@pytest.mark.parametrize("northing", [2_000_000.0, 3_520_000.0, 5_900_000.0])
def test_a_cell_undoes_the_projection_to_a_ten_millionth_of_a_metre(easting: float, northing: float) -> None:
    cell = fit(undone, easting, northing, REACH, 4e-15)
    assert cell is not None
    rng = np.random.default_rng(3)
    x, y = easting + rng.uniform(-REACH, REACH, 500), northing + rng.uniform(-REACH, REACH, 500)
    exact, (lon, lat) = undone(x, y), cell.values(x, y)
    # Differences between places, since the middle of the cell is left out; 1 rad of the ellipsoid is 6.4e6 m.
    for measured, true in ((lon, exact[0]), (lat, exact[1])):
        assert np.abs(np.diff(measured) - np.diff(true)).max() * 6.4e6 < 1e-7


def test_a_map_with_a_kink_is_not_taken_for_a_smooth_one() -> None:
    assert fit(lambda x, y: (np.abs(x - 10.0), y), 0.0, 0.0, 36.0, 1e-9) is None


def test_a_map_that_is_not_defined_everywhere_is_not_used() -> None:
    assert fit(lambda x, y: (np.where(x > 30, np.nan, x), y), 0.0, 0.0, 36.0, 1e-9) is None


def test_a_polynomial_of_low_degree_is_itself() -> None:
    cell = fit(lambda x, y: (3 * x * x * y, x - y**3), 1.0, 2.0, 4.0, 1e-9)
    assert cell is not None
    first, second = cell.values(np.array([1.0, 3.0]), np.array([2.0, -1.0]))
    assert first == pytest.approx([0.0, 3 * 9 * -1 - 3 * 1 * 2])
    assert second == pytest.approx([0.0, (3 + 1) - (1 - 8)])


def test_every_box_lies_in_the_cell_of_its_middle_and_what_is_no_place_in_none() -> None:
    bounds = np.array([[0, 0, 2, 2], [9, 0, 11, 2], [0, 25, 2, 27], [np.nan, 0, 1, 1], [1, 1, 3, 3]], dtype=float)
    found = {tuple(rows.tolist()): (x, y) for x, y, rows in cells(bounds, 10.0)}
    assert found.keys() == {(0, 1, 4), (2,)} or found.keys() == {(0, 4), (1,), (2,)}
    for rows, (x, y) in found.items():
        for row in rows:
            west, south, east, north = bounds[row]
            assert abs((west + east) / 2 - x) <= 5.0
            assert abs((south + north) / 2 - y) <= 5.0
    assert list(cells(np.full((1, 4), np.nan), 10.0)) == []


def test_a_region_keeps_its_range_only_if_all_of_it_comes_back() -> None:
    bounds = np.array([0.0, 0.0, 100.0, 100.0])
    assert keeps_range(lambda x, y: (x, y), bounds, 1.0, 10.0)
    assert not keeps_range(lambda x, y: (np.where(x > 90, x + 5, x), y), bounds, 1.0, 10.0)
    assert not keeps_range(lambda x, y: (np.where(x > 90, np.nan, x), y), bounds, 1.0, 10.0)
    assert not keeps_range(lambda x, y: (x, y), np.array([0.0, 0.0, np.nan, 1.0]), 1.0, 10.0)
    assert not keeps_range(lambda x, y: (x, y), bounds, 1.0, 0.001)  # too many places to look at


def polynomial(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return 3 + x - 2 * x * y**2, 7 * y + x**3 * y**3


def test_values_are_those_less_the_middle_wherever_the_cell_lies() -> None:
    cell = fit(polynomial, 2.0, -1.0, 0.5, 1e-12)
    assert cell is not None
    first, second = cell.values(np.array([2.0, 2.5]), np.array([-1.0, -1.0]))
    # 3 + x − 2xy² at (2, −1) is 1, at (2.5, −1) 0.5; 7y + x³y³ is −15 and −22.625.
    assert first.tolist() == pytest.approx([0.0, -0.5], abs=1e-12)
    assert second.tolist() == pytest.approx([0.0, -7.625], abs=1e-12)


def test_a_polynomial_of_a_higher_degree_is_refused() -> None:
    higher = DEGREE + 1
    assert fit(lambda x, y: (x**higher, y), 0.0, 0.0, 1.0, 1e-6) is None
    assert fit(lambda x, y: (x, y**DEGREE), 0.0, 0.0, 1.0, 1e-6) is not None


def test_a_cell_too_large_for_the_tolerance_is_refused_instead_of_believed() -> None:
    assert fit(undone, 518_000.0, 3_521_000.0, 2_000_000.0, ROUNDING_RAD) is None


def test_a_map_with_a_constant_added_is_as_good_since_constants_cancel_on_a_ring() -> None:
    cell = fit(lambda x, y: (x + 1e6, y - 1e6), 0.0, 0.0, 1.0, 1e-9)
    assert cell is not None
    first, second = cell.values(np.array([0.25]), np.array([-0.5]))
    assert (first[0], second[0]) == pytest.approx((0.25, -0.5), abs=1e-9)


boxes = st.lists(
    st.tuples(st.integers(-500, 500), st.integers(-500, 500), st.integers(0, 60), st.integers(0, 60)), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(boxes, st.sampled_from([10.0, 64.0, 1000.0]))
def test_every_box_lies_in_one_cell_whose_middle_is_within_half_a_side_of_its_own(
    found: list[tuple[int, int, int, int]], size: float
) -> None:
    bounds = np.array([(x, y, x + w, y + h) for x, y, w, h in found], dtype=np.float64).reshape(-1, 4)
    seen: list[int] = []
    for x, y, rows in cells(bounds, size):
        middles = (bounds[rows, :2] + bounds[rows, 2:]) / 2
        assert (np.abs(middles - (x, y)) <= size / 2 * (1 + 1e-9)).all()
        seen += rows.tolist()
    assert sorted(seen) == list(range(len(found)))


def test_a_map_there_and_back_that_returns_is_kept_and_one_that_folds_is_not() -> None:
    bounds = np.array([-10.0, -10.0, 10.0, 10.0])
    assert keeps_range(lambda x, y: (x, y), bounds, 1.0, 1.0)
    assert keeps_range(lambda x, y: (x + 0.9e-4, y), bounds, 1.0, 1.0)
    assert not keeps_range(lambda x, y: (x + 1.1e-4, y), bounds, 1.0, 1.0)
    assert not keeps_range(lambda x, y: (np.abs(x), y), bounds, 1.0, 1.0)
    assert not keeps_range(lambda x, y: (np.where(x > 9, np.nan, x), y), bounds, 1.0, 1.0)


@pytest.mark.parametrize("bounds", [[0, 0, np.nan, 1], [0, 0, np.inf, 1], [0, 0, 1e9, 1e9]])
def test_a_region_that_cannot_be_looked_at_is_as_good_as_none(bounds: list[float]) -> None:
    assert not keeps_range(lambda x, y: (x, y), np.array(bounds), 1.0, 1.0)


def test_a_region_of_no_size_is_looked_at_all_the_same() -> None:
    assert keeps_range(lambda x, y: (x, y), np.array([5.0, 5.0, 5.0, 5.0]), 1.0, 1.0)
    assert not keeps_range(lambda x, y: (x + 1, y), np.array([5.0, 5.0, 5.0, 5.0]), 1.0, 1.0)
