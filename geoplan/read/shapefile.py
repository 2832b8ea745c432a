"""The parts of a shapefile GDAL is not trusted with: which encoding its text is in, and rows marked as deleted.

Source: the dBASE III+ header (32 bytes, then 32 a field), as GDAL and ArcGIS write it.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.inspection import EncodingInfo
from geoplan.read.encoding import LANGUAGES, choose, decoded, describe

CARRIER = "ISO-8859-1"  # in which every byte is one character: what GDAL hands over is decoded here
_BLOCK = 1 << 24


def part(path: Path, suffix: str) -> Path | None:
    """Return the file of a shapefile with this ending (".dbf"), whatever its case, or None."""
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def declared_encodings(path: Path) -> tuple[tuple[str, str], ...]:
    """Return what a shapefile says of its encoding, most trusted first: (codec name, who says so)."""
    said: list[tuple[str, str]] = []
    cpg, dbf = part(path, ".cpg"), part(path, ".dbf")
    if cpg is not None:
        said.append((cpg.read_bytes()[:64].decode("ascii", errors="replace").strip(), "the .cpg file"))
    if dbf is not None:
        with dbf.open("rb") as stream:
            head = stream.read(32)
        language = LANGUAGES.get(head[29]) if len(head) == 32 else None
        if language is not None:
            said.append((language, f"the language id 0x{head[29]:02X} of the .dbf"))
    return tuple(said)


def deleted_rows(path: Path) -> int:
    """Return how many rows of the .dbf are marked as deleted; GDAL passes over those."""
    dbf = part(path, ".dbf")
    if dbf is None:
        return 0
    count = 0
    with dbf.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            return 0
        rows, start, length = struct.unpack("<IHH", head[4:12])
        if length == 0:
            return 0
        stream.seek(start)
        step = max(1, _BLOCK // length)
        while rows > 0:
            block = stream.read(min(rows, step) * length)
            if not block:
                break
            count += int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8)[::length] == ord("*")))
            rows -= step
    return count


def in_its_encoding(
    fields: dict[str, NDArray[Any]], declared: tuple[tuple[str, str], ...], override: str | None
) -> tuple[dict[str, NDArray[Any]], EncodingInfo]:
    """Return fields that came through `CARRIER` with names and values in the encoding they are really in.

    Raises UnfitError when neither what is declared, nor UTF-8 or GB18030, nor the user's choice fits all of them.
    """
    raw = [name.encode(CARRIER) for name in fields]
    columns = [values for values in fields.values() if values.dtype == object]
    texts = dict.fromkeys(value for values in columns for value in values if isinstance(value, str))
    telling = [text.encode(CARRIER) for text in texts if not text.isascii()]
    names_first = [*(name for name in raw if not name.isascii()), *telling]
    codec, how = choose(names_first, declared, override)
    table = {text.decode(CARRIER): decoded(text, codec) or "" for text in telling}
    renamed = _unique([decoded(name, codec) or "" for name in raw])
    done = {
        new: _translated(values, table) if values.dtype == object else values
        for new, values in zip(renamed, fields.values(), strict=True)
    }
    return done, describe(codec, how, [*table.values(), *renamed])


def _translated(values: NDArray[Any], table: dict[str, str]) -> NDArray[Any]:
    return objects(table.get(value, value) if isinstance(value, str) else value for value in values)


def _unique(names: list[str]) -> list[str]:
    """Return the names with a number behind those that are there already."""
    unique: list[str] = []
    for name in names:
        candidate, number = name, 2
        while candidate in unique:
            candidate, number = f"{name}_{number}", number + 1
        unique.append(candidate)
    return unique
