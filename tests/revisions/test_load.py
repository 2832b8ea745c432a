"""Loading: published, rejected, unchanged or nothing, and what a revision keeps of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Polygon

from geoplan.current import published_zones
from geoplan.errors import InputError, UsageError
from geoplan.inspection import Offset, Verdict
from geoplan.plan import load_plan
from geoplan.revisions import How, LoadResult, Outcome, PublishConflictError, Publishing, Reading, load
from geoplan.revisions.job import Job, draft_of, publish
from geoplan.revisions.load import source_file
from geoplan.store import Store, open_store
from geoplan.types import VERSION
from geoplan.workflow import open_plan
from tests.plan_folders import HOSTILE
from tests.revisions import layout


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return layout.write_layout(tmp_path / "valley")


@pytest.fixture
def update(tmp_path: Path) -> Path:
    return layout.save(tmp_path / "update.gpkg", layout.frame(layout.updated()))


def stored(plan: Path) -> Store:
    return open_store(plan.parent / "geoplan.gpkg")


def nothing_written(plan: Path) -> bool:
    return not (plan.parent / "geoplan.gpkg").exists()


def overlapping() -> tuple[Polygon, ...]:
    """The layout with the core 100 m wider to the east, over the park: a finding."""
    core = [(x + 100, y) if x > 519000 else (x, y) for x, y in layout.CORE]
    return Polygon(core), *layout.SHAPES[1:]


def test_a_change_is_published_and_becomes_what_the_plan_shows(plan: Path, update: Path) -> None:
    result = load(update, plan)
    assert (result.outcome, result.exit_code) == (Outcome.PUBLISHED, 0)
    view = open_plan(plan)
    assert view.revision == result.revision
    assert view.layer is not None
    assert layout.farthest(view.layer.geometry, layout.updated()) < 1e-6
    assert view.result.measurement is not None
    assert view.result.measurement.input is not None
    assert view.result.measurement.input.path == f"revision 1 of {plan.parent / 'geoplan.gpkg'}"


def test_a_revision_keeps_author_message_time_source_decision_and_tool(plan: Path, update: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    load(update, plan, publishing=Publishing(author="李明", message="十一月边界"))
    store = stored(plan)
    revision = store.revision("valley")
    assert revision is not None
    assert (revision.author, revision.message, revision.tool_version) == ("李明", "十一月边界", VERSION)
    assert before <= datetime.fromisoformat(revision.time) <= datetime.now(UTC)
    assert revision.source_path == "update.gpkg"
    assert revision.source_sha256 == hashlib.sha256(update.read_bytes()).hexdigest()
    assert store.source("valley", 1) == update.read_bytes()
    assert store.plan_toml("valley", 1) == (plan / "plan.toml").read_text(encoding="utf-8")
    assert revision.decision["verdict"] == "declared"
    assert revision.decision["chosen"]["crs"] == "EPSG:4548"
    assert revision.decision["matched"] == {"id": 3}
    assert store.check("valley", 1)["passed"] is True
    assert revision.passed
    store.close()


def test_without_a_message_the_file_is_named(plan: Path, update: Path) -> None:
    result = load(update, plan)
    assert result.revision is not None
    assert result.revision.message == "Load update.gpkg"


def test_the_layout_the_folder_has_is_unchanged_and_makes_no_store(plan: Path, tmp_path: Path) -> None:
    result = load(layout.save(tmp_path / "same.gpkg", layout.frame()), plan)
    assert (result.outcome, result.exit_code) == (Outcome.UNCHANGED, 0)
    assert nothing_written(plan)
    assert "revision 0" in result.notes[0].en


@pytest.mark.parametrize("crs", [4490, 4326, 4527, 4548, 4509, 3857])
def test_an_export_in_another_crs_is_unchanged(plan: Path, update: Path, tmp_path: Path, crs: int) -> None:
    load(update, plan)
    again = layout.save(tmp_path / "again.fgb", layout.frame(layout.updated()).to_crs(crs), SPATIAL_INDEX="NO")
    result = load(again, plan)
    assert result.outcome is Outcome.UNCHANGED
    assert result.revision is None


def test_an_unchanged_zone_keeps_its_geometry_to_the_last_bit(plan: Path, update: Path, tmp_path: Path) -> None:
    load(update, plan)
    first = published_zones(load_plan(plan))
    back = layout.save(tmp_path / "back.fgb", layout.frame().to_crs(4326), SPATIAL_INDEX="NO")
    assert load(back, plan).outcome is Outcome.PUBLISHED
    second = published_zones(load_plan(plan))
    assert first is not None
    assert second is not None
    assert second.zones.geometry[2].wkb == first.zones.geometry[2].wkb
    assert second.revision.zone_hashes["town"] == first.revision.zone_hashes["town"]
    assert second.revision.zone_hashes["core"] != first.revision.zone_hashes["core"]


def test_findings_reject_and_nothing_is_written(plan: Path, tmp_path: Path) -> None:
    path = layout.save(tmp_path / "bad.gpkg", layout.frame(overlapping()))
    result = load(path, plan)
    assert (result.outcome, result.exit_code) == (Outcome.REJECTED, 1)
    assert result.check is not None
    assert {finding.check for finding in result.check.failing} == {"overlap"}
    assert result.comparison is not None
    assert nothing_written(plan)


def test_findings_reject_also_on_top_of_a_revision(plan: Path, update: Path, tmp_path: Path) -> None:
    load(update, plan)
    before = (plan.parent / "geoplan.gpkg").read_bytes()
    assert load(layout.save(tmp_path / "bad.gpkg", layout.frame(overlapping())), plan).outcome is Outcome.REJECTED
    assert (plan.parent / "geoplan.gpkg").read_bytes() == before


def test_an_accepted_finding_is_published_with_its_reason_and_stays_accepted(plan: Path, tmp_path: Path) -> None:
    path = layout.save(tmp_path / "bad.gpkg", layout.frame(overlapping()))
    rejected = load(path, plan)
    assert rejected.check is not None
    accept = tuple((finding.id, "under dispute; see minutes") for finding in rejected.check.failing)
    result = load(path, plan, publishing=Publishing(author="Li", accept=accept))
    assert result.outcome is Outcome.PUBLISHED
    assert result.revision is not None
    assert result.revision.decision["accepted"][0]["author"] == "Li"
    later = open_plan(plan).result
    assert later.passed
    assert [finding.accepted.reason.en for finding in later.findings if finding.accepted] == [
        "under dispute; see minutes"
    ] * len(accept)
    # The next load inherits it, as long as the geometry it is about stays.
    named = layout.save(tmp_path / "named.gpkg", layout.frame(overlapping(), id=list(layout.IDS), note=["a", "b", "c"]))
    following = load(named, plan)
    assert following.outcome is Outcome.PUBLISHED
    assert following.revision is not None
    assert [entry["finding"] for entry in following.revision.decision["accepted"]] == [finding for finding, _ in accept]


def test_an_acceptance_of_no_finding_or_without_sense_is_refused(plan: Path, update: Path) -> None:
    for finding in ("overlap-000000000000", "nonsense", "overlap-"):
        with pytest.raises(UsageError, match="--accept"):
            load(update, plan, publishing=Publishing(accept=((finding, "because"),)))
    assert nothing_written(plan)


def test_a_dry_run_says_what_would_be_and_writes_nothing(plan: Path, update: Path, tmp_path: Path) -> None:
    dry = Publishing(dry_run=True)
    good = load(update, plan, publishing=dry)
    assert (good.outcome, good.would, good.exit_code) == (Outcome.DRY_RUN, Outcome.PUBLISHED, 0)
    assert good.comparison is not None
    assert good.check is not None
    bad = load(layout.save(tmp_path / "bad.gpkg", layout.frame(overlapping())), plan, publishing=dry)
    assert (bad.outcome, bad.would, bad.exit_code) == (Outcome.DRY_RUN, Outcome.REJECTED, 1)
    same = load(layout.save(tmp_path / "same.gpkg", layout.frame()), plan, publishing=dry)
    assert (same.outcome, same.would, same.exit_code) == (Outcome.DRY_RUN, Outcome.UNCHANGED, 0)
    assert nothing_written(plan)


def test_numbers_that_can_be_read_in_several_ways_stop_with_the_options(tmp_path: Path) -> None:
    plan = layout.write_layout(tmp_path / "valley", boundaries=False, facilities=True)
    path = layout.save(tmp_path / "bare.shp", layout.frame(crs=None))
    path.with_suffix(".prj").unlink(missing_ok=True)
    result = load(path, plan)
    assert (result.outcome, result.exit_code) == (Outcome.REJECTED, 3)
    assert result.inspection is not None
    assert result.inspection.crs.verdict is Verdict.MISSING
    assert "--crs EPSG:4548" in result.reasons[0].en
    assert nothing_written(plan)
    assert load(path, plan, reading=Reading(crs="EPSG:4548")).outcome is Outcome.PUBLISHED


def test_a_shift_is_undone_only_when_it_is_asked_for_or_fits(plan: Path, tmp_path: Path) -> None:
    shifted = layout.save_geojson(
        tmp_path / "amap.geojson", layout.frame(layout.in_degrees(layout.updated(), "bd09"), 4326)
    )
    result = load(shifted, plan, reading=Reading(offset=Offset.BD09))
    assert result.outcome is Outcome.PUBLISHED
    zones = published_zones(load_plan(plan))
    assert zones is not None
    assert layout.farthest(zones.zones.geometry, layout.updated()) < 0.001


def test_two_who_publish_from_one_parent_are_told_both_differences(plan: Path, update: Path, tmp_path: Path) -> None:
    load(update, plan)
    wider = (*layout.updated()[:2], Polygon([(x - 40, y) for x, y in layout.TOWN]))
    mine = layout.save(tmp_path / "mine.gpkg", layout.frame(wider))
    other = layout.save(tmp_path / "other.gpkg", layout.frame())
    assert load(other, plan).outcome is Outcome.PUBLISHED  # revision 2, on top of 1
    with pytest.raises(PublishConflictError) as told:
        load(mine, plan, publishing=Publishing(parent=1))
    assert (told.value.expected, told.value.current) == (1, 2)
    assert {row.id: row.kind.value for row in told.value.theirs.rows} == {
        "core": "reshaped",
        "park": "reshaped",
        "town": "unchanged",
    }
    assert {row.id: row.kind.value for row in told.value.mine.rows} == {
        "core": "reshaped",
        "park": "reshaped",
        "town": "moved",
    }
    store = stored(plan)
    assert len(store.history("valley")) == 2
    assert store.verify() == ()
    store.close()
    assert load(mine, plan, publishing=Publishing(parent=2)).outcome is Outcome.PUBLISHED


def test_a_store_that_moved_on_before_publishing_is_a_conflict(plan: Path, update: Path, tmp_path: Path) -> None:
    job = Job.of(plan, Publishing(author="Li"))
    first = load(update, plan)
    assert first.comparison is not None
    assert first.check is not None
    store = stored(plan)
    zones = store.zones("valley")
    store.close()
    draft = draft_of(job, zones, open_plan(plan), source_file(update, "", "", {}), message="late")
    with pytest.raises(PublishConflictError) as told:
        publish(job, draft, first.comparison)
    assert (told.value.expected, told.value.current) == (None, 1)
    assert {row.kind.value for row in told.value.theirs.rows} == {"reshaped", "unchanged"}


def test_a_loose_shapefile_is_kept_as_one_archive_of_its_parts(plan: Path, tmp_path: Path) -> None:
    path = layout.save(tmp_path / "loose.shp", layout.frame(layout.updated()), encoding="gbk")
    assert load(path, plan).outcome is Outcome.PUBLISHED
    store = stored(plan)
    kept = tmp_path / "kept.zip"
    kept.write_bytes(store.source("valley", 1))
    store.close()
    with zipfile.ZipFile(kept) as archive:
        assert sorted(archive.namelist()) == ["loose.cpg", "loose.dbf", "loose.prj", "loose.shp", "loose.shx"]
    other = layout.write_layout(tmp_path / "elsewhere" / "valley")
    assert load(kept, other).outcome is Outcome.PUBLISHED  # any revision can be rebuilt from what was kept


def test_four_polygons_fill_zones_whose_names_are_not_published(tmp_path: Path) -> None:
    folder = tmp_path / "aust"
    folder.mkdir()
    zones = "".join(
        f'[[zones]]\nid = "zone-{n}"\nname = {{ en = "Functional zone {n}", zh = "功能区{n}" }}\n'
        "awaiting = true\nnamed = false\n"
        for n in range(1, 5)
    )
    head = 'format = 1\nid = "aust"\nname = "A"\nstatus = "indicative"\n[area]\nprojected = "EPSG:4548"\n'
    (folder / "plan.toml").write_text(head + zones, encoding="utf-8")
    shapes = [*layout.SHAPES, Polygon([(521000, 3523000), (522000, 3523000), (521900, 3524000)])]
    names = ["甲区", "乙区", "丙区", "丁区"]
    result = load(layout.save(tmp_path / "four.gpkg", layout.frame(shapes, 名称=names)), folder)
    assert result.outcome is Outcome.PUBLISHED
    assert [row.how for row in result.matched] == [How.ORDER] * 4
    assert [note.en.partition(" is ")[0] for note in result.notes] == [
        f"Feature {n} ({name})" for n, name in enumerate(names, start=1)
    ]
    found = published_zones(load_plan(folder))
    assert found is not None
    assert found.zones.text("id") == ("zone-1", "zone-2", "zone-3", "zone-4")
    assert found.zones.text("name_zh") == tuple(names)
    assert [zone.name.zh for zone in open_plan(folder).result.measurement.zones] == names  # type: ignore[union-attr]
    # Next time, in another order and without names, they are known by their shape, and keep what they are called.
    bare = layout.save(tmp_path / "bare.gpkg", layout.frame(shapes[::-1], n=[1, 2, 3, 4]))
    again = load(bare, folder)
    assert [(row.zone, row.how) for row in again.matched] == [(f"zone-{n}", How.SHAPE) for n in (4, 3, 2, 1)]
    second = published_zones(load_plan(folder))
    assert second is not None
    assert second.zones.text("name_zh") == tuple(names)


def test_a_file_of_something_else_is_rejected_zone_by_zone(plan: Path, tmp_path: Path) -> None:
    path = layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated()[:1]))
    result = load(path, plan)
    assert result.outcome is Outcome.REJECTED
    assert result.check is not None
    assert {finding.check for finding in result.check.failing} == {"zone-missing"}
    assert nothing_written(plan)


def test_features_of_one_zone_are_a_finding_and_joined_only_when_that_is_accepted(plan: Path, tmp_path: Path) -> None:
    part = Polygon([(522000, 3521000), (522500, 3521000), (522500, 3521500)])
    twice = layout.frame((*layout.SHAPES, part), id=[*layout.IDS, "park"])
    path = layout.save(tmp_path / "parts.gpkg", twice)
    rejected = load(path, plan)
    assert rejected.outcome is Outcome.REJECTED
    assert rejected.check is not None
    assert {finding.check for finding in rejected.check.failing} == {"zone-duplicate"}
    accept = tuple((finding.id, "two parts") for finding in rejected.check.failing)
    assert load(path, plan, publishing=Publishing(accept=accept)).outcome is Outcome.PUBLISHED
    found = published_zones(load_plan(plan))
    assert found is not None
    assert found.zones.text("id") == layout.IDS
    assert found.zones.geometry[1].area == pytest.approx(layout.SHAPES[1].area + part.area)


def test_points_are_no_boundaries(plan: Path, tmp_path: Path) -> None:
    path = layout.save(tmp_path / "points.gpkg", layout.frame([shapely.Point(518000, 3521000)]))
    with pytest.raises(InputError, match="polygons are needed"):
        load(path, plan)
    assert nothing_written(plan)


@pytest.mark.parametrize("wrong", ["EPSG:0", "nonsense", "EPSG:99999"])
def test_a_crs_that_does_not_exist_is_a_usage_mistake(plan: Path, update: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match=r"^--crs: "):
        load(update, plan, reading=Reading(crs=wrong))


def test_a_field_that_does_not_exist_is_told_with_those_there_are(plan: Path, update: Path) -> None:
    with pytest.raises(InputError, match="name_zh"):
        load(update, plan, reading=Reading(id_field="BSM"))
    assert nothing_written(plan)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_messages_come_back_as_they_were(plan: Path, tmp_path: Path, name: str) -> None:
    data = layout.frame(layout.updated(), id=list(layout.IDS), note=[name] * 3)
    result = load(layout.save(tmp_path / "h.gpkg", data), plan, publishing=Publishing(author=name, message=name))
    assert result.outcome is Outcome.PUBLISHED
    found = published_zones(load_plan(plan))
    assert found is not None
    assert (found.revision.author, found.revision.message) == (name, name)
    assert found.zones.text("note") == (name,) * 3


def test_repair_is_kept_with_the_revision(plan: Path, tmp_path: Path) -> None:
    core = [*layout.CORE[:2], layout.CORE[1], *layout.CORE[2:]]  # a vertex twice
    moved = (Polygon([layout.MOVED_EDGE if point == layout.EDGE else point for point in core]), *layout.updated()[1:])
    path = layout.save(tmp_path / "doubled.gpkg", layout.frame(moved))
    result = load(path, plan, publishing=Publishing(repair=True))
    assert result.outcome is Outcome.PUBLISHED
    assert result.revision is not None
    steps = {(entry["zone"], entry["step"]) for entry in result.revision.repairs}
    assert ("core", "repeated-vertices") in steps


def test_a_repair_that_would_change_too_much_is_refused_and_nothing_is_written(plan: Path, tmp_path: Path) -> None:
    bow = Polygon([(518000, 3521000), (519200, 3522000), (519200, 3521000), (518000, 3522000)])
    path = layout.save(tmp_path / "bow.gpkg", layout.frame((bow, *layout.SHAPES[1:])))
    result = load(path, plan, publishing=Publishing(repair=True))
    assert isinstance(result, LoadResult)
    assert result.outcome is Outcome.REJECTED
    assert nothing_written(plan)


def test_a_plan_without_any_place_is_loaded_into_the_usual_crs_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "blank"
    folder.mkdir()
    (folder / "plan.toml").write_text('format = 1\nid = "blank"\nname = "B"\nstatus = "draft"\n', encoding="utf-8")
    path = layout.save_geojson(tmp_path / "z.geojson", layout.frame().to_crs(4490))
    assert load(path, folder).outcome is Outcome.PUBLISHED
    found = published_zones(load_plan(folder))
    assert found is not None
    assert found.revision.crs == "EPSG:4548"
    assert json.loads(json.dumps(dict(found.revision.decision)))["matched"] == {"new": 3}
