"""PMTiles version 3, read from its published specification: a header, directories, and tiles in one file.

Numbers in the file say where to read and how much: each is held against the file's size and a limit of ours first.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoplan.basemaps.images import MAX_TILE_BYTES, Image, image_of
from geoplan.basemaps.source import (
    VECTOR_HINT,
    VECTOR_TILES,
    SourceInfo,
    TileError,
    broken,
    not_an_image,
    plain_bounds,
    plain_zooms,
)
from geoplan.types import Text

HEADER_BYTES = 127
MAX_DIRECTORY_BYTES = 8_000_000  # unfolded; a directory of the reference writer stays under 16 kB folded
MAX_ENTRIES = 1_000_000
MAX_DEPTH = 4  # the root and three levels of leaves, as the specification's reference reader allows
_KEPT_LEAVES = 16
_NONE, _GZIP = 1, 2
_VECTOR, _PICTURES = 1, (2, 3, 4)  # png, jpeg, webp


@dataclass(frozen=True, slots=True)
class _Header:
    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    internal: int
    compression: int
    kind: int
    zooms: tuple[int, int]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Directory:
    """Columns of entries: the first tile's number, how many tiles have these bytes (0: a leaf), how long, and where."""

    ids: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]


class PmtilesSource:
    """A PMTiles file of pictures; raises TileError when it is none, or holds vector tiles."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._lock = threading.Lock()
        self._leaves: OrderedDict[tuple[int, int], _Directory] = OrderedDict()
        try:
            self._size = path.stat().st_size
            self._file = path.open("rb")
        except OSError:
            raise self._damaged() from None
        try:
            self._header = self._read_header()
            self._root = self._directory(*self._header.root)
        except TileError:
            self._file.close()
            raise

    @property
    def info(self) -> SourceInfo:
        """Return what the file covers."""
        header = self._header
        said = self._metadata().get("attribution", "")
        text = said[:2_000] if isinstance(said, str) else ""
        return SourceInfo(*plain_zooms(*header.zooms), plain_bounds(list(header.bounds)), text)

    def tile(self, z: int, x: int, y: int) -> Image | None:
        """Return one tile, None where the file has none; raises TileError for one that is no picture."""
        wanted = tile_number(z, x, y)
        directory = self._root
        for _ in range(MAX_DEPTH):
            place = bisect_right(directory.ids, wanted) - 1
            if place < 0:
                return None
            run, offset, length = directory.runs[place], directory.offsets[place], directory.lengths[place]
            if run:
                return self._tile_data(z, x, y, offset, length) if wanted < directory.ids[place] + run else None
            directory = self._leaf(offset, length)
        raise self._damaged()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _tile_data(self, z: int, x: int, y: int, offset: int, length: int) -> Image:
        start, size = self._header.tiles
        if offset + length > size or length > MAX_TILE_BYTES:
            raise self._damaged()
        data = self._bytes(start + offset, length)
        if self._header.compression == _GZIP:
            data = self._unfolded(data, MAX_TILE_BYTES)
        image = image_of(data)
        if image is None:
            raise not_an_image(z, x, y, self._name)
        return image

    def _read_header(self) -> _Header:
        data = self._bytes(0, min(HEADER_BYTES, self._size))
        if data[:7] != b"PMTiles" or len(data) < HEADER_BYTES:
            raise broken(Text("is not a PMTiles file.", "不是 PMTiles 文件。"), self._name)
        if data[7] != 3:
            raise broken(
                Text(
                    f"is PMTiles of version {data[7]}; geoplan reads version 3.",
                    f"为 PMTiles 第 {data[7]} 版；仅支持第 3 版。",
                ),
                self._name,
            )
        places = struct.unpack("<8Q", data[8:72])
        _, internal, compression, kind, low, high = data[96:102]
        corners = [value / 1e7 for value in struct.unpack("<4i", data[102:118])]
        header = _Header(
            root=places[0:2],
            metadata=places[2:4],
            leaves=places[4:6],
            tiles=places[6:8],
            internal=internal,
            compression=compression,
            kind=kind,
            zooms=(low, high),
            bounds=(corners[0], corners[1], corners[2], corners[3]),
        )
        self._require_readable(header)
        return header

    def _require_readable(self, header: _Header) -> None:
        if header.kind == _VECTOR:
            raise broken(VECTOR_TILES, self._name, VECTOR_HINT)
        if header.kind not in _PICTURES:
            raise broken(
                Text("holds tiles that are neither PNG, JPEG nor WebP.", "瓦片不是 PNG、JPEG 或 WebP。"),
                self._name,
                VECTOR_HINT,
            )
        if header.internal not in (_NONE, _GZIP) or header.compression not in (_NONE, _GZIP):
            raise broken(
                Text("is compressed otherwise than by gzip.", "采用了 gzip 以外的压缩方式。"),
                self._name,
                Text(
                    "Write it again with gzip, for instance with pmtiles convert.",
                    "请用 gzip 重新生成，例如 pmtiles convert。",
                ),
            )

    def _metadata(self) -> dict[str, Any]:
        """Return the file's own description, empty when it cannot be read: only the attribution is taken from it."""
        try:
            found = json.loads(self._section(*self._header.metadata))
        except (TileError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _leaf(self, offset: int, length: int) -> _Directory:
        start, size = self._header.leaves
        if offset + length > size:
            raise self._damaged()
        key = (offset, length)
        with self._lock:
            known = self._leaves.get(key)
            if known is not None:
                self._leaves.move_to_end(key)
                return known
        directory = self._directory(start + offset, length)
        with self._lock:
            self._leaves[key] = directory
            if len(self._leaves) > _KEPT_LEAVES:
                self._leaves.popitem(last=False)
        return directory

    def _directory(self, start: int, length: int) -> _Directory:
        directory = _parse_directory(self._section(start, length))
        if directory is None:
            raise self._damaged()
        return directory

    def _section(self, start: int, length: int) -> bytes:
        if length > MAX_DIRECTORY_BYTES:
            raise self._damaged()
        data = self._bytes(start, length)
        return self._unfolded(data, MAX_DIRECTORY_BYTES) if self._header.internal == _GZIP else data

    def _bytes(self, start: int, length: int) -> bytes:
        if start + length > self._size:
            raise self._damaged()
        try:
            with self._lock:
                self._file.seek(start)
                data = self._file.read(length)
        except (OSError, ValueError):  # a file that was closed, or a disk that fails
            raise self._damaged() from None
        if len(data) != length:
            raise self._damaged()
        return data

    def _unfolded(self, data: bytes, limit: int) -> bytes:
        """Return what gzip data unfolds to; refuses more than `limit` bytes without ever holding them."""
        unfolding = zlib.decompressobj(wbits=31)
        try:
            found = unfolding.decompress(data, limit + 1)
        except zlib.error:
            raise self._damaged() from None
        if len(found) > limit or not unfolding.eof:
            raise self._damaged()
        return found

    def _damaged(self) -> TileError:
        return broken(Text("is damaged: its directories do not add up.", "文件已损坏：目录内容不一致。"), self._name)


def tile_number(z: int, x: int, y: int) -> int:
    """Return a tile's number: those of lower zooms first, then along the Hilbert curve of its zoom."""
    before = ((1 << 2 * z) - 1) // 3
    number, side = 0, 1 << z
    half = side >> 1
    while half:
        right, down = int(bool(x & half)), int(bool(y & half))
        number += half * half * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        half >>= 1
    return before + number


def _parse_directory(data: bytes) -> _Directory | None:
    """Return a directory's columns, None when its numbers do not make one."""
    numbers = _varints(data)
    if not numbers or not 0 < numbers[0] <= MAX_ENTRIES or len(numbers) != 1 + 4 * numbers[0]:
        return None
    count = numbers[0]
    steps, runs, lengths, places = (numbers[1 + part * count : 1 + (part + 1) * count] for part in range(4))
    ids, offsets, last = [], [], 0
    for index, step in enumerate(steps):
        last += step
        ids.append(last)
        if places[index]:
            offsets.append(places[index] - 1)
        elif index:
            offsets.append(offsets[-1] + lengths[index - 1])
        else:
            return None
    return _Directory(ids, runs, lengths, offsets)


def _varints(data: bytes) -> list[int]:
    """Return the numbers of a run of protobuf varints; empty when one is longer than 64 bits or cut off."""
    found, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            if shift > 63:
                return []
        else:
            found.append(number)
            number = shift = 0
    return found if not shift else []
