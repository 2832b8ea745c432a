"""zone-count: as many zones have a boundary as are published."""

from __future__ import annotations

from geoplan.checks.figures import awaited, boundaries_loaded, source_text
from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.plan.rules import ZoneCountRule
from geoplan.types import Finding, Text


def zone_count(subject: Subject, rule: ZoneCountRule) -> Outcome:
    """Report when the number of different zones with a boundary that can be measured is not the published one.

    Boundaries that are awaited are not held against it: while they explain what is missing, the check is skipped.
    """
    counted = {label for label, area in zip(subject.labels, subject.area_m2, strict=True) if area > 0}
    count, still_to_come = len(counted), len(awaited(subject))
    if count == rule.count:
        return Outcome(examined=count)
    if count < rule.count <= count + still_to_come:
        loaded = boundaries_loaded(subject)
        return Outcome(skipped=loaded)
    source, one = source_text(subject, rule), count == 1
    finding = Finding(
        check="zone-count",
        severity=rule.severity,
        zones=(),
        message=Text(
            f"{count} zone{'' if one else 's'} {'has' if one else 'have'} a boundary that can be measured, "
            f"published {rule.count}{source.en}.",
            f"有可量算边界的分区为 {count} 个，公布 {rule.count} 个{source.zh}。",
        ),
        subject=f"{subject.subject_digest()} {rule.count}",
        expected=rule.count,
        measured=count,
        unit="zones",
    )
    return Outcome(examined=count, findings=(finding,))
