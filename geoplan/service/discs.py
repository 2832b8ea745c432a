"""Discs around facilities: straight-line distance on the ellipsoid, as polygons in the plane of the area method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import convert, to_lonlat
from geoplan.ellipsoid import Floats
from geoplan.geodesics import GEOD
from geoplan.ground import LONLAT, Ground, accuracies
from geoplan.types import Facility

DISC_VERTICES = 256
# A regular polygon of this circumradius has the area of the circle of radius 1; its outline is then between 5e-5
# outside and 2.5e-5 inside the circle: 5 cm at 1 km.
_EQUAL_AREA = math.sqrt((2 * math.pi / DISC_VERTICES) / math.sin(2 * math.pi / DISC_VERTICES))


@dataclass(frozen=True, slots=True)
class Reach:
    """The places of facilities in degrees, the service radius in m and how far off each place may be (NaN: unknown)."""

    lon: Floats
    lat: Floats
    radius_m: float
    accuracy: Floats

    @classmethod
    def of(cls, facilities: Sequence[Facility], radius_m: float) -> Reach:
        """Return the reach of located facilities, in their order."""
        points = [facility.point for facility in facilities if facility.point is not None]
        lon, lat = np.array([p.x for p in points], np.float64), np.array([p.y for p in points], np.float64)
        return cls(lon, lat, radius_m, accuracies(facilities))

    @property
    def bounded(self) -> bool:
        """Return whether every place is known to some radius, so that there is an upper bound."""
        return not np.isnan(self.accuracy).any()

    def discs(self, ground: Ground, sign: int = 0) -> NDArray[Any]:
        """Return the discs that can reach the zones, in the plane of `ground`.

        `sign` 0: as drawn; -1: what is reached from anywhere within the accuracy; 1: from somewhere within it.
        """
        accuracy = self.accuracy if sign else np.zeros(len(self.accuracy))
        radii = self.radius_m + sign * accuracy
        near = (radii > 0) & (self._distance(ground) <= radii)  # NaN is neither
        return _discs(self.lon[near], self.lat[near], radii[near], ground.crs)

    def _distance(self, ground: Ground) -> Floats:
        """Return a lower estimate of the distance in m from each place to the rectangle around all zones.

        A disc further away need not be drawn, and could not always be: a plane ends a quarter of the globe away.
        """
        present = ground.shapes[~shapely.is_missing(ground.shapes)]
        if not len(present) or not len(self.lon):
            return np.full(len(self.lon), np.inf)
        west, south, east, north = shapely.total_bounds(to_lonlat(present, ground.crs))
        middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
        corners = np.array([[west, south], [west, north], [east, south], [east, north], [west, middle_lat]])
        _, _, half = GEOD.inv(*_same(middle_lon, middle_lat, len(corners)), *corners.T)
        _, _, distance = GEOD.inv(self.lon, self.lat, *_same(middle_lon, middle_lat, len(self.lon)))
        return np.asarray(distance) - 1.01 * float(np.max(half))


def _same(lon: float, lat: float, count: int) -> tuple[Floats, Floats]:
    return np.full(count, lon), np.full(count, lat)


def _discs(lon: Floats, lat: Floats, radii: Floats, crs: CRS) -> NDArray[Any]:
    """Return discs of geodesic radii in m as polygons of `DISC_VERTICES` in `crs`, each with the area of its circle."""
    azimuths = np.tile(np.arange(DISC_VERTICES) * (360.0 / DISC_VERTICES), len(lon))
    each = [np.repeat(values, DISC_VERTICES) for values in (lon, lat, radii * _EQUAL_AREA)]
    ring_lon, ring_lat, _ = GEOD.fwd(each[0], each[1], azimuths, each[2])
    x, y = convert(np.asarray(ring_lon), np.asarray(ring_lat), LONLAT, crs)
    corners = np.stack((x, y), axis=-1).reshape(len(lon), DISC_VERTICES, 2)
    corners = corners[np.isfinite(corners).all(axis=(1, 2))]
    return np.asarray(shapely.polygons(corners), dtype=object).reshape(-1)
