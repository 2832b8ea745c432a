"""Taking the history of a plan from one store into another, such as from the file into PostGIS."""

from __future__ import annotations

from geoplan.errors import StoreError
from geoplan.store.base import Draft, Revision, SourceFile, Store
from geoplan.types import Text


def copy_history(source: Store, target: Store, plan: str) -> Revision | None:
    """Publish into `target` what of a plan's history it lacks, and return the last revision (None without any).

    The hash does not depend on the kind of store: every copy must come out with the hash it was
    published with. Raises StoreError when the target has another history of this plan, or a copy came
    out otherwise, which means that the source was tampered with: verify it.
    """
    there = target.history(plan)
    for place, revision in enumerate(source.history(plan)):
        if place < len(there):
            copied = there[place]
        else:
            copied = target.publish(plan, _draft(source, revision), parent=revision.parent)
        if copied.hash != revision.hash:
            number = revision.number
            raise StoreError(
                Text(
                    f"revision {number} of plan “{plan}” differs between the two stores.",
                    f"规划“{plan}”的版本 {number} 在两个存储中不同。",
                ),
                hint=Text(
                    "Run `geoplan store verify` on both, and copy into an empty store.",
                    "请对两者运行 `geoplan store verify`，并复制到空的存储中。",
                ),
            )
    return target.revision(plan)


def _draft(source: Store, revision: Revision) -> Draft:
    plan, number = revision.plan, revision.number
    return Draft(
        zones=source.zones(plan, number),
        plan_toml=source.plan_toml(plan, number),
        source=SourceFile(
            revision.source_path,
            revision.source_sha256,
            revision.source_crs,
            revision.source_operation,
            revision.decision,
            source.source(plan, number),
        ),
        author=revision.author,
        message=revision.message,
        time=revision.time,
        tool_version=revision.tool_version,
        total_m2=revision.total_m2,
        passed=revision.passed,
        check=source.check(plan, number),
        repairs=revision.repairs,
        restored_from=revision.restored_from,
    )
