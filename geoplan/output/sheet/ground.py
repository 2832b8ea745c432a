"""The part of the ground a sheet shows: which CRS, which scale, and where a place comes on the paper.

The map is drawn in the plane of the projected CRS that areas are measured in, so that a length L of it
is L / N on paper at every place of the sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Proj

from geoplan.crs import convert, default_projected, metres_per_unit, norm_crs, project, to_degrees
from geoplan.workflow import PlanView
from geoplan.zones import polygonal

LONLAT = norm_crs("EPSG:4490")  # facilities; WGS 84 and CGCS2000 count as one datum
_STEPS = (1.0, 2.0, 2.5, 5.0)
_FIRST_SCALE = 500
_ROOM_MM = 3.0  # between what is drawn and the neat line
_ALONE_M = 500.0  # a place alone says nothing; so much of its surroundings is shown on each side


@dataclass(frozen=True)
class Ground:
    """What a sheet draws: zones (in the order of the layer) and places in `crs`; empty shapes have no place."""

    crs: CRS
    zones: NDArray[np.object_]
    places: NDArray[np.object_]

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of all that has a place, in units of the CRS; None without any."""
        boxes = shapely.bounds(np.concatenate([self.zones, self.places]))
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        if not len(boxes):
            return None
        west, south = boxes[:, :2].min(axis=0)
        east, north = boxes[:, 2:].max(axis=0)
        least = _ALONE_M / metres_per_unit(self.crs)
        if max(east - west, north - south) <= 0:
            return (west - least, south - least, east + least, north + least)
        return (float(west), float(south), float(east), float(north))


@dataclass(frozen=True)
class Frame:
    """The map's window: `width` × `height` mm of paper around `centre` (units of `crs`) at 1 : `scale`."""

    crs: CRS
    centre: tuple[float, float]
    scale: int
    width: float
    height: float

    @property
    def unit_mm(self) -> float:
        """Return the millimetres of paper that one unit of the CRS takes."""
        return metres_per_unit(self.crs) * 1000.0 / self.scale

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of the window in units of the CRS."""
        across, up = self.width / 2 / self.unit_mm, self.height / 2 / self.unit_mm
        x, y = self.centre
        return (x - across, y - up, x + across, y + up)

    def paper(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return coordinates (n, 2) of the CRS in mm from the upper left corner of the window, y downwards."""
        offsets = (coordinates - np.array(self.centre)) * self.unit_mm * np.array([1.0, -1.0])
        return np.asarray(offsets + np.array([self.width, self.height]) / 2)

    @cached_property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Return lon, lat of the lower left, upper left, upper right and lower right corner, on the CRS's datum."""
        west, south, east, north = self.box
        lon, lat = to_degrees(np.array([west, west, east, east]), np.array([south, north, north, south]), self.crs)
        return tuple((float(x), float(y)) for x, y in zip(lon, lat, strict=True))

    @property
    def convergence(self) -> float:
        """Return by how many degrees true north lies clockwise (east) of grid north at the centre."""
        lon, lat = to_degrees(np.array(self.centre[:1]), np.array(self.centre[1:]), self.crs)
        geographic = norm_crs(self.crs.geodetic_crs)
        step = 1e-3
        x, y = convert(np.repeat(lon, 2), np.concatenate([lat - step, lat + step]), geographic, self.crs)
        return math.degrees(math.atan2(float(x[1] - x[0]), float(y[1] - y[0])))

    @property
    def scale_factor(self) -> float:
        """Return the length on the grid of one metre on the ellipsoid, northwards at the centre."""
        lon, lat = to_degrees(np.array(self.centre[:1]), np.array(self.centre[1:]), self.crs)
        return float(Proj(self.crs).get_factors(float(lon[0]), float(lat[0])).meridional_scale)


def ground_of(view: PlanView) -> Ground:
    """Return what of an opened plan has a place, in the projected CRS its areas are measured in."""
    points = np.array([facility.point for facility in view.facilities], dtype=object)
    points = points if len(points) else np.empty(0, dtype=object)
    crs = _projected(view, points)
    zones = np.empty(0, dtype=object)
    if view.layer is not None:
        zones = _placed(project(view.layer.geometry, view.layer.crs, crs))
        zones[~polygonal(zones)] = None
    return Ground(crs, zones, _placed(project(points, LONLAT, crs)))


def frame_of(ground: Ground, width: float, height: float, scale: int | None = None) -> Frame | None:
    """Return the window of `width` × `height` mm around all that has a place; None when nothing has.

    Without a `scale` it is the largest round one (1, 2, 2.5, 5 by powers of ten, from 1:500) at which
    everything fits; at a given one, what lies outside is cut.
    """
    bounds = ground.bounds
    if bounds is None:
        return None
    west, south, east, north = bounds
    centre = ((west + east) / 2, (south + north) / 2)
    if scale is None:
        metre = metres_per_unit(ground.crs) * 1000.0
        least = max((east - west) / (width - 2 * _ROOM_MM), (north - south) / (height - 2 * _ROOM_MM)) * metre
        scale = next(number for number in round_scales() if number >= least * (1 - 1e-12))
    return Frame(ground.crs, centre, scale, width, height)


def round_scales() -> Iterator[int]:
    """Yield 500, 1000, 2000, 2500, 5000, 10000, … without end."""
    power = 100
    while True:
        for step in _STEPS:
            if (number := int(step * power)) >= _FIRST_SCALE:
                yield number
        power *= 10


def _projected(view: PlanView, points: NDArray[np.object_]) -> CRS:
    measured = view.result.measurement
    if measured is not None:
        return norm_crs(measured.projected)
    if view.plan.area.projected is not None:
        return norm_crs(view.plan.area.projected)
    known = shapely.get_coordinates(points)
    lon, lat = np.median(known, axis=0) if len(known) else (117.0, 32.0)
    return default_projected(float(lon), float(lat))


def _placed(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the shapes with None for those that have a coordinate outside the projection."""
    kept = np.array(shapes, dtype=object, copy=True)
    if len(kept):
        kept[~np.isfinite(shapely.bounds(kept)).all(axis=1)] = None
    return kept
