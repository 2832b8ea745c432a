"""zone-missing: every declared zone has a feature, unless its boundary is declared as awaited."""

from __future__ import annotations

from geoplan.checks.figures import places_by_zone
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text


def zone_missing(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every declared zone that no feature of the layer is; zones awaiting their boundary are let be."""
    if subject.plan is None or not subject.plan.zones:
        return skipped("no plan declares zones", "没有声明分区的规划")
    loaded = places_by_zone(subject)
    findings = tuple(
        Finding(
            check="zone-missing",
            severity=rule.severity,
            zones=(zone.id,),
            message=Text(
                f"{zone.name.en} ({zone.id}) is declared in the plan, but no feature of the layer is this zone.",
                f"规划声明了{zone.name.zh}（{zone.id}），但图层中没有该分区。",
            ),
        )
        for zone in subject.plan.zones
        if zone.id not in loaded and not zone.awaiting
    )
    return Outcome(examined=len(subject.plan.zones), findings=findings)
