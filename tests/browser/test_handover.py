"""Handing over in a real browser: every download arrives and can be read, and the map opens alone, with no network."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.conftest import LAPTOP, PHONE, SHOTS, Visit, serving
from tests.output.sheet.reading import Read, squeezed
from tests.plan_folders import HOSTILE, write_plan

Opener = Callable[..., Visit]


def ready(seen: Visit) -> Visit:
    seen.page.locator(".st-key-handover-sheet-make button").wait_for(timeout=60_000)
    seen.page.locator(".st-key-handover-data-make button").wait_for(timeout=60_000)
    return seen


def downloaded(seen: Visit, name: str, folder: Path) -> Path:
    """Make a file, download it and return where it is, under the name the browser gives it."""
    seen.page.locator(f".st-key-handover-{name}-make button").click()
    button = seen.page.locator(f".st-key-handover-{name}-download button")
    button.wait_for(timeout=60_000)
    with seen.page.expect_download() as waiting:
        button.click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


class Alone:
    """A file opened from the disk by a browser that reaches nobody, with all it asks for and complains about."""

    def __init__(self, browser: Browser, path: Path, size: dict[str, int] = LAPTOP) -> None:
        self.context = browser.new_context(viewport=size, offline=True)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.goto(path.as_uri())
        self.page.locator("#map[data-ready]").wait_for(state="attached", timeout=30_000)
        self.own = path.as_uri()

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def blameless(self) -> None:
        assert [asked for asked in self.asked if asked != self.own and not asked.startswith("data:")] == []
        assert self.complaints == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "size"), [("laptop", LAPTOP), ("phone", PHONE)])
def test_nothing_runs_off_the_page_and_the_sheet_is_seen_before_it_is_downloaded(
    visit: Opener, address: str, language: str, name: str, size: dict[str, int]
) -> None:
    seen = ready(visit(address, size).open(f"?page=handover&lang={language}"))
    seen.page.locator(".st-key-handover-sheet-make button").click()
    picture = seen.page.locator(".st-key-gp-hand-sheet [data-testid='stImage'] img")
    picture.wait_for(timeout=60_000)
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 1100
    seen.shot(f"handover-{language}-{name}")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for key in ("map", "report", "data", "sheet"):
        box = seen.page.locator(f".st-key-gp-hand-{key}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
    seen.blameless()


def test_every_download_arrives_and_its_figures_are_those_of_the_page(
    visit: Opener, address: str, browser: Browser, tmp_path: Path
) -> None:
    seen = ready(visit(address).open("?page=handover&lang=en&zone=core&category=university"))
    strip = seen.page.locator(".gp-strip").inner_text()
    (total,) = re.findall(r"([\d.]+)\s*km²", strip)[:1]
    (share,) = re.findall(r"([\d.]+) %", strip)[:1]
    sheet = Read(downloaded(seen, "sheet", tmp_path).read_bytes())
    assert total in sheet.text
    assert squeezed(f"{share} %") in sheet.text
    book = openpyxl.load_workbook(downloaded(seen, "workbook", tmp_path))
    numbers = {f"{cell.value:.4f}" for one in book for row in one.iter_rows() for cell in row if _is_number(cell.value)}
    assert total in numbers
    report = downloaded(seen, "report", tmp_path)
    assert total in report.read_text(encoding="utf-8")
    package = downloaded(seen, "data", tmp_path)
    assert package.name == "ustc-silicon-valley.gpkg"
    zones = pyogrio.read_dataframe(package, layer="zones", read_geometry=False)
    assert f"{zones['area_km2'].sum():.4f}" == total
    drawn = downloaded(seen, "map", tmp_path)
    seen.blameless()
    _map_alone(browser, drawn, total)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _map_alone(browser: Browser, path: Path, total: str) -> None:
    alone = Alone(browser, path)
    assert alone.page.locator("path.gp-zone").count() == 4
    assert alone.page.locator("path.gp-picked").count() == 1
    scene = alone.page.evaluate("JSON.parse(document.getElementById('gp-state').textContent)")
    assert len(scene["shown"]) == 4  # the universities
    drawn = alone.page.locator(".gp-place").count()
    counted = sum(int(text) for text in alone.page.locator(".gp-cluster").all_inner_texts())
    assert 0 < drawn + counted <= 4
    assert total in alone.page.locator("tfoot").first.inner_text()
    expect(alone.page.locator(".gp-notice-status")).to_contain_text("Indicative")
    alone.page.locator("td button", has_text="iFlytek Town").first.click()
    expect(alone.page.locator("#gp-card h2")).to_have_text("iFlytek Town")
    card, legend, tools = (alone.page.locator(one).bounding_box() for one in ("#gp-card", ".gp-legend", ".gp-tools"))
    assert card is not None
    for other in (legend, tools):
        assert other is not None
        assert (
            card["x"] + card["width"] <= other["x"]
            or other["x"] + other["width"] <= card["x"]
            or card["y"] + card["height"] <= other["y"]
            or other["y"] + other["height"] <= card["y"]
        )
    SHOTS.mkdir(parents=True, exist_ok=True)
    alone.page.screenshot(path=SHOTS / "handover-map-alone.png")
    alone.blameless()
    alone.context.close()


def test_the_map_of_a_plan_without_boundaries_opens_alone(
    visit: Opener, address: str, browser: Browser, tmp_path: Path
) -> None:
    seen = ready(visit(address).open("?page=handover&lang=zh&plan=aust-wisdom-valley"))
    alone = Alone(browser, downloaded(seen, "map", tmp_path), PHONE)
    assert alone.page.locator("path.gp-zone").count() == 0
    assert alone.page.locator(".gp-place, .gp-cluster").count() > 0
    alone.blameless()
    alone.context.close()
    seen.blameless()


def test_hostile_names_run_neither_on_the_page_nor_in_its_files(
    visit: Opener, browser: Browser, tmp_path: Path
) -> None:
    names = (*HOSTILE, "=cmd|' /C calc'!A0")
    write_plan(tmp_path / "plans" / "bad", names, facilities=names)
    with serving(tmp_path / "log.txt", plans=tmp_path / "plans") as running:
        seen = ready(visit(running).open("?page=handover&lang=en&plan=bad&zone=z2"))
        expect(seen.page.locator(".gp-hand-view").first).to_contain_text("</script><script>alert(3)</script>")
        drawn = downloaded(seen, "map", tmp_path)
        report = downloaded(seen, "report", tmp_path)
        book = openpyxl.load_workbook(downloaded(seen, "workbook", tmp_path))
        assert not any(cell.data_type == "f" for one in book for row in one.iter_rows() for cell in row)
        seen.blameless()
    alone = Alone(browser, drawn)
    for shape in alone.page.locator("path.gp-zone").all():
        shape.dispatch_event("mouseover")  # some lie outside what the pick brought into view
    assert alone.page.locator("#map img, table img").count() == 0
    alone.blameless()
    alone.page.goto(report.as_uri())
    assert alone.page.locator("img, script").count() == 0
    assert alone.complaints == []
    alone.context.close()


def test_a_shapefile_is_a_zip_with_names_every_system_accepts(visit: Opener, address: str, tmp_path: Path) -> None:
    seen = ready(visit(address).open("?page=handover&lang=en"))
    seen.page.locator(".st-key-gp-hand-data [data-testid='stSelectbox']").first.click()
    seen.page.get_by_role("option", name="Shapefile (.zip)").click()
    expect(seen.page.get_by_text("For older GIS programs")).to_be_visible()
    path = downloaded(seen, "data", tmp_path)
    expect(seen.page.locator(".st-key-gp-hand-data .gp-file li").first).to_be_visible()  # what it could not hold
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".shp", ".shx", ".dbf", ".prj", ".cpg", ".txt"}
    assert len(pyogrio.read_dataframe(path)) == 4
    seen.blameless()


def test_a_code_can_be_typed_and_one_that_is_no_system_is_a_panel_that_says_what_to_do(
    visit: Opener, address: str
) -> None:
    seen = ready(visit(address).open("?page=handover&lang=en"))
    for code, said in (("EPSG:99999999", "is not a known coordinate system"), ("EPSG:32650", "· EPSG:32650")):
        box = seen.page.locator(".st-key-gp-hand-data [data-testid='stSelectbox'] input").nth(2)
        box.fill(code)
        box.press("Enter")
        make = seen.page.locator(".st-key-handover-data-make button")
        make.click()
        expect(seen.page.locator(".st-key-gp-hand-data")).to_contain_text(said, timeout=30_000)
    seen.blameless()
