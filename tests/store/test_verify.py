"""verify() finds every kind of tampering on both stores, and names it."""

from __future__ import annotations

import hashlib
import zlib

import numpy as np
import pytest
import shapely

from geoplan.errors import StoreError
from geoplan.store import Store
from tests.helpers import EAST, NORTH, square
from tests.store.conftest import Backend
from tests.store.drafts import TOML, draft, squares


@pytest.fixture
def backend(backend: Backend) -> Backend:
    """A store of three revisions: z2 is reshaped in the second, z3 leaves in the third."""
    store = backend.open()
    shapes = squares(3)
    changed = shapes | {"z2": square(EAST, NORTH, 50)}
    store.publish("valley", draft(shapes, content=b"file one"), parent=None)
    store.publish("valley", draft(changed, content=b"file two", message="reshaped"), parent=1)
    store.publish("valley", draft({"z1": shapes["z1"], "z2": changed["z2"]}, content=b"file three"), parent=2)
    store.close()
    return backend


def found(store: Store) -> list[tuple[int | None, str]]:
    return [(problem.revision, problem.message.en) for problem in store.verify()]


RECORD = "its record (message, author, time, figures or hashes) was changed."
LIST = "its list of zones was changed: a zone was swapped, added or removed."
BROKEN = "it does not continue the revision before it: one of the two was replaced."


def test_nothing_is_found_in_what_was_published(backend: Backend) -> None:
    assert backend.open().verify() == ()


def test_one_coordinate_moved_by_a_hair_is_named_by_zone(backend: Backend) -> None:
    first = backend.open().history("valley")[0]
    moved = shapely.transform(squares(3)["z2"], lambda xy: xy + np.array([1e-9, 0]))
    geometry = shapely.to_wkb(moved, byte_order=1)
    assert geometry != shapely.to_wkb(squares(3)["z2"], byte_order=1)
    backend.tamper("UPDATE geoplan_zone SET geometry = ? WHERE hash = ?", (geometry, first.zone_hashes["z2"]))
    assert found(backend.open()) == [(1, "zone “z2” has other geometry or fields than were published.")]


