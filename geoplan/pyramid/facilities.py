"""Which facilities lie in which parcel of a fabric: only parcels that one lies in, or names, are ever read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geoplan.arrays import objects
from geoplan.crs import convert, coordinates_outside
from geoplan.facility_counts import FacilityCounts, count_facilities
from geoplan.ground import LONLAT
from geoplan.match import folded, known_names
from geoplan.plan import Plan
from geoplan.pyramid.fabric import Fabric
from geoplan.pyramid.view import FabricView
from geoplan.result import CheckResult, ZoneMeasure
from geoplan.types import AreaMethod, Facility
from geoplan.zones import ZoneLayer


@dataclass(frozen=True, slots=True)
class _Concerned:
    """A fabric's plan opened with the parcels alone that facilities have to do with."""

    plan: Plan
    layer: ZoneLayer
    result: CheckResult
    facilities: tuple[Facility, ...]


def fabric_counts(view: FabricView) -> FacilityCounts:
    """Return which facilities lie in which parcel, as `count_facilities` does of a plan opened whole.

    `zones` are the parcels that a facility lies in or says it does, in the order of the layer; no facility lies in
    any other.
    """
    fabric = view.fabric
    places = sorted({*_around(fabric, view.facilities), *_named(view)})
    geometry = objects(map(fabric.parcels.geometry, places))
    measured = replace(fabric.measurement(), zones=tuple(_area(fabric, place) for place in places))
    return count_facilities(
        _Concerned(
            plan=view.plan,
            layer=ZoneLayer(geometry, fabric.crs),
            result=replace(view.result, measurement=measured),
            facilities=view.facilities,
        )
    )


def _around(fabric: Fabric, facilities: Sequence[Facility]) -> Iterable[int]:
    """Yield the parcels that facilities lie in, those of near places one after the other."""
    points = [facility.point for facility in facilities if facility.point is not None]
    lon, lat = (np.array([getattr(point, axis) for point in points], np.float64) for axis in ("x", "y"))
    x, y = convert(lon, lat, LONLAT, fabric.crs)
    usable = np.isfinite(x) & np.isfinite(y)
    usable[usable] &= ~coordinates_outside(x[usable], y[usable], fabric.crs)
    for at in fabric.parcels.at_many(x[usable], y[usable]):
        yield from at


def _named(view: FabricView) -> Iterable[int]:
    """Yield the parcels that facilities name, by id or as the plan calls the zone."""
    names, parcels = known_names(view.plan), view.fabric.parcels
    for said in {facility.zone for facility in view.facilities if facility.zone}:
        yield from parcels.places_of(said) or parcels.places_of(names.get(folded(said), said))


def _area(fabric: Fabric, place: int) -> ZoneMeasure:
    """Return the area of a parcel by the plan's method, and nothing that would have to be measured."""
    area, percent = (None if np.isnan(value) else float(value) for value in fabric.figures[place])
    row = ZoneMeasure(fabric.parcels.label(place), fabric.parcels.name(place), None, None, None, None, None, percent)
    method = AreaMethod(fabric.meta["method"])
    if method is AreaMethod.GEODESIC:
        return replace(row, geodesic_m2=area)
    if method is AreaMethod.PLANAR:
        return replace(row, planar_m2=area)
    return replace(row, ellipsoidal_m2=area)
