from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.ui import tables
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import write_plan


def test_the_zones_table_adds_up_to_the_published_total_and_to_one_hundred_percent(valley: PlanView) -> None:
    table = tables.zones_table(valley, "en")
    assert list(table["Name"]) == ["Core Area", "High-tech Area", "Shushan Area", "iFlytek Town"]
    assert table["Area km²"].sum() == pytest.approx(8.22, abs=0.005)
    assert table["Area mu"].sum() == pytest.approx(table["Area m²"].sum() * 3 / 2000)
    assert table["Share %"].sum() == pytest.approx(100, abs=1e-9)


def test_zones_without_a_boundary_are_listed_without_an_area(wisdom: PlanView) -> None:
    table = tables.zones_table(wisdom, "en")
    assert tables.zone_ids(wisdom) == ("zone-1", "zone-2", "zone-3", "zone-4")
    assert len(table) == 4
    assert table["Area km²"].isna().all()


def test_facilities_that_are_not_located_are_listed_and_said_to_be_so(wisdom: PlanView) -> None:
    table = tables.facilities_table(wisdom, wisdom.facilities, "en")
    assert list(table["Located"]).count("not located") == 5
    assert len(table) == 8


def test_the_innovation_network_has_nine_centres_of_which_six_are_located(valley: PlanView) -> None:
    table = tables.facilities_table(valley, valley.network, "zh")
    assert len(table) == 9
    assert list(table["定位"]).count("是") == 6


def test_published_figures_keep_their_wording_kind_date_and_source(valley: PlanView) -> None:
    table = tables.indicators_table(valley, "en")
    talents = table[table["Figure"] == "Talents gathered"].iloc[0]
    assert talents["Value"] == "more than 100,000 people"
    assert (talents["Kind"], talents["Date"]) == ("target", "2025")
    assert "Anhui lays out blueprint" in talents["Source"]
    goals = table[table["Kind"] == "goal in words"]
    assert len(goals) == 3
    assert set(goals["Value"]) == {"—"}


def test_every_check_tells_what_it_did(valley: PlanView, wisdom: PlanView) -> None:
    outcomes = dict(zip(*(tables.checks_table(valley, "en")[name] for name in ("Check", "Outcome")), strict=True))
    assert outcomes["Total area"] == "checked 1, found 0"
    assert all(text.startswith("skipped: 0 of 4") for text in tables.checks_table(wisdom, "en")["Outcome"])


def test_findings_are_shown_with_severity_zones_and_figures(tmp_path: Path) -> None:
    rules = '[[rules]]\ncheck = "area-total"\nkm2 = 3.0\n'
    table = tables.findings_table(open_plan(write_plan(tmp_path / "trial", rules=rules)), "en")
    assert list(table["Severity"]) == ["error"]
    assert list(table["Check"]) == ["Total area"]
    assert "expected 3" in table["Value"][0]


def test_sources_are_listed_with_publisher_and_date(wisdom: PlanView) -> None:
    table = tables.sources_table(wisdom, "en")
    assert ("Huainan Daily", "2024-06-17") in set(zip(table["Publisher"], table["Date"], strict=True))
    assert "undated" in set(table["Date"])


def test_control_characters_of_a_name_are_shown_in_tables(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["a\u202eb"]))
    assert tables.zones_table(view, "en")["Name"][0] == "a\\u202eb"
