"""Zones in a table, CSV or XLSX: a column of WKT, or one row a vertex. Nothing in a cell is ever evaluated.

Which column is which comes from its heading. A heading of survey (“X坐标”, “北坐标”) and one of mapping (“x”,
“东坐标”) can mean opposite axes: see `_EAST` and `_NORTH`; what the numbers then are, the CRS verdict says.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geoplan.arrays import objects
from geoplan.inspection import EncodingInfo
from geoplan.read.assemble import polygon_of
from geoplan.read.contents import Contents, skipped
from geoplan.read.encoding import sampled
from geoplan.read.fieldnames import meaning_of
from geoplan.read.guards import UnfitError
from geoplan.types import Text

MAX_CELLS = 20_000_000
_WKT = ("wkt", "wkt_geom", "geometry", "geom", "the_geom", "shape_wkt", "几何", "图形")
# In surveys X is north and Y east, and a Chinese heading says so by “纵” (north) and “横” (east); a bare x is east.
_EAST = (
    "x",
    "east",
    "easting",
    "lon",
    "lng",
    "long",
    "longitude",
    "经度",
    "东坐标",
    "横坐标",
    "y坐标",
    "东",
    "e",
    "横坐标y",
)
_NORTH = ("y", "north", "northing", "lat", "latitude", "纬度", "北坐标", "纵坐标", "x坐标", "北", "n", "纵坐标x")
_ORDER = ("order", "seq", "vertex", "point", "no", "序号", "点号", "界址点号", "顺序")
_RING = ("ring", "圈号", "环号", "地块圈号", "part")
_DELIMITERS = ",;\t|"
_LONGEST_CELL = 100_000_000


@dataclass(frozen=True, slots=True)
class _Columns:
    """The places of the columns that make geometry, None where there is none."""

    wkt: int | None
    east: int | None
    north: int | None
    order: int | None
    ring: int | None
    zone: int | None


def is_table(head: str) -> bool:
    """Return whether a text begins with a heading that names WKT or coordinates."""
    lines = [line for line in head.lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) < 2 or len(lines[0]) > 20_000:
        return False
    return (
        _columns([cell.strip() for cell in next(csv.reader([lines[0]], delimiter=_delimiter(lines[0])), [])])
        is not None
    )


def place_columns(heading: Sequence[str]) -> tuple[int | None, int | None, int | None]:
    """Return the columns of WKT, of east and of north by their headings, None where there is none.

    Raises UnfitError when there is neither WKT nor a pair of coordinates.
    """
    columns = _columns(heading)
    if columns is None:
        raise _without_place(heading)
    return columns.wkt, columns.east, columns.north


def rows_of(text: str) -> list[list[str]]:
    """Return the rows of a CSV text; raises UnfitError for a quote that never ends or far too many cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    usual = csv.field_size_limit(_LONGEST_CELL)  # of the whole process, so it is put back
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(first), strict=True)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            if cells > MAX_CELLS:
                raise UnfitError(f"holds more than {MAX_CELLS:,} cells", f"单元格超过 {MAX_CELLS:,} 个")
            rows.append(row)
    except csv.Error as error:
        raise UnfitError(
            f"line {reader.line_num} is no CSV ({error})", f"第 {reader.line_num} 行不是有效的 CSV"
        ) from None
    finally:
        csv.field_size_limit(usual)
    return rows


def read_table(rows: Sequence[Sequence[str]], encoding: EncodingInfo) -> Contents:
    """Return the zones of a table of text, whose first row that is not blank is the heading.

    With a column of WKT a row is a zone; else rows are vertices, in the order they stand or that a column
    states, of the zone in the column of ids (all of one zone without it). The declared CRS is the SRID of EWKT,
    else None: a heading “longitude” says nothing of the datum. Raises UnfitError naming the row of
    WKT that is none and of a coordinate that is no number.
    """
    numbered = [(place, [cell.strip() for cell in row]) for place, row in enumerate(rows, start=1)]
    filled = [(place, row) for place, row in numbered if any(row)]
    heading = next(iter(filled), (0, []))[1]
    columns = _columns(heading)
    if columns is None:
        raise _without_place(heading)
    names = _names(heading)
    if columns.wkt is not None:
        return _from_wkt(filled[1:], names, columns.wkt, encoding)
    return _from_vertices(filled[1:], names, columns, encoding)


def _without_place(heading: Sequence[str]) -> UnfitError:
    return UnfitError(
        f"has no column of WKT or coordinates; its columns are {', '.join(heading)[:200] or 'none'}",
        f"没有 WKT 或坐标列；现有列：{'、'.join(heading)[:200] or '无'}",
    )


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _folded(name: str) -> str:
    plain = re.sub(r"[(（\[].*?[)）\]]", "", name.replace("\ufeff", ""))
    return re.sub(r"[\s_]+", "", plain).casefold()


