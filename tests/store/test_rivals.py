"""Several processes publishing at once: each is either on top of what it saw, or told of the conflict."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.store.conftest import Backend


@pytest.mark.parametrize(("processes", "times"), [(2, 10), (8, 3)])
def test_nothing_of_anybody_is_lost(backend: Backend, processes: int, times: int) -> None:
    command = [sys.executable, "-m", "tests.store.publisher", "rivals", backend.address, str(processes), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-1000:]
    said = [line.split() for line in done.stdout.splitlines()]
    published = sorted(int(words[1]) for words in said if words[0] == "published")
    assert published == list(range(1, processes * times + 1))
    for words in said:
        if words[0] == "published":  # on top of the one it saw
            assert words[3] == ("None" if words[1] == "1" else str(int(words[1]) - 1))
        else:  # told what is current now, which is newer than what it saw
            assert words[1] == "None" or int(words[2]) > int(words[1])
    store = backend.open()
    history = store.history("valley")
    assert sorted(revision.message for revision in history) == sorted(
        f"planner {place} {turn}" for place in range(processes) for turn in range(times)
    )
    assert store.verify() == ()
