"""What a file is by its first bytes, never by its name alone.

Only the formats told here are ever handed to GDAL: a file that is called .geojson but holds, say, a virtual
dataset that points at other files is refused before a driver sees it.
"""

from __future__ import annotations

import json
import re

from geoplan.read.boundary_points import is_boundary_points
from geoplan.read.guards import UnfitError
from geoplan.read.tables import is_table

HEAD = 65_536
SUPPORTED = (
    "GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet, KML/KMZ, GML, FileGDB, MapInfo TAB/MIF, DXF, "
    "CSV and XLSX with WKT or coordinates, boundary-point text (each also zipped)"
)
_MAGIC = (
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"PAR1", "GeoParquet"),
)
_DXF = re.compile(rb"(\s*999\r?\n[^\n]*\n)*\s*0\s*\r?\n\s*SECTION\s*\r?\n")
_MIF = re.compile(rb"\s*version\s+\d+\s*(\r?\n)+\s*(charset|delimiter|columns|coordsys|unique|index|transform)\b", re.I)


def format_of(head: bytes) -> str | None:
    """Return the format of a file that begins with these bytes (up to `HEAD`), None when it is none of ours.

    Raises UnfitError for drawings in a form that nothing free reads.
    """
    binary = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if binary is not None:
        return binary
    _refuse_drawings(head)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"\x1e")):
        return "GeoJSONSeq" if text.startswith(b"\x1e") or _is_sequence(text) else "GeoJSON"
    if text.startswith(b"<"):
        gml = b"opengis.net/gml" in text and b"opengis.net/kml" not in text
        return "GML" if gml else "KML" if b"kml" in text else None
    if text[:6].lower() == b"!table" or _MIF.match(text):
        return "MapInfo"
    if _DXF.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "DXF"
    return _text_format(head)


def _refuse_drawings(head: bytes) -> None:
    if re.match(rb"AC10\d\d|AC1\.|AC2\.|MC0\.0", head):
        raise UnfitError("is a DWG drawing; export it as DXF (text, not binary)", "是 DWG 图形；请导出为文本 DXF")
    if head.startswith(b"AutoCAD Binary DXF"):
        raise UnfitError("is a binary DXF; export it as DXF in text form", "是二进制 DXF；请导出为文本 DXF")


def _is_sequence(text: bytes) -> bool:
    """Return whether the first line is a whole GeoJSON object and another follows."""
    first, _, rest = text.partition(b"\n")
    if not rest.lstrip().startswith(b"{"):
        return False
    try:
        one = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(one, dict) and one.get("type") in ("Feature", "FeatureCollection")


def _text_format(head: bytes) -> str | None:
    for encoding in ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
        if is_boundary_points(text):
            return "boundary points"
        if "\x00" not in text and is_table(text):
            return "CSV"
    return None
