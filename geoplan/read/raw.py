"""A file of any kind as it is: one layer of it, what is declared, how its text was read, and what was left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import norm_crs
from geoplan.errors import CrsError, InputError, UsageError
from geoplan.inspection import EncodingInfo, LayerInfo
from geoplan.memory import require_memory
from geoplan.parallel import uncollected
from geoplan.read.contents import Contents, skipped
from geoplan.read.encoding import required_codec
from geoplan.read.formats import opened, sha256_of, vertices_in
from geoplan.read.gdal import STREAMED
from geoplan.read.guards import UnfitError
from geoplan.read.layers import Listed, choose_layer, list_layers
from geoplan.read.readers import contents
from geoplan.shapes import LazyShapes
from geoplan.types import Text


@dataclass(frozen=True, slots=True)
class RawLayer:
    """One layer of a file, before anything is decided about its coordinates.

    `geometry` is an object array of two-dimensional shapely geometries or None, in file order, curves stroked;
    `fields` maps each column to an array of the same length. `declared` is the CRS text of the file, a code or
    WKT, None when it says nothing. `driver` is the format by content. `layer` is the name users know it by, None
    where the file itself is the layer. `layers` describes every layer of the file, this one with what was read
    and `skipped`; `notes` say what was done to what was read.
    """

    path: str
    sha256: str
    driver: str
    layer: str | None
    geometry: NDArray[Any]
    fields: Mapping[str, NDArray[Any]]
    declared: str | None
    encoding: EncodingInfo
    layers: tuple[LayerInfo, ...]
    skipped: tuple[Text, ...]
    notes: tuple[Text, ...] = ()

    @property
    def features(self) -> int:
        """Return the number of features read."""
        return len(self.geometry)

    def crs(self) -> CRS | None:
        """Return the declared CRS, None when none is declared or it is declared unknown.

        Raises CrsError when what is declared is no system geoplan can work in.
        """
        # A GeoPackage says "undefined" in words (its systems 0 and -1), others by an engineering system.
        if self.declared is None or self.declared.startswith(("ENGCRS", "LOCAL_CS", "ENGINEERINGCRS")):
            return None
        try:
            found = norm_crs(self.declared)
        except CrsError as error:
            raise error.at(place_of(self.path, self.layer)) from None
        return None if found.name.lower().startswith(("undefined", "unknown engineering")) else found


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file is, short of its coordinates.

    `raw` is the layer that would be loaded; it is None when `unclear` says why there is no such.
    """

    path: str
    sha256: str
    driver: str
    layers: tuple[LayerInfo, ...]
    raw: RawLayer | None
    unclear: InputError | None


