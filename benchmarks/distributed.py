"""The check of a parcel fabric on one Dask worker and on two, and on one machine without Dask, in the same run.

    python -m benchmarks.distributed [N …] [--runs 3]

The fabric is GeoParquet in row groups of 65,536 parcels, with the defects of `benchmarks.coverage`. A worker is one
process of one thread. Whole commands are timed, twice: on a cluster that runs already and is given by its address
(`--scheduler`), and with workers that the command starts and ends itself (`--workers`). What counts as the gain of a
second worker is the former: what somebody sees who has a cluster. All take turns, so that a busy moment hits all
alike, and medians and ratios are printed. The run fails when they do not all print the same report.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
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
WORKERS = (1, 2)
START_SECONDS = 60.0
# As docs/distributed.md advises to start workers.
AS_ADVISED = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**28)}


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """Yield the address of a scheduler with so many workers of one thread each, all of them processes of their own."""
    file = folder / f"scheduler-{workers}.json"
    module, common = "distributed.cli.dask_", ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    scheduler = [f"{module}scheduler", *common, "--port", "0"]
    several = [f"{module}worker", *common, "--nworkers", str(workers), "--nthreads", "1", "--memory-limit", "0"]
    with ExitStack() as stack:
        for command in (scheduler, several):
            started = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=folder,
                env=os.environ | AS_ADVISED,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(started.wait)
            stack.callback(started.terminate)
        address = _address(file)
        with importlib.import_module("distributed").Client(address) as client:
            client.wait_for_workers(workers, timeout=START_SECONDS)
        yield address


def _address(file: Path) -> str:
    """Return the address of a scheduler when it has written it down; raises TimeoutError when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text(encoding="utf-8")).endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")


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


def compare(size: int, runs: int, folder: Path, ways: Mapping[str, Sequence[str]]) -> int:
    """Print one row per way and the ratios of one worker to two; return 1 when reports differ."""
    path = folder / f"planted-{size}.parquet"
    write(layer("planted", size).polygons, path)
    taken: dict[str, list[Taken]] = {way: [] for way in ways}
    for _ in range(runs):
        for way, options in ways.items():
            taken[way].append(timed([sys.executable, "-m", "geoplan", "check", str(path), *options], fine=(0, 1)))
    print(f"\n{size:,} parcels, {runs} runs each, medians (processor time and memory without those of a cluster)")
    print(f"{'':24} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}")
    for way, several in taken.items():
        wall, cpu, peak = medians(several)
        print(f"{way:24} {wall:8.2f} {cpu:8.2f} {peak / 1e6:8.0f}")
    for kind, aim in (("a cluster by address", f" (target {TARGET:g} at 1,000,000)"), ("workers started", "")):
        ratio = medians(taken[f"{kind}, 1"])[0] / medians(taken[f"{kind}, 2"])[0]
        print(f"{kind}: two workers are {ratio:.2f} times as fast as one{aim}", flush=True)
    same = len({one.output for several in taken.values() for one in several}) == 1
    print("the reports are the same" if same else "WRONG: the reports differ")
    return int(not same)


def main(arguments: Sequence[str]) -> int:
    """Compare at every size asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distributed")
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="geoplan-bench-")))
        ways: dict[str, list[str]] = {"one machine": []}
        for count in WORKERS:
            address = stack.enter_context(cluster(count, folder))
            ways[f"a cluster by address, {count}"] = ["--engine", "dask", "--scheduler", address]
        for count in WORKERS:
            ways[f"workers started, {count}"] = ["--engine", "dask", "--workers", str(count)]
        return max(compare(size, chosen.runs, folder, ways) for size in chosen.sizes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
