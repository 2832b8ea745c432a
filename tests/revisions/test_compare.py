"""The difference between any two revisions, files or plan folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import StoreError, UsageError
from geoplan.revisions import compare_files, compare_revisions, history, load, verify
from tests.revisions import layout

UNTOUCHED = {"core": "unchanged", "park": "unchanged", "town": "unchanged"}
EDGE_MOVED = {"core": "reshaped", "park": "reshaped", "town": "unchanged"}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with two revisions: the moved edge, then the layout as it was."""
    folder = layout.write_layout(tmp_path / "valley")
    load(layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated())), folder)
    load(layout.save(tmp_path / "two.gpkg", layout.frame()), folder)
    return folder


def kinds(*arguments: object, **options: object) -> dict[str, str]:
    comparison = compare_revisions(*arguments, **options)  # type: ignore[arg-type]
    return {row.id: row.kind.value for row in comparison.rows}


def test_without_numbers_the_last_revision_is_held_against_the_one_before(plan: Path) -> None:
    comparison = compare_revisions(plan)
    assert (comparison.before.revision, comparison.after.revision) == (1, 2)
    assert {row.id: row.kind.value for row in comparison.rows} == EDGE_MOVED


def test_with_one_number_the_current_one_is_held_against_it(plan: Path) -> None:
    assert kinds(plan, 1) == EDGE_MOVED
    assert kinds(plan, 2) == UNTOUCHED


def test_zero_is_the_plan_folder(plan: Path) -> None:
    assert kinds(plan, 0, 1) == EDGE_MOVED
    assert kinds(plan, 0, 2) == UNTOUCHED
    assert kinds(plan, 1, 0) == EDGE_MOVED


def test_the_first_revision_is_held_against_the_plan_folder(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    load(layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated())), folder)
    assert kinds(folder) == EDGE_MOVED


def test_a_file_is_held_against_the_current_zones(plan: Path, tmp_path: Path) -> None:
    assert kinds(plan, zones=tmp_path / "one.gpkg") == EDGE_MOVED
    assert kinds(plan, zones=tmp_path / "two.gpkg") == UNTOUCHED


def test_two_files_are_matched_by_their_own_ids_in_any_crs(tmp_path: Path) -> None:
    one = layout.save(tmp_path / "one.gpkg", layout.frame())
    other = layout.save(tmp_path / "other.gpkg", layout.frame(layout.updated()).to_crs(4527))
    assert {row.id: row.kind.value for row in compare_files(one, other).rows} == EDGE_MOVED
    same = layout.save(tmp_path / "same.gpkg", layout.frame().to_crs(4490))
    assert compare_files(one, same).is_unchanged


def test_a_plan_folder_stands_for_its_current_zones(plan: Path, tmp_path: Path) -> None:
    assert {row.id: row.kind.value for row in compare_files(plan, tmp_path / "one.gpkg").rows} == EDGE_MOVED


def test_findings_of_both_sides_are_compared(plan: Path, tmp_path: Path) -> None:
    missing = layout.save(tmp_path / "missing.gpkg", layout.frame(layout.SHAPES[:2]))
    comparison = compare_revisions(plan, zones=missing)
    assert [finding.check for finding in comparison.introduced] == ["zone-missing"]
    assert {row.id: row.kind.value for row in comparison.rows}["town"] == "removed"


def test_a_plan_without_two_states_is_a_usage_mistake(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    with pytest.raises(UsageError, match="no boundaries were published"):
        compare_revisions(folder)
    with pytest.raises(StoreError, match="no revisions"):
        compare_revisions(folder, 3, 4)


def test_history_counts_from_the_oldest_and_an_absent_store_is_not_made(plan: Path, tmp_path: Path) -> None:
    found = history(plan)
    assert [revision.number for revision in found.revisions] == [1, 2]
    assert found.current == 2
    other = layout.write_layout(tmp_path / "elsewhere" / "valley")
    assert history(other).revisions == ()
    assert history(other).current is None
    assert not (tmp_path / "elsewhere" / "geoplan.gpkg").exists()


def test_verifying_an_absent_store_is_trouble_not_success(plan: Path, tmp_path: Path) -> None:
    assert verify(tmp_path / "geoplan.gpkg")[1:] == (("valley",), ())
    with pytest.raises(StoreError, match="no such store"):
        verify(tmp_path / "none.gpkg")
    assert not (tmp_path / "none.gpkg").exists()
