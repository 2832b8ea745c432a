"""The use cases: check, measure and open a plan or a file. Paths and options in, values out; no printing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.checks import CHECKS, Subject, lapsed, run_checks
from geoplan.crs import (
    code_of,
    coordinates_outside,
    default_projected,
    norm_crs,
    outside_range,
    project,
    require_projected,
    to_lonlat,
)
from geoplan.current import Published, published_zones, with_acceptances
from geoplan.errors import CrsError, GeoplanError, InputError, UsageError
from geoplan.match import match_zones
from geoplan.measurement import measure_subject, require_fit
from geoplan.memory import ran_out
from geoplan.plan import Plan, layer_path, load_plan
from geoplan.plan.rules import BaseRule
from geoplan.published import published_figures
from geoplan.read import read_facilities, read_indicators, read_zones
from geoplan.result import CheckResult, Measurement, PlanRef
from geoplan.store import Revision
from geoplan.types import AreaMethod, CheckRun, Facility, Indicator, Severity, Text, Tolerance
from geoplan.zones import ZoneLayer, polygonal

SubjectMaker: TypeAlias = Callable[..., Subject]  # a kind of Subject, whose fields it is called with

_NAME_THE_CRS = Text(
    "Name the right coordinate system with --crs (EPSG:4490: degrees; EPSG:4548: metres, CM 117E).",
    "请用 --crs 指定正确的坐标系（EPSG:4490：经纬度；EPSG:4548：117E 中央经线，米）。",
)


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

    `layer` is None when no boundary is published yet. `revision` is the one whose zones these are, None
    for zones that were given and for those in the plan folder.
    """

    plan: Plan
    layer: ZoneLayer | None
    result: CheckResult
    facilities: tuple[Facility, ...]
    network: tuple[Facility, ...]
    indicators: tuple[Indicator, ...]
    revision: Revision | None = None


def open_plan(
    name: str | Path | Plan,
    *,
    zones: Source | ZoneLayer | None = None,
    id_field: str | None = None,
    fail_on: Severity = Severity.ERROR,
    revision: int | None = None,
    store: str | Path | None = None,
    make: SubjectMaker = Subject,
) -> PlanView:
    """Return a plan with its layers and the result of its checks.

    The zones are those of `revision` in the plan's store (of the current one, if there is any), else
    those in the plan folder; `zones` stands in for all of these. `id_field` names the field that says
    which zone a feature is; `make` makes the subject of the checks. Raises PlanError for mistakes in
    plan.toml, InputError for a layer that cannot be read or lacks the field, CrsError for one whose CRS is
    unknown or unfit, StoreError for a revision that is not there and for a store that cannot be read.
    """
    plan = name if isinstance(name, Plan) else load_plan(name)
    published = published_zones(plan, revision, store) if zones is None else None
    layer = _zones(plan, zones or (published.zones if published else None))
    if published is not None:
        plan, id_field = with_acceptances(plan, published.revision), "id"
    facilities = _facilities(plan, "facilities")
    indicators = layer_path(plan, "indicators")
    return PlanView(
        plan=plan,
        layer=layer,
        result=_awaiting(plan, fail_on) if layer is None else _check(plan, layer, id_field, facilities, fail_on, make),
        facilities=facilities,
        network=_facilities(plan, "network"),
        indicators=read_indicators(indicators) if indicators is not None else (),
        revision=published.revision if published else None,
    )


def check_layer(
    layer: ZoneLayer,
    options: FileOptions | None = None,
    *,
    id_field: str | None = None,
    fail_on: Severity = Severity.ERROR,
    make: SubjectMaker = Subject,
) -> CheckResult:
    """Return the result of checking polygons that belong to no plan; `make` makes the subject of the checks.

    Raises InputError for an unknown `id_field` or a boundary that cannot be used, CrsError for an
    unfit `projected` CRS, UsageError for a tolerance that is negative or no number.
    """
    chosen = options or FileOptions()
    _require_tolerance(chosen.tolerance)
    subject = make(
        layer=layer,
        matching=match_zones(layer, None, id_field=id_field),
        projected=projected_for(layer, chosen.projected),
        tolerance=chosen.tolerance,
        method=chosen.method,
        boundary=_boundary(chosen.boundary, layer.crs) if chosen.boundary else None,
    )
    with _about(layer):
        checked, findings = run_checks(subject, chosen.rules, {}, date.today())
        measurement = measure_subject(subject)
    return CheckResult(
        plan=None,
        tolerance=chosen.tolerance,
        measurement=measurement,
        checked=checked,
        findings=findings,
        crs=layer.crs,
        names=subject.names,
        fail_on=fail_on,
    )


