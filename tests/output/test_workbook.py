"""The workbook as openpyxl reads it: numbers as numbers, text as text, totals equal to the page's, set up for A4."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from shapely.geometry import Point

from geoplan.errors import UsageError
from geoplan.output.handover import facts_of
from geoplan.output.workbook import workbook_bytes, write_workbook
from geoplan.output.workbook.book import sheets_of
from geoplan.result import CheckResult
from geoplan.revisions import Publishing, load
from geoplan.types import Acceptance, Comparison, Facility, Indicator, IndicatorKind, Text, Tolerance
from geoplan.workflow import PlanView, open_plan
from tests.helpers import make_plan
from tests.output.examples import HOSTILE
from tests.output.export.ground import FORMULA, TOTAL, squares
from tests.revisions import layout

SHEETS = ["Overview", "Zones", "Groups", "Facilities", "Network", "Findings", "Indicators", "Sources", "Method"]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    rule = '[[rules]]\ncheck = "area-total"\nkm2 = 1.47\ntolerance_km2 = 0.001\nsource = "survey"\n'
    return squares(tmp_path_factory.mktemp("book"), more=rule)


def book(view: PlanView, language: str = "en") -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(view, language).content))


def heads(sheet: Any) -> dict[str, int]:
    """Return the columns of a sheet's table by heading, from the row the sheet repeats on every printed page."""
    row = int(sheet.print_title_rows.split(":")[0].strip("$"))
    return {"": row} | {cell.value: cell.column for cell in sheet[row] if cell.value is not None}


def column(sheet: Any, heading: str) -> list[Any]:
    known = heads(sheet)
    return [sheet.cell(row, known[heading]).value for row in range(known[""] + 1, sheet.max_row + 1)]


def test_the_sheets_stand_in_their_order_in_both_languages(view: PlanView) -> None:
    assert book(view).sheetnames == SHEETS
    assert book(view, "zh").sheetnames == ["概览", "分区", "分组", "设施", "网络", "检查结果", "指标", "来源", "方法"]


def test_zones_have_all_three_methods_and_every_unit_as_numbers(view: PlanView) -> None:
    zones = book(view)["Zones"]
    assert column(zones, "id") == ["a", "b", "total"]
    assert column(zones, "planar (m²)") == pytest.approx([960_000.0, 510_000.0, TOTAL], rel=1e-9)
    assert column(zones, "ellipsoidal (m²)") == pytest.approx([960_000.0, 510_000.0, TOTAL], rel=1e-4)
    assert column(zones, "geodesic (m²)") == pytest.approx([960_000.0, 510_000.0, TOTAL], rel=1e-4)
    assert column(zones, "area (ha)") == pytest.approx([96.0, 51.0, 147.0], rel=1e-9)
    assert column(zones, "area (mu)") == pytest.approx([1440.0, 765.0, 2205.0], rel=1e-9)
    assert column(zones, "area (km²)") == pytest.approx([0.96, 0.51, 1.47], rel=1e-9)
    assert column(zones, "share (%)") == pytest.approx([0.6531, 0.3469, 1.0])  # 96 / 147, 51 / 147
    assert column(zones, "perimeter (m)")[0] == pytest.approx(4800.0, rel=1e-3)


def test_totals_are_values_equal_to_those_of_every_report(view: PlanView) -> None:
    measured = view.result.measurement
    assert measured is not None
    zones = book(view)["Zones"]
    assert column(zones, "planar (m²)")[-1] == measured.total_m2
    assert not any(cell.data_type == "f" for sheet in book(view) for row in sheet.iter_rows() for cell in row)


def test_numbers_have_formats_and_headings_have_units(view: PlanView) -> None:
    zones = book(view)["Zones"]
    known = heads(zones)
    first = known[""] + 1
    assert zones.cell(first, known["planar (m²)"]).number_format == "#,##0.00"
    assert zones.cell(first, known["share (%)"]).number_format == "0.00%"
    assert zones.cell(first, known["area (km²)"]).number_format == "#,##0.000000"


def test_what_is_not_known_is_an_empty_cell(view: PlanView) -> None:
    zones = book(view)["Zones"]
    assert column(zones, "accuracy (m)") == [0.5, None, None]
    assert column(zones, "basis") == ["Stated in the survey", None, None]


def test_published_stands_beside_measured_with_its_verdict(view: PlanView) -> None:
    overview = book(view)["Overview"]
    row = next(row for row in overview.iter_rows(values_only=True) if row[0] == "total area")
    assert row[1].startswith("1.47 ± 0.001 km²")
    assert row[2] == pytest.approx(1.47, abs=1e-9)
    assert row[3:6] == ("km²", "holds", "Survey")


