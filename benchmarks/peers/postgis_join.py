"""PostGIS: COPY, a GiST index, a self-join by ST_Intersects, ST_Union, and ST_Area of geographies.

ST_CoverageInvalidEdges (PostGIS 3.4) is what the peer `geos` is measured with, and has neither pairs nor m².

python -m benchmarks.peers.postgis_join FILE ADDRESS
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import psycopg
import pyogrio
import shapely

from benchmarks.peers.answer import Answer, Watch, hole_areas, pairs_of, tell

_AT_ONCE = 20_000  # polygons per piece of COPY
_TABLE = """
    CREATE EXTENSION IF NOT EXISTS postgis;
    DROP TABLE IF EXISTS p;
    CREATE UNLOGGED TABLE p (n integer PRIMARY KEY, id text, geom geometry(Polygon, 4548))"""
_OVERLAPS = """
    SELECT one, other, m2 FROM (
        SELECT a.id AS one, b.id AS other, ST_Area(ST_Intersection(a.geom, b.geom)) AS m2
        FROM p a JOIN p b ON a.n < b.n AND ST_Intersects(a.geom, b.geom)) pairs
    WHERE m2 > 0"""


def ask(path: str, address: str) -> Answer:
    """Return what PostGIS says of a file."""
    answer = Answer(area_surface="ellipsoid")
    watch = Watch(answer)
    with psycopg.connect(address, autocommit=True) as database:
        _load(database, path)
        watch.lap("read")
        answer.invalid = int(_one(database, "SELECT count(*) FROM p WHERE NOT ST_IsValid(geom)"))
        watch.lap("validity")
        rows = database.execute(_OVERLAPS).fetchall()
        answer.overlaps = pairs_of(*zip(*rows, strict=True)) if rows else []
        watch.lap("overlaps")
        answer.area_m2 = float(_one(database, "SELECT sum(ST_Area(ST_Transform(geom, 4490)::geography)) FROM p"))
        watch.lap("areas")
        answer.gaps = hole_areas(shapely.from_wkb(_one(database, "SELECT ST_AsBinary(ST_Union(geom)) FROM p")))
        watch.lap("gaps")
    return answer


def _load(database: psycopg.Connection[tuple[object, ...]], path: str) -> None:
    _, _, shapes, (ids,) = pyogrio.raw.read(path)
    for statement in _TABLE.split(";"):
        database.execute(statement.encode())
    with database.cursor().copy("COPY p FROM STDIN") as copy:
        for first in range(0, len(shapes), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            texts = shapely.to_wkb(shapely.set_srid(shapely.from_wkb(shapes[part]), 4548), hex=True, include_srid=True)
            numbers = np.arange(first, first + len(texts))
            lines = (f"{n}\t{name}\t{text}\n" for n, name, text in zip(numbers, ids[part], texts, strict=True))
            copy.write("".join(lines))
    database.execute("CREATE INDEX ON p USING gist (geom)")
    database.execute("VACUUM ANALYZE p")


def _one(database: psycopg.Connection[tuple[object, ...]], query: str) -> Any:
    row = database.execute(query.encode()).fetchone()
    if row is None:
        raise RuntimeError("no row")
    return row[0]


if __name__ == "__main__":
    tell(ask(sys.argv[1], sys.argv[2]))
