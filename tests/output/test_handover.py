"""What every file says of itself and its zones: the plan's own word first, unknown left out, times in UTC."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geoplan.output.handover import (
    NO_TIME,
    awaited_zones,
    category_name,
    facts_of,
    measured_zones,
    moment_of,
    remarks_of,
    source_line,
)
from geoplan.output.words import BASIS_WORDS, COMPARISON_WORDS, KIND_WORDS
from geoplan.plan.model import Zone
from geoplan.types import Comparison, IndicatorKind, Text
from geoplan.workflow import open_plan
from tests.helpers import make_plan
from tests.output.export.ground import squares


@pytest.mark.parametrize(("text", "expected"), [
    ("2024-05-17T08:30:00+08:00", datetime(2024, 5, 17, 0, 30, tzinfo=UTC)),
    ("2024-05-17T08:30:00.75Z", datetime(2024, 5, 17, 8, 30, tzinfo=UTC)),
    ("2024-05-17T08:30:00", datetime(2024, 5, 17, 8, 30, tzinfo=UTC)),
    ("yesterday", None),
    ("0001-01-01T00:00:00+08:00", None),  # no year in UTC
    ("9999-12-31T23:59:59-08:00", None),
])  # fmt: skip
def test_times_are_in_utc_to_the_second(text: str, expected: datetime | None) -> None:
    assert moment_of(text) == expected


def test_zones_of_a_folder_have_no_revision_and_a_time_that_says_so(tmp_path: Path) -> None:
    facts = facts_of(squares(tmp_path))
    assert (facts.number, facts.hash, facts.published, facts.time) == (None, None, None, NO_TIME)
    assert facts.origin.en == "not published: the zones of the plan folder"
    assert "revision" not in facts.lines()
    assert facts.lines()["status"] == "indicative"
    assert len(facts.lines()["source_sha256"]) == 64


def test_what_the_plan_says_of_a_zone_goes_before_what_its_feature_says() -> None:
    own = {"basis_en": "drawn", "basis_zh": "绘制", "accuracy_m": "30", "source": "sketch", "note": "old"}
    zone = Zone.model_validate({"id": "a", "name": "A", "basis": {"en": "stated", "zh": "所载"}, "accuracy_m": 5})
    found = remarks_of(zone, own)
    assert (found.basis, found.accuracy_m) == (Text("stated", "所载"), 5)
    assert (found.source, found.note) == ("sketch", Text("old", "old"))
    alone = remarks_of(None, own)
    assert (alone.basis, alone.accuracy_m) == (Text("drawn", "绘制"), 30.0)


@pytest.mark.parametrize("text", ["", "wide", "-3", "inf", "nan"])
def test_an_accuracy_that_is_no_distance_is_unknown(text: str) -> None:
    assert remarks_of(None, {"accuracy_m": text}).accuracy_m is None


def test_a_source_is_one_line_and_an_unlisted_one_its_id() -> None:
    plan = make_plan(sources=[{"id": "survey", "title": {"en": "Survey", "zh": "测量"}, "date": "2024"}])
    assert source_line(plan, "survey") == Text("Survey · 2024", "测量 · 2024")
    assert source_line(plan, "other") == Text.same("other")
    assert source_line(plan, None) is None


def test_zones_come_once_each_and_those_without_boundary_are_awaited(tmp_path: Path) -> None:
    view = squares(tmp_path)
    assert [zone.id for zone, _ in measured_zones(view)] == ["a", "b"]
    assert awaited_zones(view.plan, {"a", "b"}) == ()
    assert [zone.id for zone in awaited_zones(view.plan, {"a"})] == ["b"]


def test_every_kind_and_comparison_has_its_word_in_both_languages() -> None:
    assert set(KIND_WORDS) == set(IndicatorKind)
    assert set(COMPARISON_WORDS) == set(Comparison)
    for word in (*KIND_WORDS.values(), *COMPARISON_WORDS.values(), *BASIS_WORDS.values()):
        assert word.en
        assert word.zh
        assert word.en != word.zh


@pytest.mark.parametrize(("text", "accuracy"), [
    ("5", 5.0), ("0", 0.0), ("1e3", 1000.0), (" 7.5 ", 7.5), ("-0.0", 0.0), ("1_000", 1000.0), ("5 m", None), ("٥", 5.0)
])  # fmt: skip
def test_an_accuracy_written_in_a_file_is_read_as_metres_or_not_at_all(text: str, accuracy: float | None) -> None:
    assert remarks_of(None, {"accuracy_m": text}).accuracy_m == accuracy


@pytest.mark.parametrize(("own", "expected"), [
    ({"basis": "drawn"}, Text("drawn", "drawn")),
    ({"basis_en": "drawn"}, Text("drawn", "drawn")),
    ({"basis_zh": "绘制"}, Text("绘制", "绘制")),
    ({"basis": "old", "basis_en": "new"}, Text("new", "old")),
    ({"basis": "", "basis_zh": ""}, None),
    ({}, None),
])  # fmt: skip
def test_a_basis_said_in_one_language_stands_for_both(own: dict[str, str], expected: Text | None) -> None:
    assert remarks_of(None, own).basis == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
    ("2024-12-31T23:59:59.999999+00:00", datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("2024-01-01T00:30:00+08:00", datetime(2023, 12, 31, 16, 30, tzinfo=UTC)),
    ("2023-02-29", None),
    ("", None),
    ("2024", None),
    ("1e9", None),
])  # fmt: skip
def test_what_is_no_time_is_none_and_dates_are_midnight_in_utc(text: str, expected: datetime | None) -> None:
    assert moment_of(text) == expected


def test_names_with_characters_that_act_unseen_are_seen_in_the_facts(tmp_path: Path) -> None:
    facts = facts_of(squares(tmp_path, name="a\u202eb\u200b"))
    assert facts.name.en == "a\\u202eb\\u200b"
    assert facts.lines()["name_en"] == facts.name.en


def test_a_plan_awaiting_its_boundaries_has_no_method_and_names_none() -> None:
    facts = facts_of(open_plan("aust-wisdom-valley"))
    assert (facts.method, facts.how, facts.projected, facts.sha256) == (None, None, None, None)
    assert not any(key.startswith("area_method") for key in facts.lines())
    assert all(facts.lines().values())


def test_the_hash_of_the_source_is_that_of_the_bytes_on_disk(tmp_path: Path) -> None:
    view = squares(tmp_path)
    content = (view.plan.folder / "zones.geojson").read_bytes()
    assert facts_of(view).lines()["source_sha256"] == hashlib.sha256(content).hexdigest()


def test_a_category_has_its_name_and_an_unlisted_one_its_id() -> None:
    plan = make_plan(categories=[{"id": "lab", "name": {"en": "Laboratory", "zh": "实验室"}}])
    assert category_name(plan, "lab") == Text("Laboratory", "实验室")
    assert category_name(plan, "other") == Text.same("other")
    assert category_name(plan, "") == Text.same("")


def test_awaited_zones_keep_the_plans_order_and_strangers_are_none_of_them() -> None:
    plan = make_plan(zones=[{"id": zone, "name": zone} for zone in ("c", "a", "b")])
    assert [zone.id for zone in awaited_zones(plan, {"a", "x"})] == ["c", "b"]
    assert [zone.id for zone in awaited_zones(plan, ())] == ["c", "a", "b"]


def test_a_source_without_publisher_and_date_is_its_title_alone() -> None:
    plan = make_plan(sources=[{"id": "s", "title": {"en": "Survey", "zh": "测量"}}])
    assert source_line(plan, "s") == Text("Survey", "测量")
    assert source_line(plan, "") is None
