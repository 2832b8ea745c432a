"""Many zones at once, on both stores: in batches, whole or not at all, and of a difference only what differs."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from geoplan.errors import ConflictError, InputError, StoreError
from geoplan.store import Store, database, open_store
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, square
from tests.store.conftest import Backend, ServerBackend
from tests.store.drafts import TOML, draft, source, squares, zones_of
from tests.store.server import Server

MANY = database.BATCH + 3  # more than goes in one batch


def fabric(count: int = MANY, side: float = 10.0) -> dict[str, shapely.Polygon]:
    """Return squares of 10 m in rows of 100, called p0, p1, …"""
    places = np.arange(count)
    x, y = EAST + 10.0 * (places % 100), NORTH + 10.0 * (places // 100)
    return {f"p{place}": shape for place, shape in enumerate(shapely.box(x, y, x + side, y + side).tolist())}


def exact(layer: ZoneLayer) -> dict[str, bytes]:
    return dict(zip(layer.text("id"), shapely.to_wkb(layer.geometry).tolist(), strict=True))


def test_more_zones_than_one_batch_come_back_in_their_order_and_only_the_new_are_stored_again(backend: Backend) -> None:
    store = backend.open()
    first = fabric()
    store.publish("city", draft(first), parent=None)
    second = {zone: shape for zone, shape in first.items() if zone != "p7"}
    second |= {"p4097": square(EAST, NORTH - 50, 9), "new": square(EAST, NORTH - 90, 9)}
    revision = store.publish("city", draft(second), parent=1)
    assert (len(store.history("city")[0].zone_hashes), len(revision.zone_hashes)) == (MANY, MANY)
    for number, shapes in ((1, first), (2, second)):
        assert list(exact(store.zones("city", number)).items()) == [
            (zone, shapely.to_wkb(shape)) for zone, shape in shapes.items()
        ]
    assert backend.ask("SELECT count(*) FROM geoplan_zone") == [(MANY + 2,)]
    assert backend.ask("SELECT count(*) FROM geoplan_revision_zone WHERE number = 2") == [(3,)]
    assert backend.ask("SELECT count(*) FROM zones_city") == [(MANY,)]
    assert store.verify() == ()


@pytest.fixture
def walked(store: Store) -> Store:
    """Four revisions of three zones: z2 grows, z3 leaves and z4 comes, z2 shrinks back and z3 returns."""
    first = squares(3)
    grown = first | {"z2": square(EAST, NORTH, 50)}
    third = {"z1": first["z1"], "z2": grown["z2"], "z4": square(EAST, NORTH - 200, 30)}
    for place, shapes in enumerate((first, grown, third, first | {"z4": third["z4"]})):
        store.publish("valley", draft(shapes), parent=place or None)
    return store


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        (1, 2, {"z2": 10_000.0}, {"z2": 2500.0}),
        (2, 3, {"z3": 10_000.0}, {"z4": 900.0}),
        (1, 3, {"z2": 10_000.0, "z3": 10_000.0}, {"z2": 2500.0, "z4": 900.0}),
        (1, 4, {}, {"z4": 900.0}),
        (4, 1, {"z4": 900.0}, {}),
        (3, 3, {}, {}),
    ],
)
def test_the_zones_that_differ_between_two_revisions_are_found_in_both_directions(
    walked: Store, before: int, after: int, gone: dict[str, float], come: dict[str, float]
) -> None:
    for numbers, sides in (((before, after), (gone, come)), ((after, before), (come, gone))):
        found = [
            dict(zip(layer.text("id"), shapely.area(layer.geometry).tolist(), strict=True))
            for layer in walked.changed_zones("valley", *numbers)
        ]
        assert found == list(sides)


def test_another_order_and_a_re_export_are_no_difference(store: Store) -> None:
    shapes = squares(3)
    turned = {zone: shapely.reverse(shapes[zone]) for zone in ("z3", "z1", "z2")}
    store.publish("valley", draft(shapes), parent=None)
    store.publish("valley", draft(turned), parent=1)
    assert [len(side) for side in store.changed_zones("valley", 1, 2)] == [0, 0]
    assert list(store.zones("valley", 2).text("id")) == ["z3", "z1", "z2"]


def test_a_difference_with_a_revision_that_is_not_there_is_one_line(walked: Store) -> None:
    with pytest.raises(StoreError, match=r"has no revision 7\. Its revisions are 1 to 4"):
        walked.changed_zones("valley", 1, 7)


def test_a_history_counts_zones_that_leave_and_return_without_reading_them(walked: Store) -> None:
    past = walked.history("valley")
    walked.close()
    assert [len(revision.zone_hashes) for revision in past] == [3, 3, 3, 4]


def test_what_a_revision_holds_can_be_asked_after_its_store_was_closed(walked: Store) -> None:
    first, *_, last = walked.history("valley")
    walked.close()
    assert list(last.zone_hashes) == ["z1", "z2", "z3", "z4"]
    assert last.zone_hashes["z2"] == first.zone_hashes["z2"]
    assert pickle.loads(pickle.dumps(first.zone_hashes)) == first.zone_hashes  # noqa: S301 - our own
    with pytest.raises(KeyError):
        first.zone_hashes["z4"]


LONG = "长" * 100_000


def test_long_and_hostile_values_are_copied_as_text_and_nothing_else(backend: Backend) -> None:
    store = backend.open()
    nasty = [LONG, "\\N", "\\.", "a\tb\nc\r\\", "NULL\x00\ud800", None]
    shapes = {f"x\\N\t{place}'": square(EAST + 20 * place, NORTH, 10) for place in range(len(nasty))}
    shapes["x\\N\t1'"] = shapely.force_3d(shapes["x\\N\t1'"], 8.5)
    layer = zones_of(shapes, **{LONG: nasty, "1": nasty, "id; --": nasty})
    store.publish("city", draft(layer), parent=None)
    store.publish("city", draft(layer, message="again"), parent=1)
    back = store.zones("city")
    assert exact(back) == {zone: shapely.to_wkb(shape) for zone, shape in shapes.items()}
    assert back.geometry[1].has_z
    assert [list(back.fields[name]) for name in (LONG, "1", "id; --")] == [nasty] * 3
    shown = [text and text.replace("\x00", "\\x00").replace("\ud800", "\\ud800") for text in nasty]
    assert [text for (text,) in backend.ask('SELECT "1" FROM zones_city ORDER BY fid')] == shown
    assert store.verify() == ()


class Made(Sequence[Any]):
    """Rows that are there only while they are looked at."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        made = range(self.length)[index]
        return [self.row(place) for place in made] if isinstance(index, slice) else self.row(made)

    @staticmethod
    def row(place: int) -> dict[str, Any]:
        return {"id": f"z{place}", "area_m2": place / 7}


