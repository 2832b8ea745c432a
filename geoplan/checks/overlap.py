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
    shapes = [piece.geometry for piece in found]
    pieces = hold_to_tolerance(subject, shapes)
    findings = tuple(_finding(subject, rule, found[place], piece) for place, piece in pieces.placed(subject, shapes))
    return Outcome(subject.measurable, findings, pieces.tolerated, pieces.tolerated_m2)


def _finding(subject: Subject, rule: PlainRule, pair: Overlap, piece: Piece) -> Finding:
    first, second = subject.labels[pair.first], subject.labels[pair.second]
    one, other = subject.name(first), subject.name(second)
    if one == other:  # one zone in two features: only their numbers tell them apart
        one, other = subject.feature(pair.first), subject.feature(pair.second)
    how = _RELATIONS[pair.relation]
    english, chinese = how.en.format(one=one.en, other=other.en), how.zh.format(one=one.zh, other=other.zh)
    message = Text(
        f"{english}: {square_metres(piece.area_m2)}, up to {across(piece.width_m)} wide.",
        f"{chinese}：{square_metres(piece.area_m2)}，最宽 {across(piece.width_m)}。",
    )
    return piece_finding(rule, (first, second), message, piece)
