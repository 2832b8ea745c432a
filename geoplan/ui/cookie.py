"""The signed cookie of a sign-in: read from a request as Streamlit reads it for a page, and kept small enough."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import TypeAlias

from starlette.requests import HTTPConnection
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from geoplan.ui.access import Access
from geoplan.ui.roles import Claims

ROOM = 6000  # bytes: a WebSocket is refused above 8 KB of cookies, and the app has others besides

Headers: TypeAlias = list[tuple[bytes, bytes]]


def claims_of(connection: HTTPConnection, settings: Access) -> Claims | None:
    """Return the claims of the cookie, None without one that is whole, signed and made for this app's address.

    Streamlit's own functions check the signature, so that page and request cannot come to differ.
    """
    claims = _read(connection.cookies)
    if claims is None or claims.get("is_logged_in") is not True:
        return None
    return claims if claims.get("origin") == settings.origin else None


def slimmed(headers: Headers, settings: Access) -> Headers:
    """Return the headers of an answer that signs somebody in, with cookies that a WebSocket will take.

    A service that puts hundreds of groups into its token would make cookies the page cannot be opened
    with. Then the tokens are left out, which only serve as a hint for signing out, and of the claims
    only those are kept that the settings ask for.
    """
    ours = [value for name, value in headers if name.lower() == b"set-cookie" and _is_ours(value)]
    if sum(map(len, ours)) <= ROOM:
        return headers
    set_now = {name: morsel.value for value in ours for name, morsel in SimpleCookie(value.decode("latin-1")).items()}
    claims = _read(set_now)
    if claims is None:
        return headers
    kept = settings.people.needed(claims) | {name: claims.get(name) for name in ("origin", "is_logged_in")}
    signed = create_signed_value(get_cookie_secret(), USER_COOKIE_NAME, json.dumps(kept))
    _, _, attributes = next(value for value in ours if value.startswith(f"{USER_COOKIE_NAME}=".encode())).partition(
        b";"
    )
    others = [pair for pair in headers if pair[1] not in ours]
    return [*others, (b"set-cookie", f"{USER_COOKIE_NAME}=".encode() + signed + b";" + attributes)]


def _is_ours(cookie: bytes) -> bool:
    return cookie.startswith(USER_COOKIE_NAME.encode()) and b"Max-Age=0" not in cookie


def _read(cookies: Mapping[str, str]) -> Claims | None:
    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        if value is None:
            return None
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", errors="replace"))

    found = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    if found is None:
        return None
    try:
        claims = json.loads(found)
    except ValueError:
        return None
    return claims if isinstance(claims, Mapping) else None
