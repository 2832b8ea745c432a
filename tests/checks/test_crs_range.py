from __future__ import annotations

import warnings

import numpy as np
import pytest
from shapely.affinity import affine_transform, translate
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.checks.crs_range import crs_range
from geoplan.plan.rules import PlainRule
from geoplan.types import AreaMethod, Facility, Severity, Text
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import EAST, NORTH, make_layer, make_subject, rectangle, square

RULE = PlainRule(check="crs")
HOME = square(117.2, 31.8, 0.01)


def swapped(shape: BaseGeometry) -> BaseGeometry:
    return affine_transform(shape, [0, 1, 1, 0, 0, 0])


def facility(lon: float, lat: float) -> Facility:
    return Facility(id="f", name=Text.same("F"), category="site", point=Point(lon, lat))


def test_coordinates_of_the_declared_system_hold() -> None:
    for subject in (make_subject([square(EAST, NORTH, 10)] * 2), make_subject([HOME] * 2, crs="EPSG:4490")):
        outcome = crs_range(subject, RULE)
        assert (outcome.examined, outcome.findings) == (2, ())


def test_a_feature_with_latitude_first_is_told_that_it_looks_swapped() -> None:
    outcome = crs_range(make_subject([HOME, swapped(HOME)], crs="EPSG:4490"), RULE)
    (finding,) = outcome.findings
    assert outcome.examined == 2
    assert finding.check == "crs"
    assert finding.zones == ("b",)
    assert finding.severity is Severity.ERROR
    assert finding.geometry is None  # it cannot be drawn
    assert finding.expected == "EPSG:4490"
    assert finding.message.en.startswith("b (feature 2) has coordinates that cannot be of EPSG:4490")
    assert "begins at (31.800, 117.200)" in finding.message.en
    assert "look swapped (north first)" in finding.message.en
    assert "坐标疑似颠倒" in finding.message.zh
    assert_bilingual(finding)


def test_swapped_is_only_said_where_it_lands_near_the_others() -> None:
    elsewhere = square(20.0, 117.2, 0.01)  # swapped it would be in range, at 117.2° east, 20° north
    (finding,) = crs_range(make_subject([HOME, elsewhere], crs="EPSG:4490"), RULE).findings
    assert "swapped" not in finding.message.en
    assert "really in" in finding.message.en


@pytest.mark.parametrize(("lat", "hinted"), [(31.8, True), (20.0, False)])
def test_or_near_a_facility_of_the_plan(lat: float, hinted: bool) -> None:
    subject = make_subject([swapped(square(117.2, lat, 0.01))], crs="EPSG:4490", facilities=[facility(117.3, 31.9)])
    (finding,) = crs_range(subject, RULE).findings
    assert ("swapped" in finding.message.en) is hinted


def test_when_no_feature_is_in_range_it_is_told_once_for_the_layer() -> None:
    zones = [swapped(translate(HOME, step, 0)) for step in (0, 0.01, 0.02)]
    outcome = crs_range(make_subject(zones, crs="EPSG:4490"), RULE)
    (finding,) = outcome.findings
    assert outcome.examined == 3
    assert finding.zones == ("a", "b", "c")
    assert finding.message.en.startswith("No feature has coordinates that can be of EPSG:4490")
    assert "swapped" in finding.message.en
    assert_bilingual(finding)


def test_metres_declared_as_degrees_are_told_to_be_metres() -> None:
    subject = make_subject([square(EAST, NORTH, 10), square(EAST + 10, NORTH, 10)], crs="EPSG:4490")
    (finding,) = crs_range(subject, RULE).findings
    assert "look like metres of a projected system" in finding.message.en
    assert "而非度" in finding.message.zh
    assert_bilingual(finding)


def test_degrees_declared_as_metres_are_an_error_about_the_layer() -> None:
    (finding,) = crs_range(make_subject([HOME, translate(HOME, 0.01, 0)]), RULE).findings
    assert finding.zones == ()
    assert finding.severity is Severity.ERROR
    assert "look like degrees, not metres" in finding.message.en
    assert_bilingual(finding)


