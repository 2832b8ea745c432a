"""The tables of a report on a plan: areas, published figures, boundaries, findings, facilities, indicators, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from geoplan.output import figures, handover, labels, style
from geoplan.output.handover import category_colours, category_name, measured_zones, source_line
from geoplan.output.sheet.grid import place
from geoplan.output.sheet.values import Cell, Column, Speaker, Table, cell, columns, plain, shown
from geoplan.output.sheet.words import WORDS
from geoplan.output.words import BASIS_WORDS, COMPARISON_WORDS, KIND_WORDS
from geoplan.result import Measurement
from geoplan.types import Facility, Indicator, Text, ZoneId
from geoplan.workflow import PlanView

_SMALL_M2 = 20_000.0  # zones below this need more decimals of a km²
_TONES = {True: "good", False: "bad", None: "muted"}


def zone_colours(view: PlanView) -> tuple[str, ...]:
    """Return the fill of every feature of the layer, the same as on the map of the app."""
    measured = view.result.measurement
    return handover.zone_colours(view.plan, [zone.id for zone in measured.zones] if measured else [])


def all_tables(view: PlanView, speaker: Speaker, *, findings: bool = True) -> tuple[Table, ...]:
    """Return every table that has anything in it; the areas come first."""
    found = [
        area_table(view, speaker),
        published_table(view, speaker),
        boundary_table(view, speaker),
        finding_table(view, speaker) if findings else None,
        facility_table(view, speaker),
        network_table(view, speaker),
        indicator_table(view, speaker),
        source_table(view, speaker),
    ]
    return tuple(table for table in found if table is not None and table.rows)


def area_table(view: PlanView, speaker: Speaker) -> Table:
    """Return the area of every zone in km², ha and mu and its share; declared zones without a boundary too."""
    measured = view.result.measurement
    rows = list(_area_rows(measured, zone_colours(view), speaker)) if measured else []
    number = len(rows)
    loaded = {zone.id for zone in measured.zones} if measured else set()
    for zone in (zone for zone in view.plan.zones if zone.id not in loaded):
        number += 1
        unknown = cell(speaker.say(figures.UNKNOWN), tone="muted")
        said = Text(f"{zone.name.en}: {WORDS['not_loaded'].en}", f"{zone.name.zh}：{WORDS['not_loaded'].zh}")
        name = cell(speaker.name(said), tone="muted")
        rows.append((plain(str(number)), name, unknown, unknown, unknown, unknown))
    sums = list(_sums(measured, speaker)) if measured else []
    method = labels.METHOD_LABELS[measured.method] if measured else None
    title = WORDS["areas"] if method is None else Text(f"Areas, {method.en}", f"面积（{method.zh}）")
    units = tuple(Column(speaker.say(figures.UNITS[name]), figures=True) for name in ("km2", "ha", "mu"))
    return Table(
        "areas",
        speaker.say(title),
        (
            Column(speaker.word("number"), figures=True, weight=0.5),
            Column(speaker.word("zone"), weight=2.2),
            *units,
            Column(speaker.word("share"), figures=True, weight=0.9),
        ),
        (*rows, *sums),
        note=_method(measured, speaker),
        closing=len(sums),
    )


def published_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return the published figures beside the measured ones, with their verdicts and sources."""
    rows = [
        (
            cell(speaker.say(figure.label)),
            cell(speaker.say(figure.published)),
            cell(speaker.figure(partial(figures.quantity, figure.measured, figure.unit))),
            cell(speaker.say(labels.HOLDS_LABELS[figure.holds]), tone=_TONES[figure.holds]),
            cell(speaker.say(figure.source) if figure.source else ()),
        )
        for figure in view.result.published
    ]
    wanted = (("figure", False, 1.3), ("published", False, 1.6), ("measured", True, 0.9), ("verdict", False, 0.7))
    heads = columns(speaker, *wanted, ("source", False, 1.6))
    return Table("published", speaker.word("published_measured"), heads, tuple(rows))


def boundary_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return how every zone's boundary is known: basis, accuracy, source and note."""
    rows = []
    for number, (zone, remarks) in enumerate(measured_zones(view), start=1):
        if remarks.basis is None and remarks.accuracy_m is None and remarks.source is None and remarks.note is None:
            continue
        rows.append(
            (
                plain(str(number)),
                cell(speaker.name(_named(zone.name, zone.id))),
                cell(speaker.say(remarks.basis) if remarks.basis else ()),
                cell(_radius(remarks.accuracy_m, speaker)),
                cell(_source(view, remarks.source, speaker)),
                cell(speaker.say(remarks.note) if remarks.note else ()),
            )
        )
    wanted = (("number", True, 0.35), ("zone", False, 1.0), ("basis", False, 2.8), ("accuracy", True, 0.7))
    heads = columns(speaker, *wanted, ("source", False, 1.2), ("note", False, 1.8))
    return Table("boundaries", speaker.word("boundaries"), heads, tuple(rows))


