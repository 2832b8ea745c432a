"""The ordered table of checks, and running it: every check is told of, also those that found nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from geoplan.checks.outcome import Check, Outcome
from geoplan.checks.overlap import overlap
from geoplan.checks.subject import Subject
from geoplan.plan.rules import BaseRule, PlainRule
from geoplan.types import Acceptance, CheckRun, Finding, Text

CHECKS: tuple[Check, ...] = (Check("overlap", overlap, PlainRule(check="overlap")),)

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
    for check in CHECKS:
        outcome = _run(check, subject, tuple(rule for rule in rules if getattr(rule, "check", "") == check.name))
        found = tuple(_accepted(finding, acceptances, today) for finding in outcome.findings)
        runs.append(
            CheckRun(check.name, outcome.examined, len(found), outcome.tolerated, outcome.tolerated_m2, outcome.skipped)
        )
        findings += found
    return tuple(runs), tuple(
        sorted(findings, key=lambda finding: (finding.accepted is not None, finding.severity.rank))
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
        skipped=next((outcome.skipped for outcome in outcomes if outcome.skipped), None),
    )


def _accepted(finding: Finding, acceptances: Mapping[str, Acceptance], today: date) -> Finding:
    acceptance = acceptances.get(finding.id)
    if acceptance is None or (acceptance.expires is not None and acceptance.expires < today):
        return finding
    return replace(finding, accepted=acceptance)
