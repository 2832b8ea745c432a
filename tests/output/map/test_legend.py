"""The legend: a row for what is on the map, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.output.map import category_name, category_signs, drawn_zones
from geoplan.output.map.legend import MAX_ZONES, legend_rows
from geoplan.workflow import open_plan
from tests.plan_folders import HOSTILE, write_plan


def test_a_category_the_plan_does_not_name_is_called_by_its_id(tmp_path: Path) -> None:
    trial = open_plan(write_plan(tmp_path / "trial", facilities=["Park"]))
    assert category_name(trial, "park").en == "park"
    assert category_name(open_plan("ustc-silicon-valley"), "university").zh == "高校"


def test_every_category_of_the_bundled_plan_has_a_sign_of_its_own() -> None:
    signs = category_signs(open_plan("ustc-silicon-valley"))
    assert len(set(signs.values())) == len(signs) > 5


def test_more_zones_than_a_legend_holds_are_counted_instead(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [f"Zone {n}" for n in range(MAX_ZONES + 1)]))
    zones = drawn_zones(view)[0]
    assert [row["text"] for row in legend_rows(view, zones, (), (), "en")] == ["Zones (13)"]
    assert len(legend_rows(view, zones[:MAX_ZONES], (), (), "en")) == 1 + MAX_ZONES


def test_only_categories_that_are_on_the_map_have_a_row(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", facilities=["Park"]))
    rows = legend_rows(view, (), view.facilities, (), "zh")
    assert [row["text"] for row in rows] == ["设施", "park", "所选位置的精度范围"]
    assert legend_rows(view, (), (), (), "zh") == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_text_of_the_legend_and_nothing_more(tmp_path: Path, name: str) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [name]))
    assert legend_rows(view, drawn_zones(view)[0], (), (), "en")[1]["text"] == name
