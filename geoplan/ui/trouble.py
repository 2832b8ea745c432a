"""What is shown instead of a page that cannot be: what is wrong, where, and what to do next."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from geoplan.errors import GeoplanError, PlanError
from geoplan.ui.card import error_html
from geoplan.ui.texts import say


def trouble(title: str, lines: list[str], todo: str, language: str, where: str = "") -> None:
    """Show the panel; of a path only the file's name, since the server's folders are nobody's business."""
    st.html(error_html(title, Path(where).name if where else "", lines, todo, language))


def trouble_opening(error: GeoplanError, language: str) -> None:
    """Show why a plan cannot be opened: every mistake of its plan.toml, or what is wrong with a file or the store."""
    title = say("error_title", language)
    if isinstance(error, PlanError):
        lines = [mistake.line(language) for mistake in error.mistakes]
        trouble(title, lines, say("error_mistakes", language), language, error.where)
        return
    trouble(title, [error.message.get(language)], _todo(error, language), language, error.where)


def trouble_here(error: GeoplanError, language: str) -> None:
    """Show what went wrong with something a reader asked of a page."""
    trouble(say("error_asked", language), [error.message.get(language)], _todo(error, language), language, error.where)


def _todo(error: GeoplanError, language: str) -> str:
    return error.hint.get(language) if error.hint else say("error_reload", language)
