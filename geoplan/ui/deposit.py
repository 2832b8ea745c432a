"""Bytes a page hands to the browser by address: the map's data and files to download, fetched once and kept there.

An address holds a keyed hash of the content, with a key of this process: only who was shown a page knows
it, and the same content has the same address. What has not been asked for in a long time is dropped;
a page deposits again whatever it shows.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from geoplan.types import Text

ROUTE = "data"
MAX_BYTES = 256_000_000  # for all sessions together
_LEAST_PACKED = 1_000  # bytes: less is not worth packing
_GONE = Text("This is no longer here: reload the page.", "内容已失效：请重新加载页面。")


@dataclass(frozen=True, slots=True)
class _Deposit:
    content: bytes
    packed: bytes | None
    media_type: str
    name: str | None

    @property
    def size(self) -> int:
        return len(self.content) + len(self.packed or b"")


class Deposits:
    """What can be fetched now, bounded in bytes; safe to use from several threads."""

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._held: OrderedDict[str, _Deposit] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def put(self, content: bytes, media_type: str, name: str | None = None) -> str:
        """Keep content and return its address, relative to the app's root."""
        described = f"{media_type}\n{name or ''}\n".encode(errors="surrogatepass")
        token = hmac.new(self._key, described + content, hashlib.sha256).hexdigest()
        with self._lock:
            if token in self._held:
                self._held.move_to_end(token)
                return f"{ROUTE}/{token}"
        packed = gzip.compress(content, compresslevel=5, mtime=0) if len(content) >= _LEAST_PACKED else None
        made = _Deposit(content, packed if packed and len(packed) < len(content) else None, media_type, name)
        with self._lock:
            if token not in self._held:
                self._held[token] = made
                self._size += made.size
                self._make_room()
        return f"{ROUTE}/{token}"

    def get(self, token: str) -> _Deposit | None:
        """Return what is kept under a token, None when it is not there any more."""
        with self._lock:
            found = self._held.get(token)
            if found is not None:
                self._held.move_to_end(token)
            return found

    def _make_room(self) -> None:
        while self._size > self._most and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._size -= dropped.size


_DEPOSITS = Deposits()


def deposit(content: bytes, media_type: str, *, name: str | None = None) -> str:
    """Keep bytes for the browser and return their address relative to the app's root; `name` makes it a download."""
    return _DEPOSITS.put(content, media_type, name)


def deposit_route(prefix: str = "", deposits: Deposits = _DEPOSITS) -> BaseRoute:
    """Return the route to what was deposited, below `prefix` ("" or "/base/path")."""

    def answer(request: Request) -> Response:
        found = deposits.get(request.path_params["token"])
        if found is None:
            return PlainTextResponse(f"{_GONE.en}\n{_GONE.zh}\n", 404, {"cache-control": "no-store"})
        headers = {"cache-control": "private, max-age=86400, immutable", "vary": "accept-encoding, cookie"}
        if found.name is not None:
            headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
        content = found.content
        if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"], content = "gzip", found.packed
        return Response(content, 200, headers, found.media_type)

    return Route(f"{prefix}/{ROUTE}/{{token}}", answer)
