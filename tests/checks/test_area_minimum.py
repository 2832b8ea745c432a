from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import MultiPolygon

from geoplan.checks.area_minimum import area_minimum, minimum_for
from geoplan.plan.rules import AreaMinimumRule
from geoplan.types import AreaMethod, Severity
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import NORTH, make_layer, make_subject, rectangle, square

EAST = 500_000.0  # on the central meridian, where plane and ground agree
CLASSES = {"01": 400.0, "0101": 500.0, "07": 200.0}


def rule(**settings: object) -> AreaMinimumRule:
    return AreaMinimumRule.model_validate({"check": "area-minimum"} | settings)


def test_zones_of_the_minimum_and_more_hold() -> None:
    outcome = area_minimum(make_subject([square(EAST, NORTH, 100)]), rule(m2=200))
    assert (outcome.examined, outcome.findings) == (1, ())


def test_a_smaller_zone_is_one_finding_with_both_figures_and_the_method() -> None:
    (finding,) = area_minimum(make_subject([square(EAST, NORTH, 10)]), rule(m2=200)).findings
    assert finding.check == "area-minimum"
    assert finding.zones == ("a",)
    assert finding.severity is Severity.ERROR
    assert finding.measured == pytest.approx(100, rel=1e-6)
    assert finding.area_m2 == finding.measured
    assert (finding.expected, finding.unit) == (200.0, "m2")
    assert finding.geometry.equals(square(EAST, NORTH, 10))
    assert finding.message.en == ("a (feature 1) measures 100.00 m² (ellipsoidal), less than the minimum of 200.00 m².")
    assert "小于最小面积 200.00 m²" in finding.message.zh
    assert_bilingual(finding)


@pytest.mark.parametrize(("length", "found"), [(19.999, 1), (20.001, 0)])
def test_the_minimum_decides(length: float, found: int) -> None:
    assert len(area_minimum(make_subject([rectangle(EAST, NORTH, length, 10)]), rule(m2=200)).findings) == found


def test_a_zone_drawn_to_exactly_the_minimum_holds_whatever_the_last_digit_of_its_measured_area() -> None:
    subject = make_subject([rectangle(EAST, NORTH, 20, 10)])
    assert subject.total_m2 < 200  # by less than a square millimetre
    assert area_minimum(subject, rule(m2=200)).findings == ()


def test_an_area_that_rounds_to_the_minimum_is_written_with_more_digits() -> None:
    (finding,) = area_minimum(make_subject([rectangle(EAST, NORTH, 19.9998, 10)]), rule(m2=200)).findings
    assert "measures 199.9980 m²" in finding.message.en


def test_each_part_counts_for_itself() -> None:
    parts = MultiPolygon([square(EAST, NORTH, 100), square(EAST + 200, NORTH, 10)])
    outcome = area_minimum(make_subject([parts]), rule(m2=200))
    assert outcome.examined == 2
    (finding,) = outcome.findings
    assert finding.message.en.startswith("Part 2 of a (feature 1) measures 100.00 m²")
    assert finding.geometry.equals(square(EAST + 200, NORTH, 10))
    assert_bilingual(finding)


def test_the_area_is_by_the_subjects_method() -> None:
    # 92 km east of the central meridian the plane is 0.021 % larger than the ground: 200.02 m² are 199.98 m².
    zone = rectangle(592_000.0, NORTH, 20.002, 10)
    assert area_minimum(make_subject([zone], method=AreaMethod.PLANAR), rule(m2=200)).findings == ()
    for method in (AreaMethod.ELLIPSOIDAL, AreaMethod.GEODESIC):
        (finding,) = area_minimum(make_subject([zone], method=method), rule(m2=200)).findings
        assert finding.measured == pytest.approx(199.98, abs=0.005)


@pytest.mark.parametrize(
    ("code", "minimum"),
    [
        ("01", 400.0),
        ("0101", 500.0),
        ("010101", 500.0),
        ("0102", 400.0),
        ("07", 200.0),
        ("12", 600.0),
        ("1", 600.0),
        ("", 600.0),
    ],
)
def test_a_code_takes_the_minimum_of_its_longest_known_prefix(code: str, minimum: float) -> None:
    assert minimum_for(code, rule(m2=600, field="DLBM", classes=CLASSES)) == minimum


def test_the_class_of_each_zone_decides_and_is_named() -> None:
    zones = [rectangle(EAST + 100 * place, NORTH, 30, 10) for place in range(4)]
    layer = make_layer(zones, DLBM=["0102", "0701", "12", None])
    outcome = area_minimum(make_subject(layer), rule(m2=600, field="DLBM", classes=CLASSES))
    assert [(finding.zones, finding.expected) for finding in outcome.findings] == [
        (("a",), 400.0),
        (("c",), 600.0),
        (("d",), 600.0),
    ]
    assert "minimum of 400.00 m² for class 0102." in outcome.findings[0].message.en
    assert "（0102 类）" in outcome.findings[0].message.zh
    assert "class" not in outcome.findings[2].message.en
    assert_bilingual(*outcome.findings)


def test_a_field_the_layer_does_not_have_is_the_one_finding() -> None:
    outcome = area_minimum(make_subject([square(EAST, NORTH, 1)]), rule(field="DLBM", classes=CLASSES))
    (finding,) = outcome.findings
    assert outcome.examined == 0
    assert finding.severity is Severity.ERROR
    assert "“DLBM”" in finding.message.en
    assert "it has: id" in finding.message.en
    assert_bilingual(finding)


@pytest.mark.parametrize("values", [[101, 701], [101.0, np.nan], [np.int64(101), None]])
def test_codes_stored_as_numbers_have_lost_their_zeros_and_are_refused(values: list[object]) -> None:
    layer = make_layer([square(EAST, NORTH, 1), square(EAST + 9, NORTH, 1)], DLBM=values)
    outcome = area_minimum(make_subject(layer), rule(field="DLBM", classes=CLASSES))
    (finding,) = outcome.findings
    assert "stored as numbers" in finding.message.en
    assert "前导零" in finding.message.zh
    assert_bilingual(finding)


def test_numbers_do_where_no_class_begins_with_a_zero() -> None:
    layer = make_layer([square(EAST, NORTH, 10)], DLBM=[1201.0])
    (finding,) = area_minimum(make_subject(layer), rule(m2=0, field="DLBM", classes={"12": 150.0})).findings
    assert finding.expected == 150.0


def test_a_layer_without_polygons_is_nothing_to_look_at() -> None:
    outcome = area_minimum(make_subject([None]), rule())
    assert (outcome.examined, outcome.findings) == (0, ())


def test_in_degrees_the_minimum_is_square_metres() -> None:
    # T1 of the test values: 9.993 m².
    zone = rectangle(117.2272, 31.8206, 0.0000334, 0.0000285)
    subject = make_subject([zone], crs="EPSG:4490")
    assert area_minimum(subject, rule(m2=9.99)).findings == ()
    (finding,) = area_minimum(subject, rule(m2=10)).findings
    assert finding.measured == pytest.approx(9.993136677, rel=1e-6)


def test_the_severity_is_the_rules() -> None:
    (finding,) = area_minimum(make_subject([square(EAST, NORTH, 1)]), rule(severity="info")).findings
    assert finding.severity is Severity.INFO


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return area_minimum(make_subject(make_layer(shapes, ids=names)), rule(m2=200))

    assert_ids_survive_a_reexport(run, square(EAST, NORTH, 10), square(EAST + 20, NORTH, 9))
