"""Prepares a fabric for the app, which starts this when a large plan is opened for the first time and waits.

By hand there is `geoplan prepare`. Exit codes are those of the command line.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from geoplan.errors import GeoplanError
from geoplan.plan import load_plan
from geoplan.pyramid.job import run
from geoplan.pyramid.prepare import fabric_folder
from geoplan.pyramid.source import fabric_source

_KINDER = 5  # of the system's degrees of niceness: pages being looked at go before
_STOPPED = 130


def main(name: str, revision: int | None = None) -> int:
    """Prepare a plan and return the exit code; a plan that is no fabric needs nothing."""
    with suppress(AttributeError, OSError):  # there is no niceness on Windows
        os.nice(_KINDER)
    began = time.monotonic()

    def tell(step: str, done: float) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {step} {done:.0%}\n")

    try:
        source = fabric_source(load_plan(name), revision)
        if source is None:
            sys.stderr.write("small enough to be shown as it is: nothing to prepare\n")
            return 0
        run(source, tell)
    except GeoplanError as error:
        sys.stderr.write(f"{error.line('en')}\n{error.line('zh')}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return _STOPPED
    sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {fabric_folder(source)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None))
