"""What a map is made of, as plain values: picks, drawn zones, a scene, and where a part of it is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shapely.geometry.base import BaseGeometry

from geoplan.types import Text, ZoneId

DECIMALS = 6  # of a degree: 0.1 m, finer than any screen

Bounds: TypeAlias = tuple[float, float, float, float]  # west, south, east, north in degrees
WORLD: Bounds = (-150.0, -55.0, 170.0, 70.0)


@dataclass(frozen=True, slots=True)
class Pick:
    """What is picked, by its id: a zone or a facility; of a map's events also a finding or another shape."""

    kind: Literal["zone", "facility", "finding", "shape"]
    id: str


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A feature as the map shows it: its zone id, name, fill, area in m² (None unknown) and lon/lat geometry."""

    id: ZoneId
    name: Text
    colour: str
    area_m2: float | None
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class MapScene:
    """A map as plain values, the same for the same content: JSON, zones and bounds, and a digest of it all.

    The JSON is data for `fetch`, not for a script: names in it are as they are.
    """

    payload: str
    zones: tuple[DrawnZone, ...]
    bounds: Bounds
    digest: str


def corners(box: Bounds) -> list[list[float]]:
    """Return bounds as Leaflet takes them: the south-west and the north-east corner, latitude first."""
    west, south, east, north = (round(value, DECIMALS) for value in box)
    return [[south, west], [north, east]]
