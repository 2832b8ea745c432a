"""Polygons kept as rings are examined like polygons at hand, to the last finding, and few of them are ever made."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from benchmarks.fabric import make_fabric
from geoplan.coverage import Coverage, analyse
from geoplan.layer import layer_of
from geoplan.shapes import RingShapes
from tests.test_shapes import kept

cell = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))
corners = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=3, unique=True)
shape = (
    cell.map(lambda of: box(of[0], of[1], of[0] + of[2], of[1] + of[3]))
    | corners.map(Polygon).filter(lambda of: of.is_valid)
    | st.just(MultiPolygon([box(0, 0, 1, 1), box(3, 3, 4, 4)]))
    | st.just(Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (5, 3), (5, 5), (3, 5)]]))
    | st.none()
)


def array(shapes: list[Any]) -> Any:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def told(found: Coverage) -> list[Any]:
    return [
        [(one.first, one.second, one.geometry.wkt, one.area, one.relation) for one in found.overlaps],
        [(one.geometry.wkt, one.area, one.neighbours) for one in found.gaps],
        [(one.first, one.second, one.points.wkt, one.distance) for one in found.unmatched],
        found.rounding,
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(shape, max_size=9), st.sampled_from([None, box(-1, -1, 10, 10)]))
def test_rings_are_examined_like_polygons(shapes: list[Any], boundary: Any) -> None:
    plain = analyse(array(shapes), boundary=boundary, distance=0.1)
    assert told(analyse(kept(shapes), boundary=boundary, distance=0.1)) == told(plain)


def test_of_a_fabric_only_what_lies_at_unmatched_edges_is_made() -> None:
    fabric = make_fabric(2_000, seed=3, overlaps=5, gaps=5)
    lazy = kept(list(fabric.polygons))
    found = analyse(lazy, distance=0.01)
    assert told(found) == told(analyse(fabric.polygons, distance=0.01))
    assert (len(found.overlaps), len(found.gaps)) == (5, 5)
    assert lazy._shelf.brought < 0.25 * len(lazy)  # those at the rim, and at ten defects with their neighbours


def test_polygons_of_three_dimensions_are_examined_in_two_and_others_left_out() -> None:
    high = Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])
    layer = layer_of(array([high, shapely.Point(0, 0), None, box(0, 0, 1, 1)]))
    assert [one is None or one.has_z for one in layer.polygons] == [False, True, True, False]
    assert layer.tree.near(np.array([[0.0, 0, 1, 1]])).tolist() == [0, 3]


def test_rings_are_kept_as_they_are() -> None:
    lazy: Any = kept([box(0, 0, 1, 1)])
    assert isinstance(layer_of(lazy).polygons, RingShapes)
