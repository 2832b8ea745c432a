from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geoplan.basemaps.tiles import HALF_WORLD_M, MAX_LATITUDE, is_tile, lonlat_bounds, mercator_bounds, tile_at

TO_MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
ZOOMS = st.integers(0, 20)
LONGITUDES = st.floats(-180, 180, exclude_max=True)
LATITUDES = st.floats(-85.05, 85.05)


@pytest.mark.parametrize(
    ("lon", "lat", "z", "tile"),
    [
        (0.1, 0.1, 1, (1, 0)),  # the quarters of the world, rows from the north
        (-0.1, -0.1, 1, (0, 1)),
        (117.2, 31.82, 3, (6, 3)),  # 297.2/360·8 = 6.6; 31.82°N is y 0.4069 of the square, ·8 = 3.25
        (117.2, 31.82, 10, (845, 416)),  # 297.2/360·1024 = 845.4; 0.40667·1024 = 416.4
        (180, 0, 5, (31, 16)),
        (-180, 90, 5, (0, 0)),
        (180, -90, 5, (31, 31)),
    ],
)
def test_a_place_lies_in_the_tile_counted_by_hand(lon: float, lat: float, z: int, tile: tuple[int, int]) -> None:
    assert tile_at(lon, lat, z) == tile


@given(lon=LONGITUDES, lat=LATITUDES, z=ZOOMS)
def test_the_tile_of_a_place_covers_that_place_by_proj(lon: float, lat: float, z: int) -> None:
    x, y = tile_at(lon, lat, z)
    west, south, east, north = mercator_bounds(z, x, y)
    across, up = TO_MERCATOR.transform(lon, lat)
    near = 1e-6  # metres, of rounding
    assert west - near <= across <= east + near
    assert south - near <= up <= north + near


@given(z=ZOOMS, data=st.data())
def test_the_middle_of_a_tile_is_in_that_tile(z: int, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, 2**z - 1)), data.draw(st.integers(0, 2**z - 1))
    west, south, east, north = lonlat_bounds(z, x, y)
    assert is_tile(z, x, y)
    assert tile_at((west + east) / 2, (south + north) / 2, z) == (x, y)


@given(z=ZOOMS, data=st.data())
def test_bounds_in_degrees_are_those_in_metres_by_proj(z: int, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, 2**z - 1)), data.draw(st.integers(0, 2**z - 1))
    west, south, east, north = lonlat_bounds(z, x, y)
    low, high = TO_MERCATOR.transform(west, south), TO_MERCATOR.transform(east, north)
    assert (*low, *high) == pytest.approx(mercator_bounds(z, x, y), abs=1e-5)


def test_the_square_ends_where_web_mercator_does() -> None:
    assert mercator_bounds(0, 0, 0) == (-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M)
    assert pytest.approx(20037508.342789244) == HALF_WORLD_M  # as EPSG:3857 is commonly bounded
    assert pytest.approx(85.0511287798, abs=1e-9) == MAX_LATITUDE
    assert math.isclose(lonlat_bounds(0, 0, 0)[3], MAX_LATITUDE)


@pytest.mark.parametrize("tile", [(-1, 0, 0), (0, 1, 0), (0, 0, 1), (1, -1, 0), (25, 0, 0), (3, 8, 0)])
def test_what_is_off_the_grid_is_no_tile(tile: tuple[int, int, int]) -> None:
    assert not is_tile(*tile)
