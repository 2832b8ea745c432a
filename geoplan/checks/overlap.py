"""overlap: two zones cover the same ground. By intersection area, so containment and duplicates count."""

from __future__ import annotations

from geoplan.checks.outcome import Outcome
from geoplan.checks.pieces import Piece, hold_to_tolerance, piece_finding
from geoplan.checks.subject import Subject
from geoplan.checks.wording import across, square_metres
from geoplan.coverage import Overlap
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text

_RELATIONS = {
    "partial": Text("{one} and {other} overlap", "{one}与{other}部分重叠"),
    "contains": Text("{other} lies within {one}", "{other}位于{one}之内"),
    "within": Text("{one} lies within {other}", "{one}位于{other}之内"),
    "equal": Text("{one} and {other} are the same area twice", "{one}与{other}范围完全相同"),
}


def overlap(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every pair of zones that overlap by more than the tolerance, once, with its polygon.

    The area is that of the whole shared shape, the width that of its widest part.
    """
    found = subject.coverage.overlaps
    pieces = hold_to_tolerance(subject, [piece.geometry for piece in found])
    findings = tuple(_finding(subject, rule, found[place], area, width) for place, area, width in pieces.real)
    return Outcome(subject.measurable, findings, pieces.tolerated, pieces.tolerated_m2)


def _finding(subject: Subject, rule: PlainRule, piece: Overlap, area: float, width: float) -> Finding:
    first, second = subject.labels[piece.first], subject.labels[piece.second]
    one, other = subject.name(first), subject.name(second)
    if one == other:  # one zone in two features: only their numbers tell them apart
        one, other = subject.feature(piece.first), subject.feature(piece.second)
    how = _RELATIONS[piece.relation]
    english, chinese = how.en.format(one=one.en, other=other.en), how.zh.format(one=one.zh, other=other.zh)
    message = Text(
        f"{english}: {square_metres(area)}, up to {across(width)} wide.",
        f"{chinese}：{square_metres(area)}，最宽 {across(width)}。",
    )
    return piece_finding(subject, rule, (first, second), message, Piece(piece.geometry, area, width))
