"""The parcels themselves beside their tiles: found by place, by id or by a few letters, and given out one at a time.

They lie in blocks of neighbours, packed, so that a click unpacks one or two blocks and nothing else is ever read. In
`parcels.npz` are the blocks' bounds; ids and names are one run of text each with where each begins.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.match import folded
from geoplan.types import Text, ZoneId
from geoplan.zones import ZoneLayer, polygonal

BLOCK = 256  # parcels packed together
BLOCKS, ARRAYS, WORDS = "parcels.bin", "parcels.npz", "words.bin"
MOST_BYTES = 1 << 28  # of a block unpacked: more is no block of ours
_ENDS = "\x1f"  # between an id and its names where text is looked for: folded text never holds it
_ERRORS = "surrogatepass"
_LEVEL = 3  # of packing outlines, whose coordinates hardly repeat
_THREADS, _AT_ONCE, _WORDS_AT_ONCE = 2, 64, 65_536


def write_parcels(layer: ZoneLayer, labels: Sequence[ZoneId], names: Sequence[Text], folder: Path) -> None:
    """Write the parcels of a layer, one label and name each, into a folder."""
    geometry = layer.geometry
    drawn = geometry.copy()
    drawn[~polygonal(geometry)] = None
    bounds = shapely.bounds(drawn)
    order = _neighbourly(bounds)
    arrays: dict[str, Any] = {"order": order.astype(np.int32)}
    with (folder / BLOCKS).open("wb") as stream:
        arrays["block_ends"] = _write_blocks(geometry, order, stream)
    arrays["block_bounds"] = _bounds_of_blocks(bounds[order])
    hashes = np.fromiter((_hash(label.encode(errors=_ERRORS)) for label in labels), np.uint64, len(labels))
    arrays["by_hash"] = np.argsort(hashes).astype(np.int32)
    arrays["hashes"] = hashes[arrays["by_hash"]]
    kinds: dict[str, Iterable[str]] = {
        "id": labels,
        "en": (name.en for name in names),
        "zh": (name.zh for name in names),
        "sought": map(_sought, labels, names),
    }
    with (folder / WORDS).open("wb") as stream:
        for kind, words in kinds.items():
            arrays[f"{kind}_ends"] = _write_words(words, len(labels), stream)
    np.savez(folder / ARRAYS, **arrays)


def _write_blocks(geometry: NDArray[Any], order: NDArray[np.int64], stream: BinaryIO) -> NDArray[np.int64]:
    """Write outlines in blocks, in an order, and return where each begins and the last ends."""

    def packed(begin: int) -> bytes:
        return zlib.compress(_joined(shapely.to_wkb(geometry[order[begin : begin + BLOCK]]).tolist()), _LEVEL)

    ends = [0]
    with ThreadPoolExecutor(_THREADS) as pool:
        for first in range(0, len(order), BLOCK * _AT_ONCE):
            begins = range(first, min(first + BLOCK * _AT_ONCE, len(order)), BLOCK)
            for block in pool.map(packed, begins):
                stream.write(block)
                ends.append(ends[-1] + len(block))
    return np.array(ends, np.int64)


def _bounds_of_blocks(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the bounds of each block of outlines with these bounds, NaN for one in which nothing has a place."""
    if not len(bounds):
        return np.zeros((0, 4))
    begins = np.arange(0, len(bounds), BLOCK)
    low = np.fmin.reduceat(bounds[:, :2], begins)  # of a number and none the number
    return np.hstack([low, np.fmax.reduceat(bounds[:, 2:], begins)])


def _write_words(words: Iterable[str], count: int, stream: BinaryIO) -> NDArray[np.int64]:
    """Write texts one behind the other and return where each begins and the last ends."""
    ends = np.empty(count + 1, np.int64)
    ends[0] = stream.tell()
    coded = (word.encode(errors=_ERRORS) for word in words)
    for first in range(0, count, _WORDS_AT_ONCE):
        some = list(islice(coded, _WORDS_AT_ONCE))
        ends[first + 1 : first + 1 + len(some)] = list(map(len, some))
        stream.write(b"".join(some))
    return np.cumsum(ends)


