from __future__ import annotations

import pytest
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon

from geoplan.checks.overlap import overlap
from geoplan.plan.rules import PlainRule
from geoplan.types import Severity, Tolerance
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import NORTH, make_layer, make_plan, make_subject, rectangle, square

RULE = PlainRule(check="overlap")
EAST = 500_000.0  # on the central meridian, where plane and ground agree


def test_zones_that_share_an_edge_or_a_corner_do_not_overlap() -> None:
    zones = [square(EAST, NORTH, 10), square(EAST + 10, NORTH, 10), square(EAST + 10, NORTH + 10, 10)]
    outcome = overlap(make_subject(zones), RULE)
    assert (outcome.examined, outcome.findings, outcome.tolerated) == (3, (), 0)


def test_a_strip_two_zones_share_is_one_finding_with_its_polygon_area_and_width() -> None:
    outcome = overlap(make_subject([square(EAST, NORTH, 10), square(EAST + 8, NORTH, 10)]), RULE)
    (finding,) = outcome.findings
    assert finding.check == "overlap"
    assert finding.zones == ("a", "b")
    assert finding.severity is Severity.ERROR
    assert finding.area_m2 == pytest.approx(20, rel=1e-6)
    assert finding.width_m == pytest.approx(2, rel=0.01)
    assert (finding.expected, finding.unit) == (0.0, "m2")
    assert finding.measured == finding.area_m2
    assert finding.geometry.equals(rectangle(EAST + 8, NORTH, 2, 10))
    assert finding.message.en.startswith("a and b overlap: 20.00 m², up to ")
    assert finding.message.zh.startswith("a与b部分重叠：20.00 m²")
    assert_bilingual(finding)


@pytest.mark.parametrize(
    ("first", "second", "english", "chinese"),
    [
        (square(EAST, NORTH, 10), square(EAST + 2, NORTH + 2, 3), "b lies within a: 9.00 m²", "b位于a之内"),
        (square(EAST + 2, NORTH + 2, 3), square(EAST, NORTH, 10), "a lies within b: 9.00 m²", "a位于b之内"),
        (square(EAST, NORTH, 10), square(EAST, NORTH, 10), "a and b are the same area twice: 100.00 m²", "完全相同"),
    ],
)
def test_containment_and_duplicates_are_overlaps(first: Polygon, second: Polygon, english: str, chinese: str) -> None:
    (finding,) = overlap(make_subject([first, second]), RULE).findings
    assert finding.message.en.startswith(english)
    assert chinese in finding.message.zh


def test_three_zones_on_one_spot_are_three_pairs() -> None:
    outcome = overlap(make_subject([square(EAST, NORTH, 10)] * 3), RULE)
    assert [finding.zones for finding in outcome.findings] == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_pair_that_meets_in_two_places_is_one_finding_over_both() -> None:
    comb = MultiPolygon([rectangle(EAST + 8, NORTH, 5, 2), rectangle(EAST + 8, NORTH + 5, 5, 3)])
    (finding,) = overlap(make_subject([square(EAST, NORTH, 10), comb]), RULE).findings
    assert finding.area_m2 == pytest.approx(2 * 2 + 2 * 3, rel=1e-6)
    assert finding.width_m == pytest.approx(2, rel=0.01)
    assert len(finding.geometry.geoms) == 2


def test_within_the_tolerance_an_overlap_is_counted_and_summed_but_not_a_finding() -> None:
    zones = [square(EAST, NORTH, 100), square(EAST + 99.995, NORTH, 100)]
    outcome = overlap(make_subject(zones, tolerance=Tolerance(0.1, 0.01)), RULE)
    assert outcome.findings == ()
    assert outcome.tolerated == 1
    assert outcome.tolerated_m2 == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize(("depth", "found"), [(0.0099, 0), (0.0102, 1)])
def test_the_width_tolerance_decides(depth: float, found: int) -> None:
    zones = [square(EAST, NORTH, 1000), square(EAST + 1000 - depth, NORTH, 1000)]
    assert len(overlap(make_subject(zones), RULE).findings) == found


def test_noise_below_what_coordinates_can_hold_is_no_overlap_even_without_a_tolerance() -> None:
    zones = [square(EAST, NORTH, 10), translate(square(EAST + 10, NORTH, 10), -1e-10, 0)]
    outcome = overlap(make_subject(zones, tolerance=Tolerance(0.0, 0.0)), RULE)
    assert outcome.findings == ()


