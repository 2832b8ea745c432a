"""What the page of updates says: each thing that can be wrong with a delivery in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "update_lead": Text(
        "Upload new boundaries, see what they are and what they would change, then publish them or leave. Nothing is "
        "published until you say so.",
        "上传新边界，先看清文件内容及其带来的变化，再决定发布或放弃。未经您确认不会发布任何内容。",
    ),
    "update_steps": Text("Steps", "步骤"),
    "update_part_file": Text("File", "文件"),
    "update_part_what": Text("What it is", "文件内容"),
    "update_part_preview": Text("Preview", "预览"),
    "update_part_publish": Text("Publish", "发布"),
    # the file
    "update_uploader": Text("New boundaries of this plan", "本规划的新边界"),
    "update_browse": Text("Choose a file", "选择文件"),
    "update_drop": Text("or drop it here", "或拖放到此处"),
    "update_limits": Text(
        "Up to {limit} MB. Shapefile (zipped, or all its files at once), GeoPackage, GeoJSON, KML/KMZ, GML, FileGDB "
        "(zipped), MapInfo, DXF, CSV or Excel with coordinates, boundary-point TXT.",
        "不超过 {limit} MB。支持 Shapefile（压缩包，或同时选择全部文件）、GeoPackage、GeoJSON、KML/KMZ、GML、"
        "FileGDB（压缩包）、MapInfo、DXF、带坐标的 CSV 或 Excel、界址点 TXT。",
    ),
    "update_viewer": Text(
        "You may look at this plan. Uploading and publishing boundaries takes the role of an editor: sign in with an "
        "account that has it, or ask whoever runs the app.",
        "您可以查看本规划。上传和发布边界需要“编辑者”角色：请使用具有该角色的账号登录，或联系应用管理员。",
    ),
    "update_leave": Text("Leave without a trace", "放弃，不留痕迹"),
    "update_left": Text(
        "The upload is forgotten. Nothing was published, and nothing of it is kept.",
        "已清除上传内容。未发布任何内容，也未保留任何数据。",
    ),
    "update_another": Text("Upload another file", "上传其他文件"),
    # work
    "update_working": Text("Working …", "处理中……"),
    "update_cancel": Text("Cancel", "取消"),
    "update_cancelled": Text("Stopped. Nothing was published.", "已停止。未发布任何内容。"),
    "update_go_on": Text("Go on", "继续"),
    "update_queued": Text("Other uploads come first; this one waits.", "正在处理其他上传，本次上传等待中。"),
    "update_seconds": Text("{seconds} s", "{seconds} 秒"),
    "update_step_opening": Text("Opening the current boundaries", "打开现行边界"),
    "update_step_reading": Text("Reading the file and finding its coordinate system", "读取文件并判定坐标系"),
    "update_step_sketching": Text("Drawing what it could be", "绘制可能的位置"),
    "update_step_checking": Text(
        "Matching zones, running the checks, comparing with the current boundaries",
        "匹配分区、运行检查、与现行边界比较",
    ),
    "update_step_drawing": Text("Drawing the differences", "绘制差异"),
    "update_step_publishing": Text("Checking once more and publishing", "再次检查并发布"),
    # refused before it is read
    "update_too_large": Text(
        "is larger than {limit} MiB, and every file that is published is kept.",
        "超过 {limit} MiB，而发布的文件均会保存。",
    ),
    "update_same_names": Text("has the same name twice.", "含有同名文件。"),
    "update_not_one": Text(
        "are several files that are not the parts of one shapefile.", "多个文件不属于同一个 Shapefile。"
    ),
    "update_one_delivery": Text(
        "Upload one file, or a zip, or the .shp with its .dbf, .shx and .prj of the same name.",
        "请上传一个文件或一个压缩包，或同名的 .shp、.dbf、.shx、.prj。",
    ),
    "update_unreadable": Text("This file cannot be used as it is", "此文件无法直接使用"),
    "update_try_another": Text("Upload another file, or ask whoever sent it.", "请上传其他文件，或联系提供者。"),
    # what it is
    "update_decided": Text("Understood", "已识别"),
    "update_undecided": Text("Your decision is needed", "需要您确认"),
    "update_refused": Text("Cannot be read safely", "无法可靠读取"),
    "update_by_choice": Text("As you chose", "按您的选择"),
    "update_format": Text("Format", "格式"),
    "update_layer": Text("Layer", "图层"),
    "update_read_of": Text("{layer}: {read} of {features} features", "{layer}：共 {features} 个要素，读取 {read} 个"),
    "update_skipped": Text("Left out", "未读取"),
    "update_names": Text("Text", "文字"),
    "update_coordinates": Text("Coordinates", "坐标"),
    "update_declared": Text("Declared", "声明"),
    "update_nothing": Text("nothing", "无"),
    "update_datum": Text("Datum step", "基准转换"),
    "update_accuracy": Text(", accurate to {metres} m", "，精度 {metres} m"),
    "update_why": Text("How this is known", "判断依据"),
    "update_notes": Text("Notes", "说明"),
    "update_hash": Text("SHA-256", "SHA-256 散列值"),
    # one plain sentence for each trap
    "update_plain_gcj02": Text(
        "Drawn on a Chinese web map such as AMap or Tencent: these show every place some 500 m off (“GCJ-02”). The "
        "shift is taken out.",
        "在高德、腾讯等网络地图上绘制：此类地图整体偏移约 500 m（GCJ-02），已消除偏移。",
    ),
    "update_plain_bd09": Text(
        "Drawn on Baidu Maps, which shows every place about a kilometre off (“BD-09”). The shift is taken out.",
        "在百度地图上绘制：该地图整体偏移约 1 km（BD-09），已消除偏移。",
    ),
    "update_plain_axes": Text(
        "The file gives north before east; the two are put in order.", "文件中北坐标在前、东坐标在后，已调整顺序。"
    ),
    "update_plain_prefix": Text(
        "The number {prefix} in front of the eastings is the number of the map zone, not metres.",
        "东坐标前的 {prefix} 是投影带号，不是米数。",
    ),
    "update_plain_undeclared": Text(
        "The file does not say what its coordinates mean (its .prj is missing). They were compared with the current "
        "boundaries, which settles it.",
        "文件未说明坐标系（缺少 .prj）。已与现行边界比对，可以确定。",
    ),
    "update_plain_missing": Text(
        "The file does not say what its coordinates mean (its .prj is missing), and comparing it with this plan does "
        "not settle it. Pick the reading that is right; if you are not sure, ask whoever sent the file.",
        "文件未说明坐标系（缺少 .prj），与本规划比对也无法确定。请选择正确的解读；如不确定，请向提供者确认。",
    ),
    "update_plain_mislabelled": Text(
        "What the file says about its coordinates is wrong: under that label the boundaries would lie elsewhere.",
        "文件声明的坐标系有误：按该声明，边界会落在别处。",
    ),
    "update_plain_ambiguous": Text(
        "The coordinates can be read in more than one way. Pick the one that is right; the map shows where each would "
        "put the zones.",
        "坐标可以有多种解读。请选择正确的一种；地图显示各种解读的位置。",
    ),
    "update_plain_refused": Text(
        "The coordinates cannot be brought to this plan without knowing more. Old survey systems (Xian 1980, Beijing "
        "1954) lie tens of metres off, by an amount only the surveying office knows.",
        "缺少必要信息，无法将坐标转换到本规划。西安 80、北京 54 等旧坐标系相差数十米，转换参数须由测绘部门提供。",
    ),
    "update_plain_gbk": Text(
        "Names are in {encoding}, a Chinese encoding the file does not mention or older programs use. If the sample "
        "reads well, it is right.",
        "名称采用 {encoding} 编码（旧软件常用，或文件未注明）。示例显示正常即为正确。",
    ),
    "update_plain_skipped": Text(
        "Not everything in the file could be read: see what was left out.", "文件中有内容未能读取，见“未读取”。"
    ),
    # choices
    "update_choose": Text("How are the coordinates to be read?", "坐标应如何解读？"),
    "update_choose_note": Text("Your choice is kept with the revision.", "您的选择将随版本记录。"),
    "update_other_way": Text("Read it differently", "更改读取方式"),
    "update_as_found": Text("as found", "自动识别"),
    "update_id_field": Text("Field that says which zone it is", "标识分区的字段"),
    "update_encoding": Text("Encoding of names", "名称编码"),
    "update_crs": Text("Coordinate system", "坐标系"),
    "update_crs_hint": Text("a code, such as EPSG:4548", "代码，例如 EPSG:4548"),
    "update_operation": Text("Datum parameters", "基准转换参数"),
    "update_operation_hint": Text("+towgs84=dx,dy,dz,rx,ry,rz,scale", "+towgs84=dx,dy,dz,rx,ry,rz,比例"),
    "update_take": Text("Use", "采用"),
    "update_axes": Text("Order of axes", "坐标轴顺序"),
    "update_offset": Text("Web map shift", "网络地图偏移"),
    "update_reading": Text("Reading {number}", "解读 {number}"),
    "update_degrees": Text("{datum}, degrees", "{datum}，经纬度"),
    "update_metres": Text("{datum}, metres, central meridian {meridian}°", "{datum}，米，中央经线 {meridian}°"),
    "update_north_first": Text("north first", "北坐标在前"),
    "update_prefix": Text("zone number {prefix} in front", "带号 {prefix}"),
    "update_undo_gcj02": Text("GCJ-02 shift taken out (AMap, Tencent)", "消除 GCJ-02 偏移（高德、腾讯）"),
    "update_undo_bd09": Text("BD-09 shift taken out (Baidu)", "消除 BD-09 偏移（百度）"),
    "update_no_shift": Text("no shift", "无偏移"),
    "update_fit_distance": Text(
        "{metres} m from the current boundaries, {share} of corners on them",
        "距现行边界 {metres} m，{share} 的角点重合",
    ),
    "update_fit_score": Text("covers {share} of the same ground", "范围重合 {share}"),
    "update_lands": Text("lands on the plan", "位于规划范围内"),
    "update_lands_not": Text("does not land on the plan", "不在规划范围内"),
    # the map
    "update_map_before": Text("Current boundaries", "现行边界"),
    "update_map_after": Text("This upload", "本次上传"),
    "update_show": Text("Show", "显示"),
    "update_show_changes": Text("Differences", "差异"),
    "update_show_swipe": Text("Swipe", "卷帘"),
    "update_show_fade": Text("Fade", "渐变"),
    "update_show_theirs": Text("Theirs", "对方的修改"),
    # the preview
    "update_was": Text("now {before}", "现行 {before}"),
    "update_would_publish": Text(
        "All checks hold. It can be published on top of {revision}.", "全部检查通过，可在{revision}之上发布。"
    ),
    "update_would_reject": Text(
        "Findings against publishing: {count}. Mend the file, try a repair, or accept them with a reason.",
        "有 {count} 项检查结果阻止发布。请修正文件、尝试修复，或说明理由后认可。",
    ),
    "update_unchanged": Text(
        "These are the boundaries that are published already: nothing differs by more than the tolerance, so there is "
        "nothing to publish.",
        "与已发布的边界相同：差异均在容差之内，无需发布。",
    ),
    "update_first": Text("nothing published yet", "尚无版本"),
    "update_tab_changes": Text("Differences", "差异"),
    "update_tab_findings": Text("Findings", "检查结果"),
    "update_tab_matched": Text("Features and zones", "要素与分区"),
    "update_tab_repair": Text("Repair", "修复"),
    "update_tab_file": Text("About the file", "关于文件"),
    "update_no_changes": Text("No boundary changes.", "边界无变化。"),
    "update_moves": Text("Ground that changes hands", "地块归属变化"),
    "update_introduced": Text("New with this upload", "本次上传新出现"),
    "update_fixed": Text("Gone with this upload", "本次上传消除"),
    "update_all_findings": Text("All", "全部"),
    "update_no_findings": Text("None.", "无。"),
    "update_place": Text("Feature", "要素"),
    "update_key": Text("In the file", "文件中的标识"),
    "update_zone": Text("Zone", "分区"),
    "update_how": Text("How it was told", "匹配方式"),
    "update_share": Text("Same ground %", "重合 %"),
    # repair
    "update_repair_why": Text(
        "A repair closes slivers and tiny overlaps within the tolerance, and mends crossed outlines. It is shown zone "
        "by zone before it is used, and refused when a zone would change by more than {limit_m2} m² or {limit_share}.",
        "修复会消除容差范围内的碎隙和微小重叠，并修正自相交的边界。采用前逐个分区列出变化；"
        "如某分区变化超过 {limit_m2} m² 或 {limit_share}，则拒绝修复。",
    ),
    "update_repair_show": Text("Show what a repair would change", "查看修复会带来的变化"),
    "update_repair_nothing": Text("There is nothing to mend.", "无需修复。"),
    "update_repair_refused": Text("The repair is refused:", "修复被拒绝："),
    "update_repair_use": Text("Use the repaired boundaries", "采用修复后的边界"),
    "update_repair_used": Text(
        "The repaired boundaries are shown, and would be published with this ledger.",
        "当前显示修复后的边界，发布时将附带此明细。",
    ),
    "update_repair_not": Text("Use the file as it is", "采用原文件"),
    "update_repair_step": Text("Step", "步骤"),
    "update_repair_before": Text("Before m²", "修复前 m²"),
    "update_repair_after": Text("After m²", "修复后 m²"),
    "update_repair_gained": Text("Gained m²", "增加 m²"),
    "update_repair_lost": Text("Lost m²", "减少 m²"),
    "update_repair_moved": Text("Corners moved", "移动角点"),
    "update_repair_farthest": Text("Farthest m", "最大移动 m"),
    "update_step_heights": Text("heights dropped", "去除高程"),
    "update_step_repeated": Text("repeated corners dropped", "去除重复角点"),
    "update_step_orientation": Text("direction of outlines", "统一环方向"),
    "update_step_validity": Text("crossed outlines mended", "修正自相交"),
    "update_step_snapping": Text("corners joined", "角点贴合"),
    "update_step_overlaps": Text("overlaps closed", "消除重叠"),
    "update_step_gaps": Text("gaps closed", "消除空隙"),
    # publishing
    "update_accept": Text("Accept findings with a reason", "说明理由后认可检查结果"),
    "update_accept_which": Text("Findings to accept", "要认可的检查结果"),
    "update_accept_reason": Text("Reason, kept with the revision", "理由（随版本保存）"),
    "update_message": Text("What changed and why", "变更内容与原因"),
    "update_author": Text("Your name", "您的姓名"),
    "update_need_author": Text("Write your name: the history keeps who published.", "请填写姓名：历史中将记录发布者。"),
    "update_as_author": Text("Published as {author}", "发布者：{author}"),
    "update_publish": Text("Publish as a revision", "发布为新版本"),
    "update_rejected": Text(
        "Not published: the plan changed since the preview. Look at it again.",
        "未发布：预览之后规划已有变化。请重新查看。",
    ),
    "update_behind": Text(
        "{revision} was published since this preview. Preview again to see your changes on top of it.",
        "本次预览之后，{revision}已发布。请重新预览，查看叠加后的变化。",
    ),
    "update_preview_again": Text("Preview again", "重新预览"),
    "update_conflict": Text(
        "Somebody else published {revision} while you were looking, so yours was not published. Nothing of either is "
        "lost: see what they changed, then preview yours on top of it.",
        "在您查看期间，他人已发布{revision}，因此您的更新尚未发布。双方内容均未丢失：请先查看对方的修改，再重新预览。",
    ),
    "update_conflict_theirs": Text("What they changed", "对方的修改"),
    "update_conflict_mine": Text("What yours would change now", "您的更新相对现行版本的变化"),
    "update_on_top": Text("Preview again on top of it", "在该版本之上重新预览"),
    # what came of it
    "update_published": Text("Published as revision {number}.", "已发布为第 {number} 版。"),
    "update_published_by": Text(
        "By {author}: {before} km² before, {after} km² now.", "发布者：{author}；原 {before} km²，现 {after} km²。"
    ),
    "update_see_map": Text("See it on the map", "在地图上查看"),
    "update_see_history": Text("See it in the history", "在历史中查看"),
    "update_undo": Text("Undo", "撤销发布"),
    "update_undo_why": Text(
        "The boundaries there were before are published again, as a new revision. Nothing is lost from the history.",
        "将此前的边界重新发布为新版本，历史记录不会丢失。",
    ),
    "update_undo_sure": Text("Publish the earlier boundaries again", "重新发布此前的边界"),
    "update_undone": Text(
        "Undone: the earlier boundaries are published again as revision {number}.",
        "已撤销：此前的边界已重新发布为第 {number} 版。",
    ),
    "update_undone_same": Text("The earlier boundaries are the current ones already.", "现行边界已与此前的边界相同。"),
}
