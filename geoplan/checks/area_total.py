"""area-total: all zones together have the published area."""

from __future__ import annotations

from geoplan.checks.explain import explain
from geoplan.checks.figures import (
    SAME_M2,
    as_written,
    awaited,
    boundaries_loaded,
    digits_for,
    km2,
    method_text,
    source_text,
)
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.plan.rules import AreaTotalRule
from geoplan.types import M2_PER_KM2, Finding, Text


def area_total(subject: Subject, rule: AreaTotalRule) -> Outcome:
    """Report when the measured total is not the published one, and what would explain the difference.

    While boundaries are awaited the total can only be too small, so it is only reported when too large.
    """
    if not len(subject.layer):
        loaded = boundaries_loaded(subject)
        return skipped(f"nothing to measure: {loaded.en}", f"没有可量算的边界：{loaded.zh}")
    difference = subject.total_m2 - rule.km2 * M2_PER_KM2
    allowed = rule.tolerance_km2 * M2_PER_KM2 + SAME_M2
    if awaited(subject) and difference <= allowed:
        loaded = boundaries_loaded(subject)
        return skipped(f"the total cannot be compared yet: {loaded.en}", f"总面积暂无法比较：{loaded.zh}")
    findings = () if abs(difference) <= allowed else (_finding(subject, rule, difference),)
    return Outcome(examined=1, findings=findings)


def _finding(subject: Subject, rule: AreaTotalRule, difference: float) -> Finding:
    digits = digits_for(difference)
    total, gap, published = km2(subject.total_m2, digits), km2(abs(difference), digits), as_written(rule.km2)
    method, source, cause = method_text(subject), source_text(subject, rule), explain(subject, rule)
    allowed, much = as_written(rule.tolerance_km2), difference > 0
    return Finding(
        check="area-total",
        severity=rule.severity,
        zones=(),
        message=Text(
            f"Total area is {total} ({method.en}), published {published} km²{source.en}: {gap} too "
            f"{'much' if much else 'little'} (tolerance {allowed} km²). {cause.en}",
            f"总面积 {total}（{method.zh}），公布 {published} km²{source.zh}：{'多' if much else '少'} {gap}"
            f"（容差 {allowed} km²）。{cause.zh}",
        ),
        subject=f"{subject.subject_digest()} {published}",
        area_m2=abs(difference),
        expected=rule.km2,
        measured=subject.total_m2 / M2_PER_KM2,
        unit="km2",
    )
