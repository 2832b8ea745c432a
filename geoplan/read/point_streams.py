"""Points of a file as a stream of Arrow columns: memory is bounded by a batch, not by what the file holds."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from geoplan.arrays import objects
from geoplan.ogr import pyogrio
from geoplan.read.contents import Dataset
from geoplan.read.encoding import required_codec
from geoplan.read.gdal import DRIVERS, read_gdal
from geoplan.read.guards import UnfitError
from geoplan.read.parquet import declared_crs
from geoplan.read.shapefile import CARRIER, declared_encodings, deleted_rows, in_its_encoding
from geoplan.read.tables import place_columns
from geoplan.zones import as_text

ROWS = 262_144  # of a batch: some tens of megabytes in all that is made of it
FORMATS = tuple(name for name in DRIVERS if name not in ("XLSX", "DXF"))
_OWN_TEXT = ("Shapefile",)  # whose text GDAL hands over byte for byte
_WHOLE = ("MapInfo",)  # the same, but not in batches
_BLOCK = 1 << 24
_NO_NUMBER = ["", "NaN", "nan", "NULL", "null", "NA", "N/A", "None", "-"]


@dataclass(frozen=True, slots=True)
class Stream:
    """What a layer of points is before it is read: its CRS as declared, its fields, and how many rows it states.

    `rows` and `at_least` bound the number of rows there must be; None where nothing is stated.
    """

    declared: str | None
    fields: tuple[str, ...]
    rows: int | None
    at_least: int | None = None
    groups: tuple[int, ...] = ()  # rows of each row group of GeoParquet


def stream_of(dataset: Dataset, layer: str, encoding: str | None) -> Stream:
    """Return what a layer is; raises UnfitError or what its library raises when it cannot be read."""
    if dataset.format == "GeoParquet":
        return _parquet_head(dataset.local)
    if dataset.format == "CSV":
        return Stream(None, tuple(_heading(dataset.local, _codec(dataset.local, encoding))[0]), None)
    if dataset.format in _WHOLE:
        whole = read_gdal(dataset, layer, encoding)
        return Stream(whole.crs, tuple(whole.fields), len(whole.geometry))
    info = pyogrio.read_info(dataset.address, layer=layer, force_feature_count=True, **_own(dataset))
    gone = deleted_rows(dataset.local) if dataset.format == "Shapefile" else 0
    fields = tuple(map(str, info["fields"]))
    return Stream(
        info["crs"], tuple(decoded_texts(dataset, fields, encoding)), info["features"], info["features"] - gone
    )


def columns_of(
    dataset: Dataset, layer: str, field: str | None, encoding: str | None, groups: tuple[int, ...] | None = None
) -> Iterator[tuple[Any, Any | None]]:
    """Yield batches of a layer: the column of geometry (or those of x and y), and that of a field if one is named.

    Of GeoParquet only some row `groups`, if any are named.
    """
    if dataset.format == "GeoParquet":
        yield from _parquet(dataset.local, field, groups)
    elif dataset.format == "CSV":
        yield from _csv(dataset.local, field, encoding)
    elif dataset.format in _WHOLE:
        yield from _whole(dataset, layer, field, encoding)
    else:
        yield from _gdal(dataset, layer, field, encoding)


def decoded_texts(dataset: Dataset, texts: tuple[str, ...], encoding: str | None) -> list[str]:
    """Return texts of a file in the encoding they are really in, as names of fields or distinct values."""
    if dataset.format not in _OWN_TEXT or not texts:
        return list(texts)
    said = declared_encodings(dataset.local) if dataset.format == "Shapefile" else ()
    fields, _ = in_its_encoding({"": objects(texts)}, said, encoding)
    return [str(text) for text in next(iter(fields.values()))]


def _own(dataset: Dataset) -> dict[str, str]:
    return {"encoding": CARRIER} if dataset.format in _OWN_TEXT else {}


def _gdal(dataset: Dataset, layer: str, field: str | None, encoding: str | None) -> Iterator[tuple[Any, Any | None]]:
    import pyarrow as pa  # noqa: PLC0415 - takes as long to load as all the rest, and few commands need it

    own = _own(dataset)
    raw = [str(name) for name in pyogrio.read_info(dataset.address, layer=layer, **own)["fields"]]
    known = dict(zip(decoded_texts(dataset, tuple(raw), encoding), raw, strict=True))
    chosen = [] if field is None else [known[field]]
    with pyogrio.open_arrow(dataset.address, layer=layer, columns=chosen, batch_size=ROWS, **own) as (meta, stream):
        for batch in pa.RecordBatchReader.from_stream(stream):
            name = meta["geometry_name"] or "wkb_geometry"
            if name not in batch.schema.names:
                raise UnfitError("the layer has no geometry column", "图层没有几何列")
            yield batch.column(name), batch.column(chosen[0]) if chosen else None


def _whole(dataset: Dataset, layer: str, field: str | None, encoding: str | None) -> Iterator[tuple[Any, Any | None]]:
    import pyarrow as pa  # noqa: PLC0415 - as above

    found = read_gdal(dataset, layer, encoding)
    geometry = pa.array(shapely.to_wkb(found.geometry).tolist(), pa.large_binary())
    yield geometry, None if field is None else pa.array(map(as_text, found.fields[field]), pa.string())


def _geo(schema: Any) -> dict[str, Any]:
    described = (schema.metadata or {}).get(b"geo")
    if described is None:
        raise UnfitError(
            "it has no GeoParquet metadata, so it is plain Parquet", "没有 GeoParquet 元数据，只是普通 Parquet"
        )
    geo: dict[str, Any] = json.loads(described)
    return geo


def _parquet_head(path: Path) -> Stream:
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    with pq.ParquetFile(path) as file:
        geo = _geo(file.schema_arrow)
        column = geo["columns"][geo["primary_column"]]
        if column["encoding"] not in ("WKB", "point"):
            reason = f"geometry is encoded as {column['encoding']}, only WKB and point are read"
            raise UnfitError(reason, f"几何编码为 {column['encoding']}，仅支持 WKB 和 point")
        others = tuple(name for name in file.schema_arrow.names if name not in geo["columns"])
        rows = file.metadata.num_rows
        groups = tuple(file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups))
        return Stream(declared_crs(column), others, rows, rows, groups)


def _parquet(path: Path, field: str | None, groups: tuple[int, ...] | None) -> Iterator[tuple[Any, Any | None]]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    kept = [] if field is None else [field]
    with pq.ParquetFile(path, read_dictionary=kept) as file:
        geometry = _geo(file.schema_arrow)["primary_column"]
        some = None if groups is None else list(groups)
        for batch in file.iter_batches(batch_size=ROWS, row_groups=some, columns=[geometry, *kept]):
            yield batch.column(geometry), batch.column(field) if field is not None else None


def _codec(path: Path, encoding: str | None) -> str:
    """Return the encoding of a text file: as named, by its mark, UTF-8 where all of it is that, else GB18030."""
    if encoding is not None:
        return required_codec(encoding)
    with path.open("rb") as stream:
        if stream.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
    try:
        with path.open(encoding="utf-8", newline="") as text:
            while text.read(_BLOCK):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _heading(path: Path, codec: str) -> tuple[list[str], str, int]:
    """Return the names of the columns, what stands between them, and the number of lines up to there."""
    with path.open(encoding="utf-8-sig" if codec == "utf-8" else codec, errors="replace", newline="") as text:
        number, line = next((number, line) for number, line in enumerate(text, start=1) if line.strip())
    delimiter = max(",;\t|", key=line.count)
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))], delimiter, number


def _csv(path: Path, field: str | None, encoding: str | None) -> Iterator[tuple[Any, Any | None]]:
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - as above

    codec = _codec(path, encoding)
    names, delimiter, skipped = _heading(path, codec)
    wkt, east, north = place_columns(names)
    unique = [f"{place}" for place in range(len(names))]  # whatever the heading repeats or leaves out
    wanted = [wkt] if wkt is not None else [east, north]
    kept = [unique[place] for place in wanted if place is not None]
    kept += [unique[names.index(field)]] if field is not None else []
    kinds = {name: pa.string() for name in kept} if wkt is not None else {name: pa.float64() for name in kept[:2]}
    if field is not None:
        kinds[kept[-1]] = pa.string()
    reader = arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(
            column_names=unique, skip_rows=skipped, encoding=codec, block_size=_BLOCK, use_threads=True
        ),
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        arrow_csv.ConvertOptions(
            column_types=kinds, include_columns=kept, null_values=_NO_NUMBER, strings_can_be_null=True
        ),
    )
    with reader:
        for block in reader:
            for begin in range(0, len(block), ROWS):
                batch = block.slice(begin, ROWS)
                place = _of_wkt(batch.column(0)) if wkt is not None else _pair(batch)
                yield place, batch.column(len(kept) - 1) if field is not None else None


def _pair(batch: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - as above

    return pa.StructArray.from_arrays([batch.column(0), batch.column(1)], names=["x", "y"])


def _of_wkt(column: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - as above

    texts = [None if text is None else text.partition(";")[2] or text for text in column.to_pylist()]
    return pa.array(shapely.to_wkb(shapely.from_wkt(texts)), pa.large_binary())
