"""Columns of Arrow as coordinates of points, read from the bytes themselves: no Python object per point."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats
from geoplan.read.guards import UnfitError

# The first five bytes of little-endian points: plain; with Z, M, both by ISO; with Z, M, both by PostGIS and GDAL.
_PLAIN = b"\x01\x01\x00\x00\x00"
_HEADS = {
    21: (_PLAIN,),
    29: (b"\x01\xe9\x03\x00\x00", b"\x01\xd1\x07\x00\x00", b"\x01\x01\x00\x00\x80", b"\x01\x01\x00\x00\x40"),
    37: (b"\x01\xb9\x0b\x00\x00", b"\x01\x01\x00\x00\xc0"),
}
_POINT = 0

NumberT = TypeVar("NumberT", bound=np.generic)


def points_of(column: Any, first: int) -> tuple[Floats, Floats]:
    """Return x and y of a column of WKB or of native GeoArrow points; both NaN where there is no geometry.

    `first` is the number of the rows before, for messages. Raises UnfitError for geometry that is no point.
    """
    import pyarrow as pa  # noqa: PLC0415 - takes as long to load as all the rest, and few commands need it

    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_struct(column.type):
        return _of_struct(column)
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan), np.full(len(column), np.nan)
    if not pa.types.is_large_binary(column.type):
        column = column.cast(pa.large_binary())
    if not column.null_count:
        return _of_wkb(column, first, np.arange(len(column)))
    there = np.flatnonzero(present_in(column))
    x, y = np.full(len(column), np.nan), np.full(len(column), np.nan)
    x[there], y[there] = _of_wkb(column.drop_null(), first, there)
    return x, y


def numbers_of(column: Any, kind: type[NumberT]) -> NDArray[NumberT]:
    """Return a column of numbers as an array over the same bytes, with anything at all where there is none.

    Arrow's own ways to NumPy load pandas, which takes longer than reading a million points.
    """
    if not len(column):
        return np.empty(0, dtype=kind)
    return np.frombuffer(column.buffers()[1], dtype=kind)[column.offset : column.offset + len(column)]


def present_in(column: Any) -> NDArray[np.bool_]:
    """Return which rows of a column hold something."""
    bits = column.buffers()[0]
    if not column.null_count or bits is None:
        return np.full(len(column), not column.null_count)
    flags = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little")
    return flags[column.offset : column.offset + len(column)].view(np.bool_)


def _of_struct(column: Any) -> tuple[Floats, Floats]:
    names = [column.type.field(place).name for place in range(column.type.num_fields)]
    if "x" not in names or "y" not in names:
        raise UnfitError("its points have no x and y", "点没有 x 和 y")
    import pyarrow as pa  # noqa: PLC0415 - loaded already by whatever made the column

    # Flattening carries the absence of a point down to its coordinates.
    parts = dict(zip(names, column.flatten(), strict=True))
    x, y = (parts[name].cast(pa.float64()) for name in ("x", "y"))
    there = present_in(x) & present_in(y)
    return np.where(there, numbers_of(x, np.float64), np.nan), np.where(there, numbers_of(y, np.float64), np.nan)


def _of_wkb(column: Any, first: int, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the coordinates of a column of large binary without nulls, whose rows are numbered by `rows`."""
    count = len(column)
    if not count:
        return np.empty(0), np.empty(0)
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + count + 1]
    size = int(ends[1] - ends[0])
    if size in _HEADS and data is not None and (np.diff(ends) == size).all():
        content = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]].reshape(count, size)
        if bytes(content[0, :5]) in _HEADS[size] and (content[:, :5] == content[0, :5]).all():
            return _double(content[:, 5:13]), _double(content[:, 13:21])
    return _by_geos(column, first, rows)


def _double(content: NDArray[np.uint8]) -> Floats:
    return np.ascontiguousarray(content).view("<f8").ravel().astype(np.float64, copy=False)


def _by_geos(column: Any, first: int, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the coordinates of geometries of any kind, byte order and dimension, empty ones as NaN."""
    with np.errstate(invalid="ignore"):
        shapes = np.asarray(shapely.from_wkb(column.to_pylist()), dtype=object)
    wrong = np.flatnonzero((shapely.get_type_id(shapes) != _POINT) & ~shapely.is_empty(shapes))
    if len(wrong):
        place, kind = first + int(rows[wrong[0]]) + 1, shapes[wrong[0]].geom_type
        raise UnfitError(f"feature #{place:,} is a {kind}, not a point", f"第 {place:,} 个要素不是点")
    shapes[shapely.get_type_id(shapes) != _POINT] = None
    return shapely.get_x(shapes), shapely.get_y(shapes)
