"""The sheets of figures: zones, groups, facilities, network, findings, indicators, sources."""

from __future__ import annotations

from collections.abc import Sequence

from geoplan.output import figures
from geoplan.output.handover import (
    Remarks,
    awaited_zones,
    category_colours,
    category_name,
    measured_zones,
    remarks_of,
    source_line,
    zone_colours,
)
from geoplan.output.labels import (
    METHOD_LABELS,
    SEVERITY_LABELS,
    accepted_sentence,
    check_title,
    others_sentence,
    verdict_sentence,
)
from geoplan.output.words import BASIS_WORDS, BOUNDARY_WORDS, COMPARISON_WORDS, KIND_WORDS
from geoplan.output.workbook.values import Cell, Grid, Heading, Kind, Sheet, Tone, Value
from geoplan.plan.model import Zone
from geoplan.result import Measurement, ZoneMeasure
from geoplan.types import (
    M2_PER_HECTARE,
    M2_PER_KM2,
    M2_PER_MU,
    AreaMethod,
    Facility,
    Finding,
    Indicator,
    IndicatorKind,
    Severity,
    Text,
)
from geoplan.workflow import PlanView

_ID = Heading(Text("id", "编号"))
_BASIS = Heading(Text("basis", "依据"), widest=44)
_ACCURACY = Heading(Text("accuracy (m)", "精度（m）"), "whole")
_SOURCE = Heading(Text("source", "来源"), widest=36)
_NOTE = Heading(Text("note", "说明"), widest=44)
_AREAS = (
    Heading(Text("area (ha)", "面积（公顷）"), "ha"),
    Heading(Text("area (mu)", "面积（亩）"), "mu"),
    Heading(Text("area (km²)", "面积（km²）"), "km2"),
    Heading(Text("share (%)", "占比（%）"), "percent"),
)
_TONES: dict[Severity, Tone] = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "plain"}


def zones_sheet(view: PlanView, language: str) -> Sheet:
    """Return the zones: all three methods in m², the plan's own in ha, mu and km², share, perimeter, basis.

    Declared zones whose boundary is awaited stand below, without figures. The total is that of every report.
    """
    measured = view.result.measurement
    headings = (
        _ID,
        *_names(language),
        Heading(Text("groups", "所属组")),
        Heading(Text("boundary", "边界")),
        *(Heading(Text(f"{METHOD_LABELS[m].en} (m²)", f"{METHOD_LABELS[m].zh}（m²）"), "m2") for m in AreaMethod),
        *_AREAS,
        Heading(Text("perimeter (m)", "周长（m）"), "m"),
        Heading(Text("published (km²)", "公布面积（km²）"), "km2"),
        _ACCURACY,
        _BASIS,
        _SOURCE,
        _NOTE,
    )
    pairs = list(measured_zones(view))  # once: figures are measured as they are looked at
    colours = zone_colours(view.plan, [zone.id for zone, _ in pairs])
    filled = zip(pairs, colours, strict=True)
    rows = [_zone_row(view, zone, remarks, colour, language) for (zone, remarks), colour in filled]
    loaded = {zone.id for zone, _ in pairs}
    rows += [_awaited_row(view, zone, language) for zone in awaited_zones(view.plan, loaded)]
    total = _zone_total(measured, [zone.percent for zone, _ in pairs]) if measured else None
    grid = Grid(headings, tuple(rows), total=total, empty=Text("no zones", "没有分区"))
    return Sheet(Text("Zones", "分区"), (grid,), frozen=2)


def groups_sheet(view: PlanView, language: str) -> Sheet:
    """Return the plan's groups with their areas by the plan's method and the zones in them."""
    measured = view.result.measurement
    rows = []
    for group in measured.groups if measured else ():
        members = [zone.name.get(language) for zone in view.plan.zones if zone.id in view.plan.zones_in(group.id)]
        area = group.area_m2
        rows.append(
            (group.id, *_both(group.name, language), area, *_units(area), group.share, _listed(members, language))
        )
    headings = (
        _ID,
        *_names(language),
        Heading(Text("area (m²)", "面积（m²）"), "m2"),
        *_AREAS,
        Heading(Text("zones", "分区"), widest=60),
    )
    return Sheet(Text("Groups", "分组"), (Grid(headings, tuple(rows), empty=Text("no groups", "没有分组")),), frozen=2)


