"""The page of revisions in a real browser: two revisions published, compared in every way, and the first restored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyogrio
import pytest
from playwright.sync_api import FrameLocator, expect

from geoplan.plan import load_plan
from geoplan.revisions import Outcome, Publishing, history, load
from tests.browser.conftest import PHONE, Visit, serving
from tests.plan_folders import HOSTILE, square_ring, write_layer, write_plan

Opener = Callable[..., Visit]
STEP = 0.004  # degrees the second zone moves east in revision 2


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a plan of two revisions, the second by an author with a hostile name."""
    folder = write_plan(tmp_path_factory.mktemp("plans") / "trial", boundaries=False, facilities=["Lab", "Park"])
    told = (("Li Wei", "First survey"), (HOSTILE[3], HOSTILE[2]))
    for east, (author, message) in zip((0.0, STEP), told, strict=True):
        path, moved = folder.parent / f"survey-{east}.geojson", [[x + east, y] for x, y in square_ring(1)]
        write_layer(path, [({"id": "z0"}, "Polygon", [square_ring(0)]), ({"id": "z1"}, "Polygon", [moved])])
        assert load(path, folder, publishing=Publishing(author=author, message=message)).outcome is Outcome.PUBLISHED
    return folder.parent


@pytest.fixture(scope="module")
def running(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("log") / "log.txt", plans=plans) as address:
        yield address


def map_of(seen: Visit, place: int = 0) -> FrameLocator:
    return seen.page.frame_locator(f'iframe[title^="streamlit_folium"] >> nth={place}')


def drawn(seen: Visit, maps: int = 1) -> Visit:
    """Wait until all maps have their frames and the page is at rest."""
    for place in range(maps):
        map_of(seen, place).locator(".gp-frame").wait_for(timeout=60_000)
    seen.page.wait_for_timeout(1200)
    return seen


def test_the_timeline_shows_hostile_authors_as_text_and_opens_a_revision(visit: Opener, running: str) -> None:
    seen = drawn(visit(running).open("?plan=trial&page=history&lang=en"))
    seen.shot("history-timeline-en-laptop")
    expect(seen.page.locator(".gp-rev").first).to_contain_text(HOSTILE[3])
    assert seen.page.locator(".gp-rev img").count() == 0
    seen.page.get_by_role("button", name="Open revision 1").click()
    expect(seen.page.locator(".gp-rev-card h2").first).to_have_text("Revision 1", timeout=30_000)
    assert parse_qs(urlsplit(seen.page.url).query)["revision"] == ["1"]
    seen.blameless()


def test_two_maps_side_by_side_move_together(visit: Opener, running: str) -> None:
    seen = drawn(visit(running).open("?plan=trial&page=history&lang=zh&to=2"), maps=2)
    seen.shot("history-beside-zh-laptop")
    assert seen.page.locator(".gp-side-name").all_inner_texts() == ["之前第 1 版", "之后第 2 版"]
    east = [map_of(seen, place).locator("path.gp-zone").nth(1).bounding_box() for place in (0, 1)]
    assert east[0] is not None
    assert east[1] is not None
    frames = [seen.page.locator('iframe[title^="streamlit_folium"]').nth(place).bounding_box() for place in (0, 1)]
    assert frames[0] is not None
    assert frames[1] is not None
    # The second zone lies further to the right on the second map, by 0.4 of its width.
    shift = (east[1]["x"] - frames[1]["x"]) - (east[0]["x"] - frames[0]["x"])
    assert shift == pytest.approx(0.4 * east[0]["width"], abs=4)
    before = [map_of(seen, place).locator(".leaflet-control-scale-line").inner_text() for place in (0, 1)]
    for _ in range(3):
        map_of(seen).locator(".leaflet-control-zoom-in").click()
        seen.page.wait_for_timeout(500)
    scales = [map_of(seen, place).locator(".leaflet-control-scale-line") for place in (0, 1)]
    assert scales[0].inner_text() != before[0]
    expect(scales[1]).to_have_text(scales[0].inner_text(), timeout=5_000)
    seen.blameless()


