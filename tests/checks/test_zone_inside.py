from __future__ import annotations

import pytest
import shapely
from shapely.geometry import Polygon

from geoplan.checks.zone_inside import zone_inside
from geoplan.types import Severity, Tolerance
from tests.checks.valley import plain
from tests.helpers import make_subject, rectangle, square

RULE = plain("zone-inside")
X, Y = 518_000, 3_521_000
SITE = square(X, Y, 1000)


def inside(*zones, boundary=SITE, **options):
    return zone_inside(make_subject(list(zones), boundary=boundary, **options), RULE)


def test_zones_within_the_site_make_no_finding_also_when_they_touch_its_edge():
    outcome = inside(square(X, Y, 500), square(X + 500, Y + 500, 500), square(X + 100, Y + 600, 10))
    assert (outcome.examined, outcome.findings, outcome.tolerated) == (3, (), 0)


def test_a_zone_that_reaches_outside_is_told_with_the_part_outside():
    outcome = inside(rectangle(X + 900, Y, 150, 100))  # 50 m × 100 m of 150 m × 100 m
    [finding] = outcome.findings
    assert finding.geometry.equals(rectangle(X + 1000, Y, 50, 100))
    # The scale 20 km from the central meridian is 1.000005 in length.
    assert finding.area_m2 == pytest.approx(5000, rel=2e-5)
    assert finding.width_m == pytest.approx(50, rel=0.01)
    assert (finding.zones, finding.severity) == (("a",), Severity.ERROR)
    assert finding.message.en.startswith("a reaches outside the site boundary: 4,999.9")
    assert "(33.3 % of the zone), up to " in finding.message.en
    assert finding.message.zh.startswith("a超出项目边界：4,999.9")
    assert "（占该分区 33.3 %），最宽 " in finding.message.zh


def test_a_zone_wholly_outside_is_a_hundred_percent_outside():
    [finding] = inside(square(X + 2000, Y, 100)).findings
    assert "(100 % of the zone)" in finding.message.en
    assert finding.geometry.equals(square(X + 2000, Y, 100))


def test_a_zone_over_a_hole_of_the_site_is_outside_there():
    holed = Polygon(SITE.exterior.coords, [square(X + 400, Y + 400, 100).exterior.coords])
    [finding] = inside(square(X + 300, Y + 300, 300), boundary=holed).findings
    assert finding.geometry.equals(square(X + 400, Y + 400, 100))


@pytest.mark.parametrize(
    ("beyond", "findings", "tolerated"),
    [
        (0.005, 0, 1),  # 5 mm × 1000 m = 5 m², but narrower than 10 mm
        (0.02, 1, 0),
    ],
)
def test_a_part_within_the_width_tolerance_is_tolerated_and_counted(beyond, findings, tolerated):
    outcome = inside(rectangle(X, Y, 1000 + beyond, 1000))
    assert (len(outcome.findings), outcome.tolerated) == (findings, tolerated)
    assert outcome.tolerated_m2 == pytest.approx(1000 * beyond * tolerated, rel=1e-3)


def test_a_part_within_the_area_tolerance_is_tolerated():
    outcome = inside(rectangle(X + 995, Y, 10, 5), tolerance=Tolerance(area_m2=26, width_m=0.01))
    assert (outcome.findings, outcome.tolerated) == ((), 1)


def test_a_zone_that_cannot_be_measured_is_not_examined():
    outcome = inside(None, Polygon(), square(X, Y, 10))
    assert (outcome.examined, outcome.findings) == (1, ())


def test_an_invalid_site_boundary_is_taken_in_its_valid_form():
    # A bow tie: two triangles that meet in the middle, left and right.
    bow = Polygon([(X, Y), (X + 1000, Y + 1000), (X + 1000, Y), (X, Y + 1000)])
    outcome = inside(square(X + 10, Y + 490, 20), square(X + 490, Y + 10, 20), boundary=bow)
    assert [finding.zones for finding in outcome.findings] == [("b",)]


def test_without_a_boundary_it_is_skipped():
    outcome = inside(square(X, Y, 10), boundary=None)
    assert outcome.examined == 0
    assert outcome.skipped.en == "there is no site boundary to hold the zones against"


def test_degrees_are_measured_in_metres_too():
    # 0.001° × 0.001° at 31.8°N is 94.68 m × 110.88 m (WGS 84: 111,412.84·cos φ − 93.5·cos 3φ m per degree).
    site, zone = shapely.box(117.0, 31.8, 117.01, 31.81), shapely.box(117.01, 31.8, 117.011, 31.801)
    [finding] = inside(zone, boundary=site, crs="EPSG:4490").findings
    assert finding.area_m2 == pytest.approx(94.69 * 110.88, rel=1e-3)
    assert finding.width_m == pytest.approx(94.7, rel=0.01)


def test_the_id_hangs_on_the_part_outside():
    ids = [inside(rectangle(X + 900, Y, width, 100)).findings[0].id for width in (150, 150, 160)]
    assert ids[0] == ids[1] != ids[2]
