"""Well-known binary decoded many at once comes out as GEOS reads it, one by one."""

from __future__ import annotations

import gc
import struct
import weakref
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geoplan.read.wkb import Blobs, Gathered, decoded
from geoplan.rings import rings_of
from geoplan.shapes import RingShapes

number = st.floats(-1e9, 1e9, allow_subnormal=False)
vertex = st.tuples(number, number)
ring = st.lists(vertex, min_size=3, max_size=9)
plain = ring.map(Polygon)
holed = st.tuples(ring, ring).map(lambda of: Polygon(of[0], [of[1]]))
multi = st.lists(plain, max_size=3).map(MultiPolygon)
high = ring.map(lambda of: Polygon([(x, y, 7.0) for x, y in of]))
other = st.sampled_from([None, Polygon(), Point(1, 2), LineString([(0, 0), (1, 1)]), Point()])
shape = plain | plain | holed | multi | high | other


def blobs(found: list[bytes | None]) -> Blobs:
    ends = np.append(0, np.cumsum([len(one or b"") for one in found]))
    there = np.array([one is not None for one in found], dtype=np.bool_)
    return Blobs(np.frombuffer(b"".join(one or b"" for one in found), np.uint8), ends, there)


def written(shapes: list[Any], order: int = 1) -> list[bytes | None]:
    return [None if one is None else shapely.to_wkb(one, byte_order=order) for one in shapes]


def as_geos(found: list[bytes | None]) -> Any:
    return shapely.force_2d(shapely.from_wkb(np.array([*found, None], dtype=object)[:-1]))


def polygon(*points: tuple[float, float], rings: int = 1) -> bytes:
    """Return a polygon of one ring as it is given, closed or not."""
    return struct.pack("<BIII", 1, 3, rings, len(points)) + b"".join(struct.pack("<dd", *one) for one in points)


@settings(max_examples=200)
@given(st.lists(shape, max_size=8), st.sampled_from([0, 1]))
def test_shapes_come_out_as_geos_reads_them(shapes: list[Any], order: int) -> None:
    found = written(shapes, order)
    stock, expected = decoded(blobs(found)), as_geos(found)
    lazy = RingShapes(stock)
    assert shapely.to_wkb(np.asarray(lazy)).tolist() == shapely.to_wkb(expected).tolist()
    rings = rings_of(expected)
    for name in ("x", "y", "lengths", "sign", "feature", "measurable"):
        assert getattr(stock.rings, name).tolist() == getattr(rings, name).tolist(), name


@given(st.lists(st.lists(shape, max_size=4), max_size=5), st.integers(0, 40))
def test_pieces_gathered_are_the_whole_however_many_were_expected(pieces: list[list[Any]], expected: int) -> None:
    gathered = Gathered(expected)
    for piece in pieces:
        gathered.add(decoded(blobs(written(piece))))
    whole = [one for piece in pieces for one in piece]
    found = gathered.shapes()
    assert shapely.to_wkb(np.asarray(found)).tolist() == shapely.to_wkb(as_geos(written(whole))).tolist()
    assert found.rings.feature.tolist() == rings_of(as_geos(written(whole))).feature.tolist()


def test_a_piece_gathered_is_not_kept_beside_the_whole() -> None:
    gathered, piece = Gathered(10), decoded(blobs(written([box(0, 0, 1, 1)])))
    kept = weakref.ref(piece.rings.x)
    gathered.add(piece)
    del piece
    gc.collect()
    assert kept() is None
    assert len(gathered.shapes()) == 1


def test_polygons_of_one_ring_alone_or_as_an_only_part_are_not_made() -> None:
    stock = decoded(blobs(written([box(0, 0, 1, 1), MultiPolygon([box(2, 0, 3, 1)]), box(4, 0, 5, 1)])))
    assert (len(stock.places), stock.kinds.tolist()) == (0, [3, 6, 3])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
def test_a_ring_with_a_coordinate_that_is_no_number_is_left_to_geos(wrong: float) -> None:
    odd = polygon((0, 0), (wrong, 0), (1, 1), (0, 0))
    stock = decoded(blobs([*written([box(0, 0, 1, 1)]), odd, *written([box(4, 0, 5, 1)])]))
    assert stock.places.tolist() == [1]
    assert np.isnan(stock.rings.x).tolist() == [False] * 6 + [True] + [False] * 7
    assert str(shapely.get_coordinates(stock.others)[1, 0]) == str(wrong)


@pytest.mark.parametrize(
    "broken",
    [
        polygon((0, 0), (1, 0), (1, 1), (0, 1)),  # not closed
        polygon((0, 0), (0, 0)),  # two vertices
        polygon((0, 0), (1, 0), (1, 1), (0, 0))[:-1],  # cut short
        polygon((0, 0), (1, 0), (1, 1), (0, 0), rings=2),  # a second ring announced
        b"",
        b"\x01",
        b"\x07" * 40,
    ],
)
def test_what_geos_refuses_is_refused(broken: bytes) -> None:
    with pytest.raises(shapely.errors.ShapelyError):
        decoded(blobs([*written([box(0, 0, 1, 1)]), broken]))


def test_a_count_of_vertices_beyond_the_end_reads_nothing_beyond_it() -> None:
    lying = bytearray(polygon((0, 0), (1, 0), (1, 1), (0, 0)))
    lying[9:13] = struct.pack("<I", 2**31)
    with pytest.raises(shapely.errors.ShapelyError):
        decoded(blobs([bytes(lying)]))


def test_minus_zero_stays_minus_zero() -> None:
    stock = decoded(blobs(written([Polygon([(-0.0, 0), (1, -0.0), (1, 1)])])))
    assert np.signbit(stock.rings.x).tolist() == [True, False, False, True]
