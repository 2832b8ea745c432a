"""The page of areas: every zone in four units, shares, three methods side by side, published figures, rounding."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geoplan.output import figures, style
from geoplan.output.charts import Bar, bars_svg, picture_html
from geoplan.output.escape import for_html, visible
from geoplan.output.handover import zone_colours
from geoplan.output.map import Pick
from geoplan.plan.rules import AreaShareRule
from geoplan.reconcile import reconcile
from geoplan.result import Measurement, PublishedFigure
from geoplan.types import M2_PER_KM2, AreaMethod
from geoplan.ui import tables
from geoplan.ui.card import method_html
from geoplan.ui.frame import heading
from geoplan.ui.grid import pickable
from geoplan.ui.visit import Visit

_METHODS = {
    AreaMethod.ELLIPSOIDAL: "areas_ellipsoidal",
    AreaMethod.GEODESIC: "areas_geodesic",
    AreaMethod.PLANAR: "areas_planar",
}
_NAMES = {
    AreaMethod.ELLIPSOIDAL: "areas_method_ellipsoidal",
    AreaMethod.GEODESIC: "areas_method_geodesic",
    AreaMethod.PLANAR: "areas_method_planar",
}
# What holds: how it looks, how it is said.
_VERDICTS = {True: ("holds", "areas_holds"), False: ("fails", "areas_fails"), None: ("unchecked", "areas_unchecked")}


def show(visit: Visit) -> None:
    """Show the page."""
    heading(visit, "areas", visit.say("areas_lead"))
    measured = visit.view.result.measurement
    if measured is None:
        st.info(visit.say("areas_none"))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _section(visit, "areas_zones")
        picks = tuple(Pick("zone", zone) for zone in tables.zone_ids(visit.view))
        pickable("areas", tables.zones_table(visit.view, visit.language), picks, visit)
        if measured is not None:
            _methods(visit, measured)
            _rounding(visit, measured)
    with right:
        _section(visit, "areas_published")
        st.html(published_html(visit))
        if measured is not None:
            _shares(visit, measured)
        st.html(method_html(visit.view, visit.language))


def published_html(visit: Visit) -> str:
    """Return one row per published figure as a table: as published with its source, as measured, the verdict."""
    keys = ["areas_what", "areas_published_column", "areas_measured_column", "areas_verdict"]
    heads = "".join(f"<th>{for_html(visit.say(key))}</th>" for key in keys)
    rows = "".join(_published_row(visit, figure) for figure in visit.view.result.published)
    if not rows:
        return f'<p class="gp-hint">{for_html(visit.say("no_published"))}</p>'
    return f'<table class="gp-figures"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _published_row(visit: Visit, figure: PublishedFigure) -> str:
    verdict, said = _VERDICTS[figure.holds]
    source = figure.source.get(visit.language) if figure.source else visit.say("no_source")
    return (
        f"<tr><td>{for_html(figure.label.get(visit.language))}</td>"
        f"<td>{for_html(figure.published.get(visit.language))}<small>{for_html(source)}</small></td>"
        f'<td class="gp-figure">{for_html(_measured(figure, visit.language))}</td>'
        f'<td><span class="gp-verdict gp-{verdict}">{for_html(visit.say(said))}</span></td></tr>'
    )


def methods_table(visit: Visit, measured: Measurement) -> pd.DataFrame:
    """Return one row per zone and the total: m² by each method, and the other two minus the plan's own."""
    others = [method for method in _METHODS if method is not measured.method]
    rows: list[list[object]] = []
    for zone in measured.zones:
        area = zone.area_m2(measured.method)
        areas = [zone.area_m2(method) for method in _METHODS]
        changes = [_minus(zone.area_m2(method), area) for method in others]
        rows.append([visible(zone.name.get(visit.language)), *areas, *changes])
    totals = [measured.totals[method] for method in _METHODS]
    changes = [_minus(measured.totals[method], measured.total_m2) for method in others]
    rows.append([visit.say("areas_total"), *totals, *changes])
    own = visit.say(_NAMES[measured.method])
    names = [visit.say(_NAMES[method]) for method in others]
    heads = [visit.say(key) for key in ("name", *_METHODS.values())]
    return pd.DataFrame(
        rows, columns=[*heads, *(visit.say("areas_difference", method=name, own=own) for name in names)]
    )


