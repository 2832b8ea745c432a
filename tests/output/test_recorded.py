"""What a store keeps in fixed words is told in the reader's language; what people wrote stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geoplan.crs import norm_crs, operation_between
from geoplan.drafts import Ground, publish_draft, start, with_zone
from geoplan.output.recorded import message_text, operation_text
from geoplan.revisions import Publishing, load, restore
from tests.plan_folders import SIDE, WEST, square_ring, write_layer, write_plan


@pytest.mark.parametrize(("source", "target"), [("EPSG:4326", "EPSG:4490"), ("EPSG:4490", "EPSG:4548")])
def test_no_conversion_is_said_to_be_none_in_both_languages(source: str, target: str) -> None:
    said = operation_text(operation_between(norm_crs(source), norm_crs(target)).description)
    assert said.en.startswith("none needed, ")
    assert said.zh.endswith(("无需转换", "0.1 m"))
    assert "null" not in said.en + said.zh
    assert "datum" not in said.zh


def test_a_named_operation_keeps_its_name_without_the_turning_of_axes() -> None:
    described = operation_between(norm_crs("EPSG:4301"), norm_crs("EPSG:4490")).description
    assert "Tokyo to WGS 84" in described
    said = operation_text(described)
    assert said.en == said.zh
    assert said.en.startswith("Tokyo to WGS 84")
    assert "axis" not in said.en


@pytest.mark.parametrize("shift", ["GCJ-02", "BD-09"])
def test_a_shift_that_was_taken_out_is_told_before_the_conversion(shift: str) -> None:
    said = operation_text(f"{shift} undone; same datum")
    assert said.en == f"{shift} shift taken out; none needed, the datum is the same"
    assert said.zh == f"去除 {shift} 偏移；基准相同，无需转换"


@pytest.mark.parametrize("text", ["", "axis order change (2D)", "同一基准", "null", "Restore"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert operation_text(text).en == operation_text(text).zh == text
    assert message_text(text).en == message_text(text).zh == text


def test_messages_nobody_wrote_are_told_in_chinese_too(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "trial")
    ground = Ground.of(folder)
    wider = shapely.Polygon([[x + 0.002 * (x > WEST + SIDE), y] for x, y in square_ring(1)])
    draft = with_zone(start(ground, "东缘", "Li Wei"), "z1", wider)
    drawn = publish_draft(draft, ground.plan, Publishing(author="Li Wei")).revision
    west = [[x - 0.001, y] for x, y in square_ring(0)]
    path = tmp_path / "survey 2.geojson"
    write_layer(path, [({"id": "z0"}, "Polygon", [west]), ({"id": "z1"}, "Polygon", [square_ring(1)])])
    loaded = load(path, folder, publishing=Publishing(author="Li Wei")).revision
    back = restore(folder, 0, Publishing(author="Li Wei")).revision
    again = restore(folder, 2, Publishing(author="Li Wei")).revision
    said = [message_text(one.message, one.source_path, one.decision) for one in (drawn, loaded, back, again) if one]
    assert [one.zh for one in said] == ["草案 东缘", "加载 survey 2.geojson", "恢复规划文件夹中的分区", "恢复第 2 版"]
    assert [one.en for one in said][1:] == [
        "Load survey 2.geojson",
        "Restore the zones of the plan folder",
        "Restore revision 2",
    ]


def test_a_message_somebody_wrote_is_not_taken_for_one_of_those() -> None:
    for written in ("Load the new survey", "Draft of Monday", "Restore revision 2 as agreed"):
        assert message_text(written, "survey.zip", {"draft": {"name": "Edge"}}).zh == written
