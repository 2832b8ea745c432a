"""Arrays of geometry made when it is looked at: whatever is asked of them, they answer as the geometry itself does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from geoplan.read.wkb import Blobs, decoded
from geoplan.rings import rings_of
from geoplan.shapes import LazyShapes, RingShapes, Shelf, rings_in, sizes

RING = [(0, 0), (4, 0), (4, 4), (0, 4)]
HOLED = Polygon(RING, [[(1, 1), (2, 1), (2, 2), (1, 2)]])
APART = MultiPolygon([box(10, 0, 11, 1), box(12, 0, 14, 2)])
SHAPES: list[Any] = [
    box(0, 0, 1, 1),
    None,
    HOLED,
    MultiPolygon([box(5, 5, 6, 7)]),
    APART,
    Polygon(),
    Point(1, 2),
    Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),  # crosses itself
    box(20, 20, 30, 21),
]
ASKED = [
    shapely.is_missing,
    shapely.is_empty,
    shapely.get_type_id,
    shapely.get_num_coordinates,
    shapely.has_z,
    shapely.is_valid,
    shapely.area,
    shapely.to_wkb,
]
places = st.lists(st.integers(0, len(SHAPES) - 1), unique=True, max_size=5).map(sorted)


def array(shapes: list[Any]) -> Any:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def kept(shapes: list[Any]) -> RingShapes:
    """Return geometry kept as rings, as it comes from a file."""
    blobs = [b"" if shape is None else shapely.to_wkb(shape, byte_order=1) for shape in shapes]
    there = np.array([shape is not None for shape in shapes])
    ends = np.append(0, np.cumsum([len(blob) for blob in blobs]))
    return RingShapes(decoded(Blobs(np.frombuffer(b"".join(blobs), np.uint8), ends, there)))


def same(one: Any, other: Any) -> bool:
    """Return whether two arrays of geometry hold the same, vertex by vertex."""
    return shapely.to_wkb(np.asarray(one)).tolist() == shapely.to_wkb(array(list(other))).tolist()


@pytest.mark.parametrize("function", ASKED, ids=lambda function: function.__name__)
def test_what_is_asked_of_all_or_some_is_what_the_geometry_says(function: Any) -> None:
    lazy, plain = kept(SHAPES), array(SHAPES)
    assert repr(function(lazy).tolist()) == repr(function(plain).tolist())  # NaN is no NaN's equal
    for chosen in ([2, 0, 4], slice(1, 4), plain != None, np.array([], dtype=np.int64)):  # noqa: E711 - per entry
        assert repr(function(lazy[chosen]).tolist()) == repr(function(plain[chosen]).tolist())


def test_boxes_are_those_of_the_geometry_to_the_last_bit() -> None:
    assert np.array_equal(shapely.bounds(kept(SHAPES)), shapely.bounds(array(SHAPES)), equal_nan=True)


def test_single_shapes_and_all_of_them_are_the_geometry() -> None:
    lazy = kept(SHAPES)
    assert same(lazy, SHAPES)
    assert same(list(lazy), SHAPES)
    assert lazy[1] is None
    assert lazy[-1].wkt == SHAPES[-1].wkt
    assert (len(lazy), lazy.shape, lazy.size) == (9, (9,), 9)
    with pytest.raises(IndexError):
        lazy[9]


def test_no_shape_is_made_for_what_is_known_without() -> None:
    lazy = kept([box(x, 0, x + 1, 1) for x in range(5)])
    for function in ASKED[:5]:
        function(lazy)
    shapely.bounds(lazy)
    assert lazy._shelf.brought == 0
    assert lazy[3].area == 1.0
    assert lazy._shelf.brought == 1


def test_rings_are_those_of_the_geometry() -> None:
    found, expected = kept(SHAPES).rings, rings_of(array(SHAPES))
    for name in ("x", "y", "lengths", "sign", "feature", "measurable"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name
    assert rings_in(array(SHAPES)).planar().tolist()[0] == 1.0


@given(places, st.randoms())
def test_other_shapes_in_some_places_leave_all_others_as_they_are(at: list[int], chance: Any) -> None:
    new = [chance.choice([None, box(3, 3, 5, 5), HOLED, APART, Polygon()]) for _ in at]
    expected = list(SHAPES)
    for place, shape in zip(at, new, strict=True):
        expected[place] = shape
    found = kept(SHAPES).replaced(np.array(at, dtype=np.int64), array(new))
    assert same(found, expected)
    assert shapely.get_type_id(found).tolist() == shapely.get_type_id(array(expected)).tolist()
    rings = rings_of(array(expected))
    for name in ("x", "y", "lengths", "sign", "feature", "measurable"):
        assert getattr(found.rings, name).tolist() == getattr(rings, name).tolist(), name


def test_parts_are_the_single_polygons_in_their_order() -> None:
    polygons = [box(0, 0, 1, 1), APART, None, HOLED, MultiPolygon([box(5, 5, 6, 7)])]
    parts, of = kept(polygons).parts()
    assert of.tolist() == [0, 1, 1, 3, 4]
    assert same(parts, [polygons[0], *APART.geoms, HOLED, box(5, 5, 6, 7)])
    assert shapely.get_type_id(parts).tolist() == [3] * 5
    assert parts.rings.planar().tolist() == [1.0, 1.0, 4.0, 15.0, 2.0]


def test_an_empty_part_is_none() -> None:
    parts, of = kept([MultiPolygon([box(0, 0, 1, 1), Polygon(), box(2, 0, 3, 1)]), box(5, 5, 6, 6)]).parts()
    assert (of.tolist(), len(parts)) == ([0, 0, 1], 3)


def test_sizes_are_areas_and_perimeters() -> None:
    some = [box(0, 0, 3, 1), HOLED, APART]
    for shapes in (kept(some), array(some)):
        area, perimeter = sizes(shapes)
        assert area.tolist() == [3.0, 15.0, 5.0]
        assert perimeter.tolist() == [8.0, 20.0, 12.0]


def test_a_shelf_asks_for_each_shape_once() -> None:
    asked: list[list[int]] = []

    def bring(rows: Any) -> Any:
        asked.append(rows.tolist())
        return rows, shapely.points(rows, rows)

    shelf = Shelf(5, bring)
    shelf.put(np.array([2]), array([Point(9, 9)]))
    lazy = LazyShapes(shelf, dict)
    assert [point.x for point in lazy[[3, 2, 3]]] == [3.0, 9.0, 3.0]
    assert [point.x for point in lazy] == [0.0, 1.0, 9.0, 3.0, 4.0]
    assert (asked, shelf.brought) == ([[3], [0, 1, 4]], 5)
    assert lazy.whole
    assert not lazy[[0, 1]].whole
    assert lazy.copy() is not lazy.copy()
