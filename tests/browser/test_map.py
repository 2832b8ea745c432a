"""The map in a real browser: loaded once, picked by mouse and keyboard, measuring truly, drawing onto corners."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect
from pyproj import Geod
from shapely.geometry import Point, Polygon, shape

from geoplan.inspection import Offset
from geoplan.offsets import shift
from geoplan.output.map import Overlay, Shape, Shown, overlay_payload, plan_html
from geoplan.types import Text
from geoplan.workflow import open_plan
from tests.browser.conftest import LAPTOP, PHONE, SHOTS, Visit, serving
from tests.plan_folders import HOSTILE, SIDE, SOUTH, WEST, write_plan

Opener = Callable[..., Visit]
FIRST = 120_000  # milliseconds for the very first page of a server
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)


def frame_of(page: Page) -> Frame:
    """Return the frame of the map, and leave a mark in it that a reload would wipe away."""
    (frame,) = [frame for frame in page.frames if "streamlit_folium" in frame.url]
    frame.evaluate("window.notReloaded = true")
    return frame


def place(frame: Frame, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place is in the map's own pixels."""
    x, y = frame.evaluate(
        "([lng, lat]) => { const p = map.latLngToContainerPoint([lat, lng]); return [p.x, p.y]; }", [lon, lat]
    )
    return x, y


def ready(frame: Frame, before: str | None = None) -> str:
    """Wait until the map shows a state other than `before`, and return which it shows."""
    box = frame.locator("[data-ready]")
    box.wait_for(timeout=30_000)
    if before is not None:
        expect(box).not_to_have_attribute("data-ready", before, timeout=30_000)
    return str(box.get_attribute("data-ready"))


def show(frame: Frame, state: str) -> None:
    """Bring the map to a changed state, as the app does: `state` are JavaScript properties."""
    now = ready(frame)
    frame.evaluate(f"map.geoplan.update(Object.assign({{}}, map.geoplan.state, {state}))")
    ready(frame, now)


