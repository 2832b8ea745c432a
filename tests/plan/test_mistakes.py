"""Every mistake of a plan.toml at once: where it is, what was found, what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geoplan.errors import Mistake, PlanError
from geoplan.plan import load_plan
from geoplan.plan.mistakes import CHECK_NAMES, reference_mistakes
from geoplan.types import Text
from tests.plan.documents import chinese_alone, valid, write


def mistakes_in(document: dict[str, Any], folder: Path) -> list[Mistake]:
    with pytest.raises(PlanError) as caught:
        load_plan(write(folder, document))
    return list(caught.value.mistakes)


def the_mistake(document: dict[str, Any], folder: Path) -> Mistake:
    (mistake,) = mistakes_in(document, folder)
    return mistake


def test_all_mistakes_are_told_at_once_whatever_finds_them(tmp_path: Path) -> None:
    document = valid() | {"status": "final", "colour": "red"}
    document["zones"][0]["published_km2"] = "2.5"
    document["zones"][1]["groups"] = ["outr"]
    document["rules"][1]["group"] = "nowhere"
    keys = {mistake.key for mistake in mistakes_in(document, tmp_path)}
    assert keys == {"status", "colour", "zones[1].published_km2", "zones[2].groups", "rules[2].group", "groups[2]"}


def test_the_error_is_one_line_with_file_key_found_and_allowed(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        load_plan(write(tmp_path, valid() | {"status": "final"}))
    line = str(caught.value)
    assert line.startswith(f"{tmp_path / 'plan.toml'}: 1 mistake: status: ")
    assert "(found 'final')" in line
    assert "allowed: 'official', 'indicative', 'draft'" in line
    assert caught.value.line("zh") == (
        f"{tmp_path / 'plan.toml'}: 1 处错误：status: 不是此处允许的取值（现为 'final'）"
        "；允许：'official', 'indicative', 'draft'"
    )


def test_an_unknown_key_is_answered_with_the_nearest_and_all_allowed(tmp_path: Path) -> None:
    document = valid()
    document["zones"][0]["alias"] = ["x"]
    mistake = the_mistake(document, tmp_path)
    assert mistake.key == "zones[1].alias"
    assert mistake.message == Text("unknown key, did you mean aliases?", "未知的键，是否应为 aliases？")
    assert {"id", "name", "aliases", "groups", "published_km2"} <= set(mistake.allowed.split(", "))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ((), "tolerance"),
        (("area",), "projected"),
        (("tolerance",), "width_m"),
        (("layers",), "facilities"),
        (("rules", 0), "tolerance_km2"),
        (("rules", 4), "severity"),
        (("groups", 0), "groups"),
        (("accepted", 0), "expires"),
    ],
)
@pytest.mark.parametrize("name", ["bogus", "overlap", "crs", "zone-count"])
def test_an_unknown_key_is_told_in_every_table_even_when_it_is_the_name_of_a_check(
    tmp_path: Path, path: tuple[Any, ...], allowed: str, name: str
) -> None:
    document = valid()
    target: Any = document
    for key in path:
        target = target[key]
    target[name] = 1
    mistake = the_mistake(document, tmp_path)
    assert mistake.key.rpartition(".")[2] == name
    assert mistake.message.en.startswith("unknown key")
    assert allowed in mistake.allowed.split(", ")


@pytest.mark.parametrize("check", ["overlaps", "", 5, ["gap"], {"a": 1}, True])
def test_an_unknown_check_is_answered_with_all_names(tmp_path: Path, check: Any) -> None:
    document = valid()
    document["rules"][2] = {"check": check}
    mistake = the_mistake(document, tmp_path)
    assert mistake.key == "rules[3].check"
    assert mistake.allowed == ", ".join(sorted(CHECK_NAMES))


def test_a_rule_without_a_check_is_answered_with_all_names(tmp_path: Path) -> None:
    document = valid()
    document["rules"][2] = {"count": 4}
    mistake = the_mistake(document, tmp_path)
    assert (mistake.key, mistake.message.en, mistake.found) == ("rules[3].check", "is missing", "")
    assert mistake.allowed == ", ".join(sorted(CHECK_NAMES))


def test_every_check_of_the_contract_has_a_rule() -> None:
    contract = """geometry-valid geometry-type geometry-empty overlap gap sliver unmatched-vertex area-total area-share
        area-declared area-minimum zone-missing zone-unknown zone-duplicate zone-inside facility-inside crs extent
        zone-count"""
    assert set(CHECK_NAMES) == set(contract.split())


@pytest.mark.parametrize(
    ("table", "place", "key", "value"),
    [
        ("zones", 0, "published_km2", "2.5"),
        ("zones", 0, "published_km2", 0),
        ("zones", 0, "published_km2", float("nan")),
        ("zones", 0, "published_km2", float("inf")),
        ("zones", 0, "accuracy_m", -1),
        ("zones", 0, "awaiting", "yes"),
        ("zones", 0, "awaiting", 1),
        ("zones", 0, "aliases", "Zone A"),
        ("zones", 0, "id", "a b"),
        ("zones", 0, "id", "核心"),
        ("zones", 0, "id", 7),
        ("zones", 0, "name", {"en": "Core"}),
        ("zones", 0, "name", {"en": "Core", "zh": "核", "fr": "c"}),
        ("zones", 0, "name", {"en": "Core", "zh": " "}),
        ("zones", 0, "name", "a\x1b[31mb"),
        ("zones", 0, "name", "a\x00b"),
        ("zones", 0, "name", "x" * 5001),
        ("zones", 0, "name", 7),
        ("sources", 0, "date", "May 2026"),
        ("sources", 0, "date", "2026-13"),
        ("sources", 0, "date", "2026-02-30"),
        ("sources", 0, "date", True),
        ("sources", 0, "date", 2026.5),
        ("sources", 0, "date", "२०२६"),
        ("sources", 0, "url", "javascript:alert(1)"),
        ("sources", 0, "url", "https://a b"),
        ("rules", 0, "km2", "8.22"),
        ("rules", 0, "km2", True),
        ("rules", 0, "km2", -1),
        ("rules", 0, "km2", 10**400),
        ("rules", 0, "tolerance_km2", -0.1),
        ("rules", 0, "severity", "fatal"),
        ("rules", 0, "enabled", "false"),
        ("rules", 1, "max", 90),
        ("rules", 2, "count", 0),
        ("rules", 2, "count", 2.5),
        ("rules", 2, "count", True),
        ("rules", 3, "classes", {"01": "x"}),
        ("accepted", 0, "finding", "gap-1"),
        ("accepted", 0, "expires", "soon"),
        ("accepted", 0, "expires", 0),
        ("accepted", 0, "author", ""),
    ],
)
def test_a_wrong_value_is_one_mistake_at_its_key(tmp_path: Path, table: str, place: int, key: str, value: Any) -> None:
    document = valid()
    document[table][place][key] = value
    mistake = the_mistake(document, tmp_path)
    assert mistake.key.startswith(f"{table}[{place + 1}].{key}")
    assert mistake.found
    assert str(mistake).isprintable()
    assert chinese_alone(mistake.message.zh)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("format", "1"),
        ("format", True),
        ("format", 1.0),
        ("id", "-x"),
        ("id", "x" * 65),
        ("status", "Draft"),
        ("zones", {"id": "a"}),
        ("zones", "core"),
        ("rules", [1]),
        ("area", []),
        ("area", {"method": "exact"}),
        ("area", {"projected": "EPSG:4490"}),
        ("area", {"projected": "EPSG:1"}),
        ("area", {"projected": 4548}),
        ("tolerance", {"area_m2": -1}),
        ("tolerance", {"width_m": float("nan")}),
    ],
)
def test_a_wrong_setting_is_told_at_its_key(tmp_path: Path, key: str, value: Any) -> None:
    found = mistakes_in(valid() | {key: value}, tmp_path)
    assert found[0].key.startswith(key)
    assert all(chinese_alone(mistake.message.zh) for mistake in found)


def test_a_whole_year_a_month_and_a_day_are_dates(tmp_path: Path) -> None:
    for value in (2026, "2026", "2026-05", "2026-05-31"):
        document = valid()
        document["sources"][0]["date"] = value
        assert load_plan(write(tmp_path, document)).sources[0].date == str(value)


def test_long_values_are_cut_before_they_are_shown(tmp_path: Path) -> None:
    document = valid()
    document["zones"][0]["published_km2"] = "x" * 100_000
    assert len(the_mistake(document, tmp_path).found) <= 80


def test_what_is_used_twice_is_told_once_per_name() -> None:
    document = valid()
    document["sources"] += [{"id": "notice", "title": "Other"}] * 2
    document["categories"] *= 2
    assert [(m.key, m.found) for m in reference_mistakes(document)] == [
        ("sources.id", "'notice'"),
        ("categories.id", "'office'"),
    ]


@pytest.mark.parametrize("alias", ["core", "CORE ", "核心区", "zone  a", "Ｃｏｒｅ"])
def test_a_name_two_zones_share_is_a_mistake_however_it_is_spelt(alias: str) -> None:
    document = valid()
    document["zones"][1]["aliases"] = [alias]
    (mistake,) = reference_mistakes(document)
    assert mistake.key == "zones[2]"
    assert "shares" in mistake.message.en


@pytest.mark.parametrize(
    ("table", "key", "value", "declared"),
    [
        ("zones", "source", "gossip", "notice"),
        ("zones", "groups", ["inner", "nowhere"], "inner, outer, all"),
        ("groups", "groups", ["all", "nowhere"], "inner, outer, all"),
        ("rules", "source", "gossip", "notice"),
        ("rules", "group", "nowhere", "inner, outer, all"),
    ],
)
def test_a_reference_that_leads_nowhere_lists_what_is_declared(table: str, key: str, value: Any, declared: str) -> None:
    document = valid()
    document[table][0][key] = value
    (mistake,) = reference_mistakes(document)
    assert mistake.key == f"{table}[1].{key}"
    assert mistake.allowed == declared


def test_a_group_without_a_zone_is_a_mistake() -> None:
    document = valid()
    document["groups"].append({"id": "empty", "name": "Empty"})
    (mistake,) = reference_mistakes(document)
    assert (mistake.key, mistake.message.en) == ("groups[4]", "no zone belongs to this group")


@pytest.mark.parametrize("length", [1, 2, 50])
def test_groups_that_contain_themselves_are_each_a_mistake(length: int) -> None:
    document = valid()
    document["groups"] += [{"id": f"g{n}", "name": "G", "groups": [f"g{(n + 1) % length}"]} for n in range(length)]
    document["zones"][0]["groups"].append("g0")
    found = reference_mistakes(document)
    assert [mistake.key for mistake in found] == [f"groups[{4 + n}].groups" for n in range(length)]
    assert {mistake.message.en for mistake in found} == {"makes a group part of itself"}