def finding_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return every finding: its severity, what it says, its figures and whether it is accepted."""
    rows = []
    for number, finding in enumerate(view.result.findings, start=1):
        accepted = labels.accepted_sentence(finding.accepted) if finding.accepted else None
        severity = cell(
            speaker.say(labels.SEVERITY_LABELS[finding.severity]),
            mark="finding",
            colour=(style.ACCEPTED if accepted else style.SEVERITY_STYLES[finding.severity]).text,
        )
        said = (*speaker.say(finding.message), *(speaker.say(accepted) if accepted else ()))
        title = cell(speaker.say(labels.check_title(finding.check)))
        rows.append(
            (plain(str(number)), severity, title, cell(said), cell(speaker.say(labels.finding_figures(finding))))
        )
    wanted = (("number", True, 0.35), ("severity", False, 0.8), ("finding", False, 1.0), ("what", False, 3.0))
    heads = columns(speaker, *wanted, ("figures", False, 1.6))
    note = speaker.say(labels.tolerance_sentence(view.result.tolerance))
    return Table("findings", speaker.word("findings"), heads, tuple(rows), note=note)


def facility_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return every facility, those without a place included."""
    names = {zone.id: zone.name for zone in view.plan.zones}
    colours = category_colours(view)
    rows = tuple(
        _facility(view, f"F{number}", facility, speaker, names, colours.get(facility.category, style.NO_DATA))
        for number, facility in enumerate(view.facilities, start=1)
    )
    wanted = (("number", True, 0.4), ("facility", False, 2.0), ("category", False, 1.1), ("in_zone", False, 0.9))
    more = (("position", False, 1.35), ("accuracy", True, 0.7), ("basis", False, 1.1), ("source", False, 1.7))
    return Table("facilities", speaker.word("facilities"), columns(speaker, *wanted, *more), rows)


def network_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return the plan's places elsewhere, which the map does not reach."""
    rows = tuple(
        (
            cell(speaker.name(facility.name)),
            cell(speaker.name(category_name(view.plan, facility.category))),
            _position(facility, speaker),
            cell(_basis(facility, speaker)),
            cell(_source(view, facility.source, speaker)),
        )
        for facility in view.network
    )
    wanted = (("facility", False, 2.0), ("category", False, 1.1), ("position", False, 1.35), ("basis", False, 1.1))
    return Table("network", speaker.word("network"), columns(speaker, *wanted, ("source", False, 1.7)), rows)


def indicator_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return the published indicators as they are worded, each with its source; none is set against another."""
    rows = tuple(
        (
            cell(speaker.say(one.name)),
            cell(speaker.say(KIND_WORDS[one.kind])),
            cell(speaker.figure(partial(_worded, one))),
            cell(speaker.figure(partial(figures.day, one.period or one.date))),
            cell(_source(view, one.source, speaker)),
        )
        for one in view.indicators
    )
    wanted = (("indicator", False, 2.0), ("kind", False, 0.8), ("value", False, 1.5), ("date", False, 0.9))
    return Table("indicators", speaker.word("indicators"), columns(speaker, *wanted, ("source", False, 2.0)), rows)


def source_table(view: PlanView, speaker: Speaker) -> Table | None:
    """Return the plan's sources as it lists them."""
    rows = tuple(
        (
            plain(source.id),
            cell(speaker.say(source.title)),
            cell(speaker.say(source.publisher) if source.publisher else ()),
            cell(speaker.figure(partial(figures.day, source.date)) if source.date else ()),
            cell((*(speaker.say(source.note) if source.note else ()), *((shown(source.url),) if source.url else ()))),
        )
        for source in view.plan.sources
    )
    wanted = (("source", False, 1.0), ("title", False, 2.4), ("publisher", False, 1.0), ("date", False, 0.8))
    return Table("sources", speaker.word("sources"), columns(speaker, *wanted, ("note", False, 2.6)), rows)


