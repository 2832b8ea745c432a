from __future__ import annotations

import numpy as np
import pytest
import shapely

from geoplan.pyramid.clipping import clipped, clipped_rings
from geoplan.pyramid.mercator import WORLD_BITS, tile_key, unit_bits
from tests.pyramid.fabrics import in_units


def test_a_ring_is_cut_where_a_line_crosses_it() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    left = shapely.Polygon(clipped(square, 0, 4, above=False))
    assert left.equals(shapely.box(0, 0, 4, 10))
    below = shapely.Polygon(clipped(square, 1, 7, above=True))
    assert below.equals(shapely.box(0, 7, 10, 10))
    assert len(clipped(square, 0, 20, above=True)) == 0
    assert clipped(square, 0, -1, above=True) is square


@pytest.mark.parametrize("seed", range(5))
def test_a_ring_across_many_tiles_has_in_each_what_intersecting_it_gives(seed: int) -> None:
    zoom = 12
    side = 1 << WORLD_BITS - zoom
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 40))
    radius = rng.uniform(1.0, 3.2, 40) * side
    corner = np.array([2000, 1500]) * side
    star = np.round(np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]) + corner
    polygon = shapely.make_valid(shapely.Polygon(star))
    cut = clipped_rings(in_units([shapely.Polygon(star)]), np.array([0]), zoom)
    pieces: dict[int, shapely.Polygon] = {}
    for key, start, length in zip(cut.key.tolist(), cut.start.tolist(), cut.length.tolist(), strict=True):
        points = np.stack([cut.x, cut.y], axis=1)[start : start + length]
        pieces[key] = shapely.make_valid(shapely.Polygon(points))
    margin = 16 << unit_bits(zoom)
    for column in range(1996, 2005):
        for row in range(1496, 1505):
            tile = shapely.box(column * side, row * side, (column + 1) * side, (row + 1) * side)
            wanted = shapely.intersection(tile, polygon).area
            piece = pieces.get(int(tile_key(zoom, column, row)))
            found = 0.0 if piece is None else shapely.intersection(piece, tile).area
            assert found == pytest.approx(wanted, abs=3 * side)  # a cut end is rounded to a unit: less than a pixel
            if piece is not None and not piece.is_empty:
                assert shapely.buffer(tile, 2 * margin).contains(piece) or len(pieces) == 1


def test_every_piece_knows_its_ring() -> None:
    side = 1 << WORLD_BITS - 10
    wide = [shapely.box(side * 5, side * 5, side * 9, side * 9), shapely.box(side * 20, side * 5, side * 23, side * 8)]
    cut = clipped_rings(in_units(wide), np.array([0, 1]), 10)
    assert set(cut.ring.tolist()) == {0, 1}
    assert len(cut.key) == len(set(cut.key.tolist()))
