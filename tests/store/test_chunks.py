"""Files are cut where their content says so: what two versions share is stored once."""

from __future__ import annotations

import hashlib
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.store import chunks
from geoplan.store.chunks import AVERAGE, LARGEST, SMALLEST, digests, pack, split, unpack


def text(lines: int, seed: int = 1) -> bytes:
    rng = random.Random(seed)
    return b"".join(b'{"id": "z%d", "x": %.3f, "y": %.3f}\n' % (n, rng.random(), rng.random()) for n in range(lines))


@given(st.binary(max_size=3000), st.integers(1, 100))
def test_the_pieces_make_the_file_again(content: bytes, times: int) -> None:
    assert b"".join(split(content * times)) == content * times


@pytest.mark.parametrize("content", [b"", b"a", bytes(200_000), text(20_000), b"ab" * 100_000])
def test_pieces_are_neither_tiny_nor_huge(content: bytes) -> None:
    pieces = list(split(content))
    assert b"".join(pieces) == content
    assert all(SMALLEST <= len(piece) <= LARGEST for piece in pieces[:-1])
    assert all(0 < len(piece) <= LARGEST for piece in pieces[-1:])


def test_pieces_have_about_the_average_size() -> None:
    content = random.Random(2).randbytes(4_000_000)
    count = sum(1 for _ in split(content))
    assert AVERAGE / 1.5 < len(content) / count < AVERAGE * 2


@pytest.mark.parametrize("place", [0, 100, 400_000, -1])
def test_a_change_or_insertion_makes_few_new_pieces(place: int) -> None:
    before = text(20_000)
    at = place % len(before)
    after = before[:at] + b"an insertion" + before[at:]
    new = set(split(after)) - set(split(before))
    assert 1 <= len(new) <= 3


def test_a_cut_does_not_depend_on_how_the_file_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = text(20_000)
    whole = list(split(content))
    monkeypatch.setattr(chunks, "_BLOCK", 10_007)
    assert list(split(content)) == whole


@given(st.lists(st.binary(max_size=200), max_size=6), st.integers(1, 400), st.booleans())
def test_a_file_given_in_blocks_is_cut_as_if_it_were_whole(blocks: list[bytes], times: int, zeros: bool) -> None:
    blocks = [block * times for block in blocks] + [bytes(70_000)] * zeros + blocks
    assert list(split(iter(blocks))) == list(split(b"".join(blocks)))


def test_many_pieces_are_packed_in_their_order() -> None:
    pieces = [b"%d" % number * 100 for number in range(50)]
    assert [zlib.decompress(packed) for packed in chunks.pack_many(pieces)] == pieces
    assert chunks.pack_many([]) == []


def test_cuts_are_the_same_in_every_version() -> None:
    """Another table or window would still work, but share nothing with what is stored already."""
    lengths = [len(piece) for piece in split(text(3000))]
    assert hashlib.sha256(repr(lengths).encode()).hexdigest()[:16] == "639155c8b19556bc"


@pytest.mark.parametrize("size", [0, 1, LARGEST])
def test_a_packed_piece_comes_back(size: int) -> None:
    piece = bytes(size)
    assert unpack(pack(piece)) == piece
    assert len(pack(bytes(LARGEST))) < 200


@pytest.mark.parametrize(
    "packed",
    [b"", b"not zlib", pack(b"cut off" * 100)[:-3], zlib.compress(bytes(LARGEST + 1)), zlib.compress(bytes(10**8))],
)
def test_a_damaged_or_endless_piece_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="damaged piece"):
        unpack(packed)


def test_the_list_of_pieces_is_their_digests_in_order() -> None:
    assert digests(b"a" * 32 + b"b" * 32) == (b"a" * 32, b"b" * 32)
    assert digests(b"") == ()
