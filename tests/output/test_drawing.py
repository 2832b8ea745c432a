"""Small maps: right side up, to scale, and never in the way of the report."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.output.drawing import Atlas, View
from geoplan.types import Finding, Text
from geoplan.zones import ZoneLayer
from tests.output import examples

LONLAT = CRS.from_epsg(4490)


def view(bounds: tuple[float, float, float, float], crs: CRS = examples.GAUSS_KRUGER) -> View:
    made = View.around(np.array(bounds), crs, 400, 200, 0.0)
    assert made is not None
    return made


def close_up(finding: Finding, layer: ZoneLayer | None = None) -> str:
    return Atlas(examples.result(finding), layer).close_up(finding)


def test_a_window_of_four_hundred_by_two_hundred_metres_has_one_metre_pixels() -> None:
    made = view((examples.EAST, examples.NORTH, examples.EAST + 400, examples.NORTH + 200))
    # EPSG:4548 is within 1e-5 of true scale 20 km from its central meridian; convergence turns by 0.1 degrees.
    assert made.metres_per_pixel == pytest.approx(1.0, rel=5e-3)


def test_east_is_right_and_north_is_up() -> None:
    made = view((examples.EAST, examples.NORTH, examples.EAST + 400, examples.NORTH + 200))
    corners = np.array([(examples.EAST, examples.NORTH), (examples.EAST + 400, examples.NORTH + 200)])
    low, high = made.pixels(corners)
    assert low == pytest.approx((0, 200), abs=1.5)
    assert high == pytest.approx((400, 0), abs=1.5)


def test_degrees_are_drawn_to_scale_east_and_north() -> None:
    # At 60°N a degree of longitude is half as long as one of latitude, within 1 %.
    made = view((10.0, 60.0, 10.02, 60.01), LONLAT)
    (x0, y0), (x1, y1) = made.pixels(np.array([(10.0, 60.0), (10.01, 60.01)]))
    assert (x1 - x0) / (y0 - y1) == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("bounds", [(math.nan,) * 4, (0.0, 0.0, math.inf, 1.0)])
def test_a_place_that_is_nowhere_has_no_view(bounds: tuple[float, float, float, float]) -> None:
    assert View.around(np.array(bounds), examples.GAUSS_KRUGER, 400, 200, 0.0) is None


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    svg = close_up(examples.overlap(geometry=examples.square(0, 0, 200, 110)), examples.layer())
    # 200 m and 110 m in 360 × 220 pixels with margins of 0.4 of the size: 1 m per pixel.
    start, end = re.search(r"M10 \d+V\d+H([\d.]+)V\d+\"/><text", svg), re.search(r">(\d+) m</text>", svg)
    assert start is not None
    assert end is not None
    assert float(start.group(1)) - 10 == pytest.approx(int(end.group(1)), rel=0.01)


def test_the_finding_is_drawn_over_its_zones() -> None:
    svg = close_up(examples.overlap(), examples.layer())
    assert svg.count('class="z"') == 2
    assert svg.index('class="f error"') > svg.rindex('class="z"')


def test_indicative_outlines_are_dashed_and_official_ones_are_not() -> None:
    result = examples.result(examples.overlap())
    assert result.plan is not None
    assert "stroke-dasharray" in Atlas(result, examples.layer()).close_up(examples.overlap())
    official = replace(result, plan=replace(result.plan, status="official"))
    assert "stroke-dasharray" not in Atlas(official, examples.layer()).close_up(examples.overlap())


def test_zones_out_of_sight_are_not_drawn() -> None:
    shapes = np.array([examples.square(0, 0, 100, 100), examples.square(5000, 0, 100, 100)], dtype=object)
    layer = ZoneLayer(shapes, examples.GAUSS_KRUGER)
    assert close_up(examples.overlap(), layer).count('class="z"') == 1


def test_a_point_is_a_dot_with_at_least_a_hundred_metres_around_it() -> None:
    svg = close_up(examples.facility(), examples.layer())
    assert 'class="f warning"' in svg
    assert "<circle" in svg
    assert svg.count('class="z"') >= 1  # the zone 40 m away is in the picture


def test_a_line_is_drawn_open() -> None:
    line = shapely.LineString([(examples.EAST, examples.NORTH), (examples.EAST + 50, examples.NORTH + 50)])
    svg = close_up(examples.overlap(geometry=line))
    assert 'class="f error open"' in svg
    assert "Z" not in re.findall(r'class="f error open" d="([^"]*)"', svg)[0]


@pytest.mark.parametrize("geometry", [None, shapely.Polygon(), shapely.Point(np.nan, 0), shapely.Point(1e15, 1e15)])
def test_a_finding_without_a_place_has_no_picture(geometry: shapely.Geometry | None) -> None:
    assert close_up(examples.overlap(geometry=geometry), examples.layer()) == ""


def test_names_are_written_where_there_is_one_row_per_feature() -> None:
    assert "Zone A" in close_up(examples.overlap(), examples.layer())
    assert "Zone" not in close_up(examples.overlap(), examples.layer().take([0]))


def test_names_never_cover_each_other() -> None:
    zones = tuple(examples.zone(str(i), Text.same("Same long name"), 1.0, None) for i in range(30))
    result = examples.result(examples.overlap(), measurement=examples.measurement(zones=zones))
    shapes = np.array([examples.square(i * 3, 0, 3, 100) for i in range(30)], dtype=object)
    svg = Atlas(result, ZoneLayer(shapes, examples.GAUSS_KRUGER)).overview([])
    places = [(float(x), float(y)) for x, y in re.findall(r'class="n" x="([\d.]+)" y="([\d.]+)"', svg)]
    assert 2 <= len(places) <= 8
    assert all(abs(a[0] - b[0]) > 90 or abs(a[1] - b[1]) > 19 for a in places for b in places if a is not b)


def test_a_layer_in_another_crs_is_not_drawn_in_the_wrong_place() -> None:
    layer = ZoneLayer(examples.layer().geometry, CRS.from_epsg(4549))
    assert 'class="z"' not in close_up(examples.overlap(), layer)


def test_an_invalid_zone_is_an_outline_only() -> None:
    corners = [(0, 0), (100, 100), (100, 0), (0, 100)]
    bow_tie = shapely.Polygon([(examples.EAST + x, examples.NORTH + y) for x, y in corners])
    layer = ZoneLayer(np.array([bow_tie, None], dtype=object), examples.GAUSS_KRUGER)
    assert re.search(r'class="z" d="[^"]+" fill="none"', close_up(examples.overlap(), layer))


def test_the_overview_marks_each_finding_where_it_is() -> None:
    svg = Atlas(examples.result(), examples.layer()).overview([(1, examples.overlap()), (2, examples.total())])
    marks = re.findall(r'href="#f(\d)"><circle class="m error" cx="([\d.]+)" cy="([\d.]+)"', svg)
    # The strip of 97…100 m lies at 98.5 of the 197 m, the middle of the map of 640 × 400 pixels.
    assert [(number, float(x), float(y)) for number, x, y in marks] == [("1", 320.0, pytest.approx(200, abs=1))]


def test_without_a_layer_there_is_no_overview() -> None:
    assert Atlas(examples.result(), None).overview([]) == ""