def _require_tolerance(tolerance: Tolerance) -> None:
    """Refuse what nothing can exceed or be held against: with it every check would pass in silence."""
    for name, value, unit in (("area_m2", tolerance.area_m2, "m²"), ("width_m", tolerance.width_m, "m")):
        if not (math.isfinite(value) and value >= 0):
            raise UsageError(
                Text(f"a tolerance of {value:g} {unit} is no tolerance.", f"容差 {value:g} {unit} 无效。"),
                where=name,
                hint=Text("Give a number that is not negative, such as 1.", "请给出不小于 0 的数值，例如 1。"),
            )


def measure_layer(
    layer: ZoneLayer,
    *,
    plan: Plan | None = None,
    method: AreaMethod | None = None,
    projected: str | None = None,
    official_rounding: bool = False,
    id_field: str | None = None,
    make: SubjectMaker = Subject,
) -> Measurement:
    """Return the areas of polygons by all three methods, the totals by `method` (the plan's, if not given).

    `make` makes the subject that is measured.

    Raises CrsError when `projected` is unfit for the place, GeometryError across the antimeridian,
    InputError when no coordinate can be of the layer's CRS.
    """
    asked = projected or (plan.area.projected if plan else None)
    subject = make(
        layer=layer,
        matching=match_zones(layer, plan, id_field=id_field),
        projected=projected_for(layer, asked),
        method=method or (plan.area.method if plan else AreaMethod.ELLIPSOIDAL),
        official_rounding=official_rounding,
        plan=plan,
    )
    if len(layer) and subject.out_of_range.all():
        raise InputError(
            Text(
                f"no coordinate in the file can be one of {code_of(layer.crs)}.",
                f"文件中的坐标都不可能属于 {code_of(layer.crs)}。",
            ),
            where=layer.source.path,
            hint=_NAME_THE_CRS,
        )
    with _about(layer):
        return measure_subject(subject)


def own_zones(plan: Plan, *, layer: str | None = None, crs: str | None = None) -> ZoneLayer:
    """Return a plan's own zones: those of its current revision, else those in its folder.

    `layer` and `crs`, as for `read_zones`, are about the file in the folder. Raises UsageError when no
    boundary is published yet, InputError when the file cannot be read, StoreError for a store that cannot.
    """
    published: Published | None = published_zones(plan) if layer is None and crs is None else None
    if published is not None:
        return published.zones
    path = layer_path(plan, "zones")
    if path is None:
        count = len(plan.zones)
        raise UsageError(
            Text(
                f"0 of {count} boundaries loaded: there is nothing to measure.",
                f"已加载 0 / {count} 个边界，无可量算。",
            ),
            where=plan.id,
            hint=Text(
                "Put zones.gpkg, zones.geojson, … into the plan folder.",
                "请将 zones.gpkg、zones.geojson 等放入规划文件夹。",
            ),
        )
    return read_zones(path, layer=layer, crs=crs)


def projected_for(layer: ZoneLayer, asked: str | None) -> CRS:
    """Return the projected CRS to measure a layer in: the one `asked` for if it is fit, else the usual one there.

    Raises CrsError when the one asked for is off by more than 1 % in area at the layer's place, and
    InputError when degrees are declared to be metres; UsageError when there is no such projected CRS.
    """
    try:
        projected = None if asked is None else norm_crs(asked)
        if projected is not None:
            require_projected(projected)
    except CrsError as error:
        raise UsageError(error.message, where="--projected", hint=error.hint) from None
    with _about(layer):
        place = _middle(layer)
        if projected is None:
            return default_projected(*(place or (0.0, 0.0)))
        # Without a place, the checks tell what is wrong with the coordinates; there is nothing to measure.
        return require_fit(projected, *place) if place is not None else projected


@contextmanager
def _about(layer: ZoneLayer) -> Iterator[None]:
    """Let errors that arise from a layer's content say which file it came from."""
    try:
        yield
    except GeoplanError as error:
        raise error.at(layer.source.path) from None
    except MemoryError:
        raise ran_out(layer.source.path) from None


