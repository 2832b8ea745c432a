"""A plan answers questions about its zones, groups, rules and acceptances."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from geoplan.plan import Plan
from geoplan.plan.rules import AreaTotalRule, PlainRule
from geoplan.types import AreaMethod, Tolerance
from tests.helpers import make_plan
from tests.plan.documents import VALID


@pytest.fixture
def plan() -> Plan:
    return Plan.model_validate(VALID)


def test_the_smallest_plan_has_the_defaults_of_the_product() -> None:
    smallest = make_plan()
    assert smallest.tolerance == Tolerance(area_m2=1.0, width_m=0.01)
    assert (smallest.area.method, smallest.area.projected) == (AreaMethod.ELLIPSOIDAL, None)
    assert (smallest.zones, smallest.groups, smallest.rules, smallest.sources) == ((), (), (), ())
    assert smallest.layers.zones is None


def test_zones_groups_and_sources_are_found_by_id(plan: Plan) -> None:
    assert plan.zone_by_id["rim"].name.en == "Rim"
    assert list(plan.group_by_id) == ["inner", "outer", "all"]
    assert plan.source_by_id["notice"].date == "2026-05"


def test_a_group_holds_the_zones_of_its_sub_groups(plan: Plan) -> None:
    assert plan.zones_in("inner") == {"core"}
    assert plan.zones_in("all") == {"core", "rim"}
    assert plan.zones_in("nowhere") == frozenset()


def test_groups_in_a_circle_or_a_thousand_deep_are_still_counted() -> None:
    deep = [{"id": f"g{n}", "name": "G", "groups": [f"g{n + 1}"]} for n in range(2000)]
    nested = make_plan(zones=[{"id": "a", "name": "A", "groups": ["g0"]}], groups=deep)
    assert nested.zones_in("g1999") == {"a"}
    circle = [{"id": "x", "name": "X", "groups": ["y"]}, {"id": "y", "name": "Y", "groups": ["x"]}]
    assert make_plan(zones=[{"id": "a", "name": "A", "groups": ["x"]}], groups=circle).zones_in("y") == {"a"}


def test_rules_are_found_by_check_in_their_order(plan: Plan) -> None:
    (total,) = plan.rules_of(AreaTotalRule, "area-total")
    assert total.km2 == 8.22
    assert [rule.check for rule in plan.rules_of(PlainRule, "gap")] == ["gap"]
    assert plan.rules_of(PlainRule, "overlap") == ()


def test_acceptances_name_their_kind_reason_author_and_end(plan: Plan) -> None:
    accepted = plan.acceptances()["gap-0123456789ab"]
    assert (accepted.kind, accepted.reason.en, accepted.author) == ("accepted", "a lake", "someone")
    assert accepted.expires == date(2027, 12, 31)
    assert plan.acceptances()["overlap-0123456789ab"].kind == "known"


def test_a_plan_cannot_be_changed(plan: Plan) -> None:
    with pytest.raises(ValidationError):
        plan.id = "other"  # type: ignore[misc]
