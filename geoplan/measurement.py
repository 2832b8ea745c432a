"""From a subject to its figures: areas of zones and groups, shares that sum as displayed, unfit methods named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.area import Areas
from geoplan.checks.subject import Subject
from geoplan.crs import code_of, fitness, to_lonlat
from geoplan.errors import CrsError
from geoplan.reconcile import PERCENT_UNITS, apportion
from geoplan.result import GroupMeasure, Measurement, ZoneMeasure
from geoplan.types import AreaMethod, Text

_BLOCK = 1024  # zones measured at a time when rows of figures are looked at


class ZoneRows(Sequence[ZoneMeasure]):
    """The figures of every feature, made a block at a time when they are looked at; a city has a million of them."""

    def __init__(self, subject: Subject) -> None:
        """Keep what the rows of `subject` are made of."""
        self._areas, self._matching, self._method = subject.areas, subject.matching, subject.method
        self._area_m2 = subject.area_m2
        usable = np.nan_to_num(self._area_m2, nan=0.0)
        self._total = float(usable.sum())
        self._units = apportion(usable, PERCENT_UNITS) if self._total > 0 else None
        self._made: dict[int, tuple[ZoneMeasure, ...]] = {}

    def __len__(self) -> int:
        return len(self._area_m2)

    @overload
    def __getitem__(self, index: int) -> ZoneMeasure: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ZoneMeasure, ...]: ...
    def __getitem__(self, index: int | slice) -> ZoneMeasure | tuple[ZoneMeasure, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = range(len(self))[index]  # raises IndexError past the end, which ends an iteration
        block = place // _BLOCK
        if block not in self._made:
            self._made = {block: tuple(self._rows(block))}  # the last one only: rows are looked at in order
        return self._made[block][place % _BLOCK]

    def __iter__(self) -> Iterator[ZoneMeasure]:
        for block in range(-(-len(self) // _BLOCK)):
            yield from self._rows(block)

    def _rows(self, block: int) -> Iterator[ZoneMeasure]:
        first, last = block * _BLOCK, min((block + 1) * _BLOCK, len(self))
        part = self._areas.part(first, last)
        figures = [part.geodesic_m2, part.planar_m2, part.perimeter_m]
        ellipsoidal, areas = self._areas.ellipsoidal_m2[first:last], self._area_m2[first:last]
        shares = areas / self._total if self._total > 0 else np.full(len(areas), np.nan)
        percent = np.full(len(areas), np.nan) if self._units is None else self._units[first:last] / 100
        columns = [ellipsoidal, *figures, shares, np.where(np.isnan(areas), np.nan, percent)]
        labels, names = self._matching.labels[first:last], self._matching.names[first:last]
        return map(ZoneMeasure, labels, names, *map(_known, columns))


class Totals(Mapping[AreaMethod, float]):
    """The sum in m² by each method, measured when it is looked at."""

    def __init__(self, areas: Areas) -> None:
        """Keep what is to be summed."""
        self._areas = areas

    def __getitem__(self, method: AreaMethod) -> float:
        return float(np.nansum(self._areas.by(method)))

    def __iter__(self) -> Iterator[AreaMethod]:
        return iter(AreaMethod)

    def __len__(self) -> int:
        return len(AreaMethod)


def measure_subject(subject: Subject) -> Measurement:
    """Return the figures of a layer: one row per feature, totals by each method, the plan's groups.

    Raises GeometryError for a polygon across the antimeridian or around a pole.
    """
    totals = Totals(subject.areas)
    _ = totals[AreaMethod.ELLIPSOIDAL]  # whatever the method, what has no area on the ellipsoid is refused here
    return Measurement(
        method=subject.method,
        crs=code_of(subject.layer.crs),
        projected=code_of(subject.projected),
        official_rounding=subject.official_rounding,
        input=replace(subject.layer.source),
        totals=totals,
        zones=ZoneRows(subject),
        groups=_groups(subject, subject.total_m2),
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


def _known(values: NDArray[np.float64]) -> list[float | None]:
    """Return figures as Python has them, None for those that are not known."""
    known: list[float | None] = values.tolist()
    for place in np.flatnonzero(np.isnan(values)).tolist():
        known[place] = None
    return known


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
    present = np.flatnonzero(~shapely.is_missing(subject.solid))
    if not len(present):
        return None
    place = to_lonlat(subject.solid[present[:1]], subject.layer.crs)[0].representative_point()
    fit = fitness(subject.projected, place.x, place.y)
    return None if fit.verdict == "fit" else fit.message
