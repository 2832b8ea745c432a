"""The rules of a plan: what must hold, as a tagged union on `check`.

Every rule may set its `severity`, be switched off with `enabled = false`, and carry a `note`. A check
without a rule runs with the defaults written here.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from geoplan.plan.fields import BilingualText, Record, Share, Slug
from geoplan.types import Severity

Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class BaseRule(Record):
    """What every rule can say."""

    severity: Severity = Severity.ERROR
    enabled: bool = True
    source: Slug | None = None
    published: BilingualText | None = None
    note: BilingualText | None = None


class PlainRule(BaseRule):
    """A check with no parameters of its own beyond the plan's tolerance."""

    check: Literal[
        "geometry-valid",
        "geometry-type",
        "geometry-empty",
        "overlap",
        "gap",
        "zone-missing",
        "zone-unknown",
        "zone-duplicate",
        "zone-inside",
        "crs",
    ]


class UnmatchedVertexRule(BaseRule):
    """A vertex on a neighbour's edge without a vertex there: harmless in itself, so `info`."""

    check: Literal["unmatched-vertex"]
    severity: Severity = Severity.INFO


class AreaTotalRule(BaseRule):
    """The sum of all zone areas equals a published figure: `km2` ± `tolerance_km2`."""

    check: Literal["area-total"]
    km2: Positive
    tolerance_km2: NotNegative = 0.005


class AreaShareRule(BaseRule):
    """The share of a `group` in the total lies in [`min`, `max`], as fractions of 1."""

    check: Literal["area-share"]
    group: Slug
    min: Share = 0.0
    max: Share = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> AreaShareRule:
        if self.min > self.max:
            raise ValueError(f"min {self.min:g} is larger than max {self.max:g}")
        return self


class AreaDeclaredRule(BaseRule):
    """The area a feature declares in `field` agrees with the measured one.

    `tolerance_m2` is absolute; `tolerance_share` is relative to the declared area; a difference counts
    only when it exceeds both. `unit` is the unit of the field.
    """

    check: Literal["area-declared"]
    field: str | None = None
    unit: Literal["m2", "ha", "mu", "km2"] = "m2"
    tolerance_m2: NotNegative = 1.0
    tolerance_share: Share = 0.0


class AreaMinimumRule(BaseRule):
    """No zone part is smaller than `m2`, or than `classes[code]` for the class in `field`."""

    check: Literal["area-minimum"]
    m2: NotNegative = 200.0
    field: str | None = None
    classes: dict[str, NotNegative] = Field(default_factory=dict)


class SliverRule(BaseRule):
    """A zone part that is too thin: the two-step rule of STANDARDS §6 with its thresholds.

    A part is a sliver when any one of area ≤ `max_area_m2`, minimum-rectangle width ≤ `max_width_m`,
    2A/P ≤ `max_width_m` holds, and at least two of elongation ≥ `min_elongation`, 4πA/P² ≤
    `max_compactness`, P/(2√(πA)) ≥ `min_shape_index`, P²/A ≥ `min_perimeter_ratio`.
    """

    check: Literal["sliver"]
    severity: Severity = Severity.WARNING
    max_area_m2: NotNegative = 1000.0
    max_width_m: NotNegative = 5.0
    min_elongation: Positive = 5.0
    max_compactness: Share = 0.25
    min_shape_index: Positive = 2.0
    min_perimeter_ratio: Positive = 40.0


class ZoneCountRule(BaseRule):
    """The number of zones with a boundary equals the published number."""

    check: Literal["zone-count"]
    count: Annotated[int, Field(ge=1)]


class FacilityInsideRule(BaseRule):
    """A facility lies in the zone it names, `margin_m` and its own accuracy radius allowed for."""

    check: Literal["facility-inside"]
    severity: Severity = Severity.WARNING
    margin_m: NotNegative = 0.0


class ExtentRule(BaseRule):
    """No zone lies further than `max_distance_km` from all others or from the plan's facilities."""

    check: Literal["extent"]
    max_distance_km: Positive = 50.0


Rule: TypeAlias = Annotated[
    PlainRule
    | UnmatchedVertexRule
    | AreaTotalRule
    | AreaShareRule
    | AreaDeclaredRule
    | AreaMinimumRule
    | SliverRule
    | ZoneCountRule
    | FacilityInsideRule
    | ExtentRule,
    Field(discriminator="check"),
]

RULE_MODELS: tuple[type[BaseRule], ...] = (
    PlainRule,
    UnmatchedVertexRule,
    AreaTotalRule,
    AreaShareRule,
    AreaDeclaredRule,
    AreaMinimumRule,
    SliverRule,
    ZoneCountRule,
    FacilityInsideRule,
    ExtentRule,
)

__all__ = [
    "RULE_MODELS",
    "AreaDeclaredRule",
    "AreaMinimumRule",
    "AreaShareRule",
    "AreaTotalRule",
    "BaseRule",
    "ExtentRule",
    "FacilityInsideRule",
    "PlainRule",
    "Rule",
    "SliverRule",
    "UnmatchedVertexRule",
    "ZoneCountRule",
]
