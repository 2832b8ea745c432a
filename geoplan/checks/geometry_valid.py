"""geometry-valid: a polygon that breaks the rules of a simple feature, with the reason in words and the place."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Point

from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.checks.wording import defect, position
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text

_MENDED = Text("its mended form is measured", "按修复后的图形量算")
_UNMEASURED = Text("it counts for no area", "不计入任何面积")


def geometry_valid(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every invalid polygon once, with the first defect GEOS meets and its place as a point.

    A vertex that is not a number has no place: its number in the feature is told instead.
    """
    invalid = np.flatnonzero(~subject.valid)
    examined = int(np.count_nonzero(subject.polygonal))
    return Outcome(examined, tuple(_finding(subject, rule, place) for place in invalid.tolist()))


def _finding(subject: Subject, rule: PlainRule, place: int) -> Finding:
    shape, name = subject.layer.geometry[place], subject.feature(place)
    broken = np.flatnonzero(~np.isfinite(shapely.get_coordinates(shape)).all(axis=1))
    reason, where = _broken_vertex(int(broken[0])) if len(broken) else _explained(subject, place)
    return Finding(
        check="geometry-valid",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(f"{name.en}: {reason.en}", f"{name.zh}：{reason.zh}"),
        subject=subject.layer.geometry_digest(_edges(shape)),
        geometry=where,
    )


def _edges(shape: shapely.Geometry) -> shapely.MultiLineString:
    """Return the finite edges one by one: a ring that crosses itself has no inside to order its vertices by."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    edges = np.vstack([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    return shapely.multilinestrings(shapely.linestrings(edges[np.isfinite(edges).all(axis=(1, 2))]))


def _broken_vertex(index: int) -> tuple[Text, None]:
    number = index + 1
    return Text(
        f"the coordinates of vertex {number} are not numbers, so it cannot be measured. Delete or correct the vertex.",
        f"第 {number} 个顶点的坐标不是有效数字，无法量算。请删除或改正该顶点。",
    ), None


def _explained(subject: Subject, place: int) -> tuple[Text, Point | None]:
    """Return the defect as a sentence with what to do and what is measured meanwhile, and its place."""
    given = shapely.is_valid_reason(subject.layer.geometry[place])
    reason, where = defect(given)
    point = Point(where) if where else None
    at = position(point.x, point.y, degrees=subject.layer.crs.is_geographic) if point else ""
    meanwhile = _MENDED if subject.solid[place] is not None else _UNMEASURED
    return Text(
        f"{reason.en}{f' at {at}' if at else ''}. Mend it in the source; until then {meanwhile.en}.",
        f"{reason.zh}{f'，位置 {at}' if at else ''}。请在源数据中修正；修正前{meanwhile.zh}。",
    ), point
