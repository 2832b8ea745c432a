"""Points of every format come with their places and categories, in batches, and nothing of a file is lost."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from geoplan.crs import code_of
from geoplan.errors import CrsError, InputError, MissingCrsError, UsageError
from geoplan.read import point_streams
from geoplan.read.points import open_points
from tests.read.point_files import KINDS, PLACES, shapes_of, wkb_of, write_gdal, write_parquet


def read(path: Path, **options: Any) -> tuple[list[tuple[float, float]], list[str], int]:
    """Return places and categories of the located points, and how many are not located."""
    places: list[tuple[float, float]] = []
    kinds: list[int] = []
    unlocated = 0
    with open_points(path, **options) as file:
        for batch in file.batches():
            places += zip(batch.x.tolist(), batch.y.tolist(), strict=True)
            kinds += batch.category.tolist()
            unlocated += len(batch.unlocated)
        return places, [file.categories[kind] for kind in kinds], unlocated


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("p.gpkg", "GPKG"),
        ("p.fgb", "FlatGeobuf"),
        ("p.geojson", "GeoJSON"),
        ("p.geojsonl", "GeoJSONSeq"),
        ("p.shp", "ESRI Shapefile"),
        ("p.gdb", "OpenFileGDB"),
        ("p.tab", "MapInfo File"),
        ("p.kml", "LIBKML"),
    ],
)
def test_every_format_gives_the_places_and_categories_it_was_given(tmp_path: Path, name: str, driver: str) -> None:
    crs = "EPSG:4326" if driver in ("GeoJSON", "GeoJSONSeq", "LIBKML") else "EPSG:4490"
    path = write_gdal(tmp_path / name, driver, crs=crs)
    places, kinds, unlocated = read(path, category_field="category")
    assert sorted(places) == [pytest.approx(place, abs=1e-9) for place in PLACES]
    assert (sorted(kinds), unlocated) == (sorted(KINDS), 0)


def test_geoparquet_of_both_encodings_gives_the_same(tmp_path: Path) -> None:
    native = pa.array([{"x": x, "y": y} for x, y in PLACES])
    expected = (list(PLACES), list(KINDS), 0)
    assert read(write_parquet(tmp_path / "a.parquet", wkb_of(PLACES))) == expected
    assert read(write_parquet(tmp_path / "b.parquet", native, encoding="point")) == expected


def test_categories_may_be_numbers_dictionaries_missing_or_blank(tmp_path: Path) -> None:
    for number, (kinds, expected) in enumerate(
        [
            ([3.0, None, 3.0], ["3", "", "3"]),
            ([7, 8, 7], ["7", "8", "7"]),
            (["a", None, " a "], ["a", "", "a"]),
            (pa.array(["x", None, "y"]).dictionary_encode(), ["x", "", "y"]),
        ]
    ):
        path = write_parquet(tmp_path / f"{number}.parquet", wkb_of(PLACES), kinds)
        assert read(path)[1] == expected


def test_a_file_without_the_usual_field_has_one_category_without_a_name(tmp_path: Path) -> None:
    path = write_gdal(tmp_path / "p.fgb", "FlatGeobuf", field="kind")
    assert read(path)[1] == ["", "", ""]
    assert sorted(read(path, category_field="kind")[1]) == sorted(KINDS)
    with pytest.raises(UsageError, match=r"no field “nonsense”.*Fields in the file: kind") as caught:
        read(path, category_field="nonsense")
    assert caught.value.where == "--category-field"


def test_features_without_geometry_are_counted_and_the_rest_keep_their_category(tmp_path: Path) -> None:
    path = write_gdal(tmp_path / "p.gpkg", "GPKG", [None, PLACES[0], None, PLACES[1]], ["a", "b", "c", "d"])
    assert read(path) == ([PLACES[0], PLACES[1]], ["b", "d"], 2)


def test_many_batches_are_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_streams, "ROWS", 100)
    rng = np.random.default_rng(0)
    places = list(map(tuple, rng.uniform(0, 80, (1_050, 2)).tolist()))
    kinds = [f"k{number % 7}" for number in range(len(places))]
    expected = (places, kinds, 0)
    assert read(write_parquet(tmp_path / "p.parquet", wkb_of(places), kinds, rows=333)) == expected
    assert read(write_gdal(tmp_path / "p.gpkg", "GPKG", places, kinds)) == expected
    lines = [f"{x!r},{y!r},{kind}" for (x, y), kind in zip(places, kinds, strict=True)]
    (tmp_path / "p.csv").write_text("\n".join(["lon,lat,category", *lines]))
    assert read(tmp_path / "p.csv", crs="EPSG:4490") == expected


class TestTables:
    def test_coordinates_are_found_by_their_headings_in_any_order(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("category;纬度;经度\nschool;31.8;117.2\nclinic;31.9;117.3\n", encoding="utf-8")
        places, kinds, _ = read(path, crs="EPSG:4490")
        assert places == [(117.2, 31.8), (117.3, 31.9)]
        assert kinds == ["school", "clinic"]

    def test_text_in_the_encoding_of_chinese_windows_is_understood(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_bytes("类别,经度,纬度\n学校,117.2,31.8\n医院,117.3,31.9\n".encode("gb18030"))
        assert read(path, crs="EPSG:4490", category_field="类别")[1] == ["学校", "医院"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_is_no_part_of_a_heading(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "p.csv"
        path.write_text("x,y,category\n500,600,学校\n", encoding=encoding)
        assert read(path, crs="EPSG:4548") == ([(500.0, 600.0)], ["学校"], 0)

    def test_rows_without_coordinates_are_not_located(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("\n\nx,y,category\n1,2,a\n,,b\nNaN,NaN,c\n,5,d\n")
        assert read(path, crs="EPSG:4548") == ([(1.0, 2.0)], ["a"], 3)

    def test_a_coordinate_that_is_no_number_is_refused_and_shown(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("x,y\n1,2\nabc,3\n")
        with pytest.raises(InputError, match="abc"):
            read(path, crs="EPSG:4548")

    def test_quoted_cells_may_hold_delimiters_and_line_breaks(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text('name,category,x,y\n"a, b","two\nlines",1,2\n"c ""d""",e,3,4\n')
        assert read(path, crs="EPSG:4548") == ([(1.0, 2.0), (3.0, 4.0)], ["two\nlines", "e"], 0)

    def test_a_column_of_wkt_is_read_as_points(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("category,wkt\na,POINT (1 2)\nb,\nc,SRID=4490;POINT (3 4)\nd,POINT EMPTY\n")
        assert read(path, crs="EPSG:4490") == ([(1.0, 2.0), (3.0, 4.0)], ["a", "c"], 2)
        path.write_text("category,wkt\na,nonsense\n")
        with pytest.raises(InputError, match="cannot be read as points of CSV"):
            read(path, crs="EPSG:4490")

    def test_a_table_says_nothing_of_its_system(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("x,y\n1,2\n")
        with pytest.raises(MissingCrsError, match="--points-crs EPSG:4490"):
            read(path)


class TestSystems:
    def test_what_a_file_declares_holds_unless_the_caller_says_otherwise(self, tmp_path: Path) -> None:
        path = write_gdal(tmp_path / "p.fgb", "FlatGeobuf")
        with open_points(path) as file:
            assert (code_of(file.crs), file.crs_how) == ("EPSG:4490", "declared")
        with open_points(path, crs="EPSG:4326") as file:
            assert (code_of(file.crs), file.crs_how) == ("EPSG:4326", "override")
        with pytest.raises(UsageError) as caught:
            read(path, crs="EPSG:999999")
        assert caught.value.where == "--points-crs"

    def test_geoparquet_without_a_system_is_in_degrees_and_with_an_empty_one_in_none(self, tmp_path: Path) -> None:
        with open_points(write_parquet(tmp_path / "a.parquet", wkb_of(PLACES), crs="")) as file:
            assert file.crs.is_geographic
        with pytest.raises(MissingCrsError):
            read(write_parquet(tmp_path / "b.parquet", wkb_of(PLACES), crs=None))

    def test_a_system_that_geoplan_cannot_work_in_is_refused_by_its_file(self, tmp_path: Path) -> None:
        path = write_parquet(tmp_path / "p.parquet", wkb_of(PLACES), crs="EPSG:4978")  # metres from the earth's centre
        with pytest.raises(CrsError, match=r"p\.parquet"):
            read(path)


class TestFiles:
    def test_an_encoding_that_does_not_exist_is_a_mistake_of_the_option(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no such encoding") as caught:
            read(write_parquet(tmp_path / "p.parquet", wkb_of(PLACES)), encoding="nonsense")
        assert caught.value.where == "--encoding"

    def test_the_layer_of_points_is_the_one_that_is_meant(self, tmp_path: Path) -> None:
        path = write_gdal(tmp_path / "p.gpkg", "GPKG", layer="places")
        box = shapely.to_wkb(np.array([shapely.box(0, 0, 1, 1)], dtype=object))
        pyogrio.raw.write(
            str(path), box, [], [], driver="GPKG", geometry_type="Polygon", crs="EPSG:4490", layer="zones", append=True
        )
        assert len(read(path)[0]) == 3
        with open_points(path) as file:
            assert file.named == "places"
        with pytest.raises(InputError, match="feature #1 is a Polygon, not a point"):
            read(path, layer="zones")
        write_gdal(path, "GPKG", layer="more", append=True)
        with pytest.raises(InputError, match="several layers could be meant: places, more"):
            read(path)

    def test_a_shapefile_in_the_encoding_of_chinese_windows_is_understood(self, tmp_path: Path) -> None:
        path = write_gdal(
            tmp_path / "p.shp", "ESRI Shapefile", PLACES, ["学校", "医院", "学校"], field="类别", encoding="GBK"
        )
        (tmp_path / "p.cpg").unlink(missing_ok=True)
        assert read(path, category_field="类别")[1] == ["学校", "医院", "学校"]

    def test_an_archive_is_looked_into(self, tmp_path: Path) -> None:
        inner = write_parquet(tmp_path / "p.parquet", wkb_of(PLACES))
        with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
            archive.write(inner, "folder/p.parquet")
        assert read(tmp_path / "p.zip")[0] == list(PLACES)

    def test_the_digest_and_the_number_of_rows_are_kept(self, tmp_path: Path) -> None:
        path = write_parquet(tmp_path / "p.parquet", wkb_of(PLACES))
        with open_points(path) as file:
            info = file.info(3)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert (info.sha256, info.features, info.layer) == (digest, 3, None)

    @pytest.mark.parametrize(("name", "driver"), [("p.fgb", "FlatGeobuf"), ("p.gpkg", "GPKG")])
    def test_a_file_that_was_cut_short_is_refused(self, tmp_path: Path, name: str, driver: str) -> None:
        rng = np.random.default_rng(0)
        places = list(map(tuple, rng.uniform(0, 80, (5_000, 2)).tolist()))
        path = write_gdal(tmp_path / name, driver, places, ["kind"] * len(places))
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        with pytest.raises(InputError):
            read(path)

    def test_a_parquet_file_that_was_cut_short_or_has_no_geometry_is_refused(self, tmp_path: Path) -> None:
        path = write_parquet(tmp_path / "p.parquet", wkb_of(PLACES))
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(InputError, match="cannot be read as"):
            read(path)
        plain = tmp_path / "plain.parquet"
        pa.parquet.write_table(pa.table({"x": [1.0]}), plain)
        with pytest.raises(InputError, match="no GeoParquet metadata"):
            read(plain)

    def test_drawings_and_sheets_are_no_files_of_points(self, tmp_path: Path) -> None:
        path = tmp_path / "p.dxf"
        path.write_text("  0\nSECTION\n  2\nENTITIES\n  0\nENDSEC\n  0\nEOF\n")
        with pytest.raises(InputError, match="points are not read from DXF"):
            read(path)

    def test_a_field_with_a_value_for_every_point_is_no_category(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("geoplan.read.points.MAX_CATEGORIES", 2)
        path = write_parquet(tmp_path / "p.parquet", wkb_of(PLACES), ["a", "b", "c"])
        with pytest.raises(UsageError, match="more than 2 values"):
            read(path)

    def test_points_and_shapes_of_other_kinds_in_one_file_are_refused_with_their_number(self, tmp_path: Path) -> None:
        shapes = shapes_of(PLACES)
        shapes[1] = shapely.MultiPoint([(1, 2)])
        column = pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())
        with pytest.raises(InputError, match="feature #2 is a MultiPoint, not a point"):
            read(write_parquet(tmp_path / "p.parquet", column))


def test_reading_points_does_not_load_pandas(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "p.parquet", wkb_of([PLACES[0], None]), ["a", None])
    code = (
        "import sys; from geoplan.read.points import open_points\n"
        f"with open_points({str(path)!r}) as file: print(sum(len(batch.x) for batch in file.batches()))\n"
        "print('pandas' in sys.modules, 'geopandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False", "False"]
