"""The current layers of a plan as PostGIS tables, typed with their SRID, that QGIS reads with their styles."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from pyproj import CRS

from geoplan.store.database import Database
from geoplan.store.layers import Layer, shown_wkb
from geoplan.store.records import epsg_of

SCHEMA = "geoplan"
_COLUMN_TYPES = {"TEXT": "text", "REAL": "double precision", "INTEGER": "bigint", "BOOLEAN": "boolean"}
_HAS_SRID = 0x20000000
_INCOMING = "geoplan_incoming"
_OWN_SRIDS = range(900_000, 998_999)  # PostGIS reserves what is above
_STYLES_TABLE = """CREATE TABLE public.layer_styles (
    id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar,
    f_geometry_column varchar, stylename text, styleqml xml, stylesld xml, useasdefault boolean,
    description text, owner varchar(63), ui xml, update_time timestamp DEFAULT CURRENT_TIMESTAMP, type varchar)"""


def draw(db: Database, layer: Layer) -> None:
    """Make a table show a layer. Only rows that differ are written, and readers wait only when columns are others.

    All rows are sent to a table of the session by COPY, where the database itself finds what differs: an edit
    behind the guards is mended as well, and of a million zones the changed ones alone are indexed anew.
    """
    srid = 0 if layer.crs is None else srid_of(db, layer.crs)
    columns = _expected(layer, srid)
    table = f"{SCHEMA}.{quoted(layer.name)}"
    if _columns(db, layer.name) == columns:
        _renew(db, table, layer, srid)
    else:  # among them a layer that is new
        _make(db, table, layer, srid)
    db.run(f"COMMENT ON TABLE {table} IS {_literal(layer.title)}")
    if layer.style is not None:
        _style(db, layer.name, layer.style)


def shows(db: Database, layer: Layer) -> bool:
    """Return whether the table of a layer holds just these rows."""
    names = [name for name, _ in _expected(layer, 0)]
    if [name for name, _ in _columns(db, layer.name)] != names:
        return False
    chosen = ", ".join("ST_AsBinary(geom, 'NDR')" if name == "geom" else quoted(name) for name in names)
    found = db.stream(f"SELECT {chosen} FROM {SCHEMA}.{quoted(layer.name)} ORDER BY fid")  # noqa: S608
    return all(row == other for row, other in zip_longest(found, _rows(layer, 0)))


def _expected(layer: Layer, srid: int) -> list[tuple[str, str]]:
    columns = [("fid", "bigint"), *([("geom", f"geometry({layer.kind},{srid})")] if layer.kind else [])]
    return columns + [(name, _COLUMN_TYPES[kind]) for name, kind in layer.columns]


def _make(db: Database, table: str, layer: Layer, srid: int) -> None:
    db.run(f"DROP TABLE IF EXISTS {table}")
    listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in _expected(layer, srid))
    db.run(f"CREATE TABLE {table} ({listed}, PRIMARY KEY (fid))")
    db.add(table, _kinds(layer), _rows(layer, srid))
    if layer.kind:  # after the rows: an index of many is built faster, and better, at once
        db.run(f"CREATE INDEX ON {table} USING gist (geom)")
    db.run(
        f"CREATE TRIGGER published BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION geoplan.geoplan_refuse_edit()"
    )
    db.settle(table)


def _renew(db: Database, table: str, layer: Layer, srid: int) -> None:
    if db.rows("SELECT has_database_privilege(current_database(), 'TEMPORARY')") != [(True,)]:
        db.run(f"DELETE FROM {table}")  # noqa: S608 - names are quoted
        db.add(table, _kinds(layer), _rows(layer, srid))
        return
    db.run(f"CREATE TEMPORARY TABLE {_INCOMING} (LIKE {table})")
    db.add(_INCOMING, _kinds(layer), _rows(layer, srid))
    db.settle(_INCOMING)
    names = [quoted(name) for name, _ in _expected(layer, srid)[1:]]
    # Of geometries = is about their coordinates alone, whatever holds them.
    whole = [f"{name}::bytea" if name == quoted("geom") else name for name in names]
    same = "".join(f" AND i.{name} IS NOT DISTINCT FROM t.{name}" for name in whole)
    db.run(
        f"DELETE FROM {table} t WHERE NOT EXISTS "  # noqa: S608 - names are quoted
        f"(SELECT 1 FROM {_INCOMING} i WHERE i.fid = t.fid{same})"
    )
    listed = ", ".join(["fid", *names])
    db.run(
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {_INCOMING} i "  # noqa: S608 - names are quoted
        f"WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.fid = i.fid)"
    )
    db.run(f"DROP TABLE {_INCOMING}")


def srid_of(db: Database, crs: CRS) -> int:
    """Return the number a CRS has in the database, adding it first where it is new."""
    code = epsg_of(crs)
    if code is not None:
        found = db.rows("SELECT srid FROM spatial_ref_sys WHERE auth_name = 'EPSG' AND auth_srid = ?", (code,))
        if found:
            return int(found[0][0])
    text = crs.to_wkt("WKT1_GDAL")
    found = db.rows("SELECT srid FROM spatial_ref_sys WHERE srtext = ? AND auth_name = 'geoplan'", (text,))
    if found:
        return int(found[0][0])
    taken = {srid for (srid,) in db.rows("SELECT srid FROM spatial_ref_sys WHERE srid >= ?", (_OWN_SRIDS.start,))}
    srid = next(number for number in _OWN_SRIDS if number not in taken)
    db.run(
        "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (?, 'geoplan', ?, ?, '')",
        (srid, srid, text),
    )
    return srid


def quoted(name: str) -> str:
    """Return a name of a table or column as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _kinds(layer: Layer) -> dict[str, str]:
    # PostGIS takes a geometry from COPY as the bytes of its extended WKB, with the SRID in it.
    geometry = {"geom": "BLOB"} if layer.kind else {}
    return {"fid": "INTEGER"} | geometry | {quoted(name): kind for name, kind in layer.columns}


