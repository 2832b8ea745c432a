"""The tables below the map, as frames of plain values: what is not known says so, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from geoplan.output import figures
from geoplan.output.escape import visible
from geoplan.output.labels import SEVERITY_LABELS, accepted_sentence, check_title, finding_figures, run_sentence
from geoplan.output.map import category_name
from geoplan.types import M2_PER_HECTARE, M2_PER_KM2, M2_PER_MU, Facility, Indicator, Text
from geoplan.ui.card import basis_text, source_line
from geoplan.ui.texts import COMPARISONS, KINDS, say
from geoplan.workflow import PlanView


def zone_ids(view: PlanView) -> tuple[str, ...]:
    """Return the ids of the rows of the zones table: what was measured, then the declared zones without boundary."""
    measured = view.result.measurement
    present = tuple(dict.fromkeys(zone.id for zone in measured.zones)) if measured else ()
    return present + tuple(zone.id for zone in view.plan.zones if zone.id not in present)


def zones_table(view: PlanView, language: str) -> pd.DataFrame:
    """Return one row per zone of `zone_ids`, with areas by the plan's method in four units (None unknown)."""
    measured = view.result.measurement
    measures = {zone.id: zone for zone in measured.zones} if measured else {}
    rows = []
    for identifier in zone_ids(view):
        zone, measure = view.plan.zone_by_id.get(identifier), measures.get(identifier)
        area = measure.area_m2(measured.method) if measured and measure else None
        name = zone.name if zone else measure.name if measure else Text.same(identifier)
        rows.append(
            [
                *_both(name, language),
                None if area is None else area / M2_PER_KM2,
                None if area is None else area / M2_PER_HECTARE,
                None if area is None else area / M2_PER_MU,
                area,
                measure.percent if measure else None,
                measure.perimeter_m if measure else None,
                zone.accuracy_m if zone else None,
                visible(zone.basis.get(language)) if zone and zone.basis else figures.UNKNOWN.get(language),
                _source(view, zone.source if zone else None, language),
            ]
        )
    keys = ["name", "name_other", "square_kilometres", "hectares", "mu", "square_metres", "share_percent"]
    return _frame(rows, [*keys, "perimeter_m", "accuracy_m", "basis", "source"], language)


def facilities_table(view: PlanView, facilities: Iterable[Facility], language: str) -> pd.DataFrame:
    """Return one row per facility, also those that are not located."""
    rows = [
        [
            *_both(facility.name, language),
            visible(category_name(view, facility.category).get(language)),
            say("yes" if facility.point is not None else "no", language),
            facility.accuracy_m,
            visible(basis_text(facility.basis, language)),
            visible(facility.address.get(language)) if facility.address else "",
            _source(view, facility.source, language),
            visible(facility.note.get(language)) if facility.note else "",
        ]
        for facility in facilities
    ]
    keys = ["name", "name_other", "category", "located_column", "accuracy_m", "basis", "address", "source", "note"]
    return _frame(rows, keys, language)


def indicators_table(view: PlanView, language: str) -> pd.DataFrame:
    """Return the published figures, the newest last, each with what it counts, its date and its source."""
    rows = [
        [
            visible(indicator.name.get(language)),
            published_value(indicator, language),
            KINDS[indicator.kind].get(language),
            visible(indicator.period or indicator.date),
            visible(indicator.subject.get(language)) if indicator.subject else "",
            _source(view, indicator.source, language),
            visible(indicator.note.get(language)) if indicator.note else "",
        ]
        for indicator in view.indicators
    ]
    return _frame(rows, ["figure", "value", "kind", "date", "about", "source", "note"], language)


def findings_table(view: PlanView, language: str) -> pd.DataFrame:
    """Return the findings, the worst first, with the names of their zones and their figures."""
    result = view.result
    rows = [
        [
            SEVERITY_LABELS[finding.severity].get(language),
            check_title(finding.check).get(language),
            ", ".join(visible(result.names.get(zone, Text.same(zone)).get(language)) for zone in finding.zones),
            visible(finding.message.get(language)),
            visible(finding_figures(finding).get(language)),
            visible(accepted_sentence(finding.accepted).get(language)) if finding.accepted else "",
        ]
        for finding in result.findings
    ]
    return _frame(rows, ["severity", "check", "zones", "message", "value", "accepted"], language)


def checks_table(view: PlanView, language: str) -> pd.DataFrame:
    """Return what each check did: "checked 4, found 0", or why it did not run."""
    rows = [[check_title(run.check).get(language), run_sentence(run).get(language)] for run in view.result.checked]
    return _frame(rows, ["check", "outcome"], language)


def lapsed_table(view: PlanView, language: str) -> pd.DataFrame:
    """Return the acceptances that cover nothing any more: which finding, who accepted it, and why it lapsed."""
    rows = [
        [entry.finding, visible(accepted_sentence(entry.acceptance).get(language)), visible(entry.why.get(language))]
        for entry in view.result.lapsed
    ]
    return _frame(rows, ["checks_id", "accepted", "checks_why"], language)


def sources_table(view: PlanView, language: str) -> pd.DataFrame:
    """Return the plan's sources."""
    rows = [
        [
            visible(source.title.get(language)),
            visible(source.publisher.get(language)) if source.publisher else "",
            source.date or say("undated", language),
            source.url or "",
            visible(source.note.get(language)) if source.note else "",
        ]
        for source in view.plan.sources
    ]
    return _frame(rows, ["title_column", "publisher", "date", "link", "note"], language)


def _both(name: Text, language: str) -> list[str]:
    other = name.get("en" if language == "zh" else "zh")
    return [visible(name.get(language)), visible(other)]


def _source(view: PlanView, identifier: str | None, language: str) -> str:
    return visible(source_line(view.plan.source_by_id.get(identifier or ""), identifier, language))


def published_value(indicator: Indicator, language: str) -> str:
    """Return a figure as published: "more than 10,000 people"; a goal in words has none."""
    if indicator.value is None:
        return "—"
    shown = f"{figures.compact(indicator.value, language)} {visible(indicator.unit.get(language))}".strip()
    return COMPARISONS[indicator.comparison].get(language).replace("{value}", shown)


def _frame(rows: Sequence[Sequence[object]], keys: list[str], language: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[say(key, language) for key in keys])
