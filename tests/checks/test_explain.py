from __future__ import annotations

import pytest
import shapely
from shapely.affinity import translate

from geoplan.checks.explain import Cause, Evidence, causes, explain
from geoplan.types import Text
from tests.checks.valley import (
    TOTAL_RULE,
    all_zones_with,
    shapes,
    strip,
    valley,
    valley_plan,
    without,
    zones_with,
)
from tests.helpers import make_plan, make_subject

NO_SHARE = {"rules": []}


def explained(subject):
    return explain(subject, TOTAL_RULE)


def test_a_zone_that_appears_twice_is_named_with_the_area_it_adds():
    text = explained(valley(more=[("core", strip(7, 3.0))]))
    assert text.en == (
        "Likely cause: Core Area is on 2 features, which adds 3.000 km²; that accounts for all of the difference."
    )
    assert text.zh == "可能原因：核心区出现在 2 个要素上，多计 3.000 km²；可解释全部差额。"


def test_a_copied_zone_is_told_as_double_and_not_as_an_overlap_or_a_share_out_of_range():
    text = explained(valley(more=[("high-tech", shapes()["high-tech"])]))
    assert "High-tech Area is on 2 features, which adds 2.200 km²" in text.en


def test_an_overlap_of_two_zones_is_named_with_the_area_counted_twice():
    # Shushan (row 2) grows from 0.92 to 1.22 km², by 0.3 km² of the ground of iFlytek Town (row 3).
    geometry = shapes()
    geometry["shushan"] = geometry["shushan"].union(strip(3, 0.3))
    text = explained(valley(geometry, plan=valley_plan(**NO_SHARE)))
    assert "Shushan Area and iFlytek Town both cover 0.300 km²" in text.en
    assert "蜀山园与讯飞小镇重叠 0.300 km²" in text.zh
    assert "all of the difference" in text.en


def test_an_overlap_wins_over_a_range_that_would_explain_as_much():
    geometry = shapes()
    geometry["shushan"] = geometry["shushan"].union(strip(3, 0.3))
    assert "both cover 0.300 km²" in explained(valley(geometry)).en


def test_several_overlaps_together_explain_what_none_does_alone():
    # Core (row 0) grows by 0.3 km² of Shushan's ground and 0.2 km² of iFlytek Town's.
    geometry = shapes()
    geometry["core"] = geometry["core"].union(strip(2, 0.3)).union(strip(3, 0.2))
    text = explained(valley(geometry, plan=valley_plan(**NO_SHARE)))
    assert "2 overlaps count 0.500 km² twice" in text.en
    assert "2 处重叠使 0.500 km² 被重复计算" in text.zh


def test_a_missing_zone_is_named_with_what_total_and_share_leave_for_it():
    # 8.22 · (1 − 0.90) = 0.822 and 8.22 · (1 − 0.88) = 0.9864.
    text = explained(valley(without("shushan")))
    assert text.en == (
        "Likely cause: Shushan Area is missing (total and share leave 0.82–0.99 km²); "
        "that could account for all of the difference."
    )
    assert text.zh == "可能原因：缺少蜀山园（按总面积和占比应为 0.82–0.99 km²）；可能解释全部差额。"


def test_a_missing_zone_whose_area_is_published_is_named_with_it():
    plan = valley_plan(zones_with("core", published_km2=3.0))
    text = explained(valley(without("core"), plan=plan))
    assert "Core Area is missing (published 3 km²); that accounts for all of the difference" in text.en


def test_a_missing_zone_of_unknown_size_is_named_and_said_to_be_of_unknown_size():
    text = explained(valley(without("core")))
    assert "Core Area is missing (no area published)" in text.en
    assert "缺少核心区（未公布面积）" in text.zh


