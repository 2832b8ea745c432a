"""What of a difference is worth showing: ground larger and wider than the tolerance, not the hairs of rounding.

The comparison itself keeps everything, so that areas before and after always differ by what moved; maps, lists and
texts for people show what is counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.crs import metres_per_unit
from geoplan.diff.boundary import Shapes
from geoplan.diff.comparison import Comparison, Transfer
from geoplan.diff.rows import Rows
from geoplan.types import Tolerance


def counted(comparison: Comparison) -> Comparison:
    """Return a comparison with the ground that moved, and what changed hands, only as far as it is counted.

    Its areas per zone stay as they were measured.
    """
    every, crs, tolerance = comparison.rows, comparison.crs, comparison.tolerance
    rows = every.changed if isinstance(every, Rows) else tuple(every)  # of equal zones no ground moved
    moved_in = counted_ground([row.moved_in for row in rows], crs, tolerance)
    moved_out = counted_ground([row.moved_out for row in rows], crs, tolerance)
    kept = tuple(
        replace(row, moved_in=gained, moved_out=lost)
        for row, gained, lost in zip(rows, moved_in, moved_out, strict=True)
    )
    whole = every.with_changed(kept) if isinstance(every, Rows) else kept
    return replace(comparison, rows=whole, transfers=counted_transfers(comparison))


def counted_transfers(comparison: Comparison) -> tuple[Transfer, ...]:
    """Return what changed hands, as far as it is counted."""
    return tuple(one for one in comparison.transfers if one.area_m2 > comparison.tolerance.area_m2)


def counted_ground(pieces: Sequence[BaseGeometry | None], crs: CRS, tolerance: Tolerance) -> Shapes:
    """Return the parts of each piece (in `crs`) larger and wider than the tolerance; None where there are none.

    A hair hanging on a larger part is taken off: each piece is narrowed by half the width and widened again.
    """
    unit = metres_per_unit(crs)
    least, half = tolerance.area_m2 / unit**2, tolerance.width_m / unit / 2
    held: Shapes = np.full(len(pieces), None, dtype=object)
    held[:] = list(pieces)
    opened = shapely.buffer(shapely.buffer(held, -half, join_style="mitre"), half, join_style="mitre")
    found: Shapes = np.full(len(pieces), None, dtype=object)
    for place, shape in enumerate(opened):
        parts = shapely.get_parts(shape) if shape is not None else np.empty(0, dtype=object)
        large = parts[shapely.area(parts) > least]
        if len(large):
            found[place] = large[0] if len(large) == 1 else shapely.multipolygons(large)
    return found
