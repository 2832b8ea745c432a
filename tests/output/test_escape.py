"""Escaping: what a hostile name must not do, per destination."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.output.escape import (
    clip,
    for_file_name,
    for_html,
    for_spreadsheet,
    for_terminal,
    visible,
)
from tests.output.examples import HOSTILE, HOSTILE_IDS

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
hostile = pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)


class Counter(HTMLParser):
    """Counts what a browser would take for tags, and collects the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("科大硅谷", "科大硅谷"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul\x00", "nul\\x00"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\u202eexe.doc", "\\u202eexe.doc"),
        ("a\u200bb", "a\\u200bb"),
        ("\x9b31m", "\\x9b31m"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\uffff", "\\uffff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_acts_unseen_is_shown_by_its_code(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert for_terminal(text) == shown


@given(ANY_TEXT)
def test_a_visible_text_is_printable_one_line_and_utf8(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", shown)


@given(ANY_TEXT)
def test_a_visible_text_is_well_formed_in_xml(text: str) -> None:
    root = ET.fromstring(f"<a>{for_html(text)}</a>")  # noqa: S314 - written by ourselves
    assert (root.text or "") == visible(text)


@hostile
def test_html_text_makes_no_tag_and_reads_as_it_was(name: str) -> None:
    parser = Counter()
    parser.feed(f'<p title="{for_html(name)}">{for_html(name)}</p>')
    parser.close()
    assert parser.tags == ["p"]
    assert parser.text == visible(name)


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", "\u3000=", " \n="]
)
def test_a_cell_that_would_be_a_formula_gets_an_apostrophe(start: str) -> None:
    assert for_spreadsheet(f"{start}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("text", ["科大硅谷", "Zone A", "a=b", "1-2", "mail@example", ""])
def test_an_ordinary_cell_is_left_alone(text: str) -> None:
    assert for_spreadsheet(text) == text


def test_a_cell_keeps_line_breaks_and_shows_other_controls() -> None:
    assert for_spreadsheet("a\nb\x00\x1b") == "a\nb\\x00\\x1b"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("zones.gpkg", "zones.gpkg"),
        ("高新区 南", "高新区_南"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\Windows\\x", "C_Windows_x"),
        ('a<b>c:"d|e?f*g', "a_b_c_d_e_f_g"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("...", "unnamed"),
        ("", "unnamed"),
        (" . ", "unnamed"),
        ("a\x00b\u202ec", "abc"),
        ("ending. . ", "ending"),
        ("e\u0301", "é"),
    ],
)
def test_a_file_name_is_accepted_everywhere_and_stays_in_its_folder(text: str, name: str) -> None:
    assert for_file_name(text) == name


@hostile
def test_a_file_of_that_name_can_be_made(name: str, tmp_path: Path) -> None:
    path = tmp_path / for_file_name(name)
    path.write_text("x", encoding="utf-8")
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert len(path.name.encode()) <= 120


def test_a_long_chinese_file_name_is_cut_between_characters() -> None:
    assert for_file_name("长" * 100) == "长" * 40  # three bytes each


def test_clipping_marks_where_something_was_cut() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abcde…"


@pytest.mark.parametrize("name", ["a\ufffe", "a\uffff", "a\ufdd0", "a\U0001ffff", "a\u0378"])
def test_a_file_name_has_no_character_that_unicode_gives_no_meaning_since_macos_refuses_it(name: str) -> None:
    assert for_file_name(name) == "a"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.integers(8, 120))
def test_any_text_becomes_one_file_name_that_can_be_made_here(text: str, limit: int) -> None:
    name = for_file_name(text, "fallback", limit)
    assert 0 < len(name.encode()) <= max(limit + 1, 8)  # a device's name gets an underscore before it
    assert name == PureWindowsPath(name).name == PurePosixPath(name).name
    assert not PureWindowsPath(name).is_reserved()
    assert not name.endswith((".", " "))
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
