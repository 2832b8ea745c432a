"""What both stores promise, on a real file and a real server."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from pathlib import Path

import numpy as np
import psycopg
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from geoplan.errors import ConflictError, InputError, StoreError
from geoplan.store import Store
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, make_layer, square
from tests.store.conftest import Backend
from tests.store.drafts import FACILITIES, FINDINGS, TOML, draft, source, squares, zones_of


def shapes_of(layer: ZoneLayer) -> dict[str, bytes]:
    """Return the exact bytes of each zone's geometry, in the layer's order."""
    return {zone: shapely.to_wkb(shape) for zone, shape in zip(layer.text("id"), layer.geometry, strict=True)}


def test_a_store_nobody_published_to_reads_as_empty(store: Store) -> None:
    assert store.plans() == ()
    assert store.history("valley") == ()
    assert store.revision("valley") is None
    assert store.verify() == ()


def test_reading_makes_no_file(file_backend: Backend) -> None:
    file_backend.open().history("valley")
    assert not Path(file_backend.address).exists()


def test_the_first_revision_says_what_was_published(store: Store) -> None:
    published = store.publish("valley", draft(), parent=None)
    assert store.revision("valley") == published
    assert store.revision("valley", 1) == published
    assert store.history("valley") == (published,)
    assert store.plans() == ("valley",)
    assert (published.plan, published.number, published.parent, published.parent_hash) == ("valley", 1, None, "0" * 64)
    assert (published.author, published.message) == ("Li Wei", "first boundaries")
    assert published.time == "2025-03-01T09:30:00+08:00"
    assert (published.source_path, published.source_crs) == ("边界.zip", "EPSG:4527")
    assert published.decision == {"verdict": "declared", "score": 0.998}
    assert (published.total_m2, published.passed, published.crs) == (30_000.0, True, "EPSG:4548")
    assert list(published.zone_hashes) == ["z1", "z2", "z3"]


def test_a_revision_continues_the_hash_of_the_one_before(store: Store) -> None:
    first = store.publish("valley", draft(), parent=None)
    second = store.publish("valley", draft(message="second"), parent=1)
    assert (second.number, second.parent, second.parent_hash) == (2, 1, first.hash)
    assert store.verify() == ()


def test_the_hash_is_that_of_the_documented_json(store: Store) -> None:
    published = store.publish("valley", draft(total_m2=1.5), parent=None)
    sha = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    zones = [[zone, hashlib.sha256(documented_zone(zone, shape)).hexdigest()] for zone, shape in squares().items()]
    fields = [["id", "object"], ["name_en", "object"], ["name_zh", "object"]]
    document = (
        '{"author":"Li Wei","check_sha256":"' + sha["check"] + '","crs":"EPSG:4548",'
        '"decision":{"score":0.998,"verdict":"declared"},"fields":' + compact(fields) + ","
        '"message":"first boundaries","number":1,"parent":null,"parent_hash":"' + "0" * 64 + '","passed":true,'
        '"plan":"valley","plan_toml_sha256":"' + sha["toml"] + '","repairs":[],"restored_from":null,'
        '"source_crs":"EPSG:4527","source_operation":"same datum","source_path":"边界.zip",'
        '"source_sha256":"' + sha["source"] + '","time":"2025-03-01T09:30:00+08:00","tool_version":"0.1.0",'
        '"total_m2":1.5,"zone_hashes":' + compact(zones) + "}"
    )
    assert published.hash == hashlib.sha256(document.encode()).hexdigest()


CONTENTS = {
    "source": b"the file as it came",
    "toml": TOML.encode(),
    "check": b'{"passed":true,"schema":"geoplan.check/1"}',
}


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def documented_zone(zone: str, shape: object) -> bytes:
    """Return the bytes docs/store.md says a zone's hash is taken of."""
    fields = compact({"id": zone, "name_en": f"Zone {zone}", "name_zh": f"区域 {zone}"})
    return compact([zone, "EPSG:4548", fields]).encode() + b"\n" + shapely.to_wkb(shape, byte_order=1)


