"""Character maps and widths, on font tables written by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from geoplan.output.sheet.sfnt import Face, read_face

HEAD = b"\0" * 18 + struct.pack(">H", 1000) + b"\0" * 34
HHEA = b"\0" * 34 + struct.pack(">H", 3)
HMTX = struct.pack(">6h", 500, 0, 250, 0, 1000, 0)  # glyphs 0, 1 and 2; later ones are as wide as the last


def cmap(platform: int, encoding: int, table: bytes) -> bytes:
    return struct.pack(">HHHHI", 0, 1, platform, encoding, 12) + table


def format_12(*groups: tuple[int, int, int]) -> bytes:
    body = b"".join(struct.pack(">III", *group) for group in groups)
    return struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(groups)) + body


def format_4() -> bytes:
    # Space by its shift (32 → 1); 65 and 66 through the array of glyphs (2 and none); the end mark.
    ends, starts, shifts = (32, 66, 0xFFFF), (32, 65, 0xFFFF), ((1 - 32) & 0xFFFF, 0, 1)
    offsets = (0, 4, 0)  # from its own place past the last offset to the array
    body = struct.pack(">3H", *ends) + b"\0\0" + struct.pack(">3H", *starts)
    body += struct.pack(">3H", *shifts) + struct.pack(">3H", *offsets) + struct.pack(">2H", 2, 0)
    return struct.pack(">7H", 4, 14 + len(body), 0, 6, 4, 1, 2) + body


def written(path: Path, character_map: bytes, *, collection: bool = False) -> Path:
    tables = {b"cmap": character_map, b"head": HEAD, b"hhea": HHEA, b"hmtx": HMTX}
    lead = struct.pack(">4sIII", b"ttcf", 0x10000, 1, 16) if collection else b""
    offset = len(lead) + 12 + 16 * len(tables)
    records, bodies = b"", b""
    for tag, body in tables.items():
        records += struct.pack(">4sIII", tag, 0, offset + len(bodies), len(body))
        bodies += body
    path.write_bytes(lead + struct.pack(">IHHHH", 0x10000, len(tables), 0, 0, 0) + records + bodies)
    return path


def face(path: Path) -> Face:
    found = read_face(path)
    assert found is not None
    return found


@pytest.mark.parametrize("collection", [False, True])
def test_runs_of_characters_and_their_widths_are_read(tmp_path: Path, collection: bool) -> None:
    font = face(written(tmp_path / "a.ttf", cmap(3, 10, format_12((32, 32, 1), (65, 67, 1))), collection=collection))
    assert font.width(" ") == 0.25
    assert [font.width(letter) for letter in "ABC"] == [0.25, 1.0, 1.0]
    assert not font.covers("D")
    assert font.width("D") is None
    assert font.embeddable


def test_segments_with_a_shift_and_with_an_array_are_read(tmp_path: Path) -> None:
    font = face(written(tmp_path / "a.ttf", cmap(3, 1, format_4())))
    assert (font.width(" "), font.width("A")) == (0.25, 1.0)
    assert not font.covers("B")
    assert not font.covers("\uffff")


def test_a_map_of_an_absurd_size_is_no_font(tmp_path: Path) -> None:
    assert read_face(written(tmp_path / "a.ttf", cmap(3, 10, format_12((0, 0xFFFFFFF0, 1))))) is None
    assert read_face(written(tmp_path / "b.ttf", cmap(1, 0, format_12((32, 32, 1))))) is None
