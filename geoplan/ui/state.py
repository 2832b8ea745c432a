"""What a link says: `?plan=&page=&lang=&revision=&zone=` or `&facility=`; nothing else keeps a pick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geoplan.output.map import Pick
from geoplan.ui.texts import LANGUAGES

MAX_ID = 300  # characters of an id in a link; longer is no id
MAX_REVISION = 10**9
FIRST_PAGE = "map"


@dataclass(frozen=True, slots=True)
class Address:
    """What a link asks for: a plan id (or None), a language, what is picked, a page, and a revision (None: current)."""

    plan: str | None
    language: str
    pick: Pick | None
    page: str = FIRST_PAGE
    revision: int | None = None


def read_address(parameters: Mapping[str, str], locale: str | None, remembered: str | None = None) -> Address:
    """Return what the query parameters ask for; without `lang` the language `remembered`, else the browser's locale."""
    asked = parameters.get("lang", "")
    language = next((code for code in (asked, remembered) if code in LANGUAGES), None)
    if language is None:
        language = "zh" if (locale or "").lower().startswith("zh") else "en"
    pick = None
    if zone := parameters.get("zone", "")[:MAX_ID]:
        pick = Pick("zone", zone)
    elif facility := parameters.get("facility", "")[:MAX_ID]:
        pick = Pick("facility", facility)
    page = parameters.get("page", "")[:MAX_ID] or FIRST_PAGE
    return Address(parameters.get("plan") or None, language, pick, page, _revision(parameters.get("revision", "")))


def _revision(asked: str) -> int | None:
    """Return a revision number, None for anything that cannot be one."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= len(str(MAX_REVISION))):
        return None
    return int(asked) if 0 < int(asked) <= MAX_REVISION else None
