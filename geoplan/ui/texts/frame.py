"""What stands around every page: the way from page to page, and what is looked at."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "page_map": Text("Map", "地图"),
    "page_areas": Text("Areas", "面积"),
    "page_facilities": Text("Facilities", "设施"),
    "page_network": Text("Network", "网络"),
    "page_indicators": Text("Indicators", "指标"),
    "page_checks": Text("Checks", "检查"),
    "page_update": Text("Update", "更新"),
    "page_history": Text("History", "历史"),
    "page_draw": Text("Draw", "绘制"),
    "page_handover": Text("Hand over", "输出"),
    "frame_pages": Text("Pages", "页面"),
    "frame_old_revision": Text(
        "This is revision {number}, published {time}. It is not the current one.",
        "这是第 {number} 版（{time} 发布），并非当前版本。",
    ),
    "frame_old_files": Text("Every file made here is of this revision.", "此处生成的文件均为该版本。"),
    "frame_of_now": Text(
        "The link names revision {asked}; this page always works on the boundaries as they are now.",
        "链接指向第 {asked} 版；本页始终使用现行边界。",
    ),
    "frame_of_now_close": Text("Got it", "知道了"),
    "frame_to_current": Text("Show the current revision", "查看当前版本"),
}
