"""area-share: a group of zones has the published share of the total."""

from __future__ import annotations

from geoplan.checks.figures import (
    SAME_M2,
    area_by_zone,
    as_written,
    awaited,
    boundaries_loaded,
    decimals,
    digits_for,
    km2,
    listed,
    names_of,
    percent,
    source_text,
)
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.plan import Plan
from geoplan.plan.rules import AreaShareRule
from geoplan.types import Finding, Text


def area_share(subject: Subject, rule: AreaShareRule) -> Outcome:
    """Report when a group's share of the measured total lies outside the published range."""
    plan = subject.plan
    if plan is None:
        return skipped("a share needs a plan that says which zones are in the group", "占比检查需要规划中的分组")
    if awaited(subject) or not len(subject.layer):
        loaded = boundaries_loaded(subject)
        return skipped(f"the share cannot be measured yet: {loaded.en}", f"占比暂无法量算：{loaded.zh}")
    if subject.total_m2 <= 0:
        return skipped("no zone has an area that can be measured", "没有可量算面积的分区")
    measured = area_by_zone(subject)
    area = sum(measured.get(zone, 0.0) for zone in plan.zones_in(rule.group))
    short = rule.min * subject.total_m2 - area
    excess = area - rule.max * subject.total_m2
    holds = short <= SAME_M2 and excess <= SAME_M2
    findings = () if holds else (_finding(subject, plan, rule, area, short if short > 0 else -excess),)
    return Outcome(examined=1, findings=findings)


def _finding(subject: Subject, plan: Plan, rule: AreaShareRule, area: float, change: float) -> Finding:
    """Return the finding; `change` in m² is what would have to be added to the group, the total staying the same."""
    share, bound = area / subject.total_m2, rule.min if change > 0 else rule.max
    digits = digits_for(change)
    # As many decimals of a percent as tell the share from the bound.
    shown = percent(share, decimals(100 * (share - bound), 2))
    group, source, without = (
        plan.group_by_id[rule.group].name,
        source_text(subject, rule),
        _without(subject, plan, rule),
    )
    figures, gap, more = f"{km2(area, digits)} / {km2(subject.total_m2, digits)}", km2(abs(change), digits), change > 0
    members = plan.zones_in(rule.group)
    low, high, nearest = _percent_written(rule.min), _percent_written(rule.max), _percent_written(bound)
    return Finding(
        check="area-share",
        severity=rule.severity,
        zones=tuple(zone.id for zone in plan.zones if zone.id in members),
        message=Text(
            f"{group.en} has {shown} of the total area ({figures}{without.en}), published{source.en} as "
            f"{low} to {high}: {gap} {'more' if more else 'less'} in the group, the total staying the same, "
            f"would make it {nearest}.",
            f"{group.zh}占总面积的 {shown}（{figures}{without.zh}），公布{source.zh}为 {low} 至 {high}："
            f"总面积不变时，该组再{'增加' if more else '减少'} {gap} 即为 {nearest}。",
        ),
        subject=f"{subject.subject_digest()} {rule.group} {low} {high}",
        area_m2=abs(change),
        expected=f"{as_written(rule.min)}–{as_written(rule.max)}",
        measured=share,
        unit="share",
    )


def _percent_written(share: float) -> str:
    return f"{as_written(round(100 * share, 10))} %"


def _without(subject: Subject, plan: Plan, rule: AreaShareRule) -> Text:
    """Return the zones of the group that are not in the figure, so that nobody looks for the fault elsewhere."""
    measured = area_by_zone(subject)
    members = plan.zones_in(rule.group)
    lacking = [zone.id for zone in plan.zones if zone.id in members and zone.id not in measured]
    names = listed(names_of(subject, lacking))
    return Text(f", without {names.en}", f"，不含{names.zh}") if lacking else Text.same("")
