"""MBTiles 1.3: tiles in a SQLite file, rows counted from the south. Opened read-only, and not trusted in anything."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoplan.basemaps.images import MAX_TILE_BYTES, Image, image_of
from geoplan.basemaps.source import (
    VECTOR_HINT,
    VECTOR_TILES,
    Bounds,
    SourceInfo,
    TileError,
    broken,
    not_an_image,
    plain_bounds,
    plain_zooms,
)
from geoplan.types import Text

_STEPS = 20_000  # of SQLite's machine between two looks at how long a question has taken
_MOST_LOOKS = 500  # 10 million steps: a file without an index, or a view that never ends, stops there
_MAX_METADATA = 2_000  # characters of a value worth reading


class MbtilesSource:
    """A file of tiles in SQLite; raises TileError when it is none, or holds vector tiles."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._lock = threading.Lock()
        self._looks = 0
        try:
            # Immutable: nothing is written beside the file and no lock is waited for. A changed file is opened anew.
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._guard()
            self._info = self._read_info()
        except (sqlite3.Error, OverflowError) as error:
            raise self._unreadable(error) from None

    @property
    def info(self) -> SourceInfo:
        """Return what the file covers."""
        return self._info

    def tile(self, z: int, x: int, y: int) -> Image | None:
        """Return one tile, None where the file has none; raises TileError for one that is no picture."""
        row = self._one(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, (1 << z) - 1 - y),
        )
        if row is None:
            return None
        image = image_of(row[0]) if isinstance(row[0], bytes) else None
        if image is None:
            raise not_an_image(z, x, y, self._name)
        return image

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _guard(self) -> None:
        """Take from the file's own views and triggers what could read elsewhere, never end, or fill the memory."""
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "cache_size = -4000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TILE_BYTES + 1000)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.set_progress_handler(self._tired, _STEPS)

    def _tired(self) -> int:
        self._looks += 1
        return self._looks > _MOST_LOOKS

    def _one(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        with self._lock:
            self._looks = 0
            try:
                return self._connection.execute(statement, values).fetchone()
            except (sqlite3.Error, OverflowError) as error:
                raise self._unreadable(error) from None

    def _read_info(self) -> SourceInfo:
        said = self._metadata()
        if said.get("format", "").lower() in ("pbf", "mvt"):
            raise broken(VECTOR_TILES, self._name, VECTOR_HINT)
        low, high = _number(said.get("minzoom")), _number(said.get("maxzoom"))
        if low is None or high is None:
            found = self._one("SELECT min(zoom_level), max(zoom_level) FROM tiles") or (None, None)
            low = low if low is not None else _number(found[0])
            high = high if high is not None else _number(found[1])
        if low is None or high is None:
            raise broken(Text("holds no tiles.", "不含任何瓦片。"), self._name)
        first = self._one("SELECT tile_data FROM tiles LIMIT 1")
        data = first[0] if first and isinstance(first[0], bytes) else b""
        image = image_of(data)
        if image is None and data[:2] == b"\x1f\x8b":  # vector tiles are always compressed so
            raise broken(VECTOR_TILES, self._name, VECTOR_HINT)
        # A wide tile of 512 pixels covers the same ground as one of 256: only sharper.
        zooms = plain_zooms(low, high)
        return SourceInfo(*zooms, _bounds(said.get("bounds", "")), said.get("attribution", ""))

    def _metadata(self) -> Mapping[str, str]:
        kind = self._one("SELECT count(*) FROM sqlite_master WHERE name IN ('tiles', 'metadata')")
        if kind is None or kind[0] < 2:
            raise broken(
                Text(
                    "is not MBTiles: it has no tables “tiles” and “metadata”.",
                    "不是 MBTiles：缺少 tiles 与 metadata 表。",
                ),
                self._name,
            )
        found = {}
        for key in ("format", "minzoom", "maxzoom", "bounds", "attribution"):
            row = self._one("SELECT substr(value, 1, ?) FROM metadata WHERE name = ?", (_MAX_METADATA, key))
            if row is not None and row[0] is not None:
                found[key] = str(row[0]).strip()
        return found

    def _unreadable(self, error: Exception) -> TileError:
        if "interrupted" in str(error):
            return broken(
                Text("takes too long to find a tile in.", "查找瓦片耗时过长。"),
                self._name,
                Text(
                    "It lacks its index: create one on tiles (zoom_level, tile_column, tile_row).",
                    "缺少索引：请在 tiles 表上建立 (zoom_level, tile_column, tile_row) 索引。",
                ),
            )
        return broken(Text("cannot be read as MBTiles.", "无法作为 MBTiles 读取。"), self._name)


def _number(value: object) -> int | None:
    try:
        return int(str(value)[:20])
    except ValueError:
        return None


def _bounds(text: str) -> Bounds | None:
    try:
        return plain_bounds([float(part) for part in text[:200].split(",")])
    except ValueError:
        return None
