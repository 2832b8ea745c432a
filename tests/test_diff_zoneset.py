"""The canonical form of zones: equal means the same, whatever wrote the file."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

from geoplan.diff import ZoneSet
from geoplan.diff.zoneset import plain, same_value
from geoplan.errors import CrsError, InputError
from tests.diffs import at, zone_set
from tests.helpers import make_layer

SQUARE = at(0, 0, 100, 100)
HOLED = shapely.difference(SQUARE, at(10, 10, 5, 5))


def rewritten(shape: shapely.Polygon) -> shapely.Polygon:
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    holes = [shapely.get_coordinates(hole)[::-1] for hole in shape.interiors]
    return shapely.Polygon(np.roll(ring, 2, axis=0)[::-1], holes)


@pytest.mark.parametrize("shape", [SQUARE, HOLED], ids=["square", "with a hole"])
def test_ring_start_and_direction_make_no_difference(shape: shapely.Polygon) -> None:
    assert rewritten(shape).wkb != shape.wkb
    assert zone_set({"a": shape}) == zone_set({"a": rewritten(shape)})


def test_the_order_of_parts_makes_no_difference() -> None:
    one, other = at(0, 0, 10, 10), at(50, 0, 20, 10)
    assert zone_set({"a": shapely.MultiPolygon([one, other])}) == zone_set({"a": shapely.MultiPolygon([other, one])})


def test_heights_make_no_difference() -> None:
    assert zone_set({"a": shapely.force_3d(SQUARE, 40.0)}) == zone_set({"a": SQUARE})


def test_a_negative_zero_is_a_zero() -> None:
    shapes = [shapely.Polygon([(zero, 0), (5, 0), (5, 5)]) for zero in (0.0, -0.0)]
    assert zone_set({"a": shapes[0]}) == zone_set({"a": shapes[1]})


def test_the_last_bit_of_a_coordinate_is_kept() -> None:
    ring = shapely.get_coordinates(SQUARE)
    ring[[0, -1], 0] = np.nextafter(ring[0, 0], 0)
    moved = shapely.Polygon(ring)
    assert zone_set({"a": moved}) != zone_set({"a": SQUARE})
    geometry = zone_set({"a": moved}).zones["a"].geometry
    assert geometry is not None
    assert ring[0, 0] in shapely.get_coordinates(geometry)[:, 0]


def test_the_order_of_features_and_columns_makes_no_difference() -> None:
    one = zone_set({"a": SQUARE, "b": HOLED}, name=["A", "B"], code=["1", "2"])
    other = zone_set({"b": HOLED, "a": SQUARE}, code=["2", "1"], name=["B", "A"])
    assert one == other


def test_a_column_without_values_is_no_column() -> None:
    assert zone_set({"a": SQUARE}, note=[None]) == zone_set({"a": SQUARE}, note=[""]) == zone_set({"a": SQUARE})


@pytest.mark.parametrize("shape", [None, shapely.Polygon()], ids=["none", "empty"])
def test_a_zone_may_have_no_geometry(shape: shapely.Polygon | None) -> None:
    assert zone_set({"a": shape}).zones["a"].geometry is None


def test_coordinates_that_are_no_numbers_are_kept() -> None:
    shape = shapely.from_wkt("POLYGON ((0 0, inf 0, 5 5, 0 0))")
    assert zone_set({"a": shape}) == zone_set({"a": shape})


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:4490"):
        zone_set({"a": shapely.box(117, 31, 117.1, 31.1)}, crs="EPSG:4490")


def test_two_features_of_one_zone_are_refused_by_name() -> None:
    layer = make_layer([SQUARE, HOLED, SQUARE], ids=["a", "b", "a"])
    with pytest.raises(InputError, match="same zone: a") as caught:
        ZoneSet.from_layer(layer, ["a", "b", "a"])
    assert caught.value.hint is not None


def test_every_feature_needs_an_id() -> None:
    with pytest.raises(ValueError, match="1 ids for 2 features"):
        ZoneSet.from_layer(make_layer([SQUARE, HOLED]), ["a"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        ("", None),
        (np.datetime64("NaT"), None),
        (8.0, 8),
        (np.int32(8), 8),
        (np.float64(8.25), 8.25),
        (1e300, 1e300),
        (np.bool_(True), True),
        ("甲", "甲"),
        (dt.date(2025, 4, 1), "2025-04-01"),
        (pd.Timestamp("2025-04-01T10:00"), "2025-04-01T10:00:00"),
        (b"\x01\xff", "01ff"),
        ([1, "甲"], '[1, "甲"]'),
        (np.array([1, 2]), "[1, 2]"),
        ({"b": 1, "a": None}, '{"a": null, "b": 1}'),
    ],
    ids=str,
)
def test_a_value_has_one_plain_form(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_times_in_a_column_of_times_are_text() -> None:
    layer = make_layer([SQUARE, HOLED], ids=["a", "b"])
    layer.fields["day"] = np.array(["2025-04-01", "NaT"], dtype="datetime64[ns]")  # type: ignore[index]
    zones = ZoneSet.from_layer(layer, ["a", "b"]).zones
    assert dict(zones["a"].fields)["day"] == "2025-04-01T00:00:00.000000000"
    assert "day" not in dict(zones["b"].fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [(8, "8"), (0.1 + 0.2, 0.3), ("A ", "A"), ("é", "e\u0301"), (True, 1), (8.22, "8.22")],
    ids=str,
)
def test_values_are_the_same_to_a_person(one: object, other: object) -> None:
    assert same_value(one, other)  # type: ignore[arg-type]
    assert same_value(other, one)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"), [("08", 8), (8.22, 8.23), (None, 0), ("a", "A"), (None, "none"), (1e-12, 0)], ids=str
)
def test_values_differ_to_a_person(one: object, other: object) -> None:
    assert not same_value(one, other)  # type: ignore[arg-type]
    assert not same_value(other, one)  # type: ignore[arg-type]
