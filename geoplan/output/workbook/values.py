"""A workbook before it is written: sheets of typed cells, which any writer could put into a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from geoplan.types import Text

Kind: TypeAlias = Literal["text", "m2", "ha", "mu", "km2", "percent", "m", "whole", "degrees", "figure", "time", "ppm"]
Tone: TypeAlias = Literal["plain", "good", "bad", "warn", "muted"]

# How Excel shows numbers of each kind; the decimals are those of `geoplan.output.figures`.
NUMBER_FORMATS: Mapping[Kind, str] = {
    "text": "@",
    "m2": "#,##0.00",
    "ha": "#,##0.0000",
    "mu": "#,##0.000",
    "km2": "#,##0.000000",
    "percent": "0.00%",
    "m": "#,##0.000",
    "whole": "#,##0",
    "degrees": "0.000000",
    "figure": "#,##0.######",
    "time": "yyyy-mm-dd hh:mm",
    "ppm": "+0.00;-0.00;0.00",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: text, a number, a time in UTC or None ("not known", an empty cell); shares are 0 to 1.

    `kind` None is the column's. `colour` (#rrggbb) marks the zone's or category's colour on the map.
    """

    value: str | float | datetime | None
    tone: Tone = "plain"
    kind: Kind | None = None
    colour: str | None = None


Value: TypeAlias = Cell | str | float | datetime | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its heading with the unit in it, the kind of its values, and how wide it may get in characters."""

    text: Text
    kind: Kind = "text"
    widest: int = 28


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a sheet: `title` None where the sheet's own says it; `total` is a last row apart, `empty` for none."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    title: Text | None = None
    total: tuple[Value, ...] | None = None
    empty: Text | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, lines above (with a tone), its tables one below the other.

    A sheet of one table has a filter, and its heading stays in view and on every printed page; `frozen` is
    the number of columns that stay in view as well.
    """

    name: Text
    grids: tuple[Grid, ...]
    lines: tuple[tuple[Text, Tone], ...] = ()
    frozen: int = 0
