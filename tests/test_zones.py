"""A zone layer is one frozen value whose digest survives a re-export and nothing else."""

from __future__ import annotations

import datetime

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import InputError, MissingCrsError
from geoplan.zones import ZoneLayer, as_text, feature_labels, geometry_digest, polygonal
from tests.helpers import EAST, NORTH, make_layer, square


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (np.float64("nan"), ""),
        (pandas.NA, ""),
        (pandas.NaT, ""),
        (np.datetime64("NaT"), ""),
        (7.0, "7"),
        (np.float32(7.0), "7"),
        (7.5, "7.5"),
        (-0.0, "0"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (340104, "340104"),
        (" 01 ", "01"),
        (True, "True"),
        (datetime.date(2026, 5, 31), "2026-05-31"),
    ],
)  # fmt: skip
def test_a_value_reads_as_a_person_would_type_it(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_feature_without_a_key_is_called_by_its_place() -> None:
    assert feature_labels(["a", "", "c"]) == ("a", "#2", "c")


def test_only_polygons_that_are_not_empty_are_polygonal() -> None:
    shapes = [square(0, 0, 1), shapely.MultiPolygon([square(0, 0, 1)]), shapely.Polygon(), shapely.Point(0, 0), None]
    assert polygonal(np.array(shapes, dtype=object)).tolist() == [True, True, False, False, False]


def test_an_unknown_field_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=r"there is no field .BSM.\. Fields in the file: id, name\."):
        make_layer([square(0, 0, 1)], name=["x"]).text("BSM")


def test_fields_must_be_as_long_as_the_geometry() -> None:
    layer = make_layer([square(0, 0, 1)])
    with pytest.raises(ValueError, match="not as long"):
        ZoneLayer(layer.geometry, layer.crs, {"id": np.array(["a", "b"])})


def test_taking_features_takes_their_fields() -> None:
    layer = make_layer([square(0, 0, 1), square(1, 0, 1), square(2, 0, 1)])
    taken = layer.take([2, 0])
    assert taken.text("id") == ("c", "a")
    assert [shape.bounds[0] for shape in taken.geometry] == [2, 0]


def test_a_frame_becomes_a_layer_and_stays_as_it_is() -> None:
    frame = geopandas.GeoDataFrame(
        {"id": ["a"], "when": [pandas.NaT]}, geometry=[shapely.force_3d(square(EAST, NORTH, 1), 5)], crs=4548
    )
    before = frame.copy()
    layer = ZoneLayer.from_frame(frame)
    assert layer.text("id") == ("a",)
    assert layer.text("when") == ("",)
    assert not shapely.has_z(layer.geometry).any()
    assert layer.source.crs == "EPSG:4548"
    assert frame.equals(before)
    assert frame.geometry.has_z.all()


def test_a_frame_without_a_crs_is_refused() -> None:
    with pytest.raises(MissingCrsError, match="set_crs"):
        ZoneLayer.from_frame(geopandas.GeoDataFrame(geometry=[square(0, 0, 1)]))


# ---------------------------------------------------------------- digests

HOLED = square(0, 0, 10).difference(square(2, 2, 2)).difference(square(6, 6, 2))


def turned(shape: shapely.Polygon, by: int) -> shapely.Polygon:
    def ring(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        start = by % (len(points) - 1)
        return [*points[start:-1], *points[: start + 1]]

    holes = [ring(list(hole.coords))[::-1] for hole in shape.interiors][::-1]
    return shapely.Polygon(ring(list(shape.exterior.coords))[::-1], holes)


@given(st.integers(0, 20), st.floats(-4e-5, 4e-5), st.floats(-4e-5, 4e-5))
def test_ring_start_direction_order_of_holes_and_rounding_do_not_change_a_digest(by: int, x: float, y: float) -> None:
    moved = shapely.transform(turned(HOLED, by), lambda xy: np.add(xy, [x, y]))
    assert geometry_digest(moved, grid=1e-4) == geometry_digest(HOLED, grid=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        square(0, 0, 10),
        shapely.transform(HOLED, lambda xy: np.add(xy, [0.001, 0])),
        shapely.MultiPolygon([HOLED]),
        None,
    ],
)
def test_another_shape_has_another_digest(other: shapely.Geometry | None) -> None:
    assert geometry_digest(other, grid=1e-4) != geometry_digest(HOLED, grid=1e-4)


def test_order_of_features_and_heights_do_not_change_a_digest() -> None:
    one, two = square(0, 0, 1), square(1, 0, 1)
    assert geometry_digest(one, two, grid=1e-4) == geometry_digest(shapely.force_3d(two, 9), one, grid=1e-4)
    layer = make_layer([one, two])
    assert layer.digest([0]) == layer.geometry_digest(one)
    assert layer.digest() == geometry_digest(one, two, grid=1e-4)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, -1e308])
def test_numbers_that_are_no_place_still_have_a_digest(value: float) -> None:
    with np.errstate(invalid="ignore"):
        odd = shapely.Polygon([(0, 0), (1, value), (1, 1), (0, 0)])
    assert geometry_digest(odd, grid=1e-9) != geometry_digest(square(0, 0, 1), grid=1e-9)
