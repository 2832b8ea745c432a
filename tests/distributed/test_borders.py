"""Edges that parts leave over are matched by how often they run either way, in the whole layer."""

from __future__ import annotations

import numpy as np

from geoplan.distributed.borders import linework, places_among, unmatched_in

A, B, C = (0.0, 0.0), (1.0, 0.0), (1.0, 1.0)


def rows(*edges: tuple[tuple[float, float], tuple[float, float]]) -> np.ndarray:
    return np.array([[*start, *end] for start, end in edges]).reshape(-1, 4)


def test_an_edge_told_once_each_way_is_matched() -> None:
    assert unmatched_in(rows((A, B), (B, C), (B, A))).tolist() == [False, True, False]


def test_an_edge_told_twice_one_way_and_once_the_other_is_unmatched_in_all_copies() -> None:
    assert unmatched_in(rows((A, B), (B, A), (A, B))).tolist() == [True, True, True]
    assert unmatched_in(rows((A, B), (B, A), (A, B), (B, A))).tolist() == [False] * 4


def test_nothing_told_is_nothing_unmatched() -> None:
    assert unmatched_in(rows()).tolist() == []
    assert places_among(rows(), rows((A, B))).tolist() == []


def test_edges_are_found_among_others_either_way_round_by_the_first_of_these() -> None:
    several = rows((B, C), (A, B), (B, A))
    assert places_among(rows((C, B), (B, A), (A, C)), several).tolist() == [0, 1, -1]


def test_linework_gives_back_its_segments_as_they_run() -> None:
    edges = linework(rows((B, A), (B, C)))
    assert edges.segments(~edges.matched).tolist() == [[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 1.0, 1.0]]
    assert len(linework(rows()).segments()) == 0
