"""What is told of a load besides its figures: the decision a revision keeps, and notes for the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from geoplan.inspection import Inspection
from geoplan.revisions.job import Job
from geoplan.revisions.stage import Staged
from geoplan.revisions.values import How, MatchedFeature
from geoplan.types import Text

_FOLDER = Text(
    "The plan has no revision yet: held against the zones in its folder (revision 0), which stay there.",
    "该规划尚无版本：与规划文件夹中的分区（版本 0）比较，后者保持不变。",
)
_JOINED = Text(
    "Features of one zone are joined into one when they are published.", "同一分区的多个要素在发布时合并为一个。"
)


def decision_record(
    inspection: Inspection, matched: Sequence[MatchedFeature], accepted: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what a revision keeps of how its file was understood: CRS, encoding, layer, matching, acceptances."""
    verdict = inspection.crs
    chosen = asdict(verdict.chosen) if verdict.chosen else None
    return {
        "verdict": verdict.verdict.value,
        "declared": verdict.declared,
        "chosen": chosen and chosen | {"offset": str(chosen["offset"])},
        "operation": verdict.operation,
        "accuracy_m": verdict.accuracy_m,
        "explanation": {"en": verdict.explanation.en, "zh": verdict.explanation.zh},
        "driver": inspection.driver,
        "layer": inspection.layer,
        "encoding": {"name": inspection.encoding.name, "how": inspection.encoding.how},
        "matched": dict(sorted(Counter(str(row.how) for row in matched).items())),
        "accepted": accepted,
    }


def notes_on(job: Job, staged: Staged) -> tuple[Text, ...]:
    """Return what a reader of the result should know besides: what it is held against, how zones were found."""
    notes = [_FOLDER] if job.current.revision is None and job.zones is not None else []
    notes += [_by_shape(row) for row in staged.matched if row.how is How.SHAPE]
    notes += [_in_order(row) for row in staged.matched if row.how is How.ORDER]
    return (*notes, *([_JOINED] if len(set(staged.ids)) < len(staged.ids) else []))


def _by_shape(row: MatchedFeature) -> Text:
    share = f"{100 * (row.share or 0):.1f} %"
    return Text(
        f"Feature {row.place} ({row.key}) is {row.zone} by its shape alone: {share} of their ground is common.",
        f"第 {row.place} 个要素（{row.key}）仅凭形状认定为 {row.zone}：重合 {share}。",
    )


def _in_order(row: MatchedFeature) -> Text:
    return Text(
        f"Feature {row.place} ({row.key}) is taken for {row.zone}, not named yet: by its place in the file.",
        f"第 {row.place} 个要素（{row.key}）按文件顺序填入名称未公布的 {row.zone}。",
    )