def test_a_check_whose_rows_are_made_as_they_are_written_is_kept_like_any_other(store: Store) -> None:
    rows = [Made.row(place) for place in range(1300)]
    plain = store.publish("valley", draft(check={"b": {"zones": rows, "a": {}}, "passed": True}), parent=None)
    lazy = store.publish("valley", draft(check={"passed": True, "b": {"a": {}, "zones": Made(1300)}}), parent=1)
    assert lazy.check_sha256 == plain.check_sha256
    assert store.check("valley", 2) == {"passed": True, "b": {"a": {}, "zones": rows}}


def test_a_file_is_read_from_where_it_lies_when_it_is_published(store: Store, tmp_path: Path) -> None:
    content = np.random.default_rng(3).bytes(5_000_000)
    path = tmp_path / "zones.gpkg"
    path.write_bytes(content)
    told = source(content)
    kept = store.publish("valley", draft(source=replace(told, content=path)), parent=None)
    path.unlink()
    assert kept.source_sha256 == told.sha256
    assert store.source("valley", 1) == content
    assert store.verify() == ()


def test_a_file_that_changed_or_went_away_publishes_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    path.write_bytes(b"other")
    told = replace(source(b"what was read"), content=path)
    with pytest.raises(InputError, match=r"边界\.zip: the file changed while it was being read"):
        store.publish("valley", draft(source=told), parent=None)
    path.unlink()
    with pytest.raises(InputError, match=r"边界\.zip: cannot be read \(No such file"):
        store.publish("valley", draft(source=told), parent=None)
    assert store.plans() == ()


# ------------------------------------------------------------------ PostGIS alone


@pytest.fixture
def published(server_backend: ServerBackend) -> ServerBackend:
    server_backend.open().publish("city", draft(fabric(50)), parent=None)
    return server_backend


HELD = "SELECT pg_advisory_{lock}(4711)"
HOLD = """CREATE FUNCTION geoplan.hold() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF NEW.zone = ''held'' THEN PERFORM pg_advisory_xact_lock(4711); END IF; RETURN NEW; END';
    CREATE TRIGGER hold BEFORE INSERT ON geoplan.geoplan_zone FOR EACH ROW EXECUTE FUNCTION geoplan.hold()"""


@pytest.fixture
def held(published: ServerBackend) -> Iterator[psycopg.Connection[Any]]:
    """A connection on whose lock a COPY waits that brings the zone “held”."""
    published.plainly(HOLD)
    with published.connection() as connection:
        connection.execute(HELD.format(lock="lock"))
        yield connection


