"""Cookies of a sign-in that are larger than a WebSocket takes, made as Streamlit makes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from geoplan.ui.access import access
from geoplan.ui.cookie import Headers, claims_of, slimmed
from geoplan.ui.roles import session_key
from tests.ui.signin import AUTH, NOW, ORIGIN, PEOPLE, SECRET, Settings, claims, settings_in

GROUPS = [str(uuid.uuid5(uuid.NAMESPACE_DNS, str(number))) for number in range(300)]
WEBSOCKET_LINE = 8192  # bytes of one header line, the limit of the package websockets


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with settings_in(tmp_path, monkeypatch) as found:
        found.write()
        yield found


def answer(said: dict[str, object]) -> Headers:
    """Return the headers by which Streamlit signs somebody in: claims and tokens, in pieces where they are long."""
    response = Response(headers={"location": "/"})

    def keep(name: str, value: str) -> None:
        signed = str(URLSafeTimedSerializer(SECRET, salt=name).dumps(value))
        response.set_cookie(name, signed, httponly=True, samesite="lax", path="/", max_age=2_592_000)

    whole = json.dumps({**said, "origin": ORIGIN, "is_logged_in": True, "provider": "default"})
    for name, content in (("_streamlit_user", whole), ("_streamlit_user_tokens", json.dumps({"id_token": whole}))):
        pieces = [content[start : start + 2500] for start in range(0, len(content), 2500)]
        keep(name, content if len(pieces) == 1 else f"chunks-{len(pieces)}")
        for place, piece in enumerate(pieces if len(pieces) > 1 else []):
            keep(f"{name}_{place + 1}", piece)
    response.delete_cookie("_streamlit_user", path="/old")
    return response.raw_headers


def cookies(headers: Headers) -> str:
    """Return the Cookie header a browser sends after an answer."""
    lines = [value.decode() for name, value in headers if name == b"set-cookie" and b"Max-Age=0" not in value]
    return "; ".join(line.partition(";")[0] for line in lines)


def connection(headers: Headers) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"cookie", cookies(headers).encode())]})


def test_cookies_of_the_usual_size_stay_as_they_are(settings: Settings) -> None:
    headers = answer(claims(groups=["staff"]))
    assert slimmed(headers, access()) == headers


def test_with_hundreds_of_groups_what_is_left_fits_and_gives_the_same_person_and_session(settings: Settings) -> None:
    said = claims(email="sun@elsewhere.example", groups=[*GROUPS, "geoplan-editors"], picture="x" * 500)
    headers = answer(said)
    assert len(cookies(headers)) > WEBSOCKET_LINE  # so the page could not be opened
    kept = slimmed(headers, access())
    assert len(cookies(kept)) < 2000
    found = claims_of(connection(kept), access())
    assert found is not None
    assert found["groups"] == ["geoplan-editors"]
    assert access().people.role(found) == access().people.role(said) == "editor"
    assert session_key(found) == session_key({**said, "provider": "default"})
    assert not access().people.over(found, NOW)


def test_the_smaller_cookie_has_the_flags_of_the_larger_and_nothing_else_is_lost(settings: Settings) -> None:
    kept = slimmed(answer(claims(groups=GROUPS)), access())
    (made,) = [value for name, value in kept if name == b"set-cookie" and b"Max-Age=0" not in value]
    assert made.partition(b";")[2] == b" HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    assert (b"location", b"/") in kept
    assert any(b"Path=/old" in value for _, value in kept)  # what Streamlit deletes is still deleted


def test_a_nested_claim_is_found_again_in_the_smaller_cookie(settings: Settings) -> None:
    settings.write(AUTH + PEOPLE.replace('"groups"', '"realm_access.roles"'))
    said = claims(email="sun@elsewhere.example", realm_access={"roles": [*GROUPS, "geoplan-editors"]})
    found = claims_of(connection(slimmed(answer(said), access())), access())
    assert found is not None
    assert access().people.role(found) == "editor"


def test_cookies_that_cannot_be_read_are_left_alone(settings: Settings) -> None:
    headers = [(b"set-cookie", b"_streamlit_user=" + b"x" * 7000 + b"; Path=/")]
    assert slimmed(headers, access()) == headers
