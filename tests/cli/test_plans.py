"""`geoplan plans` and `geoplan new`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import invoke
from tests.plan.documents import valid, write
from tests.read.files import SQUARES, frame, save


def test_plans_are_listed_with_a_broken_one_and_its_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    write(tmp_path / "good", valid())
    write(tmp_path / "broken", "format = 2")
    listed = json.loads(invoke("plans", "--json").output)
    broken, good = listed["plans"]
    assert (good["id"], good["name_zh"], good["zones"]) == ("test-plan", "测试", 2)
    assert broken["id"] == "broken"
    assert "4 mistakes" in broken["error"]
    assert "cannot be loaded" in invoke("plans").output


def test_no_plans_is_said_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    result = invoke("plans")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"There is no plan in {tmp_path}.\n"


def test_a_hostile_folder_name_is_not_sent_to_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    write(tmp_path / "a\x1b[31m\nb", "")
    output = invoke("plans").output
    assert "\x1b" not in output
    assert "a\\x1b[31m\\x0ab" in output


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb", "parquet", "kml", "zip"])
def test_a_new_plan_checks_clean_once_polygons_are_dropped_in(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "新 plan"
    result = invoke("new", folder, "--name", 'My "plan"', "--name-zh", "我的\\规划")
    assert result.exit_code == 0
    assert str(folder / "plan.toml") in result.output
    waiting = invoke("check", folder)
    assert waiting.exit_code == 0
    save(folder / f"zones.{suffix}", frame(SQUARES))
    checked = invoke("check", folder, "--json")
    document = json.loads(checked.output)
    assert (checked.exit_code, document["findings"]) == (0, [])
    assert document["plan"]["name"] == {"en": 'My "plan"', "zh": "我的\\规划"}
    assert document["area"]["total_m2"] == pytest.approx(20_000, rel=1e-3)


def test_a_new_plan_never_replaces_one(tmp_path: Path) -> None:
    assert invoke("new", tmp_path / "p").exit_code == 0
    (tmp_path / "p" / "plan.toml").write_text("mine")
    assert invoke("new", tmp_path / "p").exit_code == 2
    assert (tmp_path / "p" / "plan.toml").read_text() == "mine"


def test_the_next_step_can_be_pasted_whatever_the_name(tmp_path: Path) -> None:
    output = invoke("new", tmp_path / "a b; rm -rf $HOME").output
    assert f"geoplan check '{tmp_path / 'a b; rm -rf $HOME'}'" in output
