"""Each step of a repair by itself: what it is for is changed, at rest after once, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.crs import norm_crs
from geoplan.repair import STEPS
from geoplan.repair.cleaning import drop_heights, drop_repeated_vertices, make_valid, orient
from geoplan.repair.pieces import close_gaps, close_overlaps
from geoplan.repair.shapes import Reach, changed, polygonal_part, tolerated, usable
from geoplan.repair.snapping import moves, snap
from geoplan.types import Tolerance
from tests.helpers import EAST, NORTH, rectangle, square

REACH = Reach(Tolerance(1.0, 0.01), 0.01, norm_crs("EPSG:4548"))
BOWTIE = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
HOLED = Polygon(square(EAST, NORTH, 10).exterior, [square(EAST + 2, NORTH + 2, 3).exterior])


def array(*shapes: BaseGeometry | None) -> NDArray[Any]:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def at(x: float, y: float, width: float, height: float) -> Polygon:
    return rectangle(EAST + x, NORTH + y, width, height)


with np.errstate(invalid="ignore"):
    NOWHERE = Polygon([(EAST, NORTH), (np.nan, NORTH), (EAST + 1, NORTH + 1), (EAST, NORTH)])
# What no step may trip over: nothing, emptiness, lines and points, numbers that are none, and soundness itself.
ODD = (None, Polygon(), MultiPolygon(), Point(EAST, NORTH), LineString([(EAST, NORTH), (EAST + 1, NORTH)]), NOWHERE,
       GeometryCollection([Point(EAST, NORTH)]), square(EAST + 500, NORTH, 10))  # fmt: skip


@pytest.mark.parametrize(("name", "step"), STEPS, ids=[name for name, _ in STEPS])
def test_a_step_leaves_alone_what_is_no_polygon_and_what_is_sound(name: str, step: Callable[..., Any]) -> None:
    before = array(*ODD)
    after = step(before, REACH)
    assert shapely.to_wkb(after).tolist() == shapely.to_wkb(array(*ODD)).tolist(), name
    assert after is not before
    assert before.tolist() == list(ODD)


@pytest.mark.parametrize(("name", "step"), STEPS, ids=[name for name, _ in STEPS])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_step_done_twice_does_nothing_the_second_time(name: str, step: Callable[..., Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [shapely.get_coordinates(at(10 * column, 0, 10, 10))[:4] for column in range(4)]
    shapes: list[BaseGeometry] = [Polygon(row + rng.uniform(-0.003, 0.003, row.shape)) for row in rows]
    once = step(array(*shapes, BOWTIE, HOLED.reverse()), REACH)
    twice = step(once, REACH)
    if name != "snapping":  # which may find, after a move, what came within reach by it
        assert not changed(once, twice).any()


@pytest.mark.parametrize("kind", ["Z", "M", "ZM"])
def test_heights_go_and_the_plane_stays_to_the_last_bit(kind: str) -> None:
    wkt = {"Z": "POLYGON Z ((0 0 1, 1 0 2, 1 1 3, 0 0 1))", "M": "POLYGON M ((0 0 1, 1 0 2, 1 1 3, 0 0 1))",
           "ZM": "POLYGON ZM ((0 0 1 5, 1 0 2 5, 1 1 3 5, 0 0 1 5))"}[kind]  # fmt: skip
    (flat,) = drop_heights(array(shapely.from_wkt(wkt)), REACH)
    assert not shapely.has_z(flat)
    assert shapely.get_coordinates(flat).tolist() == [[0, 0], [1, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize(("corners", "left"), [
    ([(0, 0), (0, 0), (9, 0), (9, 9), (9, 9), (9, 9), (0, 0)], 4),
    ([(0, 0), (9, 0), (9, 9), (0, 0)], 4),
    ([(0, 0), (9, 0), (9, 1e-12), (9, 9), (0, 0)], 5),  # not the same, however near
])  # fmt: skip
def test_only_vertices_that_repeat_exactly_go(corners: list[tuple[float, float]], left: int) -> None:
    (shape,) = drop_repeated_vertices(array(Polygon(corners)), REACH)
    assert shapely.get_num_coordinates(shape) == left
    assert shape.area == pytest.approx(40.5)


@pytest.mark.parametrize("turned", [False, True])
def test_outer_rings_run_counter_clockwise_and_holes_clockwise(turned: bool) -> None:
    (shape,) = orient(array(HOLED.reverse() if turned else HOLED), REACH)
    assert shapely.is_ccw(shape.exterior)
    assert not shapely.is_ccw(shape.interiors[0])
    assert shape.area == 91.0


@pytest.mark.parametrize(("shape", "area"), [
    (BOWTIE, 50.0),  # two triangles of 25 m²
    (Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH + 20),
              (EAST + 10, NORTH + 10), (EAST, NORTH + 10)]), 100.0),  # a square with a spike
    (MultiPolygon([square(EAST, NORTH, 10), square(EAST + 5, NORTH, 10)]), 150.0),  # two parts over each other
    (Polygon(square(EAST, NORTH, 10).exterior, [square(EAST + 20, NORTH, 2).exterior]), 104.0),  # as GEOS has it
    (Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST, NORTH)]), 0.0),  # nothing but a line
])  # fmt: skip
def test_what_is_invalid_becomes_ground_without_lines_and_points(shape: BaseGeometry, area: float) -> None:
    (mended,) = make_valid(array(shape), REACH)
    assert mended.is_valid
    assert mended.geom_type in ("Polygon", "MultiPolygon")
    assert mended.area == pytest.approx(area)


@pytest.mark.parametrize(("parts", "area", "kind"), [
    ([], 0.0, "Polygon"),
    ([Point(0, 0), LineString([(0, 0), (1, 0)])], 0.0, "Polygon"),
    ([square(0, 0, 2)], 4.0, "Polygon"),
    ([square(0, 0, 2), square(5, 5, 1), Point(9, 9)], 5.0, "MultiPolygon"),
    ([MultiPolygon([square(0, 0, 2), square(5, 5, 1)]), square(9, 9, 1)], 6.0, "MultiPolygon"),
    ([Polygon([(0, 0), (1, 0), (2, 0), (0, 0)]), square(0, 0, 2)], 4.0, "Polygon"),  # one without any ground
])  # fmt: skip
def test_the_polygons_of_anything_are_one_shape(parts: Sequence[BaseGeometry], area: float, kind: str) -> None:
    made = polygonal_part(GeometryCollection(list(parts)))
    assert (made.area, made.geom_type) == (area, kind)
    assert all(shapely.is_ccw(part.exterior) for part in shapely.get_parts(made) if not part.is_empty)


def test_a_shape_counts_as_changed_by_a_single_bit() -> None:
    one = square(EAST, NORTH, 10)
    other = shapely.transform(one, lambda xy: np.where(xy == xy.max(), np.nextafter(xy, np.inf), xy))
    pairs = [(one, one), (one, other), (one, one.reverse()), (None, None), (one, None), (Polygon(), MultiPolygon()),
             (one, shapely.force_3d(one, 0.0))]  # fmt: skip
    before, after = (array(*side) for side in zip(*pairs, strict=True))
    assert changed(before, after).tolist() == [False, True, True, False, True, True, True]


def test_only_sound_polygons_with_a_place_are_built_on() -> None:
    kept = usable(array(*ODD, BOWTIE, HOLED))
    assert [shape is not None for shape in kept] == [False] * 7 + [True, False, True]


@pytest.mark.parametrize(("width", "height", "within"), [
    (1.0, 0.9, True),  # less than 1 m²
    (1.1, 1.0, False),  # more than 1 m², and wide
    (500.0, 0.009, True),  # 4.5 m², but narrower than 1 cm
    (500.0, 0.011, False),
])  # fmt: skip
def test_a_piece_is_tolerated_when_it_is_small_or_narrow(width: float, height: float, within: bool) -> None:
    assert tolerated(array(at(0, 0, width, height)), REACH).tolist() == [within]


# ------------------------------------------------------------------ overlaps and gaps


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.0095), st.floats(5, 90), st.booleans())
def test_a_narrow_overlap_goes_to_one_side_and_no_ground_is_lost(wide: float, high: float, first: bool) -> None:
    pair = [at(0, 0, 50 + wide, high), at(50, 0, 50, high)]
    before = array(*(pair if first else pair[::-1]))
    after = close_overlaps(before, REACH)
    assert shapely.intersection(after[0], after[1]).area == pytest.approx(0.0, abs=1e-9)
    assert shapely.union_all(after).area == pytest.approx(shapely.union_all(before).area, abs=1e-6)
    assert sum(shapely.area(after)) == pytest.approx(100 * high, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.0095), st.floats(5, 90))
def test_a_narrow_gap_between_two_is_filled_by_one_of_them(wide: float, high: float) -> None:
    # A frame around both, so that what lies between them is enclosed.
    outer = at(-5, -5, 111, high + 10).difference(at(0, 0, 100, high))
    before = array(at(0, 0, 50, high), at(50 + wide, 0, 50 - wide, high), outer)
    after = close_gaps(before, REACH)
    assert shapely.area(after).sum() == pytest.approx(111 * (high + 10), abs=1e-6)
    assert shapely.get_num_interior_rings(shapely.get_parts(shapely.union_all(after))).sum() == 0
    assert sum(changed(before, after)) == 1


@pytest.mark.parametrize("size", [0.5, 0.9])
def test_a_zone_within_another_is_left_for_the_checks_however_small(size: float) -> None:
    before = array(at(0, 0, 50, 50), at(10, 10, size, size))
    assert not changed(before, close_overlaps(before, REACH)).any()


def test_what_is_large_is_left_for_the_checks() -> None:
    over = array(at(0, 0, 52, 50), at(50, 0, 50, 50))
    apart = array(at(0, 0, 50, 50), at(52, 0, 48, 50), at(-5, -5, 110, 60).difference(at(0, 0, 100, 50)))
    assert not changed(over, close_overlaps(over, REACH)).any()
    assert not changed(apart, close_gaps(apart, REACH)).any()


# ------------------------------------------------------------------ vertices


def test_the_way_of_a_vertex_is_that_to_the_nearest_one_there_is_after() -> None:
    before = array(at(0, 0, 10, 10), at(20, 0, 10, 10), None)
    after = array(at(0, 0, 10.003, 10), at(20, 0, 10, 10), None)
    count, largest = moves(before, after)
    assert count.tolist() == [2, 0, 0]
    assert largest == pytest.approx([0.003, 0.0, 0.0], abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-0.0045, 0.0045), min_size=16, max_size=16))
def test_joined_vertices_move_within_the_tolerance_and_meet(noise: list[float]) -> None:
    shift = np.array(noise).reshape(2, 4, 2) / np.sqrt(2)
    pair = []
    for place, x in enumerate((0.0, 10.0)):
        corners = shapely.get_coordinates(at(x, 0, 10, 10))[:4] + shift[place]
        pair.append(Polygon(corners))
    before = array(*pair)
    after = snap(before, REACH)
    assert moves(before, after)[1].max() <= 0.01 + 1e-9
    one, other = ({tuple(xy) for xy in shapely.get_coordinates(shape).tolist()} for shape in after)
    assert len(one & other) == 2  # the two corners of the edge between them
    assert shapely.intersection(after[0], after[1]).area == 0.0


def test_the_order_of_the_zones_decides_nothing() -> None:
    shapes = [at(0, 0, 10, 10), at(10.004, 0.003, 10, 10), at(0.002, 10.005, 20, 5), at(30, 0, 5, 5)]
    straight = snap(array(*shapes), REACH)
    turned = snap(array(*shapes[::-1]), REACH)
    assert shapely.to_wkb(straight).tolist() == shapely.to_wkb(turned[::-1]).tolist()
