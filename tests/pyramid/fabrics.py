"""Plans with more zones than a page can hold, written for tests, and tiles read back as docs/fabric.md has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.pyramid.mercator import to_world
from geoplan.pyramid.outlines import Outlines, outlines
from geoplan.rings import rings_of

PLAN = """format = 1
id = "{name}"
name = {{ en = "A fabric of parcels", zh = "宗地图" }}
status = "indicative"
[layers]
zones = "zones.gpkg"
{more}
"""


def write_plan(folder: Path, polygons: Any, ids: list[str] | None = None, more: str = "") -> Path:
    """Write a plan with polygons in EPSG:4548 and return its folder; they are called p0, p1, … without `ids`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(PLAN.format(name=folder.name, more=more), encoding="utf-8")
    named = ids or [f"p{place}" for place in range(len(polygons))]
    frame = gpd.GeoDataFrame({"id": named}, geometry=polygons, crs="EPSG:4548")
    frame.to_file(folder / "zones.gpkg", engine="pyogrio")
    return folder


def squares(rows: int, columns: int, side: float = 10.0) -> NDArray[Any]:
    """Return squares that share their sides, row by row, in metres of EPSG:4548."""
    y, x = np.mgrid[0:rows, 0:columns].reshape(2, -1) * side
    made: NDArray[Any] = shapely.box(500_000 + x, 3_500_000 + y, 500_000 + x + side, 3_500_000 + y + side)
    return made


def in_units(polygons: Any) -> Outlines:
    """Return polygons whose coordinates are world units as outlines, outer rings counter-clockwise on a map."""
    turned = [shapely.orient_polygons(one, exterior_cw=True) for one in polygons]  # y points south
    rings = rings_of(np.array(turned, dtype=object))
    keep = np.ones(len(rings.x), bool)
    keep[np.cumsum(rings.lengths) - 1] = False
    x, y = rings.x[keep].astype(np.int32), rings.y[keep].astype(np.int32)
    return outlines(x, y, rings.lengths - 1, rings.feature)


def as_polygons(found: Outlines) -> NDArray[Any]:
    """Return the rings of outlines as polygons."""
    ends = np.cumsum(found.lengths)
    points = np.stack([found.x, found.y], axis=1)
    return np.array([shapely.Polygon(one) for one in np.split(points, ends[:-1])], dtype=object)


def lon_lat_units(lon: float, lat: float) -> tuple[int, int]:
    """Return a place in world units."""
    x, y = to_world(np.array([lon]), np.array([lat]))
    return int(x[0]), int(y[0])


@dataclass(frozen=True)
class Decoded:
    """A tile as a browser has it: rings in steps of a tile's side of 2^bits, and a picture or None."""

    bits: int
    rings: list[NDArray[np.int64]]
    shares: NDArray[np.uint8] | None


def decoded(raw: bytes) -> Decoded:
    """Return a tile, read by its documented format."""
    (tile,) = decoded_all(raw)
    return tile


def decoded_all(raw: bytes) -> list[Decoded]:
    """Return tiles one behind the other, read by their documented format."""
    found: list[Decoded] = []
    while raw:
        tile, raw = _first(raw)
        found.append(tile)
    return found


def _first(raw: bytes) -> tuple[Decoded, bytes]:
    version, bits, pictured, nothing = raw[:4]
    assert (version, nothing) == (1, 0)
    count, vertices = (int.from_bytes(raw[at : at + 4], "little") for at in (4, 8))
    at = 12
    lengths = [int.from_bytes(raw[at + 2 * i : at + 2 * i + 2], "little") for i in range(count)]
    at += 2 * count
    axes = []
    for _ in range(2):
        value, values = 0, []
        for i in range(vertices):
            value += int.from_bytes(bytes([raw[at + i], raw[at + vertices + i]]), "little", signed=True)
            values.append(value)
        axes.append(values)
        at += 2 * vertices
    shares = np.frombuffer(raw, np.uint8, 65536, at).reshape(256, 256) if pictured else None
    rest = at + (65536 if pictured else 0)
    assert len(raw) >= rest
    points = np.array(axes, np.int64).T.reshape(-1, 2)
    ends = np.cumsum(lengths)
    assert (ends[-1] if count else 0) == vertices
    return Decoded(bits, np.split(points, ends[:-1]) if count else [], shares), raw[rest:]
