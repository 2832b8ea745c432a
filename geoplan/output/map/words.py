"""The words of the map, in both languages; the browser's script asks for them by key."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

WORDS: Mapping[str, Text] = {
    "map": Text("Map of the plan", "规划地图"),
    "north": Text("North is up", "上方为北"),
    "zoom_in": Text("Zoom in", "放大"),
    "zoom_out": Text("Zoom out", "缩小"),
    "home": Text("Show the whole plan", "显示整个规划"),
    "full_screen": Text("Full screen", "全屏"),
    "measure": Text("Measure a length or an area", "量测长度或面积"),
    "measure_start": Text("Click the first points; Enter ends, Esc stops.", "点击起点；回车结束，Esc 退出。"),
    "measure_how": Text(
        "Shortest lines and areas on the CGCS2000 ellipsoid, as accurate as the click.",
        "按 CGCS2000 椭球量测最短线长度和面积，精度取决于点击位置。",
    ),
    "length": Text("length", "长度"),
    "area": Text("area", "面积"),
    "legend": Text("Legend and layers", "图例与图层"),
    "zones": Text("Zones", "分区"),
    "facilities": Text("Facilities", "设施"),
    "centres": Text("Innovation centres", "创新中心"),
    "labels": Text("Labels", "注记"),
    "lines": Text("Context lines", "背景线"),
    "boundary": Text("Site boundary", "规划范围线"),
    "context": Text("Context", "背景"),
    "places": Text("facilities here: zoom in", "处设施：放大查看"),
    "accuracy": Text("Accuracy of the place picked", "所选位置的精度范围"),
    "swipe": Text("Move the curtain between the two", "移动卷帘对比"),
    "opacity": Text("Fade from one to the other", "调整透明度对比"),
    "basemap_lost": Text("The basemap cannot be reached.", "无法连接底图。"),
    "indicative": Text("Indicative boundaries — not official", "示意边界 — 非官方边界"),
    "draft": Text("Draft boundaries — not official", "草案边界 — 非官方边界"),
    "simplified": Text("outlines simplified for display", "轮廓已为显示简化"),
    "degrees": Text("WGS 84 degrees", "WGS 84 经纬度"),
    "unknown_category": Text("Other", "其他"),
    "more": Text("and {count} more", "另有 {count} 个"),
    "draw_finish": Text("Click the first point again to finish, Esc to stop.", "再次点击起点完成，Esc 退出。"),
    "draw_start": Text("Click to set the first corner.", "点击确定第一个角点。"),
    "draw_edit": Text(
        "Drag the corners; drag a faint one to add a corner, Alt-click one to remove it.",
        "拖动角点；拖动浅色点可增加角点，Alt 加点击可删除。",
    ),
    "draw_polygon": Text("Draw an outline", "绘制多边形"),
    "draw_rectangle": Text("Draw a rectangle", "绘制矩形"),
    "draw_done": Text("Done", "完成"),
    "draw_back": Text("Undo", "撤销"),
    "draw_cancel": Text("Cancel", "取消"),
    "draw_told": Text("Taking the outline over …", "正在提交轮廓……"),
    "draw_corner": Text("Corner", "角点"),
    "draw_add": Text("Drag to add a corner", "拖动以增加角点"),
    "draw_zoom": Text("Zoom in to move corners.", "请放大地图以移动角点。"),
    "draw_snap": Text(
        "Corners snap to the zones beside; hold Alt to set them freely.", "角点自动捕捉相邻分区；按住 Alt 可取消。"
    ),
    "zone": Text("Zone", "分区"),
    "facility": Text("Name", "名称"),
    "share": Text("Share", "占比"),
    "total": Text("Total", "合计"),
    "category": Text("Category", "类别"),
    "position": Text("Longitude, latitude", "经度、纬度"),
    "not_located": Text("not located", "位置未知"),
    "accuracy_radius": Text("Accurate within", "精度半径"),
    "basis": Text("Basis", "依据"),
    "source": Text("Source", "来源"),
    "sources": Text("Sources", "资料来源"),
    "made": Text("made on {day}", "制作日期：{day}"),
    "indicative_areas": Text(
        "Boundaries are not official: areas are those of what is drawn here, not published figures.",
        "边界并非官方边界：面积为图示范围的量算值，并非公布数据。",
    ),
}
# What the browser's script says by itself.
SPOKEN = (
    "map", "north", "zoom_in", "zoom_out", "home", "full_screen", "measure", "measure_start", "measure_how", "length",
    "area", "legend", "labels", "places", "swipe", "opacity", "basemap_lost", "draw_finish", "draw_start", "draw_edit",
    "draw_snap", "draw_polygon", "draw_rectangle", "draw_done", "draw_back", "draw_cancel", "draw_told", "draw_corner",
    "draw_add", "draw_zoom",
)  # fmt: skip
