"""Points in polygons as GEOS has it of every pair: on edges and corners, in holes and overlaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from benchmarks.fabric import make_fabric
from geoplan.locating import SEVERAL, ZoneIndex
from tests.helpers import EAST, NORTH, rectangle, square


def array_of(*shapes: BaseGeometry | None) -> NDArray[Any]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def found(index: ZoneIndex, points: NDArray[np.float64]) -> list[set[int]]:
    """Return the features each point lies in, however the index words it."""
    located = index.locate(points[:, 0].copy(), points[:, 1].copy())
    crowds: list[set[int]] = [set() for _ in range(index.crowds)]
    for crowd, feature in zip(*(values.tolist() for values in index.crowd_pairs()), strict=True):
        crowds[crowd].add(feature)
    assert len({frozenset(crowd) for crowd in crowds}) == len(crowds)
    members: list[set[int]] = []
    for code in located.code.tolist():
        if code > index.features:
            members.append(set(crowds[code - index.features - 1]))
            assert len(members[-1]) > 1
        else:
            members.append({code - 1} if code > 0 else set())
    for point, feature in zip(located.point.tolist(), located.feature.tolist(), strict=True):
        assert located.code[point] == SEVERAL
        members[point].add(feature)
    assert all(len(members[point]) > 1 for point in np.flatnonzero(located.code == SEVERAL))
    return members


def by_hand(shapes: NDArray[Any], points: NDArray[np.float64]) -> list[set[int]]:
    """Return the features each point lies in, by asking GEOS of every pair."""
    pairs = [shapely.intersects_xy(shape, points[:, 0], points[:, 1]) for shape in shapes]
    return [{place for place, inside in enumerate(column) if inside} for column in np.array(pairs).T.tolist()]


def near(shapes: NDArray[Any], rng: np.random.Generator, count: int = 200) -> NDArray[np.float64]:
    """Return points all over, and on corners, in the middle of edges, within rounding of both, and level with them."""
    corners = shapely.get_coordinates(shapes)
    west, south, east, north = shapely.total_bounds(shapes)
    anywhere = rng.uniform([west - 5, south - 5], [east + 5, north + 5], (count, 2))
    one = corners[rng.integers(len(corners), size=count)]
    place = rng.integers(len(corners) - 1, size=count)
    middle = (corners[place] + corners[place + 1]) / 2
    beside = one + rng.normal(0, 1e-9, one.shape)
    level = np.column_stack([one[:, 0], corners[rng.integers(len(corners), size=count), 1]])
    return np.concatenate([anywhere, np.round(anywhere), one, middle, beside, level])


def test_a_shared_edge_and_a_shared_corner_lie_in_every_zone_that_has_them() -> None:
    index = ZoneIndex(array_of(square(0, 0, 10), square(10, 0, 10), square(10, 10, 10)))
    points = np.array([[5.0, 5.0], [10.0, 5.0], [10.0, 10.0], [20.0, 10.0], [0.0, 0.0], [10.5, 10.0]])
    assert found(index, points) == [{0}, {0, 1}, {0, 1, 2}, {1, 2}, {0}, {1, 2}]


def test_a_hole_is_outside_and_its_edge_is_not() -> None:
    ring = Polygon(square(0, 0, 30).exterior, [square(10, 10, 10).exterior])
    index = ZoneIndex(array_of(ring))
    points = np.array([[15.0, 15.0], [10.0, 15.0], [10.0, 10.0], [5.0, 15.0]])
    assert found(index, points) == [set(), {0}, {0}, {0}]


def test_a_zone_in_the_hole_of_another_and_an_island_of_the_same_zone_are_told_apart() -> None:
    ring = Polygon(square(0, 0, 30).exterior, [square(10, 10, 10).exterior])
    island = square(12, 12, 2)
    index = ZoneIndex(array_of(MultiPolygon([ring, island]), square(10, 10, 10)))
    points = np.array([[13.0, 13.0], [17.0, 17.0], [5.0, 5.0], [10.0, 12.0]])
    assert found(index, points) == [{0, 1}, {1}, {0}, {0, 1}]


def test_any_number_of_zones_on_top_of_each_other_hold_the_same_point() -> None:
    stack = [square(0, 0, 10 + step) for step in range(40)]
    index = ZoneIndex(array_of(*stack, *stack))
    (deep,), (shallow,) = found(index, np.array([[5.0, 5.0]])), found(index, np.array([[48.5, 1.0]]))
    assert deep == set(range(80))
    assert shallow == {39, 79}


def test_what_is_no_number_or_far_away_lies_nowhere() -> None:
    index = ZoneIndex(array_of(square(EAST, NORTH, 100)))
    points = np.array([[np.nan, NORTH], [EAST, np.nan], [np.inf, NORTH], [-np.inf, np.inf], [1e300, -1e300], [0, 0]])
    assert found(index, points) == [set()] * 6


@pytest.mark.parametrize("shapes", [(), (None,), (None, Polygon())])
def test_without_polygons_every_point_is_outside(shapes: tuple[BaseGeometry | None, ...]) -> None:
    index = ZoneIndex(array_of(*shapes))
    assert found(index, np.array([[1.0, 2.0]])) == [set()]
    assert index.crowds == 0
    assert [len(pairs) for pairs in index.crowd_pairs()] == [0, 0]


def test_which_way_round_a_ring_goes_does_not_matter() -> None:
    ring = Polygon(square(0, 0, 30).exterior, [square(10, 10, 10).exterior])
    points = near(array_of(ring), np.random.default_rng(0))
    turned = shapely.reverse(ring)
    half = Polygon(turned.exterior, [ring.interiors[0]])
    assert found(ZoneIndex(array_of(turned)), points) == found(ZoneIndex(array_of(half)), points)
    assert found(ZoneIndex(array_of(turned)), points) == by_hand(array_of(ring), points)


def test_a_sliver_thinner_than_the_margin_is_left_to_geos() -> None:
    sliver = Polygon([(EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 1e-8)])
    points = np.array([[EAST + 90, NORTH], [EAST + 90, NORTH + 1e-9], [EAST + 90, NORTH + 1e-3]])
    assert found(ZoneIndex(array_of(sliver)), points) == by_hand(array_of(sliver), points)


def test_a_large_polygon_with_many_points_on_its_edges_agrees_with_geos() -> None:
    turn = np.linspace(0, 2 * np.pi, 5_000, endpoint=False)
    reach = 1_000 * (1 + 0.3 * np.sin(40 * turn))
    star = Polygon(np.column_stack([EAST + reach * np.cos(turn), NORTH + reach * np.sin(turn)]))
    shapes = array_of(star, rectangle(EAST - 3_000, NORTH - 10, 6_000, 20))
    points = near(shapes, np.random.default_rng(1))
    assert found(ZoneIndex(shapes), points) == by_hand(shapes, points)


def test_towns_far_apart_are_as_well_told_apart_as_one_town() -> None:
    rng = np.random.default_rng(2)
    towns = [make_fabric(100, seed=town).polygons for town in range(4)]
    moved = [
        shapely.transform(town, lambda xy, step=step: xy + step * 400_000.0)
        for step, town in enumerate(towns)
    ]  # fmt: skip
    shapes = np.concatenate(moved)
    chosen = shapes[rng.integers(len(shapes), size=40)]
    points = np.concatenate([near(chosen, rng, 40), shapely.get_coordinates(shapely.point_on_surface(shapes))])
    tree = shapely.STRtree(shapes)
    expected: list[set[int]] = [set() for _ in points]
    for point, feature in tree.query(shapely.points(points), predicate="intersects").T.tolist():
        expected[point].add(feature)
    assert found(ZoneIndex(shapes), points) == expected


def test_several_threads_find_what_one_does() -> None:
    fabric = make_fabric(400, seed=3, overlaps=8, gaps=8)
    rng = np.random.default_rng(4)
    west, south, east, north = shapely.total_bounds(fabric.polygons)
    points = rng.uniform([west, south], [east, north], (20_000, 2))
    corners = shapely.get_coordinates(fabric.polygons)
    points[::3] = corners[rng.integers(len(corners), size=len(points[::3]))]
    index = ZoneIndex(fabric.polygons)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda part: found(index, part), np.array_split(points, 16)))
    tree = shapely.STRtree(fabric.polygons)
    expected: list[set[int]] = [set() for _ in points]
    for point, feature in tree.query(shapely.points(points), predicate="intersects").T.tolist():
        expected[point].add(feature)
    assert [members for part in parts for members in part] == expected


def test_planted_overlaps_and_gaps_are_found_at_their_middle() -> None:
    fabric = make_fabric(900, seed=5, overlaps=12, gaps=12)
    index = ZoneIndex(fabric.polygons)
    for one, other in fabric.overlaps:
        shared = shapely.intersection(fabric.polygons[one], fabric.polygons[other])
        middle = shapely.get_coordinates(shapely.point_on_surface(shared))
        assert found(index, middle) == [{one, other}]
    wide = [gap for gap, area in fabric.gaps if area > 1]
    assert wide
    assert found(index, shapely.get_coordinates(shapely.point_on_surface(wide))) == [set()] * len(wide)


SIDES = st.integers(1, 12)
CORNERS = st.tuples(st.integers(0, 20), st.integers(0, 20))


@st.composite
def layers(draw: st.DrawFn) -> NDArray[Any]:
    """Return up to eight shapes on a grid of whole metres: boxes, holed boxes, two boxes, triangles, None."""
    shapes: list[BaseGeometry | None] = []
    origin = draw(st.sampled_from([0.0, 4e6]))
    for _ in range(draw(st.integers(1, 8))):
        (x, y), wide, high = draw(CORNERS), draw(SIDES), draw(SIDES)
        box = rectangle(origin + x, origin + y, wide, high)
        kind = draw(st.sampled_from(["box", "hole", "two", "triangle", "none", "again", "reversed"]))
        if kind == "hole":
            shapes.append(box.difference(rectangle(origin + x + wide / 4, origin + y + high / 4, wide / 2, high / 2)))
        elif kind == "two":
            shapes.append(MultiPolygon([box, rectangle(origin + x + wide + 1, origin + y, wide, high)]))
        elif kind == "triangle":
            corner = (origin + x + draw(st.integers(0, 9)), origin + y + high)
            shapes.append(Polygon([(origin + x, origin + y), (origin + x + wide, origin + y), corner]))
        elif kind == "none":
            shapes.append(None)
        elif kind == "again" and shapes:
            shapes.append(shapes[0])
        else:
            shapes.append(shapely.reverse(box) if kind == "reversed" else box)
    return array_of(*shapes)


@settings(max_examples=80, deadline=None)
@given(layers(), st.integers(0, 2**32 - 1))
def test_points_lie_where_geos_says_of_every_pair(shapes: NDArray[Any], seed: int) -> None:
    if not len(shapely.get_coordinates(shapes)):
        return
    points = near(shapes, np.random.default_rng(seed), 40)
    assert found(ZoneIndex(shapes), points) == by_hand(shapes, points)
