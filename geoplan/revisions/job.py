"""What loading and restoring share: the plan beside its current zones, what is compared, what is published."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyproj import CRS

from geoplan.current import opened_store, store_address, store_name, with_acceptances
from geoplan.diff import Comparison, Version, ZoneSet, compare
from geoplan.errors import ConflictError, UsageError
from geoplan.plan import Plan, load_plan
from geoplan.repair import Repair
from geoplan.result import CheckResult
from geoplan.revisions.current import FOLDER, Current, current_zones, in_crs, zones_of
from geoplan.revisions.kept import kept_check
from geoplan.revisions.stage import joined, stage
from geoplan.revisions.values import LoadResult, Outcome, PublishConflictError, Publishing
from geoplan.store import Draft, Revision, SourceFile
from geoplan.types import VERSION, Facility, Text
from geoplan.workflow import PlanView, open_plan
from geoplan.zones import ZoneLayer

PLAN_FILE = "plan.toml"


@dataclass(frozen=True, slots=True)
class Job:
    """What a load or a restore works on: the plan, its store, its current zones with the check of them.

    `zones` are the current zones in the CRS of the update, with one feature per zone and its id; None
    when the plan has no boundary yet.
    """

    plan: Plan
    address: str
    current: Current
    publishing: Publishing
    author: str
    toml: str = ""
    zones: ZoneLayer | None = None
    check: CheckResult | None = None

    @classmethod
    def of(cls, plan: str | Path | Plan, publishing: Publishing) -> Job:
        """Return the job for a plan; errors as for `load_plan` and `published_zones`."""
        opened = plan if isinstance(plan, Plan) else load_plan(plan)
        toml = (opened.folder / PLAN_FILE).read_bytes().decode("utf-8-sig")
        address = store_address(opened, publishing.store)
        author = publishing.author or login_name()
        return cls(opened, address, current_zones(opened, address), publishing, author, toml)

    def beside(self, crs: CRS) -> Job:
        """Return the job with the current zones in the CRS of an update, checked against today's plan.toml.

        Of the figures only totals are kept: rows of a million zones would be held for nothing.
        """
        if self.current.zones is None:
            return self
        zones = as_zones(in_crs(self.current.zones, crs), self.plan)
        plan = with_acceptances(self.plan, self.current.revision)
        result = open_plan(plan, zones=zones, id_field="id").result
        found = result.measurement
        if found is not None:
            result = replace(result, measurement=replace(found, zones=(), totals={found.method: found.total_m2}))
        return replace(self, zones=zones, check=result)

    def version(self) -> Version | None:
        """Return the current zones as one side of a comparison; None when there are none."""
        if self.zones is None:
            return None
        return version_of(self.plan, self.zones, self.current.number, self.check)

    def result(self, outcome: Outcome, **parts: Any) -> LoadResult:
        """Return the result of this job: a dry run says what it would have come to."""
        shown = Outcome.DRY_RUN if self.publishing.dry_run else outcome
        return LoadResult(shown, outcome, self.plan, store_name(self.plan, self.address), self.current.number, **parts)


def as_zones(layer: ZoneLayer, plan: Plan) -> ZoneLayer:
    """Return a layer as the store would hold it: one feature per zone, with its id and names."""
    staged = stage(layer, plan, None)
    return joined(staged.layer, staged.ids)


def version_of(plan: Plan, zones: ZoneLayer, number: int | None, result: CheckResult | None = None) -> Version:
    """Return the zones of a plan as one side of a comparison; `number` is None for those in its folder."""
    label = plan.id if number else f"{plan.id} (plan folder)"
    return Version(
        label, ZoneSet.from_layer(zones, zones.text("id")), number or None, zones.source.sha256, None, result
    )


def compared(job: Job, final: ZoneLayer, result: CheckResult, facilities: Sequence[Facility]) -> Comparison:
    """Return what an update changes, held against nothing when the plan has no boundary yet."""
    after = Version(final.source.path, ZoneSet.from_layer(final, final.text("id")), None, final.source.sha256)
    before = job.version() or Version(f"{job.plan.id} (no boundaries yet)", ZoneSet(after.zones.crs, {}))
    return compare(before, replace(after, result=result), tolerance=job.plan.tolerance, facilities=facilities)


def require_parent(job: Job, mine: Comparison) -> None:
    """Raise PublishConflictError when the update was made from another revision than the current one."""
    wanted = job.publishing.parent
    if wanted is None or wanted == (job.current.number or FOLDER):
        return
    raise conflict(job, wanted, mine)


def conflict(job: Job, expected: int | None, mine: Comparison) -> PublishConflictError:
    """Return the conflict of an update made from revision `expected`: what changed since, and what it would change."""
    now = current_zones(job.plan, job.address)
    zones = [_zones_at(job, number, mine, now.number) for number in (expected or None, now.number)]
    sides = [version_of(job.plan, layer, number) for layer, number in zip(zones, (expected, now.number), strict=True)]
    theirs = compare(sides[0], sides[1], tolerance=job.plan.tolerance)
    ours = compare(sides[1], replace(mine.after, result=None), tolerance=job.plan.tolerance)
    return PublishConflictError(job.plan.id, expected, now.number, theirs=theirs, mine=ours)


def _zones_at(job: Job, number: int | None, mine: Comparison, current: int | None) -> ZoneLayer:
    found = zones_of(job.plan, number or FOLDER, job.address)
    if found is None:  # there were no zones at all to see a difference from
        raise ConflictError(job.plan.id, number, current)
    return as_zones(in_crs(found, mine.crs), job.plan)


def publish(job: Job, draft: Draft, mine: Comparison) -> Revision:
    """Publish a draft on top of what the job saw; raises PublishConflictError with both differences otherwise."""
    try:
        with opened_store(job.plan, job.address) as store:
            return store.publish(job.plan.id, draft, parent=job.current.number, patience=job.publishing.patience)
    except ConflictError as error:
        raise conflict(job, error.expected, mine) from None


def draft_of(
    job: Job, zones: ZoneLayer, view: PlanView, source: SourceFile, *, message: str, repair: Repair | None = None
) -> Draft:
    """Return what is to be published: the zones with the check they passed, now and by this author."""
    measurement = view.result.measurement
    return Draft(
        zones=zones,
        plan_toml=job.toml,
        source=source,
        author=job.author,
        message=job.publishing.message or message,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        tool_version=VERSION,
        total_m2=measurement.total_m2 if measurement else 0.0,
        passed=view.result.passed,
        check=kept_check(view.result),
        repairs=repair.records() if repair else (),
        findings=view.result.findings,
        facilities=view.facilities,
    )


def login_name() -> str:
    """Return the author when nobody says otherwise: the name this person is logged in under."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may know its user by number alone
        raise UsageError(
            Text("nobody is logged in by name.", "无法得知登录名。"),
            where="--author",
            hint=Text(
                "Say who publishes with --author or GEOPLAN_AUTHOR.", "请用 --author 或 GEOPLAN_AUTHOR 指定发布者。"
            ),
        ) from None
