"""Areas, perimeters and widths of polygons: three area methods, each naming the line its edges follow.

| function | an edge is | used for |
|---|---|---|
| `ellipsoidal_areas` | straight in the plane of a projected CRS | the official figure (国土调查办发〔2008〕32号) |
| `geodesic_areas` | a geodesic | an independent second figure |
| `planar_areas` | straight in that plane, measured in the plane | what GIS desktops show; off by the scale |
| `trapezoid_areas` | straight in longitude and latitude | one trapezoid per edge, map sheets |

Geometries are polygons or multipolygons in (east, north) or (longitude, latitude) order. Holes count as
holes whatever their orientation; Z is ignored. None, empty and non-polygonal geometry measure NaN, as does
a polygon with a coordinate outside the range of its CRS; a polygon that encloses nothing measures 0.
All results are arrays of one float per geometry. See docs/areas.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod

from geoplan import ellipsoid
from geoplan.crs import (
    Geometries,
    code_of,
    convert,
    is_cgcs2000_or_wgs84,
    m2_per_square_unit,
    metres_per_unit,
    norm_crs,
    project,
    require_projected,
)
from geoplan.ellipsoid import Floats
from geoplan.errors import CrsError, GeometryError
from geoplan.types import Text

SPLIT_M = 70.0  # an edge longer than this is split into int(length / 70) + 1 equal parts
CHUNK_POINTS = 2_000_000  # bounds the memory of splitting to about 0.5 GB
GEOD = Geod(a=ellipsoid.SEMI_MAJOR_M, rf=ellipsoid.INVERSE_FLATTENING)
CGCS2000 = norm_crs(4490)

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Areas:
    """One figure per geometry by each method, in m², and the geodesic perimeter in m (NaN: see the module)."""

    ellipsoidal_m2: Floats
    geodesic_m2: Floats
    planar_m2: Floats
    perimeter_m: Floats


@dataclass(frozen=True, slots=True)
class _Rings:
    """All rings of all geometries, flat: closed vertex runs, so the last vertex of a ring repeats its first.

    `ring` numbers the ring of each vertex (ascending), `sign` is +1 for an exterior and −1 for a hole,
    `feature` the geometry a ring belongs to, `measurable` whether a geometry is polygonal and not empty.
    """

    x: Floats
    y: Floats
    ring: Integers
    sign: Floats
    feature: Integers
    measurable: NDArray[np.bool_]

    def moved(self, x: Floats, y: Floats) -> _Rings:
        """Return the same rings with other coordinates."""
        return _Rings(x, y, self.ring, self.sign, self.feature, self.measurable)

    def starts(self) -> Integers:
        """Return the index of the first vertex of each ring."""
        return np.searchsorted(self.ring, np.arange(len(self.feature)))

    def per_feature(self, per_ring: Floats) -> Floats:
        """Sum ring values into geometry values, NaN where there is nothing to measure."""
        total = np.bincount(self.feature, weights=per_ring, minlength=len(self.measurable))
        return np.where(self.measurable, total, np.nan)


def measure_areas(geometries: Geometries, crs: CRS, projected: CRS, *, official_rounding: bool = False) -> Areas:
    """Return the areas by all three methods and the perimeter; errors as in the single functions."""
    return Areas(
        ellipsoidal_areas(geometries, crs, projected, official_rounding=official_rounding),
        geodesic_areas(geometries, crs),
        planar_areas(geometries, crs, projected),
        perimeters(geometries, crs),
    )


def ellipsoidal_areas(geometries: Geometries, crs: CRS, projected: CRS, *, official_rounding: bool = False) -> Floats:
    """Return the areas in m² by the procedure of the land survey (图斑椭球面积).

    Edges are straight in the plane of `projected`; those longer than 70 m are split there, all points
    are taken back to the ellipsoid, and one trapezoid per part is summed. `official_rounding` adds the
    prescribed roundings: x, y to 4 decimals, new points to 6, latitude and longitude to 6 decimals of
    an arc-second, areas to 2 decimals.

    Source: 国土调查办发〔2008〕32号; TD/T 1055-2019.
    Raises CrsError if `projected` is not a projected CRS on CGCS2000 or WGS 84 or if the datum of `crs`
    cannot be changed, GeometryError for a polygon across the antimeridian or around a pole.
    """
    _require_our_datum(projected)
    require_projected(projected)
    rings = _rings(geometries)
    rings = rings.moved(*convert(rings.x, rings.y, crs, projected))
    if official_rounding:
        rings = rings.moved(rings.x.round(4), rings.y.round(4))
    areas = rings.per_feature(rings.sign * np.abs(_split_ring_areas(rings, projected, official_rounding)))
    return areas.round(2) if official_rounding else areas


def trapezoid_areas(geometries: Geometries) -> Floats:
    """Return the areas in m² of geometries in degrees on CGCS2000 or WGS 84, one trapezoid per given edge.

    Edges follow straight lines in longitude and latitude as closely as the trapezoid formula does: exact
    along meridians and parallels (map sheets). Raises GeometryError across the antimeridian or a pole.
    """
    rings = _rings(geometries)
    return rings.per_feature(rings.sign * np.abs(_trapezoid_rings(rings)))


def geodesic_areas(geometries: Geometries, crs: CRS) -> Floats:
    """Return the areas in m² with edges as geodesics of CGCS2000 (pyproj.Geod, after C. Karney).

    Raises CrsError if the datum of `crs` cannot be changed, GeometryError across the antimeridian or a pole.
    """
    rings = _in_degrees(_rings(geometries), crs)
    edges = np.append(rings.starts(), len(rings.x))
    area = GEOD.polygon_area_perimeter
    slices = zip(edges[:-1], edges[1:], strict=True)
    values = [area(rings.x[a:b], rings.y[a:b])[0] for a, b in slices]
    return rings.per_feature(rings.sign * np.abs(np.array(values, dtype=float)))


def planar_areas(geometries: Geometries, crs: CRS, projected: CRS) -> Floats:
    """Return the areas in m² in the plane of `projected`; `geoplan.crs.fitness` says how far they are off.

    Raises CrsError if `projected` is not a projected CRS or the datum of `crs` cannot be changed.
    """
    require_projected(projected)
    rings = _rings(geometries)
    rings = rings.moved(*convert(rings.x, rings.y, crs, projected))
    return rings.per_feature(rings.sign * np.abs(_planar_rings(rings))) * metres_per_unit(projected) ** 2


def perimeters(geometries: Geometries, crs: CRS) -> Floats:
    """Return the lengths in m of all rings, exteriors and holes, with edges as geodesics of CGCS2000.

    Raises CrsError if the datum of `crs` cannot be changed, GeometryError across the antimeridian or a pole.
    """
    rings = _in_degrees(_rings(geometries), crs)
    if len(rings.x) < 2:
        return rings.per_feature(np.zeros(len(rings.feature)))
    _, _, lengths = GEOD.inv(rings.x[:-1], rings.y[:-1], rings.x[1:], rings.y[1:])
    same = rings.ring[:-1] == rings.ring[1:]
    return rings.per_feature(
        np.bincount(rings.ring[:-1][same], weights=np.asarray(lengths)[same], minlength=len(rings.feature))
    )


def _rings(geometries: Geometries) -> _Rings:
    array = np.asarray(geometries, dtype=object)
    kinds = shapely.get_type_id(array)
    polygonal = ((kinds == 3) | (kinds == 6)) & ~shapely.is_empty(array)
    parts, part_feature = shapely.get_parts(np.where(polygonal, array, None), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    is_exterior = np.ones(len(ring_part), dtype=np.bool_)
    is_exterior[1:] = ring_part[1:] != ring_part[:-1]
    return _Rings(
        np.ascontiguousarray(coordinates[:, 0]),
        np.ascontiguousarray(coordinates[:, 1]),
        ring,
        np.where(is_exterior, 1.0, -1.0),
        part_feature[ring_part],
        polygonal,
    )


def _in_degrees(rings: _Rings, crs: CRS) -> _Rings:
    """Return the rings in degrees on CGCS2000, refused if they cross the antimeridian."""
    rings = rings.moved(*convert(rings.x, rings.y, crs, CGCS2000))
    _refuse_antimeridian(rings)
    return rings


def _refuse_antimeridian(rings: _Rings) -> None:
    """Raise GeometryError if an edge jumps by more than half a turn: the ring crosses ±180° or goes round a pole."""
    jumps = (np.abs(np.diff(rings.x)) > 180) & (rings.ring[1:] == rings.ring[:-1])
    if jumps.any():
        _refuse_feature(int(rings.feature[rings.ring[int(np.argmax(jumps))]]))


def _refuse_feature(feature: int) -> None:
    raise GeometryError(
        Text(
            "The polygon crosses the antimeridian (±180°) or goes round a pole; its area would be wrong.",
            "该多边形跨越 180° 经线或环绕极点，面积会算错。",
        ),
        where=f"feature {feature}",
        hint=Text("Cut it at ±180° into parts.", "请在 ±180° 处将其切分为多个部分。"),
    )


def _require_our_datum(crs: CRS) -> None:
    if not is_cgcs2000_or_wgs84(crs):
        raise CrsError(
            Text(
                f"Ellipsoidal areas are defined on CGCS2000; {code_of(crs)} is on another datum.",
                f"图斑椭球面积以 CGCS2000 为基准，{code_of(crs)} 属于其他基准。",
            ),
            hint=Text("Use a CGCS2000 code such as EPSG:4548.", "请使用 CGCS2000 代码，如 EPSG:4548。"),
        )


def _trapezoid_rings(rings: _Rings) -> Floats:
    """Return the signed area of each ring in degrees, one trapezoid per edge."""
    _refuse_antimeridian(rings)
    lon = rings.x - rings.x[rings.starts()][rings.ring]  # a reference meridian on the ring keeps all digits
    same = rings.ring[:-1] == rings.ring[1:]
    pieces = ellipsoid.trapezoids(lon[:-1], rings.y[:-1], lon[1:], rings.y[1:])
    return np.bincount(rings.ring[:-1][same], weights=pieces[same], minlength=len(rings.feature))


def _planar_rings(rings: _Rings) -> Floats:
    """Return the signed area of each ring in its own plane, in square units, taken relative to its first vertex."""
    first = rings.starts()[rings.ring]
    x, y = rings.x - rings.x[first], rings.y - rings.y[first]
    same = rings.ring[:-1] == rings.ring[1:]
    cross = (x[:-1] * y[1:] - x[1:] * y[:-1]) / 2
    return np.bincount(rings.ring[:-1][same], weights=cross[same], minlength=len(rings.feature))


def _split_ring_areas(rings: _Rings, crs: CRS, official_rounding: bool) -> Floats:
    """Return the signed area of each ring whose edges are straight in `crs`, split at 70 m, on the ellipsoid."""
    total = np.zeros(len(rings.feature))
    reference = convert(rings.x[rings.starts()], rings.y[rings.starts()], crs, CGCS2000)[0]
    for x, y, ring in _split_points(rings, official_rounding):
        lon, lat = convert(x, y, crs, CGCS2000)
        if official_rounding:
            lon, lat = (lon * 3600).round(6) / 3600, (lat * 3600).round(6) / 3600
        _refuse_antimeridian(_Rings(lon, lat, ring, rings.sign, rings.feature, rings.measurable))
        lon = lon - reference[ring]
        same = ring[:-1] == ring[1:]
        pieces = ellipsoid.trapezoids(lon[:-1], lat[:-1], lon[1:], lat[1:])
        total += np.bincount(ring[:-1][same], weights=pieces[same], minlength=len(total))
    return total


def _split_points(rings: _Rings, official_rounding: bool) -> Iterator[tuple[Floats, Floats, Integers]]:
    """Yield runs of points along the rings, edges over 70 m split, at most about CHUNK_POINTS at a time.

    A run ends with the point the next one starts with, so that no edge is lost between runs.
    """
    step_x, step_y = np.diff(rings.x, append=np.nan), np.diff(rings.y, append=np.nan)
    last = np.append(rings.ring[1:] != rings.ring[:-1], True)[: len(rings.ring)]
    length = np.where(last, 0.0, np.hypot(step_x, step_y))
    # A non-finite edge is one part: its area is NaN anyway.
    parts = np.where(np.isfinite(length) & (length > SPLIT_M), length // SPLIT_M + 1, 1).astype(np.int64)
    begin = 0
    ends = np.cumsum(parts)
    while begin < len(parts):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + CHUNK_POINTS)), begin + 1)
        stop = min(end + 1, len(parts))  # one vertex more, unsplit, closes the last edge of the run
        count = parts[begin:stop].copy()
        if stop > end:
            count[-1] = 1
        vertex = np.repeat(np.arange(begin, stop), count)
        nth = np.arange(len(vertex)) - np.repeat(np.cumsum(count) - count, count)
        share = nth / parts[vertex]
        new = nth > 0
        x, y = rings.x[vertex], rings.y[vertex]
        x[new] += step_x[vertex[new]] * share[new]
        y[new] += step_y[vertex[new]] * share[new]
        if official_rounding:
            x[new], y[new] = x[new].round(6), y[new].round(6)
        yield x, y, rings.ring[vertex]
        begin = end