def test_an_easting_with_its_zone_number_is_told_to_have_one() -> None:
    prefixed = square(39_000_000 + EAST, NORTH, 10)
    (finding,) = crs_range(make_subject([square(EAST, NORTH, 10), prefixed]), RULE).findings
    assert finding.zones == ("b",)
    assert "eastings begin with 39" in finding.message.en
    assert "以 39 开头" in finding.message.zh
    assert_bilingual(finding)


def test_features_without_coordinates_or_with_broken_ones_are_left_to_other_checks() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shapely warns when such a polygon is made
        broken = Polygon([(EAST, NORTH), (np.nan, NORTH), (EAST, NORTH + 1), (EAST - 1, NORTH + 1)])
    outcome = crs_range(make_subject([None, Polygon(), broken, square(EAST, NORTH, 10)]), RULE)
    assert (outcome.examined, outcome.findings) == (1, ())


def test_a_line_out_of_range_is_told_as_well() -> None:
    outcome = crs_range(make_subject([HOME, LineString([(0, 91), (1, 92)])], crs="EPSG:4490"), RULE)
    assert [finding.zones for finding in outcome.findings] == [("b",)]


def test_web_mercator_is_named_with_its_error_and_does_not_touch_the_figures() -> None:
    # At 31.82° north (1 - e² sin²φ)² / ((1 - e²) cos²φ) is 1.38918; y = a ln tan(45° + φ/2) = 3 739 706 m.
    zone = square(13_046_644.0, 3_739_656.0, 100)
    (finding,) = crs_range(make_subject([zone], crs="EPSG:3857"), RULE).findings
    assert finding.severity is Severity.INFO
    assert finding.zones == ()
    assert finding.measured == pytest.approx(0.38918, abs=2e-5)
    assert "EPSG:3857" in finding.message.en
    assert "+38.9 %" in finding.message.en
    assert "measured on the ellipsoid (EPSG:4548)" in finding.message.en
    assert "椭球面" in finding.message.zh
    assert_bilingual(finding)


def test_a_neighbouring_central_meridian_is_doubtful_and_info() -> None:
    # STANDARDS: +0.18 % at Hefei by the neighbouring central meridian: 120° is 2.8° further east.
    zone = square(234_854.0, 3_523_700.0, 100)
    (finding,) = crs_range(make_subject([zone], crs="EPSG:4549"), RULE).findings
    assert finding.severity is Severity.INFO
    assert finding.measured == pytest.approx(0.0018, abs=0.0001)


@pytest.mark.parametrize(
    ("projected", "severity", "words"),
    [
        ("EPSG:3857", Severity.WARNING, "choose the ellipsoidal method"),
        ("EPSG:4548", Severity.INFO, "planar areas in EPSG:4548"),
    ],
)
def test_planar_figures_in_the_distorted_plane_are_a_warning(projected: str, severity: Severity, words: str) -> None:
    zone = square(13_046_644.0, 3_739_100.0, 100)
    subject = make_subject([zone], crs="EPSG:3857", projected=projected, method=AreaMethod.PLANAR)
    (finding,) = crs_range(subject, RULE).findings
    assert finding.severity is severity
    assert words in finding.message.en
    assert_bilingual(finding)


def test_a_whole_projected_layer_with_north_first_looks_swapped() -> None:
    zones = [rectangle(NORTH + 20 * step, EAST, 10, 10) for step in range(3)]
    (finding,) = crs_range(make_subject(zones), RULE).findings
    assert finding.severity is Severity.ERROR
    assert "look swapped (north first)" in finding.message.en
    assert_bilingual(finding)


def test_one_zone_astray_does_not_speak_for_the_layer() -> None:
    zones = [square(EAST, NORTH, 10), square(EAST + 10, NORTH, 10), square(NORTH, EAST, 10)]
    assert crs_range(make_subject(zones), RULE).findings == ()


def test_an_empty_layer_is_nothing_to_look_at() -> None:
    for shapes in ([], [None]):
        assert crs_range(make_subject(shapes), RULE).examined == 0


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return crs_range(make_subject(make_layer(shapes, ids=names, crs="EPSG:4490")), RULE)

    assert_ids_survive_a_reexport(run, HOME, swapped(HOME), square(200, 31, 1))
    assert_ids_survive_a_reexport(run, swapped(HOME), swapped(translate(HOME, 1, 0)))
