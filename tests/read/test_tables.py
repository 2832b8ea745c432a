"""Tables: WKT or one row a vertex, columns known by their headings, cells never evaluated."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.inspection import EncodingInfo
from geoplan.read import read_raw, read_zones
from geoplan.read.guards import UnfitError
from geoplan.read.tables import is_table, read_table, rows_of
from tests.helpers import EAST, NORTH, square
from tests.read.files import SQUARES

UTF8 = EncodingInfo("UTF-8", "", ())


def table(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(f"{row}\n" for row in rows).encode(encoding))
    return path


def sheet(path: Path, *rows: str) -> Path:
    """An .xlsx by GDAL's own command line, from CSV."""
    source = table(path.with_suffix(".csv"), *rows)
    subprocess.run(["ogr2ogr", "-f", "XLSX", path, source, "-oo", "HEADERS=YES"], check=True, capture_output=True)
    source.unlink()
    return path


def vertices(x: str = "x", y: str = "y", extra: str = "") -> list[str]:
    """The rows of two squares, corner by corner."""
    rows = [f"id,{x},{y}{extra}"]
    for name, shape in zip(("0012", "b"), SQUARES, strict=True):
        rows += [f"{name},{east},{north}" for east, north in shapely.get_coordinates(shape)[:-1]]
    return rows


def wkt_rows(heading: str = "id,name,WKT") -> list[str]:
    return [heading, f'0012,核心区,"{SQUARES[0].wkt}"', f'=1+1,rim,"{SQUARES[1].wkt}"']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_wkt_in_a_column_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    raw = read_raw(table(tmp_path / "zones.csv", *wkt_rows(), encoding=encoding))
    assert list(raw.geometry) == list(SQUARES)
    assert list(raw.fields["id"]) == ["0012", "=1+1"]
    assert list(raw.fields["name"]) == ["核心区", "rim"]
    assert "WKT" not in raw.fields
    assert (raw.driver, raw.declared) == ("CSV", None)


@pytest.mark.parametrize("column", ["WKT", "wkt_geom", "geometry", "The_Geom", "几何"])
def test_a_column_of_wkt_goes_by_several_names(column: str) -> None:
    rows = [["id", column], ["a", SQUARES[0].wkt]]
    assert read_table(rows, UTF8).geometry[0] == SQUARES[0]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [row.replace(",", delimiter) for row in vertices()]
    raw = read_raw(table(tmp_path / "zones.txt", *rows))
    assert [shapely.normalize(shape) for shape in raw.geometry] == [shapely.normalize(shape) for shape in SQUARES]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("x", "y"),
        ("X", "Y"),
        ("lon", "lat"),
        ("经度", "纬度"),
        ("东坐标", "北坐标"),
        ("横坐标(m)", "纵坐标(m)"),
        ("Y坐标", "X坐标"),  # in surveys X is north
        ("Easting", "Northing"),
    ],
)
def test_rows_of_vertices_make_zones_by_the_names_of_their_columns(tmp_path: Path, x: str, y: str) -> None:
    raw = read_raw(table(tmp_path / "zones.csv", *vertices(x, y)))
    assert [shapely.normalize(shape) for shape in raw.geometry] == [shapely.normalize(shape) for shape in SQUARES]
    assert list(raw.fields["id"]) == ["0012", "b"]
    assert raw.declared is None
    assert [note.en for note in raw.notes] == [f"east is column “{x}”, north “{y}”"]


def test_vertices_go_in_the_order_their_numbers_state() -> None:
    rows = [["id", "点号", "x", "y"], *(["a", f"J{n}", x, y] for n, x, y in
            [(1, "0", "0"), (3, "9", "9"), (10, "0", "4"), (2, "9", "0"), (4, "0", "9")])]  # fmt: skip
    (shape,) = read_table(rows, UTF8).geometry
    assert list(shapely.get_coordinates(shape)[:, 0]) == [0, 9, 9, 0, 0, 0]


def test_rings_of_vertices_are_holes_where_they_lie_inside() -> None:
    corners = [("1", "0", "0"), ("1", "9", "0"), ("1", "9", "9"), ("1", "0", "9")]
    corners += [("2", "2", "2"), ("2", "4", "2"), ("2", "4", "4"), ("2", "2", "4")]
    (shape,) = read_table([["圈号", "x", "y"], *map(list, corners)], UTF8).geometry
    assert shape.area == 81 - 4


