"""The use cases of counting many points: in the zones of an opened plan, or in those of any polygon file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from geoplan.checks import Subject
from geoplan.crs import code_of, project, same_crs
from geoplan.errors import InputError
from geoplan.ground import Ground, ground_of
from geoplan.match import match_zones
from geoplan.plan import Plan
from geoplan.point_counts import Passes, PointCounts, count_points
from geoplan.read.points import open_points
from geoplan.types import InputInfo, Text
from geoplan.workflow import PlanView, projected_for
from geoplan.zones import ZoneLayer


@dataclass(frozen=True, slots=True)
class PointSource:
    """Which points to count: a file and how to read it, as for `open_points`.

    `category` narrows to one category; `nearest` asks for the distance from each zone to the nearest point.
    """

    path: Path
    layer: str | None = None
    crs: str | None = None
    category_field: str | None = None
    encoding: str | None = None
    category: str | None = None
    nearest: bool = False


@dataclass(frozen=True, slots=True)
class CountedPoints:
    """Points counted in zones: of `plan` (None for a file), read from `zones`."""

    plan: Plan | None
    zones: InputInfo
    counts: PointCounts


def count_in_plan(view: PlanView, points: PointSource, *, passes: Passes | None = None) -> CountedPoints:
    """Return how many points lie in each zone of an opened plan; `passes` says who goes through them.

    Raises UsageError when no boundary is published, and what `open_points` and `count_points` raise.
    """
    ground = ground_of(view)
    if view.layer is None:
        raise ValueError("there is no ground without a layer")
    return CountedPoints(view.plan, view.layer.source, _counted(ground, points, passes))


def count_in_layer(
    layer: ZoneLayer, points: PointSource, *, id_field: str | None = None, passes: Passes | None = None
) -> CountedPoints:
    """Return how many points lie in each polygon of a layer that belongs to no plan; nothing is checked.

    `passes` says who goes through the points.

    Raises InputError when no coordinate can be of the layer's CRS or there is no field `id_field`, CrsError when its
    plane is unfit, and what `open_points` and `count_points` raise.
    """
    subject = Subject(
        layer=layer, matching=match_zones(layer, None, id_field=id_field), projected=projected_for(layer, None)
    )
    if len(layer) and subject.out_of_range.all():
        raise InputError(
            Text(
                f"no coordinate in the file can be one of {code_of(layer.crs)}.",
                f"文件中的坐标都不可能属于 {code_of(layer.crs)}。",
            ),
            where=layer.source.path,
            hint=Text("Name the right coordinate system with --crs.", "请用 --crs 指定正确的坐标系。"),
        )
    area_m2 = subject.area_m2
    if not same_crs(layer.crs, subject.projected):
        moved = replace(layer, geometry=project(layer.geometry, layer.crs, subject.projected), crs=subject.projected)
        subject = replace(subject, layer=moved)
    return CountedPoints(None, layer.source, _counted(Ground(subject, area_m2), points, passes))


def _counted(ground: Ground, points: PointSource, passes: Passes | None) -> PointCounts:
    with open_points(
        points.path,
        layer=points.layer,
        crs=points.crs,
        category_field=points.category_field,
        encoding=points.encoding,
    ) as file:
        return count_points(ground, file, category=points.category, nearest=points.nearest, passes=passes)
