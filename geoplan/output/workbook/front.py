"""The first and the last sheet: what the plan is and whether its figures hold; how everything was measured."""

from __future__ import annotations

from geoplan.output.handover import TOOL, Facts
from geoplan.output.labels import (
    HOLDS_LABELS,
    METHOD_LABELS,
    check_title,
    crs_sentence,
    loaded_sentence,
    run_sentence,
    status_sentence,
    tolerance_sentence,
    verdict_sentence,
)
from geoplan.output.recorded import message_text
from geoplan.output.workbook.values import Cell, Grid, Heading, Kind, Sheet, Tone, Value
from geoplan.result import Measurement, PublishedFigure
from geoplan.types import M2_PER_HECTARE, M2_PER_KM2, M2_PER_MU, AreaMethod, CheckRun, Text
from geoplan.workflow import PlanView

_HOLDS: dict[bool | None, Tone] = {True: "good", False: "bad", None: "muted"}
_UNITS: dict[str, tuple[Kind, Text]] = {
    "km2": ("km2", Text.same("km²")),
    "share": ("percent", Text.same("%")),
    "zones": ("whole", Text("zones", "个分区")),
}
_FACT = Heading(Text("what", "项目"), widest=32)
_VALUE = Heading(Text("value", "内容"), "figure", widest=90)


def overview_sheet(view: PlanView, facts: Facts, language: str) -> Sheet:
    """Return the overview: what is published against what was measured, and what the plan and its revision are."""
    result = view.result
    headings = (
        Heading(Text("figure", "指标"), widest=44),
        Heading(Text("published", "公布"), widest=60),
        Heading(Text("measured", "实测"), "figure"),
        Heading(Text("unit", "单位")),
        Heading(Text("verdict", "结论")),
        Heading(Text("source", "来源"), widest=60),
    )
    held = Grid(
        headings,
        tuple(_published(figure, language) for figure in result.published),
        title=Text("Published and measured", "公布与实测"),
        empty=Text("nothing is published for this plan", "该规划没有公布数据"),
    )
    about = Grid((_FACT, _VALUE), tuple(_about(view, facts, language)), title=Text("About this file", "关于本文件"))
    lines: list[tuple[Text, Tone]] = [(facts.worth, "plain" if facts.status == "official" else "warn")]
    lines.append((verdict_sentence(result), "good" if result.passed else "bad"))
    if view.plan.summary is not None:
        lines.append((view.plan.summary, "plain"))
    return Sheet(Text("Overview", "概览"), (held, about), tuple(lines))


def method_sheet(view: PlanView, facts: Facts, language: str) -> Sheet:
    """Return how areas were measured, the totals by every method side by side, and what each check did."""
    measured = view.result.measurement
    grids = [
        Grid((_FACT, _VALUE), tuple(_how(view, facts, language)), title=Text("How areas are measured", "面积量算"))
    ]
    if measured is not None:
        grids.append(_totals(measured, language))
    headings = (Heading(Text("check", "检查项"), widest=40), Heading(Text("outcome", "执行情况"), widest=90))
    checks = tuple(_run(run, language) for run in view.result.checked)
    grids.append(Grid(headings, checks, title=Text("Checks", "检查")))
    return Sheet(Text("Method", "方法"), tuple(grids))


def _published(figure: PublishedFigure, language: str) -> tuple[Value, ...]:
    kind, unit = _UNITS.get(figure.unit, ("figure", Text.same(figure.unit)))
    return (
        figure.label.get(language),
        figure.published.get(language),
        Cell(figure.measured, kind=kind),
        unit.get(language),
        Cell(HOLDS_LABELS[figure.holds].get(language), _HOLDS[figure.holds]),
        figure.source.get(language) if figure.source else None,
    )


