"""zone-unknown: every feature is a zone the plan declares."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from itertools import zip_longest

from geoplan.checks.figures import places_by_zone
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.match import folded, known_names
from geoplan.plan import Plan, Zone
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Severity, Text, ZoneId

_COMPARISONS = 20_000  # of names, about a second


def zone_unknown(subject: Subject, rule: PlainRule) -> Outcome:
    """Report features that are no declared zone, with the zone that may be meant.

    A feature that was taken for a zone whose name is not published is told of as information.
    """
    plan = subject.plan
    if plan is None or not plan.zones:
        return skipped("no plan declares zones", "没有声明分区的规划")
    loaded = places_by_zone(subject)
    unknown = [place for place, zone in enumerate(subject.matching.zones) if zone is None]
    names = {text: zone for text, zone in known_names(plan).items() if zone not in loaded}
    # Comparing every name with every other would take minutes for a large file of another plan.
    guessed = _COMPARISONS // max(len(names), 1)
    meant = [_meant(subject, plan, names, place) for place in unknown[:guessed]]
    findings = (
        *(_unknown(subject, rule, *pair) for pair in zip_longest(unknown, meant)),
        *(_filled(subject, plan, zone, loaded[zone][0]) for zone in subject.matching.filled),
    )
    return Outcome(examined=len(subject.layer), findings=findings)


def _unknown(subject: Subject, rule: PlainRule, place: int, meant: Zone | None) -> Finding:
    feature = subject.feature(place)
    english = f" Did you mean {meant.name.en} ({meant.id})?" if meant else ""
    chinese = f"是否为{meant.name.zh}（{meant.id}）？" if meant else ""
    return Finding(
        check="zone-unknown",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{feature.en} is not a zone of the plan.{english}",
            f"{feature.zh}不是规划中的分区。{chinese}",
        ),
        subject=subject.subject_digest(place),
        geometry=subject.solid[place],
    )


def _meant(subject: Subject, plan: Plan, names: Mapping[str, ZoneId], place: int) -> Zone | None:
    """Return the zone of the name, of those in `names`, that is most like the feature's key or name."""
    name = subject.matching.names[place]
    guesses = [
        (difflib.SequenceMatcher(None, text, close).ratio(), close)
        for text in dict.fromkeys(folded(text) for text in (subject.labels[place], name.en, name.zh))
        for close in difflib.get_close_matches(text, names, n=1)
    ]
    return plan.zone_by_id[names[max(guesses)[1]]] if guesses else None


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
