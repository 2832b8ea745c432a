from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from geoplan.basemaps.pmtiles import MAX_DIRECTORY_BYTES, PmtilesSource, tile_number
from geoplan.basemaps.source import State, TileError
from tests.basemaps.files import BLUE, GREEN, RED, WHITE, picture, pixels, write_pmtiles

QUARTERS = {(1, 0, 0): RED, (1, 1, 0): GREEN, (1, 0, 1): BLUE, (1, 1, 1): WHITE}
ROOT_OFFSET, ROOT_LENGTH, INTERNAL = 8, 16, 97  # where the header keeps them, by the specification


@contextmanager
def opened(path: Path) -> Iterator[PmtilesSource]:
    source = PmtilesSource(path)
    try:
        yield source
    finally:
        source.close()


def quarters(path: Path) -> Path:
    return write_pmtiles(path, {tile: picture(colour) for tile, colour in QUARTERS.items()}, attribution="Survey 2024")


@given(z=st.integers(0, 24), data=st.data())
def test_tiles_are_numbered_as_the_reference_numbers_them(z: int, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, 2**z - 1)), data.draw(st.integers(0, 2**z - 1))
    assert tile_number(z, x, y) == zxy_to_tileid(z, x, y)


def test_each_tile_is_found_where_the_reference_put_it(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "a.pmtiles")) as source:
        for tile, colour in QUARTERS.items():
            image = source.tile(*tile)
            assert image is not None
            assert tuple(pixels(image.data)[9, 9]) == (*colour, 255)
        assert source.tile(0, 0, 0) is None
        assert source.tile(2, 3, 3) is None
        info = source.info
    assert (info.min_zoom, info.max_zoom, info.attribution) == (1, 1, "Survey 2024")
    assert info.bounds == (117.0, 31.0, 118.0, 32.0)


def test_tiles_behind_leaves_and_runs_of_the_same_are_found(tmp_path: Path) -> None:
    side = 128
    lengths = random.Random(7)  # directories of many different lengths do not fold into the root
    odd = {
        (7, x, y): picture((x, y, 7), size=1) + bytes(lengths.randrange(200)) for x in range(side) for y in range(side)
    }
    path = write_pmtiles(tmp_path / "a.pmtiles", odd)
    assert struct.unpack("<Q", path.read_bytes()[48:56])[0] > 0, "the reference made leaves"
    with opened(path) as source:
        for tile in [(7, 0, 0), (7, 127, 127), (7, 3, 99), (7, 64, 63)]:
            image = source.tile(*tile)
            assert image is not None
            assert image.data == odd[tile]
    same = write_pmtiles(tmp_path / "b.pmtiles", {(3, x, y): picture(BLUE, 1) for x in range(8) for y in range(4)})
    with opened(same) as source:
        blue = source.tile(3, 7, 3)
        assert blue is not None
        assert blue.data == picture(BLUE, 1)
        assert source.tile(3, 0, 7) is None


def test_a_description_that_is_not_what_it_should_be_is_passed_over(tmp_path: Path) -> None:
    with opened(write_pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): picture()}, attribution=["no", "text"])) as source:
        assert source.info.attribution == ""


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"tile_type": TileType.MVT}, "vector tiles"),
        ({"tile_type": TileType.AVIF}, "neither PNG, JPEG nor WebP"),
        ({"tile_compression": Compression.ZSTD}, "compressed otherwise"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(tmp_path: Path, header: dict[str, object], said: str) -> None:
    path = write_pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): picture()}, **header)  # type: ignore[arg-type]
    with pytest.raises(TileError, match=said) as caught:
        PmtilesSource(path)
    assert caught.value.state is State.BROKEN


def test_folded_tiles_are_unfolded(tmp_path: Path) -> None:
    tiles = {(0, 0, 0): gzip.compress(picture(GREEN))}
    with opened(write_pmtiles(tmp_path / "a.pmtiles", tiles, tile_compression=Compression.GZIP)) as source:
        image = source.tile(0, 0, 0)
    assert image is not None
    assert image.data == picture(GREEN)


def test_a_tile_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    tiles = {(0, 0, 0): gzip.compress(b"\0" * 50_000_000)}
    path = write_pmtiles(tmp_path / "a.pmtiles", tiles, tile_compression=Compression.GZIP)
    with opened(path) as source, pytest.raises(TileError, match="damaged"):
        source.tile(0, 0, 0)


def test_a_directory_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    path = quarters(tmp_path / "a.pmtiles")
    data = bytearray(path.read_bytes())
    bomb = gzip.compress(b"\x01" * (MAX_DIRECTORY_BYTES * 5))
    data[ROOT_OFFSET : ROOT_OFFSET + 16] = struct.pack("<QQ", len(data), len(bomb))
    path.write_bytes(bytes(data) + bomb)
    with pytest.raises(TileError, match="damaged"):
        PmtilesSource(path)


@pytest.mark.parametrize("at", [ROOT_OFFSET, ROOT_LENGTH])
@pytest.mark.parametrize("number", [0, 2**40, 2**64 - 1])
def test_numbers_that_lead_out_of_the_file_are_refused(tmp_path: Path, at: int, number: int) -> None:
    path = quarters(tmp_path / "a.pmtiles")
    data = bytearray(path.read_bytes())
    data[at : at + 8] = struct.pack("<Q", number)
    path.write_bytes(data)
    with pytest.raises(TileError, match=r"a\.pmtiles: is damaged"):
        PmtilesSource(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "not a PMTiles"), (b"PMTiles\x03", "not a PMTiles"), (b"PMTiles\x02" + b"\0" * 200, "version 2")],
)
def test_a_file_of_another_kind_or_version_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.pmtiles"
    path.write_bytes(content)
    with pytest.raises(TileError, match=said):
        PmtilesSource(path)


def test_a_leaf_that_leads_to_itself_ends(tmp_path: Path) -> None:
    path = quarters(tmp_path / "a.pmtiles")
    data = bytearray(path.read_bytes())
    leaf = bytes([1, 0, 0, 5, 1])  # one entry: tile 0, run 0 (a leaf), 5 bytes long, at offset 0: itself
    data[INTERNAL] = 1  # not folded
    data[ROOT_OFFSET : ROOT_OFFSET + 16] = struct.pack("<QQ", len(data), 5)
    data[40:56] = struct.pack("<QQ", len(data), 5)
    path.write_bytes(bytes(data) + leaf)
    with opened(path) as source, pytest.raises(TileError, match="damaged"):
        source.tile(1, 0, 0)


@settings(max_examples=50)
@given(place=st.integers(0, 300), byte=st.integers(0, 255))
def test_no_changed_byte_does_more_than_lose_a_tile(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.pmtiles"
    quarters(path)
    data = bytearray(path.read_bytes())
    data[place % len(data)] = byte
    path.write_bytes(data)
    with suppress(TileError), opened(path) as source:  # any other error would fail the test
        assert source.info.min_zoom <= source.info.max_zoom
        image = source.tile(1, 0, 0)
        assert image is None or image.media_type == "image/png"


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    with opened(quarters(tmp_path / "a.pmtiles")) as source, ThreadPoolExecutor(8) as pool:
        tiles = list(QUARTERS) * 50
        found = list(pool.map(lambda tile: source.tile(*tile), tiles))
    right = {tile: picture(colour) for tile, colour in QUARTERS.items()}
    assert all(image is not None and image.data == right[tile] for tile, image in zip(tiles, found, strict=True))
