"""Flat rings: order, signs, plane areas and splitting, on squares that can be counted by hand."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from geoplan import rings as module
from geoplan.errors import GeometryError
from geoplan.rings import on_globe, rings_of, split

SQUARE = shapely.box(0, 0, 10, 10)
WITH_HOLE = shapely.Polygon(SQUARE.exterior, [[(2, 2), (4, 2), (4, 4), (2, 4)]])


def test_exteriors_count_up_and_holes_count_down() -> None:
    rings = rings_of([WITH_HOLE, shapely.MultiPolygon([SQUARE, shapely.box(20, 0, 21, 1)])])
    assert rings.sign.tolist() == [1, -1, 1, 1]
    assert rings.feature.tolist() == [0, 0, 1, 1]
    assert rings.planar().tolist() == [96, 101]


def test_none_empty_and_lines_are_not_measurable_and_a_collapsed_ring_is_zero() -> None:
    flat = shapely.Polygon([(0, 0), (1, 0), (2, 0)])
    areas = rings_of([None, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)]), flat, SQUARE]).planar()
    assert np.isnan(areas[:3]).all()
    assert areas[3:].tolist() == [0, 100]


def test_an_empty_part_of_a_multipolygon_takes_nothing_from_the_other() -> None:
    assert rings_of([shapely.from_wkt("MULTIPOLYGON (EMPTY, ((0 0, 3 0, 3 3, 0 3, 0 0)))")]).planar().tolist() == [9]


def test_no_geometry_at_all_has_no_rings() -> None:
    assert rings_of([]).planar().tolist() == []


def test_the_given_array_is_left_as_it_was() -> None:
    given = np.array([shapely.Point(0, 0), SQUARE], dtype=object)
    rings_of(given)
    assert given[0].geom_type == "Point"


def test_a_thin_piece_far_from_the_origin_keeps_its_area_exactly() -> None:
    # Powers of two, so that every coordinate is exact: 64 by 2**-11 at seven-digit coordinates.
    thin = shapely.box(518_935, 3_521_910, 518_935 + 64, 3_521_910 + 2**-11)
    assert rings_of([thin]).planar()[0] == 64 * 2**-11


def test_a_step_is_split_into_equal_parts_and_the_vertices_stay() -> None:
    rings = rings_of([SQUARE])  # (10, 0) (10, 10) (0, 10) (0, 0) (10, 0)
    (run,) = split(rings, np.array([2, 1, 4, 1, 1]))
    points = list(zip(run.x.tolist(), run.y.tolist(), strict=True))
    assert points == [(10, 0), (10, 5), (10, 10), (0, 10), (0, 7.5), (0, 5), (0, 2.5), (0, 0), (10, 0)]


def test_only_new_points_are_rounded() -> None:
    rings = rings_of([shapely.box(0, 0, 1.00004, 1)])
    (run,) = split(rings, np.array([3, 1, 1, 1, 1]), decimals=2)
    assert run.x[:4].tolist() == [1.00004, 1.0, 1.0, 1.00004]
    assert run.y[:4].tolist() == [0, 0.33, 0.67, 1]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_runs_of_any_size_visit_every_step_once(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_POINTS", limit)
    rings = rings_of([WITH_HOLE, SQUARE])
    parts = np.array([3, 1, 2, 5, 1, 1, 4, 1, 1, 1, 2, 2, 2, 2, 1])
    lengths = np.zeros(3)
    for run in split(rings, parts):
        lengths += run.sum_edges(np.hypot(np.diff(run.x), np.diff(run.y)))
    assert lengths == pytest.approx([40, 8, 40])


def test_a_ring_across_the_antimeridian_is_refused_by_its_number() -> None:
    across = shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    with pytest.raises(GeometryError, match=r"feature 3.*antimeridian") as caught:
        on_globe(rings_of([SQUARE, None, across]))
    assert "180" in caught.value.line("zh")


def test_two_parts_on_either_side_of_the_antimeridian_are_not_refused() -> None:
    cut = shapely.MultiPolygon([shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -179, 1)])
    assert on_globe(rings_of([cut])).x.max() == 180


def test_metres_taken_for_degrees_become_not_a_number() -> None:
    rings = on_globe(rings_of([shapely.box(518_935, 3_521_910, 518_936, 3_521_911), SQUARE]))
    assert np.isnan(rings.planar()).tolist() == [True, False]


MANY = [WITH_HOLE, None, shapely.MultiPolygon([SQUARE, shapely.box(20, 0, 21, 1)]), shapely.Point(0, 0), SQUARE]


def test_rings_of_some_geometries_are_those_of_the_geometries_alone() -> None:
    part = rings_of(MANY).of_features(1, 4)
    assert part.feature.tolist() == [1, 1]
    assert np.isnan(part.planar()).tolist() == [True, False, True]
    assert part.planar()[1] == 101


def test_chosen_rings_come_in_the_order_asked_for() -> None:
    some = rings_of(MANY).taken(np.array([4, 1]))
    assert some.feature.tolist() == [4, 0]
    assert some.sign.tolist() == [1, -1]
    assert np.abs(some.turned()).tolist() == [100, 4]


@pytest.mark.parametrize("limit", [1, 5, 6, 11, 1000])
def test_blocks_are_whole_rings_and_all_of_them(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_POINTS", limit)
    rings = rings_of(MANY)
    areas = np.concatenate([np.abs(block.turned()) for block, _ in rings.blocks()])
    assert areas.tolist() == [100, 4, 100, 1, 100]
    assert rings.planar()[[0, 2, 4]].tolist() == [96, 101, 100]


def test_coordinates_read_in_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rings_of(MANY)
    monkeypatch.setattr(module, "CHUNK_POINTS", 3)
    pieces = rings_of(MANY)
    assert pieces.x.tolist() == whole.x.tolist()
    assert pieces.y.tolist() == whole.y.tolist()


def test_a_ring_turns_by_its_sign() -> None:
    clockwise = shapely.Polygon([(0, 0), (0, 2), (2, 2), (2, 0)])
    assert rings_of([clockwise, shapely.box(0, 0, 3, 1)]).turned().tolist() == [-4, 3]


def test_a_ring_knows_its_turn_and_its_start() -> None:
    rings = rings_of([WITH_HOLE, SQUARE])
    assert np.abs(rings.turned()).tolist() == [100, 4, 100]
    assert rings.turned()[0] == -rings_of([shapely.reverse(SQUARE)]).turned()[0]
    assert rings.starts().tolist() == [0, 5, 10]
    assert rings.bridges().tolist() == [4, 9]
    assert rings.ring.tolist() == [0] * 5 + [1] * 5 + [2] * 5


@pytest.mark.parametrize(("first", "last", "areas"), [
    (0, 1, [96.0]),
    (1, 3, [float("nan"), 100.0]),
    (2, 4, [100.0, 104.0]),
    (1, 1, []),
    (0, 4, [96, float("nan"), 100, 104]),
])  # fmt: skip
def test_a_run_of_geometries_measures_as_it_does_among_the_others(first: int, last: int, areas: list[float]) -> None:
    pair = shapely.MultiPolygon([SQUARE, shapely.box(20, 0, 22, 2)])
    rings = rings_of([WITH_HOLE, None, SQUARE, pair])
    assert rings.of_features(first, last).planar().tolist() == pytest.approx(areas, nan_ok=True)


def test_chosen_rings_come_in_the_order_asked_for_with_all_their_vertices() -> None:
    rings = rings_of([WITH_HOLE, shapely.box(0, 0, 1, 1)])
    chosen = rings.taken(np.array([2, 0]))
    assert chosen.lengths.tolist() == [5, 5]
    assert chosen.sign.tolist() == [1, 1]
    assert np.abs(chosen.turned()).tolist() == [1, 100]
    assert sorted(zip(chosen.x[:4].tolist(), chosen.y[:4].tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert rings.taken(np.array([], dtype=np.int64)).x.tolist() == []


@pytest.mark.parametrize("block", [1, 5, 6, 11, 10_000])
def test_blocks_of_any_size_hold_whole_rings_and_each_of_them_once(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_POINTS", block)
    rings = rings_of([WITH_HOLE, SQUARE, shapely.box(0, 0, 3, 1)])
    seen = [(place.start, place.stop, len(one.x)) for one, place in rings.blocks()]
    assert [start for start, _, _ in seen] == [0, *(stop for _, stop, _ in seen[:-1])]
    assert sum(count for _, _, count in seen) == len(rings.x)
    assert np.abs(rings.turned()).tolist() == [100, 4, 100, 3]


@pytest.mark.parametrize("chunk", [1, 4, 7, 1000])
def test_coordinates_taken_in_pieces_are_those_taken_at_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_POINTS", chunk)
    shapes = [WITH_HOLE, None, shapely.Polygon(), shapely.MultiPolygon([SQUARE, shapely.box(20, 0, 22, 2)])]
    rings = rings_of(shapes)
    flat = shapely.get_coordinates(np.array(shapes, dtype=object))
    assert np.column_stack((rings.x, rings.y)).tolist() == flat.tolist()


def test_heights_and_infinities_are_no_part_of_a_ring_that_can_be_measured() -> None:
    high = shapely.Polygon([(0, 0, 9), (3, 0, 9), (3, 3, 9), (0, 3, 9)])
    far = shapely.transform(SQUARE, lambda xy: np.where(xy > 5, np.inf, xy))
    areas = rings_of([high, far]).planar()
    assert areas[0] == 9
    assert np.isnan(areas[1])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 40), st.integers(1, 40), st.booleans()),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_any_mixture_of_rectangles_holes_parts_and_gaps_measures_as_shapely_does(
    boxes: list[tuple[int, int, int, int, bool]], random: Random
) -> None:
    shapes: list[shapely.Geometry | None] = []
    for x, y, width, height, hollow in boxes:
        box = shapely.box(x, y, x + width + 2, y + height + 2)
        inner = [shapely.box(x + 1, y + 1, x + 1 + width / 2, y + 1 + height / 2).exterior.coords]
        shapes.append(shapely.Polygon(box.exterior, inner if hollow else None))
    if len(shapes) > 1:
        shapes.append(shapely.MultiPolygon([translate(shape, 500 * n, 0) for n, shape in enumerate(shapes)]))
    shapes += [None, shapely.Point(0, 0)]
    random.shuffle(shapes)
    expected = [s.area if s is not None and s.geom_type != "Point" else float("nan") for s in shapes]
    assert rings_of(shapes).planar().tolist() == pytest.approx(expected, nan_ok=True)


def test_an_edge_of_half_a_turn_is_allowed_and_the_feature_that_jumps_is_named() -> None:
    half = shapely.Polygon([(-90, 0), (90, 0), (90, 1), (-90, 1)])
    assert on_globe(rings_of([half])).x.max() == 90
    more = shapely.Polygon([(-90, 0), (90.5, 0), (90.5, 1), (-90, 1)])
    with pytest.raises(GeometryError, match="feature 2"):
        on_globe(rings_of([half, more]))


def test_a_latitude_beyond_the_pole_is_no_place() -> None:
    found = on_globe(rings_of([shapely.box(0, 89, 1, 91), shapely.box(359, 0, 360, 1)]))
    assert np.isnan(found.planar()).tolist() == [True, False]
