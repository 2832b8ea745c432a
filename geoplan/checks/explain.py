"""What would explain a wrong total: the one change that comes closest to the difference, and how close it comes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from geoplan.area import piece_areas
from geoplan.checks.figures import (
    SAME_M2,
    area_by_zone,
    as_written,
    decimals,
    digits_for,
    km2,
    listed,
    names_of,
    places_by_zone,
)
from geoplan.checks.subject import Subject
from geoplan.plan.rules import AreaShareRule, AreaTotalRule
from geoplan.types import M2_PER_KM2, Text, ZoneId

_WORTH_TELLING = 0.9  # a cause that leaves more than this part of the difference open explains nothing


class Evidence(IntEnum):
    """How directly a cause is seen, best first: it decides between causes that come equally close."""

    TWICE = 0
    ABSENT = 1
    OVERLAP = 2
    PUBLISHED = 3
    UNKNOWN_ZONE = 4
    ABSENT_OF_UNKNOWN_SIZE = 5
    RANGE = 6


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that changes the total by `low_m2` to `high_m2` (m², negative: too little), in words without a stop."""

    text: Text
    low_m2: float
    high_m2: float
    evidence: Evidence

    @property
    def exact(self) -> bool:
        """Return whether the change is measured or published, not only known to lie in a range."""
        return self.low_m2 == self.high_m2

    def change_m2(self, difference_m2: float) -> float:
        """Return the change within its range that is nearest to the difference."""
        return min(max(difference_m2, self.low_m2), self.high_m2)

    def open_share(self, difference_m2: float, tolerance_m2: float) -> float:
        """Return which part of the difference it leaves open, 0 for none; the tolerance is not held against it."""
        change = self.change_m2(difference_m2)
        if change * difference_m2 <= 0:
            return math.inf
        return max(0.0, abs(change - difference_m2) - tolerance_m2) / abs(difference_m2)


@dataclass(frozen=True, slots=True)
class _Part:
    """Zones for which the published total and share leave `low_m2` to `high_m2`; `group` names them, if it does."""

    zones: tuple[ZoneId, ...]
    group: Text | None
    low_m2: float
    high_m2: float

    def left(self) -> str:
        digits = decimals((self.high_m2 - self.low_m2) / M2_PER_KM2, 2)
        return f"{self.low_m2 / M2_PER_KM2:,.{digits}f}–{self.high_m2 / M2_PER_KM2:,.{digits}f} km²"


def explain(subject: Subject, rule: AreaTotalRule) -> Text:
    """Return one sentence on what would explain that the total differs from the published one, and how far."""
    difference = subject.total_m2 - rule.km2 * M2_PER_KM2
    tolerance = rule.tolerance_km2 * M2_PER_KM2
    found = [(cause.open_share(difference, tolerance), cause) for cause in causes(subject, rule)]
    close = [(share, cause) for share, cause in found if share <= _WORTH_TELLING]
    if not close:
        return Text(
            "No double, missing or overlapping zone and no published figure explains it.",
            "没有发现重复、缺失、重叠的分区或公布数据可以解释这一差额。",
        )
    share, cause = min(close, key=lambda item: (round(item[0], 2), item[1].evidence))
    extent = _extent(cause.change_m2(difference), difference, share)
    return Text(
        f"Likely cause: {cause.text.en}; that {'accounts' if cause.exact else 'could account'} for {extent.en}.",
        f"可能原因：{cause.text.zh}；{'可解释' if cause.exact else '可能解释'}{extent.zh}。",
    )


def causes(subject: Subject, rule: AreaTotalRule) -> tuple[Cause, ...]:
    """Return everything that changes the total and can be seen in the layer or told from published figures."""
    parts = tuple(_parts(subject, rule))
    digits = digits_for(subject.total_m2 - rule.km2 * M2_PER_KM2)
    return (
        *_twice(subject, digits),
        *_absent(subject, parts),
        *_overlaps(subject, digits),
        *_published(subject, digits),
        *_unknown(subject, digits),
        *_out_of_range(subject, parts, digits),
    )