def _area_rows(measured: Measurement, colours: Iterable[str], speaker: Speaker) -> Iterator[tuple[Cell, ...]]:
    decimals = _decimals(measured)
    for number, (zone, colour) in enumerate(zip(measured.zones, colours, strict=True), start=1):
        yield (
            plain(str(number)),
            cell(speaker.name(_named(zone.name, zone.id)), mark="zone", colour=colour),
            *_area_cells(zone.area_m2(measured.method), speaker, decimals),
            cell(speaker.figure(partial(figures.percent, zone.percent))),
        )


def _sums(measured: Measurement, speaker: Speaker) -> Iterator[tuple[Cell, ...]]:
    """Yield the total, and the groups that are part of it."""
    decimals = _decimals(measured)
    known = [zone.percent for zone in measured.zones if zone.percent is not None]
    whole = sum(round(percent * 100) for percent in known) / 100 if known else None
    yield (
        plain(""),
        cell(speaker.word("total"), tone="strong"),
        *_area_cells(measured.total_m2 if measured.zones else None, speaker, decimals, tone="strong"),
        cell(speaker.figure(partial(figures.percent, whole)), tone="strong"),
    )
    for group in measured.groups:
        name = Text(f"{WORDS['of_which'].en} {group.name.en}", f"{WORDS['of_which'].zh}{group.name.zh}")
        share = cell(speaker.figure(partial(figures.share, group.share)))
        yield (plain(""), cell(speaker.name(name)), *_area_cells(group.area_m2, speaker, decimals), share)


def _area_cells(area: float | None, speaker: Speaker, decimals: int, tone: str = "") -> tuple[Cell, ...]:
    writers = (partial(figures.square_kilometres, decimals=decimals), figures.hectares, figures.mu)
    return tuple(cell(speaker.figure(partial(write, area)), tone=tone) for write in writers)


def _decimals(measured: Measurement) -> int:
    """Return the decimals of km² that still tell the smallest zones apart."""
    areas = [area for zone in measured.zones if (area := zone.area_m2(measured.method))]
    return 6 if areas and min(areas) < _SMALL_M2 else 4


def _facility(
    view: PlanView, number: str, facility: Facility, speaker: Speaker, names: dict[ZoneId, Text], colour: str
) -> tuple[Cell, ...]:
    zone = names.get(facility.zone, Text.same(facility.zone)) if facility.zone else None
    name = facility.name if facility.name.en or facility.name.zh else Text.same(facility.id)
    return (
        plain(number),
        cell(speaker.name(name), mark="dot" if facility.point is not None else "", colour=colour),
        cell(speaker.name(category_name(view.plan, facility.category))),
        cell(speaker.name(zone) if zone else ()),
        _position(facility, speaker),
        cell(_radius(facility.accuracy_m, speaker)),
        cell(_basis(facility, speaker)),
        cell(_source(view, facility.source, speaker)),
    )


def _position(facility: Facility, speaker: Speaker) -> Cell:
    if facility.point is None:
        return cell(speaker.word("not_located"), tone="muted")
    return Cell((place(facility.point.x, facility.point.y),))


def _basis(facility: Facility, speaker: Speaker) -> tuple[str, ...]:
    return speaker.say(BASIS_WORDS.get(facility.basis, Text.same(facility.basis)))


def _source(view: PlanView, identifier: str | None, speaker: Speaker) -> tuple[str, ...]:
    """Return a source by its title; its publisher, date and note are in the table of sources."""
    source = view.plan.source_by_id.get(identifier or "")
    line = source.title if source is not None else source_line(view.plan, identifier)
    return speaker.say(line) if line is not None else ()


def _radius(accuracy_m: float | None, speaker: Speaker) -> tuple[str, ...]:
    if accuracy_m is None:
        return speaker.say(figures.UNKNOWN)
    return (f"±{figures.compact(accuracy_m)} m",)


def _worded(one: Indicator, language: str) -> str:
    if one.value is None:
        return one.note.get(language) if one.note else ""
    comparison = COMPARISON_WORDS[one.comparison].get(language) if one.comparison != "exact" else ""
    gap = "" if language == "zh" else " "
    return f"{comparison}{gap}{figures.compact(one.value, language)} {one.unit.get(language)}".strip()


def _method(measured: Measurement | None, speaker: Speaker) -> tuple[str, ...]:
    if measured is None:
        return speaker.say(labels.AWAITED_NOTE)
    how = labels.method_sentence(measured.method, measured.projected, official_rounding=measured.official_rounding)
    return (*speaker.say(how), *(speaker.say(measured.warning) if measured.warning else ()))


def _named(name: Text, identifier: str) -> Text:
    return name if name.en or name.zh else Text.same(identifier)
