"""Random histories: whatever is published, every revision reads back as it was, for ever, in both stores."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geoplan.store import Store, open_store
from tests.helpers import EAST, NORTH, square
from tests.store.conftest import ServerBackend
from tests.store.drafts import draft

ZONES = ("a", "b", "c", "d", "甲")
shapes = st.integers(1, 6).map(lambda size: square(EAST + size, NORTH, size))
layouts = st.lists(st.sampled_from(ZONES), unique=True).flatmap(
    lambda ids: st.tuples(*(shapes for _ in ids)).map(lambda made: dict(zip(ids, made, strict=True)))
)
# A step publishes a new layout, or restores an earlier revision (by its place, modulo how many there are).
steps = st.lists(st.one_of(layouts, st.integers(0, 20)), min_size=1, max_size=8)
run = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(store: Store, number: int | None) -> list[tuple[str, bytes]]:
    layer = store.zones("valley", number)
    return [(zone, shapely.to_wkb(shape)) for zone, shape in zip(layer.text("id"), layer.geometry, strict=True)]


def holds(store: Store, history: list[dict[str, BaseGeometry] | int]) -> None:
    published: list[list[tuple[str, bytes]]] = []
    for place, step in enumerate(history):
        if isinstance(step, int):
            if not published:
                continue
            chosen = step % len(published) + 1
            wanted, made = published[chosen - 1], draft(store.zones("valley", chosen), restored_from=chosen)
        else:
            wanted, made = [(zone, shapely.to_wkb(shape)) for zone, shape in step.items()], draft(step)
        parent = len(published) or None
        revision = store.publish("valley", made, parent=parent)
        assert revision.number == len(published) + 1, place
        published.append(wanted)
    for number, wanted in enumerate(published, start=1):
        assert read(store, number) == wanted
    revisions = store.history("valley")
    assert [list(revision.zone_hashes) for revision in revisions] == [
        [zone for zone, _ in wanted] for wanted in published
    ]
    assert revisions == tuple(store.revision("valley", number) for number in range(1, len(published) + 1))
    assert store.verify() == ()


@run
@given(history=steps)
def test_a_file_gives_every_revision_back(history: list[dict[str, BaseGeometry] | int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store.gpkg")
        holds(store, history)
        store.close()


@run
@given(history=steps)
def test_a_server_gives_every_revision_back(
    server_backend: ServerBackend, history: list[dict[str, BaseGeometry] | int]
) -> None:
    server_backend.plainly("DROP SCHEMA IF EXISTS geoplan CASCADE")
    store = open_store(server_backend.address)
    try:
        holds(store, history)
    finally:
        store.close()


@pytest.mark.parametrize("zones", [20, 200])
def test_a_revision_adds_rows_for_what_it_changed_only(server_backend: ServerBackend, zones: int) -> None:
    layout = {f"z{place}": square(EAST + 20 * place, NORTH, 10) for place in range(zones)}
    store = server_backend.open()
    store.publish("valley", draft(layout), parent=None)
    for number in range(1, 4):
        store.publish("valley", draft(layout | {"z7": square(EAST, NORTH, number)}), parent=number)
    assert server_backend.ask("SELECT count(*) FROM geoplan_zone") == [(zones + 3,)]
    assert server_backend.ask("SELECT count(*) FROM geoplan_revision_zone") == [(zones + 3,)]


@pytest.mark.parametrize("zones", [100, 800])
def test_the_file_grows_with_what_changed_and_not_with_what_exists(tmp_path: Path, zones: int) -> None:
    """Each revision brings its whole file again; 30 kB is less than any of the larger plan's parts take anew."""
    path = tmp_path / "store.gpkg"
    store = open_store(path)
    layout = {f"z{place}": square(EAST + 20 * place, NORTH, 10) for place in range(zones)}
    sizes = []
    for number in range(5):
        layout |= {"z7": square(EAST + 140, NORTH, 10 + number)}
        content = "\n".join(f"{zone}: {shape.wkt}" for zone, shape in layout.items()).encode()
        check = {"zones": [{"id": zone, "area_m2": shape.area} for zone, shape in layout.items()]}
        store.publish("valley", draft(layout, content=content, check=check), parent=number or None)
        sizes.append(path.stat().st_size)
    store.close()
    assert all(after - before < 30_000 for before, after in itertools.pairwise(sizes))
