"""The steps that close what is tiny: each overlap or gap within the tolerance goes to one zone beside it.

A zone that lies in another, or on top of it, is no digitising noise: it is left for the checks, however
small. Tolerance applies to defects, never to zones.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.coverage import gaps, overlaps
from geoplan.repair.shapes import Reach, Shapes, polygonal_part, tolerated, usable

# A piece and the places of the zones it concerns.
_Row: TypeAlias = tuple[BaseGeometry, tuple[int, ...]]


def close_overlaps(shapes: Shapes, reach: Reach) -> Shapes:
    """Return the shapes with tiny overlaps left to the zone that has the longer edge with them."""
    found = overlaps(usable(shapes))
    parts: list[_Row] = [(part, (o.first, o.second)) for o in found for part in shapely.get_parts(o.geometry)]
    result = shapes.copy()
    for piece, (first, second) in _tiny(parts, reach):
        shared = polygonal_part(shapely.intersection(piece, shapely.intersection(result[first], result[second])))
        if shared.is_empty:  # another piece has settled it
            continue
        rest = [polygonal_part(shapely.difference(result[side], shared)) for side in (first, second)]
        if rest[0].is_empty or rest[1].is_empty:  # a zone within another, or on top of it
            continue
        keeper = max((0, 1), key=lambda side: _preference(shared, rest[side]))
        loser = 1 - keeper
        result[(first, second)[loser]] = rest[loser]
    return result


def close_gaps(shapes: Shapes, reach: Reach) -> Shapes:
    """Return the shapes with tiny gaps given to the zone that has the longest edge along them."""
    found = gaps(usable(shapes))
    result = shapes.copy()
    rows = [(gap.geometry, gap.neighbours) for gap in found if gap.neighbours]
    for piece, neighbours in _tiny(rows, reach):
        winner = max(neighbours, key=lambda place: _preference(piece, result[place]))
        result[winner] = polygonal_part(shapely.union(result[winner], piece))
    return result


def _tiny(rows: list[_Row], reach: Reach) -> list[_Row]:
    """Return the rows whose piece is within the tolerance, in an order that does not depend on that of the zones."""
    pieces = np.full(len(rows), None, dtype=object)
    pieces[:] = [row[0] for row in rows]
    kept = np.flatnonzero(tolerated(pieces, reach)).tolist() if rows else []
    return [rows[place] for place in sorted(kept, key=lambda place: shapely.normalize(rows[place][0]).wkb)]


def _preference(piece: BaseGeometry, zone: BaseGeometry) -> tuple[float, float, bytes]:
    """Return what decides who gets a piece: the edge shared with it, then the larger zone, then a fixed order."""
    shared = shapely.intersection(shapely.boundary(piece), shapely.boundary(zone))
    return shapely.length(shared), shapely.area(zone), shapely.normalize(zone).wkb
