from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geoplan.basemaps.service import TileServer, UnknownTileError
from geoplan.basemaps.source import State, TileError
from tests.basemaps.files import BLUE, RED, picture, write_mbtiles
from tests.basemaps.peer import Handler, peer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOPLAN_BASEMAPS", str(tmp_path))
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[TileServer]:
    one = TileServer()
    yield one
    one.close()


def test_a_tile_of_a_file_is_served_with_a_tag_of_its_bytes(folder: Path, server: TileServer) -> None:
    write_mbtiles(folder / "a.mbtiles", {(1, 0, 0): picture(RED), (1, 1, 0): picture(BLUE)})
    red, blue = server.tile("a.mbtiles", 1, 0, 0), server.tile("a.mbtiles", 1, 1, 0)
    assert (red.data, red.media_type, red.missing) == (picture(RED), "image/png", False)
    assert red.etag != blue.etag
    assert server.tile("a.mbtiles", 1, 0, 1).missing


@pytest.mark.parametrize("tile", [(1, 2, 0), (0, 0, -1), (99, 0, 0)])
def test_what_is_off_the_grid_or_not_offered_is_unknown(
    folder: Path, server: TileServer, tile: tuple[int, int, int]
) -> None:
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture()})
    with pytest.raises(UnknownTileError):
        server.tile("a.mbtiles", *tile)
    for name in ("b.mbtiles", "../a.mbtiles", "", "none", str(folder / "a.mbtiles")):
        with pytest.raises(UnknownTileError):
            server.tile(name, 0, 0, 0)


def test_a_file_put_there_or_changed_is_seen_by_whoever_knows_of_it(folder: Path, server: TileServer) -> None:
    with pytest.raises(UnknownTileError):
        server.tile("a.mbtiles", 0, 0, 0)
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture(RED)})
    first = server.tile("a.mbtiles", 0, 0, 0)
    (folder / "a.mbtiles").unlink()
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture(BLUE)})
    os.utime(folder / "a.mbtiles", (1, 1))
    second = server.tile("a.mbtiles", 0, 0, 0, version="a new one")
    assert (first.data, second.data) == (picture(RED), picture(BLUE))
    assert first.version != second.version


def test_a_broken_file_is_told_and_the_others_go_on(folder: Path, server: TileServer) -> None:
    (folder / "bad.pmtiles").write_bytes(b"nothing of the kind")
    write_mbtiles(folder / "good.mbtiles", {(0, 0, 0): picture()})
    assert server.health("bad.pmtiles").state is State.OK  # nobody has asked yet
    with pytest.raises(TileError):
        server.tile("bad.pmtiles", 0, 0, 0)
    told = server.health("bad.pmtiles")
    assert told.state is State.BROKEN
    assert told.message.en.startswith("bad.pmtiles: is not a PMTiles file.")
    assert server.tile("good.mbtiles", 0, 0, 0).data == picture()
    assert server.health("good.mbtiles").state is State.OK


def test_mistakes_in_the_configuration_leave_nothing_to_serve(folder: Path, server: TileServer) -> None:
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture()})
    (folder / "basemaps.toml").write_text("format = 7", encoding="utf-8")
    with pytest.raises(UnknownTileError):
        server.tile("a.mbtiles", 0, 0, 0)


def remote(folder: Path, address: str) -> None:
    entry = 'id = "x"\nname = "X"\nkind = "xyz"\ndatum = "wgs84"'
    text = f'format = 1\n[[basemaps]]\n{entry}\nurl = "{address}/{{z}}/{{x}}/{{y}}"\n'
    (folder / "basemaps.toml").write_text(text, encoding="utf-8")


def test_a_tile_is_asked_for_once_however_often_it_is_looked_at(folder: Path, server: TileServer) -> None:
    with peer(lambda request: request.reply(200, picture())) as other:
        remote(folder, other.address)
        for _ in range(3):
            assert server.tile("x", 1, 0, 0).is_remote
        assert other.asked == ["/1/0/0"]


def test_a_failure_is_not_kept(folder: Path, server: TileServer) -> None:
    answers = iter([403, 200])
    with peer(lambda request: request.reply(next(answers), picture())) as other:
        remote(folder, other.address)
        with pytest.raises(TileError):
            server.tile("x", 1, 0, 0)
        assert server.health("x").state is State.REFUSED
        assert server.tile("x", 1, 0, 0).data == picture()
        assert server.health("x").state is State.OK


def test_what_is_kept_stays_within_its_bound(folder: Path) -> None:
    with peer(lambda request: request.reply(200, picture())) as other:
        remote(folder, other.address)
        # Room for three tiles of this size and the thousand bytes each costs besides.
        server = TileServer(kept_bytes=3 * (len(picture()) + 1_000))
        for x in range(4):
            server.tile("x", 2, x, 0)
        server.tile("x", 2, 3, 0)  # kept
        server.tile("x", 2, 0, 0)  # dropped when the fourth came
        server.close()
        assert other.asked == ["/2/0/0", "/2/1/0", "/2/2/0", "/2/3/0", "/2/0/0"]


def test_many_threads_are_served_from_a_file_that_is_changed_meanwhile(folder: Path, server: TileServer) -> None:
    colours = [picture((shade, 0, 0)) for shade in range(20)]
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): colours[0]})
    start = threading.Barrier(5)

    def change() -> None:
        start.wait()
        for one in colours[1:]:
            new = write_mbtiles(folder / "new.part", {(0, 0, 0): one})
            new.replace(folder / "a.mbtiles")

    def look() -> list[bytes]:
        start.wait()
        return [server.tile("a.mbtiles", 0, 0, 0, version=f"look {turn}").data for turn in range(40)]

    with ThreadPoolExecutor(5) as pool:
        looks = [pool.submit(look) for _ in range(4)]
        pool.submit(change).result()
        seen = {data for one in looks for data in one.result()}
    assert seen <= set(colours)


def test_no_more_requests_at_once_than_the_other_side_is_owed(folder: Path, server: TileServer) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def answer(request: Handler) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with lock:
            now[0] -= 1
        request.reply(200, picture())

    with peer(answer) as other, ThreadPoolExecutor(16) as pool:
        remote(folder, other.address)
        list(pool.map(lambda x: server.tile("x", 5, x, 0), range(32)))
    assert 1 < most[0] <= 6
