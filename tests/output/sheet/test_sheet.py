"""The finished sheet, read back by another program: scale, words, fonts, pages, bytes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pdfminer.pdftypes import resolve1
from shapely.geometry import Point

from geoplan.errors import FontError, UsageError
from geoplan.output.sheet import sheet_bytes, write_sheet
from geoplan.output.sheet.document import sheet_of
from geoplan.output.sheet.fonts import FontPlaces
from geoplan.output.sheet.typesetting import set_sheet
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView, open_plan
from tests.helpers import EAST, NORTH, rectangle, square
from tests.output.sheet.reading import DAY, Read, options, plan_of, squeezed

POINTS_PER_MM = 72 / 25.4
BLUE, ORANGE = "#0072B2", "#E69F00"


@pytest.fixture(scope="module")
def squares() -> PlanView:
    """Return 1,000 m, 500 m and 2,000 m squares: 1, 0.25 and 4 km², together 5.25 km²."""
    shapes = [square(EAST, NORTH, 1000), square(EAST + 1500, NORTH, 500), square(EAST, NORTH + 1500, 2000)]
    facilities = (
        Facility("f1", Text("Tower", "高塔"), "tower", Point(117.2, 31.82), accuracy_m=100.0),
        Facility("f2", Text("Lost Laboratory", "未知实验室"), "laboratory", None),
    )
    return plan_of(shapes, ["Old Town", "Harbour", "北岸新区"], facilities=facilities)


@pytest.fixture(scope="module")
def sheet(squares: PlanView) -> Read:
    return Read(sheet_bytes(squares, options(language="both", author="Survey Office", review_number="GS(2026)0001号")))


def extent_mm(curve: object) -> tuple[float, float]:
    points = np.array(curve.pts) / POINTS_PER_MM  # type: ignore[attr-defined]
    width, height = points.max(axis=0) - points.min(axis=0)
    return float(width), float(height)


@pytest.mark.parametrize("scale", [20_000, 25_000, 33_333])
def test_a_thousand_metres_measure_a_thousand_metres_over_the_scale(squares: PlanView, scale: int) -> None:
    read = Read(sheet_bytes(squares, options(scale=scale, paper="A3", language="en")))
    largest = max(extent_mm(curve) for curve in read.filled(BLUE))
    assert largest == pytest.approx((1e6 / scale, 1e6 / scale), abs=0.02)


def test_distances_between_zones_are_true_as_well(sheet: Read) -> None:
    # 1:25,000: the right edge of the first square is 500 m, 20 mm, left of the left edge of the second.
    blue = max(sheet.filled(BLUE), key=extent_mm)
    orange = max(sheet.filled(ORANGE), key=extent_mm)
    assert "1:25,000" in sheet.text
    gap = min(x for x, _ in orange.pts) - max(x for x, _ in blue.pts)
    assert gap / POINTS_PER_MM == pytest.approx(20.0, abs=0.02)


def test_the_scale_bar_measures_what_it_says(sheet: Read) -> None:
    # 62 mm at 1:25,000 are 1,550 m: four segments of 250 m, each 10 mm of paper.
    bars = [
        curve for curve in sheet.curves if curve.bbox[3] - curve.bbox[1] == pytest.approx(1.5 * POINTS_PER_MM, abs=0.01)
    ]
    widths = {round((bar.bbox[2] - bar.bbox[0]) / POINTS_PER_MM, 2) for bar in bars}
    assert widths == {10.0}
    assert "00.250.51km" in sheet.text


def test_grid_lines_lie_at_the_coordinates_written_beside_them(sheet: Read) -> None:
    # The first square begins at 518,000 m; the grid line of that easting passes through its left edge.
    blue = max(sheet.filled(BLUE), key=extent_mm)
    left = min(x for x, _ in blue.pts)
    grid = [curve for curve in sheet.curves if curve.linewidth == pytest.approx(0.12 * POINTS_PER_MM, abs=0.01)]
    upright = {round(curve.pts[0][0], 1) for curve in grid if curve.pts[0][0] == pytest.approx(curve.pts[-1][0])}
    assert round(left, 1) in upright
    assert "518,000" in sheet.text


def test_every_zone_stands_there_with_the_area_computed_by_hand(sheet: Read) -> None:
    # name, km², ha, mu (1.5 mu per 1,000 m²), share of 5.25 km²
    for row in (
        "OldTown1.0000100.00001,500.00019.05%",
        "Harbour0.250025.0000375.0004.76%",
        "北岸新区4.0000400.00006,000.00076.19%",
    ):
        assert row in sheet.text
    assert re.search(r"合计Total5\.2500525\.00007,875\.000100\.00%", sheet.text)


def test_the_sheet_says_what_a_sheet_must_say(sheet: Read) -> None:
    for said in (
        "草案·非官方边界DRAFT—notofficial",
        "CGCS2000/3-degreeGauss-KrugerCM117E",
        "EPSG:4548",
        "面积（平面面积）",
        "planarareasinEPSG:4548",
        "版本Revision",
        "notpublished:thezonesoftheplanfolder",
        "SurveyOffice",
        "2026-11-22",
        "审图号Mapreviewno.GS(2026)0001号",
        "图例Legend",
        "坐标北GN",
        "Gridnorthisup",
        "Page1/",
    ):
        assert squeezed(said) in sheet.text, said


def test_an_institution_without_a_place_is_listed(sheet: Read) -> None:
    assert "F2未知实验室LostLaboratory" in sheet.text
    assert "1of2facilitiesarenotlocated" in sheet.text


def test_all_fonts_are_embedded_as_subsets_and_tell_their_unicode(sheet: Read) -> None:
    found = list(sheet.fonts())
    assert found
    for font in found:
        assert {"FontFile", "FontFile2", "FontFile3"} & set(font), font["name"]
        assert re.match(r"/?'?[A-Z]{6}\+", font["name"]), font["name"]
        assert font["unicode"]


def test_the_file_names_itself_and_is_tagged(sheet: Read) -> None:
    assert sheet.info["Title"] == "Test"
    assert sheet.info["Author"] == "Survey Office"
    assert "DRAFT" in sheet.info["Subject"]
    assert sheet.info["CreationDate"].startswith("D:20261122")
    catalog = sheet.document.catalog
    assert resolve1(catalog["Lang"]).decode().startswith("zh")
    assert resolve1(catalog["MarkInfo"])["Marked"] is True
    metadata = resolve1(catalog["Metadata"]).get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_the_map_is_drawn_in_lines_and_holds_no_picture(sheet: Read) -> None:
    for page in sheet.pages:
        for reference in (resolve1(page.resources.get("XObject")) or {}).values():
            assert resolve1(reference).attrs["Subtype"].name != "Image"


def test_the_same_sheet_is_the_same_bytes(squares: PlanView) -> None:
    assert sheet_bytes(squares, options()) == sheet_bytes(squares, options())
    assert sheet_bytes(squares, options()) != sheet_bytes(squares, options(author="Another"))


@pytest.mark.parametrize(
    ("paper", "orientation", "size"),
    [("A4", "landscape", (297, 210)), ("A4", "portrait", (210, 297)), ("A3", "landscape", (420, 297))],
)
def test_the_paper_has_its_size(squares: PlanView, paper: str, orientation: str, size: tuple[int, int]) -> None:
    read = Read(sheet_bytes(squares, options(paper=paper, orientation=orientation)))
    assert [edge / POINTS_PER_MM for edge in read.pages[0].mediabox[2:]] == pytest.approx(size, abs=0.01)


def test_an_english_sheet_of_english_names_has_no_chinese() -> None:
    read = Read(sheet_bytes(plan_of([square(EAST, NORTH, 100)], ["Plot"]), options(language="en")))
    assert not re.search(r"[\u4e00-\u9fff]", read.text)


def test_three_hundred_zones_are_all_in_the_tables_and_the_pages_are_counted() -> None:
    shapes = [square(EAST + 60 * (n % 20), NORTH + 60 * (n // 20), 50) for n in range(300)]
    read = Read(sheet_bytes(plan_of(shapes, [f"Q{n:03d}x" for n in range(300)]), options(language="en")))
    assert all(f"Q{n:03d}x" in read.text for n in range(300))
    pages = len(read.pages)
    assert pages > 2
    assert all(f"Page{page}/{pages}" in read.text for page in range(1, pages + 1))
    # 300 plots of 2,500 m²
    assert "Total0.75000075.00001,125.000100.00%" in read.text


def test_a_plan_without_boundaries_says_so_and_lists_its_zones() -> None:
    read = Read(sheet_bytes(open_plan("aust-wisdom-valley"), options(language="en")))
    assert "0of4boundariesloaded" in read.text
    assert "Functionalzone4(namenotpublished):boundarynotloaded" in read.text
    assert "Notallof" not in read.text


def test_a_plan_with_nothing_to_show_has_a_sheet_without_a_map() -> None:
    view = open_plan("aust-wisdom-valley")
    bare = PlanView(view.plan, None, view.result, (), (), ())
    read = Read(sheet_bytes(bare, options(language="en")))
    assert squeezed("Nothing of this plan has a place yet, so there is no map.") in read.text


HOSTILE = (
    "#let x = 1 *b* _i_ $a$ @ref <lab> [c] #strike[x] // c",
    "</script><img src=x onerror=alert(1)> ${alert(1)} `raw`",
    "=cmd|'/c calc'!A0",
    "\\u{41} \\ & % { } ~ ^",
)


def test_hostile_names_are_text() -> None:
    shapes = [square(EAST + n * 2000, NORTH, 1900) for n in range(len(HOSTILE))]
    read = Read(sheet_bytes(plan_of(shapes, HOSTILE), options(paper="A3", language="en", title=Text.same(HOSTILE[0]))))
    for name in HOSTILE:
        assert squeezed(name) in read.text
    assert read.info["Title"] == HOSTILE[0]


def test_what_acts_unseen_is_shown_and_what_is_too_long_is_cut_with_a_mark() -> None:
    names = ["a\u202egnp.exe", "b\x07\x1b[31m", "W" * 5000, "长" * 5000]
    shapes = [square(EAST + n * 2000, NORTH, 1900) for n in range(len(names))]
    read = Read(sheet_bytes(plan_of(shapes, names), options(paper="A3", language="en")))
    assert "a\\u202egnp.exe" in read.text
    assert "b\\x07\\x1b[31m" in read.text
    assert re.search(r"(?<!W)W{89}…", read.text)
    assert re.search(r"(?<!长)长{89}…", read.text)


def test_letters_from_right_to_left_and_characters_no_font_has_do_not_stop_a_sheet() -> None:
    read = Read(sheet_bytes(plan_of([square(EAST, NORTH, 1000)], ["שלום عربي \U000e0fff \ufdd0x"]), options()))
    assert "[U+E0FFF]" in read.text
    assert "Nofontherehasthesecharacters" in read.text


def test_without_a_font_for_chinese_the_sheet_is_refused_with_what_to_do(squares: PlanView, tmp_path: Path) -> None:
    with pytest.raises(FontError, match=r"no font with Chinese was found.*pip install pylopdf-fonts-zh-cn") as caught:
        set_sheet(sheet_of(squares, options()), FontPlaces((tmp_path,), system=False))
    assert "未找到含中文的字体" in caught.value.line("zh")


def test_at_a_scale_that_is_too_large_the_sheet_says_what_is_cut(squares: PlanView) -> None:
    read = Read(sheet_bytes(squares, options(scale=2_000, language="en")))
    assert squeezed("Not all of the plan fits at 1:2,000") in read.text


def test_a_crossed_polygon_is_drawn_and_a_finding_marked() -> None:
    crossed = rectangle(EAST, NORTH, 1000, 1000)
    points = list(crossed.exterior.coords)
    bow = type(crossed)([points[0], points[2], points[1], points[3], points[0]])
    read = Read(sheet_bytes(plan_of([bow, square(EAST + 2000, NORTH, 500)]), options(language="en")))
    assert "Validgeometry" in read.text
    assert "FAILED" in read.text


def test_a_sheet_is_written_whole_or_not_at_all(squares: PlanView, tmp_path: Path) -> None:
    target = tmp_path / "报告.pdf"
    write_sheet(squares, target, options())
    assert target.read_bytes() == sheet_bytes(squares, options())
    with pytest.raises(UsageError, match="cannot be written"):
        write_sheet(squares, tmp_path / "missing" / "x.pdf", options())


def test_the_sheet_of_the_bundled_plan_is_small_and_indicative() -> None:
    made = sheet_bytes(open_plan("ustc-silicon-valley"), options(day=DAY))
    assert len(made) < 1_000_000
    assert "示意·非官方边界INDICATIVE—notofficial" in Read(made).text


def test_nothing_but_a_sheet_loads_the_typesetter() -> None:
    wanted = "{'typst', 'pylopdf_fonts_zh_cn'}"
    code = f"import sys, geoplan.output.sheet; print(sorted({wanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
