"""Every text of the web app, in both languages: one table per page, said through one function.

A page's table is `geoplan/ui/texts/<page>.py`: `TEXTS`, its keys beginning with the page's name. It is
listed in `TABLES` here, so that the tests find every text and a key is said the same way everywhere.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping

from geoplan.output.words import BASIS_WORDS as BASES
from geoplan.output.words import KIND_WORDS as KINDS
from geoplan.types import Text
from geoplan.ui.texts import (
    areas,
    basemap,
    checks,
    common,
    draw,
    fabric,
    facilities,
    frame,
    handover,
    history,
    indicators,
    network,
    people,
    update,
)
from geoplan.ui.texts.words import COMPARISONS

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}

# Module name without the package: the table it holds.
TABLES: Mapping[str, Mapping[str, Text]] = {
    "common": common.TEXTS,
    "frame": frame.TEXTS,
    "areas": areas.TEXTS,
    "basemap": basemap.TEXTS,
    "checks": checks.TEXTS,
    "draw": draw.TEXTS,
    "fabric": fabric.TEXTS,
    "facilities": facilities.TEXTS,
    "handover": handover.TEXTS,
    "history": history.TEXTS,
    "indicators": indicators.TEXTS,
    "network": network.TEXTS,
    "people": people.TEXTS,
    "update": update.TEXTS,
}
TEXTS: Mapping[str, Text] = ChainMap(*(dict(table) for table in TABLES.values()))

__all__ = ["BASES", "COMPARISONS", "KINDS", "LANGUAGES", "TABLES", "TEXTS", "say"]


def say(key: str, language: str, **values: object) -> str:
    """Return a text of the tables in `language`, its `{places}` filled in; not escaped for any destination."""
    return TEXTS[key].get(language).format(**values)