def _columns(heading: Sequence[str]) -> _Columns | None:
    plain = [_folded(name) for name in heading]

    def first(names: Iterable[str]) -> int | None:
        wanted = [name.replace("_", "") for name in names]
        return next((plain.index(name) for name in wanted if name in plain), None)

    wkt, east, north = first(_WKT), first(_EAST), first(_NORTH)
    if wkt is None and (east is None or north is None):
        return None
    order, ring = first(_ORDER), first(_RING)
    zone = next(
        (
            place
            for wanted in ("id", "name", "parcel_number")
            for place, name in enumerate(heading)
            if meaning_of(name) == wanted and place not in (order, ring)
        ),
        first(("zone", "zoneid", "地块", "分区")),
    )
    return _Columns(wkt, east, north, order, ring, zone)


def _names(heading: Sequence[str]) -> list[str]:
    names: list[str] = []
    for place, cell in enumerate(heading, start=1):
        name = cell.replace("\ufeff", "") or f"column_{place}"
        while name in names:
            name += "_"
        names.append(name)
    return names


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _fields(rows: Sequence[Sequence[str]], names: Sequence[str], without: Iterable[int | None]) -> dict[str, Any]:
    left = set(without)
    fields: dict[str, Any] = {}
    for place, name in enumerate(names):
        if place not in left:
            fields[name] = objects(_cell(row, place) for row in rows)
    return fields


def _from_wkt(
    rows: Sequence[tuple[int, list[str]]], names: Sequence[str], column: int, encoding: EncodingInfo
) -> Contents:
    geometry = np.empty(len(rows), dtype=object)
    systems: set[str] = set()
    for place, (line, row) in enumerate(rows):
        text = _cell(row, column)
        if text.upper().startswith("SRID=") and ";" in text:
            code, _, text = text[5:].partition(";")
            systems.add(code)
        if not text:
            continue
        try:
            geometry[place] = shapely.from_wkt(text)
        except (shapely.errors.ShapelyError, ValueError) as error:
            reason = str(error).partition("\n")[0].removeprefix("ParseException: ")[:100]
            raise _mistake(line, f"holds no WKT that can be read ({reason})", "的 WKT 无法读取") from None
    fields = _fields([row for _, row in rows], names, [column])
    encoding = sampled(encoding, (value for values in fields.values() for value in values))
    code = systems.pop() if len(systems) == 1 else ""
    return Contents(geometry, fields, f"EPSG:{code}" if code.isdecimal() and code != "0" else None, len(rows), encoding)


def _from_vertices(
    rows: Sequence[tuple[int, list[str]]], names: Sequence[str], columns: _Columns, encoding: EncodingInfo
) -> Contents:
    zones: dict[str, list[tuple[int, list[str]]]] = {}
    for line, row in rows:
        zones.setdefault(_cell(row, columns.zone), []).append((line, row))
    polygons, firsts, thin = [], [], 0
    for members in zones.values():
        rings = _rings(members, columns)
        if any(len(set(ring)) < 3 for ring in rings):
            thin += 1
            continue
        polygons.append(polygon_of(rings))
        firsts.append(members[0][1])
    geometry = objects(polygons)
    fields = _fields(firsts, names, [columns.east, columns.north, columns.order, columns.ring])
    encoding = sampled(encoding, (value for values in fields.values() for value in values))
    why = (skipped(thin, "fewer than three points", "不足三个点"),) if thin else ()
    note = Text(
        f"east is column “{names[columns.east or 0]}”, north “{names[columns.north or 0]}”",
        f"东向为“{names[columns.east or 0]}”列，北向为“{names[columns.north or 0]}”列",
    )
    return Contents(geometry, fields, None, len(zones), encoding, why, (note,))


def _rings(members: Sequence[tuple[int, list[str]]], columns: _Columns) -> list[list[tuple[float, float]]]:
    rings: dict[str, list[tuple[float, tuple[float, float]]]] = {}
    for line, row in members:
        order = _digits(_cell(row, columns.order))
        place = _number(_cell(row, columns.east), line), _number(_cell(row, columns.north), line)
        rings.setdefault(_cell(row, columns.ring), []).append((order, place))
    result = []
    for points in rings.values():
        orders = [order for order, _ in points]
        # A stated order counts only where it is one; a closing point repeats the first number.
        if len(set(orders)) == len(orders) and all(map(math.isfinite, orders)):
            result.append([place for _, place in sorted(points, key=lambda point: point[0])])
        else:
            result.append([place for _, place in points])
    return result


def _digits(text: str) -> float:
    found = re.search(r"\d+(\.\d+)?$", text[:30])
    return float(found[0]) if found else math.nan


def _number(text: str, line: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _mistake(line, f"has the coordinate {text[:40]!r}, which is no number", f"的坐标 {text[:40]!r} 不是数字")
    return number


def _mistake(line: int, reason: str, reason_zh: str) -> UnfitError:
    return UnfitError(f"row {line} {reason}", f"第 {line} 行{reason_zh}")
