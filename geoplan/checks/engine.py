"""The ordered table of checks, and running it: every check is told of, also those that found nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from geoplan.checks.area_declared import area_declared
from geoplan.checks.area_minimum import area_minimum
from geoplan.checks.area_share import area_share
from geoplan.checks.area_total import area_total
from geoplan.checks.crs_range import crs_range
from geoplan.checks.extent import extent
from geoplan.checks.facility_inside import facility_inside
from geoplan.checks.gap import gap
from geoplan.checks.geometry_empty import geometry_empty
from geoplan.checks.geometry_type import geometry_type
from geoplan.checks.geometry_valid import geometry_valid
from geoplan.checks.outcome import Check, Outcome
from geoplan.checks.overlap import overlap
from geoplan.checks.sliver import sliver
from geoplan.checks.subject import Subject
from geoplan.checks.unmatched_vertex import unmatched_vertex
from geoplan.checks.zone_count import zone_count
from geoplan.checks.zone_duplicate import zone_duplicate
from geoplan.checks.zone_inside import zone_inside
from geoplan.checks.zone_missing import zone_missing
from geoplan.checks.zone_unknown import zone_unknown
from geoplan.parallel import uncollected
from geoplan.plan.rules import (
    AreaDeclaredRule,
    BaseRule,
    ExtentRule,
    FacilityInsideRule,
    PlainRule,
    SliverRule,
    UnmatchedVertexRule,
)
from geoplan.result import LapsedAcceptance
from geoplan.types import Acceptance, CheckRun, Finding, Severity, Text

# In the order in which a person would mend what they find: can it be read, is it sound, are these the
# zones, do they fit together, do the figures hold. `None` marks a check that needs a rule to run.
CHECKS: tuple[Check, ...] = (
    Check("crs", crs_range, PlainRule(check="crs")),
    Check("extent", extent, ExtentRule(check="extent")),
    Check("geometry-empty", geometry_empty, PlainRule(check="geometry-empty")),
    Check("geometry-type", geometry_type, PlainRule(check="geometry-type")),
    Check("geometry-valid", geometry_valid, PlainRule(check="geometry-valid")),
    Check("zone-missing", zone_missing, PlainRule(check="zone-missing")),
    Check("zone-unknown", zone_unknown, PlainRule(check="zone-unknown")),
    Check("zone-duplicate", zone_duplicate, PlainRule(check="zone-duplicate")),
    Check("zone-count", zone_count, None),
    Check("overlap", overlap, PlainRule(check="overlap")),
    Check("gap", gap, PlainRule(check="gap")),
    Check("sliver", sliver, SliverRule(check="sliver")),
    Check("unmatched-vertex", unmatched_vertex, UnmatchedVertexRule(check="unmatched-vertex")),
    Check("zone-inside", zone_inside, PlainRule(check="zone-inside")),
    Check("facility-inside", facility_inside, FacilityInsideRule(check="facility-inside")),
    Check("area-total", area_total, None),
    Check("area-share", area_share, None),
    Check("area-declared", area_declared, AreaDeclaredRule(check="area-declared")),
    Check("area-minimum", area_minimum, None),
)

_RANK = {severity: severity.rank for severity in Severity}
_NO_RULE = Text("not asked for: there is no rule for it", "未要求：没有对应规则")
_SWITCHED_OFF = Text("switched off", "已关闭")


def run_checks(
    subject: Subject, rules: tuple[BaseRule, ...], acceptances: Mapping[str, Acceptance], today: date
) -> tuple[tuple[CheckRun, ...], tuple[Finding, ...]]:
    """Run every check and return what each did, and all findings, the worst first.

    `rules` are the plan's (or those a user asked for); a check without one runs with its default. An
    acceptance marks the finding of its id until it expires, so that the finding no longer fails.
    """
    runs: list[CheckRun] = []
    findings: list[Finding] = []
    with uncollected():
        subject.look_ahead()
        for check in CHECKS:
            outcome = _run(check, subject, tuple(rule for rule in rules if getattr(rule, "check", "") == check.name))
            found = outcome.findings  # without acceptances no finding needs its id here, and a city has very many
            if acceptances:
                found = tuple(_accepted(finding, acceptances, today) for finding in found)
            tolerated = outcome.tolerated, outcome.tolerated_m2
            runs.append(CheckRun(check.name, outcome.examined, len(found), *tolerated, outcome.skipped))
            findings += found
    return tuple(runs), tuple(
        sorted(findings, key=lambda finding: (finding.accepted is not None, _RANK[finding.severity]))
    )


def _run(check: Check, subject: Subject, rules: tuple[BaseRule, ...]) -> Outcome:
    if not rules and check.default is None:
        return Outcome(skipped=_NO_RULE)
    wanted = [rule for rule in rules or (check.default,) if rule is not None and rule.enabled]
    if not wanted:
        return Outcome(skipped=_SWITCHED_OFF)
    outcomes = [check.run(subject, rule) for rule in wanted]
    if len(outcomes) == 1:
        return outcomes[0]
    return Outcome(
        examined=sum(outcome.examined for outcome in outcomes),
        findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
        tolerated=sum(outcome.tolerated for outcome in outcomes),
        tolerated_m2=sum(outcome.tolerated_m2 for outcome in outcomes),
        skipped=outcomes[0].skipped if all(outcome.skipped for outcome in outcomes) else None,
    )


def lapsed(
    findings: tuple[Finding, ...], acceptances: Mapping[str, Acceptance], today: date
) -> tuple[LapsedAcceptance, ...]:
    """Return the acceptances that cover nothing any more: expired, or without a finding of their id.

    A finding's id hangs on its geometry, so one whose geometry changed has another id.
    """
    found = {finding.id for finding in findings}
    gone = Text(
        "there is no such finding any more: it was mended, or its geometry changed",
        "已无此发现：已修正，或其几何已改变",
    )
    return tuple(
        LapsedAcceptance(
            name,
            acceptance,
            Text(f"expired on {acceptance.expires}", f"已于 {acceptance.expires} 到期") if name in found else gone,
        )
        for name, acceptance in acceptances.items()
        if name not in found or _expired(acceptance, today)
    )


def _expired(acceptance: Acceptance, today: date) -> bool:
    return acceptance.expires is not None and acceptance.expires < today


def _accepted(finding: Finding, acceptances: Mapping[str, Acceptance], today: date) -> Finding:
    acceptance = acceptances.get(finding.id)
    if acceptance is None or _expired(acceptance, today):
        return finding
    return replace(finding, accepted=acceptance)
