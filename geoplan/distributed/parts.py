"""A layer in parts: which rows each has and where their geometry comes from, small enough to be sent to a worker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from socket import gethostname
from typing import Any, Protocol, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.errors import InputError, UsageError
from geoplan.read.parquet import geometry_of, read_wkb
from geoplan.types import Text

Shapes: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

PART_ROWS = 65_536  # of a city's parcels: some 100 MB while they are examined, and some seconds of work
FEWEST_ROWS = 8192  # that are worth a part of their own
_TAIL = 8  # bytes at the end of a Parquet file: the length of the footer before them, and what kind of file it is
_SHARES = 8  # into which a layer is cut at least, so that no worker waits long for the last of the others


class Part(Protocol):
    """Some consecutive rows of a layer: `count` of them, from row `first` of the layer on."""

    @property
    def first(self) -> int:
        """Return the row of the layer that the part begins with."""

    @property
    def count(self) -> int:
        """Return the number of rows."""

    def blobs(self, rows: Ints | None = None) -> Shapes:
        """Return the geometry of the rows chosen (counted within the part), or of all, as WKB."""

    def decoded(self, blobs: Shapes) -> Shapes:
        """Return the geometry as stored from some of these."""

    def shapes(self, rows: Ints | None = None) -> Shapes:
        """Return the geometry as stored, of the rows chosen (counted within the part) or of all."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """Rows of a GeoParquet file, read where they are needed: `skip` rows into some of its row groups.

    `stamp` is that of the file when it was cut into parts.
    """

    path: str
    stamp: str
    groups: tuple[int, ...]
    skip: int
    first: int
    count: int

    def blobs(self, rows: Ints | None = None) -> Shapes:
        """Return the geometry as WKB; raises InputError when the file cannot be read, or has changed."""
        path = Path(self.path)
        require_seen(path, self.stamp)
        blobs = read_wkb(path, self.groups, self.skip, self.count)
        return blobs if rows is None else blobs[rows]

    def decoded(self, blobs: Shapes) -> Shapes:
        """Return the geometry as stored; raises InputError when it is damaged."""
        return geometry_of(Path(self.path), blobs)

    def shapes(self, rows: Ints | None = None) -> Shapes:
        """Return the geometry as stored; raises InputError when the file cannot be read."""
        return self.decoded(self.blobs(rows))


@dataclass(frozen=True, slots=True)
class HeldPart:
    """Rows whose geometry comes along as WKB, of layers that are not GeoParquet."""

    first: int
    held: Shapes = field(repr=False)

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return len(self.held)

    def blobs(self, rows: Ints | None = None) -> Shapes:
        """Return the geometry as WKB."""
        return self.held if rows is None else self.held[rows]

    def decoded(self, blobs: Shapes) -> Shapes:
        """Return the geometry as stored."""
        with np.errstate(invalid="ignore"):
            return np.asarray(shapely.from_wkb(blobs), dtype=object)

    def shapes(self, rows: Ints | None = None) -> Shapes:
        """Return the geometry as stored."""
        return self.decoded(self.blobs(rows))


def stamp_of(path: Path) -> str:
    """Return what tells a Parquet file from another or a later one, by its size and its footer; "" for what is none.

    The footer says where each column of each row group begins and ends, compressed, and usually its least and greatest
    values.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - _TAIL, 0))
        length = int.from_bytes(stream.read(4), "little")
        stream.seek(max(size - _TAIL - length, 0))
        return f"{size} {sha256(stream.read()).hexdigest()}"


def require_seen(path: Path, stamp: str) -> None:
    """Raise UsageError when a worker does not find a file, InputError when it finds another than was to be read."""
    try:
        same = stamp_of(path) == stamp
    except OSError as error:
        raise UsageError(
            Text(
                f"the workers on {gethostname()} cannot open {path} ({error.strerror}).",
                f"{gethostname()} 上的工作进程无法打开 {path}（{error.strerror}）。",
            ),
            where="--engine dask",
            hint=Text(
                "Put it where they all see it under the same path, or leave out --scheduler.",
                "请放到所有工作进程以同一路径可见之处，或不用 --scheduler。",
            ),
        ) from None
    if not same:
        raise InputError(
            Text(
                f"has changed since it began to be read, or is another file for the workers on {gethostname()}.",
                f"自开始读取后已被修改，或 {gethostname()} 上的工作进程看到的是另一个文件。",
            ),
            where=str(path),
            hint=Text("Try again when all see one file that is whole.", "请在各处看到同一完整文件后重试。"),
        )


def parts_of_file(path: Path, groups: Sequence[int], first: int, most: int) -> Iterator[FilePart]:
    """Yield the parts of a file whose row groups have so many rows, its first row being row `first` of the layer.

    Small row groups are taken together and large ones cut, so that no part has more than `most` rows.
    """
    stamp = stamp_of(path)
    taken: list[int] = []
    rows = 0
    for group, count in enumerate(groups):
        if taken and rows + count > most:
            yield FilePart(str(path), stamp, tuple(taken), 0, first, rows)
            first, taken, rows = first + rows, [], 0
        if count > most:
            pieces = -(-count // most)
            edges = [count * piece // pieces for piece in range(pieces + 1)]
            for begin, end in pairwise(edges):
                yield FilePart(str(path), stamp, (group,), begin, first + begin, end - begin)
            first += count
        elif count:
            taken.append(group)
            rows += count
    if rows:
        yield FilePart(str(path), stamp, tuple(taken), 0, first, rows)


def parts_in_hand(shapes: Shapes, edges: Sequence[int]) -> tuple[HeldPart, ...]:
    """Return the parts of geometry in memory, cut before the rows in `edges`: first 0, last the number of rows."""
    blobs = as_wkb(shapes)
    return tuple(HeldPart(begin, blobs[begin:end]) for begin, end in pairwise(edges))


def as_wkb(shapes: Shapes) -> Shapes:
    """Return geometry as it is sent, None where there is none."""
    return np.asarray(shapely.to_wkb(np.asarray(shapes)), dtype=object)


def rows_of_part(count: int) -> int:
    """Return how many rows a part should have at most, of a layer of so many."""
    return min(PART_ROWS, max(FEWEST_ROWS, -(-count // _SHARES)))


def even_edges(count: int, most: int | None = None) -> list[int]:
    """Return where to cut so many rows into equal parts of at most `most`: at least one part, even of no rows."""
    most = most or rows_of_part(count)
    pieces = max(-(-count // most), 1)
    return [count * piece // pieces for piece in range(pieces + 1)]
