"""Files as they come: the bundled zones of Hefei, changed a little, written in every way the numbers can be.

Nothing here uses geoplan's own transformations: pyproj is called directly and the shifts are typed from the
formulas, so that what comes out of geoplan is held against something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry import shape

from geoplan.crs_verdict import Site
from tests.test_offsets import bd09_by_hand, gcj02_by_hand

ZONES = Path(__file__).parents[1] / "geodata" / "ustc-silicon-valley" / "zones.geojson"
FORWARD = {"plain": lambda lon, lat: (lon, lat), "gcj02": gcj02_by_hand, "bd09": bd09_by_hand}
TARGET = CRS.from_epsg(4548)
HEFEI = (117.05, 31.78, 117.30, 31.92)
Shapes = NDArray[Any]


def shapes(*geometries: object) -> Shapes:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


@lru_cache(maxsize=1)
def current() -> Shapes:
    """The four bundled zones, in degrees."""
    features = json.loads(ZONES.read_text(encoding="utf-8"))["features"]
    return shapes(*(shape(feature["geometry"]) for feature in features))


@lru_cache(maxsize=1)
def update() -> Shapes:
    """The zones with one corner of the first moved by about 40 m, and a fifth, new one of 300 m."""
    zones = current().copy()
    ring = shapely.get_coordinates(zones[0])
    ring[2] += (3e-4, 2e-4)
    zones[0] = shapely.Polygon(ring)
    return shapes(*zones, shapely.box(117.14, 31.86, 117.1432, 31.8627))


def moved(geometry: Shapes, function: Any) -> Shapes:
    """Every vertex through a function of two floats."""

    def each(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([function(x, y) for x, y in xy]).reshape(-1, 2)

    return np.asarray(shapely.transform(geometry, each), dtype=object)


@lru_cache(maxsize=64)
def ahead(code: int) -> Transformer:
    return Transformer.from_crs(4326, code, always_xy=True, only_best=False)


def projected(geometry: Shapes, code: int) -> Shapes:
    """Degrees to a CRS of the registry, east first; WGS 84 and CGCS2000 are one datum here."""
    if CRS.from_epsg(code).is_geographic:
        return geometry
    return np.asarray(shapely.transform(geometry, ahead(code).transform, interleaved=False), dtype=object)


def swapped(geometry: Shapes) -> Shapes:
    return np.asarray(shapely.transform(geometry, lambda x, y: (y, x), interleaved=False), dtype=object)


def eastward(geometry: Shapes, metres: float) -> Shapes:
    return np.asarray(shapely.transform(geometry, lambda xy: xy + np.array([metres, 0.0])), dtype=object)


# What is done to the eastings besides: the zone number taken off or put in front.
PREFIXES = {4527: -39e6, 4498: -20e6, 4548: 39e6, 4509: 20e6}


@dataclass(frozen=True)
class File:
    """A file of the matrix: what its numbers are, and what it says they are."""

    written: int
    offset: str
    twist: str
    declared: int | None

    @property
    def crs(self) -> CRS | None:
        return None if self.declared is None else CRS.from_epsg(self.declared)

    def geometry(self, degrees: Shapes) -> Shapes:
        return written(degrees, self.written, self.offset, self.twist)

    def __str__(self) -> str:
        return f"{self.written} {self.offset} {self.twist}, declared {self.declared}"


_WRITTEN: dict[tuple[int, int, str, str], tuple[Shapes, Shapes]] = {}


def written(degrees: Shapes, code: int, offset: str, twist: str) -> Shapes:
    key = (id(degrees), code, offset, twist)
    if key not in _WRITTEN:
        geometry = projected(moved(degrees, FORWARD[offset]), code)
        if "prefix" in twist:
            geometry = eastward(geometry, PREFIXES[code])
        if "swapped" in twist:
            geometry = swapped(geometry)
        _WRITTEN[key] = degrees, geometry  # the first keeps the id from being used again
    return _WRITTEN[key][1]


def files(declared: tuple[int | str | None, ...]) -> Iterator[File]:
    """Every file of the matrix; "as written" stands for the true label."""
    for code, offset, twist, label in product(
        (4490, 4326, 4527, 4498, 4548, 4509, 3857),
        FORWARD,
        ("as it is", "swapped", "prefix", "prefix swapped"),
        declared,
    ):
        if "prefix" in twist and code not in PREFIXES:
            continue
        yield File(code, offset, twist, code if label == "as written" else label)  # type: ignore[arg-type]


def official() -> Site:
    """The zones as official boundaries, good to a metre."""
    return Site(TARGET, current(), CRS.from_epsg(4326), accuracy_m=1.0, extent=HEFEI)


def indicative() -> Site:
    """The zones as they are bundled: some of them may be 3 km off."""
    return Site(TARGET, current(), CRS.from_epsg(4326), accuracy_m=3000.0, extent=HEFEI)


def without_zones() -> Site:
    """Only facilities are known."""
    return Site(TARGET, extent=HEFEI)


def apart(result: Shapes, degrees: Shapes) -> float:
    """Metres between a result in EPSG:4548 and where its vertices truly are."""
    truth = shapely.get_coordinates(projected(degrees, 4548))
    return float(np.abs(shapely.get_coordinates(result) - truth).max())
