"""Any supported file gives the same squares, fields and CRS; anything else one clear line and nothing written."""

from __future__ import annotations

import math
import random
import sqlite3
import struct
import warnings
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geoplan.crs import code_of
from geoplan.errors import GeoplanError, InputError, MissingCrsError, UsageError
from geoplan.read import read_features, read_zones
from tests.helpers import EAST, NORTH, square
from tests.read.files import (
    FORMATS,
    NAMES,
    SQUARES,
    alter,
    bad_files,
    circle_wkb,
    frame,
    geojson,
    gpkg_of_wkb,
    pack,
    polygon_wkb,
    save,
)


@pytest.mark.parametrize("suffix", [name for name in FORMATS if name != "kml"])
def test_the_same_squares_fields_and_crs_come_out_of_every_format(tmp_path: Path, suffix: str) -> None:
    layer = read_zones(save(tmp_path / f"zones.{suffix}"))
    assert code_of(layer.crs) == "EPSG:4548"
    for found, wanted in zip(layer.geometry, SQUARES, strict=True):
        assert shapely.normalize(found) == shapely.normalize(wanted)
    assert layer.text("id") == ("a", "b")
    assert layer.text("name_zh") == NAMES
    assert (layer.source.features, layer.source.crs_how) == (2, "declared")


def test_kml_has_the_same_squares_in_degrees(tmp_path: Path) -> None:
    layer = read_zones(save(tmp_path / "zones.kml"))
    assert code_of(layer.crs) == "EPSG:4326"
    expected = frame().to_crs(4326).geometry
    for found, wanted in zip(layer.geometry, expected, strict=True):
        assert shapely.hausdorff_distance(found, wanted) < 1e-9
    assert layer.text("name_zh") == NAMES


@pytest.mark.parametrize("suffix", FORMATS)
def test_heights_are_dropped(tmp_path: Path, suffix: str) -> None:
    layer = read_zones(save(tmp_path / f"zones.{suffix}", frame([shapely.force_3d(one, 7) for one in SQUARES])))
    assert not shapely.has_z(layer.geometry).any()
    assert len(layer) == 2


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "fgb"])
def test_a_feature_without_geometry_stays_a_feature(tmp_path: Path, suffix: str) -> None:
    layer = read_zones(save(tmp_path / f"zones.{suffix}", frame([SQUARES[0], None])))
    assert [shape is None or shape.is_empty for shape in layer.geometry] == [False, True]


