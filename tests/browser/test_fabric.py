"""A plan of 20,000 zones in a real browser: prepared while the page waits, drawn from tiles, picked by a click."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from playwright.sync_api import Request, expect

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs, to_lonlat
from tests.browser.conftest import LAPTOP, Visit, serving
from tests.pyramid.fabrics import write_plan

Opener = Callable[..., Visit]

N = 20_000
MOST_BYTES = 2_000_000
HOSTILE = "<img src=x onerror=alert(1)>`${alert(2)}`"
PLACE = "([x, y]) => { const p = window.map.containerPointToLatLng([x, y]); return [p.lng, p.lat]; }"
MOVE = """([lon, lat, zoom]) => {
  document.querySelector('.leaflet-container').dataset.fabric = '';
  window.map.setView([lat, lon], zoom, {animate: false});
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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, polygons: NDArray[Any]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("fabric")
    ids = [f"p{place}" for place in range(len(polygons))]
    ids[100] = HOSTILE
    write_plan(folder / "plans" / "city", polygons, ids)
    before = os.environ.get("GEOPLAN_CACHE")
    os.environ["GEOPLAN_CACHE"] = str(folder / "cache")
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
    assert frame.evaluate(INKED) > 0.8
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


def test_pages_that_would_need_every_zone_say_what_does_instead(visit: Opener, served: str) -> None:
    seen = visit(served, LAPTOP)
    seen.open("?plan=city&lang=en&page=draw")
    expect(seen.page.get_by_text("geoplan load FILE city")).to_be_visible(timeout=60_000)
    seen.open("?plan=city&lang=en&page=checks")
    drawn(seen)
    expect(seen.page.get_by_text(re.compile("8 of 8 findings"))).to_be_visible(timeout=60_000)
    seen.shot("fabric-checks-en-laptop")
    seen.blameless()
