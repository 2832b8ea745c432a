"""The check of a parcel fabric on one Dask worker and on two, and on one machine without Dask, in the same run.

    python -m benchmarks.distributed [N …] [--runs 3]

The fabric is GeoParquet in row groups of 65,536 parcels, with the defects of `benchmarks.coverage`. Whole processes are
timed, the start of the workers included; they take turns, so that a busy moment hits all alike, and medians and ratios
are printed. The run fails when the three do not print the same report.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from benchmarks.coverage import layer
from benchmarks.process import Taken, medians, timed

ROWS = 65_536  # of a row group
TARGET = 1.4  # times as fast with two workers as with one, at 10⁶ parcels
WAYS = {
    "one machine": [],
    "1 worker": ["--engine", "dask", "--workers", "1"],
    "2 workers": ["--engine", "dask", "--workers", "2"],
}


def write(polygons: np.ndarray, path: Path) -> None:
    """Write parcels as GeoParquet in EPSG:4548, in their own order."""
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": CRS.from_epsg(4548).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    schema = pa.schema([("id", pa.string()), ("geometry", pa.binary())], metadata={"geo": json.dumps(geo)})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, len(polygons), ROWS):
            some = polygons[first : first + ROWS]
            ids = pa.array([f"P{first + place}" for place in range(len(some))])
            blobs = pa.array(shapely.to_wkb(some).tolist(), type=pa.binary())
            writer.write_table(pa.table([ids, blobs], schema=schema), row_group_size=ROWS)


def compare(size: int, runs: int, folder: Path) -> int:
    """Print one row per way and the ratio of one worker to two; return 1 when reports differ."""
    path = folder / f"planted-{size}.parquet"
    write(layer("planted", size).polygons, path)
    taken: dict[str, list[Taken]] = {way: [] for way in WAYS}
    for _ in range(runs):
        for way, options in WAYS.items():
            taken[way].append(timed([sys.executable, "-m", "geoplan", "check", str(path), *options], fine=(0, 1)))
    print(f"\n{size:,} parcels, {runs} runs each, medians (processor time and memory without the workers')")
    print(f"{'':12} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}")
    for way, several in taken.items():
        wall, cpu, peak = medians(several)
        print(f"{way:12} {wall:8.2f} {cpu:8.2f} {peak / 1e6:8.0f}")
    ratio = medians(taken["1 worker"])[0] / medians(taken["2 workers"])[0]
    print(f"two workers are {ratio:.2f} times as fast as one (target {TARGET:g} at 1,000,000)", flush=True)
    same = len({one.output for several in taken.values() for one in several}) == 1
    print("the reports are the same" if same else "WRONG: the reports differ")
    return int(not same)


def main(arguments: Sequence[str]) -> int:
    """Compare at every size asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distributed")
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        return max(compare(size, chosen.runs, Path(folder)) for size in chosen.sizes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
