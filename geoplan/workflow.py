"""The use cases: check, measure and open a plan or a file. Paths and options in, values out; no printing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.checks import CHECKS, Subject, run_checks
from geoplan.crs import default_projected, norm_crs, outside_range, project, to_lonlat
from geoplan.errors import InputError
from geoplan.match import match_zones
from geoplan.measurement import measure_subject, require_fit
from geoplan.plan import Plan, layer_path, load_plan
from geoplan.plan.rules import BaseRule
from geoplan.read import read_facilities, read_features, read_indicators, read_zones
from geoplan.result import CheckResult, Measurement, PlanRef
from geoplan.types import AreaMethod, CheckRun, Facility, Indicator, Severity, Text, Tolerance
from geoplan.zones import ZoneLayer, polygonal


@dataclass(frozen=True, slots=True)
class Source:
    """Where polygons come from and how to read them: `layer` and `crs` as for `read_zones`."""

    path: Path
    layer: str | None = None
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What a check of a file without a plan can be told: the site `boundary`, extra or changed `rules`."""

    boundary: Path | None = None
    rules: tuple[BaseRule, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    method: AreaMethod = AreaMethod.ELLIPSOIDAL
    projected: str | None = None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan opened for looking at: everything its layers hold, and the result of its checks.

    `layer` is None when no boundary is published yet.
    """

    plan: Plan
    layer: ZoneLayer | None
    result: CheckResult
    facilities: tuple[Facility, ...]
    network: tuple[Facility, ...]
    indicators: tuple[Indicator, ...]


def open_plan(
    name: str | Path | Plan,
    *,
    zones: Source | ZoneLayer | None = None,
    id_field: str | None = None,
    fail_on: Severity = Severity.ERROR,
) -> PlanView:
    """Return a plan with its layers and the result of its checks.

    `zones` stands in for the plan's own zones layer; `id_field` names the field that says which zone a
    feature is. Raises PlanError for mistakes in plan.toml, InputError for a layer that cannot be read
    or lacks the field, CrsError for one whose CRS is unknown or unfit.
    """
    plan = name if isinstance(name, Plan) else load_plan(name)
    layer = _zones(plan, zones)
    facilities = _facilities(plan, "facilities")
    indicators = layer_path(plan, "indicators")
    return PlanView(
        plan=plan,
        layer=layer,
        result=_awaiting(plan, fail_on) if layer is None else _check(plan, layer, id_field, facilities, fail_on),
        facilities=facilities,
        network=_facilities(plan, "network"),
        indicators=read_indicators(indicators) if indicators is not None else (),
    )


def check_layer(
    layer: ZoneLayer,
    options: FileOptions | None = None,
    *,
    id_field: str | None = None,
    fail_on: Severity = Severity.ERROR,
) -> CheckResult:
    """Return the result of checking polygons that belong to no plan.

    Raises InputError for an unknown `id_field` or a boundary that cannot be used, CrsError for an
    unfit `projected` CRS.
    """
    chosen = options or FileOptions()
    subject = Subject(
        layer=layer,
        matching=match_zones(layer, None, id_field=id_field),
        projected=projected_for(layer, chosen.projected),
        tolerance=chosen.tolerance,
        method=chosen.method,
        boundary=_boundary(chosen.boundary, layer.crs) if chosen.boundary else None,
    )
    checked, findings = run_checks(subject, chosen.rules, {}, date.today())
    return CheckResult(
        plan=None,
        tolerance=chosen.tolerance,
        measurement=measure_subject(subject),
        checked=checked,
        findings=findings,
        crs=layer.crs,
        names=dict(subject.names),
        fail_on=fail_on,
    )


def measure_layer(
    layer: ZoneLayer,
    *,
    plan: Plan | None = None,
    method: AreaMethod | None = None,
    projected: str | None = None,
    official_rounding: bool = False,
    id_field: str | None = None,
) -> Measurement:
    """Return the areas of polygons by all three methods, the totals by `method` (the plan's, if not given).

    Raises CrsError when `projected` is unfit for the place, GeometryError across the antimeridian.
    """
    asked = projected or (plan.area.projected if plan else None)
    subject = Subject(
        layer=layer,
        matching=match_zones(layer, plan, id_field=id_field),
        projected=projected_for(layer, asked),
        method=method or (plan.area.method if plan else AreaMethod.ELLIPSOIDAL),
        official_rounding=official_rounding,
        plan=plan,
    )
    return measure_subject(subject)


def projected_for(layer: ZoneLayer, asked: str | None) -> CRS:
    """Return the projected CRS to measure a layer in: the one `asked` for if it is fit, else the usual one there.

    Raises CrsError when the one asked for is off by more than 1 % in area at the layer's place.
    """
    place = _middle(layer)
    if place is None:  # the checks tell what is wrong with the coordinates; there is nothing to measure
        return norm_crs(asked) if asked is not None else default_projected(0.0, 0.0)
    if asked is None:
        return default_projected(*place)
    return require_fit(norm_crs(asked), *place)


def _middle(layer: ZoneLayer) -> tuple[float, float] | None:
    """Return lon, lat of the middle of the layer: the median of its polygons, so that one astray does not count.

    None when no polygon has coordinates that can be of the layer's CRS.
    """
    usable = layer.geometry[polygonal(layer.geometry) & ~outside_range(layer.geometry, layer.crs)]
    if not len(usable):
        return None
    bounds = shapely.bounds(to_lonlat(usable, layer.crs))
    west, south, east, north = np.median(bounds, axis=0)
    return float((west + east) / 2), float((south + north) / 2)


def _zones(plan: Plan, given: Source | ZoneLayer | None) -> ZoneLayer | None:
    """Return the zones to look at: those given, else the plan's own, else None when none are published."""
    if isinstance(given, ZoneLayer):
        return given
    own = layer_path(plan, "zones")
    source = given or (Source(own) if own is not None else None)
    return None if source is None else read_zones(source.path, layer=source.layer, crs=source.crs)


def _check(
    plan: Plan, layer: ZoneLayer, id_field: str | None, facilities: tuple[Facility, ...], fail_on: Severity
) -> CheckResult:
    boundary = layer_path(plan, "boundary")
    subject = Subject(
        layer=layer,
        matching=match_zones(layer, plan, id_field=id_field),
        projected=projected_for(layer, plan.area.projected),
        tolerance=plan.tolerance,
        method=plan.area.method,
        plan=plan,
        boundary=_boundary(boundary, layer.crs) if boundary else None,
        facilities=facilities,
    )
    checked, findings = run_checks(subject, plan.rules, plan.acceptances(), date.today())
    return CheckResult(
        plan=_reference(plan, loaded=len({zone for zone in subject.matching.zones if zone})),
        tolerance=plan.tolerance,
        measurement=measure_subject(subject),
        checked=checked,
        findings=findings,
        crs=layer.crs,
        names=dict(subject.names),
        fail_on=fail_on,
    )


def _awaiting(plan: Plan, fail_on: Severity) -> CheckResult:
    """Return the result for a plan without boundaries: nothing is wrong, and nothing was checked."""
    reason = Text(f"0 of {len(plan.zones)} boundaries loaded", f"已加载 0 / {len(plan.zones)} 个分区边界")
    return CheckResult(
        plan=_reference(plan, loaded=0),
        tolerance=plan.tolerance,
        measurement=None,
        checked=tuple(CheckRun(check.name, 0, 0, skipped=reason) for check in CHECKS),
        findings=(),
        crs=None,
        names={zone.id: zone.name for zone in plan.zones},
        fail_on=fail_on,
    )


def _reference(plan: Plan, *, loaded: int) -> PlanRef:
    return PlanRef(plan.id, plan.name, plan.status, len(plan.zones), loaded)


def _facilities(plan: Plan, layer: str) -> tuple[Facility, ...]:
    path = layer_path(plan, layer)
    return read_facilities(path) if path is not None else ()


def _boundary(path: Path, crs: CRS) -> BaseGeometry:
    """Return the site boundary in `crs`: the union of the polygons in a file."""
    found = read_features(path, polygons=True)
    polygons = found.geometry[polygonal(found.geometry)]
    if not len(polygons):
        raise InputError(Text("the boundary layer holds no polygon.", "边界图层没有面要素。"), where=str(path))
    return shapely.union_all(shapely.make_valid(project(polygons, found.crs, crs), method="structure"))
