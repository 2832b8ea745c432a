"""The plan's place, prepared so that many readings can be held against it quickly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection

from geoplan.crs import Bounds, default_projected, project, same_crs, to_degrees, to_lonlat
from geoplan.crs_verdict.readings import degrees_crs
from geoplan.ellipsoid import Floats

NEAR_M = 30_000.0  # how far from the plan a feature may lie; neighbouring central meridians are 280 km apart
_DEGREE_M = 111_320.0
_GROUPS, _IN_GROUP = 8, 50
_POLYGON = shapely.GeometryType.POLYGON
_PART = 20_000  # zones whose vertices are looked at at a time
_RUN = 32  # segments of a boundary that are one in the index: a city has tens of millions
_MANY = 2000  # zones, from which on the degrees around them are those around the box of them all
_NODES = 33  # along each side of that box
_GOLDEN, _SILVER = 2.399963229728653, 0.41421356237309515  # directions (radians) and lengths that never repeat


@dataclass(frozen=True, slots=True)
class Site:
    """What a plan knows about its place.

    `target` is the CRS a file's geometry is wanted in. `zones` are the current boundaries in `zones_crs`, None
    without any, and `accuracy_m` says how far off the worst of them may be (None: unknown). `extent`
    is (west, south, east, north) in degrees around everything the plan knows the place of.
    """

    target: CRS
    zones: NDArray[np.object_] | None = None
    zones_crs: CRS | None = None
    accuracy_m: float | None = None
    extent: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """A site in the plane its distances are measured in.

    `bounds` are the degrees (west, south, east, north) around the plan, `onto` leads from degrees to a plane in metres,
    the CRS usually measured in at the place. `zones` are the current boundaries in it, with their `edges` as an index
    of runs of some segments (None without current zones), `area` in m².
    """

    bounds: Bounds
    onto: Transformer
    zones: shapely.STRtree | None
    edges: shapely.STRtree | None
    area: float
    accuracy_m: float | None

    @classmethod
    def of(cls, site: Site | None) -> Ground | None:
        """Return the ground of a site, None when nothing is known about the place."""
        if site is None:
            return None
        zones = np.empty(0, dtype=object) if site.zones is None else np.asarray(site.zones, dtype=object)
        crs = site.zones_crs or site.target
        known = [box for box in (bounds_in_degrees(zones, crs), site.extent) if box is not None]
        if not known:
            return None
        west, south = np.min(known, axis=0)[:2].tolist()
        east, north = np.max(known, axis=0)[2:].tolist()
        plane = default_projected((west + east) / 2, (south + north) / 2)
        placed = zones if same_crs(crs, plane) else project(to_lonlat(zones, crs), degrees_crs(), plane)
        return cls._of((west, south, east, north), plane, placed, site.accuracy_m)

    @classmethod
    def _of(cls, bounds: Bounds, plane: CRS, placed: NDArray[np.object_], accuracy_m: float | None) -> Ground:
        onto = Transformer.from_crs(degrees_crs(), plane, always_xy=True)
        placed = placed[np.isfinite(shapely.bounds(placed)).all(axis=1)]
        if not len(placed):
            return cls(bounds, onto, None, None, 0.0, accuracy_m)
        area = float(shapely.area(placed).sum())
        return cls(bounds, onto, shapely.STRtree(placed), shapely.STRtree(_runs(placed)), area, accuracy_m)

    def corners(self, most: int) -> Floats | None:
        """Return the distinct vertices of the current boundaries, None where there are none or more than `most`."""
        if self.zones is None:
            return None
        found, rest = np.empty((0, 2)), self.zones.geometries
        while len(rest) and len(found) <= most:  # of a city a part is enough to know that there are too many
            found = np.unique(np.vstack([found, shapely.get_coordinates(rest[:_PART])]), axis=0)
            rest = rest[_PART:]
        return found if 0 < len(found) <= most else None

    def near(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Return which places lie within 30 km of the plan; NaN does not."""
        west, south, east, north = self.bounds
        up = NEAR_M / _DEGREE_M
        across = up / max(np.cos(np.radians((south + north) / 2)), 0.01)
        return np.asarray((lon >= west - across) & (lon <= east + across) & (lat >= south - up) & (lat <= north + up))

    def metres(self, lon: Floats, lat: Floats) -> Floats:
        """Return places in the plane, shape (n, 2)."""
        return np.column_stack(self.onto.transform(lon, lat))

    def distances(self, points: Floats) -> Floats:
        """Return for points of the plane the metres to the nearest current boundary, infinite without one."""
        found = np.full(len(points), np.inf)
        known = np.isfinite(points).all(axis=1)
        if self.edges is not None and known.any():
            (_, _), away = self.edges.query_nearest(
                shapely.points(points[known]), return_distance=True, all_matches=False
            )
            found[known] = away
        return found

    def covered(self, points: Floats) -> float:
        """Return the share of points of the plane that lie in a current zone (without any: in the plan's extent)."""
        known = points[np.isfinite(points).all(axis=1)]
        if not len(known):
            return 0.0
        if self.zones is None:
            lon, lat = self.onto.transform(known[:, 0], known[:, 1], direction=TransformDirection.INVERSE)
            return float(self.near(lon, lat).sum()) / len(points)
        hit = self.zones.query(shapely.points(known), predicate="intersects")[0]
        return len(np.unique(hit)) / len(points)

    def chance(self, points: Floats, radius: float) -> float:
        """Return the share of points that would lie within `radius` of a current boundary by chance.

        The points are moved by 150 to 1,200 m (further for a large radius) in spread directions, at least eight
        times and until 400 have been tried, in eight groups. The largest share of a group is taken, so that it knows
        how dense the boundaries are, and how regular.
        """
        trials = max(_GROUPS, int(np.ceil(_GROUPS * _IN_GROUP / max(len(points), 1))))
        trial = np.arange(trials)
        length, angle = np.maximum(150.0 + 1050.0 * (trial * _SILVER % 1), 10 * radius), 1.0 + trial * _GOLDEN
        moves = length[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        hits = self.distances((points[None] + moves[:, None]).reshape(-1, 2)) <= radius
        per_trial = hits.reshape(trials, -1).mean(axis=1)
        return float(max(per_trial[group::_GROUPS].mean() for group in range(_GROUPS)))


def bounds_in_degrees(zones: NDArray[np.object_], crs: CRS) -> Bounds | None:
    """Return (west, south, east, north) around zones, those without a place left out; None when none has one.

    Around many zones the sides of the box of all of them are taken to degrees: at a city's size a meridian bends by
    less than a hair's breadth of the 30 km that count as near.
    """
    boxes = shapely.bounds(zones).reshape(-1, 4)
    if crs.is_projected and len(zones) > _MANY and np.isfinite(boxes).all():
        (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        x, y = np.linspace(west, east, _NODES), np.linspace(south, north, _NODES)
        x, y = np.meshgrid(x, y)
        lon, lat = to_degrees(x.ravel(), y.ravel(), crs)
        boxes = np.column_stack([lon, lat, lon, lat])
        if not np.isfinite(boxes).all():
            boxes = shapely.bounds(to_lonlat(zones, crs)).reshape(-1, 4)
    else:
        boxes = shapely.bounds(to_lonlat(zones, crs)).reshape(-1, 4)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _runs(placed: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the boundaries of polygons as lines of at most 32 segments each, every one of which is in one of them."""
    polygons = shapely.get_parts(placed) if (shapely.get_type_id(placed) != _POLYGON).any() else placed
    lines = shapely.get_rings(polygons)
    long = shapely.get_num_coordinates(lines) > _RUN + 1
    if not long.any():
        return np.asarray(lines, dtype=object)
    xy, line = shapely.get_coordinates(lines[long], return_index=True)
    first = np.searchsorted(line, line)  # where the line of each vertex begins
    place = np.arange(len(xy)) - first
    run = np.cumsum(place % _RUN == 0) - 1
    # A vertex at which a run begins ends the one before it as well.
    ends = np.flatnonzero((place % _RUN == 0) & (place > 0))
    order = np.argsort(np.concatenate([run, run[ends] - 1]), kind="stable")
    owner = np.concatenate([run, run[ends] - 1])[order]
    points = np.concatenate([xy, xy[ends]])[order]
    whole = np.bincount(owner)[owner] > 1  # the last vertex of a line may begin a run of its own
    return np.concatenate([lines[~long], shapely.linestrings(points[whole], indices=_counted(owner[whole]))])


def _counted(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ascending numbers without the ones that are missing."""
    return np.cumsum(np.concatenate([[0], np.diff(owner) != 0]))
