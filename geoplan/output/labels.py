"""The fixed words of the reports in both languages: checks, severities, statuses, methods, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geoplan.output import figures
from geoplan.result import CheckResult
from geoplan.types import Acceptance, AreaMethod, CheckRun, Finding, InputInfo, Severity, Text, Tolerance


@dataclass(frozen=True, slots=True)
class CheckLabel:
    """What a check is called and, in one sentence, what it looks for."""

    title: Text
    description: Text


def _label(title: tuple[str, str], description: tuple[str, str]) -> CheckLabel:
    return CheckLabel(Text(*title), Text(*description))


CHECK_LABELS: Mapping[str, CheckLabel] = {
    "geometry-valid": _label(
        ("Valid geometry", "几何有效"),
        ("A polygon crosses or touches itself or is otherwise invalid.", "多边形自相交、自接触或存在其他几何错误。"),
    ),
    "geometry-type": _label(
        ("Polygons only", "几何类型"),
        ("A feature is something other than a polygon.", "要素不是多边形。"),
    ),
    "geometry-empty": _label(
        ("No empty geometry", "几何为空"),
        ("A feature has no geometry, so it has no area.", "要素没有几何，无法计算面积。"),
    ),
    "overlap": _label(
        ("Overlap", "重叠"),
        (
            "Two zones cover the same ground by more than the tolerance, by intersection area.",
            "两个分区的相交面积超过容差。",
        ),
    ),
    "gap": _label(
        ("Gap", "缝隙"),
        (
            "Ground between zones, or inside the site boundary, belongs to no zone by more than the tolerance.",
            "分区之间或规划边界之内存在超过容差的未覆盖范围。",
        ),
    ),
    "sliver": _label(
        ("Sliver", "狭长碎片"),
        ("A part of a zone is too small or too thin to be meant.", "分区的某一部分过小或过窄，疑为误差。"),
    ),
    "unmatched-vertex": _label(
        ("Unmatched vertex", "未匹配节点"),
        (
            "A vertex lies on a neighbour's edge where the neighbour has none; harmless until one of them moves.",
            "节点位于相邻边上，而相邻边在此处没有节点；任一方移动后会产生缝隙或重叠。",
        ),
    ),
    "area-total": _label(
        ("Total area", "总面积"),
        ("The sum of all zone areas differs from the published figure.", "各分区面积之和与公布数据不符。"),
    ),
    "area-share": _label(
        ("Share of the total", "面积占比"),
        ("The share of a group of zones lies outside the published range.", "某组分区的面积占比超出公布范围。"),
    ),
    "area-declared": _label(
        ("Declared area", "申报面积"),
        ("The area a feature declares differs from the measured one.", "要素申报面积与量算面积不符。"),
    ),
    "area-minimum": _label(
        ("Minimum area", "最小面积"),
        ("A part of a zone is smaller than the minimum patch.", "分区的某一部分小于最小图斑面积。"),
    ),
    "zone-count": _label(
        ("Number of zones", "分区数量"),
        ("The number of zones with a boundary differs from the published one.", "有边界的分区数量与公布数量不符。"),
    ),
    "zone-missing": _label(
        ("Missing zone", "缺少分区"),
        ("A zone of the plan has no boundary in the layer.", "规划中的分区在图层中没有边界。"),
    ),
    "zone-unknown": _label(
        ("Unknown zone", "未知分区"),
        ("A feature of the layer is no zone of the plan.", "图层中的要素不是规划中的分区。"),
    ),
    "zone-duplicate": _label(
        ("Duplicate zone", "重复分区"),
        ("Two features stand for the same zone.", "两个要素对应同一分区。"),
    ),
    "zone-inside": _label(
        ("Zone inside the site", "分区在规划范围内"),
        ("A zone reaches beyond the site boundary.", "分区超出规划范围。"),
    ),
    "facility-inside": _label(
        ("Facility inside its zone", "设施在所属分区内"),
        ("A facility lies outside the zone it names.", "设施位于所属分区之外。"),
    ),
    "crs": _label(
        ("Coordinate system", "坐标系"),
        ("The coordinate system is missing, doubtful or unfit for the place.", "坐标系缺失、存疑或不适用于当地。"),
    ),
    "extent": _label(
        ("Extent", "位置范围"),
        ("A zone lies far from everything else in the plan.", "分区远离规划中的其他内容。"),
    ),
}

SEVERITY_LABELS: Mapping[Severity, Text] = {
    Severity.ERROR: Text("error", "错误"),
    Severity.WARNING: Text("warning", "警告"),
    Severity.INFO: Text("info", "提示"),
}
HOLDS_LABELS: Mapping[bool | None, Text] = {
    True: Text("holds", "一致"),
    False: Text("does not hold", "不一致"),
    None: Text("not checked", "未检查"),
}
METHOD_LABELS: Mapping[AreaMethod, Text] = {
    AreaMethod.ELLIPSOIDAL: Text("ellipsoidal", "椭球面积"),
    AreaMethod.GEODESIC: Text("geodesic", "测地线面积"),
    AreaMethod.PLANAR: Text("planar", "平面面积"),
}
STATUS_LABELS: Mapping[str, Text] = {
    "official": Text("official boundaries", "官方边界"),
    "indicative": Text("indicative boundaries", "示意边界"),
    "draft": Text("draft boundaries", "草案边界"),
}
INDICATIVE_NOTE = Text(
    "not the official ones; positions and measured areas are indicative too", "并非官方边界：位置和量算面积仅供示意"
)
AWAITED_NOTE = Text("boundaries not published or not loaded yet", "边界尚未公布或尚未加载")
KIND_LABELS: Mapping[str, Text] = {
    "accepted": Text("accepted", "已认可"),
    "known": Text("known, to be mended", "已知待改"),
}


def check_title(name: str) -> Text:
    """Return the title of a check, its name if there is none."""
    return CHECK_LABELS[name].title if name in CHECK_LABELS else Text.same(name)


def method_sentence(method: AreaMethod, projected: str, *, official_rounding: bool = False) -> Text:
    """Return which method areas are measured by and the line their edges follow."""
    if method is AreaMethod.GEODESIC:
        return Text("geodesic areas on CGCS2000, edges as geodesics", "CGCS2000 测地线面积，边为大地线")
    if method is AreaMethod.PLANAR:
        return Text(f"planar areas in {projected}", f"{projected} 平面面积")
    rounding = Text(", official rounding", "，按规定取位") if official_rounding else Text.same("")
    return Text(
        f"ellipsoidal areas on CGCS2000, edges straight in {projected}{rounding.en}",
        f"CGCS2000 椭球面积，边在 {projected} 平面内为直线{rounding.zh}",
    )


def status_sentence(status: str, *, awaited: bool = False) -> Text:
    """Return what the status of a plan means for its boundaries; indicative ones are said aloud.

    `awaited`: there are no boundaries yet, and nothing is said about what they are worth.
    """
    if awaited:
        return AWAITED_NOTE
    label = STATUS_LABELS.get(status, Text.same(status))
    if status != "indicative":
        return label
    return Text(f"{label.en.upper()} — {INDICATIVE_NOTE.en}", f"{label.zh}（{INDICATIVE_NOTE.zh}）")


def crs_sentence(source: InputInfo) -> Text:
    """Return the coordinate system of the input and how it is known."""
    if source.crs is None:
        return figures.UNKNOWN
    if source.crs_how == "override":
        return Text(f"{source.crs}, given by the user (override)", f"{source.crs}（由用户指定）")
    how = {"declared": Text("declared in the file", "文件声明")}.get(source.crs_how, Text.same(source.crs_how))
    return Text(f"{source.crs}, {how.en}", f"{source.crs}（{how.zh}）")


def loaded_sentence(loaded: int, declared: int) -> Text:
    """Return how many of a plan's zones have a boundary."""
    plural = "y" if declared == 1 else "ies"
    return Text(f"{loaded} of {declared} boundar{plural} loaded", f"已加载 {declared} 个分区中 {loaded} 个的边界")


