"""Words: two languages each, no word twice, and every basis the bundled files use has one."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from geoplan.output.sheet.words import STAMPS, WORDS
from geoplan.output.words import BASIS_WORDS, COMPARISON_WORDS, KIND_WORDS
from geoplan.types import Comparison, IndicatorKind, Text

DATA = Path(__file__).parents[2] / "geodata"
TABLES: Mapping[str, Mapping[str, Text]] = {
    "kinds": {kind.value: text for kind, text in KIND_WORDS.items()},
    "comparisons": {one.value: text for one, text in COMPARISON_WORDS.items()},
    "bases": BASIS_WORDS,
    "sheet": WORDS,
    "stamps": STAMPS,
}


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("table", TABLES)
def test_every_word_is_english_on_one_side_and_chinese_on_the_other(table: str) -> None:
    for key, text in TABLES[table].items():
        assert text.en == text.en.strip() != "", key
        assert text.zh == text.zh.strip() != "", key
        assert not chinese(text.en), key
        assert chinese(text.zh), key


@pytest.mark.parametrize("table", ["kinds", "comparisons", "bases", "stamps"])
def test_words_of_one_table_can_be_told_apart_in_both_languages(table: str) -> None:
    texts = TABLES[table].values()
    assert len({text.en for text in texts}) == len({text.zh for text in texts}) == len(texts)


def test_every_kind_and_comparison_that_a_file_can_name_has_its_word() -> None:
    assert set(TABLES["kinds"]) == {kind.value for kind in IndicatorKind}
    assert set(TABLES["comparisons"]) == {one.value for one in Comparison}


def test_every_basis_in_the_bundled_files_is_said_in_the_readers_language() -> None:
    used: set[str] = set()
    for path in DATA.glob("*/*.geojson"):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            basis = feature["properties"].get("basis")
            if path.name.startswith(("facilit", "network")) and isinstance(basis, str):
                used.add(basis)
    for path in DATA.glob("*/*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            used.update(row["basis"] for row in csv.DictReader(file) if row.get("basis"))
    assert used
    assert used <= set(BASIS_WORDS)
