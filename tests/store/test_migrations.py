"""Stores of an older format are brought to the current one step by step, each step wholly or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from geoplan.errors import StoreError
from geoplan.store.database import Dialect
from geoplan.store.gpkg import GeoPackageStore
from geoplan.store.migrations import MIGRATIONS, Migration
from geoplan.store.postgis import PostgisStore
from geoplan.store.sql import SqlStore
from tests.store.conftest import Backend
from tests.store.drafts import draft
from tests.store.gpkg_rules import violations

Opener = Callable[[Sequence[Migration]], SqlStore]

NOTES = Migration("003-notes", lambda dialect: [f"CREATE TABLE geoplan_note (number {dialect.integer}, note TEXT)"])
FIRST_NOTE = Migration("004-first-note", lambda _: ["INSERT INTO geoplan_note VALUES (1, 'from the fourth step')"])


def _half(_: Dialect) -> Sequence[str]:
    return ["INSERT INTO geoplan_note VALUES (2, 'of a step that fails')", "INSERT INTO nowhere VALUES (1)"]


BROKEN = Migration("004-broken", _half)


@pytest.fixture
def opened(backend: Backend) -> Opener:
    kinds: dict[str, Callable[..., SqlStore]] = {"gpkg": GeoPackageStore, "postgis": PostgisStore}
    stores: list[SqlStore] = []

    def opener(migrations: Sequence[Migration]) -> SqlStore:
        for store in stores:
            store.close()
        stores.append(kinds[backend.kind](backend.address, migrations=migrations))
        backend._opened.append(stores[-1])
        return stores[-1]

    opener(MIGRATIONS).publish("valley", draft(), parent=None)
    return opener


def names(backend: Backend) -> list[str]:
    return [name for (name,) in backend.ask("SELECT name FROM geoplan_migration ORDER BY name")]


def test_a_new_store_is_of_the_current_format(opened: Opener, backend: Backend) -> None:
    assert names(backend) == ["001-revisions", "002-drafts"]


def test_opening_an_older_store_takes_the_steps_it_lacks(opened: Opener, backend: Backend) -> None:
    store = opened([*MIGRATIONS, NOTES, FIRST_NOTE])
    assert len(store.history("valley")) == 1
    assert names(backend) == ["001-revisions", "002-drafts", "003-notes", "004-first-note"]
    assert backend.ask("SELECT number, note FROM geoplan_note") == [(1, "from the fourth step")]
    assert store.verify() == ()


def test_publishing_into_an_older_store_takes_them_first(opened: Opener, backend: Backend) -> None:
    opened([*MIGRATIONS, NOTES]).publish("valley", draft(), parent=1)
    assert names(backend) == ["001-revisions", "002-drafts", "003-notes"]


def test_a_step_that_fails_leaves_the_store_at_the_step_before(opened: Opener, backend: Backend) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        opened([*MIGRATIONS, NOTES, BROKEN]).history("valley")
    assert names(backend) == ["001-revisions", "002-drafts", "003-notes"]
    assert backend.ask("SELECT count(*) FROM geoplan_note") == [(0,)]
    assert len(opened([*MIGRATIONS, NOTES]).history("valley")) == 1


def test_an_older_version_of_geoplan_refuses_the_store_afterwards(opened: Opener) -> None:
    opened([*MIGRATIONS, NOTES]).history("valley")
    with pytest.raises(StoreError, match="this store has format 3; this version of geoplan reads formats up to 2"):
        opened(MIGRATIONS).history("valley")


def test_a_migrated_file_still_follows_the_standard(file_backend: Backend) -> None:
    store = GeoPackageStore(file_backend.address)
    store.publish("valley", draft(), parent=None)
    store.close()
    later = GeoPackageStore(file_backend.address, migrations=[*MIGRATIONS, NOTES])
    later.history("valley")
    later.close()
    assert violations(Path(file_backend.address)) == []


def test_an_older_file_that_cannot_be_written_says_so(file_backend: Backend) -> None:
    store = GeoPackageStore(file_backend.address)
    store.publish("valley", draft(), parent=None)
    store.close()
    blocker = sqlite3.connect(file_backend.address, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    later = GeoPackageStore(file_backend.address, migrations=[*MIGRATIONS, NOTES])
    with pytest.raises(StoreError, match="locked by another process"):
        later.history("valley")
    later.close()
    blocker.close()
