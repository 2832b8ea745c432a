from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.fabric import make_fabric
from geoplan.pyramid.filling import Extent, filled, open_edges, strips
from geoplan.pyramid.mercator import unit_bits
from tests.pyramid.fabrics import in_units

Shares = NDArray[np.float32]


def shares_of(*polygons: shapely.Polygon, bits: int = 3, size: tuple[int, int] = (4, 4)) -> Shares:
    return filled(open_edges(in_units(polygons)), bits, 0, 0, size)


def by_geometry(polygon: shapely.Polygon, bits: int, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the filled share of each pixel by intersecting the polygon with each."""
    side = 1 << bits
    row, column = np.mgrid[0 : size[0], 0 : size[1]]
    boxes = shapely.box(column * side, row * side, (column + 1) * side, (row + 1) * side)
    return np.asarray(shapely.area(shapely.intersection(boxes, polygon)) / side**2)


def test_a_square_over_one_and_a_half_pixels_fills_one_and_a_half() -> None:
    assert shares_of(shapely.box(8, 8, 20, 16)).tolist() == [
        [0, 0, 0, 0],
        [0, 1, 0.5, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_a_triangle_fills_half_of_the_pixel_it_halves() -> None:
    found = shares_of(shapely.Polygon([(0, 0), (16, 0), (16, 16)]))
    assert found[0, :2].tolist() == [0.5, 1.0]
    assert found[1, :2].tolist() == [0.0, 0.5]


@settings(deadline=None, max_examples=60)
@given(
    points=st.lists(st.tuples(st.integers(0, 64), st.integers(0, 64)), min_size=3, max_size=9),
    bits=st.integers(1, 4),
)
def test_any_polygon_fills_what_intersecting_it_with_every_pixel_says(points: list[tuple[int, int]], bits: int) -> None:
    hull = shapely.convex_hull(shapely.multipoints(points))
    if hull.geom_type != "Polygon":
        return
    size = (72 >> bits, 72 >> bits)
    assert shares_of(hull, bits=bits, size=size) == pytest.approx(by_geometry(hull, bits, size), abs=1e-6)


def test_holes_are_not_filled_and_overlaps_not_twice() -> None:
    ring = shapely.box(0, 0, 32, 32) - shapely.box(8, 8, 24, 16)
    assert shares_of(ring) == pytest.approx(by_geometry(ring, 3, (4, 4)), abs=1e-6)
    assert shares_of(shapely.box(0, 0, 16, 8), shapely.box(8, 0, 24, 8))[0].tolist() == [1, 1, 1, 0]


def test_what_parcels_share_cancels_and_their_outer_border_is_left() -> None:
    left = open_edges(in_units([shapely.box(0, 0, 8, 8), shapely.box(8, 0, 16, 8)]))
    assert sorted(zip(left.x0.tolist(), left.x1.tolist(), strict=True)) == [
        (0, 0),
        (16, 16),
    ]
    twice = open_edges(in_units([shapely.box(0, 0, 8, 8)] * 2))
    assert np.abs(twice.times).tolist() == [2, 2]


def test_the_ground_stays_the_same_from_zoom_to_zoom() -> None:
    polygons = make_fabric(400, seed=5, gaps=4).polygons
    west, south, east, north = shapely.total_bounds(polygons)
    units = (1 << unit_bits(14)) * 3.0  # three pixels a metre at zoom 14
    corner = 700_000_000
    moved = shapely.transform(polygons, lambda xy: np.round((xy - [west, south]) * units / 8) + corner)
    found = open_edges(in_units(moved))
    side = 30 - 14
    low, high = corner >> side, int(corner + max(east - west, north - south) * units / 8) >> side
    sums: dict[int, float] = {}

    def take(zoom: int, column: int, row: int, shares: Shares) -> None:
        assert shares.shape == (256, 256)
        assert 0 <= shares.min() <= shares.max() <= 1
        sums[zoom] = sums.get(zoom, 0.0) + float(shares.sum()) * (1 << 2 * unit_bits(zoom))

    strips(found, Extent(14, low, low, high, high), 9, take)
    true = shapely.union_all(moved).area
    assert sorted(sums) == [9, 10, 11, 12, 13, 14]
    for ground in sums.values():
        assert ground == pytest.approx(true, rel=1e-4)
