from __future__ import annotations

import pytest

from geoplan.checks.figures import (
    area_by_zone,
    as_written,
    awaited,
    boundaries_loaded,
    decimals,
    digits_for,
    km2,
    listed,
    method_text,
    percent,
    places_by_zone,
    source_text,
)
from geoplan.plan.rules import AreaTotalRule
from geoplan.types import AreaMethod, Text
from tests.checks.valley import all_zones_with, shapes, strip, valley, valley_plan, zones_with


def test_features_are_gathered_by_zone_in_file_order():
    subject = valley(more=[("x", None), ("核心区", strip(7, 1.0))])
    assert places_by_zone(subject) == {"core": (0, 5), "high-tech": (1,), "shushan": (2,), "iflytek": (3,)}


def test_the_area_of_a_zone_is_that_of_all_its_features_and_unknown_when_none_can_be_measured():
    areas = area_by_zone(valley(shapes() | {"shushan": None}, more=[("core", strip(7, 1.0)), ("high-tech", None)]))
    assert areas == {
        "core": pytest.approx(4e6),
        "high-tech": pytest.approx(2.2e6),
        "iflytek": pytest.approx(2.1e6),
    }


def test_a_zone_is_awaited_until_it_has_a_feature():
    plan = valley_plan(all_zones_with(awaiting=True))
    assert awaited(valley({"core": strip(0, 1.0)}, plan=plan)) == ("high-tech", "shushan", "iflytek")
    assert awaited(valley({}, plan=valley_plan(zones_with("core", awaiting=True)))) == ("core",)


def test_loaded_boundaries_count_zones_and_not_features():
    subject = valley({"core": strip(0, 1.0)}, more=[("core", strip(1, 1.0)), ("x", None)])
    assert boundaries_loaded(subject) == Text("1 of 4 boundaries loaded", "已载入 4 个边界中的 1 个")


@pytest.mark.parametrize(
    ("gap_m2", "digits"), [(0, 3), (192_000, 3), (9_900, 4), (10, 6), (1, 7), (1e-9, 10), (-500, 5)]
)
def test_a_gap_is_shown_with_two_digits_and_never_fewer_than_three_decimals(gap_m2, digits):
    assert digits_for(gap_m2) == digits


def test_decimals_follow_the_unit():
    assert [decimals(gap, 2) for gap in (5, 0.5, 0.05, 0.005)] == [2, 2, 3, 4]


@pytest.mark.parametrize(
    ("value", "text"),
    [(8.22, "8.22"), (3.0, "3"), (1200.0, "1200"), (0.0, "0"), (1e-5, "0.00001"), (2e20, "2" + "0" * 20)],
)
def test_a_published_number_is_written_as_a_person_writes_it(value, text):
    assert as_written(value) == text


def test_areas_and_shares_read_with_their_units():
    assert km2(1_234_567_890, 3) == "1,234.568 km²"
    assert percent(0.8881) == "88.81 %"


@pytest.mark.parametrize(
    ("names", "english", "chinese"),
    [
        ([], "", ""),
        (["A"], "A", "A"),
        (["A", "B"], "A and B", "A、B"),
        (["A", "B", "C"], "A, B and C", "A、B、C"),
        (list("ABCDEFG"), "A, B, C, D, E and 2 more", "A、B、C、D、E等 7 个"),
    ],
)
def test_names_are_listed_as_a_phrase(names, english, chinese):
    assert listed([Text.same(name) for name in names]) == Text(english, chinese)


@pytest.mark.parametrize(
    ("method", "english"),
    [("ellipsoidal", "ellipsoidal"), ("geodesic", "geodesic"), ("planar", "planar, EPSG:4548")],
)
def test_a_planar_figure_names_its_plane(method, english):
    assert method_text(valley(method=AreaMethod(method))).en == english


def test_a_source_is_told_with_what_it_says_and_left_out_when_there_is_none():
    def told(**values):
        return source_text(valley(), AreaTotalRule.model_validate({"check": "area-total", "km2": 1, **values}))

    assert told() == Text("", "")
    assert told(source="news") == Text(" (source: The blueprint)", "（来源：实施方案）")
    assert told(published="8 km²") == Text(" (“8 km²”)", "（“8 km²”）")
    assert told(published="8 km²", source="news").en == " (“8 km²”, source: The blueprint)"
