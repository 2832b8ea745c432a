"""Which zones a plan has now: the current revision's, else the folder's; and where its store is."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.cli.main import main  # noqa: F401 - the whole package imports without a store
from geoplan.current import (
    acceptance_entry,
    has_store,
    published_zones,
    store_address,
    store_name,
    store_stamp,
    with_acceptances,
)
from geoplan.errors import StoreError
from geoplan.plan import load_plan
from geoplan.revisions import load
from geoplan.workflow import open_plan, own_zones
from tests.revisions import layout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return layout.write_layout(tmp_path / "valley")


def publish(folder: Path, *, moved: bool = True) -> None:
    shapes = layout.updated() if moved else layout.SHAPES
    load(layout.save(folder.parent / f"{moved}.gpkg", layout.frame(shapes)), folder)


def test_the_store_lies_beside_the_plan_folder_unless_said_otherwise(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load_plan(folder)
    assert store_address(plan) == str(folder.parent / "geoplan.gpkg")
    monkeypatch.setenv("GEOPLAN_STORE", "/elsewhere/team.gpkg")
    assert store_address(plan) == "/elsewhere/team.gpkg"
    assert store_address(plan, "given.gpkg") == "given.gpkg"


def test_a_plan_without_a_store_shows_its_folder_and_makes_none(folder: Path) -> None:
    plan = load_plan(folder)
    assert not has_store(plan)
    assert published_zones(plan) is None
    assert store_stamp(folder) is None
    view = open_plan(folder)
    assert view.revision is None
    assert view.layer is not None
    assert view.layer.source.path == str(folder / "zones.geojson")
    assert list(folder.parent.iterdir()) == [folder]


def test_the_current_revision_stands_before_the_folder(folder: Path) -> None:
    publish(folder)
    plan = load_plan(folder)
    own = own_zones(plan)
    assert own.source.path == f"revision 1 of {folder.parent / 'geoplan.gpkg'}"
    assert layout.farthest(own.geometry, layout.updated()) < 1e-6
    assert own_zones(plan, crs="EPSG:4490").source.path == str(folder / "zones.geojson")


def test_an_older_revision_can_be_looked_at(folder: Path) -> None:
    publish(folder)
    publish(folder, moved=False)
    for number, shapes in ((1, layout.updated()), (2, layout.SHAPES), (None, layout.SHAPES)):
        view = open_plan(folder, revision=number)
        assert view.layer is not None
        assert layout.farthest(view.layer.geometry, shapes) < 1e-6
        assert view.revision is not None
        assert view.revision.number == (number or 2)


def test_zones_that_are_given_stand_before_any_revision(folder: Path) -> None:
    publish(folder)
    view = open_plan(folder, zones=own_zones(load_plan(folder), crs="EPSG:4490"))
    assert view.revision is None


def test_a_revision_there_is_not_is_store_trouble(folder: Path) -> None:
    with pytest.raises(StoreError, match="no revisions"):
        open_plan(folder, revision=1)
    publish(folder)
    with pytest.raises(StoreError, match="1 to 1"):
        open_plan(folder, revision=9)


def test_a_store_of_another_plan_is_no_store_of_this_one(folder: Path) -> None:
    publish(folder)
    other = layout.write_layout(folder.parent / "other")
    assert open_plan(other).revision is None


def test_a_file_that_is_no_store_is_told_and_not_passed_over(folder: Path) -> None:
    (folder.parent / "geoplan.gpkg").write_bytes(b"SQLite format 3\x00" + bytes(100))
    with pytest.raises(StoreError):
        open_plan(folder)


def test_the_stamp_changes_with_every_publish(folder: Path) -> None:
    publish(folder)
    first = store_stamp(folder)
    publish(folder, moved=False)
    assert first is not None
    assert store_stamp(folder) not in (None, first)


def test_the_name_of_a_database_shows_no_password(folder: Path) -> None:
    assert "secret" not in store_name(load_plan(folder), "postgresql://someone:secret@127.0.0.1:1/plans")


def test_what_a_revision_accepted_adds_to_the_plan_and_does_not_override_it(folder: Path) -> None:
    plan = load_plan(folder)
    assert with_acceptances(plan, None) is plan
    entry = acceptance_entry(
        {"finding": "gap-0123456789ab", "reason": {"en": "e", "zh": "z"}, "author": "Li", "expires": "2030-01-02"}
    )
    assert entry.expires is not None
    assert (entry.author, entry.expires.year) == ("Li", 2030)