def test_of_several_layers_the_one_with_polygons_is_taken(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg", frame([shapely.Point(EAST, NORTH)]), layer="places")
    save(path, layer="zones", mode="a")
    assert read_zones(path).source.layer == "zones"
    assert len(read_features(path, layer="places")) == 1


def test_of_several_layers_with_polygons_one_must_be_chosen(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg", layer="old")
    save(path, frame(SQUARES[:1]), layer="new", mode="a")
    with pytest.raises(InputError, match=r"several layers could be meant: old, new\. Choose one with --layer"):
        read_zones(path)
    assert len(read_zones(path, layer="new")) == 1
    with pytest.raises(InputError, match=r"there is no layer \"newer\".*Layers in the file: old, new"):
        read_zones(path, layer="newer")


@pytest.mark.parametrize("name", ["a'b", 'x"; DROP TABLE zones; --', "分区 (2026)", "select", "a]b"])
def test_a_layer_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / "zones.gpkg", layer=name)
    assert read_zones(path).source.layer == name
    assert read_zones(path, layer=name).text("id") == ("a", "b")


def test_without_a_crs_reading_stops_and_says_what_to_do(bad: dict[str, Path]) -> None:
    for what in ("no crs", "no crs shp"):
        with pytest.raises(MissingCrsError, match=r"Ask whoever sent it, then name it: --crs EPSG:4490") as caught:
            read_zones(bad[what])
        assert caught.value.exit_code == 3
        layer = read_zones(bad[what], crs="EPSG:4548")
        assert (layer.source.crs, layer.source.crs_how) == ("EPSG:4548", "override")


@pytest.mark.parametrize("srs_id", [0, -1])
def test_a_crs_declared_undefined_is_none(tmp_path: Path, srs_id: int) -> None:
    path = save(tmp_path / "zones.gpkg")
    for table in ("gpkg_geometry_columns", "gpkg_contents"):
        alter(path, f"UPDATE {table} SET srs_id = {srs_id}")  # noqa: S608 (a table and a number of our own)
    with pytest.raises(MissingCrsError):
        read_zones(path)


def test_an_override_wins_over_what_the_file_declares(tmp_path: Path) -> None:
    layer = read_zones(save(tmp_path / "zones.gpkg"), crs="4549")
    assert (layer.source.crs, layer.source.crs_how) == ("EPSG:4549", "override")
    assert layer.geometry[0].bounds == SQUARES[0].bounds


def test_an_override_that_names_nothing_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--crs: .*not a known coordinate system"):
        read_zones(save(tmp_path / "zones.gpkg"), crs="EPSG:99999")


def test_every_bad_file_is_one_line_that_names_it(bad: dict[str, Path]) -> None:
    for what, path in bad.items():
        with pytest.raises(InputError) as caught:
            read_zones(path)
        line = str(caught.value)
        assert line.startswith(str(path)), what
        assert len(line.splitlines()) == 1, what
        assert line.endswith((".", "…")), what
        assert caught.value.exit_code == 3, what
        assert caught.value.line("zh") != line, what


def test_reading_bad_files_writes_nothing(tmp_path: Path) -> None:
    files = bad_files(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))}
    for path in files.values():
        with pytest.raises(InputError):
            read_zones(path)
    assert {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))} == before


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_cut_anywhere_or_with_bytes_changed_never_crashes(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"zones.{suffix}")
    whole, chance = path.read_bytes(), random.Random(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, about the damage
        for _ in range(25):
            path.write_bytes(whole[: chance.randrange(1, len(whole) - 1)])
            with pytest.raises(InputError):
                read_zones(path)
        for _ in range(25):
            damaged = bytearray(whole)
            for _ in range(chance.choice([1, 3, 30])):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            path.write_bytes(damaged)
            try:
                layer = read_zones(path)
            except GeoplanError:
                continue
            assert len(layer.geometry) == layer.source.features


def test_arcs_are_stroked_finely_enough_for_areas(tmp_path: Path) -> None:
    path = gpkg_of_wkb(tmp_path / "zones.gpkg", circle_wkb(), "CURVEPOLYGON")
    (circle,) = read_zones(path).geometry
    assert circle.area == pytest.approx(math.pi * 100**2, rel=1e-6)


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e300])
def test_numbers_that_are_no_place_are_kept_for_the_checks_to_tell(tmp_path: Path, value: float) -> None:
    path = gpkg_of_wkb(tmp_path / "zones.gpkg", polygon_wkb((0, 0), (1, 0), (value, 1), (0, 0)))
    (shape,) = read_zones(path).geometry
    assert shape.geom_type == "Polygon"
    np.testing.assert_equal(shapely.get_coordinates(shape)[2, 0], value)


def test_wkb_that_promises_billions_of_points_is_no_geometry(tmp_path: Path) -> None:
    wkb = struct.pack("<BIII", 1, 3, 1, 4_000_000_000)
    assert list(read_zones(gpkg_of_wkb(tmp_path / "zones.gpkg", wkb)).geometry) == [None]


def test_mixed_geometry_is_kept_where_there_are_polygons(tmp_path: Path) -> None:
    path = tmp_path / "zones.geojson"
    ring = [[117.2, 31.8], [117.3, 31.8], [117.3, 31.9], [117.2, 31.8]]
    polygon, point = {"type": "Polygon", "coordinates": [ring]}, {"type": "Point", "coordinates": [117, 31]}
    collection = {"type": "GeometryCollection", "geometries": [polygon, point]}
    path.write_bytes(geojson(polygon, point, collection))
    kinds = [shape.geom_type for shape in read_zones(path).geometry]
    assert kinds == ["Polygon", "Point", "GeometryCollection"]


