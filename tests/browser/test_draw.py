"""Drawing as a planner does it: in a real browser, with no internet, from a first outline to a published revision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Page, expect
from pyproj import Geod

from geoplan.crs import to_lonlat
from geoplan.current import opened_store
from geoplan.drafts import Ground, drafts_of, open_draft
from geoplan.plan import load_plan
from tests.browser.conftest import LAPTOP, PHONE, Visit, serving
from tests.plan_folders import SIDE, SOUTH, WEST, write_plan

Opener = Callable[..., Visit]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a plan of two zones that wait for their boundaries, and one of two squares."""
    folder = tmp_path_factory.mktemp("plans")
    toml = write_plan(folder / "empty", boundaries=False, facilities=["Lab"]) / "plan.toml"
    text = toml.read_text(encoding="utf-8").replace("Trial plan", "Empty plan")
    toml.write_text(text.replace("[[zones]]", "[[zones]]\nawaiting = true"), encoding="utf-8")
    write_plan(folder / "trial", facilities=["Lab"])
    return folder


@pytest.fixture(scope="module")
def served(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("draw") / "log.txt", plans=plans) as address:
        yield address


def corners(place: float) -> str:
    west, north = WEST + place * SIDE, SOUTH + SIDE
    return f"{west} {SOUTH}\n{west + SIDE} {SOUTH}\n{west + SIDE} {north}\n{west} {north}"


def started(seen: Visit, name: str) -> Page:
    page = seen.page
    fields = page.locator('[data-testid="stForm"] input')
    fields.nth(0).fill(name)
    fields.nth(1).fill("Li Wei")
    page.get_by_role("button", name=re.compile("Start drawing|开始绘制")).click()
    expect(page.locator(".gp-desk-name")).to_contain_text(name)
    return page


def typed(page: Page, text: str) -> None:
    if not page.locator("textarea").first.is_visible():
        page.get_by_text(re.compile("Enter coordinates instead|改用坐标录入")).click()
    page.locator("textarea").first.fill(text)
    page.get_by_role("button", name=re.compile("Take these corners|采用这些角点")).click()


def total(page: Page) -> str:
    return page.locator(".gp-tile.gp-lead .gp-tile-figure").first.inner_text()


def on_map(page: Page, across: float, down: float) -> tuple[float, float, tuple[float, float]]:
    """Return a place of the map by parts of its size: x and y in the window, and its longitude and latitude."""
    box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    assert box is not None
    x, y = round(across * box["width"]), round(down * box["height"])
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    asked = "([x, y]) => { const p = window.map.containerPointToLatLng([x, y]); return [p.lng, p.lat]; }"
    place = frame.evaluate(asked, [x, y])
    border = 1  # of the frame, in pixels
    return box["x"] + x + border, box["y"] + y + border, (place[0], place[1])


def square_metres(ring: list[tuple[float, float]]) -> float:
    """Return the area of a ring of degrees on the ellipsoid, by pyproj and never by geoplan."""
    area, _ = Geod(ellps="GRS80").polygon_area_perimeter([lon for lon, _ in ring], [lat for _, lat in ring])
    return abs(float(area))


def test_a_rectangle_drawn_with_the_mouse_is_measured_saved_and_published(
    visit: Opener, served: str, plans: Path
) -> None:
    seen = visit(served, LAPTOP).open("?page=draw&plan=empty&lang=en")
    page = started(seen, "By mouse")
    seen.map.locator(".gp-draw-rectangle").wait_for()
    page.wait_for_timeout(1200)  # the frame takes its final size
    seen.map.locator(".gp-draw-rectangle").click()
    one, other = on_map(page, 0.3, 0.4), on_map(page, 0.6, 0.7)
    page.mouse.click(one[0], one[1])
    page.mouse.move(other[0] - 20, other[1] - 20)
    page.mouse.click(other[0], other[1])
    (west, north), (east, south) = one[2], other[2]
    area = square_metres([(west, south), (east, south), (east, north), (west, north)])
    expect(page.locator(".gp-card h2")).to_be_visible()
    shown = float(page.locator(".gp-card .gp-area b").inner_text().replace(",", ""))
    assert shown == pytest.approx(area, rel=1e-4)
    assert float(total(page).split()[0].split("km")[0]) == pytest.approx(area / 1e6, abs=1e-4 + area * 1e-10)
    seen.shot("draw-rectangle")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    (kept,) = drafts_of(load_plan(plans / "empty"))
    draft = open_draft(load_plan(plans / "empty"), kept.id)
    corner = to_lonlat([draft.geometry("z0")], draft.zones.crs)[0].bounds
    assert corner == pytest.approx((west, south, east, north), abs=1e-8)
    assert "Drawn on screen, one pixel" in draft.zones.text("basis")[0]
    published(page, "drawn with the mouse")
    with opened_store(load_plan(plans / "empty")) as store:
        revision = store.revision("empty")
        assert revision is not None
        assert (revision.author, revision.message) == ("Li Wei", "drawn with the mouse")
        assert revision.decision["explanation"]["en"] == "Drawn on the map."
        assert store.zones("empty").text("id") == ("z0",)
    assert drafts_of(load_plan(plans / "empty")) == ()
    seen.blameless()


