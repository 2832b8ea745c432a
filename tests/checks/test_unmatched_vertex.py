from __future__ import annotations

import pytest
from shapely.geometry import MultiPoint, Polygon

from geoplan.checks.unmatched_vertex import unmatched_vertex
from geoplan.plan.rules import UnmatchedVertexRule
from geoplan.types import Severity, Tolerance
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import EAST, NORTH, make_layer, make_subject, rectangle, square

RULE = UnmatchedVertexRule(check="unmatched-vertex")


def test_neighbours_with_the_same_vertices_have_none_unmatched() -> None:
    outcome = unmatched_vertex(make_subject([square(EAST, NORTH, 10), square(EAST + 10, NORTH, 10)]), RULE)
    assert (outcome.examined, outcome.findings) == (2, ())


def test_vertices_exactly_on_a_neighbours_edge_are_one_finding_for_the_pair() -> None:
    zones = [rectangle(EAST, NORTH, 10, 30), square(EAST + 10, NORTH + 10, 10)]
    (finding,) = unmatched_vertex(make_subject(zones), RULE).findings
    assert finding.check == "unmatched-vertex"
    assert finding.zones == ("a", "b")
    assert finding.severity is Severity.INFO
    assert finding.geometry.equals(MultiPoint([(EAST + 10, NORTH + 10), (EAST + 10, NORTH + 20)]))
    assert finding.width_m == 0
    assert (finding.expected, finding.measured, finding.unit) == (0, 2, "vertices")
    assert finding.message.en.startswith("a and b: 2 vertices lie on an edge of the other without a vertex there.")
    assert finding.message.zh.startswith("a与b：2 个顶点")
    assert_bilingual(finding)


def test_both_directions_of_a_pair_are_one_finding() -> None:
    # Each has one corner on the other's long side.
    zones = [rectangle(EAST, NORTH, 10, 20), rectangle(EAST + 10, NORTH + 5, 10, 20)]
    (finding,) = unmatched_vertex(make_subject(zones), RULE).findings
    assert finding.measured == 2
    assert finding.geometry.equals(MultiPoint([(EAST + 10, NORTH + 5), (EAST + 10, NORTH + 20)]))


def bulged(by: float) -> list[Polygon]:
    """Two squares, the second with an extra vertex `by` metres off the shared edge."""
    corners = [(EAST + 10, NORTH), (EAST + 20, NORTH), (EAST + 20, NORTH + 10), (EAST + 10, NORTH + 10)]
    return [square(EAST, NORTH, 10), Polygon([*corners, (EAST + 10 + by, NORTH + 5)])]


@pytest.mark.parametrize("by", [0.004, -0.004])
def test_a_vertex_beside_the_edge_is_told_with_its_distance(by: float) -> None:
    (finding,) = unmatched_vertex(make_subject(bulged(by)), RULE).findings
    assert finding.width_m == pytest.approx(0.004, rel=1e-4)
    assert finding.message.en.startswith("a and b: 1 vertex lies on an edge")
    assert "up to 0.004 m off it" in finding.message.en
    assert "最大偏离 0.004 m" in finding.message.zh
    assert_bilingual(finding)


@pytest.mark.parametrize(("by", "found"), [(0.0099, 1), (0.0102, 0)])
def test_the_width_tolerance_is_how_far_it_looks(by: float, found: int) -> None:
    assert len(unmatched_vertex(make_subject(bulged(by)), RULE).findings) == found


def test_with_no_tolerance_only_vertices_exactly_on_the_edge_count() -> None:
    exact = Tolerance(0.0, 0.0)
    assert unmatched_vertex(make_subject(bulged(1e-4), tolerance=exact), RULE).findings == ()
    assert len(unmatched_vertex(make_subject(bulged(0.0), tolerance=exact), RULE).findings) == 1


@pytest.mark.parametrize("along", ["x", "y"])
def test_in_degrees_the_distance_is_metres_along_either_axis(along: str) -> None:
    # At 31.8° north a degree of latitude is 110 889 m and one of longitude 94 717 m (CGCS2000 ellipsoid).
    per_degree, size = (94_717.0, 110_889.0)[along == "y"], 0.001
    off = 0.004 / per_degree
    west, south = 117.2, 31.8
    first = square(west, south, size)
    middle, end = (west + size / 2, south + size + off), (west + size, south + size)
    second = [(west, south + size), middle, end, (west + size, south + 2 * size), (west, south + 2 * size)]
    if along == "x":  # the same, mirrored at the diagonal
        second = [(west + y - south, south + x - west) for x, y in second]
    (finding,) = unmatched_vertex(make_subject([first, Polygon(second)], crs="EPSG:4490"), RULE).findings
    assert finding.width_m == pytest.approx(0.004, rel=1e-3)


def test_three_zones_are_told_pair_by_pair() -> None:
    zones = [rectangle(EAST, NORTH, 10, 20), square(EAST + 10, NORTH, 10), square(EAST + 10, NORTH + 10, 10)]
    findings = unmatched_vertex(make_subject(zones), RULE).findings
    assert [finding.zones for finding in findings] == [("a", "b"), ("a", "c")]
    assert_bilingual(*findings)


def test_without_measurable_zones_there_is_nothing_to_look_at() -> None:
    assert unmatched_vertex(make_subject([None]), RULE).examined == 0


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return unmatched_vertex(make_subject(make_layer(shapes, ids=names)), RULE)

    assert_ids_survive_a_reexport(run, rectangle(EAST, NORTH, 10, 20), rectangle(EAST + 10, NORTH + 5, 10, 20))
