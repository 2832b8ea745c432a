"""The routes to a fabric's parcels: /parcels/KEY/tiles/Z for tiles, …/at for what lies at a place, …/near for a list.

Tiles come several to an answer, joined as they lie on disk: a view is one or two requests and not dozens.

Only fabrics that a page of this process has shown are served, to whom the guard lets in, and never to pages of other
sites. A key is a hash of the zones, so what lies under it never changes and a browser may keep it.
"""

from __future__ import annotations

import asyncio
import math
import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geoplan.output import figures
from geoplan.output.escape import visible
from geoplan.output.map.drawing import collection
from geoplan.pyramid import Fabric
from geoplan.types import Text
from geoplan.ui.state import MAX_ID

ROUTE = "parcels"
MAX_SERVED = 32  # fabrics at a time, revisions of one counted each
WORKERS = 4  # tiles and parcels looked up at the same time
_KEY = re.compile(r"[0-9a-f]{32}")
MOST_TILES = 32  # in one answer
MOST_NEAR = 25  # parcels listed of a view
_ZOOM = re.compile(r"[0-9]{1,2}")
_PLACE = r"[0-9]{1,8}\.[0-9]{1,8}"
_PLACES = re.compile(rf"{_PLACE}(,{_PLACE}){{0,{MOST_TILES - 1}}}")
_BYTES = "application/octet-stream"
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")
_UNKNOWN = Text("There is no such fabric or tile: reload the page.", "没有此宗地图或瓦片：请重新加载页面。")
_NO_PLACE = Text("This is no place on the globe.", "坐标无效。")
_NOT_ALLOWED = Text("Not allowed.", "无权访问。")
_KEPT = {"cache-control": "private, max-age=86400, immutable", "vary": "accept-encoding, cookie"}
_SAFE = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
_FRESH = _SAFE | {"cache-control": "no-store"}


class Served:
    """The fabrics that pages have shown, by key; safe to use from several threads."""

    def __init__(self, most: int = MAX_SERVED) -> None:
        self._most = most
        self._held: OrderedDict[str, Fabric] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, fabric: Fabric) -> None:
        """Serve a fabric from now on, until many others were shown since."""
        with self._lock:
            self._held[fabric.key] = fabric
            self._held.move_to_end(fabric.key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def get(self, key: str) -> Fabric | None:
        """Return the fabric of a key, None for one that no page has shown."""
        with self._lock:
            return self._held.get(key)


SERVED = Served()


def parcel_routes(
    prefix: str = "", *, served: Served = SERVED, allowed: Callable[[Request], bool] | None = None
) -> list[BaseRoute]:
    """Return the routes below `prefix` ("" or "/base/path").

    `allowed` tells whether a request may be answered (with no such function every one may that got this far).
    """
    parcels = _Parcels(served, allowed)
    root = f"{prefix}/{ROUTE}/{{key}}"
    return [
        Route(f"{root}/at", parcels.answered(_at)),
        Route(f"{root}/outline", parcels.answered(_outline)),
        Route(f"{root}/near", parcels.answered(_near)),
        Route(f"{root}/tiles/{{zoom}}", parcels.answered(_tiles)),
    ]


class _Parcels:
    """Answers requests in threads of their own, so that a slow disk never holds up a page."""

    def __init__(self, served: Served, allowed: Callable[[Request], bool] | None) -> None:
        self._served = served
        self._allowed = allowed
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="parcels")

    def answered(self, find: Callable[[Fabric, Request], Response]) -> Callable[..., object]:
        """Return what answers a route by `find`, once the request may be answered and the fabric is known."""

        async def answer(request: Request) -> Response:
            if request.headers.get("sec-fetch-site", "") == "cross-site":
                return _trouble(403, _NOT_ALLOWED)
            if self._allowed is not None and not self._allowed(request):
                return _trouble(403, _NOT_ALLOWED)
            key = request.path_params["key"]
            fabric = self._served.get(key) if _KEY.fullmatch(key) else None
            if fabric is None:
                return _trouble(404, _UNKNOWN)
            try:
                return await asyncio.get_running_loop().run_in_executor(self._pool, find, fabric, request)
            except FileNotFoundError:  # the cache was cleared; the page prepares it again
                return _trouble(404, _UNKNOWN)

        return answer


def _tiles(fabric: Fabric, request: Request) -> Response:
    """Answer ?at=COLUMN.ROW,COLUMN.ROW,… with these tiles of a zoom level, one behind the other."""
    zoom, asked = request.path_params["zoom"], request.query_params.get("at", "")
    if not (_ZOOM.fullmatch(zoom) and _PLACES.fullmatch(asked)):
        return _trouble(404, _UNKNOWN)
    places = [tuple(map(int, one.split("."))) for one in asked.split(",")]
    content = fabric.tiles(int(zoom), [(column, row) for column, row in places])
    headers = _KEPT | _SAFE
    if "deflate" in request.headers.get("accept-encoding", ""):
        return Response(content, 200, headers | {"content-encoding": "deflate"}, _BYTES)
    return Response(zlib.decompress(content), 200, headers, _BYTES)


def _at(fabric: Fabric, request: Request) -> Response:
    said = [request.query_params.get(name, "") for name in ("lon", "lat")]
    if not all(_DEGREES.fullmatch(one) for one in said):
        return _trouble(400, _NO_PLACE)
    lon, lat = (float(one) for one in said)
    if not (math.fabs(lon) <= 180 and math.fabs(lat) <= 90):
        return _trouble(400, _NO_PLACE)
    found = fabric.at(lon, lat)
    # An id longer than a link holds could be picked on the map and nowhere else.
    return JSONResponse({"id": found if found is not None and len(found) <= MAX_ID else None}, 200, _FRESH)


def _near(fabric: Fabric, request: Request) -> Response:
    """Answer ?west=&south=&east=&north=&lang= with the parcels in the middle of a view, as a list tells them."""
    said = [request.query_params.get(name, "") for name in ("west", "south", "east", "north")]
    if not all(_DEGREES.fullmatch(one) for one in said):
        return _trouble(400, _NO_PLACE)
    west, south, east, north = (float(one) for one in said)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return _trouble(400, _NO_PLACE)
    language = "zh" if request.query_params.get("lang", "").startswith("zh") else "en"
    rows = [_told(fabric, place, language) for place in fabric.near((west, south, east, north), MOST_NEAR)]
    return JSONResponse({"zones": [row for row in rows if len(row["id"]) <= MAX_ID]}, 200, _FRESH)


def _told(fabric: Fabric, place: int, language: str) -> dict[str, str]:
    area = float(fabric.figures[place, 0])
    shown = figures.quantity(None if math.isnan(area) else area, "m2", language)
    return {"id": fabric.label(place), "name": visible(fabric.parcels.name(place).get(language)), "area": shown}


def _outline(fabric: Fabric, request: Request) -> Response:
    label = request.query_params.get("id", "")
    shapes = fabric.outline(label) if 0 < len(label) <= MAX_ID else ()
    return JSONResponse(collection((shape, {}) for shape in shapes), 200, _FRESH)


def _trouble(status: int, message: Text) -> Response:
    return JSONResponse({"message": {"en": message.en, "zh": message.zh}}, status, _FRESH)
