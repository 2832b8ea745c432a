"""Findings as the page of checks shows them: filtered, as a table, as shapes on the map, as one card."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from geoplan.output import figures, style
from geoplan.output.escape import for_html, visible
from geoplan.output.labels import SEVERITY_LABELS, accepted_sentence, check_title
from geoplan.result import CheckResult
from geoplan.types import Finding, Severity, Text, ZoneId
from geoplan.ui.texts import say


def listed(
    result: CheckResult,
    severities: Collection[Severity],
    *,
    accepted: bool,
    zone: ZoneId | None = None,
    check: str | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of these severities, in the order of the result; those accepted only when asked for.

    With a `zone` only those about it, with a `check` only what that one found.
    """
    return tuple(
        finding
        for finding in result.findings
        if finding.severity in severities
        and (accepted or finding.accepted is None)
        and (zone is None or zone in finding.zones)
        and (check is None or finding.check == check)
    )


def short_frame(findings: Sequence[Finding], result: CheckResult, language: str) -> pd.DataFrame:
    """Return what fits beside the map, one row per finding: a sign for its severity, the check, its zones, m²."""
    rows = [
        [
            _sign(finding),
            check_title(finding.check).get(language),
            zone_names(finding, result, language),
            finding.area_m2,
        ]
        for finding in findings
    ]
    keys = ["checks_sign", "check", "zones", "checks_area"]
    return pd.DataFrame(rows, columns=[say(key, language) for key in keys])


def findings_frame(findings: Sequence[Finding], result: CheckResult, language: str) -> pd.DataFrame:
    """Return one row per finding: severity, check, zones, m², width, expected and measured, whether it is accepted."""
    rows = [
        [
            f"{_sign(finding)} {SEVERITY_LABELS[finding.severity].get(language)}",
            check_title(finding.check).get(language),
            zone_names(finding, result, language),
            finding.area_m2,
            finding.width_m,
            _quantity(finding.expected, finding.unit, language),
            _quantity(finding.measured, finding.unit, language),
            say("accepted" if finding.accepted else "checks_open", language),
            visible(finding.message.get(language)),
        ]
        for finding in findings
    ]
    keys = ["severity", "check", "zones", "checks_area", "checks_width", "checks_expected", "checks_measured"]
    return pd.DataFrame(rows, columns=[say(key, language) for key in [*keys, "checks_state", "message"]])


def zone_names(finding: Finding, result: CheckResult, language: str) -> str:
    """Return the names of the zones a finding is about, not escaped."""
    comma = "、" if language == "zh" else ", "
    return comma.join(visible(result.names.get(zone, Text.same(zone)).get(language)) for zone in finding.zones)


def finding_html(finding: Finding, result: CheckResult, language: str) -> str:
    """Return the card of one finding: what, where, how much, and by whom it was accepted."""
    look = style.ACCEPTED if finding.accepted else style.SEVERITY_STYLES[finding.severity]
    severity = SEVERITY_LABELS[finding.severity].get(language)
    rows = [
        ("zones", zone_names(finding, result, language)),
        ("checks_size", figures.quantity(finding.area_m2, "m2", language) if finding.area_m2 is not None else ""),
        ("checks_across", figures.quantity(finding.width_m, "m", language) if finding.width_m is not None else ""),
        ("checks_expected", _quantity(finding.expected, finding.unit, language)),
        ("checks_measured", _quantity(finding.measured, finding.unit, language)),
        ("checks_state", accepted_sentence(finding.accepted).get(language) if finding.accepted else ""),
        ("checks_id", finding.id),
    ]
    listing = "".join(f"<dt>{for_html(say(key, language))}</dt><dd>{for_html(text)}</dd>" for key, text in rows if text)
    badge = f'style="background:{look.tint};color:{look.text}"'
    return (
        f'<div class="gp-card"><p class="gp-badge" {badge}>{look.symbol} {for_html(severity)}</p>'
        f"<h2>{for_html(check_title(finding.check).get(language))}</h2>"
        f"<p>{for_html(finding.message.get(language))}</p><dl>{listing}</dl></div>"
    )


def _sign(finding: Finding) -> str:
    return (style.ACCEPTED if finding.accepted else style.SEVERITY_STYLES[finding.severity]).symbol


def _quantity(value: float | str | None, unit: str | None, language: str) -> str:
    return "" if value is None else visible(figures.quantity(value, unit, language))
