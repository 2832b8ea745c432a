"""Nothing on a map or around it covers what a reader needs, on a laptop and on a phone, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations, product

import pytest
from playwright.sync_api import Locator, expect

from geoplan.ui.pages import PAGES
from tests.browser.conftest import LAPTOP, PHONE, Visit

Opener = Callable[..., Visit]
Box = tuple[float, float, float, float]  # left, top, right, bottom
PLAN = "ustc-silicon-valley"
LONG = 60_000  # milliseconds: many tests share the machine
MOBILE = {"has_touch": True, "is_mobile": True}


def boxes(found: Locator) -> list[Box]:
    """Return the boxes of what is seen, in the coordinates of its own frame."""
    held = found.evaluate_all(
        """all => all.filter(e => { const s = getComputedStyle(e), r = e.getBoundingClientRect();
          return s.visibility !== 'hidden' && s.display !== 'none' && r.width > 1 && r.height > 1; })
        .map(e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"""
    )
    return [tuple(box) for box in held]


def shared(one: Box, other: Box) -> float:
    """Return the lesser of how wide and how high the ground of two boxes is, in pixels; 0 or less: they are apart."""
    return min(min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1]))


def drawn(seen: Visit) -> Visit:
    seen.map.locator(".gp-label").first.wait_for(state="attached", timeout=LONG)
    seen.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=LONG)
    seen.page.wait_for_timeout(1_800)  # clusters glide to their places, labels are arranged after them
    return seen


@pytest.mark.parametrize(("language", "size"), list(product(("en", "zh"), (LAPTOP, PHONE))))
def test_no_label_covers_another_a_sign_of_a_place_or_what_stands_on_the_map(
    visit: Opener, address: str, language: str, size: dict[str, int]
) -> None:
    seen = drawn(visit(address, size, **(MOBILE if size is PHONE else {})).open(f"?plan={PLAN}&lang={language}"))
    labels = boxes(seen.map.locator(".gp-label"))
    assert len(labels) >= 5
    for one, other in combinations(labels, 2):
        assert shared(one, other) <= 1
    names = seen.map.locator(".gp-place").evaluate_all("all => all.map(e => e.getAttribute('aria-label') || '')")
    assert names  # of places that stand alone: a screen reader says which
    assert all(name.strip() for name in names)
    signs = boxes(seen.map.locator(".gp-badge:not(li *), .gp-cluster"))
    standing = boxes(seen.map.locator(".gp-notice, .gp-legend, .gp-tool, .leaflet-bar, .leaflet-control-scale"))
    assert signs
    assert len(standing) >= 6
    for label, thing in product(labels, (*signs, *standing)):
        assert shared(label, thing) <= 4  # a round sign leaves its corners free
    for notice, thing in product(
        boxes(seen.map.locator(".gp-notice")), boxes(seen.map.locator(".gp-legend, .gp-tool"))
    ):
        assert shared(notice, thing) <= 0


def test_the_pages_own_controls_over_a_map_leave_its_notice_free(visit: Opener, address: str) -> None:
    for size in (LAPTOP, PHONE):
        seen = drawn(visit(address, size).open(f"?plan={PLAN}&lang=en&page=update"))
        (frame,) = boxes(seen.page.locator('iframe[title^="streamlit_folium"]'))
        (notice,) = boxes(seen.map.locator(".gp-notice-status"))
        moved = (notice[0] + frame[0], notice[1] + frame[1], notice[2] + frame[0], notice[3] + frame[1])
        over = boxes(seen.page.locator(".st-key-gp-over-map button"))
        assert over
        assert all(shared(moved, one) <= 0 for one in over)


def test_a_phone_has_every_page_in_reach_without_scrolling(visit: Opener, address: str) -> None:
    seen = visit(address, PHONE, **MOBILE).open(f"?plan={PLAN}&lang=en&page=handover")
    expect(seen.page.locator('.st-key-gp-nav button[kind="primary"]')).to_be_in_viewport(timeout=LONG)
    expect(seen.page.locator(".st-key-gp-nav button p")).to_have_count(len(PAGES))
    ways = boxes(seen.page.locator(".st-key-gp-nav button"))
    words = boxes(seen.page.locator(".st-key-gp-nav button p"))
    assert len(ways) == len(words) == len(PAGES)
    for left, top, right, bottom in (*ways, *words):
        assert left >= 0
        assert top >= 0
        assert right <= PHONE["width"]
        assert bottom <= PHONE["height"]
    for one, other in combinations(words, 2):
        assert shared(one, other) <= 0
    assert min(right - left for left, _, right, _ in ways) >= 44  # as wide as a finger


def test_the_legend_gives_way_to_a_zone_picked_by_link(visit: Opener, address: str) -> None:
    for zone in ("core", "shushan"):
        seen = drawn(visit(address).open(f"?plan={PLAN}&lang=en&zone={zone}"))
        (legend,) = boxes(seen.map.locator(".gp-legend"))
        outline = seen.map.locator("path.gp-picked").first
        inside = outline.evaluate(
            """(path, box) => { const n = path.getTotalLength(), m = path.getScreenCTM();
              for (let i = 0; i <= 400; i++) { const p = path.getPointAtLength(n * i / 400).matrixTransform(m);
                if (p.x > box[0] && p.x < box[2] && p.y > box[1] && p.y < box[3]) return true; }
              return false; }""",
            list(legend),
        )
        assert not inside


def test_the_bar_that_compares_leaves_the_rest_of_a_map_free(visit: Opener, address: str) -> None:
    for size in (PHONE, LAPTOP):
        seen = drawn(visit(address, size).open(f"?plan={PLAN}&lang=en"))
        state = json.dumps({"left": [], "right": [], "left_name": "Revision 1", "right_name": "Revision 22"})
        seen.map.locator(".leaflet-container").evaluate(
            f"""() => {{ const gp = window.map.geoplan;
              gp.update(Object.assign({{}}, gp.state, {{compare: Object.assign({state}, {{mode: 'swipe'}})}})); }}"""
        )
        bar = seen.map.locator(".gp-compare")
        expect(bar).to_be_visible()
        seen.page.wait_for_timeout(600)
        (held,) = boxes(bar)
        for thing in boxes(seen.map.locator(".gp-notice, .gp-legend, .gp-tool, .leaflet-control-scale, .leaflet-bar")):
            assert shared(held, thing) <= 0
        (whole,) = boxes(seen.map.locator(".leaflet-container"))
        assert whole[0] <= held[0]
        assert held[2] <= whole[2]
