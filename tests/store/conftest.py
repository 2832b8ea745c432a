"""Both kinds of store, each fresh for every test; `backend` runs a test on both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from geoplan.store import Store, open_store
from tests.store.server import DATABASE, RESET, Server, running, server_folder


class Backend:
    """One empty store: opened as often as a test wants, and reached behind its back."""

    kind = ""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opened: list[Store] = []

    def open(self) -> Store:
        store = open_store(self.address)
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()

    def tamper(self, sql: str, parameters: tuple[Any, ...] = ()) -> None:
        """Run SQL (with ? for parameters) as somebody would who takes the guards off first."""
        raise NotImplementedError

    def ask(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the tables themselves."""
        raise NotImplementedError

    def plainly(self, sql: str) -> None:
        """Run SQL with the guards on."""
        raise NotImplementedError


class FileBackend(Backend):
    kind = "gpkg"

    def tamper(self, sql: str, parameters: tuple[Any, ...] = ()) -> None:
        connection = sqlite3.connect(self.address)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(sql, parameters)
        for _, text in triggers:
            connection.execute(text)
        connection.commit()
        connection.close()

    def ask(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.address)
        rows = connection.execute(sql, parameters).fetchall()
        connection.close()
        return rows

    def plainly(self, sql: str) -> None:
        connection = sqlite3.connect(self.address)
        try:
            connection.execute(sql)
            connection.commit()
        finally:
            connection.close()


class ServerBackend(Backend):
    kind = "postgis"

    def tamper(self, sql: str, parameters: tuple[Any, ...] = ()) -> None:
        with self.connection() as connection:
            connection.execute("SET session_replication_role = replica")  # no trigger runs
            connection.execute(sql.replace("?", "%s"), parameters)

    def ask(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self.connection() as connection:
            return connection.execute(sql.replace("%", "%%").replace("?", "%s"), parameters).fetchall()

    def plainly(self, sql: str) -> None:
        with self.connection() as connection:
            connection.execute(sql)

    def connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.address, options="-c search_path=geoplan,public", autocommit=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = server_folder()
    if programs is None:
        pytest.skip("PostgreSQL with PostGIS is not installed: run `make provision`")
    with running(programs) as started:
        yield started


@pytest.fixture
def file_backend(tmp_path: Path) -> Iterator[FileBackend]:
    backend = FileBackend(str(tmp_path / "store.gpkg"))
    yield backend
    backend.close()


@pytest.fixture
def server_backend(server: Server) -> Iterator[ServerBackend]:
    server.run(RESET, DATABASE)
    backend = ServerBackend(server.url(DATABASE))
    yield backend
    backend.close()


@pytest.fixture(params=["gpkg", "postgis"])
def backend(request: pytest.FixtureRequest) -> Backend:
    fixture = {"gpkg": "file_backend", "postgis": "server_backend"}[request.param]
    chosen: Backend = request.getfixturevalue(fixture)
    return chosen


@pytest.fixture
def store(backend: Backend) -> Store:
    return backend.open()
