"""DXF drawings written by hand, group code by group code, as CAD programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def polyline(layer: str, *points: tuple[float, ...], closed: bool = True) -> list[object]:
    """A lightweight polyline; a third number of a point is its bulge."""
    pairs: list[object] = [0, "LWPOLYLINE", 8, layer, 100, "AcDbEntity", 100, "AcDbPolyline"]
    pairs += [90, len(points), 70, int(closed)]
    for x, y, *bulge in points:
        pairs += [10, x, 20, y]
        if bulge:
            pairs += [42, bulge[0]]
    return pairs


def square_of(layer: str, x: float, y: float, side: float, *, closed: bool = True) -> list[object]:
    return polyline(layer, (x, y), (x + side, y), (x + side, y + side), (x, y + side), closed=closed)


def hatch(layer: str, *points: tuple[float, float]) -> list[object]:
    pairs: list[object] = [0, "HATCH", 8, layer, 100, "AcDbEntity", 100, "AcDbHatch", 10, 0, 20, 0, 30, 0]
    pairs += [210, 0, 220, 0, 230, 1, 2, "SOLID", 70, 1, 71, 0, 91, 1, 92, 2, 72, 0, 73, 1, 93, len(points)]
    for x, y in points:
        pairs += [10, x, 20, y]
    return [*pairs, 97, 0, 75, 0, 76, 1, 98, 0]


def circle(layer: str, x: float, y: float, radius: float) -> list[object]:
    return [0, "CIRCLE", 8, layer, 10, x, 20, y, 40, radius]


def line(layer: str, x: float, y: float) -> list[object]:
    return [0, "LINE", 8, layer, 10, x, 20, y, 11, x + 5, 21, y + 5]


def text(layer: str, x: float, y: float, words: str) -> list[object]:
    return [0, "TEXT", 8, layer, 100, "AcDbEntity", 100, "AcDbText", 10, x, 20, y, 40, 2, 1, words]


def point(layer: str, x: float, y: float) -> list[object]:
    return [0, "POINT", 8, layer, 100, "AcDbEntity", 100, "AcDbPoint", 10, x, 20, y]


def drawing(
    path: Path,
    *entities: list[object],
    blocks: Sequence[object] = (),
    encoding: str = "utf-8",
    version: str = "AC1021",
    page: str = "ANSI_936",
) -> Path:
    """Write a drawing of these entities; versions from AC1021 on are UTF-8, older ones in their code page."""
    pairs: list[object] = [0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, version, 9, "$DWGCODEPAGE", 3, page]
    pairs += [0, "ENDSEC", 0, "SECTION", 2, "BLOCKS", *blocks, 0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    for entity in entities:
        pairs += entity
    pairs += [0, "ENDSEC", 0, "EOF"]
    path.write_bytes("".join(f"{pair}\r\n" for pair in pairs).encode(encoding))
    return path
