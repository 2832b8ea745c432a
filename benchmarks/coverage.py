"""A complete check of a parcel fabric beside other tools, whole processes, on the same file in the same run.

    python -m benchmarks.coverage [N …] [--runs 5] [--only TOOL …] [--all] [--layer planted|clean|many|twice] [--write]

`planted` has a defect of each kind for 300 parcels, `clean` none, `many` 1 % of the polygons defective, `twice` no
matching edge at all. Tools take turns, so that a busy moment hits all alike; medians and ratios are printed.
Every answer is held to what was planted, to 1e-6 of every area, and the run fails if geoplan misses or invents a
defect. A tool that takes longer than `--once` seconds is asked once, and its row says so; one that takes longer than
`--limit` seconds, or fails, is not asked about a larger fabric.
`--write` keeps the figures in benchmarks/results and writes docs/benchmarks.md anew; it asks `--all` tools.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from benchmarks import report
from benchmarks.fabric import Fabric, make_fabric, twice_digitised
from benchmarks.peers.answer import Answer, heard
from benchmarks.peers.catalogue import OURS, OURS_WHOLE, PEERS, command_of, lacks, title_of
from benchmarks.peers.postgis_server import Server, running, server_folder
from benchmarks.process import Taken, TooLongError, medians, timed
from benchmarks.truth import Truth, Verdict, judge, truth_of

__all__ = ["OURS", "Taken", "layer", "medians", "timed", "write"]

QUICK = ("geopandas", "geos", "duckdb")
LAYERS = ("planted", "clean", "many", "twice")
LIMIT_S = 600.0
ONCE_S = 120.0


@dataclass(slots=True)
class Asked:
    """What was measured of one tool on one file: every run, the last answer judged, or why there is none."""

    taken: list[Taken] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    note: str = ""
    why_not: str = ""


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


class Round:
    """All tools on one file: each asked in turn, what they took and said kept."""

    def __init__(
        self, path: Path, truth: Truth | None, server: Server | None, *, limit_s: float, once_s: float
    ) -> None:
        """Keep what is asked about; without a truth nothing is judged."""
        self.path, self.truth, self.server = path, truth, server
        self.limit_s, self.once_s = limit_s, once_s
        self.asked: dict[str, Asked] = {}

    def skip(self, tool: str, why: str) -> None:
        """Say why a tool is not asked."""
        self.asked[tool] = Asked(why_not=why)

    def ask(self, tool: str) -> None:
        """Run a tool once, unless it has failed before or is one of the slow that are asked once."""
        kept = self.asked.setdefault(tool, Asked())
        if kept.why_not or any(taken.wall_s > self.once_s for taken in kept.taken):
            return
        try:
            taken = self._timed(tool)
        except TooLongError as error:
            kept.why_not = str(error)
        except RuntimeError as error:
            kept.why_not = f"failed: {str(error).splitlines()[-1][:120]}"
        else:
            answer = answer_of(tool, taken.output)
            kept.seconds, kept.note = answer.seconds, answer.note
            if self.truth is not None and tool != OURS:  # its text is for people; its JSON is judged
                kept.verdicts = judge(answer, self.truth)
            kept.taken.append(Taken(taken.wall_s, taken.cpu_s, taken.peak_bytes, ""))

    def _timed(self, tool: str) -> Taken:
        if tool != "postgis" or self.server is None:
            fine = (0, 1) if tool in (OURS, OURS_WHOLE) else (0,)  # 1: there are findings
            return timed(command_of(tool, self.path), limit_s=self.limit_s, fine=fine)
        before = self.server.cpu_s()
        with self.server.watched():
            taken = timed(command_of(tool, self.path, self.server.address), limit_s=self.limit_s)
        cpu_s = taken.cpu_s + self.server.cpu_s() - before
        return Taken(taken.wall_s, cpu_s, taken.peak_bytes + self.server.peak_bytes, taken.output)


def answer_of(tool: str, output: str) -> Answer:
    """Return what a tool said in its output."""
    if tool == OURS:
        return Answer(note=output.strip().splitlines()[-1])
    if tool != OURS_WHOLE:
        return heard(output.strip().splitlines()[-1])
    document = json.loads(output)
    overlaps: list[tuple[int, int, float]] = []
    gaps: list[float] = []
    for finding in document["findings"]:
        if finding["check"] == "overlap":
            one, other = sorted(int(zone[1:]) for zone in finding["zones"])
            overlaps.append((one, other, finding["area_m2"]))
        elif finding["check"] == "gap":
            gaps.append(finding["area_m2"])
    total = document["area"]["total_m2"]
    return Answer(None, overlaps, gaps, total, surface="ellipsoid", area_surface="ellipsoid")


@contextmanager
def server_for(tools: Sequence[str]) -> Iterator[Server | None]:
    """Yield a running PostGIS when one of the tools is it."""
    programs = server_folder()
    with ExitStack() as stack:
        yield stack.enter_context(running(programs)) if programs and "postgis" in tools else None


def compare(kind: str, size: int, tools: dict[str, str], chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Ask each tool that has no reason against it, print one row per tool, and return it all as a record."""
    path = folder / f"{kind}-{size}.fgb"
    fabric = layer(kind, size)
    write(fabric, path)
    count, truth = len(fabric.polygons), None if kind == "twice" else truth_of(fabric)
    planted = {"overlaps": len(fabric.overlaps), "gaps": len(fabric.gaps)}
    del fabric
    load = os.getloadavg()[0]
    with server_for([tool for tool, why in tools.items() if not why]) as server:
        one = Round(path, truth, server, limit_s=chosen.limit, once_s=chosen.once)
        for tool, why in tools.items():
            if why:
                one.skip(tool, why)
        for _ in range(chosen.runs):
            for tool in tools:
                one.ask(tool)
    path.unlink()
    table(kind, count, chosen.runs, one.asked)
    return {
        "layer": kind,
        "size": size,
        **report.circumstances(list(tools)),
        "polygons": count,
        **planted,
        "runs": chosen.runs,
        "limit_s": chosen.limit,
        "once_s": chosen.once,
        "load": [round(load, 2), round(os.getloadavg()[0], 2)],
        "tools": {tool: _record(asked) for tool, asked in one.asked.items()},
    }


