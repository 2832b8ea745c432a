"""Basemap files cut short, changed anywhere, or saying what cannot be: a tile is lost at most, never the server."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.basemaps.geotiff import GeotiffSource
from geoplan.basemaps.images import image_of
from geoplan.basemaps.mbtiles import MbtilesSource
from geoplan.basemaps.pmtiles import PmtilesSource
from geoplan.basemaps.source import State, TileError, TileSource, plain_bounds, plain_zooms
from tests.basemaps.files import RED, picture, write_geotiff, write_mbtiles, write_pmtiles

TILES = {(0, 0, 0): picture(RED, 64), (1, 0, 0): picture(RED, 64)}


def mbtiles(path: Path) -> Path:
    return write_mbtiles(path, TILES, format="png", minzoom=0, maxzoom=1)


def pmtiles(path: Path) -> Path:
    return write_pmtiles(path, TILES)


def geotiff(path: Path) -> Path:
    bands = np.full((3, 64, 64), 200, dtype=np.uint8)
    return write_geotiff(path, bands, (117.0, 31.0, 118.0, 32.0), tiled=True, blockxsize=16, blockysize=16)


KINDS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], TileSource], tuple[int, int, int]]] = {
    "mbtiles": (mbtiles, MbtilesSource, (1, 0, 0)),
    "pmtiles": (pmtiles, PmtilesSource, (1, 0, 0)),
    "geotiff": (geotiff, GeotiffSource, (8, 211, 103)),
}


def asked(open_source: Callable[[Path], TileSource], path: Path, tile: tuple[int, int, int]) -> str:
    """Return how opening a file and asking for a tile ended."""
    try:
        source = open_source(path)
    except TileError as error:
        return _told(error, path)
    try:
        info = source.info
        assert 0 <= info.min_zoom <= info.max_zoom <= 24
        image = source.tile(*tile)
    except TileError as error:
        return _told(error, path)
    finally:
        source.close()
    assert image is None or image_of(image.data) is not None
    return "none" if image is None else "picture"


def _told(error: TileError, path: Path) -> str:
    assert error.state is State.BROKEN
    assert error.where == path.name  # no folder of the server
    assert error.hint is not None
    assert error.message.zh != error.message.en
    return "told"


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_gives_its_picture(kind: str, tmp_path: Path) -> None:
    make, open_source, tile = KINDS[kind]
    assert asked(open_source, make(tmp_path / f"a.{kind}"), tile) == "picture"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.95, 0.999])
def test_a_file_cut_short_is_told_or_lacks_a_tile(kind: str, share: float, tmp_path: Path) -> None:
    make, open_source, tile = KINDS[kind]
    path = make(tmp_path / f"a.{kind}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert asked(open_source, path, tile) in ("told", "none", "picture")
    if share < 0.02:
        assert asked(open_source, path, tile) == "told"


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # rasterio's word for the log
@pytest.mark.parametrize("kind", KINDS)
def test_no_change_of_bytes_does_more_than_lose_a_tile(kind: str, tmp_path: Path) -> None:
    make, open_source, tile = KINDS[kind]
    whole = make(tmp_path / f"a.{kind}").read_bytes()
    chance, path, ends = random.Random(kind), tmp_path / f"b.{kind}", set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 4, 40))):
            # Most of what can go wrong is told in the first bytes.
            place = chance.randrange(min(len(data), chance.choice((200, 2000, len(data)))))
            data[place] = chance.choice((0, 0xFF, 0x7F, chance.randrange(256)))
        path.write_bytes(data)
        ends.add(asked(open_source, path, tile))
    assert "told" in ends
    assert ends <= {"told", "none", "picture"}


@pytest.mark.parametrize("metadata", [
    {"bounds": "nan,nan,nan,nan"}, {"bounds": "117,31,118"}, {"bounds": "118,32,117,31"}, {"bounds": "1e400,0,1,1"},
    {"bounds": "x" * 100_000}, {"minzoom": "-5"}, {"maxzoom": "9" * 5000}, {"minzoom": "nan"}, {"minzoom": "1_0"},
    {"minzoom": "3", "maxzoom": "1"}, {"attribution": "<script>" * 10_000}, {"attribution": "\u202e"},
    {"minzoom": b"\xff\xfe"}, {"format": "PNG "},
])  # fmt: skip
def test_what_a_file_says_of_itself_is_held_against_what_can_be(metadata: dict[str, object], tmp_path: Path) -> None:
    path = write_mbtiles(tmp_path / "a.mbtiles", TILES, **metadata)
    source = MbtilesSource(path)
    info = source.info
    source.close()
    assert 0 <= info.min_zoom <= info.max_zoom <= 24
    assert info.bounds is None or info.bounds[0] < info.bounds[2]
    assert len(info.attribution) <= 2_000


@pytest.mark.parametrize(
    "data", ["readfile('/etc/passwd')", "zeroblob(2000000000)", "load_extension('x')", "hex(zeroblob(9000000))"]
)
def test_a_view_that_reaches_out_or_fills_the_memory_gives_nothing(data: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", [("minzoom", "1"), ("maxzoom", "1"), ("format", "png")])
        place = "1 AS zoom_level, 0 AS tile_column, 1 AS tile_row"
        db.execute(f"CREATE VIEW tiles AS SELECT {place}, {data} AS tile_data")
        db.commit()
    assert asked(MbtilesSource, path, (1, 0, 0)) == "told"


def test_writing_through_a_trigger_is_not_possible(tmp_path: Path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles")
    source = MbtilesSource(path)
    before = path.read_bytes()
    with suppress(TileError):
        source._one("DELETE FROM tiles")
    with suppress(TileError):
        source._one("ATTACH DATABASE ? AS other", (str(tmp_path / "other.db"),))
    source.close()
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.mbtiles"]


NUMBERS = st.floats() | st.integers(-400, 400).map(float)


@given(st.lists(NUMBERS, max_size=6))
def test_bounds_are_a_rectangle_on_the_globe_or_none(values: list[float]) -> None:
    bounds = plain_bounds(values)
    sound = len(values) == 4 and -180 <= values[0] < values[2] <= 180 and -90 <= values[1] < values[3] <= 90
    assert bounds == (tuple(values) if sound else None)


@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70))
def test_zooms_are_ones_there_can_be_in_order(low: int, high: int) -> None:
    first, last = plain_zooms(low, high)
    assert 0 <= first <= last <= 24
    if 0 <= low <= high <= 24:
        assert (first, last) == (low, high)
