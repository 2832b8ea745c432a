"""How a store gets from one format to the next: named steps, each in a transaction of its own.

The format of a store is the number of steps it has taken. A step is never changed once released; a new
format is a new step at the end, with its own page in docs/store.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geoplan.errors import StoreError
from geoplan.store.database import Database, Dialect
from geoplan.types import Text

# Tables whose rows are never changed or removed.
APPEND_ONLY = (
    "geoplan_zone",
    "geoplan_revision",
    "geoplan_revision_zone",
    "geoplan_blob",
    "geoplan_chunk",
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its `name` is what the store remembers, `statements` what it runs in a dialect."""

    name: str
    statements: Callable[[Dialect], Sequence[str]]


def _revisions(dialect: Dialect) -> Sequence[str]:
    blob, real, integer = dialect.blob, dialect.real, dialect.integer
    tables = (
        f"""CREATE TABLE geoplan_zone (
            hash TEXT NOT NULL PRIMARY KEY, sameness TEXT NOT NULL, zone TEXT NOT NULL, crs TEXT NOT NULL,
            fields TEXT NOT NULL, geometry {blob} NOT NULL)""",
        f"""CREATE TABLE geoplan_revision (
            plan TEXT NOT NULL, number {integer} NOT NULL, parent {integer}, parent_hash TEXT NOT NULL,
            hash TEXT NOT NULL, record_sha256 TEXT NOT NULL, zones_sha256 TEXT NOT NULL,
            time TEXT NOT NULL, author TEXT NOT NULL, message TEXT NOT NULL,
            source_path TEXT NOT NULL, source_sha256 TEXT NOT NULL, source_crs TEXT NOT NULL,
            source_operation TEXT NOT NULL, decision TEXT NOT NULL, total_m2 {real} NOT NULL,
            passed {integer} NOT NULL, plan_toml_sha256 TEXT NOT NULL, check_sha256 TEXT NOT NULL,
            tool_version TEXT NOT NULL, crs TEXT NOT NULL, fields TEXT NOT NULL, repairs TEXT NOT NULL,
            restored_from {integer}, PRIMARY KEY (plan, number))""",
        f"""CREATE TABLE geoplan_revision_zone (
            plan TEXT NOT NULL, number {integer} NOT NULL, zone TEXT NOT NULL, hash TEXT,
            since {integer} NOT NULL, place {integer} NOT NULL,
            PRIMARY KEY (plan, number, zone)) {dialect.without_rowid}""",
        f"""CREATE TABLE geoplan_blob (
            sha256 TEXT NOT NULL PRIMARY KEY, size {integer} NOT NULL, chunks {blob} NOT NULL)""",
        f"CREATE TABLE geoplan_chunk (sha256 {blob} NOT NULL PRIMARY KEY, data {blob} NOT NULL)",
    )
    guards = [statement.format(table=table) for table in APPEND_ONLY for statement in dialect.forbid_change]
    return (*tables, *guards)


def _drafts(dialect: Dialect) -> Sequence[str]:
    # Not append-only: a draft is work in progress, changed and thrown away at will.
    blob, integer = dialect.blob, dialect.integer
    return (
        f"""CREATE TABLE geoplan_draft (
            plan TEXT NOT NULL, id TEXT NOT NULL, version {integer} NOT NULL, name TEXT NOT NULL,
            author TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL, changed_by TEXT NOT NULL,
            parent {integer} NOT NULL, zones {integer} NOT NULL, content {blob} NOT NULL,
            PRIMARY KEY (plan, id))""",
    )


MIGRATIONS = (Migration("001-revisions", _revisions), Migration("002-drafts", _drafts))


def applied(db: Database) -> tuple[str, ...]:
    """Return the names of the steps a store has taken, in order; its table of them must exist."""
    return tuple(name for (name,) in db.rows("SELECT name FROM geoplan_migration ORDER BY name"))


def require_known(names: Sequence[str], migrations: Sequence[Migration], where: str) -> None:
    """Raise StoreError when the store has taken steps this version does not know: it is of a newer format."""
    known = [migration.name for migration in migrations]
    if list(names) != known[: len(names)]:
        raise StoreError(
            Text(
                f"this store has format {len(names)}; this version of geoplan reads formats up to {len(known)}.",
                f"该存储的格式版本为 {len(names)}，当前 geoplan 最高支持 {len(known)}。",
            ),
            where=where,
            hint=Text("Install the newest version of geoplan.", "请安装最新版本的 geoplan。"),
        )


def apply(db: Database, migration: Migration, time: str) -> None:
    """Take one step inside the transaction `db` is in."""
    for statement in migration.statements(db.dialect):
        db.run(statement)
    db.run("INSERT INTO geoplan_migration (name, applied) VALUES (?, ?)", (migration.name, time))
