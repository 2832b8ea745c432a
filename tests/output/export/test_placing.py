"""Tables taken to another system and apart by kind of geometry: nothing is invented, nothing lost unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geoplan.output.export.placing import counter_clockwise, one_kind, pieces, placed, rounded, take
from geoplan.output.export.values import Column, Layer, Table
from geoplan.types import Text
from tests.helpers import EAST, NORTH, square

POINT, LINE = shapely.Point(EAST, NORTH), shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)])
AREA = square(EAST, NORTH, 100)


def table(*shapes: BaseGeometry | None, name: Layer = "zones") -> Table:
    count = len(shapes)
    rows = tuple((f"r{row}",) for row in range(count))
    labels = tuple(Text.same(f"r{row}") for row in range(count))
    columns = (Column("id", "TEXT"),)
    return Table(name, columns, rows, shapes, labels, ("g",) * count, ("#000000",) * count, CRS.from_epsg(4548))


def test_every_vertex_is_taken_over_and_none_is_added() -> None:
    moved, losses = placed(table(AREA, None), CRS.from_epsg(4326))
    lon, lat = Transformer.from_crs(4548, 4326, always_xy=True).transform(EAST, NORTH)
    first = moved.shapes[0]
    assert first is not None
    assert shapely.get_coordinates(first)[0].tolist() == pytest.approx([lon, lat], abs=1e-10)
    assert shapely.get_num_coordinates(first) == 5
    assert (moved.shapes[1], losses) == (None, ())


def test_empty_and_infinite_shapes_have_no_place_and_the_latter_is_told() -> None:
    infinite = shapely.Point(1e300, 1e300)
    moved, losses = placed(table(shapely.Polygon(), infinite, POINT), CRS.from_epsg(4326))
    assert [shape is None for shape in moved.shapes] == [True, True, False]
    assert [loss.message.en[:7] for loss in losses] == ["1 shape"]


def test_rounding_says_whether_it_moved_anything() -> None:
    same, moved = rounded(table(POINT), 3)
    assert (same.shapes[0], moved) == (POINT, False)
    other, moved = rounded(table(shapely.Point(0.12345, -0.00001)), 3)
    assert (other.shapes[0].wkt, moved) == ("POINT (0.123 0)", True)  # type: ignore[union-attr]


def test_findings_are_taken_apart_by_kind_and_a_mixed_one_is_in_both() -> None:
    mixed = shapely.GeometryCollection([AREA, LINE])
    found = pieces(table(mixed, POINT, None, name="findings"))
    assert [(piece.name, [row[0] for row in piece.table.rows]) for piece in found] == [
        ("findings_polygon", ["r0"]),
        ("findings_line", ["r0"]),
        ("findings_point", ["r1"]),
        ("findings", ["r2"]),
    ]


def test_zones_stay_together_while_they_are_all_areas() -> None:
    (piece,) = pieces(table(AREA, None))
    assert (piece.name, piece.dimension, len(piece.table)) == ("zones", 2, 2)
    names = [piece.name for piece in pieces(table(AREA, LINE, None))]
    assert names == ["zones_polygon", "zones_line", "zones_unplaced"]


def test_singles_become_multi_only_beside_multi() -> None:
    multi = shapely.MultiPolygon([AREA])
    assert one_kind((AREA, None))[1] == "Polygon"
    shapes, kind = one_kind((AREA, multi))
    assert (kind, [shape.geom_type for shape in shapes if shape]) == ("MultiPolygon", ["MultiPolygon"] * 2)
    assert one_kind((AREA, POINT))[1] == "Unknown"


def test_rings_are_turned_as_the_standards_want() -> None:
    (shape,) = counter_clockwise(table(shapely.reverse(AREA))).shapes
    assert shape is not None
    assert shape.exterior.is_ccw


SHAPES = st.sampled_from([
    None, AREA, POINT, LINE, shapely.MultiPolygon([AREA]), shapely.MultiPoint([POINT]), shapely.MultiLineString([LINE]),
    shapely.GeometryCollection([AREA, POINT]), shapely.GeometryCollection([shapely.GeometryCollection([LINE]), AREA]),
])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=6), st.sampled_from(["zones", "findings"]))
def test_no_row_and_no_part_of_a_shape_is_lost_when_a_table_is_taken_apart(
    shapes: list[BaseGeometry | None], name: Layer
) -> None:
    found = pieces(table(*shapes, name=name))
    assert len({piece.name for piece in found}) == len(found)
    there = {row[0] for piece in found for row in piece.table.rows}
    assert there == {f"r{row}" for row in range(len(shapes))}
    for row, shape in enumerate(shapes):
        own = [
            part
            for piece in found
            for (key,), part in zip(piece.table.rows, piece.table.shapes, strict=True)
            if key == f"r{row}" and part is not None
        ]
        assert sum(part.area for part in own) == pytest.approx(0.0 if shape is None else shape.area)
        assert sum(part.length for part in own) == pytest.approx(0.0 if shape is None else shape.length)
    for piece in found:
        kinds = {int(shapely.get_dimensions(shape)) for shape in piece.table.shapes if shape is not None}
        assert kinds <= {piece.dimension}


@settings(max_examples=60, deadline=None)
@given(st.lists(SHAPES, max_size=6))
def test_shapes_of_one_kind_keep_their_ground(shapes: list[BaseGeometry | None]) -> None:
    same, kind = one_kind(tuple(shapes))
    for before, after in zip(shapes, same, strict=True):
        assert (before is None) == (after is None)
        assert before is None or after is None or before.equals(after)
    if kind != "Unknown":
        assert {shape.geom_type for shape in same if shape is not None} == {kind}


def test_a_layer_in_degrees_with_north_first_comes_out_with_longitude_first() -> None:
    # EPSG:4490 names latitude first; files here always have longitude first.
    lonlat = shapely.Point(*Transformer.from_crs(4548, 4490, always_xy=True).transform(EAST, NORTH))
    stored = replace(table(lonlat), crs=CRS.from_epsg(4490))
    moved = placed(stored, CRS.from_epsg(4548))[0].shapes[0]
    assert moved is not None
    assert (moved.x, moved.y) == pytest.approx((EAST, NORTH), abs=1e-5)


def test_rows_are_taken_with_all_that_belongs_to_them() -> None:
    chosen = take(table(AREA, POINT, LINE), [2, 0])
    assert [row[0] for row in chosen.rows] == ["r2", "r0"]
    assert chosen.shapes == (LINE, AREA)
    assert [label.en for label in chosen.labels] == ["r2", "r0"]
    assert (len(chosen), len(chosen.groups), len(chosen.colours)) == (2, 2, 2)
    assert len(take(chosen, [])) == 0
