"""The plane tiles are cut in: Web Mercator as whole numbers, so that a vertex two parcels share is one place.

The world is a square of 2³⁰ units a side (0.037 m at the equator), x to the east and y to the south, as the tiles
of web maps have it. For drawing only: nothing is ever measured here.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats

Whole: TypeAlias = NDArray[np.int32]
Long: TypeAlias = NDArray[np.int64]

WORLD_BITS = 30  # int32 holds it, and a unit is finer than what a boundary is known to
MAX_LATITUDE = 85.05112878  # degrees: where the square ends
TILE_PIXELS = 256
PIXEL_BITS = 8
DEEPEST = 18  # zoom levels of tiles: 0.6 m a pixel at the equator; nearer views enlarge these


def to_world(lon: Floats, lat: Floats) -> tuple[Whole, Whole]:
    """Return degrees as units of the world; what lies beyond its edges, or is no number, is put on the nearest edge."""
    size = float(1 << WORLD_BITS)
    sine = np.sin(np.radians(np.clip(np.nan_to_num(lat), -MAX_LATITUDE, MAX_LATITUDE)))
    x = (np.nan_to_num(lon) / 360.0 + 0.5) * size
    y = (0.5 - np.arctanh(sine) / (2.0 * np.pi)) * size
    return _whole(x, size), _whole(y, size)


def _whole(values: Floats, size: float) -> Whole:
    return np.clip(np.rint(values), 0.0, size - 1.0).astype(np.int32)


def unit_bits(zoom: int) -> int:
    """Return how many bits of a world unit make a pixel of a zoom level: a pixel is 2^bits units."""
    return WORLD_BITS - zoom - PIXEL_BITS


def tile_key(zoom: int, x: int | Long, y: int | Long) -> Long:
    """Return one whole number per tile; those of a zoom level follow each other column by column."""
    return np.asarray((np.int64(zoom) << 56) | (np.asarray(x, np.int64) << 28) | np.asarray(y, np.int64))
