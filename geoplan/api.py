"""The Python API: a GeoDataFrame, a file, a layer or a plan in, values out.

>>> import geoplan
>>> plan = geoplan.load_plan("ustc-silicon-valley")
>>> result = geoplan.check(plan)
>>> result.passed
True
>>> f"{result.measurement.total_m2 / 1e6:.2f} km²"
'8.22 km²'
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from geoplan.errors import UsageError
from geoplan.plan import Plan
from geoplan.read import read_zones
from geoplan.result import CheckResult, Measurement
from geoplan.types import AreaMethod, Text, Tolerance
from geoplan.workflow import FileOptions, check_layer, measure_layer, open_plan, own_zones
from geoplan.zones import ZoneLayer

if TYPE_CHECKING:
    import geopandas

    Polygons: TypeAlias = geopandas.GeoDataFrame | ZoneLayer | str | Path


def measure(
    zones: Polygons | Plan,
    *,
    method: AreaMethod | str | None = None,
    projected: str | None = None,
    official_rounding: bool = False,
    id_field: str | None = None,
) -> Measurement:
    """Return the areas of polygons by all three methods, in m², with shares of the total by `method`.

    `zones` is a GeoDataFrame, a ZoneLayer, the path of a file, or a plan (its own zones layer).
    `projected` is the CRS in whose plane edges are straight; by default the usual one of the place.
    Raises MissingCrsError without a CRS, CrsError when `projected` is off by more than 1 % there,
    InputError for a file that cannot be read, UsageError for an unknown method or a plan without boundaries.

    >>> import geopandas, geoplan
    >>> from shapely import box
    >>> square = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[box(5e5, 35e5, 501e3, 3501e3)], crs=4548)
    >>> measured = geoplan.measure(square)
    >>> round(measured.zones[0].planar_m2), round(measured.zones[0].ellipsoidal_m2)
    (1000000, 1000000)
    """
    plan = zones if isinstance(zones, Plan) else None
    layer = own_zones(zones) if isinstance(zones, Plan) else _layer(zones)
    return measure_layer(
        layer,
        plan=plan,
        method=_method(method),
        projected=projected,
        official_rounding=official_rounding,
        id_field=id_field,
    )


def check(
    zones: Polygons | Plan,
    *,
    plan: Plan | None = None,
    tolerance: Tolerance | None = None,
    id_field: str | None = None,
) -> CheckResult:
    """Return the result of all checks, of a plan's own zones, of others as that plan's, or of any polygons.

    `zones` is a plan, or polygons as for `measure`. With `plan` they are checked as that plan's zones;
    without one by the checks that need no plan, with `tolerance`. Errors as for `measure`; findings
    are values in the result, never errors.

    >>> import geopandas, geoplan
    >>> from shapely import box
    >>> squares = [box(5e5, 35e5, 500100, 3500100), box(500090, 35e5, 500200, 3500100)]
    >>> layer = geopandas.GeoDataFrame({"id": ["a", "b"]}, geometry=squares, crs="EPSG:4548")
    >>> [(finding.check, finding.zones, round(finding.area_m2)) for finding in geoplan.check(layer).failing]
    [('overlap', ('a', 'b'), 1000)]
    """
    if isinstance(zones, Plan):
        return open_plan(zones, id_field=id_field).result
    if plan is not None:
        if tolerance is not None:
            raise UsageError(Text("a plan has its own tolerance.", "规划自有容差设置。"))
        return open_plan(plan, zones=_layer(zones), id_field=id_field).result
    options = FileOptions(tolerance=tolerance) if tolerance is not None else None
    return check_layer(_layer(zones), options, id_field=id_field)


def _layer(zones: Polygons) -> ZoneLayer:
    if isinstance(zones, ZoneLayer):
        return zones
    return read_zones(zones) if isinstance(zones, str | Path) else ZoneLayer.from_frame(zones)


def _method(method: AreaMethod | str | None) -> AreaMethod | None:
    try:
        return None if method is None else AreaMethod(method)
    except ValueError:
        allowed = ", ".join(AreaMethod)
        raise UsageError(
            Text(f"there is no method “{method}”.", f"没有方法“{method}”。"),
            hint=Text(f"Allowed: {allowed}.", f"可用：{allowed}。"),
        ) from None