def test_a_polygon_of_a_million_vertices_is_read_whole(tmp_path: Path) -> None:
    turn = np.linspace(0, 2 * np.pi, 1_000_001)
    circle = shapely.Polygon(np.column_stack([EAST + 1000 * np.cos(turn), NORTH + 1000 * np.sin(turn)]))
    path = tmp_path / "zones.parquet"
    (shape,) = read_zones(save(path, frame([circle]))).geometry
    assert shapely.get_num_coordinates(shape) == 1_000_001


def test_a_long_attribute_is_kept_whole(tmp_path: Path) -> None:
    layer = read_zones(save(tmp_path / "zones.gpkg", frame(SQUARES[:1], note=["长" * 5000])))
    assert layer.text("note") == ("长" * 5000,)


def test_a_view_and_an_unknown_extension_do_no_harm(tmp_path: Path) -> None:
    path = alter(
        save(tmp_path / "zones.gpkg", layer="zones"),
        "CREATE VIEW big AS SELECT * FROM zones",
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name, column_name, extension_name, definition, scope)",
        "INSERT INTO gpkg_extensions VALUES ('zones', NULL, 'someone_unknown', 'x', 'read-write')",
    )
    assert read_zones(path, layer="zones").text("id") == ("a", "b")


def test_a_geopackage_open_in_another_program_is_read_with_its_changes(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg", layer="zones")
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = WAL")
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        other.create_function(name, 1, lambda _: 0)
    before = read_zones(path).source.sha256
    other.execute("UPDATE zones SET id = 'changed' WHERE id = 'a'")
    other.commit()
    after = read_zones(path)
    other.close()
    assert after.text("id") == ("changed", "b")
    assert after.source.sha256 != before


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "kml", "fgb"])
def test_a_file_in_an_archive_reads_as_outside_it(tmp_path: Path, suffix: str) -> None:
    inner = save(tmp_path / f"zones.{suffix}")
    layer = read_zones(pack(tmp_path / "all.zip", inner, ("readme.txt", b"")))
    assert layer.digest() == read_zones(inner).digest()


def test_no_features_is_an_error_for_zones_only(bad: dict[str, Path]) -> None:
    with pytest.raises(InputError, match="has no features"):
        read_zones(bad["no features gpkg"])
    assert len(read_features(bad["no features gpkg"])) == 0


@pytest.mark.parametrize(
    "error",
    [
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        shapely.errors.GEOSException,
        IndexError,
        ValueError,
    ],
)
def test_every_library_error_of_reading_is_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    path = save(tmp_path / "zones.gpkg")

    def fail(*_: object, **__: object) -> None:
        raise error("from below")

    monkeypatch.setattr(pyogrio.raw, "open_arrow", fail)
    monkeypatch.setattr(pyogrio.raw, "read", fail)
    with pytest.raises(InputError, match=r"cannot be read as GeoPackage: from below\. The file may be damaged"):
        read_zones(path)


@pytest.mark.parametrize(("suffix", "way"), [("gpkg", "open_arrow"), ("fgb", "open_arrow"), ("geojson", "read")])
def test_damage_gdal_only_mutters_about_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, way: str
) -> None:
    path, read = save(tmp_path / f"zones.{suffix}"), getattr(pyogrio.raw, way)

    def mutter(*args: object, **options: object) -> object:
        warnings.warn("page 7 is corrupt", RuntimeWarning, stacklevel=1)
        return read(*args, **options)

    monkeypatch.setattr(pyogrio.raw, way, mutter)
    with pytest.raises(InputError, match="page 7 is corrupt"):
        read_zones(path)


def test_squares_far_apart_keep_their_places(tmp_path: Path) -> None:
    far = (square(EAST, NORTH, 1), square(EAST + 10_000, NORTH, 1))
    assert [shape.bounds[0] for shape in read_zones(save(tmp_path / "z.fgb", frame(far))).geometry] == [
        EAST,
        EAST + 10_000,
    ]
