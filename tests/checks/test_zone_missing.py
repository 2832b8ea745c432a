from __future__ import annotations

from geoplan.checks.zone_missing import zone_missing
from geoplan.types import Severity
from tests.checks.valley import all_zones_with, plain, shapes, valley, valley_plan, without, zones_with
from tests.helpers import make_plan, make_subject, square

RULE = plain("zone-missing")


def test_a_layer_with_every_declared_zone_misses_none():
    outcome = zone_missing(valley(), RULE)
    assert (outcome.examined, outcome.findings, outcome.skipped) == (4, (), None)


def test_every_zone_without_a_feature_is_a_finding_with_its_name_and_id():
    outcome = zone_missing(valley(without("core", "shushan")), RULE)
    assert outcome.examined == 4
    assert [finding.zones for finding in outcome.findings] == [("core",), ("shushan",)]
    message = outcome.findings[1].message
    assert message.en == "Shushan Area (shushan) is declared in the plan, but no feature of the layer is this zone."
    assert message.zh == "规划声明了蜀山园（shushan），但图层中没有该分区。"
    assert outcome.findings[1].severity is Severity.ERROR


def test_a_feature_with_empty_geometry_is_still_there():
    assert zone_missing(valley(shapes() | {"core": None}), RULE).findings == ()


def test_a_zone_awaiting_its_boundary_is_not_missing():
    plan = valley_plan(zones_with("shushan", awaiting=True))
    outcome = zone_missing(valley(without("core", "shushan"), plan=plan), RULE)
    assert [finding.zones for finding in outcome.findings] == [("core",)]


def test_a_plan_that_awaits_all_boundaries_misses_none_in_an_empty_layer():
    outcome = zone_missing(valley({}, plan=valley_plan(all_zones_with(awaiting=True))), RULE)
    assert (outcome.examined, outcome.findings) == (4, ())


def test_each_missing_zone_has_an_id_of_its_own_that_stays():
    first, second = zone_missing(valley(without("core", "shushan")), RULE).findings
    assert first.id != second.id
    assert zone_missing(valley(without("core")), RULE).findings[0].id == first.id


def test_the_rule_s_severity_is_the_finding_s():
    rule = RULE.model_copy(update={"severity": Severity.INFO})
    assert zone_missing(valley(without("core")), rule).findings[0].severity is Severity.INFO


def test_without_declared_zones_it_is_skipped():
    for plan in (None, make_plan()):
        outcome = zone_missing(make_subject([square(518_000, 3_521_000, 10)], plan=plan), RULE)
        assert outcome.skipped.get("en") == "no plan declares zones"
        assert outcome.examined == 0
