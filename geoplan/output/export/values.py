"""The values an export is made of: tables with their shapes, what goes into which file, and what was lost.

Every writer gets the same `Package` and gives back bytes and losses; none of them reads a plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.crs import code_of
from geoplan.output.handover import Facts
from geoplan.types import Text

ColumnKind: TypeAlias = Literal["TEXT", "REAL", "INTEGER", "BOOLEAN"]
Layer: TypeAlias = Literal["zones", "facilities", "network", "findings"]
LAYERS: tuple[Layer, ...] = ("zones", "facilities", "network", "findings")
LAYER_NAMES: Mapping[str, Text] = {
    "zones": Text("zones", "分区"),
    "facilities": Text("facilities", "设施"),
    "network": Text("places of the network", "网络地点"),
    "findings": Text("findings", "检查结果"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; its values are of `kind` or None, which is "not known" and never 0 or ""."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Table:
    """One layer: `rows` of values beside their `shapes` (None: no place), in `crs`.

    Of each row there is a `label` for people, a `group` that drawings put on a layer of its own (a zone,
    a category, a severity) and a `colour` (#rrggbb), the one it has on the map.
    """

    name: Layer
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    shapes: tuple[BaseGeometry | None, ...]
    labels: tuple[Text, ...]
    groups: tuple[str, ...]
    colours: tuple[str, ...]
    crs: CRS

    def __len__(self) -> int:
        return len(self.rows)

    def values(self, name: str) -> tuple[Any, ...]:
        """Return one column by name; raises KeyError when there is none."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return tuple(row[place] for row in self.rows)
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something the plan holds and the file does not, or not as it was: in which `layer` ("" for all), and what."""

    layer: str
    message: Text


@dataclass(frozen=True, slots=True)
class Package:
    """What goes into one file: the tables and the `crs` of the first; `losses` are those known before writing.

    `language` is for the texts a file has in one language only, such as labels in a drawing.
    """

    tables: tuple[Table, ...]
    crs: CRS
    facts: Facts
    losses: tuple[Loss, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file and what it could not hold."""

    content: bytes
    losses: tuple[Loss, ...] = ()


Writer: TypeAlias = Callable[[Package], Written]
"""What turns a package into a file."""


@dataclass(frozen=True, slots=True)
class ExportedLayer:
    """A layer of a file: how many features it has, how many of them have a place, in which CRS (None: no shapes)."""

    name: str
    features: int
    located: int
    crs: CRS | None


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to hand over: a `name` that every system accepts, its `media_type` and `content`.

    `crs` is that of the first layer, None for a workbook, which holds no shapes. `losses` tells what the
    format could not hold.
    """

    name: str
    media_type: str
    content: bytes
    format: str
    facts: Facts
    layers: tuple[ExportedLayer, ...]
    crs: CRS | None
    losses: tuple[Loss, ...]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def axis_order(crs: CRS) -> str:
    """Return the order of coordinates in every file written here, whatever order the registry names."""
    return "longitude-latitude" if crs.is_geographic else "east-north"


def crs_words(crs: CRS) -> Text:
    """Return a coordinate system in words, with its axis order."""
    if crs.is_geographic:
        return Text(
            f"{code_of(crs)}, longitude then latitude in degrees", f"{code_of(crs)}，经度在前、纬度在后，单位为度"
        )
    return Text(
        f"{code_of(crs)} ({crs.name}), x east then y north in {_units(crs)}",
        f"{code_of(crs)}（{crs.name}），x 向东在前、y 向北在后，单位：{_unit_zh(crs)}",
    )


def _units(crs: CRS) -> str:
    unit = crs.axis_info[0].unit_name
    return unit.replace("foot", "feet") if "foot" in unit else f"{unit}s"


def _unit_zh(crs: CRS) -> str:
    unit = crs.axis_info[0].unit_name
    return {"metre": "米"}.get(unit, unit)
