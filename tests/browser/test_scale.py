"""A plan of 2,000 zones and 400,000 vertices in a real browser: light to send, sound as drawn, picked by a click."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import shapely
from playwright.sync_api import Request, Response, WebSocket, expect
from shapely.geometry import Point, shape

from benchmarks.detailed import COLUMNS, PER_SIDE, ROWS, detailed_rings, write_detailed_plan
from tests.browser.conftest import LAPTOP, Visit, serving

Opener = Callable[..., Visit]

MOST_BYTES = 2_000_000
PLACE = "([x, y]) => { const p = window.map.containerPointToLatLng([x, y]); return [p.lng, p.lat]; }"
READY = """() => {
  const frame = document.querySelector('iframe[title^="streamlit_folium"]');
  const box = frame && frame.contentDocument && frame.contentDocument.querySelector('.leaflet-container');
  const app = document.querySelector('[data-testid=stApp]');
  return Boolean(box && box.dataset.ready && app.dataset.testScriptState === 'notRunning');
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scale")
    write_detailed_plan(folder / "plans" / "many")
    with serving(folder / "log.txt", plans=folder / "plans") as address:
        yield address
    assert "Traceback" not in (folder / "log.txt").read_text(encoding="utf-8", errors="replace")


def watched(seen: Visit) -> tuple[list[Request], list[Response], list[int]]:
    """Return lists that fill with what was loaded, what was answered and the bytes told by the server."""
    loaded: list[Request] = []
    answered: list[Response] = []
    told: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: told.append(len(frame)))

    seen.page.on("requestfinished", lambda one: loaded.append(one))  # noqa: PLW0108 - takes no builtin
    seen.page.on("response", lambda one: answered.append(one))  # noqa: PLW0108 - takes no builtin
    seen.page.on("websocket", listen)
    return loaded, answered, told


def scene_of(answered: list[Response]) -> dict[str, Any]:
    (scene,) = [found for found in (one.json() for one in answered if "/data/" in one.url) if "zones" in found]
    return dict(scene)


def test_a_city_of_zones_is_drawn_light_and_sound_and_is_picked_on_the_map_and_in_the_table(
    visit: Opener, served: str, tmp_path: Path
) -> None:
    seen = visit(served, LAPTOP)
    loaded, answered, told = watched(seen)
    seen.open("?plan=many&lang=en")
    seen.page.wait_for_function(READY, timeout=90_000)
    seen.page.wait_for_timeout(900)
    seen.shot("many-zones-en-laptop")

    own = [one for one in loaded if "/static/" not in urlsplit(one.url).path]  # the rest is Streamlit itself
    sizes = sum(max(one.sizes()["responseBodySize"], 0) for one in own)
    print(f"sent for 2,000 zones: {sizes:,} bytes fetched, {sum(told):,} told")
    assert sizes + sum(told) < MOST_BYTES

    shapes = [shape(feature["geometry"]) for feature in scene_of(answered)["zones"]["features"]]
    assert len(shapes) == ROWS * COLUMNS
    assert all(one.is_valid for one in shapes)
    assert shapely.coverage_is_valid(shapes)
    rings = detailed_rings(ROWS, COLUMNS, PER_SIDE)
    assert rings.shape[0] * rings.shape[1] == 400_000
    true = shapely.union_all(shapely.polygons(rings[:, ::10]))
    assert shapely.union_all(shapes).symmetric_difference(true).area < 0.01 * true.area

    _picked_by_click(seen, shapely.polygons(rings))
    _picked_in_table(seen)
    seen.blameless()


def _picked_by_click(seen: Visit, zones: Any) -> None:
    """Click beside the middle of the map; what lies there is told by the full outlines."""
    box = seen.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert box is not None
    x, y = round(box["width"] * 0.45), round(box["height"] * 0.55)
    frame = next(frame for frame in seen.page.frames if "streamlit_folium" in frame.url)
    place = frame.evaluate(PLACE, [x, y])
    (number,) = [index for index, zone in enumerate(zones) if zone.contains(Point(place))]
    seen.page.mouse.click(box["x"] + x + 1, box["y"] + y + 1)
    expect(seen.page.locator(".gp-card h2")).to_have_text(f"Parcel {number}", timeout=20_000)
    assert re.search(rf"zone=p{number}\b", seen.page.url)
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)


def _picked_in_table(seen: Visit) -> None:
    seen.open("?plan=many&lang=en")
    seen.page.wait_for_function(READY, timeout=60_000)
    rows = seen.page.locator(".stTabs .gp-pick")
    expect(rows).to_have_count(50)
    expect(seen.page.get_by_text("1,950 more")).to_be_attached()
    rows.first.click()
    expect(seen.page.locator(".gp-card h2")).to_have_text("Parcel 0", timeout=20_000)
    expect(seen.map.locator("path.gp-picked")).to_have_count(1)
