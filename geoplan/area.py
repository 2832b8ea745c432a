"""Areas, perimeters and widths of polygons: three area methods, each naming the line its edges follow.

| function | an edge is | used for |
|---|---|---|
| `ellipsoidal_areas` | straight in the plane of a projected CRS | the official figure (国土调查办发〔2008〕32号) |
| `geodesic_areas` | a geodesic | an independent second figure |
| `planar_areas` | straight in that plane, measured in the plane | what GIS desktops show; off by the scale |
| `trapezoid_areas` | straight in longitude and latitude | one trapezoid per edge, map sheets |

Geometries are polygons or multipolygons in (east, north) or (longitude, latitude) order. Holes count as
holes whatever their orientation; Z is ignored. None, empty and non-polygonal geometry measure NaN, as does
a polygon with a coordinate that cannot be taken to or from the ellipsoid; one that encloses nothing measures 0.
All results are arrays of one float per geometry. Rings already made of the geometries do as well. See docs/areas.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan import ellipsoid, smooth
from geoplan.crs import (
    Geometries,
    code_of,
    convert,
    determinants,
    is_cgcs2000_or_wgs84,
    metres_jacobian,
    metres_per_unit,
    norm_crs,
    require_projected,
    to_degrees,
)
from geoplan.ellipsoid import Floats
from geoplan.errors import CrsError
from geoplan.geodesics import geodesic_rings
from geoplan.parallel import spread
from geoplan.rings import Integers, Rings, on_globe, rings_of, split
from geoplan.types import AreaMethod, Text

SPLIT_M = 70.0  # an edge longer than this is split into int(length / 70) + 1 equal parts
LOCAL_M = 5000.0  # a piece up to this size is measured with the scale at its centroid
WIDTH_RATIO = 1.002
_SHRUNK_AT_A_TIME = 64
_COPIED_POINTS = 250_000
MANY_POINTS = 20_000  # from here on making polynomials costs less than it spares
CELL_M, CELL_REACH_M = 64_000.0, 36_000.0  # a cell's side, and how far from its middle its polynomials hold
CGCS2000 = norm_crs(4490)


@dataclass(frozen=True, slots=True)
class Crowds:
    """How many vertices a layer has, in all and by the middle of each cell: that decides where polynomials are used.

    A part of a layer measured with the crowds of the whole comes out as it does within the whole, bit by bit.
    `cells` None takes every cell to be crowded.
    """

    total: int
    cells: Mapping[tuple[float, float], int] | None

    def many(self, x: float, y: float) -> bool:
        """Return whether the cell around (x, y) has vertices enough for polynomials."""
        return self.cells is None or self.cells.get((x, y), 0) >= MANY_POINTS


@dataclass(frozen=True)
class Areas:
    """One figure per geometry by each method, in m², and the geodesic perimeter in m (NaN: see the module).

    Each is measured when it is first asked for: geodesics take ten times as long as all the rest.
    """

    rings: Rings
    crs: CRS
    projected: CRS
    official_rounding: bool = False

    @cached_property
    def ellipsoidal_m2(self) -> Floats:
        """Return the areas by the procedure of the land survey."""
        return ellipsoidal_areas(self.rings, self.crs, self.projected, official_rounding=self.official_rounding)

    @cached_property
    def geodesic_m2(self) -> Floats:
        """Return the areas with edges as geodesics."""
        return self._geodesic[0]

    @cached_property
    def planar_m2(self) -> Floats:
        """Return the areas in the plane of the projected CRS."""
        return planar_areas(self.rings, self.crs, self.projected)

    @cached_property
    def perimeter_m(self) -> Floats:
        """Return the lengths of all rings, with edges as geodesics."""
        return self._geodesic[1]

    @cached_property
    def _geodesic(self) -> tuple[Floats, Floats]:
        return _geodesic(self.rings, self.crs)

    def part(self, first: int, last: int) -> Areas:
        """Return the figures of the geometries from `first` up to, not including, `last`; nothing of it is kept."""
        return Areas(self.rings.of_features(first, last), self.crs, self.projected, self.official_rounding)

    def by(self, method: AreaMethod) -> Floats:
        """Return the areas by one method."""
        areas: Floats = getattr(self, f"{method.value}_m2")
        return areas


def measure_areas(
    geometries: Geometries | Rings, crs: CRS, projected: CRS, *, official_rounding: bool = False
) -> Areas:
    """Return the areas by all three methods and the perimeter; the errors of the single functions come with them."""
    return Areas(_rings(geometries), crs, projected, official_rounding)


def ellipsoidal_areas(
    geometries: Geometries | Rings,
    crs: CRS,
    projected: CRS,
    *,
    official_rounding: bool = False,
    crowds: Crowds | None = None,
) -> Floats:
    """Return the areas in m² by the procedure of the land survey (图斑椭球面积).

    Edges are straight in the plane of `projected`; those longer than 70 m are split there, all points
    are taken back to the ellipsoid, and one trapezoid per part is summed. `official_rounding` adds the
    prescribed roundings: x, y to 4 decimals, new points to 6, latitude and longitude to 6 decimals of
    an arc-second, areas to 2 decimals. `crowds` are those of the layer that the geometries are a part of.

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
        return rings.sum_rings(rings.sign * _split_areas(rings, projected, official_rounding=True)).round(2)
    if (len(rings.x) if crowds is None else crowds.total) < MANY_POINTS:
        return rings.sum_rings(rings.sign * _split_areas(rings, projected))
    return rings.sum_rings(rings.sign * _smooth_areas(rings, projected, crowds))


