"""zone-inside: no zone reaches outside the boundary of the site."""

from __future__ import annotations

import numpy as np
import shapely

from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.pieces import Piece, hold_to_tolerance, piece_finding
from geoplan.checks.subject import Subject
from geoplan.checks.wording import metres, square_metres
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text


def zone_inside(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every zone of which more than the tolerance lies outside the site, with that part."""
    if subject.boundary is None:
        return skipped("there is no site boundary to hold the zones against", "没有可供对照的项目边界")
    boundary = subject.boundary
    if not shapely.is_valid(boundary):
        boundary = shapely.make_valid(boundary, method="structure")
    shapely.prepare(boundary)
    places = np.flatnonzero(~shapely.is_missing(subject.solid))
    crossing = places[~shapely.covers(boundary, subject.solid[places])]
    outside = shapely.difference(subject.solid[crossing], boundary)
    crossing, outside = crossing[shapely.area(outside) > 0], outside[shapely.area(outside) > 0]
    pieces = hold_to_tolerance(subject, outside)
    findings = tuple(
        _finding(subject, rule, int(crossing[index]), piece) for index, piece in pieces.placed(subject, outside)
    )
    return Outcome(subject.measurable, findings, pieces.tolerated, pieces.tolerated_m2)


def _finding(subject: Subject, rule: PlainRule, place: int, piece: Piece) -> Finding:
    label, whole, area, width = subject.labels[place], float(subject.area_m2[place]), piece.area_m2, piece.width_m
    name = subject.name(label)
    # The part and the whole are measured by different means, so a zone all outside may come out as 100.00001 %.
    share = f"{min(100 * area / whole, 100.0):.3g} %"
    message = Text(
        f"{name.en} reaches outside the site boundary: {square_metres(area)} ({share} of the zone), "
        f"up to {metres(width)} wide.",
        f"{name.zh}超出项目边界：{square_metres(area)}（占该分区 {share}），最宽 {metres(width)}。",
    )
    return piece_finding(rule, (label,), message, piece)
