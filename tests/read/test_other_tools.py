"""Files written by GDAL's own command line, another version than the one inside geoplan: all read alike."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import shapely

from geoplan.read import inspect_file, inspect_layers, read_raw, read_zones
from tests.helpers import EAST, NORTH
from tests.read.files import NAMES, SQUARES, frame, pack, save

pytestmark = pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="ogr2ogr is not installed (package gdal-bin)")

# name of the file: GDAL driver, its options, what geoplan calls the format, the CRS the file itself declares
WRITTEN = {
    "z.gpkg": ("GPKG", (), "GeoPackage", "EPSG:4548"),
    "z.shp": ("ESRI Shapefile", ("-lco", "ENCODING=UTF-8"), "Shapefile", "EPSG:4548"),
    "gbk.shp": ("ESRI Shapefile", ("-lco", "ENCODING=GBK"), "Shapefile", "EPSG:4548"),
    "z.fgb": ("FlatGeobuf", ("-lco", "SPATIAL_INDEX=NO"), "FlatGeobuf", "EPSG:4548"),
    "2008.geojson": ("GeoJSON", ("-lco", "RFC7946=NO"), "GeoJSON", "EPSG:4548"),
    "z.geojsonl": ("GeoJSONSeq", ("-lco", "COORDINATE_PRECISION=12"), "GeoJSONSeq", "EPSG:4326"),
    "rs.geojsons": ("GeoJSONSeq", ("-lco", "RS=YES", "-lco", "COORDINATE_PRECISION=12"), "GeoJSONSeq", "EPSG:4326"),
    "z.gml": ("GML", (), "GML", "EPSG:4548"),
    "gml2.gml": ("GML", ("-dsco", "FORMAT=GML2"), "GML", "EPSG:4548"),
    "z.kml": ("KML", (), "KML", "EPSG:4326"),
    "lib.kml": ("LIBKML", (), "KML", "EPSG:4326"),
    "z.kmz": ("LIBKML", (), "KML", "EPSG:4326"),
    "z.tab": ("MapInfo File", (), "MapInfo", ""),
    "z.mif": ("MapInfo File", (), "MapInfo", ""),
    "z.dxf": ("DXF", (), "DXF", None),
    "z.csv": ("CSV", ("-lco", "GEOMETRY=AS_WKT"), "CSV", None),
    "z.gdb": ("OpenFileGDB", (), "FileGDB", "EPSG:4548"),
}
TOLERANCE = {"z.tab": 0.02, "z.mif": 1e-6}  # a .tab holds whole steps, of a centimetre as GDAL writes it


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ogr2ogr")
    source = save(home / "source.gpkg", layer="zones")
    for name, (driver, options, _, _) in WRITTEN.items():
        command = ["ogr2ogr", "-q", "-f", driver, home / name, source, *options]
        subprocess.run(command, capture_output=True, check=name != "z.dxf")  # DXF has no fields, and says so
    return home


@pytest.mark.parametrize("name", WRITTEN)
def test_the_squares_names_and_crs_come_out(folder: Path, name: str) -> None:
    raw = read_raw(folder / name)
    _, _, driver, declared = WRITTEN[name]
    assert raw.driver == driver
    crs = raw.crs()
    if declared is None:
        assert crs is None
    elif declared:
        assert crs is not None
        assert crs.to_epsg() == int(declared.removeprefix("EPSG:"))
    expected = [*frame().to_crs(4326).geometry] if declared == "EPSG:4326" else SQUARES
    assert raw.features == 2
    for found, wanted in zip(raw.geometry, expected, strict=True):
        assert shapely.hausdorff_distance(found, wanted) <= TOLERANCE.get(name, 1e-9)
    if driver != "DXF":
        assert tuple(raw.fields["name_zh"]) == NAMES
        assert "核心区" in raw.encoding.sample
    assert sum(info.features for info in raw.layers) == sum(info.read for info in raw.layers) == 2


@pytest.mark.parametrize("name", WRITTEN)
def test_every_format_reads_alike_in_a_zip_with_a_chinese_folder(folder: Path, tmp_path: Path, name: str) -> None:
    path = folder / name
    if path.is_dir():
        members = [(f"成果/{name}/{one.name}", one.read_bytes()) for one in sorted(path.iterdir())]
    else:
        same = [one for one in sorted(folder.iterdir()) if one.stem == path.stem and one.is_file()]
        others = {other for other in WRITTEN if other != name}
        members = [(f"成果/{one.name}", one.read_bytes()) for one in same if one.name not in others]
    if name.endswith((".kmz", ".tab", ".mif")):
        members = [one for one in members if not one[0].endswith((".gml", ".csv"))]
    if name.endswith(".kmz"):
        with pytest.raises(Exception, match="only archives, which are not opened"):
            read_raw(pack(tmp_path / "a.zip", *members))
        return
    raw, loose = read_raw(pack(tmp_path / "a.zip", *members)), read_raw(path)
    assert raw.driver == loose.driver
    assert [shape.wkb for shape in raw.geometry] == [shape.wkb for shape in loose.geometry]
    assert raw.declared == loose.declared


def test_a_geodatabase_is_one_folder_with_layers(folder: Path) -> None:
    infos = inspect_layers(folder / "z.gdb")
    assert [(info.name, info.features, info.read) for info in infos] == [("zones", 2, 0)]
    assert infos[0].skipped[0].en == "2 features: in a layer that is not read"
    assert inspect_file(folder / "z.gdb").sha256 == inspect_file(folder / "z.gdb").sha256


def test_a_geodatabase_without_its_ending_is_known_by_its_content(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "z.gdb", tmp_path / "成果")
    assert read_zones(tmp_path / "成果").text("name_zh") == NAMES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["成果"]


def test_a_map_table_in_gbk_without_a_charset_is_read(folder: Path, tmp_path: Path) -> None:
    for suffix in (".mif", ".mid"):
        (tmp_path / f"z{suffix}").write_bytes((folder / f"z{suffix}").read_bytes().decode().encode("gbk"))
    raw = read_raw(tmp_path / "z.mif")
    assert tuple(raw.fields["name_zh"]) == NAMES
    assert raw.encoding.name == "GB18030"


def test_a_schema_beside_a_gml_file_is_not_opened(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "z.gml", tmp_path)
    for suffix in (".xsd", ".gfs"):
        (tmp_path / f"z{suffix}").write_text("<broken")
    assert tuple(read_raw(tmp_path / "z.gml").fields["name_zh"]) == NAMES
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".gfs", ".gml", ".xsd"]


def test_codes_in_gml_keep_their_leading_zeros(folder: Path, tmp_path: Path) -> None:
    text = (folder / "z.gml").read_text().replace("<ogr:id>a<", "<ogr:id>0101<").replace("<ogr:id>b<", "<ogr:id>0002<")
    (tmp_path / "z.gml").write_text(text)
    assert list(read_raw(tmp_path / "z.gml").fields["id"]) == ["0101", "0002"]


def test_curves_are_stroked_and_it_is_said(tmp_path: Path) -> None:
    table = tmp_path / "c.csv"
    curve = "CURVEPOLYGON (CIRCULARSTRING (0 100, 100 0, 0 -100, -100 0, 0 100))"
    table.write_text(f'id,WKT\na,"{curve}"\n')
    command = ["ogr2ogr", "-f", "GPKG", tmp_path / "c.gpkg", table, "-nlt", "CURVEPOLYGON", "-a_srs", "EPSG:4548"]
    subprocess.run(command, capture_output=True, check=True)
    raw = read_raw(tmp_path / "c.gpkg")
    assert raw.geometry[0].area == pytest.approx(31415.926535, rel=1e-6)
    assert ["stroked in steps of 0.1°" in note.en for note in raw.notes] == [True]
    assert read_raw(save(tmp_path / "straight.gpkg")).notes == ()


def test_nothing_is_written_beside_any_file(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}
    for name in WRITTEN:
        read_raw(folder / name)
    assert {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))} == before


def test_the_squares_are_where_they_were_put() -> None:
    assert SQUARES[0].bounds == (EAST, NORTH, EAST + 100, NORTH + 100)
