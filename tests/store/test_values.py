"""Attribute values survive JSON with their types, and the JSON has one spelling."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.store.values import array_type, canonical_json, canonical_texts, from_plain, storable, to_array, to_plain

SHANGHAI = timezone(timedelta(hours=8))


def back(value: object) -> object:
    return from_plain(json.loads(canonical_json(to_plain(value, "field"))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**80),
        0.1,
        -0.0,
        "",
        "区\x00\ud800\u2028",
        float("inf"),
        date(2025, 3, 1),
        datetime(2025, 3, 1, 9, 30, 0, 123456, SHANGHAI),
        datetime(2025, 3, 1, 9, 30),
        time(9, 30),
        Decimal("8.220"),
        b"\x00\xff",
        [1, None, [2.5]],
        {"float": "a field called so", "b": [date(2025, 1, 1)]},
    ],
)
def test_a_value_comes_back_with_its_type(value: object) -> None:
    assert back(value) == value
    assert type(back(value)) is type(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.int16(7), 7),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array([1, 2]), [1, 2]),
        ((1, 2), [1, 2]),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("NaT"), None),
        (np.datetime64("2025-03-01T09:30:00.123456789"), np.datetime64("2025-03-01T09:30:00.123456789")),
        (pd.Timestamp("2025-03-01 09:30"), datetime(2025, 3, 1, 9, 30)),
        (bytearray(b"a"), b"a"),
        (OrderedDict(a=1), {"a": 1}),
    ],
)
def test_values_of_libraries_come_back_as_plain_ones(value: object, expected: object) -> None:
    assert back(value) == expected


def test_not_a_number_comes_back_as_such() -> None:
    assert np.isnan(back(float("nan")))  # type: ignore[call-overload]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_any_value_comes_back(value: object) -> None:
    assert back(value) == value


def test_an_object_of_no_file_is_refused_by_field() -> None:
    with pytest.raises(InputError, match="field “备注” holds a complex, which cannot be stored"):
        to_plain(1j, "备注")


def test_canonical_json_has_one_spelling() -> None:
    value = MappingProxyType({"b": (1, np.float64(2.5)), "a": MappingProxyType({"区": None})})
    assert canonical_json(value) == '{"a":{"区":null},"b":[1,2.5]}'
    assert canonical_json("\ud800\x00\n") == r'"\ud800\u0000\n"'
    canonical_json("\ud800").encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_canonical_json_refuses_what_json_has_no_number_for(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        canonical_json(value)


def test_canonical_json_refuses_objects() -> None:
    with pytest.raises(TypeError, match="object has no form in JSON"):
        canonical_json(object())


def test_what_no_database_takes_is_shown() -> None:
    assert storable("a\x00b\ud83dc\n区") == "a\\x00b\\ud83dc\n区"


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32", "bool"])
def test_arrays_of_numbers_keep_their_type(dtype: str) -> None:
    values = np.array([0, 1, 1], dtype=dtype)
    again = to_array(list(values), array_type(values))
    assert again.dtype == values.dtype
    assert again.tolist() == values.tolist()


def test_other_arrays_come_back_as_objects() -> None:
    values = np.array(["a", "bc"])
    assert array_type(values) == "object"
    again = to_array([["x"], "y"], "object")
    assert (again.dtype, again.shape, again[0]) == (np.dtype(object), (2,), ["x"])


class Rows(Sequence[object]):
    """A sequence that is no list: what it holds is only there while it is looked at."""

    def __init__(self, held: list[object]) -> None:
        self.held = held

    def __len__(self) -> int:
        return len(self.held)

    def __getitem__(self, index: Any) -> Any:
        return self.held[index]


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(codec=None), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_json_in_pieces_is_the_json_in_one(document: object) -> None:
    assert "".join(canonical_texts(document)) == canonical_json(document)


@given(st.lists(DOCUMENTS, max_size=5), st.sampled_from([1, 110, 300]))
def test_rows_that_are_made_as_they_are_written_are_the_list_of_them(rows: list[object], times: int) -> None:
    many = rows * times
    assert "".join(canonical_texts({"b": {"rows": Rows(many)}, "a": 1})) == canonical_json(
        {"a": 1, "b": {"rows": many}}
    )


def test_no_more_rows_than_some_hundreds_are_in_one_piece() -> None:
    pieces = list(canonical_texts({"rows": Rows([{"id": place} for place in range(2000)])}))
    assert max(piece.count("id") for piece in pieces) <= 512
