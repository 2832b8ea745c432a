"""Shapefiles written by hand, byte by byte, with .dbf tables as old programs write them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from tests.helpers import EAST, NORTH

Column = tuple[bytes, int]  # a name of up to ten bytes, and a width


def dbf_bytes(
    columns: Sequence[Column], rows: Sequence[Sequence[bytes]], *, language: int = 0, deleted: Sequence[int] = ()
) -> bytes:
    """A dBASE III table of text columns; cells are cut to their width, as such programs do."""
    length = 1 + sum(width for _, width in columns)
    head = struct.pack("<BBBBIHH17xBxx", 3, 126, 11, 22, len(rows), 33 + 32 * len(columns), length, language)
    described = b"".join(
        name[:10].ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([width, 0]) + b"\0" * 14 for name, width in columns
    )
    body = b"".join(
        (b"*" if place in deleted else b" ")
        + b"".join(cell[:width].ljust(width) for cell, (_, width) in zip(row, columns, strict=True))
        for place, row in enumerate(rows)
    )
    return head + described + b"\r" + body + b"\x1a"


def write_shapefile(path: Path, table: bytes, squares: int, *, cpg: str | None = None) -> Path:
    """A shapefile of squares of 100 m side by side in EPSG:4548 without .prj, and this table."""
    records, index, offset = b"", b"", 50
    for place in range(squares):
        x, y = EAST + 100.0 * place, float(NORTH)
        ring = [(x, y), (x, y + 100), (x + 100, y + 100), (x + 100, y), (x, y)]
        shape = struct.pack("<i4d3i", 5, x, y, x + 100, y + 100, 1, 5, 0) + b"".join(
            struct.pack("<2d", *p) for p in ring
        )
        records += struct.pack(">2i", place + 1, len(shape) // 2) + shape
        index += struct.pack(">2i", offset, len(shape) // 2)
        offset += 4 + len(shape) // 2
    bounds = (float(EAST), float(NORTH), EAST + 100.0 * squares, NORTH + 100.0, 0.0, 0.0, 0.0, 0.0)
    for suffix, content in ((".shp", records), (".shx", index)):
        head = struct.pack(">7i2i", 9994, 0, 0, 0, 0, 0, (100 + len(content)) // 2, 0, 0)[:28]
        path.with_suffix(suffix).write_bytes(head + struct.pack("<2i8d", 1000, 5, *bounds) + content)
    path.with_suffix(".dbf").write_bytes(table)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path
