"""Files to read: two squares in every format, and a folder of files that must not be believed."""

from __future__ import annotations

import json
import sqlite3
import struct
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from tests.helpers import EAST, NORTH, square

# Two squares of 100 m that touch, in EPSG:4548.
SQUARES = (square(EAST, NORTH, 100), square(EAST + 100, NORTH, 100))
NAMES = ("核心区", "rim")
FORMATS = ("gpkg", "geojson", "shp", "zip", "fgb", "parquet", "kml")


def frame(geometries: Sequence[BaseGeometry | None] = SQUARES, crs: object = 4548, **fields: Any) -> Any:
    """Return a GeoDataFrame with the ids a, b, … and a Chinese name."""
    count = len(geometries)
    columns = {"id": [chr(97 + n) for n in range(count)], "name_zh": [NAMES[n % 2] for n in range(count)]}
    return geopandas.GeoDataFrame(columns | fields, geometry=list(geometries), crs=crs)


def save(path: Path, data: Any = None, **options: Any) -> Path:
    """Write a frame in the format of the suffix; a .zip holds a shapefile. Return the path."""
    data = frame() if data is None else data
    if path.suffix == ".fgb":
        options = {"SPATIAL_INDEX": "NO"} | options  # an index reorders the features
    if path.suffix == ".zip":
        inner = path.with_suffix("")
        inner.mkdir()
        save(inner / f"{path.stem}.shp", data)
        return pack(path, *sorted(inner.iterdir()))
    if path.suffix == ".parquet":
        data.to_parquet(path)
    elif path.suffix == ".geojson":
        data.to_file(path, driver="GeoJSON", COORDINATE_PRECISION=9, **options)
    elif path.suffix == ".kml":
        data.to_crs(4326).to_file(path, driver="LIBKML", **options)
    elif path.suffix == ".shp":
        _write(path, data, encoding="utf-8", **options)
    else:
        _write(path, data, **options)
    return path


def _write(path: Path, data: Any, **options: Any) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        data.to_file(path, **options)


def pack(path: Path, *members: Path | tuple[str, bytes]) -> Path:
    """Write a zip archive of files and (name, content) pairs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            if isinstance(member, Path):
                archive.write(member, member.name)
            else:
                archive.writestr(*member)
    return path


RING = [[117.2, 31.8], [117.21, 31.8], [117.21, 31.81], [117.2, 31.81], [117.2, 31.8]]


def geojson(*geometries: Any, **more: Any) -> bytes:
    """Return a GeoJSON document of the geometries (as in GeoJSON; the plain ring if there are none)."""
    shapes = geometries or ({"type": "Polygon", "coordinates": [RING]},)
    features = [
        {"type": "Feature", "properties": {"id": str(place)}, "geometry": shape} for place, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features} | more).encode()


def polygon_wkb(*points: tuple[float, float]) -> bytes:
    """Return the WKB of a polygon of one ring, whether or not it is closed."""
    return struct.pack("<BIII", 1, 3, 1, len(points)) + b"".join(struct.pack("<2d", *point) for point in points)


def gpkg_of_wkb(path: Path, wkb: bytes, kind: str = "POLYGON") -> Path:
    """Write a GeoPackage whose one feature holds this WKB, however wrong it is."""
    save(path, frame(SQUARES[:1]), layer="zones")
    with sqlite3.connect(path) as database:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):  # its triggers call them
            database.create_function(name, 1, lambda _: 0)
        database.execute("UPDATE zones SET geom = ?", (b"GP\x00\x01" + struct.pack("<i", 4548) + wkb,))
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", (kind,))
    database.close()
    return path


def circle_wkb() -> bytes:
    """Return a curve polygon: the circle of radius 100 m about EAST, NORTH, as one circular arc string."""
    points = [(EAST - 100, NORTH), (EAST, NORTH + 100), (EAST + 100, NORTH), (EAST, NORTH - 100), (EAST - 100, NORTH)]
    arc = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<2d", *point) for point in points)
    return struct.pack("<BII", 1, 10, 1) + arc


def alter(path: Path, *statements: str) -> Path:
    """Run SQL in a SQLite file, schema tables included."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


def bad_files(folder: Path) -> dict[str, Path]:
    """Write files that must be refused, one a kind, each in its own folder; return them by what is wrong."""
    made: dict[str, Path] = {}

    def at(what: str, name: str) -> Path:
        home = folder / what.replace(" ", "-")
        home.mkdir(parents=True)
        made[what] = home / name
        return home / name

    at("missing", "zones.gpkg")
    at("folder", "zones.gpkg").mkdir()
    for suffix in FORMATS:
        at(f"empty {suffix}", f"zones.{suffix}").touch()
        at(f"text {suffix}", f"zones.{suffix}").write_text("these are no polygons\n")
    for suffix in ("gpkg", "geojson", "fgb", "parquet", "zip", "kml", "shp"):
        path = save(at(f"truncated {suffix}", f"zones.{suffix}"))
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    _wrong_geometry(at)
    _lying_files(at)
    _bad_shapefiles(at)
    _bad_archives(at)
    return made


