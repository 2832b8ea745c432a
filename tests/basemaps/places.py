"""Which tile a place lies in, by the formula of the "slippy map" grid: for tests of what serves tiles."""

from __future__ import annotations

import math


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return column and row, counted from the north-west, of the tile of zoom `z` that a place in degrees lies in."""
    count, phi = 2**z, math.radians(lat)
    across = (lon + 180) / 360 * count
    down = (1 - math.log(math.tan(phi) + 1 / math.cos(phi)) / math.pi) / 2 * count
    return min(math.floor(across), count - 1), min(math.floor(down), count - 1)
