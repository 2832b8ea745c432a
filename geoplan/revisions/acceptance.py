"""Findings that a load accepts with a reason: held against what was found, and kept with the revision."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from geoplan.current import acceptance_entry, with_acceptances, with_entries
from geoplan.errors import UsageError
from geoplan.plan import Plan
from geoplan.plan.model import ExceptionEntry
from geoplan.result import CheckResult
from geoplan.revisions.job import Job
from geoplan.revisions.values import Publishing
from geoplan.types import Text


def accepting(job: Job) -> Plan:
    """Return the plan with what was accepted before, and what this load accepts."""
    plan = with_acceptances(job.plan, job.current.revision)
    entries = [
        {"finding": finding, "reason": reason, "author": job.author} for finding, reason in job.publishing.accept
    ]
    try:
        return with_entries(plan, tuple(map(acceptance_entry, entries)))
    except ValidationError as error:
        reason = "; ".join(str(detail["msg"]) for detail in error.errors())
        raise UsageError(
            Text(f"cannot be followed: {reason}.", f"无法采用：{reason}。"),
            where="--accept",
            hint=Text("Give the id of a finding and the reason: --accept ID=REASON.", "格式：--accept 发现编号=理由。"),
        ) from None


def require_known_findings(publishing: Publishing, result: CheckResult) -> None:
    """Raise UsageError for an acceptance of a finding that there is not."""
    found = [finding.id for finding in result.findings]
    unknown = [finding for finding, _ in publishing.accept if finding not in found]
    if unknown:
        listed = ", ".join(finding.id for finding in result.failing) or "none"
        raise UsageError(
            Text(f"there is no finding {unknown[0]}.", f"没有发现 {unknown[0]}。"),
            where="--accept",
            hint=Text(f"Findings that reject this load: {listed}.", f"导致拒绝的发现：{listed}。"),
        )


def accepted_records(job: Job, result: CheckResult) -> list[dict[str, Any]]:
    """Return what is accepted beyond plan.toml and still covers a finding, as the revision keeps it."""
    own = {entry.finding for entry in (*job.plan.accepted, *job.plan.known)}
    found = {finding.id for finding in result.findings}
    kept: list[ExceptionEntry] = [entry for entry in accepting(job).accepted if entry.finding in found - own]
    return [
        {
            "finding": entry.finding,
            "reason": {"en": entry.reason.en, "zh": entry.reason.zh},
            "author": entry.author,
            "expires": entry.expires.isoformat() if entry.expires else None,
        }
        for entry in kept
    ]
