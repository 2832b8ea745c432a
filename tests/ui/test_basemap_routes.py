from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from geoplan.basemaps import read_basemaps
from geoplan.ui.basemap_routes import basemap_routes
from tests.basemaps.files import BLUE, RED, picture, pixels, write_geotiff, write_mbtiles
from tests.basemaps.peer import peer
from tests.ui.asgi import Answer, ask_all

SECRET = "0123456789abcdef"  # noqa: S105 - stands for a key that must not be repeated


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOPLAN_BASEMAPS", str(tmp_path))
    write_mbtiles(tmp_path / "a.mbtiles", {(1, 0, 0): picture(RED), (1, 0, 1): picture(BLUE)})
    return tmp_path


def ask(path: str, headers: Mapping[str, str] | None = None, query: str = "", **options: Any) -> Answer:
    """Return what the routes answer, asked as a server would ask them."""
    return many([path], headers, query, **options)[0]


def many(paths: list[str], headers: Mapping[str, str] | None = None, query: str = "", **options: Any) -> list[Answer]:
    return ask_all(Starlette(routes=basemap_routes(**options)), paths, headers, query)


def test_a_tile_is_served_as_a_picture_and_nothing_else(folder: Path) -> None:
    answer = ask("/basemaps/a.mbtiles/1/0/0")
    assert (answer.status, answer.content) == (200, picture(RED))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert ask("/basemaps/a.mbtiles/1/0/1").content == picture(BLUE)


def test_a_place_without_a_tile_is_see_through_and_no_error(folder: Path) -> None:
    answer = ask("/basemaps/a.mbtiles/1/1/1")
    assert answer.status == 200
    assert pixels(answer.content)[0, 0, 3] == 0


def test_a_tile_may_be_kept_as_long_as_its_address_names_its_version(folder: Path) -> None:
    stamp = read_basemaps().by_id["a.mbtiles"].stamp
    assert "max-age=86400" in ask("/basemaps/a.mbtiles/1/0/0", query=f"v={stamp}").headers["cache-control"]
    assert ask("/basemaps/a.mbtiles/1/0/0").headers["cache-control"] == "private, no-cache"
    assert ask("/basemaps/a.mbtiles/1/0/0", query="v=old").headers["cache-control"] == "private, no-cache"


def test_a_browser_that_has_the_tile_is_told_so(folder: Path) -> None:
    tag = ask("/basemaps/a.mbtiles/1/0/0").headers["etag"]
    again = ask("/basemaps/a.mbtiles/1/0/0", {"if-none-match": f'"other", W/{tag}'})
    assert (again.status, again.content) == (304, b"")
    assert ask("/basemaps/a.mbtiles/1/0/1", {"if-none-match": tag}).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/basemaps/a.mbtiles/1/2/0",
        "/basemaps/a.mbtiles/1/0/-1",
        "/basemaps/a.mbtiles/1/0/0x1",
        "/basemaps/a.mbtiles/1/0/" + "9" * 5000,
        "/basemaps/a.mbtiles/1/0/¹",
        "/basemaps/b.mbtiles/1/0/0",
        "/basemaps/../1/0/0",
        "/basemaps/..%2fa.mbtiles/1/0/0",
        "/basemaps//etc/passwd",
        "/basemaps/a.mbtiles",
        "/basemaps/a.mbtiles/1/0/0/0",
        "/basemaps/basemaps.toml/status",
    ],
)
def test_what_is_no_tile_is_not_found(folder: Path, path: str) -> None:
    assert ask(path).status == 404


def test_it_works_under_a_base_path(folder: Path) -> None:
    assert ask("/planning/valley/basemaps/a.mbtiles/1/0/0", prefix="/planning/valley").content == picture(RED)
    assert ask("/basemaps/a.mbtiles/1/0/0", prefix="/planning/valley").status == 404


def test_who_is_not_allowed_gets_nothing(folder: Path) -> None:
    def allowed(request: Request) -> bool:
        return request.headers.get("x-person") == "planner"

    for path in ("/basemaps/a.mbtiles/1/0/0", "/basemaps/a.mbtiles/status", "/basemaps/none/1/0/0"):
        assert ask(path, allowed=allowed).status == 403
    assert ask("/basemaps/a.mbtiles/1/0/0", {"x-person": "planner"}, allowed=allowed).status == 200


def test_pages_of_other_sites_cannot_spend_the_key(folder: Path) -> None:
    assert ask("/basemaps/a.mbtiles/1/0/0", {"sec-fetch-site": "cross-site"}).status == 403
    assert ask("/basemaps/a.mbtiles/1/0/0", {"sec-fetch-site": "same-origin"}).status == 200


def test_a_geotiff_is_drawn_at_the_place_of_its_pixels(folder: Path) -> None:
    # The whole square of Web Mercator is blue; zoom 1 cuts it into four.
    edge = 20037508.342789244
    bands = np.zeros((3, 64, 64), np.uint8)
    bands[2] = 255
    bands[:, :32, :32] = np.array(RED, np.uint8)[:, None, None]
    write_geotiff(folder / "w.tif", bands, (-edge, -edge, edge, edge), crs="EPSG:3857")
    north_west, south_east = many(["/basemaps/w.tif/1/0/0", "/basemaps/w.tif/1/1/1"])
    assert tuple(pixels(north_west.content)[100, 100]) == (*RED, 255)
    assert tuple(pixels(south_east.content)[100, 100]) == (*BLUE, 255)


def test_a_basemap_that_cannot_be_reached_is_no_picture_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TEST_TK", SECRET)
    with peer(lambda request: request.reply(403, b"")) as other:
        (folder / "basemaps.toml").write_text(
            'format = 1\n[[basemaps]]\nid = "t"\nname = "T"\nkind = "tianditu"\nkey_env = "TEST_TK"\n'
            f'server = "{other.address}"\n',
            encoding="utf-8",
        )
        with caplog.at_level(0):
            refused = ask("/basemaps/t/1/0/0")
        assert SECRET in other.asked[0]
    unreachable = ask("/basemaps/t/1/0/0")
    assert (refused.status, refused.json["state"]) == (502, "refused")
    assert (unreachable.status, unreachable.json["state"]) == (504, "unreachable")
    assert "cannot be reached" in unreachable.json["message"]["en"]
    assert "无法连接" in unreachable.json["message"]["zh"]
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["content-type"] == "application/json"
    told = f"{refused.content!r}{refused.headers}{unreachable.content!r}{caplog.text}"
    assert SECRET not in told


def test_the_status_tells_how_it_went(folder: Path) -> None:
    (folder / "bad.tif").write_bytes(b"nothing of the kind")
    assert ask("/basemaps/a.mbtiles/status").json == {"state": "ok", "message": {"en": "", "zh": ""}}
    assert ask("/basemaps/bad.tif/5/1/1").status == 500


def test_many_tiles_at_once_are_each_the_right_one(folder: Path) -> None:
    paths = ["/basemaps/a.mbtiles/1/0/0", "/basemaps/a.mbtiles/1/0/1"] * 40
    bodies = [answer.content for answer in many(paths)]
    assert bodies == [picture(RED), picture(BLUE)] * 40
