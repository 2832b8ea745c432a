"""What the page of checks says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "checks_lead": Text(
        "{verdict}. What was checked, what was found, and where. A finding picked in the list is shown on the map.",
        "{verdict}。已检查的内容、发现的问题及其位置。在列表中选择检查结果，即在地图上显示。",
    ),
    "checks_severities": Text("Severity", "级别"),
    "checks_accepted_too": Text("Show accepted ones", "显示已认可项"),
    "checks_none": Text("No findings: every check that ran holds.", "没有检查结果：已运行的检查全部通过。"),
    "checks_nothing_yet": Text(
        "No boundary is loaded yet, so there is nothing to check.", "尚未加载任何边界，暂无可检查内容。"
    ),
    "checks_table": Text("All figures", "全部数据"),
    "checks_filtered": Text("No finding passes this filter.", "没有符合筛选条件的检查结果。"),
    "checks_count": Text("{shown} of {all} findings", "显示 {shown} / 共 {all} 项"),
    "checks_sign": Text("!", "级"),
    "checks_zone_only": Text("About {zone} only", "仅显示：{zone}"),
    "checks_all_zones": Text("All zones", "全部分区"),
    "checks_check": Text("Check", "检查项"),
    "checks_every_check": Text("Every check", "全部检查项"),
    "checks_area": Text("Area m²", "面积 m²"),
    "checks_size": Text("Area", "面积"),
    "checks_across": Text("Width", "宽度"),
    "checks_width": Text("Width m", "宽度 m"),
    "checks_expected": Text("Expected", "应为"),
    "checks_measured": Text("Measured", "实测"),
    "checks_state": Text("State", "状态"),
    "checks_open": Text("open", "未处理"),
    "checks_id": Text("Id", "编号"),
    "checks_back": Text("All findings", "全部检查结果"),
    "checks_gone": Text(
        "There is no finding “{id}” any more: it was mended, or the boundary it was about has changed.",
        "已没有检查结果“{id}”：问题已修正，或相关边界已改变。",
    ),
    "checks_no_place": Text("This finding has no place on the map.", "此项检查结果没有对应的位置。"),
    "checks_accept": Text("Accept this finding", "认可此项检查结果"),
    "checks_accept_why": Text(
        "An accepted finding stays in every report and no longer fails the check. It lapses on its last day, and "
        "when the geometry it is about changes.",
        "认可后，检查结果仍列于各报告，但不再导致检查不通过。到期或相关几何改变时自动失效。",
    ),
    "checks_reason": Text("Reason", "理由"),
    "checks_author": Text("Accepted by", "认可人"),
    "checks_expires": Text("Last day (empty: until the geometry changes)", "有效期至（不填：至几何改变为止）"),
    "checks_accept_button": Text("Accept", "认可"),
    "checks_withdraw": Text("Withdraw the acceptance", "撤销认可"),
    "checks_was_accepted": Text("Accepted: written to plan.toml.", "已认可：已写入 plan.toml。"),
    "checks_was_withdrawn": Text("The acceptance is withdrawn.", "已撤销认可。"),
    "checks_in_revision": Text(
        "Accepted when its revision was loaded; it is kept with that revision.", "随版本加载时认可，与该版本一同保存。"
    ),
    "checks_in_plan": Text(
        "Known, to be mended: it is written in plan.toml, and taken out there.",
        "已知待改：记录于 plan.toml，并在其中撤销。",
    ),
    "checks_needs_editor": Text("Accepting a finding takes the role of an editor.", "认可检查结果需要“编辑者”角色。"),
    "checks_old_revision": Text(
        "Findings of an old revision cannot be accepted here; show the current one.",
        "旧版本的检查结果不能在此认可，请查看当前版本。",
    ),
    "checks_lapsed": Text("Lapsed acceptances", "已失效的认可"),
    "checks_why": Text("Why", "原因"),
    "checks_reports": Text("Reports", "报告"),
    "checks_report_text": Text("Text", "文本"),
    "checks_report_json": Text("JSON data", "JSON 数据"),
    "checks_report_junit": Text("JUnit for CI", "JUnit（持续集成）"),
    "checks_report_sarif": Text("SARIF for code review", "SARIF（代码审查）"),
    "checks_report_html": Text("Page to print", "网页（可打印）"),
    "checks_report_gpkg": Text("GeoPackage for QGIS", "GeoPackage（供 QGIS 使用）"),
    "checks_reports_note": Text(
        "Each report holds every finding, the accepted ones too, with tolerance, method and sources.",
        "每种报告均含全部检查结果（包括已认可项）以及容差、方法和来源。",
    ),
    "checks_layer": Text("Findings", "检查结果"),
    "checks_legend_error": Text("Error", "错误"),
    "checks_legend_warning": Text("Warning", "警告"),
    "checks_legend_info": Text("Info", "提示"),
}
