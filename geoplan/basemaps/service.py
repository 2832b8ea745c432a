"""The server of tiles: an id and a tile → its bytes, kept for a while, by any number of threads."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from geoplan.basemaps.config import Basemap, Basemaps, read_basemaps
from geoplan.basemaps.images import TRANSPARENT_PNG, Image
from geoplan.basemaps.source import State, TileError, TileSource
from geoplan.basemaps.sources import open_source
from geoplan.basemaps.tiles import is_tile
from geoplan.errors import GeoplanError
from geoplan.types import Text

MAX_KEPT_BYTES = 64_000_000  # of tiles, for all readers together
MAX_OPEN = 16  # files of tiles kept open
KEPT_S = 3600.0  # a tile of an address is asked for anew after this; one of a file when the file changes
LOOK_S = 1.0  # between two looks at the folder: a map asks for dozens of tiles at once


@dataclass(frozen=True, slots=True)
class ServedTile:
    """A tile as it is sent: the bytes, their type, and a tag that changes with them; `missing` for a see-through one.

    `version` is the stamp of the basemap it is of, `is_remote` whether it came from another computer.
    """

    data: bytes
    media_type: str
    etag: str
    version: str
    missing: bool = False
    is_remote: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How a basemap did when it was last asked, and the sentence for the reader when that was not well."""

    state: State
    message: Text


class UnknownTileError(LookupError):
    """There is no such basemap, or no such tile of the grid."""


class TileServer:
    """Serves the tiles of all basemaps; safe for many threads. `read` tells which there are, and is asked again.

    `kept_bytes` bounds the memory that tiles are kept in.
    """

    def __init__(self, read: Callable[[], Basemaps] = read_basemaps, kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._kept = _Kept(kept_bytes)
        self._open: OrderedDict[tuple[str, str], TileSource] = OrderedDict()
        self._opening: dict[tuple[str, str], threading.Lock] = {}
        self._health: dict[tuple[str, str], Health] = {}
        self._seen: tuple[float, Basemaps] | None = None

    def tile(self, basemap: str, z: int, x: int, y: int, version: str = "") -> ServedTile:
        """Return a tile, a see-through one where the basemap has none.

        `version` is the stamp the asker knows: where it is a new one, the folder is looked at again. Raises
        UnknownTileError, and TileError when the basemap's file is broken or its address does not answer.
        """
        if not is_tile(z, x, y):
            raise UnknownTileError
        chosen = self._basemap(basemap, version)
        key = (chosen.id, chosen.stamp, z, x, y)
        known = self._kept.get(key)
        if known is not None:
            return known
        try:
            image = self._image(chosen, z, x, y)
        except TileError as error:
            self._note(chosen, Health(error.state, Text(error.line("en"), error.line("zh"))))
            raise
        self._note(chosen, Health(State.OK, Text.same("")))
        tile = _served(image, chosen)
        self._kept.put(key, tile, KEPT_S if chosen.is_remote else None)
        return tile

    def health(self, basemap: str) -> Health:
        """Return how a basemap did last; `ok` before it was asked anything. Raises UnknownTileError."""
        chosen = self._basemap(basemap)
        with self._lock:
            return self._health.get((chosen.id, chosen.stamp), Health(State.OK, Text.same("")))

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            sources = list(self._open.values())
            self._open.clear()
        for source in sources:
            source.close()

    def _basemap(self, name: str, version: str = "") -> Basemap:
        chosen = self._listed(LOOK_S).by_id.get(name)
        if chosen is None or (version and version != chosen.stamp):
            chosen = self._listed(0.0).by_id.get(name)  # the page may know of a file put there just now
        if chosen is None:
            raise UnknownTileError
        return chosen

    def _listed(self, seconds: float) -> Basemaps:
        """Return the basemaps there are, as looked up at most some seconds ago."""
        with self._lock:
            seen = self._seen
        now = time.monotonic()
        if seen is None or now - seen[0] >= seconds:
            try:
                found = self._read()
            except GeoplanError:  # mistakes in basemaps.toml: the page says so, and there is nothing to serve
                found = Basemaps()
            seen = (now, found)
            with self._lock:
                self._seen = seen
        return seen[1]

    def _image(self, basemap: Basemap, z: int, x: int, y: int) -> Image | None:
        source = self._source(basemap)
        try:
            return source.tile(z, x, y)
        except TileError:
            with self._lock:
                closed_meanwhile = self._open.get((basemap.id, basemap.stamp)) is not source
            if not closed_meanwhile:
                raise
        return self._source(basemap).tile(z, x, y)

    def _source(self, basemap: Basemap) -> TileSource:
        """Return the opened source, opening it once however many ask at the same time."""
        key = (basemap.id, basemap.stamp)
        with self._lock:
            opened = self._open.get(key)
            if opened is not None:
                self._open.move_to_end(key)
                return opened
            turn = self._opening.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                opened = self._open.get(key)
            if opened is None:
                opened = open_source(basemap)
                self._keep_open(key, opened)
            return opened

    def _keep_open(self, key: tuple[str, str], source: TileSource) -> None:
        """Keep a source; those it replaces, and those not asked for longest, are closed (see `_image`)."""
        with self._lock:
            past = [one for one in self._open if one[0] == key[0]]
            self._open[key] = source
            past += list(self._open)[: max(0, len(self._open) - len(past) - MAX_OPEN)]
            closing = [self._open.pop(one) for one in dict.fromkeys(past)]
            self._opening.pop(key, None)
        for one in closing:
            one.close()

    def _note(self, basemap: Basemap, health: Health) -> None:
        with self._lock:
            for old in [one for one in self._health if one[0] == basemap.id and one[1] != basemap.stamp]:
                del self._health[old]
            self._health[basemap.id, basemap.stamp] = health


class _Kept:
    """The tiles asked for last, up to a number of bytes; safe for many threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._tiles: OrderedDict[tuple[object, ...], tuple[ServedTile, float | None]] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> ServedTile | None:
        with self._lock:
            found = self._tiles.get(key)
            if found is None:
                return None
            tile, until = found
            if until is not None and time.monotonic() > until:
                self._drop(key)
                return None
            self._tiles.move_to_end(key)
            return tile

    def put(self, key: tuple[object, ...], tile: ServedTile, seconds: float | None) -> None:
        if _weight(tile) > self._limit:
            return
        with self._lock:
            if key in self._tiles:
                self._drop(key)
            self._tiles[key] = (tile, None if seconds is None else time.monotonic() + seconds)
            self._size += _weight(tile)
            while self._size > self._limit:
                self._drop(next(iter(self._tiles)))

    def _drop(self, key: tuple[object, ...]) -> None:
        tile, _ = self._tiles.pop(key)
        self._size -= _weight(tile)


def _weight(tile: ServedTile) -> int:
    """Return how many bytes a kept tile costs: its own, and about what Python adds for keeping it."""
    return len(tile.data) + 1_000


def _served(image: Image | None, basemap: Basemap) -> ServedTile:
    """Return a picture as it is sent, or the see-through one for none."""
    stamp, remote = basemap.stamp, basemap.is_remote
    if image is None:
        return ServedTile(TRANSPARENT_PNG, "image/png", '"none"', stamp, missing=True, is_remote=remote)
    tag = f'"{hashlib.sha256(image.data).hexdigest()[:24]}"'
    return ServedTile(image.data, image.media_type, tag, stamp, is_remote=remote)
