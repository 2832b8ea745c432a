"""The light tables beside and below the map: what they say, what they pick, and what names cannot do in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geoplan.output.map import Pick
from geoplan.ui.rows import MAX_BELOW, MAX_LISTED, below_html, listed_html, table_of
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import HOSTILE, write_plan


class Cells(HTMLParser):
    """Reads rows of cells, and what the buttons in them pick, as a browser would."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.picks: list[tuple[str, str, str]] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "button":
            told = {name: value or "" for name, value in attrs}
            self.picks.append((told["data-gp-kind"], told["data-gp-id"], told["aria-pressed"]))

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def zones(view: PlanView, language: str = "en", *, chosen: Pick | None = None) -> Cells:
    table = table_of(view, "zones", language)
    assert table is not None
    return Cells(below_html(table, chosen, language))


def test_a_row_says_a_zone_s_area_and_share_and_picks_it(valley: PlanView) -> None:
    table = table_of(valley, "zones", "en")
    assert table is not None
    shown = Cells(listed_html(table, (0, 1, 4), None, "en"))
    assert shown.rows[0] == ["Zone", "km²", "Share"]
    assert [row[0] for row in shown.rows[1:]] == [
        "Core Area",
        "High-tech Area",
        "Shushan Area",
        "iFlytek Town",
        "Total",
    ]
    assert shown.rows[-1][1] == "8.2200"  # what is published
    assert sum(float(row[1]) for row in shown.rows[1:-1]) == pytest.approx(8.22, abs=2e-4)
    assert sum(float(row[2].rstrip(" %")) for row in shown.rows[1:-1]) == pytest.approx(100, abs=0.02)
    assert shown.picks[0] == ("zone", "core", "false")


def test_the_row_of_what_is_picked_is_marked_and_no_other(valley: PlanView) -> None:
    shown = zones(valley, chosen=Pick("zone", "shushan"))
    assert [identifier for _, identifier, pressed in shown.picks if pressed == "true"] == ["shushan"]


def test_a_facility_of_the_same_id_is_not_marked_as_a_zone(valley: PlanView) -> None:
    assert {pressed for *_, pressed in zones(valley, chosen=Pick("facility", "shushan")).picks} == {"false"}


def test_what_is_not_located_says_so_in_the_reader_s_language(wisdom: PlanView) -> None:
    table = table_of(wisdom, "facilities", "zh")
    assert table is not None
    shown = Cells(listed_html(table, (0, 2), None, "zh"))
    assert len(shown.rows) == 1 + 8
    assert [row[1] for row in shown.rows].count("位置未知") == 5


def test_a_long_plan_lists_the_first_zones_and_counts_the_rest(tmp_path: Path) -> None:
    count = MAX_BELOW + 7
    view = open_plan(write_plan(tmp_path / "long", [f"Zone {number}" for number in range(count)]))
    shown = zones(view)
    assert len(shown.rows) == 1 + MAX_BELOW  # no total below rows that do not add up to it
    table = table_of(view, "zones", "en")
    assert table is not None
    listed = listed_html(table, (0, 1), None, "en")
    assert len(Cells(listed).picks) == MAX_LISTED
    assert f"{count - MAX_LISTED} more" in listed


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_its_row_still_picks_it(tmp_path: Path, name: str) -> None:
    view = open_plan(write_plan(tmp_path / "hostile", [name]))
    shown = zones(view)
    assert shown.tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "span", "i", "button", "p"}
    assert shown.picks[0][:2] == ("zone", "z0")
    told = shown.rows[1][0]
    plain = "".join(character for character in name if character.isprintable())
    assert re.sub(r"\\u[0-9a-f]{4}", "", told)[:40] == re.sub(r"\\u[0-9a-f]{4}", "", plain)[:40]


def test_there_is_no_table_of_what_a_plan_does_not_have(wisdom: PlanView, tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "bare", ["a"]))
    assert table_of(view, "facilities", "en") is None
    assert table_of(view, "centres", "zh") is None
    assert table_of(wisdom, "zones", "en") is not None  # declared, without boundaries yet
