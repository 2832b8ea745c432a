"""The colours and lines shared by every output, so that a zone looks the same in map, page and QGIS.

Zone fills are the qualitative colours of M. Okabe and K. Ito, "Color Universal Design" (2008);
categories the "muted" scheme of P. Tol, "Colour Schemes" (SRON/EPS/TN/09-002). Both stay apart for
readers with colour vision deficiency. Text colours keep a contrast of 4.5 : 1 or more on white.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geoplan.types import Severity

# Okabe-Ito without black, which is for lines; the yellow comes last, being faint on white.
ZONE_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
# Tol "muted".
CATEGORY_COLOURS = (
    "#332288",
    "#CC6677",
    "#117733",
    "#88CCEE",
    "#882255",
    "#DDCC77",
    "#44AA99",
    "#AA4499",
    "#999933",
)
INK = "#1B2733"
MUTED_INK = "#51606E"
OUTLINE = "#2E3D4B"
NO_DATA = "#BBBBBB"


@dataclass(frozen=True, slots=True)
class SeverityStyle:
    """How a severity looks: `text` on white, `fill` of shapes, `tint` behind text, a `symbol`, an ANSI code."""

    text: str
    fill: str
    tint: str
    symbol: str
    ansi: str


SEVERITY_STYLES = {
    Severity.ERROR: SeverityStyle("#A3260B", "#D55E00", "#FBE9E2", "✕", "1;31"),
    Severity.WARNING: SeverityStyle("#7A5200", "#E69F00", "#FDF3DC", "▲", "33"),
    Severity.INFO: SeverityStyle("#075985", "#56B4E9", "#E6F2FA", "●", "36"),
}
PASSED = SeverityStyle("#05664A", "#009E73", "#E2F4EE", "✓", "1;32")
ACCEPTED = SeverityStyle(MUTED_INK, "#999999", "#EEF1F4", "○", "2")

# Lengths of strokes and gaps in pixels; an official boundary is one unbroken line.
_DASHES: dict[str, tuple[float, ...]] = {"official": (), "indicative": (8.0, 5.0), "draft": (2.0, 4.0)}


def zone_colour(place: int) -> str:
    """Return the fill of the zone at this place (from 0) in the plan's or the file's order."""
    return ZONE_COLOURS[place % len(ZONE_COLOURS)]


def category_colours(categories: Iterable[str], further: Iterable[str] = ()) -> dict[str, str]:
    """Return a colour per category; the same set of categories always gets the same colours.

    `further` ones take what is left and change none of the others.
    """
    first = set(categories)
    ordered = [*sorted(first), *sorted(set(further) - first)]
    return {name: CATEGORY_COLOURS[place % len(CATEGORY_COLOURS)] for place, name in enumerate(ordered)}


def boundary_dashes(status: str | None) -> tuple[float, ...]:
    """Return the dash pattern of boundaries of this status: none when official or not stated."""
    return _DASHES.get(status or "official", _DASHES["indicative"])
