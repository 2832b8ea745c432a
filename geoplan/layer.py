"""The polygons of a coverage with what all analyses of it share: where they are, and which edges are matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.boxes import BoxTree
from geoplan.edges import Edges, match_edges
from geoplan.shapes import RingShapes

Polygons: TypeAlias = NDArray[np.object_]

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True)
class Layer:
    """Polygons in 2D (None where skipped) with what all three analyses share.

    `examine` takes one whose polygons are not all at hand: `polygons` brings those that are asked for, `tree` answers
    as one of all of them, and `edges` are at least those of every polygon within reach of an unmatched edge.
    """

    polygons: Polygons
    tree: BoxTree
    edges: Edges


def layer_of(polygons: Polygons | RingShapes, edges: Edges | None = None) -> Layer:
    """Return the 2D polygons with their index and edges, without what is not polygonal."""
    if isinstance(polygons, RingShapes):  # polygons in two dimensions and None, made as they are needed
        shapes: Any = polygons
        return Layer(shapes, _tree(shapes), match_edges(polygons.rings) if edges is None else edges)
    given = np.asarray(polygons, dtype=object)
    usable = np.isin(shapely.get_type_id(given), _POLYGONAL) & ~shapely.is_empty(given)
    if usable.all() and not shapely.has_z(given).any():
        flat = given
    else:
        flat = np.full(len(given), None, dtype=object)
        flat[usable] = shapely.force_2d(given[usable])
    return Layer(flat, _tree(flat), match_edges(flat) if edges is None else edges)


def _tree(polygons: Polygons) -> BoxTree:
    return BoxTree(shapely.bounds(polygons), lambda rows: np.asarray(polygons[rows]))
