"""DuckDB with its spatial extension: ST_Read, SPATIAL_JOIN, ST_Union_Agg and ST_Area_Spheroid.

python -m benchmarks.peers.duckdb_spatial FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import shapely

from benchmarks.peers.answer import Answer, Watch, hole_areas, pairs_of, tell

# SPATIAL_JOIN wants the predicate alone: a condition on the numbers beside it makes the join many times slower.
_OVERLAPS = """
    SELECT one_id, other_id, m2 FROM (
        SELECT one_id, other_id, CASE WHEN i < j THEN ST_Area(ST_Intersection(one, other)) ELSE 0 END AS m2 FROM (
            SELECT a.n AS i, b.n AS j, a.id AS one_id, b.id AS other_id, a.geom AS one, b.geom AS other
            FROM p a JOIN p b ON ST_Intersects(a.geom, b.geom)))
    WHERE m2 > 0"""
# ST_Area_Spheroid takes latitude first.
_AREA = """
    SELECT sum(ST_Area_Spheroid(ST_FlipCoordinates(ST_Transform(geom, 'EPSG:4548', 'EPSG:4326', always_xy := true))))
    FROM p"""


def ask(path: str) -> Answer:
    """Return what DuckDB says of a file."""
    answer = Answer(area_surface="ellipsoid")
    watch = Watch(answer)
    database = duckdb.connect()
    extension = next(Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension"))
    database.execute(f"LOAD '{extension}'")
    database.execute("CREATE TABLE p AS SELECT row_number() OVER () AS n, id, geom FROM ST_Read($1)", [path])
    watch.lap("read")
    answer.invalid = database.execute("SELECT count(*) FROM p WHERE NOT ST_IsValid(geom)").fetchall()[0][0]
    watch.lap("validity")
    rows = database.execute(_OVERLAPS).fetchall()
    answer.overlaps = pairs_of(*zip(*rows, strict=True)) if rows else []
    watch.lap("overlaps")
    answer.area_m2 = database.execute(_AREA).fetchall()[0][0]
    watch.lap("areas")
    union = database.execute("SELECT ST_AsWKB(ST_Union_Agg(geom)) FROM p").fetchall()[0][0]
    answer.gaps = hole_areas(shapely.from_wkb(bytes(union)))
    watch.lap("gaps")
    return answer


if __name__ == "__main__":
    tell(ask(sys.argv[1]))
