"""CSV that Excel opens as it is: UTF-8 with a byte order mark, shapes as WKT in the last column."""

from __future__ import annotations

from typing import Any

import shapely

from geoplan.arrays import objects
from geoplan.crs import code_of
from geoplan.output.escape import for_spreadsheet
from geoplan.output.export.values import Loss, Package, Table, Written, axis_order
from geoplan.types import Text

CELL_LIMIT = 32_767  # characters of a cell in Excel and WPS


def write_csv(package: Package) -> Written:
    """Return the package's one table as CSV (RFC 4180); text is quoted, so that an empty cell is "not known".

    Text that a spreadsheet would run as a formula gets an apostrophe (OWASP), which is told.
    """
    (table,) = package.tables
    losses: list[Loss] = []
    shapes = _wkt(table)
    where = (code_of(package.crs), axis_order(package.crs))
    rows: list[list[Any]] = [[*(column.name for column in table.columns), "crs", "axis_order", "WKT"]]
    rows += [[*row, *where, shape] for row, shape in zip(table.rows, shapes, strict=True)]
    text = [",".join(map(_cell, row)) for row in rows]
    # Names of fields are users' own as well.
    guarded = sum(isinstance(cell, str) and for_spreadsheet(cell) != cell for row in rows for cell in row)
    if guarded:
        losses.append(_guarded(table, guarded))
    long = sum(shape is not None and len(shape) > CELL_LIMIT for shape in shapes)
    if long:
        losses.append(_long(table, long))
    content = "\ufeff" + "\r\n".join(text) + "\r\n"
    return Written(content.encode("utf-8"), tuple(losses))


def _wkt(table: Table) -> list[str | None]:
    holder = objects(table.shapes)
    return list(shapely.to_wkt(holder, rounding_precision=-1))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return '"' + for_spreadsheet(str(value)).replace('"', '""') + '"'


def _guarded(table: Table, count: int) -> Loss:
    plural = "" if count == 1 else "s"
    return Loss(
        table.name,
        Text(
            f"{count} text{plural} a spreadsheet would take for a formula: an apostrophe stands before each",
            f"{count} 处文本会被电子表格当作公式，已在前面加撇号",
        ),
    )


def _long(table: Table, count: int) -> Loss:
    plural = "" if count == 1 else "s"
    return Loss(
        table.name,
        Text(
            f"{count} shape{plural} of more than {CELL_LIMIT:,} characters of WKT: whole in the file, "
            "but a spreadsheet cuts them",
            f"{count} 个图形的 WKT 超过 {CELL_LIMIT:,} 个字符：文件中完整，但电子表格会截断",
        ),
    )