def test_zones_come_back_bit_for_bit_and_in_their_order(store: Store) -> None:
    hole = Polygon(square(EAST, NORTH, 90).exterior, [square(EAST + 1 / 3, NORTH + 0.1, 7).exterior])
    shapes = {
        "late": shapely.reverse(square(EAST, NORTH, 0.1 + 0.2)),
        "hole": hole,
        "early": MultiPolygon([square(EAST + 200, NORTH, 5), square(EAST + 300, NORTH, 5)]),
        "high": shapely.force_3d(square(EAST + 400, NORTH, 5), 17.25),
    }
    store.publish("valley", draft(shapes), parent=None)
    back = store.zones("valley")
    assert shapes_of(back) == {zone: shapely.to_wkb(shape) for zone, shape in shapes.items()}
    assert list(back.text("id")) == ["late", "hole", "early", "high"]
    assert back.crs.to_epsg() == 4548
    assert (back.source.path, back.source.features) == ("边界.zip", 4)


def test_a_zone_may_lack_a_geometry(store: Store) -> None:
    store.publish("valley", draft({"z1": None, "z2": square(EAST, NORTH, 1)}), parent=None)
    assert store.zones("valley").geometry[0] is None
    assert store.verify() == ()


def test_fields_come_back_with_their_order_types_and_values(store: Store) -> None:
    layer = zones_of(
        squares(2), 备注=["“引号”\n\t'", None], area=[1.5, float("nan")], code=[7, "07"], flag=[True, False]
    )
    typed = layer.fields | {"count": np.array([3, 2**40]), "ratio": np.array([0.1, np.inf])}
    store.publish("valley", draft(ZoneLayer(layer.geometry, layer.crs, typed)), parent=None)
    back = store.zones("valley").fields
    assert list(back) == ["id", "name_en", "name_zh", "备注", "area", "code", "flag", "count", "ratio"]
    assert list(back["备注"]) == ["“引号”\n\t'", None]
    assert back["area"][0] == 1.5
    assert np.isnan(back["area"][1])
    assert list(back["code"]) == [7, "07"]
    assert [value is flag for value, flag in zip(back["flag"], (True, False), strict=True)] == [True, True]
    assert (back["count"].dtype, list(back["count"])) == (np.dtype("int64"), [3, 2**40])
    assert (back["ratio"].dtype, list(back["ratio"])) == (np.dtype("float64"), [0.1, np.inf])


def test_every_revision_stays_as_it_was_published(store: Store) -> None:
    shapes = squares(3)
    states = [
        shapes,
        shapes | {"z2": square(EAST, NORTH, 50)},
        {zone: shapes[zone] for zone in ("z1", "z3")},
        {zone: shapes[zone] for zone in ("z1", "z3", "z2")},
        {zone: shapes[zone] for zone in ("z3", "z2", "z1")},
        {"new": square(EAST, NORTH, 9), "z2": shapes["z2"]},
    ]
    for place, state in enumerate(states):
        store.publish("valley", draft(state), parent=place or None)
    for number, state in enumerate(states, start=1):
        assert list(shapes_of(store.zones("valley", number)).items()) == [
            (zone, shapely.to_wkb(shape)) for zone, shape in state.items()
        ]
        assert list(store.history("valley")[number - 1].zone_hashes) == list(state)
        assert store.revision("valley", number) == store.history("valley")[number - 1]
    assert store.verify() == ()


def test_an_unchanged_zone_is_stored_once(backend: Backend) -> None:
    store = backend.open()
    shapes = squares(3)
    store.publish("valley", draft(shapes), parent=None)
    store.publish("valley", draft(shapes | {"z2": square(EAST, NORTH, 50)}), parent=1)
    store.publish("valley", draft(shapes), parent=2)
    assert backend.ask("SELECT count(*) FROM geoplan_zone") == [(4,)]
    assert backend.ask("SELECT count(*) FROM geoplan_revision_zone") == [(5,)]


