"""Which edges two polygons share exactly, and how segments are split where they meet."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geoplan import edges as edges_module
from geoplan.edges import Edges, distances, match_edges, numbered, resolution, unique_pairs


def layer(*polygons: object) -> np.ndarray:
    return np.array(polygons, dtype=object)


def unmatched(edges: Edges) -> set[tuple[float, ...]]:
    return {tuple(row) for row in edges.segments(~edges.matched).tolist()}


def test_the_edge_between_two_squares_is_matched_and_makes_them_neighbours():
    edges = match_edges(layer(box(0, 0, 1, 1), box(1, 0, 2, 1)))
    assert len(edges.start) == 8
    assert edges.matched.sum() == 2
    assert {tuple(row) for row in edges.segments(edges.matched).tolist()} == {(1, 0, 1, 1), (1, 1, 1, 0)}
    assert edges.neighbours.tolist() == [[0, 1]]
    assert edges.twins.tolist() == []


def test_exteriors_run_counter_clockwise_and_holes_clockwise_however_they_were_given():
    ring = [(0, 0), (0, 4), (4, 4), (4, 0)]
    hole = [(1, 1), (2, 1), (2, 2), (1, 2)]
    edges = match_edges(layer(shapely.Polygon(ring, [hole])))
    x0, y0, x1, y1 = edges.segments().T
    assert ((x0 * y1 - x1 * y0).sum() / 2.0) == 16 - 1
    assert (0.0, 0.0, 4.0, 0.0) in unmatched(edges)
    assert (2.0, 1.0, 1.0, 1.0) in unmatched(edges)


def test_a_duplicate_has_the_same_directed_edges_and_none_of_them_is_matched():
    edges = match_edges(layer(box(0, 0, 1, 1), box(0, 0, 1, 1), box(0, 0, 1, 1)))
    assert not edges.matched.any()
    assert edges.twins.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert edges.neighbours.tolist() == []


def test_an_edge_with_two_copies_one_way_and_one_the_other_is_unmatched_but_a_twin():
    edges = match_edges(layer(box(0, 0, 1, 1), box(0, 0, 1, 1), box(1, 0, 2, 1)))
    assert not edges.matched.any()
    assert edges.twins.tolist() == [[0, 1]]


def test_an_edge_with_two_copies_each_way_is_matched_and_joins_all_of_them():
    edges = match_edges(layer(box(0, 0, 1, 1), box(0, 0, 1, 1), box(1, 0, 2, 1), box(1, 0, 2, 1)))
    assert edges.matched.sum() == 4
    assert edges.neighbours.tolist() == [[0, 2], [0, 3], [1, 2], [1, 3]]
    assert edges.twins.tolist() == [[0, 1], [2, 3]]


def test_an_edge_split_on_one_side_only_is_unmatched_on_both():
    left = box(0, 0, 1, 2)
    right = shapely.Polygon([(1, 0), (2, 0), (2, 2), (1, 2), (1, 1)])
    edges = match_edges(layer(left, right))
    assert not edges.matched.any()
    assert len(edges.start) == 9


def test_endpoints_that_differ_in_the_last_bit_are_different():
    shifted = shapely.Polygon([(1, 0), (2, 0), (2, 1), (np.nextafter(1.0, 2.0), 1)])
    assert not match_edges(layer(box(0, 0, 1, 1), shifted)).matched.any()


def test_minus_zero_is_zero():
    below = shapely.Polygon([(0, -1), (1, -1), (1, -0.0), (-0.0, -0.0)])
    assert match_edges(layer(box(0, 0, 1, 1), below)).neighbours.tolist() == [[0, 1]]


def test_repeated_vertices_make_no_edges():
    doubled = shapely.Polygon([(0, 0), (0, 0), (1, 0), (1, 1), (1, 1), (0, 1)])
    assert len(match_edges(layer(doubled)).start) == 4


def test_missing_and_empty_entries_keep_the_indices_of_the_others():
    edges = match_edges(layer(None, box(0, 0, 1, 1), shapely.Polygon(), box(1, 0, 2, 1)))
    assert set(edges.owner.tolist()) == {1, 3}
    assert edges.neighbours.tolist() == [[1, 3]]


def test_nothing_has_no_edges():
    edges = match_edges(layer(None, shapely.Polygon()))
    assert edges.segments().shape == (0, 4)
    assert edges.neighbours.shape == (0, 2)


def test_parts_and_holes_of_a_multipolygon_belong_to_it():
    many = shapely.MultiPolygon([box(0, 0, 1, 1), box(5, 0, 9, 4).difference(box(6, 1, 7, 2))])
    edges = match_edges(layer(many))
    assert len(edges.start) == 12
    assert set(edges.owner.tolist()) == {0}


def test_a_hash_collision_changes_nothing(monkeypatch):
    cells = layer(*(box(x, y, x + 1, y + 1) for x in range(4) for y in range(3)))
    expected = match_edges(cells)
    monkeypatch.setattr(edges_module, "mix", lambda xy: np.zeros(len(xy), np.uint64))
    collided = match_edges(cells)
    assert collided.matched.tolist() == expected.matched.tolist()
    assert collided.neighbours.tolist() == expected.neighbours.tolist()
    assert expected.matched.sum() == 2 * (3 * 3 + 4 * 2)


def test_unique_pairs_puts_the_smaller_index_first_and_drops_pairs_with_itself():
    pairs = unique_pairs(np.array([3, 1, 2, 1]), np.array([1, 3, 2, 0]))
    assert pairs.tolist() == [[0, 1], [1, 3]]


@pytest.mark.parametrize(
    ("magnitude", "ulp"),
    [(39_500_000.0, 2.0**-27), (500_000.0, 2.0**-34), (117.2, 2.0**-46)],
)
def test_the_resolution_is_8_ulp_of_the_largest_coordinate(magnitude, ulp):
    assert resolution(np.array([[1.0, -magnitude]])).tolist() == [8 * ulp]


def test_a_ring_too_thin_for_its_area_to_be_computed_still_turns_the_right_way():
    # 64 m long and 2⁻²⁴ m wide beside large coordinates; given clockwise and counter-clockwise.
    thin = shapely.box(500_000, 3_520_000, 500_064, 3_520_000 + 2.0**-24 * 16)
    for shape in (thin, thin.reverse()):
        edges = match_edges(layer(shape, box(500_000, 3_519_999, 500_064, 3_520_000)))
        assert edges.neighbours.tolist() == [[0, 1]]


def test_the_neighbours_of_some_polygons_are_all_theirs_and_no_others():
    cells = layer(*(box(x, 0, x + 1, 1) for x in range(6)))
    assert match_edges(cells).beside(np.array([2, 5])).tolist() == [[1, 2], [2, 3], [4, 5]]


def test_neighbours_are_found_also_where_an_edge_has_many_copies():
    edges = match_edges(layer(box(0, 0, 1, 1), box(0, 0, 1, 1), box(1, 0, 2, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)))
    assert edges.beside(np.array([0])).tolist() == [[0, 2], [0, 3]]


def test_the_edges_of_polygons_are_found_by_their_index():
    hole = [(1, 1), (2, 1), (2, 2), (1, 2)]
    shapes = layer(
        None, shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [hole]), box(9, 9, 10, 10), shapely.Polygon()
    )
    edges = match_edges(shapes)
    assert edges.owners(edges.of(np.array([1]))).tolist() == [1] * 8
    assert edges.of(np.array([0, 3])).tolist() == []
    assert edges.segments(edges.of(np.array([2]))).sum(axis=0).tolist() == [38, 38, 38, 38]


@pytest.mark.parametrize("block", [1, 3, 8])
def test_the_size_of_blocks_changes_nothing(block, monkeypatch):
    cells = layer(*(box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)), box(0, 0, 1, 1))
    expected = match_edges(cells)
    monkeypatch.setattr(edges_module, "BLOCK_POINTS", block)
    found = match_edges(cells)
    assert found.matched.tolist() == expected.matched.tolist()
    assert found.twins.tolist() == expected.twins.tolist() == [[0, 9]]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_an_edge_is_matched_if_as_many_copies_run_either_way(cells):
    # Unit squares in any number of copies and either orientation, counted edge by edge.
    shapes = [box(x, y, x + 1, y + 1, ccw=ccw) for x, y, ccw in cells]
    edges = match_edges(layer(*shapes))
    balance = Counter()
    for x, y, _ in cells:
        for one, other in pairwise([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]):
            balance[min(one, other), max(one, other)] += 1 if one < other else -1
    for row, matched in zip(edges.segments().tolist(), edges.matched.tolist(), strict=True):
        one, other = tuple(row[:2]), tuple(row[2:])
        assert matched == (balance[min(one, other), max(one, other)] == 0)
    sharing = {
        (i, j)
        for i, (x, y, _) in enumerate(cells)
        for j, (u, v, _) in enumerate(cells)
        if i < j and abs(x - u) + abs(y - v) == 1
    }
    assert {tuple(pair) for pair in edges.neighbours.tolist()} <= sharing
    assert {tuple(pair) for pair in edges.twins.tolist()} == {
        (i, j) for i, one in enumerate(cells) for j, other in enumerate(cells) if i < j and one[:2] == other[:2]
    }


coordinate = st.floats(-1e3, 1e3).map(lambda value: 39_500_000.0 + value) | st.integers(-3, 3).map(float)
several = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=12)


@given(several, several, several)
def test_distances_are_those_of_geos_to_the_last_bit(points: Any, starts: Any, ends: Any) -> None:
    count = min(len(points), len(starts), len(ends))
    xy, segments = np.array(points[:count]), np.hstack([starts[:count], ends[:count]])
    expected = shapely.distance(shapely.points(xy), shapely.linestrings(segments.reshape(-1, 2, 2)))
    assert distances(xy, segments).tolist() == expected.tolist()


@given(several, st.booleans())
def test_equal_points_have_one_number_and_others_another(points: Any, collide: bool) -> None:
    xy = np.array(points)
    with pytest.MonkeyPatch.context() as patch:
        if collide:
            patch.setattr(edges_module, "mix", lambda xy: np.zeros(len(xy), np.uint64))
        number, distinct = numbered(xy)
    assert distinct[number].tolist() == (xy + 0.0).tolist()
    assert len(distinct) == len({(x, y) for x, y in points}) == len(np.unique(number))


def test_minus_zero_is_zero_and_no_points_have_no_number() -> None:
    assert numbered(np.array([[0.0, -0.0], [-0.0, 0.0]]))[0].tolist() == [0, 0]
    assert len(numbered(np.empty((0, 2)))[1]) == 0
