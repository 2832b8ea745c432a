"""A plan as plan.toml states it: frozen, validated, with the look-ups the rest needs.

`Plan` says what is published (zones, groups, rules, sources), how to measure (`area`, `tolerance`)
and where the layers lie (`layers`, relative to `folder`). It reads no layer itself.
The text under a key is its meaning in docs/plan.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr

from geoplan.crs import norm_crs
from geoplan.errors import GeoplanError
from geoplan.plan.fields import (
    BilingualText,
    FormatNumber,
    NotNegative,
    Number,
    PartialDate,
    PlainText,
    Positive,
    Record,
    RelativePath,
    Slug,
    Switch,
    WholeDate,
)
from geoplan.plan.rules import BaseRule, Rule
from geoplan.plan.wording import wrong
from geoplan.types import Acceptance, AreaMethod, Tolerance, ZoneId

RuleT = TypeVar("RuleT", bound=BaseRule)


def _projected_code(value: str) -> str:
    try:
        crs = norm_crs(value)
    except GeoplanError as error:
        raise wrong(error.message.en, error.message.zh) from error
    if not crs.is_projected:
        raise wrong(
            f"{value} is not a projected coordinate system; name one such as EPSG:4548",
            f"{value} 不是投影坐标系；请指定投影坐标系，例如 EPSG:4548",
        )
    return value


ProjectedCode: TypeAlias = Annotated[str, AfterValidator(_projected_code)]
ServiceRadius: TypeAlias = Annotated[Number, Field(gt=0, le=50_000)]


class AreaSettings(Record):
    """How areas are measured: the `method`, and the projected CRS whose straight edges count."""

    method: AreaMethod = AreaMethod.ELLIPSOIDAL
    """The method that totals, shares and checks use; all three are always measured."""
    projected: ProjectedCode | None = None
    """The projected CRS in whose plane edges are straight; without it the usual one of the place is taken."""


class ToleranceSettings(Record):
    """The one tolerance: `area_m2` in m², `width_m` in metres."""

    area_m2: NotNegative = Tolerance().area_m2
    """An overlap or gap of no more than this many m² is tolerated."""
    width_m: NotNegative = Tolerance().width_m
    """An overlap or gap no wider than this many metres is tolerated."""


class Layers(Record):
    """Where the plan's layers lie, relative to the plan folder."""

    zones: RelativePath | None = None
    """The zone polygons. Without it a single file called zones.gpkg, zones.geojson, … is taken."""
    facilities: RelativePath | None = None
    """Places of the plan: points, or features without geometry where the place is not known."""
    network: RelativePath | None = None
    """Places elsewhere that belong to the plan, such as innovation centres in other cities."""
    boundary: RelativePath | None = None
    """The site: what of it no zone covers is a gap, what lies outside it is found by zone-inside."""
    context: RelativePath | None = None
    """Lines or areas drawn behind the zones for orientation; nothing is checked against them."""
    indicators: RelativePath | None = None
    """Published targets, stocks and increments, as a CSV table."""


class Source(Record):
    """Where a figure or a line comes from."""

    id: Slug
    """How rules, zones and layers refer to it; used once."""
    title: BilingualText
    """Title of the document."""
    publisher: BilingualText | None = None
    """Who published it."""
    date: PartialDate | None = None
    """Date of publication, as precise as it is known."""
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$")] | None = None
    """Where it can be read: an http or https address."""
    note: BilingualText | None = None
    """What to know before relying on it."""


class Named(Record):
    """Something with an id and a name in both languages."""

    id: Slug
    """How features and other tables refer to it; used once."""
    name: BilingualText
    """Name shown to readers."""


class Category(Named):
    """A facility category: an id with a name in both languages, and the radii its service is asked for."""

    radii_m: Annotated[tuple[ServiceRadius, ...], Field(max_length=20)] = ()
    """Service radii of this category in metres, instead of those of `[service]`."""
    source: Slug | None = None
    """The source of these radii, such as a norm."""


class ServiceSettings(Record):
    """Service coverage: the straight-line radii offered for every category that has none of its own."""

    radii_m: Annotated[tuple[ServiceRadius, ...], Field(min_length=1, max_length=20)] = (300.0, 500.0, 800.0, 1000.0)
    """Service radii in metres; the default ones are the living circles of GB 50180-2018."""
    source: Slug | None = None
    """The source of the radii, such as a norm."""


class Group(Named):
    """A set of zones a share is published for; `groups` names the larger groups it belongs to."""

    groups: tuple[Slug, ...] = ()
    """Larger groups this one belongs to: their share counts its zones too."""


