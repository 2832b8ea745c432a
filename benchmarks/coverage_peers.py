"""What other tools say of a layer of polygons, each used as its documentation says to.

    python -m benchmarks.coverage_peers TOOL FILE

Each reads the file, counts invalid polygons, finds what it can of overlaps and gaps, measures areas, and
prints one JSON object: `overlaps` and `gaps` (numbers), `overlap_m2`, `gap_m2`, `area_m2`; null where it has no answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Answer = dict[str, Any]


def geopandas_join(path: str) -> Answer:
    """Self-join on the spatial index, intersect each pair, unite everything and read the holes; geodesic areas."""
    import geopandas  # noqa: PLC0415 - each tool is measured with its own imports alone
    import shapely  # noqa: PLC0415
    from pyproj import Geod  # noqa: PLC0415

    frame = geopandas.read_file(path)
    invalid = int((~frame.is_valid).sum())
    one, other = frame.sindex.query(frame.geometry, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = frame.geometry.iloc[one].intersection(frame.geometry.iloc[other], align=False).area
    union = frame.union_all()
    holes = shapely.get_parts(shapely.polygons(_inner_rings(shapely.get_parts(union))))
    ellipsoid = Geod(ellps="GRS80")
    degrees = frame.geometry.to_crs(4490)
    area = sum(abs(ellipsoid.geometry_area_perimeter(shape)[0]) for shape in degrees)
    return {
        "invalid": invalid,
        "overlaps": int((shared > 0).sum()),
        "overlap_m2": float(shared.sum()),
        "gaps": len(holes),
        "gap_m2": float(shapely.area(holes).sum()),
        "area_m2": area,
    }


def geos_coverage(path: str) -> Answer:
    """Find polygons with invalid edges by GEOS coverage validation, and planar areas: no pairs, no m² of defects."""
    import pyogrio  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    shapes = shapely.from_wkb(pyogrio.raw.read(path)[2])
    invalid = int((~shapely.is_valid(shapes)).sum())
    edges = shapely.coverage_invalid_edges(shapes, gap_width=2.0)
    bad = int((~shapely.is_empty(edges)).sum())
    area = float(shapely.area(shapes).sum())
    return {"invalid": invalid, "polygons_with_invalid_edges": bad, "area_m2": area}


def duckdb_spatial(path: str) -> Answer:
    """Read, join (SPATIAL_JOIN, which needs the predicate alone), intersect and measure; it finds no gaps."""
    import duckdb  # noqa: PLC0415
    import duckdb_extension_spatial  # noqa: PLC0415

    database = duckdb.connect()
    extension = next(Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension"))
    database.execute(f"LOAD '{extension}'")
    database.execute(
        "CREATE TABLE p AS SELECT row_number() OVER () AS n, geom FROM st_read($1)",  # the file is an argument
        [path],
    )
    invalid = database.execute("SELECT count(*) FROM p WHERE NOT st_isvalid(geom)").fetchall()[0][0]
    count, shared = database.execute(
        # A condition on the numbers would be pushed into the join, which is then no spatial one any more.
        "SELECT count(*) FILTER (WHERE m2 > 0), sum(m2) FROM (SELECT CASE WHEN i < j "
        "THEN st_area(st_intersection(one, other)) ELSE 0 END AS m2 FROM (SELECT a.n AS i, b.n AS j, a.geom AS one, "
        "b.geom AS other FROM p a JOIN p b ON st_intersects(a.geom, b.geom)))"
    ).fetchall()[0]
    # Its spheroid takes latitude first.
    area = database.execute(
        "SELECT sum(st_area_spheroid(st_flipcoordinates("
        "st_transform(geom, 'EPSG:4548', 'EPSG:4326', always_xy := true)))) FROM p"
    )
    return {"invalid": invalid, "overlaps": count, "overlap_m2": shared, "area_m2": area.fetchall()[0][0]}


TOOLS: Mapping[str, Callable[[str], Answer]] = {
    "geopandas": geopandas_join,
    "geos": geos_coverage,
    "duckdb": duckdb_spatial,
}


def _inner_rings(parts: Any) -> Any:
    import shapely  # noqa: PLC0415

    rings, part = shapely.get_rings(parts, return_index=True)
    inner = np.append(False, part[1:] == part[:-1])[: len(rings)]
    return rings[inner]


if __name__ == "__main__":
    print(json.dumps(TOOLS[sys.argv[1]](sys.argv[2])))
