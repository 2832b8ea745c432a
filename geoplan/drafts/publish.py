"""Publishing a draft: by the same checks, conflicts and records as the file of an update."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import Any

from geoplan.crs import code_of
from geoplan.diff import Comparison
from geoplan.drafts.assess import hash_of
from geoplan.drafts.document import file_name, label_of, to_geojson
from geoplan.drafts.values import Draft
from geoplan.errors import StoreError
from geoplan.plan import Plan
from geoplan.result import CheckResult
from geoplan.revisions import LoadResult, Outcome, Publishing
from geoplan.revisions.acceptance import accepted_records, accepting, require_known_findings
from geoplan.revisions.current import in_crs
from geoplan.revisions.job import Job, as_zones, compared, draft_of, publish, require_parent
from geoplan.revisions.stage import keep_unchanged
from geoplan.store import SourceFile
from geoplan.types import InputInfo, Text
from geoplan.workflow import open_plan
from geoplan.zones import ZoneLayer


def publish_draft(draft: Draft, plan: Plan, publishing: Publishing | None = None) -> LoadResult:
    """Publish a draft as a new revision of a plan, or change nothing and say why.

    It is checked as a file that is loaded is; a zone within the tolerance of its current boundary keeps that to
    the last bit. The revision keeps the draft as GeoJSON, its name and ledger, and that it was drawn on the map.
    Raises PublishConflictError (with both differences) when the current revision is not the one it was
    started from, UsageError for an acceptance of a finding that there is not, and StoreError when the zones in
    the plan folder are not those it was started from, and for a store that cannot be used.
    """
    job = Job.of(plan, replace(publishing or Publishing(), parent=draft.parent))
    source = _source(draft)
    layer = replace(draft.zones, source=InputInfo(label_of(draft.name), None, len(draft.zones), source.sha256))
    job = job.beside(layer.crs)
    final = layer if job.zones is None else keep_unchanged(layer, job.zones, job.plan.tolerance)
    view = open_plan(accepting(job), zones=final, id_field="id")
    require_known_findings(job.publishing, view.result)
    comparison = compared(job, final, view.result, view.facilities)
    require_parent(job, comparison)
    _require_folder(draft, job, layer)
    outcome, reasons = _outcome(job, comparison, view.result)
    parts: dict[str, Any] = {"check": view.result, "comparison": comparison, "reasons": reasons}
    if outcome is not Outcome.PUBLISHED or job.publishing.dry_run:
        return job.result(outcome, **parts)
    kept = replace(source, decision=_decision(draft, accepted_records(job, view.result)))
    made = draft_of(job, final, view, kept, message=f"Draft {draft.name}")
    return job.result(Outcome.PUBLISHED, revision=publish(job, made, comparison), **parts)


def _outcome(job: Job, comparison: Comparison, result: CheckResult) -> tuple[Outcome, tuple[Text, ...]]:
    if not comparison.rows:
        return Outcome.REJECTED, (Text("There is no zone in the draft.", "草案中没有分区。"),)
    if not result.passed:
        count = len(result.failing)
        plural = "finding rejects" if count == 1 else "findings reject"
        return Outcome.REJECTED, (Text(f"{count} {plural} this draft.", f"{count} 项发现导致拒绝发布。"),)
    return (Outcome.UNCHANGED if job.zones is not None and comparison.is_unchanged else Outcome.PUBLISHED), ()


def _require_folder(draft: Draft, job: Job, layer: ZoneLayer) -> None:
    """Raise StoreError when the draft was started from zones of the plan folder that are others by now."""
    if draft.parent or job.current.zones is None:
        return
    zones = as_zones(in_crs(job.current.zones, layer.crs), job.plan)
    if draft.parent_hash != hash_of(job.current, zones):
        raise StoreError(
            Text(
                "the zones in the plan folder were changed since this draft was started; nothing was written.",
                "本草案开始后，规划文件夹中的分区已被改动；未写入任何内容。",
            ),
            where=job.plan.id,
            hint=Text("Start a draft of the zones as they are now.", "请基于现有分区新建草案。"),
        )


def _source(draft: Draft) -> SourceFile:
    content = to_geojson(draft)
    digest = hashlib.sha256(content).hexdigest()
    return SourceFile(file_name(draft), digest, code_of(draft.zones.crs), "", {}, content)


def _decision(draft: Draft, accepted: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a revision keeps of how its zones came to be: on the map, by these edits, this precisely."""
    pixels = [edit.pixel_m for edit in draft.edits if edit.pixel_m is not None]
    return {
        "verdict": "declared",
        "declared": code_of(draft.zones.crs),
        "chosen": {"crs": code_of(draft.zones.crs), "axis_order": "east-north", "zone_prefix": None, "offset": None},
        "operation": None,
        "accuracy_m": max(pixels, default=None),
        "explanation": {"en": "Drawn on the map.", "zh": "在地图上绘制。"},
        "driver": "geoplan.draft/1",
        "draft": {
            "name": draft.name,
            "author": draft.author,
            "created": draft.created,
            "parent": draft.parent,
            "deeds": dict(sorted(Counter(edit.deed.value for edit in draft.edits).items())),
            "edits": [edit.record() for edit in draft.edits],
        },
        "accepted": accepted,
    }