def rounding_table(visit: Visit, measured: Measurement, decimals: int) -> pd.DataFrame:
    """Return one row per zone and the total: measured m², km² rounded alone, km² adjusted so that they add up."""
    zones = [(zone.name, area) for zone in measured.zones if (area := zone.area_m2(measured.method)) is not None]
    exact = [area for _, area in zones]
    adjusted = reconcile([area / M2_PER_KM2 for area in exact], sum(exact) / M2_PER_KM2, decimals)
    rows: list[list[object]] = []
    for (name, area), figure in zip(zones, adjusted.adjusted_m2, strict=True):
        rows.append([visible(name.get(visit.language)), *_rounded(area, figure, decimals)])
    rows.append([visit.say("areas_total"), *_rounded(sum(exact), adjusted.control_m2, decimals)])
    keys = ["name", "areas_exact", "areas_rounded", "areas_adjusted", "areas_change"]
    return pd.DataFrame(rows, columns=[visit.say(key) for key in keys])


def _section(visit: Visit, key: str, note: str = "") -> None:
    below = f'<p class="gp-hint">{for_html(note)}</p>' if note else ""
    st.html(f'<h2 class="gp-section">{for_html(visit.say(key))}</h2>{below}')


def _methods(visit: Visit, measured: Measurement) -> None:
    method = visit.say(_NAMES[measured.method])
    note = visit.say("areas_methods_note", projected=measured.projected, method=method)
    _section(visit, "areas_methods", note)
    if measured.warning is not None:
        st.warning(measured.warning.get(visit.language))
    frame = methods_table(visit, measured)
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in frame.columns[1:]}
    st.dataframe(frame, hide_index=True, column_config=numbers)


def _rounding(visit: Visit, measured: Measurement) -> None:
    _section(visit, "areas_reconciled", visit.say("areas_reconciled_note"))
    unmeasured = [zone.name for zone in measured.zones if zone.area_m2(measured.method) is None]
    if len(unmeasured) == len(measured.zones):
        return
    if unmeasured:
        names = ", ".join(visible(name.get(visit.language)) for name in unmeasured)
        st.text(visit.say("areas_unmeasured", zones=names))
    decimals = st.segmented_control(visit.say("areas_decimals"), [1, 2, 3, 4], default=2, key="areas-decimals") or 2
    frame = rounding_table(visit, measured, decimals)
    rounded = frame[visit.say("areas_rounded")]
    total, parts = float(rounded.iloc[-1]), round(float(rounded.iloc[:-1].sum()), decimals)
    verdict = visit.say("areas_agree" if abs(parts - total) < 0.5 * 10**-decimals else "areas_differ")
    line = visit.say("areas_sum_line", sum=f"{parts:.{decimals}f}", total=f"{total:.{decimals}f}", verdict=verdict)
    st.html(f'<p class="gp-hint">{for_html(line)}</p>')
    formats = ["%.2f", f"%.{decimals}f", f"%.{decimals}f", "%.2f"]
    numbers = {
        name: st.column_config.NumberColumn(format=text) for name, text in zip(frame.columns[1:], formats, strict=True)
    }
    st.dataframe(frame, hide_index=True, column_config=numbers)


def _shares(visit: Visit, measured: Measurement) -> None:
    _section(visit, "areas_shares", visit.say("areas_shares_note"))
    dashed = visit.view.plan.status != "official"
    colours = zone_colours(visit.view.plan, [zone.id for zone in measured.zones])
    bars = [
        Bar(
            zone.name.get(visit.language),
            zone.share or 0.0,
            figures.percent(zone.percent, visit.language),
            colour,
            dashed,
        )
        for zone, colour in zip(measured.zones, colours, strict=True)
    ]
    ranges = {rule.group: (rule.min, rule.max) for rule in visit.view.plan.rules_of(AreaShareRule, "area-share")}
    for group in measured.groups:
        low, high = ranges.get(group.id, (None, None))
        figure = figures.share(group.share, visit.language)
        bars.append(Bar(group.name.get(visit.language), group.share or 0.0, figure, style.NO_DATA, dashed, low, high))
    said = visit.say("areas_shares")
    st.html(picture_html(bars_svg(bars, said), said, bars_svg(bars, said, narrow=True)))


def _measured(figure: PublishedFigure, language: str) -> str:
    if figure.measured is None:
        return figures.UNKNOWN.get(language)
    if figure.unit == "share":
        return figures.share(figure.measured, language)
    if figure.unit == "km2":
        return f"{figures.number(figure.measured, 4, language)} {figures.unit('km2', language)}"
    return figures.compact(figure.measured, language)


def _rounded(exact_m2: float, adjusted_km2: float, decimals: int) -> list[object]:
    rounded = round(exact_m2 / M2_PER_KM2, decimals)
    return [exact_m2, rounded, adjusted_km2, (adjusted_km2 - rounded) * M2_PER_KM2]


def _minus(value: float | None, own: float | None) -> float | None:
    return None if value is None or own is None else value - own
