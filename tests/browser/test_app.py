"""The app as a planner meets it: a real server, a real browser, no internet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LAPTOP, PHONE, Visit, serving
from tests.plan_folders import HOSTILE, write_plan

Opener = Callable[..., Visit]

PLANS = ("ustc-silicon-valley", "aust-wisdom-valley")


def bottom(visit: Visit, selector: str) -> float:
    box = visit.page.locator(selector).bounding_box()
    assert box is not None, selector
    return box["y"] + box["height"]


def click_zone(visit: Visit, place: int, across: float, down: float) -> None:
    """Click a zone at a part of its box, beside the facilities that stand in its middle."""
    zone = visit.map.locator("path.gp-zone").nth(place)
    box = zone.bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_laptop_figures_map_and_card_are_seen_without_scrolling_and_nothing_is_asked_of_another_host(
    visit: Opener, address: str, plan: str, language: str
) -> None:
    seen = visit(address, LAPTOP).open(f"?plan={plan}&lang={language}").settled()
    seen.shot(f"{plan}-{language}-laptop")
    for selector in (".gp-strip", 'iframe[title^="streamlit_folium"]', ".st-key-gp-side"):
        assert bottom(seen, selector) <= LAPTOP["height"]
    frame = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    side = seen.page.locator(".st-key-gp-side").bounding_box()
    assert frame is not None
    assert side is not None
    assert frame["height"] > 300
    assert 1.8 < frame["width"] / side["width"] < 2.2  # two thirds of the width
    assert side["x"] > frame["x"] + frame["width"]
    assert any("/assets/map/" in request for request in seen.asked)
    seen.blameless()


def test_the_map_is_drawn_with_zones_facilities_labels_graticule_scale_and_north(visit: Opener, address: str) -> None:
    seen = visit(address).open("?lang=en").settled()
    assert seen.map.locator("path.gp-zone").count() == 4
    single, gathered = seen.map.locator(".gp-place").count(), seen.map.locator(".gp-cluster").all_inner_texts()
    assert single + sum(int(count) for count in gathered) == 17
    assert gathered  # the campuses stand too close to be told apart from afar
    for dash in seen.map.locator("path.gp-zone").all():
        assert dash.get_attribute("stroke-dasharray")
    for name in ("Core Area", "High-tech Area", "Shushan Area", "iFlytek Town"):
        expect(seen.map.locator(".gp-label-zone", has_text=name)).to_be_visible()
    assert seen.map.locator(".gp-lon").count() >= 3
    assert re.fullmatch(r"117°\d\d′E", seen.map.locator(".gp-lon").first.inner_text())
    assert re.fullmatch(r"31°\d\d′N", seen.map.locator(".gp-lat").first.inner_text())
    expect(seen.map.locator(".leaflet-control-scale-line")).to_be_visible()
    expect(seen.map.locator(".gp-north")).to_be_visible()
    if not seen.map.locator(".gp-legend").evaluate("legend => legend.open"):  # closed where it would hide the plan
        seen.map.locator(".gp-legend summary").click()
    expect(seen.map.locator(".gp-legend li", has_text="Core Area")).to_be_visible()
    expect(seen.map.locator(".gp-notice-status")).to_have_text("Indicative boundaries — not official")
    seen.blameless()


@pytest.mark.parametrize("plan", PLANS)
def test_a_phone_shows_the_map_on_its_first_screen_and_nothing_runs_off_the_side(
    visit: Opener, address: str, plan: str
) -> None:
    seen = visit(address, PHONE, has_touch=True, is_mobile=True).open(f"?plan={plan}&lang=zh").settled()
    seen.shot(f"{plan}-zh-phone")
    frame = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert frame is not None
    assert frame["y"] < PHONE["height"] / 3
    assert frame["height"] > 300
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for option in ("English", "中文"):
        expect(
            seen.page.get_by_role("radio", name=option).or_(seen.page.get_by_text(option, exact=True)).first
        ).to_be_visible()
    seen.page.locator(".st-key-gp-side").scroll_into_view_if_needed()
    expect(seen.page.locator(".gp-card h2").first).to_be_visible()
    seen.blameless()


def test_a_click_on_a_zone_shows_its_card_and_writes_the_link(visit: Opener, address: str) -> None:
    seen = visit(address).open("?lang=en").settled()
    click_zone(seen, 1, 0.55, 0.88)
    expect(seen.page.locator(".gp-card h2")).to_have_text("High-tech Area")
    assert "zone=high-tech-area" in urlsplit(seen.page.url).query
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)
    seen.page.get_by_role("button", name="Whole plan").click()
    expect(seen.page.locator(".gp-card h2").first).to_have_text("USTC Silicon Valley")
    assert "zone=" not in urlsplit(seen.page.url).query
    seen.blameless()


def test_a_link_picks_a_facility_on_the_map_with_its_accuracy_circle(visit: Opener, address: str) -> None:
    seen = visit(address).open("?lang=zh&facility=iflytek-headquarters").settled()
    expect(seen.page.locator(".gp-card h2")).to_have_text("科大讯飞总部")
    expect(seen.map.locator("path.gp-accuracy")).to_have_count(1)
    seen.shot("facility-zh-laptop")
    seen.blameless()


@pytest.mark.parametrize("table", [".st-key-gp-side", ".stTabs"])
def test_a_row_of_a_table_picks_the_zone_on_the_map(visit: Opener, address: str, table: str) -> None:
    seen = visit(address).open("?lang=en").settled()
    seen.page.locator(table).get_by_role("button", name="Core Area").press("Enter")
    expect(seen.page.locator(".gp-card h2")).to_have_text("Core Area")
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)
    expect(seen.page.locator(".stTabs").get_by_role("button", name="Core Area")).to_have_attribute(
        "aria-pressed", "true"
    )
    seen.shot("zone-en-laptop")
    seen.blameless()


def test_the_map_turns_to_the_other_language_at_the_click_on_it(visit: Opener, address: str) -> None:
    seen = visit(address).open("?lang=en").settled()
    seen.page.wait_for_timeout(1000)  # the other scene is fetched when the browser has time
    asked = len(seen.asked)
    box = seen.map.locator(".leaflet-container")
    seen.page.evaluate(
        """() => { const frame = document.querySelector('iframe[title^="streamlit_folium"]').contentDocument;
          const box = frame.querySelector('.leaflet-container');
          window.heard = []; new MutationObserver(() => heard.push([box.lang, document.documentElement.lang]))
            .observe(box, {attributes: true, attributeFilter: ['lang']}); }"""
    )
    seen.page.get_by_role("radio", name="中文").click()
    expect(box).to_have_attribute("lang", "zh-CN")
    expect(seen.map.locator(".gp-label-zone", has_text="核心区")).to_be_visible()
    expect(seen.page.locator(".gp-card h2").first).to_have_text("科大硅谷")
    assert seen.page.evaluate("heard")[0] == ["zh-CN", "en"]  # the map before the page
    assert not [address for address in seen.asked[asked:] if "/data/" in address]
    seen.blameless()


def test_hostile_names_are_shown_as_text_and_nothing_of_them_runs(visit: Opener, tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "hostile", HOSTILE, facilities=HOSTILE)
    with serving(tmp_path / "log.txt", plans=tmp_path / "plans") as running:
        seen = visit(running).open("?plan=hostile&lang=en").settled()
        legend = seen.map.locator(".gp-legend").text_content() or ""
        for name in HOSTILE:
            assert name in legend
        for path in seen.map.locator("path.gp-zone").all():
            path.hover(force=True)
        for place, name in ((2, HOSTILE[2]), (3, HOSTILE[3])):
            click_zone(seen, place, 0.2, 0.2)
            expect(seen.page.locator(".gp-card h2")).to_have_text(name)
        seen.shot("hostile-names")
        assert seen.page.locator(".gp-card img, .gp-strip img").count() == 0
        assert seen.map.locator("img").count() == 0
        seen.blameless()


def test_the_map_works_under_a_base_path_and_another_host_name(browser: Browser, visit: Opener, tmp_path: Path) -> None:
    with serving(tmp_path / "log.txt", base="planning/valley") as running:
        seen = visit(running).open("?lang=en").settled()
        assert seen.map.locator("path.gp-zone").count() == 4
        seen.blameless()
        named = visit(running.replace("127.0.0.1", "localhost")).open("?lang=en").settled()
        assert named.map.locator("path.gp-zone").count() == 4
        named.blameless()


@pytest.mark.parametrize(("language", "said"), [("en", "What to do"), ("zh", "处理办法")])
def test_a_broken_plan_is_a_sentence_with_what_to_do_and_never_a_traceback(
    visit: Opener, tmp_path: Path, language: str, said: str
) -> None:
    folder = write_plan(tmp_path / "plans" / "broken")
    (folder / "zones.geojson").write_text("{", encoding="utf-8")
    with serving(tmp_path / "log.txt", plans=tmp_path / "plans") as running:
        seen = visit(running).open(f"?plan=broken&lang={language}")
        expect(seen.page.locator(".gp-error")).to_contain_text(said, timeout=30_000)
        assert "Traceback" not in seen.page.content()
        seen.shot(f"broken-{language}")
        seen.blameless()
