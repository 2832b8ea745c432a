"""The pages of facilities and the network in a real browser: filtering, served ground, what cannot run, no internet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LAPTOP, PHONE, Visit, serving
from tests.plan_folders import HOSTILE, write_plan

Opener = Callable[..., Visit]

COVERAGE = "?page=facilities&show=coverage&category=university&radius=500"
SERVED, UNCOVERED = "#117733", "#882255"  # the colours of the two roles, as the legend has them


def ready(seen: Visit) -> Visit:
    """Wait until the map is drawn and the panel beside it is there."""
    seen.page.locator(".gp-heading h1").wait_for(timeout=30_000)
    seen.map.locator(".gp-frame").wait_for(timeout=30_000)
    seen.page.locator(".st-key-gp-side").wait_for()
    seen.page.wait_for_timeout(900)
    return seen


def parameters(seen: Visit) -> dict[str, list[str]]:
    return parse_qs(urlsplit(seen.page.url).query)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "query"), [("list", "?page=facilities"), ("coverage", COVERAGE)])
def test_on_a_laptop_map_and_panel_stand_side_by_side_and_nothing_runs_off(
    visit: Opener, address: str, name: str, query: str, language: str
) -> None:
    seen = ready(visit(address, LAPTOP).open(f"{query}&lang={language}"))
    seen.shot(f"facilities-{name}-{language}-laptop")
    frame = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    side = seen.page.locator(".st-key-gp-side").bounding_box()
    assert frame is not None
    assert side is not None
    assert frame["width"] > side["width"]
    assert side["x"] >= frame["x"] + frame["width"]
    assert side["x"] + side["width"] <= LAPTOP["width"]
    seen.blameless()


def test_on_a_phone_nothing_runs_off_the_side(visit: Opener, address: str) -> None:
    seen = ready(visit(address, PHONE, has_touch=True, is_mobile=True).open(f"{COVERAGE}&lang=zh"))
    seen.shot("facilities-coverage-zh-phone")
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    seen.blameless()


def test_served_and_uncovered_ground_are_on_the_map_and_a_click_on_a_piece_chooses_it(
    visit: Opener, address: str
) -> None:
    seen = ready(visit(address, LAPTOP).open(f"{COVERAGE}&lang=en"))
    expect(seen.map.locator(f'path[stroke="{SERVED}"]')).to_have_count(1)
    pieces = seen.map.locator(f'path[stroke="{UNCOVERED}"]')
    expect(pieces).to_have_count(10)
    # The largest piece is the Core Area, which no university reaches; its corner is free of marks and labels.
    box = pieces.first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.4 * box["height"])
    seen.page.wait_for_url(re.compile("piece=1"))
    expect(seen.map.locator('path[stroke="#1B2733"][stroke-width="4"]')).to_have_count(1)
    seen.blameless()


def test_a_search_lists_and_maps_only_what_it_finds_without_loading_the_map_anew(visit: Opener, address: str) -> None:
    seen = ready(visit(address, LAPTOP).open("?page=facilities&lang=en"))
    loaded = sum("/assets/map/" in request for request in seen.asked)
    assert loaded
    box = seen.page.get_by_placeholder("Search names and addresses")
    box.fill("plasma")
    box.press("Enter")
    expect(seen.page.get_by_text("1 of 18 facilities")).to_be_visible()
    assert parameters(seen)["q"] == ["plasma"]
    expect(seen.map.locator(".gp-label-place").filter(visible=True)).to_have_count(1)
    assert sum("/assets/map/" in request for request in seen.asked) == loaded
    seen.blameless()


def test_the_map_finds_as_one_types_what_the_list_finds_at_enter(visit: Opener, address: str) -> None:
    seen = ready(visit(address, LAPTOP).open("?page=facilities&lang=en"))
    seen.page.wait_for_timeout(1000)  # what is searched is fetched when the browser has time
    box = seen.page.get_by_placeholder("Search names and addresses")
    # Full width, other case, words in any order, another language than the page's.
    for text, count in (
        ("ＰＬＡＳＭＡ", 1),
        ("physics  Institute plasma", 1),
        ("plasmaz", 0),
        ("等离子体", 1),
        ("", 17),
    ):
        box.fill(text)
        marks = seen.map.locator(".gp-place, .gp-cluster")
        if count < 2:
            expect(marks).to_have_count(count)
        else:
            expect(marks.nth(1)).to_be_visible()
            gathered = [int(one) for one in seen.map.locator(".gp-cluster").all_inner_texts()]
            assert seen.map.locator(".gp-place").count() + sum(gathered) == count
    assert "q" not in parameters(seen)  # nothing was asked of the page yet
    box.fill("plasma")
    box.press("Enter")
    expect(seen.page.get_by_text("1 of 18 facilities")).to_be_visible()
    seen.blameless()


def test_what_a_filter_leaves_out_of_sight_is_brought_into_view(visit: Opener, address: str) -> None:
    seen = ready(visit(address, LAPTOP).open("?page=facilities&lang=en&facility=iflytek-headquarters"))
    expect(seen.map.locator("path.gp-accuracy")).to_have_count(1)  # close to it, some ten kilometres from the next
    box = seen.page.get_by_placeholder("Search names and addresses")
    box.fill("plasma")
    box.press("Enter")
    expect(seen.map.locator(".gp-label-place", has_text="Plasma Physics")).to_be_visible()
    seen.blameless()


def test_another_radius_changes_the_share_and_the_link(visit: Opener, address: str) -> None:
    seen = ready(visit(address, LAPTOP).open(f"{COVERAGE}&lang=en"))
    expect(seen.page.locator(".gp-coverage .gp-area b")).to_have_text("4.45 %")
    seen.page.get_by_role("radio", name="1,000 m").or_(seen.page.get_by_role("button", name="1,000 m")).first.click()
    expect(seen.page.locator(".gp-coverage .gp-hint")).to_have_text(re.compile("15-minute living circle"))
    assert parameters(seen)["radius"] == ["1000"]
    seen.blameless()


def test_the_list_downloads_as_csv_with_what_is_shown(visit: Opener, address: str) -> None:
    seen = ready(visit(address, LAPTOP).open("?page=facilities&lang=zh&category=university"))
    with seen.page.expect_download() as waiting:
        seen.page.locator(".st-key-gp-side").get_by_role("button", name="下载 CSV").click()
    assert waiting.value.suggested_filename == "ustc-silicon-valley-facilities.csv"
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["中科大高新校区", "中科大东校区", "中科大中校区", "中科大西校区"]
    seen.blameless()


def test_no_file_is_laid_down_before_it_is_asked_for(visit: Opener, address: str) -> None:
    # A file that is laid down with a page is gone when a later run has replaced it, and a browser that is slow
    # to look for it then reports an error.
    seen = ready(visit(address, LAPTOP).open("?page=facilities&lang=en"))
    assert any("/_stcore/" in url for url in seen.asked)  # requests are seen at all
    assert [url for url in seen.asked if urlsplit(url).path.startswith("/media/")] == []
    seen.blameless()


def test_a_plan_without_boundaries_is_listed_and_mapped(visit: Opener, address: str) -> None:
    seen = ready(visit(address, LAPTOP).open("?page=facilities&plan=aust-wisdom-valley&lang=zh"))
    seen.shot("facilities-none-zh-laptop")
    expect(seen.page.get_by_text("已加载 0 / 4 个分区边界")).to_be_visible()
    expect(seen.page.get_by_text("5 处未定位：仅列出，不上图")).to_be_attached()
    seen.blameless()


@pytest.mark.parametrize(("size", "name"), [(LAPTOP, "laptop"), (PHONE, "phone")])
def test_the_network_is_seen_on_the_world(visit: Opener, address: str, size: dict[str, int], name: str) -> None:
    seen = visit(address, size).open("?page=network&lang=en&facility=centre-lyon")
    seen.page.locator(".gp-world img").wait_for(timeout=30_000)
    seen.page.wait_for_timeout(600)
    seen.shot(f"network-en-{name}")
    assert seen.page.locator(".gp-world img").evaluate("image => image.naturalWidth") > 0
    expect(seen.page.get_by_text("6 of 9 located.")).to_be_attached()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    seen.blameless()


def test_hostile_names_run_nowhere_on_either_page(browser: Browser, visit: Opener, tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "bad", names=HOSTILE, facilities=HOSTILE)
    with serving(tmp_path / "log.txt", plans=tmp_path / "plans") as address:
        for query in ("?page=facilities", "?page=facilities&show=coverage&radius=300&piece=1", "?page=facilities&q=$"):
            ready(visit(address, LAPTOP).open(f"{query}&plan=bad&lang=en")).blameless()
