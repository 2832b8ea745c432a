"""A plan as plan.toml states it: frozen, validated, with the look-ups the rest needs.

`Plan` says what is published (zones, groups, rules, sources), how to measure (`area`, `tolerance`)
and where the layers lie (`layers`, relative to `folder`). It reads no layer itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr

from geoplan.crs import norm_crs
from geoplan.errors import GeoplanError
from geoplan.plan.fields import BilingualText, PartialDate, PlainText, Record, RelativePath, Slug
from geoplan.plan.rules import BaseRule, Rule
from geoplan.types import Acceptance, AreaMethod, Tolerance, ZoneId

RuleT = TypeVar("RuleT", bound=BaseRule)


def _projected_code(value: str) -> str:
    try:
        crs = norm_crs(value)
    except GeoplanError as error:
        raise ValueError(error.message.en) from error
    if not crs.is_projected:
        raise ValueError(f"{value} is not a projected coordinate system; name one such as EPSG:4548")
    return value


ProjectedCode: TypeAlias = Annotated[str, AfterValidator(_projected_code)]


class AreaSettings(Record):
    """How areas are measured: the `method`, and the projected CRS whose straight edges count."""

    method: AreaMethod = AreaMethod.ELLIPSOIDAL
    projected: ProjectedCode | None = None


class ToleranceSettings(Record):
    """The one tolerance: `area_m2` in m², `width_m` in metres."""

    area_m2: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Tolerance().area_m2
    width_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Tolerance().width_m


class Layers(Record):
    """Where the plan's layers lie, relative to the plan folder."""

    zones: RelativePath | None = None
    facilities: RelativePath | None = None
    network: RelativePath | None = None
    boundary: RelativePath | None = None
    context: RelativePath | None = None
    indicators: RelativePath | None = None


class Source(Record):
    """Where a figure or a line comes from."""

    id: Slug
    title: BilingualText
    publisher: BilingualText | None = None
    date: PartialDate | None = None
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$")] | None = None
    note: BilingualText | None = None


class Named(Record):
    """A facility category: an id with a name in both languages."""

    id: Slug
    name: BilingualText


class Group(Named):
    """A set of zones a share is published for; `groups` names the larger groups it belongs to."""

    groups: tuple[Slug, ...] = ()


class Zone(Named):
    """A declared zone. `awaiting`: its boundary is not published; `named = false`: nor is its name."""

    aliases: tuple[PlainText, ...] = ()
    groups: tuple[Slug, ...] = ()
    published_km2: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    basis: BilingualText | None = None
    source: Slug | None = None
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    note: BilingualText | None = None
    awaiting: bool = False
    named: bool = True


class ExceptionEntry(Record):
    """A finding that does not fail a check, with the reason, who decided it and until when."""

    finding: Annotated[str, Field(pattern=r"^[a-z-]+-[0-9a-f]{12}$")]
    reason: BilingualText
    author: PlainText
    expires: date | None = None


class Plan(Record):
    """One plan: what plan.toml says, and the folder it lies in."""

    format: Literal[1]
    id: Slug
    name: BilingualText
    summary: BilingualText | None = None
    status: Literal["official", "indicative", "draft"]
    area: AreaSettings = AreaSettings()
    tolerance_settings: ToleranceSettings = Field(default=ToleranceSettings(), alias="tolerance")
    layers: Layers = Layers()
    sources: tuple[Source, ...] = ()
    categories: tuple[Named, ...] = ()
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
        members = {zone.id for zone in self.zones if group in zone.groups}
        for inner in self.groups:
            if group in inner.groups:
                members |= self.zones_in(inner.id)
        return frozenset(members)

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
    "ExceptionEntry",
    "Group",
    "Layers",
    "Named",
    "Plan",
    "Source",
    "ToleranceSettings",
    "Zone",
]
