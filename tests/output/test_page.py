"""The sheet a text report is written on: language, width, colour, and nothing a terminal would obey."""

from __future__ import annotations

import pytest

from geoplan.output.page import BOLD, Page
from geoplan.types import Text


@pytest.mark.parametrize(("asked", "given"), [(0, 40), (39, 40), (40, 40), (120, 120)])
def test_a_page_is_never_too_narrow_for_figures(asked: int, given: int) -> None:
    assert Page.of("en", asked, colour=False).width == given


@pytest.mark.parametrize(("language", "said"), [("en", "zones"), ("zh", "分区")])
def test_a_page_speaks_one_language(language: str, said: str) -> None:
    assert Page.of(language, 80, colour=False).say("zones", "分区") == said


def test_text_from_files_cannot_command_the_terminal() -> None:
    assert "\x1b" not in Page.of("en", 80, colour=True).get(Text.same("a\x1b[31mb"))


def test_only_a_page_with_colours_is_painted_and_never_an_empty_line() -> None:
    coloured, plain = Page.of("en", 80, colour=True), Page.of("en", 80, colour=False)
    assert coloured.paint("x", BOLD) == "\x1b[1mx\x1b[0m"
    assert coloured.paint("", BOLD) == ""
    assert plain.paint("x", BOLD) == "x"


def test_lines_break_at_words_and_go_on_under_the_indent() -> None:
    text = "word " * 12  # 60 cells
    lines = list(Page.of("en", 40, colour=False).wrapped(text, indent="  "))
    assert lines == ["word word word word word word word word", "  word word word word"]


def test_a_label_stands_once_beside_its_text() -> None:
    lines = list(Page.of("en", 40, colour=False).labelled("zones", "word " * 12))
    assert [line[:9] for line in lines] == ["zones    ", " " * 9]


def test_a_title_stands_below_an_empty_line() -> None:
    page = Page.of("en", 40, colour=False)
    assert list(page.titled("Totals", ["a", "b"])) == ["", "Totals", "a", "b"]
    assert list(page.titled("Totals")) == ["", "Totals"]
