"""The page of areas, on a plan of two squares whose areas are known by hand and on the bundled plans."""

from __future__ import annotations

import pytest

from geoplan.ui.pages.areas import methods_table, published_html, rounding_table
from geoplan.ui.people import Person
from geoplan.ui.state import Address
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView
from tests.ui.pages.app import html_of, opened

OWNER = Person("", None, "editor", signed_in=False)


@pytest.fixture
def visit(valley: PlanView) -> Visit:
    return Visit(Address("ustc-silicon-valley", "en", None, "areas"), valley, (), OWNER)


@pytest.mark.parametrize(("language", "said"), [("en", "Published against measured"), ("zh", "公布与量算对照")])
def test_the_page_opens_in_both_languages(language: str, said: str) -> None:
    app = opened(page="areas", lang=language)
    assert not app.exception
    assert said in html_of(app)
    assert len(app.dataframe) >= 3


def test_a_plan_without_boundaries_says_that_there_is_nothing_to_measure() -> None:
    app = opened(page="areas", plan="aust-wisdom-valley", lang="en")
    assert not app.exception
    assert "No boundary is loaded yet" in app.info[0].value


def test_the_methods_stand_side_by_side_and_differ_as_they_must(visit: Visit) -> None:
    measured = visit.view.result.measurement
    assert measured is not None
    table = methods_table(visit, measured)
    assert list(table.columns[:4]) == ["Name", "Ellipsoidal m²", "Geodesic m²", "Planar m²"]
    assert list(table.iloc[:, 0]) == ["Core Area", "High-tech Area", "Shushan Area", "iFlytek Town", "Total"]
    total = table.iloc[-1]
    # At 117.1° E the plane of CM 117° E is nearly true: a few parts per million, never a percent.
    assert abs(total.iloc[5]) / total.iloc[1] < 1e-5
    assert total.iloc[5] == pytest.approx(total.iloc[3] - total.iloc[1], abs=1e-6)
    assert total.iloc[1] == pytest.approx(sum(table.iloc[:-1, 1]), abs=1e-6)


@pytest.mark.parametrize("decimals", [1, 2, 3, 4])
def test_adjusted_figures_add_up_to_the_rounded_total(visit: Visit, decimals: int) -> None:
    measured = visit.view.result.measurement
    assert measured is not None
    table = rounding_table(visit, measured, decimals)
    units = [round(value * 10**decimals) for value in table["Adjusted km²"]]
    assert sum(units[:-1]) == units[-1]
    assert units[-1] == round(8.219986 * 10**decimals)  # the bundled zones' total, in km²
    assert all(abs(change) <= 1e6 / 10**decimals + 1e-6 for change in table["Adjusted by m²"])


def test_published_figures_stand_with_verdict_and_source(visit: Visit) -> None:
    html = published_html(visit)
    assert "8.22 ± 0.005 km²" in html
    assert "8.2200 km²" in html
    assert html.count("✓ agrees") == 3
    assert "Anhui lays out blueprint" in html
