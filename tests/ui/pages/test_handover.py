"""The page "Hand over": what its files hold is read back by other programs and held against the page and each other."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from geoplan.errors import UsageError
from geoplan.output.export import EXPORT_FORMATS
from geoplan.output.map import Pick, Shown
from geoplan.output.sheet import SheetOptions
from geoplan.ui.handover_files import (
    data_file,
    fitting_scale,
    for_screen,
    layers_of,
    map_file,
    report_file,
    scales_from,
    sheet_file,
    size_text,
    workbook_file,
)
from geoplan.ui.pages.areas import methods_table
from geoplan.ui.pages.handover import PURPOSES
from geoplan.ui.people import Person
from geoplan.ui.state import Address
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView, open_plan
from tests.output.sheet.reading import Read, squeezed
from tests.plan_folders import HOSTILE, write_plan
from tests.ui.pages.app import html_of, opened

TOTAL_KM2 = "8.2200"  # of the bundled zones; the published 8.22 km²


def page(**parameters: str) -> AppTest:
    app = opened(page="handover", **({"lang": "en"} | parameters))
    assert not app.exception
    return app


def making(app: AppTest, name: str) -> AppTest:
    made = app.button(key=f"handover-{name}-make").click().run()
    assert not made.exception
    return made


def files_of(app: AppTest) -> list[str]:
    return re.findall(r'<div class="gp-file" role="status"><b>(.*?)</b>', html_of(app))


def state_of(page: bytes) -> dict[str, object]:
    (found,) = re.findall(rb'<script type="application/json" id="gp-state">(.*?)</script>', page, re.DOTALL)
    state: dict[str, object] = json.loads(found)
    return state


@pytest.fixture(scope="module")
def km2(valley: PlanView) -> dict[str, str]:
    """Return the zones' areas as the page of areas shows them, to four decimals of a km²."""
    visit = Visit(Address("x", "en", None), valley, (), Person("", None, "editor", signed_in=False))
    measured = valley.result.measurement
    assert measured is not None
    table = methods_table(visit, measured)
    return {str(row.iloc[0]): f"{row.iloc[1] / 1e6:.4f}" for _, row in table.iterrows()}


# ------------------------------------------------------------------ the page


@pytest.mark.parametrize(
    ("language", "title", "worth"),
    [("en", "Map in one file", "Indicative boundaries — not official"), ("zh", "单文件地图", "示意边界 — 非官方边界")],
)
def test_the_page_opens_without_making_anything_and_every_card_says_indicative(
    language: str, title: str, worth: str
) -> None:
    app = page(lang=language)
    assert f"<h2>{title}</h2>" in html_of(app)
    assert html_of(app).count(worth) == 4
    assert files_of(app) == []
    assert len(app.get("download_button")) == 0


def test_every_file_is_made_when_asked_for_and_named_with_its_size() -> None:
    app = page()
    for name in ("map", "sheet", "report", "workbook", "data"):
        app = making(app, name)
    assert sorted(files_of(app)) == [
        "ustc-silicon-valley.gpkg",
        "ustc-silicon-valley.xlsx",
        "ustc-silicon-valley_map.html",
        "ustc-silicon-valley_report.html",
        "ustc-silicon-valley_sheet_A4_both.pdf",
    ]
    assert len(re.findall(r"</b> <span>[\d,.]+ [kM]B</span>", html_of(app))) == 5
    assert "1:100,000 · A4 landscape" in html_of(app)
    assert len(app.get("download_button")) == 5
    assert "The first page appears here" not in html_of(app)  # it is there


def test_another_option_asks_for_another_file() -> None:
    app = making(page(), "data")
    app.selectbox(key="handover-format-en").set_value("dxf").run()
    assert files_of(app) == []
    app = making(app, "data")
    assert files_of(app) == ["ustc-silicon-valley.dxf"]
    assert "places of the network not in the file (9), since they lie elsewhere</li>" in html_of(app)
    assert "--layer" not in html_of(app)


