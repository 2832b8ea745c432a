"""Chinese boundary-point text (界址点 TXT): parcels as numbered points, north first.

The layout is that of the coordinate files of land pre-examination and survey (勘测定界): a head of `key=value`
lines under [属性描述], then under [地块坐标] for each parcel one line of attributes that ends in "@"

    points, area, number, name, shape (面), sheet, use, class code, …, @

followed by its points `J1,1,3751508.512,39438683.652`: number, ring, north, east. Ring 1 is the outline, further
rings are holes in it or, outside it, further parts. There is no standard of it, and offices vary it; what is read
here is what public converters agree on.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from geoplan.arrays import objects
from geoplan.read.assemble import polygon_of
from geoplan.read.contents import Contents, LayerHead, skipped
from geoplan.read.encoding import decode_document, sampled
from geoplan.read.guards import UnfitError
from geoplan.types import Text

COLUMNS = ("points", "DKMJ", "DKBH", "DKMC", "shape", "TFH", "DKYT", "DLBM")
_HEADERS = ("[属性描述]", "[地块坐标]", "【属性描述】", "【地块坐标】")
_NUMBER = r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?"
_POINT = re.compile(rf"\s*([A-Za-z]*\d+[\w-]*)?\s*,\s*(\d+)\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,?\s*")
# EPSG codes of Gauss-Krüger zones: datum → width → (code of the first zone with prefix, its number)
_FIRST_ZONE = {
    "cgcs2000": {3: (4513, 25), 6: (4491, 13)},
    "xian1980": {3: (2349, 25), 6: (2327, 13)},
    "beijing1954": {3: (2401, 25), 6: (21413, 13)},
}
_FIRST_MERIDIAN = {
    "cgcs2000": {3: (4534, 25), 6: (4502, 13)},
    "xian1980": {3: (2370, 25), 6: (2338, 13)},
    "beijing1954": {3: (2422, 25), 6: (21453, 13)},
}
_LAST_ZONE = {3: 45, 6: 23}
_GEOGRAPHIC = {"cgcs2000": "EPSG:4490", "xian1980": "EPSG:4610", "beijing1954": "EPSG:4214"}


@dataclass(slots=True)
class _Parcel:
    line: int
    cells: list[str]
    rings: list[tuple[int, list[tuple[float, float]]]] = field(default_factory=list)

    def add(self, ring: int, place: tuple[float, float]) -> None:
        """Put a point behind the others of its ring; one after the closing point begins another ring."""
        number, points = self.rings[-1] if self.rings else (None, [])
        closed = len(points) > 3 and points[0] == points[-1]
        if number != ring or (closed and place != points[-1]):
            self.rings.append((ring, [place]))
        elif not (closed and place == points[-1]):
            points.append(place)


def is_boundary_points(head: str) -> bool:
    """Return whether a text begins as a boundary-point file: by its headings, or by an "@" line and a point."""
    start = head.lstrip("\ufeff \t\r\n")
    if any(mark in start[:4000] for mark in _HEADERS):
        return True
    lines = [line for line in start.splitlines()[:3] if line.strip()]
    return len(lines) > 1 and lines[0].rstrip().endswith(("@", "@,")) and _POINT.fullmatch(lines[1]) is not None


def head_of(content: bytes, name: str, encoding: str | None = None) -> LayerHead:
    """Return the one layer of a boundary-point file."""
    found = read_points(content, encoding)
    return LayerHead(name, "Polygon", found.features, tuple(found.fields))


def read_points(content: bytes, encoding: str | None = None) -> Contents:
    """Return the parcels of a boundary-point file, x = east first.

    The declared CRS comes from the head (坐标系, 几度分带, 带号) together with the eastings, which say whether
    the zone number is in front of them; None where the head does not say enough. Raises UnfitError with the
    line for what is no attribute or point line, and when there is no parcel at all.
    """
    text, how = decode_document(content, encoding)
    head, parcels = _parse(text)
    if not parcels:
        raise UnfitError("holds no parcel, that is no line that ends in “@”", "没有以“@”结尾的地块行")
    left = [parcel for parcel in parcels if not _is_area(parcel)]
    kept = [parcel for parcel in parcels if _is_area(parcel)]
    geometry = objects(map(_polygon, kept))
    why = (
        (skipped(len(left), "points or a line by their own word, not an area", "标明为点或线，不是面"),) if left else ()
    )
    notes = _miscounted(kept)
    shown = sampled(how, (cell for parcel in parcels for cell in parcel.cells if len(cell) > 1))
    return Contents(geometry, _fields(kept), _crs(head, kept), len(parcels), shown, why, notes)


def _parse(text: str) -> tuple[dict[str, str], list[_Parcel]]:
    head: dict[str, str] = {}
    parcels: list[_Parcel] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip().strip("\x00").translate(_PLAIN)
        if not line or line.startswith(("[", "【")):
            continue
        if line.rstrip(",").endswith("@"):
            parcels.append(_Parcel(number, [cell.strip() for cell in line.rstrip(",").removesuffix("@").split(",")]))
        elif (point := _POINT.fullmatch(line)) is not None:
            if not parcels:
                raise _mistake(number, "has a point before any parcel", "在地块之前出现界址点")
            parcels[-1].add(int(point[2][:9]), _place(point, number))
        elif "=" in line and not parcels:
            key, _, value = line.partition("=")
            head[key.strip()] = value.strip()
        else:
            raise _mistake(
                number, f"is neither a parcel nor a point: {line[:60]!r}", f"既不是地块也不是界址点：{line[:60]!r}"
            )
    return head, parcels


_PLAIN = str.maketrans({"，": ",", "＝": "=", "＠": "@", "．": ".", "\u3000": " "})


def _place(point: re.Match[str], line: int) -> tuple[float, float]:
    north, east = float(point[3]), float(point[4])
    if not (math.isfinite(north) and math.isfinite(east)):
        raise _mistake(line, "has a number that is no coordinate", "坐标无效")
    return east, north


def _is_area(parcel: _Parcel) -> bool:
    shape = parcel.cells[4] if len(parcel.cells) > 4 else ""
    return shape not in ("点", "线", "point", "line")


def _polygon(parcel: _Parcel) -> Any:
    """Return rings as one geometry: a ring inside another is a hole in it, one outside is a part of its own."""
    rings = []
    for number, points in parcel.rings:
        if len(set(points)) < 3:
            raise _mistake(
                parcel.line,
                f"begins a parcel whose ring {number} has fewer than three points",
                f"的地块第 {number} 圈不足三个点",
            )
        rings.append(points)
    if not rings:
        raise _mistake(parcel.line, "begins a parcel without points", "的地块没有界址点")
    return polygon_of(rings)


def _fields(parcels: list[_Parcel]) -> dict[str, Any]:
    width = max((len(parcel.cells) for parcel in parcels), default=0)
    names = [*COLUMNS, *(f"column_{place}" for place in range(len(COLUMNS) + 1, width + 1))][:width]
    fields: dict[str, Any] = {}
    for place, name in enumerate(names):
        values = objects(parcel.cells[place] if place < len(parcel.cells) else "" for parcel in parcels)
        if place and (name in COLUMNS or any(values)):
            fields[name] = values
    return fields


def _miscounted(parcels: list[_Parcel]) -> tuple[Text, ...]:
    wrong = []
    for parcel in parcels:
        stated = parcel.cells[0]
        points = sum(len(ring) for _, ring in parcel.rings)
        closing = sum(ring[0] == ring[-1] for _, ring in parcel.rings)
        if stated.isdecimal() and len(stated) < 9 and int(stated) not in (points, points - closing):
            wrong.append(parcel.line)
    if not wrong:
        return ()
    lines, zh = ", ".join(map(str, wrong[:5])), "、".join(map(str, wrong[:5]))
    return (
        Text(
            f"{len(wrong)} of the parcels state another number of points than follow (line {lines})",
            f"{len(wrong)} 个地块的点数与实际不符（第 {zh} 行）",
        ),
    )


def _crs(head: dict[str, str], parcels: list[_Parcel]) -> str | None:
    datum = _datum(head.get("坐标系", ""))
    points = [point for parcel in parcels for _, ring in parcel.rings for point in ring]
    if datum is None or not points:
        return None
    if all(abs(east) <= 180 and abs(north) <= 90 for east, north in points):
        return _GEOGRAPHIC[datum]
    width = _digits(head.get("几度分带", head.get("分带", "")))
    prefixes = {int(east // 1e6) for east, _ in points}
    if width not in _LAST_ZONE or len(prefixes) != 1:
        return None
    prefix, stated = prefixes.pop(), _digits(head.get("带号", ""))
    zone = prefix or stated
    first = _FIRST_ZONE if prefix else _FIRST_MERIDIAN
    code, lowest = first[datum][width]
    if zone is None or not lowest <= zone <= _LAST_ZONE[width] or stated not in (None, zone):
        return None  # nothing, or a contradiction: the numbers decide, not the head
    return f"EPSG:{code + zone - lowest}"


def _datum(text: str) -> str | None:
    folded = text.casefold().replace(" ", "")
    for marks, datum in (
        (("2000国家大地", "cgcs2000", "国家2000", "2000坐标"), "cgcs2000"),
        (("80西安", "西安80", "1980西安", "西安1980", "80国家"), "xian1980"),
        (("54北京", "北京54", "1954北京", "北京1954"), "beijing1954"),
    ):
        if any(mark in folded for mark in marks):
            return datum
    return "cgcs2000" if folded == "2000" else None


def _digits(text: str) -> int | None:
    found = re.match(r"\s*(\d{1,3})", text)
    return int(found[1]) if found else None


def _mistake(line: int, reason: str, reason_zh: str) -> UnfitError:
    return UnfitError(f"line {line} {reason}", f"第 {line} 行{reason_zh}")