def crowds_of(geometries: Geometries | Rings, crs: CRS, projected: CRS) -> Crowds:
    """Return how many vertices there are, in all and in each cell of the plane of `projected`."""
    rings = _rings(geometries)
    counts = {middle: int(rings.lengths[inside].sum()) for middle, inside in rings_by_cell(rings, crs, projected)}
    return Crowds(len(rings.x), counts)


def rings_by_cell(rings: Rings, crs: CRS, projected: CRS) -> Iterator[tuple[tuple[float, float], Integers]]:
    """Yield the middle of each cell of the plane of `projected`, and the rings that begin in it."""
    first = rings.starts()
    x, y = convert(rings.x[first], rings.y[first], crs, projected)
    begins = Rings(x, y, np.ones_like(rings.lengths), rings.sign, rings.feature, rings.measurable)
    yield from _cells(begins, projected)


def trapezoid_areas(geometries: Geometries) -> Floats:
    """Return the areas in m² of geometries in degrees on CGCS2000 or WGS 84, one trapezoid per given edge.

    Edges follow straight lines in longitude and latitude as closely as the trapezoid formula does: exact
    along meridians and parallels (map sheets). Raises GeometryError across the antimeridian or a pole.
    """
    rings = rings_of(geometries)
    return rings.sum_rings(rings.sign * np.abs(_trapezoids(rings, rings.x[rings.starts()])))


def geodesic_areas(geometries: Geometries | Rings, crs: CRS) -> Floats:
    """Return the areas in m² with edges as geodesics of CGCS2000; see `geoplan.geodesics`.

    Raises CrsError if the datum of `crs` cannot be changed, GeometryError across the antimeridian or a pole.
    """
    return _geodesic(_rings(geometries), crs)[0]


def planar_areas(geometries: Geometries | Rings, crs: CRS, projected: CRS) -> Floats:
    """Return the areas in m² in the plane of `projected`; `geoplan.crs.fitness` says how far they are off.

    Raises CrsError if `projected` is not a projected CRS or the datum of `crs` cannot be changed.
    """
    require_projected(projected)
    rings = _rings(geometries)
    rings = rings.moved(*convert(rings.x, rings.y, crs, projected))
    return rings.planar() * metres_per_unit(projected) ** 2


def perimeters(geometries: Geometries | Rings, crs: CRS) -> Floats:
    """Return the lengths in m of all rings, exteriors and holes, with edges as geodesics of CGCS2000.

    Raises CrsError if the datum of `crs` cannot be changed, GeometryError across the antimeridian or a pole.
    """
    return _geodesic(_rings(geometries), crs)[1]


