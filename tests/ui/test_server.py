from __future__ import annotations

import gzip
import re
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


@pytest.mark.parametrize(("kind", "media"), [("js", "javascript"), ("css", "css")])
def test_one_script_and_one_style_sheet_hold_all_the_map_needs(kind: str, media: str) -> None:
    (link,) = [one for one in (*map_links().scripts, *map_links().styles) if one.endswith(kind)]
    app = Starlette(routes=routes())
    answered = ask(app, link.removeprefix("../.."))
    assert answered.status == 200
    assert media in answered.headers["content-type"]
    assert "immutable" in answered.headers["cache-control"]
    packed = ask(app, link.removeprefix("../.."), {"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == answered.content
    parts = {
        "js": ("Leaflet 1.9.3", "MarkerCluster", "GeoplanMap"),
        "css": (".leaflet-pane", ".leaflet-cluster-anim", ".gp-zone"),
    }
    whole = answered.content.decode()
    places = [whole.index(part) for part in parts[kind]]
    assert places == sorted(places)  # the libraries first
    assert "sourceMappingURL" not in whole
    assert not re.search(r"url\((?!data:|#)", whole)  # what a style sheet shows is in it


@pytest.mark.parametrize("path", ["/assets/map/../__init__.py", "/assets/map/%2e%2e/__init__.py", "/assets/map/"])
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
