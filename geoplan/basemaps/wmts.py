"""What a WMTS says it offers (OGC 07-057r7): its capabilities → how to ask for a tile of the Web Mercator grid.

The document comes from another computer: it may not declare entities, and is read up to a size and a depth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from geoplan.basemaps.source import State, TileError
from geoplan.basemaps.tiles import HALF_WORLD_M
from geoplan.types import Text

MAX_CAPABILITIES_BYTES = 8_000_000
_MAX_DEPTH = 100
_PIXEL_M = 0.00028  # the standardised rendering pixel of OGC
_WEB_MERCATOR = re.compile(r"(^|[:/])(3857|900913|102100|102113|3785)$")
_XLINK = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the configuration asks of a service; None where any will do."""

    layer: str
    style: str | None
    matrix_set: str | None
    image_format: str


@dataclass(frozen=True, slots=True)
class Offer:
    """How a tile is asked for: a RESTful `template`, or the address of key-value requests; `levels` by zoom."""

    template: str
    layer: str
    style: str
    matrix_set: str
    image_format: str
    levels: Mapping[int, str]


def read_capabilities(data: bytes, wanted: Wanted, host: str) -> Offer:
    """Return the offer of a capabilities document for a layer; raises TileError when there is none to be used."""
    root = _tree(data, host)
    layers = {_text(one, "Identifier"): one for one in root.iterfind("{*}Contents/{*}Layer")}
    layer = layers.get(wanted.layer)
    if layer is None:
        raise _cannot(host, "offers no such layer; it has", "没有该图层；可用图层：", list(layers))
    sets = {_text(one, "Identifier"): one for one in root.iterfind("{*}Contents/{*}TileMatrixSet")}
    linked = [_text(one, "TileMatrixSet") for one in layer.iterfind("{*}TileMatrixSetLink")]
    name, levels = _matrix_set(linked, sets, wanted.matrix_set, host)
    image_format = _image_format(layer, wanted.image_format, host)
    return Offer(
        template=_template(root, layer, image_format, host),
        layer=wanted.layer,
        style=wanted.style if wanted.style is not None else _style(layer),
        matrix_set=name,
        image_format=image_format,
        levels=levels,
    )


def _tree(data: bytes, host: str) -> ET.Element:
    """Return the document; one that declares a type or entities, or is nested without end, is refused unread."""
    depth = 0

    def refuse(*_: object) -> None:
        raise ValueError

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise ValueError

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
        return ET.fromstring(data)  # noqa: S314 - it was seen just now to declare nothing
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError):
        raise TileError(
            State.REFUSED,
            Text("it does not answer with WMTS capabilities that can be read.", "返回的不是可读取的 WMTS 能力文档。"),
            where=host,
            hint=_LOOK,
        ) from None


def _matrix_set(
    linked: list[str], sets: Mapping[str, ET.Element], wanted: str | None, host: str
) -> tuple[str, Mapping[int, str]]:
    """Return the layer's matrix set that is the Web Mercator grid: its name, and its levels by zoom."""
    for name in linked:
        if name not in sets or (wanted is not None and name != wanted):
            continue
        levels = _web_mercator_levels(sets[name])
        if levels:
            return name, levels
    raise _cannot(
        host, "offers the layer in no Web Mercator matrix set; it has", "该图层没有 Web 墨卡托矩阵集；现有：", linked
    )


def _web_mercator_levels(matrix_set: ET.Element) -> Mapping[int, str]:
    """Return the identifiers of a set's levels by zoom; empty for a set in another grid."""
    known = _text(matrix_set, "WellKnownScaleSet").endswith("GoogleMapsCompatible")
    if not known and not _WEB_MERCATOR.search(_text(matrix_set, "SupportedCRS")):
        return {}
    zooms = {_text(matrix, "Identifier"): _zoom(matrix) for matrix in matrix_set.iterfind("{*}TileMatrix")}
    return {zoom: name for name, zoom in zooms.items() if zoom is not None}


def _zoom(matrix: ET.Element) -> int | None:
    """Return the zoom whose tiles a matrix has, by how wide its tiles are on the ground; None if it is another grid."""
    try:
        denominator = float(_text(matrix, "ScaleDenominator"))
        width, height = int(_text(matrix, "TileWidth")), int(_text(matrix, "TileHeight"))
        left, top = (float(value) for value in _text(matrix, "TopLeftCorner").split())
        zoom = math.log2(2 * HALF_WORLD_M / (denominator * _PIXEL_M * width))
        level = round(zoom)  # "NaN" is a number to Python, and has none
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    corner = abs(left + HALF_WORLD_M) < 1 and abs(top - HALF_WORLD_M) < 1
    fits = corner and width == height and abs(zoom - level) < 1e-3 and 0 <= level <= 24
    return level if fits else None


def _image_format(layer: ET.Element, wanted: str, host: str) -> str:
    offered = [(one.text or "").strip() for one in layer.iterfind("{*}Format")]
    for name in (wanted, "image/png", "image/jpeg", "image/webp", "image/jpg", "image/png8"):
        if name in offered:
            return name
    raise _cannot(
        host, "offers the layer in no format that can be shown; it has", "该图层没有可显示的格式；现有：", offered
    )


def _style(layer: ET.Element) -> str:
    styles = list(layer.iterfind("{*}Style"))
    marked = [one for one in styles if one.get("isDefault") in ("true", "1")]
    return _text((marked or styles)[0], "Identifier") if styles else "default"


def _template(root: ET.Element, layer: ET.Element, image_format: str, host: str) -> str:
    for resource in layer.iterfind("{*}ResourceURL"):
        if resource.get("resourceType") == "tile" and resource.get("format") == image_format:
            return resource.get("template") or ""
    for operation in root.iterfind("{*}OperationsMetadata/{*}Operation"):
        if operation.get("name") != "GetTile":
            continue
        for get in operation.iterfind("{*}DCP/{*}HTTP/{*}Get"):
            encodings = {(value.text or "").strip().upper() for value in get.iterfind(".//{*}Value")}
            if get.get(_XLINK) and (not encodings or "KVP" in encodings):
                return get.get(_XLINK) or ""
    raise _cannot(host, "does not say how a tile is asked for", "没有说明获取瓦片的方式", [])


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


_LOOK = Text("Whoever runs the app should look at basemaps.toml.", "请应用管理员检查 basemaps.toml。")


def _cannot(host: str, en: str, zh: str, offered: list[str]) -> TileError:
    """Return the error for a service without what is wanted, listing some of what it has."""
    some = ", ".join("".join(c for c in name[:60] if c.isprintable()) for name in offered[:12])
    message = Text(f"it {en} {some}.".replace(" .", "."), f"{zh}{some}。")
    return TileError(State.REFUSED, message, where=host, hint=_LOOK)
