"""Figures as readers see them: fixed decimals, thousands separators, units by language, unknown said aloud."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

from geoplan.types import M2_PER_HECTARE, M2_PER_KM2, M2_PER_MU, Text

UNKNOWN = Text("unknown", "未知")
UNITS = {
    "m2": Text("m²", "m²"),
    "ha": Text("ha", "公顷"),
    "mu": Text("mu", "亩"),
    "km2": Text("km²", "km²"),
    "m": Text("m", "m"),
    "km": Text("km", "km"),
    "percent": Text("%", "%"),
    "zones": Text("zones", "个分区"),
    "features": Text("features", "个要素"),
    "vertices": Text("vertices", "个节点"),
}
_ONE_OF = {"zones": "zone", "features": "feature", "vertices": "vertex"}
# What a feature is where it should be a polygon, as GEOS names it.
SHAPES = {
    "Point": Text("Point", "点"),
    "MultiPoint": Text("MultiPoint", "多点"),
    "LineString": Text("LineString", "线"),
    "MultiLineString": Text("MultiLineString", "多线"),
    "LinearRing": Text("LinearRing", "闭合线"),
    "Polygon": Text("Polygon", "面"),
    "MultiPolygon": Text("MultiPolygon", "多部件面"),
    "GeometryCollection": Text("GeometryCollection", "混合图形集合"),
}
# Field names of attribute tables and documents may spell a unit in other ways.
_SAME_UNIT = {"m²": "m2", "km²": "km2", "%": "percent"}

# Written out, since a locale is the server's and not the reader's.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float | None, decimals: int, language: str = "en") -> str:
    """Return `value` with `decimals` and thousands separators; None, NaN and infinities are "unknown"."""
    if value is None or not math.isfinite(value):
        return UNKNOWN.get(language)
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text  # no minus before a zero


def square_metres(area_m2: float | None, language: str = "en") -> str:
    """Return an area given in m² with 2 decimals, without its unit."""
    return number(area_m2, 2, language)


def hectares(area_m2: float | None, language: str = "en") -> str:
    """Return an area given in m² in hectares with 4 decimals, without its unit."""
    return number(_divided(area_m2, M2_PER_HECTARE), 4, language)


def mu(area_m2: float | None, language: str = "en") -> str:
    """Return an area given in m² in mu (亩, 2000/3 m²) with 3 decimals, without its unit."""
    return number(_divided(area_m2, M2_PER_MU), 3, language)


def square_kilometres(area_m2: float | None, language: str = "en", decimals: int = 4) -> str:
    """Return an area given in m² in km², with 4 to 6 decimals, without its unit."""
    return number(_divided(area_m2, M2_PER_KM2), decimals, language)


def metres(length_m: float | None, language: str = "en") -> str:
    """Return a length given in m with 3 decimals, without its unit."""
    return number(length_m, 3, language)


def percent(value: float | None, language: str = "en") -> str:
    """Return a percentage (12.34 for 12.34 %) with 2 decimals and its sign."""
    shown = number(value, 2, language)
    return shown if shown == UNKNOWN.get(language) else f"{shown} %"


def share(value: float | None, language: str = "en") -> str:
    """Return a share (0 to 1) as a percentage with 2 decimals and its sign."""
    return percent(None if value is None else value * 100, language)


def compact(value: float, language: str = "en") -> str:
    """Return a setting such as a tolerance with as many digits as it needs: 1, 0.01, 1,000; "unknown" as `number`."""
    if not math.isfinite(value):
        return UNKNOWN.get(language)
    return number(value, 0, language) if value == round(value) else f"{value:,.12g}"


_RANGE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,20})?)–([0-9]{1,9}(?:\.[0-9]{1,20})?)")
_BY_UNIT: dict[str, Callable[[float, str], str]] = {
    "m2": square_metres,
    "ha": lambda value, language: number(value, 4, language),
    "mu": lambda value, language: number(value, 3, language),
    "km2": lambda value, language: number(value, 6, language),
    "m": metres,
    "percent": lambda value, language: number(value, 2, language),
}


def quantity(value: float | str | None, unit: str | None, language: str = "en") -> str:
    """Return an expected or measured value with its unit; a "share" is shown as a percentage.

    Text is returned as it is, but for kinds of geometry and for a range of shares; None and NaN are "unknown".
    """
    if isinstance(value, str):
        if unit == "share" and (ends := _RANGE.fullmatch(value)):
            low, high = (compact(round(100 * float(end), 10), language) for end in ends.groups())
            return f"{low}–{high} %"
        return SHAPES.get(value, Text.same(value)).get(language)
    if value is None or not math.isfinite(value):
        return UNKNOWN.get(language)
    if unit == "share":
        return share(value, language)
    key = _SAME_UNIT.get(unit or "", unit or "")
    shown = _BY_UNIT[key](value, language) if key in _BY_UNIT else compact(value, language)
    one = value == 1 and key in _ONE_OF and language != "zh"
    named = _ONE_OF[key] if one else UNITS.get(key, Text.same(key)).get(language)
    return f"{shown} {named}".strip()


def unit(name: str, language: str = "en") -> str:
    """Return a unit in the language, one that is not known as it is; shares are told in percent."""
    key = "percent" if name == "share" else _SAME_UNIT.get(name, name)
    return UNITS[key].get(language) if key in UNITS else name


def _divided(value: float | None, by: float) -> float | None:
    return None if value is None else value / by


def moment(time: str, language: str = "en") -> str:
    """Return a time in UTC, given as ISO 8601 text, to the minute as the reader writes it; as it is if it is none."""
    try:
        read = datetime.fromisoformat(time)
        at = read.astimezone(UTC) if read.tzinfo else read
    except (ValueError, OverflowError):  # the latter: before the year 1 or after 9999 once it is in UTC
        return time
    if language == "zh":
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M} UTC"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def day(date_text: str, language: str = "en") -> str:
    """Return a date (YYYY, YYYY-MM or YYYY-MM-DD) as the reader writes it; anything else as it is."""
    parts = date_text.split("-")
    if len(date_text) > len("YYYY-MM-DD") or not all(part.isascii() and part.isdecimal() for part in parts):
        return date_text
    year, *rest = (int(part) for part in parts)
    if len(rest) > 2 or (rest and not 1 <= rest[0] <= 12) or (rest[1:] and not 1 <= rest[1] <= 31):
        return date_text
    if language == "zh":
        return "".join(f"{value}{mark}" for value, mark in zip((year, *rest), "年月日", strict=False))
    return " ".join([*(str(value) for value in rest[1:]), *(_MONTHS[value - 1] for value in rest[:1]), str(year)])