def test_without_a_tolerance_a_tenth_of_a_millimetre_is_found_with_digits_that_show_it() -> None:
    zones = [square(EAST, NORTH, 10), square(EAST + 9.9999, NORTH, 10)]
    (finding,) = overlap(make_subject(zones, tolerance=Tolerance(0.0, 0.0)), RULE).findings
    assert finding.area_m2 == pytest.approx(1e-3, rel=1e-3)
    assert "0.001 m²" in finding.message.en
    assert "0.00 m²" not in finding.message.en


def test_in_degrees_areas_and_widths_are_metres() -> None:
    # At 31.8° north one second of longitude is 26.31 m, one of latitude 30.80 m (CGCS2000 ellipsoid).
    second = 1 / 3600
    zones = [
        rectangle(117.2, 31.8, 10 * second, 10 * second),
        rectangle(117.2 + 9 * second, 31.8, 10 * second, 10 * second),
    ]
    (finding,) = overlap(make_subject(zones, crs="EPSG:4490"), RULE).findings
    assert finding.area_m2 == pytest.approx(26.31 * 308.0, rel=1e-3)
    assert finding.width_m == pytest.approx(26.31, rel=0.01)


def test_zones_are_called_by_the_names_of_the_plan() -> None:
    plan = make_plan(
        zones=[
            {"id": "east", "name": {"en": "East Park", "zh": "东园"}},
            {"id": "west", "name": {"en": "West Park", "zh": "西园"}},
        ]
    )
    layer = make_layer([square(EAST, NORTH, 10), square(EAST + 5, NORTH, 10)], ids=["west", "east"])
    (finding,) = overlap(make_subject(layer, plan=plan), RULE).findings
    assert finding.zones == ("west", "east")
    assert finding.message.en.startswith("West Park and East Park overlap")
    assert finding.message.zh.startswith("西园与东园部分重叠")


def test_two_features_of_one_zone_are_told_apart_by_their_numbers() -> None:
    plan = make_plan(zones=[{"id": "east", "name": {"en": "East Park", "zh": "东园"}}])
    layer = make_layer([square(EAST, NORTH, 10), square(EAST + 5, NORTH, 10)], ids=["east", "east"])
    (finding,) = overlap(make_subject(layer, plan=plan), RULE).findings
    assert finding.message.en.startswith("East Park (feature 1) and East Park (feature 2) overlap")
    assert finding.message.zh.startswith("东园（第 1 个要素）与东园（第 2 个要素）部分重叠")


def test_a_name_with_braces_in_it_stays_as_it_is() -> None:
    layer = make_layer([square(EAST, NORTH, 10), square(EAST + 5, NORTH, 10)], ids=["{one}", "${x} {0}"])
    (finding,) = overlap(make_subject(layer), RULE).findings
    assert finding.message.en.startswith("{one} and ${x} {0} overlap")


def test_an_invalid_zone_overlaps_with_its_mended_form() -> None:
    bowtie = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    (finding,) = overlap(make_subject([bowtie, square(EAST, NORTH, 10)]), RULE).findings
    assert finding.area_m2 == pytest.approx(50, rel=1e-6)


def test_features_without_a_measurable_shape_are_not_counted_as_looked_at() -> None:
    assert overlap(make_subject([square(EAST, NORTH, 10), None]), RULE).examined == 1
    assert overlap(make_subject([None]), RULE).examined == 0


def test_the_severity_is_the_rules() -> None:
    rule = PlainRule(check="overlap", severity=Severity.WARNING)
    (finding,) = overlap(make_subject([square(EAST, NORTH, 10)] * 2), rule).findings
    assert finding.severity is Severity.WARNING


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return overlap(make_subject(make_layer(shapes, ids=names)), RULE)

    slanted = Polygon([(EAST + 3, NORTH - 4), (EAST + 19, NORTH + 3), (EAST + 13, NORTH + 21)])
    assert_ids_survive_a_reexport(run, square(EAST, NORTH, 10), slanted, square(EAST + 8, NORTH + 8, 10))


def test_the_id_changes_with_the_shared_shape_only() -> None:
    first, second = square(EAST, NORTH, 10), square(EAST + 8, NORTH, 10)

    def found(*zones: Polygon) -> str:
        return overlap(make_subject(list(zones)), RULE).findings[0].id

    longer = rectangle(EAST - 5, NORTH, 15, 10)
    assert found(longer, second) == found(first, second)
    assert found(first, square(EAST + 7.9, NORTH, 10)) != found(first, second)