def waiting(connection: psycopg.Connection[Any], query: str) -> int:
    """Return the process of the server in which a query waits for an advisory lock."""
    for _ in range(400):
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE %s AND wait_event = 'advisory'", (query,)
        ).fetchall()
        if found:
            return int(found[0][0])
        time.sleep(0.05)
    pytest.fail(f"nothing like {query} is waiting")


COPYING, QUEUEING = "COPY geoplan_zone%", "SELECT pg_advisory_xact_lock%"


def grown() -> dict[str, shapely.Polygon]:
    return fabric(50, side=9.0) | {"held": square(EAST, NORTH - 50, 5)}


def require_as_it_was(backend: ServerBackend) -> None:
    store = backend.open()
    assert [revision.number for revision in store.history("city")] == [1]
    assert backend.ask("SELECT count(*) FROM geoplan_zone") == [(50,)]
    assert backend.ask("SELECT count(*), sum(ST_Area(geom)) FROM zones_city") == [(50, 5000.0)]
    assert store.verify() == ()


def test_a_connection_broken_in_the_middle_of_a_copy_leaves_nothing(
    published: ServerBackend, held: psycopg.Connection[Any]
) -> None:
    raised: list[StoreError] = []

    def work() -> None:
        with pytest.raises(StoreError, match=r"connection to the database was lost; nothing was written") as caught:
            published.open().publish("city", draft(grown()), parent=1)
        raised.append(caught.value)

    publisher = threading.Thread(target=work)
    publisher.start()
    held.execute("SELECT pg_terminate_backend(%s)", (waiting(held, COPYING),))
    publisher.join()
    assert [error.exit_code for error in raised] == [4]
    require_as_it_was(published)
    held.execute(HELD.format(lock="unlock"))
    assert published.open().publish("city", draft(grown()), parent=1).number == 2


def test_a_second_publisher_waits_for_the_copy_of_the_first_and_is_told_of_the_conflict(
    published: ServerBackend, held: psycopg.Connection[Any]
) -> None:
    outcomes: dict[str, Any] = {}

    def work(name: str, shapes: dict[str, shapely.Polygon]) -> None:
        try:
            outcomes[name] = published.open().publish("city", draft(shapes, message=name), parent=1).number
        except ConflictError as error:
            outcomes[name] = (error.expected, error.current)

    first = threading.Thread(target=work, args=("first", grown()))
    first.start()
    waiting(held, COPYING)
    second = threading.Thread(target=work, args=("second", fabric(50, side=8.0)))
    second.start()
    waiting(held, QUEUEING)
    assert outcomes == {}
    assert len(published.open().history("city")) == 1  # readers wait for nobody
    held.execute(HELD.format(lock="unlock"))
    first.join()
    second.join()
    assert outcomes == {"first": 2, "second": (1, 2)}
    assert [revision.message for revision in published.open().history("city")] == ["first boundaries", "first"]
    assert published.open().verify() == ()


def test_only_rows_of_a_layer_that_differ_are_written_anew(published: ServerBackend) -> None:
    written = "SELECT id, xmin::text FROM zones_city"
    before = dict(published.ask(written))
    shapes = fabric(50) | {"p3": square(EAST, NORTH - 50, 5)}
    del shapes["p49"]
    published.open().publish("city", draft(shapes), parent=1)
    after = dict(published.ask(written))
    assert {zone for zone in after if after[zone] != before[zone]} == {"p3"}
    assert before.keys() - after.keys() == {"p49"}
    assert published.ask("SELECT ST_Area(geom) FROM zones_city WHERE id = 'p3'") == [(25.0,)]


def test_an_edit_behind_the_guards_that_moves_a_corner_is_mended_by_the_next_publish(published: ServerBackend) -> None:
    published.tamper("UPDATE zones_city SET geom = ST_Translate(geom, 1e-7, 0) WHERE id = 'p5'")
    published.tamper("DELETE FROM zones_city WHERE id = 'p6'")
    assert len(published.open().verify()) == 1
    published.open().publish("city", draft(fabric(50), message="again"), parent=1)
    assert published.open().verify() == ()


def test_a_team_that_may_make_no_temporary_tables_can_publish_all_the_same(server: Server) -> None:
    server.run("CREATE DATABASE strict")
    server.run("CREATE EXTENSION postgis", "strict")
    server.run("CREATE ROLE team LOGIN PASSWORD 't'")
    server.run("REVOKE TEMPORARY ON DATABASE strict FROM PUBLIC; GRANT CREATE ON DATABASE strict TO team")
    store = open_store(f"postgresql://team:t@127.0.0.1:{server.port}/strict")
    store.publish("city", draft(fabric(5), plan_toml=TOML), parent=None)
    store.publish("city", draft(fabric(4), plan_toml=TOML), parent=1)
    assert store.verify() == ()
    store.close()
    server.run("DROP DATABASE strict")
    server.run("DROP ROLE team")
