"""Files of points for tests, written by other means than what reads them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS

PLACES = ((117.20, 31.80), (117.25, 31.85), (117.30, 31.90))
KINDS = ("school", "clinic", "school")


def shapes_of(places: Sequence[tuple[float, float] | None]) -> NDArray[Any]:
    array = np.empty(len(places), dtype=object)
    array[:] = [None if place is None else shapely.Point(place) for place in places]
    return array


def write_gdal(
    path: Path,
    driver: str,
    places: Sequence[tuple[float, float] | None] = PLACES,
    kinds: Sequence[str | None] = KINDS,
    *,
    field: str = "category",
    crs: str | None = "EPSG:4490",
    **options: Any,
) -> Path:
    """Write points with one field of text through GDAL."""
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(shapes_of(places)),
        [np.array(kinds, dtype=object)],
        [field],
        driver=driver,
        geometry_type="Point",
        crs=crs,
        **options,
    )
    return path


def write_parquet(
    path: Path,
    geometry: Any,
    kinds: Sequence[object] | Any | None = KINDS,
    *,
    encoding: str = "WKB",
    crs: object = "EPSG:4490",
    rows: int = 1_000_000,
) -> Path:
    """Write a GeoParquet file of a column of geometry, with a column of kinds; `crs` "" leaves the key out."""
    column: dict[str, Any] = {"encoding": encoding, "geometry_types": ["Point"]}
    if crs != "":
        column["crs"] = None if crs is None else json.loads(CRS(crs).to_json())
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    columns = {"geometry": geometry} if kinds is None else {"category": pa.array(kinds), "geometry": geometry}
    table = pa.table(columns).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path, row_group_size=rows)
    return path


def wkb_of(places: Sequence[tuple[float, float] | None]) -> pa.Array:
    """Return points as a column of WKB."""
    return pa.array(shapely.to_wkb(shapes_of(places)).tolist(), pa.binary())
