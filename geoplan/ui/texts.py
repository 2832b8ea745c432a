"""Every text of the web app, in both languages, in one table."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import IndicatorKind, Text

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}

TEXTS: Mapping[str, Text] = {
    # Top bar
    "title": Text("geoplan", "geoplan 规划图"),
    "plan": Text("Plan", "规划"),
    "language": Text("Language", "语言"),
    "methods": Text("Methods and sources", "方法与来源"),
    "opening": Text("Opening the plan …", "正在打开规划……"),
    # Headline figures
    "total": Text("Total area", "总面积"),
    "share": Text("Share in the {group}", "占比：{group}"),
    "zones": Text("Zones", "分区"),
    "facilities": Text("Facilities", "设施"),
    "findings": Text("Findings", "检查结果"),
    "published": Text("published {figure}", "公布 {figure}"),
    "published_words": Text("published {low}–{high} % (“{words}”)", "公布 {low}–{high} %（“{words}”）"),
    "published_range": Text("published {low}–{high} %", "公布 {low}–{high} %"),
    "holds_short": Text("agrees", "一致"),
    "fails_short": Text("differs", "不符"),
    "unchecked_short": Text("unchecked", "未核对"),
    "holds": Text("agrees with the published figure", "与公布数据一致"),
    "fails": Text("differs from the published figure", "与公布数据不符"),
    "unchecked": Text("not held against the published figure", "未与公布数据核对"),
    "no_published": Text("no figure published", "未公布数值"),
    "no_boundary": Text("no boundary to measure", "尚无可量算的边界"),
    "loaded": Text("{loaded} of {declared}", "{loaded} / {declared}"),
    "boundaries_loaded": Text("boundaries loaded", "边界已加载"),
    "located": Text("located; {missing} listed only", "已定位；{missing} 个仅列出"),
    "located_all": Text("all located", "全部已定位"),
    "no_findings": Text("{checks} checks ran", "已运行 {checks} 项检查"),
    "worst": Text("{errors} errors, {warnings} warnings", "{errors} 个错误，{warnings} 个警告"),
    "not_checked": Text("nothing to check yet", "尚无可检查内容"),
    # Card
    "whole_plan": Text("Whole plan", "整个规划"),
    "published_by": Text("Published: {figure}. Source: {source}.", "公布：{figure}。来源：{source}。"),
    "pick_hint": Text("Pick a zone or a facility on the map or in a table.", "在地图或表格中选择分区或设施。"),
    "share_of_total": Text("Share of the total", "占总面积"),
    "perimeter": Text("Perimeter", "周长"),
    "basis": Text("Basis", "依据"),
    "accuracy": Text("Accuracy", "精度"),
    "within": Text("within {metres} m", "{metres} 米以内"),
    "source": Text("Source", "来源"),
    "note": Text("Note", "说明"),
    "address": Text("Address", "地址"),
    "category": Text("Category", "类别"),
    "position": Text("Position", "位置"),
    "in_zone": Text("Said to lie in", "所属分区"),
    "group": Text("Part of", "所属"),
    "not_located": Text("not located: the address is not known", "未定位：地址不详"),
    "no_source": Text("no source recorded", "未记录来源"),
    "undated": Text("undated", "日期不详"),
    "awaiting_zone": Text("The boundary of this zone is not published yet.", "本区边界尚未公布。"),
    "measured_by": Text("Measured: {method}.", "量算方法：{method}。"),
    "perimeter_by": Text("Perimeter: geodesic on CGCS2000.", "周长：CGCS2000 测地线长度。"),
    "indicative_area": Text(
        "Indicative boundary: the area is what is drawn here, not a published figure.",
        "示意边界：面积为图中所绘范围，并非公布数据。",
    ),
    "awaiting_title": Text("Boundaries not published yet", "边界尚未公布"),
    "awaiting_body": Text(
        "{loaded} of {declared} boundaries loaded. The plan declares its zones and waits for their polygons; "
        "what is known of its institutions is on the map.",
        "已加载 {loaded} / {declared} 个分区边界。规划已列出分区，等待边界数据；已知机构见地图。",
    ),
    "awaiting_todo": Text("When the polygons are there:", "取得边界数据后运行："),
    "unknown_zone": Text("There is no zone “{id}” in this plan.", "本规划中没有分区“{id}”。"),
    "unknown_facility": Text("There is no facility “{id}” in this plan.", "本规划中没有设施“{id}”。"),
    # Tabs
    "tab_zones": Text("Zones", "分区"),
    "tab_facilities": Text("Facilities", "设施"),
    "tab_network": Text("Innovation network", "创新网络"),
    "tab_figures": Text("Published figures", "公布数据"),
    "tab_findings": Text("Findings", "检查结果"),
    "tab_sources": Text("Sources", "来源"),
    "network_located": Text("{located} of {all} located.", "{all} 个中 {located} 个已定位。"),
    "nothing_here": Text("This plan has none.", "本规划没有此项内容。"),
    "figures_note": Text(
        "An increment counts what was added in a period, a stock what there was at a date: the two are never added up.",
        "“增量”为某一时期内新增，“存量”为某一时点数量：两者不可相加。",
    ),
    "no_finding_rows": Text("No findings. What was checked:", "没有检查结果。已检查："),
    "what_was_checked": Text("What was checked", "检查内容"),
    # Columns
    "name": Text("Name", "名称"),
    "name_other": Text("中文", "English"),
    "located_column": Text("Located", "定位"),
    "yes": Text("yes", "是"),
    "no": Text("not located", "未定位"),
    "accuracy_m": Text("Accuracy ± m", "精度 ± 米"),
    "figure": Text("Figure", "指标"),
    "value": Text("Value", "数值"),
    "kind": Text("Kind", "性质"),
    "date": Text("Date", "日期"),
    "about": Text("About", "对象"),
    "check": Text("Check", "检查"),
    "message": Text("Message", "内容"),
    "severity": Text("Severity", "级别"),
    "accepted": Text("Accepted", "认可"),
    "outcome": Text("Outcome", "结果"),
    "title_column": Text("Title", "标题"),
    "publisher": Text("Publisher", "出版方"),
    "link": Text("Link", "链接"),
    "square_metres": Text("Area m²", "面积 m²"),
    "hectares": Text("Area ha", "面积 公顷"),
    "mu": Text("Area mu", "面积 亩"),
    "square_kilometres": Text("Area km²", "面积 km²"),
    "perimeter_m": Text("Perimeter m", "周长 m"),
    "share_percent": Text("Share %", "占比 %"),
    # Trouble
    "error_title": Text("This plan cannot be opened", "无法打开此规划"),
    "error_where": Text("Where", "位置"),
    "error_todo": Text("What to do", "处理办法"),
    "error_mistakes": Text(
        "Mend what is listed, save the file and reload this page.", "请修正所列内容，保存文件后重新加载本页。"
    ),
    "error_reload": Text("Mend the file and reload this page.", "请修正文件后重新加载本页。"),
    "no_plan": Text("There is no plan “{id}” in the data folder.", "数据文件夹中没有规划“{id}”。"),
    "no_plan_todo": Text("Choose one of the plans above.", "请在上方选择一个规划。"),
    "no_plans": Text("There is no plan in the data folder.", "数据文件夹中没有任何规划。"),
    "no_plans_todo": Text(
        "Set GEOPLAN_DATA to a folder of plans, or start the app in a folder that holds geodata/.",
        "请将 GEOPLAN_DATA 设为规划所在文件夹，或在含有 geodata/ 的文件夹中启动应用。",
    ),
    "unforeseen": Text("Something went wrong in the app itself", "应用本身出现错误"),
    "unforeseen_todo": Text(
        "Reload this page. If it happens again, tell whoever runs the app: the log says what it was.",
        "请重新加载本页。如再次出现，请告知应用管理员：日志中有详细记录。",
    ),
}

KINDS: Mapping[IndicatorKind, Text] = {
    IndicatorKind.INCREMENT: Text("increment", "增量"),
    IndicatorKind.STOCK: Text("stock", "存量"),
    IndicatorKind.TARGET: Text("target", "目标"),
    IndicatorKind.GOAL: Text("goal in words", "定性目标"),
}

# How a published figure is worded around its number, `{value}` being the number with its unit.
COMPARISONS: Mapping[str, Text] = {
    "exact": Text.same("{value}"),
    "more_than": Text("more than {value}", "超过 {value}"),
    "at_least": Text("at least {value}", "至少 {value}"),
    "nearly": Text("nearly {value}", "近 {value}"),
    "about": Text("about {value}", "约 {value}"),
}

# The words facility files use for how a place is known; other words are shown as they are.
BASES: Mapping[str, Text] = {
    "stated": Text("stated", "资料所载"),
    "derived": Text("derived", "推得"),
    "stated, derived": Text("stated, derived", "资料所载并推得"),
    "general knowledge": Text("general knowledge, unverified", "一般常识，未经核实"),
    "stated place, general knowledge coordinate": Text(
        "place stated, coordinate from general knowledge", "地点见资料，坐标据一般常识"
    ),
    "assumed": Text("assumed", "假定"),
    "unknown": Text("unknown", "未知"),
}


def say(key: str, language: str, **values: object) -> str:
    """Return a text of the table in `language`, its `{places}` filled in; not escaped for any destination."""
    return TEXTS[key].get(language).format(**values)
