"""What a draft comes to: figures and findings by the plan's checks, differences, and changes put on top of others'."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geoplan.drafts import Ground, assess, is_behind, rebased, start, with_zone, without_zone
from geoplan.drafts.edits import placed_zone
from geoplan.errors import InputError
from geoplan.revisions import Publishing, load
from tests.drafts.squares import at, bytes_of, degrees, total_of, write_geojson, write_plan

SCALE = 1e-4
ABC = {"a": at(0, 0, 100), "b": at(100, 0, 100), "c": at(200, 0, 100)}
TOTAL = '[[rules]]\ncheck = "area-total"\nkm2 = 0.03\ntolerance_km2 = 0.001\n'


def test_a_draft_starts_as_the_current_zones_and_changes_nothing(tmp_path: Path) -> None:
    ground = Ground.of(write_plan(tmp_path / "valley", ABC))
    draft = start(ground, " First try ", "Li Wei")
    assert (draft.name, draft.ids, draft.parent) == ("First try", ("a", "b", "c"), 0)
    found = assess(draft, ground)
    assert found.comparison.is_unchanged
    assert total_of(found.view.result) == pytest.approx(30_000, rel=SCALE)


def test_figures_findings_and_differences_follow_an_edit(tmp_path: Path) -> None:
    ground = Ground.of(write_plan(tmp_path / "valley", ABC, TOTAL))
    assert ground.result is not None
    assert ground.result.passed
    draft = with_zone(start(ground, "x", "Li"), "c", degrees(at(190, 0, 110)))
    found = assess(draft, ground)
    # 110 m × 110 m instead of 100 m × 100 m; 10 m × 100 m of it lie in b.
    assert total_of(found.view.result) == pytest.approx(32_100, rel=SCALE)
    assert {finding.check for finding in found.view.result.failing} == {"area-total", "overlap"}
    overlap = next(finding for finding in found.view.result.findings if finding.check == "overlap")
    assert overlap.area_m2 == pytest.approx(1000, rel=SCALE)
    rows = {row.id: row for row in found.comparison.rows}
    assert rows["c"].moved_in_m2 == pytest.approx(2100, rel=SCALE)
    assert rows["c"].moved_out_m2 == pytest.approx(0, abs=0.01)
    assert rows["a"].kind.value == rows["b"].kind.value == "unchanged"
    assert len(found.comparison.introduced) == len(found.view.result.findings)


def test_a_plan_without_boundaries_is_drawn_from_nothing(tmp_path: Path) -> None:
    ground = Ground.of(write_plan(tmp_path / "valley"))
    empty = start(ground, "x", "Li")
    assert assess(empty, ground).comparison.rows == ()
    found = assess(with_zone(empty, "a", degrees(at(0, 0, 100))), ground)
    assert [(row.id, row.kind.value) for row in found.comparison.rows] == [("a", "added")]
    assert total_of(found.view.result) == pytest.approx(10_000, rel=SCALE)
    assert found.view.result.plan is not None
    assert found.view.result.plan.loaded == 1


def test_a_plan_that_lies_nowhere_cannot_be_drawn_in(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "valley")
    (plan.folder / "plan.toml").write_text(
        'format = 1\nid = "valley"\nname = "V"\nstatus = "draft"\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match="nothing says where the plan lies"):
        Ground.of(plan.folder)


def test_a_draft_is_behind_once_somebody_else_published(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "valley", ABC)
    draft = start(Ground.of(plan), "x", "Li")
    assert not is_behind(draft, Ground.of(plan))
    publish(tmp_path, plan.folder, ABC | {"c": at(200, 0, 90)})
    assert is_behind(draft, Ground.of(plan))


def test_changes_of_other_zones_are_put_on_top_of_the_new_revision_bit_for_bit(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "valley", ABC)
    mine = placed_zone(without_zone(start(Ground.of(plan), "x", "Li"), "b"), "d", at(0, 500, 100))
    publish(tmp_path, plan.folder, ABC | {"c": at(200, 0, 90)})
    now = Ground.of(plan)
    after = rebased(mine, now)
    theirs = {zone: shapely.to_wkb(shape) for zone, shape in zip(now.zones.text("id"), now.zones.geometry, strict=True)}
    assert bytes_of(after) == {"a": theirs["a"], "c": theirs["c"], "d": shapely.to_wkb(mine.geometry("d"))}
    assert (after.parent, after.parent_hash) == (1, now.hash)
    assert not is_behind(after, now)


def test_a_zone_that_both_changed_is_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "valley", ABC)
    mine = with_zone(start(Ground.of(plan), "x", "Li"), "c", degrees(at(200, 0, 80)))
    publish(tmp_path, plan.folder, ABC | {"c": at(200, 0, 90)})
    with pytest.raises(InputError, match="both you and revision 1 changed “c”"):
        rebased(mine, Ground.of(plan))


def publish(folder: Path, plan: Path, shapes: dict[str, shapely.Polygon]) -> None:
    write_geojson(folder / "update.geojson", shapes)
    assert load(folder / "update.geojson", plan, publishing=Publishing(author="Wang Fang")).revision is not None