def test_the_overview_says_what_the_plan_is_worth_and_where_it_comes_from(view: PlanView) -> None:
    texts = [str(cell.value) for row in book(view)["Overview"].iter_rows() for cell in row if cell.value is not None]
    assert any(text.startswith("INDICATIVE BOUNDARIES") for text in texts)
    assert "tolerance 1 m² and 0.01 m" in texts
    assert "not published: the zones of the plan folder" in texts
    assert any(text.startswith("FAILED: 1 error") for text in texts)  # the hole is a gap


def test_a_revision_stands_with_its_hash_time_and_author(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    load(layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated())), folder, publishing=Publishing(author="Li"))
    published = open_plan(folder)
    assert published.revision is not None
    rows = {row[0]: row[1] for row in book(published)["Overview"].iter_rows(values_only=True)}
    assert rows["revision"] == 1
    assert rows["revision hash (SHA-256)"] == published.revision.hash
    assert rows["published by"] == "Li"
    assert rows["published (UTC)"].isoformat()[:16] == published.revision.time[:16]


def test_sheets_are_filtered_frozen_and_printed_across_a4(view: PlanView) -> None:
    made = book(view)
    for name in ("Zones", "Facilities", "Findings", "Sources"):
        sheet = made[name]
        head = heads(sheet)[""]
        assert sheet.freeze_panes.endswith(str(head + 1)), name
        assert sheet.auto_filter.ref.startswith(f"A{head}:"), name
    for sheet in made:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((1, 0), (None, 0))
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "Squares" in sheet.oddHeader.left.text
        assert "INDICATIVE" in sheet.oddFooter.left.text


