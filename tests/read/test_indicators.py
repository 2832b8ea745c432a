"""Indicators: a table of published figures, each line right or named with what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.read import read_indicators
from geoplan.read.indicators import COLUMNS
from geoplan.types import Comparison, IndicatorKind, Text

RIGHT = {
    "id": "talents-2023", "measure": "talents", "name_en": "Talents", "name_zh": "人才", "kind": "increment",
    "comparison": "more_than", "value": "1500", "unit_en": "people", "unit_zh": "人", "date": "2023-12-31",
    "period": "2023", "subject_en": "", "subject_zh": "", "source": "notice", "note_en": "", "note_zh": "注",
}  # fmt: skip


def table(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS, encoding: str = "utf-8") -> Path:
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "indicators.csv"


def test_every_column_is_read(path: Path) -> None:
    (found,) = read_indicators(table(path, RIGHT))
    assert (found.id, found.measure, found.name) == ("talents-2023", "talents", Text("Talents", "人才"))
    assert (found.kind, found.comparison, found.value) == (IndicatorKind.INCREMENT, Comparison.MORE_THAN, 1500.0)
    assert (found.unit, found.date, found.period) == (Text("people", "人"), "2023-12-31", "2023")
    assert (found.subject, found.source, found.note) == (None, "notice", Text.same("注"))


def test_a_byte_order_mark_and_columns_in_another_order_do_no_harm(path: Path) -> None:
    shuffled = (*reversed(COLUMNS), "extra")
    (found,) = read_indicators(table(path, RIGHT, columns=shuffled, encoding="utf-8-sig"))
    assert found.id == "talents-2023"


def test_a_goal_in_words_has_no_value_and_no_comparison_is_exact(path: Path) -> None:
    (goal,) = read_indicators(table(path, RIGHT | {"kind": "goal", "value": "", "comparison": ""}))
    assert (goal.value, goal.comparison) == (None, Comparison.EXACT)


def test_a_table_without_lines_holds_nothing(path: Path) -> None:
    assert read_indicators(table(path)) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "sum"}, "line 2 says 'sum', allowed: increment, stock, target, goal"),
        ({"comparison": "less"}, "line 2 says 'less', allowed: exact, more_than, at_least, nearly, about"),
        ({"value": ""}, "line 2 has the value '', which is not a number"),
        ({"value": "many"}, "line 2 has the value 'many'"),
        ({"value": "nan"}, "line 2 has the value 'nan'"),
        ({"value": "1e999"}, "line 2 has the value '1e999'"),
        ({"date": "May 2023"}, r"line 2 has the date 'May 2023', not YYYY\[-MM\[-DD\]\]"),
        ({"date": ""}, "line 2 has the date ''"),
        ({"date": "2023-13"}, "line 2 has the date '2023-13'"),
        ({"date": "2023-02-30"}, "line 2 has the date '2023-02-30'"),
        ({"name_en": "", "name_zh": ""}, "line 2 has no name"),
        ({"note_en": "a,b"}, "line 2 does not have 16 columns"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(path: Path, change: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_indicators(table(path, RIGHT | change))
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "lacks the columns id, measure"),
        (b"id,measure\n", "lacks the columns name_en"),
        (b"\xff\xfe\x00", "cannot be read as UTF-8 CSV"),
        ("名称\n科大硅谷".encode("gb18030"), "cannot be read as UTF-8 CSV"),
        (b'"unclosed', "cannot be read as UTF-8 CSV"),
        (b"a" * 200_000, "cannot be read as UTF-8 CSV"),
        (b"id\x00,", "cannot be read as UTF-8 CSV|lacks the columns"),
    ],
)
def test_what_is_no_table_is_refused(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_indicators(path)


def test_a_short_line_is_refused(path: Path) -> None:
    table(path, RIGHT)
    path.write_bytes(path.read_bytes() + b"\r\nshort,line")
    with pytest.raises(InputError, match="line 3 does not have 16 columns"):
        read_indicators(path)


def test_a_folder_or_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(InputError, match="cannot be read"):
            read_indicators(path)
