"""A complete check of a parcel fabric beside other tools, whole processes, on the same file in the same run.

    python -m benchmarks.coverage [N …] [--runs 5] [--only TOOL …] [--layer planted|clean|many|twice]

`planted` has a defect of each kind for 300 parcels, `clean` none, `many` 1 % of the polygons defective, `twice` no
matching edge at all. Tools take turns, so that a busy moment hits all alike; medians and ratios are printed.
geoplan's answer is held to what was planted, to 1e-6 of every area, and the run fails if it misses or invents one.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyproj import CRS, Proj, Transformer

from benchmarks.fabric import Fabric, make_fabric, twice_digitised

OURS = "geoplan"
PEERS = {"geopandas": "geopandas", "geos": "shapely", "duckdb": "duckdb_extension_spatial"}  # tool: what it needs
TARGETS = {"geopandas": 8.0, "duckdb": 4.5, "geos": 1.8}
RELATIVE = 1e-6  # to which every area must be right
PLANE = Proj(CRS.from_epsg(4548))
TO_DEGREES = Transformer.from_crs(4548, 4490, always_xy=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one process took: wall-clock and processor seconds, peak memory in bytes; and what it wrote."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    output: str


def timed(command: Sequence[str]) -> Taken:
    """Run a process and return what it took; raises RuntimeError with its words when it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        with subprocess.Popen(command, stdout=out, stderr=err) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begin
        out.seek(0)
        err.seek(0)
        if process.returncode not in (0, 1):
            raise RuntimeError(err.read().decode())
        scale = 1 if sys.platform == "darwin" else 1024
        return Taken(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale, out.read().decode())


def command_of(tool: str, path: Path) -> list[str]:
    """Return the process in which a tool checks a file."""
    if tool == OURS:
        return [sys.executable, "-m", "geoplan", "check", str(path)]
    return [sys.executable, "-m", "benchmarks.coverage_peers", tool, str(path)]


def layer(kind: str, size: int) -> Fabric:
    """Return the fabric of one kind."""
    if kind == "twice":
        return Fabric(twice_digitised(size, seed=1))
    each = {"planted": size // 300, "clean": 0, "many": size // 300}[kind]
    if kind == "many":  # one in a hundred polygons: an overlap or a gap spoils two
        return make_fabric(size, seed=1, overlaps=size // 400, gaps=size // 400)
    return make_fabric(size, seed=1, overlaps=each, gaps=each, vertices=each)


def write(fabric: Fabric, path: Path) -> None:
    """Write the parcels as FlatGeobuf in EPSG:4548, in their own order."""
    ids = np.array([f"P{number}" for number in range(len(fabric.polygons))], dtype=object)
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(fabric.polygons),
        [ids],
        ["id"],
        driver="FlatGeobuf",
        geometry_type="Polygon",
        crs="EPSG:4548",
        layer_options={"SPATIAL_INDEX": "NO"},
    )


def mistakes(fabric: Fabric, path: Path) -> list[str]:
    """Hold geoplan's JSON document to what was planted; return what it missed or invented, in words."""
    strict = ["--area-tolerance", "0", "--width-tolerance", "0", "--json"]
    findings = json.loads(timed([*command_of(OURS, path), *strict]).output)["findings"]
    overlaps: dict[tuple[int, ...], float] = {
        tuple(sorted(int(zone[1:]) for zone in finding["zones"])): finding["area_m2"]
        for finding in findings
        if finding["check"] == "overlap"
    }
    gaps = sorted(finding["area_m2"] for finding in findings if finding["check"] == "gap")
    planted = {pair: on_ellipsoid(fabric.polygons[pair[0]], area) for pair, area in fabric.overlaps.items()}
    holes = sorted(on_ellipsoid(shape, area) for shape, area in fabric.gaps)
    wrong = [f"overlap {pair} not found" for pair in planted.keys() - overlaps.keys()]
    wrong += [f"overlap {pair} invented" for pair in overlaps.keys() - planted.keys()]
    both = planted.keys() & overlaps.keys()
    far = [pair for pair in both if not math.isclose(overlaps[pair], planted[pair], rel_tol=RELATIVE)]
    wrong += [f"overlap {pair}: {overlaps[pair]} m², planted {planted[pair]}" for pair in far]
    if len(holes) != len(gaps):
        wrong.append(f"{len(gaps)} gaps found, {len(holes)} planted")
    elif not np.allclose(gaps, holes, rtol=RELATIVE, atol=0):
        wrong.append("a gap has another area than was planted")
    return wrong


def on_ellipsoid(shape: shapely.Geometry, plane_m2: float) -> float:
    """Return an area in the plane of EPSG:4548 as that on the ellipsoid, by PROJ's own scale factors at a shape."""
    middle = shape.centroid
    return plane_m2 / float(PLANE.get_factors(*TO_DEGREES.transform(middle.x, middle.y)).areal_scale)


def medians(several: Sequence[Taken]) -> tuple[float, float, float]:
    """Return the median of wall-clock seconds, of processor seconds and of peak memory."""
    columns = zip(*((one.wall_s, one.cpu_s, one.peak_bytes) for one in several), strict=True)
    wall, cpu, peak = map(statistics.median, columns)
    return wall, cpu, peak


def compare(kind: str, size: int, tools: Sequence[str], runs: int, folder: Path) -> int:
    """Print one row per tool and return 1 if geoplan was wrong."""
    path = folder / f"{kind}-{size}.fgb"
    fabric = layer(kind, size)
    write(fabric, path)
    wrong = mistakes(fabric, path) if kind != "twice" and size <= 100_000 else []
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    taken: dict[str, list[Taken]] = {tool: [] for tool in tools}
    for _ in range(runs):
        for tool in tools:
            taken[tool].append(timed(command_of(tool, path)))
    print(f"\n{kind}, {len(fabric.polygons):,} polygons, {runs} runs each, medians")
    print(f"{'tool':12} {'wall s':>8} {'cpu s':>8} {'peak MB':>8} {'wall ÷':>7} {'cpu ÷':>7}  answer")
    ours = medians(taken[OURS])
    for tool, several in taken.items():
        wall, cpu, peak = medians(several)
        answer = several[0].output.strip().splitlines()[-1][:110]
        target = f"  (target {TARGETS[tool]:g})" if kind == "planted" and tool in TARGETS else ""
        ratios = f"{wall / ours[0]:7.2f} {cpu / ours[1]:7.2f}"
        print(f"{tool:12} {wall:8.2f} {cpu:8.2f} {peak / 1e6:8.0f} {ratios}  {answer}{target}", flush=True)
    return int(bool(wrong))


def main(arguments: Sequence[str]) -> int:
    """Compare at every size asked for; return 1 if geoplan missed or invented a defect."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage")
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(PEERS))
    parser.add_argument("--layer", choices=["planted", "clean", "many", "twice"], default="planted")
    chosen = parser.parse_args(arguments)
    peers = [tool for tool, module in PEERS.items() if find_spec(module) is not None]
    tools = [OURS, *(peers if chosen.only is None else chosen.only)]
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        return max(compare(chosen.layer, size, tools, chosen.runs, Path(folder)) for size in chosen.sizes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
