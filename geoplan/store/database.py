"""What both stores ask of a database connection, and the words in which their SQL differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names of column types and the ends of statements in one kind of database."""

    blob: str
    real: str
    integer: str
    without_rowid: str
    forbid_change: tuple[str, ...]
    """Statements that make {table} refuse UPDATE and DELETE; the message holds no apostrophe."""


class Database(Protocol):
    """A connection inside a transaction. SQL is written with `?` for parameters and `{…}` never."""

    dialect: Dialect

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        ...

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement."""
        ...

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once per row."""
        ...
