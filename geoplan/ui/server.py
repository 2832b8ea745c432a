"""What the web app serves besides its page: the map's files, and headers that keep a browser inside."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geoplan.output import map as plan_map
from geoplan.ui import guard
from geoplan.ui.basemap_routes import basemap_routes
from geoplan.ui.card import error_html
from geoplan.ui.deposit import deposit_route
from geoplan.ui.parcel_routes import parcel_routes
from geoplan.ui.state import read_address
from geoplan.ui.texts import say

PAGE = Path(__file__).parent / "script" / "page.py"
ASSETS = "assets"

_MEDIA = {"js": "text/javascript", "css": "text/css"}
_LOG = logging.getLogger("geoplan.ui")
_HOST = re.compile(rb"[A-Za-z0-9.\-:\[\]]{1,255}")


def routes() -> list[BaseRoute]:
    """Return the routes to the map's files, out of the installed packages, to deposits, to basemaps and to parcels.

    Raises InputError when a package is missing.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}" if base else ""
    own = [Route(f"{prefix}/{ASSETS}/map/{plan_map.digest()}.{kind}", _own(kind)) for kind in ("js", "css")]
    return [*own, deposit_route(prefix), *basemap_routes(prefix), *parcel_routes(prefix)]


def _own(kind: str) -> Callable[[Request], Response]:
    """Return what answers with the map's script or style sheet; the address changes with the content."""
    whole = plan_map.whole_script() if kind == "js" else plan_map.whole_style_sheet()
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    plain = whole.encode()
    packed = gzip.compress(plain, mtime=0)

    def answer(request: Request) -> Response:
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, 200, headers | {"content-encoding": "gzip"}, _MEDIA[kind])
        return Response(plain, 200, headers, _MEDIA[kind])

    return answer


def middleware() -> list[Middleware]:
    """Return the middleware of the app: headers on every answer, and the guard before every request.

    Settings with mistakes end the process (exit code 2): an app that cannot be guarded must not start.
    """
    return [Middleware(SecurityHeaders), *guard.middleware()]


def report(error: Exception) -> bool:
    """Log an error nobody foresaw and show a sentence in its place; the traceback stays in the log."""
    _LOG.error("unforeseen error in the page", exc_info=error)
    language = read_address(dict(st.query_params), st.context.locale).language
    st.html(error_html(say("unforeseen", language), "", (), say("unforeseen_todo", language), language))
    return True


class SecurityHeaders:
    """Adds headers under which a browser loads nothing from, and sends nothing to, any other host.

    Scripts may be inline and evaluated, since Streamlit and its map component are built so; they
    still cannot fetch from or report to anywhere else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"")
        added = _headers(host.decode() if _HOST.fullmatch(host) else "")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in added]
                message["headers"] = [*kept, *added.items()]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _headers(host: str) -> dict[bytes, bytes]:
    # Some browsers do not count a WebSocket to the same host as 'self'.
    sockets = f" ws://{host} wss://{host}" if host else ""
    policy = "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )
    return {
        b"content-security-policy": policy.encode(),
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"SAMEORIGIN",
        b"referrer-policy": b"same-origin",
        b"cross-origin-opener-policy": b"same-origin",
        b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    }
