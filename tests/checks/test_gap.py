from __future__ import annotations

import pytest
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon

from geoplan.checks.gap import gap
from geoplan.plan.rules import PlainRule
from geoplan.types import Severity, Tolerance
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import NORTH, make_layer, make_subject, rectangle, square

RULE = PlainRule(check="gap")
EAST = 500_000.0  # on the central meridian, where plane and ground agree


def frame(hole: float = 2.0) -> list[Polygon]:
    """Four rectangles around a hole of 10 × `hole`."""
    return [
        rectangle(EAST, NORTH, 30, 10),
        rectangle(EAST, NORTH + 10 + hole, 30, 10),
        rectangle(EAST, NORTH + 10, 10, hole),
        rectangle(EAST + 20, NORTH + 10, 10, hole),
    ]


def test_zones_without_a_hole_have_no_gap() -> None:
    outcome = gap(make_subject([square(EAST, NORTH, 10), square(EAST + 10, NORTH, 10)]), RULE)
    assert (outcome.examined, outcome.findings, outcome.tolerated) == (2, (), 0)


def test_an_enclosed_hole_is_one_finding_with_its_polygon_area_width_and_neighbours() -> None:
    (finding,) = gap(make_subject(frame()), RULE).findings
    assert finding.check == "gap"
    assert finding.zones == ("a", "b", "c", "d")
    assert finding.severity is Severity.ERROR
    assert finding.area_m2 == pytest.approx(20, rel=1e-6)
    assert finding.width_m == pytest.approx(2, rel=0.01)
    assert (finding.expected, finding.measured, finding.unit) == (0.0, finding.area_m2, "m2")
    assert finding.geometry.equals(rectangle(EAST + 10, NORTH + 10, 10, 2))
    assert finding.message.en.startswith("a, b, c and d enclose a gap that is in no zone: 20.00 m²")
    assert finding.message.zh.startswith("a、b、c、d之间围成空隙")
    assert_bilingual(finding)


def test_a_hole_of_one_zone_that_nothing_fills_is_a_gap() -> None:
    donut = Polygon(square(EAST, NORTH, 10).exterior, [square(EAST + 2, NORTH + 2, 3).exterior])
    (finding,) = gap(make_subject([donut]), RULE).findings
    assert finding.zones == ("a",)
    assert finding.area_m2 == pytest.approx(9, rel=1e-6)
    assert finding.message.en.startswith("a has a hole that no other zone fills")
    assert "空洞" in finding.message.zh
    assert gap(make_subject([donut, square(EAST + 2, NORTH + 2, 3)]), RULE).findings == ()


def test_without_a_boundary_a_bay_that_is_open_to_one_side_is_no_gap() -> None:
    assert gap(make_subject(frame()[:3]), RULE).findings == ()


def test_with_a_boundary_all_of_the_site_counts_and_the_message_says_where() -> None:
    site = rectangle(EAST, NORTH, 30, 10)
    (finding,) = gap(make_subject([square(EAST, NORTH, 10)], boundary=site), RULE).findings
    assert finding.zones == ("a",)
    assert finding.area_m2 == pytest.approx(200, rel=1e-6)
    assert finding.message.en.startswith("A part of the site beside a is in no zone")
    assert "紧邻a" in finding.message.zh
    assert_bilingual(finding)


def test_inside_a_boundary_an_enclosed_hole_is_still_called_enclosed() -> None:
    (finding,) = gap(make_subject(frame(), boundary=rectangle(EAST, NORTH, 30, 22)), RULE).findings
    assert "enclose a gap" in finding.message.en


def test_a_hole_that_meets_the_outline_of_the_site_in_a_corner_only_is_enclosed() -> None:
    corner = Polygon([(EAST, NORTH), (EAST + 4, NORTH + 2), (EAST + 2, NORTH + 4)])
    zone = Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 10, NORTH + 10), (EAST, NORTH + 10)]).difference(corner)
    (finding,) = gap(make_subject([zone], boundary=square(EAST, NORTH, 10)), RULE).findings
    assert finding.message.en.startswith("a has a hole")


