from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.web.server.app_discovery import discover_asgi_app

from geoplan.ui.mapview import map_links
from geoplan.ui.server import PAGE, SecurityHeaders, routes
from tests.ui.asgi import ask

ROOT = Path(__file__).resolve().parents[2]


def answer(path: str, *, host: str = "127.0.0.1:8501") -> tuple[int, dict[str, str]]:
    """Return status and headers of what the app's own routes answer, asked as a server would."""
    hello = Route("/hello", lambda _: PlainTextResponse("hello", headers={"X-Frame-Options": "ALLOWALL"}))
    app = Starlette(routes=[*routes(), hello], middleware=[Middleware(SecurityHeaders)])
    answered = ask(app, path, {"host": host})
    return answered.status, answered.headers


def test_leaflet_is_served_by_the_app() -> None:
    status, headers = answer("/assets/leaflet/leaflet.js")
    assert status == 200
    assert "javascript" in headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/assets/leaflet/../__init__.py", "/assets/leaflet/%2e%2e/__init__.py", "/assets/leaflet/"]
)
def test_nothing_beside_the_map_s_files_is_served(path: str) -> None:
    assert answer(path)[0] in (404, 405)


def test_every_answer_forbids_other_hosts_framing_and_guessing() -> None:
    _, headers = answer("/hello")
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self' ws://127.0.0.1:8501 wss://127.0.0.1:8501;" in policy
    assert "*" not in policy
    assert "http" not in policy
    assert headers["x-frame-options"] == "SAMEORIGIN"  # whatever the route itself said
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_forged_host_adds_nothing_to_the_policy() -> None:
    _, headers = answer("/hello", host="a; script-src *")
    assert "*" not in headers["content-security-policy"]
    assert "connect-src 'self';" in headers["content-security-policy"]


def test_streamlit_run_finds_the_app_with_its_routes() -> None:
    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app
    assert found.import_string == "app:app"
    assert PAGE.is_file()


def test_the_map_s_links_are_relative_so_that_any_host_and_base_path_will_do() -> None:
    assert all(link.startswith("../../assets/") for link in (*map_links().scripts, *map_links().styles))


def test_the_configuration_serves_no_folder_and_keeps_tracebacks_in_the_log() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["enableStaticServing"] is False
    assert config["client"]["showErrorDetails"] == "none"
