"""The laws of differences, on any two sets of zones, and what is refused."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geoplan.diff import ChangeKind, Diff, ZoneSet, apply, between, invert
from geoplan.diff.algebra import noise_m
from geoplan.errors import CrsError, DiffConflictError
from geoplan.types import Tolerance
from tests.diffs import at, zone_set
from tests.helpers import EAST, NORTH, make_layer, square

SQUARE, OTHER = at(0, 0, 100, 100), at(0, 0, 100, 90)

# Cells of a small grid in multiples of 10 m, some a little off: below, at and above the tolerance of 1 cm.
size = st.integers(1, 4)
nudge = st.sampled_from([0.0, 0.0, 0.0, 0.0005, 0.009, 0.02])
shapes = st.builds(
    lambda x, y, w, h, off: at(10.0 * x + off, 10.0 * y, 10.0 * w, 10.0 * h),
    st.integers(0, 4),
    st.integers(0, 4),
    size,
    size,
    nudge,
)
geometries = st.one_of(st.none(), shapes, st.builds(shapely.union, shapes, shapes))
values = st.sampled_from([None, "", "甲", 8, 8.0, "8", 0.1 + 0.2, 0.3, True, float("nan")])
sets = st.dictionaries(st.sampled_from("abcdef"), st.tuples(geometries, values), max_size=6).map(
    lambda zones: zone_set(
        {key: shape for key, (shape, _) in zones.items()}, value=[value for _, value in zones.values()]
    )
)


@settings(max_examples=150, deadline=None)
@given(sets, sets)
def test_applying_a_difference_gives_the_other_set_to_the_last_bit(a: ZoneSet, b: ZoneSet) -> None:
    result = apply(a, between(a, b))
    assert result == b
    assert {key: zone.wkb for key, zone in result.zones.items()} == {key: zone.wkb for key, zone in b.zones.items()}


@settings(max_examples=150, deadline=None)
@given(sets, sets)
def test_applying_the_inverse_goes_back(a: ZoneSet, b: ZoneSet) -> None:
    assert apply(b, invert(between(a, b))) == a


@settings(max_examples=150, deadline=None)
@given(sets, sets)
def test_the_inverse_of_the_inverse_is_the_difference(a: ZoneSet, b: ZoneSet) -> None:
    diff = between(a, b)
    assert invert(invert(diff)) == diff


@settings(max_examples=150, deadline=None)
@given(sets, sets)
def test_the_inverse_is_the_difference_the_other_way(a: ZoneSet, b: ZoneSet) -> None:
    assert invert(between(a, b)) == between(b, a)


@settings(max_examples=50, deadline=None)
@given(sets)
def test_a_set_does_not_differ_from_itself(a: ZoneSet) -> None:
    assert between(a, a) == Diff(a.crs, ())
    assert apply(a, between(a, a)) == a


@settings(max_examples=100, deadline=None)
@given(sets, sets)
def test_every_zone_that_differs_is_in_exactly_one_change(a: ZoneSet, b: ZoneSet) -> None:
    diff = between(a, b)
    before = [change.before.id for change in diff.changes if change.before]
    after = [change.after.id for change in diff.changes if change.after]
    assert sorted(before) == sorted(key for key, zone in a.zones.items() if b.zones.get(key) != zone)
    assert sorted(after) == sorted(key for key, zone in b.zones.items() if a.zones.get(key) != zone)


@settings(max_examples=100, deadline=None)
@given(sets, sets)
def test_unchanged_zones_lie_within_a_centimetre_of_each_other(a: ZoneSet, b: ZoneSet) -> None:
    for change in between(a, b, tolerance=Tolerance(width_m=0.01)).changes:
        if change.kind is ChangeKind.UNCHANGED and change.before and change.after and change.before.wkb:
            one, other = change.before.geometry, change.after.geometry
            assert one is not None
            assert other is not None
            fine = [shapely.segmentize(shape.boundary, 0.5) for shape in (one, other)]
            assert shapely.hausdorff_distance(*fine) <= 0.01 + 1e-8


def test_a_zone_unchanged_within_the_tolerance_still_carries_the_new_bytes() -> None:
    a, b = zone_set({"a": SQUARE}), zone_set({"a": at(0, 0, 100.005, 100)})
    (change,) = between(a, b).changes
    assert change.kind is ChangeKind.UNCHANGED
    assert apply(a, between(a, b)) == b != a


def test_the_noise_is_the_width_tolerance_but_at_least_a_millimetre() -> None:
    assert noise_m(Tolerance(width_m=0.05)) == 0.05
    assert noise_m(Tolerance(width_m=0.0)) == 0.001


def test_zones_in_two_systems_are_not_compared() -> None:
    a, b = zone_set({"a": SQUARE}), zone_set({"a": SQUARE}, crs="EPSG:4549")
    with pytest.raises(CrsError, match=r"EPSG:4548.*EPSG:4549") as caught:
        between(a, b)
    assert caught.value.hint is not None
    with pytest.raises(CrsError):
        apply(b, between(a, a))


def test_one_system_in_two_spellings_is_one() -> None:
    esri = make_layer([SQUARE], ids=["a"]).crs.to_wkt("WKT1_ESRI")
    assert zone_set({"a": SQUARE}, crs=esri) == zone_set({"a": SQUARE})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "there is none"),
        ({"a": OTHER}, "another boundary"),
    ],
    ids=["missing", "other boundary"],
)
def test_a_difference_made_from_other_zones_names_the_zone(found: dict[str, shapely.Polygon], said: str) -> None:
    diff = between(zone_set({"a": SQUARE}), zone_set({"a": at(5, 5, 10, 10)}))
    with pytest.raises(DiffConflictError, match=said) as caught:
        apply(zone_set(found), diff)
    assert caught.value.zone == "a"
    assert caught.value.exit_code == 3
    assert "该分区" in caught.value.message.zh


def test_other_fields_are_a_conflict_too() -> None:
    diff = between(zone_set({"a": SQUARE}, name=["A"]), zone_set({"a": OTHER}, name=["A"]))
    with pytest.raises(DiffConflictError, match="other fields"):
        apply(zone_set({"a": SQUARE}, name=["B"]), diff)


def test_a_zone_that_is_there_already_cannot_be_added() -> None:
    diff = between(zone_set({}), zone_set({"a": SQUARE}))
    with pytest.raises(DiffConflictError, match="there already") as caught:
        apply(zone_set({"a": SQUARE}), diff)
    assert caught.value.zone == "a"


def test_a_refused_difference_changes_nothing() -> None:
    zones = zone_set({"a": OTHER, "b": SQUARE})
    diff = between(zone_set({"a": SQUARE, "b": SQUARE}), zone_set({}))
    with pytest.raises(DiffConflictError):
        apply(zones, diff)
    assert zones == zone_set({"a": OTHER, "b": SQUARE})


def test_ids_can_be_swapped() -> None:
    a, b = zone_set({"a": SQUARE, "b": OTHER}), zone_set({"a": OTHER, "b": SQUARE})
    assert apply(a, between(a, b)) == b


ODD: dict[str, BaseGeometry | None] = {
    "an empty part": shapely.from_wkt(
        "MULTIPOLYGON (EMPTY, ((518000 3521000, 518100 3521000, 518100 3521100, 518000 3521000)))"
    ),
    "a collection": shapely.from_wkt("GEOMETRYCOLLECTION (POLYGON EMPTY, POINT (518000 3521000))"),
    "no width": shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 5, NORTH)]),
    "repeated vertices": shapely.Polygon([(EAST, NORTH)] * 3 + [(EAST + 10, NORTH), (EAST + 10, NORTH + 10)]),
    "a line": shapely.LineString([(EAST, NORTH), (EAST + 10, NORTH)]),
    "far away": square(1e9, NORTH, 10),
    "crossing itself": shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]),
    "empty": shapely.Polygon(),
    "nothing": None,
}


@pytest.mark.parametrize("one", ODD)
def test_the_laws_hold_for_shapes_no_check_would_let_pass(one: str) -> None:
    plain = square(EAST, NORTH, 100)
    for before, after in (
        ({"a": ODD[one]}, {"a": plain}),
        ({"a": plain, "b": ODD[one]}, {"a": ODD[one]}),
        ({"a": ODD[one]}, {"b": ODD[one]}),
        ({}, {"a": ODD[one], "b": plain}),
    ):
        first, second = zone_set(before), zone_set(after)
        found = between(first, second)
        assert apply(first, found) == second
        assert apply(second, invert(found)) == first
        assert between(first, first).changes == ()
