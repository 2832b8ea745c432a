from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from geoplan.output.map import WORDS
from geoplan.types import IndicatorKind, Text
from geoplan.ui.pages import PAGES
from geoplan.ui.texts import BASES, COMPARISONS, KINDS, LANGUAGES, TABLES, TEXTS, say

UI = Path(__file__).resolve().parents[2] / "geoplan" / "ui"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What needs no Chinese characters of its own, and why.
NO_CHINESE = {
    "loaded": "a ratio",
    "name_other": "the column of the other language, named in that language",
}
NO_LATIN = {"name_other": "likewise"}


def tables() -> list[tuple[str, Text]]:
    named = [*TABLES.items(), ("WORDS", WORDS), ("KINDS", KINDS), ("BASES", BASES), ("COMPARISONS", COMPARISONS)]
    return [(f"{table}.{key}", text) for table, entries in named for key, text in entries.items()]


@pytest.mark.parametrize(("name", "text"), tables(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_text_is_there_in_both_languages(name: str, text: Text) -> None:
    assert text.en.strip()
    assert text.zh.strip()
    key = name.split(".", 1)[1]
    if text == Text.same("{value}"):
        return  # a number by itself reads the same
    if key not in NO_CHINESE:
        assert CHINESE.search(text.zh), f"{name} is not translated"
    if key not in NO_LATIN:
        assert not CHINESE.search(text.en), f"{name} is not translated"
    assert text.en != text.zh


@pytest.mark.parametrize(("name", "text"), tables(), ids=lambda value: value if isinstance(value, str) else "")
def test_both_languages_of_a_text_fill_in_the_same_values(name: str, text: Text) -> None:
    def places(template: str) -> set[str | None]:
        return {place for _, place, _, _ in string.Formatter().parse(template)} - {None}

    assert places(text.en) == places(text.zh), name


def test_every_table_of_texts_is_listed_and_no_key_is_in_two() -> None:
    modules = {path.stem for path in (UI / "texts").glob("*.py")} - {"__init__", "words"}
    assert modules == set(TABLES)
    assert sum(len(table) for table in TABLES.values()) == len(TEXTS)


def test_every_text_is_used_and_every_one_used_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(UI.rglob("*.py")))
    without_the_tables = re.sub(r'^    "[a-z_0-9]+": ', "", code, flags=re.MULTILINE)
    used = set(re.findall(r"""["']([a-z_0-9]+)["']""", without_the_tables))
    made = {"holds_short", "fails_short", "unchecked_short"} | {f"page_{page}" for page in PAGES}
    unused = {key for key in set(TEXTS) - used - made if not key.startswith("page_")}
    assert unused == set()
    assert made <= set(TEXTS)
    assert set(re.findall(r"""\bsay\(\s*"([a-z_0-9]+)\"""", code)) <= set(TEXTS)


def test_every_kind_of_indicator_has_a_word() -> None:
    assert set(KINDS) == set(IndicatorKind)


def test_a_text_is_filled_in_the_language_asked_for() -> None:
    assert list(LANGUAGES) == ["en", "zh"]
    assert say("loaded", "en", loaded=3, declared=8) == "3 of 8"
    assert say("network_located", "zh", located=6, all=9) == "9 个中 6 个已定位。"
