"""What a server can do to a publish: each is one clear line with exit code 4, and nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from geoplan.errors import StoreError
from geoplan.store import Patience, open_store, postgis, postgis_queue
from geoplan.types import Text
from tests.store.conftest import ServerBackend
from tests.store.drafts import draft
from tests.store.publisher import draft_of
from tests.store.server import DATABASE, PASSWORD, Server, free_port

PUBLISH_LOCK = "SELECT pg_advisory_lock(x'67656F706C616E'::bigint)"


@pytest.fixture
def published(server_backend: ServerBackend) -> ServerBackend:
    """A store of two revisions."""
    store = server_backend.open()
    for number in (1, 2):
        store.publish("valley", draft_of(number), parent=number - 1 or None)
    return server_backend


def require_intact(backend: ServerBackend) -> None:
    store = backend.open()
    assert store.verify() == ()
    assert [revision.number for revision in store.history("valley")] == [1, 2]
    assert store.publish("valley", draft_of(3), parent=2).number == 3


def ended(backend: ServerBackend, condition: str) -> None:
    """End the connections of geoplan that meet a condition, as an administrator or a failing network would."""
    ask = (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'geoplan%' AND {condition}"  # noqa: S608
    )
    with backend.connection() as connection:
        for _ in range(100):
            if connection.execute(ask).fetchall():
                return
            time.sleep(0.05)
    pytest.fail("no connection to end")


def test_a_connection_lost_in_the_middle_of_a_publish_writes_nothing(published: ServerBackend) -> None:
    store = published.open()
    store.history("valley")
    with published.connection() as blocker:
        blocker.execute(PUBLISH_LOCK)  # the publish waits inside its transaction
        killer = threading.Thread(target=ended, args=(published, "wait_event_type = 'Lock'"))
        killer.start()
        with pytest.raises(
            StoreError, match=r"the connection to the database was lost; nothing was written\."
        ) as caught:
            store.publish("valley", draft_of(3), parent=2)
        killer.join()
    assert caught.value.exit_code == 4
    require_intact(published)


def test_a_connection_lost_after_the_rows_were_written_writes_nothing(
    published: ServerBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = published.open()
    draw = postgis.PostgisStore._draw

    def draw_and_lose(*arguments: object) -> None:
        draw(*arguments)  # type: ignore[arg-type]
        ended(published, "state = 'idle in transaction'")

    monkeypatch.setattr(postgis.PostgisStore, "_draw", draw_and_lose)
    with pytest.raises(
        StoreError, match=r"the revision is there either wholly or not at all\. Look at `geoplan history`"
    ):
        store.publish("valley", draft_of(3), parent=2)
    monkeypatch.undo()
    require_intact(published)


def test_a_connection_lost_while_idle_is_made_anew(published: ServerBackend) -> None:
    store = published.open()
    assert len(store.history("valley")) == 2
    ended(published, "state = 'idle'")
    assert len(store.history("valley")) == 2


def test_a_lock_that_is_not_given_back_is_told_of(published: ServerBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgis, "LOCK_TIMEOUT_S", 0.2)
    locked = "the store is locked by another process, for 0.2 s by now: database user planner is writing; nothing was"
    with published.connection() as blocker:
        blocker.execute(PUBLISH_LOCK)
        store = published.open()
        for use in (
            lambda: store.publish("valley", draft_of(3), parent=2, patience=Patience(0.2)),
            lambda: store.drop_draft("valley", "none", version=1),  # what takes no patience waits as for any lock
        ):
            with pytest.raises(StoreError, match=locked):
                use()
    require_intact(published)


def test_who_waits_is_told_for_whom_and_since_when_and_publishes_when_it_is_done(published: ServerBackend) -> None:
    told: list[Text] = []

    def tell(text: Text) -> None:
        told.append(text)
        blocker.rollback()

    blocker = psycopg.connect(published.address, options="-c search_path=geoplan,public")
    since = datetime(2026, 11, 22, 9, 5, 30, tzinfo=UTC)
    blocker.execute(PUBLISH_LOCK.replace("lock(", "xact_lock("))
    blocker.execute("SELECT set_config('application_name', %s, true)", (postgis_queue.session_name("李 丽娟", since),))
    revision = published.open().publish("valley", draft_of(3), parent=2, patience=Patience(60.0, tell))
    blocker.close()
    assert revision.number == 3
    assert [text.en for text in told] == ["waiting: 李 丽娟 has been publishing since 2026-11-22 09:05:30 UTC."]
    assert [text.zh for text in told] == ["正在等待：李 丽娟 自 2026-11-22 09:05:30 UTC 起正在发布。"]


def test_the_limits_of_every_other_statement_are_as_before_after_waiting(published: ServerBackend) -> None:
    blocker = psycopg.connect(published.address)
    blocker.execute(PUBLISH_LOCK.replace("lock(", "xact_lock("))
    store = published.open()
    assert isinstance(store, postgis.PostgisStore)
    with store._writing("Li", Patience(60.0, lambda _: blocker.rollback())) as db:
        limits = [db.rows(f"SHOW {name}")[0][0] for name in ("lock_timeout", "statement_timeout")]
    blocker.close()
    assert limits == ["10s", "10min"]


def test_a_publisher_is_known_by_the_name_of_its_session_and_by_its_own_name_after(published: ServerBackend) -> None:
    store = published.open()
    assert isinstance(store, postgis.PostgisStore)
    ask = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'geoplan %'"
    with store._writing("Wang & Li"):
        ((during,),) = published.ask(ask)
    assert during.endswith("Z Wang %26 Li")
    assert published.ask(ask) == []


@pytest.mark.parametrize(
    ("author", "kept"),
    [
        ("Wang Li", "Wang Li"),
        ("王丽娟", "王丽娟"),
        ("王丽娟欧阳", "王丽娟欧"),  # 63 bytes are all there is
        ("a\x1b[31m", "a\\x1b[31m"),
        ("", ""),
    ],
)
def test_a_name_that_fits_comes_back_from_the_name_of_a_session(author: str, kept: str) -> None:
    since = datetime(2026, 11, 22, 9, 5, 30, tzinfo=UTC)
    session = postgis_queue.session_name(author, since)
    assert session.isascii()
    assert len(session) <= 63
    assert postgis_queue.publisher(session) == (kept, since)


@pytest.mark.parametrize("session", ["", "geoplan", "QGIS 3.34", "geoplan 2026 Li", "geoplan 20269922T090530Z Li"])
def test_the_session_of_another_program_tells_of_no_publisher(session: str) -> None:
    assert postgis_queue.publisher(session) is None


def test_a_reader_in_a_long_transaction_does_not_stop_a_publish(published: ServerBackend) -> None:
    with published.connection() as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        before = reader.execute("SELECT id, ST_AsBinary(geom) FROM zones_valley ORDER BY fid").fetchall()
        assert published.open().publish("valley", draft_of(3), parent=2).number == 3
        assert reader.execute("SELECT id, ST_AsBinary(geom) FROM zones_valley ORDER BY fid").fetchall() == before


def test_a_store_of_a_newer_format_is_refused(published: ServerBackend) -> None:
    published.plainly("INSERT INTO geoplan_migration VALUES ('003-future', '2031-01-01T00:00:00+00:00')")
    message = "this store has format 3; this version of geoplan reads formats up to 2. Install the newest version"
    store = published.open()
    for use in (lambda: store.history("valley"), lambda: store.publish("valley", draft_of(3), parent=2)):
        with pytest.raises(StoreError, match=message):
            use()


@pytest.fixture
def reader(published: ServerBackend, server: Server) -> Iterator[str]:
    """The address of the store for a user who may only read it."""
    server.run("CREATE ROLE guest LOGIN PASSWORD 'g'", DATABASE)
    server.run("GRANT USAGE ON SCHEMA geoplan TO guest", DATABASE)
    server.run("GRANT SELECT ON ALL TABLES IN SCHEMA geoplan TO guest", DATABASE)
    yield f"postgresql://guest:g@127.0.0.1:{server.port}/{DATABASE}"
    server.run("DROP OWNED BY guest", DATABASE)
    server.run("DROP ROLE guest", DATABASE)


def test_a_user_who_may_only_read_reads_and_is_refused_a_publish(published: ServerBackend, reader: str) -> None:
    store = open_store(reader)
    assert len(store.history("valley")) == 2
    assert len(store.zones("valley")) == 12
    assert store.verify() == ()
    with pytest.raises(StoreError, match=r"this user may not do that in the database; nothing was written\. Ask"):
        store.publish("valley", draft_of(3), parent=2)
    store.close()
    require_intact(published)


def test_a_read_only_database_is_told_of(published: ServerBackend, server: Server) -> None:
    server.run(f"ALTER DATABASE {DATABASE} SET default_transaction_read_only = on")
    store = published.open()
    assert len(store.history("valley")) == 2
    with pytest.raises(StoreError, match="the database is read-only; nothing was written"):
        store.publish("valley", draft_of(3), parent=2)
    store.close()
    server.run(
        f"SET default_transaction_read_only = off; ALTER DATABASE {DATABASE} RESET default_transaction_read_only"
    )
    require_intact(published)


def test_a_database_without_postgis_says_what_to_ask_for(server: Server) -> None:
    server.run("CREATE DATABASE bare")
    server.run("CREATE ROLE plain LOGIN PASSWORD 'p'")
    server.run("GRANT CREATE ON DATABASE bare TO plain")
    store = open_store(f"postgresql://plain:p@127.0.0.1:{server.port}/bare")
    assert store.plans() == ()
    with pytest.raises(StoreError, match=r"the database has no PostGIS extension\. Ask the administrator"):
        store.publish("valley", draft(), parent=None)
    store.close()
    server.run("DROP DATABASE bare")
    server.run("DROP ROLE plain")


def test_postgis_is_switched_on_where_that_is_permitted(server: Server) -> None:
    server.run("CREATE DATABASE fresh")
    store = open_store(server.url("fresh"))
    assert store.publish("valley", draft(), parent=None).number == 1
    assert store.verify() == ()
    store.close()
    server.run("DROP DATABASE fresh")


def test_postgis_may_live_in_a_schema_of_its_own(server: Server) -> None:
    server.run("CREATE DATABASE apart")
    server.run("CREATE SCHEMA gis", "apart")
    server.run("CREATE EXTENSION postgis SCHEMA gis", "apart")
    store = open_store(server.url("apart"))
    store.publish("valley", draft(), parent=None)
    assert store.verify() == ()
    store.close()
    server.run("DROP DATABASE apart")


SECRETS = (PASSWORD, PASSWORD.replace("/", "%2F"), "s3cret", "pass@word", "p%ss")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://planner:s3cret@127.0.0.1:{free}/store", "the database cannot be reached"),
        ("postgresql://planner:s3cret@127.0.0.1:{port}/store", "the database refused the user or password"),
        ("postgresql://planner@127.0.0.1:{port}/store?password=s3cret", "the database refused the user or password"),
        ("postgresql://planner:s3cret%3A%2Fpass@127.0.0.1:{port}/nowhere", "there is no such database or user"),
        ("postgresql://planner:s3cret/pass@127.0.0.1:{port}/store", "the database cannot be reached"),
        ("postgresql://planner:pass@word@127.0.0.1:{port}/store", "the database cannot be reached"),
        ("postgresql://planner:p%ss@127.0.0.1:{port}/store", "the database cannot be reached"),
        ("postgresql://planner:s3cret@127.0.0.1:{port}/store?mode=s3cret", "the database cannot be reached"),
    ],
)
def test_no_error_repeats_a_password(server: Server, address: str, message: str) -> None:
    store = open_store(address.format(port=server.port, free=free_port()))
    with pytest.raises(StoreError, match=message) as caught:
        store.plans()
    told = caught.value.line("en") + caught.value.line("zh") + repr(caught.value) + repr(store)
    assert not [secret for secret in SECRETS if secret in told]
    assert "postgresql://" in told
    assert caught.value.__cause__ is None


def test_an_address_is_shown_with_its_place(server: Server) -> None:
    store = open_store(server.url(DATABASE))
    with pytest.raises(StoreError, match=rf"^postgresql://127\.0\.0\.1:{server.port}/store: "):
        store.zones("nothing")
    store.close()


def test_two_connections_see_what_the_other_published(published: ServerBackend) -> None:
    one, two = published.open(), published.open()
    one.publish("valley", draft_of(3), parent=2)
    two.publish("valley", draft_of(4), parent=3)
    assert [revision.number for revision in one.history("valley")] == [1, 2, 3, 4]


def test_an_error_of_the_server_s_own_says_what_it_said(published: ServerBackend) -> None:
    published.tamper("ALTER TABLE geoplan_zone ADD CONSTRAINT small CHECK (length(geometry) < 10) NOT VALID")
    with pytest.raises(StoreError, match=r"the database refused: .*violates check constraint.*; nothing was written"):
        published.open().publish("valley", draft_of(3), parent=2)
    with published.connection() as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("INSERT INTO geoplan_zone VALUES ('x', 'x', 'x', 'x', 'x', '12345678901')")
