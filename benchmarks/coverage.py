"""Coverage analysis against trying all pairs with geopandas, on the same fabric in the same run.

    python -m benchmarks.coverage [N …]

The peer does what a GIS script does: self-join on the spatial index, intersect each pair, unite
everything and read the holes. Both must find what was planted, or the run fails.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.fabric import Fabric, make_fabric
from geoplan.coverage import analyse

Result = TypeVar("Result")
Figures = tuple[int, int]  # numbers of overlaps and gaps

_DISTANCE = 1e-4  # metres within which a vertex is unmatched
_DEFECTS = 300  # parcels to one planted overlap, one gap and one T-junction


def timed(work: Callable[[Fabric], Result], fabric: Fabric) -> tuple[Result, float]:
    """Return what `work` returns and the seconds it took."""
    begin = time.perf_counter()
    result = work(fabric)
    return result, time.perf_counter() - begin


def ours(fabric: Fabric) -> Figures:
    """Find overlaps, gaps and unmatched vertices with geoplan."""
    result = analyse(fabric.polygons, distance=_DISTANCE)
    return len(result.overlaps), len(result.gaps)


def peer_overlaps(fabric: Fabric) -> int:
    """Count overlapping pairs by a self-join and the area of each intersection."""
    frame = gpd.GeoSeries(fabric.polygons, crs=4548)
    one, other = frame.sindex.query(frame, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = frame.iloc[one].intersection(frame.iloc[other], align=False)
    return int((shared.area > 0).sum())


def peer_gaps(fabric: Fabric) -> int:
    """Count the holes of the union."""
    union = gpd.GeoSeries(fabric.polygons, crs=4548).union_all()
    return int(np.sum(shapely.get_num_interior_rings(shapely.get_parts(union))))


def main(sizes: list[int]) -> int:
    """Print one row per size; return 1 if either side missed or invented a defect."""
    print("  parcels   geoplan     pairs     union   ratio  overlaps and gaps: planted, geoplan, peer")
    agreed = True
    for size in sizes:
        count = size // _DEFECTS
        fabric = make_fabric(size, seed=1, overlaps=count, gaps=count, vertices=count)
        mine, mine_s = timed(ours, fabric)
        pairs, pairs_s = timed(peer_overlaps, fabric)
        holes, holes_s = timed(peer_gaps, fabric)
        planted = (len(fabric.overlaps), len(fabric.gaps))
        agreed &= planted == mine == (pairs, holes)
        ratio = (pairs_s + holes_s) / mine_s
        found = f"{planted} {mine} {(pairs, holes)}"
        print(f"{size:>9} {mine_s:>8.2f}s {pairs_s:>8.2f}s {holes_s:>8.2f}s {ratio:>6.1f}x  {found}")
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or [10_000, 100_000]))
