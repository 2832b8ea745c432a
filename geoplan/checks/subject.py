"""What the checks look at: one layer with everything about it that more than one check needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.area import Areas, ellipsoidal_areas, geodesic_areas, measure_areas, planar_areas, widths
from geoplan.coverage import Coverage, analyse
from geoplan.crs import coordinates_outside, metres_jacobian, outside_range
from geoplan.edges import Edges, match_edges
from geoplan.match import Matching
from geoplan.parallel import spread
from geoplan.plan import Plan
from geoplan.rings import Rings
from geoplan.shapes import RingShapes, rings_in
from geoplan.types import AreaMethod, Facility, Text, Tolerance, ZoneId
from geoplan.zones import ZoneLayer, polygonal

_MANY = 2000  # features, from which on a second thread is worth its while


class NamesByLabel(Mapping[ZoneId, Text]):
    """The names of declared zones and of features by label; a feature's goes before that of its zone."""

    def __init__(self, declared: Mapping[ZoneId, Text], matching: Matching) -> None:
        """Keep what names are looked up in."""
        self._declared, self._names = declared, matching.names
        self._places = dict(zip(matching.labels, range(len(matching.labels)), strict=True))

    def __getitem__(self, label: ZoneId) -> Text:
        place = self._places.get(label)
        return self._declared[label] if place is None else self._names[place]

    def __iter__(self) -> Iterator[ZoneId]:
        yield from self._declared
        yield from (label for label in self._places if label not in self._declared)

    def __len__(self) -> int:
        return len(self._places.keys() | self._declared.keys())


