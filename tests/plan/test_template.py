"""`geoplan new` writes a plan that is right as it is, and right with every example taken up."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from geoplan.errors import PlanError, UsageError
from geoplan.plan import load_plan
from geoplan.plan.template import write_plan


def test_a_new_plan_loads_and_is_a_draft(tmp_path: Path) -> None:
    path = write_plan(tmp_path / "My Plan (2026)")
    plan = load_plan(path.parent)
    assert (plan.id, plan.name.en, plan.name.zh, plan.status) == (
        "my-plan-2026",
        "My Plan (2026)",
        "My Plan (2026)",
        "draft",
    )


def test_every_commented_example_is_right_once_its_sign_is_taken_away(tmp_path: Path) -> None:
    path = write_plan(tmp_path / "p")
    example = re.compile(r"^# (?=\[|[a-z_0-9]+ = )", re.MULTILINE)
    text = path.read_text(encoding="utf-8")
    assert len(example.findall(text)) > 30
    path.write_text(example.sub("", text), encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(path.parent)
    assert [m.key for m in caught.value.mistakes] == ["layers.zones", "layers.facilities", "layers.boundary"]
    for name in ("boundaries_2026.gpkg", "facilities.geojson", "site.geojson"):
        (path.parent / name).touch()
    plan = load_plan(path.parent)
    assert plan.zones_in("high-tech-zone") == {"core"}
    assert [getattr(rule, "check", "") for rule in plan.rules] == ["area-total", "area-share", "zone-count"]
    assert plan.area.projected == "EPSG:4548"
    assert list(plan.acceptances()) == ["gap-0123456789ab"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ('say "hi"', 'say "hi"'),
        ("back\\slash\\n", "back\\slash\\n"),
        ("two\nlines\x1b[31m\x7f", "two lines [31m"),
        ("科大硅谷", "科大硅谷"),
        ("{id} {{x}} %s", "{id} {{x}} %s"),
        ("\ud800lone", "lone"),
        ("'''", "'''"),
        ("   ", "plan"),
        ("\x00", "plan"),
        ("全\u3000角", "全 角"),
    ],
)
def test_a_hostile_name_is_only_a_name(tmp_path: Path, name: str, read: str) -> None:
    plan = load_plan(write_plan(tmp_path / "p", name=name, name_zh=name).parent)
    assert (plan.name.en, plan.name.zh) == (read, read)


def test_a_name_without_end_is_cut_to_what_a_plan_may_hold(tmp_path: Path) -> None:
    assert len(load_plan(write_plan(tmp_path / "p", name="x" * 9000).parent).name.en) == 5000


@pytest.mark.parametrize(
    ("folder", "plan_id"),
    [
        ("科大硅谷", "plan"),
        ('a"b\\c', "a-b-c"),
        ("--x--", "x"),
        ("x" * 200, "x" * 64),
        ("é\x1b[31m\n", "31m"),
        ("..hidden", "hidden"),
        ("{name}", "name"),
    ],
)
def test_a_hostile_folder_name_gives_a_plain_id(tmp_path: Path, folder: str, plan_id: str) -> None:
    path = write_plan(tmp_path / folder)
    assert load_plan(path.parent).id == plan_id
    assert tomllib.loads(path.read_text(encoding="utf-8"))["format"] == 1


def test_a_plan_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("mine")
    with pytest.raises(UsageError, match="there is already a plan"):
        write_plan(tmp_path)
    assert (tmp_path / "plan.toml").read_text() == "mine"


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "plan.toml").symlink_to(tmp_path / "target")
    with pytest.raises(UsageError, match="there is already a plan"):
        write_plan(folder)
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("name", ["file", "file/below", "x" * 300, "a\0b", "loop", "loop/below"])
def test_a_folder_that_cannot_be_made_is_told_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match="the folder cannot be written"):
        write_plan(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_files_that_are_already_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "zones.gpkg").write_bytes(b"data")
    write_plan(tmp_path)
    assert (tmp_path / "zones.gpkg").read_bytes() == b"data"
