"""The current layers of a plan as PostGIS tables, typed with their SRID, that QGIS reads with their styles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import shapely
from pyproj import CRS

from geoplan.store.database import Database
from geoplan.store.layers import Layer
from geoplan.store.records import epsg_of

SCHEMA = "geoplan"
_COLUMN_TYPES = {"TEXT": "text", "REAL": "double precision", "INTEGER": "bigint", "BOOLEAN": "boolean"}
_OWN_SRIDS = range(900_000, 998_999)  # PostGIS reserves what is above
_STYLES_TABLE = """CREATE TABLE public.layer_styles (
    id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar,
    f_geometry_column varchar, stylename text, styleqml xml, stylesld xml, useasdefault boolean,
    description text, owner varchar(63), ui xml, update_time timestamp DEFAULT CURRENT_TIMESTAMP, type varchar)"""


def draw(db: Database, layer: Layer) -> None:
    """Replace the rows of one layer, and its table only when its columns are others: readers wait for that."""
    srid = 0 if layer.crs is None else srid_of(db, layer.crs)
    columns = [("fid", "bigint"), *([("geom", f"geometry({layer.kind},{srid})")] if layer.kind else [])]
    columns += [(name, _COLUMN_TYPES[kind]) for name, kind in layer.columns]
    table = f"{SCHEMA}.{quoted(layer.name)}"
    if _columns(db, layer.name) != columns:
        db.run(f"DROP TABLE IF EXISTS {table}")
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns)
        db.run(f"CREATE TABLE {table} ({listed}, PRIMARY KEY (fid))")
        if layer.kind:
            db.run(f"CREATE INDEX ON {table} USING gist (geom)")
        db.run(
            f"CREATE TRIGGER published BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION geoplan.geoplan_refuse_edit()"
        )
    db.run(f"DELETE FROM {table}")  # noqa: S608 - names are quoted
    marks = ["?", *([f"ST_GeomFromWKB(?, {srid})"] if layer.kind else []), *("?" for _ in layer.columns)]
    names = ", ".join(quoted(name) for name, _ in columns)
    db.many(f"INSERT INTO {table} ({names}) VALUES ({', '.join(marks)})", _rows(layer))  # noqa: S608
    db.run(f"COMMENT ON TABLE {table} IS {_literal(layer.title)}")
    if layer.style is not None:
        _style(db, layer.name, layer.style)


def shows(db: Database, layer: Layer) -> bool:
    """Return whether the table of a layer holds just these rows."""
    names = ["fid", *(["geom"] if layer.kind else []), *(name for name, _ in layer.columns)]
    if [name for name, _ in _columns(db, layer.name)] != names:
        return False
    chosen = ", ".join("ST_AsBinary(geom, 'NDR')" if name == "geom" else quoted(name) for name in names)
    rows = db.rows(f"SELECT {chosen} FROM {SCHEMA}.{quoted(layer.name)} ORDER BY fid")  # noqa: S608
    return rows == [tuple(row) for row in _rows(layer)]


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


def _rows(layer: Layer) -> list[Sequence[Any]]:
    shapes = [None if shape is None else shapely.to_wkb(shape, byte_order=1, flavor="iso") for shape in layer.shapes]
    pairs = enumerate(zip(shapes, layer.rows, strict=True), start=1)
    return [(fid, *([shape] if layer.kind else []), *row) for fid, (shape, row) in pairs]


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
