"""Charts: lengths in proportion, names as text, and nothing that runs."""

from __future__ import annotations

import base64
import itertools
import re
from xml.etree import ElementTree

import pytest

from geoplan.output.charts import Bar, Mark, bars_svg, picture_html, target_svg
from tests.plan_folders import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"


def rectangles(svg: str) -> list[dict[str, str]]:
    return [element.attrib for element in ElementTree.fromstring(svg).iter(f"{SVG}rect")]  # noqa: S314 - our own


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def test_bars_are_as_long_as_their_share_of_the_track() -> None:
    svg = bars_svg([Bar("A", 0.5, "50 %", "#0072B2"), Bar("B", 0.25, "25 %", "#E69F00")], "shares")
    track, half, _, quarter = (float(one["width"]) for one in rectangles(svg))
    assert half == pytest.approx(track / 2, abs=0.1)
    assert quarter == pytest.approx(track / 4, abs=0.1)


def test_a_published_range_is_framed_where_it_lies() -> None:
    svg = bars_svg([Bar("A", 0.89, "89 %", "#0072B2", low=0.88, high=0.90)], "shares")
    track, _, frame = rectangles(svg)
    start, wide = float(track["x"]), float(track["width"])
    assert float(frame["x"]) == pytest.approx(start + 0.88 * wide, abs=0.1)
    assert float(frame["width"]) == pytest.approx(0.02 * wide, abs=0.1)


def test_indicative_boundaries_have_dashed_bars() -> None:
    assert "stroke-dasharray" in bars_svg([Bar("A", 0.5, "", "#0072B2", dashed=True)], "")
    assert "stroke-dasharray" not in bars_svg([Bar("A", 0.5, "", "#0072B2")], "")


