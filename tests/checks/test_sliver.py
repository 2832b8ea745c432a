from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from geoplan.checks import sliver as module
from geoplan.checks.sliver import measure_shapes, sliver, slivers
from geoplan.crs import norm_crs, project
from geoplan.plan.rules import SliverRule
from geoplan.types import Severity
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import NORTH, make_layer, make_subject, rectangle, square

RULE = SliverRule(check="sliver")
EAST = 500_000.0  # on the central meridian, where plane and ground agree


def judged(shape: Polygon, **thresholds: float) -> bool:
    rule = SliverRule.model_validate({"check": "sliver"} | thresholds)
    return bool(slivers(measure_shapes(np.array([shape], dtype=object)), rule)[0])


def test_a_compact_zone_is_no_sliver_however_small() -> None:
    outcome = sliver(make_subject([square(EAST, NORTH, 1), square(EAST + 5, NORTH, 1000)]), RULE)
    assert (outcome.examined, outcome.findings) == (2, ())


def test_a_strip_is_one_finding_with_its_length_and_width() -> None:
    (finding,) = sliver(make_subject([rectangle(EAST, NORTH, 100, 2)]), RULE).findings
    assert finding.check == "sliver"
    assert finding.zones == ("a",)
    assert finding.severity is Severity.WARNING
    assert finding.area_m2 == pytest.approx(200, rel=1e-6)
    assert finding.width_m == pytest.approx(2, rel=1e-6)
    assert (finding.measured, finding.unit) == (finding.width_m, "m")
    assert finding.geometry.equals(rectangle(EAST, NORTH, 100, 2))
    assert "about 100.0 m × 2.000 m (200.00 m²)" in finding.message.en
    assert "100.0 m × 2.000 m" in finding.message.zh
    assert_bilingual(finding)


def test_a_long_and_narrow_zone_wide_enough_to_stand_on_is_no_sliver() -> None:
    # 1000 × 100 m is ten times as long as wide, but neither small nor narrow.
    assert not judged(rectangle(0, 0, 1000, 100))


# One criterion of the first step at a time: the other two are set where they cannot hold.
@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ({"max_area_m2": 400.0, "max_width_m": 0.0}, True),  # 100 × 4 = 400 m², "≤" includes it
        ({"max_area_m2": 399.9, "max_width_m": 0.0}, False),
        ({"max_area_m2": 0.0, "max_width_m": 4.0}, True),  # the rectangle's width
        ({"max_area_m2": 0.0, "max_width_m": 3.84}, False),  # 2A/P = 800 / 208 = 3.846
        ({"max_area_m2": 0.0, "max_width_m": 3.85}, True),
    ],
)
def test_the_first_step_needs_one_of_area_width_and_mean_width(thresholds: dict[str, float], expected: bool) -> None:
    assert judged(rectangle(0, 0, 100, 4), **thresholds) is expected


# 60 × 10 m: elongation 6, 4πA/P² = 0.3847, P/(2√(πA)) = 1.6123, P²/A = 32.667.
NEVER = {"min_elongation": 1e9, "max_compactness": 0.0, "min_shape_index": 1e9, "min_perimeter_ratio": 1e9}
SIGNS = [
    {"min_elongation": 5.999},
    {"max_compactness": 0.3848},
    {"min_shape_index": 1.6122},
    {"min_perimeter_ratio": 32.66},
]
MISSES = [
    {"min_elongation": 6.001},
    {"max_compactness": 0.3846},
    {"min_shape_index": 1.6124},
    {"min_perimeter_ratio": 32.67},
]


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("second", range(4))
def test_the_second_step_needs_two_of_its_four_signs(first: int, second: int) -> None:
    assert judged(rectangle(0, 0, 60, 10), **(NEVER | SIGNS[first] | SIGNS[second])) is (first != second)


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("second", range(4))
def test_a_sign_just_missed_does_not_count(first: int, second: int) -> None:
    if first != second:
        assert not judged(rectangle(0, 0, 60, 10), **(NEVER | SIGNS[first] | MISSES[second]))


def test_the_figures_of_a_rectangle_are_its_sides_however_it_is_turned() -> None:
    shapes = measure_shapes(np.array([rectangle(0, 0, 60, 10), rotate(rectangle(0, 0, 60, 10), 33)], dtype=object))
    for values, expected in (
        (shapes.long_side, 60),
        (shapes.short_side, 10),
        (shapes.length, 60),
        (shapes.width, 10),
        (shapes.area, 600),
        (shapes.perimeter, 140),
    ):
        assert values == pytest.approx([expected, expected], rel=1e-9)


