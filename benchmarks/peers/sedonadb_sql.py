"""SedonaDB: read_pyogrio, a spatial join by ST_Intersects, and areas in the plane.

Its areas of geographies are on a sphere (some 0.1 % off here), so that of the plane is asked for. Of gaps it is
not asked: asked for the holes of ST_Union_Agg as well, it passed ten minutes at 100,000 polygons.

python -m benchmarks.peers.sedonadb_sql FILE
"""

from __future__ import annotations

import sys

import sedona.db  # type: ignore[import-untyped, import-not-found, unused-ignore]

from benchmarks.peers.answer import Answer, Watch, pairs_of, tell

_OVERLAPS = """
    SELECT * FROM (
        SELECT a.id AS one, b.id AS other, ST_Area(ST_Intersection(a.wkb_geometry, b.wkb_geometry)) AS m2
        FROM p a JOIN p b ON ST_Intersects(a.wkb_geometry, b.wkb_geometry) AND a.id < b.id)
    WHERE m2 > 0"""


def ask(path: str) -> Answer:
    """Return what SedonaDB says of a file."""
    answer = Answer()
    watch = Watch(answer)
    session = sedona.db.connect()
    session.read_pyogrio(path).to_memtable().to_view("p")
    watch.lap("read")

    def column(query: str, name: str) -> list[object]:
        values: list[object] = session.sql(query).to_arrow_table()[name].to_pylist()
        return values

    invalid = column("SELECT count(*) AS n FROM p WHERE NOT ST_IsValid(wkb_geometry)", "n")
    answer.invalid = int(str(invalid[0]))
    watch.lap("validity")
    found = session.sql(_OVERLAPS).to_arrow_table().to_pydict()
    answer.overlaps = pairs_of(found["one"], found["other"], found["m2"])
    watch.lap("overlaps")
    answer.area_m2 = float(str(column("SELECT sum(ST_Area(wkb_geometry)) AS m2 FROM p", "m2")[0]))
    watch.lap("areas")
    return answer


if __name__ == "__main__":
    tell(ask(sys.argv[1]))
