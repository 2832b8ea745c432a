"""A whole load killed at any moment (reading, deciding, checking, publishing) leaves the old revision or the new one.

GEOPLAN_TEST_KILLS sets how often each store is hit; docs/store.md has the figures of 200.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely

from geoplan.revisions import Outcome, Publishing, load
from geoplan.store import Store
from tests.revisions import layout
from tests.store.conftest import Backend
from tests.store.test_kill import killed_after

KILLS = int(os.environ.get("GEOPLAN_TEST_KILLS", "12"))
LONGEST = 2.0  # seconds a process is left alone: a few loads


def test_a_load_killed_at_any_moment_leaves_the_old_or_the_new_revision(backend: Backend, tmp_path: Path) -> None:
    plan = layout.write_layout(tmp_path / "valley")
    moved = layout.save(tmp_path / "moved.gpkg", layout.frame(layout.updated()))
    plain = layout.save(tmp_path / "plain.gpkg", layout.frame(layout.SHAPES))
    rng = random.Random(20261121)
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.store.loader", str(plan), backend.address, str(moved), str(plain)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    known = 0
    try:
        for _ in range(KILLS):
            killed_after(nursery, rng.random() * LONGEST)
            store = backend.open()
            known = sound_revisions(store, since=known)
            store.close()
    finally:
        nursery.communicate(timeout=60)
    print(f"{KILLS} loads killed on {backend.kind}, {known} revisions published")
    # The next loads work: one of the two files is not what is there now.
    outcomes = [load(path, plan, publishing=Publishing(store=backend.address)).outcome for path in (moved, plain)]
    assert Outcome.PUBLISHED in outcomes
    assert Outcome.REJECTED not in outcomes


def sound_revisions(store: Store, *, since: int) -> int:
    """Hold a store after a kill to what it promises, and return the number of its revisions."""
    assert store.verify() == ()
    history = store.history("valley")
    assert [revision.number for revision in history] == list(range(1, len(history) + 1))
    assert len(history) >= since
    if history:
        zones = store.zones("valley")
        found = by_id(zones.text("id"), zones.geometry)
        assert found in [by_id(layout.IDS, shapes) for shapes in (layout.updated(), layout.SHAPES)]
    return len(history)


def by_id(zones: Sequence[str], shapes: Iterable[Any]) -> dict[str, list[list[float]]]:
    """Return coordinates to a tenth of a millimetre by zone, whatever the ring begins with."""
    return {
        zone: shapely.get_coordinates(shapely.normalize(shape)).round(4).tolist()
        for zone, shape in zip(zones, shapes, strict=True)
    }
