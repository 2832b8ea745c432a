"""Readings: what a file's numbers could be, and how each reading turns them into places.

A reading is a coordinate system, an axis order, a zone number in front of the eastings and a web map's shift.
Places are longitude and latitude in degrees on CGCS2000, which WGS 84 stands for too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import code_of, convert, coordinates_outside, is_cgcs2000_or_wgs84, norm_crs, same_crs, to_degrees
from geoplan.ellipsoid import Floats
from geoplan.inspection import Candidate, Offset
from geoplan.offsets import unshift

EAST_NORTH, NORTH_EAST = "east-north", "north-east"
AXIS_ORDERS = (EAST_NORTH, NORTH_EAST)
MILLION = 1_000_000.0

# EPSG codes of the CGCS2000 Gauss-Krüger systems: with zone number (its first code and zone) and by central meridian.
_THREE_DEGREES = (4513, 25, 4534)
_SIX_DEGREES = (4491, 13, 4502)
_ZONES = {25: (45, _THREE_DEGREES), 13: (23, _SIX_DEGREES)}
_SAMPLE, _POINTS, _ROUNDS = 4000, 800, 30
_FEW = 2000  # features that are tried first; a city has a million of them, and there are some sixty readings
_BLOCK = 1 << 16  # features whose vertices are in memory at a time
_SEED = 20220613


@lru_cache(maxsize=128)
def registered(code: int) -> CRS:
    """Return the CRS of an EPSG code, made once."""
    return norm_crs(code)


def degrees_crs() -> CRS:
    """Return EPSG:4490, the system that places are told in."""
    return registered(4490)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The coordinates of a file, before anything is known about them.

    `boxes` has one row (min x, min y, max x, max y) per feature with finite coordinates only, `feature` its
    position in the file. `vertices` are distinct vertices, a seeded sample of 4,000 where there are
    more. `inside` are points inside the polygons, spread by area, and `area` is the area of all polygons, in the
    file's own units. `few` are rows of `boxes` to try first: all of up to 2,000, else as many spread over the file,
    and those that reach farthest in each direction.
    """

    boxes: Floats
    feature: NDArray[np.int64]
    vertices: Floats
    inside: Floats
    area: float
    few: NDArray[np.int64]

    @classmethod
    def of(cls, geometry: NDArray[np.object_]) -> Numbers:
        """Return the numbers of an array of geometries (None and empty have none)."""
        random = np.random.default_rng(_SEED)
        array = np.asarray(geometry, dtype=object)
        feature = _finite(array)
        chosen = array[feature]
        vertices = _vertices(chosen, random)
        areas = shapely.area(chosen)
        boxes = shapely.bounds(chosen).reshape(-1, 4)
        inside = _points_inside(chosen, boxes, areas, random)
        return cls(boxes, feature, np.unique(vertices, axis=0), inside, float(areas.sum()), _spread(boxes))

    def sides(self, axis_order: str) -> Floats:
        """Return the boxes with east first: columns west, south, east, north under that axis order."""
        return self.boxes if axis_order == EAST_NORTH else self.boxes[:, [1, 0, 3, 2]]

    def prefix(self, axis_order: str) -> int | None:
        """Return the millions that all eastings begin with (0 for none), or None where they differ."""
        east = self.sides(axis_order)[:, [0, 2]]
        found = np.unique(np.floor(east / MILLION))
        return int(found[0]) if len(found) == 1 and 0 <= found[0] <= 60 else None

    def in_degrees(self, axis_order: str) -> bool:
        """Return whether every number can be a longitude or latitude in degrees."""
        west, south, east, north = self.sides(axis_order).T
        return bool(((np.abs([west, east]) <= 180).all()) and (np.abs([south, north]) <= 90).all())


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the numbers; the fields are those of `Candidate`, with the CRS itself."""

    crs: CRS
    axis_order: str = EAST_NORTH
    zone_prefix: int | None = None
    offset: Offset = Offset.NONE

    def in_crs(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return numbers of the file as coordinates of the CRS, east first, with the zone number the CRS has."""
        east, north = (x, y) if self.axis_order == EAST_NORTH else (y, x)
        strange = (own_prefix(self.crs) or 0) - (self.zone_prefix or 0)
        return (east + strange * MILLION if strange else east), north

    def places(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return numbers of the file as longitude and latitude, NaN outside the range of the CRS.

        Raises CrsError for a datum change without known parameters.
        """
        east, north = self.in_crs(x, y)
        if is_cgcs2000_or_wgs84(self.crs):
            lon, lat = to_degrees(east, north, self.crs)
        else:
            lon, lat = convert(east, north, self.crs, degrees_crs())
        return unshift(self.offset, lon, lat)

    def out_of_range(self, numbers: Numbers) -> NDArray[np.int64]:
        """Return the positions of the features whose box cannot be of this CRS."""
        return numbers.feature[self.outside(numbers.boxes)]

    def outside(self, boxes: Floats) -> NDArray[np.bool_]:
        """Return which boxes of the file have a corner that cannot be of this CRS."""
        west, south, east, north = boxes.T
        (left, bottom), (right, top) = self.in_crs(west, south), self.in_crs(east, north)
        x, y = np.concatenate([left, left, right, right]), np.concatenate([bottom, top, bottom, top])
        return np.asarray(coordinates_outside(x, y, self.crs).reshape(4, -1).any(axis=0))


@lru_cache(maxsize=256)
def crs_text(crs: CRS) -> str:
    """Return a text that `norm_crs` turns into the same system again: its code, or WKT where no code is exactly it."""
    code = code_of(crs)
    return code if ":" in code and not crs.is_bound and same_crs(norm_crs(code), crs) else crs.to_wkt()


def reading_of(candidate: Candidate) -> Reading:
    """Return the reading a candidate stands for."""
    return Reading(norm_crs(candidate.crs), candidate.axis_order, candidate.zone_prefix, candidate.offset)


@lru_cache(maxsize=256)
def own_prefix(crs: CRS) -> int | None:
    """Return the zone number in the false easting of a Transverse Mercator system in metres, None without one."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    operation = plain.coordinate_operation
    if not plain.is_projected or operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    false_easting = next((float(p.value) for p in operation.params if p.name == "False easting"), 0.0)
    return int(false_easting // MILLION) or None


def is_transverse_mercator(crs: CRS) -> bool:
    """Return whether eastings of the CRS may carry a zone number."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    operation = plain.coordinate_operation
    return plain.is_projected and operation is not None and "Transverse Mercator" in operation.method_name


def as_written(crs: CRS, axis_order: str = EAST_NORTH) -> Reading:
    """Return the reading that takes a CRS at its word."""
    return Reading(crs, axis_order, own_prefix(crs))


def ways_to_write(crs: CRS, numbers: Numbers, axis_orders: tuple[str, ...]) -> Iterator[Reading]:
    """Yield the readings of the numbers in one CRS: as written first, the axes exchanged, another zone number."""
    for order in axis_orders:
        yield as_written(crs, order)
    if not is_transverse_mercator(crs):
        return
    for order in axis_orders:
        found, own = numbers.prefix(order), own_prefix(crs) or 0
        if found is not None and found != own:
            twin = _twin(crs, found)
            if twin is not None:
                yield Reading(twin, order, found or None)


def every_reading(numbers: Numbers, others: tuple[CRS, ...], axis_orders: tuple[str, ...]) -> Iterator[Reading]:
    """Yield what the numbers could be in CGCS2000 or WGS 84, nothing being declared, and in the `others` as written.

    The 6° systems without zone number are not yielded: each is the 3° system of its central meridian.
    """
    for order in axis_orders:
        if numbers.in_degrees(order):
            yield as_written(degrees_crs(), order)
        prefix = numbers.prefix(order)
        for code in _gauss_krueger(prefix):
            yield as_written(registered(code), order)
        if np.abs(numbers.boxes).max() <= 20_037_509:
            yield as_written(registered(3857), order)
        yield from (as_written(crs, order) for crs in others)


def with_offsets(reading: Reading, offsets: tuple[Offset, ...]) -> Iterator[Reading]:
    """Yield the reading with each of the shifts; those of web maps belong to WGS 84 and CGCS2000 only."""
    for offset in offsets:
        if offset is Offset.NONE or is_cgcs2000_or_wgs84(reading.crs):
            yield replace(reading, offset=offset)


def same_numbers(crs: CRS) -> str | None:
    """Return the 6° code whose numbers are those of a CGCS2000 3° system by central meridian, None if there is none."""
    first, step = _THREE_DEGREES[2], 2
    code = crs.to_epsg(min_confidence=70)
    if code is None or not first <= code <= first + 20 or (code - first) % step:
        return None
    return f"EPSG:{_SIX_DEGREES[2] + (code - first) // step}"


def _gauss_krueger(prefix: int | None) -> range:
    """Return the codes of the CGCS2000 systems whose eastings begin with this number (0: without one)."""
    if prefix == 0:
        return range(_THREE_DEGREES[2], _THREE_DEGREES[2] + 21)
    for first_zone, (last_zone, (code, _, _)) in _ZONES.items():
        if prefix is not None and first_zone <= prefix <= last_zone:
            return range(code + prefix - first_zone, code + prefix - first_zone + 1)
    return range(0)


def _twin(crs: CRS, prefix: int) -> CRS | None:
    """Return the system of the same central meridian whose eastings begin with `prefix` (0: none), if that is known.

    A system that is not in the registry of CGCS2000 stays itself: `Reading.in_crs` takes the number off or adds it.
    """
    code = crs.to_epsg(min_confidence=70) if not crs.is_bound else None
    for first_zone, (last_zone, (zoned, _, bare)) in _ZONES.items():
        place = next(
            (code - first for first in (zoned, bare) if code and 0 <= code - first <= last_zone - first_zone), None
        )
        if place is None:
            continue
        if prefix == 0:
            return registered(bare + place)
        return registered(zoned + place) if prefix == first_zone + place else _other_width(bare + place, prefix)
    if prefix == 0 or (own_prefix(crs) is None and _meridian_of(prefix) == _central_meridian(crs)):
        return crs
    return None


def _other_width(bare_code: int, prefix: int) -> CRS | None:
    """Return the zone `prefix` of the other width if it has the same central meridian (3° zone 39, 6° zone 20)."""
    meridian = _meridian_of(prefix)
    if meridian is None or _central_meridian(registered(bare_code)) != meridian:
        return None
    return registered(_gauss_krueger(prefix)[0])


def _meridian_of(prefix: int) -> float | None:
    """Return the central meridian, in degrees, of a zone number: 3° zones 25–45, 6° zones 13–23."""
    if 25 <= prefix <= 45:
        return 3.0 * prefix
    return 6.0 * prefix - 3.0 if 13 <= prefix <= 23 else None


def _central_meridian(crs: CRS) -> float | None:
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    operation = plain.coordinate_operation
    params = operation.params if operation is not None else []
    return next((float(p.value) for p in params if p.name == "Longitude of natural origin"), None)


def _finite(array: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the places of the geometries that have coordinates, each of them a number."""
    usable = shapely.get_num_coordinates(array) > 0
    for start in range(0, len(array), _BLOCK):
        coordinates, index = shapely.get_coordinates(array[start : start + _BLOCK], return_index=True)
        usable[start + index[~np.isfinite(coordinates).all(axis=1)]] = False
    return np.flatnonzero(usable)


def _vertices(chosen: NDArray[np.object_], random: np.random.Generator) -> Floats:
    """Return all vertices, or a sample of 4,000 where there are more; only the features these are of are opened."""
    ends = np.cumsum(shapely.get_num_coordinates(chosen))
    if not len(ends) or ends[-1] <= _SAMPLE:
        return np.asarray(shapely.get_coordinates(chosen))
    picked = random.choice(int(ends[-1]), _SAMPLE, replace=False)
    owners, owner = np.unique(np.searchsorted(ends, picked, side="right"), return_inverse=True)
    counts = shapely.get_num_coordinates(chosen[owners])
    within = picked - (ends[owners] - counts)[owner]
    first = np.cumsum(counts) - counts
    return np.asarray(shapely.get_coordinates(chosen[owners])[first[owner] + within])


def _spread(boxes: Floats) -> NDArray[np.int64]:
    """Return the rows of boxes to try first: spread evenly over the file, with the outermost of all."""
    if len(boxes) <= _FEW:
        return np.arange(len(boxes))
    outermost = np.concatenate([boxes.argmin(axis=0), boxes.argmax(axis=0)])
    return np.unique(np.concatenate([np.linspace(0, len(boxes) - 1, _FEW).astype(np.int64), outermost]))


def _points_inside(geometry: NDArray[np.object_], boxes: Floats, areas: Floats, random: np.random.Generator) -> Floats:
    """Return up to 800 points spread evenly over the polygons; none where nothing has an area."""
    # Boxes are drawn by their own area: what falls inside the polygon is then even over all of them.
    weights = np.where(areas > 0, (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 0.0)
    found = np.empty((0, 2))
    for _ in range(_ROUNDS if weights.sum() > 0 else 0):
        which = random.choice(len(weights), _POINTS, p=weights / weights.sum())
        west, south, east, north = boxes[which].T
        x, y = random.uniform(west, east), random.uniform(south, north)
        kept = shapely.contains_xy(geometry[which], x, y)
        found = np.vstack([found, np.column_stack([x, y])[kept]])
        if len(found) >= _POINTS:
            break
    return found[:_POINTS]
