"""JSON inside a script stays data, whatever strings it holds."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.output.map.safe import script_json

VALUES = st.recursive(
    st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(VALUES)
def test_script_json_says_the_same_as_json(value: Any) -> None:
    assert json.loads(script_json(value)) == value


@given(st.text())
def test_no_character_of_a_string_can_act_in_a_script(text: str) -> None:
    inside = script_json({text: text})[1:-1].replace('"', "").replace(":", "", 1)
    assert re.fullmatch(r"(?:[A-Za-z0-9 ,.\-]|\\u[0-9a-f]{4})*", inside)


def test_script_json_refuses_what_is_no_json_number() -> None:
    with pytest.raises(ValueError, match="JSON"):
        script_json(math.nan)
