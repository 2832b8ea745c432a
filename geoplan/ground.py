"""The zones of an opened plan in the plane its areas are measured in: what facilities are held against.

Whatever asks where a facility lies, or which ground it serves, asks it here: zones and places in one projected CRS,
whose straight edges are those of the area method, and pieces of zones measured by that same method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.checks import Subject
from geoplan.crs import norm_crs, project
from geoplan.ellipsoid import Floats
from geoplan.errors import UsageError
from geoplan.match import Matching
from geoplan.plan import Plan
from geoplan.result import CheckResult
from geoplan.types import Facility, Text, ZoneId
from geoplan.zones import ZoneLayer

LONLAT = norm_crs("EPSG:4490")  # WGS 84 and CGCS2000 count as one datum

# A position known to no better than this says nothing about a plan: its accuracy counts as unknown.
MAX_ACCURACY_M = 100_000.0


class Opened(Protocol):
    """What is asked of an opened plan. `workflow.PlanView` is one; this module lies below it and cannot name it."""

    @property
    def plan(self) -> Plan:
        """Return the plan."""

    @property
    def layer(self) -> ZoneLayer | None:
        """Return the boundaries, None when none is published."""

    @property
    def result(self) -> CheckResult:
        """Return the result of the plan's checks, with the areas measured."""

    @property
    def facilities(self) -> tuple[Facility, ...]:
        """Return the facilities, located or not."""


@dataclass(frozen=True)
class Ground:
    """The zones, one entry per feature of the layer, in the plane of the area method.

    `shapes` are valid polygons in `crs`, None for a feature that cannot be measured; `area_m2` is what the
    plan's measurement says of each (NaN where it says nothing); several features may share a label.
    """

    subject: Subject
    area_m2: Floats

    @property
    def crs(self) -> CRS:
        """Return the projected CRS of `shapes`."""
        return self.subject.projected

    @property
    def labels(self) -> tuple[ZoneId, ...]:
        """Return the zone id of each feature, or the file's own key where it is no zone of the plan."""
        return self.subject.labels

    @property
    def shapes(self) -> NDArray[Any]:
        """Return the polygons in `crs`, None where there is nothing to measure."""
        return self.subject.solid

    @cached_property
    def rows(self) -> Mapping[ZoneId, tuple[int, ...]]:
        """Return the features of every label, by 0-based place, in file order."""
        places: dict[ZoneId, list[int]] = {}
        for place, label in enumerate(self.labels):
            places.setdefault(label, []).append(place)
        return {label: tuple(found) for label, found in places.items()}

    def name(self, label: ZoneId) -> Text:
        """Return what to call a zone."""
        return self.subject.name(label)

    def measure(self, shapes: NDArray[Any]) -> Floats:
        """Return the areas in m² of polygons in `crs` by the plan's method: 0 for None and empty ones."""
        return np.nan_to_num(self.subject.measure(shapes), nan=0.0)

    def points(self, facilities: Sequence[Facility]) -> NDArray[Any]:
        """Return the places of located facilities in `crs`; one outside its range has infinite coordinates."""
        return project([facility.point for facility in facilities], LONLAT, self.crs)


def ground_of(view: Opened) -> Ground:
    """Return the zones of an opened plan; raises UsageError when no boundary is published yet."""
    layer, measurement, plan = view.layer, view.result.measurement, view.plan
    if layer is None or measurement is None:
        count = len(plan.zones)
        raise UsageError(
            Text(
                f"0 of {count} boundaries loaded: there are no zones to hold facilities against.",
                f"已加载 0 / {count} 个边界：没有可供设施对照的分区。",
            ),
            where=plan.id,
            hint=Text("Load the boundaries first: geoplan load FILE PLAN.", "请先加载边界：geoplan load FILE PLAN。"),
        )
    projected = norm_crs(plan.area.projected or measurement.projected)
    labels = tuple(zone.id for zone in measurement.zones)
    names = tuple(zone.name for zone in measurement.zones)
    areas = [zone.area_m2(measurement.method) for zone in measurement.zones]
    subject = Subject(
        layer=replace(layer, geometry=project(layer.geometry, layer.crs, projected), crs=projected),
        matching=Matching((None,) * len(labels), labels, names, None, {}),
        projected=projected,
        tolerance=view.result.tolerance,
        method=measurement.method,
        official_rounding=measurement.official_rounding,
        plan=plan,
    )
    return Ground(subject, np.array([np.nan if area is None else area for area in areas], dtype=np.float64))


def accuracies(facilities: Sequence[Facility]) -> Floats:
    """Return the accuracy radius in m of each facility, NaN where it is unknown or says nothing."""
    stated = [np.nan if facility.accuracy_m is None else facility.accuracy_m for facility in facilities]
    radii = np.array(stated, dtype=np.float64)
    return np.where(radii <= MAX_ACCURACY_M, radii, np.nan)
