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
    "fabric_command": Text("On the command line:", "命令行："),
    # Facilities
    "fabric_facilities_lead": Text(
        "Where the plan's facilities are, and how many there are per zone.", "规划设施的位置与各分区的数量。"
    ),
    "fabric_counts": Text("Facilities per zone", "各分区设施数量"),
    "fabric_counts_note": Text(
        "{with_some} of {all} zones have a facility or are named by one; the others are not listed. By where each "
        "facility lies; one on an edge counts in both zones.",
        "{all} 个分区中有 {with_some} 个含有设施或被设施指明，其余不列出。按设施位置统计，位于边线上的计入两侧分区。",
    ),
    "fabric_counts_first": Text(
        "The {count} zones with most facilities; search for others.", "显示设施最多的 {count} 个分区；其他请搜索。"
    ),
    "fabric_counts_search": Text("Search the zones listed", "搜索所列分区"),
    "fabric_counts_many": Text(
        "{count} facilities are more than a page looks up ({most}).", "{count} 处设施超出页面可查找的数量（{most}）。"
    ),
    "fabric_counts_command": Text(
        "All zones with their counts, in a file or as JSON:", "全部分区及其数量（文件或 JSON）："
    ),
    "fabric_service_why": Text(
        "Which ground facilities reach is worked out on the outlines of all zones at once, which this page does not "
        "have:",
        "服务覆盖需要同时使用全部分区的轮廓，本页面不具备：",
    ),
    # History
    "fabric_none_zones": Text(
        "The plan folder holds {zones} zones. Nothing is recorded yet of who drew them when.",
        "规划文件夹含 {zones} 个分区，尚未记录由谁、何时绘制。",
    ),
    "fabric_revision_on_map": Text("The map shows revision {number}.", "地图显示第 {number} 版。"),
    "fabric_diff_why": Text(
        "Two revisions are compared zone by zone, {count} of them: more than a page can list. What differs, on the "
        "command line:",
        "比较两个版本需逐一比较 {count} 个分区，超出页面可列出的数量。请用命令行比较：",
    ),
    "fabric_verify_why": Text("Whether all hashes are right:", "校验全部散列值："),
    "fabric_restore_how": Text(
        "The zones are checked and published again in a process of their own; this page may be left meanwhile.",
        "系统将在独立进程中检查并重新发布这些分区，期间可离开本页面。",
    ),
    "fabric_restoring": Text(
        "Restoring revision {number}: checking and publishing {count} zones … {seconds} s",
        "正在恢复第 {number} 版：检查并发布 {count} 个分区…… {seconds} 秒",
    ),
    "fabric_busy": Text(
        "Other files or revisions are being made right now; try again when one of them is done.",
        "正在生成其他文件或版本，请待其完成后重试。",
    ),
    "fabric_job_failed": Text("It ended without a result.", "任务结束但没有结果。"),
    "fabric_stop": Text("Stop", "停止"),
    "fabric_dismiss": Text("Close", "关闭"),
    # Hand over
    "fabric_handover_lead": Text(
        "The zones as data for other programs. Each file is made in a process of its own, by the same export as on the "
        "command line.",
        "将分区导出为其他软件可读的数据。每个文件在独立进程中生成，与命令行导出相同。",
    ),
    "fabric_making": Text(
        "Making the file of {count} zones … {seconds} s; this page may be left meanwhile.",
        "正在生成 {count} 个分区的文件…… {seconds} 秒，期间可离开本页面。",
    ),
    "fabric_too_large": Text(
        "The file is {size}: more than a browser is handed at once. The command writes it to disk:",
        "文件大小为 {size}，超出浏览器一次可下载的大小。请用命令写入磁盘：",
    ),
    "fabric_too_many": Text(
        "A file of {count} zones would be more than a browser is handed at once; the command writes it to disk:",
        "{count} 个分区的文件超出浏览器一次可下载的大小；请用命令写入磁盘：",
    ),
    "fabric_documents": Text("Map, sheet, report and workbook", "地图、图纸、报告与工作簿"),
    "fabric_documents_why": Text(
        "These list or draw every zone: {count} rows or outlines in one document. What this page shows of them is on "
        "the pages “Map”, “Areas” and “Checks”. The findings and areas as a report, on the command line:",
        "这些文件会列出或绘制每个分区，即一份文件含 {count} 行或轮廓。本页面所示内容见“地图”“面积”“检查”页。"
        "检查结果与面积报告请用命令行：",
    ),
    # Update and draw
    "fabric_update_why": Text(
        "The preview of an update lists and draws what changes in every zone, and {count} are more than a page can "
        "hold. The command checks and compares them in the same way; with --dry-run it shows the outcome and changes "
        "nothing.",
        "更新预览需列出并绘制每个分区的变化，{count} 个分区超出页面可容纳的数量。命令行以相同方式检查和比较；"
        "加 --dry-run 只显示结果，不作更改。",
    ),
    "fabric_update_then": Text("Without --dry-run it publishes:", "不加 --dry-run 即发布："),
    "fabric_draw_then": Text(
        "Then load it; with --dry-run nothing is published and the outcome is shown:",
        "然后加载；加 --dry-run 则只显示结果，不发布：",
    ),
    "fabric_draw_why": Text(
        "Drawing snaps to the vertices of all zones and checks them all at every edit, and {count} are more than a "
        "browser can hold. Export a district, draw in a desktop GIS, and load the whole again:",
        "绘制需捕捉全部分区的顶点，并在每次编辑后检查全部分区，{count} 个分区超出浏览器可容纳的数量。"
        "请导出后在桌面 GIS 中绘制，再整体加载：",
    ),
    "fabric_reports": Text(
        "Reports of so many zones are written by the command line:", "分区数量较多时，请用命令行生成报告："
    ),
}