@dataclass(frozen=True)
class Subject:
    """A layer under check: as stored, matched to the plan's zones, with areas and coverage on demand.

    `projected` is the CRS whose plane the areas are measured in; `boundary` is the site, in the
    layer's CRS; `facilities` have lon/lat points. `plan` is None for a file checked on its own.
    """

    layer: ZoneLayer
    matching: Matching
    projected: CRS
    tolerance: Tolerance = field(default_factory=Tolerance)
    method: AreaMethod = AreaMethod.ELLIPSOIDAL
    official_rounding: bool = False
    plan: Plan | None = None
    boundary: BaseGeometry | None = None
    facilities: tuple[Facility, ...] = ()

    @property
    def labels(self) -> tuple[ZoneId, ...]:
        """Return one label per feature, as findings name it."""
        return self.matching.labels

    @cached_property
    def names(self) -> Mapping[ZoneId, Text]:
        """Return the names of the features and of all declared zones, by label."""
        declared = {zone.id: zone.name for zone in self.plan.zones} if self.plan else {}
        return NamesByLabel(declared, self.matching)

    def name(self, label: ZoneId) -> Text:
        """Return how to call a zone in a sentence."""
        return self.names.get(label, Text.same(label))

    def feature(self, place: int) -> Text:
        """Return how to call one feature so that it is found in its file: its name and its 1-based number."""
        name, number = self.name(self.labels[place]), place + 1
        if name == Text.same(f"#{number}"):
            return Text(f"Feature {number}", f"第 {number} 个要素")
        return Text(f"{name.en} (feature {number})", f"{name.zh}（第 {number} 个要素）")

    @cached_property
    def polygonal(self) -> NDArray[np.bool_]:
        """Return per feature whether it is a polygon or multi-polygon and not empty."""
        return polygonal(self.layer.geometry)

    @cached_property
    def valid(self) -> NDArray[np.bool_]:
        """Return per feature whether it is valid; what is not polygonal counts as valid."""
        if not self._at_hand:
            return spread(shapely.is_valid, self.layer.geometry) | ~self.polygonal
        rings = self._stored
        valid = np.zeros(len(self.layer), dtype=np.bool_)
        valid[rings.feature[rings.stars != 0]] = True  # a ring that is surely simple, if it is the only one
        valid &= np.bincount(rings.feature, minlength=len(valid)) == 1
        unsure = np.flatnonzero(~valid)
        valid[unsure] = spread(shapely.is_valid, np.asarray(self.layer.geometry[unsure]))
        return valid | ~self.polygonal

    @cached_property
    def in_numbers(self) -> NDArray[np.bool_]:
        """Return per feature whether it has coordinates, all of them finite."""
        geometry = self.layer.geometry
        usable: NDArray[np.bool_] = shapely.get_num_coordinates(geometry) > 0
        if self.polygonal.all() and np.isfinite(self._stored.x.sum() + self._stored.y.sum()):
            return usable
        coordinates, index = shapely.get_coordinates(geometry, return_index=True)
        usable[index[~np.isfinite(coordinates).all(axis=1)]] = False
        return usable

    @cached_property
    def out_of_range(self) -> NDArray[np.bool_]:
        """Return per feature whether a coordinate cannot be of the layer's CRS."""
        if not self.polygonal.all():
            return outside_range(self.layer.geometry, self.layer.crs)
        flags = np.zeros(len(self.layer), dtype=np.bool_)
        stray = np.flatnonzero(coordinates_outside(self._stored.x, self._stored.y, self.layer.crs))
        if len(stray):
            flags[self._stored.feature[self._stored.ring[stray]]] = True
        return flags

    @cached_property
    def solid(self) -> NDArray[Any]:
        """Return the polygons that can be measured and compared: valid, polygonal, in range; else None.

        An invalid polygon stands here in its valid form (`geometry-valid` has told of it).
        """
        geometry: Any = self.layer.geometry
        unfit = ~self.polygonal | self.out_of_range
        places = np.flatnonzero(unfit | ~self.valid)
        mended = np.full(len(places), None, dtype=object)
        for at, place in enumerate(places.tolist()):
            if not unfit[place]:
                mended[at] = _polygons_of(shapely.make_valid(geometry[place], method="structure"))
        mended[~polygonal(mended)] = None
        if isinstance(geometry, RingShapes):
            return cast("NDArray[Any]", geometry.replaced(places, mended))
        solid: NDArray[Any] = geometry.copy()
        solid[places] = mended
        return solid

    @property
    def _at_hand(self) -> bool:
        """Return whether the shapes are here, and not with workers that answer for them."""
        geometry: object = self.layer.geometry
        return isinstance(geometry, np.ndarray | RingShapes)

    @cached_property
    def _stored(self) -> Rings:
        """Return the rings of the layer's polygons as they are stored."""
        return rings_in(self.layer.geometry)

    @cached_property
    def rings(self) -> Rings:
        """Return the rings of `solid`."""
        as_stored = self.polygonal.all() and self.valid.all() and not self.out_of_range.any()
        return self._stored if as_stored else rings_in(self.solid)

    @cached_property
    def edges(self) -> Edges:
        """Return the edges of `solid`, matched."""
        return match_edges(self.rings)

    def look_ahead(self) -> None:
        """Find by two threads what every check of a large layer needs: edges matched beside validity and areas.

        What is found is the same as when it is asked for one by one. Edges matched in vain, because a polygon is
        not valid, are matched again.
        """
        if len(self.layer) < _MANY or not self._at_hand:
            return
        with ThreadPoolExecutor(1) as pool:
            edges = pool.submit(match_edges, self._stored)
            if self.rings is self._stored:
                _ = self.areas.ellipsoidal_m2
                self.__dict__["edges"] = edges.result()

    @property
    def measurable(self) -> int:
        """Return how many features are in `solid`."""
        return int(np.count_nonzero(~shapely.is_missing(self.solid)))

    @cached_property
    def areas(self) -> Areas:
        """Return the areas of `solid` by all methods, NaN where there is none."""
        return measure_areas(self.rings, self.layer.crs, self.projected, official_rounding=self.official_rounding)

    @cached_property
    def area_m2(self) -> NDArray[np.float64]:
        """Return one area per feature in m² by the chosen method, NaN where there is none."""
        return self.areas.by(self.method)

    def measure(self, geometries: NDArray[Any]) -> NDArray[np.float64]:
        """Return areas in m² of other polygons of the layer (parts of zones), by the chosen method."""
        if self.method is AreaMethod.GEODESIC:
            return geodesic_areas(geometries, self.layer.crs)
        if self.method is AreaMethod.PLANAR:
            return planar_areas(geometries, self.layer.crs, self.projected)
        return ellipsoidal_areas(geometries, self.layer.crs, self.projected, official_rounding=self.official_rounding)

    def widths(self, pieces: NDArray[Any]) -> NDArray[np.float64]:
        """Return the widths in m of pieces in the layer's CRS, as `area.widths` does."""
        return widths(pieces, self.layer.crs)

    @cached_property
    def parts(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return the single polygons `solid` is made of, and for each the place of its feature."""
        solid: object = self.solid
        if isinstance(solid, RingShapes):
            shapes, of = solid.parts()
            return cast("NDArray[Any]", shapes), of
        single = shapely.get_type_id(self.solid) == shapely.GeometryType.POLYGON
        if (single | shapely.is_missing(self.solid)).all():
            return self.solid[single], np.flatnonzero(single)
        parts, places = shapely.get_parts(self.solid, return_index=True)
        there = ~shapely.is_empty(parts)  # a multi-polygon may hold empty ones, which are no parts of the plan
        return parts[there], places[there]

    def part(self, place: int, number: int) -> Text:
        """Return how to call one part of a feature: the feature alone when it has only one part."""
        name = self.feature(place)
        if np.count_nonzero(~shapely.is_empty(shapely.get_parts(self.solid[place]))) == 1:
            return name
        return Text(f"Part {number} of {name.en}", f"{name.zh}的第 {number} 部分")

    @cached_property
    def total_m2(self) -> float:
        """Return the sum of all areas in m² by the chosen method."""
        return float(np.nansum(self.area_m2))

    @cached_property
    def coverage(self) -> Coverage:
        """Return overlaps, gaps and unmatched vertices, exact in the coordinates as stored."""
        return analyse(self.solid, boundary=self.boundary, distance=self.reach, edges=self.edges)

    @cached_property
    def metres_per_unit(self) -> tuple[float, float]:
        """Return the metres in one unit of the layer's x axis and of its y axis, in the middle of `solid`."""
        present = self.solid[~shapely.is_missing(self.solid)]
        if not len(present):
            return 1.0, 1.0
        west, south, east, north = shapely.total_bounds(present)
        middle = np.array([(west + east) / 2]), np.array([(south + north) / 2])
        jacobian = metres_jacobian(self.layer.crs, *middle)[0]
        return float(np.hypot(*jacobian[:, 0])), float(np.hypot(*jacobian[:, 1]))

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Return the width tolerance in the layer's units, along x and along y."""
        per_x, per_y = self.metres_per_unit
        return self.tolerance.width_m / per_x, self.tolerance.width_m / per_y

    def subject_digest(self, *places: int) -> str:
        """Return the digest findings about these features (all of them, if none is named) hang on."""
        return self.layer.digest(places or None)


def _polygons_of(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry of any kind, as one geometry (empty if there are none)."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if len(parts) != 1 else parts[0]
