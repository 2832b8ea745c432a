"""geopandas: a self-join on its spatial index, the intersection of each pair, the holes of the union, pyproj's areas.

python -m benchmarks.peers.geopandas_join FILE
"""

from __future__ import annotations

import sys

import geopandas
import shapely
from pyproj import Geod

from benchmarks.peers.answer import Answer, Watch, hole_areas, pairs_of, tell


def ask(path: str) -> Answer:
    """Return what geopandas says of a file."""
    answer = Answer(area_surface="ellipsoid")
    watch = Watch(answer)
    frame = geopandas.read_file(path)
    watch.lap("read")
    answer.invalid = int((~frame.is_valid).sum())
    watch.lap("validity")
    one, other = frame.sindex.query(frame.geometry, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = frame.geometry.iloc[one].intersection(frame.geometry.iloc[other], align=False).area.to_numpy()
    found, ids = shared > 0, frame["id"].to_numpy()
    answer.overlaps = pairs_of(ids[one[found]], ids[other[found]], shared[found])
    watch.lap("overlaps")
    answer.gaps = hole_areas(frame.union_all())
    watch.lap("gaps")
    ellipsoid = Geod(ellps="GRS80")
    degrees = shapely.orient_polygons(frame.geometry.to_crs(4490).values)  # so that holes count against, as pyproj says
    answer.area_m2 = sum(ellipsoid.geometry_area_perimeter(shape)[0] for shape in degrees)
    watch.lap("areas")
    return answer


if __name__ == "__main__":
    tell(ask(sys.argv[1]))