def test_a_bent_strip_is_as_long_as_it_is_unrolled() -> None:
    # A half ring of radius 100 and width 2, whose minimum rectangle is about 202 × 101.
    arc = LineString([(100 * math.cos(t), 100 * math.sin(t)) for t in np.linspace(0, math.pi, 400)])
    shapes = measure_shapes(np.array([arc.buffer(1, cap_style="flat")], dtype=object))
    assert shapes.short_side[0] > 100
    assert shapes.length[0] == pytest.approx(100 * math.pi, rel=1e-3)
    assert shapes.width[0] == pytest.approx(2, rel=1e-3)
    assert judged(arc.buffer(1, cap_style="flat"))


def test_a_disc_is_rounder_than_any_rectangle_and_still_has_figures() -> None:
    shapes = measure_shapes(np.array([Point(0, 0).buffer(10, quad_segs=64)], dtype=object))
    assert np.isfinite(shapes.length).all()
    assert not judged(Point(0, 0).buffer(1))


def test_a_thread_of_a_tenth_of_a_millimetre_over_ten_kilometres_is_a_sliver() -> None:
    (finding,) = sliver(make_subject([rotate(rectangle(EAST, NORTH, 10_000, 1e-4), 33)]), RULE).findings
    assert finding.width_m == pytest.approx(1e-4, rel=1e-3)


def test_each_part_of_a_zone_is_looked_at_and_named() -> None:
    parts = MultiPolygon(
        [square(EAST, NORTH, 100), rectangle(EAST + 200, NORTH, 90, 1), rectangle(EAST + 400, NORTH, 80, 1)]
    )
    outcome = sliver(make_subject([square(EAST - 500, NORTH, 100), parts]), RULE)
    assert outcome.examined == 4
    assert [finding.zones for finding in outcome.findings] == [("b",), ("b",)]
    first, second = outcome.findings
    assert first.message.en.startswith("Part 2 of b (feature 2) is a sliver, about 90.0 m")
    assert second.message.en.startswith("Part 3 of b (feature 2)")
    assert "第 2 部分" in first.message.zh
    assert first.id != second.id
    assert_bilingual(first, second)


def test_in_degrees_a_sliver_is_measured_in_metres() -> None:
    # 0.0001° of longitude is 9.47 m at 31.8° north, 0.000018° of latitude is 2.00 m; 0.001° are 94.7 m.
    strip = rectangle(117.2, 31.8, 0.001, 0.000018)
    (finding,) = sliver(make_subject([strip], crs="EPSG:4490"), RULE).findings
    assert finding.width_m == pytest.approx(2.0, rel=5e-3)
    assert finding.area_m2 == pytest.approx(94.7 * 2.0, rel=5e-3)
    tall_in_degrees = rectangle(117.2, 31.8, 0.001, 0.00085)  # square on the ground
    assert sliver(make_subject([tall_in_degrees], crs="EPSG:4490"), RULE).findings == ()


def test_no_polygon_at_all_is_nothing_to_look_at() -> None:
    for shapes in ([], [None], [Point(EAST, NORTH)]):
        outcome = sliver(make_subject(shapes), RULE)
        assert (outcome.examined, outcome.findings) == (0, ())


def test_ids_survive_a_reexport() -> None:
    def run(shapes, names):
        return sliver(make_subject(make_layer(shapes, ids=names)), RULE)

    assert_ids_survive_a_reexport(run, rectangle(EAST, NORTH, 100, 2), rotate(rectangle(EAST, NORTH + 9, 80, 1), 20))


def test_the_part_order_does_not_change_the_id() -> None:
    parts = [rectangle(EAST, NORTH, 90, 1), square(EAST + 200, NORTH, 100)]
    one, two = (sliver(make_subject([MultiPolygon(order)]), RULE).findings[0].id for order in (parts, parts[::-1]))
    assert one == two


def test_an_invalid_zone_is_looked_at_in_its_mended_form() -> None:
    bowtie = Polygon([(EAST, NORTH), (EAST + 200, NORTH + 2), (EAST + 200, NORTH), (EAST, NORTH + 2)])
    outcome = sliver(make_subject([bowtie]), RULE)
    assert outcome.examined == 2
    assert all(shapely.is_valid(finding.geometry) for finding in outcome.findings)
    assert len(outcome.findings) == 2


@pytest.mark.parametrize("crs", [4548, 4490])
def test_in_a_large_layer_the_same_slivers_are_found(crs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    sizes = rng.choice([0.5, 3.0, 4.9, 5.1, 30.0, 120.0], (60, 2))
    shapes = [rotate(rectangle(EAST + 200 * n, NORTH, across, along), 7 * n) for n, (across, along) in enumerate(sizes)]
    stored = list(project(shapes, norm_crs(4548), norm_crs(crs)))
    subject = make_subject(stored, crs=crs)
    every = [finding.id for finding in sliver(subject, RULE).findings]
    monkeypatch.setattr(module, "_FEW", 3)
    assert [finding.id for finding in sliver(subject, RULE).findings] == every
    assert len(every) > 5