def test_a_part_of_the_site_no_zone_touches_is_told_without_neighbours() -> None:
    site = MultiPolygon([square(EAST, NORTH, 10), square(EAST + 50, NORTH, 5)])
    (finding,) = gap(make_subject([square(EAST, NORTH, 10)], boundary=site), RULE).findings
    assert finding.zones == ()
    assert finding.area_m2 == pytest.approx(25, rel=1e-6)
    assert "no zone touches" in finding.message.en
    assert_bilingual(finding)


def test_zones_that_reach_beyond_the_site_leave_no_gap() -> None:
    assert gap(make_subject([square(EAST - 5, NORTH - 5, 20)], boundary=square(EAST, NORTH, 10)), RULE).findings == ()


@pytest.mark.parametrize(("width", "found"), [(0.0099, 0), (0.0102, 1)])
def test_the_width_tolerance_decides(width: float, found: int) -> None:
    site = rectangle(EAST, NORTH, 1000, 100 + width)
    outcome = gap(make_subject([rectangle(EAST, NORTH, 1000, 100)], boundary=site), RULE)
    assert len(outcome.findings) == found
    assert outcome.tolerated == 1 - found
    assert outcome.tolerated_m2 == pytest.approx((1 - found) * 1000 * width, rel=1e-3)


def test_a_gap_of_half_a_square_metre_is_tolerated_and_summed() -> None:
    outcome = gap(make_subject(frame(0.05)), RULE)
    assert outcome.findings == ()
    assert outcome.tolerated == 1
    assert outcome.tolerated_m2 == pytest.approx(0.5, rel=1e-6)


def test_noise_below_what_coordinates_can_hold_is_no_gap_even_without_a_tolerance() -> None:
    zones = [*frame(), translate(rectangle(EAST + 10, NORTH + 10, 10, 2), 1e-10, 0)]
    assert gap(make_subject(zones, tolerance=Tolerance(0.0, 0.0)), RULE).findings == ()


def test_in_degrees_areas_and_widths_are_metres() -> None:
    # At 31.8° north one second of longitude is 26.31 m, one of latitude 30.80 m (CGCS2000 ellipsoid).
    second = 1 / 3600
    site = rectangle(117.2, 31.8, 10 * second, 10 * second)
    zone = rectangle(117.2, 31.8, 9 * second, 10 * second)
    (finding,) = gap(make_subject([zone], crs="EPSG:4490", boundary=site), RULE).findings
    assert finding.area_m2 == pytest.approx(26.31 * 308.0, rel=1e-3)
    assert finding.width_m == pytest.approx(26.31, rel=0.01)


def test_many_neighbours_are_counted_in_the_message_and_all_named_in_the_finding() -> None:
    ring = [
        square(EAST + 10 * x, NORTH + 10 * y, 10) for x in range(4) for y in range(4) if not (0 < x < 3 and 0 < y < 3)
    ]
    (finding,) = gap(make_subject(ring), RULE).findings
    assert len(finding.zones) == 8
    assert " and 3 more enclose" in finding.message.en
    assert "等 8 个" in finding.message.zh


def test_an_overlap_beside_it_does_not_hide_a_gap() -> None:
    zones = [*frame(), rectangle(EAST + 5, NORTH + 5, 5, 10)]
    (finding,) = gap(make_subject(zones), RULE).findings
    assert finding.area_m2 == pytest.approx(20, rel=1e-6)


def test_the_severity_is_the_rules() -> None:
    rule = PlainRule(check="gap", severity=Severity.WARNING)
    assert gap(make_subject(frame()), rule).findings[0].severity is Severity.WARNING


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return gap(make_subject(make_layer(shapes, ids=names)), RULE)

    assert_ids_survive_a_reexport(run, *frame())


def test_two_gaps_between_the_same_zones_have_two_ids() -> None:
    comb = [
        *frame(),
        rectangle(EAST, NORTH + 22, 10, 2),
        rectangle(EAST + 20, NORTH + 22, 10, 2),
        rectangle(EAST, NORTH + 24, 30, 5),
    ]
    findings = gap(make_subject(comb), RULE).findings
    assert len({finding.id for finding in findings}) == 2
