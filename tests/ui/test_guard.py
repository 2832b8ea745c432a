"""The guard before every request, on a real Starlette app; cookies are signed here, not by the code under test."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from geoplan.ui import guard
from geoplan.ui.access import HERE, HERE_TOKEN, access
from geoplan.ui.roles import Person
from geoplan.ui.sessions import ENDED
from tests.ui.asgi import finished
from tests.ui.signin import AUTH, ORIGIN, PEOPLE, SECRET, Settings, claims, cookie, settings_in

WANG = Person("Wang Fang", "wang@planning.example", "editor", signed_in=True)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with settings_in(tmp_path, monkeypatch) as found:
        yield found


def now(**changed: object) -> dict[str, object]:
    """Return the claims of somebody who signed in a minute ago, each time for another session."""
    return claims(iat=time.time() - 60, nonce=f"{time.perf_counter_ns()}", **changed)


async def anything(request: Request) -> Response:
    return PlainTextResponse("figures of the plan", headers=dict(request.query_params))


async def who(request: Request) -> Response:
    person = guard.person_of(request)
    return JSONResponse({"role": person.role if person else None, "marked": HERE in request.headers})


async def login(request: Request) -> Response:
    if "down" in request.query_params:
        return PlainTextResponse("Authentication error", status_code=400)
    return RedirectResponse("https://id.example/authorize?state=1", status_code=302)


async def callback(request: Request) -> Response:
    answer = RedirectResponse("/", status_code=302)
    if request.query_params.get("code") == "good":
        answer.set_cookie("_streamlit_user", cookie(now()), httponly=True, samesite="lax")
    else:
        answer.delete_cookie("_streamlit_user")
    return answer


async def logout(_: Request) -> Response:
    answer = RedirectResponse("https://id.example/end", status_code=302)
    answer.delete_cookie("_streamlit_user")
    return answer


METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
ROUTES = [
    Route("/auth/login", login),
    Route("/auth/logout", logout),
    Route("/oauth2callback", callback),
    Route("/who", who),
    Route("/{path:path}", anything, methods=METHODS),
]


class Client:
    """Somebody at a network address who keeps their cookies; asked in a thread, where no other event loop runs."""

    def __init__(self, address: str, peer: str, headers: dict[str, str]) -> None:
        self._app = Starlette(routes=ROUTES, middleware=guard.middleware())
        self._address, self._peer, self._headers = address, peer, headers
        self.cookies = httpx.Cookies()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=(self._peer, 1))
            async with httpx.AsyncClient(
                transport=transport, base_url=self._address, headers=self._headers, cookies=self.cookies
            ) as browser:
                answer = await browser.request(method, path, **options)
                self.cookies = browser.cookies
                return answer

        return finished(ask())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str) -> httpx.Response:
        return self.request("POST", path)


def client(
    *, address: str = ORIGIN, peer: str = "10.0.0.9", said: dict[str, object] | None = None, **headers: str
) -> Client:
    """Return a client at a network address, with the cookie of whoever `said` these claims."""
    somebody = Client(address, peer, headers)
    if said:
        somebody.cookies.set("_streamlit_user", cookie(said))
    return somebody


# ------------------------------------------------------------------ without sign-in


def test_this_machine_may_write_and_the_network_only_read(settings: Settings) -> None:
    here = client(address="http://localhost:8501", peer="127.0.0.1")
    assert [here.get("/who").json()["role"], here.post("/x").status_code] == ["editor", 200]
    network = client(address="http://10.0.0.1:8501")
    assert network.get("/who").json() == {"role": "viewer", "marked": False}
    assert network.get("/x").status_code == 200
    assert {network.request(method, "/_stcore/upload_file/a/b").status_code for method in METHODS[3:]} == {403}


def test_a_page_of_another_site_cannot_write_through_the_owner_s_browser(settings: Settings) -> None:
    here = client(address="http://localhost:8501", peer="127.0.0.1", origin="https://evil.example")
    assert here.post("/x").status_code == 403


def test_nobody_can_send_the_mark_of_this_machine(settings: Settings) -> None:
    network = client(address="http://10.0.0.1:8501", **{HERE: HERE_TOKEN})
    assert network.get("/who").json() == {"role": "viewer", "marked": False}


@pytest.mark.parametrize(("peer", "here"), [("127.0.0.1", True), ("10.0.0.9", False)])
def test_the_page_s_socket_carries_the_mark_as_a_request_does(settings: Settings, peer: str, here: bool) -> None:
    seen: list[Headers] = []

    async def page(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(Headers(scope=scope))

    async def never() -> Message:
        raise AssertionError

    async def nothing(_: Message) -> None:
        raise AssertionError

    forged = [(b"host", b"localhost:8501"), (HERE.title().encode(), HERE_TOKEN.encode())]
    scope = {"type": "websocket", "path": "/_stcore/stream", "client": (peer, 1), "headers": forged}
    finished(guard.Guard(page)(scope, never, nothing))
    assert [headers.get(HERE) == HERE_TOKEN for headers in seen] == [here]


# ------------------------------------------------------------------ with sign-in


def test_without_a_cookie_only_program_code_and_the_way_in_are_answered(settings: Settings) -> None:
    settings.write()
    stranger = client()
    code = [
        "/",
        "/static/js/a.js",
        "/_stcore/health",
        "/_stcore/host-config",
        "/component/x/index.html",
        "/favicon.png",
    ]
    assert {stranger.get(path).status_code for path in [*code, "/assets/map/0.js"]} == {200}
    closed = [
        "/media/a",
        "/figures",
        "/_stcore/metrics",
        "/_stcore/agent/interact",
        "/staticky",
        "/assets",
        "//media/a",
    ]
    closed += ["/_stcore/upload_file/a/b", "/app/static/a", "/anything/at/all", "/STATIC/a"]
    for path in closed:
        assert {stranger.request(method, path).status_code for method in METHODS} == {401}, path
    answer = stranger.get("/figures")
    assert "请" in answer.text or "登录" in answer.text
    assert "sign in" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["www-authenticate"]


def test_the_server_itself_must_sign_in_as_well(settings: Settings) -> None:
    settings.write()
    assert client(address="http://localhost:8501", peer="127.0.0.1").get("/who").status_code == 401


def test_a_viewer_reads_and_an_editor_writes(settings: Settings) -> None:
    settings.write()
    viewer, editor = client(said=now(email="li@planning.example")), client(said=now())
    assert viewer.get("/x").text == "figures of the plan"
    assert {viewer.request(method, "/x").status_code for method in METHODS[3:]} == {403}
    assert {editor.request(method, "/x").status_code for method in METHODS} == {200}
    assert {client(said=now(), origin=origin).post("/x").status_code for origin in (ORIGIN,)} == {200}
    for origin in ("https://evil.example", "http://plans.example", "null", ""):
        assert client(said=now(), origin=origin).post("/x").status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "zhao@elsewhere.example"},
        {"email_verified": False},
        {"iat": 1_000_000_000},
        {"iat": None},
    ],
)
def test_a_signed_cookie_of_somebody_without_a_role_opens_nothing(
    settings: Settings, changed: dict[str, object]
) -> None:
    settings.write()
    assert client(said=now() | changed).get("/x").status_code == 401


@pytest.mark.parametrize(
    "around",
    [
        {"origin": "https://other.example"},  # made for another app with the same secret
        {"origin": None},
        {"is_logged_in": False},
        {"is_logged_in": "yes"},
        {"provider": "removed"},
    ],
)
def test_a_cookie_made_for_something_else_opens_nothing(settings: Settings, around: dict[str, object]) -> None:
    settings.write()
    stranger = client()
    stranger.cookies.set("_streamlit_user", cookie(now(), **around))
    assert stranger.get("/x").status_code == 401


@pytest.mark.parametrize("content", ['"text"', "[]", "null", "7", "not json", "chunks-3", "chunks-99999999"])
def test_a_signed_cookie_that_holds_no_claims_opens_nothing(settings: Settings, content: str) -> None:
    settings.write()
    stranger = client()
    signed = URLSafeTimedSerializer(SECRET, salt="_streamlit_user").dumps(content)
    stranger.cookies.set("_streamlit_user", str(signed))
    assert stranger.get("/x").status_code == 401


def test_a_cookie_signed_with_another_key_or_for_another_name_opens_nothing(settings: Settings) -> None:
    settings.write()
    for forged in (cookie(now(), secret="b" * 32), cookie(now(), name="_streamlit_user_tokens")):
        stranger = client()
        stranger.cookies.set("_streamlit_user", forged)
        assert stranger.get("/x").status_code == 401


def test_a_cookie_too_large_for_one_is_put_together_again(settings: Settings) -> None:
    settings.write()
    whole = json.dumps({**now(groups=["x" * 90] * 60), "origin": ORIGIN, "is_logged_in": True, "provider": "default"})
    parts = [whole[start : start + 2500] for start in range(0, len(whole), 2500)]
    editor = client()
    for end, value in [("", f"chunks-{len(parts)}"), *((f"_{place + 1}", part) for place, part in enumerate(parts))]:
        name = f"_streamlit_user{end}"
        editor.cookies.set(name, str(URLSafeTimedSerializer(SECRET, salt=name).dumps(value)))
    assert editor.get("/who").json()["role"] == "editor"
    editor.cookies.delete("_streamlit_user_2")
    assert editor.get("/who").status_code == 401


def test_page_and_request_see_the_same_person(settings: Settings) -> None:
    settings.write()
    said = now()
    assert guard.of_claims({**said, "provider": "default"}, access()).person == WANG
    assert client(said=said).get("/who").json()["role"] == "editor"


def test_what_took_a_sign_in_is_kept_by_no_shared_cache(settings: Settings) -> None:
    settings.write()
    editor = client(said=now())

    def kept(said: str | None) -> str:
        return editor.get("/x", params={"cache-control": said} if said else {}).headers["cache-control"]

    assert kept(None) == "private, no-store"
    assert kept("public, max-age=60") == "private, max-age=60"
    assert kept("max-age=60") == "private, max-age=60"
    assert kept("no-store") == "no-store"
    assert "cache-control" not in editor.get("/static/a.js").headers


def test_broken_settings_close_what_is_guarded_and_leave_the_page_that_says_so(settings: Settings) -> None:
    settings.write()
    editor = client(said=now())
    settings.write(AUTH)
    assert [editor.get("/x").status_code, editor.post("/x").status_code, editor.get("/").status_code] == [503, 503, 200]


# ------------------------------------------------------------------ the way in and out


def test_the_link_somebody_came_by_is_kept_while_they_sign_in(settings: Settings) -> None:
    settings.write()
    person = client()
    link = f"{ORIGIN}/?plan=a&zone=%E4%BA%91+1&state=x&code=y&signin=failed"
    assert person.get("/auth/login", headers={"referer": link}).headers["location"].startswith("https://id.example/")
    answer = person.get("/oauth2callback?code=good&state=1")
    assert answer.headers["location"] == "/?plan=a&zone=%E4%BA%91+1"
    assert "_geoplan_return" not in person.cookies
    assert person.get("/x").status_code == 200


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/?plan=a", f"{ORIGIN}.evil.example/?plan=a", "http://[", "", f"{ORIGIN}/?plan={'a' * 2001}"],
)
def test_a_link_from_elsewhere_or_past_measure_is_not_kept(settings: Settings, link: str) -> None:
    settings.write()
    person = client()
    person.get("/auth/login", headers={"referer": link})
    assert person.get("/oauth2callback?code=good&state=1").headers["location"] == "/"


@pytest.mark.parametrize("value", ["//evil.example", "https://evil.example/", "a=b%0d%0aset-cookie: x=y", "\\\\evil"])
def test_a_forged_cookie_of_the_way_back_leads_nowhere_else(settings: Settings, value: str) -> None:
    settings.write()
    person = client(cookie=f"_geoplan_return={value}")
    answer = person.get("/oauth2callback?code=good&state=1")
    assert answer.headers["location"] == "/" or answer.headers["location"].startswith("/?a=b%0D%0Aset-cookie")
    assert "x" not in person.cookies


def test_a_sign_in_that_fails_leads_back_to_the_page_with_a_word(settings: Settings) -> None:
    settings.write()
    person = client()
    person.get("/auth/login", headers={"referer": f"{ORIGIN}/?plan=a"})
    assert person.get("/oauth2callback?error=access_denied&state=1").headers["location"] == "/?plan=a&signin=failed"
    assert person.get("/oauth2callback?code=bad&state=1").headers["location"] == "/?signin=failed"
    down = person.get("/auth/login?down=1")
    assert (down.status_code, down.headers["location"], down.text) == (302, "/?signin=failed", "")
    assert person.get("/oauth2callback").headers["location"] == "/"  # the way back from signing out


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(settings: Settings, tmp_path: Path) -> None:
    ended = tmp_path / "signed-out"
    settings.write(f"{AUTH}{PEOPLE}signed_out = '{ended}'\n")
    said = now()
    editor, copy, other = client(said=said), client(said=said), client(said=now())
    assert editor.get("/auth/logout").headers["location"] == "https://id.example/end"
    assert [copy.get("/x").status_code, other.get("/x").status_code] == [401, 200]
    key = ended.read_text(encoding="ascii").split()[0]
    assert ENDED.has(key)
    assert len(key) == 64


def test_a_full_disk_does_not_keep_anybody_from_signing_out(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    settings.write(f"{AUTH}{PEOPLE}signed_out = '{folder / 'signed-out'}'\n")
    editor = client(said=now())
    access()
    folder.rmdir()
    assert editor.get("/auth/logout").status_code == 302
    assert editor.get("/x").status_code == 401


def test_cookies_are_kept_off_plain_http_where_the_app_is_opened_by_https(settings: Settings) -> None:
    settings.write()
    answer = client().get("/oauth2callback?code=good&state=1")
    kept = answer.headers.get_list("set-cookie")
    assert len(kept) == 2
    assert all(
        line.endswith("; Secure") and "httponly" in line.lower() and "samesite=lax" in line.lower() for line in kept
    )
    settings.write((AUTH + PEOPLE).replace(ORIGIN, "http://localhost:8501"))
    plain = client(address="http://localhost:8501").get("/oauth2callback?code=good&state=1")
    assert not any("Secure" in line for line in plain.headers.get_list("set-cookie"))


def test_under_a_base_path_only_what_lies_under_it_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with settings_in(tmp_path, monkeypatch, server_baseUrlPath="planning") as settings:
        settings.write((AUTH + PEOPLE).replace("/oauth2callback", "/planning/oauth2callback"))
        stranger = client()
        assert {stranger.get(path).status_code for path in ("/planning", "/planning/", "/planning/static/a.js")} == {
            200
        }
        assert {stranger.get(path).status_code for path in ("/planning/media/a", "/planningx/static/a.js")} == {401}


# ------------------------------------------------------------------ at the start


def test_a_mistake_ends_the_start_with_a_line_in_both_languages(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.write(AUTH)
    with pytest.raises(SystemExit) as ended:
        guard.middleware()
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 6  # in each language a head, the mistake and where to read on
    for line in (1, 4):
        assert said[line].startswith("  geoplan.people: ")
        assert "docs/serving.md" in said[line + 1]


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("", "", "this machine may change plans, everybody else may look"),
        ("open", "", "EVERYBODY"),
        ("read", "", "nobody may change anything"),
        ("", AUTH + PEOPLE, f"sign-in at {ORIGIN} by default; 2 entries for editors, 1 for viewers"),
        ("read", AUTH + PEOPLE, "GEOPLAN_ACCESS=read: nobody may change anything"),
    ],
)
def test_the_log_says_at_the_start_who_may_do_what(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, said: str
) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", variable)
    settings.write(text)
    assert said in guard.in_force(access())
