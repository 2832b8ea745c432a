"""Points counted per zone and category beside other tools, whole processes, on the same files in the same run.

    python -m benchmarks.facilities [POINTS] [--zones 100000] [--runs 5] [--only TOOL …] [--degrees]

Zones are the clean parcels of the fabric as FlatGeobuf for geoplan and GeoParquet for the others, whichever each of
them reads fastest; points are random, in and around the parcels, GeoParquet with a category, in the CRS of the zones
or, with `--degrees`, in longitude and latitude. Tools take turns, so that a busy moment hits all alike; medians and
ratios are printed. Every tool's count is held to that of the others by zone and category, and the run fails if
geoplan's differs or takes more than 2 GB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS, Transformer

from benchmarks.coverage import OURS, Taken, medians, timed, write
from benchmarks.fabric import Fabric, make_fabric

PEERS = {"geopandas": "geopandas", "duckdb": "duckdb_extension_spatial", "sedonadb": "sedonadb"}  # tool: what it needs
TARGETS = {"geopandas": 4.0, "duckdb": 1.0, "sedonadb": 1.0}
MOST_BYTES = 2_000_000_000
CATEGORIES = ("school", "clinic", "market", "park", "bus stop", "shop", "bank", "office")
AROUND = 100.0  # metres beyond the parcels that points may lie
ROW_GROUP = 1_000_000


def write_zones(fabric: Fabric, folder: Path) -> Path:
    """Write the parcels as FlatGeobuf and, beside it, as GeoParquet; return the former."""
    path = folder / "zones.fgb"
    write(fabric, path)
    table = pa.table({
        "id": [f"P{number}" for number in range(len(fabric.polygons))],
        "geometry": pa.array(shapely.to_wkb(fabric.polygons), pa.binary()),
    })  # fmt: skip
    pq.write_table(table.replace_schema_metadata(_geo("Polygon", 4548)), path.with_suffix(".parquet"))
    return path


def write_points(fabric: Fabric, count: int, folder: Path, *, degrees: bool) -> Path:
    """Write random points with a category as GeoParquet, a row group at a time."""
    path = folder / "points.parquet"
    rng = np.random.default_rng(2)
    west, south, east, north = shapely.total_bounds(fabric.polygons)
    code = 4490 if degrees else 4548
    to_degrees = Transformer.from_crs(4548, 4490, always_xy=True)
    schema = pa.schema([("category", pa.string()), ("geometry", pa.binary())], metadata=_geo("Point", code))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, count, ROW_GROUP):
            number = min(ROW_GROUP, count - begin)
            x = rng.uniform(west - AROUND, east + AROUND, number)
            y = rng.uniform(south - AROUND, north + AROUND, number)
            if degrees:
                x, y = to_degrees.transform(x, y)
            kinds = pa.DictionaryArray.from_arrays(
                pa.array(rng.integers(0, len(CATEGORIES), number)), pa.array(CATEGORIES)
            )
            writer.write_table(pa.table([kinds.cast(pa.string()), _points(x, y)], schema=schema))
    return path


def command_of(tool: str, zones: Path, points: Path, *, whole: bool = False) -> list[str]:
    """Return the process in which a tool counts; with `whole` it prints every count, else only a summary."""
    if tool == OURS:
        ours = [sys.executable, "-m", "geoplan", "facilities", str(zones), "--points", str(points)]
        return [*ours, *(["--json"] if whole else [])]
    parquet = zones.with_suffix(".parquet")
    peer = [sys.executable, "-m", "benchmarks.facilities_peers", tool, str(parquet), str(points)]
    return [*peer, *(["--whole"] if whole else [])]


def digest_of(counts: Mapping[str, int]) -> str:
    """Return a digest of counts by zone and category, written as "zone/category"."""
    content = json.dumps(sorted(counts.items()))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def counts_of(tool: str, output: str) -> dict[str, int]:
    """Return the counts by "zone/category" that a tool printed."""
    document: dict[str, Any] = json.loads(output)
    if tool != OURS:
        return {str(key): int(number) for key, number in document.items()}
    return {f"{zone['id']}/{one['category']}": one["count"] for zone in document["zones"] for one in zone["categories"]}


def compare(chosen: argparse.Namespace, tools: Sequence[str], folder: Path) -> int:
    """Print one row per tool; return 1 if geoplan counted otherwise than the others, or took too much memory."""
    fabric = make_fabric(chosen.zones, seed=1)
    zones = write_zones(fabric, folder)
    points = write_points(fabric, chosen.points, folder, degrees=chosen.degrees)
    del fabric
    found = {
        tool: digest_of(counts_of(tool, timed(command_of(tool, zones, points, whole=True)).output)) for tool in tools
    }
    taken: dict[str, list[Taken]] = {tool: [] for tool in tools}
    for _ in range(chosen.runs):
        for tool in tools:
            taken[tool].append(timed(command_of(tool, zones, points)))
    where = "longitude and latitude" if chosen.degrees else "the CRS of the zones"
    print(f"\n{chosen.points:,} points in {where}, {chosen.zones:,} zones, {chosen.runs} runs each, medians")
    print(f"{'tool':12} {'wall s':>8} {'cpu s':>8} {'peak MB':>8} {'wall ÷':>7} {'cpu ÷':>7}  counts")
    ours = medians(taken[OURS])
    for tool, several in taken.items():
        wall, cpu, peak = medians(several)
        target = f"  (target {TARGETS[tool]:g})" if tool in TARGETS else ""
        ratios = f"{wall / ours[0]:7.2f} {cpu / ours[1]:7.2f}"
        print(f"{tool:12} {wall:8.2f} {cpu:8.2f} {peak / 1e6:8.0f} {ratios}  {found[tool]}{target}", flush=True)
    wrong = [tool for tool in tools if found[tool] != found[OURS]]
    for tool in wrong:
        print(f"WRONG: {tool} and {OURS} count differently")
    if ours[2] > MOST_BYTES:
        print(f"WRONG: {ours[2] / 1e6:,.0f} MB are more than {MOST_BYTES / 1e6:,.0f} MB")
    # In degrees an edge is straight in the plane for geoplan and in the degrees for nobody: all go to the plane.
    return int(bool(wrong) or ours[2] > MOST_BYTES)


def main(arguments: Sequence[str]) -> int:
    """Compare; return 1 if geoplan was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.facilities")
    parser.add_argument("points", nargs="?", type=int, default=10_000_000)
    parser.add_argument("--zones", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(PEERS))
    parser.add_argument("--degrees", action="store_true")
    chosen = parser.parse_args(arguments)
    peers = [tool for tool, module in PEERS.items() if find_spec(module) is not None]
    tools = [OURS, *(peers if chosen.only is None else chosen.only)]
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        return compare(chosen, tools, Path(folder))


def _points(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> pa.Array:
    """Return points as a column of WKB, made of its bytes."""
    content = np.zeros((len(x), 21), dtype=np.uint8)
    content[:, :2] = 1  # little-endian; a point
    content[:, 5:13] = x.astype("<f8").view(np.uint8).reshape(-1, 8)
    content[:, 13:] = y.astype("<f8").view(np.uint8).reshape(-1, 8)
    ends = np.arange(0, 21 * len(x) + 1, 21, dtype=np.int32)
    return pa.Array.from_buffers(pa.binary(), len(x), [None, pa.py_buffer(ends), pa.py_buffer(content)])


def _geo(kind: str, code: int) -> dict[str, str]:
    column = {"encoding": "WKB", "geometry_types": [kind], "crs": json.loads(CRS(code).to_json())}
    return {"geo": json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}})}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
