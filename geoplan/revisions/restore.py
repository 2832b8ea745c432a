"""Going back: the zones of an old revision published again, as a new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geoplan.current import opened_store, with_acceptances
from geoplan.plan import Plan, layer_path
from geoplan.revisions.compare import no_boundaries, revision_of
from geoplan.revisions.current import FOLDER, in_crs, target_crs, zones_of
from geoplan.revisions.job import Job, as_zones, compared, draft_of, publish, require_parent
from geoplan.revisions.load import source_file
from geoplan.revisions.values import LoadResult, Outcome, Publishing
from geoplan.store import Revision, SourceFile
from geoplan.types import Text
from geoplan.workflow import open_plan, projected_for


def restore(plan: str | Path | Plan, number: int, publishing: Publishing | None = None) -> LoadResult:
    """Publish an old revision (0: the zones of the plan folder) again, as a new one on top of the current.

    It is checked against today's plan.toml and published whatever the check says, with its findings: going
    back must always be possible. Its zones are those of the old revision to the last bit.
    Raises StoreError for an unknown number, PublishConflictError as `load` does.
    """
    job = Job.of(plan, publishing or Publishing())
    layer = zones_of(job.plan, number, job.address)
    if layer is None:
        raise no_boundaries(job.plan)
    old = revision_of(job.plan, number, job.address)
    if number == FOLDER:
        layer = as_zones(in_crs(layer, target_crs(job.plan, layer) or projected_for(layer, None)), job.plan)
    job = job.beside(layer.crs)
    view = open_plan(with_acceptances(job.plan, old), zones=layer, id_field="id")
    comparison = compared(job, layer, view.result, view.facilities)
    require_parent(job, comparison)
    first = job.current.revision is None
    if not first and comparison.is_unchanged:
        return job.result(Outcome.UNCHANGED, check=view.result, comparison=comparison)
    notes = () if view.result.passed else (_does_not_hold(len(view.result.failing)),)
    if job.publishing.dry_run:
        return job.result(Outcome.PUBLISHED, check=view.result, comparison=comparison, notes=notes)
    message = "Restore the zones of the plan folder" if number == FOLDER else f"Restore revision {number}"
    draft = draft_of(job, layer, view, _old_source(job, number, old, layer.source.crs or ""), message=message)
    revision = publish(job, replace(draft, restored_from=number if old else None), comparison)
    return job.result(Outcome.PUBLISHED, revision=revision, check=view.result, comparison=comparison, notes=notes)


def _old_source(job: Job, number: int, old: Revision | None, crs: str) -> SourceFile:
    """Return the file an old revision came from, with what was decided about it."""
    if old is None:
        path = layer_path(job.plan, "zones")
        assert path is not None  # noqa: S101 - its zones were read
        return source_file(path, crs, "", {"verdict": "declared", "folder": True})
    with opened_store(job.plan, job.address) as held:
        content = held.source(job.plan.id, number)
    return SourceFile(old.source_path, old.source_sha256, old.source_crs, old.source_operation, old.decision, content)


def _does_not_hold(count: int) -> Text:
    plural = "finding does" if count == 1 else "findings do"
    return Text(
        f"Held against today's plan.toml, {count} {plural} not hold; a restore is published all the same.",
        f"按现行 plan.toml 有 {count} 项不满足；恢复操作仍予发布。",
    )