def drawn(seen: Visit, query: str) -> Visit:
    """Open a page and wait for its map, which takes a server that has just started longer than any later one."""
    seen.open(query).map.locator("[data-ready]").wait_for(timeout=FIRST)
    return seen.settled()


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, Frame]]:
    """Return the first page on the bundled plan, opened once for the tests that only look at its map."""
    context = browser.new_context(viewport=LAPTOP, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/?lang=en", wait_until="domcontentloaded")
    page.frame_locator('iframe[title^="streamlit_folium"]').locator("[data-ready]").wait_for(
        timeout=120_000
    )  # the server's very first page
    page.wait_for_timeout(900)
    yield page, frame_of(page)
    context.close()


def test_a_facility_is_picked_and_its_accuracy_drawn_as_a_circle(opened: tuple[Page, Frame]) -> None:
    _, frame = opened
    show(frame, "{pick: {kind: 'facility', id: map.geoplan.scene.places.features[0].properties.id}}")
    expect(frame.locator("path.gp-accuracy")).to_have_count(1)
    show(frame, "{pick: null}")
    expect(frame.locator("path.gp-accuracy")).to_have_count(0)


def test_facilities_are_signs_in_clusters_and_a_filter_leaves_only_those_asked_for(
    opened: tuple[Page, Frame],
) -> None:
    _, frame = opened
    count = "() => { let n = 0; map.eachLayer(l => { if (l.getAllChildMarkers) n += l.getChildCount();"
    count += " else if (l.feature && l.feature.properties.category) n += 1; }); return n; }"
    assert frame.evaluate(count) == 17
    assert frame.locator(".gp-cluster").count() > 0
    assert frame.locator(".gp-place svg path").count() > 0
    show(frame, "{hidden: ['university']}")
    assert frame.evaluate(count) == 13  # FACTS: four campuses
    show(frame, "{hidden: [], shown: ['china-sound-valley']}")
    assert frame.evaluate(count) <= 1
    show(frame, "{hidden: [], shown: null}")
    assert frame.evaluate(count) == 17


def test_the_legend_hides_and_shows_parts_by_boxes_with_names(opened: tuple[Page, Frame]) -> None:
    _, frame = opened
    frame.locator(".gp-legend").evaluate("e => { e.open = true; }")
    box = frame.get_by_role("checkbox", name="Zones")
    box.uncheck()
    expect(frame.locator("path.gp-zone")).to_have_count(0)
    box.check()
    expect(frame.locator("path.gp-zone")).to_have_count(4)


def test_lengths_and_areas_equal_those_of_another_library(opened: tuple[Page, Frame]) -> None:
    _, frame = opened
    rng = np.random.default_rng(7)
    for lon, lat, lon2, lat2 in rng.uniform((-170, -80, -170, -80), (170, 80, 170, 80), (40, 4)).tolist():
        told = frame.evaluate(
            "p => GeoplanMap.distance({lng: p[0], lat: p[1]}, {lng: p[2], lat: p[3]})", [lon, lat, lon2, lat2]
        )
        assert math.isclose(told, CGCS2000.inv(lon, lat, lon2, lat2)[2], rel_tol=1e-7)
    ring = [(117.1, 31.8), (117.13, 31.81), (117.12, 31.84), (117.09, 31.83)]
    told = frame.evaluate("r => GeoplanMap.area(r.map(c => ({lng: c[0], lat: c[1]})))", ring)
    assert math.isclose(told, abs(CGCS2000.geometry_area_perimeter(Polygon(ring))[0]), rel_tol=1e-4)


def test_measuring_says_what_was_clicked_and_escape_ends_it(opened: tuple[Page, Frame]) -> None:
    page, frame = opened
    tool, output = frame.locator(".gp-measure"), frame.locator(".gp-measured")
    tool.click()
    corners = [(117.12, 31.86), (117.14, 31.86), (117.14, 31.88)]
    for lon, lat in corners:
        x, y = place(frame, lon, lat)
        frame.locator(".leaflet-container").click(position={"x": x, "y": y})
    page.keyboard.press("Enter")
    length = sum(CGCS2000.inv(*a, *b)[2] for a, b in itertools.pairwise(corners))
    said = output.locator("b").inner_text().split()
    pixel = 1e5 * frame.evaluate("map.containerPointToLatLng([1, 0]).lng - map.containerPointToLatLng([0, 0]).lng")
    assert abs(float(said[1]) * 1000 - length) < 4 * pixel
    assert said[0] == "length"
    assert "ellipsoid" in output.inner_text()
    page.keyboard.press("Escape")
    expect(output).to_be_hidden()
    assert tool.get_attribute("aria-pressed") == "false"


def test_the_pointer_is_told_in_degrees(opened: tuple[Page, Frame]) -> None:
    _, frame = opened
    x, y = place(frame, 117.15, 31.87)
    frame.locator(".leaflet-container").hover(position={"x": x, "y": y})
    east, north = frame.locator(".gp-pointer").inner_text().split(", ")
    assert abs(float(east.split("°")[0]) - 117.15) < 4e-4
    assert abs(float(north.split("°")[0]) - 31.87) < 4e-4
    assert (east[-1], north[-1]) == ("E", "N")


@pytest.mark.parametrize("offset", [Offset.GCJ02, Offset.BD09])
def test_what_is_read_from_a_shifted_map_is_unshifted(opened: tuple[Page, Frame], offset: Offset) -> None:
    _, frame = opened
    lon, lat = np.array([117.1, 121.5, 87.6, 0.1]), np.array([31.8, 31.2, 43.8, 51.5])
    expected = np.column_stack(shift(offset, lon, lat))
    ask = "([o, p]) => p.map(c => GeoplanMap.shift(o, {lng: c[0], lat: c[1]})).map(p => [p.lng, p.lat])"
    told = frame.evaluate(ask, [str(offset), np.column_stack([lon, lat]).tolist()])
    assert np.allclose(told, expected, atol=1e-10)
    back = frame.evaluate(ask.replace("GeoplanMap.shift", "GeoplanMap.unshift"), [str(offset), expected.tolist()])
    assert np.allclose(back, np.column_stack([lon, lat]), atol=1e-9)


def test_the_map_fills_the_window_and_goes_back(opened: tuple[Page, Frame]) -> None:
    page, frame = opened
    element = page.locator('iframe[title^="streamlit_folium"]')
    before = element.bounding_box()
    frame.locator(".gp-full").click()
    page.wait_for_timeout(300)
    full = element.bounding_box()
    assert full is not None
    assert (full["width"], full["height"]) == (LAPTOP["width"], LAPTOP["height"])
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert element.bounding_box() == before


def test_two_states_are_held_against_each_other_by_curtain_and_by_fading(opened: tuple[Page, Frame]) -> None:
    _, frame = opened
    zone = open_plan("ustc-silicon-valley").facilities[0].point
    assert zone is not None
    sides = [
        json.loads(overlay_payload(Overlay(name, Text.same(name), (Shape(zone.buffer(0.02), role),)), "en"))
        for name, role in (("old", "before"), ("new", "after"))
    ]
    overlays = json.dumps([{"data": side} for side in sides])
    compare = "{left: ['old'], right: ['new'], left_name: 'Revision 1', right_name: 'Revision 2', mode: 'MODE'}"
    show(frame, f"{{overlays: {overlays}, compare: {compare.replace('MODE', 'swipe')}}}")
    expect(frame.locator(".gp-curtain")).to_be_visible()
    frame.get_by_role("slider").fill("25")
    width = frame.evaluate("map.getSize().x")
    assert frame.locator(".gp-curtain").evaluate("e => parseFloat(e.style.left)") == pytest.approx(width / 4)
    show(frame, f"{{compare: {compare.replace('MODE', 'opacity')}}}")
    expect(frame.locator(".gp-curtain")).to_be_hidden()
    assert frame.evaluate("map.getPane('gp-right').style.opacity") == "0.25"
    show(frame, "{overlays: [], compare: null}")
    expect(frame.locator(".gp-compare")).to_be_hidden()


def test_a_corner_drawn_near_a_neighbours_is_that_corner_to_the_last_digit_and_with_alt_it_is_not(
    visit: Opener, address: str
) -> None:
    page = drawn(visit(address), "?lang=en").page  # its own: clicks go where other tests may have moved the view
    frame = frame_of(page)
    frame.evaluate("() => { window.told = []; Streamlit.setComponentValue = v => { told.push(v.geoplan); }; }")
    zone = frame.evaluate("map.geoplan.scene.zones.features[0].geometry.coordinates[0]")
    start, end = (zone[0], zone[0]) if not isinstance(zone[0][0], list) else (zone[0][0], zone[0][0])
    box = frame.locator(".leaflet-container")
    for turn, (keys, shared) in enumerate((([], True), (["Alt"], False))):
        show(frame, f"{{draw: {{tools: ['polygon', 'rectangle'], turn: {turn}}}}}")
        frame.locator(".gp-draw-polygon").click()
        x, y = place(frame, *start[:2])
        for at in ((x + 5, y - 4), (x + 90, y - 60), (x + 60, y - 120)):
            box.click(position={"x": at[0], "y": at[1]}, modifiers=keys)  # type: ignore[arg-type]
        page.keyboard.press("Enter")
        told = frame.evaluate("told[told.length - 1]")
        assert told["kind"] == "drawn"
        corners = told["features"][0]["geometry"]["coordinates"][0]
        assert (corners[0] == end[:2]) is shared
        assert shape(told["features"][0]["geometry"]).is_valid
        assert corners[0] == corners[-1]
        assert told["features"][0]["properties"]["pixel_m"] > 0
    show(frame, "{draw: null}")
    expect(frame.locator(".gp-drawing")).to_be_hidden()


def test_picks_languages_and_filters_change_the_map_without_loading_it_again(visit: Opener, address: str) -> None:
    seen = drawn(visit(address), "?lang=en")
    frame = frame_of(seen.page)
    kept = ready(frame)
    loaded = len([request for request in seen.asked if request.endswith(".js")])
    frame.locator("path.gp-zone").first.focus()
    frame.locator("path.gp-zone").first.press("Enter")
    expect(frame.locator("path.gp-picked")).to_have_count(1)
    seen.page.wait_for_url("**zone=core**")
    kept = ready(frame, kept)
    view = frame.evaluate("[map.getCenter().lat, map.getZoom()]")
    seen.page.get_by_role("radio", name="中文").click()
    expect(frame.locator(".gp-label-zone", has_text="核心区")).to_be_visible(timeout=30_000)
    assert frame.evaluate("[map.getCenter().lat, map.getZoom()]") == view
    assert frame.evaluate("window.notReloaded") is True
    assert len([request for request in seen.asked if request.endswith(".js")]) == loaded
    seen.blameless()


# ------------------------------------------------------------------ one page of its own


@pytest.mark.parametrize(("language", "size"), [("en", LAPTOP), ("zh", PHONE)])
def test_the_map_in_one_file_opens_with_no_network_at_all(
    browser: Browser, tmp_path: Path, language: str, size: dict[str, int]
) -> None:
    view = open_plan("ustc-silicon-valley")
    point = view.facilities[0].point
    assert point is not None
    shown = Shown((Overlay("near", Text("Near", "附近"), (Shape(point.buffer(0.01), "service"),)),))
    path = tmp_path / "map.html"
    path.write_text(plan_html(view, language, shown=shown), encoding="utf-8")
    context = browser.new_context(viewport=size, offline=True)  # type: ignore[arg-type]
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.locator("[data-ready]").wait_for()
    expect(page.locator("path.gp-zone")).to_have_count(4)
    expect(page.locator("path.gp-service")).to_have_count(1)
    page.locator("tr button", has_text={"en": "Core Area", "zh": "核心区"}[language]).click()
    expect(page.locator("path.gp-picked")).to_have_count(1)
    expect(page.locator("#gp-card")).to_contain_text("2.4612")
    page.locator("#map").focus()
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"map-page-{language}.png")
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    assert complaints == []
    context.close()


