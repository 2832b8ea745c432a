from __future__ import annotations

import pytest

from geoplan.checks.area_total import area_total
from geoplan.plan.rules import AreaTotalRule
from geoplan.types import AreaMethod, Severity
from tests.checks.valley import TOTAL_RULE, all_zones_with, shapes, strip, valley, valley_plan, without, zones_with


def only_finding(subject, rule=TOTAL_RULE):
    outcome = area_total(subject, rule)
    assert outcome.examined == 1
    [finding] = outcome.findings
    return finding


def test_a_total_as_published_is_no_finding():
    outcome = area_total(valley(), TOTAL_RULE)
    assert (outcome.examined, outcome.findings, outcome.skipped) == (1, (), None)


@pytest.mark.parametrize("off_km2", [0.005, -0.005])
def test_a_total_at_the_edge_of_the_tolerance_holds(off_km2):
    assert area_total(valley(shapes(core=3.0 + off_km2)), TOTAL_RULE).findings == ()


def test_a_total_just_beyond_the_tolerance_is_told_with_enough_decimals():
    finding = only_finding(valley(shapes(core=3.0051)))
    assert "Total area is 8.2251 km²" in finding.message.en
    assert "0.0051 km² too much (tolerance 0.005 km²)" in finding.message.en


def test_a_difference_of_square_metres_keeps_its_digits_without_a_tolerance():
    rule = AreaTotalRule(check="area-total", km2=8.22, tolerance_km2=0.0)
    finding = only_finding(valley(shapes(core=3.000012)), rule)  # 12 m² more
    assert "Total area is 8.220012 km²" in finding.message.en
    assert "0.000012 km² too much" in finding.message.en


def test_the_finding_states_total_published_source_difference_and_method_in_both_languages():
    finding = only_finding(valley(shapes(core=3.192)))
    assert finding.message.en.startswith(
        "Total area is 8.412 km² (planar, EPSG:4548), published 8.22 km² (source: The blueprint): 0.192 km² too much"
    )
    assert finding.message.zh.startswith(
        "总面积 8.412 km²（平面面积，EPSG:4548），公布 8.22 km²（来源：实施方案）：多 0.192 km²"
    )
    assert (finding.check, finding.severity, finding.unit) == ("area-total", Severity.ERROR, "km2")
    assert finding.expected == 8.22
    assert finding.measured == pytest.approx(8.412, abs=1e-9)
    assert finding.area_m2 == pytest.approx(192_000, abs=1e-3)


def test_a_total_that_is_too_small_says_so():
    finding = only_finding(valley(shapes(core=2.8)))
    assert "0.200 km² too little" in finding.message.en
    assert "少 0.200 km²" in finding.message.zh


def test_the_ellipsoidal_total_differs_from_the_planar_one_by_the_scale_squared():
    # Some 20 km from the central meridian the scale is 1 + 20²/(2·6371²) = 1.000005, so 10 millionths of 8.412 km².
    finding = only_finding(valley(shapes(core=3.192), method=AreaMethod.ELLIPSOIDAL))
    assert "8.412 km² (ellipsoidal)" in finding.message.en
    assert finding.measured == pytest.approx(8.412, rel=2e-5)
    assert finding.measured < 8.412 * (1 - 5e-6)


def test_the_rule_s_severity_is_the_finding_s():
    rule = TOTAL_RULE.model_copy(update={"severity": Severity.WARNING})
    assert only_finding(valley(shapes(core=4.0)), rule).severity is Severity.WARNING


def test_the_id_changes_with_any_zone_s_geometry_and_with_the_published_figure():
    finding = only_finding(valley(shapes(core=4.0)))
    moved = shapes(core=4.0) | {"shushan": strip(9, 0.92)}
    other = AreaTotalRule(check="area-total", km2=9.0, source="news")
    ids = {
        finding.id,
        only_finding(valley(moved)).id,
        only_finding(valley(shapes(core=4.0)), other).id,
    }
    assert len(ids) == 3
    assert only_finding(valley(shapes(core=4.0))).id == finding.id


def test_an_empty_layer_is_skipped_with_the_boundaries_loaded():
    outcome = area_total(valley({}), TOTAL_RULE)
    assert outcome.examined == 0
    assert outcome.skipped.en == "nothing to measure: 0 of 4 boundaries loaded"
    assert outcome.skipped.zh == "没有可量算的边界：已载入 4 个边界中的 0 个"


def test_zones_without_any_measurable_boundary_total_nothing_and_that_is_a_finding():
    finding = only_finding(valley(dict.fromkeys(shapes())))
    assert "Total area is 0.000 km²" in finding.message.en
    assert finding.measured == 0


def test_while_boundaries_are_awaited_a_small_total_is_not_held_against_the_plan():
    plan = valley_plan(all_zones_with(awaiting=True))
    outcome = area_total(valley(without("core"), plan=plan), TOTAL_RULE)
    assert outcome.findings == ()
    assert outcome.skipped.en == "the total cannot be compared yet: 3 of 4 boundaries loaded"


def test_a_total_that_is_too_large_is_told_even_while_boundaries_are_awaited():
    plan = valley_plan(zones_with("shushan", awaiting=True))
    geometry = shapes(core=5.0)
    del geometry["shushan"]  # 5.0 + 2.2 + 2.1 = 9.3
    assert "1.080 km² too much" in only_finding(valley(geometry, plan=plan)).message.en


def test_a_zone_declared_as_awaited_counts_once_it_is_there():
    plan = valley_plan(all_zones_with(awaiting=True))
    assert "0.500 km² too little" in only_finding(valley(shapes(core=2.5), plan=plan)).message.en


def test_the_message_carries_the_explanation_in_both_languages():
    finding = only_finding(valley(without("shushan")))
    assert "Shushan Area is missing" in finding.message.en
    assert "缺少蜀山园" in finding.message.zh
