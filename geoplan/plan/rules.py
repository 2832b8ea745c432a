"""The rules of a plan: what must hold, as a tagged union on `check`.

Every rule may set its `severity`, be switched off with `enabled = false`, and carry a `note`. A check
without a rule runs with the defaults written here. The text under a key is its meaning
in docs/checks.md.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from geoplan.plan.fields import (
    BilingualText,
    Count,
    NotNegative,
    PlainText,
    Positive,
    Record,
    Share,
    Slug,
    Switch,
)
from geoplan.plan.wording import wrong
from geoplan.types import Severity


class BaseRule(Record):
    """What every rule can say."""

    severity: Severity = Severity.ERROR
    """How much a finding of this check weighs; only an error fails a check, or a warning if asked."""
    enabled: Switch = True
    """Whether the check runs."""
    source: Slug | None = None
    """The source of the figure."""
    published: BilingualText | None = None
    """The words that were published, quoted in reports."""
    note: BilingualText | None = None
    """How the words were read, or why the rule is as it is."""


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
    """Published total in km²."""
    tolerance_km2: NotNegative = 0.005
    """By how many km² the measured total may differ; half a unit of the last published digit is usual."""


class AreaShareRule(BaseRule):
    """The share of a `group` in the total lies in [`min`, `max`], as fractions of 1."""

    check: Literal["area-share"]
    group: Slug
    """The group whose share was published."""
    min: Share = 0.0
    """Least share, as a fraction of 1."""
    max: Share = 1.0
    """Largest share, as a fraction of 1."""

    @model_validator(mode="after")
    def _ordered(self) -> AreaShareRule:
        if self.min > self.max:
            raise wrong(f"min {self.min:g} is larger than max {self.max:g}", f"min {self.min:g} 大于 max {self.max:g}")
        return self


class AreaDeclaredRule(BaseRule):
    """The area a feature declares in `field` agrees with the measured one.

    `tolerance_m2` is absolute; `tolerance_share` is relative to the declared area; a difference counts
    only when it exceeds both. `unit` is the unit of the field.
    """

    check: Literal["area-declared"]
    field: PlainText | None = None
    """Field of the zones layer in which features declare their area; without it only published_km2 is held."""
    unit: Literal["m2", "ha", "mu", "km2"] = "m2"
    """Unit of the field."""
    tolerance_m2: NotNegative = 1.0
    """Difference in m² that is allowed."""
    tolerance_share: Share = 0.0
    """Difference that is allowed as a fraction of the declared area."""


class AreaMinimumRule(BaseRule):
    """No zone part is smaller than `m2`, or than `classes[code]` for the class in `field`."""

    check: Literal["area-minimum"]
    m2: NotNegative = 200.0
    """Least area in m² of a single part."""
    field: PlainText | None = None
    """Field of the zones layer that holds the class code."""
    classes: dict[str, NotNegative] = Field(default_factory=dict)
    """Least area in m² by class code; a code without an entry takes that of its longest prefix with one."""


class SliverRule(BaseRule):
    """A zone part that is too small or too thin, and elongated: a rule of two steps.

    A part is a sliver when any one of area ≤ `max_area_m2`, minimum-rectangle width ≤ `max_width_m`,
    2A/P ≤ `max_width_m` holds, and at least two of elongation ≥ `min_elongation`, 4πA/P² ≤
    `max_compactness`, P/(2√(πA)) ≥ `min_shape_index`, P²/A ≥ `min_perimeter_ratio`.
    """

    check: Literal["sliver"]
    severity: Severity = Severity.WARNING
    max_area_m2: NotNegative = 1000.0
    """A part this small or smaller may be a sliver, in m²."""
    max_width_m: NotNegative = 5.0
    """A part this narrow or narrower may be a sliver, in metres."""
    min_elongation: Positive = 5.0
    """Length to width of the minimum rectangle from which a part counts as elongated."""
    max_compactness: Share = 0.25
    """4πA/P² up to which a part counts as elongated."""
    min_shape_index: Positive = 2.0
    """P/(2√(πA)) from which a part counts as elongated."""
    min_perimeter_ratio: Positive = 40.0
    """P²/A from which a part counts as elongated."""


class ZoneCountRule(BaseRule):
    """The number of zones with a boundary equals the published number."""

    check: Literal["zone-count"]
    count: Count
    """Published number of zones."""


class FacilityInsideRule(BaseRule):
    """A facility lies in the zone it names, `margin_m` and its own accuracy radius allowed for."""

    check: Literal["facility-inside"]
    severity: Severity = Severity.WARNING
    margin_m: NotNegative = 0.0
    """Metres a facility may lie outside its zone, beyond its own accuracy radius."""


class ExtentRule(BaseRule):
    """No zone lies further than `max_distance_km` from all others or from the plan's facilities."""

    check: Literal["extent"]
    max_distance_km: Positive = 50.0
    """Distance in km from which a zone counts as astray."""


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
