"""The frame of a DXF of AutoCAD 2007 (AC1021), the first whose text is UTF-8: header, tables, blocks, objects.

Source: Autodesk DXF Reference for AutoCAD 2007. Handles below 100 (hexadecimal) are those of the frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Tag: TypeAlias = tuple[int, str | int | float]

APPLICATION = "GEOPLAN"
DASHED = "GEOPLAN_DASHED"
MODEL_SPACE = "1F"
METRES = 6
FIRST_HANDLE = 0x100
_FORBIDDEN = set("<>/\\\":;?*|=,'`\u2018\u2019\u201c\u201d")
_NAME_BYTES = 120


@dataclass(slots=True)
class Drawing:
    """A drawing in the making: `layers` by name with their colour (#rrggbb), `entities` as tags.

    `bounds` is what model space covers, `dash` the length of a dash, all in metres.
    """

    bounds: tuple[float, float, float, float]
    dash: float
    comments: Sequence[str] = ()
    layers: dict[str, tuple[str, bool]] = field(default_factory=dict)
    entities: list[Tag] = field(default_factory=list)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _next: int = FIRST_HANDLE

    def handle(self) -> str:
        """Return a handle that no other object has."""
        self._next += 1
        return f"{self._next:X}"

    def layer(self, kind: str, group: str, colour: str, *, dashed: bool = False) -> str:
        """Return the name of the layer of a group, made with this colour when it is new."""
        key = (kind, group)
        if key not in self._names:
            taken = {name.casefold() for name in self.layers} | {"0", "defpoints"}
            base = layer_name(group if kind == "zones" else f"{kind} {group}".strip())
            name, count = base, 1
            while name.casefold() in taken:
                count += 1
                name = f"{base} {count}"
            self._names[key] = name
            self.layers[name] = (colour, dashed)
        return self._names[key]

    def text(self) -> str:
        """Return the whole file."""
        tags = [*((999, comment) for comment in self.comments), *self._header()]
        tags += [*_section("CLASSES", []), *_section("TABLES", self._tables()), *_section("BLOCKS", _blocks())]
        tags += [*_section("ENTITIES", self.entities), *_section("OBJECTS", _objects()), (0, "EOF")]
        return "".join(f"{code}\n{_spelt(value)}\n" for code, value in tags)

    def _header(self) -> Iterator[Tag]:
        west, south, east, north = self.bounds
        yield from ((0, "SECTION"), (2, "HEADER"))
        yield from ((9, "$ACADVER"), (1, "AC1021"), (9, "$DWGCODEPAGE"), (3, "ANSI_936"))
        yield from ((9, "$INSUNITS"), (70, METRES), (9, "$MEASUREMENT"), (70, 1))
        yield from ((9, "$LUNITS"), (70, 2), (9, "$LUPREC"), (70, 3))
        yield from ((9, "$EXTMIN"), (10, west), (20, south), (30, 0.0))
        yield from ((9, "$EXTMAX"), (10, east), (20, north), (30, 0.0))
        yield from ((9, "$HANDSEED"), (5, f"{self._next + len(self.layers) + 1:X}"), (0, "ENDSEC"))

    def _tables(self) -> Iterator[Tag]:
        west, south, east, north = self.bounds
        height = max(north - south, (east - west) / 1.6, 1.0)
        active: list[Tag] = [(2, "*Active"), (70, 0), (10, 0.0), (20, 0.0), (11, 1.0), (21, 1.0)]
        active += [(12, (west + east) / 2), (22, (south + north) / 2), (16, 0.0), (26, 0.0), (36, 1.0)]
        active += [(40, height), (41, 1.6), (42, 50.0), (72, 1000)]
        yield from _table("VPORT", "8", [_record("VPORT", "29", "8", "AcDbViewportTableRecord", active)])
        yield from _table("LTYPE", "5", self._line_types())
        plain = _record("LAYER", "10", "2", "AcDbLayerTableRecord", [(2, "0"), (70, 0), (62, 7), (6, "Continuous")])
        yield from _table("LAYER", "2", [plain, *self._layer_records()])
        style: list[Tag] = [(2, "Standard"), (70, 0), (40, 0.0), (41, 1.0), (50, 0.0), (71, 0), (42, 2.5)]
        style += [(3, "simsun.ttc"), (4, "")]
        yield from _table("STYLE", "3", [_record("STYLE", "11", "3", "AcDbTextStyleTableRecord", style)])
        yield from _table("VIEW", "6", [])
        yield from _table("UCS", "7", [])
        names = (("ACAD", "12"), (APPLICATION, "13"))
        used = [_record("APPID", at, "9", "AcDbRegAppTableRecord", [(2, name), (70, 0)]) for name, at in names]
        yield from _table("APPID", "9", used)
        measure = _record("DIMSTYLE", "27", "A", "AcDbDimStyleTableRecord", [(2, "Standard"), (70, 0)], at=105)
        yield from _table("DIMSTYLE", "A", [measure], [(100, "AcDbDimStyleTable"), (71, 0)])
        spaces = (("*Model_Space", MODEL_SPACE), ("*Paper_Space", "1B"))
        blocks = [_record("BLOCK_RECORD", at, "1", "AcDbBlockTableRecord", [(2, name)]) for name, at in spaces]
        yield from _table("BLOCK_RECORD", "1", blocks)

    def _line_types(self) -> list[list[Tag]]:
        plain: list[Tag] = [(70, 0), (3, ""), (72, 65), (73, 0), (40, 0.0)]
        gap = self.dash * 0.6
        dashes: list[Tag] = [(70, 0), (3, "__ __ __"), (72, 65), (73, 2), (40, self.dash + gap)]
        dashes += [(49, self.dash), (74, 0), (49, -gap), (74, 0)]
        described = (("ByBlock", "14", plain), ("ByLayer", "15", plain), ("Continuous", "16", plain))
        return [
            _record("LTYPE", handle, "5", "AcDbLinetypeTableRecord", [(2, name), *rest])
            for name, handle, rest in (*described, (DASHED, "17", dashes))
        ]

    def _layer_records(self) -> list[list[Tag]]:
        records = []
        for place, (name, (colour, dashed)) in enumerate(self.layers.items(), start=1):
            rest: list[Tag] = [(2, name), (70, 0), (62, 7), (420, int(colour[1:], 16))]
            rest.append((6, DASHED if dashed else "Continuous"))
            handle = f"{self._next + place:X}"
            records.append(_record("LAYER", handle, "2", "AcDbLayerTableRecord", rest))
        return records


def layer_name(name: str) -> str:
    """Return a name AutoCAD takes for a layer: none of its forbidden characters, at most 120 bytes."""
    plain = "".join("_" if character in _FORBIDDEN or not character.isprintable() else character for character in name)
    return plain.encode()[:_NAME_BYTES].decode(errors="ignore").strip() or "_"


def text_value(text: str) -> str:
    r"""Return text as a drawing shows it: `%%d`, `^J` and `\U+0041` in it stand for themselves."""
    return text.replace("^", "^ ").replace("%%", "%%%%%%").replace("\\U+", "＼U+").replace("\\u+", "＼u+")


def _section(name: str, tags: Iterable[Tag]) -> Iterator[Tag]:
    yield from ((0, "SECTION"), (2, name))
    yield from tags
    yield (0, "ENDSEC")


def _table(name: str, handle: str, records: Sequence[Sequence[Tag]], more: Sequence[Tag] = ()) -> Iterator[Tag]:
    yield from ((0, "TABLE"), (2, name), (5, handle), (330, "0"), (100, "AcDbSymbolTable"), (70, len(records)))
    yield from more
    for record in records:
        yield from record
    yield (0, "ENDTAB")


def _record(kind: str, handle: str, owner: str, subclass: str, rest: Sequence[Tag], at: int = 5) -> list[Tag]:
    return [(0, kind), (at, handle), (330, owner), (100, "AcDbSymbolTableRecord"), (100, subclass), *rest]


def _blocks() -> Iterator[Tag]:
    for name, record, begin, end, paper in (
        ("*Model_Space", MODEL_SPACE, "20", "21", False),
        ("*Paper_Space", "1B", "1C", "1D", True),
    ):
        on_paper: list[Tag] = [(67, 1)] if paper else []
        yield from ((0, "BLOCK"), (5, begin), (330, record), (100, "AcDbEntity"), *on_paper, (8, "0"))
        yield from ((100, "AcDbBlockBegin"), (2, name), (70, 0), (10, 0.0), (20, 0.0), (30, 0.0), (3, name), (1, ""))
        yield from ((0, "ENDBLK"), (5, end), (330, record), (100, "AcDbEntity"), *on_paper, (8, "0"))
        yield (100, "AcDbBlockEnd")


def _objects() -> Iterator[Tag]:
    yield from ((0, "DICTIONARY"), (5, "C"), (330, "0"), (100, "AcDbDictionary"), (281, 1))
    yield from ((3, "ACAD_GROUP"), (350, "D"))
    yield from ((0, "DICTIONARY"), (5, "D"), (330, "C"), (100, "AcDbDictionary"), (281, 1))


def _spelt(value: str | int | float) -> str:
    return repr(value) if isinstance(value, float) else str(value)
