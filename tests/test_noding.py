"""Segments split where they meet, by hand-drawn cases, any small integers, and an independent search by pairs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan import noding
from geoplan.noding import node


def undirected(segments: np.ndarray) -> set[frozenset[tuple[float, float]]]:
    return {frozenset([(x0, y0), (x1, y1)]) for x0, y0, x1, y1 in segments.tolist()}


def test_crossing_segments_are_split_at_the_crossing():
    pieces = node(np.array([[0.0, 0, 2, 2], [0, 2, 2, 0]]))
    centre = (1.0, 1.0)
    assert undirected(pieces) == {frozenset([centre, corner]) for corner in [(0, 0), (2, 2), (0, 2), (2, 0)]}


def test_a_segment_is_split_where_another_ends_on_it():
    pieces = node(np.array([[0.0, 0, 4, 0], [1, 0, 1, 5]]))
    assert undirected(pieces) == {
        frozenset([(0, 0), (1, 0)]),
        frozenset([(1, 0), (4, 0)]),
        frozenset([(1, 0), (1, 5)]),
    }


def test_overlapping_collinear_segments_become_three_pieces():
    pieces = node(np.array([[0.0, 0, 6, 3], [2, 1, 8, 4]]))
    assert undirected(pieces) == {
        frozenset([(0, 0), (2, 1)]),
        frozenset([(2, 1), (6, 3)]),
        frozenset([(6, 3), (8, 4)]),
    }


def test_the_same_segment_three_times_either_way_is_one():
    assert len(node(np.array([[0.0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]))) == 1


def test_segments_apart_stay_as_they_are():
    given_segments = np.array([[0.0, 0, 1, 0], [0, 1, 1, 1]])
    assert undirected(node(given_segments)) == undirected(given_segments)


def test_a_vertex_just_outside_the_box_of_a_level_segment_still_splits_it():
    ulp = np.spacing(8.0)
    pieces = node(np.array([[0.0, 8.0, 6.0, 8.0], [4.0, 8.0 + ulp, 4.0, 12.0]]))
    assert len(pieces) == 3


def test_parallel_segments_a_tenth_of_a_micrometre_apart_at_eastings_of_39_million_stay_apart():
    east, apart = 39_500_000.0, 1e-7
    segments = np.array([[east, 0.0, east, 100.0], [east + apart, 0.0, east + apart, 100.0]])
    assert len(node(segments)) == 2


def test_lines_through_one_point_that_no_double_can_hold_get_one_common_vertex():
    # All pass through (1/3, 1/3); each pair of them rounds that point differently.
    lines = np.array([[0.0, 0, 1, 1], [0, 1, 0.5, 0], [1, 0, 0, 0.5], [0, 2 / 3, 2 / 3, 0], [0, 0.25, 1, 0.5]])
    pieces = node(lines)
    ends, count = np.unique(pieces.reshape(-1, 2).round(9), axis=0, return_counts=True)
    assert count[(np.abs(ends - 1 / 3) < 1e-8).all(axis=1)].tolist() == [10]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=2, max_size=14))
def test_noded_pieces_meet_only_at_their_ends_and_cover_what_was_given(rows):
    segments = np.array([row for row in rows if row[:2] != row[2:]], dtype=float).reshape(-1, 4)
    if len(segments) == 0:
        return
    pieces = shapely.linestrings(node(segments).reshape(-1, 2, 2))
    given_lines = shapely.union_all(shapely.linestrings(segments.reshape(-1, 2, 2)))
    assert shapely.length(pieces).sum() == pytest.approx(given_lines.length, abs=1e-9)
    one, other = shapely.STRtree(pieces).query(pieces, predicate="crosses")
    assert len(one) == len(other) == 0


def test_vertices_that_nearly_agree_are_merged_wherever_they_lie_in_the_order():
    ulp = np.spacing(500_000.0)
    given_segments = np.array(
        [[500_000.0, 5.0, 500_001.0, 9.0], [500_000.0 + ulp, 5.0, 499_990.0, 7.0], [500_000.0, 8.0, 499_000.0, 5.0]]
    )
    assert len({tuple(end) for end in node(given_segments).reshape(-1, 2).tolist()}) == 5


@pytest.mark.parametrize("far", [0.0, 500_000.0, 39_500_000.0])
@pytest.mark.parametrize("ulps", [-8, -7, -3, 0, 1, 7, 8])
def test_whatever_lies_within_8_ulp_is_looked_at(far, ulps):
    ulp = np.spacing(far + 64.0)
    rng = np.random.default_rng(1)
    ends = far + rng.uniform(0, 60, (40, 2))
    near = ends + ulp * np.array([ulps, -ulps])
    alone = far + np.array([[61.0, 61.0], [62.0, 63.0]])
    company = noding._have_company(np.vstack([ends, near, alone]) if ulps else np.vstack([ends, alone]))
    assert company[:-2].all() == bool(ulps)
    assert not company[-2:].any()


@pytest.mark.parametrize("block", [1, 2, 7])
def test_the_size_of_blocks_changes_nothing(block, monkeypatch):
    rows = np.random.default_rng(3).integers(0, 12, (60, 4)).astype(float)
    expected = undirected(node(rows))
    monkeypatch.setattr(noding, "BLOCK_POINTS", block)
    assert undirected(node(rows)) == expected


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 6)] * 4), min_size=2, max_size=7))
def test_the_vertices_are_the_ends_and_the_meeting_points_in_exact_fractions(rows):
    segments = [row for row in rows if row[:2] != row[2:]]
    if not segments:
        return
    expected = {(Fraction(x), Fraction(y)) for row in segments for x, y in (row[:2], row[2:])}
    for place, one in enumerate(segments):
        expected |= {point for other in segments[:place] if (point := crossing(one, other)) is not None}
    found = {tuple(end) for end in node(np.array(segments, dtype=float)).reshape(-1, 2).tolist()}
    assert len(found) == len(expected)
    for x, y in expected:
        assert any(abs(float(x) - u) + abs(float(y) - v) < 1e-12 for u, v in found)


def crossing(one, other):
    """Return the one point two segments share, in fractions; None where there is none, or a stretch."""
    (ax, ay, bx, by), (cx, cy, dx, dy) = one, other
    turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if turn == 0:
        return None
    along = Fraction((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx), turn)
    across = Fraction((cx - ax) * (by - ay) - (cy - ay) * (bx - ax), turn)
    if not (0 <= along <= 1 and 0 <= across <= 1):
        return None
    return ax + along * (bx - ax), ay + along * (by - ay)
