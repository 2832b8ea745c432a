"""A newcomer's walk through the whole app: one person, one browser, no other computer.

The plan has a revision already. What comes is traced on a web map (GCJ-02) with its names in GBK, and one edge of the
Core Area lies elsewhere. What the figures must be is known from how the edge was moved and from areas by pyproj.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import geopandas
import numpy as np
import openpyxl
import pytest
import shapely
from pdfminer.high_level import extract_text
from playwright.sync_api import Locator, Page, expect
from pyproj import Geod, Transformer

from docs.deliveries import write_delivery, zones
from geoplan.revisions import Publishing, load
from tests.browser.conftest import LAPTOP, ROOT, Visit, serving
from tests.browser.test_draw import on_map, square_metres
from tests.test_offsets import gcj02_by_hand

Opener = Callable[..., Visit]

PLAN = "ustc-silicon-valley"
FIRST_M2, UPDATED_M2 = 1_500.0, 4_000.0  # m² the Core Area is larger than bundled, in revision 1 and in the update
NAMES = {"core": "核心区", "high-tech-area": "高新园", "shushan": "蜀山园", "iflytek-town": "讯飞小镇"}
AUTHOR, MESSAGE = "李雷", "核心区北块东边界外移"
PATIENCE_MS = 30_000  # on a machine that does much else besides


@dataclass(frozen=True)
class Ground:
    """The served plans, the delivery, and by pyproj the m² of every zone in revision 1 and in the update."""

    plans: Path
    delivery: Path
    first: dict[str, float]
    updated: dict[str, float]


def areas(frame: Any) -> dict[str, float]:
    """m² of zones in degrees by pyproj alone; edges of these lengths are straight enough for 0.1 m²."""
    geod = Geod(ellps="GRS80")
    return {
        zone: abs(geod.geometry_area_perimeter(shape)[0])
        for zone, shape in zip(frame["id"], frame.geometry, strict=True)
    }


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a plan with one revision, and a delivery of the next one as its sender's web map has it."""
    folder = tmp_path_factory.mktemp("walk")
    plan = folder / "plans" / PLAN
    shutil.copytree(ROOT / "geodata" / PLAN, plan)
    before, after = zones(plan, FIRST_M2), zones(plan, UPDATED_M2)
    before.to_file(folder / "first.geojson", driver="GeoJSON", COORDINATE_PRECISION=11)
    published = load(
        folder / "first.geojson",
        plan,
        publishing=Publishing(author="规划处", message="首次发布", store=plan.parent / "geoplan.gpkg"),
    )
    assert published.revision is not None
    delivery = write_delivery(folder / "新边界.zip", plan, UPDATED_M2, np.vectorize(gcj02_by_hand))
    return Ground(plan.parent, delivery, areas(before), areas(after))


@pytest.fixture(scope="module")
def served(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("GEOPLAN_STORE", raising=False)
        with serving(tmp_path_factory.mktemp("walk-app") / "log.txt", plans=ground.plans) as address:
            yield address


def test_a_newcomer_gets_from_the_first_look_to_a_published_update_and_a_sheet(
    visit: Opener, served: str, ground: Ground
) -> None:
    seen = visit(served, LAPTOP, locale="en-US")
    seen.page.set_default_timeout(PATIENCE_MS)
    opens_the_app(seen, ground)
    picks_a_zone(seen, ground)
    switches_to_chinese(seen)
    filters_facilities(seen)
    asks_for_coverage(seen, ground)
    uploads_an_update(seen, ground)
    understands_the_verdict(seen, ground)
    publishes(seen, ground)
    sees_it_on_the_map(seen, ground)
    sees_it_in_the_history(seen)
    restores_the_first(seen, ground)
    draws_a_zone(seen, ground)
    hands_over_what_the_page_says(seen, ground)
    seen.blameless()


# ------------------------------------------------------------------ the steps


def opens_the_app(seen: Visit, ground: Ground) -> None:
    seen.open().settled()
    strip(seen, km2(ground.first), "published 8.22 ± 0.005 km²", "89.03 %", "agrees")
    expect(seen.map.get_by_text("Indicative boundaries — not official")).to_be_visible()
    picture(seen, "walk-01-open")


def picks_a_zone(seen: Visit, ground: Ground) -> None:
    box = seen.map.locator("path.gp-zone").first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 0.35 * box["width"], box["y"] + 0.15 * box["height"])
    reads(seen.page.locator(".gp-card h2"), "Core Area")
    reads(seen.page.locator(".gp-card"), f"{ground.first['core'] / 1e6:.4f}")
    picture(seen, "walk-02-zone")


