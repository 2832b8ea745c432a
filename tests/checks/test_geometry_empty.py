from __future__ import annotations

from shapely.geometry import MultiPolygon, Point, Polygon

from geoplan.checks.geometry_empty import geometry_empty
from geoplan.checks.geometry_type import geometry_type
from geoplan.checks.geometry_valid import geometry_valid
from geoplan.plan.rules import PlainRule
from geoplan.types import Severity
from tests.checks.spec import assert_bilingual
from tests.helpers import EAST, NORTH, make_layer, make_subject, square

RULE = PlainRule(check="geometry-empty")


def test_a_layer_of_polygons_has_no_empty_feature() -> None:
    outcome = geometry_empty(make_subject([square(EAST, NORTH, 10), square(EAST + 10, NORTH, 10)]), RULE)
    assert (outcome.examined, outcome.findings) == (2, ())


def test_a_layer_without_features_is_looked_at_without_a_finding() -> None:
    assert geometry_empty(make_subject([]), RULE).examined == 0


def test_missing_and_empty_geometry_are_one_finding_each_with_the_feature_number() -> None:
    shapes = [square(EAST, NORTH, 10), None, Polygon(), MultiPolygon(), Point()]
    outcome = geometry_empty(make_subject(make_layer(shapes, ids=["a", "b", "c", "d", "#5"])), RULE)
    assert [finding.zones for finding in outcome.findings] == [("b",), ("c",), ("d",), ("#5",)]
    assert outcome.examined == 5
    first, second, *_, last = outcome.findings
    assert first.message.en.startswith("b (feature 2) has no geometry")
    assert second.message.en.startswith("c (feature 3) has an empty geometry")
    assert last.message.en.startswith("Feature 5 has an empty geometry")
    assert first.severity is Severity.ERROR
    assert first.geometry is None
    assert_bilingual(*outcome.findings)


def test_an_empty_feature_is_told_of_once_only() -> None:
    subject = make_subject([None, Polygon()])
    assert len(geometry_empty(subject, RULE).findings) == 2
    assert geometry_type(subject, PlainRule(check="geometry-type")).findings == ()
    assert geometry_valid(subject, PlainRule(check="geometry-valid")).findings == ()


def test_the_severity_is_the_rules() -> None:
    rule = PlainRule(check="geometry-empty", severity=Severity.INFO)
    assert geometry_empty(make_subject([None]), rule).findings[0].severity is Severity.INFO
