"""What a link says: `?plan=&lang=&zone=` or `&facility=`; the address is the one place a pick is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geoplan.output.map import Pick
from geoplan.ui.texts import LANGUAGES

MAX_ID = 300  # characters of an id in a link; longer is no id


@dataclass(frozen=True, slots=True)
class Address:
    """What a link asks for: a plan id (or None), a language and what is picked."""

    plan: str | None
    language: str
    pick: Pick | None


def read_address(parameters: Mapping[str, str], locale: str | None) -> Address:
    """Return what the query parameters ask for; without `lang` the browser's locale decides."""
    asked = parameters.get("lang", "")
    language = asked if asked in LANGUAGES else ("zh" if (locale or "").lower().startswith("zh") else "en")
    pick = None
    if zone := parameters.get("zone", "")[:MAX_ID]:
        pick = Pick("zone", zone)
    elif facility := parameters.get("facility", "")[:MAX_ID]:
        pick = Pick("facility", facility)
    return Address(parameters.get("plan") or None, language, pick)


def clicked(value: object) -> Pick | None:
    """Return what a click on the map picked, from the feature the map component hands back."""
    drawing = value.get("last_active_drawing") if isinstance(value, dict) else None
    properties = drawing.get("properties") if isinstance(drawing, dict) else None
    if not isinstance(properties, dict):
        return None
    kind, identifier = properties.get("kind"), properties.get("id")
    if not isinstance(identifier, str) or not identifier:
        return None
    if kind == "zone":
        return Pick("zone", identifier)
    return Pick("facility", identifier) if kind == "facility" else None
