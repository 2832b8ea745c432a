from __future__ import annotations

from typing import Any

import pytest

from geoplan.basemaps.model import RemoteEntry, TiandituEntry, WmtsEntry, XyzEntry
from geoplan.basemaps.remote import RemoteSource, hosts
from geoplan.basemaps.source import State, TileError
from tests.basemaps.capabilities import capabilities, matrices, matrix_set
from tests.basemaps.files import BLUE, RED, picture, pixels
from tests.basemaps.peer import Handler, Peer, peer

SECRET = "0123456789abcdef"  # noqa: S105 - stands for a key that must not be repeated


def xyz(url: str, **keys: Any) -> XyzEntry:
    return XyzEntry.model_validate({"id": "x", "name": "X", "kind": "xyz", "url": url, "datum": "gcj02"} | keys)


def wmts(**keys: Any) -> WmtsEntry:
    return WmtsEntry.model_validate({"id": "w", "name": "W", "kind": "wmts", "layer": "base", "datum": "wgs84"} | keys)


def tianditu(server: Peer, **keys: Any) -> TiandituEntry:
    record = {"id": "t", "name": "T", "kind": "tianditu", "server": server.address, "key_env": "TEST_TK"}
    return TiandituEntry.model_validate(record | keys)


def well(request: Handler) -> None:
    request.reply(200, picture())


def test_a_tile_is_asked_for_where_the_template_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", f"{SECRET}&x=/../")
    with peer(well) as server:
        entry = xyz(server.address + "/{z}/{x}/{-y}.png?s={s}&k={key}", subdomains=["a", "b"], key_env="TEST_KEY")
        image = RemoteSource(entry).tile(3, 6, 3)
        assert image is not None
        assert image.data == picture()
        # Row 3 from the north is row 2³-1-3 = 4 from the south; (6+3) mod 2 = 1 takes subdomain b; the key is one part.
        assert server.asked == [f"/3/6/4.png?s=b&k={SECRET}%26x%3D%2F..%2F"]


@pytest.mark.parametrize("status", [204, 404, 410])
def test_no_tile_there_is_none(status: int) -> None:
    with peer(lambda request: request.reply(status, b"nothing", "text/plain")) as server:
        assert RemoteSource(xyz(server.address + "/{z}/{x}/{y}")).tile(1, 0, 0) is None


