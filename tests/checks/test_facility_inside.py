from __future__ import annotations

import pytest
import shapely
from pyproj import Geod, Transformer

from geoplan.checks.facility_inside import distance_m, facility_inside
from geoplan.crs import norm_crs
from geoplan.plan.rules import FacilityInsideRule
from geoplan.types import Facility, Severity, Text
from tests.checks.valley import all_zones_with, shapes, strip, valley, valley_plan, without
from tests.helpers import EAST, NORTH, make_subject, rectangle, square

RULE = FacilityInsideRule(check="facility-inside")
GRID = norm_crs("EPSG:4548")
TO_LONLAT = Transformer.from_crs(4548, 4490, always_xy=True)


def facility(east, north, zone="core", accuracy_m=None, name="park"):
    """A facility at a place in EPSG:4548; the Core Area is 3 km × 1 km from (EAST, NORTH)."""
    point = shapely.Point(TO_LONLAT.transform(east, north))
    return Facility(name, Text("Science Park", "科技园"), "park", point, zone=zone, accuracy_m=accuracy_m)


def check(*facilities, rule=RULE, geometry=None, plan=None, **options):
    return facility_inside(valley(geometry, plan=plan, facilities=facilities, **options), rule)


def test_a_facility_in_its_zone_is_no_finding():
    outcome = check(facility(EAST + 100, NORTH + 100))
    assert (outcome.examined, outcome.findings, outcome.tolerated) == (1, (), 0)


def test_a_facility_outside_its_zone_is_told_with_its_distance():
    outcome = check(facility(EAST - 250, NORTH + 500, accuracy_m=100))
    [finding] = outcome.findings
    # 250 m in the plane, 1.000005 times too long 20 km from the central meridian.
    assert finding.measured == pytest.approx(250, abs=0.01)
    assert finding.expected == 100
    assert finding.unit == "m"
    assert finding.message.en == "Science Park (park) lies 250.0 m outside Core Area (known to 100 m)."
    assert finding.message.zh == "科技园（park）位于核心区之外 250.0 m（位置精度 100 m）。"
    assert (finding.zones, finding.severity) == (("core",), Severity.WARNING)


def test_the_finding_s_place_is_the_facility_s_in_the_crs_of_the_layer():
    [finding] = check(facility(EAST - 250, NORTH + 500)).findings
    assert finding.geometry.distance(shapely.Point(EAST - 250, NORTH + 500)) < 1e-3


def test_an_unknown_accuracy_is_said_and_allows_nothing():
    [finding] = check(facility(EAST - 5, NORTH + 500)).findings
    assert "lies 5.000 m outside Core Area (of unknown accuracy)" in finding.message.en
    assert "（位置精度未知）" in finding.message.zh


@pytest.mark.parametrize(
    ("accuracy", "margin", "told"),
    [(251, 0, False), (249, 0, True), (None, 251, False), (150, 99, True), (150, 101, False), (0, 0, True)],
)
def test_margin_and_accuracy_are_allowed_for_together_and_counted_as_tolerated(accuracy, margin, told):
    rule = FacilityInsideRule(check="facility-inside", margin_m=margin)
    outcome = check(facility(EAST - 250, NORTH + 500, accuracy_m=accuracy), rule=rule)
    assert (len(outcome.findings), outcome.tolerated) == (int(told), int(not told))


def test_a_margin_is_stated():
    rule = FacilityInsideRule(check="facility-inside", margin_m=20)
    [finding] = check(facility(EAST - 250, NORTH + 500, accuracy_m=100), rule=rule).findings
    assert finding.message.en.endswith("(known to 100 m, margin 20 m).")
    assert finding.message.zh.endswith("（位置精度 100 m，允许距离 20 m）。")
    assert finding.expected == 120


@pytest.mark.parametrize("zone", ["core", "Core Area", "核心区", "z1", "Ｚ１"])
def test_a_facility_may_name_its_zone_by_id_name_or_alias(zone):
    assert check(facility(EAST + 1, NORTH + 1, zone=zone)).examined == 1
    [finding] = check(facility(EAST - 250, NORTH + 1, zone=zone)).findings
    assert finding.zones == ("core",)


def test_a_facility_that_names_a_zone_that_does_not_exist_is_an_error():
    outcome = check(facility(EAST, NORTH, zone="west"))
    [finding] = outcome.findings
    assert outcome.examined == 1
    assert finding.severity is Severity.ERROR
    assert finding.message.en == "Science Park (park) names the zone “west”, which does not exist."
    assert finding.message.zh == "科技园（park）注明的分区“west”不存在。"


def test_an_unknown_zone_is_told_for_a_facility_without_a_place_too():
    lost = Facility("lost", Text.same("Lost"), "park", None, zone="west")
    assert len(check(lost).findings) == 1


