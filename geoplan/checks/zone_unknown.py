"""zone-unknown: every feature is a zone the plan declares."""

from __future__ import annotations

import difflib

from geoplan.checks.figures import places_by_zone
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.match import folded, known_names
from geoplan.plan import Plan, Zone
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Severity, Text, ZoneId


def zone_unknown(subject: Subject, rule: PlainRule) -> Outcome:
    """Report features that are no declared zone, with the zone that may be meant.

    A feature that was taken for a zone whose name is not published is told of as information.
    """
    plan = subject.plan
    if plan is None or not plan.zones:
        return skipped("no plan declares zones", "没有声明分区的规划")
    loaded = places_by_zone(subject)
    unknown = [place for place, zone in enumerate(subject.matching.zones) if zone is None]
    findings = (
        *(_unknown(subject, plan, rule, place) for place in unknown),
        *(_filled(subject, plan, zone, loaded[zone][0]) for zone in subject.matching.filled),
    )
    return Outcome(examined=len(subject.layer), findings=findings)


def _unknown(subject: Subject, plan: Plan, rule: PlainRule, place: int) -> Finding:
    label, feature = subject.labels[place], subject.feature(place)
    meant = _meant(subject, plan, label, subject.matching.names[place])
    english = f" Did you mean {meant.name.en} ({meant.id})?" if meant else ""
    chinese = f"是否为{meant.name.zh}（{meant.id}）？" if meant else ""
    return Finding(
        check="zone-unknown",
        severity=rule.severity,
        zones=(label,),
        message=Text(
            f"{feature.en} is not a zone of the plan.{english}",
            f"{feature.zh}不是规划中的分区。{chinese}",
        ),
        subject=subject.subject_digest(place),
        geometry=subject.solid[place],
    )


def _meant(subject: Subject, plan: Plan, label: ZoneId, name: Text) -> Zone | None:
    """Return the zone with a name most like the feature's, of those that have no feature yet."""
    loaded = places_by_zone(subject)
    names = {text: zone for text, zone in known_names(plan).items() if zone not in loaded}
    tried = [folded(text) for text in (label, name.en, name.zh)]
    likeness = {
        close: difflib.SequenceMatcher(None, text, close).ratio()
        for text in tried
        for close in difflib.get_close_matches(text, names, n=1)
    }
    return plan.zone_by_id[names[max(likeness, key=likeness.__getitem__)]] if likeness else None


def _filled(subject: Subject, plan: Plan, zone: ZoneId, place: int) -> Finding:
    feature, slot = subject.feature(place), plan.zone_by_id[zone].name
    return Finding(
        check="zone-unknown",
        severity=Severity.INFO,
        zones=(zone,),
        message=Text(
            f"{feature.en} was taken for {slot.en} ({zone}), whose name the plan does not give.",
            f"{feature.zh}按{slot.zh}（{zone}）处理，规划未给出其名称。",
        ),
        subject=subject.subject_digest(place),
        geometry=subject.solid[place],
    )
