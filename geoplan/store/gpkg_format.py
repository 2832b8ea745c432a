"""What the OGC GeoPackage 1.3 standard (OGC 12-128r17) wants of a file, and the layers written into it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from geoplan.store.database import Database
from geoplan.store.layers import Layer, shown_wkb
from geoplan.store.records import epsg_of

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10300
EXTENSION = "geoplan_store"
_OWN_SRS = 100_000  # systems without an EPSG code are numbered from here

_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    """CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_extensions (
        table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
        scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
    # The table and column names QGIS itself uses for styles kept in a database.
    """CREATE TABLE layer_styles (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
        f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
        useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
        update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))""",
    """INSERT INTO gpkg_contents (table_name, data_type, identifier)
        VALUES ('layer_styles', 'attributes', 'layer_styles')""",
    "CREATE TABLE geoplan_migration (name TEXT NOT NULL PRIMARY KEY, applied TEXT NOT NULL)",
)
_UNDEFINED = (("Undefined Cartesian SRS", -1, "NONE", -1), ("Undefined geographic SRS", 0, "NONE", 0))
_COLUMN_TYPES = {"TEXT": "TEXT", "REAL": "DOUBLE", "INTEGER": "INTEGER", "BOOLEAN": "BOOLEAN"}


def create(db: Database) -> None:
    """Write the tables of an empty GeoPackage and the table of steps taken, inside a transaction."""
    db.run(f"PRAGMA application_id = {APPLICATION_ID}")
    db.run(f"PRAGMA user_version = {USER_VERSION}")
    for statement in _TABLES:
        db.run(statement)
    for name, srs_id, organization, code in _UNDEFINED:
        _add_srs(db, (name, srs_id, organization, code, "undefined"))
    srs_id_of(db, CRS.from_epsg(4326))


def register(db: Database) -> None:
    """List the store's own tables as an extension that readers may ignore."""
    listed = {name for (name,) in db.rows("SELECT table_name FROM gpkg_extensions")}
    own = db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'geoplan\\_%' ESCAPE '\\'")
    db.add(
        "gpkg_extensions",
        dict.fromkeys(("table_name", "extension_name", "definition", "scope"), "TEXT"),
        [(name, EXTENSION, "docs/store.md of geoplan", "write-only") for (name,) in own if name not in listed],
    )


def srs_id_of(db: Database, crs: CRS) -> int:
    """Return the number a CRS has in the file, adding it first where it is new."""
    known = find_srs_id(db, crs)
    if known is not None:
        return known
    code = epsg_of(crs)
    if code is not None:
        named = CRS.from_epsg(code)
        _add_srs(db, (named.name, code, "EPSG", code, _definition(named)))
        return code
    ((last,),) = db.rows("SELECT max(srs_id) FROM gpkg_spatial_ref_sys")
    number = max(_OWN_SRS, int(last) + 1)
    _add_srs(db, (crs.name, number, "geoplan", number, _definition(crs)))
    return number


def find_srs_id(db: Database, crs: CRS) -> int | None:
    """Return the number a CRS has in the file: its EPSG code, or the one it was given here; None if new."""
    code = epsg_of(crs)
    if code is not None:
        found = db.rows("SELECT srs_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (code,))
    else:
        found = db.rows(
            "SELECT srs_id FROM gpkg_spatial_ref_sys WHERE definition = ? AND organization = 'geoplan'",
            (_definition(crs),),
        )
    return int(found[0][0]) if found else None


def draw(db: Database, layer: Layer) -> None:
    """Replace one layer and its style; editing it is refused afterwards, since it is not the record."""
    table = quoted(layer.name)
    _forget(db, layer.name)
    columns = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
    columns += [f"geom {layer.kind}"] if layer.kind else []
    columns += [f"{quoted(name)} {_COLUMN_TYPES[kind]}" for name, kind in layer.columns]
    db.run(f"CREATE TABLE {table} ({', '.join(columns)})")
    srs_id = 0 if layer.crs is None else srs_id_of(db, layer.crs)
    _describe(db, layer, srs_id)
    kinds = {quoted(name): kind for name, kind in layer.columns}
    db.add(table, ({"geom": "BLOB"} if layer.kind else {}) | kinds, _rows(layer, srs_id))
    for action in ("INSERT", "UPDATE", "DELETE"):
        db.run(
            f"CREATE TRIGGER {quoted(f'{layer.name}_no_{action.lower()}')} BEFORE {action} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'published by geoplan: load a file to change it'); END"
        )


def shows(db: Database, layer: Layer) -> bool:
    """Return whether the table of a layer holds just these rows."""
    srs_id = find_srs_id(db, layer.crs) if layer.crs else None
    names = ["fid", "geom", *(name for name, _ in layer.columns)]
    there = [name for _, name, *_ in db.rows(f"PRAGMA table_info({quoted(layer.name)})")]
    if srs_id is None or there != names:
        return False
    found = db.stream(f"SELECT * FROM {quoted(layer.name)} ORDER BY fid")  # noqa: S608 - the name is quoted
    expected = ((fid, *row) for fid, row in enumerate(_rows(layer, srs_id), start=1))
    return all(row == other for row, other in zip_longest(found, expected))


def quoted(name: str) -> str:
    """Return a name of a table or column as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def blobs_of(shapes: NDArray[Any], srs_id: int) -> list[bytes | None]:
    """Return geometries as GeoPackage blobs, as a layer shows them: header, envelope (none for a point) and WKB."""
    texts = shown_wkb(shapes)
    envelopes = shapely.bounds(shapes)[:, [0, 2, 1, 3]].astype("<f8")
    plain = struct.pack("<2sBBi", b"GP", 0, 1, srs_id)
    wide = struct.pack("<2sBBi", b"GP", 0, 1 | 2, srs_id)
    found: list[bytes | None] = []
    for text, envelope, point in zip(texts, envelopes, shapely.get_type_id(shapes) == 0, strict=True):
        if text is None:
            found.append(None)
        else:
            found.append(plain + text if point else wide + envelope.tobytes() + text)
    return found


def _rows(layer: Layer, srs_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a layer without their numbers, the geometry first where the layer has any."""
    for _, shapes, rows in layer.batches():
        if not layer.kind:
            yield from rows
            continue
        for blob, row in zip(blobs_of(shapes, srs_id), rows, strict=True):
            yield (blob, *row)


def _forget(db: Database, name: str) -> None:
    db.run(f"DROP TABLE IF EXISTS {quoted(name)}")
    for table, column in (
        ("gpkg_geometry_columns", "table_name"),
        ("gpkg_contents", "table_name"),
        ("layer_styles", "f_table_name"),
    ):
        db.run(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 - names above


def _describe(db: Database, layer: Layer, srs_id: int) -> None:
    kind = "features" if layer.kind else "attributes"
    db.run(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (layer.name, kind, layer.title, *layer.bounds, srs_id if layer.kind else None),
    )
    if not layer.kind:
        return
    db.run(
        "INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m) "
        "VALUES (?, 'geom', ?, ?, 0, 0)",
        (layer.name, layer.kind, srs_id),
    )
    db.run(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner, ui) VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', '')",
        (layer.name, layer.name[:30], layer.style, "geoplan"),
    )


def _definition(crs: CRS) -> str:
    for version in ("WKT1_GDAL", "WKT1_ESRI"):
        try:
            return str(crs.to_wkt(version))
        except ProjCrsError:
            continue
    return "undefined"


def _add_srs(db: Database, row: tuple[str, int, str, int, str]) -> None:
    db.run(
        "INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition) "
        "VALUES (?, ?, ?, ?, ?)",
        row,
    )
