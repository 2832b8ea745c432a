"""GeoParquet, which the GDAL inside the pyogrio wheels cannot read: through Arrow, without pandas."""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geoplan.arrays import objects
from geoplan.errors import InputError
from geoplan.types import Text

_BATCH = 16_384  # rows read at a time by whoever wants a part of a file


def read_parquet(path: Path, named: Path | None = None) -> tuple[NDArray[Any], dict[str, NDArray[Any]], str | None]:
    """Return the primary geometry column, the other columns and the CRS of a GeoParquet file.

    By the GeoParquet 1.1 specification a missing `crs` key means OGC:CRS84, a null one means unknown.
    Raises InputError when the file is damaged, is plain Parquet, or is not WKB-encoded; it names `named`
    (the archive the file was unpacked from) where that is given.
    """
    with _telling(named or path), _file(path) as file:
        table, geo = file.read(), _geo(file)
        name, column = _geometry_column(geo)
        with np.errstate(invalid="ignore"):  # NaN coordinates are a finding, told by the checks
            geometry = shapely.from_wkb(table[name].to_numpy())
        return np.asarray(geometry, dtype=object), _fields(table, geo), declared_crs(column)


def head_parquet(path: Path, named: Path | None = None) -> tuple[str, int, tuple[str, ...]]:
    """Return the geometry type ("Polygon" or "Unknown"), the number of rows and the other columns, none of them read.

    Raises InputError as `read_parquet` does.
    """
    with _telling(named or path), _file(path) as file:
        geo = _geo(file)
        stated = geo["columns"][geo["primary_column"]].get("geometry_types") or ("unknown",)
        kinds = {str(kind).removesuffix(" Z").removeprefix("Multi") for kind in stated}
        others = tuple(key for key in file.schema_arrow.names if key not in geo["columns"])
        return "Polygon" if kinds == {"Polygon"} else "Unknown", file.metadata.num_rows, others


def row_groups(path: Path) -> tuple[tuple[int, ...], str | None]:
    """Return how many rows each row group of a GeoParquet file has, and its CRS as `read_parquet` does.

    Raises InputError as `read_parquet` does.
    """
    with _telling(path), _file(path) as file:
        _, column = _geometry_column(_geo(file))
        counts = (file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups))
        return tuple(counts), declared_crs(column)


def read_fields(path: Path) -> dict[str, NDArray[Any]]:
    """Return the columns that are no geometry, which is not read; raises InputError as `read_parquet` does."""
    with _telling(path), _file(path) as file:
        geo = _geo(file)
        names = [name for name in file.schema_arrow.names if name not in geo["columns"]]
        return _fields(file.read(columns=names), geo)


def read_wkb(path: Path, groups: Sequence[int], first: int, count: int) -> NDArray[Any]:
    """Return `count` rows of the geometry column as WKB (None where there is none), from row `first` of some groups on.

    The groups are gone through in batches, so that a part of a large one needs the memory of a part only. Raises
    InputError as `read_parquet` does.
    """
    found: list[bytes | None] = []  # not by to_numpy, which loads pandas
    with _telling(path), _file(path) as file:
        name, _ = _geometry_column(_geo(file))
        begin = 0
        for batch in file.iter_batches(batch_size=_BATCH, row_groups=list(groups), columns=[name]):
            end = begin + batch.num_rows
            if end > first:
                found += batch.column(name)[max(first - begin, 0) : first + count - begin].to_pylist()
            begin = end
            if begin >= first + count:
                break
    return objects(found)


def geometry_of(path: Path, blobs: NDArray[Any]) -> NDArray[Any]:
    """Return geometry from WKB of a file, in two dimensions, as reading the file does; raises InputError as it does."""
    with _telling(path), np.errstate(invalid="ignore"):
        geometry = np.asarray(shapely.from_wkb(blobs), dtype=object)
    heights = (shapely.get_coordinate_dimension(geometry) > 2).any()
    return np.asarray(shapely.force_2d(geometry), dtype=object) if heights else geometry


def _geometry_column(geo: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = geo["primary_column"]
    column: dict[str, Any] = geo["columns"][name]
    if column["encoding"] != "WKB":
        raise ValueError(f"geometry is encoded as {column['encoding']}, only WKB is read")
    return name, column


def _fields(table: Any, geo: dict[str, Any]) -> dict[str, NDArray[Any]]:
    others = [key for key in table.column_names if key not in geo["columns"]]
    return {key: objects(table[key].to_pylist()) for key in others}


@contextmanager
def _file(path: Path) -> Iterator[Any]:
    """Open a file with Arrow; not by read_table, which would take folder names such as "year=2026" for columns."""
    # Loading Arrow takes as long as all the rest together, and few files need it.
    parquet = importlib.import_module("pyarrow.parquet")
    with parquet.ParquetFile(path) as file:
        yield file


def _geo(file: Any) -> dict[str, Any]:
    described = (file.schema_arrow.metadata or {}).get(b"geo")
    if described is None:
        raise ValueError("it has no GeoParquet metadata, so it is plain Parquet")
    geo: dict[str, Any] = json.loads(described)
    return geo


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turn what Arrow and broken metadata raise into one InputError that names the file."""
    arrow = importlib.import_module("pyarrow")
    try:
        yield
    except KeyError as error:
        raise _unreadable(path, f"its metadata lacks {error}") from None
    except (
        arrow.ArrowException,
        ValueError,  # wrong JSON and UTF-8 included
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        OSError,
        CRSError,
        shapely.errors.ShapelyError,
    ) as error:
        raise _unreadable(path, str(error).rstrip(".")) from None


def declared_crs(column: dict[str, Any]) -> str | None:
    """Return the CRS that the metadata of a geometry column declares, by its code or as WKT; None for an unknown one.

    Raises pyproj's CRSError for what is no CRS.
    """
    if "crs" not in column:
        return "OGC:CRS84"  # by the GeoParquet specification
    if not column["crs"]:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CRS.from_json_dict(column["crs"]).to_wkt()


def _unreadable(path: Path, reason: str) -> InputError:
    return InputError(
        Text(f"cannot be read as GeoParquet: {reason}.", f"无法作为 GeoParquet 读取：{reason}。"),
        where=str(path),
        hint=Text("The file may be damaged; ask for it again.", "文件可能损坏，请重新获取。"),
    )
