"""gap: ground that no zone covers, enclosed by zones or inside the site boundary."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.checks.figures import listed, names_of
from geoplan.checks.outcome import Outcome
from geoplan.checks.pieces import Piece, hold_to_tolerance, piece_finding
from geoplan.checks.subject import Subject
from geoplan.checks.wording import across, square_metres
from geoplan.coverage import Gap
from geoplan.edges import resolution
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text


def gap(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every gap beyond the tolerance, once, with its polygon: enclosed holes, and site minus zones.

    Without a site boundary only holes that zones enclose are gaps; a zone's own hole is one too.
    """
    found = subject.coverage.gaps
    pieces = hold_to_tolerance(subject, found.shapes)
    holes = found.at([place for place, _, _ in pieces.real])
    placed = pieces.placed(subject, found.shapes)
    findings = tuple(_finding(subject, rule, hole, piece) for hole, (_, piece) in zip(holes, placed, strict=True))
    return Outcome(subject.measurable, findings, pieces.tolerated, pieces.tolerated_m2)


def _finding(subject: Subject, rule: PlainRule, hole: Gap, piece: Piece) -> Finding:
    zones = tuple(subject.labels[place] for place in hole.neighbours)
    where = _where(subject, hole)
    message = Text(
        f"{where.en}: {square_metres(piece.area_m2)}, up to {across(piece.width_m)} wide.",
        f"{where.zh}：{square_metres(piece.area_m2)}，最宽 {across(piece.width_m)}。",
    )
    return piece_finding(rule, zones, message, piece)


def _where(subject: Subject, hole: Gap) -> Text:
    if not hole.neighbours:
        return Text("A part of the site that no zone touches is in no zone", "场地内有一处与各分区均不相邻的空白")
    names = listed(names_of(subject, (subject.labels[place] for place in hole.neighbours)))
    if subject.boundary is not None and _reaches(hole.geometry, subject.boundary):
        return Text(
            f"A part of the site beside {names.en} is in no zone", f"场地内紧邻{names.zh}的一处空白不属于任何分区"
        )
    if len(hole.neighbours) == 1:
        return Text(f"{names.en} has a hole that no other zone fills", f"{names.zh}内部有空洞，无其他分区填补")
    return Text(f"{names.en} enclose a gap that is in no zone", f"{names.zh}之间围成空隙，不属于任何分区")


def _reaches(hole: BaseGeometry, site: BaseGeometry) -> bool:
    """Return whether an edge of the hole runs along the outline of the site (a shared corner is not enough)."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(hole)]
    middles = np.vstack([(ring[1:] + ring[:-1]) / 2 for ring in rings])
    # Noding moves new corners by rounding, so the edges are on the outline only to within that.
    near = shapely.dwithin(shapely.points(middles), site.boundary, float(resolution(shapely.bounds(hole))))
    return bool(near.any())