def test_the_nearest_part_of_the_zone_counts():
    apart = shapely.MultiPolygon([square(EAST, NORTH, 100), square(EAST + 1000, NORTH, 100)])
    [finding] = check(facility(EAST + 1130, NORTH + 50), geometry=shapes() | {"core": apart}).findings
    assert finding.measured == pytest.approx(30, abs=0.001)


def test_the_nearest_feature_of_a_zone_on_several_counts():
    outcome = check(facility(EAST + 10, NORTH + 14_010), geometry=shapes(), more=[("core", strip(7, 1.0))])
    assert (outcome.examined, outcome.findings) == (1, ())


def test_a_facility_whose_zone_has_no_boundary_is_not_examined():
    outcome = check(facility(EAST, NORTH, zone="shushan"), facility(EAST + 1, NORTH + 1), geometry=without("shushan"))
    assert (outcome.examined, outcome.findings) == (1, ())


def test_before_any_boundary_is_loaded_it_is_skipped():
    plan = valley_plan(all_zones_with(awaiting=True))
    outcome = check(facility(EAST, NORTH), geometry={}, plan=plan)
    assert outcome.examined == 0
    assert outcome.skipped.en.endswith("0 of 4 boundaries loaded")


@pytest.mark.parametrize("facilities", [(), (Facility("a", Text.same("A"), "park", shapely.Point(117.2, 31.8)),)])
def test_without_a_facility_that_names_a_zone_it_is_skipped(facilities):
    outcome = check(*facilities)
    assert (outcome.examined, outcome.skipped.en) == (0, "no facility names a zone")


def test_facilities_without_a_place_are_not_examined():
    outcome = check(Facility("a", Text.same("A"), "park", None, zone="core"), facility(EAST + 1, NORTH + 1))
    assert outcome.examined == 1


def test_without_a_plan_the_keys_of_the_file_are_the_zones():
    subject = make_subject([square(EAST, NORTH, 100)], facilities=[facility(EAST + 150, NORTH + 50, zone="a")])
    [finding] = facility_inside(subject, RULE).findings
    assert finding.measured == pytest.approx(50, abs=0.001)


def test_a_place_that_cannot_be_in_the_layer_s_crs_is_told_as_such():
    nowhere = Facility("x", Text("Nowhere", "无处"), "park", shapely.Point(117.2, 91.0), zone="core")
    [finding] = check(nowhere).findings
    assert "cannot be placed near Core Area: its coordinates are out of range" in finding.message.en
    assert (finding.measured, finding.geometry) == (None, None)


def test_two_facilities_outside_one_zone_are_findings_of_their_own():
    first, second = check(
        facility(EAST - 250, NORTH + 500, name="a"), facility(EAST - 250, NORTH + 500, name="b")
    ).findings
    assert first.id != second.id


def test_the_id_changes_when_the_zone_or_the_facility_moves():
    there = facility(EAST - 250, NORTH + 500)
    ids = {
        check(there).findings[0].id,
        check(facility(EAST - 251, NORTH + 500)).findings[0].id,
        check(there, geometry=shapes(core=2.9)).findings[0].id,
    }
    assert len(ids) == 3


def test_the_distance_to_a_zone_in_degrees_is_to_the_metric_nearest_point():
    # At 60°N a degree of longitude is half as long as one of latitude: the nearest edge in degrees is the south one.
    zone = shapely.box(10.0, 60.0, 10.1, 60.1)
    point = shapely.Point(10.105, 59.997)
    expected = Geod(ellps="GRS80").inv(10.105, 59.997, 10.1, 60.0)[2]
    assert distance_m(point, [zone], norm_crs(4490)) == pytest.approx(expected, abs=0.01)
    # North-east of a slanted edge, held against the nearest of a thousand points along it.
    slanted = shapely.Polygon([(10, 60), (10.2, 60), (10, 60.1)])
    outside = shapely.Point(10.12, 60.06)
    along = [(10.2 - 0.2 * t / 1000, 60 + 0.1 * t / 1000) for t in range(1001)]
    nearest = min(Geod(ellps="GRS80").inv(10.12, 60.06, *place)[2] for place in along)
    assert distance_m(outside, [slanted], norm_crs(4490)) == pytest.approx(nearest, rel=1e-3)


def test_inside_and_on_the_edge_the_distance_is_zero():
    zone = rectangle(EAST, NORTH, 100, 50)
    assert distance_m(shapely.Point(EAST + 50, NORTH + 20), [zone], GRID) == 0
    assert distance_m(shapely.Point(EAST, NORTH + 20), [zone], GRID) == 0


def test_in_a_hole_the_distance_is_to_the_edge_of_the_hole():
    hole = square(EAST + 40, NORTH + 40, 20)
    zone = shapely.Polygon(square(EAST, NORTH, 100).exterior.coords, [hole.exterior.coords])
    assert distance_m(shapely.Point(EAST + 45, NORTH + 50), [zone], GRID) == pytest.approx(5, abs=1e-3)
