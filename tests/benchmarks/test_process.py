"""Timing whole processes: their children and no memory of ours, an end for those that take too long."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.process import Taken, TooLongError, medians, timed

_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}])"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_what_a_process_prints_and_takes_is_returned() -> None:
    taken = timed(python("print('区'); sum(range(3_000_000))"))
    assert taken.output == "区\n"
    assert 0 < taken.cpu_s < taken.wall_s * (os.cpu_count() or 1) + 0.05
    assert 3e6 < taken.peak_bytes < 60e6


def test_memory_and_seconds_of_children_count_and_those_of_the_caller_do_not() -> None:
    ours = bytearray(300_000_000)
    alone = timed(python("pass"))
    with_child = timed(python(_CHILD.format("x = bytearray(150_000_000); sum(range(9_000_000))")))
    assert alone.peak_bytes < 100e6
    assert 150e6 < with_child.peak_bytes < len(ours)
    assert with_child.cpu_s > alone.cpu_s


def test_a_failure_is_told_in_the_words_of_the_process() -> None:
    with pytest.raises(RuntimeError, match="ValueError: no such thing"):
        timed(python("raise ValueError('no such thing')"))
    with pytest.raises(RuntimeError, match="exit code 3"):
        timed(python("raise SystemExit(3)"))
    assert timed(python("raise SystemExit(1)"), fine=(0, 1)).output == ""
    with pytest.raises(RuntimeError):
        timed(["/nowhere/at/all"])


def test_a_process_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    sleeper = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(TooLongError, match="over 2 s"):
        timed(python(_CHILD.format(sleeper)), limit_s=2)
    child = int(note.read_text())
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_medians_are_taken_figure_by_figure() -> None:
    assert medians([Taken(1.0, 9.0, 5, ""), Taken(2.0, 8.0, 6, ""), Taken(9.0, 7.0, 4, "")]) == (2.0, 8.0, 5)
