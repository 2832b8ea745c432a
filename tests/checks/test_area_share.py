from __future__ import annotations

import pytest

from geoplan.checks.area_share import area_share
from geoplan.plan.rules import AreaShareRule
from tests.checks.valley import SHARE, all_zones_with, shapes, strip, valley, valley_plan, without, zones_with
from tests.helpers import make_plan, make_subject

SHARE_RULE = AreaShareRule.model_validate({key: value for key, value in SHARE.items() if key != "published"})


def only_finding(subject, rule=SHARE_RULE):
    outcome = area_share(subject, rule)
    assert outcome.examined == 1
    [finding] = outcome.findings
    return finding


def share_rule(**values):
    return AreaShareRule.model_validate({"check": "area-share", "group": "zone"} | values)


def test_a_share_within_the_range_is_no_finding():
    outcome = area_share(valley(), SHARE_RULE)  # 7.3 / 8.22 = 0.8881
    assert (outcome.examined, outcome.findings) == (1, ())


@pytest.mark.parametrize(
    ("core", "shushan", "low", "high"),
    [
        (3.7, 2.0, 0.8, 1.0),  # 3.7 + 2.2 + 2.1 = 8 of 10
        (3.7, 2.0, 0.0, 0.8),
        (1.7, 6 / 9, 0.9, 1.0),  # 6 of 6.666…, where rounding of floats makes it a little less than 90 %
        (2.7, 7 / 9, 0.0, 0.9),  # 7 of 7.777…, where it makes it a little more
    ],
)
def test_a_share_exactly_on_a_bound_holds(core, shushan, low, high):
    subject = valley(shapes(core=core, shushan=shushan))
    assert area_share(subject, share_rule(min=low, max=high)).findings == ()


def test_a_share_too_small_says_how_much_more_would_do():
    # 7.3 / 10 = 73 %; 88 % of 10 is 8.8, so 1.5 more.
    finding = only_finding(valley(shapes(shushan=2.7)))
    assert finding.message.en == (
        "High-tech Zone has 73.00 % of the total area (7.300 km² / 10.000 km²), published (source: The blueprint) "
        "as 88 % to 90 %: 1.500 km² more in the group, the total staying the same, would make it 88 %."
    )
    assert finding.measured == pytest.approx(0.73, abs=1e-9)
    assert finding.area_m2 == pytest.approx(1.5e6, abs=1e-3)
    assert finding.expected == "0.88–0.9"


def test_a_share_too_large_says_how_much_less_would_do():
    # 7.3 / 8.0 = 91.25 %; 90 % of 8 is 7.2, so 0.1 less.
    finding = only_finding(valley(shapes(shushan=0.7)))
    assert "has 91.25 % of the total area (7.300 km² / 8.000 km²)" in finding.message.en
    assert "0.100 km² less in the group, the total staying the same, would make it 90 %" in finding.message.en
    assert (
        "高新区占总面积的 91.25 %（7.300 km² / 8.000 km²），公布（来源：实施方案）为 88 % 至 90 %" in finding.message.zh
    )
    assert "再减少 0.100 km² 即为 90 %" in finding.message.zh


def test_the_published_sentence_is_quoted_with_its_source():
    plan = valley_plan()
    [rule] = plan.rules
    finding = only_finding(valley(shapes(shushan=0.7), plan=plan), rule)
    assert "(“nearly 90 percent”, source: The blueprint)" in finding.message.en
    assert "（“近 90%”，来源：实施方案）" in finding.message.zh


def test_a_share_next_to_the_bound_gets_the_decimals_that_tell_them_apart():
    # 8.000001 / 10.000001 = 0.80000002: 0.0000002 km² = 0.2 m² above 80 %.
    finding = only_finding(valley(shapes(core=3.700001, shushan=2.0)), share_rule(max=0.8))
    assert "has 80.0000020 % of" in finding.message.en


def test_the_finding_is_about_the_zones_of_the_group_in_the_plan_s_order():
    assert only_finding(valley(shapes(shushan=0.7))).zones == ("core", "high-tech", "iflytek")


def test_zones_of_a_sub_group_count_as_the_group_s():
    zones = [
        {"id": "core", "name": "Core", "groups": ["inner"]},
        {"id": "shushan", "name": "Shushan"},
    ]
    groups = [{"id": "zone", "name": "Zone"}, {"id": "inner", "name": "Inner", "groups": ["zone"]}]
    plan = make_plan(zones=zones, groups=groups)
    subject = valley({"core": strip(0, 3.0), "shushan": strip(1, 1.0)}, plan=plan)
    assert only_finding(subject, share_rule(max=0.5)).measured == pytest.approx(0.75)


def test_a_zone_of_the_group_that_is_not_there_is_named():
    finding = only_finding(valley(without("core") | {"iflytek": None}))
    assert "without Core Area and iFlytek Town" in finding.message.en
    assert "不含核心区、讯飞小镇" in finding.message.zh
    assert finding.measured == pytest.approx(2.2 / 3.12)


def test_a_group_that_is_not_there_at_all_has_no_share():
    finding = only_finding(valley({"shushan": strip(0, 1.0)}))
    assert "has 0.00 % of the total area" in finding.message.en


def test_a_feature_outside_the_plan_counts_in_the_total_only():
    finding = only_finding(valley(more=[("annex", strip(8, 1.78))]))
    assert "(7.300 km² / 10.000 km²)" in finding.message.en


def test_layers_without_any_area_are_skipped():
    outcome = area_share(valley(dict.fromkeys(shapes())), SHARE_RULE)
    assert (outcome.examined, outcome.findings) == (0, ())
    assert outcome.skipped.en == "no zone has an area that can be measured"


@pytest.mark.parametrize("geometry", [{}, {"core": strip(0, 3.0)}])
def test_while_boundaries_are_awaited_no_share_is_measured(geometry):
    outcome = area_share(valley(geometry, plan=valley_plan(all_zones_with(awaiting=True))), SHARE_RULE)
    assert outcome.findings == ()
    assert outcome.skipped.en == f"the share cannot be measured yet: {len(geometry)} of 4 boundaries loaded"


def test_without_a_plan_there_are_no_groups():
    outcome = area_share(make_subject([strip(0, 1.0)]), SHARE_RULE)
    assert outcome.skipped is not None
    assert outcome.findings == ()


def test_the_id_changes_with_the_geometry_and_with_the_rule():
    subject = valley(shapes(shushan=0.7))
    ids = {
        only_finding(subject).id,
        only_finding(valley(shapes(shushan=0.71))).id,
        only_finding(subject, share_rule(min=0.1, max=0.2)).id,
        only_finding(valley(shapes(shushan=0.7), plan=valley_plan(zones_with("core", groups=[]))), SHARE_RULE).id,
    }
    assert len(ids) == 4
