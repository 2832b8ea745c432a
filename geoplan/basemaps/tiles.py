"""Where a tile lies: zoom, column and row of the Web Mercator grid ↔ longitude and latitude.

The grid is the one of OGC's GoogleMapsCompatible set (WMTS 1.0.0, annex E.4) and of every XYZ address: 2^z × 2^z square
tiles, rows counted from the north.
"""

from __future__ import annotations

import math

HALF_WORLD_M = math.pi * 6378137.0  # EPSG:3857 reaches this far from 0, 0
MAX_TILE_ZOOM = 24


def is_tile(z: int, x: int, y: int) -> bool:
    """Return whether there is such a tile."""
    return 0 <= z <= MAX_TILE_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def mercator_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile in metres of EPSG:3857."""
    size = 2 * HALF_WORLD_M / (1 << z)
    west, north = x * size - HALF_WORLD_M, HALF_WORLD_M - y * size
    return west, north - size, west + size, north