def piece_areas(geometries: Geometries, crs: CRS) -> Floats:
    """Return the areas in m² of pieces (overlaps, gaps) whose edges are straight as stored in `crs`.

    The area in stored coordinates, which is exact, times the area on the CGCS2000 ellipsoid of one
    square unit at the piece's centroid: within 1e-8 up to 1 km and 1e-7 up to 5 km, however thin.
    Pieces over 5 km across are split along their stored edges and measured with the trapezoid
    formula (within 1e-7, or 1e-5 m² for thin ones). No datum change is involved: degrees are those
    of the CRS's own datum. Within 11 km of a pole the result is NaN.
    Raises GeometryError for a polygon across the antimeridian or around a pole.
    """
    rings = rings_of(geometries)
    if crs.is_geographic:
        rings = on_globe(rings)
    array = np.asarray(geometries, dtype=object)
    frames = metres_jacobian(crs, *_centres(array))
    areas: Floats = rings.planar() * determinants(frames)
    large = _extents(array, frames) > LOCAL_M
    if large.any():
        only_large = np.where(large, array, np.array(None, dtype=object))
        areas[large] = _large_areas(rings_of(only_large), crs, frames)[large]
    return areas


def local_metres(geometries: Geometries, crs: CRS) -> NDArray[np.object_]:
    """Return each geometry mapped by its own affine map to metres east and north of its own centroid.

    Straight stays straight, and areas agree with `piece_areas` for pieces up to 5 km. The map is the
    Jacobian of the CRS at the centroid, so lengths, angles and widths are right near it. None and
    empty stay; a geometry outside the range of the CRS gets infinite coordinates.
    """
    array = np.asarray(geometries, dtype=object)
    centre_x, centre_y = _centres(array)
    frames = metres_jacobian(crs, centre_x, centre_y)
    flat = np.asarray(shapely.force_2d(array), dtype=object).copy()
    coordinates, index = shapely.get_coordinates(flat, return_index=True)
    offsets = _finite(coordinates) - np.column_stack((centre_x, centre_y))[index]
    metres = np.einsum("nij,nj->ni", frames[index], offsets)
    metres[~np.isfinite(metres)] = np.inf  # NaN would leave rings unclosed
    return np.asarray(shapely.set_coordinates(flat, metres), dtype=object)


def widths(geometries: Geometries, crs: CRS) -> Floats:
    """Return the widths in m of pieces: the diameter of the largest circle inside, within 1 %.

    The circle's radius r is where the piece, shrunk by r, vanishes. It is found by halving between
    two proven bounds: r² ≤ A/π, and A ≤ r·P + π·r²·max(holes − parts, 0), because the outline of a
    shrinking polygon grows only at holes. Shrinking copes with pieces 10 km × 0.1 mm, on which a
    search for the circle's centre must visit a cell per width. NaN for None, empty and non-polygonal.
    """
    local = local_metres(geometries, crs)
    rings = rings_of(local)
    area = rings.planar()
    result = np.where(np.isnan(area), np.nan, 0.0)
    solid = np.flatnonzero(area > 0)
    area, perimeter = area[solid], shapely.length(local[solid])
    extra = np.maximum(-rings.sum_rings(rings.sign)[solid], 0.0)
    low = 2 * area / (perimeter + np.sqrt(perimeter**2 + 4 * np.pi * extra * area))
    result[solid] = 2 * _inradii(local[solid], low, np.sqrt(area / np.pi))
    return result


def _rings(geometries: Geometries | Rings) -> Rings:
    return geometries if isinstance(geometries, Rings) else rings_of(geometries)


def _geodesic(rings: Rings, crs: CRS) -> tuple[Floats, Floats]:
    """Return areas and perimeters with edges as geodesics, refused if they cross the antimeridian."""
    areas, lengths = geodesic_rings(on_globe(rings.moved(*convert(rings.x, rings.y, crs, CGCS2000))))
    return rings.sum_rings(rings.sign * areas), rings.sum_rings(lengths)


def _trapezoids(rings: Rings, reference: Floats) -> Floats:
    """Return the signed area in m² of each ring in degrees; `reference` is a meridian near each ring."""
    rings = on_globe(rings)
    lon = rings.x - reference[rings.ring]
    return rings.sum_edges(ellipsoid.trapezoids(lon[:-1], rings.y[:-1], lon[1:], rings.y[1:]))


