"""Small shapes, layers, plans and subjects, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.checks.subject import Subject
from geoplan.crs import norm_crs
from geoplan.match import match_zones
from geoplan.plan import Plan
from geoplan.types import AreaMethod, Facility, Tolerance
from geoplan.zones import ZoneLayer

# A place near Hefei in EPSG:4548, so that the shapes of a test lie where the CRS is at home.
EAST, NORTH = 518_000.0, 3_521_000.0


def rectangle(x: float, y: float, width: float, height: float) -> Polygon:
    """Return a rectangle from its south-west corner, counter-clockwise, in whatever units the CRS has."""
    return Polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def square(x: float, y: float, size: float) -> Polygon:
    """Return a square from its south-west corner, counter-clockwise, in whatever units the CRS has."""
    return rectangle(x, y, size, size)


def make_layer(
    geometries: Sequence[BaseGeometry | None],
    *,
    ids: Sequence[object] | None = None,
    crs: object = "EPSG:4548",
    **fields: Sequence[object],
) -> ZoneLayer:
    """Return a layer with the ids "a", "b", … unless they are given, and any other fields."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    keys = ids if ids is not None else [chr(ord("a") + place) for place in range(len(geometries))]
    columns: dict[str, Any] = {"id": keys, **fields}
    return ZoneLayer(
        array, norm_crs(crs), {name: np.array(list(values), dtype=object) for name, values in columns.items()}
    )


def make_plan(**tables: Any) -> Plan:
    """Return a plan with the tables given (as in plan.toml), and no more than it needs besides."""
    return Plan.model_validate({"format": 1, "id": "test", "name": "Test", "status": "draft"} | tables)


def make_subject(
    zones: ZoneLayer | Sequence[BaseGeometry | None],
    *,
    plan: Plan | None = None,
    id_field: str | None = None,
    crs: object = "EPSG:4548",
    projected: object = "EPSG:4548",
    tolerance: Tolerance | None = None,
    boundary: BaseGeometry | None = None,
    facilities: Sequence[Facility] = (),
    method: AreaMethod = AreaMethod.ELLIPSOIDAL,
) -> Subject:
    """Return a subject of a layer, or of polygons (in `crs`, named "a", "b", …), matched to the plan."""
    layer = zones if isinstance(zones, ZoneLayer) else make_layer(zones, crs=crs)
    return Subject(
        layer=layer,
        matching=match_zones(layer, plan, id_field=id_field),
        projected=norm_crs(projected),
        tolerance=tolerance or (plan.tolerance if plan else Tolerance()),
        method=method,
        plan=plan,
        boundary=boundary,
        facilities=tuple(facilities),
    )