def _about(view: PlanView, facts: Facts, language: str) -> list[tuple[Value, ...]]:
    reference = view.result.plan
    rows: list[tuple[Text, Value]] = [
        (Text("plan", "规划"), f"{facts.name.get(language)} ({facts.plan})"),
        (Text("status", "状态"), status_sentence(facts.status).get(language)),
    ]
    if reference is not None:
        loaded = loaded_sentence(reference.loaded, reference.declared).get(language)
        rows.append((Text("boundaries", "边界"), loaded))
    rows += [
        (
            Text("revision", "版本"),
            facts.origin.get(language) if facts.number is None else Cell(facts.number, kind="whole"),
        ),
        (Text("revision hash (SHA-256)", "版本哈希（SHA-256）"), facts.hash),
        (Text("published (UTC)", "发布时间（UTC）"), _time(facts)),
    ]
    if view.revision is not None:
        made = view.revision
        rows += [
            (Text("published by", "发布人"), made.author),
            (Text("message", "说明"), message_text(made.message, made.source_path, made.decision).get(language)),
        ]
    rows += [
        (Text("source file hash (SHA-256)", "源文件哈希（SHA-256）"), facts.sha256),
        (Text("area method", "面积方法"), facts.how.get(language) if facts.how else None),
        (Text("tolerance", "容差"), tolerance_sentence(view.result.tolerance).get(language)),
        (Text("made with", "制作工具"), TOOL),
    ]
    return [(name.get(language), value) for name, value in rows]


def _how(view: PlanView, facts: Facts, language: str) -> list[tuple[Value, ...]]:
    measured = view.result.measurement
    rows: list[tuple[Text, Value]] = [(Text("area method", "面积方法"), facts.how.get(language) if facts.how else None)]
    if measured is not None:
        rows.append((Text("projected system", "投影坐标系"), measured.projected))
        if measured.input is not None:
            rows.append(
                (Text("coordinate system of the zones", "分区坐标系"), crs_sentence(measured.input).get(language))
            )
        if measured.warning is not None:
            rows.append((Text("warning", "注意"), Cell(measured.warning.get(language), "warn")))
    rows += [
        (
            Text("perimeter", "周长"),
            Text("all rings, edges as geodesics on CGCS2000", "全部环，边为 CGCS2000 大地线").get(language),
        ),
        (Text("mu", "亩"), Text("1 mu (亩) = 2000/3 m²", "1 亩 = 2000/3 m²").get(language)),
        (
            Text("share", "占比"),
            Text(
                "apportioned to hundredths of a percent, so that the zones sum to 100.00 %",
                "按百分之 0.01 分摊，各分区合计为 100.00 %",
            ).get(language),
        ),
        (Text("tolerance", "容差"), tolerance_sentence(view.result.tolerance).get(language)),
        (
            Text("empty cell", "空单元格"),
            Text("not known; never nought", "未知，不等于零").get(language),
        ),
    ]
    return [(name.get(language), value) for name, value in rows]


def _totals(measured: Measurement, language: str) -> Grid:
    headings = (
        Heading(Text("method", "方法"), widest=40),
        Heading(Text("total (m²)", "合计（m²）"), "m2", widest=24),
        Heading(Text("total (ha)", "合计（公顷）"), "ha"),
        Heading(Text("total (mu)", "合计（亩）"), "mu"),
        Heading(Text("total (km²)", "合计（km²）"), "km2"),
        Heading(Text("against the plan's method (ppm)", "与规划方法之差（ppm）"), "ppm"),
    )
    rows: list[tuple[Value, ...]] = []
    for method in AreaMethod:
        total = measured.totals[method]
        ppm = (total / measured.total_m2 - 1) * 1e6 if measured.total_m2 else None
        rows.append(
            (
                METHOD_LABELS[method].get(language),
                total,
                total / M2_PER_HECTARE,
                total / M2_PER_MU,
                total / M2_PER_KM2,
                ppm,
            )
        )
    return Grid(headings, tuple(rows), title=Text("Totals by every method", "各方法合计"))


def _run(run: CheckRun, language: str) -> tuple[Value, ...]:
    return check_title(run.check).get(language), run_sentence(run).get(language)


def _time(facts: Facts) -> Cell:
    return Cell(facts.published.replace(tzinfo=None) if facts.published else None, kind="time")
