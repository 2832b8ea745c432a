"""Beside the map of a draft: its zones and what can be done to one, findings, changes, and publishing."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from geoplan.diff import ChangeKind
from geoplan.drafts import (
    Assessment,
    Ground,
    cut_from_neighbours,
    kept_clear,
    merge,
    overlapping,
    read_typed,
    renamed,
    snapped,
    without_zone,
)
from geoplan.errors import GeoplanError
from geoplan.output import figures
from geoplan.output.escape import for_html, visible
from geoplan.output.map import Pick
from geoplan.types import Text, ZoneId
from geoplan.ui import desk as desks
from geoplan.ui.choices import distinct
from geoplan.ui.desk import NEW, Desk
from geoplan.ui.draft_publish import changes_tab, publish_tab
from geoplan.ui.draft_tables import findings_frame, zone_rows, zones_frame
from geoplan.ui.grid import selectable
from geoplan.ui.visit import Visit, go, pick

_TABS = {
    "zones": "draw_tab_zones",
    "findings": "draw_tab_findings",
    "changes": "draw_tab_changes",
    "publish": "draw_tab_publish",
}


def panel(visit: Visit, desk: Desk, ground: Ground, found: Assessment, author: str) -> None:
    """Show the panel: one of its four parts."""
    names = [part for part in _TABS if part != "publish" or visit.may_write]
    chosen = st.segmented_control(
        visit.say("draw_parts"),
        names,
        default="zones",
        required=True,
        format_func=lambda part: _tab_name(visit, found, part),
        key=f"gp-part-{ground.plan.id}",
        label_visibility="collapsed",
        width="stretch",
    )
    if chosen == "findings":
        _findings(visit, desk, found)
    elif chosen == "changes":
        changes_tab(visit, desk, found, ground)
    elif chosen == "publish" and visit.may_write:
        publish_tab(visit, desk, found, ground, author)
    else:
        _zones(visit, desk, ground, found)


def typed_outline(visit: Visit, desk: Desk, ground: Ground) -> None:
    """Show the way to give a boundary without a mouse: corners as text, for the same zone that drawing is for."""
    zone = desk.editing or desk.target
    name = desks.name_of(ground, zone or desks.free_id(desk.draft)).get(visit.language)
    with st.expander(visit.say("draw_typed"), icon=":material/keyboard:"):
        st.html(f'<p class="gp-hint">{for_html(visit.say("draw_typed_hint", crs=_crs_name(ground)))}</p>')
        with st.form(f"gp-typed-{ground.plan.id}", border=False, clear_on_submit=False):
            # Names are text here, not the Markdown that labels are.
            text = st.text_area(
                visit.say("draw_typed_label", name=_plain(name)), height=120, key=f"gp-typed-text-{desk.turn}"
            )
            if st.form_submit_button(visit.say("draw_typed_button")):
                _take_typed(desk, ground, text)
                st.rerun()


def _take_typed(desk: Desk, ground: Ground, text: str) -> None:
    try:
        shape = read_typed(text, ground.zones.crs)
    except GeoplanError as error:
        desk.refused(error)
        return
    desks.take_outline(desk, ground, shape, None)
    desk.look += 1  # nobody knows where typed corners lie until the map shows it


# ------------------------------------------------------------------ zones


def _zones(visit: Visit, desk: Desk, ground: Ground, found: Assessment) -> None:
    here = visit.address.pick
    zone = here.id if here is not None and here.kind == "zone" else None
    if zone is not None and zone in desk.draft.ids:
        _zone(visit, desk, ground, zone)
        return
    if visit.may_write:
        _next(visit, desk, ground)
    ids = zone_rows(found)
    if not ids:
        st.html(f'<p class="gp-hint">{for_html(visit.say("draw_no_zone"))}</p>')
        return
    frame = zones_frame(found, visit.language)
    _selectable_zones(visit, desk, frame, ids)
    st.html(f'<p class="gp-hint">{for_html(visit.say("draw_pick_hint"))}</p>')
    _groups(visit, found)


def _selectable_zones(visit: Visit, desk: Desk, frame: pd.DataFrame, ids: tuple[ZoneId, ...]) -> None:
    def chosen(row: int | None) -> None:
        pick(Pick("zone", ids[row]) if row is not None and row < len(ids) else None, move=True)
        desk.look += 1

    selectable(f"draw-{visit.view.plan.id}", frame, visit.language, None, chosen)


def _groups(visit: Visit, found: Assessment) -> None:
    measured = found.view.result.measurement
    if measured is None or not measured.groups:
        return
    rows = "".join(
        f"<tr><td>{for_html(visible(group.name.get(visit.language)))}</td>"
        f'<td class="gp-figure">{for_html(figures.share(group.share, visit.language))}</td></tr>'
        for group in measured.groups
    )
    head = f'<h2 class="gp-section">{for_html(visit.say("draw_group"))}</h2>'
    st.html(f'{head}<table class="gp-figures"><tbody>{rows}</tbody></table>')


def _next(visit: Visit, desk: Desk, ground: Ground) -> None:
    """Ask which zone the next outline becomes, and say how to draw it."""
    if desk.editing is not None:
        name = desk.draft.names().get(desk.editing, Text.same(desk.editing)).get(visit.language)
        st.html(f'<p class="gp-hint">{for_html(visit.say("draw_editing", name=visible(name)))}</p>')
        return
    names, there = desk.draft.names(), set(desk.draft.ids)
    declared = [zone.id for zone in ground.plan.zones if zone.id not in there]
    options = [*declared, NEW, *desk.draft.ids]

    def called(zone: ZoneId) -> str:
        if zone == NEW:
            return visit.say("draw_next_new")
        if zone in there:
            return visit.say("draw_next_there", name=visible(names[zone].get(visit.language)))
        return visible(desks.name_of(ground, zone).get(visit.language))

    labels = distinct({zone: called(zone) for zone in options})
    key = f"gp-next-{ground.plan.id}-{desk.turn}"
    place = options.index(desk.target) if desk.target in options else 0
    st.selectbox(
        visit.say("draw_next"),
        options,
        index=place,
        format_func=lambda zone: labels[zone],
        key=key,
        on_change=_choose,
        args=(desk, key),
    )
    st.html(f'<p class="gp-hint">{for_html(visit.say("draw_how"))}</p>')


def _choose(desk: Desk, key: str) -> None:
    desk.target = str(st.session_state.get(key) or NEW)


# ------------------------------------------------------------------ one zone


def _zone(visit: Visit, desk: Desk, ground: Ground, zone: ZoneId) -> None:
    """Show one zone and what can be done to it."""
    draft = desk.draft
    name = draft.names()[zone].get(visit.language)
    st.button(
        visit.say("draw_back_to"),
        key="gp-zones-back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=_leave,
        args=(desk,),
    )
    st.html(_zone_html(visit, desk, zone, name))
    if not visit.may_write:
        return
    with st.container(horizontal=True):
        editing = desk.editing == zone
        st.button(
            visit.say("draw_edit_stop" if editing else "draw_edit"),
            key=f"gp-edit-{zone}",
            icon=":material/polyline:",
            type="primary" if editing else "secondary",
            on_click=_edit,
            args=(desk, None if editing else zone),
        )
        st.button(
            visit.say("draw_remove"),
            key=f"gp-remove-{zone}",
            icon=":material/delete:",
            on_click=_remove,
            args=(desk, ground, zone),
        )
    _overlaps(visit, desk, zone)
    _join(visit, desk, zone)
    _merge(visit, desk, zone)
    _names(visit, desk, ground, zone)


def _zone_html(visit: Visit, desk: Desk, zone: ZoneId, name: str) -> str:
    found = desk.assessed
    row = next((one for one in found[2].comparison.rows if one.id == zone), None) if found is not None else None
    head = f'<div class="gp-card"><h2>{for_html(visible(name))}</h2>'
    if row is None:
        return f"{head}</div>"
    unit = figures.unit("m2", visit.language)
    body = f'<div class="gp-area"><b>{figures.square_metres(row.area_after_m2, visit.language)}</b> {unit}</div>'
    if row.kind is not ChangeKind.UNCHANGED:
        cells = [
            (visit.say("draw_before"), row.area_before_m2 if row.change.before is not None else None),
            (visit.say("draw_in"), row.moved_in_m2),
            (visit.say("draw_out"), row.moved_out_m2),
        ]
        rows = "".join(
            f"<dt>{for_html(label)}</dt><dd>{for_html(_area(value, visit.language))}</dd>" for label, value in cells
        )
        body += f"<dl>{rows}</dl>"
    if desk.editing == zone:
        body += f'<p class="gp-hint">{for_html(visit.say("draw_editing", name=visible(name)))}</p>'
    return f"{head}{body}</div>"


def _overlaps(visit: Visit, desk: Desk, zone: ZoneId) -> None:
    found = overlapping(desk.draft, zone)
    if not found:
        return
    names = desk.draft.names()
    comma = "、" if visit.language == "zh" else ", "
    listed = comma.join(visible(names[other].get(visit.language)) for other, _ in found[:5])
    area = figures.square_metres(sum(one for _, one in found), visit.language)
    st.html(f'<div class="gp-said gp-trouble">{for_html(visit.say("draw_overlaps", names=listed, area=area))}</div>')
    with st.container(horizontal=True):
        for key, why, deed in (
            ("draw_cut", "draw_cut_help", cut_from_neighbours),
            ("draw_clear", "draw_clear_help", kept_clear),
        ):
            st.button(
                visit.say(key),
                key=f"gp-{key}-{zone}",
                help=visit.say(why, area=area),
                on_click=desks.act,
                args=(desk, partial(deed, zone=zone)),
            )


def _join(visit: Visit, desk: Desk, zone: ZoneId) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metres = st.number_input(
            visit.say("draw_join_within"),
            min_value=0.01,
            max_value=100.0,
            value=0.5,
            step=0.5,
            key=f"gp-join-m-{visit.view.plan.id}",
            width=140,
        )
        st.button(
            visit.say("draw_join"),
            key=f"gp-join-{zone}",
            icon=":material/join_inner:",
            help=visit.say("draw_join_help"),
            on_click=desks.act,
            args=(desk, partial(snapped, zone=zone, tolerance_m=float(metres))),
        )


def _merge(visit: Visit, desk: Desk, zone: ZoneId) -> None:
    names = {other: visible(name.get(visit.language)) for other, name in desk.draft.names().items()}
    labels = distinct(names)
    others = [other for other in desk.draft.ids if other != zone]
    if not others:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = st.selectbox(
            visit.say("draw_merge"),
            others,
            index=None,
            format_func=lambda key: labels[key],
            placeholder=visit.say("draw_merge_choose"),
            key=f"gp-merge-with-{zone}-{desk.turn}",
            width="stretch",
        )
        st.button(
            visit.say("draw_merge_button"),
            key=f"gp-merge-{zone}",
            disabled=other is None,
            on_click=desks.act,
            args=(desk, partial(merge, zone=zone, other=str(other))),
        )


def _names(visit: Visit, desk: Desk, ground: Ground, zone: ZoneId) -> None:
    declared = ground.plan.zone_by_id.get(zone)
    if declared is not None and declared.named:
        return
    own = desk.draft.names()[zone]
    with st.expander(visit.say("draw_names")), st.form(f"gp-names-{zone}", border=False):
        english = st.text_input(visit.say("draw_name_en"), value=own.en, max_chars=200, key=f"gp-en-{zone}-{desk.turn}")
        chinese = st.text_input(visit.say("draw_name_zh"), value=own.zh, max_chars=200, key=f"gp-zh-{zone}-{desk.turn}")
        if st.form_submit_button(visit.say("draw_names_set")):
            desk.did(lambda draft: renamed(draft, zone, Text(english, chinese)))
            st.rerun()


def _edit(desk: Desk, zone: ZoneId | None) -> None:
    desk.editing = zone
    desk.turn += 1


def _leave(desk: Desk) -> None:
    desk.editing = None
    pick(None, move=False)


def _remove(desk: Desk, ground: Ground, zone: ZoneId) -> None:
    if desk.did(lambda draft: without_zone(draft, zone)):
        desk.editing = None
        desk.target = desks.next_target(ground, desk.draft)
        go(zone=None)


# ------------------------------------------------------------------ findings


def _findings(visit: Visit, desk: Desk, found: Assessment) -> None:
    findings = found.view.result.findings
    if found.view.result.measurement is None:
        st.html(f'<p class="gp-hint">{for_html(visit.say("draw_not_checked"))}</p>')
        return
    if not findings:
        st.html(f'<div class="gp-said gp-done">{for_html(visit.say("draw_no_findings"))}</div>')
        return
    new = frozenset(finding.id for finding in found.comparison.introduced)
    count = visit.say("draw_findings_count", count=len(findings), new=len(new))
    st.html(f'<p class="gp-hint">{for_html(count)} {for_html(visit.say("draw_findings_hint"))}</p>')
    place = next((row for row, one in enumerate(findings) if one.id == desk.finding), None)

    def chosen(row: int | None) -> None:
        desk.finding = findings[row].id if row is not None and row < len(findings) else ""
        desk.look += 1

    selectable(
        f"draw-findings-{visit.view.plan.id}",
        findings_frame(findings, new, visit.language),
        visit.language,
        place,
        chosen,
    )
    if place is not None:
        st.html(f'<p class="gp-hint">{for_html(visible(findings[place].message.get(visit.language)))}</p>')


def _tab_name(visit: Visit, found: Assessment, part: str) -> str:
    name = visit.say(_TABS[part])
    count = len(found.view.result.findings) if part == "findings" else 0
    return f"{name} {count}" if count else name


def _area(value: float | None, language: str) -> str:
    return "—" if value is None else figures.square_metres(value, language)


def _plain(text: str) -> str:
    """Return a name as Streamlit's labels take it, in which Markdown stays text."""
    return "".join(f"\\{one}" if not one.isalnum() and not one.isspace() else one for one in visible(text))


def _crs_name(ground: Ground) -> str:
    return ground.zones.crs.name
