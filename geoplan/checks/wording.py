"""How figures, zones and places read in the sentences of findings, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from geoplan.checks.subject import Subject
from geoplan.types import Text, ZoneId

_NAMED = 4  # a sentence names this many zones and counts the rest


def square_metres(value: float) -> str:
    """Return an area with its unit: two decimals, or two digits where decimals would show nothing."""
    return f"{value:,.2f} m²" if value >= 0.01 or value == 0 else f"{value:.2g} m²"


def metres(value: float) -> str:
    """Return a length with its unit: millimetres below 100 m, decimetres above, two digits below 1 mm."""
    if value >= 100:
        return f"{value:,.1f} m"
    return f"{value:.3f} m" if value >= 0.001 or value == 0 else f"{value:.2g} m"


def kilometres(value_m: float) -> str:
    """Return a distance given in metres as kilometres with its unit, to 100 m."""
    return f"{value_m / 1000:,.1f} km"


def position(x: float, y: float, *, degrees: bool) -> str:
    """Return a coordinate pair, x first: to the millimetre, or to 1e-8 of a degree."""
    digits = 8 if degrees else 3
    return f"({x:.{digits}f}, {y:.{digits}f})"


def listed(subject: Subject, labels: Sequence[ZoneId]) -> Text:
    """Return zones as a list in a sentence ("A, B and C"; a long list is cut and counted)."""
    names = [subject.name(label) for label in labels]
    rest = len(names) - _NAMED
    if rest > 0:
        shown = names[:_NAMED]
        return Text(
            ", ".join(name.en for name in shown) + f" and {rest} more",
            "、".join(name.zh for name in shown) + f"等 {len(names)} 个分区",
        )
    english = [name.en for name in names]
    return Text(
        " and ".join([", ".join(english[:-1]), english[-1]] if len(english) > 1 else english),
        "、".join(name.zh for name in names),
    )
