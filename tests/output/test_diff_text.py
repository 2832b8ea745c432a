"""The comparison as text: everything a reader must be told, in lines that fit."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from geoplan.diff import Version, compare
from geoplan.output.diff_text import render_diff
from tests.diffs import at, comparison, shifted, zone_set
from tests.output import examples
from tests.output.test_diff_document import everything

WEST, EAST_HALF = at(0, 0, 50, 100), at(50, 0, 50, 100)
# 18 km from the central meridian the plane is (18/6371)² = 8e-6 too large: 5,000 m² there are 4,999.96 m².
both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def test_the_headline_names_both_sides() -> None:
    text = render_diff(everything())
    assert text.startswith("from  a, revision 1, 3 zones, sha256 0123456789ab\nto    new.gpkg, revision 2, 2 zones\n")


def test_zones_that_changed_are_listed_with_their_areas() -> None:
    text = render_diff(comparison({"a": WEST, "b": EAST_HALF}, {"a": at(0, 0, 60, 100), "b": EAST_HALF}))
    assert re.search(r"^zone +change +before +after +in +out$", text, re.MULTILINE)
    assert re.search(r"^a +reshaped +4,999\.96 +5,999\.95 +999\.99 +0\.00$", text, re.MULTILINE)
    assert not re.search(r"^b ", text, re.MULTILINE)


def test_where_a_zone_came_from_and_went_to_is_said() -> None:
    text = render_diff(everything())
    assert "  s: from r" in text
    assert "  b: into a" in text


def test_a_moved_zone_says_how_far_and_where_to() -> None:
    text = render_diff(comparison({"a": WEST}, {"a": shifted(WEST, 565.0, -12.5)}))
    assert "  a: 565.000 m east, -12.500 m north" in text


def test_fields_are_shown_before_and_after() -> None:
    text = render_diff(everything())
    assert "  a  label: old → a" in text


def test_ground_that_changed_hands_is_told() -> None:
    text = render_diff(comparison({"a": WEST}, {"a": at(0, 0, 60, 100)}))
    assert re.search(r"\(no zone\) → a: 999\.99$", text, re.MULTILINE)


def test_of_many_transfers_the_largest_are_listed_and_the_rest_summed() -> None:
    before = {f"z{k}": at(100 * k, 0, 10, 10) for k in range(25)}
    text = render_diff(comparison(before, {key: at(100 * k, 0, 10, 20 + k) for k, key in enumerate(before)}))
    assert text.count("(no zone) →") == 20
    assert "(no zone) → z24: 340.00" in text  # 10 m × 34 m
    assert re.search(r"^  5 more: 600\.00$", text, re.MULTILINE)  # 10 m × (10 + 11 + 12 + 13 + 14) m


@pytest.mark.parametrize(
    ("count", "left"), [(1000, None), (1001, "1 more zone (--json)"), (1200, "200 more zones (--json)")]
)
def test_of_a_city_a_thousand_changed_zones_are_listed_and_the_rest_counted(count: int, left: str | None) -> None:
    after = {f"z{k:04}": at(20 * k, 0, 10, 10) for k in range(count)}
    old = comparison({}, after)
    text = render_diff(old)
    assert len(re.findall(r"^z\d{4} +added +0\.00 +100\.00 +100\.00 +0\.00$", text, re.MULTILINE)) == min(count, 1000)
    assert (f"  … {left}\n" in text) if left else ("more zone" not in text)
    assert f"CHANGED: {count:,} added" in text
    assert re.search(rf"^zones +0 +{count:,} +\+{count:,}$", text, re.MULTILINE)


def test_totals_name_their_method_and_difference() -> None:
    text = render_diff(comparison({"a": WEST}, {"a": at(0, 0, 60, 100)}))
    assert re.search(r"^area, km² +0\.005000 +0\.006000 +\+999\.99 m²$", text, re.MULTILINE)
    assert "method: ellipsoidal areas on CGCS2000, edges straight in EPSG:4548" in text


def test_shares_of_groups_are_told_before_and_after() -> None:
    assert re.search(r"^share of East +50\.00 % +50\.00 %$", render_diff(everything()), re.MULTILINE)


def test_findings_introduced_and_fixed_are_told_apart() -> None:
    text = render_diff(everything())
    introduced, fixed = text.index("Findings introduced (1)"), text.index("Findings fixed (1)")
    assert introduced < text.index(examples.total().id) < fixed < text.index(examples.overlap().id)


def test_nothing_changed_is_said_aloud() -> None:
    same = Version("a", zone_set({"a": WEST}))
    text = render_diff(compare(same, same))
    assert text.endswith("UNCHANGED; tolerance 1 m² and 0.01 m\n")
    assert "Zones that changed" not in text


def test_the_last_line_counts_the_changes() -> None:
    text = render_diff(comparison({"a": WEST, "b": EAST_HALF}, {"a": at(0, 0, 60, 100), "b": EAST_HALF}))
    assert text.endswith("CHANGED: 1 reshaped, 1 unchanged; tolerance 1 m² and 0.01 m\n")


def test_chinese_readers_get_chinese() -> None:
    text = render_diff(everything(), language="zh")
    for said in ("原版", "新版", "合并", "改号", "属性", "新出现的发现", "已消除的发现", "容差 1 m²"):
        assert said in text


@both_languages
@pytest.mark.parametrize("width", [40, 80, 132])
@pytest.mark.parametrize("name", ["a", *examples.HOSTILE], ids=["plain", *examples.HOSTILE_IDS])
def test_no_line_is_wider_than_asked_and_no_name_moves_the_cursor(language: str, width: int, name: str) -> None:
    text = render_diff(everything(name), language=language, width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    text.encode("utf-8")


def test_colour_adds_escapes_and_nothing_else() -> None:
    plain, coloured = render_diff(everything()), render_diff(everything(), colour=True)
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
