"""Chains cover the same segments, and the same faces come of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.chains import chains

places = st.tuples(st.integers(0, 4), st.integers(0, 4))


def pieces(lines: np.ndarray) -> list[frozenset[tuple[float, ...]]]:
    found = []
    for line in lines:
        xy = [tuple(point) for point in shapely.get_coordinates(line).tolist()]
        found += [frozenset(pair) for pair in pairwise(xy)]
    return sorted(found, key=sorted)


def test_a_square_with_a_tail_and_a_square_alone() -> None:
    square = [[0, 0, 1, 0], [1, 1, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1]]
    tail = [[5, 5, 3, 3], [3, 3, 1, 1]]
    alone = [[7, 7, 8, 7], [8, 7, 8, 8], [8, 8, 7, 7]]
    lines = chains(np.array(square + tail + alone, dtype=float))
    lengths = sorted(shapely.get_num_coordinates(lines).tolist())
    assert lengths == [2, 2, 2, 3, 5]  # the ring without a junction stays in pieces
    assert pieces(lines) == sorted((frozenset([(a, b), (c, d)]) for a, b, c, d in square + tail + alone), key=sorted)


def test_one_segment_is_one_line_and_none_is_none() -> None:
    assert shapely.get_coordinates(chains(np.array([[0.0, 1, 2, 3]]))).tolist() == [[0, 1], [2, 3]]
    assert len(chains(np.empty((0, 4)))) == 0


@given(st.sets(st.tuples(places, st.sampled_from([(1, 0), (0, 1)])), max_size=40), st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_same_segments_and_the_same_faces_come_of_chains(grid, random) -> None:
    segments = [
        (x, y, x + dx, y + dy) if random.random() < 0.5 else (x + dx, y + dy, x, y) for (x, y), (dx, dy) in grid
    ]
    rows = np.array(segments, dtype=float).reshape(-1, 4)
    lines = chains(rows)
    assert pieces(lines) == sorted((frozenset([(a, b), (c, d)]) for a, b, c, d in segments), key=sorted)

    def faces(given_lines: np.ndarray) -> list[str]:
        return sorted(shapely.to_wkt(shapely.normalize(shapely.get_parts(shapely.polygonize(given_lines)))).tolist())

    assert faces(lines) == faces(shapely.linestrings(rows.reshape(-1, 2, 2)))
