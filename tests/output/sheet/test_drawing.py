"""The drawing of the map: millimetres, colours, dashes, what is cut and what is not drawn."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from pyproj import Transformer
from shapely.geometry import Point, Polygon

from geoplan.output.sheet.document import sheet_of
from geoplan.output.sheet.drawing import DOT_MM, map_svg
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import options, plan_of

SVG = "{http://www.w3.org/2000/svg}"


def drawn(view: PlanView, **more: Any) -> ElementTree.Element:
    sheet = sheet_of(view, options(**more))
    assert sheet.picture is not None
    return ElementTree.fromstring(map_svg(view, sheet.picture, sheet.options))  # noqa: S314 - our own drawing


def zone_paths(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return [path for path in svg.iter(f"{SVG}path") if path.get("stroke-linejoin") == "round"]


def corners(path: ElementTree.Element) -> set[tuple[float, float]]:
    return {(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d") or "")}


def test_a_square_is_drawn_in_millimetres_in_the_middle_of_the_map() -> None:
    svg = drawn(plan_of([square(EAST, NORTH, 100)]), scale=1_000)
    width, height = (float(size) for size in (svg.get("viewBox") or "").split()[2:])
    (path,) = zone_paths(svg)
    wanted = {(width / 2 + x, height / 2 + y) for x in (-50, 50) for y in (-50, 50)}
    assert sorted(corners(path)) == [pytest.approx(corner, abs=2e-4) for corner in sorted(wanted)]


@pytest.mark.parametrize(("status", "dashed"), [("official", False), ("indicative", True), ("draft", True)])
def test_only_official_boundaries_are_unbroken(status: str, dashed: bool) -> None:
    (path,) = zone_paths(drawn(plan_of([square(EAST, NORTH, 100)], status=status)))
    assert (path.get("stroke-dasharray") is not None) is dashed


def test_a_hole_stays_open() -> None:
    ring = Polygon(square(EAST, NORTH, 100).exterior, [square(EAST + 40, NORTH + 40, 20).exterior])
    (path,) = zone_paths(drawn(plan_of([ring])))
    assert (path.get("d") or "").count("M") == 2
    assert path.get("fill-rule") == "evenodd"


def test_detail_below_a_hundredth_of_a_millimetre_is_left_out_and_nothing_else() -> None:
    # At 1:100,000, 0.01 mm are 1 m: a tooth of 0.5 m goes, one of 50 m (0.5 mm) stays.
    teeth = [(EAST, NORTH), (EAST + 500, NORTH + 0.5), (EAST + 1000, NORTH), (EAST + 1000, NORTH + 1000)]
    small = Polygon([*teeth, (EAST, NORTH + 1000)])
    large = Polygon(
        [(x + 2000, y + (49.5 if y == NORTH + 0.5 else 0)) for x, y in teeth] + [(EAST + 2000, NORTH + 1000)]
    )
    counts = [len(corners(path)) for path in zone_paths(drawn(plan_of([small, large]), scale=100_000))]
    assert counts == [4, 5]


def test_what_lies_far_outside_is_cut_off_and_not_drawn() -> None:
    svg = drawn(plan_of([square(EAST, NORTH, 100_000)]), scale=10_000)
    width, height = (float(size) for size in (svg.get("viewBox") or "").split()[2:])
    (path,) = zone_paths(svg)
    assert all(-2.001 <= x <= width + 2.001 and -2.001 <= y <= height + 2.001 for x, y in corners(path))


def test_a_facility_is_a_dot_with_a_circle_of_its_accuracy() -> None:
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(EAST + 50, NORTH + 50)
    facilities = (
        Facility("a", Text.same("A"), "x", Point(lon, lat), accuracy_m=30.0),
        Facility("b", Text.same("B"), "x", None, accuracy_m=10.0),
    )
    view = plan_of([square(EAST, NORTH, 100)], facilities=facilities)
    radii = [float(circle.get("r") or 0) for circle in drawn(view, scale=1_000).iter(f"{SVG}circle")]
    assert radii == [30.0, DOT_MM]
    assert [float(c.get("r") or 0) for c in drawn(view, accuracy=False).iter(f"{SVG}circle")] == [DOT_MM]
    assert list(drawn(view, facilities=False).iter(f"{SVG}circle")) == []


def test_an_overlap_is_marked_when_findings_are_wanted() -> None:
    view = plan_of([square(EAST, NORTH, 100), square(EAST + 90, NORTH, 100)])
    assert len(list(drawn(view).iter(f"{SVG}circle"))) >= 1
    assert list(drawn(view, findings=False).iter(f"{SVG}circle")) == []
