from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.pyramid.shelf import INDEX, TILES, Shelf, ShelfWriter, adler_of_both, joined, pack


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_packed_tiles_joined_are_one_stream_of_their_contents(contents: list[bytes]) -> None:
    stream = joined(map(pack, contents))
    unpacker = zlib.decompressobj()
    assert unpacker.decompress(stream) == b"".join(contents)
    assert unpacker.eof  # with a checksum that is right
    assert unpacker.unused_data == b""


def test_a_tile_never_refers_to_the_one_before_it() -> None:
    same = bytes(range(256)) * 40
    alone = pack(same)
    assert zlib.decompress(joined([alone, alone, pack(b"")])) == same + same


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_checksum_of_both_is_that_of_the_whole(first: bytes, second: bytes) -> None:
    both = adler_of_both(zlib.adler32(first), zlib.adler32(second), len(second))
    assert both == zlib.adler32(first + second)


def test_the_checksum_holds_for_long_runs_of_the_highest_byte() -> None:
    first, second = b"\xff" * 70_000, b"\xff" * 200_001
    assert adler_of_both(zlib.adler32(first), zlib.adler32(second), len(second)) == zlib.adler32(first + second)


def test_tiles_are_found_by_their_keys_in_any_order(tmp_path: Path) -> None:
    contents = {9: b"nine", 2: b"two" * 500, 5: b""}
    with (tmp_path / TILES).open("wb") as stream:
        writer = ShelfWriter(stream)
        for key, content in contents.items():
            writer.add(key, pack(content))
        writer.index(tmp_path / INDEX)
    assert len(writer) == 3
    assert writer.size == (tmp_path / TILES).stat().st_size
    shelf = Shelf.open(tmp_path)
    found = shelf.taken([5, 2, 3, 9, 1, 10, -1])
    assert [one is None for one in found] == [False, False, True, False, True, True, True]
    assert zlib.decompress(joined(one for one in found if one)) == b"two" * 500 + b"nine"


def test_a_shelf_without_tiles_has_none_and_one_that_is_gone_says_so(tmp_path: Path) -> None:
    with (tmp_path / TILES).open("wb") as stream:
        ShelfWriter(stream).index(tmp_path / INDEX)
    shelf = Shelf.open(tmp_path)
    assert shelf.taken([0, 1]) == (None, None)
    assert zlib.decompress(joined([])) == b""
    (tmp_path / TILES).unlink()
    with pytest.raises(FileNotFoundError):
        shelf.taken([1])