def _rows(layer: Layer, srid: int) -> Iterator[tuple[Any, ...]]:
    for first, shapes, rows in layer.batches():
        if not layer.kind:
            yield from ((fid, *row) for fid, row in enumerate(rows, start=first))
            continue
        for fid, (text, row) in enumerate(zip(shown_wkb(shapes), rows, strict=True), start=first):
            yield (fid, _extended(text, srid), *row)


def _extended(text: bytes | None, srid: int) -> bytes | None:
    """Return flat little-endian WKB as PostGIS's extended form, with the SRID behind the type."""
    if text is None or not srid:
        return text
    (kind,) = struct.unpack_from("<I", text, 1)
    return struct.pack("<BII", 1, kind | _HAS_SRID, srid) + text[5:]


def _columns(db: Database, name: str) -> list[tuple[str, str]]:
    return [
        (column, kind)
        for column, kind in db.rows(
            """SELECT a.attname::text, CASE WHEN t.typname = 'geometry'
                   THEN 'geometry(' || upper(postgis_typmod_type(a.atttypmod)) || ','
                        || postgis_typmod_srid(a.atttypmod) || ')'
                   ELSE format_type(a.atttypid, a.atttypmod) END
               FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
               WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""",
            (f"{SCHEMA}.{quoted(name)}",),
        )
    ]


def _style(db: Database, name: str, style: str) -> None:
    """Keep a style where QGIS looks for it: public.layer_styles. Where this user may not, there is none."""
    if db.rows("SELECT to_regclass('public.layer_styles')") == [(None,)]:
        if db.rows("SELECT has_schema_privilege('public', 'CREATE')") != [(True,)]:
            return
        db.run(_STYLES_TABLE)
    if db.rows("SELECT has_table_privilege('public.layer_styles', 'INSERT, DELETE')") != [(True,)]:
        return
    mark = f"geoplan {hashlib.sha256(style.encode()).hexdigest()[:12]}"
    db.run(
        "DELETE FROM public.layer_styles WHERE f_table_schema = ? AND f_table_name = ? AND description LIKE ?",
        (SCHEMA, name, "geoplan %"),
    )
    db.run(
        "INSERT INTO public.layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename, "
        "styleqml, useasdefault, description, owner) "
        "VALUES (current_database(), ?, ?, 'geom', ?, ?::xml, true, ?, current_user)",
        (SCHEMA, name, name, style.split("\n", 1)[1], mark),
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
