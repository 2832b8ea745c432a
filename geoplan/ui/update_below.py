"""Below the map of an update: differences, findings, features, repair and the rest of what is known of the file."""

from __future__ import annotations

import streamlit as st

from geoplan.output import figures
from geoplan.output.escape import for_html
from geoplan.repair import Repair
from geoplan.result import CheckResult
from geoplan.revisions import LoadResult
from geoplan.types import Finding
from geoplan.ui.draft_tables import changes_frame, transfers_html
from geoplan.ui.findings import findings_frame
from geoplan.ui.grid import selectable
from geoplan.ui.update_desk import Desk, propose, use_repair
from geoplan.ui.update_look import Preview
from geoplan.ui.update_tables import ledger_frame, matched_frame, refusals
from geoplan.ui.update_words import about_html, note_html
from geoplan.ui.visit import Visit, move_map

LIMIT_SHARE, LIMIT_M2 = "0.1 %", 100  # of a repair, as `geoplan.repair.propose` has them


def tables(visit: Visit, desk: Desk, shown: Preview) -> None:
    """Show the tables of a preview."""
    keys = ["update_tab_changes", "update_tab_findings", "update_tab_matched", "update_tab_repair", "update_tab_file"]
    tabs = st.tabs([visit.say(key) for key in keys])
    with tabs[0]:
        _changes(visit, shown.result)
    with tabs[1]:
        _findings(visit, desk, shown.result)
    with tabs[2]:
        _matched(visit, shown.result)
    with tabs[3]:
        _repair(visit, desk)
    with tabs[4]:
        if shown.result.inspection is not None:
            st.html(about_html(shown.result.inspection, visit.language))


def _changes(visit: Visit, result: LoadResult) -> None:
    comparison = result.comparison
    if comparison is None or comparison.is_unchanged:
        st.text(visit.say("update_no_changes"))
        return
    st.dataframe(changes_frame(comparison, visit.language), hide_index=True)
    moved = transfers_html(comparison, visit.language)
    if moved:
        st.html(f'<b>{for_html(visit.say("update_moves"))}</b><ul class="gp-lines">{moved}</ul>')


def _findings(visit: Visit, desk: Desk, result: LoadResult) -> None:
    check, comparison = result.check, result.comparison
    if check is None:
        return
    lists: dict[str, tuple[Finding, ...]] = {"update_all_findings": check.findings}
    if comparison is not None and comparison.before.result is not None:
        lists = {"update_introduced": comparison.introduced, "update_fixed": comparison.fixed, **lists}
    chosen = st.segmented_control(
        visit.say("update_tab_findings"),
        list(lists),
        default=next(iter(lists))
        if any(lists.values()) is False or lists[next(iter(lists))]
        else "update_all_findings",
        format_func=lambda key: f"{visit.say(key)} ({len(lists[key])})",
        key=f"gp-update-findings-{desk.again}-{desk.repair}",
        label_visibility="collapsed",
    )
    kept = chosen if isinstance(chosen, str) else "update_all_findings"
    rows = lists[kept]
    if not rows:
        st.text(visit.say("update_no_findings"))
        return
    about = comparison.before.result if kept == "update_fixed" and comparison is not None else check
    _finding_rows(visit, desk, rows, about or check, kept)


def _finding_rows(visit: Visit, desk: Desk, rows: tuple[Finding, ...], result: CheckResult, kept: str) -> None:
    ids = [one.id for one in rows]

    def choose(row: int | None) -> None:
        desk.finding = ids[row] if row is not None and row < len(ids) else ""
        move_map()

    at = ids.index(desk.finding) if desk.finding in ids else None
    frame = findings_frame(rows, result, visit.language)
    selectable(f"update-{kept}-{desk.turn}-{desk.again}", frame, visit.language, at, choose)


def _matched(visit: Visit, result: LoadResult) -> None:
    names = {row.id: row.name for row in result.comparison.rows} if result.comparison is not None else {}
    st.dataframe(
        matched_frame(result.matched, names, visit.language),
        hide_index=True,
        column_config={visit.say("update_share"): st.column_config.NumberColumn(format="%.1f")},
        placeholder="–",
    )
    if result.notes:
        lines = "".join(f"<li>{for_html(note.get(visit.language))}</li>" for note in result.notes[:50])
        st.html(f'<ul class="gp-lines">{lines}</ul>')


def _repair(visit: Visit, desk: Desk) -> None:
    """Show what a repair would do, zone by zone, before it can be used."""
    why = visit.say("update_repair_why", limit_m2=LIMIT_M2, limit_share=LIMIT_SHARE)
    st.html(f'<p class="gp-hint">{for_html(why)}</p>')
    proposal = desk.proposal
    if proposal is None or proposal.result.repair is None:
        st.button(
            visit.say("update_repair_show"),
            key="gp-update-propose",
            icon=":material/healing:",
            on_click=propose,
            args=(desk,),
        )
        return
    _ledger(visit, proposal.result.repair, proposal.result)
    if proposal.result.repair.layer is None or not proposal.result.repair.ledger:
        return
    if desk.repair:
        st.html(note_html(visit.say("update_repair_used"), "holds"))
    st.button(
        visit.say("update_repair_not" if desk.repair else "update_repair_use"),
        key="gp-update-repair",
        type="secondary" if desk.repair else "primary",
        on_click=use_repair,
        args=(desk,),
        kwargs={"use": not desk.repair},
    )


def _ledger(visit: Visit, repair: Repair, result: LoadResult) -> None:
    names = {row.id: row.name for row in result.comparison.rows} if result.comparison is not None else {}
    if repair.refused:
        lines = refusals(repair, names, visit.language)
        st.html(note_html(visit.say("update_repair_refused"), "fails", lines))
    if not repair.ledger:
        st.text(visit.say("update_repair_nothing"))
        return
    gained, lost = (sum(getattr(entry, f"{side}_m2") for entry in repair.ledger) for side in ("gained", "lost"))
    totals = [figures.number(value, 4, visit.language) for value in (gained, lost)]
    st.dataframe(ledger_frame(repair.ledger, names, visit.language), hide_index=True)
    st.caption(f"+{totals[0]} m² · −{totals[1]} m²")
