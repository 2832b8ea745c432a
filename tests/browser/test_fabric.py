"""A plan of 20,000 zones in a real browser: prepared while the page waits, drawn from tiles, picked by a click."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from playwright.sync_api import Request, expect

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs, to_lonlat
from geoplan.plan import load_plan
from geoplan.pyramid import fabric_source, prepare
from geoplan.revisions import Outcome, Publishing, load
from tests.basemaps.files import picture, write_mbtiles
from tests.browser.conftest import LAPTOP, PHONE, Visit, serving
from tests.pyramid.fabrics import write_plan
from tests.test_offsets import gcj02_by_hand

Opener = Callable[..., Visit]

N = 20_000
MOST_BYTES = 2_000_000
TOWN = make_fabric(5_041, seed=5).polygons
BASEMAPS = """format = 1
[[basemaps]]
id = "web"
name = { en = "A web map", zh = "网络地图" }
kind = "mbtiles"
path = "web.mbtiles"
datum = "gcj02"
"""
HOSTILE = "<img src=x onerror=alert(1)>`${alert(2)}`"
PLACE = "([x, y]) => { const p = window.map.containerPointToLatLng([x, y]); return [p.lng, p.lat]; }"
MOVE = """([lon, lat, zoom]) => {
  document.querySelector('.leaflet-container').dataset.fabric = '';
  window.map.geoplan.moved = true;  // as by a hand: what is still to come does not fit the view anew
  window.map.setView([lat, lon], zoom, {animate: false});
}"""
PIXEL = """([lon, lat]) => {
  const p = window.map.latLngToContainerPoint([lat, lon]);
  return [p.x, p.y];
}"""
DRAWN = """() => {
  const frame = document.querySelector('iframe[title^="streamlit_folium"]');
  const box = frame && frame.contentDocument && frame.contentDocument.querySelector('.leaflet-container');
  const app = document.querySelector('[data-testid=stApp]');
  return Boolean(box && box.dataset.ready && box.dataset.fabric === 'drawn'
    && app.dataset.testScriptState === 'notRunning');
}"""
# How much of the canvases has something drawn on it, and how dark the darkest of it is, 0 to 255.
INKED = """() => {
  let drawn = 0, all = 0;
  document.querySelectorAll('.leaflet-gp-fabric-pane canvas').forEach(canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 3; i < data.length; i += 4) { all += 1; if (data[i] > 50) drawn += 1; }
  });
  return drawn / Math.max(all, 1);
}"""


@pytest.fixture(scope="module")
def polygons() -> NDArray[Any]:
    return make_fabric(N, seed=9, overlaps=4, gaps=4).polygons


def write_town(folder: Path) -> Path:
    """Write a plan just above what a page holds, in two revisions, with facilities and a basemap in GCJ-02."""
    plan = write_plan(folder / "plans" / "town", TOWN, more='facilities = "facilities.geojson"')
    at = to_lonlat(shapely.point_on_surface(TOWN[[40, 41]]), norm_crs("EPSG:4548"))
    told = [
        {"type": "Feature", "properties": {"id": f"f{number}", "name": f"Lab {number}", "category": "lab"},
         "geometry": {"type": "Point", "coordinates": [place.x, place.y]}}
        for number, place in enumerate(at)
    ]  # fmt: skip
    (plan / "facilities.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": told}), "utf-8")
    for last in (len(TOWN) - 1, len(TOWN) - 2):
        path, ids = folder / f"survey-{last}.fgb", [f"p{place}" for place in range(last)]
        gpd.GeoDataFrame({"id": ids}, geometry=TOWN[:last], crs="EPSG:4548").to_file(path, engine="pyogrio")
        publishing = Publishing(author="Li Wei", message=f"Survey of {last} parcels")
        assert load(path, plan, publishing=publishing).outcome is Outcome.PUBLISHED
    maps = folder / "plans" / "basemaps"
    maps.mkdir()
    write_mbtiles(maps / "web.mbtiles", {(0, 0, 0): picture((230, 230, 230))})
    (maps / "basemaps.toml").write_text(BASEMAPS, encoding="utf-8")
    return plan


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, polygons: NDArray[Any]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("fabric")
    ids = [f"p{place}" for place in range(len(polygons))]
    ids[100] = HOSTILE
    write_plan(folder / "plans" / "city", polygons, ids)
    town = write_town(folder)
    before = os.environ.get("GEOPLAN_CACHE")
    os.environ["GEOPLAN_CACHE"] = str(folder / "cache")
    for revision in (None, 1):
        source = fabric_source(load_plan(town), revision)
        assert source is not None
        prepare(source)
    try:
        with serving(folder / "log.txt", plans=folder / "plans") as address:
            yield address
    finally:
        os.environ.pop("GEOPLAN_CACHE")
        if before is not None:
            os.environ["GEOPLAN_CACHE"] = before
    assert "Traceback" not in (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
    assert sorted(path.name for path in (folder / "plans" / "city").iterdir()) == ["plan.toml", "zones.gpkg"]


def drawn(seen: Visit) -> Visit:
    seen.page.wait_for_function(DRAWN, timeout=90_000)
    return seen


def frame_of(seen: Visit) -> Any:
    return next(frame for frame in seen.page.frames if "streamlit_folium" in frame.url)


def sent(loaded: list[Request]) -> int:
    own = [one for one in loaded if "/static/" not in urlsplit(one.url).path]  # the rest is Streamlit itself
    return sum(max(one.sizes()["responseBodySize"], 0) for one in own)


def test_a_city_is_prepared_while_the_page_waits_then_drawn_picked_and_searched(
    visit: Opener, served: str, polygons: NDArray[Any]
) -> None:
    seen = visit(served, LAPTOP)
    loaded: list[Request] = []
    seen.page.on("requestfinished", lambda one: loaded.append(one))  # noqa: PLW0108 - takes no builtin
    seen.open("?plan=city&lang=en")
    expect(seen.page.get_by_role("heading", name="Preparing 20,001 zones for the map")).to_be_visible(timeout=30_000)
    drawn(seen)
    expect(seen.page.locator(".gp-strip")).to_contain_text("20,001", timeout=20_000)
    expect(seen.page.locator(".gp-strip")).to_contain_text(re.compile(r"\d+ errors"), timeout=60_000)
    drawn(seen).shot("fabric-far-en-laptop")
    assert 0 < sent(loaded) < MOST_BYTES
    frame = frame_of(seen)
    assert frame.evaluate(INKED) > 0.05
    assert frame.locator("path.gp-zone").count() == 0

    for place, zoom in ((5_000, 14.25), (12_345, 17), (9_000, 19)):
        loaded.clear()
        _picked(seen, polygons, place, zoom)
        assert sent(loaded) < MOST_BYTES
    seen.shot("fabric-near-en-laptop")
    _hidden_and_shown(seen)
    _found(seen)
    seen.blameless()


def _picked(seen: Visit, polygons: NDArray[Any], place: int, zoom: float) -> None:
    """Look at a parcel from a zoom level, click it, and hold the card, the address and the outline to it."""
    frame = frame_of(seen)
    point = shapely.point_on_surface(to_lonlat(polygons[place : place + 1], norm_crs("EPSG:4548"))[0])
    frame.evaluate(MOVE, [point.x, point.y, zoom])
    drawn(seen)
    frame.wait_for_function(f"() => ({INKED})() > 0.8")  # once the tiles of the level before are gone
    box = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert box is not None
    x, y = frame.evaluate("([lon, lat]) => { const p = window.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }", [point.x, point.y])  # fmt: skip # noqa: E501
    at = shapely.Point(frame.evaluate(PLACE, [x, y]))
    assert polygons_at(polygons, at).tolist() == [place]
    seen.page.mouse.click(box["x"] + x + 1, box["y"] + y + 1)
    expect(seen.page.locator(".gp-card h2")).to_have_text(f"p{place}", timeout=20_000)
    assert re.search(rf"zone=p{place}\b", seen.page.url)
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)


def polygons_at(polygons: NDArray[Any], point: shapely.Point) -> NDArray[np.int64]:
    """Return which parcels lie on a place in degrees, by asking every one of them."""
    return np.flatnonzero(shapely.intersects(to_lonlat(polygons, norm_crs("EPSG:4548")), point))


def _hidden_and_shown(seen: Visit) -> None:
    box = seen.map.locator(".gp-legend input").first
    if not box.is_visible():
        seen.map.locator(".gp-legend summary").click()
    box.uncheck()
    expect(seen.map.locator(".leaflet-gp-fabric-pane canvas")).to_have_count(0)
    box.check()
    expect(seen.map.locator(".leaflet-gp-fabric-pane canvas").first).to_be_attached()


def _found(seen: Visit) -> None:
    """Search for a parcel whose id is hostile, pick it by its row, and turn the pages of the areas."""
    seen.open("?plan=city&lang=zh")
    drawn(seen)
    search = seen.page.get_by_placeholder("搜索编号或名称")
    search.fill("onerror")
    search.press("Enter")
    seen.page.locator(".st-key-gp-side button.gp-pick").click(timeout=20_000)
    expect(seen.page.locator(".gp-card h2")).to_have_text(HOSTILE, timeout=20_000)
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)
    seen.open("?plan=city&lang=en&page=areas")
    rows = seen.page.locator("button.gp-pick")
    expect(rows).to_have_count(50, timeout=20_000)
    expect(rows.first).to_have_text("p0")
    number = seen.page.get_by_role("spinbutton")
    number.fill("3")
    number.press("Enter")
    expect(rows.first).to_have_text(HOSTILE, timeout=20_000)


def click(seen: Visit, lon: float, lat: float) -> None:
    """Click the map where a place of it is drawn."""
    box = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert box is not None
    x, y = frame_of(seen).evaluate(PIXEL, [lon, lat])
    seen.page.mouse.click(box["x"] + x, box["y"] + y)


def middle_of(place: int) -> shapely.Point:
    return shapely.point_on_surface(to_lonlat(TOWN[place : place + 1], norm_crs("EPSG:4548"))[0])


def test_each_revision_is_drawn_and_picked_as_it_was_published(visit: Opener, served: str) -> None:
    seen = visit(served, LAPTOP)
    last = len(TOWN) - 2  # in the first revision and not in the second
    point = middle_of(last)
    seen.open("?plan=town&lang=en&revision=1")
    drawn(seen)
    expect(seen.page.locator(".gp-strip")).to_contain_text("5,040")
    frame_of(seen).evaluate(MOVE, [point.x, point.y, 17])
    drawn(seen)
    click(seen, point.x, point.y)
    expect(seen.page.locator(".gp-card h2")).to_have_text(f"p{last}", timeout=20_000)
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)
    seen.open(f"?plan=town&lang=en&page=history&zone=p{last}&revision=1")
    drawn(seen).shot("fabric-history-en-laptop")
    expect(seen.page.locator(".gp-rev-card")).to_have_count(2)
    expect(seen.page.get_by_role("button", name="Restore revision 1")).to_be_visible()
    seen.open("?plan=town&lang=en")
    drawn(seen)
    expect(seen.page.locator(".gp-strip")).to_contain_text("5,039")
    search = seen.page.get_by_placeholder("Search ids and names")
    search.fill(f"p{last}")
    search.press("Enter")
    expect(seen.page.get_by_text("No id or name holds this text.")).to_be_visible(timeout=20_000)
    seen.blameless()


def test_over_a_basemap_in_gcj_02_zones_are_shifted_for_display_only_and_the_map_says_so(
    visit: Opener, served: str
) -> None:
    seen = visit(served, LAPTOP)
    seen.open("?plan=town&lang=en&basemap=web")
    drawn(seen)
    expect(seen.map.locator(".gp-notice-shift")).to_contain_text("GCJ-02: zones are shifted for display only")
    point, frame = middle_of(2_500), frame_of(seen)
    shown = gcj02_by_hand(point.x, point.y)
    frame.evaluate(MOVE, [*shown, 17])
    drawn(seen)
    seen.page.wait_for_timeout(300)
    moved = frame.evaluate("() => new DOMMatrix(getComputedStyle(document.querySelector('.leaflet-gp-fabric-pane')).transform).toJSON()")  # fmt: skip # noqa: E501
    true, expected = (np.array(frame.evaluate(PIXEL, list(at))) for at in ((point.x, point.y), shown))
    assert [moved["e"], moved["f"]] == pytest.approx((expected - true).tolist(), abs=1.5)
    assert np.hypot(*(expected - true)) > 100  # pixels: some 500 m
    frame.wait_for_function(f"() => ({INKED})() > 0.8")
    click(seen, *shown)
    expect(seen.page.locator(".gp-card h2")).to_have_text("p2500", timeout=20_000)
    outline = seen.map.locator("path.gp-picked").bounding_box()
    box = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert outline is not None
    assert box is not None
    x, y = frame.evaluate(PIXEL, list(shown))
    assert outline["x"] < box["x"] + x < outline["x"] + outline["width"]
    assert outline["y"] < box["y"] + y < outline["y"] + outline["height"]
    seen.shot("fabric-gcj02-en-laptop")
    seen.blameless()


def test_a_zone_is_found_and_picked_by_the_keyboard_alone(visit: Opener, served: str) -> None:
    seen = visit(served, LAPTOP)
    seen.open("?plan=town&lang=en")
    drawn(seen)
    frame = frame_of(seen)
    assert "Map of 5,039 zones" in frame.locator(".leaflet-container").get_attribute("aria-label")
    point = middle_of(1_234)
    frame.evaluate(MOVE, [point.x, point.y, 18])
    drawn(seen)
    summary = frame.locator(".gp-near summary")
    summary.focus()
    seen.page.keyboard.press("Enter")
    first = frame.locator(".gp-near button").first
    expect(first).to_contain_text("p1234", timeout=10_000)
    expect(first).to_contain_text("m²")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".gp-card h2")).to_have_text("p1234", timeout=20_000)
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)
    frame.locator(".leaflet-container").focus()
    before = frame.evaluate("map.getCenter().lng")
    seen.page.keyboard.press("ArrowRight")
    frame.wait_for_function("before => map.getCenter().lng > before", arg=before)
    drawn(seen).shot("fabric-list-en-laptop")
    seen.blameless()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_empty_or_wider_than_a_phone(visit: Opener, served: str, language: str) -> None:
    seen = visit(served, PHONE)
    for page in ("map", "facilities", "history", "handover", "update", "draw"):
        seen.open(f"?plan=town&lang={language}&page={page}")
        if page in ("map", "facilities", "history"):
            drawn(seen)
        else:
            expect(seen.page.locator("[data-testid=stCode]").first).to_be_visible(timeout=30_000)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        seen.shot(f"fabric-{page}-{language}-phone")
    seen.blameless()


def test_pages_that_would_need_every_zone_say_what_does_instead(visit: Opener, served: str) -> None:
    seen = visit(served, LAPTOP)
    seen.open("?plan=city&lang=en&page=draw")
    expect(seen.page.get_by_text("geoplan load city.gpkg city")).to_be_visible(timeout=60_000)
    seen.open("?plan=city&lang=en&page=checks")
    drawn(seen)
    expect(seen.page.get_by_text(re.compile("8 of 8 findings"))).to_be_visible(timeout=60_000)
    seen.shot("fabric-checks-en-laptop")
    seen.blameless()
