"""mapshaper: overlaps are the pieces of -mosaic under two polygons, gaps what -erase leaves of a rectangle.

Its areas are of the plane, or on a sphere for degrees. `install` fetches it with npm into .cache, once.

python -m benchmarks.peers.mapshaper_mosaic FILE
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.peers.answer import Answer, Watch, tell

VERSION = "0.7.70"
FOLDER = Path(__file__).resolve().parents[2] / ".cache" / f"mapshaper-{VERSION}"
PROGRAM = FOLDER / "node_modules" / "mapshaper" / "bin" / "mapshaper-xl"  # as its manual says for large files
_INSTALL_S = 1200
_OUTSIDE = "10"  # metres round the layer, so that all that lies outside it is one piece


def install() -> None:
    """Install mapshaper where it is missing; raises RuntimeError saying why it cannot be had."""
    if PROGRAM.exists():
        return
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise RuntimeError("needs Node.js 20.11 or newer, and npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(FOLDER), f"mapshaper@{VERSION}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError("npm did not end in time") from error
    if done.returncode != 0 or not PROGRAM.exists():
        raise RuntimeError(f"npm: {done.stderr.strip().splitlines()[-1:] or 'failed'}")


def ask(path: str) -> Answer:
    """Return what mapshaper says of a file."""
    answer = Answer()
    watch = Watch(answer)
    with tempfile.TemporaryDirectory() as name:
        overlaps, gaps = Path(name) / "overlaps.csv", Path(name) / "gaps.csv"
        command = [str(PROGRAM), path, "name=p", "-calc", "sum(this.area)"]
        command += ["-dissolve", "+", "name=whole", "-rectangle", "source=whole", f"offset={_OUTSIDE}", "+", "name=box"]
        command += ["-erase", "whole", "-explode", "-each", "m2 = this.area, west = this.bounds[0]", "-o", str(gaps)]
        command += ["-mosaic", "target=p", "calc=n = count(), ids = collect(id)", "-filter", "n > 1"]
        command += ["-each", "m2 = this.area", "-o", str(overlaps)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        total = re.search(r"sum\(this\.area\):\s*([\d.e+]+)", done.stderr + done.stdout)
        answer.area_m2 = float(total[1]) if total else None
        pieces = [(float(row["west"]), float(row["m2"])) for row in _rows(gaps)]
        outside = min(west for west, _ in pieces)
        answer.gaps = [m2 for west, m2 in pieces if west > outside]
        answer.overlaps = _overlaps(overlaps)
    watch.lap("all")
    return answer


def _overlaps(path: Path) -> list[tuple[int, int, float]]:
    """Return every pair over each piece, the pieces of a pair summed."""
    found: dict[tuple[int, int], float] = {}
    for row in _rows(path):
        numbers = sorted(int(zone[1:]) for zone in json.loads(row["ids"]))
        for place, one in enumerate(numbers):
            for other in numbers[place + 1 :]:
                found[one, other] = found.get((one, other), 0.0) + float(row["m2"])
    return [(one, other, m2) for (one, other), m2 in found.items()]


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():  # nothing is written of an empty layer
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    tell(ask(sys.argv[1]))
