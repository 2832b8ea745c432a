"""Coordinates out of Arrow columns are those that went in, whatever the bytes look like."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.read.guards import UnfitError
from geoplan.read.point_arrays import numbers_of, points_of, present_in
from tests.read.point_files import shapes_of, wkb_of

THREE = [(1.0, 2.0), (-3.5, 4.25), (1e6, -1e-6)]


def pairs(column: pa.Array) -> list[tuple[float, float]]:
    x, y = points_of(column, 0)
    return list(zip(x.tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_plain_points_are_read_from_every_kind_of_binary_column(kind: pa.DataType) -> None:
    assert pairs(wkb_of(THREE).cast(kind)) == THREE


@pytest.mark.parametrize(
    "options",
    [
        {"byte_order": 0},
        {"flavor": "iso", "output_dimension": 3},
        {"flavor": "extended", "output_dimension": 3},
        {"include_srid": True},
    ],
)
def test_byte_order_height_and_srid_do_not_change_a_place(options: dict[str, Any]) -> None:
    shapes = shapely.set_srid(shapely.force_3d(shapes_of(THREE), 7.0), 4490)
    if options.get("output_dimension") != 3:
        shapes = shapely.force_2d(shapes)
    assert pairs(pa.array(shapely.to_wkb(shapes, **options).tolist(), pa.binary())) == THREE


def test_points_with_a_measure_are_read_by_their_x_and_y() -> None:
    content = [struct.pack("<BI3d", 1, 2001, x, y, 9.0) for x, y in THREE]
    assert pairs(pa.array(content, pa.binary())) == THREE
    content = [struct.pack("<BI4d", 1, 3001, x, y, 8.0, 9.0) for x, y in THREE]
    assert pairs(pa.array(content, pa.binary())) == THREE


def test_a_missing_or_empty_point_is_not_a_number_and_the_others_stay_in_their_rows() -> None:
    column = wkb_of([(1.0, 2.0), None, (3.0, 4.0)])
    empty = pa.array([shapely.to_wkb(shapely.Point()), shapely.to_wkb(shapely.Point(5, 6))], pa.binary())
    x, y = points_of(pa.concat_arrays([column, empty]), 0)
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [False, True, False, True, False]
    assert x[[0, 2, 4]].tolist() == [1.0, 3.0, 5.0]


def test_a_slice_of_a_column_is_that_slice() -> None:
    column = wkb_of([None, (1.0, 2.0), None, (3.0, 4.0), (5.0, 6.0)])
    assert pairs(column.slice(3)) == [(3.0, 4.0), (5.0, 6.0)]
    assert pairs(column.slice(1, 1)) == [(1.0, 2.0)]
    assert pairs(column.slice(0, 0)) == []


def test_native_points_are_read_with_and_without_a_height() -> None:
    column = pa.array([{"x": 1.0, "y": 2.0, "z": 9.0}, None, {"x": 3.0, "y": None, "z": 9.0}])
    x, y = points_of(column, 0)
    assert (x[0], y[0]) == (1.0, 2.0)
    assert np.isnan([x[1], y[1], x[2], y[2]]).all()
    with pytest.raises(UnfitError, match="no x and y"):
        points_of(pa.array([{"lon": 1.0}]), 0)


def test_a_column_of_nothing_is_of_no_points() -> None:
    assert np.isnan(points_of(pa.nulls(2), 0)).all()


def test_what_is_no_point_is_named_by_its_row() -> None:
    shapes = [None, shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])]
    column = pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], pa.binary())
    with pytest.raises(UnfitError, match="feature #1,003 is a LineString, not a point"):
        points_of(column, 1_000)


def test_bytes_that_are_no_geometry_are_refused() -> None:
    with pytest.raises(shapely.errors.ShapelyError):
        points_of(pa.array([b"nonsense"], pa.binary()), 0)


@given(st.lists(st.one_of(st.none(), st.integers(-100, 100)), max_size=40), st.integers(0, 10))
def test_numbers_and_their_absence_are_those_of_the_column(values: list[int | None], begin: int) -> None:
    column = pa.array(values, pa.int32()).slice(begin)
    there = present_in(column)
    expected = values[begin:]
    assert there.tolist() == [value is not None for value in expected]
    assert numbers_of(column, np.int32)[there].tolist() == [value for value in expected if value is not None]
