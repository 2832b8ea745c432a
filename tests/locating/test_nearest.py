"""The nearest point to each zone is the one that comparing all pairs finds, however the points arrive."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.locating import NearestPoints
from tests.helpers import EAST, NORTH, square
from tests.locating.test_index import array_of


def test_the_distance_is_that_to_the_edge_and_nothing_inside() -> None:
    found = NearestPoints(array_of(square(0, 0, 10), square(100, 0, 10)))
    found.add(np.array([13.0, 105.0]), np.array([14.0, 5.0]))
    assert found.distance.tolist() == [5.0, 0.0]  # 3-4-5 from the corner (10, 10)
    assert (found.x.tolist(), found.y.tolist()) == ([13.0, 105.0], [14.0, 5.0])


def test_before_any_point_and_without_a_polygon_the_distance_is_infinite() -> None:
    found = NearestPoints(array_of(square(0, 0, 10), None))
    found.add(np.empty(0), np.empty(0))
    assert np.isinf(found.distance).all()
    found.add(np.array([20.0]), np.array([5.0]))
    assert found.distance.tolist() == [10.0, np.inf]
    assert np.isnan(found.x[1])


def test_points_that_are_all_at_one_place_and_one_zone_alone_are_no_trouble() -> None:
    found = NearestPoints(array_of(square(0, 0, 10)))
    found.add(np.full(50, 11.0), np.full(50, 5.0))
    assert found.distance.tolist() == [1.0]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_of_points_equally_near_it_is_the_first_in_order_however_they_arrive(order: tuple[int, ...]) -> None:
    points = np.array([(15.0, 5.0), (5.0, 15.0), (5.0, -5.0), (-5.0, 5.0)])[list(order)]  # each 5 m from an edge
    together, apart, merged = (NearestPoints(array_of(square(0, 0, 10))) for _ in range(3))
    together.add(*points.T)
    for x, y in points:
        apart.add(np.array([x]), np.array([y]))
        one = NearestPoints(array_of(square(0, 0, 10)))
        one.add(np.array([x]), np.array([y]))
        merged.merge(one.distance, one.x, one.y)
    for found in (together, apart, merged):
        assert (found.distance.tolist(), found.x.tolist(), found.y.tolist()) == ([5.0], [-5.0], [5.0])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([10.0, 300.0, 20_000.0]))
def test_batches_in_any_number_give_the_nearest_of_all(seed: int, batches: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 300, (30, 2))
    shapes = array_of(
        *(square(EAST + x, NORTH + y, size) for (x, y), size in zip(corners, rng.uniform(1, 40, 30), strict=True))
    )
    points = rng.uniform(-spread, spread, (60, 2)) + np.array([EAST, NORTH])
    found = NearestPoints(shapes)
    for part in np.array_split(points, batches):
        found.add(part[:, 0], part[:, 1])
    every = shapely.distance(shapes[:, None], shapely.points(points)[None, :])
    assert found.distance == pytest.approx(every.min(axis=1), abs=1e-9)
    there = shapely.points(found.x, found.y)
    assert shapely.distance(shapes, there) == pytest.approx(found.distance, abs=1e-9)
