"""What is said of plans with more zones than a page can hold."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "fabric_preparing": Text("Preparing {count} zones for the map", "正在为地图准备 {count} 个分区"),
    "fabric_preparing_why": Text(
        "So many zones are not sent to a page. They are read and cut into tiles once, which are kept in this "
        "computer's cache; afterwards the plan opens at once. Nothing leaves this machine.",
        "分区数量过多，无法一次发送到页面。系统会读取并切成瓦片（仅一次），保存在本机缓存中，之后即可立即打开。数据不会离开本机。",
    ),
    "fabric_step_read": Text("Reading the file", "读取文件"),
    "fabric_step_parcels": Text("Measuring areas", "量算面积"),
    "fabric_step_tiles": Text("Cutting tiles", "切分瓦片"),
    "fabric_step_checks": Text("Checking", "检查"),
    "fabric_zones_below": Text("drawn from tiles", "以瓦片绘制"),
    "fabric_checking": Text("checks are running", "检查正在进行"),
    "fabric_checking_page": Text(
        "The checks of {count} zones are running; what they find is shown here as soon as they are done.",
        "正在检查 {count} 个分区；完成后将在此显示结果。",
    ),
    "fabric_search": Text("Search ids and names", "搜索编号或名称"),
    "fabric_none_found": Text("No id or name holds this text.", "没有编号或名称包含此文本。"),
    "fabric_found": Text("{count} found", "找到 {count} 个"),
    "fabric_found_first": Text(
        "The first {count} found; type more to narrow them down.", "显示前 {count} 个结果；请输入更多文字以缩小范围。"
    ),
    "fabric_pick_hint": Text("Click a zone on the map, or search for one.", "在地图上点击分区，或搜索。"),
    "fabric_id": Text("Id", "编号"),
    "fabric_order": Text("Order", "排序"),
    "fabric_order_file": Text("As in the file", "文件顺序"),
    "fabric_order_largest": Text("Largest first", "面积从大到小"),
    "fabric_order_smallest": Text("Smallest first", "面积从小到大"),
    "fabric_page": Text("Page", "页码"),
    "fabric_rows": Text("Rows {first} to {last} of {all}", "第 {first} 至 {last} 行，共 {all} 行"),
    "fabric_elsewhere": Text(
        "This page works on all zones at once, which a browser cannot hold for {count} of them.",
        "此页面需要一次处理全部分区，浏览器无法容纳 {count} 个分区。",
    ),
    "fabric_command": Text("The command line does the same for any number:", "命令行可处理任意数量："),
    "fabric_reports": Text(
        "Reports of so many zones are written by the command line:", "分区数量较多时，请用命令行生成报告："
    ),
}
