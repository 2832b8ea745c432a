"""The store as one GeoPackage file, through the SQLite of the standard library.

The rollback journal of SQLite stays as it is (no WAL): the store is one file that can be copied, sent
and kept on a network drive, where shared memory does not work. `synchronous = EXTRA` makes a published
revision outlive a power cut as well as a kill.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoplan.store import gpkg_format
from geoplan.store.base import Draft, Patience, Problem, Revision
from geoplan.store.database import Database, Dialect, batched
from geoplan.store.gpkg_errors import closed, explained, not_a_store
from geoplan.store.layers import Layer
from geoplan.store.migrations import MIGRATIONS, Migration, applied, apply, require_known
from geoplan.store.sql import SqlStore
from geoplan.types import Text

BUSY_TIMEOUT_S = 60.0  # for who writes a city's revision to be done; of smaller ones nobody notices
TELL_AFTER_S = 1.0  # of waiting for another writer
_OTHERS = Text("waiting for another process that writes into the store.", "正在等待写入该存储的另一进程。")
_PARAMETERS = 500  # of one statement; older builds of SQLite take 999

_APPEND_ONLY = "'revisions are never changed'"
SQLITE = Dialect(
    blob="BLOB",
    real="REAL",
    integer="INTEGER",
    without_rowid="WITHOUT ROWID",
    forbid_change=tuple(
        f"CREATE TRIGGER {{table}}_no_{action.lower()} BEFORE {action} ON {{table}} "
        f"BEGIN SELECT RAISE(ABORT, {_APPEND_ONLY}); END"
        for action in ("UPDATE", "DELETE")
    ),
)


class _Connection:
    """A `Database` over one SQLite connection."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self._connection.execute(sql, parameters).fetchall()

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement."""
        self._connection.execute(sql, parameters)

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query as SQLite finds them."""
        yield from self._connection.execute(sql, parameters)

    def add(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows by one prepared statement, each as it comes."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own
        self._connection.executemany(sql, rows)

    def settle(self, table: str) -> None:
        """Do nothing: the keys of the tables say all that SQLite needs to know."""

    def having(self, table: str, column: str, keys: Sequence[Any]) -> set[Any]:
        """Return which of the keys stand in a column."""
        found: set[Any] = set()
        for batch in batched(keys, _PARAMETERS):
            marks = ", ".join("?" * len(batch))
            sql = f"SELECT {column} FROM {table} WHERE {column} IN ({marks})"  # noqa: S608 - names of our own
            found.update(key for (key,) in self.rows(sql, batch))
        return found


class GeoPackageStore(SqlStore):
    """A `Store` in the GeoPackage at `path`, made by the first publish; until then it reads as empty.

    One object may be used from several threads; any number of processes may use one file.
    `migrations` are the steps to the current format.
    """

    def __init__(self, path: str | Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self.path = Path(path)
        self.where = str(path)
        self._migrations = migrations
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._busy_s: float | None = None
        self._closed = False

    def close(self) -> None:
        """Release the file; using the store afterwards raises StoreError."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened_anew(self) -> GeoPackageStore:
        return GeoPackageStore(self.path, migrations=self._migrations) if self._closed else self

    def publish(self, plan: str, draft: Draft, *, parent: int | None, patience: Patience | None = None) -> Revision:
        """Append a revision; see `Store.publish`. A large one of another process keeps readers out for a while too."""
        with self._lock:
            self._busy_s = max((patience or Patience()).seconds, 0.0)
            try:
                return super().publish(plan, draft, parent=parent, patience=patience)
            finally:
                self._busy_s = None

    @contextmanager
    def _reading(self) -> Iterator[Database | None]:
        with self._lock, explained(self.where):
            if self._closed:
                raise closed(self.where)
            # A file of no bytes is what a kill during the very first publish leaves.
            if self._connection is None and not (
                self.path.exists() and (self.path.is_dir() or self.path.stat().st_size)
            ):
                yield None
                return
            connection = self._connected("rw")
            db = _Connection(connection)
            with _transaction(connection, "BEGIN"):
                ours = self._require_ours(db)
                if ours and len(applied(db)) == len(self._migrations):
                    yield db
                    return
            if not ours:
                yield None
                return
            self._upgrade(connection)
            with _transaction(connection, "BEGIN"):
                yield db

    @contextmanager
    def _writing(
        self,
        author: str = "",  # noqa: ARG002 - a file cannot tell who writes into it
        patience: Patience | None = None,
    ) -> Iterator[Database]:
        with self._lock, explained(self.where):
            if self._closed:
                raise closed(self.where)
            connection = self._connected("rwc")
            self._upgrade(connection)
            with _transaction(connection, "BEGIN IMMEDIATE", patience):
                db = _Connection(connection)
                self._require_ours(db)
                yield db

    def _draw(self, db: Database, layers: Iterable[Layer]) -> None:
        for layer in layers:
            gpkg_format.draw(db, layer)

    def _damage(self, db: Database) -> Iterable[Problem]:
        for (line,) in db.rows("PRAGMA integrity_check(10)"):
            if line != "ok":
                yield Problem("", None, Text(f"the file is damaged: {line}.", f"文件损坏：{line}。"))

    def _shows(self, db: Database, layer: Layer) -> bool:
        return gpkg_format.shows(db, layer)

    def _connected(self, mode: str) -> sqlite3.Connection:
        if self._connection is None:
            # SQLite itself falls back to reading alone where writing is not permitted.
            uri = f"{self.path.absolute().as_uri()}?mode={mode}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            try:
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA trusted_schema = OFF")  # nothing in a file we did not write is run
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection
        seconds = BUSY_TIMEOUT_S if self._busy_s is None else self._busy_s
        self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        return self._connection

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        """Make an empty file a store, and take the steps an older one lacks, one transaction each."""
        db = _Connection(connection)
        with _transaction(connection, "BEGIN"):
            ours = self._require_ours(db)
            if ours and len(applied(db)) == len(self._migrations):
                return
        if not ours:
            with _transaction(connection, "BEGIN IMMEDIATE"):
                if not self._require_ours(db):  # another process may have been first
                    gpkg_format.create(db)
                    apply(db, self._migrations[0], _now())
                    gpkg_format.register(db)
        while True:
            with _transaction(connection, "BEGIN IMMEDIATE"):
                self._require_ours(db)
                taken = len(applied(db))
                if taken == len(self._migrations):
                    return
                apply(db, self._migrations[taken], _now())
                gpkg_format.register(db)

    def _require_ours(self, db: Database) -> bool:
        """Return whether the file is a store, False for an empty one; StoreError for another program's file."""
        names = {name for (name,) in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names:
            return False
        if "geoplan_migration" not in names:
            raise not_a_store(self.where, geopackage="gpkg_contents" in names)
        require_known(applied(db), self._migrations, self.where)
        return True


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str, patience: Patience | None = None) -> Iterator[None]:
    if _under_way(connection):  # a read inside a read sees the same state
        yield
        return
    with _telling(patience) if patience is not None else nullcontext():
        connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if _under_way(connection):  # some failures undo everything by themselves
            connection.execute("ROLLBACK")


@contextmanager
def _telling(patience: Patience) -> Iterator[None]:
    """Tell whoever waits inside the block that it does, unless that is over in a moment."""
    timer = threading.Timer(TELL_AFTER_S, patience.tell or (lambda _: None), (_OTHERS,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _under_way(connection: sqlite3.Connection) -> bool:
    return connection.in_transaction


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
