"""The page of updates: upload, what the file is, preview over the current boundaries, publish or leave."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geoplan.output import style
from geoplan.output.escape import for_html
from geoplan.types import Severity
from geoplan.ui.frame import heading
from geoplan.ui.headline import strip_html
from geoplan.ui.opening import opened_view
from geoplan.ui.update_below import tables
from geoplan.ui.update_desk import Desk, desk_of
from geoplan.ui.update_map import show_update_map
from geoplan.ui.update_panel import error_panel, find_out, heading_of, upload, what_it_is
from geoplan.ui.update_publish import outcome, publish_part
from geoplan.ui.update_tables import before_and_after
from geoplan.ui.update_words import about_html, steps_bar_html
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView

# The way to publish stays at the foot of the side while what is known of the file is read above it.
_PUBLISH_STYLE = """
.st-key-gp-publish { gap: 8px; } .st-key-gp-publish [data-testid="stForm"] > div { gap: 8px; }
@media (min-width: 761px) {
  /* A figure that changes says what it is now and what is published, which may take two lines. */
  .gp-tile-below { white-space: normal; }
  .stApp:has(.gp-strip) iframe[title^="streamlit_folium"], .stApp:has(.gp-strip) .st-key-gp-side {
    height: max(360px, calc(100vh - 249px)) !important; }
  .st-key-gp-side > [data-testid="stLayoutWrapper"]:has(> .st-key-gp-publish) { position: sticky; bottom: -14px;
    z-index: 5; flex: none; width: calc(100% + 32px) !important; max-width: none; margin: 4px -16px -14px;
    padding: 6px 16px 12px; box-sizing: border-box; max-height: 68%; overflow-y: auto;
    background: #FFF; border-top: 1px solid #C5CFD3; box-shadow: 0 -4px 10px rgba(27, 39, 51, .08); }
}"""


def show(visit: Visit) -> None:
    """Show the page."""
    st.html(_style_html(visit.say))
    plan = visit.view.plan.id if visit.address.plan is None else visit.address.plan
    # What is uploaded is held against the boundaries as they are now, also from a link to an old revision.
    view = visit.view if visit.address.revision is None else opened_view(plan, visit.stamp)
    desk = desk_of(plan)
    with st.container(key="gp-update-head", horizontal=True, vertical_alignment="center"):
        with st.container(width="content"):
            heading(visit, "update")
        way = st.empty()
    strip = st.empty()
    drawing, side = st.columns([2, 1], gap="small")
    with side, st.container(key="gp-side"):
        if visit.may_write:
            _side(visit, desk, view)
        else:
            st.html(f'<p class="gp-hint">{for_html(visit.say("update_viewer"))}</p>')
    way.html(steps_bar_html(_at(desk), visit.language))
    if desk.shown is not None and desk.shown.result.check is not None:
        strip.html(strip_html(before_and_after(view, desk.shown.result, visit.language), visit.language))
    with drawing:
        show_update_map(visit, desk, view)
    if desk.shown is not None and desk.shown.result.comparison is not None:
        tables(visit, desk, desk.shown)
    elif desk.found is not None and desk.found.inspection is not None:
        st.html(f'<h2 class="gp-section">{for_html(visit.say("update_tab_file"))}</h2>')
        st.html(about_html(desk.found.inspection, visit.language))


def _side(visit: Visit, desk: Desk, view: PlanView) -> None:
    if not desk.parts:
        outcome(visit, desk)
    if desk.published is None or desk.parts:
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                heading_of(1, "update_part_file", visit)
            leaving = st.empty()
        upload(visit, desk, leaving)
    find_out(visit, desk)
    if desk.found is not None:
        heading_of(2, "update_part_what", visit)
        what_it_is(visit, desk)
    if desk.parts and desk.error is not None:
        error_panel(visit, desk, desk.error)
    if desk.shown is not None:
        with st.container(key="gp-publish"):
            heading_of(4, "update_part_publish", visit)
            publish_part(visit, desk, view, desk.shown)


def _at(desk: Desk) -> int:
    """Return the part of the way somebody is at, 5 when it is behind them."""
    if not desk.parts:
        return 5 if desk.published is not None else 1
    if desk.shown is None:
        return 2
    return 4


def _style_html(say: Callable[..., str]) -> str:
    failed, warned = style.SEVERITY_STYLES[Severity.ERROR], style.SEVERITY_STYLES[Severity.WARNING]
    return f"""<style>
ol.gp-way {{ display: flex; flex-wrap: wrap; gap: 4px 22px; list-style: none; margin: 2px 0 0 14px; padding: 0;
  font-size: 13.5px; }}
.gp-way li {{ color: {style.MUTED_INK}; margin: 0; padding: 0; display: flex; align-items: center; gap: 7px; }}
.gp-way i, .gp-number {{ font-style: normal; font-weight: 600; font-size: 12px; width: 21px; height: 21px;
  line-height: 21px; border-radius: 50%; text-align: center; background: #E6ECEE; color: {style.INK};
  display: inline-block; }}
.gp-number {{ margin-right: 8px; background: #075985; color: #FFF; }}
.gp-way-now {{ color: {style.INK} !important; font-weight: 600; }} .gp-way-now i {{ background: #075985; color: #FFF; }}
.gp-way-done i {{ background: {style.PASSED.tint}; color: {style.PASSED.text}; }}
.gp-said {{ border-radius: 8px; padding: 6px 12px; font-size: 13.5px; line-height: 1.4; overflow-wrap: anywhere; }}
.gp-said.gp-holds {{ background: {style.PASSED.tint}; color: {style.PASSED.text}; }}
.gp-said.gp-fails {{ background: {failed.tint}; color: {failed.text}; }}
.gp-said.gp-asks {{ background: {warned.tint}; color: {warned.text}; }}
.gp-said.gp-quiet {{ background: #EEF1F4; color: {style.INK}; }}
.gp-what ul {{ margin: 2px 0 6px; padding-left: 18px; }} .gp-what li {{ font-size: 13.5px; margin: 3px 0; }}
.gp-what .gp-said {{ font-weight: 600; margin-bottom: 6px; }}
.gp-lines {{ margin: 4px 0 0; padding-left: 18px; }} .gp-lines li {{ margin: 2px 0; font-size: 13px;
  overflow-wrap: anywhere; }}
.gp-sample {{ margin: 0; font-size: 15px; overflow-wrap: anywhere; }}
.gp-work {{ list-style: none; margin: 0; padding: 0; font-size: 13px; }} .gp-work li {{ margin: 2px 0; }}
.gp-step-done::before {{ content: "✓ "; color: {style.PASSED.text}; }} .gp-step-now::before {{ content: "● "; }}
.gp-step-now {{ font-weight: 600; }} .gp-step-ahead::before {{ content: "○ "; }}
.st-key-gp-side > div {{ gap: 8px; }} .gp-section {{ margin-top: 4px; }}
.st-key-gp-over-map {{ margin-bottom: -16px; }}
.st-key-gp-over-map [data-testid="stButtonGroup"] button {{ border: 1px solid #DCE3E5; }}
.gp-step-ahead {{ color: {style.MUTED_INK}; }}
.st-key-gp-side .gp-error {{ margin: 0; padding: 12px 14px; }} .st-key-gp-side .gp-error h2 {{ font-size: 16px; }}
.st-key-gp-side [data-testid="stRadio"] label p {{ font-size: 13.5px; overflow-wrap: anywhere; }}
{_PUBLISH_STYLE}
{_uploader_style(say)}
</style>"""


def _uploader_style(say: Callable[..., str]) -> str:
    """Return rules that say the uploader's own words, which Streamlit has in English only, as the reader needs them."""
    browse, drop = say("update_browse"), say("update_drop")
    own = '[data-testid="stFileUploaderDropzone"] > span [data-testid="stMarkdownContainer"] p'
    told = '[data-testid="stFileUploaderDropzoneInstructions"]'
    return f"""
{own} {{ font-size: 0; }} {own}::after {{ content: "{browse}"; font-size: 14px; }}
{told} * {{ font-size: 0 !important; line-height: 0; }}
{told}::after {{ content: "{drop}"; font-size: 13px; color: {style.MUTED_INK}; }}"""
