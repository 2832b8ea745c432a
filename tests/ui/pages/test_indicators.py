"""The page of indicators: what may stand on one scale and what never does."""

from __future__ import annotations

import pytest

from geoplan.types import Comparison, Indicator, IndicatorKind, Text
from geoplan.ui.pages.indicators import by_measure, by_subject, comparable
from tests.ui.pages.app import html_of, opened


def figure(kind: IndicatorKind, value: float | None, date: str, unit: str = "people", subject: str = "") -> Indicator:
    name = Text.same("Talents")
    whose = Text.same(subject) if subject else None
    return Indicator(
        id=f"{kind}-{date}",
        measure="talents",
        name=name,
        kind=kind,
        comparison=Comparison.EXACT,
        value=value,
        unit=Text.same(unit),
        date=date,
        period="",
        subject=whose,
        source=None,
        note=None,
    )


def test_increments_never_stand_among_stocks_and_targets() -> None:
    all_kinds = [
        figure(IndicatorKind.TARGET, 100, "2025"),
        figure(IndicatorKind.INCREMENT, 10, "2023"),
        figure(IndicatorKind.STOCK, 70, "2025-10"),
        figure(IndicatorKind.STOCK, 30, "2023-12-31"),
    ]
    (measure,) = by_measure(all_kinds, IndicatorKind.STOCK, IndicatorKind.TARGET)
    assert [one.value for one in measure] == [30, 70, 100]  # by date, the target last


def test_figures_of_two_subjects_are_kept_apart() -> None:
    park, valley = figure(IndicatorKind.STOCK, 1, "2023", subject="park"), figure(IndicatorKind.STOCK, 2, "2023")
    assert [len(own) for _, own in by_subject([park, valley, park])] == [2, 1]


def test_a_stock_in_another_unit_is_not_drawn_on_the_targets_scale() -> None:
    stocks = [
        figure(IndicatorKind.STOCK, 30, "2023", "people"),
        figure(IndicatorKind.STOCK, 3, "2024", "10,000 people"),
    ]
    drawn, others = comparable(stocks, figure(IndicatorKind.TARGET, 100, "2025", "people"))
    assert [one.value for one in drawn] == [30]
    assert [one.value for one in others] == [3]


@pytest.mark.parametrize(("language", "said"), [("en", "Added in a period"), ("zh", "时期增量")])
def test_the_page_opens_in_both_languages_with_every_source(language: str, said: str) -> None:
    app = opened(page="indicators", lang=language)
    html = html_of(app)
    assert not app.exception
    assert said in html
    assert html.count("china.com.cn") >= 2  # the stocks of October 2025
    assert {"en": "by 2035", "zh": "到 2035年"}[language] in html


def test_the_park_of_the_other_plan_has_its_figures_under_its_own_name() -> None:
    html = html_of(opened(page="indicators", plan="aust-wisdom-valley", lang="en"))
    assert "Figures of: AUST Science Park" in html
    assert "56,000,000 yuan" in html