def _sought(label: ZoneId, name: Text) -> str:
    """Return what is looked through for a text: an id and its names, folded, each of them with its end."""
    own = folded(label)
    english = own if name.en == label else folded(name.en)
    chinese = english if name.zh == name.en else folded(name.zh)
    return _ENDS.join((own, english, chinese, ""))


@dataclass(frozen=True)
class Parcels:
    """The parcels of a folder, opened: the arrays are in memory (60 bytes a parcel), the rest is read as needed."""

    folder: Path
    order: NDArray[np.int32]
    slots: NDArray[np.int32]
    block_ends: NDArray[np.int64]
    block_bounds: NDArray[np.float64]
    hashes: NDArray[np.uint64]
    by_hash: NDArray[np.int32]
    ends: dict[str, NDArray[np.int64]]
    words: NDArray[np.uint8]

    @classmethod
    def open(cls, folder: Path) -> Parcels:
        """Return the parcels of a folder; raises OSError, ValueError or KeyError for one that holds none."""
        with np.load(folder / ARRAYS, allow_pickle=False) as held:
            arrays = dict(held)
        slots = np.empty(len(arrays["order"]), np.int32)
        slots[arrays["order"]] = np.arange(len(slots), dtype=np.int32)
        size = (folder / WORDS).stat().st_size
        words = np.memmap(folder / WORDS, np.uint8, "r") if size else np.zeros(0, np.uint8)
        return cls(
            folder,
            arrays["order"],
            slots,
            arrays["block_ends"],
            arrays["block_bounds"],
            arrays["hashes"],
            arrays["by_hash"],
            {name: arrays[f"{name}_ends"] for name in ("id", "en", "zh", "sought")},
            words,
        )

    def __len__(self) -> int:
        return len(self.order)

    def label(self, place: int) -> ZoneId:
        """Return the id of the parcel at a place of the layer."""
        return self._word("id", place)

    def name(self, place: int) -> Text:
        """Return the name of the parcel at a place."""
        return Text(self._word("en", place), self._word("zh", place))

    def places_of(self, label: ZoneId) -> tuple[int, ...]:
        """Return the places of the parcels of an id, ascending; () for one there is not."""
        wanted = np.uint64(_hash(label.encode(errors=_ERRORS)))
        begin, end = np.searchsorted(self.hashes, wanted), np.searchsorted(self.hashes, wanted, "right")
        found = sorted(self.by_hash[begin:end].tolist())
        return tuple(place for place in found if self.label(place) == label)

    def geometry(self, place: int) -> BaseGeometry | None:
        """Return the outline of a parcel as it is stored, in the layer's CRS."""
        slot = int(self.slots[place])
        found: BaseGeometry | None = _block(self, slot // BLOCK)[slot % BLOCK]
        return found

    def at(self, x: float, y: float) -> tuple[int, ...]:
        """Return the places of the parcels on a point of the layer's CRS, the last drawn first."""
        bounds = self.block_bounds
        near = (bounds[:, 0] <= x) & (x <= bounds[:, 2]) & (bounds[:, 1] <= y) & (y <= bounds[:, 3])
        point, found = shapely.Point(x, y), []
        for block in np.flatnonzero(near).tolist():
            shapes = _block(self, block)
            west, south, east, north = shapely.bounds(shapes).T
            usable = polygonal(shapes) & (west <= x) & (x <= east) & (south <= y) & (y <= north)
            usable[usable] = shapely.is_valid(shapes[usable])
            inside = np.flatnonzero(usable)[shapely.intersects(shapes[usable], point)]
            found += self.order[block * BLOCK + inside].tolist()
        return tuple(sorted(found, reverse=True))

    def at_many(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
        """Return for each of many points what `at` returns of it; each block is unpacked once."""
        west, south, east, north = self.block_bounds.T
        first = [
            int(np.argmax((west <= one_x) & (one_x <= east) & (south <= one_y) & (one_y <= north))) if len(west) else 0
            for one_x, one_y in zip(x.tolist(), y.tolist(), strict=True)
        ]
        found: dict[int, tuple[int, ...]] = {}
        for point in np.argsort(first, kind="stable").tolist():
            found[point] = self.at(float(x[point]), float(y[point]))
        return tuple(found[point] for point in range(len(x)))

    def near(self, box: tuple[float, float, float, float], most: int) -> tuple[int, ...]:
        """Return the places of parcels within a box (west, south, east, north) or across its edge, `most` at most.

        Those nearest to its middle come first, by their own boxes: of more than can be told, the ones looked at.
        """
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        away, reach = _away(self.block_bounds, x, y), float(np.hypot(box[2] - x, box[3] - y))
        found: list[tuple[float, int]] = []
        for block in np.argsort(away, kind="stable").tolist():
            if away[block] > reach or (len(found) == most and away[block] > found[-1][0]):
                break
            bounds = shapely.bounds(_block(self, block))
            west, south, east, north = bounds.T
            inside = np.flatnonzero((west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1]))
            places = self.order[block * BLOCK + inside].tolist()
            found = sorted([*found, *zip(_away(bounds[inside], x, y).tolist(), places, strict=True)])[:most]
        return tuple(place for _, place in found)

    def search(self, text: str, most: int) -> tuple[int, ...]:
        """Return the places of parcels whose id or a name holds a text, in the layer's order, `most` at most.

        Full-width forms, case and spaces do not matter, as wherever names are compared.
        """
        wanted = folded(text).encode(errors=_ERRORS)
        if not wanted:
            return ()
        ends = self.ends["sought"]
        whole = self.words[ends[0] : ends[-1]].tobytes()
        found: list[int] = []
        at = whole.find(wanted)
        while at >= 0 and len(found) < most:
            place = int(np.searchsorted(ends, at + ends[0], "right")) - 1
            found.append(place)
            at = whole.find(wanted, int(ends[place + 1] - ends[0]))  # each once: on with the next parcel
        return tuple(found)

    def _word(self, kind: str, place: int) -> str:
        ends = self.ends[kind]
        return self.words[ends[place] : ends[place + 1]].tobytes().decode(errors=_ERRORS)

    def __hash__(self) -> int:
        return hash(self.folder)

    def __eq__(self, other: object) -> bool:
        return self is other


def _away(bounds: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """Return how far boxes are from a point, 0 inside; infinite for a box without a place."""
    east = np.maximum(np.maximum(bounds[:, 0] - x, x - bounds[:, 2]), 0.0)
    north = np.maximum(np.maximum(bounds[:, 1] - y, y - bounds[:, 3]), 0.0)
    return np.nan_to_num(np.hypot(east, north), nan=np.inf)


@lru_cache(maxsize=64)
def _block(parcels: Parcels, number: int) -> NDArray[Any]:
    """Return the outlines of a block; the last few are kept, since clicks stay in one place for a while."""
    begin, end = parcels.block_ends[number : number + 2].tolist()
    with (parcels.folder / BLOCKS).open("rb") as stream:
        stream.seek(begin)
        unpacked = zlib.decompressobj().decompress(stream.read(end - begin), MOST_BYTES)
    return np.asarray(shapely.from_wkb(_parted(unpacked)), dtype=object)


def _joined(pieces: Iterable[bytes | None]) -> bytes:
    whole = [piece or b"" for piece in pieces]
    lengths = np.array([len(whole), *map(len, whole)], "<u4").tobytes()
    return lengths + b"".join(whole)


def _parted(content: bytes) -> NDArray[Any]:
    count = int(np.frombuffer(content, "<u4", 1)[0])
    lengths = np.frombuffer(content, "<u4", count, 4)
    ends = 4 + 4 * count + np.cumsum(lengths, dtype=np.int64)
    rows = zip(ends.tolist(), lengths.tolist(), strict=True)
    return objects(content[end - length : end] or None for end, length in rows)


def _neighbourly(bounds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places in an order in which neighbours are near each other (G. Morton's curve, 1966)."""
    middle = np.stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2], axis=1)
    known = np.isfinite(middle).all(axis=1)
    key = np.full(len(bounds), np.iinfo(np.uint64).max, np.uint64)  # what has no place comes last
    if known.any():
        low, high = middle[known].min(axis=0), middle[known].max(axis=0)
        cells = ((middle[known] - low) / np.maximum(high - low, 1e-300) * 65535).astype(np.uint64)
        key[known] = _spread(cells[:, 0]) | (_spread(cells[:, 1]) << np.uint64(1))
    return np.argsort(key, kind="stable")


def _spread(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 16 bits with a gap behind each."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value


def _hash(word: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(word, digest_size=8).digest(), "little")
