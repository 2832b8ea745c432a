"""What both stores ask of a database connection, and the words in which their SQL differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

BATCH = 4096  # rows in memory at a time, on their way into a database or out of it
Item = TypeVar("Item")


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

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, of which only BATCH are in memory at a time."""
        ...

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement."""
        ...

    def add(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows in bulk, a bounded number of them in memory at a time.

        `table` and the names of `columns` are SQL identifiers; a column's kind is TEXT, BLOB, INTEGER, REAL or
        BOOLEAN. A value is of its column's kind or None.
        """
        ...

    def settle(self, table: str) -> None:
        """Let the database learn what a table holds after many rows were added, to choose how it looks them up."""
        ...

    def having(self, table: str, column: str, keys: Sequence[Any]) -> set[Any]:
        """Return which of the keys stand in a column of texts or bytes."""
        ...


def batched(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
