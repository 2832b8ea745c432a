"""The outcome of a check as JSON and back: what a prepared fabric keeps, so that it is shown without checking again.

Only plain values are read back, never code; geometry travels as WKB in hexadecimal digits, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import shapely

from geoplan.result import CheckResult, LapsedAcceptance, PublishedFigure
from geoplan.types import Acceptance, CheckRun, Finding, Severity, Text

Document = dict[str, Any]


def to_record(result: CheckResult) -> Document:
    """Return what a check found as plain values; of the names only those findings mention, and no measurement."""
    mentioned = {zone for finding in result.findings for zone in finding.zones}
    return {
        "checked": [_run(run) for run in result.checked],
        "findings": [_finding(finding) for finding in result.findings],
        "names": {zone: _text(name) for zone in sorted(mentioned) if (name := result.names.get(zone)) is not None},
        "published": [_figure(figure) for figure in result.published],
        "lapsed": [[one.finding, _acceptance(one.acceptance), _text(one.why)] for one in result.lapsed],
    }


def findings_of(record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings of a record."""
    return tuple(
        Finding(
            check=one["check"],
            severity=Severity(one["severity"]),
            zones=tuple(one["zones"]),
            message=Text(*one["message"]),
            subject=one["subject"],
            geometry=None if one["geometry"] is None else shapely.from_wkb(bytes.fromhex(one["geometry"])),
            area_m2=one["area_m2"],
            width_m=one["width_m"],
            expected=one["expected"],
            measured=one["measured"],
            unit=one["unit"],
            accepted=_accepted(one["accepted"]),
        )
        for one in record["findings"]
    )


def runs_of(record: Mapping[str, Any]) -> tuple[CheckRun, ...]:
    """Return what each check did."""
    return tuple(
        CheckRun(check, examined, findings, tolerated, tolerated_m2, _said(skipped))
        for check, examined, findings, tolerated, tolerated_m2, skipped in record["checked"]
    )


def names_of(record: Mapping[str, Any]) -> dict[str, Text]:
    """Return the names of the zones that findings mention."""
    return {zone: Text(*name) for zone, name in record["names"].items()}


def published_of(record: Mapping[str, Any]) -> tuple[PublishedFigure, ...]:
    """Return the published figures beside the measured ones."""
    return tuple(
        PublishedFigure(check, Text(*label), Text(*published), measured, unit, holds, _said(source))
        for check, label, published, measured, unit, holds, source in record["published"]
    )


def lapsed_of(record: Mapping[str, Any]) -> tuple[LapsedAcceptance, ...]:
    """Return the acceptances that cover nothing any more."""
    found = []
    for finding, acceptance, why in record["lapsed"]:
        accepted = _accepted(acceptance)
        if accepted is not None:
            found.append(LapsedAcceptance(finding, accepted, Text(*why)))
    return tuple(found)


def _finding(finding: Finding) -> Document:
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "zones": list(finding.zones),
        "message": _text(finding.message),
        "subject": finding.subject,
        "geometry": None if finding.geometry is None else shapely.to_wkb(finding.geometry, hex=True),
        "area_m2": _number(finding.area_m2),
        "width_m": _number(finding.width_m),
        "expected": _number(finding.expected),
        "measured": _number(finding.measured),
        "unit": finding.unit,
        "accepted": _acceptance(finding.accepted),
    }


def _run(run: CheckRun) -> list[Any]:
    skipped = None if run.skipped is None else _text(run.skipped)
    return [run.check, run.examined, run.findings, run.tolerated, float(run.tolerated_m2), skipped]


def _figure(figure: PublishedFigure) -> list[Any]:
    source = None if figure.source is None else _text(figure.source)
    texts = [_text(figure.label), _text(figure.published)]
    return [figure.check, *texts, _number(figure.measured), figure.unit, figure.holds, source]


def _acceptance(accepted: Acceptance | None) -> list[Any] | None:
    if accepted is None:
        return None
    expires = None if accepted.expires is None else accepted.expires.isoformat()
    return [accepted.kind, _text(accepted.reason), accepted.author, expires]


def _accepted(values: list[Any] | None) -> Acceptance | None:
    if values is None:
        return None
    kind, reason, author, expires = values
    return Acceptance(kind, Text(*reason), author, None if expires is None else date.fromisoformat(expires))


def _text(text: Text) -> list[str]:
    return [text.en, text.zh]


def _said(values: list[str] | None) -> Text | None:
    return None if values is None else Text(*values)


def _number(value: float | str | None) -> float | str | None:
    return value if value is None or isinstance(value, str) else float(value)
