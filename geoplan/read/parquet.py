"""GeoParquet, which the GDAL inside the pyogrio wheels cannot read: through Arrow, without pandas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.errors import InputError
from geoplan.types import Text


def read_parquet(path: Path) -> tuple[NDArray[Any], dict[str, NDArray[Any]], str | None]:
    """Return the primary geometry column, the other columns and the CRS of a GeoParquet file.

    By the GeoParquet 1.1 specification a missing `crs` key means OGC:CRS84, a null one means unknown.
    Raises InputError when the file is damaged, is plain Parquet, or is not WKB-encoded.
    """
    try:
        table = pyarrow.parquet.read_table(path)
        described = (table.schema.metadata or {}).get(b"geo")
        if described is None:
            raise ValueError("it has no GeoParquet metadata, so it is plain Parquet")
        geo = json.loads(described)
        name = geo["primary_column"]
        column = geo["columns"][name]
        if column["encoding"] != "WKB":
            raise ValueError(f"geometry is encoded as {column['encoding']}, only WKB is read")
        with np.errstate(invalid="ignore"):  # NaN coordinates are a finding, told by the checks
            geometry = shapely.from_wkb(table[name].to_numpy())
        crs = CRS.from_json_dict(column["crs"]).to_wkt() if column.get("crs") else None
    except (pyarrow.ArrowException, ValueError, KeyError, TypeError, OSError, shapely.errors.ShapelyError) as error:
        raise InputError(
            Text(f"cannot be read as GeoParquet: {error}.", f"无法作为 GeoParquet 读取：{error}。"),
            where=str(path),
            hint=Text("The file may be damaged; ask for it again.", "文件可能损坏，请重新获取。"),
        ) from None
    if "crs" not in column:
        crs = "OGC:CRS84"
    geometries = set(geo["columns"])
    fields = {key: _values(table[key]) for key in table.column_names if key not in geometries}
    return geometry, fields, crs


def _values(column: pyarrow.ChunkedArray) -> NDArray[Any]:
    return np.array(column.to_pylist(), dtype=object)
