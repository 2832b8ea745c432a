from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from geoplan.checks import CHECKS, run_checks
from geoplan.plan.rules import RULE_MODELS
from geoplan.types import Acceptance, Severity, Text
from tests.checks.valley import shapes, strip, valley, valley_plan, without
from tests.helpers import make_plan, make_subject, square

TODAY = date(2026, 3, 1)
TOTAL = {"check": "area-total", "km2": 8.22}


def checked(subject, *, rules=None, acceptances=None, today=TODAY):
    if rules is None:
        rules = subject.plan.rules if subject.plan else ()
    runs, findings = run_checks(subject, tuple(rules), acceptances or {}, today)
    return {run.check: run for run in runs}, findings


def overlapping(by_km2=0.3):
    """The valley where Shushan also covers ground of iFlytek Town."""
    geometry = shapes()
    geometry["shushan"] = geometry["shushan"].union(strip(3, by_km2))
    return geometry


def the_overlap(findings):
    return next(finding for finding in findings if finding.check == "overlap")


def planned_rules(*rules):
    return valley_plan(rules=list(rules)).rules


def entry(finding_id, **values):
    return {"finding": finding_id, "reason": {"en": "Old line", "zh": "旧线"}, "author": "Li"} | values


# --- the table ---


def test_every_check_is_told_of_once_in_the_order_of_the_table():
    runs, _ = run_checks(valley(), (), {}, TODAY)
    assert [run.check for run in runs] == [check.name for check in CHECKS]
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_every_check_a_plan_can_have_a_rule_for_is_in_the_table():
    names = {name for model in RULE_MODELS for name in get_args(model.model_fields["check"].annotation)}
    assert names == {check.name for check in CHECKS}


def test_each_default_rule_is_one_of_its_own_check():
    for check in CHECKS:
        assert check.default is None or check.default.check == check.name


def test_sound_zones_make_no_finding_and_every_check_that_ran_says_how_much_it_examined():
    runs, findings = checked(valley())
    assert findings == ()
    assert runs["overlap"].examined == 4
    assert runs["overlap"].findings == 0
    assert runs["area-share"].examined == 1


def test_a_file_without_a_plan_is_checked_too():
    runs, findings = checked(make_subject([square(518_000, 3_521_000, 100), square(518_050, 3_521_000, 100)]))
    assert [finding.check for finding in findings if finding.severity is Severity.ERROR] == ["overlap"]
    assert runs["zone-missing"].skipped.en == "no plan declares zones"


# --- rules ---


@pytest.mark.parametrize("check", ["area-total", "zone-count"])
def test_a_check_that_needs_a_rule_is_skipped_without_one(check):
    runs, _ = checked(valley())
    assert runs[check].skipped.en == "not asked for: there is no rule for it"
    assert runs[check].examined == 0


def test_a_rule_gives_a_check_its_parameters_and_severity():
    _, findings = checked(valley(shapes(core=3.1)), rules=planned_rules(TOTAL | {"severity": "warning"}))
    assert [(finding.check, finding.severity) for finding in findings] == [("area-total", Severity.WARNING)]


def test_a_check_that_is_switched_off_says_so_and_finds_nothing():
    runs, findings = checked(valley(overlapping()), rules=planned_rules({"check": "overlap", "enabled": False}))
    assert runs["overlap"].skipped.en == "switched off"
    assert "overlap" not in {finding.check for finding in findings}


def test_a_rule_for_one_check_leaves_the_others_with_their_defaults():
    _, findings = checked(valley(overlapping()), rules=planned_rules({"check": "gap", "enabled": False}))
    assert the_overlap(findings).severity is Severity.ERROR


def test_two_rules_of_one_check_both_run_and_are_summed():
    rules = planned_rules(TOTAL, {"check": "area-total", "km2": 9.0}, {"check": "area-total", "km2": 7.0})
    runs, findings = checked(valley(), rules=rules)
    assert (runs["area-total"].examined, runs["area-total"].findings) == (3, 2)
    assert [finding.expected for finding in findings] == [9.0, 7.0]


def test_of_two_rules_the_one_switched_off_does_not_run():
    rules = planned_rules({"check": "area-total", "km2": 9.0, "enabled": False}, TOTAL)
    runs, findings = checked(valley(), rules=rules)
    assert (runs["area-total"].examined, findings) == (1, ())


def test_tolerated_pieces_are_told_with_the_check():
    # 5 mm × 1 km of iFlytek Town's ground: 5 m², but narrower than a centimetre
    runs, findings = checked(valley(overlapping(0.000005)))
    assert "overlap" not in {finding.check for finding in findings}
    assert runs["overlap"].tolerated == 1
    assert runs["overlap"].tolerated_m2 == pytest.approx(5, rel=1e-3)


