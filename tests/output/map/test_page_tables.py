"""The tables below a map: figures of squares worked out by hand, rows that add up, counts of what is left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.output.map.page.tables import Table, page_tables, source_lines
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView, open_plan
from tests.output.examples import HOSTILE, HOSTILE_IDS
from tests.output.export.ground import squares
from tests.output.faulty import faulty
from tests.plan_folders import write_plan


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    """Zone a has 960,000 m² and zone b 510,000 m², in the plane; one facility lies in b."""
    return squares(tmp_path_factory.mktemp("tables"), other="Beta")


def tables(view: PlanView, language: str = "en", most: int = 2_000) -> dict[str, Table]:
    return {table.name: table for table in page_tables(view, language, most)}


def test_zones_have_three_units_that_say_the_same_and_a_share(view: PlanView) -> None:
    zones = tables(view)["zones"]
    assert [head.text for head in zones.heads[1:4]] == ["km²", "ha", "mu"]
    assert [row.cells[:5] for row in zones.rows] == [
        ("Core", "0.9600", "96.0000", "1,440.000", "65.31 %"),  # 96 / 147
        ("Beta", "0.5100", "51.0000", "765.000", "34.69 %"),
    ]
    assert zones.total[1:4] == ("1.4700", "147.0000", "2,205.000")


def test_every_row_and_total_has_a_cell_for_every_head(tmp_path: Path, view: PlanView) -> None:
    for one in (view, faulty(tmp_path / "f"), open_plan("aust-wisdom-valley"), open_plan("ustc-silicon-valley")):
        for language in ("en", "zh"):
            for table in page_tables(one, language):
                for cells in [*(row.cells for row in table.rows), *([table.total] if table.total else [])]:
                    assert len(cells) == len(table.heads)


def test_how_a_boundary_is_known_stands_beside_its_figures(view: PlanView) -> None:
    first, second = tables(view)["zones"].rows
    assert first.cells[5:] == ("0.5 m", "Stated in the survey", "Survey · Bureau · 2024-05")
    assert second.cells[5:] == ("unknown", "unknown", "unknown")


def test_a_place_is_told_in_degrees_and_one_that_is_nowhere_is_said_to_be(view: PlanView) -> None:
    lost = Facility("x", Text("Lost", "失"), "", None, accuracy_m=5.0, basis="derived")
    here, nowhere = tables(replace(view, facilities=(*view.facilities, lost)))["facilities"].rows
    assert here.cells[2] == "117.2033, 31.8163"
    assert here.drawn
    assert (nowhere.cells[2], nowhere.cells[3], nowhere.drawn) == ("not located", "", False)
    assert nowhere.cells[4] == "derived"


def test_places_elsewhere_are_a_table_of_their_own_and_not_on_the_map() -> None:
    centres = tables(open_plan("ustc-silicon-valley"))["centres"]
    assert len(centres.rows) == 9
    assert not any(row.drawn for row in centres.rows)
    assert centres.kind == "facility"


def test_what_there_is_none_of_has_no_table(view: PlanView) -> None:
    assert set(tables(view)) == {"zones", "facilities"}
    assert set(tables(replace(view, facilities=()))) == {"zones"}


@pytest.mark.parametrize("most", [0, 1, 2, 5])
def test_rows_beyond_the_most_are_counted_and_not_forgotten(view: PlanView, most: int) -> None:
    shown = tables(view, most=most).get("zones")
    rows = len(shown.rows) if shown else 0
    assert rows == min(most, 2)
    if shown is not None:
        assert shown.left == 2 - rows
        assert bool(shown.rest) == (shown.left > 0)
        assert str(shown.left) in shown.rest or not shown.left


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 12), st.integers(1, 12))
def test_facilities_listed_and_left_out_are_all_there_are(view: PlanView, number: int, most: int) -> None:
    places = tuple(Facility(f"f{one}", Text.same(f"F{one}"), "lab", None) for one in range(number))
    made = tables(replace(view, facilities=places), most=most).get("facilities")
    assert (len(made.rows) + made.left if made else 0) == number


def test_a_single_zone_has_no_total_that_would_only_repeat_it(tmp_path: Path) -> None:
    assert tables(open_plan(write_plan(tmp_path / "one", ["Only"])))["zones"].total == ()


def test_zones_that_are_awaited_are_listed_as_unknown_and_not_drawn() -> None:
    zones = tables(open_plan("aust-wisdom-valley"), "zh")["zones"]
    assert len(zones.rows) == 4
    for row in zones.rows:
        assert set(row.cells[1:6]) == {"未知"}
        assert not row.drawn


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_no_cell_has_a_character_that_acts_unseen(name: str, view: PlanView) -> None:
    text = Text.same(name)
    place = Facility(name, text, name, None, basis=name, source=name)
    made = page_tables(replace(view, facilities=(place,), network=(place,)), "en")
    for table in made:
        for row in table.rows:
            for cell in row.cells:
                assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", cell)


def test_sources_are_lines_with_their_address(view: PlanView, tmp_path: Path) -> None:
    assert source_lines(view, "en") == ("Survey · Bureau · 2024-05",)
    assert source_lines(view, "zh") == ("测量 · 规划局 · 2024-05",)
    more = '[[sources]]\nid = "web"\ntitle = "Web\\u202e"\nurl = "https://example.org/a?b=1"\n'
    lines = source_lines(squares(tmp_path, more=more), "en")
    assert lines[1].startswith("Web\\u202e")
    assert lines[1].endswith(" · https://example.org/a?b=1")
