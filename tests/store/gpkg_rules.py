"""The requirements of OGC 12-128r17 (GeoPackage 1.3) on a file of features and attributes, as a checker.

Written from the standard, knowing nothing of how the store writes; the numbers are its requirements.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

GEOMETRY_TYPES = {
    "GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"
}  # fmt: skip
COLUMN_TYPES = {
    "BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "FLOAT", "DOUBLE", "REAL", "TEXT", "BLOB", "DATE",
    "DATETIME", *GEOMETRY_TYPES,
}  # fmt: skip


def violations(path: Path) -> list[str]:
    """Return what in a file does not follow the standard."""
    connection = sqlite3.connect(path)
    try:
        return [*_file(path, connection), *_systems(connection), *_contents(connection), *_extensions(connection)]
    finally:
        connection.close()


def _file(path: Path, db: sqlite3.Connection) -> Iterator[str]:
    header = path.read_bytes()[:100]
    if header[:16] != b"SQLite format 3\0":
        yield "R1: not an SQLite 3 file"
    if struct.unpack(">I", header[68:72])[0] != 0x47504B47:
        yield "R2: application_id is not GPKG"
    if not 10200 <= struct.unpack(">I", header[60:64])[0] < 10500:
        yield "R2: user_version is none of 1.2 to 1.4"
    if path.suffix != ".gpkg":
        yield "R3: the file does not end in .gpkg"
    if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        yield "R6: integrity_check"
    if db.execute("PRAGMA foreign_key_check").fetchall():
        yield "R7: foreign_key_check"


def _columns(db: sqlite3.Connection, table: str) -> dict[str, tuple[str, int, int]]:
    rows = db.execute(f'PRAGMA table_info("{table}")').fetchall()
    return {name: (kind.upper(), notnull, pk) for _, name, kind, notnull, _, pk in rows}


def _systems(db: sqlite3.Connection) -> Iterator[str]:
    columns = _columns(db, "gpkg_spatial_ref_sys")
    if list(columns)[:6] != [
        "srs_name", "srs_id", "organization", "organization_coordsys_id", "definition", "description"
    ]:  # fmt: skip
        yield "R10: gpkg_spatial_ref_sys has other columns"
    rows = {row[0]: row[1:] for row in db.execute(
        "SELECT srs_id, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys")}  # fmt: skip
    for srs_id, organization in ((-1, "NONE"), (0, "NONE"), (4326, "EPSG")):
        if srs_id not in rows or rows[srs_id][0].upper() != organization or rows[srs_id][1] != srs_id:
            yield f"R11: no proper row for {srs_id}"
        elif (rows[srs_id][2] == "undefined") != (srs_id < 1):
            yield f"R11: definition of {srs_id}"
    for srs_id, (_, _, definition) in rows.items():
        if srs_id > 0 and not definition.startswith(("GEOGCS[", "PROJCS[", "LOCAL_CS[")):
            yield f"R10: {srs_id} is not defined in WKT 1"


def _contents(db: sqlite3.Connection) -> Iterator[str]:
    systems = {srs_id for (srs_id,) in db.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")}
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    rows = db.execute(
        "SELECT table_name, data_type, last_change, srs_id, min_x, min_y, max_x, max_y FROM gpkg_contents"
    )
    listed = {row[0]: row[1:] for row in rows}
    for table, (kind, changed, srs_id, *bounds) in listed.items():
        if table not in tables:
            yield f"R13: {table} does not exist"
            continue
        if kind not in ("features", "attributes"):
            yield f"R14: {table} is of the kind {kind}"
        if not (len(changed) == 24 and changed[10] == "T" and changed.endswith("Z")):
            yield f"R15: last_change of {table} is {changed}"
        if srs_id is not None and srs_id not in systems:
            yield f"R16: {table} has the unknown system {srs_id}"
        yield from _table(db, table)
        if kind == "features":
            yield from _features(db, table, srs_id, bounds)
    spatial = {name for (name,) in db.execute("SELECT table_name FROM gpkg_geometry_columns")}
    if spatial != {table for table, row in listed.items() if row[0] == "features"}:
        yield "R22/R23: gpkg_geometry_columns does not list the feature tables"


def _table(db: sqlite3.Connection, table: str) -> Iterator[str]:
    keys = [name for name, (kind, _, pk) in _columns(db, table).items() if pk and kind == "INTEGER"]
    if len(keys) != 1:
        yield f"R29/R119: {table} has no integer primary key"
    for column, (column_type, _, _) in _columns(db, table).items():
        if column_type.split("(")[0] not in COLUMN_TYPES:
            yield f"R5: {table}.{column} is of the type {column_type}"


def _features(db: sqlite3.Connection, table: str, srs_id: int, bounds: list[float | None]) -> Iterator[str]:
    row = db.execute(
        "SELECT column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    if row is None:
        yield f"R22: {table} has no row in gpkg_geometry_columns"
        return
    column, kind, own_srs_id, z, m = row
    if _columns(db, table).get(column, ("",))[0] != kind or kind not in GEOMETRY_TYPES:
        yield f"R24/R25/R31: {table}.{column} is not declared {kind}"
    if own_srs_id != srs_id:
        yield f"R146: {table} has two systems"
    if (z, m) != (0, 0):
        yield f"R27/R28: z and m of {table}"
    seen = []
    for (blob,) in db.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'):  # noqa: S608
        shape, problem = _geometry(blob, srs_id)
        if problem:
            yield f"R19: {table}: {problem}"
        elif shape.geom_type.upper() != kind and kind != "GEOMETRY":
            yield f"R32: {table} has a {shape.geom_type}"
        else:
            seen.append(shape)
    if bounds != (shapely.total_bounds(seen).tolist() if seen else [None] * 4):
        yield f"{table}: the bounds are not those of its features"


def _geometry(blob: bytes, srs_id: int) -> tuple[Any, str]:
    """Return the geometry of a blob and what is wrong with its header."""
    magic, version, flags, own = struct.unpack("<2sBBi", blob[:8])
    kind = flags >> 1 & 7
    if magic != b"GP" or version != 0 or flags & 0b11100000 or not flags & 1 or kind > 1:
        return None, "header"
    if own != srs_id:
        return None, f"srs_id {own} in the header, {srs_id} for the table"
    start = 8 + 32 * kind
    shape = shapely.from_wkb(blob[start:])
    if shape.is_empty != bool(flags & 16):
        return None, "the empty flag"
    if kind == 1:
        min_x, max_x, min_y, max_y = struct.unpack("<4d", blob[8:40])
        if (min_x, min_y, max_x, max_y) != shape.bounds:
            return None, "the envelope"
    return shape, ""


def _extensions(db: sqlite3.Connection) -> Iterator[str]:
    columns = ["table_name", "column_name", "extension_name", "definition", "scope"]
    if list(_columns(db, "gpkg_extensions")) != columns:
        yield "R58: gpkg_extensions has other columns"
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    contents = {name for (name,) in db.execute("SELECT table_name FROM gpkg_contents")}
    extended = set()
    for table, name, scope in db.execute("SELECT table_name, extension_name, scope FROM gpkg_extensions"):
        if table not in tables:
            yield f"R60: {table} of an extension does not exist"
        if "_" not in name or scope not in ("read-write", "write-only"):
            yield f"R61/R64: {name} {scope}"
        extended.add(table)
    for table in tables - contents - extended:
        if not table.startswith(("gpkg_", "sqlite_")):
            yield f"R59: {table} is listed nowhere"
