"""Files cut into pieces where their content says so, so that what two versions share is stored once.

A file of zones is delivered whole again for every change. It is cut after each place where a hash of
the last bytes ends in zeros: an insertion moves the cuts behind it along, and only the pieces around a
change are new (content-defined chunking, A. Muthitacharoen et al., "A low-bandwidth network file
system", 2001; the hash sums a table value per byte as in W. Xia et al., "FastCDC", 2016).
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

WINDOW = 32  # bytes that decide about a cut
AVERAGE = 1 << 13  # bytes of a piece on average
SMALLEST, LARGEST = 1 << 11, 1 << 16
_BLOCK = 1 << 22  # bytes hashed at a time, to bound the memory
DIGEST_SIZE = 32
_THREADS = 4  # that compress at once; zlib lets others run meanwhile
_LEVEL = 4  # of compression: half the time of the usual 6, and two in a hundred more bytes

# One number per byte value. Stores written by any version must cut alike to share pieces, so it never changes.
_TABLE = np.array(
    [int.from_bytes(hashlib.sha256(b"geoplan %d" % value).digest()[:4], "big") for value in range(256)],
    dtype=np.uint32,
)


def split(content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a file, given whole or in blocks: SMALLEST to LARGEST bytes each but for the last.

    Where it is cut does not depend on the blocks. No more than a block and a piece are in memory.
    """
    before = pending = b""
    for block in _blocks(content):
        found = _cuts(before, block)
        before = (before + block)[1 - WINDOW :]
        offset, seen, start = len(pending), pending + block, 0
        for cut in (offset + place for place in found):
            while cut - start > LARGEST:
                yield seen[start : start + LARGEST]
                start += LARGEST
            if cut - start >= SMALLEST:
                yield seen[start:cut]
                start = cut
        while len(seen) - start > LARGEST:  # wherever the next cut is, it lies behind
            yield seen[start : start + LARGEST]
            start += LARGEST
        pending = seen[start:]
    if pending:
        yield pending


def pack_many(pieces: Sequence[bytes]) -> list[bytes]:
    """Return pieces as they are stored, compressed by several threads."""
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _THREADS)) as pool:
        return list(pool.map(pack, pieces))


def pack(piece: bytes) -> bytes:
    """Return a piece as it is stored, compressed."""
    return zlib.compress(piece, _LEVEL)


def unpack(packed: bytes) -> bytes:
    """Return the piece of what is stored; ValueError if that is damaged or larger than any piece."""
    try:
        reader = zlib.decompressobj()
        piece = reader.decompress(packed, LARGEST + 1)  # one more, to reach the end of the largest
    except zlib.error as error:
        raise ValueError("damaged piece") from error
    if not reader.eof or len(piece) > LARGEST:
        raise ValueError("damaged piece")
    return piece


def digests(joined: bytes) -> tuple[bytes, ...]:
    """Return the digests of the pieces of a file from the list of them that is stored."""
    return tuple(joined[place : place + DIGEST_SIZE] for place in range(0, len(joined), DIGEST_SIZE))


def _blocks(content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    if not isinstance(content, bytes):
        yield from content
        return
    for start in range(0, len(content), _BLOCK):
        yield content[start : start + _BLOCK]


def _cuts(before: bytes, block: bytes) -> list[int]:
    """Return after how many bytes of a block its content says to cut; `before` are the last bytes ahead of it."""
    values = _TABLE[np.frombuffer(before + block, dtype=np.uint8)]
    # The sum over the window of each value shifted by its distance, doubled in length at each step.
    rolling, back = values, 1
    while back < WINDOW:
        longer = rolling.copy()
        longer[back:] += rolling[:-back] << np.uint32(back)
        rolling, back = longer, 2 * back
    # The high bits depend on all bytes of the window, the low ones on the last few only.
    found = np.flatnonzero(rolling >> np.uint32(32 - AVERAGE.bit_length() + 1) == 0) + 1 - len(before)
    return found[found > 0].tolist()  # type: ignore[no-any-return]
