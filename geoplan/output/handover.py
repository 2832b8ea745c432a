"""What every file handed over says about itself and its zones: plan, status, revision, method, basis, source.

Shared by `geoplan.output.export` and `geoplan.output.workbook`, so that a shapefile and a workbook of the
same revision never tell two stories.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from geoplan.output import style
from geoplan.output.escape import visible
from geoplan.output.labels import method_sentence, status_sentence
from geoplan.plan import Plan
from geoplan.plan.model import Zone
from geoplan.result import ZoneMeasure
from geoplan.types import VERSION, AreaMethod, Text, ZoneId
from geoplan.workflow import PlanView
from geoplan.zones import as_text

# What stands in files for the time of zones that were never published and so have none; the first that a zip can hold.
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
TOOL = f"geoplan {VERSION}"
UNPUBLISHED = Text("not published: the zones of the plan folder", "未发布：规划文件夹中的分区")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says about itself. `number`, `hash` and `published` are None for zones of no revision.

    `method` and `projected` (a CRS code) are how areas were measured, None without boundaries; `sha256` is
    that of the file the zones were read from, None for those out of a store.
    """

    plan: str
    name: Text
    status: str
    worth: Text
    number: int | None
    hash: str | None
    published: datetime | None
    method: AreaMethod | None
    how: Text | None
    projected: str | None
    sha256: str | None

    @property
    def time(self) -> datetime:
        """Return the time to write into a file that must name one: the revision's, never the clock's."""
        return self.published or NO_TIME

    @property
    def origin(self) -> Text:
        """Return which revision the zones are of, in words."""
        if self.number is None or self.hash is None:
            return UNPUBLISHED
        return Text(f"revision {self.number}, {self.hash[:12]}", f"版本 {self.number}，{self.hash[:12]}")

    def lines(self) -> dict[str, str]:
        """Return everything as key and text, for the metadata of files; what is unknown is left out."""
        known = {
            "plan": self.plan,
            "name_en": self.name.en,
            "name_zh": self.name.zh,
            "status": self.status,
            "status_en": self.worth.en,
            "status_zh": self.worth.zh,
            "revision": None if self.number is None else str(self.number),
            "revision_hash": self.hash,
            "revision_time": self.published.isoformat().replace("+00:00", "Z") if self.published else None,
            "area_method_en": self.how.en if self.how else None,
            "area_method_zh": self.how.zh if self.how else None,
            "source_sha256": self.sha256,
            "made_with": TOOL,
        }
        return {key: value for key, value in known.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Remarks:
    """How a zone's boundary is known; None is unknown. `source` is an id of the plan, `accuracy_m` a radius in m."""

    basis: Text | None
    accuracy_m: float | None
    source: str | None
    note: Text | None
    groups: tuple[str, ...] = ()


def facts_of(view: PlanView) -> Facts:
    """Return what a file made of an opened plan says about itself."""
    revision, measured = view.revision, view.result.measurement
    how = None
    if measured is not None:
        said = method_sentence(measured.method, measured.projected, official_rounding=measured.official_rounding)
        how = Text(visible(said.en), visible(said.zh))
    return Facts(
        plan=view.plan.id,
        name=Text(visible(view.plan.name.en), visible(view.plan.name.zh)),
        status=view.plan.status,
        worth=status_sentence(view.plan.status, awaited=view.layer is None),
        number=revision.number if revision else None,
        hash=revision.hash if revision else None,
        published=moment_of(revision.time) if revision else None,
        method=measured.method if measured else None,
        how=how,
        projected=measured.projected if measured else None,
        sha256=view.layer.source.sha256 if view.layer is not None else None,
    )


def moment_of(time: str) -> datetime | None:
    """Return a time in ISO 8601 text in UTC, to the second; None if it is no time."""
    try:
        read = datetime.fromisoformat(time)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):  # the latter: before the year 1 or after 9999 once it is in UTC
        return None


def measured_zones(view: PlanView, most: int | None = None) -> Iterator[tuple[ZoneMeasure, Remarks]]:
    """Yield the measured zones, one per feature in the layer's order, with how each boundary is known.

    `most` of them: what a city's parcels say is not put into words to show fifty.
    """
    measured, layer = view.result.measurement, view.layer
    if measured is None or layer is None:
        return
    fields = {name: [as_text(value) for value in values[:most]] for name, values in layer.fields.items()}
    for row, zone in enumerate(islice(measured.zones, most)):
        own = {name: values[row] for name, values in fields.items()}
        yield zone, remarks_of(view.plan.zone_by_id.get(zone.id), own)


def remarks_of(zone: Zone | None, own: Mapping[str, str]) -> Remarks:
    """Return how a boundary is known: what plan.toml says of the zone, else what its feature says."""
    accuracy = zone.accuracy_m if zone and zone.accuracy_m is not None else _number(own.get("accuracy_m", ""))
    return Remarks(
        basis=(zone.basis if zone else None) or _both(own, "basis"),
        accuracy_m=accuracy,
        source=(zone.source if zone else None) or own.get("source") or None,
        note=(zone.note if zone else None) or _both(own, "note"),
        groups=zone.groups if zone else (),
    )


def awaited_zones(plan: Plan, loaded: Container[ZoneId]) -> tuple[Zone, ...]:
    """Return the declared zones that are not among the `loaded` ones, in the plan's order."""
    return tuple(zone for zone in plan.zones if zone.id not in loaded)


def source_line(plan: Plan, identifier: str | None) -> Text | None:
    """Return a source as one line, title, publisher and date, or its id when the plan does not list it."""
    source = plan.source_by_id.get(identifier or "")
    if source is None:
        return Text.same(identifier) if identifier else None

    def line(language: str) -> str:
        publisher = source.publisher.get(language) if source.publisher else None
        return " · ".join(part for part in (source.title.get(language), publisher, source.date) if part)

    return Text(line("en"), line("zh"))


def zone_colours(plan: Plan, ids: Sequence[ZoneId]) -> tuple[str, ...]:
    """Return the fill of every feature of a layer by its zone: the same in map, cards, sheet, workbook and exports.

    `ids` are those of all features in the layer's order. Zones the plan declares have the colours of their order
    there; those it does not declare follow after them, by their place in the layer.
    """
    order = {zone.id: place for place, zone in enumerate(plan.zones)}
    return tuple(style.zone_colour(order.get(zone, len(order) + place)) for place, zone in enumerate(ids))


def category_colours(view: PlanView) -> dict[str, str]:
    """Return a colour per facility category: the same in map, cards, sheet, workbook and exported drawings."""
    return style.category_colours(*_categories(view))


def categories(view: PlanView) -> tuple[str, ...]:
    """Return every facility category the plan names or uses, in the order that colours and signs go by.

    Those that only the network uses come last: files that know nothing of it have the same colours.
    """
    first, further = _categories(view)
    return (*sorted(first), *sorted(further - first))


def _categories(view: PlanView) -> tuple[set[str], set[str]]:
    """Return the categories that are named or used by facilities, and those of the network."""
    named = {category.id for category in view.plan.categories}
    return named | {one.category for one in view.facilities}, {one.category for one in view.network}


def category_name(plan: Plan, category: str) -> Text:
    """Return the name of a facility category, its id where the plan does not list it."""
    return next((one.name for one in plan.categories if one.id == category), Text.same(category))


def _both(own: Mapping[str, str], field: str) -> Text | None:
    english = own.get(f"{field}_en") or own.get(field, "")
    chinese = own.get(f"{field}_zh") or own.get(field, "")
    return Text(english or chinese, chinese or english) if english or chinese else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
