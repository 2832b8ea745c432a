"""How soon the command line answers, beside `import geopandas`: python -m benchmarks.startup [RUNS]."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PLAN = "ustc-silicon-valley"
BASE = "import geopandas"
# what is run: the arguments of this interpreter, and the most it may take in imports of geopandas
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    BASE: (["-c", "import geopandas"], None),
    "geoplan --help": (["-m", "geoplan", "--help"], 1.0),
    f"geoplan check {PLAN}": (["-m", "geoplan", "check", PLAN], 2.0),
    f"geoplan measure {PLAN}": (["-m", "geoplan", "measure", PLAN], None),
}


def seconds(arguments: list[str]) -> float:
    """Return the wall-clock time in seconds of one whole process; its output goes nowhere."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def medians(runs: int) -> dict[str, float]:
    """Return the median time of each command, the commands taken in turn so that a busy moment hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for name, (arguments, _) in COMMANDS.items():
        seconds(arguments)  # once unseen: byte code and disk cache
        taken[name].clear()
    for _ in range(runs):
        for name, (arguments, _) in COMMANDS.items():
            taken[name].append(seconds(arguments))
    return {name: statistics.median(values) for name, values in taken.items()}


def main(runs: int = 5) -> None:
    """Print one line per command: median seconds, ratio to `import geopandas`, and the target."""
    found = medians(max(runs, 5))
    print(f"{'process':36} {'median s':>9} {'ratio':>7}  target")
    for name, value in found.items():
        target = COMMANDS[name][1]
        ratio = value / found[BASE]
        verdict = "" if target is None else f"< {target:g}  {'held' if ratio < target else 'MISSED'}"
        print(f"{name:36} {value:9.3f} {ratio:7.2f}  {verdict}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
