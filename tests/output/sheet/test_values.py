"""Texts as a sheet says them."""

from __future__ import annotations

import pytest

from geoplan.output.sheet.payload import _breakable
from geoplan.output.sheet.values import LONGEST, Speaker, plain, shown
from geoplan.types import Text


def test_one_language_says_one_line_and_both_say_two() -> None:
    text = Text("Core Area", "核心区")
    assert Speaker("en").say(text) == ("Core Area",)
    assert Speaker("zh").say(text) == ("核心区",)
    assert Speaker("both").say(text) == ("核心区", "Core Area")
    assert Speaker("both").say(Text.same("A-1")) == ("A-1",)
    assert Speaker("both").line(text) == "核心区 Core Area"


def test_an_empty_text_says_nothing() -> None:
    assert Speaker("both").say(Text("", "")) == ()
    assert plain("").lines == ()


def test_what_a_file_wrote_is_made_visible_composed_and_cut_with_a_mark() -> None:
    assert shown("a\u202eb") == "a\\u202eb"
    assert shown("e\u0301") == "é"
    assert shown("x" * 5000) == "x" * (LONGEST - 1) + "…"


@pytest.mark.parametrize("text", ["short-word", "Several words that have spaces between them", "长" * 100])
def test_texts_that_can_be_broken_are_left_as_they_are(text: str) -> None:
    assert _breakable(text) == text


def test_a_run_of_letters_no_column_could_hold_gets_places_to_break() -> None:
    broken = _breakable("W" * 40)
    assert broken.replace("\u200b", "") == "W" * 40
    assert max(len(piece) for piece in broken.split("\u200b")) < 12
