"""What a file can suffer: each is one clear line with exit code 4, and nothing of what was published is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest

from geoplan.errors import StoreError
from geoplan.store import Patience, gpkg, open_store
from geoplan.types import Text
from tests.helpers import square
from tests.store.conftest import FileBackend
from tests.store.drafts import draft, squares
from tests.store.publisher import NOBODY, draft_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def published(file_backend: FileBackend) -> Path:
    """A store of two revisions."""
    store = file_backend.open()
    for number in (1, 2):
        store.publish("valley", draft_of(number), parent=number - 1 or None)
    store.close()
    return Path(file_backend.address)


def publisher(*arguments: object, **how: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.store.publisher", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120, **how)  # type: ignore[call-overload,no-any-return]


def require_intact(path: Path) -> None:
    store = open_store(path)
    assert store.verify() == ()
    assert [revision.number for revision in store.history("valley")] == [1, 2]
    assert store.source("valley", 2) == draft_of(2).source.content
    assert store.publish("valley", draft_of(3), parent=2).number == 3
    store.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.gpkg"
    path.write_text("these are my notes, not a database " * 100, encoding="utf-8")
    before = path.read_bytes()
    for use in (lambda s: s.history("valley"), lambda s: s.publish("valley", draft(), parent=None)):
        with pytest.raises(
            StoreError, match=r"notes\.gpkg: this is not a store of revisions: not a GeoPackage"
        ) as caught:
            use(open_store(path))
        assert caught.value.exit_code == 4
    assert path.read_bytes() == before


def test_a_geopackage_of_another_program_is_never_written_into(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    shutil.copy(make_foreign(tmp_path), path)
    before = path.read_bytes()
    for use in (lambda s: s.history("valley"), lambda s: s.publish("valley", draft(), parent=None)):
        with pytest.raises(StoreError, match="this GeoPackage is not a store of revisions; nothing is written into it"):
            use(open_store(path))
    assert path.read_bytes() == before


def make_foreign(folder: Path) -> Path:
    path = folder / "foreign.gpkg"
    geopandas.GeoDataFrame({"id": ["a"]}, geometry=[square(0, 0, 1)], crs="EPSG:4548").to_file(path, driver="GPKG")
    return path


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE things (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="this database is not a store of revisions"):
        open_store(path).publish("valley", draft(), parent=None)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened or made"):
        open_store(tmp_path).history("valley")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "store.gpkg"
    assert open_store(path).plans() == ()
    with pytest.raises(
        StoreError, match=r"missing/store\.gpkg: the file cannot be opened or made\. Name a file in a folder"
    ):
        open_store(path).publish("valley", draft(), parent=None)


def test_an_empty_file_is_an_empty_store(tmp_path: Path) -> None:
    path = tmp_path / "store.gpkg"
    path.touch()
    assert open_store(path).plans() == ()
    assert open_store(path).publish("valley", draft(), parent=None).number == 1


def test_a_file_cut_off_is_told_of_and_not_written_to(published: Path) -> None:
    with published.open("r+b") as file:
        file.truncate(published.stat().st_size // 2)
    before = published.read_bytes()
    for use in (lambda s: s.verify(), lambda s: s.publish("valley", draft_of(3), parent=2)):
        with pytest.raises(StoreError, match="the file is damaged or was cut off"):
            use(open_store(published))
    assert published.read_bytes() == before


def test_pages_overwritten_are_found_by_verify_or_told_of(published: Path) -> None:
    content = bytearray(published.read_bytes())
    content[-20_000:-4_000] = os.urandom(16_000)
    published.write_bytes(content)
    try:
        assert open_store(published).verify() != ()
    except StoreError as error:
        assert "damaged" in error.line("en")  # noqa: PT017 - either way of telling is right


def test_a_store_of_a_newer_format_is_refused(published: Path) -> None:
    connection = sqlite3.connect(published)
    connection.execute("INSERT INTO geoplan_migration VALUES ('003-future', '2031-01-01T00:00:00+00:00')")
    connection.commit()
    connection.close()
    message = "this store has format 3; this version of geoplan reads formats up to 2. Install the newest version"
    for use in (lambda s: s.history("valley"), lambda s: s.publish("valley", draft_of(3), parent=2)):
        with pytest.raises(StoreError, match=message):
            use(open_store(published))


def test_a_store_locked_by_another_process_is_told_of_after_a_while(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpkg, "BUSY_TIMEOUT_S", 0.2)
    other = sqlite3.connect(published, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for use in (
        lambda s: s.history("valley"),
        lambda s: s.publish("valley", draft_of(3), parent=2, patience=Patience(0.2)),
    ):
        with pytest.raises(StoreError, match=r"the store is locked by another process\. Wait until it is done"):
            use(open_store(published))
    other.execute("ROLLBACK")
    other.close()
    require_intact(published)


def test_a_publish_waits_for_a_lock_that_is_given_back(published: Path) -> None:
    other = sqlite3.connect(published, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
    assert open_store(published).publish("valley", draft_of(3), parent=2).number == 3
    other.close()


def test_who_must_wait_for_another_writer_is_told_and_publishes_when_it_is_done(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpkg, "TELL_AFTER_S", 0.1)
    other = sqlite3.connect(published, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    told: list[Text] = []

    def tell(text: Text) -> None:
        told.append(text)
        other.execute("ROLLBACK")

    patience = Patience(60.0, tell)
    assert open_store(published).publish("valley", draft_of(3), parent=2, patience=patience).number == 3
    assert [text.en for text in told] == ["waiting for another process that writes into the store."]
    other.close()


def test_a_publish_that_waits_for_nobody_tells_nobody(published: Path) -> None:
    told: list[Text] = []
    open_store(published).publish("valley", draft_of(3), parent=2, patience=Patience(60.0, told.append))
    assert told == []


def test_a_reader_such_as_qgis_does_not_stop_a_publish(published: Path) -> None:
    reader = sqlite3.connect(published)
    rows = reader.execute("SELECT id FROM zones_valley").fetchall()
    assert open_store(published).publish("valley", draft_of(3), parent=2).number == 3
    assert reader.execute("SELECT id FROM zones_valley").fetchall() == rows
    reader.close()


def test_a_disk_that_fails_or_is_full_in_the_middle_loses_nothing(published: Path) -> None:
    size = published.stat().st_size
    for room in (0, 4096, 20_000, 60_000):
        done = publisher("limited", published, 3, size + room)
        assert done.returncode == 4, done.stdout + done.stderr
        assert done.stdout.count("\n") == 1
        assert "the disk" in done.stdout
        assert "nothing was written" in done.stdout
    require_intact(published)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    path = small_disk / "store.gpkg"
    store = open_store(path)
    for number in (1, 2):
        store.publish("valley", draft_of(number), parent=number - 1 or None)
    store.close()
    filler = small_disk / "filler"
    filler.write_bytes(bytes(2 * 2**20 - path.stat().st_size - 30_000))
    with pytest.raises(StoreError, match=r"the disk is full; nothing was written\. Free some space") as caught:
        open_store(path).publish("valley", draft_of(3), parent=2)
    assert caught.value.exit_code == 4
    filler.unlink()
    require_intact(path)


@pytest.fixture
def theirs(published: Path) -> Iterator[Path]:
    """A store in a folder of its own that everybody may reach, owned by nobody where the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="geoplan-"))
    path = folder / "store.gpkg"
    shutil.copy(published, path)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(path, NOBODY, NOBODY)
    yield path
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o755), (0o644, 0o555), (0o444, 0o555)])
def test_a_read_only_store_can_be_read_and_not_written(theirs: Path, file_mode: int, folder_mode: int) -> None:
    theirs.chmod(file_mode)
    theirs.parent.chmod(folder_mode)
    done = publisher("unprivileged", theirs, 3)
    theirs.parent.chmod(0o755)
    theirs.chmod(0o644)
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stdout.count("\n") == 1
    assert "read-only" in done.stdout
    require_intact(theirs)


def test_one_connection_in_write_ahead_mode_as_qgis_leaves_it_is_no_trouble(published: Path) -> None:
    editor = sqlite3.connect(published)
    assert editor.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    editor.execute("SELECT count(*) FROM zones_valley").fetchone()
    store = open_store(published)
    assert store.publish("valley", draft_of(3), parent=2).number == 3
    assert store.verify() == ()
    store.close()
    editor.close()


def test_zones_of_the_largest_plan_fit_one_query(file_backend: FileBackend) -> None:
    store = file_backend.open()
    store.publish("valley", draft(squares(2500)), parent=None)
    assert len(store.zones("valley")) == 2500