def _extent(change: float, difference: float, share: float) -> Text:
    if share == 0:
        return Text("all of the difference", "全部差额")
    rest = abs(difference) - abs(change)
    if rest > 0:
        part = 100 * change / difference
        return Text(f"{part:.0f} % of the difference", f"差额的 {part:.0f} %")
    more = km2(-rest, digits_for(rest))
    return Text(f"{more} more than the difference", f"全部差额，且多出 {more}")


def _twice(subject: Subject, digits: int) -> Iterator[Cause]:
    for zone, places in places_by_zone(subject).items():
        again = float(np.nansum(subject.area_m2[list(places[1:])]))
        if again > SAME_M2:
            name, times, more = subject.name(zone), len(places), km2(again, digits)
            yield _exactly(
                Text(
                    f"{name.en} is on {times} features, which adds {more}",
                    f"{name.zh}出现在 {times} 个要素上，多计 {more}",
                ),
                again,
                Evidence.TWICE,
            )


def _absent(subject: Subject, parts: tuple[_Part, ...]) -> Iterator[Cause]:
    """Yield the zones without an area, as one cause: of known size, of a known range, or of unknown size."""
    measured, loaded = area_by_zone(subject), places_by_zone(subject)
    absent = [zone for zone in (subject.plan.zones if subject.plan else ()) if zone.id not in measured]
    if not absent:
        return
    ids = tuple(zone.id for zone in absent)
    what = _absence(subject, [i for i in ids if i not in loaded], [i for i in ids if i in loaded])
    published = [zone.published_km2 for zone in absent if zone.published_km2 is not None]
    part = next((part for part in parts if set(part.zones) == set(ids)), None)
    if len(published) == len(absent):
        total = sum(published)
        size = Text(f"{what.en} (published {as_written(total)} km²)", f"{what.zh}（公布 {as_written(total)} km²）")
        yield _exactly(size, -total * M2_PER_KM2, Evidence.ABSENT)
    elif part is not None:
        size = Text(
            f"{what.en} (total and share leave {part.left()})", f"{what.zh}（按总面积和占比应为 {part.left()}）"
        )
        yield Cause(size, -part.high_m2, -part.low_m2, Evidence.ABSENT)
    else:
        size = Text(f"{what.en} (no area published)", f"{what.zh}（未公布面积）")
        yield Cause(size, -math.inf, 0.0, Evidence.ABSENT_OF_UNKNOWN_SIZE)


def _absence(subject: Subject, missing: list[ZoneId], empty: list[ZoneId]) -> Text:
    english, chinese = [], []
    if missing:
        names = listed(names_of(subject, missing))
        english.append(f"{names.en} {'is' if len(missing) == 1 else 'are'} missing")
        chinese.append(f"缺少{names.zh}")
    if empty:
        names = listed(names_of(subject, empty))
        english.append(f"{names.en} {'has' if len(empty) == 1 else 'have'} no boundary that can be measured")
        chinese.append(f"{names.zh}的边界无法量算")
    return Text(" and ".join(english), "，".join(chinese))


def _overlaps(subject: Subject, digits: int) -> Iterator[Cause]:
    """Yield what different zones cover twice: all of it, and the largest piece when there are several."""
    pieces = [
        piece for piece in subject.coverage.overlaps if subject.labels[piece.first] != subject.labels[piece.second]
    ]
    if not pieces:
        return
    areas = piece_areas([piece.geometry for piece in pieces], subject.layer.crs)
    largest = int(np.argmax(areas))
    one, other = names_of(subject, (subject.labels[pieces[largest].first], subject.labels[pieces[largest].second]))
    size = km2(float(areas[largest]), digits)
    yield _exactly(
        Text(f"{one.en} and {other.en} both cover {size}", f"{one.zh}与{other.zh}重叠 {size}"),
        float(areas[largest]),
        Evidence.OVERLAP,
    )
    if len(pieces) > 1:
        total = km2(float(areas.sum()), digits)
        yield _exactly(
            Text(f"{len(pieces)} overlaps count {total} twice", f"{len(pieces)} 处重叠使 {total} 被重复计算"),
            float(areas.sum()),
            Evidence.OVERLAP,
        )