def published(page: Page, message: str) -> None:
    page.locator(".st-key-gp-side button", has_text="Publish").first.click()
    field = page.get_by_label("What changed and why")
    field.fill(message)
    field.blur()
    page.get_by_role("button", name="Publish as a revision").click()
    expect(page.get_by_text(re.compile("Published as revision"))).to_be_visible()


def test_a_corner_dragged_on_the_map_moves_and_the_others_stay_to_the_last_bit(
    visit: Opener, served: str, plans: Path
) -> None:
    seen = visit(served, LAPTOP).open("?page=draw&plan=trial&lang=en&zone=z1")
    page = started(seen, "Corner moved")
    page.get_by_role("button", name="Move its corners").click()
    handles = seen.map.locator(".gp-corner")
    expect(handles).to_have_count(4)
    page.wait_for_timeout(1000)
    place = max((handle.bounding_box() for handle in handles.all()), key=lambda box: box["x"] - box["y"])  # type: ignore[index]
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2  # the north-east corner
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 10, steps=4)
    page.mouse.up()
    seen.map.locator(".gp-draw-done").click()
    expect(page.locator(".gp-unsaved")).to_be_visible()
    expect(page.get_by_text("Gained m²")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    plan = load_plan(plans / "trial")
    ground = Ground.of(plan)
    draft = open_draft(plan, drafts_of(plan)[0].id)
    for zone, kept in (("z0", 4), ("z1", 3)):
        stored = ground.zones.geometry[ground.zones.text("id").index(zone)]
        corners_of = [set(map(tuple, shapely.get_coordinates(one).tolist())) for one in (stored, draft.geometry(zone))]
        assert len(corners_of[0] & corners_of[1]) == kept
    seen.blameless()


def test_without_a_mouse_a_zone_is_drawn_from_its_corners(visit: Opener, served: str) -> None:
    seen = visit(served, LAPTOP).open("?page=draw&plan=trial&lang=en")
    page = started(seen, "By hand")
    typed(page, corners(3))
    expect(page.locator(".gp-tile.gp-lead")).to_contain_text("3.15")
    seen.blameless()


@pytest.mark.parametrize(
    ("language", "size", "name"), [("en", LAPTOP, "laptop"), ("zh", PHONE, "phone")], ids=["laptop", "phone"]
)
def test_nothing_on_the_page_is_cut_off(
    visit: Opener, served: str, language: str, size: dict[str, int], name: str
) -> None:
    seen = visit(served, size).open(f"?page=draw&plan=trial&lang={language}")
    page = started(seen, "A draft with a name that takes some room" if language == "en" else "名称较长的一份草案")
    typed(page, corners(1.5))
    expect(page.locator(".gp-card h2")).to_be_visible()
    page.wait_for_timeout(800)
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 0)")
    seen.shot(f"draw-{language}-{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    boxes = [page.locator(one).bounding_box() for one in ('iframe[title^="streamlit_folium"]', ".st-key-gp-side")]
    drawing, side = (box for box in boxes if box is not None)
    assert drawing["width"] * drawing["height"] > 0.4 * size["width"] * size["height"]
    assert side["x"] + side["width"] <= size["width"]
    if size is LAPTOP:
        assert drawing["y"] + drawing["height"] <= size["height"]
    seen.blameless()
