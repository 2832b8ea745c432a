"""A delivery as planners get them, for the pictures: the bundled zones as traced on a web map, one edge moved.

One edge of a zone is moved along its two neighbours, which are parallel, so the zone grows by a parallelogram of a
known area in the plane of EPSG:4548: to 0.1 m², since the bundled corners are rounded to a centimetre.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import geopandas
import shapely
from pyproj import Transformer

from geoplan.offsets import to_gcj02

Shift: TypeAlias = Callable[[Any, Any], tuple[Any, Any]]

NAME = "boundaries.zip"
ZONE, CORNER = "core", 5  # the eastern edge of the northern block of the Core Area runs from its sixth corner


def grown(ring: list[tuple[float, float]], corner: int, area_m2: float) -> list[tuple[float, float]]:
    """Return a counter-clockwise ring of metres whose edge from `corner` is moved until it has gained an area.

    The edge moves along the one before it, to which the one after it must be parallel.
    """
    before, start, end = ring[corner - 1 : corner + 2]
    length = math.dist(before, start)
    along = ((start[0] - before[0]) / length, (start[1] - before[1]) / length)
    gained = along[0] * (end[1] - start[1]) - along[1] * (end[0] - start[0])  # m² for one metre
    step = area_m2 / gained
    moved = [(x + step * along[0], y + step * along[1]) for x, y in (start, end)]
    return [*ring[:corner], *moved, *ring[corner + 2 :]]


def zones(plan: Path, area_m2: float) -> Any:
    """Return the zones of the bundled plan in a folder, in degrees, the Core Area larger by an area."""
    frame = geopandas.read_file(plan / "zones.geojson")
    place = frame.index[frame["id"] == ZONE][0]
    to_metres = Transformer.from_crs(4490, 4548, always_xy=True)
    to_degrees = Transformer.from_crs(4548, 4490, always_xy=True)
    ring = [to_metres.transform(*point) for point in frame.geometry[place].exterior.coords]
    frame.loc[place, "geometry"] = shapely.Polygon(
        [to_degrees.transform(*point) for point in grown(ring, CORNER, area_m2)]
    )
    return frame


def write_delivery(path: Path, plan: Path, area_m2: float, shift: Shift = to_gcj02) -> Path:
    """Write the zones as a zipped shapefile with Chinese names in GBK, without a .cpg, shifted as on a web map."""
    frame = zones(plan, area_m2)
    shapes = [shapely.transform(shape, shift, interleaved=False) for shape in frame.geometry]
    delivery = geopandas.GeoDataFrame({"名称": list(frame["name_zh"])}, geometry=shapes, crs=4326)
    home = path.with_suffix("")
    home.mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        delivery.to_file(home / "boundaries.shp", encoding="gbk")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(home.iterdir()):
            if part.suffix != ".cpg":
                archive.write(part, part.name)
    return path
