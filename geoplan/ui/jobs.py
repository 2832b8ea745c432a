"""Commands run for pages, each in a process of its own, so that what takes a city a minute holds up nobody.

A page begins a job, looks at how it is as often as it likes, and lets go of what it made. A job that nobody looks at
any more runs to its end; what is left of it goes with the app, or with the oldest of many.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geoplan.types

AT_ONCE = 2  # a city takes gigabytes in each
KEPT = 8  # of those that have ended
_ERROR = "geoplan: "  # what the one line of an error begins with
_PLACE = re.compile(r"^(?:/|[A-Za-z]:\\)[^:]*: ")


@dataclass(frozen=True, slots=True)
class Running:
    """A job that is not done; `seconds` since it began."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that is done: the command's exit code, its document, and the line of its error ("" without one).

    `folder` holds what it wrote.
    """

    code: int
    document: dict[str, Any] | None
    error: str
    folder: Path


@dataclass(frozen=True, slots=True)
class _Job:
    process: subprocess.Popen[bytes]
    place: TemporaryDirectory[str]
    began: float


_JOBS: OrderedDict[str, _Job] = OrderedDict()
_LOCK = threading.Lock()


def begin(key: str, arguments: Sequence[str | Path]) -> bool:
    """Run `geoplan` with arguments under a key, unless there is a job of that key; return False if too many run.

    What is written into "." is found in `Ended.folder`. Arguments are never looked at by a shell.
    """
    with _LOCK:
        if key in _JOBS:
            return True
        if sum(job.process.poll() is None for job in _JOBS.values()) >= AT_ONCE:
            return False
        done = [name for name, job in _JOBS.items() if job.process.poll() is not None]
        for old in done[: max(len(done) - KEPT + 1, 0)]:
            _JOBS.pop(old).place.cleanup()
        _JOBS[key] = _started(arguments)
        return True


def look(key: str) -> Running | Ended | None:
    """Return how the job of a key is, None when there is none."""
    with _LOCK:
        job = _JOBS.get(key)
    if job is None:
        return None
    code = job.process.poll()
    if code is None:
        return Running(time.monotonic() - job.began)
    place = Path(job.place.name)
    return Ended(code, _document(place / _OUT), _error_of(place / _ERR), place / _MADE)


def let_go(key: str) -> None:
    """Forget a job with what it made; one that still runs is ended."""
    with _LOCK:
        job = _JOBS.pop(key, None)
    if job is not None:
        job.process.terminate()
        job.process.wait()
        job.place.cleanup()


_OUT, _ERR, _MADE = "out.json", "errors.txt", "made"


def _started(arguments: Sequence[str | Path]) -> _Job:
    place = TemporaryDirectory(prefix="geoplan-job-", ignore_cleanup_errors=True)
    made = Path(place.name) / _MADE
    made.mkdir()
    home = str(Path(geoplan.types.__file__).resolve().parents[1])
    paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    with (Path(place.name) / _OUT).open("wb") as out, (Path(place.name) / _ERR).open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoplan", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            cwd=made,
            env=os.environ | {"PYTHONPATH": paths},
        )
    return _Job(process, place, time.monotonic())


def _document(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _error_of(path: Path) -> str:
    """Return the line an error is told in, without a place on this server; "" where none is."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    told = [line.removeprefix(_ERROR) for line in lines if line.startswith(_ERROR)]
    return _PLACE.sub("", told[-1]) if told else ""
