"""What the page "Hand over" says."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "handover_lead": Text(
        "The plan as you are looking at it, in files for others ({origin}). Every file has the figures below, and "
        "says what its boundaries are worth.",
        "将当前所见的规划输出为文件（{origin}）。各文件数值与下方一致，并注明边界的性质。",
    ),
    "handover_official": Text("Official boundaries", "官方边界"),
    "handover_make": Text("Make {what}", "生成{what}"),
    "handover_making": Text("Making the file …", "正在生成文件……"),
    "handover_download": Text("Download {what}", "下载{what}"),
    "handover_the_map": Text("the map", "地图"),
    "handover_the_sheet": Text("the sheet", "图纸"),
    "handover_the_page": Text("the page", "网页"),
    "handover_the_workbook": Text("the workbook", "工作簿"),
    "handover_the_file": Text("the {format} file", " {format} 文件"),
    "handover_losses": Text("Not in this file as it is in the plan", "与规划内容的差异"),
    # The map
    "handover_map": Text("Map in one file", "单文件地图"),
    "handover_map_for": Text(
        "Opens in any browser from a disk or a mail, with no internet: zones, facilities, tables, measuring.",
        "用任何浏览器即可从磁盘或邮件中打开，无需联网：含分区、设施、表格与量测。",
    ),
    "handover_map_whole": Text("It opens on the whole plan.", "打开时显示整个规划。"),
    "handover_map_picked": Text("It opens on what is picked: {name}.", "打开时显示所选：{name}。"),
    "handover_map_filtered": Text(
        "Facilities as they are filtered: {shown} of {all}.", "设施按当前筛选：{shown} / {all}。"
    ),
    "handover_unfilter": Text("Show everything", "显示全部"),
    "handover_with_findings": Text("With the findings ({count})", "包含检查结果（{count}）"),
    # The sheet
    "handover_sheet": Text("Sheet to scale", "比例尺图纸"),
    "handover_sheet_for": Text(
        "A PDF to print at 100 %: map to a true scale, legend, areas, sources, title block.",
        "按 100 % 打印的 PDF：真实比例尺地图、图例、面积表、资料来源、图签。",
    ),
    "handover_paper": Text("Paper", "纸张"),
    "handover_orientation": Text("Orientation", "方向"),
    "handover_landscape": Text("Landscape", "横向"),
    "handover_portrait": Text("Portrait", "纵向"),
    "handover_sheet_language": Text("Language", "文字"),
    "handover_both": Text("Both", "中英"),
    "handover_scale": Text("Scale", "比例尺"),
    "handover_scale_fits": Text("1:{scale} (largest that fits)", "1:{scale}（可容纳的最大比例）"),
    "handover_no_scale": Text("nothing to draw to scale yet", "暂无可绘制的内容"),
    "handover_title": Text("Title", "标题"),
    "handover_review": Text("Map review number", "审图号"),
    "handover_review_none": Text("left empty", "留空"),
    "handover_author": Text("Drawn by", "制图"),
    "handover_findings": Text("Findings on the sheet", "图纸含检查结果"),
    "handover_preview": Text("First page of the sheet", "图纸首页"),
    "handover_no_preview": Text("The first page appears here when the sheet is made.", "生成后在此显示首页。"),
    # The report and the workbook
    "handover_report": Text("Report and workbook", "报告与工作簿"),
    "handover_report_for": Text(
        "The same figures and sources, to read or to calculate with.", "相同的数值与来源，便于阅读或计算。"
    ),
    "handover_page": Text("Report page", "网页报告"),
    "handover_page_for": Text(
        "What the sheet says, title block too, for a screen.",
        "与图纸内容相同（含图签），供屏幕阅读。",
    ),
    "handover_workbook": Text("Excel workbook", "Excel 工作簿"),
    "handover_workbook_for": Text(
        "Every table with numbers as numbers, set up for A4.", "全部表格，数值可直接计算，已按 A4 排版。"
    ),
    # Data
    "handover_data": Text("Data for other programs", "数据文件"),
    "handover_data_for": Text(
        "Shapes with areas, basis and status, in the format another program reads.",
        "图形及其面积、依据与性质，供其他软件读取。",
    ),
    "handover_format": Text("Format", "格式"),
    "handover_layer": Text("Layer", "图层"),
    "handover_all_layers": Text("All layers", "全部图层"),
    "handover_layer_zones": Text("Zones", "分区"),
    "handover_layer_facilities": Text("Facilities", "设施"),
    "handover_layer_network": Text("Places of the network", "网络地点"),
    "handover_layer_findings": Text("Findings", "检查结果"),
    "handover_crs": Text("Coordinates", "坐标系"),
    "handover_crs_own": Text("As the plan has it: {code}", "与规划一致：{code}"),
    "handover_crs_usual": Text("The usual system of the place", "当地常用坐标系"),
    "handover_crs_fixed": Text("WGS 84, as the format prescribes", "WGS 84（格式规定）"),
    "handover_crs_other": Text("Choose one, or type a code such as EPSG:32650.", "请选择，或输入代码，如 EPSG:32650。"),
    "handover_nothing": Text("This plan has nothing to export yet.", "本规划尚无可导出的内容。"),
    "handover_for_gpkg": Text(
        "For QGIS and ArcGIS: every layer with its style in one file, nothing lost.",
        "用于 QGIS 和 ArcGIS：一个文件含全部图层及样式，内容无损。",
    ),
    "handover_for_geojson": Text("For web maps and programs.", "用于网络地图和程序。"),
    "handover_for_fgb": Text("For large layers, read in parts over a network.", "用于大型图层，可经网络分块读取。"),
    "handover_for_parquet": Text(
        "For data analysis, in Python, R or DuckDB.", "用于 Python、R 或 DuckDB 数据分析。"
    ),
    "handover_for_shp": Text(
        "For older GIS programs: a zip, with names of fields cut to 10 bytes.",
        "用于较旧的 GIS 软件：zip 压缩包，字段名限 10 字节。",
    ),
    "handover_for_kml": Text("For Google Earth and other globes.", "用于 Google Earth 等三维地球软件。"),
    "handover_for_dxf": Text(
        "For AutoCAD and other drawing programs: closed lines, one layer per zone.",
        "用于 AutoCAD 等制图软件：闭合线，每个分区一层。",
    ),
    "handover_for_csv": Text(
        "For tables and scripts: one row each, the shape as text in the last column.",
        "用于表格和脚本：每个要素一行，图形以文本列于最后一列。",
    ),
}  # fmt: skip