def _split_areas(rings: Rings, crs: CRS, *, official_rounding: bool = False) -> Floats:
    """Return the area in m² of each ring stored in the plane of `crs`, its edges split there at 70 m."""
    unit = metres_per_unit(crs)
    parts = _parts(rings, np.diff(rings.x) * unit, np.diff(rings.y) * unit)
    return _trapezoid_areas(rings, parts, crs, official_rounding=official_rounding)


def _trapezoid_areas(rings: Rings, parts: Integers, crs: CRS, *, official_rounding: bool = False) -> Floats:
    """Return the area in m² of each ring stored in `crs`, its edges split there into `parts`."""
    total = np.zeros(len(rings.feature))
    first = rings.starts()
    reference, _ = to_degrees(rings.x[first], rings.y[first], crs)
    for run in split(rings, parts, 6 if official_rounding else None):
        lon, lat = to_degrees(run.x, run.y, crs)
        if official_rounding:
            lon, lat = (lon * 3600).round(6) / 3600, (lat * 3600).round(6) / 3600
        total += _trapezoids(run.moved(lon, lat), reference)
    return np.abs(total)


def _cells(rings: Rings, crs: CRS) -> Iterator[tuple[tuple[float, float], Integers]]:
    """Yield the middle of each cell of the plane of `crs`, and the rings that begin in it."""
    first = rings.starts()
    places = np.column_stack([rings.x[first], rings.y[first]] * 2)
    for x, y, inside in smooth.cells(places, CELL_M / metres_per_unit(crs)):
        yield (x, y), inside


