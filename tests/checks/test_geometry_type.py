from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geoplan.checks.geometry_type import geometry_type
from geoplan.checks.geometry_valid import geometry_valid
from geoplan.plan.rules import PlainRule
from geoplan.types import Severity
from tests.checks.spec import assert_bilingual
from tests.helpers import EAST, NORTH, make_layer, make_subject, square

RULE = PlainRule(check="geometry-type")
LINE = LineString([(EAST, NORTH), (EAST + 10, NORTH)])


def test_polygons_and_multi_polygons_are_what_a_zone_is() -> None:
    pair = MultiPolygon([square(EAST, NORTH, 1), square(EAST + 5, NORTH, 1)])
    outcome = geometry_type(make_subject([square(EAST + 20, NORTH, 10), pair]), RULE)
    assert (outcome.examined, outcome.findings) == (2, ())


@pytest.mark.parametrize(
    ("shape", "kind", "english", "chinese"),
    [
        (Point(EAST, NORTH), "Point", "is a point,", "是点，"),
        (MultiPoint([(EAST, NORTH), (EAST, NORTH + 1)]), "MultiPoint", "is points,", "是多点，"),
        (LINE, "LineString", "is a line,", "是线，"),
        (MultiLineString([LINE, LINE]), "MultiLineString", "is lines,", "是多线，"),
        (GeometryCollection([square(EAST, NORTH, 1), LINE]), "GeometryCollection", "mixed shapes", "混合图形集合"),
    ],
)
def test_what_is_not_a_polygon_is_named_in_words(shape: BaseGeometry, kind: str, english: str, chinese: str) -> None:
    outcome = geometry_type(make_subject([square(EAST, NORTH, 10), shape]), RULE)
    (finding,) = outcome.findings
    assert finding.zones == ("b",)
    assert (finding.expected, finding.measured) == ("Polygon", kind)
    assert finding.message.en.startswith("b (feature 2)")
    assert english in finding.message.en
    assert chinese in finding.message.zh
    assert finding.geometry == shape
    assert finding.severity is Severity.ERROR
    assert outcome.examined == 2
    assert_bilingual(finding)


def test_a_line_is_not_also_reported_as_invalid() -> None:
    flat = LineString([(EAST, NORTH), (EAST, NORTH)])
    assert not flat.is_valid
    assert geometry_valid(make_subject([flat]), PlainRule(check="geometry-valid")).examined == 0


def test_a_line_with_an_infinite_coordinate_is_told_of_without_a_place() -> None:
    (finding,) = geometry_type(make_subject([LineString([(0, 0), (np.inf, 1)])]), RULE).findings
    assert finding.geometry is None


def test_equal_lines_of_two_zones_are_two_findings() -> None:
    outcome = geometry_type(make_subject(make_layer([LINE, LINE], ids=["x", "y"])), RULE)
    assert len({finding.id for finding in outcome.findings}) == 2
