from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
import shapely

from geoplan.crs import norm_crs, to_lonlat
from geoplan.pyramid import build, tiles
from geoplan.pyramid.mercator import WORLD_BITS, tile_key, unit_bits
from geoplan.pyramid.shelf import Shelf, joined
from geoplan.pyramid.world import in_world
from geoplan.rings import rings_of
from tests.pyramid.fabrics import Decoded, decoded, in_units, lon_lat_units, squares

METRES = norm_crs("EPSG:4548")
ZOOM = 15
SIDE = 1 << WORLD_BITS - ZOOM


def one_tile(*polygons: shapely.Polygon, bits: int = 10) -> dict[int, Decoded]:
    placed = tiles.placed(in_units(polygons), ZOOM)
    return {key: decoded(tiles.content(tiles.steps_of(placed, which, bits), bits)) for key, which in placed.groups()}


def written(polygons: object, folder: Path) -> tuple[build.Pyramid, dict[int, bytes]]:
    made = build.write_tiles(in_world(rings_of(polygons), METRES), folder)  # type: ignore[arg-type]
    shelf = Shelf.open(folder)
    keys = shelf.rows[:, 0].tolist()
    return made, {key: zlib.decompress(joined([one])) for key, one in zip(keys, shelf.taken(keys), strict=True) if one}


def test_a_square_travels_as_its_corners_in_steps_of_its_tile() -> None:
    step = SIDE >> 10
    square = shapely.box(5 * SIDE + 100 * step, 7 * SIDE + 200 * step, 5 * SIDE + 300 * step, 7 * SIDE + 250 * step)
    ((key, tile),) = one_tile(square).items()
    assert key == int(tile_key(ZOOM, 5, 7))
    (ring,) = tile.rings
    assert shapely.Polygon(ring).equals(shapely.box(100, 200, 300, 250))
    assert tile.shares is None


def test_a_parcel_across_a_border_lies_in_both_tiles_at_the_same_place() -> None:
    step = SIDE >> 10
    across = shapely.box(6 * SIDE - 40 * step, 7 * SIDE + 100 * step, 6 * SIDE + 60 * step, 7 * SIDE + 180 * step)
    found = one_tile(across)
    left, right = found[int(tile_key(ZOOM, 5, 7))], found[int(tile_key(ZOOM, 6, 7))]
    assert shapely.Polygon(left.rings[0]).equals(shapely.box(984, 100, 1084, 180))
    assert shapely.Polygon(right.rings[0]).equals(shapely.box(-40, 100, 60, 180))


def test_a_parcel_across_many_tiles_is_in_each_only_as_far_as_it_is_seen() -> None:
    wide = shapely.box(10 * SIDE, 10 * SIDE, 20 * SIDE, 13 * SIDE)
    found = one_tile(wide)
    assert {int(tile_key(ZOOM, x, y)) for x in range(10, 20) for y in range(10, 13)} <= set(found)
    tile = found[int(tile_key(ZOOM, 15, 11))]
    assert shapely.Polygon(tile.rings[0]).contains(shapely.box(0, 0, 1024, 1024))
    assert np.abs(tile.rings[0]).max() < 2 * 1024


