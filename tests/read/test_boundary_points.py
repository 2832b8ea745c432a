"""Boundary-point text: north first, rings by number, the CRS only where head and numbers agree."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.read import read_raw
from geoplan.read.boundary_points import is_boundary_points, read_points
from geoplan.read.guards import UnfitError
from tests.helpers import square
from tests.read.boundary_files import HEAD, SQUARE

SHAPE = square(39518000, 3521000, 100)


def points(*rings: tuple[int, list[tuple[float, float]]]) -> str:
    """Lines of points, given as (east, north), for each (ring number, points)."""
    lines = []
    for ring, places in rings:
        lines += [f"J{place},{ring},{north},{east}" for place, (east, north) in enumerate(places, start=1)]
    return "\n".join(lines) + "\n"


def box(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def written(folder: Path, text: str, encoding: str = "gbk") -> Path:
    path = folder / "界址点.txt"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_a_parcel_has_its_place_number_name_and_class(tmp_path: Path, encoding: str) -> None:
    raw = read_raw(written(tmp_path, HEAD + SQUARE, encoding))
    assert (raw.driver, raw.layer) == ("boundary points", None)
    assert [shapely.normalize(shape) for shape in raw.geometry] == [shapely.normalize(SHAPE)]
    assert {name: str(values[0]) for name, values in raw.fields.items()} == {
        "DKMJ": "1.0000", "DKBH": "0012", "DKMC": "核心区", "shape": "面", "TFH": "I50", "DKYT": "07", "DLBM": "0701",
    }  # fmt: skip
    assert raw.declared == "EPSG:4527"
    assert "核心区" in raw.encoding.sample
    assert raw.notes == ()


@pytest.mark.parametrize(
    ("system", "width", "zone", "east", "expected"),
    [
        # from the table of STANDARDS.md §2
        ("2000国家大地坐标系", "3", "39", 39518000, "EPSG:4527"),
        ("2000国家大地坐标系", "3", "", 39518000, "EPSG:4527"),
        ("2000国家大地坐标系", "3", "39", 518000, "EPSG:4548"),
        ("2000国家大地坐标系", "3", "40", 40318000, "EPSG:4528"),
        ("2000国家大地坐标系", "6", "20", 20518000, "EPSG:4498"),
        ("2000国家大地坐标系", "6", "20", 518000, "EPSG:4509"),
        ("80西安坐标系", "3", "39", 39518000, "EPSG:2363"),
        ("1980西安坐标系", "3", "39", 518000, "EPSG:2384"),
        ("1980西安坐标系", "6", "20", 20518000, "EPSG:2334"),
        ("54北京坐标系", "3度", "39", 39518000, "EPSG:2415"),
        ("北京54", "6", "20", 20518000, "EPSG:21420"),
        ("1954北京坐标系", "6", "20", 518000, "EPSG:21460"),
        # what is missing or contradicts itself declares nothing
        ("2000国家大地坐标系", "3", "", 518000, None),
        ("2000国家大地坐标系", "3", "38", 39518000, None),
        ("2000国家大地坐标系", "6", "39", 39518000, None),
        ("2000国家大地坐标系", "", "39", 39518000, None),
        ("地方坐标系", "3", "39", 39518000, None),
        ("", "3", "39", 39518000, None),
    ],
)
def test_the_head_and_the_eastings_declare_a_crs_together(
    system: str, width: str, zone: str, east: int, expected: str | None
) -> None:
    head = HEAD.replace("=2000国家大地坐标系", f"={system}").replace("分带=3", f"分带={width}")
    head = head.replace("带号=39", f"带号={zone}")
    content = head + "4,1,1,a,面,,,,@\n" + points((1, box(east, 3521000, 100)))
    assert read_points(content.encode()).crs == expected


def test_a_file_in_degrees_declares_its_datum_only() -> None:
    content = HEAD + "4,1,1,a,面,,,,@\n" + points((1, box(117.2, 31.8, 0.01)))
    assert read_points(content.encode()).crs == "EPSG:4490"


def test_a_second_ring_inside_is_a_hole_and_outside_a_part() -> None:
    rings = points((1, box(0, 0, 100)), (2, box(10, 10, 20)), (3, box(200, 0, 50)))
    (shape,) = read_points(("15,1,1,a,面,,,,@\n" + rings).encode()).geometry
    assert shape.geom_type == "MultiPolygon"
    assert shape.area == 100**2 - 20**2 + 50**2


def test_an_island_in_a_hole_is_land() -> None:
    rings = points((1, box(0, 0, 100)), (2, box(10, 10, 80)), (3, box(20, 20, 10)))
    (shape,) = read_points(("15,1,1,a,面,,,,@\n" + rings).encode()).geometry
    assert shape.area == 100**2 - 80**2 + 10**2


def test_a_ring_goes_on_after_its_closing_point_as_another() -> None:
    rings = points((1, box(0, 0, 100)), (1, box(200, 0, 10)))
    (shape,) = read_points(("10,1,1,a,面,,,,@\n" + rings).encode()).geometry
    assert shape.area == 100**2 + 10**2


def test_rings_need_no_closing_point_and_no_head() -> None:
    text = "4,1,1,a,面,,,,@\n" + points((1, box(0, 0, 100)[:-1]))
    assert is_boundary_points(text)
    assert read_points(text.encode()).geometry[0].area == 100**2


def test_full_width_punctuation_spaces_and_plain_numbers_are_read() -> None:
    text = HEAD + "4，1，1，核心区，面，，，，＠\n" + points((1, box(0, 0, 100))).replace("J", " ").replace(",", " ， ")
    found = read_points(text.encode("gbk"))
    assert found.geometry[0].area == 100**2
    assert found.fields["DKMC"][0] == "核心区"


def test_several_parcels_keep_their_order_and_longer_rows_their_columns() -> None:
    text = HEAD + SQUARE + "4,1,2,b,面,,,,x,y,@\n" + points((1, box(39600000, 3521000, 10)))
    found = read_points(text.encode())
    assert list(found.fields["DKMC"]) == ["核心区", "b"]
    assert list(found.fields["column_10"]) == ["", "y"]
    assert [shape.area for shape in found.geometry] == [10000, 100]


def test_points_and_lines_are_counted_as_skipped(tmp_path: Path) -> None:
    text = HEAD + SQUARE + "2,0,2,路,线,,,,@\n" + points((1, [(0, 0), (1, 1)]))
    raw = read_raw(written(tmp_path, text))
    assert (raw.layers[0].features, raw.layers[0].read) == (2, 1)
    assert [text.en for text in raw.skipped] == ["1 feature: points or a line by their own word, not an area"]


def test_a_wrong_count_of_points_is_told_with_its_line() -> None:
    text = HEAD + SQUARE.replace("4,1.0000", "9,1.0000")
    (note,) = read_points(text.encode()).notes
    assert note.en == "1 of the parcels state another number of points than follow (line 13)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "holds no parcel"),
        (HEAD + "J1,1,1,1\n", "line 13 has a point before any parcel"),
        (HEAD + SQUARE + "hello\n", "line 19 is neither a parcel nor a point: 'hello'"),
        (HEAD + SQUARE + "J1,1,x,2\n", "line 19 is neither a parcel nor a point"),
        (HEAD + "1,1,1,a,面,,,,@\n", "line 13 begins a parcel without points"),
        (HEAD + "2,1,1,a,面,,,,@\nJ1,1,0,0\nJ2,1,1,1\n", "line 13 begins a parcel whose ring 1 has fewer than three"),
        (HEAD + "4,1,1,a,面,,,,@\nJ1,1,1e999,0\n", "line 14 has a number that is no coordinate"),
    ],
)
def test_a_mistake_is_one_line_with_its_number(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=said) as caught:
        read_raw(path)
    assert str(caught.value).startswith(f"{path}: cannot be read as boundary points: ")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["hello\n", "a,b@\nc,d\n", "x,y\n1,2\n", "[main]\nkey=value\n", ""])
def test_other_text_is_not_taken_for_it(text: str) -> None:
    assert not is_boundary_points(text)


_ROUGH = st.text(alphabet="J1234567890,.@\n面线=[]地块坐标-eE， ", max_size=200)


@given(st.one_of(st.binary(max_size=200), _ROUGH.map(lambda text: (HEAD + SQUARE + text).encode())))
def test_any_bytes_give_a_layer_or_a_reason(content: bytes) -> None:
    try:
        found = read_points(content)
    except UnfitError:
        return
    assert found.features == len(found.geometry) + sum(int(text.en.split()[0]) for text in found.skipped)


def test_the_example_in_the_docs_reads() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    example = "\n".join(line.strip() for line in page.splitlines() if line.startswith("    "))
    found = read_points(example.encode())
    assert (found.crs, found.geometry[0].area, found.notes) == ("EPSG:4527", 10000, ())
