"""What the page of facilities lists: filters in both languages, places in words, tables, CSV that cannot run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.facility_counts import PlacedFacility, count_facilities
from geoplan.service import service_coverage
from geoplan.types import Text
from geoplan.ui.facility_tables import (
    OUTSIDE,
    Filters,
    counts_table,
    coverage_csv,
    coverage_table,
    facilities_csv,
    frame_csv,
    joined,
    list_table,
    pieces_table,
    place_text,
)
from geoplan.workflow import PlanView
from tests.facility_views import nowhere, opened, place
from tests.helpers import EAST, NORTH, square

WEST, MIDDLE = square(EAST, NORTH, 1_000), square(EAST + 1_000, NORTH, 1_000)
KINDS = [{"id": "school", "name": {"en": "School", "zh": "学校"}}, {"id": "clinic", "name": "Clinic"}]


def asking(**parameters: str) -> Callable[[str], str]:
    return lambda name: parameters.get(name, "")


@pytest.fixture
def view() -> PlanView:
    north = replace(place("n", 500, 800), name=Text("North School", "北小学"), address=Text("Gate Rd", "门前路"))
    east = replace(place("e", 1_500, 500, category="clinic", zone="a"), name=Text("East Clinic", "东医院"))
    far = replace(place("f", 9_000, 0, accuracy_m=None), name=Text("Far School", "远小学"))
    lost = replace(nowhere("l", zone="a"), name=Text("Lost School", "失小学"))
    zones = [{"id": key, "name": {"en": f"Zone {key}", "zh": f"{key} 区"}} for key in "ab"]
    return opened([WEST, MIDDLE], north, east, far, lost, categories=KINDS, zones=zones)


def ids(view: PlanView, **parameters: str) -> list[str]:
    filters = Filters.of(asking(**parameters), ("school", "clinic"), ("a", "b"))
    return [one.facility.id for one in count_facilities(view).placed if filters.passes(one, view)]


@pytest.mark.parametrize(("parameters", "found"), [
    ({}, ["n", "e", "f", "l"]),
    ({"category": "clinic"}, ["e"]),
    ({"category": "clinic,school"}, ["n", "e", "f", "l"]),
    ({"category": "nonsense"}, ["n", "e", "f", "l"]),
    ({"in": "b"}, ["e"]),
    ({"in": "a"}, ["n", "e", "l"]),
    ({"in": OUTSIDE}, ["f"]),
    ({"in": "nonsense"}, ["n", "e", "f", "l"]),
    ({"q": "north"}, ["n"]),
    ({"q": "ＮＯＲＴＨ  school"}, ["n"]),
    ({"q": "北小学"}, ["n"]),
    ({"q": "学校"}, ["n", "f", "l"]),
    ({"q": "门前"}, ["n"]),
    ({"q": "gate"}, ["n"]),
    ({"q": "nothing"}, []),
    ({"q": "school", "in": OUTSIDE, "category": "school"}, ["f"]),
])  # fmt: skip
def test_filters_find_by_category_place_and_text_in_both_languages(
    view: PlanView, parameters: dict[str, str], found: list[str]
) -> None:
    assert ids(view, **parameters) == found


def test_filters_go_into_a_link_and_come_back() -> None:
    assert joined(("school", "clinic")) == "school,clinic"
    assert joined(()) is None
    known = ("clinic", "school")
    assert Filters.of(asking(category="school,clinic"), known, ()).categories == ("clinic", "school")
    assert len(Filters.of(asking(q="x" * 5_000), known, ()).text) == 200


ANY_CATEGORIES = st.lists(st.text(max_size=12), unique=True, max_size=5)


@given(ANY_CATEGORIES, ANY_CATEGORIES)
def test_categories_of_any_name_go_into_a_link_and_come_back(chosen: list[str], others: list[str]) -> None:
    known = tuple(dict.fromkeys([*others, *chosen]))
    asked = {"category": link} if (link := joined(chosen)) else {}
    assert set(Filters.of(asking(**asked), known, ()).categories) == set(chosen)


@pytest.mark.parametrize("names", [("",), ("", "school"), ("a,b", "a", "b"), ("%", "%2C", ",", "%25"), ("公园，绿地",)])
def test_a_category_that_is_empty_or_holds_the_sign_between_two_is_one_category(names: tuple[str, ...]) -> None:
    for name in names:
        link = joined((name,))
        assert link
        assert Filters.of(asking(category=link), names, ()).categories == (name,)


def test_without_a_category_in_the_link_those_without_one_are_not_singled_out(view: PlanView) -> None:
    mixed = replace(view, facilities=(*view.facilities, replace(nowhere("u"), category="")))
    filters = Filters.of(asking(), ("school", "clinic", ""), ("a", "b"))
    assert filters == Filters()
    assert sum(filters.passes(one, mixed) for one in count_facilities(mixed).placed) == 5


def test_the_list_says_where_things_lie_and_what_they_say_themselves(view: PlanView) -> None:
    table = list_table(count_facilities(view).placed, view, "en")
    assert list(table.columns) == ["Name", "Category", "Lies in", "± m"]
    assert list(table["Lies in"]) == ["a", "b ⚠ said to be in a, 500 m away", "outside", "not located"]
    assert list(list_table(count_facilities(view).placed, view, "zh")["位于"])[2:] == ["区外", "未定位"]


def said(view: PlanView) -> list[str]:
    return [place_text(one, view, "en") for one in count_facilities(view).placed]


def test_every_standing_has_its_words() -> None:
    zones = [{"id": key, "name": key} for key in ("a", "b", "waiting")]
    view = opened(
        [WEST, MIDDLE],
        place("agrees", 500, 500, zone="a"),
        place("near", 990, 500, zone="b", accuracy_m=50),
        place("odd", 500, 500, zone="nonsense"),
        place("waits", 500, 500, zone="waiting"),
        zones=zones,
    )
    assert said(view) == [
        "a ✓",
        "a; said to be in b, 10 m away: within its accuracy",
        "a ⚠ names a zone there is not: nonsense",
        "a; said to be in waiting, which has no boundary",
    ]


def test_counts_have_a_row_per_zone_and_account_for_everything_else(view: PlanView) -> None:
    table = counts_table(count_facilities(view), view, ("school", "clinic"), "en")
    assert list(table["Zone"]) == ["a", "b", "Outside all zones", "Not located"]
    assert list(table["Facilities"]) == [1, 1, 1, 1]
    assert list(table["School"]) == [1, 0, 1, 1]
    assert list(table["Clinic"]) == [0, 1, 0, 0]
    assert table["per km²"][0] == pytest.approx(1, rel=1e-4)
    assert list(table["Range"])[:2] == ["1–1", "1–1"]


def test_categories_called_like_a_column_or_like_each_other_get_columns_of_their_own(view: PlanView) -> None:
    same = [{"id": key, "name": "Zone"} for key in ("school", "clinic")]
    twins = opened([WEST], place("n", 500, 500), place("e", 500, 500, category="clinic"), categories=same)
    table = counts_table(count_facilities(twins), twins, ("school", "clinic"), "en")
    assert list(table.columns)[-2:] == ["Zone (2)", "Zone (3)"]


def test_coverage_shows_share_range_and_what_is_left(view: PlanView) -> None:
    found = service_coverage(view, "clinic", 500)
    table = coverage_table(found, "en")
    assert list(table["Zone"]) == ["a", "b", "All zones"]
    assert table["Covered %"][1] == pytest.approx(78.54, abs=0.02)  # π·500² of 1 km²
    assert list(table["by accuracy %"])[1] == "78.5–78.5"
    assert table["Uncovered km²"][2] == pytest.approx(2 - 0.7854, abs=1e-3)
    pieces = pieces_table(found, "en")
    assert list(pieces["No."]) == list(range(1, len(pieces) + 1))
    assert pieces["Zone"][0] == "a"
    assert pieces["Uncovered km²"].sum() == pytest.approx(2 - 0.7854, abs=1e-3)


def test_an_unknown_upper_bound_is_not_a_number(view: PlanView) -> None:
    table = coverage_table(service_coverage(view, "school", 300), "en")
    assert next(iter(table["by accuracy %"])).endswith("–?")
    chinese = coverage_table(service_coverage(view, "school", 300), "zh")
    assert next(iter(chinese["精度区间 %"])).endswith("–未知")


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "＝1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_a_csv_runs_as_a_formula(name: str) -> None:
    bad = replace(place("x", 500, 500, category=name, zone=name), id=name, name=Text(name, name), note=Text(name, name))
    view = opened([WEST], replace(bad, basis=name, source=name))
    counts = count_facilities(view)
    tables = [
        facilities_csv(counts.placed, view, "en"),
        coverage_csv(service_coverage(view, name, 500), view, "en"),
        frame_csv(counts_table(counts, view, (name,), "zh")),
    ]
    starts = ("=", "+", "-", "@", "\t", "＝")
    for content in tables:
        for row in read(content):
            for cell in row:
                assert not cell.startswith(starts) or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).isdecimal()


def test_the_csv_of_facilities_holds_every_field_and_empty_cells_for_what_is_unknown(view: PlanView) -> None:
    rows = read(facilities_csv(count_facilities(view).placed, view, "en"))
    assert rows[0][:3] == ["Id", "Name", "中文"]
    assert [row[0] for row in rows[1:]] == ["n", "e", "f", "l"]
    assert rows[1][1:5] == ["North School", "北小学", "School", "a"]
    assert rows[4][6:9] == ["", "", ""]
    assert rows[3][8] == ""


def test_the_csv_of_coverage_carries_the_label_and_every_caution(view: PlanView) -> None:
    found = service_coverage(view, "school", 300)
    rows = read(coverage_csv(found, view, "zh"))
    text = "\n".join(cell for row in rows for cell in row)
    assert "并非步行距离" in text
    assert "设施类别：学校；半径 300 米" in text
    for caution in found.cautions:
        assert caution.zh in text


def test_nothing_placed_is_an_empty_list(view: PlanView) -> None:
    none: tuple[PlacedFacility, ...] = ()
    assert list_table(none, view, "en").empty
    assert len(read(facilities_csv(none, view, "en"))) == 1
