"""area-declared: the area declared for a zone, in plan.toml or in a field of the file, agrees with the measured one."""

from __future__ import annotations

import math
import unicodedata
from decimal import Decimal

from geoplan.checks.figures import (
    SAME_M2,
    area_by_zone,
    as_written,
    decimals,
    digits_for,
    km2,
    method_text,
    places_by_zone,
)
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.plan.rules import AreaDeclaredRule
from geoplan.types import M2_PER_HECTARE, M2_PER_KM2, M2_PER_MU, Finding, Severity, Text, ZoneId

_UNITS = {
    "m2": (1.0, Text.same("m²")),
    "ha": (M2_PER_HECTARE, Text("ha", "公顷")),
    "mu": (M2_PER_MU, Text("mu", "亩")),
    "km2": (M2_PER_KM2, Text.same("km²")),
}


def area_declared(subject: Subject, rule: AreaDeclaredRule) -> Outcome:
    """Report zones whose measured area is not the one plan.toml publishes, and features not the one their field states.

    A difference counts when it exceeds both tolerances of the rule. A published figure for which no tolerance
    is set is taken as rounded: to half a unit of its last decimal.
    """
    published = _published(subject, rule) if _answers_for_published(subject, rule) else ()
    declared = _field(subject, rule.field, rule) if rule.field else ()
    if not rule.field and not published:
        return skipped("no area is declared for any zone that is there", "现有分区均无公布面积")
    both = (*published, *declared)
    return Outcome(examined=len(both), findings=tuple(finding for finding in both if finding is not None))


def _answers_for_published(subject: Subject, rule: AreaDeclaredRule) -> bool:
    """Return whether this rule also stands for published_km2: the first without a field, else the first."""
    rules = subject.plan.rules_of(AreaDeclaredRule, "area-declared") if subject.plan else ()
    running = [other for other in rules if other.enabled]
    first = next((other for other in running if other.field is None), next(iter(running), rule))
    return rule == first or rule not in running


def _published(subject: Subject, rule: AreaDeclaredRule) -> tuple[Finding | None, ...]:
    """Return one entry per zone with a published and a measured area: its finding, or None where they agree."""
    measured = area_by_zone(subject)
    zones = subject.plan.zones if subject.plan else ()
    return tuple(
        _published_finding(subject, rule, zone.id, zone.published_km2, measured[zone.id])
        for zone in zones
        if zone.published_km2 is not None and zone.id in measured
    )


def _published_finding(
    subject: Subject, rule: AreaDeclaredRule, zone: ZoneId, published: float, area: float
) -> Finding | None:
    difference, allowed = area - published * M2_PER_KM2, _allowed(rule, published)
    if abs(difference) <= allowed + SAME_M2:
        return None
    digits = digits_for(difference)
    name, method, figure = subject.name(zone), method_text(subject), as_written(published)
    gap, limit, much = km2(abs(difference), digits), as_written(round(allowed / M2_PER_KM2, 10)), difference > 0
    return Finding(
        check="area-declared",
        severity=rule.severity,
        zones=(zone,),
        message=Text(
            f"{name.en} measures {km2(area, digits)} ({method.en}), published {figure} km²: {gap} too "
            f"{'much' if much else 'little'} (tolerance {limit} km²).",
            f"{name.zh}量得 {km2(area, digits)}（{method.zh}），公布 {figure} km²：{'多' if much else '少'} {gap}"
            f"（容差 {limit} km²）。",
        ),
        subject=f"{subject.subject_digest(*places_by_zone(subject)[zone])} {figure}",
        geometry=subject.solid[places_by_zone(subject)[zone][0]],
        area_m2=abs(difference),
        expected=published,
        measured=area / M2_PER_KM2,
        unit="km2",
    )