def _middle(layer: ZoneLayer) -> tuple[float, float] | None:
    """Return lon, lat of the middle of the layer: the median of its polygons, so that one astray does not count.

    None when no polygon has coordinates that can be of the layer's CRS.
    """
    bounds = shapely.bounds(layer.geometry[polygonal(layer.geometry)])
    corners = [coordinates_outside(bounds[:, x], bounds[:, y], layer.crs) for x in (0, 2) for y in (1, 3)]
    usable = bounds[~np.any(corners, axis=0)]
    if not len(usable):
        return None
    _refuse_degrees(usable, layer.crs)
    ordered = np.sort(usable, axis=0)  # np.median would load numpy.ma, which takes as long as reading 50,000 parcels
    middle = shapely.box(*(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)
    west, south, east, north = shapely.bounds(to_lonlat([middle], layer.crs)[0])
    return float((west + east) / 2), float((south + north) / 2)


def _refuse_degrees(bounds: NDArray[np.float64], crs: CRS) -> None:
    """Refuse numbers that look like degrees in a system of metres, where they lie outside its area of use."""
    area = crs.area_of_use
    in_degrees = bool((np.abs(bounds) <= [180, 90, 180, 90]).all())
    if not crs.is_projected or not in_degrees or area is None:
        return
    place = to_lonlat([shapely.box(*bounds[0])], crs)[0].centroid
    if not (area.west <= place.x <= area.east and area.south <= place.y <= area.north):
        raise InputError(
            Text(
                f"the coordinates look like degrees, but are said to be metres of {code_of(crs)}.",
                f"坐标像是经纬度，却声明为 {code_of(crs)}（米）。",
            ),
            hint=_NAME_THE_CRS,
        )


def _zones(plan: Plan, given: Source | ZoneLayer | None) -> ZoneLayer | None:
    """Return the zones to look at: those given, else the plan's own, else None when none are published."""
    if isinstance(given, ZoneLayer):
        return given
    own = layer_path(plan, "zones")
    source = given or (Source(own) if own is not None else None)
    return None if source is None else read_zones(source.path, layer=source.layer, crs=source.crs)


def _check(
    plan: Plan,
    layer: ZoneLayer,
    id_field: str | None,
    facilities: tuple[Facility, ...],
    fail_on: Severity,
    make: SubjectMaker,
) -> CheckResult:
    boundary = layer_path(plan, "boundary")
    subject = make(
        layer=layer,
        matching=match_zones(layer, plan, id_field=id_field),
        projected=projected_for(layer, plan.area.projected),
        tolerance=plan.tolerance,
        method=plan.area.method,
        plan=plan,
        boundary=_boundary(boundary, layer.crs) if boundary else None,
        facilities=facilities,
    )
    accepted, today = plan.acceptances(), date.today()
    with _about(layer):
        checked, findings = run_checks(subject, plan.rules, accepted, today)
        measurement = measure_subject(subject)
    return CheckResult(
        published=published_figures(plan, measurement, checked, findings),
        lapsed=lapsed(findings, accepted, today),
        plan=_reference(plan, loaded=len({zone for zone in subject.matching.zones if zone})),
        tolerance=plan.tolerance,
        measurement=measurement,
        checked=checked,
        findings=findings,
        crs=layer.crs,
        names=subject.names,
        fail_on=fail_on,
    )


def _awaiting(plan: Plan, fail_on: Severity) -> CheckResult:
    """Return the result for a plan without boundaries: nothing is wrong, and nothing was checked."""
    reason = Text(f"0 of {len(plan.zones)} boundaries loaded", f"已加载 0 / {len(plan.zones)} 个分区边界")
    checked = tuple(CheckRun(check.name, 0, 0, skipped=reason) for check in CHECKS)
    return CheckResult(
        published=published_figures(plan, None, checked, ()),
        plan=_reference(plan, loaded=0),
        tolerance=plan.tolerance,
        measurement=None,
        checked=checked,
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
    found = read_zones(path)
    shapes = found.geometry[polygonal(found.geometry)]
    with _about(found):
        polygons = project(shapes, found.crs, crs)
    if not len(shapes) or outside_range(shapes, found.crs).any() or outside_range(polygons, crs).any():
        raise InputError(
            Text("the boundary is empty or has coordinates that are no place.", "边界为空或含有无效坐标。"),
            where=str(path),
            hint=Text("Mend the boundary, or name another.", "请修正边界或更换文件。"),
        )
    return shapely.union_all(shapely.make_valid(polygons, method="structure"))