def test_a_re_export_that_moves_no_corner_keeps_the_zone_as_it_is_stored(backend: Backend) -> None:
    store = backend.open()
    store.publish("valley", draft(squares(2)), parent=None)
    ring = shapely.get_coordinates(squares(2)["z1"])[:-1] + 1e-6  # a thousandth of a millimetre
    turned = Polygon(np.roll(ring, 2, axis=0)[::-1])
    second = store.publish("valley", draft(squares(2) | {"z1": turned}), parent=1)
    assert second.zone_hashes == store.history("valley")[0].zone_hashes
    assert shapes_of(store.zones("valley"))["z1"] == shapely.to_wkb(squares(2)["z1"])
    moved = shapely.transform(squares(2)["z1"], lambda xy: xy + 1e-3)
    third = store.publish("valley", draft(squares(2) | {"z1": moved}), parent=2)
    assert third.zone_hashes["z1"] != second.zone_hashes["z1"]
    assert shapes_of(store.zones("valley"))["z1"] == shapely.to_wkb(moved)


def test_another_field_value_makes_another_zone(store: Store) -> None:
    first = store.publish("valley", draft(zones_of(squares(2), use=["R", "G"])), parent=None)
    second = store.publish("valley", draft(zones_of(squares(2), use=["R", "B"])), parent=1)
    assert first.zone_hashes["z1"] == second.zone_hashes["z1"]
    assert first.zone_hashes["z2"] != second.zone_hashes["z2"]


def test_a_restored_revision_adds_no_zone(backend: Backend) -> None:
    store = backend.open()
    store.publish("valley", draft(squares(2)), parent=None)
    store.publish("valley", draft({"z1": square(EAST, NORTH, 3)}), parent=1)
    before = backend.ask("SELECT count(*) FROM geoplan_zone")
    restored = store.publish("valley", draft(store.zones("valley", 1), restored_from=1), parent=2)
    assert (restored.number, restored.restored_from) == (3, 1)
    assert restored.zone_hashes == store.history("valley")[0].zone_hashes
    assert backend.ask("SELECT count(*) FROM geoplan_zone") == before


def test_a_publish_on_an_old_parent_is_told_of_the_conflict_and_writes_nothing(store: Store) -> None:
    store.publish("valley", draft(), parent=None)
    store.publish("valley", draft(message="theirs"), parent=1)
    for parent in (1, None, 7):
        with pytest.raises(ConflictError) as caught:
            store.publish("valley", draft(message="mine"), parent=parent)
        assert (caught.value.expected, caught.value.current, caught.value.exit_code) == (parent, 2, 4)
    assert [revision.message for revision in store.history("valley")] == ["first boundaries", "theirs"]
    assert store.verify() == ()


def test_a_parent_that_never_was_is_a_conflict_too(store: Store) -> None:
    with pytest.raises(ConflictError):
        store.publish("valley", draft(), parent=3)
    assert store.plans() == ()


def test_plans_are_independent_of_each_other(store: Store) -> None:
    store.publish("valley", draft(), parent=None)
    store.publish("hill", draft(squares(1)), parent=None)
    store.publish("hill", draft(squares(2)), parent=1)
    assert store.plans() == ("hill", "valley")
    assert [len(store.history(plan)) for plan in ("hill", "valley")] == [2, 1]
    assert len(store.zones("valley")) == 3
    assert store.verify() == ()


def test_the_file_the_plan_and_the_check_are_kept(store: Store) -> None:
    content = np.random.default_rng(1).bytes(300_000) + bytes(100_000)
    toml = TOML + "# 说明 \u2028\n"
    check = {"schema": "geoplan.check/1", "findings": [{"id": "gap-0123456789ab", "area_m2": 1.25}]}
    store.publish("valley", draft(content=content, plan_toml=toml, check=check), parent=None)
    store.publish("valley", draft(content=b"", check={}), parent=1)
    assert store.source("valley", 1) == content
    assert store.plan_toml("valley", 1) == toml
    assert store.check("valley", 1) == check
    assert store.source("valley", 2) == b""
    assert store.check("valley", 2) == {}
    assert store.verify() == ()


