from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod
from shapely.geometry import Point, Polygon, box

from geoplan.checks import extent as module
from geoplan.checks.extent import extent, nearest, nearest_other
from geoplan.plan.rules import ExtentRule
from geoplan.types import Facility, Severity, Text
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import make_layer, make_subject, rectangle, square

RULE = ExtentRule(check="extent", max_distance_km=50)
# On the central meridian of EPSG:4548 (500 000 is 117° east) a northing is a distance along the meridian.
EAST, NORTH = 500_000.0, 3_521_000.0
KM = 1000.0


def facility(lon: float | None, lat: float = 31.8) -> Facility:
    point = None if lon is None else Point(lon, lat)
    return Facility(id="f", name=Text.same("F"), category="site", point=point)


NEAR, FAR = facility(117.0), facility(121.0)  # 31.8° north is a northing of about 3 520 km


def test_zones_near_each_other_hold() -> None:
    outcome = extent(make_subject([square(EAST, NORTH, 100), square(EAST + 30 * KM, NORTH, 100)]), RULE)
    assert (outcome.examined, outcome.findings, outcome.skipped) == (2, (), None)


def test_a_zone_far_from_all_others_is_one_finding_with_its_distance() -> None:
    zones = [square(EAST, NORTH, KM), square(EAST, NORTH + 2 * KM, KM), square(EAST, NORTH + 63 * KM, KM)]
    (finding,) = extent(make_subject(zones), RULE).findings
    assert finding.check == "extent"
    assert finding.zones == ("c",)
    assert finding.severity is Severity.ERROR
    assert finding.measured == pytest.approx(60, rel=1e-4)
    assert (finding.expected, finding.unit) == (50.0, "km")
    assert finding.geometry.equals(zones[2])
    assert finding.message.en.startswith(
        "c (feature 3) lies 60.0 km from the nearest other zone (b); at most 50 km is expected."
    )
    assert "距最近的其他分区（b）60.0 km" in finding.message.zh
    assert "swapped" not in finding.message.en
    assert_bilingual(finding)


@pytest.mark.parametrize(("between", "found"), [(49.99, 0), (50.01, 2)])
def test_the_distance_between_two_zones_decides(between: float, found: int) -> None:
    zones = [square(EAST, NORTH, KM), square(EAST, NORTH + KM + between * KM, KM)]
    assert len(extent(make_subject(zones), RULE).findings) == found


def test_neighbours_are_near_however_large_they_are() -> None:
    zones = [
        rectangle(EAST - 60 * KM, NORTH, 120 * KM, 120 * KM),
        rectangle(EAST - 60 * KM, NORTH + 120 * KM, 120 * KM, KM),
    ]
    assert extent(make_subject(zones), RULE).findings == ()


def test_the_distance_agrees_with_a_geodesic_across_the_meridian() -> None:
    zones = [box(117.0, 31.8, 117.01, 31.81), box(118.0, 31.8, 118.01, 31.81)]
    _, _, expected = Geod(ellps="GRS80").inv(117.01, 31.81, 118.0, 31.81)
    findings = extent(make_subject(zones, crs="EPSG:4490"), RULE).findings
    assert [finding.zones for finding in findings] == [("a",), ("b",)]
    for finding in findings:
        assert finding.measured == pytest.approx(expected / KM, rel=1e-3)


def test_two_zones_on_one_spot_are_near_each_other() -> None:
    assert extent(make_subject([square(EAST, NORTH, KM)] * 2), RULE).findings == ()


def test_one_zone_and_no_facility_is_skipped_with_the_reason() -> None:
    for facilities in ((), (facility(None),)):
        outcome = extent(make_subject([square(EAST, NORTH, KM)], facilities=facilities), RULE)
        assert outcome.examined == 0
        assert "no located facility" in outcome.skipped.en
        assert "已定位的设施" in outcome.skipped.zh


def test_a_layer_without_a_measurable_zone_is_skipped_with_the_reason() -> None:
    for shapes in ([], [None]):
        assert "no zone can be measured" in extent(make_subject(shapes), RULE).skipped.en


def test_one_zone_near_a_facility_holds() -> None:
    outcome = extent(make_subject([square(EAST, NORTH, KM)], facilities=[NEAR, FAR]), RULE)
    assert (outcome.examined, outcome.findings, outcome.skipped) == (1, (), None)


def test_a_layer_far_from_every_facility_is_one_finding_for_the_layer() -> None:
    zones = [square(EAST, NORTH, KM), square(EAST, NORTH + 2 * KM, KM), square(EAST, NORTH + 90 * KM, KM)]
    (finding,) = extent(make_subject(zones, facilities=[FAR]), RULE).findings
    assert finding.zones == ("a", "b", "c")
    assert finding.message.en.startswith("The layer lies outside its plan: its nearest zone is ")
    assert "图层位于规划范围之外" in finding.message.zh
    assert finding.measured == pytest.approx(378, abs=2)  # 4° of longitude at 31.8° north
    assert finding.geometry.bounds == (EAST, NORTH, EAST + KM, NORTH + 91 * KM)
    assert_bilingual(finding)