def test_the_filter_leaves_the_total_alone(view: PlanView) -> None:
    zones = book(view)["Zones"]
    last = int(zones.auto_filter.ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert zones.cell(last, 1).value == "b"
    assert zones.cell(last + 1, 1).value == "total"


@pytest.mark.parametrize("name", [FORMULA, "+1", "-1", "@SUM(A1)", "=1+1", "http://a.example/"])
def test_a_name_that_looks_like_a_formula_or_a_link_is_text(name: str, tmp_path: Path) -> None:
    sheet = book(squares(tmp_path, other=name))["Zones"]
    cell = sheet.cell(heads(sheet)[""] + 2, 2)
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_make_a_sound_file_in_which_they_can_be_seen(view: PlanView, name: str) -> None:
    place = Facility("f", Text.same(name), name, None, basis=name, note=Text.same(name))
    made = workbook_bytes(replace(view, facilities=(place,)))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert archive.testzip() is None
        for member in archive.namelist():
            if member.endswith(".xml"):
                ET.fromstring(archive.read(member))  # noqa: S314 - our own output
    shown = column(openpyxl.load_workbook(io.BytesIO(made.content))["Facilities"], "name (English)")[0]
    assert not any(character in shown for character in "\u202e\u2066\x00\x1b\n\r\t")
    assert shown[:3] == name[:3] or "\\" in shown


def test_ampersands_in_a_name_give_no_command_to_the_printer(tmp_path: Path) -> None:
    made = workbook_bytes(squares(tmp_path, name='A & B &"Arial" &D'))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        root = ET.fromstring(archive.read("xl/worksheets/sheet2.xml"))  # noqa: S314 - our own output
    # In a header "&" begins a command and "&&" is an ampersand (ECMA-376 part 1, 18.3.1.39).
    assert root.findtext(".//{*}oddHeader") == '&LA && B &&"Arial" &&D&RZones'


def test_text_longer_than_a_cell_is_cut_and_told(view: PlanView) -> None:
    place = Facility("f", Text.same("x"), "lab", None, note=Text.same("长" * 40_000))
    made = workbook_bytes(replace(view, facilities=(place,)))
    assert made.losses[0][0] == "Facilities"
    assert "1 text cut at 32,767 characters" in made.losses[0][1].en
    note = column(openpyxl.load_workbook(io.BytesIO(made.content))["Facilities"], "note")[0]
    assert (len(note), note[-1]) == (32_767, "…")


def test_increments_stocks_and_targets_have_columns_of_their_own_and_no_total(view: PlanView) -> None:
    def figure(kind: IndicatorKind, value: float | None) -> Indicator:
        return Indicator(
            id=kind.value,
            measure="talents",
            name=Text("Talents", "人才"),
            kind=kind,
            comparison=Comparison.MORE_THAN,
            value=value,
            unit=Text("people", "人"),
            date="2025",
            period="2023" if kind is IndicatorKind.INCREMENT else "",
            subject=None,
            source=None,
            note=None,
        )

    rows = tuple(figure(kind, None if kind is IndicatorKind.GOAL else 10.0 + n) for n, kind in enumerate(IndicatorKind))
    sheet = book(replace(view, indicators=rows))["Indicators"]
    assert column(sheet, "increment") == [10, None, None, None]
    assert column(sheet, "stock") == [None, 11, None, None]
    assert column(sheet, "target") == [None, None, 12, None]
    assert column(sheet, "wording") == ["more than", "more than", "more than", None]
    assert column(sheet, "period of the increment") == ["2023", None, None, None]
    assert sheet.max_row == heads(sheet)[""] + 4


def test_findings_have_figures_as_numbers(view: PlanView) -> None:
    findings = book(view)["Findings"]
    assert column(findings, "check") == ["Gap"]
    assert column(findings, "area (m²)")[0] == pytest.approx(40_000.0, rel=1e-4)  # the hole of 200 m × 200 m
    assert column(findings, "id")[0].startswith("gap-")


def test_zones_that_are_awaited_stand_without_figures() -> None:
    zones = book(open_plan("aust-wisdom-valley"))["Zones"]
    assert column(zones, "boundary") == ["awaited"] * 4
    assert column(zones, "area (km²)") == [None] * 4


def test_every_heading_and_line_is_said_in_both_languages(view: PlanView) -> None:
    for sheet in sheets_of(view, facts_of(view), "zh"):
        said = [sheet.name, *(line for line, _ in sheet.lines)]
        said += [heading.text for grid in sheet.grids for heading in grid.headings]
        said += [text for grid in sheet.grids for text in (grid.title, grid.empty) if text is not None]
        for text in said:
            assert any("\u4e00" <= character <= "\u9fff" for character in text.zh), text
            assert not any("\u4e00" <= character <= "\u9fff" for character in text.en), text


def test_the_same_plan_gives_the_same_bytes_and_no_clock(view: PlanView, tmp_path: Path) -> None:
    first = workbook_bytes(view)
    assert write_workbook(view, tmp_path / "out.xlsx").content == first.content
    assert (tmp_path / "out.xlsx").read_bytes() == first.content
    assert str(book(view).properties.created) == "1980-01-01 00:00:00"


def test_the_document_says_what_it_is_in_its_properties(view: PlanView) -> None:
    made = book(view)
    assert made.properties.title == "Squares"
    assert "INDICATIVE" in made.properties.description
    assert made.custom_doc_props["geoplan_status"].value == "indicative"


def texts_of(sheet: Any) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_numbers_that_are_no_numbers_are_empty_and_huge_ones_stay_themselves(view: PlanView) -> None:
    lost = Facility("f", Text.same("x"), "lab", None, accuracy_m=float("nan"))
    wide = Facility("g", Text.same("y"), "lab", Point(117.25, 31.5), accuracy_m=1e300)
    sheet = book(replace(view, facilities=(lost, wide)))["Facilities"]
    assert column(sheet, "accuracy (m)") == [None, 1e300]
    assert column(sheet, "longitude (°)") == [None, 117.25]
    assert column(sheet, "latitude (°)") == [None, 31.5]
    assert "1 not located" in texts_of(sheet)


def test_a_facility_names_its_zone_by_its_name_and_an_unknown_zone_as_it_is_written(view: PlanView) -> None:
    places = [Facility(zone, Text.same(zone), "lab", None, zone=zone) for zone in ("a", "nowhere")]
    assert column(book(replace(view, facilities=tuple(places)))["Facilities"], "in zone") == ["Core", "nowhere"]
    assert column(book(replace(view, facilities=tuple(places)), "zh")["设施"], "所属分区") == ["核心区", "nowhere"]


def test_words_for_how_a_place_is_known_are_said_in_the_readers_language(view: PlanView) -> None:
    places = tuple(Facility(basis, Text.same("x"), "lab", None, basis=basis) for basis in ("derived", "by hearsay", ""))
    assert column(book(replace(view, facilities=places), "zh")["设施"], "依据") == ["推得", "by hearsay", None]


def test_groups_have_the_area_of_their_zones_and_name_them(view: PlanView) -> None:
    groups = book(view)["Groups"]
    assert column(groups, "id") == ["inner"]
    assert column(groups, "area (m²)") == pytest.approx([960_000.0], rel=1e-9)
    assert column(groups, "area (mu)") == pytest.approx([1440.0], rel=1e-9)
    assert column(groups, "share (%)") == pytest.approx([96 / 147])
    assert column(groups, "zones") == ["Core"]


def test_a_plan_with_nothing_in_it_has_every_sheet_and_says_of_each_that_it_is_empty() -> None:
    plan = make_plan()
    result = CheckResult(None, Tolerance(), None, (), (), None, {})
    made = book(PlanView(plan, None, result, (), (), ()))
    assert made.sheetnames == SHEETS
    for name, said in (
        ("Zones", "no zones"),
        ("Groups", "no groups"),
        ("Facilities", "no facilities"),
        ("Network", "no places"),
        ("Findings", "no findings"),
        ("Indicators", "no indicators"),
        ("Sources", "no sources"),
    ):
        assert said in texts_of(made[name]), name
        assert made[name].auto_filter.ref is None, name


@pytest.mark.parametrize(("status", "worth", "tint"), [
    ("official", "official boundaries", False), ("draft", "draft boundaries", True), ("indicative", "INDICATIVE", True)
])  # fmt: skip
def test_every_sheet_says_what_the_boundaries_are_worth_and_warns_unless_they_are_official(
    status: str, worth: str, tint: bool, tmp_path: Path
) -> None:
    for sheet in book(squares(tmp_path, plan=status, status=status)):
        cell = next(cell for row in sheet.iter_rows(max_row=6) for cell in row if worth in str(cell.value))
        assert (cell.fill.fill_type == "solid") == tint, sheet.title


def test_names_of_five_thousand_characters_widen_no_column_and_raise_no_row_beyond_what_excel_has(
    tmp_path: Path,
) -> None:
    made = book(squares(tmp_path, name="W" * 5000, other="长 " * 2500))
    for sheet in made:
        assert all((shape.width or 0) <= 100 for shape in sheet.column_dimensions.values()), sheet.title
        assert all((shape.height or 0) <= 409 for shape in sheet.row_dimensions.values()), sheet.title
        assert len(sheet.oddHeader.left.text) <= 80
    assert column(made["Zones"], "name (English)")[1] == ("长 " * 2500).strip()


@pytest.mark.parametrize("name", ["&" * 200, "&&&P", "&L&C&R", '&"Wingdings"&72x'])
def test_a_header_of_commands_is_text_and_no_longer_than_excel_takes(name: str, tmp_path: Path) -> None:
    made = workbook_bytes(squares(tmp_path, name=name))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        root = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own output
    header = root.findtext(".//{*}oddHeader") or ""
    assert 0 < len(header) <= 255
    left = header.removeprefix("&L").removesuffix("&ROverview")
    assert left.replace("&&", "").count("&") == 0
    assert left.replace("&&", "&")[:70] == name[:70]


def test_the_method_sheet_has_the_total_by_every_method_and_how_far_each_is_off(view: PlanView) -> None:
    rows = list(book(view)["Method"].iter_rows(values_only=True))
    planar = next(row for row in rows if row[0] and row[0].startswith("planar") and isinstance(row[1], int | float))
    assert planar[1:5] == pytest.approx((TOTAL, 147.0, 2205.0, 1.47), rel=1e-9)
    assert planar[5] == pytest.approx(0.0, abs=1e-6)
    geodesic = next(row for row in rows if row[0] and row[0].startswith("geodesic"))
    assert geodesic[5] == pytest.approx((geodesic[1] / TOTAL - 1) * 1e6, rel=1e-6)


def test_an_accepted_finding_says_by_whom_and_why(view: PlanView) -> None:
    found = replace(view.result.findings[0], accepted=Acceptance("known", Text("Lake", "湖"), "Li", date(2030, 1, 2)))
    sheet = book(replace(view, result=replace(view.result, findings=(found,))))["Findings"]
    (said,) = column(sheet, "accepted")
    assert all(word in said for word in ("Lake", "Li", "2030-01-02"))
    assert any(text.startswith("PASSED") for text in texts_of(sheet))


def test_addresses_of_sources_are_text_and_no_links(tmp_path: Path) -> None:
    more = '[[sources]]\nid = "web"\ntitle = "Web"\nurl = "https://example.org/a?b=1&c=2#d"\n'
    sheet = book(squares(tmp_path, more=more))["Sources"]
    assert column(sheet, "address") == [None, "https://example.org/a?b=1&c=2#d"]
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_a_workbook_that_cannot_be_written_leaves_what_was_there(view: PlanView, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    target.mkdir()
    (target / "kept").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        write_workbook(view, target)
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    assert (target / "kept").read_text() == "x"
