"""What a draft changes against the current zones, and publishing it."""

from __future__ import annotations

import streamlit as st

from geoplan.drafts import Assessment, Ground
from geoplan.output import figures
from geoplan.output.escape import for_html, visible
from geoplan.ui import desk as desks
from geoplan.ui.desk import Desk
from geoplan.ui.draft_tables import changes_frame, ledger_html, revision_text, transfers_html
from geoplan.ui.visit import Visit

_AUTHOR = "gp-author"


def changes_tab(visit: Visit, desk: Desk, found: Assessment, ground: Ground) -> None:
    """Show the comparison with the current zones: table, ground that changed hands, ledger."""
    comparison = found.comparison
    if comparison.is_unchanged:
        _hint(visit.say("draw_unchanged"))
    else:
        before, after = (
            figures.square_kilometres(comparison.total_m2(side), visit.language) for side in ("before", "after")
        )
        revision = revision_text(ground.number, visit.language) if len(ground.zones) else visit.say("draw_first")
        _hint(visit.say("draw_against", revision=revision, before=before, after=after))
        frame = changes_frame(comparison, visit.language)
        st.dataframe(frame, hide_index=True)
        moved = transfers_html(comparison, visit.language)
        if moved:
            st.html(f'<b>{for_html(visit.say("draw_moves"))}</b><ul class="gp-lines">{moved}</ul>')
        desk.overlay = st.toggle(visit.say("draw_overlay"), value=desk.overlay, key=f"gp-overlay-{ground.plan.id}")
    if desk.draft.edits:
        names = {row.id: row.name for row in comparison.rows}
        with st.expander(visit.say("draw_ledger", count=len(desk.draft.edits))):
            st.html(f'<ul class="gp-lines">{ledger_html(desk.draft, names, visit.language)}</ul>')


def publish_tab(visit: Visit, desk: Desk, found: Assessment, ground: Ground, author: str) -> None:
    """Show the form to publish with what stands against it."""
    revision = revision_text(ground.number, visit.language) if len(ground.zones) else visit.say("draw_first")
    _hint(visit.say("draw_publish_lead", revision=revision))
    if any(edit.pixel_m is not None for edit in desk.draft.edits):
        _hint(visit.say("draw_indicative"))
    failing = found.view.result.failing
    same = found.comparison.is_unchanged
    accepted: list[tuple[str, str]] = []
    if failing:
        lines = "".join(f"<li>{for_html(visible(one.message.get(visit.language)))}</li>" for one in failing)
        said = for_html(visit.say("draw_failing", count=len(failing)))
        st.html(f'<div class="gp-said gp-trouble">{said}<ul class="gp-lines">{lines}</ul></div>')
        accepted = _accept(visit, found)
    elif same:
        _hint(visit.say("draw_same"))
    if desk.result is not None:
        reasons = " ".join(reason.get(visit.language) for reason in desk.result.reasons)
        said = for_html(f"{visit.say('draw_rejected')} {reasons}")
        st.html(f'<div class="gp-said gp-trouble" role="alert">{said}</div>')
    with st.form(f"gp-publish-{ground.plan.id}", border=False):
        message = st.text_area(visit.say("draw_message"), height=68, max_chars=500)
        who = visit.author or st.text_input(visit.say("draw_author"), value=author or desk.draft.author, max_chars=80)
        open_findings = {one.id for one in failing} - {finding for finding, _ in accepted}
        pressed = st.form_submit_button(
            visit.say("draw_publish"),
            type="primary",
            icon=":material/publish:",
            disabled=bool(open_findings) or same,
            width="stretch",
        )
    if pressed and not who.strip():
        st.html(f'<div class="gp-said gp-trouble" role="alert">{for_html(visit.say("draw_need_author"))}</div>')
    elif pressed:
        st.session_state[_AUTHOR] = who.strip()
        desks.publish(desk, ground, who.strip(), message.strip(), accepted)
        st.rerun()


def _accept(visit: Visit, found: Assessment) -> list[tuple[str, str]]:
    """Ask which failing findings are accepted, and why; nothing without a reason."""
    texts = {one.id: visible(one.message.get(visit.language)) for one in found.view.result.failing}
    with st.expander(visit.say("draw_accept")):
        chosen = st.multiselect(
            visit.say("draw_accept_which"),
            list(texts),
            format_func=lambda finding: (texts.get(finding) or finding)[:160],
            key=f"gp-accept-{visit.view.plan.id}",
        )
        reason = st.text_input(
            visit.say("draw_accept_reason"), max_chars=500, key=f"gp-accept-why-{visit.view.plan.id}"
        )
    return [(finding, reason.strip()) for finding in chosen] if reason.strip() else []


def _hint(line: str) -> None:
    st.html(f'<p class="gp-hint">{for_html(line)}</p>')
