"""The desk of a session: what an edit, a refusal, an undo and a save do to what lies on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geoplan.drafts import Ground, save, start, without_zone
from geoplan.drafts.edits import renamed, with_zone
from geoplan.errors import DraftConflictError
from geoplan.types import Text
from geoplan.ui import desk as desks
from geoplan.ui.desk import NEW, Desk
from tests.drafts.squares import at, degrees, write_plan

ABC = {"a": at(0, 0, 100), "b": at(100, 0, 100)}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground.of(write_plan(tmp_path / "valley", ABC))


@pytest.fixture
def desk(ground: Ground) -> Desk:
    laid = Desk()
    laid.lay(start(ground, "First", "Li Wei"))
    return laid


def ids(desk: Desk) -> list[str]:
    return list(desk.draft.ids)


def unsaved(desk: Desk) -> bool:
    return desk.unsaved


def test_an_edit_can_be_undone_and_a_refused_one_changes_nothing(desk: Desk) -> None:
    assert desk.did(lambda draft: without_zone(draft, "a"))
    assert ids(desk) == ["b"]
    assert not desk.did(lambda draft: without_zone(draft, "nobody"))
    assert ids(desk) == ["b"]
    assert desk.said is not None
    assert desk.said[0] == "trouble"
    assert "no zone “nobody”" in desk.said[1].en
    desks.step(desk, back=True)
    assert ids(desk) == ["a", "b"]


def test_a_draft_is_unsaved_until_the_store_has_just_this(desk: Desk, ground: Ground) -> None:
    assert unsaved(desk)
    desk.saved = save(desk.draft, ground.plan, author="Li Wei", store=ground.store)
    desk.history = desk.history.saved(desk.saved) if desk.history else None
    assert not unsaved(desk)
    desk.did(lambda draft: without_zone(draft, "a"))
    assert unsaved(desk)
    desks.step(desk, back=True)
    assert not unsaved(desk)


def test_an_empty_desk_has_no_draft_and_nothing_to_lose() -> None:
    desk = Desk()
    assert not desk.unsaved
    with pytest.raises(LookupError):
        _ = desk.draft
    desks.step(desk, back=True)


def test_the_next_outline_is_proposed_for_the_first_declared_zone_without_a_boundary(
    desk: Desk, ground: Ground
) -> None:
    assert desks.next_target(ground, desk.draft) == "c"
    full = with_zone(desk.draft, "c", degrees(at(200, 0, 10)))
    assert desks.next_target(ground, full) == NEW
    assert desks.free_id(full) == "new-1"
    assert desks.free_id(with_zone(full, "new-1", degrees(at(300, 0, 10)))) == "new-2"


def test_a_zone_is_called_as_the_plan_calls_it_else_by_a_working_name(ground: Ground) -> None:
    assert desks.name_of(ground, "c") == Text.same("Zone c")
    assert desks.name_of(ground, "new-3") == Text("New zone 3", "新分区 3")
    assert desks.name_of(ground, "other") == Text.same("other")


def test_a_conflict_is_kept_so_that_the_page_can_offer_a_way_out(desk: Desk) -> None:
    desk.refused(DraftConflictError("First", 1, 2, "Wang Fang"))
    assert isinstance(desk.conflict, DraftConflictError)
    assert desk.said is not None
    assert "Wang Fang" in desk.said[1].zh


def test_an_assessment_is_computed_anew_only_for_another_draft(desk: Desk, ground: Ground) -> None:
    first = desks.assessed(desk, ground)
    assert desks.assessed(desk, ground) is first
    desk.did(lambda draft: renamed(draft, "a", Text.same("Core")))
    assert desks.assessed(desk, ground) is not first
    assert desks.assessed(desk, replace(ground)) is not first


def test_sessions_have_desks_of_their_own_for_each_plan() -> None:
    one, other = desks.desk_of("one"), desks.desk_of("other")
    assert one is not other
    assert desks.desk_of("one") is one