class Zone(Named):
    """A declared zone. `awaiting`: its boundary is not published; `named = false`: nor is its name."""

    aliases: tuple[PlainText, ...] = ()
    """Other names by which a feature of a file may call this zone; no two zones share one."""
    groups: tuple[Slug, ...] = ()
    """Groups the zone belongs to, for published shares."""
    published_km2: Positive | None = None
    """Area published for this zone alone, held against the measured one by area-declared."""
    basis: BilingualText | None = None
    """How the boundary is known: what of it is stated, derived, assumed."""
    source: Slug | None = None
    """The source the zone is declared by."""
    accuracy_m: NotNegative | None = None
    """How far off, in metres, the boundary may be."""
    note: BilingualText | None = None
    """What a reader of the map should know about this zone."""
    awaiting: Switch = False
    """The boundary is not published yet: that the zone is missing is no finding."""
    named: Switch = True
    """Whether the name is the published one; false for a working name."""


class ExceptionEntry(Record):
    """A finding that does not fail a check, with the reason, who decided it and until when."""

    finding: Annotated[str, Field(pattern=r"^[a-z-]+-[0-9a-f]{12}$")]
    """Id of the finding, as every report shows it. It lapses when the geometry it is about changes."""
    reason: BilingualText
    """Why it does not fail the check."""
    author: PlainText
    """Who decided that."""
    expires: WholeDate | None = None
    """The last day on which it holds; without a date it holds until the geometry changes."""


class Plan(Record):
    """One plan: what plan.toml says, and the folder it lies in."""

    format: FormatNumber
    """Version of this file format."""
    id: Slug
    """Short name of the plan, for commands and links."""
    name: BilingualText
    """Name shown to readers."""
    summary: BilingualText | None = None
    """One or two sentences on what the plan is."""
    status: Literal["official", "indicative", "draft"]
    """What the boundaries are: shown on every map, report and export."""
    area: AreaSettings = AreaSettings()
    tolerance_settings: ToleranceSettings = Field(default=ToleranceSettings(), alias="tolerance")
    layers: Layers = Layers()
    sources: tuple[Source, ...] = ()
    categories: tuple[Category, ...] = ()
    service: ServiceSettings = ServiceSettings()
    zones: tuple[Zone, ...] = ()
    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()
    accepted: tuple[ExceptionEntry, ...] = ()
    known: tuple[ExceptionEntry, ...] = ()
    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """Return the folder plan.toml lies in."""
        return self._folder

    @property
    def tolerance(self) -> Tolerance:
        """Return the plan's one tolerance."""
        return Tolerance(self.tolerance_settings.area_m2, self.tolerance_settings.width_m)

    @cached_property
    def zone_by_id(self) -> Mapping[ZoneId, Zone]:
        """Return the declared zones by id, in their order."""
        return {zone.id: zone for zone in self.zones}

    @cached_property
    def source_by_id(self) -> Mapping[str, Source]:
        """Return the sources by id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def group_by_id(self) -> Mapping[str, Group]:
        """Return the groups by id."""
        return {group.id: group for group in self.groups}

    def zones_in(self, group: str) -> frozenset[ZoneId]:
        """Return the ids of the zones in a group, those of its sub-groups included."""
        wanted, waiting = {group}, [group]
        while waiting:
            outer = waiting.pop()
            inner = [one.id for one in self.groups if outer in one.groups and one.id not in wanted]
            wanted.update(inner)
            waiting += inner
        return frozenset(zone.id for zone in self.zones if wanted.intersection(zone.groups))

    def rules_of(self, kind: type[RuleT], check: str) -> tuple[RuleT, ...]:
        """Return the plan's rules for one check, which are of `kind`, in their order."""
        return tuple(rule for rule in self.rules if isinstance(rule, kind) and getattr(rule, "check", "") == check)

    def acceptances(self) -> Mapping[str, Acceptance]:
        """Return what is accepted or known, by finding id."""
        found: dict[str, Acceptance] = {}
        for kind, entries in (("known", self.known), ("accepted", self.accepted)):
            for entry in entries:
                found[entry.finding] = Acceptance(kind, entry.reason, entry.author, entry.expires)
        return found


__all__ = [
    "AreaSettings",
    "Category",
    "ExceptionEntry",
    "Group",
    "Layers",
    "Named",
    "Plan",
    "ServiceSettings",
    "Source",
    "ToleranceSettings",
    "Zone",
]
