"""What was published beside what was measured: the sentence a plan is held to, told also when it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from geoplan.plan import Plan
from geoplan.plan.rules import AreaShareRule, AreaTotalRule, BaseRule, ZoneCountRule
from geoplan.result import Measurement, PublishedFigure
from geoplan.types import M2_PER_KM2, CheckRun, Finding, Text, ZoneId


def published_figures(
    plan: Plan, measurement: Measurement | None, checked: tuple[CheckRun, ...], findings: tuple[Finding, ...]
) -> tuple[PublishedFigure, ...]:
    """Return every published total, share and number of zones with its measured value and verdict.

    `holds` is None where the check could not run, as when boundaries are awaited.
    """
    ran = {run.check for run in checked if run.examined}
    return tuple(
        PublishedFigure(
            check=check,
            label=label,
            published=_words(rule, figure),
            measured=measured,
            unit=unit,
            holds=not any(f.check == check and broken(f) for f in findings) if check in ran else None,
            source=plan.source_by_id[rule.source].title if rule.source else None,
        )
        for check, label, rule, figure, measured, unit, broken in _held(plan, measurement)
        if rule.enabled
    )


_Row = tuple[str, Text, BaseRule, str, float | None, str, Callable[[Finding], bool]]


def _held(plan: Plan, measurement: Measurement | None) -> Iterator[_Row]:
    for total in plan.rules_of(AreaTotalRule, "area-total"):
        measured = measurement.total_m2 / M2_PER_KM2 if measurement else None
        label, figure = Text("total area", "总面积"), f"{total.km2:g} ± {total.tolerance_km2:g} km²"
        yield "area-total", label, total, figure, measured, "km2", _expects(total.km2)
    for share in plan.rules_of(AreaShareRule, "area-share"):
        name = plan.group_by_id[share.group].name
        group = next((g for g in measurement.groups if g.id == share.group), None) if measurement else None
        label = Text(f"share of {name.en}", f"{name.zh}占比")
        figure = f"{100 * share.min:g}–{100 * share.max:g} %"
        yield (
            "area-share",
            label,
            share,
            figure,
            group.share if group else None,
            "share",
            _is_about(plan.zones_in(share.group)),
        )
    for count in plan.rules_of(ZoneCountRule, "zone-count"):
        loaded = None
        if measurement:
            loaded = float(len({zone.id for zone in measurement.zones if zone.ellipsoidal_m2 is not None}))
        label = Text("number of zones", "分区数量")
        yield "zone-count", label, count, str(count.count), loaded, "zones", _expects(count.count)


def _expects(figure: float) -> Callable[[Finding], bool]:
    return lambda finding: finding.expected == figure


def _is_about(zones: frozenset[ZoneId]) -> Callable[[Finding], bool]:
    return lambda finding: set(finding.zones) <= zones


def _words(rule: BaseRule, figure: str) -> Text:
    """Return the figure as a rule reads it, with the words it was published in."""
    if rule.published is None:
        return Text.same(figure)
    return Text(f"{figure} (“{rule.published.en}”)", f"{figure}（“{rule.published.zh}”）")