def test_a_missing_zone_that_is_larger_than_the_difference_says_by_how_much():
    # 2.2 + 0.92 + 2.1 + 0.5 of a zone unknown = 5.72: 2.5 too little, where core is published with 3.0.
    plan = valley_plan(zones_with("core", published_km2=3.0))
    text = explained(valley(without("core"), more=[("extra", strip(8, 0.5))], plan=plan))
    assert "Core Area is missing (published 3 km²); that accounts for 0.500 km² more than the difference" in text.en


def test_two_missing_zones_are_named_together():
    text = explained(valley(without("core", "iflytek")))
    assert "Core Area and iFlytek Town are missing" in text.en
    assert "缺少核心区、讯飞小镇" in text.zh


@pytest.mark.parametrize("emptied", [None, "POLYGON EMPTY", "out of range"])
def test_a_zone_whose_geometry_was_emptied_is_named(emptied):
    shape = {None: None, "POLYGON EMPTY": shapely.Polygon(), "out of range": strip(0, 1).buffer(0)}[emptied]
    if emptied == "out of range":
        shape = translate(shape, 5e8, 5e8)
    text = explained(valley(shapes() | {"shushan": shape}))
    assert "Shushan Area has no boundary that can be measured (total and share leave 0.82–0.99 km²)" in text.en
    assert "蜀山园的边界无法量算" in text.zh


def test_a_missing_and_an_empty_zone_are_both_named():
    text = explained(valley(without("core") | {"shushan": None}))
    assert "Core Area is missing and Shushan Area has no boundary that can be measured" in text.en


def test_a_zone_not_of_its_published_area_is_named_with_both_figures():
    plan = valley_plan(zones_with("core", published_km2=3.0))
    text = explained(valley(shapes(core=3.192), plan=plan))
    assert text.en == (
        "Likely cause: Core Area measures 3.192 km², published 3 km²; that accounts for all of the difference."
    )
    assert "核心区量得 3.192 km²，公布 3 km²" in text.zh


def test_a_cause_that_covers_a_part_says_which_part():
    # core has 0.15 km² too much of 0.2 km² in total
    plan = valley_plan(zones_with("core", published_km2=3.0), **NO_SHARE)
    text = explained(valley(shapes(core=3.15, iflytek=2.15), plan=plan))
    assert "accounts for 75 % of the difference" in text.en
    assert "差额的 75 %" in text.zh


def test_of_several_causes_the_closest_to_the_difference_is_named():
    plan = valley_plan(
        [zone | {"published_km2": size} for zone, size in zip(all_zones_with(), (3.0, 2.2, 0.92, 2.1), strict=True)],
        **NO_SHARE,
    )
    text = explained(valley(shapes(core=3.02, shushan=1.12), plan=plan))  # 0.02 and 0.2 of 0.22
    assert "Shushan Area measures 1.120 km², published 0.92 km²; that accounts for 91 %" in text.en


def test_a_cause_of_the_other_sign_is_never_named():
    # core is 0.5 km² too small by its published area, and yet the total is 0.5 km² too much
    plan = valley_plan(zones_with("core", published_km2=3.0), **NO_SHARE)
    text = explained(valley(shapes(core=2.5, iflytek=3.1), plan=plan))
    assert "Core Area" not in text.en


def test_the_rest_outside_the_range_that_total_and_share_leave_is_named_when_it_is_one_zone():
    text = explained(valley(shapes(shushan=1.36)))  # 0.44 too much
    assert text.en == (
        "Likely cause: Shushan Area measures 1.360 km² where total and share leave 0.82–0.99 km²; "
        "that could account for all of the difference."
    )
    assert "蜀山园量得 1.360 km²，按总面积和占比应为 0.82–0.99 km²" in text.zh


def test_a_group_outside_the_range_that_total_and_share_leave_is_named_by_its_group():
    # 8.22 · 0.88 = 7.2336 and 8.22 · 0.90 = 7.398; the group measures 7.3 + 0.3.
    text = explained(valley(shapes(core=3.3)))
    assert "the zones of High-tech Zone together measure 7.600 km² where total and share leave 7.23–7.40 km²" in text.en
    assert "高新区各分区合计量得 7.600 km²，按总面积和占比应为 7.23–7.40 km²" in text.zh


