"""What basemaps.toml is made of: one record for each kind of basemap, with nothing in it left to guess."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, Strict, model_validator

from geoplan.inspection import Offset
from geoplan.plan.fields import BilingualText, FormatNumber, PlainText, Record, RelativePath, Slug, Switch
from geoplan.plan.wording import wrong
from geoplan.types import Text

NO_BASEMAP = "none"  # what a link says for no basemap, so that no basemap may be called so
MAX_ZOOM = 22
XYZ_PLACES = frozenset({"z", "x", "y", "-y", "s", "key"})
WMTS_PLACES = frozenset({"layer", "style", "tilematrixset", "tilematrix", "tilerow", "tilecol", "s", "key"})
_PLACE = re.compile(r"\{([^{}]*)\}")
# Matrix sets in degrees; a map in Web Mercator cannot show their tiles.
_IN_DEGREES = re.compile(r"^(c|.*crs84.*|.*(4326|4490)(:.*)?|.*cgcs2000.*)$", flags=re.IGNORECASE)


class Datum(StrEnum):
    """The coordinates a basemap is drawn in. CGCS2000 and WGS 84 agree to less than 0.1 m; the others are shifted."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @property
    def offset(self) -> Offset:
        """Return the shift that brings zones onto such a basemap, for display only."""
        return {Datum.GCJ02: Offset.GCJ02, Datum.BD09: Offset.BD09}.get(self, Offset.NONE)

    @property
    def text(self) -> Text:
        """Return the datum's name as people write it."""
        names = {"wgs84": "WGS 84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}
        return Text.same(names[self.value])


def places(template: str) -> frozenset[str]:
    """Return the names in braces of an address, in lower case."""
    return frozenset(name.lower() for name in _PLACE.findall(template))


def _address(value: str) -> str:
    """Refuse what is no plain web address; the value is never repeated, since it may hold a key."""
    if any(character.isspace() for character in value) or not value.isprintable() or "\\" in value:
        raise wrong("must be an address without spaces", "地址不得含有空白字符")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong("is not an address", "不是有效的地址") from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise wrong("must begin with http:// or https:// and a host", "必须以 http:// 或 https:// 加主机名开头")
    if "@" in parts.netloc:
        raise wrong("must not hold a password; use {key} and key_env", "不得含有密码；请使用 {key} 与 key_env")
    if parts.fragment or "#" in value:
        raise wrong("must not hold #", "不得含有 #")
    if places(parts.netloc) - {"s"}:
        raise wrong("may hold only {s} in its host", "主机名中只允许 {s}")
    if re.search(r"[{}]", _PLACE.sub("", value)):
        raise wrong("holds a brace without its other half", "花括号不成对")
    return value


def _not_none(value: str) -> str:
    if value == NO_BASEMAP:
        raise wrong("“none” stands for no basemap; take another id", "“none”表示无底图，请换一个编号")
    return value


Address: TypeAlias = Annotated[str, Field(max_length=2_000), AfterValidator(_address)]
BasemapId: TypeAlias = Annotated[Slug, AfterValidator(_not_none)]
Zoom: TypeAlias = Annotated[int, Strict(), Field(ge=0, le=MAX_ZOOM)]
# A key itself, put here by mistake, does not look like this, and would not be repeated.
VariableName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]{0,99}$")]
Subdomain: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$")]
Identifier: TypeAlias = Annotated[PlainText, Field(max_length=300)]


