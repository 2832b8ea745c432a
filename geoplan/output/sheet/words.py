"""The fixed words of sheets in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

WORDS: Mapping[str, Text] = {
    "legend": Text("Legend", "图例"),
    "zone": Text("Zone", "分区"),
    "facilities": Text("Facilities", "设施"),
    "facility": Text("Facility", "设施"),
    "network": Text("Places elsewhere", "外地机构"),
    "accuracy_circle": Text("Accuracy of a facility's place", "设施位置精度范围"),
    "accuracy": Text("Accuracy", "精度"),
    "findings": Text("Findings", "检查发现"),
    "finding": Text("Finding", "检查发现"),
    "areas": Text("Areas", "面积"),
    "areas_follow": Text("All zones are on the pages that follow.", "全部分区见后页。"),
    "number": Text("No.", "编号"),
    "share": Text("Share", "占比"),
    "total": Text("Total", "合计"),
    "of_which": Text("of which", "其中"),
    "not_loaded": Text("boundary not loaded", "边界未加载"),
    "published_measured": Text("Published and measured", "公布与量算"),
    "figure": Text("Figure", "指标"),
    "published": Text("Published", "公布"),
    "measured": Text("Measured", "量算"),
    "verdict": Text("Verdict", "结论"),
    "source": Text("Source", "来源"),
    "sources": Text("Sources", "资料来源"),
    "title": Text("Title", "标题"),
    "publisher": Text("Publisher", "发布者"),
    "date": Text("Date", "日期"),
    "note": Text("Note", "说明"),
    "notes": Text("Notes", "说明"),
    "basis": Text("Basis", "依据"),
    "boundaries": Text("How the boundaries are known", "边界依据"),
    "category": Text("Category", "类别"),
    "position": Text("Position (lon, lat)", "位置（经度、纬度）"),
    "not_located": Text("not located", "未定位"),
    "in_zone": Text("In zone", "所属分区"),
    "severity": Text("Severity", "级别"),
    "what": Text("What", "内容"),
    "figures": Text("Figures", "数值"),
    "indicators": Text("Indicators", "指标数据"),
    "indicator": Text("Indicator", "指标"),
    "kind": Text("Kind", "类型"),
    "value": Text("Value", "数值"),
    "scale": Text("Scale", "比例尺"),
    "projection": Text("Projection", "投影坐标系"),
    "method": Text("Area method", "面积算法"),
    "input": Text("Boundaries given in", "边界原坐标系"),
    "north": Text("North", "指北"),
    "revision": Text("Revision", "版本"),
    "author": Text("Author", "制图"),
    "sheet_date": Text("Date of sheet", "制图日期"),
    "review_number": Text("Map review no.", "审图号"),
    "page": Text("Page", "页"),
    "grid_north": Text("GN", "坐标北"),
    "no_place": Text(
        "Nothing of this plan has a place yet, so there is no map.", "本规划尚无任何已定位内容，故无地图。"
    ),
    "map_of": Text("Map of", "地图："),
    "sheet": Text("plan sheet", "规划图纸"),
    "boundary_official": Text("Official boundary", "官方边界"),
    "boundary_indicative": Text("Indicative boundary, not official", "示意边界，非官方"),
    "boundary_draft": Text("Draft boundary, not official", "草案边界，非官方"),
}

STAMPS: Mapping[str, Text] = {
    "official": Text("OFFICIAL BOUNDARIES", "官方边界"),
    "indicative": Text("INDICATIVE — not official", "示意 · 非官方边界"),
    "draft": Text("DRAFT — not official", "草案 · 非官方边界"),
}