def _record(asked: Asked) -> dict[str, Any]:
    return {
        "wall_s": [round(taken.wall_s, 3) for taken in asked.taken],
        "cpu_s": [round(taken.cpu_s, 3) for taken in asked.taken],
        "peak_bytes": [taken.peak_bytes for taken in asked.taken],
        "seconds": {name: round(value, 3) for name, value in asked.seconds.items()},
        "verdicts": {name: asdict(verdict) for name, verdict in asked.verdicts.items()},
        "note": asked.note,
        "why_not": asked.why_not,
    }


def table(kind: str, count: int, runs: int, asked: dict[str, Asked]) -> None:
    """Print one row per tool."""
    print(f"\n{kind}, {count:,} polygons, {runs} runs each, medians")
    print(f"{'tool':15} {'wall s':>8} {'cpu s':>8} {'peak MB':>8} {'wall ÷':>7} {'cpu ÷':>7}  answer")
    ours = medians(asked[OURS].taken) if asked[OURS].taken else (float("nan"),) * 3
    for tool, one in asked.items():
        if not one.taken or one.why_not:
            print(f"{title_of(tool):15} {one.why_not}")
            continue
        wall, cpu, peak = medians(one.taken)
        said = "; ".join(f"{name}: {verdict.words}" for name, verdict in one.verdicts.items()) or one.note
        ratios = f"{wall / ours[0]:7.2f} {cpu / ours[1]:7.2f}"
        print(f"{title_of(tool):15} {wall:8.2f} {cpu:8.2f} {peak / 1e6:8.0f} {ratios}  {said}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Compare at every size asked for; return 1 if geoplan missed or invented a defect."""
    chosen = _parser().parse_args(arguments)
    wanted = list(PEERS) if chosen.all or chosen.write else QUICK
    peers = wanted if chosen.only is None else chosen.only
    why = {tool: lacks(tool, set_up=chosen.set_up or chosen.write) or "" for tool in peers}
    tools = {OURS: "", OURS_WHOLE: ""} | {tool: reason for tool, reason in why.items() if reason == "" or chosen.write}
    wrong = False
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        for size in sorted(chosen.sizes):
            record = compare(chosen.layer, size, tools, chosen, Path(folder))
            if chosen.write:
                report.keep(record)
                report.write()
            verdicts = record["tools"][OURS_WHOLE]["verdicts"].values()
            wrong |= not all(verdict["right"] for verdict in verdicts)
            tools |= {tool: one["why_not"] for tool, one in record["tools"].items() if one["why_not"]}
    return int(wrong)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(PEERS), metavar="TOOL", help=", ".join(PEERS))
    parser.add_argument("--all", action="store_true", help="ask every tool that is installed")
    parser.add_argument("--layer", choices=LAYERS, default="planted")
    parser.add_argument("--limit", type=float, default=LIMIT_S, metavar="S", help="seconds a tool may take")
    parser.add_argument("--once", type=float, default=ONCE_S, metavar="S", help="seconds after which once is enough")
    parser.add_argument("--set-up", action="store_true", help="install mapshaper with npm where it is missing")
    parser.add_argument("--write", action="store_true", help="keep the figures and write docs/benchmarks.md anew")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