def test_a_target_stands_where_its_value_is_on_the_scale_of_what_was_reported() -> None:
    svg = target_svg([Mark(0.5, "50", "2023")], Mark(1.0, "2025: 100", "2025"), "#0072B2", "talents")
    track, bar = rectangles(svg)
    line = re.search(r'<line x1="([\d.]+)"', svg)
    assert line is not None
    assert float(bar["width"]) == pytest.approx(float(track["width"]) / 2, abs=0.1)
    assert float(line.group(1)) == pytest.approx(float(track["x"]) + float(track["width"]), abs=0.1)
    assert texts(svg) == ["2023", "50", "2025: 100"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_of_a_well_formed_drawing(name: str) -> None:
    svg = bars_svg([Bar(name, 0.5, name, "#0072B2")], name)
    root = ElementTree.fromstring(svg)  # noqa: S314 - made here
    assert {element.tag for element in root.iter()} == {f"{SVG}svg", f"{SVG}rect", f"{SVG}text"}
    assert not any(key.startswith("on") for element in root.iter() for key in element.attrib)


def test_a_picture_is_an_image_with_words_for_those_who_cannot_see_it() -> None:
    html = picture_html("<svg/>", 'shares of "all" <b>')
    assert base64.b64encode(b"<svg/>").decode() in html
    assert "<b>" not in html
    assert re.search(r'alt="shares of [^"]*"', html)


@pytest.mark.parametrize(("length", "share"), [
    (0.0, 0.0), (1.0, 1.0), (1.7, 1.0), (-0.4, 0.0), (1e308, 1.0), (float("inf"), 1.0)
])  # fmt: skip
def test_no_bar_is_longer_than_its_track_or_shorter_than_nothing(length: float, share: float) -> None:
    track, bar = rectangles(bars_svg([Bar("A", length, "", "#0072B2")], ""))
    assert float(bar["width"]) == pytest.approx(share * float(track["width"]), abs=0.1)


def test_a_published_range_beyond_the_scale_ends_at_its_edge_and_a_point_can_still_be_seen() -> None:
    wide, point = (
        rectangles(bars_svg([Bar("A", 0.5, "", "#0072B2", low=low, high=high)], ""))
        for low, high in ((-1.0, 5.0), (0.5, 0.5))
    )
    track = wide[0]
    assert float(wide[2]["x"]) == float(track["x"])
    assert float(wide[2]["width"]) == pytest.approx(float(track["width"]), abs=0.1)
    assert float(point[2]["width"]) >= 2


def test_rows_stand_below_each_other_and_the_drawing_holds_them_all() -> None:
    for count in (0, 1, 40):
        svg = bars_svg([Bar(f"Zone {n}", 0.5, "50 %", "#0072B2") for n in range(count)], "shares")
        found = rectangles(svg)
        _, _, _, height = map(float, ElementTree.fromstring(svg).attrib["viewBox"].split())  # noqa: S314 - our own
        tops = [float(one["y"]) for one in found[::2]]
        assert len(found) == 2 * count
        assert tops == sorted(set(tops))
        assert all(float(one["y"]) + float(one["height"]) <= height for one in found)


def test_a_name_too_long_for_its_room_is_cut_with_a_mark_and_a_chinese_character_counts_twice() -> None:
    latin, han = (texts(bars_svg([Bar(name * 100, 0.5, "", "#0072B2")], ""))[0] for name in ("x", "长"))
    assert latin.endswith("…")
    assert han.endswith("…")
    assert len(latin) == 26
    assert 12 <= len(han) <= 14


def test_a_figure_stands_inside_a_bar_that_has_room_for_it_and_beside_one_that_has_not() -> None:
    svg = target_svg([Mark(0.9, "1,000", "2023"), Mark(0.01, "11", "2022")], None, "#0072B2", "talents")
    inside, beside = (
        element
        for element in ElementTree.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own
        if element.text in ("1,000", "11")
    )
    assert (inside.get("text-anchor"), inside.get("fill")) == ("end", "#FFFFFF")
    assert beside.get("text-anchor") == "start"
    assert beside.get("fill") != "#FFFFFF"


def reach(text: ElementTree.Element) -> tuple[float, float]:
    """Return from where to where a text of size 13 goes, at 7 units for a cell: a Chinese character has two."""
    content, x = text.text or "", float(text.attrib["x"])
    wide = 7 * sum(2 if ord(character) > 0x2E7F else 1 for character in content)
    return (x - wide, x) if text.get("text-anchor") == "end" else (x, x + wide)


PERIODS = ("2023", "31 Dec 2023", "2023年12月31日", "2023年1月1日–2023年12月31日")
FIGURES = ("9", "more than 70,000 people", "超过 100,000 人")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("at", [0.0, 0.3, 0.5, 0.7, 1.0])
def test_no_text_of_a_drawing_runs_off_it_or_into_another(at: float, *, narrow: bool) -> None:
    for date, figure in itertools.product(PERIODS, FIGURES):
        goal = Mark(at, f"target {date[:6]}: {figure}", "2025")
        svg = target_svg([Mark(at, figure, date), Mark(at / 2, figure, date)], goal, "#0072B2", "t", narrow=narrow)
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own
        wide = float(root.attrib["viewBox"].split()[2])
        lines: dict[str, list[tuple[float, float]]] = {}
        for text in root.iter(f"{SVG}text"):
            lines.setdefault(text.attrib["y"], []).append(reach(text))
        for spans in lines.values():
            assert min(start for start, _ in spans) >= 0, (date, figure)
            assert max(end for _, end in spans) <= wide, (date, figure)
            assert all(left[1] <= right[0] for left, right in itertools.pairwise(sorted(spans))), (date, figure)


def test_a_narrow_drawing_says_and_measures_what_the_wide_one_does() -> None:
    bars = [Bar("Core Area", 0.5, "50 %", "#0072B2", low=0.4, high=0.6), Bar("中科大", 0.25, "25 %", "#E69F00")]
    for svg, narrow in (
        (bars_svg(bars, "t"), bars_svg(bars, "t", narrow=True)),
        *(
            (target_svg(marks, goal, "#0072B2", "t"), target_svg(marks, goal, "#0072B2", "t", narrow=True))
            for marks in ([], [Mark(0.3, "30", "2023"), Mark(0.7, "70", "2024")])
            for goal in (None, Mark(1.0, "2025: 100", "2025"))
        ),
    ):
        assert texts(narrow) == texts(svg)
        wide, small = (
            [float(one["width"]) / float(rectangles(drawn)[0]["width"]) for one in rectangles(drawn)]
            for drawn in (svg, narrow)
        )
        assert small == pytest.approx(wide, abs=2e-3)


def test_a_page_gets_both_drawings_and_marks_which_is_for_a_narrow_window() -> None:
    html = picture_html("<svg>w</svg>", "shares", "<svg>n</svg>")
    wide, narrow = re.findall(r'<img class="([^"]*)" alt="shares" src="data:image/svg\+xml;base64,([^"]*)"', html)
    assert (wide[0], base64.b64decode(wide[1])) == ("gp-chart gp-chart-wide", b"<svg>w</svg>")
    assert (narrow[0], base64.b64decode(narrow[1])) == ("gp-chart gp-chart-narrow", b"<svg>n</svg>")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("at", [-1.0, 0.0, 1.0, 2.0, float("inf")])
def test_a_value_or_target_off_the_scale_stays_on_the_drawing(at: float, *, narrow: bool) -> None:
    svg = target_svg([Mark(at, "x", "2023")], Mark(at, "y", "2025"), "#0072B2", "t", narrow=narrow)
    assert not re.search(r"nan|inf", svg)
    line = re.search(r'<line x1="([-\d.]+)"', svg)
    assert line is not None
    assert 0 <= float(line.group(1)) <= (360 if narrow else 720)
    assert all(float(one["width"]) >= 2 for one in rectangles(svg))


def test_a_measure_without_any_value_still_shows_its_target() -> None:
    svg = target_svg([], Mark(1.0, "2025: 100", "2025"), "#0072B2", "talents")
    assert rectangles(svg) == []
    assert texts(svg) == ["2025: 100"]


def test_a_screen_reader_is_told_the_title_with_its_signs() -> None:
    for svg in (bars_svg([], 'A & "B" <c>'), target_svg([], None, "#0072B2", 'A & "B" <c>')):
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own
        assert (root.get("role"), root.get("aria-label")) == ("img", 'A & "B" <c>')