def _wrong_geometry(at: Any) -> None:
    point, line = shapely.Point(EAST, NORTH), shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)])
    save(at("points", "zones.gpkg"), frame([point, point]))
    save(at("points and lines", "zones.geojson"), frame([point, line], 4490))
    save(at("no features gpkg", "zones.gpkg"), frame([]))
    at("no features geojson", "zones.geojson").write_bytes(b'{"type": "FeatureCollection", "features": []}')
    save(at("no crs", "zones.gpkg"), frame(crs=None))
    save(at("no crs shp", "zones.shp"), frame(crs=None))
    pyogrio.write_dataframe(frame().drop(columns="geometry"), at("attributes only", "zones.gpkg"))
    gpkg_of_wkb(at("unclosed ring", "zones.gpkg"), polygon_wkb((0, 0), (1, 0), (0, 1), (0, 2)))
    gpkg_of_wkb(at("polyhedral surface", "zones.gpkg"), struct.pack("<BII", 1, 15, 0), "POLYHEDRALSURFACE")
    several = save(at("several layers", "zones.gpkg"), layer="one")
    save(several, layer="two", mode="a")
    at("deep json", "zones.geojson").write_bytes(b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000)
    at("infinite number", "zones.geojson").write_bytes(geojson().replace(b"117.2,", b"1e999,", 1))
    at("latin text", "zones.geojson").write_bytes(geojson().replace(b'"0"', b'"\xe4"', 1))
    at("json object", "zones.geojson").write_bytes(b"{}")


def _lying_files(at: Any) -> None:
    vrt = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    at("vrt as kml", "zones.kml").write_bytes(b"<!-- <kml -->" + vrt + b"</OGRVRTDataSource>")
    at("vrt as geojson", "zones.geojson").write_bytes(vrt + b"</OGRVRTDataSource>")
    at("vrt in a comment", "zones.kml").write_bytes(b"<kml><!-- " + vrt + b" --></kml>")
    at("gml as kml", "zones.kml").write_bytes(b'<?xml version="1.0"?><FeatureCollection xmlns="kml"/>')
    at("entities", "zones.kml").write_bytes(b'<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml>&a;</kml>')
    at("pipeline as geojson", "zones.geojson").write_text(
        json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd ! write x"})
    )
    at("topojson", "zones.geojson").write_text('{"type": "Topology", "objects": {}, "arcs": []}')
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}}
    at("linked crs", "zones.geojson").write_bytes(geojson(crs=link))
    at("linked crs escaped", "zones.geojson").write_bytes(geojson(crs=link).replace(b'"link"', b'"lin\\u006b"'))
    path = at("sqlite as gpkg", "zones.gpkg")
    alter(path, "CREATE TABLE zones (id TEXT)")
    reach = save(at("view that asks the network", "zones.gpkg"))
    alter(reach, "CREATE VIEW v AS SELECT ogr_geocode('x') AS geom")
    other = save(at("virtual table of another file", "zones.gpkg"))
    alter(
        other,
        "INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING VirtualOGR(''/x'')')",
    )


def _bad_shapefiles(at: Any) -> None:
    for suffix in (".dbf", ".shx"):
        save(at(f"shapefile without {suffix}", "zones.shp")).with_suffix(suffix).unlink()
    path = save(at("dbf of another shapefile", "zones.shp"))
    other = save(path.parent / "other.shp", frame(SQUARES * 2))
    other.with_suffix(".dbf").replace(path.with_suffix(".dbf"))


def _bad_archives(at: Any) -> None:
    good = geojson()
    pack(at("archive of nothing", "zones.zip"), ("readme.txt", b"hello"))
    pack(at("archive of several", "zones.zip"), ("a.geojson", good), ("b.geojson", good))
    pack(at("archive that leads out", "zones.zip"), ("../zones.geojson", good))
    pack(at("archive of a vrt", "zones.zip"), ("zones.geojson", b"<OGRVRTDataSource/>"))
    nested = pack(at("nested archive", "zones.zip"), ("zones.geojson", good))
    pack(nested, ("inner.zip", nested.read_bytes()))
    pack(at("bomb", "zones.zip"), ("zones.geojson", b" " * 50_000_000))
    pack(at("too many members", "zones.zip"), *((f"{n}.txt", b"") for n in range(10_001)))
    pack(at("two of one name", "zones.zip"), ("a.geojson", good), ("A.GEOJSON", good))
    path = at("archive with a link", "zones.zip")
    entry = zipfile.ZipInfo("zones.geojson")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    path = pack(at("encrypted archive", "zones.zip"), ("zones.geojson", good))
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flags of the local header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and of the directory
    path.write_bytes(content)
    path = at("damaged member", "zones.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zones.geojson", good)
    path.write_bytes(path.read_bytes().replace(b"117.21", b"117.99"))
