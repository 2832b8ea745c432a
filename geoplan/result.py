"""What a measurement and a check come to: frozen values that every report renders and nothing else feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyproj import CRS

from geoplan.types import Acceptance, AreaMethod, CheckRun, Finding, InputInfo, Severity, Text, Tolerance, ZoneId


@dataclass(frozen=True, slots=True)
class ZoneMeasure:
    """One zone's figures: areas in m² by three methods, geodesic perimeter in m, `share` of the total (0 to 1).

    A figure that cannot be measured (empty geometry, coordinates out of range) is None, never 0.
    `percent` is the share in hundredths of a percent, apportioned so that all rows sum to 100.00 %.
    """

    id: ZoneId
    name: Text
    ellipsoidal_m2: float | None
    geodesic_m2: float | None
    planar_m2: float | None
    perimeter_m: float | None
    share: float | None
    percent: float | None

    def area_m2(self, method: AreaMethod) -> float | None:
        """Return the area in m² by `method`, None when it cannot be measured."""
        return {
            AreaMethod.ELLIPSOIDAL: self.ellipsoidal_m2,
            AreaMethod.GEODESIC: self.geodesic_m2,
            AreaMethod.PLANAR: self.planar_m2,
        }[method]


@dataclass(frozen=True, slots=True)
class GroupMeasure:
    """One group's area in m² by the chosen method and its share of the total (None without any area)."""

    id: str
    name: Text
    area_m2: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """All figures of one layer: `total_m2` by the chosen `method`, the totals by each, zones and groups.

    Zones and totals may be measured only when they are looked at: a city has a million of the one, and geodesics
    take their time. `projected` is the code of the CRS whose plane the ellipsoidal and planar methods use; `warning`
    says how far the planar method is off there when that matters.
    """

    method: AreaMethod
    crs: str
    projected: str
    official_rounding: bool
    input: InputInfo | None
    totals: Mapping[AreaMethod, float]
    zones: Sequence[ZoneMeasure]
    groups: tuple[GroupMeasure, ...] = ()
    warning: Text | None = None

    @property
    def total_m2(self) -> float:
        """Return the total area in m² by the chosen method."""
        return self.totals[self.method]


@dataclass(frozen=True, slots=True)
class PlanRef:
    """Which plan a result is about. `declared` zones, of which `loaded` have a boundary in the layer."""

    id: str
    name: Text
    status: str
    declared: int
    loaded: int


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A published figure beside the measured one: what it is of, the figure as published, whether it `holds`.

    `measured` is in `unit`: "km2", "share" (0 to 1) or "zones"; None, like `holds`, when nothing was measured.
    """

    check: str
    label: Text
    published: Text
    measured: float | None
    unit: str
    holds: bool | None
    source: Text | None


@dataclass(frozen=True, slots=True)
class LapsedAcceptance:
    """An acceptance that no longer covers anything: which finding it was for, and why it lapsed."""

    finding: str
    acceptance: Acceptance
    why: Text


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of all checks. `crs` is the CRS of the findings' geometry; None when there was no layer.

    `names` gives the name of every zone that findings mention; `published` the plan's figures beside the
    measured ones; `lapsed` the acceptances whose finding is gone, has changed its geometry, or which expired.
    """

    plan: PlanRef | None
    tolerance: Tolerance
    measurement: Measurement | None
    checked: tuple[CheckRun, ...]
    findings: tuple[Finding, ...]
    crs: CRS | None
    names: Mapping[ZoneId, Text]
    fail_on: Severity = Severity.ERROR
    published: tuple[PublishedFigure, ...] = ()
    lapsed: tuple[LapsedAcceptance, ...] = ()

    @property
    def failing(self) -> tuple[Finding, ...]:
        """Return the findings that fail the check: at or above the fail level, and not accepted."""
        return tuple(f for f in self.findings if f.accepted is None and f.severity.rank <= self.fail_on.rank)

    @property
    def passed(self) -> bool:
        """Return whether the check holds."""
        return not self.failing
