"""unmatched-vertex: a vertex of one zone on its neighbour's edge, where the neighbour has none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.checks.wording import metres
from geoplan.coverage import UnmatchedVertices
from geoplan.plan.rules import UnmatchedVertexRule
from geoplan.types import Finding, Text


def unmatched_vertex(subject: Subject, rule: UnmatchedVertexRule) -> Outcome:
    """Report, once per pair of zones, the vertices within the width tolerance of the other's boundary only.

    They do no harm in themselves, but a boundary edited on one side only will open a gap there.
    """
    pairs = _by_pair(subject)
    loose = _points_of(pairs)
    findings = tuple(
        _finding(subject, rule, pair, max(record.distance for record in records), *found)
        for (pair, records), found in zip(
            pairs.items(), zip(loose, subject.layer.geometry_digests(loose), strict=True), strict=True
        )
    )
    return Outcome(subject.measurable, findings)


def _points_of(pairs: Mapping[tuple[int, int], list[UnmatchedVertices]]) -> NDArray[np.object_]:
    """Return the vertices of each pair, of both directions together."""
    both = np.array([record.points for records in pairs.values() for record in records], dtype=object)
    pair = np.repeat(np.arange(len(pairs)), [len(records) for records in pairs.values()])
    points, which = shapely.get_parts(both, return_index=True)
    return np.asarray(shapely.multipoints(points, indices=pair[which]), dtype=object)


def _by_pair(subject: Subject) -> Mapping[tuple[int, int], list[UnmatchedVertices]]:
    """Return the records of both directions under the pair (lower index first)."""
    pairs: dict[tuple[int, int], list[UnmatchedVertices]] = {}
    for record in subject.coverage.unmatched:
        key = min(record.first, record.second), max(record.first, record.second)
        pairs.setdefault(key, []).append(record)
    return pairs


def _finding(
    subject: Subject,
    rule: UnmatchedVertexRule,
    pair: tuple[int, int],
    distance: float,
    points: shapely.MultiPoint,
    digest: str,
) -> Finding:
    count = len(points.geoms)
    away = distance * subject.metres_per_unit[1]
    zones = subject.labels[pair[0]], subject.labels[pair[1]]
    one, other = (subject.name(label) for label in zones)
    ending = f", up to {metres(away)} off it" if away > 0 else ""
    return Finding(
        check="unmatched-vertex",
        severity=rule.severity,
        zones=zones,
        message=Text(
            f"{one.en} and {other.en}: {count} {'vertex lies' if count == 1 else 'vertices lie'} on an edge of the "
            f"other without a vertex there{ending}. Add the vertex to both, so that they move together.",
            f"{one.zh}与{other.zh}：{count} 个顶点落在对方边线上而对方在该处没有顶点"
            f"{f'，最大偏离 {metres(away)}' if away > 0 else ''}。请在双方边界上都加上该顶点，以便同步移动。",
        ),
        subject=digest,
        geometry=points,
        width_m=away,
        measured=count,
        expected=0,
        unit="vertices",
    )
