"""Lines and columns in cells: a Chinese character takes two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from geoplan.output.columns import clip_cells, pad, table, wrap

TEXTS = st.text(st.sampled_from("ab ，。科大硅谷(x)1.5"), max_size=80)


def test_padding_counts_cells_not_characters() -> None:
    assert pad("分区", 6) == "分区  "
    assert pad("ab", 6, right=True) == "    ab"


def test_clipping_never_cuts_a_wide_character_in_half() -> None:
    assert clip_cells("科大硅谷", 8) == "科大硅谷"
    assert clip_cells("科大硅谷", 7) == "科大硅…"
    assert clip_cells("科大硅谷", 6) == "科大…"


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]


def test_chinese_breaks_anywhere_but_not_before_closing_punctuation() -> None:
    assert wrap("科大硅谷，高新区", 8) == ["科大硅", "谷，高新", "区"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_later_lines_are_indented() -> None:
    assert wrap("one two three", 7, "  ") == ["one two", "  three"]


def test_nothing_is_one_empty_line() -> None:
    assert wrap("", 10) == [""]


@given(TEXTS, st.integers(4, 30))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_figures_stand_right_under_their_heading() -> None:
    assert table(["zone", "km²"], [["甲区", "10.00"], ["b", "1.00"]], 40) == [
        "zone    km²",
        "甲区  10.00",
        "b      1.00",
    ]


def test_a_long_name_is_clipped_so_that_figures_stay() -> None:
    lines = table(["zone", "km²"], [["x" * 50, "1.00"]], 20)
    assert lines[1] == "x" * 13 + "…" + "  1.00"


def test_columns_are_left_out_in_the_order_given_when_there_is_no_room() -> None:
    rows = [["n" * 20, "1" * 10, "2" * 10, "3" * 10]]
    assert table(["zone", "a", "b", "c"], rows, 40, droppable=(2, 1))[0].split() == ["zone", "a", "c"]
    assert table(["zone", "a", "b", "c"], rows, 26, droppable=(2, 1))[0].split() == ["zone", "c"]


@pytest.mark.parametrize("width", [10, 20, 40])
def test_no_line_of_a_table_is_wider_than_asked(width: int) -> None:
    lines = table(["zone", "a", "b"], [["长" * 40, "1" * 15, "2" * 15]], width)
    assert all(cell_len(line) <= width for line in lines)


@given(TEXTS, st.integers(0, 12), st.sampled_from(["", "  ", "      ", "长 "]))
def test_a_text_is_wrapped_to_an_end_however_narrow_the_line(text: str, width: int, indent: str) -> None:
    lines = wrap(text, width, indent)
    assert lines
    assert "".join(lines).replace(" ", "").replace("长", "") == text.replace(" ", "")
    # A wide character has nowhere to go in a line of one cell.
    assert all(cell_len(line) <= max(width, 2) for line in lines)


CELLS = st.text(st.sampled_from("ab1.科，…"), max_size=14)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5), st.integers(20, 60))
def test_a_table_has_a_line_for_each_row_and_its_figures_flush_to_the_right(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    lines = table(["zone", "first", "second"], rows, width)
    assert len(lines) == len(rows) + 1
    assert all(cell_len(line) <= width for line in lines)
    if all(sum(map(cell_len, row)) <= 14 for row in rows):  # nothing had to be cut
        ends = {cell_len(line) for line, row in zip(lines[1:], rows, strict=True) if row[2].strip()}
        assert len(ends) <= 1


@given(CELLS, st.integers(1, 20), st.booleans())
def test_a_padded_text_is_exactly_as_wide_as_asked(text: str, width: int, right: bool) -> None:
    padded = pad(text, width, right=right)
    assert cell_len(padded) == width
    assert padded.strip() == (text if cell_len(text) <= width else clip_cells(text, width)).strip()


@pytest.mark.parametrize("width", range(6))
def test_what_is_clipped_fits_and_says_that_something_is_missing(width: int) -> None:
    for text in ("abcdef", "长安街口", "a长b安"):
        clipped = clip_cells(text, width)
        assert cell_len(clipped) <= max(width, 1)
        assert clipped.endswith("…")


def test_columns_that_may_not_be_dropped_stay_however_narrow_it_is() -> None:
    lines = table(["zone", "a", "b"], [["长" * 10, "1" * 8, "2" * 8]], 12, droppable=(1,))
    assert "2" in lines[1]
    assert "1" not in lines[1]