# ------------------------------------------------------------------ hostile names


def test_hostile_names_are_text_wherever_the_map_shows_them(visit: Opener, tmp_path: Path) -> None:
    names = [*HOSTILE, "Zone \u202eenoZ", "x" * 4000]
    plans = tmp_path / "plans"
    write_plan(plans / "trial", names, facilities=names)
    with serving(tmp_path / "log.txt", plans=plans) as address:
        seen = drawn(visit(address), "?plan=trial&lang=en")
        frame = frame_of(seen.page)
        labels = set(frame.locator(".gp-label-zone span:first-child").all_inner_texts())
        assert labels & set(HOSTILE)
        assert set(frame.locator(".gp-legend li > span").all_text_contents()) >= set(HOSTILE)
        for place_, name in enumerate(HOSTILE[:4]):
            x, y = place(frame, WEST + (place_ + 0.2) * SIDE, SOUTH + 0.2 * SIDE)
            frame.locator(".leaflet-container").hover(position={"x": x, "y": y})
            expect(frame.locator(".leaflet-tooltip").last).to_have_text(name)  # the one before it is fading
        assert frame.locator(".leaflet-tooltip img, .gp-label img, .gp-legend img").count() == 0
        seen.shot("hostile-map")
        seen.blameless()


# ------------------------------------------------------------------ what travels


