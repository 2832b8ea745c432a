"""The tables of a report: areas by hand, sums, awaited zones, words of indicators, what is unknown."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from shapely.geometry import Point

from geoplan.output import style
from geoplan.output.handover import category_colours
from geoplan.output.sheet.tables import (
    all_tables,
    area_table,
    boundary_table,
    facility_table,
    finding_table,
    indicator_table,
    network_table,
    published_table,
    source_table,
    zone_colours,
)
from geoplan.output.sheet.values import Speaker, Table
from geoplan.output.style import CATEGORY_COLOURS, ZONE_COLOURS
from geoplan.types import Comparison, Facility, Indicator, IndicatorKind, Text
from geoplan.workflow import PlanView, open_plan
from tests.helpers import EAST, NORTH, square
from tests.output.faulty import faulty
from tests.output.sheet.reading import PLANAR, plan_of

ENGLISH = Speaker("en")
ZONES = [{"id": "a", "name": {"en": "West", "zh": "西区"}}, {"id": "b", "name": "East", "groups": ["g"]}]
TABLES: dict[str, Any] = {
    "zones": [*ZONES, {"id": "c", "name": {"en": "North", "zh": "北区"}, "awaiting": True}],
    "groups": [{"id": "g", "name": {"en": "Sunny side", "zh": "向阳"}}],
    "sources": [
        {"id": "gazette", "title": "Gazette", "publisher": "Office", "date": "2024-06", "url": "https://x.test/a"}
    ],
    "categories": [{"id": "lab", "name": {"en": "Laboratory", "zh": "实验室"}}],
}


def rows(table: Table | None) -> list[list[str]]:
    assert table is not None
    return [["|".join(cell.lines) for cell in row] for row in table.rows]


@pytest.fixture
def view() -> PlanView:
    return plan_of([square(EAST, NORTH, 1000), square(EAST + 2000, NORTH, 2000)], **TABLES)


def test_areas_are_those_of_the_squares_with_total_group_and_awaited_zone(view: PlanView) -> None:
    # 1 km² and 4 km²: 20 % and 80 % of 5 km²; 1,500 mu to the km²
    assert rows(area_table(view, ENGLISH)) == [
        ["1", "West", "1.0000", "100.0000", "1,500.000", "20.00 %"],
        ["2", "East", "4.0000", "400.0000", "6,000.000", "80.00 %"],
        ["3", "North: boundary not loaded", "unknown", "unknown", "unknown", "unknown"],
        ["", "Total", "5.0000", "500.0000", "7,500.000", "100.00 %"],
        ["", "of which Sunny side", "4.0000", "400.0000", "6,000.000", "80.00 %"],
    ]
    assert area_table(view, ENGLISH).closing == 2
    assert area_table(view, ENGLISH).title == ("Areas, planar",)
    assert area_table(view, ENGLISH).note == ("planar areas in EPSG:4548",)


def test_in_both_languages_the_chinese_comes_first_and_nothing_is_said_twice(view: PlanView) -> None:
    found = rows(area_table(view, Speaker("both")))
    assert found[0][1] == "西区|West"
    assert found[1][1] == "East"
    assert found[2][2] == "未知|unknown"
    assert rows(area_table(view, Speaker("zh")))[2][1] == "北区：边界未加载"


def test_small_zones_have_more_decimals_of_a_square_kilometre() -> None:
    found = rows(area_table(plan_of([square(EAST, NORTH, 50), square(EAST + 60, NORTH, 100)]), ENGLISH))
    assert [row[2] for row in found] == ["0.002500", "0.010000", "0.012500"]


def test_published_figures_stand_beside_the_measured_with_their_verdict() -> None:
    rules = [
        {"check": "area-total", "km2": 5.0, "tolerance_km2": 0.01, "source": "gazette"},
        {"check": "zone-count", "count": 7},
    ]
    view = plan_of(
        [square(EAST, NORTH, 1000), square(EAST + 2000, NORTH, 2000)], **(TABLES | {"zones": ZONES}), rules=rules
    )
    table = published_table(view, ENGLISH)
    total, count = rows(table)
    assert total[0] == "total area"
    assert total[2:] == ["5.000000 km²", "holds", "Gazette"]
    assert count[1:4] == ["7", "2 zones", "does not hold"]
    assert table is not None
    assert [row[3].tone for row in table.rows] == ["good", "bad"]


def test_how_a_boundary_is_known_is_told_for_zones_that_say_so() -> None:
    zones = [
        {**ZONES[0], "basis": "Read off a map.", "accuracy_m": 400, "source": "gazette", "note": "Not official."},
        ZONES[1],
    ]
    view = plan_of([square(EAST, NORTH, 10), square(EAST + 20, NORTH, 10)], **(TABLES | {"zones": zones}))
    assert rows(boundary_table(view, ENGLISH)) == [
        ["1", "West", "Read off a map.", "±400 m", "Gazette", "Not official."]
    ]


def test_a_finding_has_its_severity_words_and_figures() -> None:
    view = plan_of([square(EAST, NORTH, 10), square(EAST + 8, NORTH, 10)])
    found = [row for row in rows(finding_table(view, ENGLISH)) if row[2] == "Overlap"]
    assert len(found) == 1
    assert found[0][1] == "error"
    assert "20.00 m²" in found[0][4]  # 2 m by 10 m
    assert not any(table.key == "findings" for table in all_tables(view, ENGLISH, findings=False))


def test_facilities_without_place_accuracy_or_known_category_are_listed_as_such(view: PlanView) -> None:
    facilities = (
        Facility("f1", Text("Tower", "塔"), "lab", Point(117.5, 32.25), "a", "stated", 250.0, "gazette"),
        Facility("f2", Text("", ""), "shed", None, "elsewhere"),
    )
    found = rows(facility_table(replace(view, facilities=facilities), ENGLISH))
    assert found == [
        ["F1", "Tower", "Laboratory", "West", "117°30′00″E 32°15′00″N", "±250 m", "stated", "Gazette"],
        ["F2", "f2", "shed", "elsewhere", "not located", "unknown", "", ""],
    ]


def test_places_elsewhere_have_a_table_of_their_own(view: PlanView) -> None:
    far = (Facility("n", Text("Branch", "分部"), "lab", Point(-122.06, 37.39), basis="assumed"),)
    assert rows(network_table(replace(view, network=far), ENGLISH)) == [
        ["Branch", "Laboratory", "122°03′36″W 37°23′24″N", "assumed", ""]
    ]


def indicator(**more: Any) -> Indicator:
    base: dict[str, Any] = {
        "id": "i", "measure": "m", "name": Text("Firms", "企业"), "kind": IndicatorKind.STOCK,
        "comparison": Comparison.EXACT, "value": 55.0, "unit": Text("firms", "家"), "date": "2023", "period": "",
        "subject": None, "source": "gazette", "note": None,
    }  # fmt: skip
    return Indicator(**(base | more))


@pytest.mark.parametrize(
    ("more", "english", "chinese"),
    [
        ({}, "55 firms", "55 家"),
        ({"comparison": Comparison.MORE_THAN, "value": 30000.0}, "more than 30,000 firms", "超过30,000 家"),
        ({"comparison": Comparison.NEARLY, "value": 80.0, "unit": Text("%", "%")}, "nearly 80 %", "近80 %"),
        (
            {"value": None, "kind": IndicatorKind.GOAL, "note": Text("A leading place", "领先")},
            "A leading place",
            "领先",
        ),
    ],
)
def test_an_indicator_is_worded_as_it_was_published(
    view: PlanView, more: dict[str, Any], english: str, chinese: str
) -> None:
    told = replace(view, indicators=(indicator(**more),))
    assert rows(indicator_table(told, ENGLISH))[0][2] == english
    assert rows(indicator_table(told, Speaker("zh")))[0][2] == chinese


def test_sources_are_listed_with_publisher_date_and_address(view: PlanView) -> None:
    assert rows(source_table(view, ENGLISH)) == [["gazette", "Gazette", "Office", "Jun 2024", "https://x.test/a"]]


def test_colours_are_those_of_the_map() -> None:
    shapes = [square(EAST, NORTH, 10), square(EAST + 20, NORTH, 10)]
    turned = plan_of(shapes, area=PLANAR, zones=[ZONES[1], ZONES[0]])
    # "a" comes first in the file and second in the plan, whose order decides.
    assert zone_colours(turned) == (ZONE_COLOURS[1], ZONE_COLOURS[0])
    bundled = open_plan("ustc-silicon-valley")
    names = sorted({entry.id for entry in bundled.plan.categories} | {one.category for one in bundled.facilities})
    assert category_colours(bundled) == {
        name: CATEGORY_COLOURS[place % len(CATEGORY_COLOURS)] for place, name in enumerate(names)
    }


# ------------------------------------------------------------------ what holds for every table of any plan


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    """Return the plan with a fault of each kind."""
    return faulty(tmp_path_factory.mktemp("sheet") / "f")


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_every_row_has_a_cell_for_every_column_and_every_column_a_heading(language: Any, worst: PlanView) -> None:
    made = all_tables(worst, Speaker(language))
    assert {table.key for table in made} >= {"areas", "published", "boundaries", "findings", "facilities", "sources"}
    for table in made:
        assert table.title
        for row in table.rows:
            assert len(row) == len(table.columns), table.key
        for column in table.columns:
            assert column.heading
            assert column.weight > 0
        assert 0 <= table.closing <= len(table.rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sheet_in_one_language_has_no_word_of_the_other(language: Any, worst: PlanView) -> None:
    foreign = "[\u4e00-\u9fff]" if language == "en" else "[A-Za-z]{3,} [A-Za-z]{3,}"
    for table in all_tables(worst, Speaker(language)):
        texts = [*table.title, *table.note, *(text for column in table.columns for text in column.heading)]
        texts += [text for row in table.rows for one in row for text in one.lines]
        for text in texts:
            assert not re.search(foreign, text.replace("(亩)", "")), f"{table.key}: {text}"


def test_in_both_languages_every_text_of_one_is_beside_that_of_the_other(worst: PlanView) -> None:
    english, chinese, both = (all_tables(worst, Speaker(language)) for language in ("en", "zh", "both"))
    for one, other, mixed in zip(english, chinese, both, strict=True):
        assert len(one.rows) == len(other.rows) == len(mixed.rows)
        for rows in zip(one.rows, other.rows, mixed.rows, strict=True):
            for cells in zip(*rows, strict=True):
                assert {*cells[0].lines, *cells[1].lines} == set(cells[2].lines)
                assert cells[0].colour == cells[1].colour == cells[2].colour


def test_findings_are_numbered_in_their_order_and_each_has_the_colour_of_its_severity(worst: PlanView) -> None:
    (table,) = [one for one in all_tables(worst, Speaker("en")) if one.key == "findings"]
    found = worst.result.findings
    assert [row[0].lines for row in table.rows] == [(str(number),) for number in range(1, len(found) + 1)]
    for row, finding in zip(table.rows, found, strict=True):
        assert row[1].colour == style.SEVERITY_STYLES[finding.severity].text
    assert "findings" not in {one.key for one in all_tables(worst, Speaker("en"), findings=False)}


def test_the_areas_of_the_faulty_plan_are_unknown_where_nothing_can_be_measured(worst: PlanView) -> None:
    (areas, *_) = all_tables(worst, Speaker("en"))
    rows = {row[1].lines[0]: [one.lines[0] for one in row[2:]] for row in areas.rows if row[1].lines}
    assert rows["Zone G"] == ["unknown"] * 4  # no geometry
    assert rows["Zone H"] == ["unknown"] * 4  # a point
    assert next(told for name, told in rows.items() if name.startswith("Zone Z: ")) == ["unknown"] * 4
    assert rows["Zone B"][1] == "1.0300"  # 103 m × 100 m, in ha
