"""A layer as a stream of Arrow record batches, as GDAL hands it over, read by nothing but numpy.

The batches come through Arrow's C interfaces (https://arrow.apache.org/docs/format/CStreamInterface.html), so that
no Arrow library need be loaded. While one batch is taken in, another thread lets GDAL read the next.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.ogr import pyogrio
from geoplan.read.wkb import Blobs, Gathered, decoded
from geoplan.shapes import RingShapes

# Types of fields whose values are the same by this way as by the other; dates, lists and bytes are read the other way.
PLAIN_TYPES = ("OFTString", "OFTInteger", "OFTInteger64", "OFTReal")
BATCH = 8192  # features: some megabytes, so that a batch is still in the processor's cache when it is decoded
_CAPSULE = b"arrow_array_stream"
_NUMBERS = {b"i": np.int32, b"l": np.int64, b"s": np.int16, b"f": np.float32, b"g": np.float64}
_OFFSETS = {b"u": np.int32, b"z": np.int32, b"U": np.int64, b"Z": np.int64}


class _Schema(ctypes.Structure):
    """ArrowSchema of the C data interface."""


_Schema._fields_ = (
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
)


class _Array(ctypes.Structure):
    """ArrowArray of the C data interface."""


_Array._fields_ = (
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
)


class _Stream(ctypes.Structure):
    """ArrowArrayStream of the C stream interface."""

    _fields_ = (
        ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)),
        ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)),
        ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("private_data", ctypes.c_void_p),
    )


def read_stream(
    address: str, layer: str, columns: Sequence[str], features: int, batch: int = BATCH
) -> tuple[RingShapes, list[NDArray[Any]]]:
    """Return the geometry and some columns (of PLAIN_TYPES) of a layer that is said to have so many features.

    Text is a column of objects, and whole numbers of which some are missing are floats, as pyogrio has them. Raises
    what pyogrio and shapely raise for what they cannot read, and ValueError for a stream that is not as expected.
    """
    shapes, values = Gathered(features), [_Column() for _ in columns]
    with pyogrio.raw.open_arrow(address, layer=layer, columns=columns, batch_size=batch) as (meta, capsule):
        geometry = meta["geometry_name"] or "wkb_geometry"
        for formats, arrays in _batches(capsule):
            if set(formats) != {*columns, geometry}:
                raise ValueError(f"the stream has the columns {', '.join(formats)}")
            blobs = _blobs(formats[geometry], arrays[geometry])
            # A FlatGeobuf begins anew after a feature without geometry, and does not say that there is none.
            shapes.add(decoded(replace(blobs, there=blobs.there & (np.diff(blobs.offsets) > 0))))
            for name, column in zip(columns, values, strict=True):
                column.add(formats[name], arrays[name])
    return shapes.shapes(), [column.values() for column in values]


def _batches(capsule: Any) -> Iterator[tuple[dict[str, bytes], dict[str, _Array]]]:
    """Yield the format and the array of each column of each batch; they are gone when the next is asked for."""
    holder = capsule.__arrow_c_stream__()
    stream = _Stream.from_address(_pointer()(holder, _CAPSULE))
    with _schema(stream) as schema:
        children = [schema.children[place].contents for place in range(schema.n_children)]
        formats = {child.name.decode(): bytes(child.format) for child in children}
    if len(formats) != len(children):
        raise ValueError("the stream has two columns of one name")
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(_next, stream)
        try:
            while (batch := coming.result()) is not None:
                coming = beside.submit(_next, stream)
                with batch as columns:
                    yield formats, dict(zip(formats, columns, strict=True))
        finally:
            if coming.exception() is None and (left := coming.result()) is not None:
                left.release()


class _Batch:
    """One record batch, to be released when it has been looked at."""

    def __init__(self, array: _Array) -> None:
        self._array = array

    def __enter__(self) -> list[_Array]:
        if self._array.offset:
            raise ValueError("the stream has a batch that begins in the middle")
        return [self._array.children[place].contents for place in range(self._array.n_children)]

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give the memory back to GDAL; once only."""
        self._array.release(ctypes.addressof(self._array))


