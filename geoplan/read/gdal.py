"""Layers and their features through GDAL, with its mutterings taken seriously and its guesses of text undone."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.errors import InputError
from geoplan.memory import ran_out
from geoplan.ogr import pyogrio
from geoplan.read.arrow import PLAIN_TYPES, read_stream
from geoplan.read.contents import ARC_STEP_DEGREES, STROKED, UTF8, Contents, Dataset, LayerHead, skipped
from geoplan.read.curves import may_hold_arcs
from geoplan.read.encoding import describe
from geoplan.read.guards import UnfitError
from geoplan.read.shapefile import CARRIER, declared_encodings, deleted_rows, in_its_encoding
from geoplan.types import Text

# format: the GDAL drivers that may answer for it
DRIVERS = {
    "GeoPackage": ("GPKG",),
    "GeoJSON": ("GeoJSON",),
    "GeoJSONSeq": ("GeoJSONSeq",),
    "Shapefile": ("ESRI Shapefile",),
    "FlatGeobuf": ("FlatGeobuf",),
    "KML": ("LIBKML", "KML"),
    "GML": ("GML",),
    "FileGDB": ("OpenFileGDB",),
    "MapInfo": ("MapInfo File",),
    "DXF": ("DXF",),
    "XLSX": ("XLSX",),
}
# Formats whose text GDAL hands over byte for byte, to be decoded here.
_OWN_TEXT = ("Shapefile", "MapInfo", "DXF")
# Nothing is written beside a file and nothing fetched; rows of a sheet come as they stand, headings included.
_CONFIG = {
    "OGR_ARC_STEPSIZE": ARC_STEP_DEGREES,
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "OGR_XLSX_HEADERS": "DISABLE",
    "OGR_XLSX_FIELD_TYPES": "STRING",
    "DXF_ENCODING": "UTF-8",
    "DXF_MERGE_BLOCK_GEOMETRIES": "FALSE",
    "DXF_FEATURE_LIMIT_PER_BLOCK": "10000",
}
_OPTIONS: dict[str, dict[str, str]] = {"GML": {"WRITE_GFS": "NO", "DOWNLOAD_SCHEMA": "NO"}}
# What pyogrio raises for content it cannot read; IndexError is its answer to a truncated FlatGeobuf.
UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    IndexError,
    UnicodeDecodeError,
    ValueError,
)
# Formats that GDAL reads in batches faster than feature by feature.
STREAMED = ("FlatGeobuf", "GeoPackage")
_Read: TypeAlias = tuple[Any, dict[str, NDArray[Any]]]
_LONGEST_REASON = 300  # characters
_DAMAGE = ("corrupt", "truncated", "malformed")


def heads_gdal(dataset: Dataset) -> tuple[LayerHead, ...]:
    """Return the layers of a dataset in its own order, those without geometry included."""
    with _gdal():
        listed = [(str(name), kind) for name, kind in pyogrio.list_layers(dataset.address)]
        if not listed:
            raise ValueError("it holds no layer")
        return tuple(_head(dataset, name, kind) for name, kind in listed)


def read_gdal(dataset: Dataset, layer: str, encoding: str | None = None) -> Contents:
    """Return one layer whole; `encoding` overrides what Shapefile, MapInfo and DXF files say of their text.

    Raises ValueError when GDAL reads fewer features than it counts, or takes the file for another format.
    """
    with _gdal():
        info = _info(dataset, layer)
        gone = deleted_rows(dataset.local) if dataset.format == "Shapefile" else 0
        streamed = _streamed(dataset, layer, info) if dataset.format in STREAMED else None
        geometry, fields = streamed or _at_once(dataset, layer, info, gone)
    rows = len(geometry)
    how = UTF8
    if dataset.format in _OWN_TEXT:
        said = declared_encodings(dataset.local) if dataset.format == "Shapefile" else ()
        fields, how = in_its_encoding(fields, said, encoding)
    else:
        found = dataset.encoding or UTF8
        how = describe(found.name, found.how, _texts(fields))
    why = (skipped(gone, "marked as deleted in the .dbf", "在 .dbf 中已标记删除"),) if gone else ()
    notes = (STROKED,) if may_hold_arcs(dataset, layer) else ()
    return Contents(geometry, fields, info["crs"], rows + gone, how, why, notes)


def _at_once(dataset: Dataset, layer: str, info: dict[str, Any], gone: int) -> _Read:
    """Return geometry and fields read feature by feature; `gone` of those counted may be missing."""
    meta, _, wkb, values = pyogrio.raw.read(dataset.address, layer=layer, **_reading(dataset))
    if wkb is None and dataset.format != "XLSX":
        raise ValueError("the layer has no geometry column")
    count = info["features"]
    rows = len(values[0]) if wkb is None and values else len(wkb) if wkb is not None else 0
    if rows not in (count, count - gone):
        raise ValueError(f"{count} features are stated, {rows} could be read")
    geometry = np.full(rows, None, dtype=object) if wkb is None else shapes_of(wkb)
    return geometry, dict(zip(map(str, meta["fields"]), values, strict=True))


def _streamed(dataset: Dataset, layer: str, info: dict[str, Any]) -> _Read | None:
    """Return geometry and fields read batch by batch; None where anything is amiss, for the other way to tell."""
    names = [str(name) for name in info["fields"]]
    plain = [name for name, kind in zip(names, info["ogr_types"], strict=True) if kind in PLAIN_TYPES]
    others = [name for name in names if name not in plain]
    if len(set(names)) < len(names):
        return None
    try:
        shapes, columns = read_stream(dataset.address, layer, plain, info["features"])
        found = dict(zip(plain, columns, strict=True))
        if others:
            meta, _, _, values = pyogrio.raw.read(dataset.address, layer=layer, columns=others, read_geometry=False)
            found |= dict(zip(map(str, meta["fields"]), values, strict=True))
    except (*UNREADABLE, shapely.errors.ShapelyError, NotImplementedError):  # the last of these: curves
        return None
    whole = len(shapes) == info["features"] and found.keys() == set(names)
    return (shapes, {name: found[name] for name in names}) if whole else None


@contextmanager
def telling(dataset: Dataset) -> Iterator[None]:
    """Turn what any reader says of a file it cannot read into one InputError that names the file."""
    try:
        yield
    except (*UNREADABLE, shapely.errors.ShapelyError) as error:
        raise _unreadable(dataset, error) from None
    except MemoryError:
        raise ran_out(str(dataset.path)) from None


@contextmanager
def _gdal() -> Iterator[None]:
    """Run GDAL with our settings, and make errors of the damage it mentions only in passing."""
    pyogrio.set_gdal_config_options(_CONFIG)
    # GDAL reports damage as a warning and goes on; a figure must never rest on such a file.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    damage = [str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)]
    worse = [text for text in damage if any(word in text.lower() for word in _DAMAGE)]
    if worse:
        raise ValueError(worse[0])


def _reading(dataset: Dataset) -> dict[str, str]:
    own = {"encoding": CARRIER} if dataset.format in _OWN_TEXT else {}
    return own | _OPTIONS.get(dataset.format, {})


def _info(dataset: Dataset, layer: str) -> dict[str, Any]:
    info: dict[str, Any] = pyogrio.read_info(
        dataset.address, layer=layer, force_feature_count=True, **_reading(dataset)
    )
    if info["driver"] not in DRIVERS[dataset.format]:
        raise ValueError(f"GDAL takes it for {info['driver']}")
    return info


def _head(dataset: Dataset, name: str, kind: str | None) -> LayerHead:
    info = _info(dataset, name)
    fields = tuple(map(str, info["fields"]))
    if dataset.format in _OWN_TEXT:
        said = declared_encodings(dataset.local) if dataset.format == "Shapefile" else ()
        with suppress(UnfitError):  # told when the layer is read, with the text at fault
            fields = tuple(in_its_encoding({field: np.empty(0) for field in fields}, said, None)[0])
    return LayerHead(name, kind, info["features"], fields)


def _texts(fields: dict[str, NDArray[Any]]) -> Iterator[str]:
    yield from fields
    for values in fields.values():
        if values.dtype == object:
            yield from (value for value in values[:10_000] if isinstance(value, str))


def shapes_of(wkb: NDArray[Any]) -> NDArray[Any]:
    """Return the geometries, saying which feature is at fault when one is not geometry at all."""
    with np.errstate(invalid="ignore"):  # NaN coordinates are a finding, told by the checks
        try:
            return np.asarray(shapely.from_wkb(wkb), dtype=object)
        except shapely.errors.ShapelyError:
            for place, one in enumerate(wkb, start=1):
                try:
                    shapely.from_wkb(one)
                except shapely.errors.ShapelyError as error:
                    reason = str(error).removeprefix("IllegalArgumentException: ").removeprefix("ParseException: ")
                    raise ValueError(f"feature #{place}: {reason.strip()}") from None
            raise


def _unreadable(dataset: Dataset, error: Exception) -> InputError:
    reason = "its text is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
    reason = " ".join(reason.replace(dataset.address, dataset.local.name).split()).rstrip(".")[:_LONGEST_REASON]
    zh = " ".join(error.zh.split())[:_LONGEST_REASON] if isinstance(error, UnfitError) else reason
    inside = f" ({dataset.member})" if dataset.member else ""
    hint = Text("The file may be damaged or incomplete; ask for it again.", "文件可能损坏或不完整，请重新获取。")
    return InputError(
        Text(
            f"cannot be read as {dataset.format}{inside}: {reason}.",
            f"无法作为 {dataset.format} 读取{inside}：{zh}。",
        ),
        where=str(dataset.path),
        hint=None if "--encoding" in reason else hint,
    )
