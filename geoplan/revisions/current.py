"""What a load is held against: the plan's current zones, from its store or its folder, and its place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from geoplan.crs import default_projected, norm_crs, project, same_crs, to_lonlat
from geoplan.crs_verdict import Site
from geoplan.current import opened_store, published_zones
from geoplan.plan import Plan, layer_path
from geoplan.read import read_facilities, read_zones
from geoplan.store import Revision
from geoplan.zones import ZoneLayer, polygonal

FOLDER = 0  # the number that stands for the zones in the plan folder, before there is any revision


@dataclass(frozen=True, slots=True)
class Current:
    """A plan's zones as they are now: those of `revision`, or those of the folder when it is None.

    `zones` is None when the plan has no boundary yet.
    """

    revision: Revision | None
    zones: ZoneLayer | None

    @property
    def number(self) -> int | None:
        """Return the number of the revision a publish builds on, None for the first."""
        return self.revision.number if self.revision else None

    @property
    def label(self) -> str:
        """Return how to call these zones in a report."""
        if self.revision is not None:
            return revision_label(self.revision.number)
        return revision_label(FOLDER) if self.zones is not None else "no boundaries yet"


def revision_label(number: int) -> str:
    """Return how to call a revision in a report."""
    return "the plan folder" if number == FOLDER else f"revision {number}"


def current_zones(plan: Plan, store: str | Path | None) -> Current:
    """Return the zones a plan has now; errors as for `published_zones` and `read_zones`."""
    published = published_zones(plan, None, store)
    if published is not None:
        return Current(published.revision, published.zones)
    return Current(None, folder_zones(plan))


def folder_zones(plan: Plan) -> ZoneLayer | None:
    """Return the zones in the plan folder, None when there are none."""
    path = layer_path(plan, "zones")
    return None if path is None else read_zones(path)


def zones_of(plan: Plan, number: int, store: str | Path | None) -> ZoneLayer | None:
    """Return the zones of a revision as stored, or those of the plan folder for 0 (None without any)."""
    if number == FOLDER:
        return folder_zones(plan)
    with opened_store(plan, store) as opened:
        return opened.zones(plan.id, number)


def site_of(plan: Plan, current: ZoneLayer | None) -> Site | None:
    """Return what the plan knows about its place, None when it knows nothing.

    With zones they are the place; without, the site boundary and the facilities are.
    """
    if current is not None:
        zones = current.geometry[polygonal(current.geometry)]
        target = target_crs(plan, current)
        return Site(target, zones, current.crs, _accuracy(plan), None) if target is not None and len(zones) else None
    extent = _extent(plan)
    if extent is None:
        return None
    middle = (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2
    return Site(_declared(plan) or default_projected(*middle), extent=extent)


def target_crs(plan: Plan, layer: ZoneLayer) -> CRS | None:
    """Return the projected CRS a plan's zones are stored in, for zones that lie where the layer does."""
    if (declared := _declared(plan)) is not None:
        return declared
    bounds = shapely.total_bounds(to_lonlat(layer.geometry[polygonal(layer.geometry)], layer.crs))
    if not np.isfinite(bounds).all():
        return None
    return default_projected(float(bounds[[0, 2]].mean()), float(bounds[[1, 3]].mean()))


def in_crs(layer: ZoneLayer, crs: CRS) -> ZoneLayer:
    """Return a layer in `crs`; one that is in it already as it is, to the last bit."""
    if same_crs(layer.crs, crs):
        return layer
    return ZoneLayer(project(layer.geometry, layer.crs, crs), crs, layer.fields, layer.source)


def _declared(plan: Plan) -> CRS | None:
    return norm_crs(plan.area.projected) if plan.area.projected else None


def _accuracy(plan: Plan) -> float | None:
    """Return how far off the worst boundary may be, None unless the plan says so of every zone."""
    stated = [zone.accuracy_m for zone in plan.zones]
    known = [value for value in stated if value is not None]
    return max(known) if known and len(known) == len(stated) else None


def _extent(plan: Plan) -> tuple[float, float, float, float] | None:
    bounds = []
    boundary, facilities = layer_path(plan, "boundary"), layer_path(plan, "facilities")
    if boundary is not None:
        found = read_zones(boundary)
        bounds.append(shapely.total_bounds(to_lonlat(found.geometry, found.crs)))
    if facilities is not None:
        bounds += [facility.point.bounds for facility in read_facilities(facilities) if facility.point is not None]
    known = [box for box in bounds if all(map(math.isfinite, box))]
    if not known:
        return None
    west, south = np.min(known, axis=0)[:2].tolist()
    east, north = np.max(known, axis=0)[2:].tolist()
    return west, south, east, north