def run_sentence(run: CheckRun) -> Text:
    """Return what one check did: examined, found, tolerated, or why it was skipped."""
    if run.skipped is not None and run.examined == 0:
        return Text(f"skipped: {run.skipped.en}", f"未执行：{run.skipped.zh}")
    en = f"checked {run.examined:,}, found {run.findings:,}"
    zh = f"检查 {run.examined:,}，发现 {run.findings:,}"
    if run.tolerated:
        area = figures.square_metres(run.tolerated_m2)
        en += f"; {run.tolerated:,} within tolerance, {area} m² in all"
        zh += f"；容差内 {run.tolerated:,} 处，合计 {area} m²"
    if run.skipped is not None:
        en, zh = f"{en}; in part skipped: {run.skipped.en}", f"{zh}；部分未执行：{run.skipped.zh}"
    return Text(en, zh)


def accepted_sentence(accepted: Acceptance) -> Text:
    """Return why a finding does not fail the check, who said so and until when."""
    kind = KIND_LABELS.get(accepted.kind, Text.same(accepted.kind))
    until = accepted.expires.isoformat() if accepted.expires else None
    en = f"{kind.en} by {accepted.author}" + (f" until {until}" if until else "")
    zh = f"{kind.zh}（{accepted.author}" + (f"，有效期至 {until}" if until else "") + "）"
    return Text(f"{en}: {accepted.reason.en}", f"{zh}：{accepted.reason.zh}")


