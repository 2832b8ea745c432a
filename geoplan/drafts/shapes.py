"""From what a browser or a person gives to a boundary to store: placed, sound, and no vertex moved unasked."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.checks.wording import defect, position
from geoplan.crs import metres_per_unit, norm_crs, outside_range, project
from geoplan.errors import InputError
from geoplan.output import figures
from geoplan.types import Text
from geoplan.zones import GRID_METRES, ZoneLayer, polygonal

MAX_VERTICES = 100_000
DRAWN_M = 0.1  # what the map's six decimals of a degree lose: half of 1e-6° is 56 mm northward, 74 mm across
TYPED_M = 0.001  # numbers are meant as they are, but for the rounding of who wrote them out
_WGS84 = norm_crs("EPSG:4326")


def from_lonlat(shape: BaseGeometry, crs: CRS) -> BaseGeometry:
    """Return a polygon given in degrees (WGS 84, which is CGCS2000 here) in the projected `crs`, to 0.1 mm.

    Raises InputError for anything but polygons, coordinates that are no place or do not fit the CRS, and
    more vertices than a person draws (100,000).
    """
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise InputError(
            Text(f"a zone is a polygon, this is {_kind(shape).en}.", f"分区须为面，当前为{_kind(shape).zh}。"),
            hint=Text("Draw a closed outline of three corners or more.", "请绘制至少三个角点的闭合轮廓。"),
        )
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise InputError(
            Text(f"the outline has more than {MAX_VERTICES:,} vertices.", f"轮廓超过 {MAX_VERTICES:,} 个顶点。"),
            hint=Text("Load it as a file instead.", "请改为按文件加载。"),
        )
    flat = shapely.force_2d(shape)
    if outside_range([flat], _WGS84)[0]:
        raise _no_place()
    placed = project([flat], _WGS84, crs)
    if outside_range(placed, crs)[0]:
        raise _no_place()
    grid = GRID_METRES / metres_per_unit(crs)
    return shapely.transform(placed[0], lambda xy: np.round(xy / grid) * grid)


def require_sound(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygon with its rings the usual way round; InputError, with the reason, when it is not simple.

    A boundary that crosses itself is never repaired on the way: nobody could tell which side was meant.
    """
    if not polygonal(np.array([shape], dtype=object))[0]:
        raise InputError(
            Text("nothing is left of the zone.", "分区已无剩余。"),
            hint=Text("Undo the last step, or delete the zone.", "请撤销上一步，或删除该分区。"),
        )
    if not shape.is_valid:
        wrong, place = defect(shapely.is_valid_reason(shape))
        at = position(*place, degrees=False) if place is not None else ""
        raise InputError(
            Text(
                f"the outline crosses or touches itself: {wrong.en}{f' at {at}' if at else ''}.",
                f"轮廓自相交或自接触：{wrong.zh}{f'，位置 {at}' if at else ''}。",
            ),
            hint=Text("Draw it again without crossing lines.", "请重新绘制，避免线段交叉。"),
        )
    return shapely.orient_polygons(shape)


def with_known_vertices(shape: BaseGeometry, layer: ZoneLayer, reach_m: float) -> BaseGeometry:
    """Return the shape with every vertex that came back from the browser unmoved as it is stored, to the last bit.

    The map draws degrees with six decimals, so a vertex nobody touched, or one put onto a neighbour's, comes back
    up to 74 mm off. One within `reach_m` of a vertex of the layer is that vertex.
    """
    reach = reach_m / metres_per_unit(layer.crs)
    near = [other for other in layer.geometry if other is not None and _boxes_meet(other, shape, reach)]
    known = shapely.get_coordinates(near)
    if not len(known):
        return shape
    tree = shapely.STRtree(shapely.points(known))

    def settled(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        places, found = tree.query_nearest(shapely.points(xy), max_distance=reach, all_matches=False)
        moved = xy.copy()
        moved[places] = known[found]
        return moved

    return shapely.transform(shape, settled)


def polygons_of(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygonal part of what an overlay left: lines and points along the cut are no ground."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    if len(parts) == 1:
        return parts[0]
    return shapely.multipolygons(parts) if parts else shapely.Polygon()


def _boxes_meet(one: BaseGeometry, other: BaseGeometry, reach: float) -> bool:
    a, b = one.bounds, other.bounds
    return bool(a[0] <= b[2] + reach and b[0] <= a[2] + reach and a[1] <= b[3] + reach and b[1] <= a[3] + reach)


def _kind(shape: BaseGeometry) -> Text:
    if shape.is_empty:
        return Text("empty", "空")
    return figures.SHAPES.get(shape.geom_type, Text.same(shape.geom_type))


def _no_place() -> InputError:
    return InputError(
        Text("the coordinates are no place in the plan's coordinate system.", "坐标不在规划坐标系的有效范围内。"),
        hint=Text("Give longitude and latitude in degrees, longitude first.", "请按“经度、纬度”给出十进制度。"),
    )
