"""What the page of revisions tells of a comparison, on rectangles of whole metres whose areas are known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from shapely.geometry.base import BaseGeometry

from geoplan.diff import Comparison
from geoplan.diff.comparison import FacilityMove
from geoplan.diff.rows import ZoneRow
from geoplan.result import PublishedFigure
from geoplan.types import Facility, Text
from geoplan.ui import history_tables as tables
from tests.diffs import PLANE, at, comparison
from tests.output import examples

# The edge between a and b moves 10 m east; the outer edge of b by 4 mm, which is a hair of 0.4 m².
MOVED = comparison(
    {"a": at(0, 0, 50, 100), "b": at(50, 0, 50, 100), "c": at(0, 500, 10, 10)},
    {"a": at(0, 0, 60, 100), "b": at(60, 0, 40.004, 100), "c": at(0, 500, 10, 10)},
)


def row(made: Comparison, zone: str) -> ZoneRow:
    return next(one for one in made.rows if one.id == zone)


def between(before: dict[str, BaseGeometry | None], after: dict[str, BaseGeometry | None]) -> Comparison:
    return comparison(before, after)


def test_ground_that_changed_hands_is_listed_without_hairs_and_the_largest_first() -> None:
    frame = tables.transfers_frame(MOVED, "en")
    assert frame.iloc[:, :2].to_numpy().tolist() == [["b", "a"]]
    assert frame.iloc[0, 2] == pytest.approx(1000, rel=PLANE)
    several = between({"a": at(0, 0, 10, 10), "b": at(10, 0, 10, 10)}, {"a": at(2, 0, 13, 10), "b": at(15, 0, 5, 10)})
    assert tables.transfers_frame(several, "en").iloc[:, 2].tolist() == pytest.approx([50, 20], rel=PLANE)


def test_changes_have_square_metres_per_cent_and_what_moved() -> None:
    frame = tables.changes_frame([row(MOVED, zone) for zone in "ab"], "en")
    assert frame["Before m²"].tolist() == pytest.approx([5000, 5000], rel=PLANE)
    assert frame["After m²"].tolist() == pytest.approx([6000, 4000.4], rel=PLANE)
    assert frame["Difference m²"].tolist() == pytest.approx([1000, -999.6], rel=1e-3)
    assert frame.iloc[:, 5].tolist() == pytest.approx([20, -19.992], rel=1e-3)
    assert frame["Moved in m²"].tolist() == pytest.approx([1000, 0.4], rel=1e-3)
    assert frame["Moved out m²"].tolist() == pytest.approx([0, 1000], rel=1e-3, abs=1e-6)


def test_a_zone_of_one_side_only_has_no_figure_on_the_other_and_no_percentage() -> None:
    made = between({"gone": at(0, 0, 10, 10)}, {"new": at(900, 0, 20, 10)})
    frame = tables.changes_frame(made.rows, "en")
    assert frame["Zone"].tolist() == ["gone", "new"]
    assert frame["Change"].tolist() == ["removed", "added"]
    assert frame["After m²"].isna().tolist() == [True, False]
    assert frame["Before m²"].isna().tolist() == [False, True]
    assert frame["Difference m²"].tolist() == pytest.approx([-100, 200], rel=PLANE)
    assert frame.iloc[:, 5].isna().tolist() == [False, True]


@pytest.mark.parametrize(("language", "said"), [("en", "recoded: old → new"), ("zh", "old → new")])
def test_a_zone_with_another_id_says_what_it_was(language: str, said: str) -> None:
    made = between({"old": at(0, 0, 10, 10)}, {"new": at(0, 0, 10, 10)})
    assert tables.kind_text(made.rows[0], language).endswith(said)


def test_parts_of_a_split_zone_name_it() -> None:
    made = between({"whole": at(0, 0, 20, 10)}, {"east": at(10, 0, 10, 10), "west": at(0, 0, 10, 10)})
    said = {one.id: tables.kind_text(one, "en") for one in made.rows}
    assert any("whole →" in text for text in said.values())


def test_fields_that_changed_are_told_from_and_to_and_long_ones_are_cut() -> None:
    told = tables.fields_text({"use": ("park", "school"), "note": (None, "x" * 200)}, "en")
    assert "use: park → school" in told
    assert 60 < told.count("x") + 20 < 100  # of 200 letters
    assert "；" in tables.fields_text({"use": ("park", "school"), "note": ("a", "b")}, "zh")


@pytest.mark.parametrize(
    ("value", "said"),
    [(1500.034, "+1,500.03"), (-0.004, "0.00"), (0.0, "0.00"), (-12.5, "−12.50"), (0.006, "+0.01")],
)
def test_a_difference_has_its_sign_unless_all_its_digits_are_nought(value: float, said: str) -> None:
    assert tables.difference(value, "en") == said


def test_totals_stand_beside_each_other_with_their_difference_and_unit() -> None:
    html = tables.totals_html(MOVED, "en")
    assert html.count("0.0101 km²") == 2  # 10,100 m² and 10,100.4 m²
    assert "+0.40 m²" in html
    assert ">3<" in html


def test_names_of_zones_are_text_whatever_they_hold() -> None:
    named = replace(row(MOVED, "a"), name=Text("<img src=x>\u202e", "甲"))
    made = replace(MOVED, rows=(named, *MOVED.rows[1:]))
    assert tables.zone_names(made, "en")["a"] == "<img src=x>\\u202e"  # for a table, which escapes by itself
    assert tables.zone_names(made, "zh")["a"] == "甲"
    assert tables.zone_names(made, "zh")[None] == "无分区"


@pytest.mark.parametrize(
    ("decision", "english", "chinese"),
    [
        ({"explanation": {"en": "Declared.", "zh": "已声明。"}}, "Declared.", "已声明。"),
        ({"explanation": {"en": "Declared."}}, "Declared.", "Declared."),
        ({"verdict": "declared"}, "declared", "declared"),
        ({"explanation": "text"}, "", ""),
        ({}, "", ""),
    ],
)
def test_how_coordinates_were_understood_is_told_as_it_was_kept(
    decision: dict[str, object], english: str, chinese: str
) -> None:
    assert tables.decision_text(decision) == Text(english, chinese)


@pytest.mark.parametrize(("holds", "part"), [(True, "gp-holds"), (False, "gp-fails"), (None, "")])
def test_a_verdict_is_a_badge_with_its_word_escaped(holds: bool | None, part: str) -> None:
    html = tables.verdict_html(holds, "<b>")
    assert part in html
    assert "<b>" not in html


# ------------------------------------------------------------------ findings, facilities and published figures


def moved(before: tuple[str, ...], after: tuple[str, ...], name: str = "School") -> FacilityMove:
    return FacilityMove(Facility("f", Text(name, "学校"), "x", None), before, after)


@pytest.mark.parametrize(("language", "rows"), [
    ("en", [["School", "a", "b, c"], ["School", "no zone", "a"], ["School", "b", "no zone"]]),
    ("zh", [["学校", "a", "b、c"], ["学校", "无分区", "a"], ["学校", "b", "无分区"]]),
])  # fmt: skip
def test_facilities_that_changed_zone_are_told_from_and_to(language: str, rows: list[list[str]]) -> None:
    made = replace(MOVED, facilities=(moved(("a",), ("b", "c")), moved((), ("a",)), moved(("b",), ())))
    assert tables.moves_frame(made, language).to_numpy().tolist() == rows


def test_findings_that_came_stand_before_those_that_went() -> None:
    made = replace(MOVED, introduced=(examples.overlap(), examples.total()), fixed=(examples.facility(),))
    english, chinese = (tables.findings_frame(made, language) for language in ("en", "zh"))
    assert english.iloc[:, 1].tolist() == ["error", "warning", "warning"]
    assert english.iloc[0, 0] == english.iloc[1, 0] != english.iloc[2, 0]
    assert chinese.iloc[:, 1].tolist() == ["错误", "警告", "警告"]
    assert not any(re.search("[A-Za-z]{3,}", str(cell)) for cell in chinese.to_numpy().ravel())


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_what_a_comparison_tells_of_names_is_seen(name: str) -> None:
    text = Text.same(name)
    made = replace(
        MOVED,
        rows=(replace(row(MOVED, "a"), name=text, fields={name: (name, name)}), *MOVED.rows[1:]),
        facilities=(moved(("a",), (), name),),
        introduced=(examples.overlap(message=text),),
    )
    frames = [tables.changes_frame(made.rows, "en"), tables.moves_frame(made, "en"), tables.findings_frame(made, "en")]
    for cell in [cell for frame in [*frames, tables.transfers_frame(made, "en")] for cell in frame.to_numpy().ravel()]:
        assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", str(cell))


def published(measured: float | None, *, holds: bool | None, unit: str = "km2") -> PublishedFigure:
    said = Text.same("8.22 ± 0.005 km²")
    return PublishedFigure("area-total", Text("total area", "总面积"), said, measured, unit, holds, None)


def judged(before: tuple[PublishedFigure, ...], after: tuple[PublishedFigure, ...]) -> Comparison:
    """Return the comparison with a check of both sides that says these published figures."""
    sides = [
        replace(side, result=examples.result(measurement=None, published=figures))
        for side, figures in ((MOVED.before, before), (MOVED.after, after))
    ]
    return replace(MOVED, before=sides[0], after=sides[1])


def test_a_published_figure_stands_with_what_was_measured_on_both_sides() -> None:
    html = tables.totals_html(judged((published(8.219, holds=True),), (published(8.4, holds=False),)), "en")
    assert "total area" in html
    assert "8.22 ± 0.005 km²" in html
    assert "8.219000 km²" in html
    assert "8.400000 km²" in html
    assert re.findall("gp-(holds|fails)", html) == ["holds", "fails"]


def test_a_figure_that_is_published_on_one_side_only_or_was_not_measured_has_a_dash() -> None:
    html = tables.totals_html(judged((), (published(None, holds=None),)), "zh")
    assert html.count("—") == 2
    assert "总面积" in html
    assert "gp-holds" not in html


def test_without_a_check_of_both_sides_nothing_is_said_of_published_figures() -> None:
    one = judged((published(8.2, holds=True),), (published(8.2, holds=True),))
    assert "8.22 ±" in tables.totals_html(one, "en")
    assert "8.22 ±" not in tables.totals_html(replace(one, after=replace(one.after, result=None)), "en")


@pytest.mark.parametrize(("before", "after", "said"), [
    ({"a": at(0, 0, 10, 10)}, {"a": at(0, 0, 10, 10), "b": at(10, 0, 10, 10)}, "+1"),
    ({"a": at(0, 0, 10, 10), "b": at(10, 0, 10, 10)}, {"a": at(0, 0, 10, 10)}, "-1"),
    ({"a": at(0, 0, 10, 10)}, {"a": at(0, 0, 20, 10)}, ""),
])  # fmt: skip
def test_the_number_of_zones_is_told_with_its_difference(
    before: dict[str, BaseGeometry | None], after: dict[str, BaseGeometry | None], said: str
) -> None:
    html = tables.totals_html(between(before, after), "en")
    assert (f"<small>{said}</small>" in html) == bool(said)
    assert re.search(rf">{len(before)}</td>.*>{len(after)}</td>", html)
