from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geoplan.basemaps.tiles import HALF_WORLD_M, is_tile, mercator_bounds
from tests.basemaps.places import tile_at

TO_MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
ZOOMS = st.integers(0, 20)
LONGITUDES = st.floats(-180, 180, exclude_max=True)
LATITUDES = st.floats(-85.05, 85.05)


@pytest.mark.parametrize(
    ("tile", "west", "north"),
    [
        ((1, 1, 0), 0.0, HALF_WORLD_M),  # the quarters of the world, rows from the north
        ((1, 0, 1), -HALF_WORLD_M, 0.0),
        ((2, 3, 1), HALF_WORLD_M / 2, HALF_WORLD_M / 2),
    ],
)
def test_tiles_are_counted_from_the_north_west(tile: tuple[int, int, int], west: float, north: float) -> None:
    assert mercator_bounds(*tile)[0] == pytest.approx(west)
    assert mercator_bounds(*tile)[3] == pytest.approx(north)


@given(lon=LONGITUDES, lat=LATITUDES, z=ZOOMS)
def test_the_tile_of_a_place_covers_that_place_by_proj(lon: float, lat: float, z: int) -> None:
    x, y = tile_at(lon, lat, z)
    assert is_tile(z, x, y)
    west, south, east, north = mercator_bounds(z, x, y)
    across, up = TO_MERCATOR.transform(lon, lat)
    near = 1e-6  # metres, of rounding
    assert west - near <= across <= east + near
    assert south - near <= up <= north + near


def test_the_square_ends_where_web_mercator_does() -> None:
    assert mercator_bounds(0, 0, 0) == (-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M)
    assert pytest.approx(20037508.342789244) == HALF_WORLD_M  # as EPSG:3857 is commonly bounded


@pytest.mark.parametrize("tile", [(-1, 0, 0), (0, 1, 0), (0, 0, 1), (1, -1, 0), (25, 0, 0), (3, 8, 0)])
def test_what_is_off_the_grid_is_no_tile(tile: tuple[int, int, int]) -> None:
    assert not is_tile(*tile)
