"""What every reader of a format hands over: the layers a file has, and the contents of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from geoplan.inspection import EncodingInfo
from geoplan.types import Text

UTF8 = EncodingInfo("UTF-8", "by the format", ())
# Arcs are stroked in steps of this many degrees: the area of a circle comes out 5e-7 too small, not 8e-4.
ARC_STEP_DEGREES = "0.1"
# A step of 0.1° leaves the arc by r·(1 − cos 0.05°) = 3.8e-7·r: 0.01 m at a radius of 26 km.
STROKED = Text(
    "arcs, where there were any, were stroked in steps of 0.1°: within 0.01 m of the curve up to a radius of 26 km",
    "圆弧（如有）以 0.1° 步长折线化：半径 26 km 以内偏差不超过 0.01 m",
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One thing that can be opened: its `format`, the `address` GDAL opens, and the `path` the user gave.

    `local` is where its bytes are: `path` itself, or what was unpacked of it. `member` is its name in an
    archive, None outside one. `encoding` says from what it was put into UTF-8, None when it was as it is.
    """

    format: str
    address: str
    path: Path
    local: Path
    member: str | None = None
    encoding: EncodingInfo | None = None

    @property
    def stem(self) -> str:
        """Return the file's own name without its ending, which names its layer where the format names none."""
        return self.local.stem


@dataclass(frozen=True, slots=True)
class LayerHead:
    """A layer before it is read: `geometry` as GDAL names types ("Unknown" for any), None without geometry."""

    name: str
    geometry: str | None
    features: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """One layer as read: `features` were in the file, those not among `geometry` are counted in `skipped`.

    `geometry` is an object array (None where a feature has none) or such an array of shapes that are made when they
    are looked at (`geoplan.shapes`), `crs` what the file declares (a code or WKT), None when it declares nothing.
    """

    geometry: NDArray[Any]
    fields: dict[str, NDArray[Any]]
    crs: str | None
    features: int
    encoding: EncodingInfo = UTF8
    skipped: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = field(default=())


def skipped(count: int, reason: str, reason_zh: str) -> Text:
    """Return the line for `count` features that were left out for one reason."""
    return Text(f"{count} feature{'s' if count != 1 else ''}: {reason}", f"{count} 个要素：{reason_zh}")
