"""Charts: lengths in proportion, names as text, and nothing that runs."""

from __future__ import annotations

import base64
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
    svg = target_svg([Mark(0.5, "50", "2023")], Mark(1.0, "100", "2025"), "#0072B2", "talents")
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
