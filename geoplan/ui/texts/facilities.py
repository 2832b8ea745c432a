"""What the page of facilities says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.service import SCREENING
from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "facilities_lead": Text(
        "Where the plan's facilities are, how many there are per zone, and which ground they reach.",
        "规划设施的位置、各分区的数量与密度，以及服务覆盖范围。",
    ),
    "facilities_none": Text(
        'This plan lists no facilities. Name a file of points in plan.toml: [layers] facilities = "points.geojson".',
        '本规划没有设施。请在 plan.toml 的 [layers] facilities 中指定点文件，如 "points.geojson"。',
    ),
    "facilities_none_found": Text("No facility passes these filters.", "没有符合筛选条件的设施。"),
    "facilities_no_boundaries": Text(
        "{loaded} of {declared} boundaries loaded: without zones there is nothing to count facilities in, and no area "
        "to cover. The facilities are listed and mapped.",
        "已加载 {loaded} / {declared} 个分区边界：没有分区，无法统计设施数，也无法计算覆盖率。设施仍列出并标于地图。",
    ),
    "facilities_no_boundaries_short": Text("no boundaries yet", "尚无边界"),
    # What is shown beside the map
    "facilities_panel": Text("Show", "显示内容"),
    "facilities_panel_list": Text("List", "清单"),
    "facilities_panel_coverage": Text("Coverage", "覆盖"),
    # Filters
    "facilities_categories": Text("Categories", "类别"),
    "facilities_all_categories": Text("All categories", "全部类别"),
    "facilities_search": Text("Search names and addresses", "搜索名称或地址"),
    "facilities_in": Text("Zone", "所在分区"),
    "facilities_anywhere": Text("All zones and outside", "区内外全部"),
    "facilities_outside_all": Text("Outside all zones", "各分区之外"),
    "facilities_clear": Text("Clear filters", "清除筛选"),
    "facilities_shown": Text("{shown} of {all} facilities", "{all} 处设施中的 {shown} 处"),
    # List
    "facilities_place": Text("Lies in", "位于"),
    "facilities_accuracy": Text("± m", "± 米"),
    "facilities_outside": Text("outside", "区外"),
    "facilities_not_located": Text("not located", "未定位"),
    "facilities_says_elsewhere": Text(
        "{place} ⚠ said to be in {zone}, {metres} m away", "{place} ⚠ 注明在{zone}，相距 {metres} 米"
    ),
    "facilities_says_near": Text(
        "{place}; said to be in {zone}, {metres} m away: within its accuracy",
        "{place}；注明在{zone}，相距 {metres} 米，在精度范围内",
    ),
    "facilities_says_unknown": Text(
        "{place} ⚠ names a zone there is not: {zone}", "{place} ⚠ 注明的分区不存在：{zone}"
    ),
    "facilities_says_no_boundary": Text(
        "{place}; said to be in {zone}, which has no boundary", "{place}；注明在{zone}，该区尚无边界"
    ),
    "facilities_unlocated": Text("Not located", "未定位"),
    "facilities_unlocated_title": Text(
        "{count} not located: listed, not on the map", "{count} 处未定位：仅列出，不上图"
    ),
    "facilities_unlocated_unknown": Text("no address is known", "地址不详"),
    "facilities_download": Text("Download CSV", "下载 CSV"),
    # Counts
    "facilities_counts": Text("Counts and density per zone", "各分区设施数量与密度"),
    "facilities_zone": Text("Zone", "分区"),
    "facilities_count": Text("Facilities", "设施数"),
    "facilities_density": Text("per km²", "每 km²"),
    "facilities_range": Text("Range", "区间"),
    "facilities_counts_note": Text(
        "Counted by where a facility lies, not by the zone it names. Range: sure to lie inside, to may lie inside, as "
        "the accuracy of each place allows. A facility on an edge or in an overlap counts in each zone.",
        "按设施实际位置统计，不按注明的分区。区间：按各点位精度，下限为确定在区内，上限为可能在区内。"
        "位于边线或重叠处的设施在各区均计。",
    ),
    "facilities_several": Text(
        "{count} facilities lie in more than one zone and count in each.",
        "{count} 处设施同时位于多个分区，在各区均计。",
    ),
    "facilities_misplaced": Text(
        "{count} facilities lie outside the zone they name; see the list.",
        "{count} 处设施不在其注明的分区内，见清单。",
    ),
    # Coverage
    "facilities_category": Text("Facilities of", "设施类别"),
    "facilities_radius": Text("Within", "服务半径"),
    "facilities_metres": Text("{radius} m", "{radius} 米"),
    "facilities_screening": SCREENING,
    "facilities_covered": Text("Covered %", "覆盖率 %"),
    "facilities_covered_range": Text("by accuracy %", "精度区间 %"),
    "facilities_covered_m2": Text("Covered m²", "覆盖面积 m²"),
    "facilities_uncovered_km2": Text("Uncovered km²", "未覆盖 km²"),
    "facilities_low": Text("At least %", "下限 %"),
    "facilities_high": Text("At most %", "上限 %"),
    "facilities_no_bound": Text("?", "未知"),
    "facilities_piece": Text("No.", "序号"),
    "facilities_pieces": Text("Uncovered pieces", "未覆盖地块"),
    "facilities_piece_name": Text("Uncovered in {zone}: {area} km²", "{zone}未覆盖：{area} km²"),
    "facilities_pieces_note": Text(
        "{count} pieces, {area} km² in all. Choose a row to go there.",
        "共 {count} 块，合计 {area} km²。点选一行可定位。",
    ),
    "facilities_tolerated": Text(
        "{count} more within the tolerance, {area} m² in all.", "另有 {count} 块在容差之内，合计 {area} m²。"
    ),
    "facilities_all_covered": Text("Nothing is left uncovered.", "没有未覆盖的地块。"),
    "facilities_by_accuracy": Text("{range} % as the places' accuracy allows", "按点位精度为 {range} %"),
    "facilities_of_total": Text("of {area} km² covered, all zones together", "已覆盖，占全部分区 {area} km²"),
    "facilities_how": Text(
        "Discs of {radius} m on the CGCS2000 ellipsoid around {count} located facilities, those outside the zones too; "
        "{method}. The range: the radius less and plus each facility's accuracy radius.",
        "以 {count} 处已定位设施（含区外）为圆心，在 CGCS2000 椭球面上作半径 {radius} 米的圆；{method}。"
        "区间：半径分别减、加各设施的精度半径。",
    ),
    "facilities_served": Text("Served ground", "覆盖范围"),
    "facilities_gap": Text("Uncovered ground", "未覆盖地块"),
    # CSV
    "facilities_id": Text("Id", "编号"),
    "facilities_stated": Text("Said to lie in (id)", "注明分区（编号）"),
    "facilities_lon": Text("Longitude", "经度"),
    "facilities_lat": Text("Latitude", "纬度"),
    "facilities_csv_note": Text(
        "Facilities: {category}; radius {radius} m.", "设施类别：{category}；半径 {radius} 米。"
    ),
}