def test_a_zone_of_two_points_is_counted_as_skipped() -> None:
    found = read_table([["id", "x", "y"], ["a", "0", "0"], ["a", "1", "1"]], UTF8)
    assert (found.features, len(found.geometry)) == (1, 0)
    assert found.skipped[0].en == "1 feature: fewer than three points"


def test_an_empty_cell_of_wkt_is_a_zone_without_geometry() -> None:
    found = read_table([["id", "wkt"], ["a", ""], ["", ""], ["b", SQUARES[0].wkt]], UTF8)
    assert list(found.geometry) == [None, SQUARES[0]]


def test_the_srid_of_ewkt_is_a_declared_crs() -> None:
    assert read_table([["wkt"], [f"SRID=4548;{SQUARES[0].wkt}"]], UTF8).crs == "EPSG:4548"
    assert read_table([["wkt"], ["SRID=1;POINT (0 0)"], ["SRID=2;POINT (0 0)"]], UTF8).crs is None


def test_blank_rows_above_the_heading_and_short_rows_do_no_harm() -> None:
    found = read_table([[], ["", ""], ["wkt", "note", "note"], [SQUARES[0].wkt]], UTF8)
    assert {name: list(values) for name, values in found.fields.items()} == {"note": [""], "note_": [""]}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["id,x,y", "a,0,0", "a,east,1"], r"row 3 has the coordinate 'east', which is no number"),
        (["id,x,y", "a,0,nan"], r"row 2 has the coordinate 'nan', which is no number"),
        (["id,wkt", "a,POLYGON ((0 0"], r"row 2 holds no WKT that can be read"),
        (["id,wkt", 'a,"POINT'], r"line 2 is no CSV"),
    ],
)
def test_a_mistake_names_its_row(tmp_path: Path, rows: list[str], said: str) -> None:
    path = table(tmp_path / "zones.csv", *rows)
    with pytest.raises(InputError, match=said) as caught:
        read_raw(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_table_without_coordinates_is_no_vector_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a vector file"):
        read_raw(table(tmp_path / "zones.csv", "id,name", "1,a"))
    with pytest.raises(UnfitError, match="its columns are id, name"):
        read_table([["id", "name"], ["1", "a"]], UTF8)


def test_a_sheet_reads_as_the_same_table_does(tmp_path: Path) -> None:
    raw = read_raw(sheet(tmp_path / "zones.xlsx", *wkt_rows()))
    assert (raw.driver, raw.features) == ("XLSX", 2)
    assert list(raw.geometry) == list(SQUARES)
    assert list(raw.fields["id"]) == ["0012", "=1+1"]
    layer = read_zones(sheet(tmp_path / "vertices.xlsx", *vertices("经度", "纬度")), crs="EPSG:4548")
    assert layer.text("id") == ("0012", "b")
    assert [shape.area for shape in layer.geometry] == [10000, 10000]


def test_a_sheet_is_known_by_its_content(tmp_path: Path) -> None:
    path = sheet(tmp_path / "zones.xlsx", *wkt_rows()).rename(tmp_path / "zones.dat")
    assert read_raw(path).driver == "XLSX"


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    shape = square(EAST + 0.123456789, NORTH + 0.987654321, 1)
    rows = ["x,y", *(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(shape).tolist())]
    for path in (table(tmp_path / "a.csv", *rows), sheet(tmp_path / "b.xlsx", *rows)):
        assert read_raw(path).geometry[0] == shape


@pytest.mark.parametrize("text", ["x y z\n1 2 3\n", "hello\n", "", "x,y\n", "id,name\n1,2\n"])
def test_other_text_is_not_taken_for_a_table(text: str) -> None:
    assert not is_table(text)


_CELLS = st.text(alphabet='xy,;"\n0123456789.e-POLYGON()= \t', max_size=120)


@given(st.sampled_from(["id,x,y\n", "wkt,id\n", "x;y;点号;圈号\n", ""]), _CELLS)
def test_any_text_gives_a_layer_or_a_reason(heading: str, rest: str) -> None:
    try:
        found = read_table(rows_of(heading + rest), UTF8)
    except UnfitError:
        return
    assert found.features == len(found.geometry) + sum(int(text.en.split()[0]) for text in found.skipped)
    assert all(len(values) == len(found.geometry) for values in found.fields.values())


def test_reading_a_table_leaves_the_process_as_it_was() -> None:
    usual = csv.field_size_limit()
    rows_of("a,b\n1,2\n")
    with pytest.raises(UnfitError):
        rows_of('a,"b\n')
    assert csv.field_size_limit() == usual
