from __future__ import annotations

import pytest

from geoplan.checks.zone_count import zone_count
from geoplan.plan.rules import ZoneCountRule
from geoplan.types import Severity
from tests.checks.valley import COUNT_RULE, all_zones_with, shapes, strip, valley, valley_plan, without, zones_with
from tests.helpers import make_subject, square


def test_the_published_number_of_zones_is_no_finding():
    outcome = zone_count(valley(), COUNT_RULE)
    assert (outcome.examined, outcome.findings, outcome.skipped) == (4, (), None)


def test_fewer_zones_than_published_are_told_with_both_numbers_and_the_source():
    outcome = zone_count(valley(without("core")), COUNT_RULE)
    [finding] = outcome.findings
    assert finding.message.en == "3 zones have a boundary that can be measured, published 4 (source: The blueprint)."
    assert finding.message.zh == "有可量算边界的分区为 3 个，公布 4 个（来源：实施方案）。"
    assert (finding.expected, finding.measured, finding.unit) == (4, 3, "zones")
    assert finding.severity is Severity.ERROR


def test_one_zone_reads_as_one():
    [finding] = zone_count(valley({"core": strip(0, 1.0)}), COUNT_RULE).findings
    assert finding.message.en.startswith("1 zone has a boundary")


def test_a_zone_without_a_measurable_boundary_does_not_count():
    [finding] = zone_count(valley(shapes() | {"core": None}), COUNT_RULE).findings
    assert finding.measured == 3


def test_a_zone_on_two_features_counts_once():
    assert zone_count(valley(more=[("core", strip(7, 1.0))]), COUNT_RULE).findings == ()


def test_a_feature_that_is_no_zone_of_the_plan_counts_too():
    [finding] = zone_count(valley(more=[("annex", strip(7, 1.0))]), COUNT_RULE).findings
    assert finding.measured == 5


def test_the_rule_holds_without_a_plan():
    subject = make_subject([square(518_000, 3_521_000, 10), square(518_100, 3_521_000, 10)])
    assert zone_count(subject, ZoneCountRule(check="zone-count", count=2)).findings == ()
    assert zone_count(subject, ZoneCountRule(check="zone-count", count=3)).findings[0].measured == 2


@pytest.mark.parametrize(
    ("loaded", "english", "chinese"),
    [
        (0, "0 of 4 boundaries loaded", "已载入 4 个边界中的 0 个"),
        (2, "2 of 4 boundaries loaded", "已载入 4 个边界中的 2 个"),
    ],
)
def test_while_awaited_boundaries_explain_what_is_missing_it_is_skipped(loaded, english, chinese):
    geometry = dict(list(shapes().items())[:loaded])
    outcome = zone_count(valley(geometry, plan=valley_plan(all_zones_with(awaiting=True))), COUNT_RULE)
    assert (outcome.skipped.en, outcome.skipped.zh) == (english, chinese)
    assert (outcome.examined, outcome.findings) == (0, ())


def test_awaited_boundaries_that_do_not_explain_all_that_is_missing_are_no_excuse():
    plan = valley_plan(zones_with("shushan", awaiting=True))
    [finding] = zone_count(valley(without("core", "shushan"), plan=plan), COUNT_RULE).findings
    assert finding.measured == 2


def test_an_awaited_zone_that_came_empty_is_not_awaited_any_more():
    plan = valley_plan(all_zones_with(awaiting=True))
    assert len(zone_count(valley(shapes() | {"core": None}, plan=plan), COUNT_RULE).findings) == 1


def test_more_zones_than_published_are_told_even_while_some_are_awaited():
    plan = valley_plan(zones_with("shushan", awaiting=True))
    rule = ZoneCountRule(check="zone-count", count=2)
    assert zone_count(valley(without("shushan"), plan=plan), rule).findings[0].measured == 3