def test_what_cannot_be_made_is_a_panel_that_says_why_and_the_button_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_plan(tmp_path / "lost", boundaries=False, facilities=["Lab"])
    nowhere = {"type": "Feature", "properties": {"id": "lab", "name_en": "Lab"}, "geometry": None}
    (folder / "facilities.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [nowhere]}))
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    app = page(plan="lost")
    app.selectbox(key="handover-format-en").set_value("fgb").run()
    app = making(app, "data")
    assert "there is nothing to export: no facilities." in html_of(app)
    assert files_of(app) == []
    app = app.run()
    assert app.button(key="handover-data-make").label == "Make the FlatGeobuf file"


def test_the_map_shows_what_is_picked_and_filtered_in_the_address_and_can_show_everything_again() -> None:
    app = page(zone="core", category="university")
    assert "It opens on what is picked: Core Area. Facilities as they are filtered: 4 of 18." in html_of(app)
    app = app.button(key="handover-unfilter").click().run()
    assert "It opens on the whole plan." in html_of(app)
    assert not {"zone", "category"} & set(app.query_params)


@pytest.mark.parametrize("pick", [{"zone": "nowhere"}, {"facility": "<img src=x onerror=alert(1)>"}])
def test_a_pick_the_plan_does_not_have_is_no_pick(pick: dict[str, str]) -> None:
    assert "It opens on the whole plan." in html_of(page(**pick))


def test_a_plan_without_boundaries_hands_over_its_facilities_and_says_what_is_missing() -> None:
    app = page(plan="aust-wisdom-valley")
    for name in ("map", "sheet", "report", "workbook", "data"):
        app = making(app, name)
    assert len(files_of(app)) == 5
    assert html_of(app).count("0 of 4 boundaries loaded") >= 4
    assert "<li>zones: 0 of 4 boundaries are loaded; the others are not in the file</li>" in html_of(app)


def test_a_plan_with_nothing_in_it_is_said_to_have_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plan(tmp_path / "bare", boundaries=False)
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    app = page(plan="bare")
    assert "This plan has nothing to export yet." in [text.value for text in app.text]
    assert files_of(making(app, "sheet")) == ["bare_sheet_A4_both.pdf"]


def test_a_viewer_hands_over_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    assert files_of(making(page(), "workbook")) == ["ustc-silicon-valley.xlsx"]


# ------------------------------------------------------------------ the numbers in the files


def test_sheet_report_and_map_have_the_figures_of_the_page(valley: PlanView, km2: dict[str, str]) -> None:
    assert km2["Total"] == TOTAL_KM2
    sheet = Read(sheet_file(valley, SheetOptions(language="en")).content).text
    report = html.unescape(report_file(valley, SheetOptions(language="en")).content.decode())
    drawn = html.unescape(map_file(valley, "en", Shown()).content.decode())
    for name, area in km2.items():
        assert squeezed(f"{name}{area}") in sheet, name
        for text in (report, drawn):
            words = squeezed(re.sub(r"<[^>]*>", " ", text))
            assert squeezed(f"{name}{area}") in words, name
    assert "89.03%" in sheet  # the share of the group, as the strip on the page has it


def test_workbook_and_data_have_the_areas_of_the_page_to_the_last_digit(
    valley: PlanView, km2: dict[str, str], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_file(valley, "en").content), data_only=True)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    numbers = {f"{cell.value:.4f}" for cell in cells if isinstance(cell.value, float)}
    assert set(km2.values()) <= numbers
    areas: dict[str, list[float]] = {}
    for name in ("gpkg", "geojson", "fgb", "shp", "kml", "csv"):
        made = data_file(valley, name, "zones", None, "en")
        path = tmp_path / made.name
        path.write_bytes(made.content)
        frame = pyogrio.read_dataframe(path, layer="zones" if name == "gpkg" else None, read_geometry=False)
        areas[name] = sorted(float(value) for value in frame["area_m2"])
    first = areas.pop("gpkg")
    assert [f"{area / 1e6:.4f}" for area in first] == sorted(area for name, area in km2.items() if name != "Total")
    for name, others in areas.items():
        assert others == pytest.approx(first, rel=1e-9), name


def test_the_map_carries_the_pick_the_filter_and_nothing_else_hidden(valley: PlanView) -> None:
    state = state_of(map_file(valley, "en", Shown(pick=Pick("zone", "core"), shown=("iflytek-headquarters",))).content)
    assert state["pick"] == {"kind": "zone", "id": "core"}
    assert state["shown"] == ["iflytek-headquarters"]
    assert state["without"] == []


