"""The bundled scenario in small: four rectangles, 1 km high and apart, whose areas are their widths in km."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.checks.subject import Subject
from geoplan.plan import Plan
from geoplan.plan.rules import AreaShareRule, AreaTotalRule, PlainRule, ZoneCountRule
from geoplan.types import AreaMethod
from tests.helpers import EAST, NORTH, make_layer, make_plan, make_subject, rectangle

# 3.0 + 2.2 + 0.92 + 2.1 = 8.22; without Shushan 7.3, which is 88.81 % of it.
KM2 = {"core": 3.0, "high-tech": 2.2, "shushan": 0.92, "iflytek": 2.1}

ZONES: list[dict[str, Any]] = [
    {"id": "core", "name": {"en": "Core Area", "zh": "核心区"}, "aliases": ["Z1"], "groups": ["zone"]},
    {"id": "high-tech", "name": {"en": "High-tech Area", "zh": "高新园"}, "groups": ["zone"]},
    {"id": "shushan", "name": {"en": "Shushan Area", "zh": "蜀山园"}},
    {"id": "iflytek", "name": {"en": "iFlytek Town", "zh": "讯飞小镇"}, "groups": ["zone"]},
]
GROUPS = [{"id": "zone", "name": {"en": "High-tech Zone", "zh": "高新区"}}]
SOURCES = [{"id": "news", "title": {"en": "The blueprint", "zh": "实施方案"}}]
SHARE = {
    "check": "area-share",
    "group": "zone",
    "min": 0.88,
    "max": 0.9,
    "published": {"en": "nearly 90 percent", "zh": "近 90%"},
    "source": "news",
}

TOTAL_RULE = AreaTotalRule(check="area-total", km2=8.22, source="news")
SHARE_RULE = AreaShareRule.model_validate(SHARE)
COUNT_RULE = ZoneCountRule(check="zone-count", count=4, source="news")


def plain(check: str) -> PlainRule:
    """Return the rule of a check without parameters."""
    return PlainRule.model_validate({"check": check})


def valley_plan(zones: Sequence[dict[str, Any]] = ZONES, **tables: Any) -> Plan:
    """Return the plan of the valley: its zones, group, source and published share."""
    groups = GROUPS if any("groups" in zone for zone in zones) else []
    rules = [SHARE] if groups else []
    return make_plan(**{"zones": zones, "groups": groups, "sources": SOURCES, "rules": rules, **tables})


def zones_with(zone: str, **values: Any) -> list[dict[str, Any]]:
    """Return the declared zones with other values for one of them."""
    return [record | values if record["id"] == zone else record for record in ZONES]


def all_zones_with(**values: Any) -> list[dict[str, Any]]:
    """Return the declared zones with other values for all of them."""
    return [record | values for record in ZONES]


def strip(row: int, km2: float) -> Polygon:
    """Return a rectangle of this area, 1 km high, in a row of its own."""
    return rectangle(EAST, NORTH + 2000 * row, km2 * 1000, 1000)


def shapes(**km2: float) -> dict[str, BaseGeometry | None]:
    """Return the four rectangles by zone id; `km2` overrides their areas."""
    sizes = KM2 | km2
    return {zone: strip(row, size) for row, (zone, size) in enumerate(sizes.items())}


def valley(
    geometry: dict[str, BaseGeometry | None] | None = None,
    *,
    more: Sequence[tuple[str, BaseGeometry | None]] = (),
    plan: Plan | None = None,
    method: AreaMethod = AreaMethod.PLANAR,
    **options: Any,
) -> Subject:
    """Return the valley under check, measured in the plane so that hand figures are exact; `more` adds features."""
    features = [*(shapes() if geometry is None else geometry).items(), *more]
    layer = make_layer([shape for _, shape in features], ids=[key for key, _ in features])
    return make_subject(layer, plan=plan or valley_plan(), method=method, **options)


def without(*zones: str) -> dict[str, BaseGeometry | None]:
    """Return the four rectangles without some of them."""
    return {zone: shape for zone, shape in shapes().items() if zone not in zones}
