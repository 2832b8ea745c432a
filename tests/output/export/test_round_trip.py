"""What is written comes back: by geoplan's own reader, and by GDAL and pyarrow, with areas worked out by hand."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pandas as pd
import pyogrio
import pytest
import shapely

from geoplan.output.export import EXPORT_FORMATS, export_bytes, write_export
from geoplan.read import read_zones
from geoplan.types import AreaMethod
from geoplan.workflow import PlanView, measure_layer, open_plan
from tests.output.export.ground import AREAS, FORMULA, TOTAL, squares

ENDINGS = {"gpkg": "gpkg", "geojson": "geojson", "fgb": "fgb", "parquet": "parquet", "shp": "zip", "kml": "kml"}
LAYERED = ("gpkg", "kml", "dxf")
EXACT = ("gpkg", "fgb", "parquet", "shp", "csv")


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    return squares(tmp_path_factory.mktemp("round"))


def written(view: PlanView, name: str, folder: Path, **options: str) -> Path:
    path = folder / f"out.{ENDINGS.get(name, name)}"
    write_export(view, name, path, **options)  # type: ignore[arg-type]
    return path


def frame_of(path: Path, name: str) -> geopandas.GeoDataFrame:
    """Return the zones as other programs read them: GDAL, of GeoParquet geopandas."""
    if name == "parquet":
        return geopandas.read_parquet(path)
    if name == "csv":
        plain = pd.read_csv(path, encoding="utf-8-sig")
        return geopandas.GeoDataFrame(plain, geometry=geopandas.GeoSeries.from_wkt(plain["WKT"]), crs=plain["crs"][0])
    address = f"/vsizip/{path}/zones.shp" if name == "shp" else path
    frame = pyogrio.read_dataframe(address, layer="zones" if name in LAYERED else None)
    return frame.drop(columns="id").rename(columns={"key": "id"}) if name == "kml" else frame


@pytest.mark.parametrize("name", [*ENDINGS, "csv"])
def test_areas_come_back_through_gdal_to_a_millionth(view: PlanView, name: str, tmp_path: Path) -> None:
    frame = frame_of(written(view, name, tmp_path), name)
    assert len(frame) == 2
    back = frame.set_geometry(frame.geometry).to_crs(4548).area
    keys = dict(zip(frame["id"], back, strict=True))
    # GeoJSON has 7 decimals of a degree, 8 mm: on a perimeter of 4,800 m that is under 40 m² of a million.
    assert keys == pytest.approx(AREAS, rel=5e-5 if name == "geojson" else 1e-6)


@pytest.mark.parametrize("name", [*ENDINGS, "csv"])
def test_areas_come_back_through_geoplans_own_reader(view: PlanView, name: str, tmp_path: Path) -> None:
    path = written(view, name, tmp_path)
    layer = read_zones(path, layer="zones" if name in LAYERED else None, crs="EPSG:4548" if name == "csv" else None)
    measured = measure_layer(layer, method=AreaMethod.PLANAR, projected="EPSG:4548")
    assert {zone.id: zone.planar_m2 for zone in measured.zones} == pytest.approx(
        AREAS, rel=5e-5 if name == "geojson" else 1e-6
    )


@pytest.mark.parametrize("name", EXACT)
def test_geometry_in_the_same_system_keeps_its_canonical_bytes(view: PlanView, name: str, tmp_path: Path) -> None:
    layer = read_zones(written(view, name, tmp_path, layer="zones"), crs="EPSG:4548" if name == "csv" else None)
    assert view.layer is not None
    flat = layer.take([layer.text("id").index(key) for key in ("a", "b")])
    own = view.layer
    for row in range(2):
        expected, found = own.geometry[row], flat.geometry[row]
        # A layer of one kind turns the one polygon into a multi-polygon of one part.
        single = found.geoms[0] if expected.geom_type == "Polygon" and found.geom_type == "MultiPolygon" else found
        assert own.geometry_digest(single) == own.geometry_digest(expected)


@pytest.mark.parametrize("name", [*ENDINGS, "csv"])
def test_every_zone_tells_its_figures_basis_status_and_origin(view: PlanView, name: str, tmp_path: Path) -> None:
    row = frame_of(written(view, name, tmp_path), name).set_index("id").loc["a"]
    short = {"share_percent": "share_pct", "perimeter_m": "perim_m", "area_method": "method"} if name == "shp" else {}

    def cell(column: str) -> object:
        return row[short.get(column, column)]

    assert cell("area_m2") == pytest.approx(960_000.0, rel=1e-9)
    assert cell("area_ha") == pytest.approx(96.0, rel=1e-9)
    assert cell("area_mu") == pytest.approx(1440.0, rel=1e-9)  # 960,000 m² × 3 / 2000
    assert cell("area_km2") == pytest.approx(0.96, rel=1e-9)
    assert cell("share_percent") == pytest.approx(65.31)  # 96 / 147 = 65.306… %
    assert cell("perimeter_m") == pytest.approx(4800.0, rel=1e-3)  # 4 × 1000 + 4 × 200, on the ellipsoid
    assert cell("accuracy_m") == 0.5
    texts = ("name_en", "name_zh", "area_method", "area_crs", "status", "source", "plan")
    told = ["Core", "核心区", "planar", "EPSG:4548", "indicative", "survey", "squares"]
    assert [cell(column) for column in texts] == told
    assert (cell("basis_en"), cell("basis_zh")) == ("Stated in the survey", "测量所载")
    assert cell("source_zh") == "测量 · 规划局 · 2024-05"


@pytest.mark.parametrize("name", [*ENDINGS, "csv"])
def test_what_is_not_known_is_missing_and_neither_zero_nor_empty_text(
    view: PlanView, name: str, tmp_path: Path
) -> None:
    frame = frame_of(written(view, name, tmp_path), name).set_index("id")
    short = {"revision_hash": "rev_hash"} if name == "shp" else {}
    for column in ("accuracy_m", "basis_en", "source", "revision", "revision_hash"):
        # KML leaves a column that no zone fills out of the data altogether.
        if name == "kml" and short.get(column, column) not in frame:
            continue
        assert pd.isna(frame.loc["b", short.get(column, column)]), column


@pytest.mark.parametrize("name", ENDINGS)
def test_a_name_that_looks_like_a_formula_stays_as_it_is(view: PlanView, name: str, tmp_path: Path) -> None:
    frame = frame_of(written(view, name, tmp_path), name).set_index("id")
    assert frame.loc["b", "name_en"] == FORMULA


@pytest.mark.parametrize("name", list(EXPORT_FORMATS))
def test_the_same_plan_gives_the_same_bytes(view: PlanView, name: str) -> None:
    first = export_bytes(view, name)
    again = export_bytes(open_plan(view.plan.folder), name)
    assert (first.sha256, len(first.content)) == (again.sha256, len(again.content))


def test_a_bundled_plan_loses_no_area_on_the_way_to_a_file_and_back(tmp_path: Path) -> None:
    view = open_plan("ustc-silicon-valley")
    for name in ("gpkg", "geojson", "shp"):
        layer = read_zones(written(view, name, tmp_path), layer="zones" if name == "gpkg" else None)
        measured = measure_layer(layer, projected="EPSG:4548")
        assert view.result.measurement is not None
        assert measured.total_m2 == pytest.approx(view.result.measurement.total_m2, rel=1e-6)


def test_total_of_the_example_is_what_the_hand_says(view: PlanView) -> None:
    assert view.result.measurement is not None
    assert view.result.measurement.total_m2 == pytest.approx(TOTAL, abs=1e-3)
    assert shapely.area(view.layer.geometry).sum() == TOTAL  # type: ignore[union-attr]