def test_the_sheet_has_its_paper_its_scale_and_what_was_written_into_its_title_block(valley: PlanView) -> None:
    options = SheetOptions(
        paper="A3", orientation="portrait", scale=200_000, review_number="GS(2026)1号", author="李伟"
    )
    made = sheet_file(valley, options)
    read = Read(made.content)
    left, bottom, right, top = read.pages[0].mediabox
    assert (right - left, top - bottom) == pytest.approx((841.9, 1190.6), abs=0.1)  # ISO 216 in points
    for word in ("1:200,000", "审图号", "GS(2026)1号", "李伟"):
        assert squeezed(word) in read.text
    assert made.about is not None
    assert made.about.zh == "1:200,000 · A3 纵向"
    assert made.picture is not None
    assert Image.open(io.BytesIO(made.picture)).size[1] == pytest.approx(1100, abs=1)


def test_scales_to_choose_from_begin_with_the_largest_that_fits(valley: PlanView) -> None:
    least = fitting_scale(valley, SheetOptions())
    assert least == 100_000
    assert scales_from(least) == (100_000, 200_000, 250_000, 500_000, 1_000_000, 2_000_000, 2_500_000)
    # Twice the paper in each direction, at half the scale.
    assert fitting_scale(valley, SheetOptions(paper="A3")) in (50_000, 100_000)


def test_the_report_is_in_the_readers_language_with_the_title_block_of_the_sheet(valley: PlanView) -> None:
    options = for_screen(SheetOptions(review_number="GS 7", scale=5_000_000), "zh")
    assert (options.language, options.scale) == ("zh", None)
    text = report_file(valley, options).content.decode()
    assert "GS 7" in text
    assert "科大硅谷" in text


# ------------------------------------------------------------------ formats, names, sizes


def test_every_geometry_format_of_the_export_is_offered() -> None:
    assert set(PURPOSES) == set(EXPORT_FORMATS) - {"xlsx"}


def test_what_a_format_cannot_hold_is_told_without_options_of_the_command_line(valley: PlanView) -> None:
    made = data_file(valley, "geojson", None, None, "en")
    assert [loss.en for loss in made.losses] == [
        "facilities not in the file (18), since GeoJSON holds one layer",
        "places of the network not in the file (9), since GeoJSON holds one layer",
    ]
    assert made.losses[0].zh == "18 个设施不在文件中（GeoJSON 只含一个图层）"
    assert made.about is not None
    assert made.about.en == "zones 4 · EPSG:4326"


def test_a_refusal_names_no_option_of_the_command_line_as_its_place(valley: PlanView) -> None:
    with pytest.raises(UsageError) as refused:
        data_file(valley, "geojson", None, "EPSG:4548", "en")
    assert refused.value.where == ""


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1 kB"), (299_600, "300 kB"), (999_499, "999 kB"), (1_250_000, "1.2 MB")]
)
def test_sizes_are_written_as_people_read_them(count: int, text: str) -> None:
    assert size_text(count) == text


# ------------------------------------------------------------------ hostile names


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    names = (*HOSTILE, "=cmd|' /C calc'!A0", "a\u202eb", "x" * 4990)
    return open_plan(write_plan(tmp_path_factory.mktemp("hostile") / "con", names, facilities=names))


def test_a_hostile_plan_is_handed_over_as_text(hostile: PlanView) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_file(hostile, "en").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells if cell.value)
    assert any(str(cell.value).endswith("=cmd|' /C calc'!A0") for cell in cells)
    assert sheet_file(hostile, SheetOptions(findings=False)).content.startswith(b"%PDF-")
    for made in (map_file(hostile, "en", Shown()), report_file(hostile, SheetOptions())):
        text = made.content.decode()
        markup = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        assert "<img" not in markup
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert " onerror=" not in re.sub(r">[^<]*<", "><", markup)


def test_names_of_files_are_such_that_every_system_accepts(hostile: PlanView) -> None:
    assert layers_of(hostile)[:2] == ("zones", "facilities")
    names = [data_file(hostile, name, None, None, "en").name for name in EXPORT_FORMATS]
    names += [workbook_file(hostile, "en").name, map_file(hostile, "en", Shown()).name]
    for name in names:
        assert re.fullmatch(r"[\w.-]+", name)
        assert name.split(".")[0].lower() not in ("con", "prn", "aux", "nul")
    with zipfile.ZipFile(io.BytesIO(data_file(hostile, "shp", None, None, "en").content)) as archive:
        assert all(re.fullmatch(r"[\w.-]+", inside) for inside in archive.namelist())
