"""What the checks of figures and identity share: which features are a zone, and figures in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import numpy as np

from geoplan.checks.subject import Subject
from geoplan.crs import code_of
from geoplan.plan.rules import BaseRule
from geoplan.types import M2_PER_KM2, AreaMethod, Text, ZoneId

KeyT = TypeVar("KeyT")

# Below this, in m², two areas are the same figure: it is what is left when decimal fractions are subtracted.
SAME_M2 = 1e-4


def places_by_zone(subject: Subject) -> Mapping[ZoneId, tuple[int, ...]]:
    """Return the features of every zone of the plan that has any, by 0-based place, in file order."""
    if subject.plan is None:
        return {}
    return {zone: places for zone, places in _gathered(subject.matching.zones).items() if zone is not None}


def places_by_label(subject: Subject) -> Mapping[ZoneId, tuple[int, ...]]:
    """Return the features of every zone, and of every key of the file that is no zone, by 0-based place."""
    return _gathered(subject.labels)


def repeated_labels(subject: Subject) -> Mapping[ZoneId, tuple[int, ...]]:
    """Return of `places_by_label` what is on more than one feature, which is mostly nothing."""
    if len(set(subject.labels)) == len(subject.labels):
        return {}
    return {label: places for label, places in _gathered(subject.labels).items() if len(places) > 1}


def _gathered(keys: Iterable[KeyT]) -> dict[KeyT, tuple[int, ...]]:
    places: dict[KeyT, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return {key: tuple(found) for key, found in places.items()}


def area_by_zone(subject: Subject) -> Mapping[ZoneId, float]:
    """Return the area in m² of every zone of the plan of which at least one feature can be measured."""
    areas = {zone: subject.area_m2[list(places)] for zone, places in places_by_zone(subject).items()}
    return {zone: float(np.nansum(values)) for zone, values in areas.items() if not np.isnan(values).all()}


def awaited(subject: Subject) -> tuple[ZoneId, ...]:
    """Return the zones whose boundary is declared as not published yet and is not in the layer either."""
    loaded = places_by_zone(subject)
    zones = subject.plan.zones if subject.plan else ()
    return tuple(zone.id for zone in zones if zone.awaiting and zone.id not in loaded)


def boundaries_loaded(subject: Subject) -> Text:
    """Return "2 of 4 boundaries loaded" in both languages."""
    declared = len(subject.plan.zones) if subject.plan else 0
    loaded = len(places_by_zone(subject))
    return Text(f"{loaded} of {declared} boundaries loaded", f"已载入 {declared} 个边界中的 {loaded} 个")


def decimals(gap: float, least: int) -> int:
    """Return how many decimals show two digits of a gap: at least `least`, and at most 10."""
    return least if gap == 0 else min(max(least, 1 - math.floor(math.log10(abs(gap)))), 10)


def digits_for(gap_m2: float) -> int:
    """Return how many decimals of a km² show two digits of a gap in m²: at least 3."""
    return decimals(gap_m2 / M2_PER_KM2, 3)


def km2(area_m2: float, digits: int) -> str:
    """Return an area given in m² as text in km², such as "8.412 km²"."""
    return f"{area_m2 / M2_PER_KM2:,.{digits}f} km²"


def as_written(value: float) -> str:
    """Return a published number as a person writes it: all digits that matter, no exponent, no ".0"."""
    return format(Decimal(repr(value)).normalize(), "f")


def percent(share: float, digits: int = 2) -> str:
    """Return a share (0 to 1) as text in percent."""
    return f"{100 * share:.{digits}f} %"


def method_text(subject: Subject) -> Text:
    """Return the name of the area method, with the plane where the figure is a planar one."""
    return {
        AreaMethod.ELLIPSOIDAL: Text("ellipsoidal", "椭球面积"),
        AreaMethod.GEODESIC: Text("geodesic", "测地线面积"),
        AreaMethod.PLANAR: Text(f"planar, {code_of(subject.projected)}", f"平面面积，{code_of(subject.projected)}"),
    }[subject.method]


def source_text(subject: Subject, rule: BaseRule) -> Text:
    """Return what a rule quotes and where from, in brackets after a space, or "" when it says neither."""
    source = subject.plan.source_by_id.get(rule.source) if subject.plan and rule.source else None
    english, chinese = [], []
    if rule.published is not None:
        english.append(f"“{rule.published.en}”")
        chinese.append(f"“{rule.published.zh}”")
    if source is not None:
        english.append(f"source: {source.title.en}")
        chinese.append(f"来源：{source.title.zh}")
    return Text(f" ({', '.join(english)})", f"（{'，'.join(chinese)}）") if english else Text.same("")


def listed(names: Sequence[Text], limit: int = 5) -> Text:
    """Return names as a phrase, "A, B and C"; of more than `limit` the first and how many there are besides."""
    shown, more = names[:limit], len(names) - limit
    english, chinese = [name.en for name in shown], [name.zh for name in shown]
    if more > 0:
        return Text(f"{', '.join(english)} and {more} more", f"{'、'.join(chinese)}等 {len(names)} 个")
    together = f"{', '.join(english[:-1])} and {english[-1]}" if len(english) > 1 else "".join(english)
    return Text(together, "、".join(chinese))


def names_of(subject: Subject, zones: Iterable[ZoneId]) -> list[Text]:
    """Return what to call each of these zones."""
    return [subject.name(zone) for zone in zones]
