"""GeoParquet 1.1 with a bounding box per row, by which readers skip what lies elsewhere.

Source: https://geoparquet.org/releases/v1.1.0/ (column metadata, `covering`, `orientation`).
"""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geoplan.arrays import objects
from geoplan.output.export.placing import counter_clockwise
from geoplan.output.export.values import Package, Table, Written
from geoplan.output.handover import TOOL

_TYPES = {"TEXT": pa.string(), "REAL": pa.float64(), "INTEGER": pa.int64(), "BOOLEAN": pa.bool_()}
_BOX = ("xmin", "ymin", "xmax", "ymax")


def write_parquet(package: Package) -> Written:
    """Return a GeoParquet 1.1 file of the package's one table: exact, in the plan's order."""
    (table,) = package.tables
    table = counter_clockwise(table)
    names = [column.name for column in table.columns]
    arrays = [
        pa.array([row[place] for row in table.rows], type=_TYPES[column.kind])
        for place, column in enumerate(table.columns)
    ]
    holder = objects(table.shapes)
    made = pa.table([*arrays, _boxes(holder), _binary(holder)], names=[*names, "bbox", "geometry"])
    about = package.facts.lines() | {"losses": json.dumps([loss.message.en for loss in package.losses])}
    made = made.replace_schema_metadata(
        {"geo": json.dumps(_geo(table, holder, package)), "geoplan": json.dumps(about, ensure_ascii=False)}
    )
    buffer = io.BytesIO()
    pq.write_table(made, buffer, compression="zstd")
    return Written(buffer.getvalue())


def _binary(shapes: Any) -> pa.Array:
    blobs = [None if shape is None else shapely.to_wkb(shape, byte_order=1, flavor="iso") for shape in shapes]
    return pa.array(blobs, type=pa.binary())


def _boxes(shapes: Any) -> pa.Array:
    corners = [None if shape is None else dict(zip(_BOX, map(float, shape.bounds), strict=True)) for shape in shapes]
    return pa.array(corners, type=pa.struct([(name, pa.float64()) for name in _BOX]))


def _geo(table: Table, shapes: Any, package: Package) -> dict[str, Any]:
    there = [shape for shape in shapes if shape is not None]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in there}),
        "crs": package.crs.to_json_dict(),
        "orientation": "counterclockwise",
        "edges": "planar",
        "covering": {"bbox": {name: ["bbox", name] for name in _BOX}},
    }
    if there:
        column["bbox"] = [float(value) for value in shapely.total_bounds(there)]
    return {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": column},
        "creator": {"library": TOOL.split()[0], "version": TOOL.split()[1], "layer": table.name},
    }
