"""geometry-type: a zone is drawn as points, lines or a collection, which have no area to measure."""

from __future__ import annotations

import numpy as np
import shapely

from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text
from geoplan.zones import polygonal

_KINDS = {
    "Point": Text("a point", "点"),
    "MultiPoint": Text("points", "多点"),
    "LineString": Text("a line", "线"),
    "LinearRing": Text("a closed line", "闭合线"),
    "MultiLineString": Text("lines", "多线"),
    "GeometryCollection": Text("a collection of mixed shapes", "混合图形集合"),
}


def geometry_type(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every feature that is not a polygon or multi-polygon, naming what it is instead."""
    geometry = subject.layer.geometry
    present = ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry)
    wrong = np.flatnonzero(present & ~polygonal(geometry))
    return Outcome(int(present.sum()), tuple(_finding(subject, rule, place) for place in wrong.tolist()))


def _finding(subject: Subject, rule: PlainRule, place: int) -> Finding:
    shape, name = subject.layer.geometry[place], subject.feature(place)
    kind = _KINDS.get(shape.geom_type, Text.same(shape.geom_type))
    return Finding(
        check="geometry-type",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{name.en} is {kind.en}, not a polygon, so it has no area. Convert it to a polygon, or leave it out.",
            f"{name.zh}是{kind.zh}，不是面，没有面积。请转换为面，或移出图层。",
        ),
        subject=subject.subject_digest(place),
        geometry=shape if np.isfinite(shapely.get_coordinates(shape)).all() else None,
        expected="Polygon",
        measured=shape.geom_type,
    )
