"""area-minimum: a zone part smaller than the least that is mapped for its class."""

from __future__ import annotations

import numpy as np

from geoplan.checks.figures import SAME_M2, method_text
from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.checks.wording import square_metres
from geoplan.plan.rules import AreaMinimumRule
from geoplan.types import Finding, Text
from geoplan.zones import as_text


def area_minimum(subject: Subject, rule: AreaMinimumRule) -> Outcome:
    """Report every polygon, single parts of multi-polygons included, below the minimum of its class.

    The class is the text in `rule.field`; a code without an entry takes that of its longest prefix
    with one, else `rule.m2`. Where the classes cannot be told, that is the one finding.
    """
    problem = _unusable(subject, rule)
    if problem is not None:
        return Outcome(0, (Finding("area-minimum", rule.severity, (), problem, subject=rule.field or ""),))
    parts, places = subject.parts
    codes = subject.layer.text(rule.field) if rule.field else ("",) * len(subject.layer)
    minimum = {code: minimum_for(code, rule) for code in set(codes)}
    required = np.array([minimum[codes[place]] for place in places.tolist()])
    areas = subject.measure(parts)
    first = np.searchsorted(places, places)  # parts come feature by feature
    findings = []
    for index in np.flatnonzero(areas < required - SAME_M2).tolist():
        place, number = int(places[index]), index - int(first[index]) + 1
        figures = float(areas[index]), float(required[index])
        findings.append(_finding(subject, rule, (index, place, number), codes[place], figures))
    return Outcome(len(parts), tuple(findings))


def minimum_for(code: str, rule: AreaMinimumRule) -> float:
    """Return the minimum in m² for a class code."""
    return next((rule.classes[code[:end]] for end in range(len(code), 0, -1) if code[:end] in rule.classes), rule.m2)


def _unusable(subject: Subject, rule: AreaMinimumRule) -> Text | None:
    """Return why the classes cannot be told: without them a pass would mean nothing."""
    fields = subject.layer.fields
    if rule.field is None:
        return None
    if rule.field not in fields:
        there = ", ".join(fields) or "–"
        return Text(
            f"The rule names the field “{rule.field}”, which the layer does not have (it has: {there}). "
            "No minimum area was checked.",
            f"规则所指字段“{rule.field}”在图层中不存在（现有字段：{there}），未检查最小面积。",
        )
    numeric = any(not isinstance(value, str) for value in fields[rule.field] if as_text(value))
    if numeric and any(code.startswith("0") for code in rule.classes):
        return Text(
            f"The class codes in “{rule.field}” are stored as numbers, which drops the leading zero of codes such as "
            f"{min(rule.classes)}. Deliver the field as text. No minimum area was checked.",
            f"字段“{rule.field}”中的分类编码以数值存储，{min(rule.classes)} 等编码的前导零已丢失。"
            "请以文本字段提供。未检查最小面积。",
        )
    return None


def _finding(
    subject: Subject, rule: AreaMinimumRule, part: tuple[int, int, int], code: str, figures: tuple[float, float]
) -> Finding:
    index, place, number = part
    (area, required), shape = figures, subject.parts[0][index]
    name, method = subject.part(place, number), method_text(subject)
    measured = square_metres(area) if required - area >= 0.01 else f"{area:,.4f} m²"  # or it would read as equal
    of_class = Text(f" for class {code}", f"（{code} 类）") if code else Text.same("")
    return Finding(
        check="area-minimum",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{name.en} measures {measured} ({method.en}), less than the minimum of "
            f"{square_metres(required)}{of_class.en}.",
            f"{name.zh}面积为 {measured}（{method.zh}），小于最小面积 {square_metres(required)}{of_class.zh}。",
        ),
        subject=subject.layer.geometry_digest(shape),
        geometry=shape,
        area_m2=area,
        expected=required,
        measured=area,
        unit="m2",
    )