def _published(subject: Subject, digits: int) -> Iterator[Cause]:
    measured = area_by_zone(subject)
    for zone in subject.plan.zones if subject.plan else ():
        if zone.published_km2 is None or zone.id not in measured:
            continue
        area, figure = measured[zone.id], as_written(zone.published_km2)
        yield _exactly(
            Text(
                f"{zone.name.en} measures {km2(area, digits)}, published {figure} km²",
                f"{zone.name.zh}量得 {km2(area, digits)}，公布 {figure} km²",
            ),
            area - zone.published_km2 * M2_PER_KM2,
            Evidence.PUBLISHED,
        )


def _unknown(subject: Subject, digits: int) -> Iterator[Cause]:
    """Yield the features that are no zone of the plan, as one cause."""
    if subject.plan is None or not subject.plan.zones:
        return
    places = [place for place, zone in enumerate(subject.matching.zones) if zone is None]
    area = float(np.nansum(subject.area_m2[places]))
    names, size = listed(names_of(subject, [subject.labels[place] for place in places])), km2(area, digits)
    if area > SAME_M2:
        yield _exactly(
            Text(f"{names.en}, not in the plan, adds {size}", f"规划中没有的{names.zh}多计 {size}"),
            area,
            Evidence.UNKNOWN_ZONE,
        )


def _parts(subject: Subject, rule: AreaTotalRule) -> Iterator[_Part]:
    """Yield each group with a published share, and the zones outside it, with the area that leaves them."""
    if subject.plan is None:
        return
    total = rule.km2 * M2_PER_KM2
    for share in subject.plan.rules_of(AreaShareRule, "area-share"):
        members = subject.plan.zones_in(share.group)
        inside = tuple(zone.id for zone in subject.plan.zones if zone.id in members)
        outside = tuple(zone.id for zone in subject.plan.zones if zone.id not in members)
        if share.enabled:
            yield _Part(inside, subject.plan.group_by_id[share.group].name, share.min * total, share.max * total)
            yield _Part(outside, None, (1 - share.max) * total, (1 - share.min) * total)


def _out_of_range(subject: Subject, parts: tuple[_Part, ...], digits: int) -> Iterator[Cause]:
    measured = area_by_zone(subject)
    for part in parts:
        if not part.zones or any(zone not in measured for zone in part.zones):
            continue
        area = sum(measured[zone] for zone in part.zones)
        if part.low_m2 - SAME_M2 <= area <= part.high_m2 + SAME_M2:
            continue
        who = _called(subject, part)
        yield Cause(
            Text(
                f"{who.en} {km2(area, digits)} where total and share leave {part.left()}",
                f"{who.zh} {km2(area, digits)}，按总面积和占比应为 {part.left()}",
            ),
            area - part.high_m2,
            area - part.low_m2,
            Evidence.RANGE,
        )


def _called(subject: Subject, part: _Part) -> Text:
    """Return who measures something, with the verb: one zone by its name, several by their group or their names."""
    names = listed(names_of(subject, part.zones))
    if len(part.zones) == 1:
        return Text(f"{names.en} measures", f"{names.zh}量得")
    if part.group is not None:
        names = Text(f"the zones of {part.group.en}", f"{part.group.zh}各分区")
    return Text(f"{names.en} together measure", f"{names.zh}合计量得")


def _exactly(text: Text, change_m2: float, evidence: Evidence) -> Cause:
    return Cause(text, change_m2, change_m2, evidence)
