"""What the chooser of basemaps says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "basemap": Text("Basemap", "底图"),
    "basemap_chosen": Text("Basemap: {name}", "底图：{name}"),
    "basemap_none": Text("None", "无"),
    "basemap_none_why": Text("Nothing is asked of any other computer.", "不向任何其他计算机发出请求。"),
    "basemap_option": Text("{name} · {datum}", "{name} · {datum} 坐标系"),
    "basemap_option_assumed": Text("{name} · datum not stated", "{name} · 未说明坐标系"),
    "basemap_remote": Text(
        "This server asks {host} for the part of the map you look at.", "本服务器会向 {host} 请求您所查看范围的瓦片。"
    ),
    "basemap_source": Text("Source: {source}", "来源：{source}"),
    "basemap_review": Text("Review number: {number}", "审图号：{number}"),
    "basemap_nothing": Text(
        "There is no basemap yet. Put an MBTiles, PMTiles or GeoTIFF file into the folder “basemaps” beside the plans, "
        "or describe an address in basemaps.toml there.",
        "暂无底图。请将 MBTiles、PMTiles 或 GeoTIFF 文件放入规划旁的“basemaps”文件夹，"
        "或在该处的 basemaps.toml 中填写服务地址。",
    ),
    "basemap_refused": Text("Not offered: {name}: {reason}", "未提供：{name}：{reason}"),
    "basemap_unknown": Text("There is no basemap “{id}” here.", "此处没有底图“{id}”。"),
    "basemap_mistakes": Text("The configuration of basemaps has mistakes:", "底图配置有误："),
}