def facilities_sheet(view: PlanView, language: str, *, network: bool = False) -> Sheet:
    """Return the facilities, or the network: category, zone, place in degrees (empty where it is not known)."""
    places = view.network if network else view.facilities
    colours = category_colours(view)
    headings = (
        _ID,
        *_names(language),
        Heading(Text("category", "类别")),
        Heading(Text("in zone", "所属分区")),
        Heading(Text("longitude (°)", "经度（°）"), "degrees"),
        Heading(Text("latitude (°)", "纬度（°）"), "degrees"),
        _ACCURACY,
        _BASIS,
        Heading(Text("address", "地址"), widest=40),
        _SOURCE,
        _NOTE,
    )
    rows = tuple(_place_row(view, place, colours[place.category], language) for place in places)
    name = Text("Network", "网络") if network else Text("Facilities", "设施")
    empty = Text("no places", "没有网络地点") if network else Text("no facilities", "没有设施")
    lines: tuple[tuple[Text, Tone], ...] = ()
    missing = sum(place.point is None for place in places)
    if missing:
        lines = ((Text(f"{missing} not located", f"{missing} 个未定位"), "muted"),)
    return Sheet(name, (Grid(headings, rows, empty=empty),), lines, frozen=2)


def findings_sheet(view: PlanView, language: str) -> Sheet:
    """Return the findings, the worst first, below the verdict of the check."""
    result = view.result
    headings = (
        Heading(Text("severity", "级别")),
        Heading(Text("check", "检查项")),
        Heading(Text("zones", "分区"), widest=30),
        Heading(Text("finding", "发现"), widest=60),
        Heading(Text("area (m²)", "面积（m²）"), "m2"),
        Heading(Text("width (m)", "宽度（m）"), "m"),
        Heading(Text("expected", "应为"), "figure"),
        Heading(Text("measured", "实测"), "figure"),
        Heading(Text("unit", "单位")),
        Heading(Text("accepted", "认可"), widest=36),
        Heading(Text("id", "编号"), widest=32),
    )
    rows = tuple(_finding_row(view, finding, language) for finding in result.findings)
    lines: list[tuple[Text, Tone]] = [(verdict_sentence(result), "good" if result.passed else "bad")]
    others = others_sentence(result)
    if others is not None:
        lines.append((others, "muted"))
    grid = Grid(headings, rows, empty=Text("no findings", "没有发现"))
    return Sheet(Text("Findings", "检查结果"), (grid,), tuple(lines))


def indicators_sheet(view: PlanView, language: str) -> Sheet:
    """Return the published figures: increments, stocks and targets in columns of their own, never added up."""
    kinds = (IndicatorKind.INCREMENT, IndicatorKind.STOCK, IndicatorKind.TARGET)
    headings = (
        _ID,
        Heading(Text("figure", "指标"), widest=36),
        Heading(Text("about", "对象"), widest=24),
        Heading(Text("wording", "表述")),
        *(Heading(KIND_WORDS[kind], "figure") for kind in kinds),
        Heading(Text("unit", "单位")),
        Heading(Text("date", "日期")),
        Heading(Text("period of the increment", "增量时段")),
        Heading(Text("kind", "性质")),
        _SOURCE,
        _NOTE,
    )
    rows = tuple(_indicator_row(view, indicator, kinds, language) for indicator in view.indicators)
    said = Text(
        "An increment of a period, a stock at a date and a target are different things, never added or compared.",
        "时段增量、时点存量与目标性质不同，不可相加或互比。",
    )
    grid = Grid(headings, rows, empty=Text("no indicators", "没有指标"))
    return Sheet(Text("Indicators", "指标"), (grid,), ((said, "muted"),), frozen=2)


def sources_sheet(view: PlanView, language: str) -> Sheet:
    """Return the plan's sources."""
    headings = (
        _ID,
        Heading(Text("title", "标题"), widest=50),
        Heading(Text("publisher", "发布者"), widest=28),
        Heading(Text("date", "日期")),
        Heading(Text("address", "网址"), widest=44),
        Heading(Text("note", "说明"), widest=60),
    )
    rows = tuple(
        (
            source.id,
            source.title.get(language),
            source.publisher.get(language) if source.publisher else None,
            source.date,
            source.url,
            source.note.get(language) if source.note else None,
        )
        for source in view.plan.sources
    )
    return Sheet(Text("Sources", "来源"), (Grid(headings, rows, empty=Text("no sources", "没有来源")),), frozen=1)


def _zone_row(view: PlanView, zone: ZoneMeasure, remarks: Remarks, colour: str, language: str) -> tuple[Value, ...]:
    measured = view.result.measurement
    area = zone.area_m2(measured.method) if measured else None
    declared = view.plan.zone_by_id.get(zone.id)
    own, other = _both(zone.name, language)
    return (
        zone.id,
        Cell(own, colour=colour),
        other,
        _groups_of(view, remarks.groups, language),
        BOUNDARY_WORDS.get(view.plan.status, Text.same(view.plan.status)).get(language),
        *(zone.area_m2(method) for method in AreaMethod),
        *_units(area),
        None if zone.percent is None else zone.percent / 100,
        zone.perimeter_m,
        declared.published_km2 if declared else None,
        remarks.accuracy_m,
        remarks.basis.get(language) if remarks.basis else None,
        _source(view, remarks.source, language),
        remarks.note.get(language) if remarks.note else None,
    )


