"""What zones are hashed as, and what a draft changes of the revision before: held against docs/store.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geoplan.errors import InputError
from geoplan.store.database import BATCH
from geoplan.store.records import Change, Standing, zone_changes, zone_records
from geoplan.store.values import canonical_json, json_rows, to_plain
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, square
from tests.store.drafts import squares, zones_of

SHAPES = {"a": square(EAST, NORTH, 100), "b": square(EAST + 100, NORTH, 100), "c": square(EAST + 200, NORTH, 100)}


def column(*values: object) -> Any:
    holder = np.empty(len(values), dtype=object)
    holder[:] = values
    return holder


def documented(zone: str, fields: Mapping[str, Any], shape: BaseGeometry) -> str:
    """Return a zone's hash as docs/store.md words it, by the standard library alone."""

    def text(value: object) -> str:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    head = text([zone, "EPSG:4548", text(fields)])
    return hashlib.sha256(head.encode() + b"\n" + shapely.to_wkb(shape, byte_order=1)).hexdigest()


def test_a_hash_is_the_one_that_the_documentation_words() -> None:
    values = {
        "name_en": 'R&D "Park"\n',
        "name_zh": "高新园 100%",
        "floors": 7,
        "ratio": 0.1,
        "open": True,
        "note": None,
    }
    layer = zones_of({"a": SHAPES["a"]}, **{name: [value] for name, value in values.items()})
    (record,) = zone_records(layer)
    assert record.hash == documented("a", {"id": "a"} | values, SHAPES["a"])
    assert json.loads(record.fields) == {"id": "a"} | values


plain_values = (
    st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.dates() | st.binary() | st.decimals()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(plain_values, plain_values), max_size=5), st.text(), st.booleans())
def test_rows_of_columns_are_the_json_of_each_row(rows: list[tuple[Any, Any]], name: str, alike: bool) -> None:
    kept = [row for row in rows if not alike or type(row[0]) is type(rows[0][0])]
    fields = {name: column(*(row[0] for row in kept)), f"{name}%s": column(*(row[1] for row in kept))}
    found = json_rows(fields)
    for row, text in zip(kept, found, strict=True):
        assert text == canonical_json({key: to_plain(value, key) for key, value in zip(fields, row, strict=True)})


@pytest.mark.parametrize("dtype", ["i8", "f4", "f8", "?", "u2", "M8[s]"])
def test_columns_of_numbers_and_times_are_written_as_each_of_their_values(dtype: str) -> None:
    values = np.array([1, 0, 3], dtype="i8").astype(dtype)
    expected = [canonical_json({"v": to_plain(value, "v")}) for value in values]
    assert json_rows({"v": values}) == expected


def test_a_lone_surrogate_is_escaped_wherever_it_stands() -> None:
    values = column("plain", "half \ud83d of one")
    assert json_rows({"v": values}) == ['{"v":"plain"}', '{"v":"half \\ud83d of one"}']
    assert json.loads(json_rows({"\udc00": values})[1]) == {"\udc00": values[1]}


def standing(layer: ZoneLayer, *, since: int = 1, lost: str | None = None) -> list[Standing]:
    """Return the zones of a layer as those of a revision that put them all there."""
    return [
        Standing(one.zone, one.hash, since, place, None if one.zone == lost else one.sameness)
        for place, one in enumerate(zone_records(layer))
    ]


def told(after: Mapping[str, BaseGeometry], before: Sequence[Standing]) -> tuple[list[Change], list[str]]:
    changed = zone_changes(zones_of(after), before)
    return list(changed.rows(2)), [record.zone for record in changed.records()]


def hash_of(zone: str, shape: BaseGeometry) -> str:
    return zone_records(zones_of({zone: shape}))[0].hash


BEFORE = standing(zones_of(SHAPES))


def test_nothing_changes_where_nothing_does() -> None:
    assert told(SHAPES, BEFORE) == ([], [])


def test_a_zone_that_is_the_same_but_for_its_ring_keeps_the_row_it_has() -> None:
    ring = shapely.get_coordinates(SHAPES["b"])
    turned = SHAPES | {"b": shapely.Polygon(np.roll(ring[:-1], 1, axis=0))}
    assert hash_of("b", turned["b"]) != BEFORE[1].hash
    changed = zone_changes(zones_of(turned), BEFORE)
    assert (list(changed.rows(2)), list(changed.records())) == ([], [])
    assert changed.zone_hashes == {one.zone: one.hash for one in BEFORE}


def test_a_changed_zone_keeps_its_place_and_a_new_one_follows_at_the_end() -> None:
    grown, new = square(EAST, NORTH - 90, 80), square(EAST, NORTH - 200, 50)
    rows, stored = told(SHAPES | {"a": grown, "d": new}, BEFORE)
    assert rows == [Change(2, "a", hash_of("a", grown), 1, 0), Change(2, "d", hash_of("d", new), 2, 3)]
    assert sorted(stored) == ["a", "d"]


def test_a_removed_zone_leaves_and_the_others_keep_their_place() -> None:
    rows, stored = told({zone: SHAPES[zone] for zone in ("a", "c")}, BEFORE)
    assert (rows, stored) == ([Change(2, "b", None, 2, 0)], [])


@pytest.mark.parametrize("order", ["bac", "cab", "acb"])
def test_in_another_order_every_zone_is_put_in_its_new_place_and_none_is_stored_again(order: str) -> None:
    rows, stored = told({zone: SHAPES[zone] for zone in order}, BEFORE)
    assert rows == [Change(2, zone, hash_of(zone, SHAPES[zone]), 2, place) for place, zone in enumerate(order)]
    assert stored == []


def test_a_new_zone_between_those_that_were_there_is_another_order() -> None:
    shapes = {"a": SHAPES["a"], "d": square(EAST, NORTH - 200, 50), "b": SHAPES["b"], "c": SHAPES["c"]}
    rows, stored = told(shapes, BEFORE)
    assert [(row.zone, row.since, row.place) for row in rows] == [("a", 2, 0), ("d", 2, 1), ("b", 2, 2), ("c", 2, 3)]
    assert stored == ["d"]


def test_a_zone_that_is_lost_is_stored_again_by_the_next_publish() -> None:
    rows, stored = told(SHAPES, standing(zones_of(SHAPES), lost="b"))
    assert (rows, stored) == ([], ["b"])


def test_what_is_stored_comes_by_hash_whatever_the_batch() -> None:
    many = squares(BATCH + 5)
    changed = zone_changes(zones_of(many), ())
    found = [record.hash for record in changed.records()]
    assert found == sorted(changed.zone_hashes.values())
    assert [(row.zone, row.place) for row in changed.rows(1)] == [(zone, place) for place, zone in enumerate(many)]


@pytest.mark.parametrize(
    ("ids", "said"),
    [(["a", ""], "feature #2 has no zone id"), (["a", "a"], "stands twice"), (["a", "b\0"], "cannot be stored")],
)
def test_zones_without_an_id_of_their_own_are_refused_before_anything_is_read(ids: list[str], said: str) -> None:
    layer = zones_of({"a": SHAPES["a"], "b": SHAPES["b"]})
    layer.fields["id"][:] = ids

    def never() -> Any:
        raise AssertionError("read in vain")
        yield

    with pytest.raises(InputError, match=said):
        zone_changes(layer, never())
