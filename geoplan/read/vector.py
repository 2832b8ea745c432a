"""Reading one layer of a vector file into a ZoneLayer, or a list of features, through GDAL or Arrow."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.errors import CrsError, InputError, MissingCrsError, UsageError
from geoplan.read.formats import DRIVERS, Dataset, identify, sha256_of
from geoplan.read.parquet import read_parquet
from geoplan.types import InputInfo, Text
from geoplan.zones import ZoneLayer, polygonal

# What pyogrio raises for content it cannot read; IndexError is its answer to a truncated FlatGeobuf.
_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    IndexError,
    UnicodeDecodeError,
    ValueError,
)
_LONGEST_REASON = 300  # characters
_DAMAGE = ("corrupt", "truncated", "malformed")


# Layer types that may hold polygons, as GDAL names them.
_MAY_HOLD_POLYGONS = ("Polygon", "Surface", "Unknown", "GeometryCollection")
# Arcs are stroked in steps of this many degrees: the area of a circle comes out 5e-7 too small, not 8e-4.
_ARC_STEP_DEGREES = "0.1"


def read_zones(path: str | Path, *, layer: str | None = None, crs: str | None = None) -> ZoneLayer:
    """Return the polygons of a vector file, as stored, with their fields and CRS.

    `layer` picks a layer (or a file in a zip archive), needed only when several hold polygons. `crs`
    overrides what the file declares, and the result's `source.crs_how` says so.

    Raises InputError when the file cannot be read, is refused, has no features or no polygon at all,
    MissingCrsError when neither the file nor the caller names a CRS, and UsageError when the one the
    caller names does not exist.
    """
    found = read_features(Path(path), layer=layer, crs=crs, polygons=True)
    if not len(found):
        raise InputError(
            Text("the layer has no features.", "图层没有要素。"),
            where=_place(Path(path), found.source.layer),
            hint=Text("Export it again with the zones in it.", "请重新导出包含分区的文件。"),
        )
    present = ~(shapely.is_missing(found.geometry) | shapely.is_empty(found.geometry))
    if present.any() and not polygonal(found.geometry).any():
        kinds = ", ".join(sorted({geometry.geom_type for geometry in found.geometry[present]}))
        raise InputError(
            Text(f"polygons are needed, the layer holds {kinds}.", f"需要面要素，图层中为 {kinds}。"),
            where=_place(Path(path), found.source.layer),
            hint=Text("Choose another layer with --layer.", "请用 --layer 选择其他图层。"),
        )
    return found


def read_features(path: Path, *, layer: str | None = None, crs: str | None = None, polygons: bool = False) -> ZoneLayer:
    """Return the features of any layer, whatever their geometry (facilities may have none).

    With `polygons`, a layer of polygons is preferred when the file has several layers. Errors as
    for `read_zones`, except that no features and no polygons are no error.
    """
    dataset = identify(path, member=layer)
    if dataset.format == "GeoParquet":
        geometry, fields, declared = read_parquet(path)
        name = None
    else:
        name = _choose_layer(dataset, layer, polygons=polygons)
        geometry, fields, declared = _read_gdal(dataset, name)
    chosen = _crs_of(path, name, declared, crs)
    source = InputInfo(
        path=str(path),
        layer=name,
        features=len(geometry),
        sha256=_digest(path),
        crs=code_of(chosen),
        crs_how="declared" if crs is None else "override",
    )
    return ZoneLayer(np.asarray(shapely.force_2d(geometry), dtype=object), chosen, fields, source)


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise InputError(
            Text(f"cannot be read ({error.strerror}).", f"无法读取（{error.strerror}）。"), where=str(path)
        ) from None


def _crs_of(path: Path, layer: str | None, declared: str | None, override: str | None) -> CRS:
    if override is not None:
        try:
            return norm_crs(override)
        except CrsError as error:
            raise UsageError(error.message, where="--crs", hint=error.hint) from None
    try:
        # A GeoPackage says "undefined" in words (its systems 0 and -1), others by an engineering system.
        if declared is not None and not declared.startswith(("ENGCRS", "LOCAL_CS", "ENGINEERINGCRS")):
            found = norm_crs(declared)
            if not found.name.lower().startswith(("undefined", "unknown engineering")):
                return found
    except CrsError as error:
        raise error.at(_place(path, layer)) from None
    raise MissingCrsError(
        Text(
            "the file does not say in which coordinate system its numbers are, so no area can be trusted.",
            "文件没有说明坐标系，面积无法可靠计算。",
        ),
        where=_place(path, layer),
        hint=Text(
            "Ask whoever sent it, then name it: --crs EPSG:4490 (lon/lat), --crs EPSG:4548 (metres, CM 117E), …",
            "请向提供者确认后用 --crs 指定，例如 EPSG:4490（经纬度）、EPSG:4548（117E 中央经线，米）。",
        ),
    )


def _choose_layer(dataset: Dataset, wanted: str | None, *, polygons: bool) -> str:
    with _gdal(dataset):
        listed = [(str(name), kind) for name, kind in pyogrio.list_layers(dataset.address)]
        if not listed:
            raise ValueError("it holds no layer")
    names = [name for name, _ in listed]
    if wanted in names:
        return str(wanted)
    if wanted is not None and not dataset.address.startswith("/vsizip/"):
        raise InputError(
            Text(f'there is no layer "{wanted}".', f"没有图层“{wanted}”。"),
            where=str(dataset.path),
            hint=Text(f"Layers in the file: {', '.join(names)}.", f"文件中的图层：{'、'.join(names)}。"),
        )
    spatial = [name for name, kind in listed if kind is not None]
    likely = [name for name, kind in listed if kind is not None and any(word in kind for word in _MAY_HOLD_POLYGONS)]
    fitting = likely if polygons and likely else spatial
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise InputError(Text("there is no layer with geometry.", "没有含几何的图层。"), where=str(dataset.path))
    raise InputError(
        Text(f"several layers could be meant: {', '.join(fitting)}.", f"有多个可能的图层：{'、'.join(fitting)}。"),
        where=str(dataset.path),
        hint=Text("Choose one with --layer NAME.", "请用 --layer 指定。"),
    )


def _read_gdal(dataset: Dataset, layer: str) -> tuple[NDArray[Any], dict[str, NDArray[Any]], str | None]:
    with _gdal(dataset):
        info = pyogrio.read_info(dataset.address, layer=layer, force_feature_count=True)
        if info["driver"] not in DRIVERS[dataset.format]:
            raise ValueError(f"GDAL takes it for {info['driver']}")
        meta, _, wkb, values = pyogrio.raw.read(dataset.address, layer=layer)
        if wkb is None:
            raise ValueError("the layer has no geometry column")
        if len(wkb) != info["features"]:
            raise ValueError(f"{info['features']} features are stated, {len(wkb)} could be read")
        geometry = _shapes(wkb)
    return geometry, dict(zip(map(str, meta["fields"]), values, strict=True)), meta["crs"]


@contextmanager
def _gdal(dataset: Dataset) -> Iterator[None]:
    """Turn what GDAL and GEOS say of damage, as errors or in passing as warnings, into InputError."""
    pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": _ARC_STEP_DEGREES})
    try:
        # GDAL reports damage as a warning and goes on; a figure must never rest on such a file.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        damage = [str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)]
        telling = [text for text in damage if any(word in text.lower() for word in _DAMAGE)]
        if telling:
            raise ValueError(telling[0])
    except (*_UNREADABLE, shapely.errors.ShapelyError) as error:
        raise _unreadable(dataset, error) from None


def _shapes(wkb: NDArray[Any]) -> NDArray[Any]:
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
    reason = reason.replace(dataset.address, dataset.path.name).strip().rstrip(".")[:_LONGEST_REASON]
    return InputError(
        Text(
            f"cannot be read as {dataset.format}: {reason}.",
            f"无法作为 {dataset.format} 读取：{reason}。",
        ),
        where=str(dataset.path),
        hint=Text("The file may be damaged or incomplete; ask for it again.", "文件可能损坏或不完整，请重新获取。"),
    )


def _place(path: Path, layer: str | None) -> str:
    return f"{path}, layer {json.dumps(layer, ensure_ascii=False)}" if layer and layer != path.stem else str(path)
