"""A process killed at any moment of a publish leaves the old revision or the new one, and nothing else.

GEOPLAN_TEST_KILLS sets how often each store is hit; docs/store.md has the figures of 200.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import shapely

from geoplan.store import Store
from tests.store.conftest import Backend
from tests.store.publisher import draft_of, state

KILLS = int(os.environ.get("GEOPLAN_TEST_KILLS", "20"))
PER_PROCESS = 5  # publishes a process is given at most, on average


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_revision(backend: Backend) -> None:
    rng = random.Random(20250301)
    finished = 0
    during = 0
    for _ in range(KILLS):
        started, finished_by_child = killed_after(backend, rng)
        store = backend.open()
        current = store.revision("valley")
        number = current.number if current else 0
        assert finished_by_child <= number <= started
        assert number >= finished
        during += started > finished_by_child
        assert store.verify() == ()
        if number:
            require_state(store, number)
        finished = store.publish("valley", draft_of(number + 1), parent=number or None).number
        assert finished == number + 1
        store.close()
    assert during > KILLS / 4, "most kills came while nothing was being published"
    store = backend.open()
    for revision in store.history("valley"):
        assert revision.message == f"revision {revision.number}"


def killed_after(backend: Backend, rng: random.Random) -> tuple[int, int]:
    """Run a publisher, kill it at a random moment, and return what it last began and last finished."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.publisher", "loop", backend.address], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()  # starting Python takes longer than publishing
    time.sleep(rng.random() * 0.1 * PER_PROCESS * rng.random())
    process.send_signal(signal.SIGKILL)
    lines = [first, *process.stdout.readlines()]
    process.stdout.close()
    process.wait()
    said = [line.split() for line in lines if line.endswith("\n")]
    numbers = {word: [int(number) for what, number in said if what == word] for word in ("start", "done")}
    return max(numbers["start"]), max(numbers["done"], default=0)


def require_state(store: Store, number: int) -> None:
    layer = store.zones("valley", number)
    stored = {zone: shapely.to_wkb(shape) for zone, shape in zip(layer.text("id"), layer.geometry, strict=True)}
    assert stored == {zone: shapely.to_wkb(shape) for zone, shape in state(number).items()}
    assert store.source("valley", number) == draft_of(number).source.content