def read_raw(path: str | Path, *, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Return the layer of a file that holds the zones, or the one named `layer`.

    In a drawing `layer` may also be one of its own layers, in an archive the name of a file. `encoding` overrides
    what the file says of its text. A missing CRS is no error. Raises InputError when the file cannot be read, is
    refused, or several layers could be meant, and UsageError when there is no such encoding.
    """
    return read_layer(Path(path), layer=layer, encoding=encoding, polygons=True)


def inspect_layers(path: str | Path, *, encoding: str | None = None) -> tuple[LayerInfo, ...]:
    """Return every layer of a file, none of them read; raises InputError as `read_raw` does."""
    return inspect_file(path, encoding=encoding, choose=False).layers


def inspect_file(
    path: str | Path, *, layer: str | None = None, encoding: str | None = None, choose: bool = True
) -> FileFacts:
    """Return what a file is: its format, layers and, if that is clear (and `choose`), the layer to load.

    Raises InputError when the file itself cannot be read.
    """
    path = Path(path)
    require_encoding(encoding)
    with opened(path, encoding=encoding) as datasets:
        listed = list_layers(datasets, encoding)
        facts = FileFacts(str(path), _digest(path), datasets[0].format, _infos(listed, None, None), None, None)
        if not choose:
            return facts
        try:
            raw = _read(path, listed, layer, encoding, polygons=True, at_once=True)
        except InputError as error:
            return FileFacts(facts.path, facts.sha256, facts.driver, facts.layers, None, error)
    return FileFacts(raw.path, raw.sha256, raw.driver, raw.layers, raw, None)


def read_layer(
    path: Path, *, layer: str | None, encoding: str | None, polygons: bool, at_once: bool = True
) -> RawLayer:
    """Return one layer; with `polygons` one that holds any is preferred when the file has several.

    Not `at_once`, shapes may be made only when they are looked at (`geoplan.shapes`).
    """
    require_encoding(encoding)
    with opened(path, member=layer, encoding=encoding) as datasets:
        return _read(path, list_layers(datasets, encoding), layer, encoding, polygons=polygons, at_once=at_once)


def place_of(path: str, layer: str | None) -> str:
    """Return how a message names a layer of a file."""
    return f"{path}, layer {json.dumps(layer, ensure_ascii=False)}" if layer and layer != Path(path).stem else path


def _read(
    path: Path,
    listed: Sequence[Listed],
    layer: str | None,
    encoding: str | None,
    *,
    polygons: bool,
    at_once: bool,
) -> RawLayer:
    drawn_on = None
    if layer is not None and len(listed) == 1 and listed[0].dataset.format == "DXF" and not listed[0].answers_to(layer):
        drawn_on, layer = layer, None
    chosen = choose_layer(path, listed, layer, polygons=polygons)
    features = chosen.head.features
    lazy = not at_once and chosen.dataset.format in STREAMED
    require_memory(place_of(str(path), chosen.name), features, vertices_in(chosen.dataset, features), lazy=lazy)
    with uncollected(), ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_digest, path)
        found = contents(chosen.dataset, chosen.head.name, encoding, drawn_on)
    if drawn_on is not None and not len(found.geometry):
        raise InputError(
            Text(f"nothing closed lies on the layer “{drawn_on}”.", f"图层“{drawn_on}”上没有闭合图形。"),
            where=str(path),
            hint=Text("Without --layer all layers of the drawing are read.", "不加 --layer 则读取全部图层。"),
        )
    named = chosen.dataset.format not in ("GeoParquet", "CSV", "boundary points") or len(listed) > 1
    return RawLayer(
        path=str(path),
        sha256=digest.result(),
        driver=chosen.dataset.format,
        layer=drawn_on or (chosen.name if named else None),
        geometry=_flat(found.geometry, at_once=at_once),
        fields=found.fields,
        declared=found.crs,
        encoding=found.encoding,
        layers=_infos(listed, chosen, found),
        skipped=found.skipped,
        notes=(*found.notes, *_choice(listed, chosen, layer)),
    )


def _flat(geometry: Any, *, at_once: bool) -> Any:
    """Return the geometries in two dimensions, copied only where one has a height or measure."""
    if isinstance(geometry, LazyShapes):  # of two dimensions as it is
        return np.asarray(geometry) if at_once else geometry
    if not (shapely.get_coordinate_dimension(geometry) > 2).any():
        return geometry
    return np.asarray(shapely.force_2d(geometry), dtype=object)


def _choice(listed: Sequence[Listed], chosen: Listed, wanted: str | None) -> tuple[Text, ...]:
    others = [one.name for one in listed if one is not chosen and one.head.geometry is not None]
    if wanted is not None or not others:
        return ()
    shown = ", ".join(others[:20])
    return (Text(f"layer “{chosen.name}” was taken, not {shown}", f"采用图层“{chosen.name}”，未采用 {shown}"),)


def _infos(listed: Sequence[Listed], chosen: Listed | None, found: Contents | None) -> tuple[LayerInfo, ...]:
    return tuple(_info(one, found if one is chosen else None) for one in listed)


def _info(one: Listed, found: Contents | None) -> LayerInfo:
    kind = one.head.geometry or "None"
    if found is not None:
        return LayerInfo(one.name, kind, found.features, len(found.geometry), found.skipped, tuple(found.fields))
    count = one.head.features
    left = (skipped(count, "in a layer that is not read", "所在图层未读取"),) if count else ()
    return LayerInfo(one.name, kind, count, 0, left, one.head.fields)


def require_encoding(encoding: str | None) -> None:
    """Raise UsageError for an encoding named with --encoding that there is none of."""
    if encoding is None:
        return
    try:
        required_codec(encoding)
    except UnfitError as error:
        raise UsageError(Text(f"{error}.", f"{error.zh}。"), where="--encoding") from None


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise InputError(
            Text(f"cannot be read ({error.strerror}).", f"无法读取（{error.strerror}）。"), where=str(path)
        ) from None