def test_repairs_and_decisions_come_back_as_json(store: Store) -> None:
    decision = {"candidates": [{"crs": "EPSG:4548", "score": np.float64(0.5)}], "名称": "甲"}
    revision = store.publish(
        "valley",
        draft(repairs=({"zone": "z1", "m2": 0.25},), source=source(b"x", decision=decision)),
        parent=None,
    )
    assert revision.repairs == ({"zone": "z1", "m2": 0.25},)
    assert revision.decision == {"candidates": [{"crs": "EPSG:4548", "score": 0.5}], "名称": "甲"}
    assert store.revision("valley") == revision


def test_an_unknown_revision_or_plan_is_one_clear_line(store: Store) -> None:
    with pytest.raises(StoreError, match=r"plan “valley” has no revisions\. Publish one with `geoplan load`"):
        store.zones("valley")
    store.publish("valley", draft(), parent=None)
    for ask in (store.revision, store.zones, store.source, store.plan_toml, store.check):
        with pytest.raises(StoreError, match=r"has no revision 7\. Its revisions are 1 to 1") as caught:
            ask("valley", 7)
        assert caught.value.exit_code == 4
    for number in (0, -1, 2**31, 2**63, 10**30):  # the last three are more than a column of numbers may hold
        for ask in (store.revision, store.zones, store.source):
            with pytest.raises(StoreError, match=f"has no revision {number}"):
                ask("valley", number)
        with pytest.raises(StoreError, match=f"has no revision {number}"):
            store.changed_zones("valley", 1, number)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["a", "a"], "zone “a” stands twice"),
        (["a", None], "feature #2 has no zone id"),
        (["a", "b\x00"], r"zone id “b\\x00” cannot be stored"),
        (["a", "\ud800"], r"zone id “\\ud800” cannot be stored"),
    ],
)
def test_zones_without_ids_of_their_own_are_refused(store: Store, ids: list[str], message: str) -> None:
    layer = make_layer([square(EAST, NORTH, 1), square(EAST, NORTH, 2)], ids=ids)
    with pytest.raises(InputError, match=message):
        store.publish("valley", draft(layer), parent=None)
    assert store.plans() == ()


def test_a_field_of_a_kind_no_file_has_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="field “odd” holds a object, which cannot be stored"):
        store.publish("valley", draft(zones_of(squares(1), odd=[object()])), parent=None)


def test_a_source_that_is_not_what_its_hash_says_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match=r"边界\.zip: the file changed while it was being read"):
        store.publish("valley", draft(source=source(b"x", sha256="0" * 64)), parent=None)
    assert store.plans() == ()


HOSTILE = "'; DROP TABLE geoplan_zone; --\"`${x}`%s ? </script>\x00\ud800\u202e"


def test_hostile_names_are_text_and_nothing_else(store: Store) -> None:
    layer = zones_of({"a'b\"?%s": square(EAST, NORTH, 1)})
    fields = dict(layer.fields)
    for name in (HOSTILE, "fid", "geom", "GEOM", "Name", "name", "100%?", "", "长" * 80):
        fields[name] = np.array([HOSTILE], dtype=object)
    evil = draft(
        ZoneLayer(layer.geometry, layer.crs, fields),
        author=HOSTILE,
        message=HOSTILE,
        plan_toml=HOSTILE,
        check={HOSTILE: HOSTILE},
    )
    revision = store.publish("valley", evil, parent=None)
    clean = HOSTILE.replace("\x00", "\\x00").replace("\ud800", "\\ud800")
    assert (revision.author, revision.message) == (clean, clean)
    assert store.plan_toml("valley", 1) == HOSTILE
    assert store.check("valley", 1) == {HOSTILE: HOSTILE}
    back = store.zones("valley")
    assert list(back.text("id")) == ["a'b\"?%s"]
    assert back.fields["100%?"][0] == HOSTILE
    assert store.verify() == ()


@pytest.mark.parametrize("plan", ["a-b", "a_b", "A.B", "x" * 64, "'; --", "区", "select"])
def test_any_plan_id_can_be_published(store: Store, plan: str) -> None:
    store.publish("a-b", draft(squares(1)), parent=None)
    store.publish(plan, draft(squares(2)), parent=1 if plan == "a-b" else None)
    assert len(store.zones(plan)) == 2
    assert store.verify() == ()


