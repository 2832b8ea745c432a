"""The bundled plan, spoiled in every way a delivery can be: each gives just the findings that follow from it."""

from __future__ import annotations

from collections.abc import Callable

import geopandas
import pandas as pd
import pytest
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

import geoplan
from geoplan.types import Finding

PLAN = geoplan.load_plan("ustc-silicon-valley")
GEOD_KM2 = 8.219986  # pyproj.Geod over the densified edges, as tests/test_geodata.py recomputes it


@pytest.fixture
def zones() -> geopandas.GeoDataFrame:
    return geopandas.read_file(PLAN.folder / "zones.geojson")


def spoiled(
    zones: geopandas.GeoDataFrame, zone: str, change: Callable[[BaseGeometry], BaseGeometry]
) -> geopandas.GeoDataFrame:
    """Return the zones with one geometry changed."""
    row = zones.index[zones["id"] == zone][0]
    zones.loc[row, "geometry"] = change(zones.geometry[row])
    return zones


def errors(zones: geopandas.GeoDataFrame) -> dict[str, Finding]:
    """Return the failing findings by check; a check that fails twice would be lost, so it is asserted against."""
    result = geoplan.check(zones, plan=PLAN)
    assert not result.passed
    found = {finding.check: finding for finding in result.failing}
    assert len(found) == len(result.failing)
    return found


def own_km2(zones: geopandas.GeoDataFrame, zone: str) -> float:
    """Return a zone's area in km² by an equal-area projection, independent of geoplan."""
    shapes = zones[zones["id"] == zone].to_crs("+proj=laea +lat_0=31.83 +lon_0=117.15 +ellps=GRS80")
    return float(shapes.area.sum()) / 1e6


def test_as_bundled_it_holds_with_the_published_total_and_share(zones: geopandas.GeoDataFrame) -> None:
    result = geoplan.check(zones, plan=PLAN)
    assert result.passed
    assert result.findings == ()
    total, share, count = result.published
    assert (total.holds, share.holds, count.holds) == (True, True, True)
    assert total.measured == pytest.approx(GEOD_KM2, abs=2e-6)
    high_tech = sum(own_km2(zones, zone) for zone in ("core", "high-tech-area", "iflytek-town"))
    assert share.measured == pytest.approx(high_tech / GEOD_KM2, abs=1e-6)


def test_a_zone_half_as_large_again_breaks_total_and_share_and_is_named(zones: geopandas.GeoDataFrame) -> None:
    shushan = own_km2(zones, "shushan")
    found = errors(spoiled(zones, "shushan", lambda shape: affinity.scale(shape, 1.5**0.5, 1.5**0.5)))
    assert set(found) == {"area-total", "area-share"}
    assert found["area-total"].measured == pytest.approx(GEOD_KM2 + shushan / 2, rel=1e-4)
    assert found["area-share"].measured == pytest.approx((GEOD_KM2 - shushan) / (GEOD_KM2 + shushan / 2), rel=1e-4)
    assert "Shushan Area" in found["area-total"].message.en
    assert "蜀山园" in found["area-total"].message.zh


@pytest.mark.parametrize("zone", ["core", "high-tech-area", "iflytek-town"])
def test_a_dropped_zone_is_missing_and_so_is_its_area(zones: geopandas.GeoDataFrame, zone: str) -> None:
    lost = own_km2(zones, zone)
    found = errors(zones[zones["id"] != zone])
    assert set(found) == {"zone-missing", "zone-count", "area-total", "area-share"}
    assert found["zone-missing"].zones == (zone,)
    assert found["area-total"].measured == pytest.approx(GEOD_KM2 - lost, abs=1e-4)


def test_a_doubled_zone_overlaps_itself_and_counts_twice(zones: geopandas.GeoDataFrame) -> None:
    core = own_km2(zones, "core")
    found = errors(pd.concat([zones, zones[zones["id"] == "core"]]))
    assert set(found) == {"zone-duplicate", "overlap", "area-total", "area-share"}
    assert found["overlap"].zones == ("core", "core")
    assert found["overlap"].area_m2 == pytest.approx(core * 1e6, rel=1e-5)
    assert found["area-total"].measured == pytest.approx(GEOD_KM2 + core, abs=1e-4)


def test_a_zone_pushed_over_another_overlaps_it(zones: geopandas.GeoDataFrame) -> None:
    centres = {row.id: row.geometry.centroid for row in zones.itertuples()}
    east, north = centres["high-tech-area"].x - centres["core"].x, centres["high-tech-area"].y - centres["core"].y
    pushed = spoiled(zones, "core", lambda shape: affinity.translate(shape, east, north))
    by_id = dict(zip(pushed["id"], pushed.geometry, strict=True))
    shared = shapely.intersection(by_id["core"], by_id["high-tech-area"])
    plane = geopandas.GeoSeries([shared], crs=4326).to_crs("+proj=laea +lat_0=31.81 +lon_0=117.1 +ellps=GRS80")
    found = errors(pushed)
    assert set(found) == {"overlap"}
    assert set(found["overlap"].zones) == {"core", "high-tech-area"}
    assert found["overlap"].area_m2 == pytest.approx(float(plane.area.iloc[0]), rel=1e-5)


def test_swapped_axes_are_recognised(zones: geopandas.GeoDataFrame) -> None:
    found = errors(spoiled(zones, "core", lambda shape: shapely.transform(shape, lambda xy: xy[:, ::-1])))
    assert set(found) == {"crs", "zone-count", "area-total", "area-share"}
    assert "swapped" in found["crs"].message.en
    assert "颠倒" in found["crs"].message.zh


def test_an_emptied_geometry_is_told_as_such_and_nothing_else_about_it(zones: geopandas.GeoDataFrame) -> None:
    found = errors(spoiled(zones, "core", lambda _: shapely.Polygon()))
    assert set(found) == {"geometry-empty", "zone-count", "area-total", "area-share"}
    assert found["geometry-empty"].zones == ("core",)


def test_without_boundaries_nothing_is_wrong_and_that_is_said() -> None:
    result = geoplan.check(geoplan.load_plan("aust-wisdom-valley"))
    assert result.passed
    assert result.plan is not None
    assert (result.plan.loaded, result.plan.declared) == (0, 4)
    assert {run.skipped.en for run in result.checked if run.skipped} == {"0 of 4 boundaries loaded"}


def test_four_polygons_make_it_a_plan_like_any_other() -> None:
    squares = [shapely.box(117.0 + 0.02 * place, 32.6, 117.02 + 0.02 * place, 32.62) for place in range(4)]
    layer = geopandas.GeoDataFrame({"name": ["东区", "西区", "南区", "北区"]}, geometry=squares, crs="EPSG:4490")
    result = geoplan.check(layer, plan=geoplan.load_plan("aust-wisdom-valley"))
    assert result.passed
    assert result.plan is not None
    assert result.plan.loaded == 4
    assert [figure.holds for figure in result.published] == [True]
    three = geoplan.check(layer.iloc[:3], plan=geoplan.load_plan("aust-wisdom-valley"))
    assert not three.passed
