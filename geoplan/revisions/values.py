"""What the use cases of revisions take and give: options, how features were matched, what a load came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from geoplan.diff import Comparison
from geoplan.errors import ConflictError
from geoplan.inspection import Inspection, Offset
from geoplan.plan import Plan
from geoplan.repair import Repair
from geoplan.result import CheckResult
from geoplan.store import Patience, Revision
from geoplan.types import Text, ZoneId


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file, where the file itself is silent or wrong; None leaves it to geoplan.

    `crs` is a code, `axes` "east-north" or "north-east", `operation` the parameters of an old datum
    ("+towgs84=…" or "+nadgrids=…"), `encoding` that of its text.
    """

    layer: str | None = None
    id_field: str | None = None
    crs: str | None = None
    offset: Offset | None = None
    axes: str | None = None
    operation: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Publishing:
    """How to publish: who says so and why, what findings are accepted (finding id to reason).

    `parent` is the revision the update was made from, when it need not be the current one. `patience` is how long
    to wait while somebody else publishes.
    """

    author: str | None = None
    message: str | None = None
    accept: tuple[tuple[str, str], ...] = ()
    parent: int | None = None
    dry_run: bool = False
    repair: bool = False
    store: str | Path | None = None
    patience: Patience = field(default_factory=Patience)


class Outcome(StrEnum):
    """What a load came to."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    DRY_RUN = "dry-run"


class How(StrEnum):
    """How a feature was found to be a zone."""

    ID = "id"
    ALIAS = "alias"
    NAME = "name"
    SHAPE = "shape"
    ORDER = "order"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class MatchedFeature:
    """Which zone the feature at 1-based `place` was taken for, and how.

    `key` is what the file calls it. `share` is the overlap share (intersection over union) of a match
    by shape. A feature that is `new` is no zone of the plan and keeps its own key.
    """

    place: int
    zone: ZoneId
    how: How
    key: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load or a restore came to; every part is there as far as it got.

    `would` is what a dry run would have come to, else the same as `outcome`. `reasons` say why it was
    rejected, `notes` what a reader should know besides. `parent` is the revision it builds on, None
    when there was none; `revision` the published one. `repair` is None unless asked for.
    """

    outcome: Outcome
    would: Outcome
    plan: Plan
    store: str
    parent: int | None
    inspection: Inspection | None = None
    matched: tuple[MatchedFeature, ...] = ()
    repair: Repair | None = None
    check: CheckResult | None = None
    comparison: Comparison | None = None
    revision: Revision | None = None
    reasons: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def undecided(self) -> bool:
        """Return whether it stopped because the coordinates can be read in several ways, or in none."""
        return self.inspection is not None and self.inspection.crs.chosen is None

    @property
    def exit_code(self) -> int:
        """Return 0 for published, unchanged and a dry run of these; 3 for an undecided CRS; 1 for rejected."""
        if self.would is not Outcome.REJECTED:
            return 0
        return 3 if self.undecided else 1


class PublishConflictError(ConflictError):
    """A conflict with both differences: `theirs` since the parent, `mine` between what is current now and this load."""

    def __init__(self, plan: str, expected: int | None, current: int | None, *, theirs: Comparison, mine: Comparison):
        self.theirs = theirs
        self.mine = mine
        super().__init__(plan, expected, current)
