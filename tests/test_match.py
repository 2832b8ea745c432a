from __future__ import annotations

import pytest

from geoplan.errors import InputError
from geoplan.match import folded, known_names, match_zones
from geoplan.types import Text
from tests.checks.valley import ZONES, valley_plan
from tests.helpers import make_layer, make_plan, square

IDS = ("core", "high-tech", "shushan", "iflytek")
ENGLISH = ("Core Area", "High-tech Area", "Shushan Area", "iFlytek Town")
CHINESE = ("核心区", "高新园", "蜀山园", "讯飞小镇")
SLOTS = [{"id": f"slot-{n}", "name": {"en": f"Zone {n}", "zh": f"功能区{n}"}, "named": False} for n in (1, 2)]


def layer(**fields):
    count = len(next(iter(fields.values())))
    shapes = [square(518_000 + 100 * place, 3_521_000, 10) for place in range(count)]
    ids = fields.pop("id", [None] * count)
    return make_layer(shapes, ids=ids, **fields)


def matched(plan=None, id_field=None, **fields):
    return match_zones(layer(**fields), valley_plan() if plan is None else plan, id_field=id_field)


# --- with a plan: which zone is it ---


@pytest.mark.parametrize("values", [IDS, ENGLISH, CHINESE])
def test_zones_are_known_by_id_and_by_name_in_either_language(values):
    assert matched(name=values).zones == IDS


@pytest.mark.parametrize(
    "written",
    [
        "core",
        "CORE",
        " Core ",
        "Core Area",
        "core  area",
        "ＣＯＲＥ　ＡＲＥＡ",
        "核心区",
        "Z1",
        "z1",
        "Ｚ１",
        "ｚ1",
        "\tZ1\n",
    ],
)
def test_case_spaces_and_full_width_forms_do_not_matter(written):
    assert matched(name=[written, *IDS[1:]]).zones == IDS


def test_one_field_may_mix_ids_aliases_and_both_languages():
    assert matched(name=["z1", "高新园", "Shushan Area", "iflytek"]).zones == IDS


def test_whatever_field_holds_the_names_is_found():
    found = matched(id=["f1", "f2", "f3", "f4"], 备注=CHINESE)
    assert (found.zones, found.field) == (IDS, "备注")


def test_numeric_codes_match_as_text():
    plan = make_plan(zones=[{"id": "1", "name": "North"}, {"id": "2", "name": "South", "aliases": ["340104"]}])
    assert matched(plan, BZ=[340104.0, 1]).zones == ("2", "1")


def test_the_field_that_knows_most_zones_decides_not_the_one_that_names_one_zone_most_often():
    # Every feature is "near" the Core Area; only three of four names are spelt right.
    found = matched(near=["core"] * 4, name=["core", "high-tech", "shushan", "iflyteck"])
    assert found.zones == ("core", "high-tech", "shushan", None)
    assert found.field == "name"


def test_of_fields_that_know_as_many_the_usual_key_decides():
    found = matched(old_id=[*IDS[1:], IDS[0]], id=IDS)
    assert (found.zones, found.field) == (IDS, "id")
    assert matched(old_id=[*IDS[1:], IDS[0]], name=ENGLISH).zones == IDS


def test_a_field_that_is_asked_for_decides_alone():
    found = matched(id=IDS, other=["core", "x", "y", "z"], id_field="other")
    assert found.zones == ("core", None, None, None)
    assert found.labels == ("core", "x", "y", "z")
    assert found.field == "other"


def test_a_field_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputError, match=r"no field \"nr\".*Fields in the file: id, name"):
        matched(id=IDS, name=ENGLISH, id_field="nr")


def test_several_features_can_be_one_zone():
    assert matched(name=["core", "核心区", "Core Area"]).zones == ("core",) * 3


def test_a_name_two_zones_share_is_neither_but_an_id_is_always_its_own_zone_s():
    plan = make_plan(
        zones=[
            {"id": "a", "name": "一区", "aliases": ["区１", "b"]},
            {"id": "b", "name": "二区", "aliases": ["区1"]},
        ]
    )
    assert matched(plan, name=["区1", "一区", "二区", "b"]).zones == (None, "a", "b", "b")


def test_text_is_folded_before_it_is_compared():
    assert folded("  ＡＢＣ　１２ \n") == "abc 12"
    assert known_names(valley_plan())["核心区"] == "core"


# --- labels and names ---


