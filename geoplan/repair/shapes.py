"""What the steps of a repair share: the type of a step, how far it may reach, polygons out of anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.area import piece_areas, widths
from geoplan.types import Tolerance
from geoplan.zones import polygonal

Shapes: TypeAlias = NDArray[Any]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a repair may go: the tolerance, the width tolerance in units of `crs`, and that CRS."""

    tolerance: Tolerance
    units: float
    crs: CRS


# A step takes the shapes of all zones and gives them back, mended; a shape it leaves alone keeps its bytes.
Step: TypeAlias = Callable[[Shapes, Reach], Shapes]


def changed(before: Shapes, after: Shapes) -> Bools:
    """Return which shapes differ in type, order or any bit of a coordinate, Z and M included."""
    pairs = zip(shapely.to_wkb(before).tolist(), shapely.to_wkb(after).tolist(), strict=True)
    return np.array([one != other for one, other in pairs], dtype=np.bool_)


def placed(shapes: Shapes) -> Bools:
    """Return which shapes are polygons whose every coordinate is a number; a box passes over those that are not."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    found = np.array(polygonal(shapes), dtype=np.bool_)
    found[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    return found


def usable(shapes: Shapes) -> Shapes:
    """Return the valid polygons, None for everything else: what is invalid is not built on."""
    chosen = np.full(len(shapes), None, dtype=object)
    kept = placed(shapes)
    kept[kept] = shapely.is_valid(shapes[kept])
    chosen[kept] = shapes[kept]
    return chosen


def tolerated(pieces: Shapes, reach: Reach) -> Bools:
    """Return which pieces are within the tolerance: small in area, or narrow."""
    areas = piece_areas(pieces, reach.crs)
    found = areas <= reach.tolerance.area_m2
    large = np.flatnonzero(~found)
    found[large] = widths(pieces[large], reach.crs) <= reach.tolerance.width_m
    return np.asarray(found)


def polygonal_part(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a shape of any kind as one, counter-clockwise; empty without any."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    singles = shapely.get_parts(np.array(parts, dtype=object))
    singles = singles[shapely.area(singles) > 0.0]
    if len(singles) == 0:
        return shapely.Polygon()
    whole = singles[0] if len(singles) == 1 else shapely.multipolygons(singles)
    return shapely.orient_polygons(whole, exterior_cw=False)
