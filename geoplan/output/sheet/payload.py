"""A sheet as the data its template reads: every text written as the fonts can, the map drawn, names placed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from geoplan.output import style
from geoplan.output.handover import TOOL
from geoplan.output.sheet.document import Sheet, facts, legend, north_sentence, notes, scale_text, title_block
from geoplan.output.sheet.drawing import map_svg
from geoplan.output.sheet.fonts import Typefaces
from geoplan.output.sheet.grid import place, scale_bar, ticks
from geoplan.output.sheet.layout import HEAD, MARGIN
from geoplan.output.sheet.naming import Names, named_map
from geoplan.output.sheet.placing import Board, PlacedLine
from geoplan.output.sheet.values import Lines, Table, shown, texts_of
from geoplan.output.sheet.words import WORDS
from geoplan.types import Severity, Text

_STATUS_COLOURS = {"official": style.PASSED.text, "indicative": style.SEVERITY_STYLES[Severity.WARNING].text}
_ROW_STEPS = (60, 48, 40, 32, 26, 22, 18, 15, 12, 10, 8, 6, 4, 2, 0)
# A run of letters this long has nowhere to break in a narrow column.
_LONG_RUN = re.compile(r"[^\s\u2e80-\uffef\u200b-]{19,}")
_BREAK = "\u200b"  # zero width space
_ALWAYS = ("0123456789°′″±:/·—…+-,.()[]%²ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",)

Payload: TypeAlias = dict[str, Any]


def payload_of(sheet: Sheet, typefaces: Typefaces) -> Payload:
    """Return everything the template reads, each text writable with the fonts and with places to break."""
    areas, *others = sheet.tables
    board = _named(sheet, typefaces)
    published = next((table for table in others if table.key == "published"), None)
    found = {
        "fonts": list(typefaces.families),
        "meta": _meta(sheet),
        **_colours(sheet),
        **_places(sheet),
        **_map(sheet, board),
        "title": sheet.title,
        "stamp": sheet.stamp,
        "subtitle": " · ".join(_subtitle(sheet)),
        "foot": f"{sheet.speaker.line(sheet.view.plan.name)} · {sheet.speaker.line(sheet.facts.origin)} · {TOOL}",
        "legend": [asdict(cell) for cell in legend(sheet)],
        "areas": asdict(areas),
        "published": _compact(published) if published else None,
        "facts": facts(sheet),
        "block": title_block(sheet),
        "tables": [asdict(table) for table in others],
        "notes": [*notes(sheet), *_crowded(sheet, board), *_missing(sheet, typefaces)],
        "words": {key: sheet.speaker.word(key) for key in WORDS},
        "row_steps": _ROW_STEPS,
    }
    kept = {"fonts", "map", "halo", "labels"}
    return {
        key: value if key in kept else _each_text(value, lambda text: _breakable(typefaces.writable(text)))
        for key, value in found.items()
    }


def _meta(sheet: Sheet) -> Payload:
    plan, day = sheet.view.plan, sheet.day
    title = " ".join(sheet.title)
    described = [sheet.speaker.line(WORDS["sheet"]), *sheet.stamp, sheet.speaker.line(sheet.facts.origin)]
    return {
        "title": title,
        "author": [shown(sheet.options.author, 80)] if sheet.options.author else [],
        "description": " · ".join(described),
        "keywords": [plan.id, plan.status, TOOL],
        "lang": "en" if sheet.options.language == "en" else "zh",
        "date": [day.year, day.month, day.day],
    }


def _colours(sheet: Sheet) -> Payload:
    awaited = sheet.view.layer is None
    status = style.MUTED_INK if awaited else _STATUS_COLOURS.get(sheet.view.plan.status, style.MUTED_INK)
    return {
        "ink": style.INK,
        "muted": style.MUTED_INK,
        "outline": style.OUTLINE,
        "good": style.PASSED.text,
        "bad": style.SEVERITY_STYLES[Severity.ERROR].text,
        "stamp_colour": status,
        "dashes": list(sheet.picture.dashes) if sheet.picture else [],
    }


def _places(sheet: Sheet) -> Payload:
    layout = sheet.layout
    return {
        "page": {"w": layout.width, "h": layout.height, "x": MARGIN, "y": MARGIN + HEAD / 4},
        "zoom": layout.zoom,
        "head": asdict(layout.head),
        "frame": asdict(layout.map),
        "strip": asdict(layout.strip),
        "panels": [asdict(panel) for panel in layout.panels],
    }


def _named(sheet: Sheet, typefaces: Typefaces) -> Board | None:
    """Return the map with its names, each written as the fonts can."""
    if sheet.picture is None or not sheet.options.labels:
        return None
    return named_map(sheet.view, sheet.picture, Names(sheet.speaker, typefaces, sheet.layout.zoom))


def _map(sheet: Sheet, board: Board | None) -> Payload:
    """Return the drawing, its labels and what stands around it."""
    picture = sheet.picture
    if picture is None:
        return {"map": None, "halo": None, "labels": [], "ticks": [], "corners": [], "bar": None}
    frame = picture.frame
    bar = scale_bar(frame)
    return {
        "map": map_svg(sheet.view, picture, sheet.options),
        "halo": None,
        "labels": [_label(one) for one in board.placed] if board else [],
        "ticks": [asdict(tick) for tick in ticks(frame)],
        "corners": [place(lon, lat, 1) for lon, lat in frame.corners],
        "bar": {"segment_mm": bar.segment_mm, "labels": bar.labels},
        "scale_text": scale_text(frame.scale),
        "north": sheet.speaker.say(north_sentence(frame)),
        "alt": " ".join((*sheet.speaker.word("map_of"), *sheet.title, scale_text(frame.scale))),
    }


def _label(one: PlacedLine) -> Payload:
    return {
        "text": one.line.text,
        "x": round(one.x, 4),
        "y": round(one.y, 4),
        "w": round(one.width, 4),
        "size": one.line.size,
        "strong": one.line.strong,
        "muted": one.line.muted,
    }


def _compact(published: Table) -> Payload:
    """Return the published figures without their sources, which have a table of their own."""
    kept = asdict(published)
    return kept | {"columns": kept["columns"][:4], "rows": [row[:4] for row in kept["rows"]]}


def _subtitle(sheet: Sheet) -> Iterator[str]:
    yield sheet.speaker.line(WORDS["sheet"])
    if sheet.options.title is not None:
        yield sheet.speaker.line(sheet.view.plan.name)
    yield sheet.speaker.line(sheet.facts.origin)
    yield sheet.day.isoformat()


def _crowded(sheet: Sheet, board: Board | None) -> Iterator[Lines]:
    """Yield what became of the names that found no room on the map."""
    if board is not None and board.numbered:
        yield sheet.speaker.say(_numbered(board.numbered))
    if board is not None and board.left_out:
        yield sheet.speaker.say(_left_out(board.left_out))


def _missing(sheet: Sheet, typefaces: Typefaces) -> Iterator[Lines]:
    """Yield which characters no font had."""
    if typefaces.missing:
        codes = ", ".join(f"U+{ord(character):04X}" for character in sorted(typefaces.missing)[:40])
        yield sheet.speaker.say(_without_font(codes))


def _numbered(count: int) -> Text:
    return Text(
        f"{count} names found no room on the map: their numbers stand there, as in the tables.",
        f"图上有 {count} 个名称放不下，以表中编号代替。",
    )


def _left_out(count: int) -> Text:
    return Text(
        f"{count} zones and facilities are on the map without a name or number, for want of room.",
        f"图上有 {count} 个分区或设施因位置不足未注名称和编号。",
    )


def _without_font(codes: str) -> Text:
    return Text(
        f"No font here has these characters; their codes stand in their place: {codes}.",
        f"现有字体缺少下列字符，已以编码代替：{codes}。",
    )


def all_texts(sheet: Sheet) -> set[str]:
    """Return every text that may stand on the sheet."""
    found = texts_of(sheet.tables)
    pairs = (*facts(sheet), *title_block(sheet))
    groups: list[Lines] = [sheet.title, sheet.stamp, *notes(sheet), *(line for pair in pairs for line in pair)]
    groups += [cell.lines for cell in legend(sheet)]
    groups += [sheet.speaker.word(key) for key in WORDS]
    groups += [sheet.speaker.say(text) for text in (_numbered(0), _left_out(0), _without_font(""))]
    if sheet.frame is not None:
        groups.append(sheet.speaker.say(north_sentence(sheet.frame)))
    return found.union(*groups, _subtitle(sheet), _ALWAYS)


def _breakable(text: str) -> str:
    """Return the text with invisible places to break in runs of letters that no column could hold."""
    return _LONG_RUN.sub(lambda run: _BREAK.join(_pieces(run[0])), text) if len(text) > 18 else text


def _pieces(run: str) -> Iterator[str]:
    for start in range(0, len(run), 9):
        yield run[start : start + 9]


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return data with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    return value
