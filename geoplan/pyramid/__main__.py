"""Prepares a fabric in a process of its own: python -m geoplan.pyramid PLAN [REVISION].

The app starts it when a large plan is opened for the first time; run by hand, it prepares one beforehand. How far it
is stands in a file beside what it makes, for the page that waits. Exit codes are those of the command line.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from geoplan.errors import GeoplanError
from geoplan.memory import ran_out
from geoplan.plan import load_plan
from geoplan.pyramid.cache import write_json
from geoplan.pyramid.prepare import error_record, fabric_folder, prepare
from geoplan.pyramid.source import FabricSource, fabric_source

_PATIENCE = 0.5  # seconds
_KINDER = 5  # of the system's degrees of niceness: pages being looked at go before


def main(name: str, revision: int | None = None) -> int:
    """Prepare a plan and return the exit code; a plan that is no fabric needs nothing."""
    with suppress(AttributeError, OSError):  # there is no niceness on Windows
        os.nice(_KINDER)
    try:
        source = fabric_source(load_plan(name), revision)
    except GeoplanError as error:
        return _failed(error)
    if source is None:
        sys.stderr.write("small enough to be shown as it is: nothing to prepare\n")
        return 0
    try:
        return _prepared(source)
    except GeoplanError as error:
        write_json(_status(source), {"error": error_record(error)})
        return _failed(error)
    except MemoryError:
        refused = ran_out(source.plan.id)
        write_json(_status(source), {"error": error_record(refused)})
        return _failed(refused)


def _prepared(source: FabricSource) -> int:
    began = time.monotonic()

    def tell(step: str, done: float) -> None:
        write_json(_status(source), {"step": step, "done": round(done, 3)})
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {step} {done:.0%}\n")

    while not prepare(source, tell):  # another process is at it, which may still fail or be ended
        time.sleep(_PATIENCE)
    _status(source).unlink(missing_ok=True)
    sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {fabric_folder(source)}\n")
    return 0


def _status(source: FabricSource) -> Path:
    return fabric_folder(source).with_suffix(".json")


def _failed(error: GeoplanError) -> int:
    sys.stderr.write(f"{error.line('en')}\n{error.line('zh')}\n")
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None))