def test_a_basemap_that_cannot_be_reached_is_said_and_the_plan_stays(opened: tuple[Page, Frame]) -> None:
    page, frame = opened

    def lost(route: Route) -> None:
        route.fulfill(status=502)

    page.route("**/basemaps/**", lost)
    show(frame, "{basemap: {url: '../../basemaps/none/{z}/{x}/{y}', attribution: 'Somebody', max_zoom: 18}}")
    expect(frame.locator(".gp-notice-lost")).to_be_visible()
    expect(frame.locator("path.gp-zone")).to_have_count(4)
    expect(frame.locator(".gp-source")).to_contain_text("Somebody")
    show(frame, "{basemap: null}")
    expect(frame.locator(".gp-notice-lost")).to_be_hidden()


def test_what_the_server_dropped_is_asked_for_again(opened: tuple[Page, Frame]) -> None:
    page, frame = opened
    point = Point(WEST, SOUTH)
    body = overlay_payload(Overlay("late", Text("Late", "迟到"), (Shape(point.buffer(0.01), "added"),)), "en")
    answers = [404, 200]

    def late(route: Route) -> None:
        status = answers.pop(0)
        route.fulfill(status=status, body=body if status == 200 else "", content_type="application/json")

    page.route("**/data/late", late)
    frame.evaluate("map.geoplan.update(Object.assign({}, map.geoplan.state, {overlays: [{link: '../../data/late'}]}))")
    expect(frame.locator(".gp-lost")).to_have_count(1)
    expect(frame.locator("path.gp-added")).to_have_count(1, timeout=10_000)
    expect(frame.locator(".gp-lost")).to_have_count(0)
    show(frame, "{overlays: []}")


def test_a_rerun_sends_a_few_kilobytes_and_the_scene_is_fetched_once(visit: Opener, address: str) -> None:
    seen = visit(address)
    sent: list[int] = []
    seen.page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sent.append(len(data))))
    drawn(seen, "?lang=en")
    frame = frame_of(seen.page)
    kept = ready(frame)
    data = [request for request in seen.asked if "/data/" in request]
    sent.clear()
    frame.locator("path.gp-zone").nth(1).press("Enter")
    ready(frame, kept)
    seen.page.wait_for_timeout(500)
    assert 0 < sum(sent) < 40_000  # the whole page; the map's share is held in tests/ui/test_mapview.py
    assert [request for request in seen.asked if "/data/" in request] == data
    loaded: list[Any] = frame.evaluate(
        "performance.getEntriesByType('resource').filter(r => r.name.includes('/data/')).map(r => r.encodedBodySize)"
    )
    assert max(loaded) < 20_000
