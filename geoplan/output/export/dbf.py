"""The attribute table of a shapefile (dBASE III), written byte by byte, since GDAL would shorten in silence.

Text is UTF-8, cut at 254 bytes between characters; names have 10 bytes; numbers as many decimals as a
double has digits. Every cut is told. Source: ESRI Shapefile Technical Description, July 1998; dBASE III.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoplan.errors import UsageError
from geoplan.output.export.values import Column, Loss, Table
from geoplan.types import Text

NAME_BYTES = 10
TEXT_BYTES = 254
_NUMBER_BYTES = 24
_MOST = 0xFFFF  # bytes of a row, and of the header: both lengths have 16 bits
_DIGITS = 15  # that a double is sure to hold

# Names a reader recognises, for those of our own columns that are too long.
_SHORT = {
    "share_percent": "share_pct",
    "perimeter_m": "perim_m",
    "area_method": "method",
    "revision_hash": "rev_hash",
    "category_en": "categ_en",
    "category_zh": "categ_zh",
    "plan_status": "status",
    "message_en": "message_en",
    "message_zh": "message_zh",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the table: its `name` in the file, the column it holds, its type letter, width and decimals."""

    name: str
    column: Column
    letter: str
    width: int
    decimals: int


def dbf_bytes(table: Table, layer: str, time: datetime) -> tuple[bytes, tuple[Field, ...], tuple[Loss, ...]]:
    """Return the table as a .dbf, its fields, and what was cut; `time` is the date in its header.

    Raises UsageError when its rows or its header are longer than the format can say.
    """
    losses: list[Loss] = []
    names = short_names([column.name for column in table.columns])
    fields: list[Field] = []
    cells: list[list[bytes]] = []
    for place, column in enumerate(table.columns):
        values = [row[place] for row in table.rows]
        letter, texts, decimals, lost = _CELLS[column.kind](values)
        width = max((len(text) for text in texts), default=1) or 1
        field = Field(names[place], column, letter, 1 if letter == "L" else width, decimals)
        fields.append(field)
        cells.append([_filled(text, field) for text in texts])
        if lost:
            losses.append(_cut(layer, column.name, lost, letter))
    renamed = [(column.name, name) for column, name in zip(table.columns, names, strict=True) if column.name != name]
    if renamed:
        losses.insert(0, _renamed(layer, renamed))
    if max(1 + sum(field.width for field in fields), 33 + 32 * len(fields)) > _MOST:
        raise UsageError(
            Text(
                f"its {len(fields)} fields are more than a shapefile holds, whose rows end at {_MOST:,} bytes.",
                f"{len(fields)} 个字段超出 shapefile 的容量（每行至多 {_MOST:,} 字节）。",
            ),
            where=layer,
            hint=Text("Use --format gpkg.", "请改用 --format gpkg。"),
        )
    records = b"".join(b" " + b"".join(row) for row in zip(*cells, strict=True))
    return _header(fields, len(table), time) + records + b"\x1a", tuple(fields), tuple(losses)


def short_names(names: Sequence[str]) -> list[str]:
    """Return a name of at most 10 bytes for each, never cut inside a character, distinct whatever the case."""
    taken: set[str] = set()
    chosen = []
    for name in names:
        base = cut_text(_SHORT.get(name, name), NAME_BYTES).strip() or "field"
        candidate, count = base, 1
        while candidate.casefold() in taken:
            count += 1
            tail = f"_{count}"
            candidate = cut_text(base, NAME_BYTES - len(tail)) + tail
        taken.add(candidate.casefold())
        chosen.append(candidate)
    return chosen


def cut_text(text: str, limit: int) -> str:
    """Return the text cut to `limit` bytes of UTF-8, on a character's border."""
    return text.encode()[:limit].decode(errors="ignore")


def _texts(values: Sequence[Any]) -> tuple[str, list[bytes], int, int]:
    whole = [b"" if value is None else str(value).encode() for value in values]
    cut = [text if len(text) <= TEXT_BYTES else cut_text(text.decode(), TEXT_BYTES).encode() for text in whole]
    return "C", cut, 0, sum(before != after for before, after in zip(whole, cut, strict=True))


def _reals(values: Sequence[Any]) -> tuple[str, list[bytes], int, int]:
    known = [float(value) for value in values if value is not None]
    whole = max((len(f"{abs(value):.0f}") for value in known), default=1)
    decimals = max(min(_DIGITS - whole, _DIGITS), 1)
    while decimals > 1 and all(round(value, decimals - 1) == value for value in known):
        decimals -= 1
    texts = [b"" if value is None else _real(float(value), decimals) for value in values]
    pairs = [(text, float(value)) for text, value in zip(texts, values, strict=True) if value is not None]
    return "N", texts, decimals, sum(abs(float(text) - value) > 1e-12 * abs(value) for text, value in pairs)


def _real(value: float, decimals: int) -> bytes:
    text = f"{value:.{decimals}f}"
    return (text if len(text) <= _NUMBER_BYTES else f"{value:.{_DIGITS}e}").encode()


def _integers(values: Sequence[Any]) -> tuple[str, list[bytes], int, int]:
    return "N", [b"" if value is None else str(int(value)).encode() for value in values], 0, 0


def _truths(values: Sequence[Any]) -> tuple[str, list[bytes], int, int]:
    return "L", [b"?" if value is None else b"T" if value else b"F" for value in values], 0, 0


_CELLS: Mapping[str, Any] = {"TEXT": _texts, "REAL": _reals, "INTEGER": _integers, "BOOLEAN": _truths}


def _filled(text: bytes, field: Field) -> bytes:
    return text.rjust(field.width) if field.letter == "N" else text.ljust(field.width)


def _header(fields: Sequence[Field], count: int, time: datetime) -> bytes:
    length = 32 + 32 * len(fields) + 1
    record = 1 + sum(field.width for field in fields)
    head = struct.pack("<4BIHH20x", 3, time.year - 1900, time.month, time.day, count, length, record)
    described = b"".join(
        struct.pack("<11sc4xBB14x", field.name.encode(), field.letter.encode(), field.width, field.decimals)
        for field in fields
    )
    return head + described + b"\r"


def _renamed(layer: str, renamed: Sequence[tuple[str, str]]) -> Loss:
    pairs = ", ".join(f"{name} → {short}" for name, short in renamed)
    return Loss(
        layer,
        Text(
            f"field names have {NAME_BYTES} bytes: {pairs}",
            f"字段名限 {NAME_BYTES} 字节：{pairs}",
        ),
    )


def _cut(layer: str, column: str, count: int, letter: str) -> Loss:
    plural = "" if count == 1 else "s"
    if letter == "N":
        return Loss(
            layer,
            Text(f"“{column}”: {count} number{plural} without some digits", f"“{column}”：{count} 个数值损失了位数"),
        )
    return Loss(
        layer,
        Text(
            f"“{column}”: {count} text{plural} cut at {TEXT_BYTES} bytes",
            f"“{column}”：{count} 处文本在 {TEXT_BYTES} 字节处截断",
        ),
    )
