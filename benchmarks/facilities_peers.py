"""How other tools count points per zone and category, each used as its documentation says to.

    python -m benchmarks.facilities_peers TOOL ZONES POINTS [--whole]

Both files are GeoParquet. Points in another CRS are taken to that of the zones. Prints the number of counts and their
sum, with `--whole` all counts as one JSON object by "zone/category".
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

Rows: TypeAlias = Iterable[tuple[str, str, int]]


def geopandas_sjoin(zones: str, points: str) -> Rows:
    """Read both whole, join on the spatial index, group."""
    import geopandas  # noqa: PLC0415 - each tool is measured with its own imports alone

    polygons = geopandas.read_parquet(zones)
    places = geopandas.read_parquet(points)
    if places.crs != polygons.crs:
        places = places.to_crs(polygons.crs)
    joined = geopandas.sjoin(places, polygons, predicate="intersects")
    counts = joined.groupby(["id", "category"]).size()
    return ((zone, kind, number) for (zone, kind), number in counts.items())


def duckdb_spatial(zones: str, points: str) -> Rows:
    """Join in SQL by the predicate alone, which the SPATIAL_JOIN operator asks for; memory is bounded by itself."""
    import duckdb  # noqa: PLC0415
    import duckdb_extension_spatial  # noqa: PLC0415

    database = duckdb.connect()
    extension = next(Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension"))
    database.execute(f"LOAD '{extension}'")
    # It takes no notice of the order of rows, so it need not keep it.
    database.execute("SET preserve_insertion_order = false")
    place = "p.geometry"
    if _in_degrees(points):
        place = "st_transform(p.geometry, 'EPSG:4490', 'EPSG:4548', always_xy := true)"
    return database.execute(
        f"SELECT z.id, p.category, count(*) FROM read_parquet('{points}') p "  # noqa: S608 - our own temporary files
        f"JOIN read_parquet('{zones}') z ON st_intersects(z.geometry, {place}) GROUP BY z.id, p.category"
    ).fetchall()


def sedonadb(zones: str, points: str) -> Rows:
    """Join in SQL over views of both files."""
    session = importlib.import_module("sedona.db").connect()
    session.read_parquet(zones).to_view("zones")
    session.read_parquet(points).to_view("points")
    place = "ST_Transform(p.geometry, 'EPSG:4548')" if _in_degrees(points) else "p.geometry"
    found = session.sql(
        f"SELECT z.id, p.category, count(*) AS n FROM points p JOIN zones z "  # noqa: S608 - nothing of anybody's
        f"ON ST_Intersects(z.geometry, {place}) GROUP BY z.id, p.category"
    ).to_arrow_table()
    return zip(*(found.column(place).to_pylist() for place in range(3)), strict=True)


TOOLS: Mapping[str, Callable[[str, str], Rows]] = {
    "geopandas": geopandas_sjoin,
    "duckdb": duckdb_spatial,
    "sedonadb": sedonadb,
}


def _in_degrees(points: str) -> bool:
    import pyarrow.parquet as pq  # noqa: PLC0415

    geo = json.loads(pq.read_schema(points).metadata[b"geo"])
    return bool(geo["columns"]["geometry"]["crs"]["type"] == "GeographicCRS")


def main(tool: str, zones: str, points: str, *, whole: bool) -> None:
    """Count and print."""
    rows = TOOLS[tool](zones, points)
    if whole:
        print(json.dumps({f"{zone}/{kind}": int(number) for zone, kind, number in rows}))
        return
    numbers = [int(number) for *_, number in rows]
    print(json.dumps({"counts": len(numbers), "points": sum(numbers)}))


if __name__ == "__main__":
    main(*sys.argv[1:4], whole="--whole" in sys.argv)
