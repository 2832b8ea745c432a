"""geometry-empty: a feature that has no shape at all."""

from __future__ import annotations

import numpy as np
import shapely

from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text


def geometry_empty(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every feature whose geometry is missing or empty; no other geometry check looks at those."""
    geometry = subject.layer.geometry
    empty = np.flatnonzero(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    return Outcome(len(geometry), tuple(_finding(subject, rule, place) for place in empty.tolist()))


def _finding(subject: Subject, rule: PlainRule, place: int) -> Finding:
    name = subject.feature(place)
    missing = subject.layer.geometry[place] is None
    return Finding(
        check="geometry-empty",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{name.en} has {'no' if missing else 'an empty'} geometry, so it counts for no area. "
            "Draw its boundary, or delete the feature.",
            f"{name.zh}{'没有几何图形' if missing else '的几何图形为空'}，不计入任何面积。请补绘边界，或删除该要素。",
        ),
        subject=subject.subject_digest(place),
    )
