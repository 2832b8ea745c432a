"""JSON text: byte for byte what the standard library lays out, with pairs on a line and nothing UTF-8 refuses."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geoplan.output import json_text as module
from geoplan.output.json_text import json_text, write_json

PAIRS = re.compile(r"\[\n\s*(-?[\d.eE+-]+),\n\s*(-?[\d.eE+-]+)\n\s*\]")
SURROGATES = re.compile("[\ud800-\udfff]")

# Everything that could be mistaken for layout, and everything JSON escapes.
HOSTILE = st.one_of(
    st.text(st.characters(codec=None, exclude_categories=())),
    st.text(st.sampled_from('\n\r\t\\"[]{},: 1.-e\u2028\x00\x1f\x7f\ud800\udfff\U0001f600区')),
    st.sampled_from(["[\n  1,\n  2\n]", '"\n"', "},\n{", "\ud83d\ude00", "\\ud800", "null", "[]"]),
)
SCALARS = st.one_of(
    HOSTILE,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
KEYS = st.one_of(HOSTILE, st.booleans(), st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=3),
        st.dictionaries(KEYS, inner),
    ),
    max_leaves=40,
)


def by_the_library(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return SURROGATES.sub("\ufffd", PAIRS.sub(r"[\1, \2]", text)) + "\n"


@given(DOCUMENTS)
@example({"a": [1, 2], "b": [True, 2], "c": [[1, 2.5]], "d": [], "e": {}, "f": [{}], "g": [1, 2, 3]})
@example({True: 1, "true": 2, 1.5: 3, None: 4})
@example([{1: "a"}, {True: "b"}, {1.0: "c"}])
@example([[-0.0, 1e-7], [1e16, 5e-324], [10**40, -1]])
@example("\ud83d\ude00")
def test_the_text_is_that_of_the_standard_library_whatever_the_document(document: object) -> None:
    assert json_text(document) == by_the_library(document)


@pytest.mark.parametrize("at_once", [1, 2, 7])
@given(document=DOCUMENTS)
def test_the_text_is_the_same_however_few_values_are_encoded_at_once(at_once: int, document: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VALUES", at_once)
        assert json_text({"list": [document, document]}) == by_the_library({"list": [document, document]})


@given(st.lists(st.dictionaries(HOSTILE, SCALARS, max_size=3), max_size=4))
def test_an_iterator_of_records_is_a_list(items: list[object]) -> None:
    text = json_text({"zones": iter(items), "rest": (item for item in items)})
    assert text == by_the_library({"zones": items, "rest": items})


def test_numbers_of_other_kinds_are_the_library_s_as_well() -> None:
    numpy = pytest.importorskip("numpy")
    assert (
        json_text({"a": [numpy.float64(0.1), 2], "b": numpy.float64(1e22)}) == '{\n  "a": [0.1, 2],\n  "b": 1e+22\n}\n'
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v, 1], lambda v: {"a": v}, lambda v: {v: 1}])
def test_what_is_no_number_is_refused(value: float, wrap: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        json_text(wrap(value))  # type: ignore[operator]


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), {(1, 2): 3}])
def test_what_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        json_text({"a": value})


def test_records_are_written_as_they_are_made_and_none_is_kept() -> None:
    made, alive, most_alive = 0, 0, 0

    class Record(dict[str, object]):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def records() -> Iterator[Record]:
        nonlocal made, alive, most_alive
        for number in range(20_000):
            made, alive = made + 1, alive + 1
            most_alive = max(most_alive, alive)
            yield Record(id=f"parcel {number}", name={"en": "Parcel", "zh": "地块"}, area_m2=number / 7)

    pieces: list[int] = []
    made_between: list[int] = []

    def write(piece: str) -> None:
        pieces.append(len(piece))
        made_between.append(made - sum(made_between))

    write_json({"zones": records()}, write)
    assert sum(pieces) > 2.5e6
    assert max(pieces) < 0.4e6
    assert max(made_between) <= 2_000  # 8,000 values, of which each record has four
    assert most_alive <= 2
