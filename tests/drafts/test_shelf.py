"""Drafts in a real file and a real server: kept to the last bit, conflicts told, gone when deleted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from geoplan.drafts import (
    Draft,
    as_another,
    delete,
    drafts_of,
    open_draft,
    renamed,
    save,
    shelf,
    without_zone,
)
from geoplan.drafts.document import from_bytes, to_bytes, to_geojson
from geoplan.errors import DraftConflictError, InputError, StoreError
from geoplan.plan import Plan
from geoplan.types import Text
from tests.drafts.squares import at, bytes_of, draft_of, write_plan
from tests.helpers import EAST, NORTH
from tests.store.conftest import Backend
from tests.store.drafts import draft as revision_draft

HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`'; DROP TABLE geoplan_draft; --=cmd|x\u202e"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return write_plan(tmp_path / "valley")


@pytest.fixture
def odd() -> Draft:
    """A draft with coordinates of many digits, a hole, parts, no geometry, and fields of every type."""
    thirds = Polygon([(EAST + 1 / 3, NORTH), (EAST + 100 / 7, NORTH), (EAST, NORTH + 0.1 + 0.2)])
    hole = Polygon(at(50, 50, 50).exterior, [at(60, 60, 7).exterior])
    shapes = {"a": shapely.reverse(thirds), "b": MultiPolygon([hole, at(200, 0, 5)]), "c": at(300, 0, 1)}
    return draft_of(shapes, area=np.array([1.5, float("nan"), 3.0]), note=["x", None, "备注"])


def test_a_saved_draft_comes_back_to_the_last_bit(backend: Backend, plan: Plan, odd: Draft) -> None:
    saved = save(odd, plan, author="Wang Fang", store=backend.address)
    back = open_draft(plan, saved.id, backend.address)
    assert bytes_of(back) == bytes_of(odd)
    assert [type(value) for value in back.zones.fields["note"]] == [str, type(None), str]
    assert (saved.version, back.version, back.name, back.author) == (1, 1, "First try", "Li Wei")
    assert (back.changed_by, back.parent, back.edits) == ("Wang Fang", 0, ())
    assert back.zones.crs == odd.zones.crs


def test_a_plan_nobody_drew_in_has_no_drafts_and_no_store_is_made(tmp_path: Path, plan: Plan) -> None:
    assert drafts_of(plan, tmp_path / "none.gpkg") == ()
    assert not (tmp_path / "none.gpkg").exists()


def test_a_hostile_name_is_kept_as_it_is(backend: Backend, plan: Plan, odd: Draft) -> None:
    save(replace(odd, name=HOSTILE, author=HOSTILE), plan, author=HOSTILE, store=backend.address)
    (kept,) = drafts_of(plan, backend.address)
    assert (kept.name, kept.author, kept.changed_by) == (HOSTILE, HOSTILE, HOSTILE)


def test_drafts_are_listed_with_the_one_changed_last_first(backend: Backend, plan: Plan, odd: Draft) -> None:
    first = save(odd, plan, author="Li", store=backend.address)
    save(as_another(odd, "Second"), plan, author="Li", store=backend.address)
    save(renamed(first, "a", Text.same("Core")), plan, author="Li", store=backend.address)
    assert [(one.name, one.version, one.zones) for one in drafts_of(plan, backend.address)] == [
        ("First try", 2, 3),
        ("Second", 1, 3),
    ]


def test_of_two_people_saving_one_draft_the_second_is_told_and_loses_nothing(
    backend: Backend, plan: Plan, odd: Draft
) -> None:
    saved = save(odd, plan, author="Li", store=backend.address)
    theirs = save(without_zone(saved, "c"), plan, author="Wang Fang", store=backend.address)
    mine = without_zone(saved, "a")
    with pytest.raises(DraftConflictError, match="was saved by Wang Fang since you opened it"):
        save(mine, plan, author="Li", store=backend.address)
    assert open_draft(plan, saved.id, backend.address).ids == theirs.ids == ("a", "b")
    other = save(as_another(mine, "Mine"), plan, author="Li", store=backend.address)
    assert open_draft(plan, other.id, backend.address).ids == ("b", "c")


def test_a_deleted_draft_leaves_nothing(backend: Backend, plan: Plan, odd: Draft) -> None:
    saved = save(odd, plan, author="Li", store=backend.address)
    delete(saved, plan, backend.address)
    assert drafts_of(plan, backend.address) == ()
    assert backend.ask("SELECT count(*) FROM geoplan_draft") == [(0,)]
    with pytest.raises(DraftConflictError, match="was deleted since you opened it"):
        open_draft(plan, saved.id, backend.address)
    with pytest.raises(DraftConflictError, match="was deleted"):
        save(saved, plan, author="Li", store=backend.address)


def test_a_draft_somebody_saved_in_the_meantime_is_not_deleted(backend: Backend, plan: Plan, odd: Draft) -> None:
    saved = save(odd, plan, author="Li", store=backend.address)
    save(saved, plan, author="Wang Fang", store=backend.address)
    with pytest.raises(DraftConflictError, match="saved by Wang Fang"):
        delete(saved, plan, backend.address)
    assert len(drafts_of(plan, backend.address)) == 1


def test_drafts_change_no_revision_and_no_hash(backend: Backend, plan: Plan, odd: Draft) -> None:
    store = backend.open()
    before = store.publish(plan.id, revision_draft(), parent=None)
    delete(save(odd, plan, author="Li", store=backend.address), plan, backend.address)
    save(odd, plan, author="Li", store=backend.address)
    assert store.revision(plan.id) == before
    assert store.verify() == ()


def test_a_plan_has_only_so_many_drafts(
    backend: Backend, plan: Plan, odd: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MAX_DRAFTS", 2)
    for name in ("one", "two"):
        save(as_another(odd, name), plan, author="Li", store=backend.address)
    with pytest.raises(InputError, match="has 2 drafts already"):
        save(as_another(odd, "three"), plan, author="Li", store=backend.address)
    assert len(drafts_of(plan, backend.address)) == 2


@pytest.mark.parametrize("content", [b"", b"no zlib", b"\x78\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_damaged_draft_is_told_in_one_line(plan: Plan, odd: Draft, tmp_path: Path, content: bytes) -> None:
    save(odd, plan, author="Li", store=tmp_path / "store.gpkg")
    (kept,) = drafts_of(plan, tmp_path / "store.gpkg")
    with pytest.raises(StoreError, match="the draft cannot be read"):
        from_bytes(kept, content)
    with pytest.raises(StoreError, match="the draft cannot be read"):
        from_bytes(kept, to_bytes(odd)[:-9])


def test_the_geojson_of_a_draft_has_every_digit_and_names_its_system(odd: Draft) -> None:
    document = json.loads(to_geojson(odd))
    assert document["crs"]["properties"]["name"] == "EPSG:4548"
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in document["features"]]
    assert [shapely.to_wkb(shape) for shape in shapes] == list(bytes_of(odd).values())
