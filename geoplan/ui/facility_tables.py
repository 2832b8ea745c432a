"""What the page of facilities lists: facilities that pass a filter, counts per zone, served shares, all as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import pandas as pd

from geoplan.facility_counts import FacilityCounts, PlacedFacility, Standing
from geoplan.match import folded
from geoplan.output import figures
from geoplan.output.escape import for_spreadsheet, visible
from geoplan.output.map import category_name
from geoplan.output.map.kept import Kept
from geoplan.service import ServiceCoverage, ZoneService
from geoplan.types import M2_PER_KM2, ZoneId
from geoplan.ui.card import basis_text, source_line
from geoplan.ui.texts import say
from geoplan.workflow import PlanView

OUTSIDE = "-outside"  # what `?in=` says for facilities in no zone; a slug cannot begin with "-"
_SEPARATOR = ","
_EMPTY = "%"  # what a link says for facilities without a category; no other category is spelt so
_MAX_TEXT = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Filters:
    """Which facilities are listed: of `categories` (all, if empty), in `zone` (None: anywhere), holding `text`."""

    categories: tuple[str, ...] = ()
    zone: ZoneId | None = None
    text: str = ""

    @classmethod
    def of(cls, asked: Callable[[str], str], categories: Sequence[str], zones: Sequence[ZoneId]) -> Filters:
        """Return what a link asks for by `?category=&in=&q=`; what the plan does not have is left out."""
        named = _parted(asked("category"))
        zone = asked("in")
        known = tuple(name for name in categories if name in named)
        return cls(known, zone if zone in (OUTSIDE, *zones) else None, asked("q")[:_MAX_TEXT])

    def passes(self, placed: PlacedFacility, view: PlanView) -> bool:
        """Return whether a facility is listed; the text is looked for in both languages, whatever its case or width."""
        words = folded(self.text).split()
        return self.admits(placed) and all(word in searched_texts(view)[placed.facility.id] for word in words)

    def admits(self, placed: PlacedFacility) -> bool:
        """Return whether category and zone let a facility pass, whatever the text."""
        facility = placed.facility
        if self.categories and facility.category not in self.categories:
            return False
        if self.zone == OUTSIDE and (placed.inside or facility.point is None):
            return False
        return self.zone in (None, OUTSIDE) or self.zone in (*placed.inside, placed.stated)


def _texts(view: PlanView) -> dict[str, str]:
    """Return what is searched of each facility, by id: its id, names, category, address and note, `folded`."""
    found = {}
    for facility in view.facilities:
        kind = category_name(view, facility.category)
        texts = [facility.id, facility.name.en, facility.name.zh, kind.en, kind.zh]
        texts += [part for text in (facility.address, facility.note) if text is not None for part in (text.en, text.zh)]
        found[facility.id] = folded(" ".join(texts))
    return found


searched_texts: Kept[PlanView, dict[str, str]] = Kept(_texts)


def joined(categories: Sequence[str]) -> str | None:
    """Return categories as a link holds them, None for all; their names may hold commas, and one may be empty."""
    return _SEPARATOR.join(_spelt(name) for name in categories) or None


def _spelt(category: str) -> str:
    return category.replace("%", "%25").replace(_SEPARATOR, "%2C") or _EMPTY


def _parted(link: str) -> list[str]:
    """Return the categories of a link, undoing `joined`."""
    parts = link.split(_SEPARATOR) if link else []
    return ["" if part == _EMPTY else part.replace("%2C", _SEPARATOR).replace("%25", "%") for part in parts]


def list_table(placed: Sequence[PlacedFacility], view: PlanView, language: str) -> pd.DataFrame:
    """Return one row per facility, short enough to stand beside the map."""
    rows = [
        [
            visible(one.facility.name.get(language)),
            visible(category_name(view, one.facility.category).get(language)),
            place_text(one, view, language),
            one.facility.accuracy_m,
        ]
        for one in placed
    ]
    return _frame(rows, ["name", "category", "facilities_place", "facilities_accuracy"], language)


def place_text(placed: PlacedFacility, view: PlanView, language: str) -> str:
    """Return where a facility lies, and what it says where that differs."""

    def named(zone: ZoneId) -> str:
        name = view.result.names.get(zone)
        return visible(name.get(language) if name else zone)

    if placed.facility.point is None or view.layer is None:
        return say("facilities_no_boundaries_short" if placed.facility.point else "facilities_not_located", language)
    comma = "、" if language == "zh" else ", "
    inside = comma.join(map(named, placed.inside)) or say("facilities_outside", language)
    if placed.standing is Standing.AGREES:
        return f"{inside} ✓"
    if placed.stated is None:
        return inside
    said = named(placed.stated)
    if placed.distance_m is None:
        unknown = placed.standing is Standing.UNKNOWN_ZONE
        key = "facilities_says_unknown" if unknown else "facilities_says_no_boundary"
        return say(key, language, place=inside, zone=said)
    metres = figures.number(placed.distance_m, 0, language)
    key = "facilities_says_near" if placed.standing is Standing.WITHIN_ACCURACY else "facilities_says_elsewhere"
    return say(key, language, place=inside, zone=said, metres=metres)


def counts_table(counts: FacilityCounts, view: PlanView, categories: Sequence[str], language: str) -> pd.DataFrame:
    """Return one row per zone, one for outside, one for what is not located: counts, density, each category."""
    heads = [say(key, language) for key in ("facilities_zone", "square_kilometres", "facilities_count")]
    heads += [say("facilities_density", language), say("facilities_range", language)]
    names = _distinct([visible(category_name(view, name).get(language)) for name in categories], heads)
    rows: list[list[object]] = []
    for zone in counts.zones:
        area = None if zone.area_m2 is None else zone.area_m2 / M2_PER_KM2
        between = f"{zone.sure}–{zone.possible}"
        own = [zone.by_category.get(name, 0) for name in categories]
        rows.append([visible(zone.name.get(language)), area, zone.count, zone.per_km2(), between, *own])
    outside = [one for one in counts.placed if not one.inside and one.facility.point is not None]
    missing = [one for one in counts.placed if one.facility.point is None]
    for key, group in (("facilities_outside_all", outside), ("facilities_unlocated", missing)):
        own = [sum(one.facility.category == name for one in group) for name in categories]
        rows.append([say(key, language), None, len(group), None, "", *own])
    return pd.DataFrame(rows, columns=[*heads, *names])


def coverage_table(found: ServiceCoverage, language: str) -> pd.DataFrame:
    """Return one row per zone and group and the total: share, its range, covered and uncovered km²."""
    rows = [_served_row(row, language) for row in (*found.zones, *found.groups, found.total)]
    keys = ["facilities_zone", "facilities_covered", "facilities_covered_range", "facilities_uncovered_km2"]
    return _frame(rows, keys, language)


def pieces_table(found: ServiceCoverage, language: str) -> pd.DataFrame:
    """Return one row per uncovered piece, largest first."""
    names = {zone.id: zone.name for zone in found.zones}
    rows = [
        [place, visible(names[piece.zone].get(language)), piece.area_m2 / M2_PER_KM2]
        for place, piece in enumerate(found.uncovered, 1)
    ]
    return _frame(rows, ["facilities_piece", "facilities_zone", "facilities_uncovered_km2"], language)


def range_text(row: ZoneService, language: str) -> str:
    """Return the range of a share as its facilities' accuracy allows."""
    if row.low is None:
        return "–"
    high = say("facilities_no_bound", language) if row.high is None else figures.number(row.high * 100, 1, language)
    return f"{figures.number(row.low * 100, 1, language)}–{high}"