def test_a_zone_far_from_the_facilities_others_are_near_to_is_told_with_both_distances() -> None:
    # The facility lies at a northing of 3 519.8 km.
    zones = [square(EAST, NORTH, KM), square(EAST, NORTH + 101 * KM, KM)]
    findings = extent(make_subject(zones, facilities=[NEAR]), RULE).findings
    assert [finding.zones for finding in findings] == [("a",), ("b",)]
    near, far = findings
    assert "facility" not in near.message.en
    assert "100.0 km from the nearest other zone (a) and 10" in far.message.en
    assert "from the nearest facility of the plan" in far.message.en
    assert far.measured > 100.0
    assert_bilingual(near, far)


def test_a_pair_of_zones_astray_together_is_found_by_the_facilities() -> None:
    zones = [square(EAST, NORTH, KM), square(EAST, NORTH + 200 * KM, KM), square(EAST, NORTH + 202 * KM, KM)]
    findings = extent(make_subject(zones, facilities=[NEAR]), RULE).findings
    assert [finding.zones for finding in findings] == [("a",), ("b",), ("c",)]
    assert "other zone" not in findings[1].message.en
    assert "facility" in findings[1].message.en


def test_a_zone_that_lands_beside_the_others_once_swapped_is_said_to_look_swapped() -> None:
    zones = [square(EAST, NORTH, KM), square(EAST + KM, NORTH, KM), square(NORTH, EAST + KM, KM)]
    (finding,) = extent(make_subject(zones), RULE).findings
    assert finding.zones == ("c",)
    assert "look swapped (north first)" in finding.message.en
    assert "坐标疑似颠倒" in finding.message.zh
    assert_bilingual(finding)


def test_a_layer_that_lands_on_its_plan_once_swapped_is_said_to_look_swapped() -> None:
    zones = [square(NORTH, EAST, KM), square(NORTH + KM, EAST, KM)]
    (finding,) = extent(make_subject(zones, facilities=[NEAR]), RULE).findings
    assert finding.zones == ("a", "b")
    assert "look swapped" in finding.message.en


def test_in_degrees_a_swapped_zone_of_the_far_west_is_recognised() -> None:
    # 85° east, 31° north is still a place when swapped: 31° east, 85° north.
    zones = [square(85.0, 31.0, 0.01), square(85.02, 31.0, 0.01), square(31.0, 85.04, 0.01)]
    (finding,) = extent(make_subject(zones, crs="EPSG:4490"), RULE).findings
    assert finding.zones == ("c",)
    assert "look swapped" in finding.message.en


def test_a_zone_out_of_range_is_left_to_the_crs_check() -> None:
    zones = [square(117.2, 31.8, 0.01), square(117.22, 31.8, 0.01), square(31.8, 117.2, 0.01)]
    outcome = extent(make_subject(zones, crs="EPSG:4490"), RULE)
    assert (outcome.examined, outcome.findings) == (2, ())


def test_the_nearest_of_many_is_the_nearest_by_brute_force() -> None:
    chance = np.random.default_rng(11)
    corners = np.column_stack([chance.uniform(110, 120, 120), chance.uniform(28, 34, 120)])
    boxes = np.array([box(x, y, x + 1e-6, y + 1e-6) for x, y in corners], dtype=object)
    geod = Geod(ellps="GRS80")
    tops = [
        sorted(geod.inv(*corners[one], *corners[other])[2] for other in range(120) if other != one)[0]
        for one in range(120)
    ]
    # Scaling longitude at one latitude may choose the second nearest, never one much further.
    assert nearest_other(boxes).distance_m == pytest.approx(tops, rel=0.04, abs=1)


def test_with_nothing_to_be_near_to_the_distance_is_infinite() -> None:
    found = nearest(np.array([square(117, 31, 1)], dtype=object), np.array([], dtype=object))
    assert (found.index[0], found.distance_m[0]) == (-1, np.inf)


def test_an_invalid_zone_is_placed_by_its_mended_form() -> None:
    bowtie = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    assert extent(make_subject([bowtie, square(EAST + 20, NORTH, 5)]), RULE).examined == 2


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return extent(make_subject(make_layer(shapes, ids=names)), RULE)

    assert_ids_survive_a_reexport(run, square(EAST, NORTH, KM), square(EAST, NORTH + 99 * KM, KM))


def test_in_a_large_layer_too_one_zone_astray_is_found_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 3)
    close = [square(EAST + x * KM, NORTH + y * KM, 900) for x in range(4) for y in range(3)]
    assert extent(make_subject(close), RULE).findings == ()
    (finding,) = extent(make_subject([*close, square(EAST + 80 * KM, NORTH, 900)]), RULE).findings
    assert finding.measured == pytest.approx(80 - 3.9, rel=1e-3)


def test_in_a_large_layer_two_zones_astray_together_are_near_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    zones = [square(EAST + x * KM, NORTH, 900) for x in (0, 1, 2, 150, 151)]
    monkeypatch.setattr(module, "_FEW", 3)
    assert extent(make_subject(zones), RULE).findings == ()