def _smooth_areas(rings: Rings, crs: CRS, crowds: Crowds | None) -> Floats:
    """Return the same as `_split_areas`, with polynomials for the way back to the ellipsoid where many rings lie."""
    unit = metres_per_unit(crs)
    reach = CELL_REACH_M / unit

    def undone(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = to_degrees(x, y, crs)
        return np.radians(lon), ellipsoid.equal_area(lat)

    areas = np.full(len(rings.lengths), np.nan)
    for (x, y), inside in _cells(rings, crs):
        many = int(rings.lengths[inside].sum()) >= MANY_POINTS if crowds is None else crowds.many(x, y)
        cell = smooth.fit(undone, x, y, reach, smooth.ROUNDING_RAD) if many else None
        if cell is not None:
            for some, places in _runs(rings, inside):
                for block, which in some.blocks():
                    areas[places[which]] = _cell_areas(block, cell, unit)
    left = np.flatnonzero(np.isnan(areas))
    if len(left):
        areas[left] = _split_areas(rings.taken(left), crs)
    return areas


def _runs(rings: Rings, chosen: Integers) -> Iterator[tuple[Rings, Integers]]:
    """Yield the chosen rings, and which they are, without copying many of them at a time."""
    if len(chosen) == len(rings.lengths):
        yield rings, chosen
        return
    run = np.cumsum(rings.lengths[chosen]) // _COPIED_POINTS
    for places in np.split(chosen, np.flatnonzero(np.diff(run)) + 1):
        yield rings.taken(places), places


def _cell_areas(rings: Rings, cell: smooth.Cell, unit: float) -> Floats:
    """Return the area in m² of each ring by a cell's polynomials, NaN where the ring leaves the cell."""
    parts = _parts(rings, np.diff(rings.x) * unit, np.diff(rings.y) * unit)
    # A block is small, so what is split comes in one run.
    whole = rings if parts.max(initial=1) == 1 else next(split(rings, parts))
    first = whole.starts()
    lon, area = cell.values(whole.x, whole.y)
    lon -= np.repeat(lon[first], whole.lengths)
    area -= np.repeat(area[first], whole.lengths)
    doubled = whole.sum_edges(lon[:-1] * area[1:] - lon[1:] * area[:-1])
    outside = ~((np.abs(whole.x - cell.x) <= cell.reach) & (np.abs(whole.y - cell.y) <= cell.reach))
    result = ellipsoid.SEMI_MINOR_M**2 / 2.0 * np.abs(doubled)
    if outside.any():
        result[np.add.reduceat(outside, first, dtype=np.int64) > 0] = np.nan
    return result


def _parts(rings: Rings, step_x: Floats, step_y: Floats) -> Integers:
    """Return the number of parts of the step after each vertex, given the steps in metres."""
    length = np.hypot(step_x, step_y)
    length[rings.bridges()] = 0.0
    if not (length > SPLIT_M).any():
        return np.ones(len(rings.x), np.int64)
    # NaN, or half round the globe, is a coordinate of another system: its area is NaN, and one part will do.
    wanted = np.where((length > SPLIT_M) & (length < 2e7), length // SPLIT_M + 1, 1)
    return np.append(wanted, 1)[: len(rings.x)].astype(np.int64)


def _large_areas(rings: Rings, crs: CRS, frames: Floats) -> Floats:
    """Return the areas of pieces too large for one local scale, split at about 70 m along stored edges."""
    steps = np.column_stack((np.diff(rings.x), np.diff(rings.y)))
    metres = np.einsum("nij,nj->ni", frames[rings.feature[rings.ring[:-1]]], steps)
    parts = _parts(rings, metres[:, 0], metres[:, 1])
    return rings.sum_rings(rings.sign * _trapezoid_areas(rings, parts, crs))


def _centres(array: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return the centroids, NaN for None, empty and geometry with an infinite coordinate."""
    known = np.isfinite(shapely.bounds(array)).all(axis=1)  # GEOS throws at infinities, and at x of an empty point
    centroids = shapely.centroid(np.where(known, array, np.array(None, dtype=object)))
    return shapely.get_x(centroids), shapely.get_y(centroids)


def _extents(array: NDArray[np.object_], frames: Floats) -> Floats:
    """Return an upper estimate in metres of how far each geometry reaches across."""
    bounds = _finite(shapely.bounds(array))
    size = bounds[:, 2:] - bounds[:, :2]
    return np.asarray(np.linalg.norm(np.einsum("nij,nj->ni", np.abs(frames), size), axis=1))


def _finite(values: Floats) -> Floats:
    """Return the values with infinities as NaN, which numpy subtracts without a warning."""
    return np.where(np.isfinite(values), values, np.nan)


def _inradii(polygons: NDArray[np.object_], low: Floats, high: Floats) -> Floats:
    """Return the inradius of each polygon by halving the ratio between two bounds until they agree to 0.2 %.

    GEOS calls some shrunk polygons empty that are not, and leaves remainders that should have vanished
    or lie outside (libgeos #984, #1208; JTS #472). The former is confined to rings of up to nine
    vertices, so there are made to be more; the latter shows when no circle of nearly the radius fits
    round a point of the remainder.
    """
    polygons = shapely.segmentize(polygons, shapely.length(polygons) / 16)
    outlines = shapely.boundary(polygons)
    low, high = low * (1 - 1e-9), high * (1 + 1e-9)
    undecided = np.flatnonzero(high > low * WIDTH_RATIO)
    while undecided.size:
        middle = np.sqrt(low[undecided] * high[undecided])
        reach = spread(_circles, polygons[undecided], outlines[undecided], middle, chunk=_SHRUNK_AT_A_TIME)
        holds = reach >= middle * 0.998
        low[undecided] = np.maximum(low[undecided], np.where(holds, np.maximum(middle, reach), reach))
        high[undecided] = np.where(holds, np.maximum(high[undecided], low[undecided]), middle)
        undecided = undecided[high[undecided] > low[undecided] * WIDTH_RATIO]
    return np.sqrt(low * high)


def _circles(polygons: NDArray[np.object_], outlines: NDArray[np.object_], by: Floats) -> Floats:
    """Return the radius of a circle that does fit into each polygon, around a point left of it when it is shrunk."""
    # 16 segments per quadrant keep the round corners of the shrunk outline within 0.13 % of r.
    inside = shapely.point_on_surface(shapely.buffer(polygons, -by, quad_segs=16))
    real = shapely.intersects(inside, polygons)
    return np.where(real, shapely.distance(inside, outlines), 0.0)


def _require_our_datum(crs: CRS) -> None:
    if not is_cgcs2000_or_wgs84(crs):
        raise CrsError(
            Text(
                f"Ellipsoidal areas are defined on CGCS2000; {code_of(crs)} is on another datum.",
                f"图斑椭球面积以 CGCS2000 为基准，{code_of(crs)} 属于其他基准。",
            ),
            hint=Text("Use a CGCS2000 code such as EPSG:4548.", "请使用 CGCS2000 代码，如 EPSG:4548。"),
        )