def _next(stream: _Stream) -> _Batch | None:
    """Return the next batch, None after the last one; other threads run meanwhile."""
    array = _Array()
    here = ctypes.addressof(stream)
    if stream.get_next(here, ctypes.addressof(array)):
        raise ValueError((stream.get_last_error(here) or b"").decode(errors="replace") or "the stream broke off")
    return _Batch(array) if array.release else None


@contextmanager
def _schema(stream: _Stream) -> Iterator[_Schema]:
    schema = _Schema()
    if stream.get_schema(ctypes.addressof(stream), ctypes.addressof(schema)):
        raise ValueError("the stream does not say what it holds")
    try:
        yield schema
    finally:
        schema.release(ctypes.addressof(schema))


def _pointer() -> Callable[[Any, bytes], int]:
    """Return the function that tells where the stream in a capsule is."""
    function = ctypes.pythonapi.PyCapsule_GetPointer
    function.restype, function.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    return function


def _buffer(array: _Array, place: int, kind: Any, count: int) -> NDArray[Any]:
    """Return `count` values of a buffer of an array, from its offset on, as long as the batch is there."""
    address = array.buffers[place]
    if not address or count == 0:
        return np.zeros(count, kind)
    size = np.dtype(kind).itemsize
    held = (ctypes.c_char * (count * size)).from_address(address + array.offset * size)
    return np.frombuffer(held, kind)


def _there(array: _Array) -> NDArray[np.bool_]:
    """Return which values of an array there are."""
    if array.null_count == 0 or not array.buffers[0]:
        return np.ones(array.length, np.bool_)
    return _bits(array, 0)


def _bits(array: _Array, place: int) -> NDArray[np.bool_]:
    """Return the values of a buffer of single bits."""
    first = array.offset % 8
    count = (first + array.length + 7) // 8
    address = array.buffers[place] + array.offset // 8
    octets = np.frombuffer((ctypes.c_char * count).from_address(address), np.uint8)
    return np.unpackbits(octets, bitorder="little")[first : first + array.length].astype(np.bool_)


def _blobs(form: bytes, array: _Array) -> Blobs:
    """Return a column of bytes or text."""
    if form not in _OFFSETS:
        raise ValueError(f"the stream has values of the kind {form!r}")
    offsets = _buffer(array, 1, _OFFSETS[form], array.length + 1).astype(np.int64)
    if (np.diff(offsets) < 0).any():
        raise ValueError("the stream has values that end before they begin")
    address = array.buffers[2]
    size = int(offsets[-1])
    held: Any = (ctypes.c_char * size).from_address(address) if address and size else b""
    return Blobs(np.frombuffer(held, np.uint8), offsets, _there(array))


class _Column:
    """One field, gathered batch by batch."""

    def __init__(self) -> None:
        self._pieces: list[NDArray[Any]] = []
        self._there: list[NDArray[np.bool_]] = []
        self._texts: list[str | None] = []

    def add(self, form: bytes, array: _Array) -> None:
        """Take in the values of one batch."""
        if form in (b"u", b"U"):
            self._texts += _texts(_blobs(form, array))
            return
        if form == b"b":
            self._pieces.append(_bits(array, 1))
        elif form in _NUMBERS:
            self._pieces.append(_buffer(array, 1, _NUMBERS[form], array.length).copy())
        else:
            raise ValueError(f"the stream has values of the kind {form!r}")
        self._there.append(_there(array))

    def values(self) -> NDArray[Any]:
        """Return the whole column."""
        if not self._pieces:
            return objects(self._texts)
        values, there = np.concatenate(self._pieces), np.concatenate(self._there)
        if not there.all():
            values = values if values.dtype.kind == "f" else values.astype(np.float64)
            values[~there] = np.nan
        return values


def _texts(blobs: Blobs) -> list[str | None]:
    """Return text, None where there is none; raises UnicodeDecodeError for what is not UTF-8."""
    octets, ends = blobs.data.tobytes(), blobs.offsets.tolist()
    plain = octets.isascii()
    text = octets.decode() if plain else ""
    if plain and blobs.there.all():
        return [text[begin:end] for begin, end in pairwise(ends)]
    there = blobs.there.tolist()
    return [octets[a:b].decode() if known else None for (a, b), known in zip(pairwise(ends), there, strict=True)]