def _allowed(rule: AreaDeclaredRule, published: float) -> float:
    """Return how far, in m², a measured area may be from a published one in km²."""
    stated = rule.field is None and rule.model_fields_set & {"tolerance_m2", "tolerance_share"}
    if stated:
        return max(rule.tolerance_m2, rule.tolerance_share * published * M2_PER_KM2)
    exponent = Decimal(repr(published)).as_tuple().exponent
    written = max(1, -exponent) if isinstance(exponent, int) else 1
    return 0.5 * 10.0**-written * M2_PER_KM2


def _field(subject: Subject, field: str, rule: AreaDeclaredRule) -> tuple[Finding | None, ...]:
    """Return one entry per feature that can be measured: its finding, or None where declared and measured agree."""
    if field not in subject.layer.fields:
        return (_no_field(subject, field, rule),)
    values = subject.layer.text(field)
    return tuple(
        _field_finding(subject, rule, place, value)
        for place, value in enumerate(values)
        if not math.isnan(subject.area_m2[place])
    )


def _field_finding(subject: Subject, rule: AreaDeclaredRule, place: int, value: str) -> Finding | None:
    factor, unit = _UNITS[rule.unit]
    declared, area = _number(value), float(subject.area_m2[place])
    if declared is None:
        return _unreadable(subject, rule, place, value)
    difference = area - declared * factor
    if abs(difference) <= max(rule.tolerance_m2, rule.tolerance_share * declared * factor) + SAME_M2:
        return None
    label, method = subject.labels[place], method_text(subject)
    digits = decimals(difference / factor, 2)
    own, gap, much = f"{area / factor:,.{digits}f}", f"{abs(difference) / factor:,.{digits}f}", difference > 0
    name, figure = subject.name(label), as_written(declared)
    return Finding(
        check="area-declared",
        severity=rule.severity,
        zones=(label,),
        message=Text(
            f"{name.en} measures {own} {unit.en} ({method.en}), declared {figure} {unit.en} in {rule.field}: "
            f"{gap} {unit.en} too {'much' if much else 'little'}.",
            f"{name.zh}量得 {own} {unit.zh}（{method.zh}），{rule.field} 申报 {figure} {unit.zh}："
            f"{'多' if much else '少'} {gap} {unit.zh}。",
        ),
        subject=f"{subject.subject_digest(place)} {rule.field} {figure}",
        geometry=subject.solid[place],
        area_m2=abs(difference),
        expected=declared,
        measured=area / factor,
        unit=rule.unit,
    )


def _number(text: str) -> float | None:
    """Return text (full-width digits too) as a number of an area, or None when it is not one."""
    try:
        number = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _unreadable(subject: Subject, rule: AreaDeclaredRule, place: int, value: str) -> Finding:
    label = subject.labels[place]
    name = subject.name(label)
    english = (
        f"declares “{value}” in {rule.field}, which is not an area" if value else f"declares no area in {rule.field}"
    )
    chinese = f"的 {rule.field} 为“{value}”，不是面积数值" if value else f"的 {rule.field} 没有申报面积"
    return Finding(
        check="area-declared",
        severity=_at_most_warning(rule.severity),
        zones=(label,),
        message=Text(f"{name.en} {english}.", f"{name.zh}{chinese}。"),
        subject=f"{subject.subject_digest(place)} {rule.field} {value}",
        geometry=subject.solid[place],
        measured=value,
    )


def _no_field(subject: Subject, field: str, rule: AreaDeclaredRule) -> Finding:
    known = ", ".join(subject.layer.fields) or "-"
    return Finding(
        check="area-declared",
        severity=_at_most_warning(rule.severity),
        zones=(),
        message=Text(
            f"The layer has no field {field}, so declared areas cannot be compared. Fields: {known}.",
            f"图层没有字段 {field}，无法比较申报面积。现有字段：{known}。",
        ),
        subject=field,
    )


def _at_most_warning(severity: Severity) -> Severity:
    return max(severity, Severity.WARNING, key=lambda level: level.rank)
