"""Which polygons share at least half of their ground: the shortcuts find what working out every pair would."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.revisions.stage import _common_ground


def boxes(*corners: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*one) for one in corners], dtype=object)


def found(one: np.ndarray, other: np.ndarray) -> dict[tuple[int, int], float]:
    i, j, shares = _common_ground(one, other)
    return dict(zip(zip(i.tolist(), j.tolist(), strict=True), shares.tolist(), strict=True))


def test_a_polygon_that_stayed_shares_all_of_its_ground_and_none_with_its_neighbour() -> None:
    parcels = boxes((0, 0, 10, 10), (10, 0, 20, 10))
    assert found(parcels, parcels) == {(0, 0): 1.0, (1, 1): 1.0}


@pytest.mark.parametrize(
    ("moved", "share"),
    [(3.0, 7 / 13), (2.5, 0.6), (3.5, None), (5.0, None)],  # 7 in 13, 7.5 in 12.5, 6.5 in 13.5, 5 in 15
)
def test_the_share_is_intersection_over_union(moved: float, share: float | None) -> None:
    pairs = found(boxes((0, 0, 10, 10)), boxes((moved, 0, 10 + moved, 10)))
    assert pairs == ({} if share is None else {(0, 0): pytest.approx(share)})


def test_just_half_is_enough() -> None:
    assert found(boxes((0, 0, 3, 1)), boxes((1, 0, 4, 1))) == {(0, 0): 0.5}


def test_triangles_in_the_two_halves_of_one_box_share_nothing() -> None:
    lower, upper = shapely.Polygon([(0, 0), (4, 0), (0, 4)]), shapely.Polygon([(4, 4), (4, 0), (0, 4)])
    assert found(np.array([lower]), np.array([upper])) == {}


def test_a_polygon_within_another_shares_the_part_it_is_of_it() -> None:
    assert found(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 8))) == {(0, 0): pytest.approx(0.8)}


def test_none_on_either_side_is_no_pair() -> None:
    assert found(boxes(), boxes((0, 0, 1, 1))) == {}
    assert found(boxes((0, 0, 1, 1)), boxes()) == {}


CELLS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=8
)


@given(CELLS, CELLS)
def test_every_pair_that_counting_cells_finds_is_found_and_no_other(
    one: list[tuple[int, int, int, int]], other: list[tuple[int, int, int, int]]
) -> None:
    def cells(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
        x, y, width, height = box
        return {(i, j) for i in range(x, x + width) for j in range(y, y + height)}

    expected = {
        (i, j): len(cells(a) & cells(b)) / len(cells(a) | cells(b))
        for i, a in enumerate(one)
        for j, b in enumerate(other)
        if 2 * len(cells(a) & cells(b)) >= len(cells(a) | cells(b))
    }
    drawn = (boxes(*((x, y, x + w, y + h) for x, y, w, h in side)) for side in (one, other))
    assert found(*drawn) == pytest.approx(expected)
