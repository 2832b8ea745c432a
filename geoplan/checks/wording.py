"""How measures read in the sentences of findings: the same digits and units in every check."""

from __future__ import annotations

from geoplan.types import Text

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
