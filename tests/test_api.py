"""The Python API: any kind of polygons in, values out, nothing of the caller's changed."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import geopandas
import pytest
import shapely

import geoplan
from geoplan.errors import MissingCrsError, UsageError
from tests.helpers import EAST, NORTH, make_layer, make_plan, square
from tests.read.files import SQUARES, frame, save


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save(tmp_path / "zones.gpkg")


def test_a_frame_a_layer_a_path_and_its_text_measure_the_same(path: Path) -> None:
    totals = [geoplan.measure(zones).total_m2 for zones in (frame(), make_layer(SQUARES), path, str(path))]
    assert totals == pytest.approx([totals[0]] * 4, rel=1e-12)
    assert geoplan.measure(frame(), method="planar").total_m2 == pytest.approx(20_000)


def test_a_frame_is_not_changed() -> None:
    shapes = [shapely.force_3d(square(EAST, NORTH, 100), 3).reverse()]
    given = geopandas.GeoDataFrame({"id": [7]}, geometry=shapes, crs=4548, index=[42])
    before = given.copy(deep=True)
    geoplan.measure(given)
    geoplan.check(given)
    assert given.equals(before)
    assert given.crs == before.crs
    assert [shape.wkb for shape in given.geometry] == [shape.wkb for shape in before.geometry]


def test_a_plan_is_measured_and_checked_with_its_own_zones() -> None:
    plan = geoplan.load_plan("ustc-silicon-valley")
    assert geoplan.measure(plan).total_m2 == pytest.approx(8.22e6, abs=5_000)
    assert geoplan.check(plan).passed


def test_polygons_are_checked_as_the_zones_of_a_plan() -> None:
    plan = make_plan(zones=[{"id": "a", "name": "A"}, {"id": "b", "name": "B"}])
    assert geoplan.check(frame(), plan=plan).passed
    missing = geoplan.check(frame(SQUARES[:1]), plan=plan)
    assert [finding.check for finding in missing.failing] == ["zone-missing"]


def test_the_tolerance_is_heeded_without_a_plan_and_contradicts_one() -> None:
    layer = make_layer([SQUARES[0], square(EAST + 99, NORTH, 100)])
    assert not geoplan.check(layer).passed
    assert geoplan.check(layer, tolerance=geoplan.Tolerance(area_m2=101, width_m=0.01)).passed
    with pytest.raises(UsageError, match="own tolerance"):
        geoplan.check(layer, plan=make_plan(), tolerance=geoplan.Tolerance())


def test_what_cannot_be_followed_is_one_of_the_named_errors() -> None:
    with pytest.raises(UsageError, match=r"there is no method .exact.. Allowed: ellipsoidal, geodesic, planar"):
        geoplan.measure(frame(), method="exact")
    with pytest.raises(MissingCrsError):
        geoplan.measure(frame(crs=None))
    with pytest.raises(UsageError, match="0 of 4 boundaries loaded"):
        geoplan.measure(geoplan.load_plan("aust-wisdom-valley"))
    with pytest.raises(geoplan.GeoplanError, match="there is no such file"):
        geoplan.check("nowhere.gpkg")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0])
@pytest.mark.parametrize("name", ["area_m2", "width_m"])
def test_a_tolerance_nothing_can_exceed_is_refused_instead_of_passing_everything(name: str, value: float) -> None:
    layer = make_layer([SQUARES[0], square(EAST + 50, NORTH, 100)])
    with pytest.raises(UsageError, match="is no tolerance") as caught:
        geoplan.check(layer, tolerance=replace(geoplan.Tolerance(), **{name: value}))
    assert caught.value.where == name
    assert "容差" in caught.value.line("zh")
