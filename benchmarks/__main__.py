"""Run every benchmark there is, one after the other: python -m benchmarks [NAME …].

The complete check beside other tools is run for every kind of fabric and written into docs/benchmarks.md: hours on
two cores. `python -m benchmarks.coverage` alone takes sizes, tools and runs.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

# what is run of each, as the arguments of its module: once for each list
RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "startup": ((),),
    "areas": ((),),
    "coverage": (
        ("10000", "100000", "1000000", "--write"),
        ("100000", "--write", "--layer", "clean", "--only"),
        ("100000", "--write", "--layer", "many", "--only"),
        ("100000", "--write", "--layer", "twice", "--only", "geopandas"),
    ),
    "facilities": ((),),
    "distributed": ((),),
    "store": (("--bulk", "100000"),),
    "app": ((),),
    "fabric_app": ((),),
}


def main(wanted: list[str]) -> int:
    """Run the benchmarks named (all, if none is) each in its own process; return 1 if one failed."""
    failed = 0
    for name in wanted or RUNS:
        if importlib.util.find_spec(f"benchmarks.{name}") is None:
            print(f"there is no benchmark {name}", file=sys.stderr)
            failed = int(bool(wanted)) or failed
            continue
        for arguments in RUNS.get(name, ((),)):
            print(f"\n== {' '.join((name, *arguments))}", flush=True)
            command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
            failed |= int(subprocess.run(command, check=False).returncode != 0)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
