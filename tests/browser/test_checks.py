"""The page of checks in a real browser: from the list to the place, accepting, and every report as a whole file."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyogrio
import pytest
from playwright.sync_api import expect

from geoplan.plan import load_plan
from geoplan.workflow import open_plan
from tests.browser.conftest import PHONE, Visit, serving
from tests.plan_folders import HOSTILE, square_ring, write_layer, write_plan

Opener = Callable[..., Visit]
# Label of a report's button, the name of the file that must arrive.
REPORTS = {
    "JSON data": "trial-check.json",
    "GeoPackage for QGIS": "trial-check.gpkg",
    "Page to print": "trial-check.html",
    "Text": "trial-check.txt",
    "JUnit for CI": "trial-check.xml",
    "SARIF for code review": "trial-check.sarif",
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a plan of two squares with hostile names that overlap by 0.001°, and one far off."""
    names = (HOSTILE[2], HOSTILE[3], HOSTILE[0])
    folder = write_plan(tmp_path_factory.mktemp("plans") / "trial", names, facilities=["Lab"])
    east = [[x - 0.001, y] for x, y in square_ring(1)]
    rings = (square_ring(0), east, square_ring(5))
    write_layer(folder / "zones.geojson", [({"id": f"z{n}"}, "Polygon", [ring]) for n, ring in enumerate(rings)])
    return folder.parent


@pytest.fixture(scope="module")
def running(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("log") / "log.txt", plans=plans) as address:
        yield address


def drawn(seen: Visit) -> Visit:
    """Wait until the map has its frame and the page is at rest."""
    seen.map.locator(".gp-frame").wait_for(timeout=60_000)
    seen.page.wait_for_timeout(900)
    return seen


def scale(seen: Visit) -> str:
    return seen.map.locator(".leaflet-control-scale-line").inner_text()


def test_a_finding_of_the_list_is_brought_into_view_and_back(visit: Opener, running: str) -> None:
    seen = drawn(visit(running).open("?plan=trial&page=checks&lang=en"))
    seen.shot("checks-list-en-laptop")
    whole = scale(seen)
    table = seen.page.locator(".st-key-gp-side [data-testid='stDataFrame']").bounding_box()
    assert table is not None
    seen.page.mouse.click(table["x"] + 16, table["y"] + 35 + 17)  # the check box of the first row
    expect(seen.page.locator(".gp-card h2")).to_have_text("Overlap", timeout=30_000)
    expect(seen.map.locator("path.gp-chosen")).to_have_count(1)
    assert parse_qs(urlsplit(seen.page.url).query)["finding"][0].startswith("overlap-")
    seen.page.wait_for_timeout(800)
    assert scale(seen) != whole
    seen.shot("checks-finding-en-laptop")
    seen.page.get_by_role("button", name="All findings").click()
    expect(seen.map.locator("path.gp-chosen")).to_have_count(0, timeout=30_000)
    seen.blameless()


def test_a_click_on_a_finding_opens_it_and_one_on_a_zone_picks_the_zone(visit: Opener, running: str) -> None:
    seen = drawn(visit(running).open("?plan=trial&page=checks&lang=en"))
    seen.map.locator("path.gp-finding-error").click(position={"x": 10, "y": 60}, force=True)
    expect(seen.page.locator(".gp-card h2")).to_have_text("Overlap", timeout=30_000)
    zone = seen.map.locator("path.gp-zone").first.bounding_box()
    assert zone is not None
    seen.page.mouse.click(zone["x"] + 0.2 * zone["width"], zone["y"] + 0.5 * zone["height"])
    expect(seen.page.get_by_text("About " + HOSTILE[2] + " only")).to_be_visible(timeout=30_000)
    query = parse_qs(urlsplit(seen.page.url).query)
    assert query["zone"] == ["z0"]
    assert "finding" not in query
    seen.blameless()


def test_every_report_arrives_as_a_whole_file(visit: Opener, running: str, plans: Path, tmp_path: Path) -> None:
    finding = next(one.id for one in open_plan(plans / "trial").result.findings if one.check == "overlap")
    seen = drawn(visit(running).open("?plan=trial&page=checks&lang=en"))
    seen.page.get_by_role("tab", name="Reports").click()
    for label, name in REPORTS.items():
        with seen.page.expect_download(timeout=30_000) as waiting:
            seen.page.get_by_role("button", name=label, exact=True).click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
    assert json.loads((tmp_path / "trial-check.json").read_text("utf-8"))["findings"][0]["id"] == finding
    assert json.loads((tmp_path / "trial-check.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert ET.parse(tmp_path / "trial-check.xml").getroot().tag == "testsuites"  # noqa: S314 - our own output
    assert finding in (tmp_path / "trial-check.txt").read_text("utf-8")
    assert "</html>" in (tmp_path / "trial-check.html").read_text("utf-8")
    layers = {str(layer) for layer, _ in pyogrio.list_layers(tmp_path / "trial-check.gpkg")}
    assert any(layer.startswith("findings") for layer in layers)
    seen.blameless()


def test_on_a_phone_in_chinese_a_finding_is_accepted_with_a_reason(visit: Opener, running: str, plans: Path) -> None:
    finding = next(one.id for one in open_plan(plans / "trial").result.findings if one.check == "overlap")
    link = f"?plan=trial&page=checks&lang=zh&finding={finding}"
    seen = drawn(visit(running, PHONE, has_touch=True, is_mobile=True).open(link))
    seen.shot("checks-finding-zh-phone")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    seen.page.get_by_label("理由").fill("已与区里商定 <b>")
    seen.page.get_by_label("认可人").fill("李伟")
    seen.page.get_by_role("button", name="认可", exact=True).click()
    expect(seen.page.get_by_text("已认可：已写入 plan.toml。")).to_be_visible(timeout=30_000)
    expect(seen.page.locator(".gp-heading p")).to_contain_text("通过")
    (entry,) = load_plan(plans / "trial").accepted
    assert (entry.finding, entry.author) == (finding, "李伟")
    assert re.search(r"已与区里商定 <b>", entry.reason.zh)
    seen.blameless()
