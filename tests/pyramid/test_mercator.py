from __future__ import annotations

import math

import numpy as np
import pytest

from geoplan.pyramid.mercator import WORLD_BITS, tile_key, to_world, unit_bits
from tests.pyramid.fabrics import lon_lat_units


def slippy(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Return the tile of a place by the formula of the OpenStreetMap wiki, "Slippy map tilenames"."""
    n = 2**zoom
    radians = math.radians(lat)
    return int((lon + 180) / 360 * n), int((1 - math.log(math.tan(radians) + 1 / math.cos(radians)) / math.pi) / 2 * n)


@pytest.mark.parametrize("place", [(117.2, 31.8), (-0.1, 51.5), (151.2, -33.9), (-179.9, 84.9), (179.9, -84.9)])
@pytest.mark.parametrize("zoom", [0, 5, 12, 18])
def test_a_place_lies_in_the_tile_that_web_maps_put_it_in(place: tuple[float, float], zoom: int) -> None:
    x, y = lon_lat_units(*place)
    assert (x >> WORLD_BITS - zoom, y >> WORLD_BITS - zoom) == slippy(*place, zoom)


def test_the_middle_of_the_world_is_the_middle_of_the_square() -> None:
    assert lon_lat_units(0.0, 0.0) == (1 << 29, 1 << 29)


def test_what_lies_beyond_the_square_or_is_no_number_is_put_on_an_edge() -> None:
    x, y = to_world(np.array([-200.0, 200.0, np.nan]), np.array([90.0, -90.0, np.nan]))
    last = (1 << WORLD_BITS) - 1
    assert x.tolist() == [0, last, 1 << 29]
    assert y[0] == pytest.approx(0, abs=2)
    assert y[1] == pytest.approx(last, abs=2)


def test_a_pixel_halves_from_one_zoom_level_to_the_next() -> None:
    assert unit_bits(0) == 22  # 2³⁰ units in 256 pixels
    assert [unit_bits(zoom) for zoom in (1, 2, 18)] == [21, 20, 4]


def test_every_tile_has_a_key_of_its_own_that_sorts_by_zoom() -> None:
    keys = [int(tile_key(z, x, y)) for z in range(6) for x in range(1 << z) for y in range(1 << z)]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    assert int(tile_key(18, (1 << 18) - 1, (1 << 18) - 1)) >> 56 == 18
