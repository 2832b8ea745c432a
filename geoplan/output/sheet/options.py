"""What a sheet can be asked for: paper, language, scale, and what stands in its title block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from geoplan.errors import UsageError
from geoplan.types import Text

Paper: TypeAlias = Literal["A4", "A3"]
Orientation: TypeAlias = Literal["landscape", "portrait"]
SheetLanguage: TypeAlias = Literal["en", "zh", "both"]

# Millimetres, the long side first (ISO 216).
PAPERS: dict[str, tuple[float, float]] = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
LARGEST_SCALE, SMALLEST_SCALE = 10, 100_000_000


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """How a sheet is made. `scale` is the N of 1:N, None for the largest round one at which the plan fits.

    `review_number` is the 审图号, None for a line left empty. `day` stands in the title block and is the
    creation date of the file, None for today. `fonts` is a folder whose fonts come before the packaged one.
    Raises UsageError for values that are not among those allowed.
    """

    paper: Paper = "A4"
    orientation: Orientation = "landscape"
    language: SheetLanguage = "both"
    scale: int | None = None
    title: Text | None = None
    review_number: str | None = None
    author: str = ""
    day: date | None = None
    findings: bool = True
    facilities: bool = True
    accuracy: bool = True
    labels: bool = True
    fonts: Path | None = None

    def __post_init__(self) -> None:
        _among("paper", self.paper, ("A4", "A3"))
        _among("orientation", self.orientation, ("landscape", "portrait"))
        _among("language", self.language, ("en", "zh", "both"))
        if self.scale is not None and not LARGEST_SCALE <= self.scale <= SMALLEST_SCALE:
            raise UsageError(
                Text(
                    f"the scale 1:{self.scale} is not between 1:{LARGEST_SCALE} and 1:{SMALLEST_SCALE}.",
                    f"比例尺 1:{self.scale} 不在 1:{LARGEST_SCALE} 与 1:{SMALLEST_SCALE} 之间。",
                ),
                where="scale",
                hint=Text("Name the N of 1:N, such as 10000.", "请给出 1:N 中的 N，例如 10000。"),
            )

    @property
    def size_mm(self) -> tuple[float, float]:
        """Return the width and height of the paper in millimetres."""
        long, short = PAPERS[self.paper]
        return (long, short) if self.orientation == "landscape" else (short, long)


def _among(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(
            Text(f"“{value}” is not a {name} of a sheet.", f"“{value}”不是图纸可用的 {name}。"),
            where=name,
            hint=Text(f"Allowed: {', '.join(allowed)}.", f"允许：{'、'.join(allowed)}。"),
        )
