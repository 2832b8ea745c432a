"""What the page of the network says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "network_lead": Text(
        "Places elsewhere that belong to the plan, with the shortest ways to them.",
        "属于本规划、位于其他地方的机构，以及前往各处的最短路线。",
    ),
    "network_none": Text(
        'This plan lists no network. Name a file of points in plan.toml: [layers] network = "centres.geojson".',
        '本规划没有列出网络。请在 plan.toml 的 [layers] network 中指定点文件，如 "centres.geojson"。',
    ),
    "network_map": Text("Map of the world with {located} of {all} places", "世界地图：{all} 处中的 {located} 处"),
    "network_sideways": Text("Swipe sideways for the rest of the map.", "左右滑动可查看地图其余部分。"),
    "network_how": Text(
        "Equal Earth projection; lines are the shortest ways on the ellipsoid. A dashed circle shows how far off a "
        "place may be. Land outline: Natural Earth, without borders.",
        "Equal Earth 等积投影；连线为椭球面上的最短路线。虚线圆为位置可能的偏差。"
        "陆地轮廓：Natural Earth，不含任何界线。",
    ),
}