# --- order ---


def test_findings_come_worst_first_and_what_is_accepted_last():
    plan = valley_plan(rules=[{"check": "overlap", "severity": "warning"}, TOTAL])
    subject = valley(overlapping(), more=[("annex", strip(8, 0.4))], plan=plan)
    _, findings = checked(subject)
    ranks = [finding.severity.rank for finding in findings]
    assert ranks == sorted(ranks)
    assert {Severity.ERROR, Severity.WARNING} <= {finding.severity for finding in findings}
    unknown = next(finding for finding in findings if finding.check == "zone-unknown")
    _, again = checked(subject, acceptances={unknown.id: Acceptance("known", Text.same("x"), "Li")})
    assert again[-1].check == "zone-unknown"
    assert again[-1].severity is Severity.ERROR


def test_equal_findings_stay_in_the_order_of_the_table_and_of_the_zones():
    _, findings = checked(valley(without("core", "shushan")), rules=planned_rules(TOTAL))
    assert [(finding.check, finding.zones) for finding in findings] == [
        ("zone-missing", ("core",)),
        ("zone-missing", ("shushan",)),
        ("area-total", ()),
    ]


# --- what is known or accepted ---


def accepted_as(kind, subject, today=TODAY, **values):
    """The overlap of a subject, after the plan has it among `known` or `accepted`."""
    _, before = checked(valley(overlapping()))
    plan = valley_plan(rules=[], **{kind: [entry(the_overlap(before).id, **values)]})
    runs, findings = checked(subject, acceptances=plan.acceptances(), today=today)
    assert runs["overlap"].findings == 1
    return the_overlap(findings)


@pytest.mark.parametrize("kind", ["known", "accepted"])
def test_a_known_or_accepted_finding_is_still_told_with_kind_reason_and_author(kind):
    acceptance = accepted_as(kind, valley(overlapping())).accepted
    assert (acceptance.kind, acceptance.author) == (kind, "Li")
    assert acceptance.reason == Text("Old line", "旧线")


def test_it_lapses_when_the_geometry_it_is_about_changes():
    assert accepted_as("accepted", valley(overlapping(0.31))).accepted is None


def test_it_stays_when_other_geometry_changes():
    geometry = overlapping() | {"core": strip(0, 3.1)}
    assert accepted_as("accepted", valley(geometry)).accepted is not None


def test_it_stays_when_features_are_reordered_and_rings_start_elsewhere():
    geometry = dict(reversed(overlapping().items()))
    ring = list(geometry["iflytek"].exterior.coords)[:-1]
    geometry["iflytek"] = type(geometry["iflytek"])([*ring[2:], *ring[:2]][::-1])
    assert accepted_as("accepted", valley(geometry)).accepted is not None


@pytest.mark.parametrize(
    ("expires", "holds"), [(date(2026, 3, 2), True), (date(2026, 3, 1), True), (date(2026, 2, 28), False)]
)
def test_it_holds_through_the_day_it_expires(expires, holds):
    finding = accepted_as("known", valley(overlapping()), expires=expires)
    assert (finding.accepted is not None) is holds


def test_an_accepted_total_lapses_when_any_zone_or_the_published_figure_changes():
    rules = planned_rules(TOTAL)
    _, [finding] = checked(valley(shapes(core=3.1)), rules=rules)
    accepted = {finding.id: Acceptance("accepted", Text.same("x"), "Li")}
    _, [same] = checked(valley(shapes(core=3.1)), rules=rules, acceptances=accepted)
    _, [reshaped] = checked(valley(shapes(core=3.11)), rules=rules, acceptances=accepted)
    _, [refigured] = checked(valley(shapes(core=3.1)), rules=planned_rules(TOTAL | {"km2": 8.0}), acceptances=accepted)
    assert (same.accepted is None, reshaped.accepted, refigured.accepted) == (False, None, None)


def test_what_is_both_known_and_accepted_is_accepted():
    finding = the_overlap(checked(valley(overlapping()))[1])
    plan = make_plan(known=[entry(finding.id)], accepted=[entry(finding.id)])
    assert plan.acceptances()[finding.id].kind == "accepted"


def test_an_acceptance_of_nothing_that_was_found_changes_nothing():
    acceptances = {"overlap-000000000000": Acceptance("known", Text.same("x"), "Li")}
    _, findings = checked(valley(overlapping()), acceptances=acceptances)
    assert all(finding.accepted is None for finding in findings)
