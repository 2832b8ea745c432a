"""The store in a PostgreSQL database with PostGIS, for a team: the same tables and rules as the file.

Everything lies in the schema `geoplan`. One advisory lock lets one process at a time publish; reading
waits for nobody. Needs the driver psycopg (`pip install "geoplan[postgis]"`).
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
import psycopg.sql

from geoplan.store import postgis_layers
from geoplan.store import postgis_queue as queue
from geoplan.store.base import Patience
from geoplan.store.database import BATCH, Database, Dialect, batched
from geoplan.store.layers import Layer
from geoplan.store.migrations import MIGRATIONS, Migration, applied, apply, require_known
from geoplan.store.postgis_errors import closed, committing, explained, not_connected, shown, without_postgis
from geoplan.store.sql import SqlStore

CONNECT_TIMEOUT_S = 10
LOCK_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 600  # an index of a million zones on a busy server takes minutes
SCHEMA = "geoplan"
_SNAPSHOT, _LATEST = "REPEATABLE READ READ ONLY", "READ COMMITTED"
_MARKS = re.compile(r"""\"(?:[^"]|"")*\"|'(?:[^']|'')*'|\?|%""")

_POSTGIS_SCHEMA = (
    "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
)

POSTGRES = Dialect(
    blob="BYTEA",
    real="DOUBLE PRECISION",
    integer="BIGINT",
    without_rowid="",
    forbid_change=(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION geoplan_refuse()",
    ),
)


# What COPY sends for a column; PostGIS reads a geometry from the bytes of its EWKB.
_COPY_TYPES = {"TEXT": "text", "BLOB": "bytea", "INTEGER": "int8", "REAL": "float8", "BOOLEAN": "bool"}
_CURSORS = itertools.count(1)
_NO_EXTENSION = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.UndefinedFile,
)


