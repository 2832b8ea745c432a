"""What the page of indicators says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "indicators_lead": Text(
        "Targets beside what was reported, each with its date and source. A stock counts what there was at a date, an "
        "increment what was added in a period; the two are never added up or drawn on one scale.",
        "目标与已公布数据对照，均注明日期和来源。“存量”为某一时点数量，“增量”为某一时期内新增；两者不相加，也不绘于同一刻度。",
    ),
    "indicators_none": Text("No figures are published for this plan.", "本规划没有公布指标数据。"),
    "indicators_targets": Text("Targets and stocks", "目标与存量"),
    "indicators_increments": Text("Added in a period", "时期增量"),
    "indicators_goals": Text("Goals in words", "定性目标"),
    "indicators_all": Text("All figures", "全部数据"),
    "indicators_target_mark": Text("target {date}: {figure}", "{date}目标：{figure}"),
    "indicators_no_stock": Text(
        "No stock is reported that could be held against this target.", "未公布可与此目标对照的存量数据。"
    ),
    "indicators_no_target": Text("No target is published for this.", "未公布相应目标。"),
    "indicators_subject": Text("Figures of: {subject}", "数据对象：{subject}"),
    "indicators_units_differ": Text(
        "Counted in another unit than the target, so not drawn: {figure} ({date}).",
        "计量单位与目标不同，故不绘制：{figure}（{date}）。",
    ),
    "indicators_source": Text("{figure}, {date}. Source: {source}", "{figure}，{date}。来源：{source}"),
    "indicators_goal_by": Text("by {date}", "到 {date}"),
    "indicators_chart": Text("{name}: reported by date, and the target", "{name}：按日期公布的数据及目标"),
}
