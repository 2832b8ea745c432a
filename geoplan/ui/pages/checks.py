"""The page of checks: findings as a list beside the map, one of them opened, accepted with a reason, and reports."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from geoplan.accepting import MAX_REASON, accept, acceptance, withdraw
from geoplan.errors import GeoplanError
from geoplan.output import REPORTS, style
from geoplan.output.escape import for_file_name, for_html, visible
from geoplan.output.labels import SEVERITY_LABELS, check_title, verdict_sentence
from geoplan.plan import load_plan
from geoplan.pyramid import FabricView
from geoplan.result import CheckResult
from geoplan.types import Finding, Severity, Text, ZoneId
from geoplan.ui import tables
from geoplan.ui.finding_map import show_findings_map
from geoplan.ui.findings import finding_html, findings_frame, listed, short_frame
from geoplan.ui.frame import heading
from geoplan.ui.grid import plain, selectable
from geoplan.ui.people import require_editor
from geoplan.ui.trouble import trouble_here
from geoplan.ui.visit import Visit, go, move_map, pick
from geoplan.workflow import PlanView

PARAMETER = "finding"

# Kind of report: its text, its file name's ending, its media type.
KINDS = {
    "html": ("checks_report_html", "html", "text/html"),
    "text": ("checks_report_text", "txt", "text/plain"),
    "json": ("checks_report_json", "json", "application/json"),
    "gpkg": ("checks_report_gpkg", "gpkg", "application/geopackage+sqlite3"),
    "junit": ("checks_report_junit", "xml", "application/xml"),
    "sarif": ("checks_report_sarif", "sarif", "application/sarif+json"),
}
# Pixels of the list's columns, so that all of them are seen beside the map on a laptop.
_WIDTHS = {"checks_sign": 28, "check": 96, "zones": 118, "checks_area": 94}
_AUTHOR = "gp-author"  # who writes their own name is asked once a session, as on the page of drafts
_TOLD, _REFUSED = "checks-told", "checks-refused"


def show(visit: Visit) -> None:
    """Show the page."""
    result = visit.view.result
    verdict = verdict_sentence(result).get(visit.language)
    heading(visit, "checks", visit.say("checks_lead", verdict=verdict))
    asked = visit.asked(PARAMETER)
    chosen = next((finding for finding in result.findings if finding.id == asked), None)
    drawing, side = st.columns([2, 1], gap="small")
    with side, st.container(key="gp-side"):
        shown = _chosen(visit, chosen) if asked else _list(visit)
    with drawing:
        show_findings_map(visit, shown, chosen)
    _below(visit, shown, chosen)


# ------------------------------------------------------------------ the list


def _list(visit: Visit) -> tuple[Finding, ...]:
    result = visit.view.result
    _told(visit)
    if not result.findings:
        _nothing_found(visit)
        return ()
    shown = _filtered(visit)
    st.caption(visit.say("checks_count", shown=len(shown), all=len(result.findings)))
    if shown:
        frame = short_frame(shown, result, visit.language)
        widths = {visit.say(key): width for key, width in _WIDTHS.items()}
        selectable(f"checks-{visit.address.plan}", frame, visit.language, None, partial(_choose, shown), widths)
    else:
        st.text(visit.say("checks_filtered"))
    return shown


def _nothing_found(visit: Visit) -> None:
    if visit.view.layer is None:
        st.info(visit.say("checks_nothing_yet"))
    else:
        st.success(visit.say("checks_none"))


def _filtered(visit: Visit) -> tuple[Finding, ...]:
    """Show the filters and return the findings that pass them."""
    result, language = visit.view.result, visit.language
    present = [severity for severity in Severity if any(one.severity is severity for one in result.findings)]
    severities = st.pills(
        visit.say("checks_severities"),
        present,
        selection_mode="multi",
        default=present,
        format_func=lambda severity: _severity_text(result, severity, language),
        key=f"checks-severities-{visit.address.plan}-{language}-{'-'.join(present)}",
        label_visibility="collapsed",
    )
    checks = tuple(dict.fromkeys(finding.check for finding in result.findings))
    check = None
    if len(checks) > 1:
        check = st.selectbox(
            visit.say("checks_check"),
            checks,
            index=None,
            format_func=lambda name: check_title(name).get(language),
            placeholder=visit.say("checks_every_check"),
            key=f"checks-check-{visit.address.plan}-{language}",
            label_visibility="collapsed",
        )
    accepted = True
    if any(finding.accepted for finding in result.findings):
        accepted = st.toggle(visit.say("checks_accepted_too"), value=True, key="checks-accepted")
    return listed(result, severities, accepted=accepted, zone=_zone(visit), check=check)


def _zone(visit: Visit) -> ZoneId | None:
    """Return the zone that is picked, with a line that says the list is about it alone."""
    here = visit.address.pick
    if here is None or here.kind != "zone":
        return None
    name = visit.view.result.names.get(here.id, Text.same(here.id)).get(visit.language)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(visit.say("checks_zone_only", zone=visible(name)), width="stretch")
        st.button(
            visit.say("checks_all_zones"),
            key="checks-all-zones",
            icon=":material/close:",
            type="tertiary",
            on_click=pick,
            args=(None,),
            kwargs={"move": False},
        )
    return here.id


def _severity_text(result: CheckResult, severity: Severity, language: str) -> str:
    count = sum(finding.severity is severity for finding in result.findings)
    return f"{style.SEVERITY_STYLES[severity].symbol} {SEVERITY_LABELS[severity].get(language)} · {count:,}"


def _choose(shown: tuple[Finding, ...], row: int | None) -> None:
    go(finding=shown[row].id if row is not None and row < len(shown) else None)
    move_map()


# ------------------------------------------------------------------ one finding


def _chosen(visit: Visit, finding: Finding | None) -> tuple[Finding, ...]:
    """Show one finding; return what the map shows around it."""
    result = visit.view.result
    st.button(
        visit.say("checks_back"),
        key="gp-back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=_back,
    )
    _told(visit)
    if finding is None:
        st.info(visit.say("checks_gone", id=visible(visit.asked(PARAMETER))))
        return result.findings
    st.html(finding_html(finding, result, visit.language))
    if finding.geometry is None:
        st.caption(visit.say("checks_no_place"))
    if not visit.may_write:
        st.caption(visit.say("checks_needs_editor"))
    elif visit.address.revision is not None:
        st.caption(visit.say("checks_old_revision"))
    else:
        _acceptance(visit, finding)
    return result.findings


def _back() -> None:
    go(finding=None)
    move_map()


def _acceptance(visit: Visit, finding: Finding) -> None:
    if finding.accepted is None:
        _accept_form(visit, finding)
    elif finding.accepted.kind != "accepted":
        st.caption(visit.say("checks_in_plan"))
    elif finding.id in {entry.finding for entry in load_plan(visit.view.plan.folder).accepted}:
        st.button(
            visit.say("checks_withdraw"),
            key="checks-withdraw",
            icon=":material/undo:",
            on_click=_withdraw,
            args=(visit, finding.id),
        )
    else:
        st.caption(visit.say("checks_in_revision"))


def _accept_form(visit: Visit, finding: Finding) -> None:
    with st.form(key=f"accept-{finding.id}", border=True):
        st.html(f'<h3 class="gp-section">{for_html(visit.say("checks_accept"))}</h3>')
        st.caption(visit.say("checks_accept_why"))
        reason = st.text_area(visit.say("checks_reason"), max_chars=MAX_REASON, height=80)
        author = visit.author or st.text_input(
            visit.say("checks_author"), value=str(st.session_state.get(_AUTHOR, "")), max_chars=100
        )
        expires = st.date_input(visit.say("checks_expires"), value=None, min_value=date.today(), format="YYYY-MM-DD")
        if st.form_submit_button(visit.say("checks_accept_button"), type="primary"):
            _accept(visit, finding, reason, author, expires if isinstance(expires, date) else None)


def _accept(visit: Visit, finding: Finding, reason: str, author: str, expires: date | None) -> None:
    try:
        require_editor(visit.person)
        accept(visit.view.plan, acceptance(finding.id, reason, author, expires))
    except GeoplanError as error:
        trouble_here(error, visit.language)
        return
    if visit.author is None:
        st.session_state[_AUTHOR] = author
    st.session_state[_TOLD] = "checks_was_accepted"
    st.rerun()


def _withdraw(visit: Visit, finding: str) -> None:
    try:
        require_editor(visit.person)
        withdraw(visit.view.plan, finding)
    except GeoplanError as error:
        st.session_state[_REFUSED] = error
        return
    st.session_state[_TOLD] = "checks_was_withdrawn"


def _told(visit: Visit) -> None:
    """Say once what came of the last click."""
    if (key := st.session_state.pop(_TOLD, None)) is not None:
        st.success(visit.say(key))
    error = st.session_state.pop(_REFUSED, None)
    if isinstance(error, GeoplanError):
        trouble_here(error, visit.language)


# ------------------------------------------------------------------ below the map


def _below(visit: Visit, shown: tuple[Finding, ...], chosen: Finding | None) -> None:
    result, language = visit.view.result, visit.language
    keys = ["checks_table", "what_was_checked", "checks_reports", *(["checks_lapsed"] if result.lapsed else [])]
    table, checked, reports, *rest = st.tabs([visit.say(key) for key in keys])
    with table:
        if shown:
            row = shown.index(chosen) if chosen in shown else None
            frame = findings_frame(shown, result, language)
            selectable(f"all-checks-{visit.address.plan}", frame, language, row, partial(_choose, shown))
        else:
            st.text(visit.say("checks_filtered" if result.findings else "checks_none"))
    with checked:
        plain(tables.checks_table(visit.view, language), language)
    with reports:
        _reports(visit)
    for lapsed in rest:
        with lapsed:
            plain(tables.lapsed_table(visit.view, language), language)


def _reports(visit: Visit) -> None:
    if isinstance(visit.view, FabricView):  # a row for each of so many zones is nothing to make while a page waits
        st.text(visit.say("fabric_reports"))
        st.code(f"geoplan check {visit.view.plan.id} --report html --output check.html", language="bash")
        return
    revision = visit.view.revision
    name = f"{visit.view.plan.id}-r{revision.number}" if revision is not None else visit.view.plan.id
    st.caption(visit.say("checks_reports_note"))
    with st.container(horizontal=True):
        for kind, (label, ending, media) in KINDS.items():
            st.download_button(
                visit.say(label),
                partial(report_bytes, visit.view, kind, visit.language),
                file_name=f"{for_file_name(f'{name}-check')}.{ending}",
                mime=media,
                key=f"report-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def report_bytes(view: PlanView, kind: str, language: str) -> bytes:
    """Return a report of a kind of `REPORTS` as a file's content."""
    made = REPORTS[kind](view.result, view.layer, language=language)
    return made.encode(errors="backslashreplace") if isinstance(made, str) else made