@pytest.mark.parametrize(
    "crs", ["EPSG:4490", "EPSG:4326", "EPSG:4527", "+proj=tmerc +lon_0=117.25 +k=1 +x_0=500000 +ellps=GRS80 +units=m"]
)
def test_zones_come_back_in_the_system_they_were_published_in(store: Store, crs: str) -> None:
    layer = zones_of({"z1": square(117.2, 31.8, 0.01)}, crs=crs)
    store.publish("valley", draft(layer), parent=None)
    store.publish("valley", draft(layer), parent=1)
    assert store.zones("valley").crs == layer.crs
    assert store.verify() == ()


def test_a_plan_may_change_its_system_and_its_fields(store: Store) -> None:
    store.publish("valley", draft(), parent=None)
    store.publish("valley", draft(zones_of({"z1": square(117.2, 31.8, 0.01)}, crs="EPSG:4490", use=["R"])), parent=1)
    assert store.zones("valley", 1).crs.to_epsg() == 4548
    assert store.zones("valley", 2).crs.to_epsg() == 4490
    assert list(store.zones("valley", 2).fields) == ["id", "name_en", "name_zh", "use"]
    assert store.verify() == ()


def test_a_plan_may_lose_all_its_zones(store: Store) -> None:
    store.publish("valley", draft(), parent=None)
    store.publish("valley", draft(zones_of({})), parent=1)
    assert len(store.zones("valley")) == 0
    assert len(store.zones("valley", 1)) == 3
    assert store.verify() == ()


def test_a_closed_store_says_so(store: Store) -> None:
    store.publish("valley", draft(), parent=None)
    store.close()
    for use in (lambda: store.history("valley"), lambda: store.publish("valley", draft(), parent=1)):
        with pytest.raises(StoreError, match=r"the store was closed\. Open it again"):
            use()


def test_what_was_published_is_there_for_whoever_opens_the_store_next(backend: Backend) -> None:
    published = backend.open().publish("valley", draft(), parent=None)
    assert backend.open().revision("valley") == published


def test_threads_share_one_store(store: Store) -> None:
    store.publish("valley", draft(), parent=None)
    seen: list[int] = []

    def work() -> None:
        seen.extend(len(store.zones("valley")) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [3] * 20


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE geoplan_zone SET fields = '{}'",
        "UPDATE geoplan_revision SET message = 'x'",
        "UPDATE geoplan_revision_zone SET hash = 'x'",
        "UPDATE geoplan_blob SET size = 0",
        "DELETE FROM geoplan_zone",
        "DELETE FROM geoplan_revision",
        "DELETE FROM geoplan_revision_zone",
        "DELETE FROM geoplan_chunk",
    ],
)
def test_the_tables_themselves_refuse_changes(backend: Backend, sql: str) -> None:
    store = backend.open()
    store.publish("valley", draft(), parent=None)
    with pytest.raises((sqlite3.Error, psycopg.Error), match="revisions are never changed"):
        backend.plainly(sql)
    assert store.verify() == ()


@pytest.mark.parametrize("layer", ["zones_valley", "facilities_valley", "findings_polygon_valley"])
def test_the_layers_refuse_edits_that_would_look_like_a_change_of_the_plan(backend: Backend, layer: str) -> None:
    store = backend.open()
    store.publish("valley", draft(findings=FINDINGS, facilities=FACILITIES), parent=None)
    for sql in (f"DELETE FROM {layer}", f"UPDATE {layer} SET id = 'x'"):  # noqa: S608
        with pytest.raises((sqlite3.Error, psycopg.Error), match="published by geoplan: load a file to change it"):
            backend.plainly(sql)


def test_both_stores_give_the_same_revision_the_same_hash(file_backend: Backend, server_backend: Backend) -> None:
    for place, shapes in enumerate([squares(3), squares(2)]):
        hashes = {
            backend.open().publish("valley", draft(shapes), parent=place or None).hash
            for backend in (file_backend, server_backend)
        }
        assert len(hashes) == 1
