"""Going back: an old revision published again, to the last bit, whatever today's checks say."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import StoreError, UsageError
from geoplan.revisions import Outcome, PublishConflictError, Publishing, load, restore
from geoplan.store import open_store
from tests.revisions import layout


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with two revisions: the moved edge, then the layout as it was."""
    folder = layout.write_layout(tmp_path / "valley")
    load(layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated())), folder)
    load(layout.save(tmp_path / "two.gpkg", layout.frame()), folder)
    return folder


def test_an_old_revision_comes_back_as_a_new_one_to_the_last_bit(plan: Path) -> None:
    result = restore(plan, 1, Publishing(author="Li"))
    assert result.outcome is Outcome.PUBLISHED
    assert result.revision is not None
    assert (result.revision.number, result.revision.parent, result.revision.restored_from) == (3, 2, 1)
    assert result.revision.message == "Restore revision 1"
    store = open_store(plan.parent / "geoplan.gpkg")
    old, new = store.revision("valley", 1), store.revision("valley", 3)
    assert old is not None
    assert new is not None
    assert new.zone_hashes == old.zone_hashes
    assert new.source_sha256 == old.source_sha256
    assert store.source("valley", 3) == store.source("valley", 1)
    assert store.verify() == ()
    store.close()


def test_the_current_revision_needs_no_restoring(plan: Path) -> None:
    result = restore(plan, 2)
    assert (result.outcome, result.revision) == (Outcome.UNCHANGED, None)


def test_a_restore_is_published_also_when_todays_plan_is_not_met_and_says_so(plan: Path) -> None:
    text = (plan / "plan.toml").read_text(encoding="utf-8")
    rule = '\n[[rules]]\ncheck = "area-total"\nkm2 = 8.22\ntolerance_km2 = 0.005\n'
    (plan / "plan.toml").write_text(text + rule, encoding="utf-8")
    result = restore(plan, 1)
    assert (result.outcome, result.exit_code) == (Outcome.PUBLISHED, 0)
    assert result.revision is not None
    assert not result.revision.passed
    assert "does not hold" in result.notes[0].en


def test_a_dry_run_writes_nothing(plan: Path) -> None:
    before = (plan.parent / "geoplan.gpkg").read_bytes()
    result = restore(plan, 1, Publishing(dry_run=True))
    assert (result.outcome, result.would) == (Outcome.DRY_RUN, Outcome.PUBLISHED)
    assert (plan.parent / "geoplan.gpkg").read_bytes() == before


def test_the_zones_of_the_plan_folder_can_be_the_first_revision(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    result = restore(folder, 0)
    assert result.revision is not None
    assert (result.revision.number, result.revision.restored_from) == (1, None)
    store = open_store(tmp_path / "geoplan.gpkg")
    assert layout.farthest(store.zones("valley").geometry, layout.SHAPES) < 1e-6
    assert store.source("valley", 1) == (folder / "zones.geojson").read_bytes()
    store.close()


def test_a_revision_there_is_not_is_told_with_those_there_are(plan: Path) -> None:
    with pytest.raises(StoreError, match="1 to 2"):
        restore(plan, 7)


def test_a_plan_without_boundaries_has_nothing_to_restore(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley", boundaries=False)
    with pytest.raises(UsageError, match="no boundaries were published"):
        restore(folder, 0)
    with pytest.raises(StoreError, match="no revisions"):
        restore(folder, 1)


def test_a_restore_meant_for_another_parent_is_a_conflict(plan: Path) -> None:
    with pytest.raises(PublishConflictError):
        restore(plan, 1, Publishing(parent=1))
