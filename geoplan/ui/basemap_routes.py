"""The routes that serve basemaps: /basemaps/ID/Z/X/Y for tiles, /basemaps/ID/status for how one is doing.

A tile that cannot be had is answered by a status that is no picture, so that the map notices and can say so; a place
without a tile by a see-through picture, so that it does not.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geoplan.basemaps.link import ROUTE
from geoplan.basemaps.service import ServedTile, TileServer, UnknownTileError
from geoplan.basemaps.source import State, TileError
from geoplan.types import Text

WORKERS = 16  # tiles made or asked for at the same time; the others wait their turn
_NUMBER = re.compile(r"[0-9]{1,8}")
_STATUS = {State.UNREACHABLE: 504, State.REFUSED: 502, State.BROKEN: 500}
_FILE_S, _REMOTE_S, _MISSING_S = 86_400, 3_600, 300  # how long a browser may keep a tile

_UNKNOWN = Text("There is no such basemap or tile.", "没有此底图或瓦片。")
_NOT_ALLOWED = Text("Not allowed.", "无权访问。")


def basemap_routes(
    prefix: str = "",
    *,
    server: TileServer | None = None,
    allowed: Callable[[Request], bool] | None = None,
) -> list[BaseRoute]:
    """Return the routes of basemaps below `prefix` ("" or "/base/path").

    `allowed` tells whether a request may be answered (with no such function every one may); requests that pages of
    other sites make a browser send are never answered, since they would spend the key's allowance.
    """
    tiles = _Tiles(server or TileServer(), allowed)
    root = f"{prefix}/{ROUTE}/{{basemap}}"
    return [Route(f"{root}/status", tiles.status), Route(f"{root}/{{z}}/{{x}}/{{y}}", tiles.tile)]


class _Tiles:
    """Answers requests for tiles in threads of their own, so that a slow basemap never holds up a page."""

    def __init__(self, server: TileServer, allowed: Callable[[Request], bool] | None) -> None:
        self._server = server
        self._allowed = allowed
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="basemap")

    async def tile(self, request: Request) -> Response:
        """Answer with one tile."""
        if not self._may(request):
            return _trouble(403, "not-allowed", _NOT_ALLOWED)
        parts = request.path_params
        numbers = [parts[name] for name in ("z", "x", "y")]
        if not all(_NUMBER.fullmatch(number) for number in numbers):
            return _trouble(404, "unknown", _UNKNOWN)
        z, x, y = (int(number) for number in numbers)
        version = request.query_params.get("v", "")
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._pool, self._server.tile, parts["basemap"], z, x, y, version)
        except UnknownTileError:
            return _trouble(404, "unknown", _UNKNOWN)
        except TileError as error:
            return _trouble(_STATUS[error.state], error.state.value, Text(error.line("en"), error.line("zh")))
        return _answer(found, request, kept=version == found.version)

    async def status(self, request: Request) -> Response:
        """Answer with how a basemap did when it was last asked for a tile."""
        if not self._may(request):
            return _trouble(403, "not-allowed", _NOT_ALLOWED)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._pool, self._server.health, request.path_params["basemap"])
        except UnknownTileError:
            return _trouble(404, "unknown", _UNKNOWN)
        return _trouble(200, found.state.value, found.message)

    def _may(self, request: Request) -> bool:
        from_another_site = request.headers.get("sec-fetch-site", "") == "cross-site"
        return not from_another_site and (self._allowed is None or self._allowed(request))


def _answer(tile: ServedTile, request: Request, *, kept: bool) -> Response:
    """Return a tile, or that the browser's own copy still holds; `kept` says that its address names this version."""
    seconds = _REMOTE_S if tile.is_remote else _FILE_S
    if tile.missing and tile.is_remote:
        seconds = _MISSING_S
    headers = {
        "ETag": tile.etag,
        # Private: what one person may see is nobody else's, whatever proxy lies between.
        "Cache-Control": f"private, max-age={seconds}" if kept else "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tile.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(tile.data, media_type=tile.media_type, headers=headers)


def _trouble(status: int, state: str, message: Text) -> Response:
    content = {"state": state, "message": {"en": message.en, "zh": message.zh}}
    return JSONResponse(content, status, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