def test_a_matched_feature_is_called_as_the_plan_calls_it():
    found = matched(name=["核心区", "annex"])
    assert found.labels == ("core", "annex")
    assert found.names == (Text("Core Area", "核心区"), Text.same("annex"))


def test_an_unmatched_feature_keeps_its_own_key():
    assert matched(id=["core", "annex"]).labels == ("core", "annex")


def test_an_unmatched_feature_without_a_key_is_labelled_by_its_place():
    assert matched(id=["core", None, ""]).labels == ("core", "#2", "#3")


def test_a_key_that_is_the_id_of_another_feature_s_zone_is_no_label():
    # The names decide; the fourth feature carries a stale id.
    found = matched(id=["1", "2", "3", "core"], name=["core", "high-tech", "shushan", "quarry"])
    assert found.zones == ("core", "high-tech", "shushan", None)
    assert found.labels[3] == "#4"


def test_names_in_both_languages_are_taken_from_the_file():
    found = matched(make_plan(), id=["a", "b"], name_en=["West", ""], name_zh=["西区", "东区"])
    assert found.names == (Text("West", "西区"), Text("东区", "东区"))


# --- zones whose names are not published ---


def test_unknown_features_fill_unnamed_zones_in_file_order():
    found = matched(make_plan(zones=SLOTS), name=["甲", "乙"])
    assert found.zones == ("slot-1", "slot-2")
    assert found.filled == {"slot-1": "甲", "slot-2": "乙"}
    assert found.names == (Text.same("甲"), Text.same("乙"))
    assert found.labels == ("slot-1", "slot-2")


def test_features_without_any_name_fill_them_too():
    assert matched(make_plan(zones=SLOTS), id=[None, None]).filled == {"slot-1": "#1", "slot-2": "#2"}


@pytest.mark.parametrize("names", [["甲"], ["甲", "乙", "丙"]])
def test_more_or_fewer_features_than_unnamed_zones_fill_none(names):
    found = matched(make_plan(zones=SLOTS), name=names)
    assert found.filled == {}
    assert found.zones == (None,) * len(names)


def test_an_unnamed_zone_that_a_feature_names_is_not_filled_again():
    found = matched(make_plan(zones=SLOTS), name=["slot-2", "甲"])
    assert found.zones == ("slot-2", "slot-1")
    assert found.filled == {"slot-1": "甲"}


def test_while_a_named_zone_is_missing_no_unnamed_one_is_filled():
    plan = valley_plan([*ZONES, SLOTS[0]])
    assert matched(plan, name=["core", "high-tech", "shushan", "iflyteck"]).filled == {}
    assert matched(plan, name=[*IDS, "new"]).filled == {"slot-1": "new"}


# --- without a plan ---


def own(**fields):
    return match_zones(layer(**fields), None)


def test_without_a_plan_features_are_no_zones_and_go_by_their_key():
    found = own(id=["a", "b"], name=["West", "East"])
    assert (found.zones, found.labels, found.field) == ((None, None), ("a", "b"), "id")
    assert found.names == (Text.same("West"), Text.same("East"))
    assert found.filled == {}


def test_a_plan_that_declares_no_zones_is_as_none():
    assert matched(make_plan(), id=["a", "b"]) == own(id=["a", "b"])


@pytest.mark.parametrize("field", ["BSM", "TBBH", "Zone_ID", "名称", "fid", "DLMC"])
def test_a_unique_field_with_a_usual_name_is_the_key(field):
    assert own(**{field: ["01", "02"]}).labels == ("01", "02")


def test_a_unique_field_wins_over_a_repeated_one():
    assert own(id=["a", "a"], name=["West", "East"]).labels == ("West", "East")


def test_a_repeated_identifier_is_the_key_when_there_is_no_unique_one():
    assert own(id=["a", "a"]).labels == ("a", "a")


@pytest.mark.parametrize("field", ["DLMC", "zone", "code", "xzqmc", "mc"])
def test_a_repeated_class_or_district_is_no_key(field):
    assert own(**{field: ["水田", "水田"]}).labels == ("#1", "#2")


def test_a_field_with_blanks_is_no_key():
    assert own(id=["a", None]).labels == ("#1", "#2")


def test_leading_zeros_of_codes_stay():
    assert own(bsm=["0101", "0102"]).labels == ("0101", "0102")


def test_a_layer_without_features_or_fields_matches_nothing():
    empty = make_layer([], ids=[])
    assert match_zones(empty, valley_plan()).zones == ()
    bare = make_layer([square(0, 0, 1)], ids=[None])
    assert match_zones(bare, None).labels == ("#1",)
