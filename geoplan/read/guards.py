"""What must not reach GDAL: content that would make it open other files, ask the network, or misread.

GDAL drivers follow references they find in a file: a GeoJSON `crs` link is fetched, a virtual table or a
view in a SQLite file can name other files or services, an XML file may be a virtual dataset whatever its
name. Each guard looks at the bytes first and raises `UnfitError` with the reason.
"""

from __future__ import annotations

import json
import mmap
import re
import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.parsers import expat

_SQLITE_MODULES = {"rtree", "fts3", "fts4", "fts5"}
_VIRTUAL = re.compile(r"create\s+virtual\s+table.*?\busing\s+[\"'`\[]?(\w+)", re.IGNORECASE | re.DOTALL)
_REACHING_OUT = re.compile(r"\b(ogr_geocode\w*|ogr_datasource_load\w*|gdal_get_\w+|load_extension)\b", re.IGNORECASE)
_MAYBE_LINK = re.compile(rb"[\"'](?:link|url)[\"']|\\u00[2-7]", re.IGNORECASE)
_XML_HEAD = 65_536
_VIRTUAL_XML = re.compile(rb"<ogr(?!:)", re.IGNORECASE)
_OTHER_TABLES = re.compile(rb"create\s+view|open\s+table|isseamless|\bfile\s+\"", re.IGNORECASE)


class UnfitError(ValueError):
    """Content that is refused; `str` and `zh` say why, to go after the name of the file."""

    def __init__(self, reason: str, zh: str) -> None:
        self.zh = zh
        super().__init__(reason)


def guard_file(name: str, path: Path) -> None:
    """Refuse a file of the format `name` ("GeoJSON", "Shapefile", …) that one of the guards below refuses."""
    if name == "GeoPackage":
        guard_geopackage(path)
    elif name == "GeoJSON":
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            guard_geojson(content)
    elif name == "GeoJSONSeq":
        with path.open("rb") as stream:
            guard_geojson_lines(stream)
    elif name in ("KML", "GML"):
        guard_xml(_first_bytes(path, _XML_HEAD), name)
    elif name == "MapInfo":
        guard_mapinfo(_first_bytes(path, _XML_HEAD))
    elif name == "Shapefile":
        shx, dbf = (_beside(path, suffix) for suffix in (".shx", ".dbf"))
        guard_shapefile(_first_bytes(path, 100), path.stat().st_size, shx.stat().st_size, _first_bytes(dbf, 32))


def guard_geojson_lines(lines: Iterable[bytes]) -> None:
    """Refuse newline-delimited GeoJSON with a line that is no feature, which GDAL would pass over in silence."""
    for number, raw in enumerate(lines, start=1):
        line = raw.strip(b"\x1e\xef\xbb\xbf \t\r\n")
        if not line:
            continue
        try:
            feature = json.loads(line)
        except (ValueError, RecursionError):
            feature = None
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise UnfitError(f"line {number} is not a GeoJSON feature", f"第 {number} 行不是 GeoJSON 要素")
        guard_geojson(line)


def guard_geojson(content: bytes | mmap.mmap) -> None:
    """Refuse a GeoJSON whose `crs` is a link, since GDAL would fetch it from the network."""
    if not _MAYBE_LINK.search(content):
        return
    linked = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal linked
        lower = {key.casefold(): value for key, value in pairs}
        kind = lower.get("type")
        linked |= "properties" in lower and isinstance(kind, str) and kind.casefold() in ("link", "url")

    try:
        json.loads(bytes(content), object_pairs_hook=look)
    except (ValueError, RecursionError):
        raise UnfitError("is not valid JSON", "不是有效的 JSON") from None
    if linked:
        raise UnfitError(
            "names its coordinate system by a link, and nothing is fetched from the network",
            "用网络链接说明坐标系，geoplan 不会访问网络",
        )


def guard_xml(head: bytes, name: str) -> None:
    """Refuse XML whose root is not that of KML or GML, that declares a document type, or that other drivers take."""
    roots: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def doctype(*_: object) -> None:
        raise UnfitError(f"declares a document type, which {name} has no use for", "含有文档类型声明")

    parser.StartElementHandler = lambda element, _: roots.append(element)
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(head[:_XML_HEAD], False)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, UnfitError):
            raise
        if not roots:
            raise UnfitError(f"is not well-formed XML ({error})", "不是有效的 XML") from None
    root = roots[0].rpartition(" ")[2] if roots else ""
    # GDAL's virtual datasets are known by their tag alone, wherever in the first bytes it stands.
    fits = root == "kml" if name == "KML" else root not in ("", "kml", "html", "schema")
    if not fits or _VIRTUAL_XML.search(head):
        raise UnfitError(f"is XML, but not {name}", f"是 XML，但不是 {name}")


