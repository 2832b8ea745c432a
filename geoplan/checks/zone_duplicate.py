"""zone-duplicate: every zone is one feature; its parts belong into one multi-part feature."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.checks.figures import repeated_labels
from geoplan.checks.outcome import Outcome
from geoplan.checks.pieces import hold_to_tolerance
from geoplan.checks.subject import Subject
from geoplan.checks.wording import square_metres
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text, ZoneId

_SHOWN = 10  # feature numbers worth listing


def zone_duplicate(subject: Subject, rule: PlainRule) -> Outcome:
    """Report every zone id (without a plan: every key of the file) on more than one feature, once."""
    repeated = repeated_labels(subject)
    shared: dict[ZoneId, list[BaseGeometry]] = {}
    for piece in subject.coverage.overlaps if repeated else ():
        if subject.labels[piece.first] == subject.labels[piece.second]:
            shared.setdefault(subject.labels[piece.first], []).append(piece.geometry)
    findings = tuple(
        _finding(subject, rule, label, places, _relation(subject, places, shared.get(label, [])))
        for label, places in repeated.items()
    )
    return Outcome(examined=len(subject.layer), findings=findings)


def _finding(subject: Subject, rule: PlainRule, label: ZoneId, places: tuple[int, ...], how: Text) -> Finding:
    name, numbers = subject.name(label), [str(place + 1) for place in places[:_SHOWN]]
    if len(places) > _SHOWN:
        numbers.append("…")
    again = [shape for shape in subject.solid[list(places[1:])] if shape is not None]
    return Finding(
        check="zone-duplicate",
        severity=rule.severity,
        zones=(label,),
        message=Text(
            f"{name.en} is on {len(places)} features ({', '.join(numbers)}): {how.en}.",
            f"{name.zh}出现在 {len(places)} 个要素上（第 {'、'.join(numbers)} 个）：{how.zh}。",
        ),
        subject=subject.subject_digest(*places),
        geometry=shapely.union_all(again) if again else None,
        area_m2=float(np.nansum(subject.area_m2[list(places[1:])])),
        expected=1,
        measured=len(places),
        unit="features",
    )


def _relation(subject: Subject, places: tuple[int, ...], shared: list[BaseGeometry]) -> Text:
    """Return what the features are to each other, and what to do; `shared` is what pairs of them share."""
    if len({subject.layer.digest([place]) for place in places}) == 1:
        return Text("copies of each other; keep one", "几何完全相同；请保留一个")
    overlap = sum(area for _, area, _ in hold_to_tolerance(subject, shared).real)
    if overlap > 0:
        return Text(
            f"they overlap by {square_metres(overlap)}; keep the right one, or cut the overlap",
            f"相互重叠 {square_metres(overlap)}；请保留正确的一个，或去除重叠",
        )
    return Text("separate parts; join them into one multi-part feature", "为互不重叠的部分；请合并为一个多部件要素")
