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

KILLS = int(os.environ.get("GEOPLAN_TEST_KILLS", "25"))
LONGEST = 0.5  # seconds a process is left alone


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_revision(backend: Backend) -> None:
    rng = random.Random(20250301)
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.store.publisher", "nursery", backend.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        during = sum(survives_a_kill(backend, nursery, rng.random() ** 2 * LONGEST) for _ in range(KILLS))
    finally:
        nursery.communicate(timeout=60)
    assert during > KILLS / 4, "most kills came while nothing was being published"
    print(f"{KILLS} kills of {backend.kind}, {during} of them during a publish")
    store = backend.open()
    for revision in store.history("valley"):
        assert revision.message == f"revision {revision.number}"


def survives_a_kill(backend: Backend, nursery: subprocess.Popen[str], patience: float) -> bool:
    """Kill a publisher after some seconds, hold the store to its promise, and return whether it was publishing."""
    store = backend.open()
    before = store.revision("valley")
    store.close()
    started, finished = killed_after(nursery, patience)
    store = backend.open()
    current = store.revision("valley")
    number = current.number if current else 0
    assert finished <= number <= started
    assert number >= (before.number if before else 0)
    assert store.verify() == ()
    if number:
        require_state(store, number)
    assert store.publish("valley", draft_of(number + 1), parent=number or None).number == number + 1
    store.close()
    return started > finished


def killed_after(nursery: subprocess.Popen[str], patience: float) -> tuple[int, int]:
    """Start a publisher, kill it after `patience` seconds, and return what it last began and last finished."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write("go\n")
    nursery.stdin.flush()
    said: dict[str, list[int]] = {"start": [], "done": [], "child": [], "gone": []}

    def listen() -> None:
        word, number = nursery.stdout.readline().split()  # type: ignore[union-attr]
        said[word].append(int(number))

    while not (said["child"] and said["start"]):
        listen()
    time.sleep(patience)
    os.kill(said["child"][0], signal.SIGKILL)
    while not said["gone"]:
        listen()
    return max(said["start"]), max(said["done"], default=0)


def require_state(store: Store, number: int) -> None:
    layer = store.zones("valley", number)
    stored = {zone: shapely.to_wkb(shape) for zone, shape in zip(layer.text("id"), layer.geometry, strict=True)}
    assert stored == {zone: shapely.to_wkb(shape) for zone, shape in state(number).items()}
    assert store.source("valley", number) == draft_of(number).source.content
