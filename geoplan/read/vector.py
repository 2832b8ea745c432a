"""Reading one layer of a vector file into a ZoneLayer, or a list of features, in a CRS that is known."""

from __future__ import annotations

from pathlib import Path

import shapely
from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.errors import CrsError, InputError, MissingCrsError, UsageError
from geoplan.read.raw import RawLayer, place_of, read_layer
from geoplan.types import InputInfo, Text
from geoplan.zones import ZoneLayer, polygonal


def read_zones(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    at_once: bool = True,
) -> ZoneLayer:
    """Return the polygons of a vector file, as stored, with their fields and CRS.

    `layer` picks a layer (or a file in a zip archive), needed only when several hold polygons. `crs`
    overrides what the file declares, and the result's `source.crs_how` says so; `encoding` overrides what it
    says of its text. Not `at_once`, shapes may be made only when they are looked at (`geoplan.shapes`): for those who
    look at few of them.

    Raises InputError when the file cannot be read, is refused, has no features or no polygon at all,
    MissingCrsError when neither the file nor the caller names a CRS, and UsageError when the one the
    caller names does not exist, or the encoding does not.
    """
    raw = read_layer(Path(path), layer=layer, encoding=encoding, polygons=True, at_once=at_once)
    return require_zones(layer_of(raw, crs))


def require_zones(found: ZoneLayer) -> ZoneLayer:
    """Return a layer that was read for its polygons; raises InputError when it holds none."""
    path = found.source.path
    if not len(found):
        raise InputError(
            Text("the layer has no features.", "图层没有要素。"),
            where=place_of(path, found.source.layer),
            hint=Text("Export it again with the zones in it.", "请重新导出包含分区的文件。"),
        )
    present = ~(shapely.is_missing(found.geometry) | shapely.is_empty(found.geometry))
    if present.any() and not polygonal(found.geometry).any():
        kinds = ", ".join(sorted({geometry.geom_type for geometry in found.geometry[present]}))
        raise InputError(
            Text(f"polygons are needed, the layer holds {kinds}.", f"需要面要素，图层中为 {kinds}。"),
            where=place_of(path, found.source.layer),
            hint=Text("Choose another layer with --layer.", "请用 --layer 选择其他图层。"),
        )
    return found


def read_features(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    polygons: bool = False,
    encoding: str | None = None,
) -> ZoneLayer:
    """Return the features of any layer, whatever their geometry (facilities may have none).

    With `polygons`, a layer of polygons is preferred when the file has several layers. Errors as
    for `read_zones`, except that no features and no polygons are no error.
    """
    return layer_of(read_layer(path, layer=layer, encoding=encoding, polygons=polygons), crs)


def layer_of(raw: RawLayer, crs: str | None) -> ZoneLayer:
    """Return a layer as read, in the CRS it declares or the one named instead; errors as for `read_features`."""
    chosen = _crs_of(raw, crs)
    source = InputInfo(
        path=raw.path,
        layer=raw.layer,
        features=raw.features,
        sha256=raw.sha256,
        crs=code_of(chosen),
        crs_how="declared" if crs is None else "override",
    )
    return ZoneLayer(raw.geometry, chosen, raw.fields, source)


def _crs_of(raw: RawLayer, override: str | None) -> CRS:
    if override is not None:
        try:
            return norm_crs(override)
        except CrsError as error:
            raise UsageError(error.message, where="--crs", hint=error.hint) from None
    declared = raw.crs()
    if declared is not None:
        return declared
    raise MissingCrsError(
        Text(
            "the file does not say in which coordinate system its numbers are, so no area can be trusted.",
            "文件没有说明坐标系，面积无法可靠计算。",
        ),
        where=place_of(raw.path, raw.layer),
        hint=Text(
            "Ask whoever sent it, then name it: --crs EPSG:4490 (lon/lat), --crs EPSG:4548 (metres, CM 117E), …",
            "请向提供者确认后用 --crs 指定，例如 EPSG:4490（经纬度）、EPSG:4548（117E 中央经线，米）。",
        ),
    )
