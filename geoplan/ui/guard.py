"""Stands before every request: without sign-in only the way in is answered, without the role nothing is changed.

Streamlit looks at the sign-in only inside the page. Its media and uploads and the app's own routes would
answer anybody who knows an address, so the guard reads the same signed cookie before any of them. What
is not on the short list of open paths is closed; a new route needs nothing to be guarded.
"""

from __future__ import annotations

import logging
import sys

from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from geoplan.errors import SettingsError
from geoplan.ui.access import CALLBACK, HERE, HERE_TOKEN, VARIABLE, Access, Mode, access, base_path, from_this_machine
from geoplan.ui.cookie import claims_of
from geoplan.ui.flow import LOGIN, LOGOUT, Answer
from geoplan.ui.people import of_claims
from geoplan.ui.roles import Person
from geoplan.ui.texts.people import TEXTS

# Program code and the way in; nothing of any plan.
OPEN_PATHS = frozenset({"", "/", "/index.html", "/favicon.png", "/manifest.json", LOGIN, LOGOUT, CALLBACK})
OPEN_CORE = frozenset({"/_stcore/health", "/_stcore/host-config"})
OPEN_FOLDERS = ("/static/", "/component/", "/_stcore/bidi-components/", "/assets/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_LOG = logging.getLogger("geoplan.access")


def middleware() -> list[Middleware]:
    """Return the guard, once the settings hold; what is in force is written to the log.

    A mistake in the settings ends the process (exit code 2) with every mistake in both languages: an app
    that cannot be guarded must not start.
    """
    _log_to_stderr()
    try:
        settings = access()
    except SettingsError as error:
        sys.stderr.write(_list_of(error, "en") + _list_of(error, "zh"))
        raise SystemExit(error.exit_code) from error
    _LOG.info("%s", in_force(settings))
    return [Middleware(Guard)]


def _list_of(error: SettingsError, language: str) -> str:
    head = TEXTS["people_not_safe"].get(language).format(where=error.where)
    todo = error.hint.get(language) if error.hint else ""
    return "\n".join([head, *(f"  {mistake.line(language)}" for mistake in error.mistakes), f"  {todo}"]) + "\n"


def in_force(settings: Access) -> str:
    """Return one line for the log that says who may do what."""
    if settings.mode is Mode.SIGN_IN:
        people = settings.people
        lists = f"{len(people.editors)} entries for editors, {len(people.viewers)} for viewers"
        rest = f"everybody else who signs in: {people.default or 'no role'}"
        paused = f"; {VARIABLE}=read: nobody may change anything" if settings.read_only else ""
        return f"sign-in at {settings.origin} by {', '.join(settings.providers)}; {lists}; {rest}{paused}"
    return {
        Mode.LOCAL: "no sign-in: this machine may change plans, everybody else may look",
        Mode.READ: f"no sign-in, {VARIABLE}=read: everybody may look, nobody may change anything",
        Mode.OPEN: f"no sign-in, {VARIABLE}=open: EVERYBODY who reaches this port may change plans",
    }[settings.mode]


def person_of(connection: HTTPConnection) -> Person | None:
    """Return who makes a request, None when sign-in is needed and there is nobody with a role.

    The same answer a page gets from `people.current_person`. Raises SettingsError for broken settings.
    """
    settings = access()
    if settings.mode is not Mode.SIGN_IN:
        return settings.unknown_person(here=connection.headers.get(HERE) == HERE_TOKEN)
    claims = claims_of(connection, settings)
    return None if claims is None else of_claims(claims, settings).person


def signed_in(connection: HTTPConnection) -> bool:
    """Return whether a request may read: it is of somebody with a role, or no sign-in is asked for."""
    return person_of(connection) is not None


class Guard:
    """The middleware: marks requests that began on this machine, and refuses what may not be."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 401, 403 or 503.

        The WebSocket of the page is passed on, since the sign-in page is drawn through it as well;
        what it may show is up to `people.current_person`.
        """
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = marked(scope)
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        path = _own_path(scope["path"])
        guarded = not (path in OPEN_PATHS or path in OPEN_CORE or path.startswith(OPEN_FOLDERS))
        refused = _refused(connection, scope["method"]) if guarded else None
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, _sender(connection, path, guarded, send))


def marked(scope: Scope) -> Scope:
    """Return the scope with the mark of this machine where it belongs, and without any mark a client sent."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != HERE.encode()]
    client = scope.get("client")
    said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    if from_this_machine(client[0] if client else None, said):
        headers.append((HERE.encode(), HERE_TOKEN.encode()))
    return {**scope, "headers": headers}


def _refused(connection: HTTPConnection, method: str) -> PlainTextResponse | None:
    try:
        settings, person = access(), person_of(connection)
    except SettingsError:
        return _no(503, "people_settings")
    if person is None:
        return _no(401, "people_nobody")
    if method in SAFE_METHODS:
        return None
    origin = connection.headers.get("origin")
    foreign = bool(settings.origin) and origin is not None and origin != settings.origin
    if foreign or not person.may_write:
        _LOG.warning("refused: %s %r by %r", method, connection.url.path, person.email or person.name)
        return _no(403, "people_may_not_write")
    return None


def _sender(connection: HTTPConnection, path: str, guarded: bool, send: Send) -> Send:
    try:
        settings = access()
    except SettingsError:  # only open paths get this far
        return send
    if settings.mode is not Mode.SIGN_IN:
        return send
    return Answer(connection, path, settings, guarded=guarded, send=send).pass_on


def _own_path(path: str) -> str:
    """Return a path without the base path; one beside the base path stays as it is, and closed."""
    base = base_path()
    return path[len(base) :] if base and (path == base or path.startswith(f"{base}/")) else path


def _no(status: int, key: str) -> PlainTextResponse:
    headers = {"cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = 'OpenIDConnect realm="geoplan"'  # RFC 9110 §15.5.2 asks for one
    return PlainTextResponse(f"{TEXTS[key].en}\n{TEXTS[key].zh}\n", status, headers)


def _log_to_stderr() -> None:
    if not _LOG.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s geoplan %(message)s"))
        _LOG.addHandler(handler)
        _LOG.setLevel(logging.INFO)


if __name__ == "__main__":  # `python -m geoplan.ui.guard` says what the settings amount to, without starting anything
    middleware()
