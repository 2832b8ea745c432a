"""From a subject to its figures: areas of zones and groups, shares that sum as displayed, unfit methods named."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from pyproj import CRS

from geoplan.checks.subject import Subject
from geoplan.crs import code_of, fitness, to_lonlat
from geoplan.errors import CrsError
from geoplan.reconcile import PERCENT_UNITS, apportion
from geoplan.result import GroupMeasure, Measurement, ZoneMeasure
from geoplan.types import AreaMethod, Text


def measure_subject(subject: Subject) -> Measurement:
    """Return the figures of a layer: one row per feature, totals by each method, the plan's groups."""
    areas = subject.areas
    usable = np.nan_to_num(subject.area_m2, nan=0.0)
    total = float(usable.sum())
    units = apportion(usable, PERCENT_UNITS) if total > 0 else None
    zones = tuple(
        ZoneMeasure(
            id=label,
            name=subject.matching.names[row],
            ellipsoidal_m2=_known(areas.ellipsoidal_m2[row]),
            geodesic_m2=_known(areas.geodesic_m2[row]),
            planar_m2=_known(areas.planar_m2[row]),
            perimeter_m=_known(areas.perimeter_m[row]),
            share=_known(subject.area_m2[row] / total) if total > 0 else None,
            percent=float(units[row]) / 100 if units is not None and not math.isnan(subject.area_m2[row]) else None,
        )
        for row, label in enumerate(subject.labels)
    )
    return Measurement(
        method=subject.method,
        crs=code_of(subject.layer.crs),
        projected=code_of(subject.projected),
        official_rounding=subject.official_rounding,
        input=replace(subject.layer.source),
        totals={
            AreaMethod.ELLIPSOIDAL: float(np.nansum(areas.ellipsoidal_m2)),
            AreaMethod.GEODESIC: float(np.nansum(areas.geodesic_m2)),
            AreaMethod.PLANAR: float(np.nansum(areas.planar_m2)),
        },
        zones=zones,
        groups=_groups(subject, total),
        warning=_warning(subject),
    )


def require_fit(projected: CRS, lon: float, lat: float) -> CRS:
    """Return `projected` if areas in its plane are within 1 % at the place; raises CrsError otherwise."""
    fit = fitness(projected, lon, lat)
    if fit.verdict == "unfit":
        raise CrsError(
            fit.message,
            hint=Text(
                "Measure in the Gauss-Krüger zone of the place, or leave the choice to geoplan.",
                "请使用当地的高斯-克吕格分带，或由 geoplan 自动选择。",
            ),
        )
    return projected


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _groups(subject: Subject, total: float) -> tuple[GroupMeasure, ...]:
    if subject.plan is None:
        return ()
    found = []
    for group in subject.plan.groups:
        members = subject.plan.zones_in(group.id)
        inside = np.array([zone in members for zone in subject.matching.zones], dtype=bool)
        area = float(np.nansum(subject.area_m2[inside]))
        found.append(GroupMeasure(group.id, group.name, area, area / total if total > 0 else None))
    return tuple(found)


def _warning(subject: Subject) -> Text | None:
    """Return a sentence when planar areas are off by more than 0.1 % at the middle of the layer."""
    present = subject.solid[[shape is not None for shape in subject.solid]]
    if not len(present):
        return None
    place = to_lonlat(present[:1], subject.layer.crs)[0].representative_point()
    fit = fitness(subject.projected, place.x, place.y)
    return None if fit.verdict == "fit" else fit.message