def finding_figures(finding: Finding) -> Text:
    """Return the figures of a finding in one line: area, width, expected and measured; "" without any."""

    def line(language: str) -> str:
        said = Text("area {}|width {}|expected {}|measured {}", "面积 {}|宽度 {}|应为 {}|实测 {}").get(language)
        area, width, expected, measured = said.split("|")
        parts = []
        if finding.area_m2 is not None:
            parts.append(area.format(figures.quantity(finding.area_m2, "m2", language)))
        if finding.width_m is not None:
            parts.append(width.format(figures.quantity(finding.width_m, "m", language)))
        # For a piece such as an overlap, "expected 0" and its own area once more would only repeat.
        if finding.expected is not None and not (finding.expected == 0 and finding.measured == finding.area_m2):
            parts.append(expected.format(figures.quantity(finding.expected, finding.unit, language)))
            if finding.measured is not None:
                parts.append(measured.format(figures.quantity(finding.measured, finding.unit, language)))
        return ("，" if language == "zh" else ", ").join(parts)

    return Text(line("en"), line("zh"))


def tolerance_sentence(tolerance: Tolerance) -> Text:
    """Return the tolerance in m² and m."""
    area, width = figures.compact(tolerance.area_m2), figures.compact(tolerance.width_m)
    return Text(f"tolerance {area} m² and {width} m", f"容差 {area} m²、{width} m")


def verdict_sentence(result: CheckResult) -> Text:
    """Return "PASSED" or "FAILED" with the number of failing findings by severity; says when nothing ran."""
    if result.passed:
        ran = any(run.examined for run in result.checked)
        return Text("PASSED", "通过") if ran else Text("PASSED: nothing to check", "通过：没有可检查的内容")
    counts = {severity: sum(f.severity is severity for f in result.failing) for severity in Severity}
    en = [f"{n:,} {SEVERITY_LABELS[s].en}{'s' if n != 1 else ''}" for s, n in counts.items() if n]
    zh = [f"{n:,} 个{SEVERITY_LABELS[s].zh}" for s, n in counts.items() if n]
    return Text(f"FAILED: {', '.join(en)}", f"未通过：{'、'.join(zh)}")


def others_sentence(result: CheckResult) -> Text | None:
    """Return how many findings do not fail the check, and why not; None if there are none."""
    accepted = sum(f.accepted is not None for f in result.findings)
    below = len(result.findings) - len(result.failing) - accepted
    en, zh = [], []
    if below:
        en.append(f"{below:,} below the fail level")
        zh.append(f"{below:,} 个低于判定级别")
    if accepted:
        en.append(f"{accepted:,} accepted or known")
        zh.append(f"{accepted:,} 个已认可或已知")
    return Text(", ".join(en), "，".join(zh)) if en else None