class _Connection:
    """A `Database` over one psycopg connection."""

    dialect = POSTGRES

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query; bytes come in binary, not as text of twice their size."""
        with self._connection.cursor(binary=True) as cursor:
            return cursor.execute(_marked(sql), parameters).fetchall()

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement."""
        self._connection.execute(_marked(sql), parameters)

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query through a cursor of the server's."""
        with self._connection.cursor(name=f"geoplan_{next(_CURSORS)}") as cursor:
            cursor.itersize = BATCH
            cursor.execute(_marked(sql), parameters, binary=True)
            yield from cursor

    def add(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows by COPY in binary, a statement for each batch so that none runs for long."""
        names, types = ", ".join(columns), [_COPY_TYPES[kind] for kind in columns.values()]
        with self._connection.cursor() as cursor:
            for batch in batched(rows):
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
                    copy.set_types(types)
                    for row in batch:
                        copy.write_row(row)

    def settle(self, table: str) -> None:
        """Let PostgreSQL take samples; of a table of somebody else's it warns and does nothing."""
        self._connection.execute(f"ANALYZE {table}".encode())

    def having(self, table: str, column: str, keys: Sequence[Any]) -> set[Any]:
        """Return which of the keys stand in a column."""
        sql = f"SELECT {column} FROM {table} WHERE {column} = ANY(?)"  # noqa: S608 - names of our own
        return {key for batch in batched(keys) for (key,) in self.rows(sql, (batch,))}


class PostgisStore(SqlStore):
    """A `Store` in the PostgreSQL database at `url`; tables are made by the first publish.

    One object may be used from several threads. A connection that was lost is made anew by the next call.
    """

    def __init__(self, url: str, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self.where = shown(url)
        self._url = url
        self._migrations = migrations
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._lock = threading.RLock()
        self._closed = False

    def close(self) -> None:
        """Release the connection; using the store afterwards raises StoreError."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened_anew(self) -> PostgisStore:
        return PostgisStore(self._url, migrations=self._migrations) if self._closed else self

    @contextmanager
    def _reading(self) -> Iterator[Database | None]:
        with self._lock:
            connection = self._connected()
            with _transaction(connection, _SNAPSHOT, self.where):
                db = _Connection(connection)
                taken = self._taken(db)
                if taken == len(self._migrations):
                    yield db
                    return
            if not taken:
                yield None
                return
            self._upgrade(connection)
            with _transaction(connection, _SNAPSHOT, self.where):
                yield _Connection(connection)

    @contextmanager
    def _writing(self, author: str = "", patience: Patience | None = None) -> Iterator[Database]:
        with self._lock:
            connection = self._connected()
            self._upgrade(connection)
            with _transaction(connection, _LATEST, self.where, writing=True):
                db = _Connection(connection)
                queue.take_turn(db, author, patience or Patience(LOCK_TIMEOUT_S), self.where)
                self._taken(db)
                db.run("SET LOCAL geoplan.publishing = 'on'")
                yield db

    def _draw(self, db: Database, layers: Iterable[Layer]) -> None:
        for layer in layers:
            postgis_layers.draw(db, layer)

    def _shows(self, db: Database, layer: Layer) -> bool:
        return postgis_layers.shows(db, layer)

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._closed:
            raise closed(self.where)
        if self._connection is None or not _alive(self._connection):
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        try:
            connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, application_name="geoplan"
            )
        except (psycopg.Error, ValueError) as error:
            # What the driver says may repeat parts of the address, the password among them.
            raise not_connected(self.where, error) from None
        with explained(self.where):
            found = connection.execute(_POSTGIS_SCHEMA).fetchone()
            path = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, (SCHEMA, found[0] if found else "public")))
            connection.execute(psycopg.sql.SQL("SET search_path = {}").format(path))
            connection.execute(
                "SET client_min_messages = warning; "
                f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'; SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'"
            )
        return connection

    def _upgrade(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        """Make the schema where there is none, and take the steps an older store lacks, one transaction each."""
        with _transaction(connection, _LATEST, self.where):
            db = _Connection(connection)
            if self._taken(db) == len(self._migrations):
                return
        while True:
            with _transaction(connection, _LATEST, self.where, writing=True):
                db = _Connection(connection)
                queue.take_turn(db, "", Patience(LOCK_TIMEOUT_S), self.where)
                taken = self._taken(db)
                if taken == len(self._migrations):
                    return
                if not taken:
                    _create_schema(db, self.where)
                apply(db, self._migrations[taken], datetime.now(UTC).isoformat(timespec="seconds"))

    def _taken(self, db: Database) -> int:
        """Return how many steps the store has taken; StoreError when it is of a newer format."""
        # Not to_regclass: it may answer from a cache that is older than the lock just waited for.
        if not db.rows(
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = ? AND c.relname = 'geoplan_migration'",
            (SCHEMA,),
        ):
            return 0
        names = applied(db)
        require_known(names, self._migrations, self.where)
        return len(names)


def _create_schema(db: Database, where: str) -> None:
    if not db.rows("SELECT 1 FROM pg_extension WHERE extname = 'postgis'"):
        try:
            db.run("CREATE EXTENSION postgis SCHEMA public")
        except _NO_EXTENSION as error:
            raise without_postgis(where) from error
    db.run(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    db.run("CREATE TABLE geoplan.geoplan_migration (name TEXT NOT NULL PRIMARY KEY, applied TEXT NOT NULL)")
    db.run(
        "CREATE FUNCTION geoplan.geoplan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''revisions are never changed''; END'"
    )
    db.run(
        "CREATE FUNCTION geoplan.geoplan_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN IF current_setting(''geoplan.publishing'', true) IS DISTINCT FROM ''on'' THEN "
        "RAISE EXCEPTION ''published by geoplan: load a file to change it''; END IF; RETURN NULL; END'"
    )


@contextmanager
def _transaction(
    connection: psycopg.Connection[tuple[Any, ...]], mode: str, where: str, *, writing: bool = False
) -> Iterator[None]:
    if not _idle(connection):
        yield  # a read inside a read sees the same state
        return
    with explained(where):
        connection.execute(f"BEGIN ISOLATION LEVEL {mode}")
    done = False
    try:
        with explained(where, writing=writing):
            yield
        done = True
    finally:
        if not done and not connection.closed:
            with suppress(psycopg.OperationalError):  # lost in between: the server undoes it by itself
                connection.execute("ROLLBACK")
    with committing(where) if writing else explained(where):
        connection.execute("COMMIT")


def _idle(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    return connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def _alive(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Return whether a connection can be used: the server may have ended it while nobody looked."""
    if connection.closed:
        return False
    if not _idle(connection):
        return True
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


def _marked(sql: str) -> str:
    """Return SQL with the marks psycopg uses; what stands in quotes (a field may be called 100%?) is left as it is."""
    return _MARKS.sub(lambda match: "%s" if match[0] == "?" else match[0].replace("%", "%%"), sql)