def test_a_feature_that_is_no_zone_of_the_plan_is_named_with_the_area_it_adds():
    text = explained(valley(more=[("annex", strip(8, 0.4))]))
    assert "annex, not in the plan, adds 0.400 km²" in text.en
    assert "规划中没有的annex多计 0.400 km²" in text.zh


def test_it_says_plainly_when_nothing_found_explains_the_difference():
    text = explained(valley(shapes(core=3.1), plan=valley_plan(**NO_SHARE)))
    assert text.en == "No double, missing or overlapping zone and no published figure explains it."
    assert text.zh == "没有发现重复、缺失、重叠的分区或公布数据可以解释这一差额。"


def test_a_cause_that_covers_next_to_nothing_is_not_offered():
    plan = valley_plan(zones_with("core", published_km2=3.0), **NO_SHARE)
    text = explained(valley(shapes(core=3.01, iflytek=2.59), plan=plan))  # 0.01 of 0.5
    assert text.en.startswith("No double")


def test_the_tolerance_of_the_published_total_is_not_held_against_a_cause():
    # 0.3 km² counted twice while the total was 0.004 km² below the published figure before.
    geometry = shapes(core=2.996)
    geometry["shushan"] = geometry["shushan"].union(strip(3, 0.3))
    assert "all of the difference" in explained(valley(geometry)).en


def test_a_share_rule_that_is_switched_off_leaves_no_range():
    share = {"check": "area-share", "group": "zone", "min": 0.88, "max": 0.9, "enabled": False}
    found = causes(valley(shapes(shushan=1.36), plan=valley_plan(rules=[share])), TOTAL_RULE)
    assert Evidence.RANGE not in {cause.evidence for cause in found}


def test_without_a_plan_only_overlaps_are_looked_for():
    subject = make_subject([strip(0, 1.0), strip(0, 2.0)])
    assert {cause.evidence for cause in causes(subject, TOTAL_RULE)} == {Evidence.OVERLAP}


def test_a_plan_without_zones_has_no_unknown_zone():
    subject = make_subject([strip(0, 1.0)], plan=make_plan())
    assert causes(subject, TOTAL_RULE) == ()


@pytest.mark.parametrize(
    ("low", "high", "difference", "left"),
    [
        (200, 200, 200, 0.0),
        (150, 150, 200, 0.25),
        (250, 250, 200, 0.25),
        (100, 300, 200, 0.0),
        (-300, -100, -400, 0.25),
        (200, 200, 210, 0.0),  # within the tolerance of 10
    ],
)
def test_what_a_cause_leaves_open_is_its_distance_to_the_difference(low, high, difference, left):
    cause = Cause(Text.same(""), low, high, Evidence.RANGE)
    assert cause.open_share(difference, 10 if difference == 210 else 0) == pytest.approx(left)


def test_a_cause_that_works_the_other_way_leaves_everything_open():
    assert Cause(Text.same(""), -5, -5, Evidence.ABSENT).open_share(5, 0) == float("inf")


def test_zones_within_their_ranges_explain_nothing():
    # 0.05 too much: the group measures 7.35 of 7.23–7.40, Shushan 0.92 of 0.82–0.99.
    assert explained(valley(shapes(core=3.05))).en.startswith("No double")


def test_copies_of_one_zone_are_no_overlap_of_two():
    found = causes(valley(more=[("core", shapes()["core"])], plan=valley_plan(**NO_SHARE)), TOTAL_RULE)
    assert [cause.evidence for cause in found] == [Evidence.TWICE]


def test_missing_zones_of_which_one_has_no_published_area_are_of_unknown_size():
    plan = valley_plan(zones_with("core", published_km2=3.0), **NO_SHARE)
    text = explained(valley(without("core", "iflytek"), plan=plan))
    assert "Core Area and iFlytek Town are missing (no area published)" in text.en