def test_vertices_on_one_step_count_once_and_a_ring_of_a_line_is_gone() -> None:
    step = SIDE >> 10
    x, y = 5 * SIDE + SIDE // 2 + 1, 7 * SIDE + SIDE // 2 + 1
    tiny = shapely.box(x, y, x + step // 8, y + step // 8)
    placed = tiles.placed(in_units([tiny]), ZOOM)
    ((_, which),) = placed.groups()
    assert tiles.content(tiles.steps_of(placed, which, 10), 10) == b""


def test_small_parcels_are_a_picture_and_large_ones_outlines() -> None:
    pixel = 1 << unit_bits(ZOOM)
    small = [shapely.box(x, y, x + 4 * pixel, y + 4 * pixel) for x in range(SIDE, SIDE + 64 * pixel, 4 * pixel)
             for y in range(SIDE, SIDE + 64 * pixel, 4 * pixel)]  # fmt: skip
    large = [shapely.box(x, y, x + 8 * pixel, y + 8 * pixel) for x in range(SIDE, SIDE + 64 * pixel, 8 * pixel)
             for y in range(SIDE, SIDE + 64 * pixel, 8 * pixel)]  # fmt: skip
    here = int(tile_key(ZOOM, 1, 1))
    assert here in tiles.crowded(tiles.placed(in_units(small), ZOOM), ZOOM, {}, {})
    assert tiles.crowded(tiles.placed(in_units(large), ZOOM), ZOOM, {}, {}) == set()


def test_a_tile_that_would_lose_ground_is_a_picture() -> None:
    none = tiles.placed(in_units([]), ZOOM)
    assert tiles.crowded(none, ZOOM, {7: 3.0, 8: 1.0}, {7: 97.0, 8: 99.0}) == {7}


def test_the_deepest_level_is_where_half_of_the_parcels_are_24_pixels_wide() -> None:
    for zoom in (10, 16):
        wide = np.full(9, 24 << unit_bits(zoom))
        assert tiles.deepest_zoom(wide) == zoom
        assert tiles.deepest_zoom(wide - 1) == zoom + 1
    assert tiles.deepest_zoom(np.array([1])) == 18
    assert tiles.deepest_zoom(np.zeros(0, np.int64)) == 0


def test_every_parcel_is_drawn_at_the_deepest_level_to_the_width_of_a_hand(tmp_path: Path) -> None:
    polygons = squares(12, 12, 30.0)
    made, found = written(polygons, tmp_path)
    assert made.drawn == 144
    drawn = []
    for key, content in found.items():
        if key >> 56 != made.deepest:
            continue
        tile = decoded(content)
        corner = np.array([(key >> 28) & 0xFFFFFFF, key & 0xFFFFFFF]) << (WORLD_BITS - made.deepest)
        scale = (1 << WORLD_BITS - made.deepest) >> tile.bits
        drawn += [shapely.Polygon(ring * scale + corner) for ring in tile.rings]
    unit_m = 40_075_017 / 2**30 * np.cos(np.radians(31.6))
    for polygon in to_lonlat(polygons[::13], METRES):
        true = shapely.Polygon([lon_lat_units(*point) for point in polygon.exterior.coords])
        nearest = min(shapely.hausdorff_distance(true, one) for one in drawn)
        assert nearest * unit_m < 0.2  # metres


def test_far_levels_fill_the_same_ground(tmp_path: Path) -> None:
    polygons = squares(40, 40, 30.0)
    _, found = written(polygons, tmp_path)
    pixel_m = 40_075_017 * np.cos(np.radians(31.63)) / 256
    for zoom in range(6, 14):
        parts = [decoded(content) for key, content in found.items() if key >> 56 == zoom]
        assert parts
        assert all(part.shares is not None for part in parts)
        pixels = sum(float(part.shares.sum()) / 255 for part in parts if part.shares is not None)
        assert pixels * (pixel_m / 2**zoom) ** 2 == pytest.approx(1200.0**2, rel=0.02)  # shares are told in 255 steps


def test_layers_without_anything_to_draw_have_no_tiles(tmp_path: Path) -> None:
    holder = np.array([None, shapely.Polygon(), shapely.Point(1, 1)], dtype=object)
    made, found = written(holder, tmp_path)
    assert (made.tiles, made.bounds, made.drawn, found) == (0, None, 0, {})


def test_a_feature_with_a_coordinate_that_is_no_place_is_left_out(tmp_path: Path) -> None:
    polygons = squares(1, 3, 30.0)
    polygons[1] = shapely.Polygon([(500_010, 3_500_000), (np.inf, 3_500_000), (500_020, 3_500_010)])
    made, _ = written(polygons, tmp_path)
    assert made.drawn == 2
    assert made.bounds is not None
    assert made.bounds == pytest.approx((117.0, 31.6226, 117.001, 31.6228), abs=2e-4)


def test_rings_drawn_either_way_round_fill_alike(tmp_path: Path) -> None:
    polygons = squares(3, 3, 30.0)
    one = written(shapely.orient_polygons(polygons, exterior_cw=False), tmp_path)[1]
    (tmp_path / "other").mkdir()
    other = written(shapely.orient_polygons(polygons, exterior_cw=True), tmp_path / "other")[1]
    assert one.keys() == other.keys()
    for key, content in one.items():
        shares, others = decoded(content).shares, decoded(other[key]).shares
        assert (shares is None) == (others is None)
        if shares is not None and others is not None:
            assert (shares == others).all()
            assert shares.any()
