"""What a whole process takes: wall-clock and processor seconds, peak memory with its children's, and its output."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")


class TooLongError(Exception):
    """A process was ended because it took longer than it was given."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one process took: wall-clock and processor seconds, peak memory in bytes; and what it wrote."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    output: str


def timed(command: Sequence[str], *, limit_s: float | None = None, fine: Sequence[int] = (0,)) -> Taken:
    """Run a process and return what it and the processes it waited for took; `fine` are the exit codes that are.

    Raises RuntimeError with its words when it fails, TooLongError when it takes more than `limit_s` seconds: it
    is ended then, with every process of its session.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err, figures = (Path(folder) / name for name in ("out", "err", "figures"))
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(figures), *command]
        with out.open("wb") as to, err.open("wb") as to_err:
            process = subprocess.Popen(launcher, stdout=to, stderr=to_err, start_new_session=True)
        try:
            process.wait(limit_s)
        except BaseException as error:  # an interrupt of ours must not leave it running
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise TooLongError(f"over {limit_s:g} s") from None
            raise
        said = figures.read_text(encoding="ascii").split() if figures.exists() else ["127"]
        if int(said[0]) not in fine:
            raise RuntimeError(err.read_text(encoding="utf-8", errors="replace").strip() or f"exit code {said[0]}")
        scale = 1 if sys.platform == "darwin" else 1024
        output = out.read_text(encoding="utf-8")
        return Taken(float(said[1]), float(said[2]), int(said[3]) * scale, output)


def medians(several: Sequence[Taken]) -> tuple[float, float, float]:
    """Return the median of wall-clock seconds, of processor seconds and of peak memory."""
    columns = zip(*((one.wall_s, one.cpu_s, one.peak_bytes) for one in several), strict=True)
    wall, cpu, peak = map(statistics.median, columns)
    return wall, cpu, peak
