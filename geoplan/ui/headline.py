"""The strip of headline figures: what was measured, what is published, and whether the two agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from geoplan.output import figures
from geoplan.output.escape import for_html
from geoplan.plan.rules import AreaShareRule, AreaTotalRule
from geoplan.result import CheckResult
from geoplan.types import Severity
from geoplan.ui.texts import say
from geoplan.workflow import PlanView

Verdict: TypeAlias = Literal["holds", "fails", "unchecked", "none"]

_SYMBOLS: dict[Verdict, str] = {"holds": "✓", "fails": "✗", "unchecked": "?", "none": ""}


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure: its label, the figure with its unit, a line below, and a verdict."""

    label: str
    figure: str
    unit: str
    below: str
    verdict: Verdict = "none"
    place: Literal["lead", "lead wide", "side"] = "side"


def tiles(view: PlanView, language: str) -> tuple[Tile, ...]:
    """Return the headline figures of a plan in `language`, not escaped."""
    return (
        _total(view, language),
        *_shares(view, language),
        _zones(view, language),
        _facilities(view, language),
        _findings(view.result, language),
    )


def verdict(result: CheckResult, check: str) -> Verdict:
    """Return whether a published figure holds: by its check's run and findings, "unchecked" if it never ran."""
    run = next((run for run in result.checked if run.check == check), None)
    if run is None or not run.examined:
        return "unchecked"
    return "fails" if any(finding.check == check for finding in result.findings) else "holds"


def strip_html(shown: tuple[Tile, ...], language: str) -> str:
    """Return the strip as HTML."""
    return f'<div class="gp-strip" role="list">{"".join(_tile_html(tile, language) for tile in shown)}</div>'


def _tile_html(tile: Tile, language: str) -> str:
    mark = ""
    if tile.verdict != "none":
        said = for_html(say(tile.verdict, language))
        mark = f'<span class="gp-verdict gp-{tile.verdict}" title="{said}" aria-label="{said}">'
        mark += f"{_SYMBOLS[tile.verdict]} {for_html(say(f'{tile.verdict}_short', language))}</span>"
    classes = " ".join(["gp-tile", *(f"gp-{word}" for word in tile.place.split())])
    unit = f"<small>{for_html(tile.unit)}</small>" if tile.unit else ""
    return (
        f'<div class="{classes}" role="listitem"><div class="gp-tile-label">{for_html(tile.label)}</div>'
        f'<div class="gp-tile-figure">{for_html(tile.figure)}{unit}{mark}</div>'
        f'<div class="gp-tile-below" title="{for_html(tile.below)}">{for_html(tile.below)}</div></div>'
    )


def _total(view: PlanView, language: str) -> Tile:
    rules = view.plan.rules_of(AreaTotalRule, "area-total")
    published = ""
    if rules:
        figure = f"{rules[0].km2:g} ± {rules[0].tolerance_km2:g} {figures.unit('km2', language)}"
        published = say("published", language, figure=figure)
    measured = view.result.measurement
    if measured is None:
        return Tile(say("total", language), "—", "", published or say("no_boundary", language), place="lead")
    return Tile(
        say("total", language),
        figures.square_kilometres(measured.total_m2, language),
        figures.unit("km2", language),
        published or say("no_published", language),
        verdict(view.result, "area-total") if rules else "none",
        place="lead",
    )


def _shares(view: PlanView, language: str) -> tuple[Tile, ...]:
    rule = next(iter(view.plan.rules_of(AreaShareRule, "area-share")), None)
    if rule is None:
        return ()
    label = say("share", language, group=view.plan.group_by_id[rule.group].name.get(language))
    low, high = figures.compact(round(rule.min * 100, 6)), figures.compact(round(rule.max * 100, 6))
    words = rule.published.get(language) if rule.published else ""
    below = (
        say("published_words", language, words=words, low=low, high=high)
        if words
        else say("published_range", language, low=low, high=high)
    )
    measured = view.result.measurement
    group = next((g for g in measured.groups if g.id == rule.group), None) if measured else None
    if group is None:
        return (Tile(label, "—", "", below, place="lead wide"),)
    share = figures.share(group.share, language)
    return (Tile(label, share, "", below, verdict(view.result, "area-share"), place="lead wide"),)


def _zones(view: PlanView, language: str) -> Tile:
    reference = view.result.plan
    loaded = reference.loaded if reference else 0
    declared = reference.declared if reference else 0
    if not declared:  # nothing to hold the number against
        count = len(view.layer) if view.layer is not None else 0
        return Tile(say("zones", language), f"{count:,}" if count else "—", "", say("none_declared", language))
    figure = say("loaded", language, loaded=loaded, declared=declared)
    return Tile(say("zones", language), figure, "", say("boundaries_loaded", language))


def _facilities(view: PlanView, language: str) -> Tile:
    located = sum(facility.point is not None for facility in view.facilities)
    missing = len(view.facilities) - located
    below = say("located", language, missing=missing) if missing else say("located_all", language)
    figure = say("loaded", language, loaded=located, declared=len(view.facilities))
    return Tile(say("facilities", language), figure, "", below)


def _findings(result: CheckResult, language: str) -> Tile:
    ran = sum(run.examined > 0 for run in result.checked)
    if not ran and not result.findings:
        return Tile(say("findings", language), "—", "", say("not_checked", language))
    errors = sum(finding.severity is Severity.ERROR for finding in result.findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in result.findings)
    below = (
        say("worst", language, errors=errors, warnings=warnings)
        if errors or warnings
        else say("no_findings", language, checks=ran)
    )
    return Tile(say("findings", language), str(len(result.findings)), "", below)
