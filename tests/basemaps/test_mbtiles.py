from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from geoplan.basemaps.mbtiles import MbtilesSource
from geoplan.basemaps.source import State, TileError
from tests.basemaps.files import BLUE, GREEN, RED, WHITE, picture, pixels, write_mbtiles

# The four tiles of zoom 1, by column and row from the north.
QUARTERS = {(1, 0, 0): RED, (1, 1, 0): GREEN, (1, 0, 1): BLUE, (1, 1, 1): WHITE}


@contextmanager
def opened(path: Path) -> Iterator[MbtilesSource]:
    source = MbtilesSource(path)
    try:
        yield source
    finally:
        source.close()


def quarters(path: Path, **metadata: object) -> Path:
    return write_mbtiles(path, {tile: picture(colour) for tile, colour in QUARTERS.items()}, **metadata)


def test_rows_are_turned_so_that_north_is_up(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "a.mbtiles", format="png")) as source:
        for (z, x, y), colour in QUARTERS.items():
            image = source.tile(z, x, y)
            assert image is not None
            assert tuple(pixels(image.data)[128, 128]) == (*colour, 255)


def test_what_the_file_says_of_itself_is_told(tmp_path: Path) -> None:
    said = {"minzoom": "0", "maxzoom": "1", "bounds": "117,31,118,32", "attribution": "Survey <b>2024</b>"}
    with opened(quarters(tmp_path / "a.mbtiles", **said)) as source:
        info = source.info
    assert (info.min_zoom, info.max_zoom) == (0, 1)
    assert info.bounds == (117.0, 31.0, 118.0, 32.0)
    assert info.attribution == "Survey <b>2024</b>"


def test_zooms_that_are_not_stated_are_looked_up(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "a.mbtiles", minzoom="many", bounds="here,there")) as source:
        assert (source.info.min_zoom, source.info.max_zoom, source.info.bounds) == (1, 1, None)


def test_a_place_without_a_tile_is_none(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "a.mbtiles")) as source:
        assert source.tile(2, 0, 0) is None


def test_pictures_of_other_forms_are_served_as_what_they_are(tmp_path: Path) -> None:
    tiles = {(1, 0, 0): picture(form="JPEG"), (1, 1, 0): picture(form="WEBP")}
    with opened(write_mbtiles(tmp_path / "a.mbtiles", tiles, format="png")) as source:
        kinds = [image.media_type for tile in tiles if (image := source.tile(*tile))]
    assert kinds == ["image/jpeg", "image/webp"]


def test_tiles_may_be_a_view_as_the_specification_allows(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE map (zoom_level, tile_column, tile_row, tile_id)")
        connection.execute("CREATE TABLE images (tile_id, tile_data)")
        connection.execute("CREATE TABLE metadata (name, value)")
        connection.execute("CREATE VIEW tiles AS SELECT * FROM map JOIN images USING (tile_id)")
        connection.execute("INSERT INTO map VALUES (0, 0, 0, 'one')")
        connection.execute("INSERT INTO images VALUES ('one', ?)", (picture(BLUE),))
    connection.close()
    with opened(path) as source:
        image = source.tile(0, 0, 0)
    assert image is not None
    assert tuple(pixels(image.data)[0, 0]) == (*BLUE, 255)


@pytest.mark.parametrize("said", [{"format": "pbf"}, {}])
def test_vector_tiles_are_refused_with_the_reason(tmp_path: Path, said: dict[str, object]) -> None:
    path = write_mbtiles(tmp_path / "a.mbtiles", {(0, 0, 0): b"\x1f\x8b\x08\x00rest"}, **said)
    with pytest.raises(TileError, match="vector tiles") as caught:
        MbtilesSource(path)
    assert caught.value.state is State.BROKEN
    assert "矢量瓦片" in caught.value.line("zh")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"\xff" * 500, b"no database at all"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mbtiles"
    path.write_bytes(content)
    with pytest.raises(TileError, match=r"a\.mbtiles: .*MBTiles"):
        MbtilesSource(path)


def test_a_database_of_other_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (name)")
    connection.close()
    with pytest.raises(TileError, match="no tables"):
        MbtilesSource(path)


def test_tables_with_other_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE tiles (a)")
        connection.execute("CREATE TABLE metadata (b)")
    connection.close()
    with pytest.raises(TileError, match="cannot be read"):
        MbtilesSource(path)


def test_a_file_without_tiles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TileError, match="no tiles"):
        MbtilesSource(write_mbtiles(tmp_path / "a.mbtiles", {}))


@pytest.mark.parametrize("data", [b"<script>alert(1)</script>", b"x" * 5_000_000, "text", 7, None])
def test_a_tile_that_is_no_picture_or_too_large_is_never_passed_on(tmp_path: Path, data: object) -> None:
    path = write_mbtiles(tmp_path / "a.mbtiles", {(0, 0, 0): picture(), (1, 0, 0): data})  # type: ignore[dict-item]
    with opened(path) as source, pytest.raises(TileError) as caught:
        source.tile(1, 0, 0)
    assert caught.value.state is State.BROKEN


def test_a_view_that_never_ends_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE metadata (name, value)")
        connection.execute("INSERT INTO metadata VALUES ('minzoom', '0'), ('maxzoom', '1')")
        columns = "i AS zoom_level, i AS tile_column, i AS tile_row, i AS tile_data"
        connection.execute(f"CREATE VIEW tiles AS SELECT {columns} FROM ({endless})")  # noqa: S608 - our own
    connection.close()
    with pytest.raises(TileError, match="too long"):
        MbtilesSource(path)


def test_nothing_is_ever_written_to_the_file_or_beside_it(tmp_path: Path) -> None:
    path = quarters(tmp_path / "a.mbtiles")
    before = path.read_bytes()
    with opened(path) as source:
        source.tile(1, 0, 0)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            source._connection.execute("DELETE FROM tiles")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.mbtiles"]


def test_a_name_with_marks_of_an_address_is_a_name(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "合肥 a?mode=rw#b%20.mbtiles")) as source:
        assert source.tile(1, 0, 0) is not None


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "a.mbtiles")) as source, ThreadPoolExecutor(8) as pool:
        tiles = list(QUARTERS) * 50
        found = list(pool.map(lambda tile: source.tile(*tile), tiles))
    right = {tile: picture(colour) for tile, colour in QUARTERS.items()}
    assert all(image is not None and image.data == right[tile] for tile, image in zip(tiles, found, strict=True))


def test_an_error_names_the_file_but_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(TileError, match=re.escape("a.mbtiles: cannot be read as MBTiles.")) as caught:
        MbtilesSource(path)
    assert str(tmp_path) not in caught.value.line("en") + caught.value.line("zh")