def _awaited_row(view: PlanView, zone: Zone, language: str) -> tuple[Value, ...]:
    remarks = remarks_of(zone, {})
    awaited = Cell(Text("awaited", "待公布").get(language), "muted")
    return (
        zone.id,
        *_both(zone.name, language),
        _groups_of(view, zone.groups, language),
        awaited,
        *(None,) * (len(AreaMethod) + 5),
        zone.published_km2,
        remarks.accuracy_m,
        remarks.basis.get(language) if remarks.basis else None,
        _source(view, remarks.source, language),
        remarks.note.get(language) if remarks.note else None,
    )


def _zone_total(measured: Measurement, percents: Sequence[float | None]) -> tuple[Value, ...]:
    known = [percent for percent in percents if percent is not None]
    share = round(sum(known), 2) / 100 if known else None
    blank = (None,) * 6
    totals = (measured.totals[method] for method in AreaMethod)
    return (None, *blank[:4], *totals, *_units(measured.total_m2), share, *blank)


def _place_row(view: PlanView, place: Facility, colour: str, language: str) -> tuple[Value, ...]:
    zone = view.plan.zone_by_id.get(place.zone or "")
    own, other = _both(place.name, language)
    return (
        place.id,
        Cell(own, colour=colour),
        other,
        category_name(view.plan, place.category).get(language) or None,
        zone.name.get(language) if zone else place.zone,
        None if place.point is None else float(place.point.x),
        None if place.point is None else float(place.point.y),
        place.accuracy_m,
        BASIS_WORDS.get(place.basis, Text.same(place.basis)).get(language) or None,
        place.address.get(language) if place.address else None,
        _source(view, place.source, language),
        place.note.get(language) if place.note else None,
    )


def _finding_row(view: PlanView, finding: Finding, language: str) -> tuple[Value, ...]:
    names = [view.result.names.get(zone, Text.same(zone)).get(language) for zone in finding.zones]
    share: Kind | None = "percent" if finding.unit == "share" else None
    accepted = accepted_sentence(finding.accepted).get(language) if finding.accepted else None
    return (
        Cell(SEVERITY_LABELS[finding.severity].get(language), _TONES[finding.severity] if not accepted else "muted"),
        check_title(finding.check).get(language),
        _listed(names, language),
        finding.message.get(language),
        finding.area_m2,
        finding.width_m,
        Cell(_told(finding.expected, finding.unit, language), kind=share),
        Cell(_told(finding.measured, finding.unit, language), kind=share),
        figures.unit(finding.unit, language) if finding.unit else None,
        accepted,
        finding.id,
    )


def _told(value: float | str | None, unit: str | None, language: str) -> float | str | None:
    """Return a figure as it is; text, such as a kind of geometry or a range of shares, as the reader has it."""
    return figures.quantity(value, unit, language) if isinstance(value, str) else value


def _indicator_row(
    view: PlanView, indicator: Indicator, kinds: Sequence[IndicatorKind], language: str
) -> tuple[Value, ...]:
    return (
        indicator.id,
        indicator.name.get(language),
        indicator.subject.get(language) if indicator.subject else None,
        COMPARISON_WORDS[indicator.comparison].get(language) if indicator.value is not None else None,
        *(indicator.value if indicator.kind is kind else None for kind in kinds),
        indicator.unit.get(language) or None,
        indicator.date or None,
        indicator.period or None,
        KIND_WORDS[indicator.kind].get(language),
        _source(view, indicator.source, language),
        indicator.note.get(language) if indicator.note else None,
    )


def _names(language: str) -> tuple[Heading, Heading]:
    english, chinese = Text("name (English)", "名称（英文）"), Text("name (Chinese)", "名称（中文）")
    own, other = (chinese, english) if language.startswith("zh") else (english, chinese)
    return Heading(own, widest=30), Heading(other, widest=30)


def _both(name: Text, language: str) -> tuple[str, str]:
    return name.get(language), name.get("en" if language.startswith("zh") else "zh")


def _units(area_m2: float | None) -> tuple[float | None, float | None, float | None]:
    """Return an area in ha, mu and km²."""
    if area_m2 is None:
        return None, None, None
    return area_m2 / M2_PER_HECTARE, area_m2 / M2_PER_MU, area_m2 / M2_PER_KM2


def _groups_of(view: PlanView, groups: Sequence[str], language: str) -> str | None:
    return _listed([view.plan.group_by_id[group].name.get(language) for group in groups], language)


def _listed(names: Sequence[str], language: str) -> str | None:
    return ("、" if language.startswith("zh") else ", ").join(names) or None


def _source(view: PlanView, identifier: str | None, language: str) -> str | None:
    line = source_line(view.plan, identifier)
    return line.get(language) if line else None
