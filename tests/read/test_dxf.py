"""Drawings: closed lines and hatches are zones named after their layer; every other entity is counted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import shapely

from geoplan.errors import InputError, MissingCrsError
from geoplan.read import inspect_file, read_raw, read_zones
from tests.read.drawings import circle, drawing, hatch, line, point, polyline, square_of, text

OUTLINE = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "总图.dxf"


def test_closed_lines_are_zones_named_after_their_layers(path: Path) -> None:
    raw = read_raw(drawing(path, square_of("核心区", 0, 0, 100), square_of("rim", 100, 0, 50)))
    assert (raw.driver, list(raw.fields["name"])) == ("DXF", ["核心区", "rim"])
    assert [shape.area for shape in raw.geometry] == [10000, 2500]
    assert raw.declared is None


def test_a_hatch_is_a_zone_unless_it_fills_an_outline_of_its_layer(path: Path) -> None:
    raw = read_raw(drawing(path, square_of("a", 0, 0, 100), hatch("a", *OUTLINE), hatch("b", *OUTLINE)))
    assert list(raw.fields["name"]) == ["a", "b"]
    assert [one.en for one in raw.skipped] == ["1 feature: a hatch of an outline on the same layer that was read"]


def test_arcs_bulges_and_circles_are_stroked_to_the_stated_tolerance(path: Path) -> None:
    raw = read_raw(drawing(path, circle("o", 500, 500, 100), polyline("b", (0, 0, 1.0), (200, 0, 1.0))))
    for shape, (x, y) in zip(raw.geometry, ((500, 500), (100, 0)), strict=True):
        assert shape.area == pytest.approx(math.pi * 100**2, rel=1e-6)
        edges = shapely.get_coordinates(shape)
        middles = (edges[1:] + edges[:-1]) / 2  # where a chord is farthest from its arc
        assert max(100 - math.hypot(mx - x, my - y) for mx, my in middles) < 0.01 * 100 / 26_000
    assert "were stroked in steps of 0.1°" in raw.notes[0].en


def test_what_is_no_area_is_counted_by_reason(path: Path) -> None:
    entities = [square_of("a", 0, 0, 9), square_of("b", 0, 0, 9, closed=False), line("c", 0, 0)]
    raw = read_raw(drawing(path, *entities, text("t", 1, 1, "核心区"), point("p", 1, 1)))
    assert (raw.layers[0].features, raw.layers[0].read) == (5, 1)
    assert [one.en for one in raw.skipped] == [
        "2 features: a line that is not closed",
        "1 feature: text",
        "1 feature: a point or block without lines",
    ]


def test_one_layer_of_the_drawing_can_be_picked(path: Path) -> None:
    drawing(path, square_of("zones", 0, 0, 100), square_of("roads", 0, 0, 5), line("zones", 0, 0))
    raw = read_raw(path, layer="zones")
    assert (raw.layer, list(raw.fields["name"])) == ("zones", ["zones"])
    assert [one.en for one in raw.skipped] == [
        "1 feature: a line that is not closed",
        "1 feature: on another layer of the drawing",
    ]
    with pytest.raises(InputError, match="nothing closed lies on the layer “rivers”"):
        read_raw(path, layer="rivers")


@pytest.mark.parametrize(
    ("encoding", "version", "page"),
    [("utf-8", "AC1021", "ANSI_936"), ("gbk", "AC1015", "ANSI_936"), ("gbk", "AC1015", "ANSI_1252"),
     ("utf-8", "AC1015", "ANSI_936")],
)  # fmt: skip
def test_names_are_right_whatever_code_page_is_claimed(path: Path, encoding: str, version: str, page: str) -> None:
    drawing(path, square_of("高新核心区", 0, 0, 9), encoding=encoding, version=version, page=page)
    assert list(read_raw(path).fields["name"]) == ["高新核心区"]


def test_a_drawing_has_no_crs_of_its_own(path: Path) -> None:
    drawing(path, square_of("a", 518000, 3521000, 100))
    with pytest.raises(MissingCrsError):
        read_zones(path)
    assert read_zones(path, crs="EPSG:4548").text("name") == ("a",)


def test_a_drawing_without_anything_closed_says_so(path: Path) -> None:
    facts = inspect_file(drawing(path, line("a", 0, 0)))
    assert facts.raw is not None
    assert facts.raw.features == 0
    with pytest.raises(InputError, match="has no features"):
        read_zones(path, crs="EPSG:4548")


@pytest.mark.parametrize("head", [b"AC1032\0\0", b"AC1015", b"AC1.50", b"AutoCAD Binary DXF\r\n\x1a\0"])
def test_dwg_and_binary_dxf_are_refused_with_what_to_do(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "zones.dxf"
    path.write_bytes(head + bytes(200))
    with pytest.raises(InputError, match="export it as DXF"):
        read_raw(path)


def block(name: str, *content: object) -> list[object]:
    return [0, "BLOCK", 8, "0", 2, name, 10, 0, 20, 0, *content, 0, "ENDBLK"]


def insert(name: str, layer: str = "0", x: float = 0) -> list[object]:
    return [0, "INSERT", 8, layer, 2, name, 10, x, 20, 0]


def test_a_closed_line_in_a_block_is_a_zone_where_the_block_is_inserted(path: Path) -> None:
    blocks = block("B", *square_of("zones", 0, 0, 10))
    raw = read_raw(drawing(path, insert("B", x=500), insert("B", x=700), blocks=blocks))
    assert [shape.bounds[0] for shape in raw.geometry] == [500, 700]


def doubling(times: int) -> list[object]:
    """Blocks B0 to B<times>, each of which inserts the one before it twice."""
    inner = [pair for n in range(1, times + 1) for pair in block(f"B{n}", *insert(f"B{n - 1}"), *insert(f"B{n - 1}"))]
    return [*block("B0", *square_of("b", 0, 0, 1)), *inner]


def test_blocks_that_multiply_are_refused_before_they_do(path: Path) -> None:
    assert read_raw(drawing(path, insert("B5"), blocks=doubling(5))).features == 2**5
    with pytest.raises(InputError, match=r"unfold to 1,073,741,8\d\d entities or more"):
        read_raw(drawing(path, insert("B30"), blocks=doubling(30)))
    many = [0, "INSERT", 8, "0", 2, "A", 70, 30000, 71, 30000, 10, 0, 20, 0]
    with pytest.raises(InputError, match=r"unfold to 900,000,0\d\d entities or more"):
        read_raw(drawing(path, many, blocks=block("A", *square_of("b", 0, 0, 1))))


def test_a_block_that_contains_itself_is_refused(path: Path) -> None:
    blocks = [*block("A", *insert("B")), *block("B", *insert("A"))]
    with pytest.raises(InputError, match="has a block that contains itself"):
        read_raw(drawing(path, insert("A"), blocks=blocks))


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.7, 0.9])
def test_a_drawing_cut_short_is_refused(path: Path, keep: float) -> None:
    whole = drawing(path, square_of("a", 0, 0, 9), polyline("b", (0, 0), (1, 0), (1, 1))).read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=r"is truncated|no group code|not a vector file"):
        read_raw(path)


def test_lines_out_of_step_are_refused_with_their_number(path: Path) -> None:
    drawing(path, square_of("a", 0, 0, 9))
    path.write_bytes(path.read_bytes().replace(b"ENTITIES\r\n", b"ENTITIES\r\n\r\nx\r\n"))
    with pytest.raises(InputError, match=r"line \d+ is no group code"):
        read_raw(path)
