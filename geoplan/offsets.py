"""GCJ-02 and BD-09: the shifts that Chinese web maps put on WGS 84 coordinates, and the way back.

AMap and Tencent shift by GCJ-02, Baidu by BD-09 on top of it. All coordinates are longitude and latitude in
degrees, and WGS 84 stands for CGCS2000 too (they differ by less than 0.1 m). The formulas are the public
ones (STANDARDS.md §3; three independent implementations agree to 1e-9 degrees); real map tiles follow them
to metres at best. The shifts distort areas, so nothing is ever measured in shifted coordinates.

The public implementations shift nothing outside a rectangle around China, and so does this module:
longitude 72.004 to 137.8347, latitude 0.8293 to 55.8271, the edges included. The rectangle is asked of the
coordinates given, shifted or not, so the way back is exact except within 2 km of its edge, which is sea or
foreign land.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geoplan import ellipsoid
from geoplan.errors import CrsError
from geoplan.inspection import Offset
from geoplan.types import Text

Floats: TypeAlias = NDArray[np.float64]
Shift: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Floats]]

WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271

_A = 6378245.0  # Krasovsky, as the public formula has it
_EE = 0.00669342162296594323
_K = 3000.0 * np.pi / 180.0
_SETTLED = 1e-12  # degrees, 1e-7 m; the step that finds it so small leaves a fiftieth of it
_MOST_STEPS = 30  # 6 reach 2e-9 m; more are for the double's last digits
_GEOD = Geod(a=ellipsoid.SEMI_MAJOR_M, rf=ellipsoid.INVERSE_FLATTENING)


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 longitudes and latitudes, in degrees, as GCJ-02; unchanged outside the rectangle."""
    return _inside_only(_gcj02, lon, lat)


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return GCJ-02 longitudes and latitudes, in degrees, as WGS 84; exact to the last digits (see `_undone`)."""
    return _inside_only(_undone(_gcj02), lon, lat)


def to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 longitudes and latitudes, in degrees, as BD-09; unchanged outside the rectangle."""
    return _inside_only(_bd09, lon, lat)


def from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return BD-09 longitudes and latitudes, in degrees, as WGS 84; exact to the last digits (see `_undone`)."""
    return _inside_only(_undone(_bd09), lon, lat)


def shift(offset: Offset, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 longitudes and latitudes as the map of `offset` shows them."""
    return _FORWARD[offset](lon, lat)


def unshift(offset: Offset, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes of the map of `offset` as WGS 84."""
    return _BACK[offset](lon, lat)


def shift_of(offset: Offset, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return how far the map of `offset` moves WGS 84 places: metres along the geodesic, azimuth in degrees (0–360)."""
    lon, lat = _pair(lon, lat)
    moved_lon, moved_lat = shift(offset, lon, lat)
    azimuth, _, metres = _GEOD.inv(lon, lat, moved_lon, moved_lat)
    return np.asarray(metres, dtype=np.float64), np.mod(np.asarray(azimuth, dtype=np.float64), 360.0)


def is_shifted_region(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return which places lie in the rectangle around China that the shifts are applied in; NaN does not."""
    lon, lat = _pair(lon, lat)
    return np.asarray((lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH))


def undo(geometries: NDArray[np.object_] | Sequence[BaseGeometry | None], offset: Offset) -> NDArray[np.object_]:
    """Return geometries in shifted degrees (longitude first) as WGS 84, in two dimensions, vertex by vertex.

    None and empty stay what they are. Raises CrsError if a coordinate is no longitude and latitude in degrees.
    """
    array = np.asarray(geometries, dtype=object)
    x, y = shapely.get_coordinates(array).T
    if ((np.abs(x) > 180) | (np.abs(y) > 90)).any():
        raise CrsError(
            Text(
                "GCJ-02 and BD-09 are shifts of longitude and latitude, and these coordinates are not in degrees.",
                "GCJ-02 和 BD-09 是对经纬度的偏移，而这些坐标不是以度为单位。",
            )
        )
    moved = shapely.transform(array, lambda lon, lat: unshift(offset, lon, lat), interleaved=False)
    return np.asarray(moved, dtype=object)


def _unchanged(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    return _pair(lon, lat)


_FORWARD = {Offset.NONE: _unchanged, Offset.GCJ02: to_gcj02, Offset.BD09: to_bd09}
_BACK = {Offset.NONE: _unchanged, Offset.GCJ02: from_gcj02, Offset.BD09: from_bd09}


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _inside_only(function: Shift, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    lon, lat = np.broadcast_arrays(*_pair(lon, lat))
    inside = is_shifted_region(lon, lat)
    new_lon, new_lat = lon.copy(), lat.copy()
    new_lon[inside], new_lat[inside] = function(lon[inside], lat[inside])
    return new_lon, new_lat


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    common = _waves(x, (20.0, 6.0), (20.0, 2.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + common
    north += _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + common
    east += _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    phi = np.radians(lat)
    m = 1.0 - _EE * np.sin(phi) ** 2
    meridian, parallel = _A * (1.0 - _EE) / (m * np.sqrt(m)), _A / np.sqrt(m) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _waves(angle: Floats, *terms: tuple[float, float]) -> Floats:
    """Return two thirds of the sum of amplitude · sin(factor · π · angle)."""
    total = sum((amplitude * np.sin(factor * np.pi * angle) for amplitude, factor in terms), np.zeros_like(angle))
    return np.asarray(total * 2.0 / 3.0)


def _bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = _gcj02(lon, lat)
    radius = np.hypot(x, y) + 2e-5 * np.sin(_K * y)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(_K * x)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _undone(forward: Shift) -> Shift:
    """Return the inverse of a shift by fixed point, x ← x − (F(x) − target).

    A step leaves 2 % of the error or less. It ends when no coordinate moves by 1e-12 degrees, far below the
    1e-10 degrees (0.01 mm) that count; rounding may keep the last digit moving, hence the bound on steps.
    """

    def back(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = lon.copy(), lat.copy()
        for _ in range(_MOST_STEPS):
            ahead_x, ahead_y = forward(x, y)
            step_x, step_y = ahead_x - lon, ahead_y - lat
            x, y = x - step_x, y - step_y
            if not ((np.abs(step_x) > _SETTLED) | (np.abs(step_y) > _SETTLED)).any():
                break
        return x, y

    return back
