"""The card beside the map: what is known of the zone or facility picked, or of the plan as a whole, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geoplan.output import figures, style
from geoplan.output.escape import clip, for_html
from geoplan.output.handover import category_colours, zone_colours
from geoplan.output.labels import method_sentence, status_sentence
from geoplan.output.map import Pick, category_name
from geoplan.output.map.kept import Kept
from geoplan.plan.model import Source, Zone
from geoplan.pyramid import FabricView
from geoplan.result import ZoneMeasure
from geoplan.types import Facility, Text
from geoplan.ui.opening import counted
from geoplan.ui.texts import BASES, say
from geoplan.workflow import PlanView

MAX_INSIDE = 20  # facilities named in a zone's card; the tables list all
MAX_NAME = 60  # characters of one of them


def card_html(view: PlanView, pick: Pick, language: str) -> str:
    """Return the card of what is picked; an id the plan does not know is said to be unknown."""
    if pick.kind == "zone":
        return _zone_card(view, pick.id, language)
    facility = next((f for f in (*view.facilities, *view.network) if f.id == pick.id), None)
    if facility is None:
        return _notice(say("unknown_facility", language, id=pick.id), language)
    return _facility_card(view, facility, language)


def plan_html(view: PlanView, language: str) -> str:
    """Return the card of the plan: its name, what its boundaries are worth, and its summary."""
    summary = view.plan.summary
    body = _names(view.plan.name, language)
    if view.layer is None and view.plan.zones:
        body += _awaiting(view, language)
    else:
        kind = "empty" if view.layer is None else "official" if view.plan.status == "official" else "status"
        worth = status_sentence(view.plan.status, awaited=view.layer is None)
        body += f'<p class="gp-badge gp-badge-{kind}">{for_html(worth.get(language))}</p>'
    if summary is not None:
        body += f"<p>{for_html(summary.get(language))}</p>"
    return _card(body, language)


def method_html(view: PlanView, language: str) -> str:
    """Return how the areas are measured and where the published figures come from, as small print."""
    measured = view.result.measurement
    lines: list[str] = []
    if measured is not None:
        method = method_sentence(measured.method, measured.projected, official_rounding=measured.official_rounding)
        lines.append(say("measured_by", language, method=method.get(language)))
    for rule in view.plan.rules:
        if rule.published is not None and rule.enabled:
            source = source_line(view.plan.source_by_id.get(rule.source or ""), rule.source, language)
            lines.append(say("published_by", language, figure=rule.published.get(language), source=source))
    return _card("".join(f'<p class="gp-method">{for_html(line)}</p>' for line in lines), language)


def error_html(title: str, where: str, lines: Sequence[str], todo: str, language: str) -> str:
    """Return the panel shown instead of a plan that cannot be opened: what is wrong, where, what to do."""
    items = "".join(f"<li>{for_html(line)}</li>" for line in lines)
    place = f"<dt>{say('error_where', language)}</dt><dd><code>{for_html(where)}</code></dd>" if where else ""
    return (
        f'<div class="gp-error" role="alert" lang="{_lang(language)}"><h2>{for_html(title)}</h2><ul>{items}</ul>'
        f"<dl>{place}<dt>{say('error_todo', language)}</dt><dd>{for_html(todo)}</dd></dl></div>"
    )


def source_line(source: Source | None, identifier: str | None, language: str) -> str:
    """Return a source as one line: title, publisher, date; its id when the plan does not list it."""
    if source is None:
        return identifier or say("no_source", language)
    parts = [source.title.get(language)]
    parts += [source.publisher.get(language)] if source.publisher else []
    return " · ".join([*parts, source.date or say("undated", language)])


def basis_text(basis: str, language: str) -> str:
    """Return how a place is known, in `language` where the word is a known one."""
    return BASES.get(basis, Text.same(basis)).get(language)


def _zone_colours(view: PlanView) -> dict[str, str]:
    """Return the colour of every zone by its id, as on the map; of a zone of several features that of the first."""
    if isinstance(view, FabricView):  # has one colour, and a city's figures are not gone through for it
        return {}
    measured = view.result.measurement
    declared = [zone.id for zone in view.plan.zones]
    ids = [*declared, *(zone.id for zone in measured.zones)] if measured is not None else declared
    colours = (*zone_colours(view.plan, declared), *zone_colours(view.plan, ids[len(declared) :]))
    return dict(reversed(list(zip(ids, colours, strict=True))))


_COLOURS: Kept[PlanView, dict[str, str]] = Kept(_zone_colours)


def _zone_card(view: PlanView, identifier: str, language: str) -> str:
    zone = view.plan.zone_by_id.get(identifier)
    measure = _measure(view, identifier)
    name = zone.name if zone else view.result.names.get(identifier) or (measure.name if measure else None)
    if name is None:
        return _notice(say("unknown_zone", language, id=identifier), language)
    plain = style.zone_colour(0) if isinstance(view, FabricView) else style.NO_DATA
    swatch = _COLOURS(view).get(identifier, plain)
    body = _names(name, language, swatch=swatch, square=True)
    if measure is None:
        body += f'<p class="gp-badge gp-badge-empty">{for_html(say("awaiting_zone", language))}</p>'
    else:
        body += _figures(view, measure, language)
    rows = [*_inside(view, identifier, language), *_zone_rows(view, zone, language), *_revision(view, language)]
    return _card(body + _rows(rows), language)


def _inside(view: PlanView, identifier: str, language: str) -> list[tuple[str, str]]:
    """Return the facilities whose recorded place lies in a zone; nothing where there is no boundary to lie in."""
    found = _names_inside(view, identifier, language)
    if found is None:
        return []
    names = ("、" if language == "zh" else ", ").join(clip(name, MAX_NAME) for name in found[:MAX_INSIDE])
    if len(found) > MAX_INSIDE:
        names += say("card_more", language, count=len(found) - MAX_INSIDE)
    return [(say("card_inside", language, count=len(found)), names or say("card_none_inside", language))]


def _names_inside(view: PlanView, identifier: str, language: str) -> list[str] | None:
    if isinstance(view, FabricView):
        shapes = view.fabric.outline(identifier)
        points = [(one.name.get(language), one.point) for one in view.facilities if one.point is not None]
        return [name for name, point in points if any(shapely.intersects(shape, point) for shape in shapes)]
    counts = counted(view)
    if counts is None:
        return None
    return [placed.facility.name.get(language) for placed in counts.placed if identifier in placed.inside]


def _measure(view: PlanView, identifier: str) -> ZoneMeasure | None:
    """Return the figures of a zone, None for one without boundary or none at all."""
    if isinstance(view, FabricView):
        places = view.fabric.parcels.places_of(identifier)
        return view.fabric.measured(places[0]) if places else None
    measured = view.result.measurement
    return next((one for one in measured.zones if one.id == identifier), None) if measured else None


def _revision(view: PlanView, language: str) -> list[tuple[str, str]]:
    revision = view.revision
    if revision is None:
        return [(say("card_revision", language), say("card_folder", language))] if view.layer is not None else []
    time = figures.moment(revision.time, language)
    said = say("card_revision_of", language, number=revision.number, time=time, hash=revision.hash[:12])
    return [(say("card_revision", language), said)]


def _figures(view: PlanView, measure: ZoneMeasure, language: str) -> str:
    measured = view.result.measurement
    if measured is None:
        return ""
    area = measure.area_m2(measured.method)
    cells = [
        (figures.square_kilometres(area, language), "km2"),
        (figures.hectares(area, language), "ha"),
        (figures.mu(area, language), "mu"),
        (figures.square_metres(area, language), "m2"),
    ]
    (first, unit), *others = cells
    html = f'<div class="gp-area"><b>{first}</b> {figures.unit(unit, language)}</div><div class="gp-units">'
    html += "".join(f"<span>{value} {figures.unit(unit, language)}</span>" for value, unit in others) + "</div>"
    perimeter = figures.number(measure.perimeter_m, 1, language)
    html += _rows(
        [
            (say("share_of_total", language), figures.percent(measure.percent, language)),
            (say("perimeter", language), f"{perimeter} {figures.unit('m', language)}"),
        ]
    )
    method = method_sentence(measured.method, measured.projected, official_rounding=measured.official_rounding)
    notes = [say("measured_by", language, method=method.get(language)), say("perimeter_by", language)]
    if view.plan.status != "official":
        notes.insert(0, say("indicative_area", language))
    gap = "" if language == "zh" else " "
    return html + f'<p class="gp-method">{for_html(gap.join(notes))}</p>'


def _zone_rows(view: PlanView, zone: Zone | None, language: str) -> list[tuple[str, str]]:
    if zone is None:
        return []
    rows: list[tuple[str, str]] = []
    groups = [view.plan.group_by_id[group].name.get(language) for group in zone.groups]
    if groups:
        rows.append((say("group", language), "、".join(groups) if language == "zh" else ", ".join(groups)))
    if zone.basis is not None:
        rows.append((say("basis", language), zone.basis.get(language)))
    rows.append(_accuracy(zone.accuracy_m, language))
    rows.append(_source(view, zone.source, language))
    if zone.note is not None:
        rows.append((say("note", language), zone.note.get(language)))
    return rows


def _facility_card(view: PlanView, facility: Facility, language: str) -> str:
    colour = category_colours(view).get(facility.category, style.NO_DATA)
    body = _names(facility.name, language, swatch=colour, square=False)
    rows = [(say("category", language), category_name(view, facility.category).get(language))]
    if facility.zone:
        zone = view.plan.zone_by_id.get(facility.zone)
        rows.append((say("in_zone", language), zone.name.get(language) if zone else facility.zone))
    if facility.point is None:
        rows.append((say("position", language), say("not_located", language)))
    else:
        rows.append((say("position", language), _position(facility.point)))
        rows.append(_accuracy(facility.accuracy_m, language))
    rows.append((say("basis", language), basis_text(facility.basis, language) or figures.UNKNOWN.get(language)))
    if facility.address is not None:
        rows.append((say("address", language), facility.address.get(language)))
    rows.append(_source(view, facility.source, language))
    if facility.note is not None:
        rows.append((say("note", language), facility.note.get(language)))
    return _card(body + _rows(rows), language)


def _position(point: shapely.Point) -> str:
    """Return a place in degrees with 4 decimals (10 m), finer than any radius it comes with."""
    east, north = "E" if point.x >= 0 else "W", "N" if point.y >= 0 else "S"
    return f"{abs(point.x):.4f}° {east}, {abs(point.y):.4f}° {north}"


def _accuracy(radius: float | None, language: str) -> tuple[str, str]:
    if radius is None:
        return say("accuracy", language), figures.UNKNOWN.get(language)
    return say("accuracy", language), say("within", language, metres=figures.number(radius, 0, language))


def _source(view: PlanView, identifier: str | None, language: str) -> tuple[str, str]:
    return say("source", language), source_line(view.plan.source_by_id.get(identifier or ""), identifier, language)


def _awaiting(view: PlanView, language: str) -> str:
    reference = view.result.plan
    loaded, declared = (reference.loaded, reference.declared) if reference else (0, len(view.plan.zones))
    body = say("awaiting_body", language, loaded=loaded, declared=declared)
    return (
        f'<div class="gp-empty"><b>{for_html(say("awaiting_title", language))}</b><p>{for_html(body)}</p>'
        f"<p>{for_html(say('awaiting_todo', language))}<br>"
        f"<code>geoplan load FILE {for_html(view.plan.id)}</code></p></div>"
    )


def _names(name: Text, language: str, *, swatch: str | None = None, square: bool = True) -> str:
    """Return both names as a heading, the one in the reader's language first."""
    own, other = name.get(language), name.get("en" if language == "zh" else "zh")
    mark = f'<i class="gp-swatch{"" if square else " gp-round"}" style="background:{swatch}"></i>' if swatch else ""
    second = f'<p class="gp-other">{for_html(other)}</p>' if other != own else ""
    return f"<h2>{mark}{for_html(own)}</h2>{second}"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{for_html(term)}</dt><dd>{for_html(text)}</dd>' for term, text in rows)}</dl>"


def _notice(text: str, language: str) -> str:
    return _card(f'<p class="gp-badge gp-badge-empty">{for_html(text)}</p>', language)


def _card(body: str, language: str) -> str:
    return f'<div class="gp-card" lang="{_lang(language)}">{body}</div>'


def _lang(language: str) -> str:
    return "zh-CN" if language == "zh" else "en"