class Entry(Record):
    """What every basemap has. `review_number` is the 审图号 a publicly shown map must carry."""

    id: BasemapId
    name: BilingualText
    attribution: BilingualText | None = None
    min_zoom: Zoom | None = None
    max_zoom: Zoom | None = None
    review_number: Annotated[PlainText, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _zooms_in_order(self) -> Self:
        if self.min_zoom is not None and self.max_zoom is not None and self.min_zoom > self.max_zoom:
            raise wrong("min_zoom is greater than max_zoom", "min_zoom 大于 max_zoom")
        return self


class FileEntry(Entry):
    """A file in the folder of basemaps. Without `datum` WGS 84 is assumed, and the map says so."""

    kind: Literal["mbtiles", "pmtiles", "geotiff"]
    path: RelativePath
    datum: Datum | None = None


class RemoteEntry(Entry):
    """What is asked of another computer: `{key}` is the value of the variable `key_env`, `{s}` a subdomain."""

    key_env: VariableName | None = None
    subdomains: Annotated[tuple[Subdomain, ...], Field(min_length=1, max_length=32)] | None = None

    @property
    def address(self) -> str:
        """Return the address that names the hosts that may be asked."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _places_filled(self) -> Self:
        used = places(self.address)
        for place, given, name in (("key", self.key_env, "key_env"), ("s", self.subdomains, "subdomains")):
            if place in used and given is None:
                raise wrong(f"the address holds {{{place}}}: {name} is missing", f"地址含有 {{{place}}}：缺少 {name}")
            if place not in used and given is not None and not isinstance(self, TiandituEntry):
                raise wrong(
                    f"{name} is given, but the address has no {{{place}}}", f"已给出 {name}，但地址中没有 {{{place}}}"
                )
        return self


class XyzEntry(RemoteEntry):
    """Tiles by zoom, column and row at an address with {z}, {x} and {y} ({-y} where rows count from the south)."""

    kind: Literal["xyz"]
    url: Address
    datum: Datum

    @property
    def address(self) -> str:
        """Return the template of a tile's address."""
        return self.url

    @model_validator(mode="after")
    def _whole(self) -> Self:
        used = places(self.url)
        if not {"z", "x"} <= used or len(used & {"y", "-y"}) != 1 or used - XYZ_PLACES:
            raise wrong(
                "url must hold {z}, {x} and one of {y}, {-y}, and besides these only {s} and {key}",
                "url 必须含有 {z}、{x} 以及 {y} 或 {-y}，此外只允许 {s} 与 {key}",
            )
        return self


class WmtsEntry(RemoteEntry):
    """An OGC WMTS in Web Mercator: either `capabilities`, or `url` with `matrix_set`.

    A `url` without places in braces is asked by key-value pairs, one with {TileMatrix}, {TileRow} and {TileCol} is a
    RESTful template. `matrix` is how the set names its levels: "{z}", or "EPSG:3857:{z}".
    """

    kind: Literal["wmts"]
    url: Address | None = None
    capabilities: Address | None = None
    datum: Datum
    layer: Identifier
    style: Identifier | None = None
    matrix_set: Identifier | None = None
    matrix: Annotated[Identifier, Field(pattern=r"\{z\}")] = "{z}"
    image_format: Annotated[str, Field(alias="format", pattern=r"^[a-z0-9+./-]{1,60}$")] = "image/png"

    @property
    def address(self) -> str:
        """Return the address that names the hosts that may be asked."""
        return self.url or self.capabilities or ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.url is None) == (self.capabilities is None):
            raise wrong("needs either url or capabilities", "url 与 capabilities 须且仅须给出一个")
        if self.matrix_set is not None and _IN_DEGREES.match(self.matrix_set):
            raise wrong(
                "matrix_set is one in degrees; name the Web Mercator one (w, GoogleMapsCompatible, EPSG:3857)",
                "matrix_set 为经纬度矩阵集；请指定 Web 墨卡托矩阵集（w、GoogleMapsCompatible、EPSG:3857）",
            )
        used = places(self.address) - {"s", "key"}
        if self.capabilities is not None and used:
            raise wrong("capabilities may hold only {s} and {key}", "capabilities 只允许 {s} 与 {key}")
        if self.url is not None and self.matrix_set is None:
            raise wrong("matrix_set is missing beside url", "给出 url 时缺少 matrix_set")
        if self.url is not None and used and (used - WMTS_PLACES or not {"tilematrix", "tilerow", "tilecol"} <= used):
            raise wrong(
                "url must hold {TileMatrix}, {TileRow} and {TileCol}, or no such places at all",
                "url 必须含有 {TileMatrix}、{TileRow} 与 {TileCol}，或完全不含占位符",
            )
        return self


class TiandituEntry(RemoteEntry):
    """Tianditu (天地图), in CGCS2000: `layer` vec, img or ter, with its `labels` (cva, cia, cta) unless switched off.

    `server` is for a regional node that offers the same layers.
    """

    kind: Literal["tianditu"]
    layer: Literal["vec", "img", "ter"] = "vec"
    labels: Switch = True
    key_env: VariableName | None = "TIANDITU_KEY"
    subdomains: Annotated[tuple[Subdomain, ...], Field(min_length=1, max_length=32)] | None = tuple("01234567")
    server: Address = "https://t{s}.tianditu.gov.cn"

    @property
    def datum(self) -> Datum:
        """Return CGCS2000, which Tianditu is drawn in without a shift."""
        return Datum.CGCS2000

    @property
    def address(self) -> str:
        """Return the address that names the hosts that may be asked."""
        return self.server

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.key_env is None or places(self.server) - {"s"}:
            raise wrong("server may hold only {s}, and key_env is needed", "server 只允许 {s}，且必须给出 key_env")
        return self


AnyEntry: TypeAlias = Annotated[FileEntry | XyzEntry | WmtsEntry | TiandituEntry, Field(discriminator="kind")]


class Document(Record):
    """The whole of basemaps.toml."""

    format: FormatNumber
    basemaps: Annotated[tuple[AnyEntry, ...], Field(max_length=200)] = ()
