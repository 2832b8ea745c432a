"""What the page of areas says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "areas_lead": Text(
        "Every zone's area by the plan's method, held against what was published.",
        "按规划规定的方法量算各分区面积，并与公布数据核对。",
    ),
    "areas_none": Text(
        "No boundary is loaded yet, so there is no area to measure. The zones the plan declares are listed below.",
        "尚未加载边界，无可量算面积。规划列出的分区见下表。",
    ),
    "areas_zones": Text("Zones", "分区面积"),
    "areas_shares": Text("Shares of the total", "占总面积比例"),
    "areas_shares_note": Text(
        "Shares are apportioned so that the zones add up to 100.00 %. A frame marks a published range.",
        "占比按最大余数法分配，各分区合计为 100.00%。黑框表示公布的范围。",
    ),
    "areas_published": Text("Published against measured", "公布与量算对照"),
    "areas_methods": Text("Three methods side by side", "三种方法对照"),
    "areas_methods_note": Text(
        "Ellipsoidal: edges straight in the plane of {projected}, area on the CGCS2000 ellipsoid; the procedure of "
        "the land survey. Geodesic: edges are the shortest lines. Planar: the area in the plane itself, distorted by "
        "the projection. Differences are to the plan's method, {method}.",
        "椭球面积：边在 {projected} 平面内为直线，按 CGCS2000 椭球量算，为国土调查规定方法。测地面积：边为最短线。"
        "平面面积：投影平面内的面积，含投影变形。差值以规划方法（{method}）为准。",
    ),
    "areas_reconciled": Text("Rounding, reconciled", "取整与平差"),
    "areas_reconciled_note": Text(
        "Rounded one by one, the zones may miss the rounded total. The adjusted figures are the rounded ones changed "
        "by as little as it takes to add up exactly (largest remainder).",
        "各分区分别取整后，合计可能与总面积取整值不等。平差值以最小改动使合计完全相等（最大余数法）。",
    ),
    "areas_decimals": Text("Decimals of km²", "km² 小数位数"),
    "areas_total": Text("Total", "合计"),
    "areas_ellipsoidal": Text("Ellipsoidal m²", "椭球面积 m²"),
    "areas_geodesic": Text("Geodesic m²", "测地面积 m²"),
    "areas_planar": Text("Planar m²", "平面面积 m²"),
    "areas_difference": Text("{method} minus {own}, m²", "{method}减{own} m²"),
    "areas_method_ellipsoidal": Text("ellipsoidal", "椭球面积"),
    "areas_method_geodesic": Text("geodesic", "测地面积"),
    "areas_method_planar": Text("planar", "平面面积"),
    "areas_exact": Text("Measured m²", "量算 m²"),
    "areas_rounded": Text("Rounded km²", "取整 km²"),
    "areas_adjusted": Text("Adjusted km²", "平差后 km²"),
    "areas_change": Text("Adjusted by m²", "平差量 m²"),
    "areas_sum_line": Text(
        "Rounded one by one the zones add up to {sum} km², the total rounds to {total} km²: {verdict}.",
        "分别取整后合计 {sum} km²，总面积取整为 {total} km²：{verdict}。",
    ),
    "areas_agree": Text("they agree", "一致"),
    "areas_differ": Text("they differ, so one must be adjusted", "不一致，需平差"),
    "areas_what": Text("Figure", "指标"),
    "areas_published_column": Text("Published", "公布"),
    "areas_measured_column": Text("Measured", "量算"),
    "areas_verdict": Text("Verdict", "结论"),
    "areas_holds": Text("✓ agrees", "✓ 一致"),
    "areas_fails": Text("✗ differs", "✗ 不符"),
    "areas_unchecked": Text("? not held against it", "? 未核对"),
    "areas_unmeasured": Text(
        "Areas that cannot be measured are left out: {zones}.", "以下分区面积无法量算，未计入：{zones}。"
    ),
}