def facilities_csv(placed: Sequence[PlacedFacility], view: PlanView, language: str) -> bytes:
    """Return facilities as CSV for spreadsheets: every field, UTF-8 with a mark, no cell that could be a formula."""
    keys = ["facilities_id", "name", "name_other", "category", "facilities_place", "facilities_stated"]
    keys += ["facilities_lon", "facilities_lat", "accuracy_m", "basis", "address", "source", "note"]
    rows: list[list[object]] = []
    other = "en" if language == "zh" else "zh"
    for one in placed:
        facility, point = one.facility, one.facility.point
        source = view.plan.source_by_id.get(facility.source or "")
        rows.append(
            [
                facility.id, facility.name.get(language), facility.name.get(other),
                category_name(view, facility.category).get(language), place_text(one, view, language), one.stated or "",
                None if point is None else round(point.x, 6), None if point is None else round(point.y, 6),
                facility.accuracy_m, basis_text(facility.basis, language),
                facility.address.get(language) if facility.address else "",
                source_line(source, facility.source, language), facility.note.get(language) if facility.note else "",
            ]
        )  # fmt: skip
    return table_csv([say(key, language) for key in keys], rows)


def coverage_csv(found: ServiceCoverage, view: PlanView, language: str) -> bytes:
    """Return the served shares as CSV, with the category, the radius, the label and every caution below them."""
    keys = ["facilities_zone", "square_metres", "facilities_covered_m2", "facilities_covered"]
    keys += ["facilities_low", "facilities_high"]
    rows: list[list[object]] = [
        [row.name.get(language), row.area_m2, row.covered_m2, *map(_percent, (row.share, row.low, row.high))]
        for row in (*found.zones, *found.groups, found.total)
    ]
    kind = category_name(view, found.category).get(language)
    notes = [say("facilities_csv_note", language, category=kind, radius=figures.compact(found.radius_m, language))]
    notes += [say("facilities_screening", language), *(text.get(language) for text in found.cautions)]
    return table_csv([say(key, language) for key in keys], [*rows, [], *([note] for note in notes)])


def frame_csv(frame: pd.DataFrame) -> bytes:
    """Return a table of this page as CSV bytes, as `table_csv` writes them."""
    known = frame.astype(object).where(frame.notna(), None)
    return table_csv([str(name) for name in frame.columns], known.to_numpy().tolist())


def table_csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Return a table as CSV bytes; text cells cannot run in a spreadsheet, unknown numbers are empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([for_spreadsheet(head) for head in heads])
    for row in rows:
        writer.writerow([for_spreadsheet(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue().encode("utf-8-sig", errors="replace")


def _served_row(row: ZoneService, language: str) -> list[object]:
    uncovered = None if row.uncovered_m2 is None else row.uncovered_m2 / M2_PER_KM2
    return [visible(row.name.get(language)), _percent(row.share), range_text(row, language), uncovered]


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _frame(rows: Sequence[Sequence[object]], keys: Sequence[str], language: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[say(key, language) for key in keys])


def _distinct(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return column names that are all different: a table cannot have one name twice."""
    seen, distinct = set(taken), []
    for name in names:
        tries = (f"{name} ({number})" if number > 1 else name for number in count(1))
        free = next(candidate for candidate in tries if candidate not in seen)
        seen.add(free)
        distinct.append(free)
    return distinct
