"""Basemaps at an address: the template somebody configured → one tile, asked for by this server.

The reader's browser never learns the address or the key: it asks this server, which asks on its behalf.
"""

from __future__ import annotations

import io
import os
import re
import threading
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from geoplan.basemaps.fetch import TIMEOUT_S, Origin, elsewhere, fetch
from geoplan.basemaps.images import MAX_TILE_BYTES, Image, image_of
from geoplan.basemaps.model import RemoteEntry, TiandituEntry, WmtsEntry, XyzEntry, places
from geoplan.basemaps.source import SourceInfo, State, TileError
from geoplan.basemaps.wmts import MAX_CAPABILITIES_BYTES, Offer, Wanted, read_capabilities
from geoplan.types import Text

MAX_AT_ONCE = 6  # requests to one basemap, as browsers hold it with one host
PAUSE_S = 20.0  # in which a host that did not answer is not asked again
TIANDITU_ZOOMS = (1, 18)
USUAL_ZOOMS = (0, 18)
LABELS: Mapping[str, str] = {"vec": "cva", "img": "cia", "ter": "cta"}
_TIANDITU_QUERY = (
    "/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w"
    "&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
_PLACE = re.compile(r"\{([^{}]*)\}")


class RemoteSource:
    """A basemap at an address; asks nothing before its first tile. `timeout_s` is for each tile."""

    def __init__(self, entry: RemoteEntry, timeout_s: float = TIMEOUT_S) -> None:
        self._entry = entry
        self._timeout_s = timeout_s
        self._allowed = _origins(entry)
        self._host = sorted(one.host for one in self._allowed)[0] if self._allowed else ""
        self._slots = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._lock = threading.Lock()
        self._paused: tuple[float, TileError] | None = None
        self._offer: Offer | None = None

    @property
    def info(self) -> SourceInfo:
        """Return what the configuration says it covers; the address itself is not asked."""
        entry = self._entry
        usual = TIANDITU_ZOOMS if isinstance(entry, TiandituEntry) else USUAL_ZOOMS
        low = entry.min_zoom if entry.min_zoom is not None else usual[0]
        high = entry.max_zoom if entry.max_zoom is not None else max(low, usual[1])
        said = "天地图 Tianditu" if isinstance(entry, TiandituEntry) else ""
        return SourceInfo(min(low, high), high, None, said)

    def tile(self, z: int, x: int, y: int) -> Image | None:
        """Return one tile, None where the address has none (404, 204); raises TileError, without address or key."""
        with self._slots:
            self._raise_if_paused()
            try:
                entry = self._entry
                if isinstance(entry, TiandituEntry):
                    return self._tianditu(entry, z, x, y)
                address = self._address(z, x, y)
                return None if address is None else self._picture(address)
            except TileError as error:
                if error.state is State.UNREACHABLE:
                    with self._lock:
                        self._paused = (time.monotonic() + PAUSE_S, error)
                raise

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _raise_if_paused(self) -> None:
        with self._lock:
            paused = self._paused
        if paused is not None and time.monotonic() < paused[0]:
            raise TileError(State.UNREACHABLE, paused[1].message, where=paused[1].where, hint=paused[1].hint)

    def _address(self, z: int, x: int, y: int) -> str | None:
        entry = self._entry
        if isinstance(entry, XyzEntry):
            values = {"z": str(z), "x": str(x), "y": str(y), "-y": str((1 << z) - 1 - y)}
            return self._filled(entry.url, values, x + y)
        if isinstance(entry, WmtsEntry):
            return self._wmts_address(entry, z, x, y)
        raise TypeError(entry.id)

    def _wmts_address(self, entry: WmtsEntry, z: int, x: int, y: int) -> str | None:
        offer = self._stated_offer(entry, z) if entry.url is not None else self._asked_offer(entry)
        if z not in offer.levels:
            return None
        values = {
            "layer": offer.layer,
            "style": offer.style,
            "tilematrixset": offer.matrix_set,
            "tilematrix": offer.levels[z],
            "tilerow": str(y),
            "tilecol": str(x),
        }
        if places(offer.template) & {"tilematrix", "tilerow", "tilecol"}:
            return self._filled(offer.template, values, x + y)
        asked = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0"}
        asked |= {name.upper(): value for name, value in values.items()} | {"FORMAT": offer.image_format}
        template = self._filled(offer.template, {}, x + y)
        # What the address asks already (a key, a map file) stays; what is ours is said once.
        base, _, query = template.partition("?")
        kept = [part for part in query.split("&") if part and part.partition("=")[0].upper() not in asked]
        said = [f"{name}={quote(value, safe='')}" for name, value in asked.items()]
        return f"{base}?{'&'.join([*kept, *said])}"

    def _stated_offer(self, entry: WmtsEntry, z: int) -> Offer:
        level = entry.matrix.replace("{z}", str(z))
        return Offer(
            template=entry.url or "",
            layer=entry.layer,
            style=entry.style if entry.style is not None else "default",
            matrix_set=entry.matrix_set or "",
            image_format=entry.image_format,
            levels={z: level},
        )

    def _asked_offer(self, entry: WmtsEntry) -> Offer:
        """Return what the service's capabilities offer, asked for once."""
        with self._lock:
            if self._offer is not None:
                return self._offer
        answer = fetch(
            self._filled(entry.capabilities or "", {}, 0), self._allowed, MAX_CAPABILITIES_BYTES, self._timeout_s
        )
        if answer.status != 200:
            raise self._answered_no(answer.status)
        wanted = Wanted(entry.layer, entry.style, entry.matrix_set, entry.image_format)
        offer = read_capabilities(answer.body, wanted, self._host)
        if places(offer.template) - {"layer", "style", "tilematrixset", "tilematrix", "tilerow", "tilecol"}:
            said = Text(
                "its tiles have a dimension (such as time) that geoplan cannot fill in.",
                "瓦片含有无法填写的维度（如时间）。",
            )
            raise TileError(State.REFUSED, said, where=self._host)
        if Origin.of(offer.template) not in self._allowed:
            raise elsewhere(self._host)
        with self._lock:
            self._offer = offer
        return offer

    def _tianditu(self, entry: TiandituEntry, z: int, x: int, y: int) -> Image | None:
        ground = self._picture(self._tianditu_address(entry, entry.layer, z, x, y))
        if ground is None or not entry.labels:
            return ground
        labels = self._picture(self._tianditu_address(entry, LABELS[entry.layer], z, x, y))
        return ground if labels is None else laid_over(ground, labels)

    def _tianditu_address(self, entry: TiandituEntry, layer: str, z: int, x: int, y: int) -> str:
        values = {"layer": layer, "z": str(z), "x": str(x), "y": str(y)}
        return self._filled(entry.server.rstrip("/") + _TIANDITU_QUERY, values, x + y)

    def _filled(self, template: str, values: Mapping[str, str], turn: int) -> str:
        """Return a template with its places filled, each value quoted so that it stays one part of the address."""
        known = dict(values)
        entry, wanted = self._entry, places(template)
        if "s" in wanted and entry.subdomains:
            known["s"] = entry.subdomains[turn % len(entry.subdomains)]
        if "key" in wanted:
            known["key"] = self._key(entry.key_env or "")
        return _PLACE.sub(lambda place: quote(known[place[1].lower()], safe=""), template)

    def _key(self, variable: str) -> str:
        key = os.environ.get(variable, "").strip()
        if not key:
            raise TileError(
                State.REFUSED,
                Text("the key for this basemap is not set.", "未设置此底图的密钥。"),
                where=self._host,
                hint=Text(
                    f"Whoever runs the app sets the environment variable {variable}.",
                    f"请应用管理员设置环境变量 {variable}。",
                ),
            )
        return key

    def _picture(self, address: str) -> Image | None:
        """Return the picture at an address, None where there is none."""
        answer = fetch(address, self._allowed, MAX_TILE_BYTES, self._timeout_s)
        if answer.status in (204, 404, 410):
            return None
        if answer.status != 200:
            raise self._answered_no(answer.status)
        picture = image_of(answer.body)
        stated = answer.media_type
        # Some services call every file octet-stream; what says it is text or a page is one that explains a failure.
        if picture is None or not (stated.startswith("image/") or stated in ("", "application/octet-stream")):
            raise TileError(
                State.REFUSED,
                Text("it answers with something that is no picture.", "返回的内容不是图像。"),
                where=self._host,
                hint=Text(
                    "Check the address, the layer and the key in basemaps.toml.",
                    "请检查 basemaps.toml 中的地址、图层和密钥。",
                ),
            )
        return picture

    def _answered_no(self, status: int) -> TileError:
        if status >= 500:
            said = Text(f"the basemap's server is in trouble (HTTP {status}).", f"底图服务器出错（HTTP {status}）。")
            return TileError(State.UNREACHABLE, said, where=self._host)
        hint = Text("Check the key and the address in basemaps.toml.", "请检查密钥以及 basemaps.toml 中的地址。")
        if isinstance(self._entry, TiandituEntry):
            hint = Text(
                "Check the key: it must be one for servers (服务器端), and its daily allowance not used up.",
                "请检查密钥：须为“服务器端”类型，且当日配额未用尽。",
            )
        said = Text(f"the basemap's server answers no (HTTP {status}).", f"底图服务器拒绝请求（HTTP {status}）。")
        return TileError(State.REFUSED, said, where=self._host, hint=hint)


def hosts(entry: RemoteEntry) -> str:
    """Return the host an entry is asked at, for people to read: without subdomains, path, or anything of a key."""
    host = urlsplit(entry.address).hostname or ""
    return re.sub(r"[^.]*\{s\}[^.]*\.", "", host)


def laid_over(ground: Image, labels: Image) -> Image:
    """Return one picture with its labels drawn over it; both are of the same size, else the ground alone."""
    from PIL import Image as Pictures  # noqa: PLC0415 - only labelled tiles need it

    formats = ("PNG", "JPEG", "WEBP", "GIF")
    try:
        with (
            Pictures.open(io.BytesIO(ground.data), formats=formats) as below,
            Pictures.open(io.BytesIO(labels.data), formats=formats) as above,
        ):
            if below.size != above.size:
                return ground
            drawn = Pictures.alpha_composite(below.convert("RGBA"), above.convert("RGBA"))
    except (OSError, ValueError, SyntaxError):
        return ground
    file = io.BytesIO()
    drawn.save(file, "PNG", compress_level=4)
    return Image(file.getvalue(), "image/png", *drawn.size)


def _origins(entry: RemoteEntry) -> frozenset[Origin]:
    """Return the computers an entry may ask: its address's, with each subdomain."""
    address = entry.address
    host = urlsplit(address).netloc
    each: Iterable[str] = entry.subdomains if entry.subdomains and "{s}" in host else ("",)
    found = {Origin.of(address.replace(host, host.replace("{s}", one), 1)) for one in each}
    return frozenset(one for one in found if one is not None)
