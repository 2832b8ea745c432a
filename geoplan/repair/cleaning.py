"""The steps that look at one zone at a time: heights, repeated vertices, orientation, validity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from geoplan.repair.shapes import Bools, Reach, Shapes, placed, polygonal_part


def drop_heights(shapes: Shapes, reach: Reach) -> Shapes:  # noqa: ARG001 - every step has one signature
    """Return the shapes in two dimensions: Z and M values go."""
    return np.asarray(shapely.force_2d(shapes), dtype=object)


def drop_repeated_vertices(shapes: Shapes, reach: Reach) -> Shapes:  # noqa: ARG001
    """Return the shapes without vertices that repeat the one before them exactly."""
    return _where(shapes, placed(shapes), lambda some: shapely.remove_repeated_points(some, 0.0))


def orient(shapes: Shapes, reach: Reach) -> Shapes:  # noqa: ARG001
    """Return the polygons with exteriors counter-clockwise and holes clockwise (RFC 7946)."""
    return _where(shapes, placed(shapes), lambda some: shapely.orient_polygons(some, exterior_cw=False))


def make_valid(shapes: Shapes, reach: Reach) -> Shapes:  # noqa: ARG001
    """Return the shapes with invalid polygons in their valid form; lines and points they collapse to go.

    Coordinates that are not finite have no valid form and stay for the checks.
    """
    there = placed(shapes)
    mended = shapes.copy()
    for place in np.flatnonzero(there)[~shapely.is_valid(shapes[there])].tolist():
        valid = shapely.make_valid(shapes[place], method="structure", keep_collapsed=False)
        mended[place] = polygonal_part(valid)
    return mended


def _where(shapes: Shapes, which: Bools, change: Callable[[Shapes], Shapes]) -> Shapes:
    """Return the shapes with the chosen ones changed."""
    result = shapes.copy()
    result[which] = change(shapes[which])
    return result
