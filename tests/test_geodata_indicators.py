"""What indicators.csv of the bundled plans hold: every published figure, each with its kind, date and source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_geodata import AUST, PLANS, USTC, read_indicators

USTC_FIGURES = [
    # measure, kind, comparison, value, date
    ("talents", "target", "more_than", 100_000, "2025"),
    ("funds", "target", "more_than", 200_000_000_000, "2025"),
    ("enterprises", "target", "more_than", 10_000, "2025"),
    ("high-tech-enterprises", "target", "exact", 1_000, "2025"),
    ("listed-and-unicorns", "target", "more_than", 50, "2025"),
    ("projects", "increment", "more_than", 800, "2023"),
    ("projects", "increment", "exact", 846, "2023"),
    ("talents", "increment", "more_than", 10_000, "2023"),
    ("high-tech-enterprises", "increment", "exact", 113, "2023"),
    ("high-growth-enterprises", "increment", "exact", 265, "2023"),
    ("innovation-centres", "increment", "exact", 9, "2023"),
    ("overseas-projects", "increment", "exact", 22, "2023"),
    ("global-partners", "increment", "exact", 28, "2023"),
    ("project-clues", "increment", "more_than", 500, "2023"),
    ("enterprise-groups", "increment", "more_than", 120, "2023"),
    ("high-value-enterprises", "increment", "exact", 10, "2023"),
    ("overseas-alumni", "increment", "nearly", 2_000, "2023"),
    ("academicians", "increment", "more_than", 30, "2023"),
    ("alliance-institutions", "increment", "exact", 6, "2023"),
    ("talents", "stock", "more_than", 30_000, "2023-12-31"),
    ("tech-enterprises", "increment", "more_than", 2_500, "2025-07"),
    ("enterprises", "stock", "more_than", 7_000, "2025-10"),
    ("talents", "stock", "more_than", 70_000, "2025-10"),
]
AUST_FIGURES = [
    ("incubated-companies", "stock", "exact", 55, "2023"),
    ("revenue", "increment", "exact", 56_000_000, "2023"),
    ("taxes", "increment", "exact", 1_950_000, "2023"),
    ("invention-patents", "stock", "exact", 9, "2023"),
    ("utility-model-patents", "stock", "exact", 46, "2023"),
    ("software-copyrights", "stock", "exact", 77, "2023"),
    ("tech-smes", "stock", "exact", 17, "2023"),
    ("high-tech-enterprises", "stock", "exact", 1, "2023"),
    ("share-of-degrees", "stock", "nearly", 80, "2023"),
    ("share-of-returnees", "stock", "nearly", 40, "2023"),
]


class TestIndicators:
    @pytest.mark.parametrize(("folder", "figures"), [(USTC, USTC_FIGURES), (AUST, AUST_FIGURES)], ids=["ustc", "aust"])
    def test_are_the_published_figures_and_no_others(
        self, folder: Path, figures: list[tuple[str, str, str, float, str]]
    ) -> None:
        found = [
            (row["measure"], row["kind"], row["comparison"], float(row["value"]), row["date"])
            for row in read_indicators(folder)
            if row["kind"] != "goal"
        ]
        assert sorted(found) == sorted(figures)

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_hold_the_goals_of_2035_in_words(self, folder: Path) -> None:
        goals = [row for row in read_indicators(folder) if row["kind"] == "goal"]
        assert [(row["value"], row["date"]) for row in goals] == [("", "2035")] * 3

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_have_names_subjects_and_units_in_both_languages(self, folder: Path) -> None:
        rows = read_indicators(folder)
        assert len({row["id"] for row in rows}) == len(rows)
        for row in rows:
            assert all(row[key] for key in ("id", "measure", "name_en", "subject_en", "source"))
            assert re.search(r"[\u4e00-\u9fff]", row["name_zh"])
            assert re.search(r"[\u4e00-\u9fff]", row["subject_zh"])
            assert bool(row["value"]) == bool(row["unit_en"]) == bool(row["unit_zh"])
            assert bool(row["note_en"]) == bool(row["note_zh"])

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_have_a_date_and_a_period_only_when_they_count_over_one(self, folder: Path) -> None:
        for row in read_indicators(folder):
            assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", row["date"])
            assert bool(row["period"]) == (row["kind"] == "increment"), row["id"]

    def test_keep_both_project_counts_each_with_its_source(self) -> None:
        rows = [row for row in read_indicators(USTC) if row["measure"] == "projects"]
        assert {row["value"]: row["source"] for row in rows} == {"800": "hebao-2024", "846": "chinadaily-2024-02-08"}

    def test_join_each_target_to_what_was_reported_of_the_same_thing(self) -> None:
        rows = read_indicators(USTC)
        reported = {row["measure"] for row in rows if row["kind"] in {"increment", "stock"}}
        targets = {row["measure"] for row in rows if row["kind"] == "target"}
        assert targets & reported == {"talents", "enterprises", "high-tech-enterprises"}

    def test_of_huainan_are_the_science_parks_own(self) -> None:
        figures = [row for row in read_indicators(AUST) if row["kind"] != "goal"]
        assert {row["subject_en"] for row in figures} == {"AUST Science Park"}
