"""Opened plans with facilities, given in metres of EPSG:4548, for the tests of counts and service coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pyproj import Transformer
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geoplan.types import AreaMethod, Facility, Text, Tolerance
from geoplan.workflow import FileOptions, PlanView, check_layer
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, make_layer, make_plan

_TO_DEGREES = Transformer.from_crs(4548, 4490, always_xy=True)


def place(
    name: str,
    x: float,
    y: float,
    *,
    category: str = "school",
    accuracy_m: float | None = 0.0,
    zone: str | None = None,
) -> Facility:
    """Return a facility x metres east and y metres north of the corner all test zones are counted from."""
    lon, lat = _TO_DEGREES.transform(EAST + x, NORTH + y)
    return Facility(name, Text.same(name), category, Point(lon, lat), zone=zone, accuracy_m=accuracy_m)


def nowhere(name: str, *, category: str = "school", zone: str | None = None) -> Facility:
    """Return a facility that is listed and not located."""
    return Facility(name, Text.same(name), category, None, zone=zone)


def opened(
    boundaries: ZoneLayer | Sequence[BaseGeometry | None],
    /,
    *facilities: Facility,
    method: AreaMethod = AreaMethod.ELLIPSOIDAL,
    tolerance: Tolerance | None = None,
    **tables: Any,
) -> PlanView:
    """Return an opened plan with zones ("a", "b", … unless they are a layer) and the tables of plan.toml given."""
    layer = boundaries if isinstance(boundaries, ZoneLayer) else make_layer(boundaries)
    options = FileOptions(projected="EPSG:4548", method=method, tolerance=tolerance or Tolerance())
    plan = make_plan(**tables)
    return PlanView(plan, layer, check_layer(layer, options), tuple(facilities), (), ())


def without_boundaries(view: PlanView) -> PlanView:
    """Return an opened plan as it is while no boundary is published."""
    return replace(view, layer=None, result=replace(view.result, measurement=None))
