"""Loading an update: inspect, match, repair if asked, check, compare, and publish at once, or change nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geoplan.errors import InputError
from geoplan.inspection import Inspection
from geoplan.plan import Plan
from geoplan.repair import Repair, propose
from geoplan.result import CheckResult
from geoplan.revisions.acceptance import accepted_records, accepting, require_known_findings
from geoplan.revisions.current import site_of
from geoplan.revisions.inspect import inspected, placed
from geoplan.revisions.job import Job, compared, draft_of, publish, require_parent
from geoplan.revisions.recorded import decision_record, notes_on
from geoplan.revisions.source import sha256_of, source_content
from geoplan.revisions.stage import Staged, joined, keep_unchanged, stage
from geoplan.revisions.values import LoadResult, MatchedFeature, Outcome, Publishing, Reading
from geoplan.store import SourceFile
from geoplan.types import Text
from geoplan.workflow import open_plan
from geoplan.zones import ZoneLayer


def load(
    path: str | Path,
    plan: str | Path | Plan,
    *,
    reading: Reading | None = None,
    publishing: Publishing | None = None,
) -> LoadResult:
    """Load a file as the new boundaries of a plan: publish them as a revision, or change nothing and say why.

    Raises InputError for a file that cannot be read, UsageError for options that cannot be followed,
    PublishConflictError (with both differences) when somebody else published in the meantime, and
    StoreError for a store that cannot be used.
    """
    how = reading or Reading()
    job = Job.of(plan, publishing or Publishing())
    site = site_of(job.plan, job.current.zones)
    if site is not None:  # before the file is in memory as well: a city's check takes some gigabytes by itself
        job = job.beside(site.target)
    found = inspected(Path(path), site, how)
    inspection = found.inspection
    if inspection.crs.chosen is None:
        return job.result(Outcome.REJECTED, inspection=inspection, reasons=(inspection.crs.explanation,))
    layer = placed(found, job.plan, site, given=how.crs is not None)
    if job.zones is None:
        job = job.beside(layer.crs)
    staged = stage(layer, job.plan, job.zones, id_field=how.id_field)
    arrived = _arrived(job, staged)
    del found, layer, staged  # most zones are those that are there already: the file's own need not stay
    return _judged(job, inspection, arrived, Path(path))


@dataclass(frozen=True, slots=True)
class _Arrived:
    """The zones of an update: as they would be published (`final`), and as they are checked; how they were matched."""

    final: ZoneLayer
    checked: ZoneLayer
    matched: tuple[MatchedFeature, ...]
    notes: tuple[Text, ...]
    repair: Repair | None


def _arrived(job: Job, staged: Staged) -> _Arrived:
    notes = notes_on(job, staged)
    repair = propose(staged.layer, ids=staged.ids, tolerance=job.plan.tolerance) if job.publishing.repair else None
    if repair is not None and repair.layer is not None:
        staged = replace(staged, layer=repair.layer)
    single = joined(staged.layer, staged.ids)
    final = keep_unchanged(single, job.zones, job.plan.tolerance) if job.zones is not None else single
    # Features that are one zone twice are told of as they were delivered, not as they would be joined.
    checked = final if len(single) == len(staged.layer) else staged.layer
    return _Arrived(final, checked, staged.matched, notes, repair)


def _judged(job: Job, inspection: Inspection, arrived: _Arrived, path: Path) -> LoadResult:
    final, repair = arrived.final, arrived.repair
    view = open_plan(accepting(job), zones=arrived.checked, id_field="id")
    require_known_findings(job.publishing, view.result)
    comparison = compared(job, final, view.result, view.facilities)
    require_parent(job, comparison)
    parts: dict[str, Any] = {
        "inspection": inspection,
        "matched": arrived.matched,
        "repair": repair,
        "check": view.result,
        "comparison": comparison,
        "notes": arrived.notes,
    }
    reasons = _reasons(repair, view.result)
    if reasons:
        return job.result(Outcome.REJECTED, reasons=reasons, **parts)
    if job.zones is not None and comparison.is_unchanged:
        return job.result(Outcome.UNCHANGED, **parts)
    if job.publishing.dry_run:
        return job.result(Outcome.PUBLISHED, **parts)
    chosen, operation = inspection.crs.chosen, inspection.crs.operation
    decision = decision_record(inspection, arrived.matched, accepted_records(job, view.result))
    source = source_file(path, chosen.crs if chosen else "", operation or "", decision, sha256=inspection.sha256)
    draft = draft_of(job, final, view, source, message=f"Load {path.name}", repair=repair)
    return job.result(Outcome.PUBLISHED, revision=publish(job, draft, comparison), **parts)


def _reasons(repair: Repair | None, result: CheckResult) -> tuple[Text, ...]:
    if repair is not None and repair.layer is None:
        return tuple(
            Text(
                f"repair refused: {one.zone or 'all'}: {one.reason.en}",
                f"拒绝修复：{one.zone or '全部'}：{one.reason.zh}",
            )
            for one in repair.refused
        )
    if result.passed:
        return ()
    count = len(result.failing)
    plural = "finding rejects" if count == 1 else "findings reject"
    return (Text(f"{count} {plural} this load.", f"{count} 项发现导致拒绝加载。"),)


def source_file(path: Path, crs: str, operation: str, decision: dict[str, Any], *, sha256: str = "") -> SourceFile:
    """Return a file as a revision keeps it; `sha256` is what it had when it was read, if that is known.

    Raises InputError when it changed since then, cannot be read or is too large to keep.
    """
    content, packed = source_content(path)
    digest = sha256_of(content)
    if sha256 and not packed and digest != sha256:
        raise InputError(
            Text("the file changed while it was being read.", "文件在读取过程中发生了变化。"),
            where=str(path),
            hint=Text("Load it again.", "请重新加载。"),
        )
    return SourceFile(path.name, digest, crs, operation, decision, content)
