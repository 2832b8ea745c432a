"""Run every benchmark there is, one after the other: python -m benchmarks [NAME …]."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

NAMES = ("startup", "areas", "coverage", "app")


def main(wanted: list[str]) -> int:
    """Run the benchmarks named (all, if none is) each in its own process; return 1 if one failed."""
    failed = 0
    for name in wanted or NAMES:
        if importlib.util.find_spec(f"benchmarks.{name}") is None:
            print(f"there is no benchmark {name}", file=sys.stderr)
            failed = int(bool(wanted)) or failed
            continue
        print(f"\n== {name}", flush=True)
        failed |= int(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
