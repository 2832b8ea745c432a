"""Zones that are equal are found without making a zone of each: the answer is that of comparing them one by one."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoplan.diff import ZoneSet, between
from geoplan.diff.equality import differing, surely_equal
from geoplan.diff.zoneset import LayerZones, Zone, chosen, shapes_of
from geoplan.types import ZoneId
from geoplan.zones import ZoneLayer
from tests.diffs import at, zone_set
from tests.helpers import make_layer

SQUARE, OTHER = at(0, 0, 100, 100), at(0, 0, 100, 90)
TURNED = shapely.Polygon(np.roll(shapely.get_coordinates(SQUARE)[:-1], 1, axis=0))
SHAPES = (SQUARE, TURNED, OTHER, shapely.force_3d(SQUARE, 7.0), shapely.MultiPolygon([SQUARE]), shapely.Polygon(), None)
VALUES = (
    None,
    "",
    "8",
    " 8",
    8,
    8.0,
    8.5,
    True,
    1,
    float("nan"),
    dt.date(2025, 3, 1),
    np.datetime64("NaT"),
    np.float32(8.5),
)


def layer_zones(zones: ZoneSet) -> LayerZones:
    assert isinstance(zones.zones, LayerZones)
    return zones.zones


def column(*values: object) -> NDArray[Any]:
    holder = np.empty(len(values), dtype=object)
    holder[:] = values
    return holder


def single(value: object, name: str = "use") -> LayerZones:
    layer = make_layer([SQUARE], ids=["a"])
    return LayerZones(ZoneLayer(layer.geometry, layer.crs, {name: column(value)}), ["a"])


def one_by_one(before: LayerZones, after: LayerZones) -> tuple[dict[ZoneId, Zone], dict[ZoneId, Zone]]:
    """Every zone of either side made, and compared."""
    old, new = ({zone: side[zone] for zone in side} for side in (before, after))
    return (
        {key: zone for key, zone in old.items() if new.get(key) != zone},
        {key: zone for key, zone in new.items() if old.get(key) != zone},
    )


sides = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.sampled_from(SHAPES), st.sampled_from(VALUES), st.sampled_from((1, 2)))
)


@settings(max_examples=150, deadline=None)
@given(sides, sides, st.booleans())
def test_zones_found_by_columns_are_those_found_one_by_one(
    one: dict[str, tuple[Any, Any, int]], other: dict[str, tuple[Any, Any, int]], lacks: bool
) -> None:
    made = []
    for side, without in ((one, False), (other, lacks)):
        layer = make_layer([shape for shape, _, _ in side.values()], ids=list(side))
        fields = {} if without else {"use": column(*(value for _, value, _ in side.values()))}
        fields["floors"] = np.array([number for _, _, number in side.values()], dtype=np.int64)
        made.append(LayerZones(ZoneLayer(layer.geometry, layer.crs, fields), list(side)))
    assert differing(*made) == one_by_one(*made)
    assert surely_equal(*made) <= set(one) & set(other)


@pytest.mark.parametrize("shape", [SQUARE, None])
def test_the_same_vertices_are_equal_without_a_look_at_their_canonical_form(shape: Any) -> None:
    one, other = (layer_zones(zone_set({"a": shape, "b": OTHER}, use=["R", "R"])) for _ in range(2))
    assert surely_equal(one, other) == {"a", "b"}


def test_another_ring_start_is_not_surely_equal_and_yet_no_difference() -> None:
    one, other = layer_zones(zone_set({"a": SQUARE})), layer_zones(zone_set({"a": TURNED}))
    assert surely_equal(one, other) == set()
    assert differing(one, other) == ({}, {})


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("R", "R", True),
        ("R", "R ", False),
        (8, 8.0, True),
        (8, "8", False),
        (None, float("nan"), True),
        (None, "", True),
        (np.datetime64("2025-03-01"), dt.date(2025, 3, 1), True),
        (dt.date(2025, 3, 1), dt.date(2025, 3, 2), False),
        ([1, 2], [1, 2], True),
        ({"a": 1}, {"a": 2}, False),
    ],
)
def test_values_of_every_kind_are_compared_by_what_they_say(before: object, after: object, same: bool) -> None:
    old, new = differing(single(before), single(after))
    assert (old == new == {}) == same


def test_a_field_on_one_side_alone_counts_where_it_has_a_value() -> None:
    assert differing(single(None), single("", "other")) == ({}, {})
    assert list(differing(single("R"), single("R", "other"))[0]) == ["a"]


def test_columns_of_numbers_are_equal_where_both_have_none() -> None:
    numbers = np.array([1.5, np.nan, np.nan])
    layer = make_layer([SQUARE] * 3, ids=["a", "b", "c"])
    one, other = (
        LayerZones(ZoneLayer(layer.geometry, layer.crs, {"ratio": values}), ["a", "b", "c"])
        for values in (numbers, np.array([1.5, np.nan, 2.0]))
    )
    assert surely_equal(one, other) == {"a", "b"}
    assert list(differing(one, other)[1]) == ["c"]


def test_the_zones_of_a_layer_are_a_mapping_like_any_other() -> None:
    zones = layer_zones(zone_set({"b": SQUARE, "a": OTHER}, use=["R", None]))
    made = {key: zones[key] for key in ("b", "a")}
    assert (len(zones), list(zones), "a" in zones, "c" in zones) == (2, ["b", "a"], True, False)
    assert dict(zones.items()) == dict(zones) == made
    assert list(zones.values()) == list(made.values())
    assert made["b"].fields == (("use", "R"),)
    assert zones == made
    assert pickle.loads(pickle.dumps(zones)) == made  # noqa: S301 - of our own making
    with pytest.raises(KeyError):
        zones["c"]


def test_more_zones_than_are_made_at_a_time_keep_their_order() -> None:
    ids = [f"p{place}" for place in range(4100)]
    layer = make_layer([SQUARE] * 4100, ids=ids)
    zones = LayerZones(layer, ids)
    assert [zone.id for zone in zones.values()] == ids
    assert list(chosen(zones, ids[::-1])) == ids[::-1]


def test_the_shapes_of_zones_are_taken_from_the_layer_as_they_stand() -> None:
    zones = layer_zones(zone_set({"a": TURNED, "b": shapely.force_3d(OTHER, 3.0)}))
    plain = {key: zones[key] for key in zones}
    assert shapes_of(zones, ["b", "a"]).tolist() == [OTHER, TURNED]
    assert shapely.equals(shapes_of(plain, ["a", "b"]), [TURNED, OTHER]).all()


def test_zones_put_where_none_were_are_additions_sorted_by_id_and_made_when_looked_at() -> None:
    after = zone_set({"b": OTHER, "a": SQUARE, "c": SQUARE})
    found = between(ZoneSet(after.crs, {}), after).changes
    assert [(change.id, change.kind.value, change.before) for change in found] == [
        (zone, "added", None) for zone in ("a", "b", "c")
    ]
    assert [change.after for change in found] == [after.zones[zone] for zone in ("a", "b", "c")]
    assert found[1] == list(found)[1]
    assert found[1:] == tuple(found)[1:]
    assert (len(found), found == tuple(found), found == ()) == (3, True, False)
