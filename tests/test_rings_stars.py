"""Rings that surely run once round their middle: whatever is said of them, GEOS says too."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import rotate, scale, translate

from geoplan import rings as module
from geoplan.rings import rings_of

SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]
ANGLES = np.radians(90 + 144 * np.arange(5))
PENTAGRAM = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
points = st.tuples(st.integers(-4, 4), st.integers(-4, 4))


def stars(*shapes: shapely.Geometry) -> list[int]:
    return rings_of(np.array(shapes, dtype=object)).stars.tolist()


def test_a_square_is_one_whichever_way_it_is_drawn() -> None:
    assert stars(shapely.Polygon(SQUARE), shapely.Polygon(SQUARE[::-1])) == [1, -1]


def test_an_l_seen_whole_from_its_middle_is_one_and_a_horseshoe_is_not() -> None:
    corner = shapely.Polygon([(0, 0), (4, 0), (4, 3), (3, 3), (3, 4), (0, 4)])
    horseshoe = shapely.Polygon([(0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (1, 1), (1, 9), (0, 9)])
    assert stars(corner, horseshoe) == [1, 0]


def test_a_ring_that_runs_round_twice_is_none() -> None:
    assert stars(shapely.Polygon(PENTAGRAM), shapely.Polygon(PENTAGRAM[::-1])) == [0, 0]


@pytest.mark.parametrize(
    "ring",
    [
        [(0, 0), (1, 1), (1, 0), (0, 1)],  # a bow tie
        [(0, 0), (2, 0), (2, 2), (1, 2), (1, 3), (1, 2), (0, 2)],  # a spike
        [(0, 0), (1, 0), (2, 0)],  # no inside at all
        [(0, 0), (0, 0), (1, 0), (1, 1), (0, 1)],  # a vertex twice
    ],
)
def test_what_is_wrong_or_cannot_be_told_is_none(ring: list[tuple[float, float]]) -> None:
    assert stars(shapely.Polygon(ring), shapely.Polygon(ring[::-1])) == [0, 0]


def test_a_corner_within_rounding_of_a_straight_line_through_the_middle_is_none() -> None:
    # The middle lies on the step from the first vertex to the second, up to the last digit.
    flat = shapely.Polygon([(-1.0, 0.0), (1.0, 2.0**-52), (0.5, 2.0**-52), (-0.5, -(2.0**-51))])
    assert stars(flat) == [0]


@pytest.mark.filterwarnings("error")
def test_coordinates_without_end_are_none_and_warn_of_nothing() -> None:
    endless = shapely.from_wkt("POLYGON ((0 0, 1 0, Infinity 1, 0 1, 0 0))")
    huge = scale(shapely.Polygon(SQUARE), 1e300, 1e300, origin=(0, 0))
    assert stars(endless, huge) == [0, 0]


def test_a_square_too_small_for_products_is_none() -> None:
    assert stars(scale(shapely.Polygon(SQUARE), 1e-170, 1e-170, origin=(0, 0))) == [0]


def test_each_ring_is_told_of_whatever_lies_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    holed = shapely.Polygon(SQUARE).buffer(3).difference(shapely.Polygon(SQUARE))
    shapes = [shapely.Polygon(SQUARE), shapely.Polygon(PENTAGRAM), holed, translate(shapely.Polygon(SQUARE), 9)]
    alone = [star for shape in shapes for star in stars(shape)]
    monkeypatch.setattr(module, "BLOCK_POINTS", 3)
    assert stars(*shapes) == alone


@given(st.lists(st.lists(points, min_size=3, max_size=9), min_size=1, max_size=6))
def test_of_any_rings_those_told_are_simple_and_turn_as_told(drawn: list[list[tuple[int, int]]]) -> None:
    shapes = [shapely.Polygon(ring) for ring in drawn]
    for shape, star in zip(shapes, stars(*shapes), strict=True):
        if star != 0:
            assert shape.is_valid
            assert shape.exterior.is_ccw == (star > 0)


@given(
    st.integers(3, 40),
    st.lists(st.floats(0.2, 1.0), min_size=40, max_size=40),
    st.floats(0, 360),
    st.sampled_from([1e-6, 1.0, 1e7]),
)
def test_any_shape_drawn_round_a_place_far_away_is_simple_where_it_is_told(
    count: int, reach: list[float], turned: float, far: float
) -> None:
    angles = 2 * np.pi * np.arange(count) / count
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(reach[:count])[:, None]
    shape = translate(rotate(shapely.Polygon(ring), turned), far, -far)
    assert stars(shape) == [0] or (shape.is_valid and shape.exterior.is_ccw == (stars(shape)[0] > 0))


@given(st.integers(3, 30), st.floats(0, 360))
def test_a_regular_polygon_is_always_told(count: int, turned: float) -> None:
    angles = 2 * np.pi * np.arange(count) / count
    shape = translate(rotate(shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]) * 50), turned), 5e5, 3e6)
    assert stars(shape) == [1]
