"""A boundary given as text instead of drawn: GeoJSON, a list of corners, or 界址点, by hand or by paste.

What the numbers are is decided by their size alone, since in China no reading can be mistaken for another:
longitudes and latitudes do not overlap, and northings are larger than eastings without their zone number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.crs import code_of, norm_crs, project
from geoplan.errors import InputError
from geoplan.types import Text

MAX_CHARACTERS = 2_000_000
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_LONGITUDES, _LATITUDES = (72.0, 138.0), (3.0, 55.0)
_NORTHINGS, _EASTINGS = (3e5, 6.2e6), (1e5, 9e5)
_PREFIX = 1_000_000.0  # what a zone number is multiplied by in front of an easting
_WGS84 = norm_crs("EPSG:4326")
_WAYS = Text(
    "Give one corner a line: longitude and latitude in degrees, or northing and easting in metres; or GeoJSON.",
    "每行一个角点：经度和纬度（度），或北坐标和东坐标（米）；也可粘贴 GeoJSON。",
)

Pair = tuple[float, float]


def read_typed(text: str, crs: CRS) -> BaseGeometry:
    """Return the polygon a text describes, in degrees (WGS 84); `crs` is the projected one metres are taken for.

    A line's last two numbers are a corner, in either order; what stands before them (J1, a number) is its
    name. Raises InputError for anything else, naming the line.
    """
    if len(text) > MAX_CHARACTERS:
        raise _refused(Text("the text is too long to have been typed.", "文本过长，不像手工录入。"))
    stripped = text.strip()
    return _of_geojson(stripped) if stripped.startswith("{") else _of_corners(stripped, crs)


def _of_geojson(text: str) -> BaseGeometry:
    try:
        document = json.loads(text)
        for _ in range(2):  # a collection of one feature, a feature, its geometry
            if document.get("type") == "FeatureCollection" and len(document["features"]) == 1:
                document = document["features"][0]
            if document.get("type") == "Feature":
                document = document["geometry"]
        shape = shapely.from_geojson(json.dumps(document))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.GEOSException):
        raise _refused(Text("this is no GeoJSON polygon.", "不是有效的 GeoJSON 面。")) from None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise _refused(Text("this is no GeoJSON polygon.", "不是有效的 GeoJSON 面。"))
    return shape


def _of_corners(text: str, crs: CRS) -> BaseGeometry:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    pairs = [_pair(number, line) for number, line in lines]
    degrees, metres = [_as_degrees(pair) for pair in pairs], [_as_metres(pair, crs) for pair in pairs]
    if all(degrees):
        return _polygon([pair for pair in degrees if pair is not None])
    # The first line that is nothing at all, else the first in degrees among metres.
    amiss = [not (one or other) for one, other in zip(degrees, metres, strict=True)]
    if not any(amiss):
        amiss = [pair is None for pair in metres]
    for (number, line), wrong in zip(lines, amiss, strict=True):
        if wrong:
            raise _refused(
                Text(
                    f"line {number} is no place in degrees or in {code_of(crs)}: {line.strip()[:60]}",
                    f"第 {number} 行既非经纬度，也不属于 {code_of(crs)}：{line.strip()[:60]}",
                )
            )
    placed = project([_polygon([pair for pair in metres if pair is not None])], crs, _WGS84)
    shape: BaseGeometry = placed[0]
    return shape


def _pair(number: int, line: str) -> Pair:
    # A comma between digits parts two numbers here; nobody groups the thousands of a coordinate list.
    found = _NUMBER.findall(line.replace("，", ",").replace("、", ","))
    if len(found) < 2:
        raise _refused(
            Text(
                f"line {number} does not hold two numbers: {line.strip()[:60]}",
                f"第 {number} 行不含两个数值：{line.strip()[:60]}",
            )
        )
    return float(found[-2]), float(found[-1])


def _as_degrees(pair: Pair) -> Pair | None:
    for lon, lat in (pair, pair[::-1]):
        if _within(lon, _LONGITUDES) and _within(lat, _LATITUDES):
            return lon, lat
    return None


def _as_metres(pair: Pair, crs: CRS) -> Pair | None:
    for north, east in (pair, pair[::-1]):
        bare = _without_zone(east, crs)
        if _within(north, _NORTHINGS) and bare is not None and _within(bare, _EASTINGS) and north > bare:
            return bare, north
    return None


def _without_zone(east: float, crs: CRS) -> float | None:
    """Return an easting without the number of its zone; None when that is another than the CRS's."""
    if east < 1e7:
        return east
    if not math.isfinite(east):  # so many digits that no number holds them
        return None
    zone, bare = divmod(east, _PREFIX)
    meridian = _central_meridian(crs)
    if meridian is None or int(zone) not in (round(meridian / 3), round((meridian + 3) / 6)):
        return None
    return bare


def _central_meridian(crs: CRS) -> float | None:
    operation = crs.coordinate_operation
    found = operation.params if operation is not None else []
    return next((float(one.value) for one in found if one.name == "Longitude of natural origin"), None)


def _polygon(corners: Sequence[Pair]) -> BaseGeometry:
    distinct = list(dict.fromkeys(corners))
    if len(distinct) < 3:
        raise _refused(Text("a zone has three corners at least.", "分区至少须有三个角点。"))
    return shapely.Polygon(corners)


def _within(value: float, bounds: Pair) -> bool:
    return bounds[0] <= value <= bounds[1]


def _refused(message: Text) -> InputError:
    return InputError(message, hint=_WAYS)
