"""Tables on pages: shown with the number formats of their columns, and with rows that can be picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from geoplan.output.map import Pick
from geoplan.ui.texts import say
from geoplan.ui.visit import Visit, pick

# Column key: how its numbers are written.
_FORMATS = {
    "square_kilometres": "%.4f",
    "hectares": "%.4f",
    "mu": "%.3f",
    "square_metres": "%.2f",
    "share_percent": "%.2f",
    "perimeter_m": "%.1f",
    "accuracy_m": "%.0f",
    "checks_width": "%.3f",
    "history_total": "%.4f",
    "history_total_change": "%+.2f",
    "history_before": "%.2f",
    "history_after": "%.2f",
    "history_difference": "%+.2f",
    "history_percent": "%+.3f",
    "history_in": "%.2f",
    "history_out": "%.2f",
    "history_area": "%.2f",
    "facilities_accuracy": "%.0f",
    "facilities_covered": "%.1f",
    "facilities_density": "%.2f",
    "facilities_uncovered_km2": "%.4f",
}


def column_settings(language: str) -> dict[str, Any]:
    """Return the settings `st.dataframe` takes for the columns all tables share."""
    numbers = {say(key, language): st.column_config.NumberColumn(format=text) for key, text in _FORMATS.items()}
    return {"column_config": numbers | {say("link", language): st.column_config.LinkColumn()}}


def plain(frame: pd.DataFrame, language: str) -> None:
    """Show a table, or a sentence when it has no rows."""
    if frame.empty:
        st.text(say("nothing_here", language))
    else:
        st.dataframe(frame, hide_index=True, **column_settings(language))


def pickable(
    name: str, frame: pd.DataFrame, picks: tuple[Pick, ...], visit: Visit, widths: Mapping[str, int] | None = None
) -> None:
    """Show a table in which a zone's or facility's row can be picked; that of what is picked elsewhere is selected.

    `widths` are of columns by their text, in pixels, where a table must fit beside the map.
    """
    here = visit.address.pick
    chosen = picks.index(here) if here in picks else None
    selectable(f"{name}-{visit.address.plan}", frame, visit.language, chosen, lambda row: _pick_row(picks, row), widths)


def selectable(
    key: str,
    frame: pd.DataFrame,
    language: str,
    chosen: int | None,
    on_choice: Callable[[int | None], None],
    widths: Mapping[str, int] | None = None,
) -> None:
    """Show a table of which one row can be chosen: `chosen` is the row now; `on_choice` is told the next or None."""
    if frame.empty:
        st.text(say("nothing_here", language))
        return
    # A new key for every choice, since a table's selection can only be set when it is first shown.
    own = f"{key}-{language}-{chosen}"
    st.dataframe(
        frame,
        hide_index=True,
        key=own,
        on_select=lambda: on_choice(_selected(own)),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if chosen is None else [chosen]}},
        placeholder="–",
        column_config=_with_widths(column_settings(language)["column_config"], widths or {}),
    )


def _with_widths(settings: dict[str, Any], widths: Mapping[str, int]) -> dict[str, Any]:
    sized = {name: {**settings.get(name, {}), "width": width} for name, width in widths.items()}
    return settings | sized


def _selected(key: str) -> int | None:
    rows = st.session_state[key].selection.rows
    return int(rows[0]) if rows else None


def _pick_row(picks: tuple[Pick, ...], row: int | None) -> None:
    pick(picks[row] if row is not None and row < len(picks) else None, move=True)