def guard_mapinfo(head: bytes) -> None:
    """Refuse a .tab that is a view of, or a seamless table over, other files; only native tables are read."""
    if head[:6].lower() != b"!table":
        return
    kinds = {kind.upper() for kind in re.findall(rb"\btype\s+(\w+)", head, re.IGNORECASE)}
    if kinds != {b"NATIVE"} or _OTHER_TABLES.search(head):
        raise UnfitError(
            "is a MapInfo table over other files; save a copy of it as a native table",
            "是引用其他文件的 MapInfo 表；请另存为本地表",
        )


def guard_geopackage(source: Path | bytes) -> None:
    """Refuse a SQLite file that is truncated, no GeoPackage, or reaches beyond itself.

    `source` is a path, or the content of a file in an archive. Nothing is written beside the file.
    """
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    head = source[:100] if isinstance(source, bytes) else _first_bytes(source, 100)
    _whole_database(head, size)
    try:
        with closing(_connect(source)) as database:
            schema = database.execute("SELECT name, sql FROM sqlite_master").fetchall()
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise UnfitError(f"is a damaged database ({error})", "数据库已损坏") from None
    if "gpkg_contents" not in {str(name).casefold() for name, _ in schema}:
        raise UnfitError("is a SQLite database, but not a GeoPackage", "是 SQLite 数据库，但不是 GeoPackage")
    _self_contained(str(sql) for _, sql in schema if sql)


def _self_contained(statements: Iterable[str]) -> None:
    for sql in statements:
        module = _VIRTUAL.search(sql)
        if (module and module[1].casefold() not in _SQLITE_MODULES) or _REACHING_OUT.search(sql):
            raise UnfitError("holds a table or view that reaches beyond the file", "含有访问外部资源的表或视图")


def _whole_database(head: bytes, size: int) -> None:
    """Compare the size with the header (https://sqlite.org/fileformat2.html, 1.3): pages × page size."""
    if len(head) < 100:
        raise UnfitError("is truncated", "文件不完整")
    page: int = struct.unpack(">H", head[16:18])[0]
    changed, pages, valid_for = (struct.unpack(">I", head[at : at + 4])[0] for at in (24, 28, 92))
    stated = pages * (65_536 if page == 1 else page)
    if pages and changed == valid_for and stated > size:
        raise UnfitError(
            f"is truncated: its header says {stated:,} bytes, it has {size:,}",
            f"文件不完整：文件头记录 {stated:,} 字节，实际 {size:,} 字节",
        )


def _connect(source: Path | bytes) -> sqlite3.Connection:
    if isinstance(source, bytes):
        database = sqlite3.connect(":memory:")
        database.deserialize(source)
        return database
    # Immutable leaves no -shm or -wal file behind, but does not see changes that are still in one.
    pending = Path(f"{source}-wal").is_file()
    address = f"file:{quote(str(source.absolute()))}?mode=ro{'' if pending else '&immutable=1'}"
    return sqlite3.connect(address, uri=True)


def guard_shapefile(shp: bytes, shp_size: int, shx_size: int, dbf: bytes) -> None:
    """Refuse a shapefile cut short, or made of the parts of two.

    `shp` and `dbf` are the first bytes of those files. GDAL would read missing shapes as empty, and give
    shapes the attributes of others. Source: ESRI Shapefile Technical Description (1998), dBASE III header.
    """
    stated = struct.unpack(">i", shp[24:28])[0] * 2 if len(shp) >= 100 else -1
    if stated != shp_size:
        raise UnfitError(
            f"is damaged: the header of the .shp says {stated:,} bytes, it has {shp_size:,}",
            f"已损坏：.shp 文件头记录 {stated:,} 字节，实际 {shp_size:,} 字节",
        )
    shapes = (shx_size - 100) / 8
    rows = struct.unpack("<I", dbf[4:8])[0] if len(dbf) >= 32 else -1
    if shapes != rows:
        raise UnfitError(
            f"is made of files that do not belong together: the .shx lists {shapes:g} shapes, the .dbf {rows} rows",
            f"各文件不匹配：.shx 有 {shapes:g} 个图形，.dbf 有 {rows} 行",
        )


def _beside(path: Path, suffix: str) -> Path:
    upper = path.with_suffix(suffix.upper())
    return upper if upper.is_file() else path.with_suffix(suffix)


def _first_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(count)
