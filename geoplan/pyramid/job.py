"""Preparing a fabric as a process does it: waiting for another one that is at it, telling a page how far it is.

How far it is stands in a file beside what is made. However the process is ended, nothing half-made stays: at once
after an error, Ctrl+C or a polite end, with the next fabric prepared after any other.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from geoplan.errors import GeoplanError
from geoplan.memory import ran_out
from geoplan.pyramid.cache import write_json
from geoplan.pyramid.heap import keep_no_reserve
from geoplan.pyramid.prepare import Tell, error_record, fabric_folder, prepare
from geoplan.pyramid.source import FabricSource

_PATIENCE = 0.5  # seconds


def status_path(source: FabricSource) -> Path:
    """Return the file that says how far preparing a fabric is, or what it failed on, while that is of interest."""
    return fabric_folder(source).with_suffix(".json")


def run(source: FabricSource, tell: Tell = lambda *_: None) -> None:
    """Prepare what is not there yet of a fabric, or wait until another process has; errors as for `prepare`.

    Raises InputError as well when memory runs out. What it failed on stays in `status_path`.
    """
    keep_no_reserve()
    status = status_path(source)

    def told(step: str, done: float) -> None:
        write_json(status, {"step": step, "done": round(done, 3)})
        tell(step, done)

    try:
        with _ended_politely():
            while not prepare(source, told):  # another process is at it, which may still fail or be ended
                time.sleep(_PATIENCE)
    except GeoplanError as error:
        write_json(status, {"error": error_record(error)})
        raise
    except MemoryError:
        refused = ran_out(source.plan.id)
        write_json(status, {"error": error_record(refused)})
        raise refused from None
    except KeyboardInterrupt:
        status.unlink(missing_ok=True)
        raise
    status.unlink(missing_ok=True)


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Take a polite end (SIGTERM) as Ctrl+C for the block, where this is the thread that signals come to."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - how signals are told
    raise KeyboardInterrupt
