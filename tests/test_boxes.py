"""Boxes that meet: whatever their sizes and places, as comparing every pair of them says."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoplan import boxes as module
from geoplan.boxes import BoxTree, Grid, boxes_of

Floats = NDArray[np.float64]

# Sides of 0 and of a thousandth beside those of a thousand: several grids, and boxes that touch exactly.
corner = st.tuples(st.integers(0, 12), st.integers(0, 12))
side = st.sampled_from([0.0, 0.001, 1.0, 2.0, 5.0, 1000.0])
box = st.tuples(corner, side, side).map(lambda of: (*of[0], of[0][0] + of[1], of[0][1] + of[2]))
none = st.just((float("nan"),) * 4)
several = st.lists(box | none, min_size=1, max_size=30).map(lambda rows: np.array(rows, dtype=np.float64))
origin = st.sampled_from([0.0, 39_500_000.0])


def meet(one: Floats, other: Floats) -> bool:
    return bool((one[:2] <= other[2:]).all() and (other[:2] <= one[2:]).all())


def everything(monkeypatch: pytest.MonkeyPatch, *, table: bool, tree: bool, crowd: int) -> None:
    """Let grids be made without a table of cells, handed to a tree, or made finer from so many boxes in a cell on."""
    monkeypatch.setattr(module, "_TABLE", 16 if table else 0)
    monkeypatch.setattr(module, "_MOST_ROWS", 0 if tree else 8)
    monkeypatch.setattr(module, "_CROWD", crowd)


@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("tree", [True, False])
@pytest.mark.parametrize("crowd", [1, 16])
def test_boxes_meet_those_that_brute_force_finds(table: bool, tree: bool, crowd: int) -> None:
    @given(several, several, origin)
    def holds(asked: Floats, boxes: Floats, zero: float) -> None:
        found = Grid(boxes + zero).meeting(asked + zero).T.tolist()
        brute = [[i, j] for i, one in enumerate(asked) for j, two in enumerate(boxes) if meet(one, two)]
        assert sorted(found) == brute
        assert [i for i, _ in found] == sorted(i for i, _ in found)

    with pytest.MonkeyPatch.context() as patch:
        everything(patch, table=table, tree=tree, crowd=crowd)
        holds()


@pytest.mark.parametrize("tree", [True, False])
def test_each_pair_of_boxes_that_meet_is_told_once(tree: bool) -> None:
    @given(several, origin)
    def holds(boxes: Floats, zero: float) -> None:
        told = [tuple(sorted(pair)) for some in Grid(boxes + zero).pairs() for pair in some.T.tolist()]
        brute = [(i, j) for j, two in enumerate(boxes) for i, one in enumerate(boxes[:j]) if meet(one, two)]
        assert sorted(told) == sorted(brute)

    with pytest.MonkeyPatch.context() as patch:
        everything(patch, table=True, tree=tree, crowd=16)
        holds()


def test_blocks_of_pairs_are_no_more_than_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = np.array([(x, y, x + 1, y + 1) for x in range(6) for y in range(6)], dtype=np.float64)
    whole = Grid(cells).meeting(cells).T.tolist()
    monkeypatch.setattr(module, "_AT_A_TIME", 3)
    assert sorted(Grid(cells).meeting(cells).T.tolist()) == sorted(whole)
    assert len(whole) == 16**2  # of 6 cells along a side 4 have three beside each other, 2 have two: 16 along x, 16 y


def test_a_tree_answers_as_one_of_all_polygons_and_makes_only_those_it_looks_at() -> None:
    polygons = shapely.box(np.arange(100.0), 0.0, np.arange(100.0) + 0.5, 1.0)
    made: list[int] = []

    def shapes(rows: NDArray[np.int64]) -> NDArray[np.object_]:
        made.extend(rows.tolist())
        return polygons[rows]

    tree, plain = BoxTree(shapely.bounds(polygons), shapes), shapely.STRtree(polygons)
    asked = shapely.points([[7.25, 0.5], [9.75, 0.5], [50.6, 0.5]])
    for options in ({}, {"predicate": "intersects"}, {"predicate": "dwithin", "distance": 0.3}):
        assert sorted(tree.query(asked, **options).T.tolist()) == sorted(plain.query(asked, **options).T.tolist())
    assert tree.query(asked[0]).tolist() == [7]
    assert set(made) <= {7, 9, 10, 50}
    assert tree.near(np.array([[3.2, 0, 5.1, 1]])).tolist() == [3, 4, 5]


def test_nothing_meets_nothing() -> None:
    nowhere = np.full((3, 4), np.nan)
    assert Grid(nowhere).meeting(np.zeros((2, 4))).shape == (2, 0)
    assert Grid(np.zeros((1, 4))).meeting(nowhere).shape == (2, 0)
    assert list(Grid(np.empty((0, 4))).pairs()) == []


def test_the_box_of_a_segment_reaches_from_end_to_end() -> None:
    assert boxes_of(np.array([[5.0, 1.0, 2.0, 8.0]])).tolist() == [[2.0, 1.0, 5.0, 8.0]]
