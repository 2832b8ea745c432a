"""An update from the file to the published revision, in a real browser against a real server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geoplan.current import opened_store
from geoplan.plan import load_plan
from geoplan.ui.update_upload import PREFIX
from tests.browser.conftest import LAPTOP, PHONE, Visit, serving
from tests.revisions import layout

Opener = Callable[..., Visit]
LONG = 60_000  # milliseconds: many tests share the machine


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two plans, the files that update them, and the server's temporary folder."""
    folder = tmp_path_factory.mktemp("update")
    layout.write_layout(folder / "plans" / "valley")
    toml = layout.write_layout(folder / "plans" / "rough", accuracy_m=3000) / "plan.toml"
    text = toml.read_text(encoding="utf-8").replace("Layout", "Rough").replace("布局", "粗略布局")
    toml.write_text(text, encoding="utf-8")
    layout.gbk_zip(folder / "更新.zip", layout.updated())
    layout.amap_kml(folder / "amap.kml", layout.updated())
    (folder / "letter.docx").write_bytes(b"\xd0\xcf\x11\xe0 not a map")
    (folder / "scratch").mkdir()
    return folder


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[str]:
    kept = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(home / "scratch")  # the server takes it over
    try:
        with serving(home / "log.txt", plans=home / "plans") as address:
            yield address
    finally:
        if kept is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = kept


@pytest.fixture(autouse=True)
def nothing_left(home: Path) -> Iterator[None]:
    yield
    assert list((home / "scratch").glob(f"{PREFIX}*")) == []


def begun(seen: Visit, plan: str, language: str, file: Path) -> Visit:
    """Open the page and give it a file."""
    seen.open(f"?page=update&plan={plan}&lang={language}")
    seen.map.locator(".gp-frame").wait_for(timeout=LONG)
    seen.page.locator('input[type="file"]').set_input_files(file)
    return seen


def test_a_delivery_is_uploaded_understood_compared_published_and_undone(
    visit: Opener, running: str, home: Path
) -> None:
    seen = visit(running)
    begun(seen, "valley", "en", home / "更新.zip")
    expect(seen.page.locator(".gp-what")).to_contain_text("GB18030: 核心区, 高新园, 讯飞小镇", timeout=LONG)
    expect(seen.page.locator(".gp-said", has_text="All checks hold")).to_be_visible(timeout=LONG)
    expect(seen.map.locator("path.gp-gained")).to_have_count(1, timeout=LONG)
    assert not (home / "plans" / "geoplan.gpkg").exists()
    seen.page.wait_for_timeout(600)
    seen.shot("update-preview-en-laptop")
    frame = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert frame is not None
    assert frame["y"] + frame["height"] <= LAPTOP["height"]
    side = seen.page.locator(".st-key-gp-side").bounding_box()
    assert side is not None
    for part in (seen.page.get_by_label("Your name"), seen.page.get_by_role("button", name="Publish as a revision")):
        seen_at = part.bounding_box()  # without scrolling: nobody looks for what they do not see
        assert seen_at is not None
        assert side["y"] <= seen_at["y"]
        assert seen_at["y"] + seen_at["height"] <= min(LAPTOP["height"], side["y"] + side["height"])
    seen.page.get_by_text("Swipe", exact=True).click()
    expect(seen.map.locator(".gp-compare")).to_be_visible(timeout=LONG)
    seen.page.get_by_label("Your name").fill("Li Wei")
    seen.page.get_by_label("What changed and why").fill("November")
    seen.page.get_by_role("button", name="Publish as a revision").click()
    expect(seen.page.locator(".gp-said", has_text="Published as revision 1.")).to_be_visible(timeout=LONG)
    seen.page.wait_for_timeout(600)
    seen.shot("update-published-en-laptop")
    with opened_store(load_plan(home / "plans" / "valley"), home / "plans" / "geoplan.gpkg") as store:
        assert layout.farthest(store.zones("valley").geometry, layout.updated()) < 0.001
    seen.page.get_by_role("button", name="Undo").click()
    seen.page.get_by_role("button", name="Publish the earlier boundaries again").click()
    expect(seen.page.locator(".gp-said", has_text="as revision 2")).to_be_visible(timeout=LONG)
    seen.blameless()


@pytest.mark.parametrize(("language", "size"), [("zh", LAPTOP), ("zh", PHONE), ("en", PHONE)])
def test_an_unclear_file_asks_and_leaving_it_leaves_nothing(
    visit: Opener, running: str, home: Path, language: str, size: dict[str, int]
) -> None:
    store = home / "plans" / "geoplan.gpkg"
    before = store.read_bytes() if store.exists() else b""
    seen = visit(running, size)
    begun(seen, "rough", language, home / "amap.kml")
    options = seen.page.locator('[data-testid="stRadio"] input')
    expect(options.first).to_be_attached(timeout=LONG)
    expect(seen.page.locator('[data-testid="stRadio"] input:checked')).to_have_count(0)
    assert options.count() >= 2
    seen.page.wait_for_timeout(600)
    seen.shot(f"update-choose-{language}-{'phone' if size is PHONE else 'laptop'}")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    seen.page.locator('[data-testid="stRadio"] label', has_text="GCJ").last.click()
    expect(seen.page.locator(".gp-what .gp-holds")).to_be_visible(timeout=LONG)
    leave = "放弃，不留痕迹" if language == "zh" else "Leave without a trace"
    seen.page.get_by_role("button", name=leave).click()
    expect(seen.page.locator(".gp-said.gp-quiet")).to_be_visible(timeout=LONG)
    expect(seen.page.locator('[data-testid="stFileChip"]')).to_have_count(0)
    assert (store.read_bytes() if store.exists() else b"") == before
    seen.blameless()


def test_what_is_no_map_is_said_so_in_the_readers_language(visit: Opener, running: str, home: Path) -> None:
    seen = visit(running)
    begun(seen, "valley", "zh", home / "letter.docx")
    expect(seen.page.locator(".gp-error")).to_contain_text("letter.docx", timeout=LONG)
    expect(seen.page.locator(".gp-error")).to_contain_text("处理办法")
    seen.shot("update-no-map-zh-laptop")
    seen.blameless()
