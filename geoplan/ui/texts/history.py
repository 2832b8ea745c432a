"""What the page of revisions says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "history_lead": Text(
        "Every published set of boundaries, newest first. Nothing that was published is changed or lost.",
        "已发布的全部边界版本，最新在前。已发布的内容不会被更改或丢失。",
    ),
    "history_view": Text("View", "视图"),
    "history_timeline": Text("Timeline", "时间线"),
    "history_compare": Text("Compare", "比较"),
    # One revision
    "history_revision": Text("Revision {number}", "第 {number} 版"),
    "history_folder": Text("Plan folder", "规划文件夹"),
    "history_current": Text("current", "当前"),
    "history_open": Text("Open revision {number}", "打开第 {number} 版"),
    "history_holds": Text("holds", "符合"),
    "history_fails": Text("does not hold", "不符合"),
    "history_first": Text("the first", "首版"),
    "history_same_total": Text("same total", "总面积不变"),
    "history_restored": Text("restored from revision {number}", "恢复自第 {number} 版"),
    "history_zones_total": Text("{zones} zones · {total} km²", "{zones} 个分区 · {total} km²"),
    "history_zone_total": Text("{zones} zone · {total} km²", "{zones} 个分区 · {total} km²"),
    "history_older": Text("Show older revisions ({count})", "显示更早版本（{count}）"),
    "history_folder_line": Text(
        "Where the plan began: the zones in its folder, before the first revision.",
        "规划的起点：首个版本之前，规划文件夹中的分区。",
    ),
    "history_back": Text("All revisions", "全部版本"),
    "history_on_map": Text("Show on the map", "在地图上查看"),
    "history_with_before": Text("Compare with the one before", "与前一版比较"),
    "history_with_current": Text("Compare with the current one", "与当前版本比较"),
    "history_author": Text("Author", "作者"),
    "history_time": Text("Published", "发布时间"),
    "history_message": Text("Message", "说明"),
    "history_number": Text("No.", "版次"),
    "history_total": Text("Total km²", "总面积 km²"),
    "history_total_change": Text("Change m²", "变化 m²"),
    "history_verdict": Text("Checks", "检查"),
    "history_source_file": Text("Source file", "来源文件"),
    "history_source_hash": Text("SHA-256 of the file", "文件 SHA-256"),
    "history_source_crs": Text("Coordinates of the file", "文件坐标系"),
    "history_operation": Text("Conversion", "坐标转换"),
    "history_decision": Text("How they were read", "判读依据"),
    "history_stored_crs": Text("Stored in", "存储坐标系"),
    "history_restored_from": Text("Restored from", "恢复自"),
    "history_record": Text("Record", "记录"),
    "history_hash": Text("Hash of the revision", "版本散列值"),
    "history_parent_hash": Text("Hash of the one before", "前一版散列值"),
    "history_tool": Text("Published with", "发布工具"),
    "history_all": Text("Table of revisions", "版本表"),
    "history_unknown": Text("There is no revision {number} of this plan.", "本规划没有第 {number} 版。"),
    # The chain of hashes
    "history_chain": Text("Chain of hashes", "散列链"),
    "history_verify": Text("Verify the store", "校验存储"),
    "history_verify_why": Text(
        "Each revision carries the hash of the one before. Verifying computes them all anew and tells what was "
        "altered or lost.",
        "每个版本都含有前一版的散列值。校验将全部重新计算，并指出被更改或丢失的内容。",
    ),
    "history_intact": Text(
        "Intact: every hash of {count} revisions holds (verified {time}).",
        "完整：{count} 个版本的散列值全部相符（{time} 校验）。",
    ),
    "history_broken": Text(
        "Not intact: {count} problems were found. Nothing was changed by looking.",
        "不完整：发现 {count} 处问题。校验不作任何更改。",
    ),
    "history_problem": Text("Revision {number}: {problem}", "第 {number} 版：{problem}"),
    "history_elsewhere": Text("{count} more in other plans of this store.", "此存储的其他规划另有 {count} 处。"),
    # No revision yet
    "history_none_title": Text("No revision yet", "尚无版本"),
    "history_none_zones": Text(
        "The plan folder holds {zones} zones, {total} km² in all. They are shown here and checked, but nothing "
        "is recorded yet of who drew them when.",
        "规划文件夹含 {zones} 个分区，共 {total} km²。它们已显示并检查，但尚未记录由谁、何时绘制。",
    ),
    "history_none_empty": Text(
        "The plan folder holds no boundaries: {loaded} of {declared} zones have one.",
        "规划文件夹没有边界：{declared} 个分区中 {loaded} 个有边界。",
    ),
    "history_none_how": Text(
        "The first revision comes to be when boundaries are published: from a file on the page “Update”, from a "
        "drawing on the page “Draw”, or on the command line:",
        "发布边界即产生首个版本：在“更新”页上传文件，在“绘制”页绘制，或使用命令行：",
    ),
    "history_none_then": Text(
        "From then on every change is a revision with author, time, source and hash, that can be compared and "
        "restored.",
        "此后每次更改都是一个版本，记有作者、时间、来源和散列值，可比较、可恢复。",
    ),
    "history_to_update": Text("Update from a file", "从文件更新"),
    "history_to_draw": Text("Draw", "绘制"),
    # Two revisions
    "history_from": Text("From", "原版"),
    "history_to": Text("To", "新版"),
    "history_swap": Text("Swap", "互换"),
    "history_mode": Text("How to compare", "比较方式"),
    "history_beside": Text("Side by side", "并排"),
    "history_swipe": Text("Swipe", "卷帘"),
    "history_fade": Text("Fade", "渐变"),
    "history_same": Text("Choose two different revisions.", "请选择两个不同的版本。"),
    "history_before_layer": Text("Before: {name}", "之前：{name}"),
    "history_after_layer": Text("After: {name}", "之后：{name}"),
    "history_pieces": Text("Ground that changed", "变化范围"),
    "history_gained": Text("New ground", "新增地块"),
    "history_handed": Text("Passed to another zone", "划归其他分区"),
    "history_lost": Text("In no zone any more", "不再属于任何分区"),
    "history_gained_by": Text("New to {zone}: {area} m²", "{zone}新增：{area} m²"),
    "history_handed_by": Text("Passed to {zone}: {area} m²", "划归{zone}：{area} m²"),
    "history_lost_by": Text("Left {zone} for no zone: {area} m²", "移出{zone}，无归属：{area} m²"),
    "history_chosen": Text("Chosen zone", "所选分区"),
    "history_unchanged": Text("Nothing differs beyond the tolerance.", "在容差内没有差异。"),
    "history_changed": Text("{changed} of {all} zones differ", "{all} 个分区中 {changed} 个有变化"),
    "history_before": Text("Before m²", "之前 m²"),
    "history_after": Text("After m²", "之后 m²"),
    "history_difference": Text("Difference m²", "差值 m²"),
    "history_percent": Text("Difference %", "差值 %"),
    "history_in": Text("Moved in m²", "移入 m²"),
    "history_out": Text("Moved out m²", "移出 m²"),
    "history_zone": Text("Zone", "分区"),
    "history_kind": Text("Change", "变化"),
    "history_fields": Text("Fields changed", "属性变化"),
    "history_changes": Text("Area changes", "面积变化"),
    "history_all_zones": Text("Show unchanged zones too", "同时显示未变分区"),
    "history_transfers": Text("Ground that changed hands", "地块流转"),
    "history_source_zone": Text("From zone", "原分区"),
    "history_target_zone": Text("To zone", "新分区"),
    "history_area": Text("Ground m²", "地块 m²"),
    "history_no_value": Text("none", "无"),
    "history_no_zone": Text("no zone", "无分区"),
    "history_facilities": Text("Facilities", "设施"),
    "history_facility": Text("Facility", "设施"),
    "history_no_transfers": Text("No ground changed hands beyond the tolerance.", "没有超过容差的地块流转。"),
    "history_no_moves": Text("No facility changed zone.", "没有设施改变所属分区。"),
    "history_findings": Text("Findings", "检查结果"),
    "history_state": Text("Finding", "状态"),
    "history_introduced": Text("introduced", "新增"),
    "history_fixed": Text("fixed", "已消除"),
    "history_no_findings": Text("No finding came or went.", "检查结果没有增减。"),
    "history_totals": Text("Totals", "合计"),
    "history_was": Text("Before", "之前"),
    "history_is": Text("After", "之后"),
    "history_total_area": Text("Total area", "总面积"),
    "history_zones": Text("Zones", "分区"),
    "history_published": Text("published {figure}", "公布 {figure}"),
    "history_held": Text(
        "Differences count beyond the {tolerance}. Both sides are checked against today's plan.toml.",
        "超出{tolerance}方计为差异。两个版本均按现行 plan.toml 检查。",
    ),
    "history_only_fields": Text("{count} with other fields only", "仅属性变化 {count}"),
    "history_download": Text("Download", "下载"),
    "history_download_gpkg": Text("GeoPackage for QGIS", "GeoPackage（供 QGIS 使用）"),
    "history_download_json": Text("JSON data", "JSON 数据"),
    "history_download_text": Text("Text", "文本"),
    # Restoring
    "history_restore": Text("Restore this revision", "恢复此版本"),
    "history_restore_lead": Text(
        "A restore publishes these zones again as revision {next}, on top of revision {current}. Nothing is lost.",
        "恢复即以第 {current} 版为基础，将这些分区重新发布为第 {next} 版。不会丢失任何内容。",
    ),
    "history_restore_same": Text(
        "The current revision has the same zones: there is nothing to restore.", "当前版本的分区与此相同，无需恢复。"
    ),
    "history_restore_changes": Text(
        "It would change {changed} of {all} zones; the total would go from {before} to {after} km².",
        "将改变 {all} 个分区中的 {changed} 个；总面积由 {before} km² 变为 {after} km²。",
    ),
    "history_restore_message": Text(
        "Message (empty: “Restore revision {number}”)", "说明（不填为“恢复第 {number} 版”）"
    ),
    "history_restore_author": Text("Restored by", "恢复人"),
    "history_restore_button": Text("Restore revision {number}", "恢复第 {number} 版"),
    "history_restore_who": Text("Write who restores it.", "请填写恢复人。"),
    "history_restored_now": Text(
        "Restored: revision {number} is published and current.", "已恢复：第 {number} 版已发布并成为当前版本。"
    ),
    "history_unchanged_now": Text("The current revision has these zones already.", "当前版本已是这些分区。"),
    "history_needs_editor": Text("Restoring takes the role of an editor.", "恢复版本需要“编辑者”角色。"),
    "history_theirs": Text("What was published in the meantime", "其间发布的变化"),
}
