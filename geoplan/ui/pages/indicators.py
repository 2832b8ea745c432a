"""The page of indicators: targets against what was reported, increments apart from stocks, with every source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from geoplan.output import figures
from geoplan.output.charts import Mark, picture_html, target_svg
from geoplan.output.escape import for_html, visible
from geoplan.types import Indicator, IndicatorKind, Text
from geoplan.ui import tables
from geoplan.ui.card import source_line
from geoplan.ui.frame import heading
from geoplan.ui.grid import plain
from geoplan.ui.visit import Visit

_STOCK = "#0072B2"


def show(visit: Visit) -> None:
    """Show the page."""
    heading(visit, "indicators", visit.say("indicators_lead"))
    if not visit.view.indicators:
        st.info(visit.say("indicators_none"))
        return
    for subject, own in by_subject(visit.view.indicators):
        if subject is not None:
            line = visit.say("indicators_subject", subject=visible(subject.get(visit.language)))
            st.html(f'<p class="gp-hint">{for_html(line)}</p>')
        left, right = st.columns(2, gap="medium")
        with left:
            _stocks(visit, own)
        with right:
            _increments(visit, own)
            _goals(visit, own)
    _section(visit, "indicators_all")
    plain(tables.indicators_table(visit.view, visit.language), visit.language)


def by_subject(indicators: Iterable[Indicator]) -> tuple[tuple[Text | None, tuple[Indicator, ...]], ...]:
    """Return the figures by whose they are, in the order of first mention: figures of two subjects never meet."""
    subjects: dict[Text | None, list[Indicator]] = {}
    for indicator in indicators:
        subjects.setdefault(indicator.subject, []).append(indicator)
    return tuple((subject, tuple(own)) for subject, own in subjects.items())


def by_measure(indicators: Iterable[Indicator], *kinds: IndicatorKind) -> tuple[tuple[Indicator, ...], ...]:
    """Return the figures of these kinds by what they measure, each by date, the targets last."""
    measures: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        if indicator.kind in kinds:
            measures.setdefault(indicator.measure, []).append(indicator)
    return tuple(
        tuple(sorted(own, key=lambda one: (one.kind is IndicatorKind.TARGET, one.date))) for own in measures.values()
    )


def comparable(stocks: Sequence[Indicator], target: Indicator | None) -> tuple[list[Indicator], list[Indicator]]:
    """Return the stocks that can be drawn on the target's scale (same unit, a value), and the others."""
    unit = target.unit if target is not None else (stocks[-1].unit if stocks else None)
    drawn = [stock for stock in stocks if stock.value is not None and stock.unit == unit]
    return drawn, [stock for stock in stocks if stock not in drawn]


def _stocks(visit: Visit, own: tuple[Indicator, ...]) -> None:
    measures = by_measure(own, IndicatorKind.STOCK, IndicatorKind.TARGET)
    if not measures:
        return
    _section(visit, "indicators_targets")
    for measure in measures:
        targets = [one for one in measure if one.kind is IndicatorKind.TARGET and one.value is not None]
        _measure(visit, [one for one in measure if one.kind is IndicatorKind.STOCK], targets[-1] if targets else None)


def _measure(visit: Visit, stocks: Sequence[Indicator], target: Indicator | None) -> None:
    drawn, others = comparable(stocks, target)
    named = target or stocks[-1]
    name = visible(named.name.get(visit.language))
    top = max([0.0, *(one.value or 0.0 for one in (*drawn, *([target] if target else [])))]) * 1.06 or 1.0
    marks = [Mark((one.value or 0.0) / top, _figure(visit, one), _day(visit, one)) for one in drawn]
    goal = None
    if target is not None and target.value is not None:
        day, figure = _day(visit, target), _figure(visit, target)
        goal = Mark(target.value / top, visit.say("indicators_target_mark", date=day, figure=figure), day)
    said = visit.say("indicators_chart", name=name)
    wide, narrow = (target_svg(marks, goal, _STOCK, said, narrow=so) for so in (False, True))
    chart = picture_html(wide, said, narrow) if drawn else ""
    lines = [_sourced(visit, one) for one in (*drawn, *([target] if target else []))]
    lines += [visit.say("indicators_units_differ", figure=_figure(visit, one), date=_day(visit, one)) for one in others]
    if not stocks:
        lines.append(visit.say("indicators_no_stock"))
    if target is None:
        lines.append(visit.say("indicators_no_target"))
    notes = dict.fromkeys(one.note.get(visit.language) for one in (*drawn, *others, named) if one.note)
    _card(name, chart, [*lines, *notes])


def _increments(visit: Visit, own: tuple[Indicator, ...]) -> None:
    measures = by_measure(own, IndicatorKind.INCREMENT)
    if not measures:
        return
    _section(visit, "indicators_increments")
    rows = []
    for one in (one for measure in measures for one in measure):
        note = f"<small>{for_html(one.note.get(visit.language))}</small>" if one.note else ""
        source = source_line(visit.view.plan.source_by_id.get(one.source or ""), one.source, visit.language)
        rows.append(
            f"<tr><td>{for_html(one.name.get(visit.language))}{note}</td><td class='gp-figure'>"
            f"{for_html(_figure(visit, one))}</td><td>{for_html(_day(visit, one))}</td><td>{for_html(source)}</td></tr>"
        )
    heads = "".join(f"<th>{for_html(visit.say(key))}</th>" for key in ("figure", "value", "date", "source"))
    st.html(f'<table class="gp-figures"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>')


def _goals(visit: Visit, own: tuple[Indicator, ...]) -> None:
    goals = [one for one in own if one.kind is IndicatorKind.GOAL]
    if not goals:
        return
    _section(visit, "indicators_goals")
    for one in goals:
        by = visit.say("indicators_goal_by", date=_day(visit, one))
        note = [one.note.get(visit.language)] if one.note else []
        _card(f"{visible(one.name.get(visit.language))} — {by}", "", [_source(visit, one), *note])


def _section(visit: Visit, key: str) -> None:
    st.html(f'<h2 class="gp-section">{for_html(visit.say(key))}</h2>')


def _card(title: str, chart: str, lines: Iterable[str]) -> None:
    small = "".join(f'<p class="gp-method">{for_html(line)}</p>' for line in lines)
    st.html(f'<div class="gp-card gp-figure-card"><h3>{for_html(title)}</h3>{chart}{small}</div>')


def _figure(visit: Visit, one: Indicator) -> str:
    return tables.published_value(one, visit.language)


def _day(visit: Visit, one: Indicator) -> str:
    if one.period and "/" in one.period:
        return "–".join(figures.day(part, visit.language) for part in one.period.split("/"))
    return figures.day(one.date, visit.language)


def _source(visit: Visit, one: Indicator) -> str:
    return source_line(visit.view.plan.source_by_id.get(one.source or ""), one.source, visit.language)


def _sourced(visit: Visit, one: Indicator) -> str:
    figure, date = _figure(visit, one), _day(visit, one)
    return visit.say("indicators_source", figure=figure, date=date, source=_source(visit, one))
