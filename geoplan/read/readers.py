"""Which reader answers for which format: its layers, and the contents of one."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geoplan.inspection import EncodingInfo
from geoplan.read.boundary_points import read_points
from geoplan.read.contents import UTF8, Contents, Dataset, LayerHead
from geoplan.read.dxf import zones_of_drawing
from geoplan.read.encoding import decode_document, describe
from geoplan.read.gdal import heads_gdal, read_gdal, telling
from geoplan.read.guards import UnfitError
from geoplan.read.parquet import head_parquet, read_parquet
from geoplan.read.tables import read_table, rows_of

MAX_TEXT_BYTES = 500_000_000  # of a table or list of points, read in memory


def heads(dataset: Dataset, encoding: str | None = None) -> tuple[LayerHead, ...]:
    """Return the layers of a dataset; raises InputError when it cannot be read."""
    with telling(dataset):
        if dataset.format == "GeoParquet":
            return (LayerHead(dataset.stem, *head_parquet(dataset.local, dataset.path)),)
        if dataset.format in ("CSV", "boundary points"):
            found = contents(dataset, dataset.stem, encoding)
            return (LayerHead(dataset.stem, _kind(found), found.features, tuple(found.fields)),)
        listed = heads_gdal(dataset)
        if dataset.format == "XLSX":
            return tuple(_sheet(dataset, head) for head in listed)
        if dataset.format == "DXF":
            return tuple(LayerHead(one.name, "Unknown", one.features, ("name", *one.fields)) for one in listed)
        return listed


def contents(dataset: Dataset, layer: str, encoding: str | None = None, drawn_on: str | None = None) -> Contents:
    """Return one layer of a dataset; `drawn_on` narrows a drawing to one of its own layers.

    Raises InputError when it cannot be read, naming file, line or feature.
    """
    with telling(dataset):
        if dataset.format == "GeoParquet":
            geometry, fields, crs = read_parquet(dataset.local, dataset.path)
            texts = (value for values in fields.values() for value in values[:10_000] if isinstance(value, str))
            return Contents(geometry, fields, crs, len(geometry), describe("utf-8", UTF8.how, texts))
        if dataset.format == "boundary points":
            return read_points(_bytes(dataset), encoding)
        if dataset.format == "CSV":
            text, how = decode_document(_bytes(dataset), encoding)
            return read_table(rows_of(text), how)
        if dataset.format == "XLSX":
            rows, how = _rows(dataset, layer)
            return read_table(rows, how)
        found = read_gdal(dataset, layer, encoding)
        return zones_of_drawing(found, drawn_on) if dataset.format == "DXF" else found


def _bytes(dataset: Dataset) -> bytes:
    if dataset.local.stat().st_size > MAX_TEXT_BYTES:
        raise UnfitError(f"holds more than {MAX_TEXT_BYTES:,} bytes of text", f"文本超过 {MAX_TEXT_BYTES:,} 字节")
    return dataset.local.read_bytes()


def _kind(found: Contents) -> str:
    kinds = {shapely.get_type_id(shape) for shape in found.geometry if shape is not None}
    return "Polygon" if kinds and kinds <= {3, 6} else "Unknown"


def _rows(dataset: Dataset, layer: str) -> tuple[Sequence[Sequence[str]], EncodingInfo]:
    sheet = read_gdal(dataset, layer)
    columns = [["" if cell is None else str(cell) for cell in values] for values in sheet.fields.values()]
    return [list(row) for row in zip(*columns, strict=True)], sheet.encoding


def _sheet(dataset: Dataset, head: LayerHead) -> LayerHead:
    try:
        found = read_table(*_rows(dataset, head.name))
    except UnfitError:
        return LayerHead(head.name, None, head.features, head.fields)
    return LayerHead(head.name, _kind(found), found.features, tuple(found.fields))
