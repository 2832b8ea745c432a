"""The vocabulary every other module shares: frozen values only, no reading and no printing.

Areas are in m², widths and tolerances in m. Geometry is shapely, in the CRS its owner names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # naming a geometry type must not cost the import of shapely
    from shapely import Point
    from shapely.geometry.base import BaseGeometry

VERSION = "0.1.0"  # as in pyproject.toml; here as well, since a checkout runs without being installed

ZoneId: TypeAlias = str

M2_PER_KM2 = 1_000_000.0
M2_PER_HECTARE = 10_000.0
M2_PER_MU = 2000.0 / 3.0  # 1 亩 (1 mu = 2000/3 m²)


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages of the product. `Text.same` is for names that have no translation."""

    en: str
    zh: str

    @classmethod
    def same(cls, text: str) -> Text:
        """Return a text that reads the same in both languages (ids, codes, file names)."""
        return cls(text, text)

    def get(self, language: str) -> str:
        """Return the text for `language` ("zh…" gives 中文, anything else English)."""
        return self.zh if language.startswith("zh") else self.en


class Severity(StrEnum):
    """How much a finding weighs: only `error` (or `warning`, if asked) fails a check."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Return 0 for error, 1 for warning, 2 for info, so that sorting puts the worst first."""
        return ("error", "warning", "info").index(self.value)  # asked of every finding, so not of the members


class AreaMethod(StrEnum):
    """How an area is measured; see docs/areas.md and the functions in `geoplan.area`."""

    ELLIPSOIDAL = "ellipsoidal"
    GEODESIC = "geodesic"
    PLANAR = "planar"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The one tolerance of check, repair, diff and report: `area_m2` in m², `width_m` in metres.

    A piece (overlap, gap) counts only when it exceeds *both*: smaller pieces are digitising noise,
    narrower ones lie within the positional tolerance. What is tolerated is still counted and summed.
    """

    area_m2: float = 1.0
    width_m: float = 0.01

    def exceeded_by(self, area_m2: float, width_m: float) -> bool:
        """Return whether a piece of this area and width is more than the tolerance allows."""
        return area_m2 > self.area_m2 and width_m > self.width_m


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why a finding does not fail a check: `kind` is "accepted" (right as it is) or "known" (to be mended)."""

    kind: str
    reason: Text
    author: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, as a value: what, how bad, where, how large.

    `zones` are plan zone ids (or file keys without a plan), `geometry` is in the CRS of the checked
    layer, `subject` is what the finding's id hangs on besides its check and zones: a digest of the
    geometry it is about, so that an acceptance lapses when that geometry changes.
    `unit` is the unit of `expected` and `measured`.
    """

    check: str
    severity: Severity
    zones: tuple[ZoneId, ...]
    message: Text
    subject: str = ""
    geometry: BaseGeometry | None = None
    area_m2: float | None = None
    width_m: float | None = None
    expected: float | str | None = None
    measured: float | str | None = None
    unit: str | None = None
    accepted: Acceptance | None = None

    @property
    def id(self) -> str:
        """Return the stable id, "check-" and 12 hexadecimal digits of check, zones and subject."""
        text = "\x1f".join((self.check, *sorted(self.zones), self.subject))
        return f"{self.check}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What one check did: how many things it `examined`, how many `findings` it made.

    `tolerated` and `tolerated_m2` count the pieces within the tolerance. A check that could not run
    says why in `skipped`, and `examined` is then 0.
    """

    check: str
    examined: int
    findings: int
    tolerated: int = 0
    tolerated_m2: float = 0.0
    skipped: Text | None = None


@dataclass(frozen=True, slots=True)
class InputInfo:
    """Which bytes a result is about: `path` as given, `layer`, number of `features`, `sha256` of the file.

    `crs_how` says how the CRS is known: "declared" in the file or "override" by the user.
    """

    path: str
    layer: str | None
    features: int
    sha256: str | None
    crs: str | None = None
    crs_how: str = "declared"


@dataclass(frozen=True, slots=True)
class Facility:
    """A place of a plan: `point` is lon, lat in WGS84 (= CGCS2000 here), or None when not located.

    `zone` is the id of the zone it is said to lie in, if any; `accuracy_m` is the radius within which
    the true place lies, in metres, None when unknown; `basis` says how the place is known.
    """

    id: str
    name: Text
    category: str
    point: Point | None
    zone: ZoneId | None = None
    basis: str = ""
    accuracy_m: float | None = None
    source: str | None = None
    address: Text | None = None
    note: Text | None = None


class IndicatorKind(StrEnum):
    """What a figure counts: an increment of a period, a stock at a date, a target, or a worded goal."""

    INCREMENT = "increment"
    STOCK = "stock"
    TARGET = "target"
    GOAL = "goal"


class Comparison(StrEnum):
    """How a published figure is worded around its number."""

    EXACT = "exact"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    NEARLY = "nearly"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One published figure. `measure` joins figures about the same thing; `value` is None for a goal in words.

    `date` is ISO text of any precision (year, month or day); `period` is set for increments. An
    increment and a stock are never comparable, even under the same `measure`.
    """

    id: str
    measure: str
    name: Text
    kind: IndicatorKind
    comparison: Comparison
    value: float | None
    unit: Text
    date: str
    period: str
    subject: Text | None
    source: str | None
    note: Text | None