def test_a_field_edited_is_named_by_zone(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_zone SET fields = replace(fields, 'Zone z3', 'Zone Z3')")
    assert found(backend.open()) == [(1, "zone “z3” has other geometry or fields than were published.")]


def test_a_zone_that_claims_to_be_unchanged_is_named(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_zone SET sameness = 'x' WHERE zone = 'z3'")
    assert found(backend.open()) == [(1, "zone “z3” has other geometry or fields than were published.")]


def test_a_zone_removed_is_named_and_cannot_be_read(backend: Backend) -> None:
    backend.tamper("DELETE FROM geoplan_zone WHERE zone = 'z3'")
    store = backend.open()
    assert found(store) == [(1, "zone “z3” was removed.")]
    with pytest.raises(StoreError, match="revision 2 of plan “valley”: zone “z3” is lost from the store"):
        store.zones("valley", 2)
    assert len(store.zones("valley", 3)) == 2


def test_a_zone_swapped_for_another_published_one_is_named_by_revision(backend: Backend) -> None:
    old = backend.open().history("valley")[0].zone_hashes["z2"]
    backend.tamper("UPDATE geoplan_revision_zone SET hash = ? WHERE number = 2 AND zone = 'z2'", (old,))
    assert found(backend.open()) == [(2, LIST), (3, LIST)]


def test_a_zone_taken_back_into_a_revision_is_named(backend: Backend) -> None:
    backend.tamper("DELETE FROM geoplan_revision_zone WHERE number = 3 AND zone = 'z3'")
    assert found(backend.open()) == [(3, LIST)]


def test_the_order_of_zones_is_part_of_the_list(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_revision_zone SET place = 9 WHERE number = 1 AND zone = 'z1'")
    assert (1, LIST) in found(backend.open())


@pytest.mark.parametrize(
    "change",
    [
        "message = 'other'",
        "author = 'other'",
        "time = '2020-01-01'",
        "total_m2 = 8220000",
        "passed = 0",
        "plan_toml_sha256 = source_sha256",
        "crs = 'EPSG:4549'",
        "decision = '{}'",
        "repairs = '[1]'",
        "restored_from = 1",
    ],
)
def test_an_edited_record_is_named_by_revision(backend: Backend, change: str) -> None:
    backend.tamper(f"UPDATE geoplan_revision SET {change} WHERE number = 2")  # noqa: S608
    assert found(backend.open()) == [(2, RECORD)]


def test_a_record_that_cannot_even_be_read_is_named(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_revision SET decision = 'gone' WHERE number = 2")
    store = backend.open()
    assert found(store) == [(2, "its record was changed and cannot be read.")]
    with pytest.raises(StoreError, match="revision 2 of plan “valley”: its record cannot be read"):
        store.history("valley")


def test_a_zone_whose_shape_was_spoilt_is_told_of_and_never_a_traceback(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_zone SET geometry = substr(geometry, 1, 20)")
    with pytest.raises(StoreError, match="a zone of it cannot be read"):
        backend.open().zones("valley", 2)


def test_a_replaced_hash_breaks_the_chain(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_revision SET hash = 'x' WHERE number = 2")
    assert found(backend.open()) == [(2, "its hash was changed."), (3, BROKEN)]


def test_a_revision_removed_from_the_middle_is_named(backend: Backend) -> None:
    backend.tamper("DELETE FROM geoplan_revision WHERE number = 2")
    assert found(backend.open()) == [(2, "the revision was removed.")]


def test_the_first_revision_removed_is_named(backend: Backend) -> None:
    backend.tamper("DELETE FROM geoplan_revision WHERE number = 1")
    assert found(backend.open()) == [(1, "the revision was removed.")]


def test_a_last_revision_removed_in_part_is_named(backend: Backend) -> None:
    backend.tamper("DELETE FROM geoplan_revision WHERE number = 3")
    assert (3, "the revision was removed, its list of zones is left.") in found(backend.open())


def test_a_last_revision_removed_with_all_its_traces_leaves_a_sound_chain(backend: Backend) -> None:
    """docs/store.md says so: only the layer still shows it, and the current hash kept elsewhere."""
    backend.tamper("DELETE FROM geoplan_revision WHERE number = 3")
    backend.tamper("DELETE FROM geoplan_revision_zone WHERE number = 3")
    assert [problem.revision for problem in backend.open().verify()] == [None]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"file one", "the source file is lost or was changed."),
        (TOML.encode(), "its plan.toml is lost or was changed."),
        (b'{"passed":true,"schema":"geoplan.check/1"}', "the check it was published with is lost or was changed."),
    ],
)
def test_edited_bytes_of_a_file_are_named_by_what_it_is(backend: Backend, content: bytes, message: str) -> None:
    piece = hashlib.sha256(content).digest()
    backend.tamper("UPDATE geoplan_chunk SET data = ? WHERE sha256 = ?", (zlib.compress(b"forged"), piece))
    assert found(backend.open()) == [(1, message)]


def test_a_file_that_is_lost_is_named_and_cannot_be_read(backend: Backend) -> None:
    backend.tamper("DELETE FROM geoplan_chunk")
    store = backend.open()
    assert (3, "the source file is lost or was changed.") in found(store)
    with pytest.raises(StoreError, match=r"revision 3 of plan “valley”: its source is lost or was changed\."):
        store.source("valley", 3)


def test_a_layer_edited_behind_the_guards_is_told_from_the_record(backend: Backend) -> None:
    backend.tamper("UPDATE zones_valley SET name_en = 'Mine' WHERE id = 'z1'")
    message = "the layer zones_valley was edited: it does not show the current revision, which is as published."
    assert found(backend.open()) == [(None, message)]
    backend.open().publish("valley", draft(), parent=3)
    assert found(backend.open()) == []


def test_other_plans_are_not_blamed(backend: Backend) -> None:
    backend.open().publish("hill", draft(squares(1)), parent=None)
    backend.tamper("UPDATE geoplan_revision SET message = 'x' WHERE plan = 'hill'")
    assert [(problem.plan, problem.revision) for problem in backend.open().verify()] == [("hill", 1)]


def test_every_zone_that_was_edited_is_named_with_the_revision_that_first_held_it(backend: Backend) -> None:
    backend.tamper("UPDATE geoplan_zone SET fields = replace(fields, 'Zone', 'Lot')")
    told = found(backend.open())
    edited = "has other geometry or fields than were published."
    assert sorted(told, key=str) == sorted(
        [
            (1, f"zone “z1” {edited}"),
            (1, f"zone “z2” {edited}"),
            (1, f"zone “z3” {edited}"),
            (2, f"zone “z2” {edited}"),
        ],
        key=str,
    )


def test_a_zone_that_no_revision_refers_to_is_named_by_itself(backend: Backend) -> None:
    backend.tamper(
        "INSERT INTO geoplan_zone (hash, sameness, zone, crs, fields, geometry) "
        "SELECT 'forged', sameness, 'z9', crs, fields, geometry FROM geoplan_zone WHERE zone = 'z1'"
    )
    (problem,) = backend.open().verify()
    assert (problem.plan, problem.revision) == ("", None)
    assert problem.message.en == "zone “z9” has other geometry or fields than were published."
