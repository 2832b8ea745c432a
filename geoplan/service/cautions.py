"""What a reader must know before relying on the figures of service coverage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoplan.ground import Ground, accuracies
from geoplan.plan import Plan
from geoplan.types import Facility, Text


def cautions(plan: Plan, ground: Ground, ours: Sequence[Facility], radius_m: float) -> tuple[Text, ...]:
    """Return what a reader must know before relying on the figures."""
    counted = [facility for facility in ours if facility.point is not None]
    radii = accuracies(counted)
    vague, unknown = int((radii > radius_m).sum()), int(np.isnan(radii).sum())
    blurred = sum(
        1
        for label in ground.rows
        if (zone := plan.zone_by_id.get(label)) is not None and (zone.accuracy_m or 0.0) > radius_m
    )
    total, missing, reach = len(counted), len(ours) - len(counted), f"{radius_m:,.6g} m"
    said: list[Text] = []
    if not total:
        said.append(Text("No facility of this category is located.", "该类别没有已定位的设施。"))
    if vague:
        said.append(
            Text(
                f"Unreliable: {vague} of {total} facilities are known only to a radius larger than {reach}. "
                "Read the range, not the share.",
                f"结果不可靠：{total} 处设施中有 {vague} 处的位置精度半径大于 {reach}。请以区间为准，勿只看覆盖率。",
            )
        )
    if unknown:
        said.append(
            Text(
                f"The accuracy of {unknown} of {total} facilities is unknown: the range has no upper end, "
                "and its lower end leaves them out.",
                f"{total} 处设施中有 {unknown} 处的位置精度未知：区间没有上限，下限不计这些设施。",
            )
        )
    if missing:
        said.append(
            Text(
                f"{missing} of {len(ours)} facilities are not located and count nowhere, not in the range either.",
                f"{len(ours)} 处设施中有 {missing} 处未定位，未计入结果，也未计入区间。",
            )
        )
    if blurred:
        said.append(
            Text(
                f"The boundaries of {blurred} of {len(ground.rows)} zones may be further off than {reach}; "
                "the range does not account for that.",
                f"{len(ground.rows)} 个分区中有 {blurred} 个的边界偏差可能大于 {reach}；区间未考虑这一点。",
            )
        )
    return tuple(said)
