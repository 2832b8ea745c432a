"""The tables below a map that stands alone: whatever the map shows, as text."""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.output import figures
from geoplan.output.escape import visible
from geoplan.output.handover import awaited_zones, category_colours, measured_zones, source_line, zone_colours
from geoplan.output.map.legend import category_name
from geoplan.output.map.words import WORDS
from geoplan.output.words import BASIS_WORDS
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView

MAX_ROWS = 2_000  # of a table; the rest is counted


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; `number` columns are set flush right."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the id of what it is about, its cells, its colour, whether it is on the map."""

    id: str
    cells: tuple[str, ...]
    swatch: str = ""
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; `name` is "zones", "facilities" or "centres", `kind` what its rows pick."""

    name: str
    title: str
    kind: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    total: tuple[str, ...] = ()
    left: int = 0  # how many there are beyond the rows
    rest: str = ""  # the same in the reader's language


def page_tables(view: PlanView, language: str, most: int = MAX_ROWS) -> tuple[Table, ...]:
    """Return zones with their areas, facilities, and places elsewhere; those there are, `most` rows of each."""
    found = [_zones(view, language, most), _places(view, "facilities", view.facilities, language, most)]
    found.append(_places(view, "centres", view.network, language, most))
    return tuple(table for table in found if table.rows)


def source_lines(view: PlanView, language: str) -> tuple[str, ...]:
    """Return the plan's sources, each as one line with its address."""
    lines = []
    for source in view.plan.sources:
        told = source_line(view.plan, source.id)
        lines.append(" · ".join(part for part in (told.get(language) if told else source.id, source.url) if part))
    return tuple(visible(line) for line in lines)


def _zones(view: PlanView, language: str, most: int) -> Table:
    measured = view.result.measurement
    pairs = list(measured_zones(view, most))
    colours = zone_colours(view.plan, [zone.id for zone, _ in pairs])
    units = tuple(Head(figures.unit(name, language), number=True) for name in ("km2", "ha", "mu"))
    heads = (Head(_said("zone", language)), *units, Head(_said("share", language), number=True))
    rows: list[Row] = []
    loaded: set[str] = set()
    for (zone, remarks), colour in zip(pairs, colours, strict=True):
        loaded.add(zone.id)
        area = zone.area_m2(measured.method) if measured is not None else None
        percent, radius = figures.percent(zone.percent, language), _radius(remarks.accuracy_m, language)
        cells = (visible(zone.name.get(language)), *_areas(area, language), percent, radius)
        known = (_text(remarks.basis, language), _source(view, remarks.source, language))
        rows.append(Row(zone.id, (*cells, *known), colour.lstrip("#"), drawn=True))
    unknown = figures.UNKNOWN.get(language)
    left = len(measured.zones) - len(pairs) if measured is not None and pairs else 0
    reference = view.result.plan
    if left and reference is not None:  # those without boundary come after all others
        left += max(reference.declared - reference.loaded, 0)
    for awaited in awaited_zones(view.plan, loaded) if not left else ():
        name, told = visible(awaited.name.get(language)), _text(awaited.basis, language)
        rows.append(Row(awaited.id, (name, *([unknown] * 5), told, _source(view, awaited.source, language))))
    total: tuple[str, ...] = ()
    if measured is not None and len(rows) > 1:
        total = (_said("total", language), *_areas(measured.total_m2, language), *([""] * 4))
    known_heads = tuple(Head(_said(key, language)) for key in ("accuracy_radius", "basis", "source"))
    if len(rows) > most:
        rows, left = rows[:most], len(rows) - most
    rest = _rest(left, language)
    return Table("zones", _said("zones", language), "zone", (*heads, *known_heads), tuple(rows), total, left, rest)


def _places(view: PlanView, name: str, places: tuple[Facility, ...], language: str, most: int) -> Table:
    colours = category_colours(view)
    heads = tuple(
        Head(_said(key, language)) for key in ("facility", "category", "position", "accuracy_radius", "basis", "source")
    )
    rows = []
    for place in places[:most]:
        where = _said("not_located", language)
        if place.point is not None:
            where = f"{place.point.x:.4f}, {place.point.y:.4f}"
        basis = BASIS_WORDS.get(place.basis, Text.same(place.basis)) if place.basis else None
        cells = (
            visible(place.name.get(language)),
            visible(category_name(view, place.category).get(language)),
            where,
            _radius(place.accuracy_m, language) if place.point is not None else "",
            _text(basis, language),
            _source(view, place.source, language),
        )
        drawn = place.point is not None and name == "facilities"
        rows.append(Row(place.id, cells, colours[place.category].lstrip("#"), drawn=drawn))
    left = len(places) - len(rows)
    title = _said(name, language)
    return Table(name, title, "facility", heads, tuple(rows), left=left, rest=_rest(left, language))


def _rest(left: int, language: str) -> str:
    return _said("more", language).format(count=left) if left else ""


def _areas(area_m2: float | None, language: str) -> tuple[str, str, str]:
    return (
        figures.square_kilometres(area_m2, language),
        figures.hectares(area_m2, language),
        figures.mu(area_m2, language),
    )


def _radius(metres: float | None, language: str) -> str:
    if metres is None:
        return figures.UNKNOWN.get(language)
    return f"{figures.compact(metres, language)} {figures.unit('m', language)}"


def _text(text: Text | None, language: str) -> str:
    return visible(text.get(language)) if text is not None else figures.UNKNOWN.get(language)


def _source(view: PlanView, identifier: str | None, language: str) -> str:
    return _text(source_line(view.plan, identifier), language)


def _said(key: str, language: str) -> str:
    return WORDS[key].get(language)