def switches_to_chinese(seen: Visit) -> None:
    choose(seen, "中文")
    reads(seen.page.locator(".gp-card h2"), "核心区")
    expect(seen.page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert (asked(seen)["lang"], asked(seen)["zone"]) == (["zh"], ["core"])
    picture(seen, "walk-03-chinese")


def filters_facilities(seen: Visit) -> None:
    go_to(seen, "设施")
    box = seen.page.get_by_placeholder("搜索名称或地址")
    box.fill("等离子")
    box.press("Enter")
    reads(side(seen), "18 处设施中的 1 处")
    (found,) = table(seen.page, "位于")
    assert (found["名称"], found["位于"]) == ("中科院等离子体所", "区外")
    picture(seen, "walk-04-filter")
    seen.page.get_by_role("button", name="清除筛选").click()
    reads(side(seen), "18 处设施中的 18 处")


def asks_for_coverage(seen: Visit, ground: Ground) -> None:
    choose(seen, "覆盖")
    seen.page.locator(".gp-coverage").wait_for()
    at_rest(seen)
    side(seen).locator('[data-testid="stSelectbox"]').first.click()
    seen.page.get_by_role("option", name="高校").click()
    choose(seen, "1,000 米")
    reads(side(seen), re.compile("直线.*并非步行距离"))
    share = seen.page.locator(".gp-coverage .gp-area b")
    expected = 100 * reached(ground.plans / PLAN, "university", 1_000.0)
    reads(share, f"{expected:.1f}"[:-1])
    assert float(share.inner_text().split()[0]) == pytest.approx(expected, abs=0.01)
    picture(seen, "walk-05-coverage")


def uploads_an_update(seen: Visit, ground: Ground) -> None:
    go_to(seen, "更新")
    seen.page.locator("input[type=file]").set_input_files(ground.delivery)
    reads(side(seen), "需要您确认")
    reads(side(seen), "GB18030：核心区、高新园、蜀山园")
    reads(side(seen), "共 4 个要素，读取 4 个")
    picture(seen, "walk-06-upload")


def understands_the_verdict(seen: Visit, ground: Ground) -> None:
    reads(side(seen), re.compile("只有消除 GCJ-02 偏移后.*71 个顶点中有 70 个距现行边界不超过 1 m"))
    side(seen).locator('[data-testid="stRadio"] label', has_text="GCJ-02").click()
    reads(side(seen), "此类地图整体偏移约 500 m（GCJ-02），已消除偏移")
    reads(side(seen), "全部检查通过，可在第 1 版之上发布")
    strip(seen, km2(ground.updated), f"现行 {km2(ground.first)} km²")
    changes = table(seen.page, "原面积 m²")
    row = next(line for line in changes if line["分区"] == "核心区")
    assert figure(row["增加 m²"]) == pytest.approx(UPDATED_M2 - FIRST_M2, abs=0.1)
    assert figure(row["减少 m²"]) == pytest.approx(0.0, abs=0.1)
    assert [line["变化"] for line in changes if line is not row] == ["未变"] * 3
    picture(seen, "walk-07-verdict")


def publishes(seen: Visit, ground: Ground) -> None:
    seen.page.get_by_label("变更内容与原因").fill(MESSAGE)
    seen.page.get_by_label("您的姓名").fill(AUTHOR)
    press(seen, "发布为新版本")
    reads(side(seen), "已发布为第 2 版")
    reads(side(seen), f"发布者：{AUTHOR}；原 {km2(ground.first)} km²，现 {km2(ground.updated)} km²")
    picture(seen, "walk-08-published")


def sees_it_on_the_map(seen: Visit, ground: Ground) -> None:
    press(seen, "在地图上查看")
    strip(seen, km2(ground.updated), "一致")
    reads(seen.page.locator(".gp-card h2"), "核心区")  # still picked
    reads(seen.page.locator(".gp-card"), f"{ground.updated['core'] / 1e6:.4f}")
    reads(seen.page.locator(".gp-card"), re.compile("第 2 版"))
    expect(seen.map.locator(".gp-label-zone", has_text=f"{ground.updated['core'] / 1e6:.4f}")).to_be_attached()
    picture(seen, "walk-09-map")


def sees_it_in_the_history(seen: Visit) -> None:
    go_to(seen, "历史")
    newest = seen.page.locator(".gp-rev").first
    for said in ("第 2 版", "当前", "符合", MESSAGE, AUTHOR, "8.2240 km²", "新边界.zip"):
        reads(newest, said)
    assert figure(re.search(r"\+([\d,.]+) m²", newest.inner_text())[1]) == pytest.approx(2_500.0, abs=0.1)  # type: ignore[index]
    reads(seen.page.locator(".gp-rev").nth(1), "首次发布")
    picture(seen, "walk-10-history")


def restores_the_first(seen: Visit, ground: Ground) -> None:
    press(seen, "打开第 1 版")
    reads(side(seen), f"总面积由 {km2(ground.updated)} km² 变为 {km2(ground.first)} km²")
    expect(seen.page.get_by_label("恢复人")).to_have_value(AUTHOR)  # who published a minute ago is not asked again
    press(seen, "恢复第 1 版")
    reads(seen.page.locator(".stMain"), "第 3 版已发布并成为当前版本")
    reads(seen.page.locator(".gp-rev").first, "恢复自第 1 版")
    picture(seen, "walk-11-restored")


def draws_a_zone(seen: Visit, ground: Ground) -> None:
    go_to(seen, "绘制")
    page = seen.page
    page.get_by_label("草案名称").fill("东部备选")
    press(seen, "开始绘制")
    seen.map.locator(".gp-draw-rectangle").wait_for()
    page.wait_for_timeout(1_500)  # the frame takes its final size
    seen.map.locator(".gp-draw-rectangle").click()
    one, other = on_map(page, 0.62, 0.40), on_map(page, 0.72, 0.55)
    page.mouse.click(one[0], one[1])
    page.mouse.move(other[0] - 20, other[1] - 20)
    page.mouse.click(other[0], other[1])
    (west, north), (east, south) = one[2], other[2]
    drawn = square_metres([(west, south), (east, south), (east, north), (west, north)])
    reads(page.locator(".gp-card h2"), "新分区 1")
    assert figure(page.locator(".gp-card .gp-area b").inner_text()) == pytest.approx(drawn, rel=1e-4)
    strip(seen, "不符")  # the total is far from the published one, and the page says so at once
    total = page.locator(".gp-tile.gp-lead .gp-tile-figure").first.inner_text()
    assert figure(total.split("km")[0]) == pytest.approx((sum(ground.first.values()) + drawn) / 1e6, abs=2e-4)
    press(seen, "保存草案")
    reads(page.locator(".stMain"), "草案已保存")
    picture(seen, "walk-12-draw")


def hands_over_what_the_page_says(seen: Visit, ground: Ground) -> None:
    go_to(seen, "面积")
    shown = {row["名称"]: figure(row["面积 m²"]) for row in table(seen.page, "面积 m²")}
    assert shown == {NAMES[zone]: pytest.approx(area, abs=0.1) for zone, area in ground.first.items()}
    go_to(seen, "输出")
    strip(seen, km2(ground.first), "89.03 %", "4 / 4")
    sheet = extract_text(made(seen, "图纸"))
    for said in (*(f"{area / 1e6:.4f}" for area in shown.values()), km2(ground.first), "89.03 %", "版本 3"):
        assert said in sheet, said
    book = openpyxl.load_workbook(io.BytesIO(made(seen, "工作簿").read_bytes()), data_only=True)
    rows = [list(row) for row in book["分区"].iter_rows(values_only=True)]
    head = next(row for row in rows if "编号" in row)
    name, area, square_km = (head.index(one) for one in ("名称（中文）", "椭球面积（m²）", "面积（km²）"))
    written = {row[name]: row for row in rows if row[name] in shown}
    assert {zone: row[area] for zone, row in written.items()} == pytest.approx(shown, abs=0.005)
    total = next(row for row in rows if "合计" in row)
    assert f"{total[square_km]:.4f}" == km2(ground.first)
    picture(seen, "walk-13-handover")


# ------------------------------------------------------------------ what a person does and reads


def go_to(seen: Visit, name: str) -> None:
    at_rest(seen)
    seen.page.locator(".st-key-gp-nav").get_by_text(name, exact=True).click()
    reads(seen.page.locator(".gp-heading h1"), name)


def side(seen: Visit) -> Locator:
    return seen.page.locator(".st-key-gp-side")


def reads(place: Locator, said: str | re.Pattern[str]) -> None:
    expect(place.first).to_contain_text(said, timeout=PATIENCE_MS)


def strip(seen: Visit, *said: str) -> None:
    for one in said:
        reads(seen.page.locator(".gp-strip"), one)


def choose(seen: Visit, name: str) -> None:
    """Take one option of a segmented control, which Streamlit makes of radio buttons."""
    at_rest(seen)
    radio = seen.page.get_by_role("radio", name=name, exact=True)
    radio.or_(seen.page.get_by_role("button", name=name, exact=True)).first.click()


def press(seen: Visit, name: str) -> None:
    at_rest(seen)
    seen.page.get_by_role("button", name=name).click()


def at_rest(seen: Visit) -> None:
    """Wait, as a person does, until the page has answered the last click."""
    seen.page.wait_for_timeout(300)
    seen.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def picture(seen: Visit, name: str) -> None:
    """Take a picture once the map, where there is one, is drawn: what a person sees after a moment."""
    at_rest(seen)
    if seen.page.locator('iframe[title^="streamlit_folium"]').count():
        seen.map.locator(".gp-label").first.wait_for(state="attached")
        seen.page.wait_for_timeout(600)
    seen.shot(name)


def asked(seen: Visit) -> dict[str, list[str]]:
    return parse_qs(urlsplit(seen.page.url).query)


def figure(text: str) -> float:
    return float(text.replace(",", "").replace("+", "").strip())


def km2(ground: dict[str, float]) -> str:
    return f"{sum(ground.values()) / 1e6:.4f}"


def table(page: Page, column: str) -> list[dict[str, str]]:
    """The rows of the table that has a column, as a screen reader gets them."""
    shown = page.locator(
        '[data-testid="stDataFrame"]', has=page.locator("th", has_text=re.compile(f"^{column}$"))
    ).first
    shown.locator("canvas").first.wait_for(state="attached")
    rows: list[list[str]] = shown.evaluate(
        "table => [...table.querySelectorAll('canvas tr')]"
        ".map(row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent))"
    )
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def made(seen: Visit, what: str) -> Path:
    """Ask the page for a file and take it."""
    seen.page.get_by_role("button", name=re.compile(f"生成.*{what}")).click()
    button = seen.page.get_by_role("button", name=re.compile(f"下载.*{what}"))
    button.wait_for()
    with seen.page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path())


def reached(plan: Path, category: str, radius: float) -> float:
    """The share of all zones of revision 1 within a radius of a category, in the plane of EPSG:4548 by shapely."""
    to_metres = Transformer.from_crs(4490, 4548, always_xy=True).transform
    places = geopandas.read_file(plan / "facilities.geojson")
    points = [point for point in places[places["category"] == category].geometry if point is not None]
    discs = [shapely.transform(point, to_metres, interleaved=False).buffer(radius, quad_segs=256) for point in points]
    ground = [shapely.transform(shape, to_metres, interleaved=False) for shape in zones(plan, FIRST_M2).geometry]
    every = shapely.union_all(ground)
    return float(every.intersection(shapely.union_all(discs)).area / every.area)
