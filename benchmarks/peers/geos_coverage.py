"""GEOS: polygons with invalid edges by coverage validation, and planar areas; neither pairs nor m² of a defect.

python -m benchmarks.peers.geos_coverage FILE
"""

from __future__ import annotations

import sys

import pyogrio
import shapely

from benchmarks.peers.answer import Answer, Watch, tell


def ask(path: str) -> Answer:
    """Return what GEOS says of a file."""
    answer = Answer()
    watch = Watch(answer)
    shapes = shapely.from_wkb(pyogrio.raw.read(path)[2])
    watch.lap("read")
    answer.invalid = int((~shapely.is_valid(shapes)).sum())
    watch.lap("validity")
    edges = shapely.coverage_invalid_edges(shapes, gap_width=2.0)
    answer.note = f"{int((~shapely.is_empty(edges)).sum())} polygons with invalid edges"
    watch.lap("invalid edges")
    answer.area_m2 = float(shapely.area(shapes).sum())
    watch.lap("areas")
    return answer


if __name__ == "__main__":
    tell(ask(sys.argv[1]))
