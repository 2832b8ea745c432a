"""Whether a file may hold arcs, which GDAL hands over as straight pieces without a word."""

from __future__ import annotations

import mmap
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from geoplan.read.contents import Dataset

_CURVED = ("CURVE", "SURFACE", "CIRCULARSTRING")
_ARC_IN_GML = (b"Arc", b"Circle")


def may_hold_arcs(dataset: Dataset, layer: str) -> bool:
    """Return whether a layer may have arcs: by its declared type, its elements, or always where neither is told."""
    if dataset.format == "GeoPackage":
        return any(word in _declared_type(dataset.local, layer) for word in _CURVED)
    if dataset.format == "GML":
        with dataset.local.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(content.find(word) >= 0 for word in _ARC_IN_GML)
    return dataset.format in ("FileGDB", "MapInfo")


def _declared_type(path: Path, layer: str) -> str:
    pending = Path(f"{path}-wal").is_file()
    address = f"file:{quote(str(path.absolute()))}?mode=ro{'' if pending else '&immutable=1'}"
    query = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            row = database.execute(query, (layer,)).fetchone()
    except (sqlite3.Error, UnicodeError, OverflowError):
        return ""  # GDAL says what is wrong with it
    return str(row[0]).upper() if row else ""
