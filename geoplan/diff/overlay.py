"""Pieces of zones: what two shapes share, and what one has that the other has not, as polygons with an area."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.diff.boundary import Floats, Ints, Shapes
from geoplan.edges import resolution

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def solid(shapes: Shapes) -> Shapes:
    """Return the shapes that have an area: polygons with finite coordinates, valid or made so; else None."""
    found = np.full(len(shapes), None, dtype=object)
    usable = np.isin(shapely.get_type_id(shapes), _POLYGONAL) & np.isfinite(shapely.bounds(shapes)).all(axis=1)
    found[usable] = shapes[usable]
    usable[usable] = ~shapely.is_valid(found[usable])
    for place in np.flatnonzero(usable).tolist():
        found[place] = polygons_only(shapely.make_valid(shapes[place], method="structure", keep_collapsed=False))
    return found


def polygons_only(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the polygons of a shape that are wider than coordinates can resolve; None without any."""
    kept = _wide_parts(np.array([shape], dtype=object))[0]
    return None if len(kept) == 0 else kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def shared_areas(one: Shapes, other: Shapes) -> Floats:
    """Return the area in squared units that each pair of valid shapes shares; 0 where it is only rounding."""
    parts, owner = _wide_parts(shapely.intersection(one, other))
    return np.bincount(owner, weights=shapely.area(parts), minlength=len(one)).astype(np.float64)


def differences(one: Shapes, other: Shapes) -> Shapes:
    """Return what each first shape has and the second has not, as polygons, None where that is nothing.

    None stands for no ground at all.
    """
    left = np.array(one, dtype=object)
    both = ~(shapely.is_missing(one) | shapely.is_missing(other))
    left[both] = shapely.difference(left[both], other[both])
    return merged_parts(*_wide_parts(left), len(one))


def intersections(one: Shapes, other: Shapes) -> Shapes:
    """Return what each pair of valid shapes shares, as polygons, None where that is nothing."""
    return merged_parts(*_wide_parts(shapely.intersection(one, other)), len(one))


def merged_parts(parts: Shapes, owner: Ints, count: int) -> Shapes:
    """Return one polygon or multipolygon for each of `count` owners, None for those without parts."""
    merged = np.full(count, None, dtype=object)
    if len(parts):
        shapely.multipolygons(parts, indices=owner, out=merged)
        single = np.bincount(owner, minlength=count) == 1
        merged[single] = shapely.get_geometry(merged[single], 0)
    return merged


def _wide_parts(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return the polygons in shapes of any kind that are wider than rounding, and the place of the shape of each."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    inner, place = shapely.get_parts(parts, return_index=True)  # a collection may hold a multipolygon
    owner = owner[place]
    solid_parts = (shapely.get_type_id(inner) == shapely.GeometryType.POLYGON) & (shapely.area(inner) > 0)
    inner, owner = inner[solid_parts], owner[solid_parts]
    if len(inner) == 0:
        return inner, owner
    wide = 2.0 * shapely.area(inner) > resolution(shapely.bounds(inner)) * shapely.length(inner)
    return inner[wide], owner[wide]
