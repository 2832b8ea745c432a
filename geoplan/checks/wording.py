"""How measures and defects read in sentences: the same digits, units and words in every check."""

from __future__ import annotations

import re

from geoplan.types import Text

# GEOS names one defect and the place it met it at, as in "Self-intersection[0.5 0.5]".
_REASON = re.compile(r"^(?P<reason>.*?)\s*\[(?P<x>\S+)\s+(?P<y>[^\s\]]+)[^\]]*\]$")
_REASONS = {
    "self-intersection": Text("its boundary crosses or repeats itself", "边界自相交或自身重合"),
    "ring self-intersection": Text("its boundary touches itself", "边界自身相接"),
    "hole lies outside shell": Text("a hole lies outside its polygon", "内环位于外环之外"),
    "holes are nested": Text("a hole lies within another hole", "内环套在另一内环之内"),
    "nested shells": Text("a part lies within another part", "一个部分位于另一部分之内"),
    "interior is disconnected": Text("holes cut the polygon in pieces", "内环把面分割成互不连通的部分"),
    "duplicate rings": Text("a ring is there twice", "存在重复的环"),
    "ring is not closed": Text("a ring is not closed", "环未闭合"),
    "too few points in geometry component": Text("a ring has fewer than three different points", "环的顶点不足三个"),
}
SWAPPED = Text("Its coordinates look swapped (north first).", "坐标疑似颠倒（北坐标在前）。")


def square_metres(value: float) -> str:
    """Return an area with its unit: two decimals, or two digits where decimals would show nothing."""
    return f"{value:,.2f} m²" if value >= 0.01 or value == 0 else f"{value:.2g} m²"


def metres(value: float) -> str:
    """Return a length with its unit: millimetres below 10 m, decimetres above, two digits below 1 mm."""
    if value >= 10:
        return f"{value:,.1f} m"
    return f"{value:.3f} m" if value >= 0.001 or value == 0 else f"{value:.2g} m"


def across(value: float) -> str:
    """Return a width with its unit to three digits, which is what the largest circle inside is good for."""
    if value >= 1000:
        return f"{value:,.0f} m"
    return f"{value:.3g} m" if value >= 0.0001 else f"{1000 * value:.3g} mm"


def kilometres(value_m: float) -> str:
    """Return a distance given in metres as kilometres with its unit, to 100 m."""
    return f"{value_m / 1000:,.1f} km"


def position(x: float, y: float, *, degrees: bool) -> str:
    """Return a coordinate pair, x first: to the millimetre, or to 1e-8 of a degree."""
    digits = 8 if degrees else 3
    return f"({x:.{digits}f}, {y:.{digits}f})"


def defect(reason: str) -> tuple[Text, tuple[float, float] | None]:
    """Return in words what GEOS finds wrong with a polygon (`shapely.is_valid_reason`), and where, if it says so."""
    match = _REASON.match(reason)
    given = match["reason"] if match else reason
    said = _REASONS.get(given.lower(), Text.same(given))
    return said, (float(match["x"]), float(match["y"])) if match else None
