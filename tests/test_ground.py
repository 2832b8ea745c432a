"""The ground facilities are held against: one plane, one label for several features, unknown areas and accuracies."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import MultiPolygon, Point, Polygon

from geoplan.errors import UsageError
from geoplan.ground import MAX_ACCURACY_M, accuracies, ground_of
from geoplan.types import AreaMethod, Facility, Text
from tests.facility_views import nowhere, opened, place, without_boundaries
from tests.helpers import EAST, NORTH, make_layer, square
from tests.output.export.ground import squares

BOWTIE = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])


def test_shapes_lie_in_the_plane_of_the_areas_whatever_the_layer_is_in() -> None:
    to_degrees = Transformer.from_crs(4548, 4490, always_xy=True)
    shape = square(EAST, NORTH, 100)
    lonlat = shapely.transform(shape, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    ground = ground_of(opened(make_layer([lonlat], crs="EPSG:4490")))
    assert ground.crs.to_epsg() == 4548
    assert shapely.get_coordinates(ground.shapes[0]) == pytest.approx(shapely.get_coordinates(shape), abs=1e-5)


def test_what_cannot_be_measured_has_no_shape_and_no_area_and_keeps_its_label() -> None:
    ground = ground_of(opened([None, Polygon(), Point(EAST, NORTH), square(EAST, NORTH, 10)]))
    assert [shape is None for shape in ground.shapes] == [True, True, True, False]
    assert np.isnan(ground.area_m2).tolist() == [True, True, True, False]
    assert ground.labels == ("a", "b", "c", "d")


def test_a_polygon_that_crosses_itself_is_made_valid_with_the_ground_of_both_halves() -> None:
    ground = ground_of(opened([BOWTIE], method=AreaMethod.PLANAR))
    assert ground.shapes[0].is_valid
    assert ground.shapes[0].area == pytest.approx(50.0)  # two triangles of base 10 and height 5


def test_several_features_of_one_zone_stand_under_one_label_in_file_order() -> None:
    zones = make_layer([square(EAST + 20 * step, NORTH, 10) for step in range(4)], ids=["b", "a", "b", "a"])
    ground = ground_of(opened(zones))
    assert dict(ground.rows) == {"b": (0, 2), "a": (1, 3)}
    assert list(ground.rows) == ["b", "a"]


def test_a_zone_is_called_by_its_name_in_the_plan(tmp_path: Path) -> None:
    ground = ground_of(squares(tmp_path, other="Beta"))
    assert ground.name("a") == Text("Core", "核心区")
    assert ground.name("b") == Text("Beta", "乙")


@pytest.mark.parametrize(("method", "within"), [
    (AreaMethod.PLANAR, 1e-9), (AreaMethod.ELLIPSOIDAL, 1e-4), (AreaMethod.GEODESIC, 1e-4)
])  # fmt: skip
def test_pieces_are_measured_by_the_method_of_the_plan_and_nothing_measures_nought(
    method: AreaMethod, within: float
) -> None:
    ground = ground_of(opened([square(EAST, NORTH, 100)], method=method))
    pieces = np.array([square(EAST, NORTH, 10), None, Polygon(), MultiPolygon([square(EAST, NORTH, 20)])], dtype=object)
    assert ground.measure(pieces) == pytest.approx([100.0, 0.0, 0.0, 400.0], rel=within)


def test_the_ellipsoidal_area_of_a_piece_is_that_of_an_independent_geodesic() -> None:
    ground = ground_of(opened([square(EAST, NORTH, 1000)]))
    to_degrees = Transformer.from_crs(4548, 4490, always_xy=True)
    piece = shapely.segmentize(square(EAST + 100, NORTH, 500), 5)
    lon, lat = to_degrees.transform(*shapely.get_coordinates(piece).T)
    expected = abs(Geod(ellps="GRS80").polygon_area_perimeter(lon, lat)[0])
    assert ground.measure(np.array([piece], dtype=object))[0] == pytest.approx(expected, rel=1e-7)


def test_places_are_taken_into_the_plane_and_one_across_the_globe_is_far_from_all_zones() -> None:
    ground = ground_of(opened([square(EAST, NORTH, 10)]))
    antipode = Facility("p", Text.same("p"), "school", Point(-63.0, 0.0))  # opposite the central meridian
    here, there = ground.points([place("p", 3, 4), antipode])
    assert (here.x, here.y) == pytest.approx((EAST + 3, NORTH + 4), abs=1e-4)
    assert not math.hypot(there.x - EAST, there.y - NORTH) < 1e7


def test_a_plan_without_boundaries_says_how_to_load_them_in_both_languages() -> None:
    view = without_boundaries(opened([square(EAST, NORTH, 10)], zones=[{"id": "a", "name": "A"}]))
    with pytest.raises(UsageError, match=r"0 of 1 boundaries loaded.*geoplan load") as caught:
        ground_of(view)
    assert "已加载 0 / 1 个边界" in caught.value.line("zh")


@pytest.mark.parametrize(("stated", "known"), [
    (0.0, 0.0),
    (250.0, 250.0),
    (MAX_ACCURACY_M, MAX_ACCURACY_M),
    (MAX_ACCURACY_M * 1.0001, None),
    (None, None),
    (float("inf"), None),
    (float("nan"), None),
])  # fmt: skip
def test_an_accuracy_that_says_nothing_about_a_plan_is_unknown(stated: float | None, known: float | None) -> None:
    (found,) = accuracies([place("p", 0, 0, accuracy_m=stated)]).tolist()
    assert math.isnan(found) if known is None else found == known


def test_no_facilities_have_no_accuracies_and_no_places() -> None:
    assert accuracies([]).tolist() == []
    assert len(ground_of(opened([square(EAST, NORTH, 10)])).points([])) == 0
    assert math.isnan(accuracies([nowhere("n")])[0])
