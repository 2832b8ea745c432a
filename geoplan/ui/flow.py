"""What is changed about Streamlit's answers around a sign-in, on their way out.

The link somebody came by is kept while they sign in, a sign-in that failed leads back to the page
instead of a bare line of text, signing out ends the session on the server, cookies stay off plain http,
and nothing that took a sign-in is kept by a cache others share.
"""

from __future__ import annotations

import logging
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import HTTPConnection
from starlette.types import Message, Send
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from geoplan.ui.access import CALLBACK, Access, base_path
from geoplan.ui.cookie import Headers, claims_of, slimmed
from geoplan.ui.people import FAILED
from geoplan.ui.roles import session_key
from geoplan.ui.sessions import ENDED

LOGIN, LOGOUT = "/auth/login", "/auth/logout"
RETURN_COOKIE = "_geoplan_return"
RETURN_SECONDS = 600
MAX_RETURN = 2000  # characters of a link that is kept

_NOT_KEPT = frozenset({FAILED, "code", "state", "error", "error_description", "iss", "session_state"})
_LOG = logging.getLogger("geoplan.access")


class Answer:
    """The answer to one request to `path` (without the base path), sent on through `pass_on`."""

    def __init__(self, connection: HTTPConnection, path: str, settings: Access, *, guarded: bool, send: Send) -> None:
        self._connection = connection
        self._path = path
        self._settings = settings
        self._guarded = guarded
        self._send = send
        self._emptied = False

    async def pass_on(self, message: Message) -> None:
        """Send a part of the answer, changed where it must be."""
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            message = {**message, **self._changed(message["status"], headers)}
        elif self._emptied and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _changed(self, status: int, headers: Headers) -> dict[str, object]:
        if self._path == LOGOUT:
            self._end_session()
        elif self._path == LOGIN and status < 400:
            headers.append(_set_cookie(_link(self._connection.headers.get("referer", ""), self._settings)))
        elif self._path == LOGIN or (self._path == CALLBACK and status == 302):
            status, headers = self._home(headers)
        if self._guarded:
            headers = _private(headers)
        return {"status": status, "headers": _secure(headers) if self._settings.secure else headers}

    def _end_session(self) -> None:
        claims = claims_of(self._connection, self._settings)
        if claims is not None:
            try:
                ENDED.end(session_key(claims), self._settings.people.signed_out)
            except OSError as error:  # ended in this process all the same
                _LOG.error("signed out only until a restart: %s", error)
            _LOG.info("signed out: %r", claims.get("email") or claims.get("sub"))

    def _home(self, headers: Headers) -> tuple[int, Headers]:
        """Return the way back to the page: by the link somebody came by, and with word of a failure.

        Only the query of the link is kept, so it cannot lead anywhere else.
        """
        asked = self._path == LOGIN or bool({"code", "error"} & self._connection.query_params.keys())
        if not asked:  # the way back from signing out
            return 302, headers
        pairs = _pairs(self._connection.cookies.get(RETURN_COOKIE, ""))
        if _signed_in(headers):
            headers = slimmed(headers, self._settings)
        else:
            pairs = [*pairs, (FAILED, "failed")]
        location = f"{base_path()}/" + (f"?{urlencode(pairs)}" if pairs else "")
        self._emptied = True
        kept = [(name, value) for name, value in headers if name.lower() == b"set-cookie"]
        return 302, [*kept, (b"location", location.encode()), (b"content-length", b"0"), _set_cookie("", seconds=0)]


def _link(referrer: str, settings: Access) -> str:
    """Return the query of the page of this app somebody signs in from, without what belongs to a sign-in."""
    try:
        page = urlsplit(referrer)
    except ValueError:
        return ""
    return urlencode(_pairs(page.query)) if f"{page.scheme}://{page.netloc}" == settings.origin else ""


def _pairs(query: str) -> list[tuple[str, str]]:
    if len(query) > MAX_RETURN:
        return []
    return [(name, value) for name, value in parse_qsl(query, max_num_fields=40) if name not in _NOT_KEPT]


def _signed_in(headers: Headers) -> bool:
    """Return whether an answer sets the cookie of a sign-in, and not only deletes it."""
    for name, value in headers:
        if name.lower() == b"set-cookie" and value.startswith(f"{USER_COOKIE_NAME}=".encode()):
            cookie = SimpleCookie(value.decode("latin-1"))
            if cookie[USER_COOKIE_NAME].value and cookie[USER_COOKIE_NAME]["max-age"] != "0":
                return True
    return False


def _set_cookie(value: str, seconds: int = RETURN_SECONDS) -> tuple[bytes, bytes]:
    attributes = f"Path={base_path() or '/'}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    return (b"set-cookie", f"{RETURN_COOKIE}={value}; {attributes}".encode())


def _private(headers: Headers) -> Headers:
    """Return headers under which only the browser of whoever signed in may keep the answer."""
    said = next((value for name, value in headers if name.lower() == b"cache-control"), b"private, no-store")
    private = said.replace(b"public", b"private")
    if b"private" not in private and b"no-store" not in private:
        private = b"private, " + private
    return [
        *((name, value) for name, value in headers if name.lower() != b"cache-control"),
        (b"cache-control", private),
    ]


def _secure(headers: Headers) -> Headers:
    """Return headers with every cookie marked Secure, which Streamlit leaves out."""
    return [
        (name, value + b"; Secure" if name.lower() == b"set-cookie" and b"; secure" not in value.lower() else value)
        for name, value in headers
    ]