@pytest.mark.parametrize(
    ("status", "body", "kind", "state"),
    [
        (200, b"<html>sign in</html>", "text/html", State.REFUSED),
        (200, b"<svg onload='alert(1)'/>", "image/svg+xml", State.REFUSED),
        (200, b"<html>", "image/png", State.REFUSED),
        (200, picture(), "text/html", State.REFUSED),
        (403, b"no", "text/plain", State.REFUSED),
        (500, b"oh", "text/plain", State.UNREACHABLE),
    ],
)
def test_what_is_no_tile_is_an_error_that_tells_nothing_of_the_address(
    status: int, body: bytes, kind: str, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", SECRET)
    with peer(lambda request: request.reply(status, body, kind)) as server:
        source = RemoteSource(xyz(server.address + "/path/{z}/{x}/{y}?k={key}", key_env="TEST_KEY"))
        with pytest.raises(TileError) as caught:
            source.tile(1, 0, 0)
    assert caught.value.state is state
    said = caught.value.line("en") + caught.value.line("zh") + repr(caught.value)
    assert SECRET not in said
    assert "path" not in said
    assert caught.value.where == "127.0.0.1"


def test_octets_that_are_a_picture_are_a_picture() -> None:
    with peer(lambda request: request.reply(200, picture(), "application/octet-stream")) as server:
        assert RemoteSource(xyz(server.address + "/{z}/{x}/{y}")).tile(1, 0, 0) is not None


def test_a_host_that_does_not_answer_is_not_asked_again_for_a_while() -> None:
    def silence(request: Handler) -> None:
        server = request.server
        assert isinstance(server, Peer)
        server.stopping.wait(10)

    with peer(silence) as server:
        source = RemoteSource(xyz(server.address + "/{z}/{x}/{y}"), timeout_s=0.2)
        for _ in range(5):
            with pytest.raises(TileError, match="cannot be reached"):
                source.tile(1, 0, 0)
        assert len(server.asked) == 1


def test_tianditu_is_asked_as_its_manual_says_and_its_labels_lie_over_the_ground(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_TK", SECRET)

    def answer(request: Handler) -> None:
        request.reply(200, picture(BLUE if "cia_w" in request.path else RED))

    with peer(answer) as server:
        image = RemoteSource(tianditu(server, layer="img")).tile(10, 845, 416)
        assert server.asked[0] == (
            "/img_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=img&STYLE=default&TILEMATRIXSET=w"
            f"&FORMAT=tiles&TILEMATRIX=10&TILEROW=416&TILECOL=845&tk={SECRET}"
        )
        assert "/cia_w/wmts?" in server.asked[1]
        assert image is not None
        assert tuple(pixels(image.data)[0, 0]) == (*BLUE, 255)  # labels that cover all of it
        server.asked.clear()
        RemoteSource(tianditu(server, labels=False)).tile(1, 0, 0)
        assert len(server.asked) == 1


def test_without_its_key_tianditu_is_not_asked_and_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_TK", raising=False)
    with peer(well) as server:
        with pytest.raises(TileError, match="TEST_TK") as caught:
            RemoteSource(tianditu(server)).tile(1, 0, 0)
        assert server.asked == []
    assert caught.value.state is State.REFUSED


def test_a_key_that_is_refused_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TK", SECRET)
    with (
        peer(lambda request: request.reply(403, SECRET.encode(), "text/plain")) as server,
        pytest.raises(TileError, match="HTTP 403") as caught,
    ):
        RemoteSource(tianditu(server)).tile(1, 0, 0)
    assert "服务器端" in caught.value.line("zh")
    assert SECRET not in caught.value.line("zh")


def test_a_wmts_is_asked_by_pairs_without_losing_what_its_address_asks_already() -> None:
    with peer(well) as server:
        entry = wmts(url=server.address + "/mapserv?map=a.map&layer=old", matrix_set="g", matrix="EPSG:3857:{z}")
        RemoteSource(entry).tile(5, 26, 12)
        path, _, query = server.asked[0].partition("?")
        pairs = dict(part.split("=") for part in query.split("&"))
    assert path == "/mapserv"
    assert pairs == {
        "map": "a.map",
        "SERVICE": "WMTS",
        "REQUEST": "GetTile",
        "VERSION": "1.0.0",
        "LAYER": "base",
        "STYLE": "default",
        "TILEMATRIXSET": "g",
        "TILEMATRIX": "EPSG%3A3857%3A5",
        "TILEROW": "12",
        "TILECOL": "26",
        "FORMAT": "image%2Fpng",
    }


def test_a_restful_wmts_is_asked_by_its_template() -> None:
    with peer(well) as server:
        url = server.address + "/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"
        RemoteSource(wmts(url=url, matrix_set="w")).tile(5, 26, 12)
        assert server.asked == ["/base/default/w/5/12/26.png"]


def capable(request: Handler, get_tile: str, sets: str) -> None:
    if "GetCapabilities" in request.path:
        request.reply(200, capabilities(sets, get_tile=get_tile), "application/xml")
    else:
        well(request)


def test_capabilities_are_asked_for_once_and_followed() -> None:
    sets = matrix_set("g", "EPSG:3857", matrices(name="L{z}"))
    with peer(lambda request: capable(request, f"{server.address}/tiles?", sets)) as server:
        source = RemoteSource(wmts(capabilities=server.address + "/wmts?REQUEST=GetCapabilities"))
        assert source.tile(2, 3, 1) is not None
        assert source.tile(2, 2, 1) is not None
        assert source.tile(9, 2, 1) is None  # a level the service does not have
        assert [path.partition("?")[0] for path in server.asked] == ["/wmts", "/tiles", "/tiles"]
        assert "TILEMATRIX=L2" in server.asked[1]


def test_capabilities_that_lead_to_another_host_are_not_followed() -> None:
    sets = matrix_set("g", "EPSG:3857", matrices())
    with peer(well) as inside, peer(lambda request: capable(request, f"{inside.address}/tiles?", sets)) as server:
        with pytest.raises(TileError, match="not configured") as caught:
            RemoteSource(wmts(capabilities=server.address + "/wmts?REQUEST=GetCapabilities")).tile(2, 3, 1)
        assert inside.asked == []
    assert caught.value.state is State.REFUSED


def test_opening_one_asks_nothing() -> None:
    with peer(well) as server:
        info = RemoteSource(wmts(capabilities=server.address + "/wmts", max_zoom=16)).info
        assert (info.min_zoom, info.max_zoom) == (0, 16)
        assert server.asked == []


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        (TiandituEntry.model_validate({"id": "t", "name": "T", "kind": "tianditu"}), "tianditu.gov.cn"),
        (xyz("https://{s}.tiles.example/{z}/{x}/{y}", subdomains=["a"]), "tiles.example"),
        (xyz("http://10.0.0.1:8080/secret/{z}/{x}/{y}"), "10.0.0.1"),
    ],
)
def test_readers_are_told_the_host_and_no_more(entry: RemoteEntry, host: str) -> None:
    assert hosts(entry) == host
