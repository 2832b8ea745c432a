"""The page of indicators: what may stand on one scale and what never does."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.types import Comparison, Indicator, IndicatorKind, Text
from geoplan.ui.pages.indicators import by_measure, by_subject, comparable
from tests.plan_folders import write_plan
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


COLUMNS = (
    "id,measure,name_en,name_zh,kind,comparison,value,unit_en,unit_zh,date,period,"
    "subject_en,subject_zh,source,note_en,note_zh"
)


def page_of(folder: Path, rows: list[str], language: str = "en") -> AppTest:
    """Write a plan with these rows of indicators and open its page."""
    plan = write_plan(folder / "trial")
    text = (plan / "plan.toml").read_text(encoding="utf-8")
    layers = '[layers]\nindicators = "i.csv"\n'
    (plan / "plan.toml").write_text(text.replace("[layers]\n", layers), encoding="utf-8")
    (plan / "i.csv").write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return opened(page="indicators", plan="trial", lang=language)


def charts(html: str) -> list[ElementTree.Element]:
    """Return the wide drawings of the page."""
    found = re.findall(r'gp-chart-wide"[^>]*base64,([A-Za-z0-9+/=]+)', html)
    return [ElementTree.fromstring(base64.b64decode(data)) for data in found]  # noqa: S314 - our own output


def lengths(chart: ElementTree.Element) -> list[float]:
    """Return the bars of a chart as shares of their track."""
    wide = [float(one.get("width", "")) for one in chart.iter("{http://www.w3.org/2000/svg}rect")]
    return [bar / track for track, bar in zip(wide[::2], wide[1::2], strict=True)]


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    return tmp_path


def test_bars_are_in_proportion_to_their_values_and_the_target(plans: Path) -> None:
    rows = [
        "a,m,Talents,人才,stock,exact,30,people,人,2023,,,,,,",
        "b,m,Talents,人才,stock,exact,60,people,人,2024,,,,,,",
        "c,m,Talents,人才,target,more_than,120,people,人,2025,,,,,,",
    ]
    app = page_of(plans, rows)
    assert not app.exception
    (chart,) = charts(html_of(app))
    first, second = lengths(chart)
    assert second == pytest.approx(2 * first, rel=0.01)
    assert second == pytest.approx(60 / (120 * 1.06), abs=0.005)


@pytest.mark.parametrize("values", [["-5"], ["-5", "-10"], ["0"], ["-1", "0"]])
def test_a_value_that_is_not_above_nought_has_no_length(values: list[str], plans: Path) -> None:
    rows = [f"i{n},m,Balance,余额,stock,exact,{value},yuan,元,20{20 + n},,,,,," for n, value in enumerate(values)]
    app = page_of(plans, rows)
    assert not app.exception
    (chart,) = charts(html_of(app))
    assert max(lengths(chart)) < 0.01


def test_figures_of_any_size_and_dates_of_any_kind_are_shown(plans: Path) -> None:
    rows = [
        "a,m1,Huge,巨大,stock,about,1e15,yuan,元,2023-12-31,,,,,,",
        "b,m2,Tiny,微小,stock,exact,1e-9,m,米,2024,,,,,,",
        f"c,m3,Period,时段,increment,exact,3,x,个,2024,{'9' * 5000},,,,,",
        "d,m3,Half,半年,increment,exact,3,x,个,2024,2023/2024,,,,,",
        "e,m3,Goal,目标,goal,exact,,x,个,2035,,,,,strong,强",
    ]
    for language in ("en", "zh"):
        app = page_of(plans, rows, language)
        assert not app.exception
        html = html_of(app)
        assert "1,000,000,000,000,000" in html
        assert {"en": "2023–2024", "zh": "2023年–2024年"}[language] in html
        assert {"en": "31 Dec 2023", "zh": "2023年12月31日"}[language] in html


@pytest.mark.parametrize(("row", "said"), [
    ("a,m,N,名,stock,exact,nan,x,个,2024,,,,,,", "not a number"),
    ("a,m,N,名,stock,exact,,x,个,2024,,,,,,", "not a number"),
    ("a,m,N,名,stock,exact,1,x,个,2024-13,,,,,,", "the date"),
    ("a,m,N,名,stock,exact,1,x,个,0000,,,,,,", "the date"),
    ("a,m,N,名,gossip,exact,1,x,个,2024,,,,,,", "allowed: increment"),
    ("a,m,,,stock,exact,1,x,个,2024,,,,,,", "has no name"),
    ("a,m,N", "columns"),
])  # fmt: skip
def test_a_line_that_is_wrong_is_told_with_its_number_instead_of_the_page(row: str, said: str, plans: Path) -> None:
    app = page_of(plans, [row])
    assert not app.exception
    html = html_of(app)
    assert "line 2" in html
    assert said in html


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "a\u202eb", "'; DROP TABLE", "${x}", "长" * 500])
def test_what_a_table_of_figures_holds_is_text_on_the_page(name: str, plans: Path) -> None:
    cell = '"' + name.replace('"', '""') + '"'
    kinds = ("stock", "increment", "goal", "target")
    rows = [f"i{n},m,{cell},{cell},{kind},exact,1,{cell},{cell},2024,{cell},{cell},{cell},{cell},{cell},{cell}"
            for n, kind in enumerate(kinds)]  # fmt: skip
    app = page_of(plans, rows)
    assert not app.exception
    html = html_of(app)
    assert "<img src=x" not in html
    assert "\u202e" not in html
