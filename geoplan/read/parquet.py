"""GeoParquet, which the GDAL inside the pyogrio wheels cannot read: through Arrow, without pandas."""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geoplan.errors import InputError
from geoplan.types import Text


def read_parquet(path: Path, named: Path | None = None) -> tuple[NDArray[Any], dict[str, NDArray[Any]], str | None]:
    """Return the primary geometry column, the other columns and the CRS of a GeoParquet file.

    By the GeoParquet 1.1 specification a missing `crs` key means OGC:CRS84, a null one means unknown.
    Raises InputError when the file is damaged, is plain Parquet, or is not WKB-encoded; it names `named`
    (the archive the file was unpacked from) where that is given.
    """
    with _telling(named or path), _file(path) as file:
        table, geo = file.read(), _geo(file)
        name = geo["primary_column"]
        column = geo["columns"][name]
        if column["encoding"] != "WKB":
            raise ValueError(f"geometry is encoded as {column['encoding']}, only WKB is read")
        with np.errstate(invalid="ignore"):  # NaN coordinates are a finding, told by the checks
            geometry = shapely.from_wkb(table[name].to_numpy())
        others = [key for key in table.column_names if key not in geo["columns"]]
        fields = {key: np.array([*table[key].to_pylist(), None], dtype=object)[:-1] for key in others}
        return np.asarray(geometry, dtype=object), fields, _declared(column)


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


def _declared(column: dict[str, Any]) -> str | None:
    if "crs" not in column:
        return "OGC:CRS84"
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
