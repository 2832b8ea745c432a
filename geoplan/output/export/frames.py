"""Tables as data frames for GDAL: typed columns in which what is not known is null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas
import pandas as pd

from geoplan.arrays import objects
from geoplan.output.export.values import Table

_DTYPES: Mapping[str, str] = {"TEXT": "str", "REAL": "float64", "INTEGER": "Int64", "BOOLEAN": "boolean"}


def attributes(table: Table) -> pd.DataFrame:
    """Return the columns of a table without its shapes."""
    fields: dict[str, Any] = {}
    for place, column in enumerate(table.columns):
        fields[column.name] = pd.Series([row[place] for row in table.rows], dtype=_DTYPES[column.kind])
    return pd.DataFrame(fields, index=range(len(table)))


def with_shapes(table: Table, frame: pd.DataFrame, shapes: tuple[Any, ...]) -> geopandas.GeoDataFrame:
    """Return a frame with the shapes beside it, in the CRS of the table."""
    return geopandas.GeoDataFrame(frame, geometry=geopandas.array.GeometryArray(objects(shapes), crs=table.crs))
