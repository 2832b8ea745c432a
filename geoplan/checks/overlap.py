"""overlap: two zones cover the same ground. By intersection area, so containment and duplicates count."""

from __future__ import annotations

import numpy as np

from geoplan.area import piece_areas, widths
from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.coverage import Overlap
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text

_RELATIONS = {
    "partial": Text("overlap", "部分重叠"),
    "contains": Text("overlap: the first contains the second", "前者包含后者"),
    "within": Text("overlap: the first lies within the second", "前者位于后者之内"),
    "equal": Text("are the same area twice", "范围完全相同"),
}


def overlap(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every pair of zones that overlap by more than the tolerance, once, with its polygon."""
    found = subject.coverage.overlaps
    shapes = np.array([piece.geometry for piece in found], dtype=object)
    areas = piece_areas(shapes, subject.layer.crs)
    across = widths(shapes, subject.layer.crs)
    real = [subject.tolerance.exceeded_by(*figures) for figures in zip(areas, across, strict=True)]
    findings = tuple(
        _finding(subject, rule, piece, float(area), float(width))
        for piece, area, width, counts in zip(found, areas, across, real, strict=True)
        if counts
    )
    tolerated = areas[~np.array(real, dtype=bool)]
    examined = int(np.sum([shape is not None for shape in subject.solid]))
    return Outcome(examined, findings, len(tolerated), float(tolerated.sum()))


def _finding(subject: Subject, rule: PlainRule, piece: Overlap, area: float, width: float) -> Finding:
    first, second = subject.labels[piece.first], subject.labels[piece.second]
    one, other, how = subject.name(first), subject.name(second), _RELATIONS[piece.relation]
    return Finding(
        check="overlap",
        severity=rule.severity,
        zones=(first, second),
        message=Text(
            f"{one.en} and {other.en} {how.en}: {area:,.2f} m², up to {width:,.3f} m wide.",
            f"{one.zh}与{other.zh}{how.zh}：{area:,.2f} m²，最宽 {width:,.3f} m。",
        ),
        subject=subject.layer.geometry_digest(piece.geometry),
        geometry=piece.geometry,
        area_m2=area,
        width_m=width,
        expected=0.0,
        measured=area,
        unit="m2",
    )
