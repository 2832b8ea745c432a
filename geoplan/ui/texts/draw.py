"""What the page of drafts says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "draw_lead": Text(
        "Draw zones or change them; figures and findings follow at once. Nothing changes until you publish.",
        "绘制或修改分区，面积与检查结果即时更新。草案在发布之前不影响任何已发布内容。",
    ),
    # starting and opening
    "draw_start": Text("Start a draft", "新建草案"),
    "draw_start_from": Text("It starts as {revision}, with {zones} zones.", "以{revision}为起点，共 {zones} 个分区。"),
    "draw_start_empty": Text(
        "No boundary is published yet: draw the {zones} declared zones from nothing.",
        "尚未公布任何边界：可从零绘制规划声明的 {zones} 个分区。",
    ),
    "draw_from_revision": Text("revision {number}", "第 {number} 版"),
    "draw_from_folder": Text("the zones in the plan folder", "规划文件夹中的分区"),
    "draw_name": Text("Name of the draft", "草案名称"),
    "draw_name_hint": Text("e.g. Core Area, eastern edge moved", "例如：核心区东边界调整"),
    "draw_start_button": Text("Start drawing", "开始绘制"),
    "draw_saved_drafts": Text("Saved drafts", "已保存的草案"),
    "draw_no_drafts": Text("There are none yet.", "暂无。"),
    "draw_open": Text("Open", "打开"),
    "draw_kept_line": Text(
        "{zones} zones · {by}, {time} · from {revision}", "{zones} 个分区 · {by}，{time} · 起点：{revision}"
    ),
    # the bar over the map
    "draw_unsaved": Text("not saved", "未保存"),
    "draw_saved": Text("saved", "已保存"),
    "draw_undo": Text("Undo", "撤销"),
    "draw_redo": Text("Redo", "重做"),
    "draw_save": Text("Save draft", "保存草案"),
    "draw_more": Text("More", "更多"),
    "draw_rename": Text("Rename", "重命名"),
    "draw_save_as": Text("Save as another draft", "另存为新草案"),
    "draw_another": Text("{name} (copy)", "{name}（副本）"),
    "draw_delete": Text("Delete this draft", "删除此草案"),
    "draw_delete_sure": Text("Delete it, also from the store", "确认删除（含存储中的副本）"),
    "draw_discard": Text("Discard", "放弃"),
    "draw_discard_sure": Text("Close without saving", "不保存并关闭"),
    "draw_discard_why": Text("Edits since the last save would be lost.", "上次保存之后的修改将丢失。"),
    "draw_close": Text("Close", "关闭"),
    "draw_saved_now": Text(
        "The draft is saved. Whoever may open the plan can open it.", "草案已保存，团队成员均可打开。"
    ),
    "draw_deleted": Text("The draft is deleted.", "草案已删除。"),
    "draw_published_now": Text("Published as revision {number}.", "已发布为第 {number} 版。"),
    "draw_to_history": Text("See it in the history", "在历史中查看"),
    # what may not be
    "draw_viewer": Text(
        "You may look at saved drafts. Drawing, saving and publishing take the role of an editor.",
        "您可以查看已保存的草案。绘制、保存和发布需要“编辑者”角色。",
    ),
    "draw_behind": Text(
        "{revision} was published since this draft was started. What is shown as changed is against that.",
        "本草案开始后，{revision}已发布。以下差异均以其为基准。",
    ),
    "draw_put_on_top": Text("Put my changes on top of it", "将我的修改叠加到该版本"),
    "draw_conflict_theirs": Text("What was published in the meantime", "期间发布的变化"),
    "draw_open_theirs": Text("Open theirs", "打开对方的草案"),
    # the panel
    "draw_tab_zones": Text("Zones", "分区"),
    "draw_tab_findings": Text("Findings", "检查"),
    "draw_tab_changes": Text("Changes", "差异"),
    "draw_tab_publish": Text("Publish", "发布"),
    "draw_parts": Text("Parts of the draft", "草案内容"),
    "draw_next": Text("What you draw next is", "接下来绘制的是"),
    "draw_next_new": Text("a new zone", "新分区"),
    "draw_next_there": Text("{name}, drawn again", "{name}（重绘）"),
    "draw_how": Text(
        "Take the polygon or rectangle tool on the map and click corner by corner; the first corner closes it.",
        "在地图上选用多边形或矩形工具，依次点击角点，回到首点即闭合。",
    ),
    "draw_typed": Text("Enter coordinates instead", "改用坐标录入"),
    "draw_typed_label": Text("Corners of “{name}”", "“{name}”的角点"),
    "draw_typed_hint": Text(
        "One corner a line: longitude latitude in degrees, or northing easting in {crs}; lists of boundary points "
        "and GeoJSON too.",
        "每行一个角点：经度 纬度（度），或 {crs} 的北坐标 东坐标；也可粘贴界址点行或 GeoJSON。",
    ),
    "draw_typed_button": Text("Take these corners", "采用这些角点"),
    "draw_zone": Text("Zone", "分区"),
    "draw_area": Text("Area m²", "本案面积 m²"),
    "draw_change": Text("Change m²", "变化 m²"),
    "draw_what": Text("What", "变化"),
    "draw_pick_hint": Text(
        "Choose a zone in the table or on the map to change it.", "在表格或地图上选择分区即可修改。"
    ),
    "draw_edit": Text("Move its corners", "编辑角点"),
    "draw_edit_stop": Text("Stop editing", "停止编辑"),
    "draw_editing": Text(
        "Drag the corners of “{name}” on the map, then press Done there. Corners you do not move stay exact.",
        "在地图上拖动“{name}”的角点，然后点击地图上的“完成”。未移动的角点坐标保持不变。",
    ),
    "draw_remove": Text("Delete zone", "删除分区"),
    "draw_back_to": Text("All zones", "全部分区"),
    "draw_names": Text("Name", "名称"),
    "draw_name_en": Text("English name", "英文名称"),
    "draw_name_zh": Text("Chinese name", "中文名称"),
    "draw_names_set": Text("Set names", "修改名称"),
    "draw_overlaps": Text("Overlaps {names}: {area} m².", "与{names}重叠 {area} m²。"),
    "draw_cut": Text("Cut from neighbours", "从相邻分区扣除"),
    "draw_cut_help": Text("The neighbours lose {area} m², this zone stays.", "相邻分区减少 {area} m²，本分区不变。"),
    "draw_clear": Text("Keep clear of neighbours", "避让相邻分区"),
    "draw_clear_help": Text("This zone loses {area} m², the neighbours stay.", "本分区减少 {area} m²，相邻分区不变。"),
    "draw_join": Text("Join to neighbours", "贴合相邻边界"),
    "draw_join_within": Text("within metres", "捕捉距离（米）"),
    "draw_join_help": Text(
        "Corners and edges nearer than this to a neighbour's boundary go onto it, so that both share it exactly.",
        "距相邻边界小于该值的角点和边将移至其上，使两侧完全共边。",
    ),
    "draw_merge": Text("Merge with", "合并"),
    "draw_merge_choose": Text("Merge with …", "与……合并"),
    "draw_merge_button": Text("Merge", "合并"),
    # figures
    "draw_group": Text("Group shares", "分组占比"),
    "draw_no_zone": Text("The draft has no zone yet.", "草案中尚无分区。"),
    "draw_no_findings": Text("All checks hold.", "全部检查通过。"),
    "draw_not_checked": Text("Nothing to check until the first zone is drawn.", "绘制首个分区后开始检查。"),
    "draw_findings_count": Text(
        "{count} findings; {new} come with this draft.", "共 {count} 项，其中 {new} 项由本草案引起。"
    ),
    "draw_findings_hint": Text("Choose one to see its place on the map.", "选择一项可在地图上定位。"),
    "draw_new": Text("New", "新增"),
    "draw_severity": Text("Severity", "级别"),
    "draw_finding": Text("Finding", "发现"),
    "draw_yes": Text("yes", "是"),
    # changes
    "draw_against": Text(
        "Against {revision}: {before} km² before, {after} km² now.",
        "与{revision}相比：原 {before} km²，现 {after} km²。",
    ),
    "draw_unchanged": Text("Nothing is changed yet.", "尚无变化。"),
    "draw_before": Text("Before m²", "原面积 m²"),
    "draw_after": Text("After m²", "现面积 m²"),
    "draw_in": Text("Gained m²", "增加 m²"),
    "draw_out": Text("Lost m²", "减少 m²"),
    "draw_moves": Text("Ground that changed hands", "地块归属变化"),
    "draw_move_line": Text("{area} m²: {source} → {target}", "{area} m²：由{source}转入{target}"),
    "draw_nobody": Text("no zone", "无分区"),
    "draw_overlay": Text("Show gained and lost ground on the map", "在地图上显示增减范围"),
    "draw_gained": Text("Gained", "增加"),
    "draw_lost": Text("Lost", "减少"),
    "draw_ledger": Text("What was done ({count})", "操作记录（{count}）"),
    "draw_kind_added": Text("added", "新增"),
    "draw_kind_removed": Text("removed", "删除"),
    "draw_kind_reshaped": Text("reshaped", "边界调整"),
    "draw_kind_moved": Text("moved", "平移"),
    "draw_kind_split": Text("split", "分割"),
    "draw_kind_merged": Text("merged", "合并"),
    "draw_kind_recoded": Text("new id", "重新编号"),
    "draw_kind_unchanged": Text("unchanged", "未变"),
    "draw_deed_drawn": Text("drew {zone}", "绘制{zone}"),
    "draw_deed_reshaped": Text("redrew {zone}", "调整{zone}"),
    "draw_deed_removed": Text("deleted {zone}", "删除{zone}"),
    "draw_deed_named": Text("named {zone}", "命名{zone}"),
    "draw_deed_snapped": Text(
        "joined {zone} to its neighbours: {moved} corners, {farthest} m at most",
        "{zone}贴合相邻边界：移动 {moved} 个角点，最大 {farthest} m",
    ),
    "draw_deed_cut": Text("cut {zone} from its neighbours", "{zone}从相邻分区扣除"),
    "draw_deed_trimmed": Text("kept {zone} clear of its neighbours", "{zone}避让相邻分区"),
    "draw_deed_split": Text("split {zone}", "分割{zone}"),
    "draw_deed_merged": Text("merged into {zone}", "并入{zone}"),
    "draw_deed_rebased": Text("put on top of the current revision", "叠加到当前版本"),
    "draw_pixel": Text("one pixel = {pixel} m", "1 像素 = {pixel} m"),
    # publishing
    "draw_publish": Text("Publish as a revision", "发布为新版本"),
    "draw_publish_lead": Text(
        "The draft goes through the same checks as a file that is loaded, on top of {revision}.",
        "草案将通过与文件加载相同的检查，在{revision}之上发布。",
    ),
    "draw_first": Text("nothing published yet", "尚无版本"),
    "draw_message": Text("What changed and why", "变更内容与原因"),
    "draw_author": Text("Your name", "您的姓名"),
    "draw_need_author": Text("Write your name: the history keeps who published.", "请填写姓名：历史中将记录发布者。"),
    "draw_failing": Text("{count} findings stand against publishing:", "{count} 项发现阻止发布："),
    "draw_accept": Text("Accept with a reason", "说明理由后接受"),
    "draw_accept_which": Text("Findings to accept", "要接受的发现"),
    "draw_accept_reason": Text("Reason, kept with the revision", "理由（随版本保存）"),
    "draw_rejected": Text("Not published.", "未发布。"),
    "draw_same": Text(
        "Nothing differs from the current zones, so there is nothing to publish.", "与当前分区无差异，无需发布。"
    ),
    "draw_indicative": Text(
        "Drawn on screen: no corner is known better than a pixel, and the zone says so.",
        "屏幕绘制：角点精度不高于一个像素，并记入分区属性。",
    ),
}
