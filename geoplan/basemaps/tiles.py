"""Where a tile lies: zoom, column and row of the Web Mercator grid ↔ longitude and latitude.

The grid is the one of OGC's GoogleMapsCompatible set (WMTS 1.0.0, annex E.4) and of every XYZ address: 2^z × 2^z square
tiles, rows counted from the north.
"""

from __future__ import annotations

import math

HALF_WORLD_M = math.pi * 6378137.0  # EPSG:3857 reaches this far from 0, 0
MAX_LATITUDE = math.degrees(math.atan(math.sinh(math.pi)))  # 85.0511…°, where the square of Web Mercator ends
MAX_TILE_ZOOM = 24


def is_tile(z: int, x: int, y: int) -> bool:
    """Return whether there is such a tile."""
    return 0 <= z <= MAX_TILE_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return column and row of the tile of zoom `z` that a place in degrees lies in."""
    count = 1 << z
    latitude = math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, lat)))
    across = (lon + 180) / 360 * count
    down = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * count
    last = count - 1
    return max(0, min(last, math.floor(across))), max(0, min(last, math.floor(down)))


def mercator_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile in metres of EPSG:3857."""
    size = 2 * HALF_WORLD_M / (1 << z)
    west, north = x * size - HALF_WORLD_M, HALF_WORLD_M - y * size
    return west, north - size, west + size, north


def lonlat_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile in degrees."""
    count = 1 << z

    def latitude(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count))))

    return x / count * 360 - 180, latitude(y + 1), (x + 1) / count * 360 - 180, latitude(y)
