"""A plan's published figures are told beside the measured ones, whether they hold or not."""

from __future__ import annotations

from datetime import date

import pytest

from geoplan.api import check
from geoplan.plan import Plan
from geoplan.result import CheckResult, PublishedFigure
from tests.helpers import EAST, NORTH, make_layer, make_plan, rectangle

SOURCE = {"id": "notice", "title": {"en": "The notice", "zh": "通知"}}


def plan(*rules: dict[str, object], **tables: object) -> Plan:
    """Return a plan of two zones, one of them in the group "inner", measured in the plane."""
    zones = [
        {"id": "a", "name": {"en": "Area A", "zh": "甲区"}, "groups": ["inner"]},
        {"id": "b", "name": {"en": "Area B", "zh": "乙区"}},
    ]
    groups = [{"id": "inner", "name": {"en": "Inner", "zh": "内区"}}]
    area = {"method": "planar", "projected": "EPSG:4548"}
    return make_plan(zones=zones, groups=groups, sources=[SOURCE], rules=list(rules), area=area, **tables)


def checked(by: Plan) -> CheckResult:
    """Return the check of a 3 km² zone beside a 1 km² one."""
    shapes = [rectangle(EAST, NORTH, 3000, 1000), rectangle(EAST + 3000, NORTH, 1000, 1000)]
    return check(make_layer(shapes, ids=["a", "b"]), plan=by)


def only(result: CheckResult) -> PublishedFigure:
    (figure,) = result.published
    return figure


@pytest.mark.parametrize(("published", "holds"), [(4.0, True), (4.004, True), (4.1, False)])
def test_a_total_holds_within_its_tolerance(published: float, holds: bool) -> None:
    figure = only(checked(plan({"check": "area-total", "km2": published, "source": "notice"})))
    assert (figure.holds, figure.unit) == (holds, "km2")
    assert figure.measured == pytest.approx(4.0, abs=1e-9)
    assert figure.source is not None
    assert figure.source.zh == "通知"


@pytest.mark.parametrize(("low", "high", "holds"), [(0.7, 0.8, True), (0.75, 0.75, True), (0.8, 0.9, False)])
def test_a_share_is_held_to_its_range(low: float, high: float, holds: bool) -> None:
    rule = {"check": "area-share", "group": "inner", "min": low, "max": high, "published": "three quarters"}
    figure = only(checked(plan(rule)))
    assert figure.measured == pytest.approx(0.75, abs=1e-12)
    assert figure.holds is holds
    assert "three quarters" in figure.published.en
    assert f"{100 * low:g}–{100 * high:g} %" in figure.published.zh


@pytest.mark.parametrize(("count", "holds"), [(2, True), (3, False)])
def test_a_number_of_zones_is_counted(count: int, holds: bool) -> None:
    figure = only(checked(plan({"check": "zone-count", "count": count})))
    assert (figure.measured, figure.holds) == (2.0, holds)


def test_two_totals_each_have_their_own_verdict() -> None:
    wrong, right = {"check": "area-total", "km2": 5.0}, {"check": "area-total", "km2": 4.0}
    assert [figure.holds for figure in checked(plan(wrong, right)).published] == [False, True]


def test_a_rule_that_is_switched_off_is_not_held() -> None:
    assert checked(plan({"check": "area-total", "km2": 5.0, "enabled": False})).published == ()


def test_nothing_is_said_to_hold_before_it_is_measured() -> None:
    figure = only(check(plan({"check": "area-total", "km2": 4.0})))
    assert (figure.measured, figure.holds) == (None, None)


def overlapping(by: Plan) -> CheckResult:
    shapes = [rectangle(EAST, NORTH, 3000, 1000), rectangle(EAST + 2900, NORTH, 1000, 1000)]
    return check(make_layer(shapes, ids=["a", "b"]), plan=by)


def accepted(finding: str, **more: object) -> dict[str, object]:
    return {"finding": finding, "reason": "agreed", "author": "an editor", **more}


def test_an_accepted_finding_is_listed_and_does_not_fail() -> None:
    (found,) = overlapping(plan()).failing
    result = overlapping(plan(accepted=[accepted(found.id)]))
    assert result.passed
    assert [f.accepted.reason.en for f in result.findings if f.accepted] == ["agreed"]
    assert {f.id for f in result.findings if f.accepted} == {found.id}
    assert result.lapsed == ()


def test_an_acceptance_lapses_when_the_geometry_changes_and_is_listed_as_such() -> None:
    (found,) = overlapping(plan()).failing
    result = checked(plan(accepted=[accepted(found.id)]))
    assert [(entry.finding, entry.acceptance.author) for entry in result.lapsed] == [(found.id, "an editor")]
    assert "geometry changed" in result.lapsed[0].why.en


def test_an_expired_acceptance_fails_again_and_says_when_it_expired() -> None:
    (found,) = overlapping(plan()).failing
    result = overlapping(plan(known=[accepted(found.id, expires=date(2020, 1, 31))]))
    assert not result.passed
    assert "2020-01-31" in result.lapsed[0].why.en
    assert "2020-01-31" in result.lapsed[0].why.zh
