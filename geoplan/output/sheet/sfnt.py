"""What a font file covers: the characters of a TrueType or OpenType face and how wide they are.

Only the tables that answers need are read (OpenType specification 1.9: cmap formats 4 and 12, head, hhea,
hmtx, OS/2); glyphs are left to the typesetter.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.int64]

_RESTRICTED = 0x0002  # OS/2 fsType: may not be embedded
_HAS_COLLECTION = b"ttcf"
# Platform and encoding of the subtables that hold Unicode, best first.
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


@dataclass(frozen=True)
class Face:
    """One face of a font file: `index` counts the faces of a collection from 0."""

    path: Path
    index: int
    data: bytes
    tables: Mapping[str, tuple[int, int]]

    @cached_property
    def _glyphs(self) -> Mapping[int, int]:
        codes, glyphs = _character_map(self.data, self.tables)
        kept = glyphs > 0
        return dict(zip(codes[kept].tolist(), glyphs[kept].tolist(), strict=True))

    def covers(self, character: str) -> bool:
        """Return whether the face has a glyph of its own for the character."""
        return ord(character) in self._glyphs

    def width(self, character: str) -> float | None:
        """Return how far the character advances, in ems; None when the face does not cover it."""
        glyph = self._glyphs.get(ord(character))
        if glyph is None:
            return None
        return float(self._advances[min(glyph, len(self._advances) - 1)])

    @cached_property
    def embeddable(self) -> bool:
        """Return whether the maker of the face allows it to be embedded in documents."""
        at, length = self.tables.get("OS/2", (0, 0))
        return length < 10 or (struct.unpack_from(">H", self.data, at + 8)[0] & 0x000F) != _RESTRICTED

    @cached_property
    def _advances(self) -> NDArray[np.float64]:
        units = struct.unpack_from(">H", self.data, self.tables["head"][0] + 18)[0]
        count = struct.unpack_from(">H", self.data, self.tables["hhea"][0] + 34)[0]
        metrics = np.frombuffer(self.data, ">u2", 2 * count, self.tables["hmtx"][0])
        return np.asarray(metrics[::2] / units)


def read_face(path: Path, index: int = 0) -> Face | None:
    """Return a face of a font file; None for a file that is no font, or lacks what a text needs."""
    try:
        data = path.read_bytes()
        start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == _HAS_COLLECTION else 0
        count = struct.unpack_from(">H", data, start + 4)[0]
        tables = {}
        for entry in range(count):
            tag, _, offset, length = struct.unpack_from(">4sIII", data, start + 12 + 16 * entry)
            tables[tag.decode("latin-1")] = (offset, length)
        face = Face(path, index, data, tables)
        return face if face.width(" ") is not None else None
    except (OSError, struct.error, KeyError, ValueError, IndexError):
        return None


def _character_map(data: bytes, tables: Mapping[str, tuple[int, int]]) -> tuple[Codes, Codes]:
    """Return the characters of a face and their glyphs, from its best Unicode subtable."""
    base = tables["cmap"][0]
    count = struct.unpack_from(">H", data, base + 2)[0]
    records = [struct.unpack_from(">HHI", data, base + 4 + 8 * entry) for entry in range(count)]
    offsets = {(platform, encoding): offset for platform, encoding, offset in records}
    for key in _UNICODE:
        if key not in offsets:
            continue
        at = base + offsets[key]
        kind = struct.unpack_from(">H", data, at)[0]
        if kind in (4, 12):
            return _segments(data, at) if kind == 4 else _groups(data, at)
    raise KeyError("no Unicode subtable")


def _groups(data: bytes, at: int) -> tuple[Codes, Codes]:
    """Return format 12: runs of characters with consecutive glyphs."""
    count = struct.unpack_from(">I", data, at + 12)[0]
    runs = np.frombuffer(data, ">u4", 3 * count, at + 16).astype(np.int64).reshape(-1, 3)
    lengths = runs[:, 1] - runs[:, 0] + 1
    if (lengths <= 0).any() or lengths.sum() > 0x110000:
        raise ValueError("broken runs of characters")
    steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(runs[:, 0], lengths) + steps, np.repeat(runs[:, 2], lengths) + steps


def _segments(data: bytes, at: int) -> tuple[Codes, Codes]:
    """Return format 4: segments of the basic plane, with a shift or an array of glyphs each."""
    half = struct.unpack_from(">H", data, at + 6)[0] // 2
    words = np.frombuffer(data, ">u2", struct.unpack_from(">H", data, at + 2)[0] // 2, at).astype(np.int64)
    ends, starts = words[7 : 7 + half], words[8 + half : 8 + 2 * half]
    shifts, offsets = words[8 + 2 * half : 8 + 3 * half], words[8 + 3 * half : 8 + 4 * half]
    codes, glyphs = [], []
    for place, (first, last) in enumerate(zip(starts, ends, strict=True)):
        run = np.arange(first, last + 1)
        if offsets[place] == 0:
            found = (run + shifts[place]) & 0xFFFF
        else:
            where = 8 + 3 * half + place + offsets[place] // 2 + (run - first)
            found = np.where(where < len(words), words[np.minimum(where, len(words) - 1)], 0)
            found = np.where(found > 0, (found + shifts[place]) & 0xFFFF, 0)
        codes.append(run[run < 0xFFFF])
        glyphs.append(found[run < 0xFFFF])
    return np.concatenate(codes), np.concatenate(glyphs)
