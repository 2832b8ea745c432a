"""The world map: places where the projection puts them, ways that are cut at the edge, labels that cover nothing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import shapely
from pyproj import Geod, Transformer

from geoplan.output import world
from geoplan.output.world import HEIGHT, WIDTH, Spot, distinct_labels, world_svg
from tests.output.examples import HOSTILE, HOSTILE_IDS

HEFEI = Spot("", "Hefei", 117.1, 31.8)
CITIES = (
    Spot("beijing", "Beijing", 116.407, 39.904, 20_000),
    Spot("hong-kong", "Hong Kong", 114.169, 22.319, 20_000),
    Spot("shenzhen", "Shenzhen", 114.058, 22.543, 20_000),
    Spot("lyon", "Lyon", 4.836, 45.764, 20_000),
    Spot("valley", "Silicon Valley", -122.06, 37.39, 20_000),
)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str, kind: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}{kind}"))  # noqa: S314 - our own drawing, which must be well-formed


def test_places_lie_where_the_projection_puts_them() -> None:
    """Equal Earth of the registry (EPSG:8859, middle 150° E), whose half-width is 17,243,959 m, scaled to the width."""
    to_plane = Transformer.from_crs(4326, 8859, always_xy=True)
    circles = drawn(world_svg(HEFEI, CITIES, "t"), "circle")
    scale = (WIDTH - 4) / (2 * 17_243_959.06)
    _, top = to_plane.transform(150, 80)
    for circle, city in zip(circles, CITIES, strict=True):
        x, y = to_plane.transform(city.lon, city.lat)
        assert float(circle.get("cx", "")) == pytest.approx(WIDTH / 2 + x * scale, abs=1.5)
        assert float(circle.get("cy", "")) == pytest.approx((top - y) * scale, abs=1.5)


def test_everything_lies_on_the_drawing() -> None:
    svg = world_svg(HEFEI, CITIES, "t")
    numbers = [float(n) for path in drawn(svg, "path") for n in re.findall(r"-?\d+\.\d+", path.get("d", ""))]
    assert min(numbers) >= -1
    assert max(numbers) <= WIDTH + 1
    for text in drawn(svg, "text"):
        assert 0 < float(text.get("x", "")) < WIDTH
        assert 0 < float(text.get("y", "")) < HEIGHT


def test_there_is_one_way_to_each_place_and_it_is_cut_at_the_edge_of_the_map() -> None:
    ways = [path for path in drawn(world_svg(HEFEI, CITIES, "t"), "path") if path.get("stroke") == "#0072B2"]
    assert len(ways) == len(CITIES)
    # From Rio to Dakar the way crosses the edge of a map whose middle is the Pacific.
    atlantic = world_svg(Spot("", "Rio", -43.2, -22.9), [Spot("dakar", "Dakar", -17.4, 14.7)], "t")
    pieces = [path.get("d", "") for path in drawn(atlantic, "path") if path.get("stroke") == "#0072B2"]
    assert len(pieces) == 2
    for piece in pieces:
        xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", piece)]
        assert max(xs) - min(xs) < WIDTH / 4


def test_labels_cover_neither_each_other_nor_a_place() -> None:
    """Hong Kong and Shenzhen are 27 km apart: less than a unit of the drawing."""
    boxes = []
    for text in drawn(world_svg(HEFEI, CITIES, "t"), "text"):
        x, y, wide = float(text.get("x", "")), float(text.get("y", "")), 6.0 * len(text.text or "")
        left = x - wide if text.get("text-anchor") == "end" else x
        boxes.append(shapely.box(left, y - 12, left + wide, y + 2))
    assert len(boxes) == len(CITIES) + 1
    for place, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[place + 1 :])


def test_the_picked_place_is_ringed_and_a_vague_one_has_its_circle() -> None:
    japan = Spot("japan", "Japan", 139.76, 35.68, 2_000_000)
    svg = world_svg(HEFEI, [*CITIES, japan], "t", picked="lyon")
    assert len([circle for circle in drawn(svg, "circle") if circle.get("fill") == "none"]) == 1
    assert svg.count("stroke-dasharray") == 1


def test_land_is_one_shape_with_the_continents_and_no_borders() -> None:
    """Copies of Natural Earth come with pyogrio: this says so if they no longer do."""
    land = world._land()
    parts = shapely.get_parts(land)
    assert len(parts) > 50
    largest = parts[shapely.area(parts).argmax()]
    assert largest.contains(shapely.Point(116.4, 39.9))  # Beijing
    assert largest.contains(shapely.Point(2.3, 48.8))  # Paris: no border between
    assert not land.contains(shapely.Point(-150, 0))


def test_a_map_without_land_still_has_its_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "_land", shapely.Polygon)
    world._land_path.cache_clear()
    try:
        assert len(drawn(world_svg(None, CITIES, "t"), "circle")) == len(CITIES)
    finally:
        world._land_path.cache_clear()


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_hostile_names_stay_text(name: str) -> None:
    svg = world_svg(HEFEI, [Spot(name, name, 0, 0)], name)
    tags = {element.tag for element in ET.fromstring(svg).iter()}  # noqa: S314 - our own drawing
    assert tags == {f"{SVG}{tag}" for tag in ("svg", "path", "circle", "text")}


@pytest.mark.parametrize(("names", "labels"), [
    (["Innovation centre in Lyon, France", "Innovation centre in Beijing"], ("Lyon, France", "Beijing")),
    (["美国硅谷创新中心", "法国里昂创新中心", "北京创新中心"], ("美国硅谷", "法国里昂", "北京")),
    (["Beijing", "Berlin"], ("Beijing", "Berlin")),
    (["Lyon office", "Lyon office"], ("Lyon office", "Lyon office")),
    (["Lyon"], ("Lyon",)),
    ([], ()),
    (["Lyon centre", "Tokyo centre"], ("Lyon", "Tokyo")),
])  # fmt: skip
def test_labels_leave_out_what_all_names_share(names: list[str], labels: tuple[str, ...]) -> None:
    assert distinct_labels(names) == labels


@pytest.mark.parametrize(("lon", "lat"), [
    (0, 90), (0, -90), (180, 0), (-180, 0), (-30, 0), (329.999, 0), (540, 10), (-1e6, 10), (150, 1e6)
])  # fmt: skip
def test_a_place_anywhere_on_or_off_the_globe_is_drawn_on_the_map(lon: float, lat: float) -> None:
    (circle,) = drawn(world_svg(None, [Spot("p", "P", lon, lat)], "t"), "circle")
    assert 0 <= float(circle.get("cx", "")) <= WIDTH
    assert 0 <= float(circle.get("cy", "")) <= HEIGHT


def test_a_longitude_counted_round_the_globe_is_the_same_place() -> None:
    one, other = (
        drawn(world_svg(None, [Spot("p", "P", lon, 31.8)], "t"), "circle")[0].attrib for lon in (117.2, 117.2 + 360)
    )
    assert one == other


def test_the_middle_of_the_map_is_the_pacific_and_north_is_up() -> None:
    spots = [Spot("m", "m", 150, 0), Spot("n", "n", 150, 60), Spot("e", "e", 180, 0)]
    middle, north, east = drawn(world_svg(None, spots, "t"), "circle")
    assert float(middle.get("cx", "")) == pytest.approx(WIDTH / 2, abs=0.1)
    assert float(north.get("cy", "")) < float(middle.get("cy", ""))
    assert float(east.get("cx", "")) > float(middle.get("cx", ""))


def test_without_a_home_there_are_no_ways_and_without_places_there_is_still_a_map() -> None:
    alone = world_svg(None, CITIES, "t")
    assert not [path for path in drawn(alone, "path") if path.get("stroke") == "#0072B2"]
    assert drawn(world_svg(None, [], "t"), "circle") == []
    assert len(drawn(world_svg(HEFEI, [], "t"), "text")) == 1


def test_a_way_is_the_shortest_one_on_the_ellipsoid_and_not_a_straight_line() -> None:
    """From Hefei to Silicon Valley by the geodesic of GeographicLib, which passes north of both."""
    svg = world_svg(HEFEI, [CITIES[-1]], "t")
    (way,) = (path.get("d", "") for path in drawn(svg, "path") if path.get("stroke") == "#0072B2")
    points = [tuple(map(float, pair.split())) for pair in re.findall(r"[-\d.]+ [-\d.]+", way)]
    lonlat = Geod(ellps="GRS80").npts(HEFEI.lon, HEFEI.lat, CITIES[-1].lon, CITIES[-1].lat, 60)
    northernmost = max(lat for _, lat in lonlat)
    (top,) = drawn(world_svg(None, [Spot("t", "t", 180, northernmost)], "t"), "circle")
    assert min(y for _, y in points) == pytest.approx(float(top.get("cy", "")), abs=0.3)
    assert northernmost > 45


@pytest.mark.parametrize(("accuracy", "circles"), [
    (None, 0), (0.0, 0), (149_999.0, 0), (150_000.0, 1), (2e6, 1), (5e7, 0)
])  # fmt: skip
def test_a_circle_of_accuracy_is_drawn_where_it_can_be_seen_and_is_one(accuracy: float | None, circles: int) -> None:
    svg = world_svg(None, [Spot("p", "P", 117, 31, accuracy)], "t")
    assert svg.count("stroke-dasharray") == circles


def test_picking_a_place_that_is_not_there_rings_none() -> None:
    rings = [one for one in drawn(world_svg(HEFEI, CITIES, "t", picked="x"), "circle") if one.get("fill") == "none"]
    assert rings == []


def test_a_label_far_too_long_for_the_map_is_cut_and_stays_on_it() -> None:
    (text,) = drawn(world_svg(None, [Spot("p", "长" * 5000, 329, 0)], "t"), "text")
    assert (text.text or "").endswith("…")
    assert len(text.text or "") <= 16


@pytest.mark.parametrize(("names", "labels"), [
    (["A", "A B"], ("A", "A B")),  # the first would be left without a name
    (["centre one", "centre two", ""], ("centre one", "centre two", "")),
    (["北京中心", "北京"], ("北京中心", "北京")),
    (["Lab 1 (east)", "Lab 2 (east)"], ("1", "2")),
])  # fmt: skip
def test_no_label_is_left_empty_by_what_it_shares(names: list[str], labels: tuple[str, ...]) -> None:
    assert distinct_labels(names) == labels