def test_the_curtain_is_moved_and_the_changes_are_picked_and_downloaded(
    visit: Opener, running: str, tmp_path: Path
) -> None:
    seen = drawn(visit(running).open("?plan=trial&page=history&lang=en&to=2&mode=swipe"))
    slider = seen.map.locator(".gp-compare input")
    middle = seen.map.locator(".gp-curtain").bounding_box()
    slider.focus()
    for _ in range(25):
        slider.press("ArrowLeft")
    moved = seen.map.locator(".gp-curtain").bounding_box()
    assert middle is not None
    assert moved is not None
    assert moved["x"] < middle["x"] - 100
    assert seen.map.locator(".gp-compare span").all_inner_texts() == ["Revision 1", "Revision 2"]
    assert seen.map.locator("path.gp-over").count() >= 6  # two zones on each side, ground gained and lost
    seen.shot("history-swipe-en-laptop")
    seen.page.get_by_text("Fade", exact=True).click()
    expect(seen.map.locator(".gp-curtain")).to_be_hidden(timeout=30_000)
    table = seen.page.locator("[data-testid='stDataFrame']").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 16, box["y"] + 35 + 17)  # the check box of the first row
    seen.page.wait_for_url(re.compile("zone=z1"), timeout=30_000)
    expect(seen.map.locator("path.gp-chosen")).not_to_have_count(0)
    seen.page.get_by_role("tab", name="Download").click()
    for label, name in (("JSON data", "trial-r1-r2.json"), ("GeoPackage for QGIS", "trial-r1-r2.gpkg")):
        with seen.page.expect_download(timeout=30_000) as waiting:
            seen.page.get_by_role("button", name=label, exact=True).click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
    changes = {zone["id"]: zone["change"] for zone in json.loads((tmp_path / "trial-r1-r2.json").read_text())["zones"]}
    # A step in degrees turns a zone a little in the plane of the projection: more than a move.
    assert changes == {"z0": "unchanged", "z1": "reshaped"}
    assert {"moved_in", "moved_out"} <= {str(layer) for layer, _ in pyogrio.list_layers(tmp_path / "trial-r1-r2.gpkg")}
    seen.blameless()


def test_a_phone_shows_the_comparison_and_nothing_runs_off_the_side(visit: Opener, running: str) -> None:
    seen = visit(running, PHONE, has_touch=True, is_mobile=True)
    drawn(seen.open("?plan=trial&page=history&lang=zh&to=2&mode=fade"))
    seen.shot("history-fade-zh-phone")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    seen.blameless()


def test_a_restore_is_a_new_revision_at_the_top_and_the_map_shows_it(visit: Opener, running: str, plans: Path) -> None:
    seen = drawn(visit(running).open("?plan=trial&page=history&lang=en&revision=1"))
    seen.shot("history-revision-en-laptop")
    expect(seen.page.get_by_text("It would change 1 of 2 zones")).to_be_visible()
    seen.page.get_by_label("Restored by").fill("Wang Fang")
    seen.page.get_by_role("button", name="Restore revision 1").click()
    expect(seen.page.get_by_text("Restored: revision 3 is published and current.")).to_be_visible(timeout=60_000)
    expect(seen.page.locator(".gp-rev").first).to_contain_text("Revision 3")
    expect(seen.page.locator(".gp-rev").first).to_contain_text("restored from revision 1")
    drawn(seen)
    boxes = [zone.bounding_box() for zone in seen.map.locator("path.gp-zone").all()]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[1]["x"] == pytest.approx(boxes[0]["x"] + boxes[0]["width"], abs=3)  # side by side again
    revisions = history(load_plan(plans / "trial")).revisions
    assert [one.number for one in revisions] == [1, 2, 3]
    assert revisions[2].zone_hashes == revisions[0].zone_hashes
    seen.blameless()
