"""The signed cookie of a sign-in, read from a request as Streamlit reads it for a page."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from geoplan.ui.access import Access
from geoplan.ui.roles import Claims


def claims_of(connection: HTTPConnection, settings: Access) -> Claims | None:
    """Return the claims of the cookie, None without one that is whole, signed and made for this app's address.

    Streamlit's own functions check the signature, so that page and request cannot come to differ.
    """

    def signed(name: str) -> bytes | None:
        value = connection.cookies.get(name)
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
    if not isinstance(claims, Mapping) or claims.get("is_logged_in") is not True:
        return None
    return claims if claims.get("origin") == settings.origin else None
