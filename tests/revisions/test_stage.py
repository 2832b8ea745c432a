"""From features to zones: matched by key, name and shape, one feature per zone, unchanged ones as stored."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Polygon

from geoplan.plan import Plan
from geoplan.revisions.stage import joined, keep_unchanged, stage
from geoplan.revisions.values import How
from geoplan.types import Tolerance
from tests.helpers import EAST, NORTH, make_layer, make_plan, rectangle, square

A, B, C = (square(EAST + 100 * n, NORTH, 100) for n in range(3))
NAMED: list[dict[str, object]] = [
    {"id": "a", "name": {"en": "North", "zh": "北区"}, "aliases": ["N1"]},
    {"id": "b", "name": {"en": "South", "zh": "南区"}},
]


def plan(*zones: dict[str, object]) -> Plan:
    return make_plan(zones=list(zones or NAMED))


def unnamed(*ids: str) -> list[dict[str, object]]:
    return [{"id": key, "name": f"Slot {key}", "named": False, "awaiting": True} for key in ids]


@pytest.mark.parametrize(
    ("values", "how"),
    [
        (["a", "b"], How.ID),
        (["A ", "b"], How.ID),
        (["North", "b"], How.NAME),
        (["北区", "b"], How.NAME),
        (["n1", "b"], How.ALIAS),
    ],
)
def test_a_feature_is_matched_by_id_name_or_alias_and_says_which(values: list[str], how: How) -> None:
    staged = stage(make_layer([A, B], ids=values), plan(), None)
    assert staged.ids == ("a", "b")
    assert staged.matched[0].how is how
    assert staged.layer.text("name_zh") == ("北区", "南区")


def test_what_no_key_tells_is_matched_by_shape_and_says_how_much_is_common() -> None:
    current = make_layer([A, B], ids=["a", "b"], name_en=["North", "South"], name_zh=["北区", "南区"])
    moved = rectangle(EAST + 120, NORTH, 100, 100)  # 80 of 120 m are common with B: two thirds
    staged = stage(make_layer([A, moved], ids=["a", "x9"]), plan(), current)
    assert staged.ids == ("a", "b")
    assert staged.matched[1].how is How.SHAPE
    assert staged.matched[1].key == "x9"
    assert staged.matched[1].share == pytest.approx(80 / 120)


def test_less_than_half_in_common_is_no_match() -> None:
    current = make_layer([A, B], ids=["a", "b"])
    far = rectangle(EAST + 140, NORTH, 100, 100)  # 60 of 140 m
    staged = stage(make_layer([A, far], ids=["a", "x9"]), plan(), current)
    assert staged.matched[1].how is How.NEW
    assert staged.ids == ("a", "x9")


def test_a_zone_that_a_key_names_is_not_given_away_by_shape() -> None:
    current = make_layer([A, B], ids=["a", "b"])
    staged = stage(make_layer([C, B], ids=["b", "x9"]), plan(), current)
    assert [row.how for row in staged.matched] == [How.ID, How.NEW]


def test_two_features_on_one_zone_are_left_for_a_person() -> None:
    current = make_layer([A], ids=["a"])
    staged = stage(make_layer([A, A], ids=["x", "y"]), plan(NAMED[0]), current)
    assert [row.how for row in staged.matched] == [How.NEW, How.NEW]


def test_zones_without_a_published_name_go_by_shape_before_they_go_by_order() -> None:
    slots = make_plan(zones=unnamed("s1", "s2"))
    first = stage(make_layer([A, B], ids=["x", "y"]), slots, None)
    assert [(row.zone, row.how) for row in first.matched] == [("s1", How.ORDER), ("s2", How.ORDER)]
    assert first.layer.text("name_en") == ("x", "y")
    again = stage(make_layer([B, A], ids=["p", "q"]), slots, first.layer)
    assert [(row.zone, row.how) for row in again.matched] == [("s2", How.SHAPE), ("s1", How.SHAPE)]


def test_a_file_without_names_keeps_the_names_that_are_stored() -> None:
    slots = make_plan(zones=unnamed("s1", "s2"))
    current = make_layer([A, B], ids=["s1", "s2"], name_en=["East Bank", "West"], name_zh=["东岸", "西岸"])
    staged = stage(make_layer([A, B], ids=["s1", "s2"]), slots, current)
    assert staged.layer.text("name_en") == ("East Bank", "West")
    assert staged.layer.text("name_zh") == ("东岸", "西岸")


def test_features_that_are_no_zone_keep_their_key_or_are_numbered() -> None:
    staged = stage(make_layer([A, B, C], ids=["a", "extra", None]), plan(), None)
    assert staged.ids == ("a", "extra", "#3")


def test_other_fields_are_kept_and_ours_are_not_overwritten_by_the_files() -> None:
    layer = make_layer([A, B], ids=["7", "8"], name_zh=["北区", "南区"], TBMJ=[1.5, float("nan")], Name=["u", "v"])
    staged = stage(layer, plan(), None)
    assert list(staged.layer.fields) == ["id", "name_en", "name_zh", "source_id", "TBMJ", "Name"]
    assert staged.layer.fields["source_id"].tolist() == ["7", "8"]
    assert staged.layer.fields["TBMJ"].tolist() == [1.5, None]
    # What came out goes in again without another column.
    assert list(stage(staged.layer, plan(), None).layer.fields) == list(staged.layer.fields)


def test_what_a_driver_adds_by_itself_is_left_out() -> None:
    layer = make_layer([A, B], ids=["a", "b"], tessellate=[-1, -1], EntityHandle=["1F", "2A"], visibility=[0, 1])
    assert list(stage(layer, plan(), None).layer.fields) == ["id", "name_en", "name_zh", "visibility"]


def test_times_stay_times() -> None:
    layer = make_layer([A, B], ids=["a", "b"])
    fields = dict(layer.fields) | {"when": np.array(["2026-11-22T01:02:03", "NaT"], dtype="datetime64[ns]")}
    staged = stage(type(layer)(layer.geometry, layer.crs, fields, layer.source), plan(), None)
    assert staged.layer.fields["when"].tolist() == [datetime(2026, 11, 22, 1, 2, 3), None]


def test_features_of_one_zone_become_its_parts() -> None:
    layer = make_layer([A, C, B], ids=["a", "a", "b"])
    single = joined(layer, ["a", "a", "b"])
    assert single.text("id") == ("a", "b")
    assert single.geometry[0].equals(MultiPolygon([A, C]))
    assert joined(layer.take([0, 2]), ["a", "b"]).geometry[0] is layer.geometry[0]


def test_an_unchanged_zone_is_given_back_as_it_is_stored_and_in_its_place() -> None:
    current = make_layer([A, B], ids=["a", "b"], note=["one", 8])
    noisy = Polygon([(x + 4e-4, y - 4e-4) for x, y in reversed(A.exterior.coords)])
    wider = rectangle(EAST + 100, NORTH, 150, 100)
    layer = make_layer([C, wider, noisy], ids=["c", "b", "a"], note=["new", 8.0, "one"])
    kept = keep_unchanged(layer, current, Tolerance())
    assert kept.text("id") == ("a", "b", "c")
    assert kept.geometry[0].wkb == A.wkb
    assert kept.geometry[1].wkb == wider.wkb
    assert kept.geometry[2].wkb == C.wkb
    assert kept.fields["note"].tolist() == ["one", 8.0, "new"]


def test_a_zone_whose_fields_changed_keeps_its_geometry_and_takes_the_fields() -> None:
    current = make_layer([A], ids=["a"], note=["one"])
    kept = keep_unchanged(make_layer([A.reverse()], ids=["a"], note=["two"]), current, Tolerance())
    assert kept.geometry[0].wkb == A.wkb
    assert kept.fields["note"].tolist() == ["two"]
