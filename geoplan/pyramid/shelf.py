"""Tiles on disk as they travel: packed once, when they are prepared, and joined to one answer without unpacking.

Each tile is a run of deflate blocks none of which is the last (RFC 1951), so that any of them, one behind the other
between a head and a tail, are one zlib stream (RFC 1950): what a view needs is read and sent as it lies there.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

TILES, INDEX = "tiles.bin", "tiles.npy"
LEVEL = 5  # of packing: level 6 takes half as long again for 1 % less
_HEAD, _LAST_BLOCK = b"\x78\x9c", b"\x03\x00"
_BASE = 65521  # the largest prime below 2¹⁶: checksums of a zlib stream are counted modulo it


@dataclass(frozen=True, slots=True)
class Packed:
    """A tile as it is kept: its blocks, how many bytes they unpack to, and the checksum (Adler-32) of these."""

    blocks: bytes
    size: int
    adler: int


def pack(content: bytes) -> Packed:
    """Return a tile packed, on its own and up to a whole byte."""
    pressed = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    blocks = pressed.compress(content) + pressed.flush(zlib.Z_SYNC_FLUSH)
    return Packed(blocks, len(content), zlib.adler32(content))


def joined(parts: Iterable[Packed]) -> bytes:
    """Return packed tiles as one zlib stream of their contents, one behind the other."""
    blocks, adler = [_HEAD], 1
    for part in parts:
        blocks.append(part.blocks)
        adler = adler_of_both(adler, part.adler, part.size)
    return b"".join((*blocks, _LAST_BLOCK, adler.to_bytes(4, "big")))


def adler_of_both(first: int, second: int, size: int) -> int:
    """Return the Adler-32 of two runs of bytes, one behind the other, from that of each and the second's `size`.

    As zlib's `adler32_combine` (M. Adler): the sum of the first run counts once more for every byte of the second.
    """
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _BASE
    high = ((first >> 16) + (second >> 16) + size * ((first & 0xFFFF) - 1)) % _BASE
    return high << 16 | low


class ShelfWriter:
    """Puts tiles into a file one behind the other, and says in another where each is."""

    def __init__(self, stream: BinaryIO) -> None:
        """Begin at the beginning of a stream."""
        self.size = 0
        self._stream = stream
        self._rows: list[tuple[int, int, int, int, int]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, key: int, tile: Packed) -> None:
        """Put a tile behind the last."""
        self._stream.write(tile.blocks)
        self._rows.append((key, self.size, len(tile.blocks), tile.size, tile.adler))
        self.size += len(tile.blocks)

    def index(self, path: Path) -> None:
        """Write where the tiles are, in the order of their keys."""
        rows = np.array(self._rows, np.int64).reshape(-1, 5)
        np.save(path, rows[np.argsort(rows[:, 0])])


@dataclass(frozen=True, slots=True)
class Shelf:
    """The tiles of a folder; `rows` say of each its key, where its blocks begin, their bytes, size and checksum."""

    path: Path
    rows: NDArray[np.int64]

    @classmethod
    def open(cls, folder: Path) -> Shelf:
        """Return the tiles of a folder; raises OSError or ValueError for one that has none."""
        return cls(folder / TILES, np.load(folder / INDEX, allow_pickle=False))

    def taken(self, keys: Sequence[int]) -> tuple[Packed | None, ...]:
        """Return the tiles of some keys, None for one there is not; raises OSError when they are gone."""
        found: list[Packed | None] = []
        with self.path.open("rb") as stream:
            for key, at in zip(keys, np.searchsorted(self.rows[:, 0], keys).tolist(), strict=True):
                if at == len(self.rows) or int(self.rows[at, 0]) != key:
                    found.append(None)
                    continue
                _, begin, length, size, adler = self.rows[at].tolist()
                stream.seek(begin)
                found.append(Packed(stream.read(length), size, adler))
        return tuple(found)
