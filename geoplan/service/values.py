"""What service coverage comes to: frozen values for tables, maps and documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.types import Facility, Text, ZoneId

SCREENING = Text(
    "Straight-line screening, not walking distance. A walk is never shorter than the straight line: what is uncovered "
    "here is out of reach on foot too, what is covered may still be.",
    "直线距离筛查，并非步行距离。步行路程不会短于直线：此处未覆盖的，步行也达不到；此处已覆盖的，步行未必能达到。",
)

# GB 50180-2018 (城市居住区规划设计标准) measures its living circles on foot; here their radii are drawn straight.
LIVING_CIRCLES: Mapping[float, Text] = {
    300.0: Text("5-minute living circle, GB 50180-2018", "五分钟生活圈，GB 50180-2018"),
    500.0: Text("10-minute living circle, GB 50180-2018", "十分钟生活圈，GB 50180-2018"),
    800.0: Text("15-minute living circle (800–1000 m), GB 50180-2018", "十五分钟生活圈（800–1000 m），GB 50180-2018"),
    1000.0: Text("15-minute living circle (800–1000 m), GB 50180-2018", "十五分钟生活圈（800–1000 m），GB 50180-2018"),
}


@dataclass(frozen=True, slots=True)
class ZoneService:
    """How much of a zone, a group or all zones is served: areas in m² by the plan's method, shares from 0 to 1.

    `low` is served wherever within their accuracy radii the facilities truly are, `high` may be served for
    some such places; `high` is None where an accuracy is unknown. All but `area_m2` are None where there is no area.
    """

    id: ZoneId
    name: Text
    area_m2: float | None
    covered_m2: float | None
    share: float | None
    low: float | None
    high: float | None

    @property
    def uncovered_m2(self) -> float | None:
        """Return the area in m² that is not served."""
        return None if self.area_m2 is None or self.covered_m2 is None else self.area_m2 - self.covered_m2


@dataclass(frozen=True, slots=True)
class UncoveredPiece:
    """One connected piece of a zone that no facility serves; `geometry` is in the CRS of the result."""

    zone: ZoneId
    area_m2: float
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class ServiceCoverage:
    """What the facilities of a category serve within `radius_m`. Geometry is in `crs`, a projected one.

    `total` and `groups` count ground that lies in several zones once. `uncovered` is sorted, largest first;
    `tolerated` pieces within the plan's tolerance are left out of it, `tolerated_m2` in all. `served` is the
    union of the discs of the `counted` facilities; the `unlocated` ones count nowhere. `cautions` are to be read
    with every figure.
    """

    category: str
    radius_m: float
    zones: tuple[ZoneService, ...]
    groups: tuple[ZoneService, ...]
    total: ZoneService
    uncovered: tuple[UncoveredPiece, ...]
    tolerated: int
    tolerated_m2: float
    served: BaseGeometry
    counted: tuple[Facility, ...]
    unlocated: tuple[Facility, ...]
    cautions: tuple[Text, ...]
    crs: CRS
