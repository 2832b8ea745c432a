"""What several pages of a plan with very many zones show: its headline figures, hints, commands to copy."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geoplan.output.escape import for_html
from geoplan.pyramid import FabricView
from geoplan.ui.headline import Tile, tiles
from geoplan.ui.texts import say


def headline(view: FabricView, language: str) -> tuple[Tile, ...]:
    """Return the headline figures: how many zones there are, and that checks are running while they are."""
    total, *others = tiles(view, language)
    *shares, zones, facilities, findings = others
    count = f"{len(view.fabric):,}"
    if not view.plan.zones:  # else it says how many of those declared are there
        zones = replace(zones, figure=count, below=say("fabric_zones_below", language))
    if view.checking:
        total, *shares = (
            tile if tile.verdict == "none" else replace(tile, verdict="unchecked") for tile in (total, *shares)
        )
        findings = replace(findings, figure="…", below=say("fabric_checking", language))
    return (total, *shares, zones, facilities, findings)


def hint(text: str) -> None:
    """Show a line that explains what is above or below it, in a colour that is read on white."""
    st.html(f'<p class="gp-hint">{for_html(text)}</p>')


def command(why: str, line: str) -> None:
    """Show a command line ready to be copied, and what it is for."""
    hint(why)
    st.code(line, language=None, wrap_lines=True)  # the colours of words could hardly be read
