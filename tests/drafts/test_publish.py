"""Publishing a draft on both real stores: the load's checks, conflicts and records, and no trace when it is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import shapely

from geoplan.current import opened_store
from geoplan.drafts import (
    Draft,
    Ground,
    cut_from_neighbours,
    drafts_of,
    publish_draft,
    rebased,
    save,
    start,
    with_zone,
    without_zone,
)
from geoplan.errors import GeoplanError, StoreError
from geoplan.plan import Plan
from geoplan.revisions import Outcome, PublishConflictError, Publishing, load
from geoplan.types import Text
from tests.drafts.squares import at, bytes_of, degrees, write_geojson, write_plan
from tests.store.conftest import Backend

SCALE = 1e-4
ABC = {"a": at(0, 0, 100), "b": at(100, 0, 100), "c": at(200, 0, 100)}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return write_plan(tmp_path / "valley", ABC)


def by(backend: Backend, **options: object) -> Publishing:
    return Publishing(author="Li Wei", store=backend.address, **options)  # type: ignore[arg-type]


def smaller(plan: Plan, backend: Backend) -> Draft:
    """Return a draft in which c is 90 m × 90 m."""
    ground = Ground.of(plan, backend.address)
    return with_zone(start(ground, "Smaller c", "Li Wei"), "c", degrees(at(200, 0, 90)), pixel_m=2.4)


def test_a_published_draft_is_the_current_revision_with_its_story(plan: Plan, backend: Backend) -> None:
    draft = smaller(plan, backend)
    result = publish_draft(draft, plan, by(backend, message="c is smaller"))
    assert result.outcome is Outcome.PUBLISHED
    revision = result.revision
    assert revision is not None
    assert (revision.number, revision.author, revision.message) == (1, "Li Wei", "c is smaller")
    assert (revision.source_path, revision.source_crs) == ("Smaller_c.draft.geojson", "EPSG:4548")
    assert revision.total_m2 == pytest.approx(28_100, rel=SCALE)
    assert revision.decision["explanation"]["en"] == "Drawn on the map."
    assert revision.decision["draft"]["edits"][0]["deed"] == "reshaped"
    assert revision.decision["accuracy_m"] == 2.4
    with opened_store(plan, backend.address) as store:
        stored = store.zones(plan.id)
        assert {key: shapely.to_wkb(shape) for key, shape in zip(stored.text("id"), stored.geometry, strict=True)} == (
            bytes_of(draft)
        )
        source = json.loads(store.source(plan.id, 1))
        assert store.verify() == ()
    assert [feature["properties"]["id"] for feature in source["features"]] == ["a", "b", "c"]


def test_the_source_of_a_published_draft_can_be_loaded_again(plan: Plan, backend: Backend, tmp_path: Path) -> None:
    publish_draft(smaller(plan, backend), plan, by(backend))
    with opened_store(plan, backend.address) as store:
        (tmp_path / "again.geojson").write_bytes(store.source(plan.id, 1))
    assert load(tmp_path / "again.geojson", plan, publishing=by(backend)).outcome is Outcome.UNCHANGED


def test_findings_reject_a_draft_and_nothing_is_written(plan: Plan, backend: Backend) -> None:
    draft = with_zone(start(Ground.of(plan, backend.address), "x", "Li"), "c", degrees(at(190, 0, 110)))
    result = publish_draft(draft, plan, by(backend))
    assert result.outcome is Outcome.REJECTED
    assert result.reasons == (Text("1 finding rejects this draft.", "1 项发现导致拒绝发布。"),)
    with opened_store(plan, backend.address) as store:
        assert store.history(plan.id) == ()
    assert publish_draft(cut_from_neighbours(draft, "c"), plan, by(backend)).outcome is Outcome.PUBLISHED


def test_an_accepted_finding_does_not_reject(plan: Plan, backend: Backend) -> None:
    draft = with_zone(start(Ground.of(plan, backend.address), "x", "Li"), "c", degrees(at(190, 0, 110)))
    check = publish_draft(draft, plan, by(backend)).check
    assert check is not None
    (finding,) = check.failing
    result = publish_draft(draft, plan, by(backend, accept=((finding.id, "decided by the bureau"),)))
    assert result.outcome is Outcome.PUBLISHED
    assert result.revision is not None
    assert result.revision.decision["accepted"][0]["finding"] == finding.id


def test_a_draft_that_changes_nothing_makes_no_revision(plan: Plan, backend: Backend) -> None:
    draft = start(Ground.of(plan, backend.address), "x", "Li")
    assert publish_draft(draft, plan, by(backend)).outcome is Outcome.UNCHANGED


def test_a_dry_run_writes_nothing(plan: Plan, backend: Backend) -> None:
    result = publish_draft(smaller(plan, backend), plan, by(backend, dry_run=True))
    assert (result.outcome, result.would) == (Outcome.DRY_RUN, Outcome.PUBLISHED)
    with opened_store(plan, backend.address) as store:
        assert store.history(plan.id) == ()


def test_an_empty_draft_is_not_published(tmp_path: Path, backend: Backend) -> None:
    plan = write_plan(tmp_path / "empty")
    result = publish_draft(start(Ground.of(plan, backend.address), "x", "Li"), plan, by(backend))
    assert result.reasons == (Text("There is no zone in the draft.", "草案中没有分区。"),)


def test_zones_without_a_boundary_are_drawn_and_published_from_nothing(tmp_path: Path, backend: Backend) -> None:
    plan = write_plan(tmp_path / "empty")
    draft = start(Ground.of(plan, backend.address), "x", "Li")
    for place, zone in enumerate("abc"):
        draft = with_zone(draft, zone, degrees(at(100 * place, 0, 100)), pixel_m=1.0)
    result = publish_draft(draft, plan, by(backend))
    assert result.outcome is Outcome.PUBLISHED
    assert Ground.of(plan, backend.address).zones.text("id") == ("a", "b", "c")


def test_somebody_elses_revision_in_between_is_a_conflict_with_both_differences(plan: Plan, backend: Backend) -> None:
    mine, theirs = smaller(plan, backend), without_zone(start(Ground.of(plan, backend.address), "b", "Wang"), "a")
    publish_draft(theirs, plan, by(backend))
    with pytest.raises(PublishConflictError) as caught:
        publish_draft(mine, plan, by(backend))
    assert [(row.id, row.kind.value) for row in caught.value.theirs.rows if row.kind.value != "unchanged"] == [
        ("a", "removed")
    ]
    assert {row.id for row in caught.value.mine.rows if row.kind.value != "unchanged"} == {"a", "c"}
    with opened_store(plan, backend.address) as store:
        assert len(store.history(plan.id)) == 1
    again = rebased(mine, Ground.of(plan, backend.address))
    result = publish_draft(again, plan, by(backend))
    assert result.revision is not None
    assert (result.revision.number, result.revision.parent) == (2, 1)
    assert Ground.of(plan, backend.address).zones.text("id") == ("b", "c")


def test_zones_of_the_folder_changed_in_between_are_a_conflict(plan: Plan, backend: Backend) -> None:
    draft = smaller(plan, backend)
    write_geojson(plan.folder / "zones.geojson", ABC | {"a": at(0, 0, 95)})
    with pytest.raises(StoreError, match="the zones in the plan folder were changed since"):
        publish_draft(draft, plan, by(backend))
    with opened_store(plan, backend.address) as store:
        assert store.history(plan.id) == ()


def test_a_zone_nobody_edited_keeps_the_row_it_has(plan: Plan, backend: Backend) -> None:
    publish_draft(smaller(plan, backend), plan, by(backend))
    ground = Ground.of(plan, backend.address)
    draft = with_zone(start(ground, "x", "Li"), "a", degrees(at(0, 0, 80)))
    second = publish_draft(draft, plan, by(backend)).revision
    with opened_store(plan, backend.address) as store:
        first = store.revision(plan.id, 1)
    assert first is not None
    assert second is not None
    assert second.zone_hashes["b"] == first.zone_hashes["b"]
    assert second.zone_hashes["c"] == first.zone_hashes["c"]
    assert second.zone_hashes["a"] != first.zone_hashes["a"]


def test_of_two_people_publishing_at_once_one_is_told_and_ten_saving_lose_nothing(plan: Plan, backend: Backend) -> None:
    ground = Ground.of(plan, backend.address)
    sizes = {"Li": 90, "Wang": 80}
    mine = {who: with_zone(start(ground, who, who), "c", degrees(at(200, 0, size))) for who, size in sizes.items()}
    others = [start(ground, f"draft {place}", "Zhao") for place in range(8)]

    def published(who: str) -> str:
        try:
            result = publish_draft(mine[who], plan, Publishing(author=who, store=backend.address))
        except GeoplanError as error:
            return type(error).__name__
        return result.outcome.value

    with ThreadPoolExecutor(10) as pool:
        outcomes = [pool.submit(published, who) for who in mine]
        saves = [pool.submit(save, one, plan, author="Zhao", store=backend.address) for one in others]
        came_to = sorted(outcome.result() for outcome in outcomes)
        kept = {save.result().name for save in saves}
    assert came_to == ["PublishConflictError", "published"]
    assert {one.name for one in drafts_of(plan, backend.address)} == kept == {one.name for one in others}
    with opened_store(plan, backend.address) as store:
        assert [revision.number for revision in store.history(plan.id)] == [1]
        assert store.verify() == ()
