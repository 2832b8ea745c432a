"""The page of facilities in Streamlit's own harness: filters in the address, counts, coverage, empty states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.service import service_coverage
from geoplan.ui.facility_map import service_overlay
from geoplan.ui.pages.facilities import coverage_html
from geoplan.ui.people import Person
from geoplan.ui.state import Address
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import HOSTILE, write_plan
from tests.ui.pages.app import html_of, opened

OWNER = Person("", None, "editor", signed_in=False)


def visiting(view: PlanView, language: str = "en") -> Visit:
    return Visit(Address(view.plan.id, language, None, "facilities"), view, (), OWNER)


def tables(app: AppTest) -> list[list[str]]:
    return [list(table.value.columns) for table in app.dataframe]


def names(app: AppTest) -> list[str]:
    """Return the names in the list of facilities."""
    (listed,) = [table.value for table in app.dataframe if "Lies in" in table.value.columns]
    return list(listed["Name"])


@pytest.mark.parametrize(("language", "said"), [("en", "Counts and density per zone"), ("zh", "各分区设施数量与密度")])
def test_the_page_opens_in_both_languages(language: str, said: str) -> None:
    app = opened(page="facilities", lang=language)
    assert not app.exception
    assert said in html_of(app)


def test_every_facility_is_listed_and_the_one_without_a_place_says_why() -> None:
    app = opened(page="facilities", lang="en")
    assert len(names(app)) == 18
    assert "18 of 18 facilities" in html_of(app)
    assert "1 not located: listed, not on the map" in html_of(app)
    assert "Its streets are not known, so it is listed and not placed." in html_of(app)


def test_the_address_filters_by_category_zone_and_text() -> None:
    app = opened(page="facilities", lang="en", category="university", q="campus", **{"in": "-outside"})
    assert names(app) == ["USTC High-tech Campus", "USTC East Campus", "USTC Central Campus", "USTC West Campus"]
    assert "4 of 18 facilities" in html_of(app)


def test_a_search_is_written_into_the_address_and_filters_the_list() -> None:
    app = opened(page="facilities", lang="en")
    app.text_input[0].set_value("量子").run()
    assert app.query_params["q"] == "量子"
    assert sorted(names(app)) == ["CIQTEK / Quantum Instrument Valley", "Origin Quantum"]
    app.text_input[0].set_value("nothing of the kind").run()
    assert not app.exception
    assert "No facility passes these filters." in [text.value for text in app.text]
    app.button(key="facilities-clear").click().run()
    assert "q" not in app.query_params
    assert len(names(app)) == 18


def test_choosing_a_category_and_a_zone_writes_them_into_the_address() -> None:
    app = opened(page="facilities", lang="en")
    app.multiselect[0].select("science-park").run()
    assert app.query_params["category"] == "science-park"
    (within,) = [box for box in app.selectbox if box.label == "Zone"]
    within.set_value("core").run()
    assert app.query_params["in"] == "core"
    assert names(app) == ["Zhongan Chuanggu Technology Park", "Zhongan Chuanggu phase 2"]


def test_coverage_shows_the_share_its_range_the_label_and_the_cautions() -> None:
    app = opened(page="facilities", lang="en", show="coverage", category="university", radius="500")
    html = html_of(app)
    assert not app.exception
    assert "4.45 %" in html
    assert "0.0–14.2 % as the places&#x27; accuracy allows" in html
    assert "Straight-line screening, not walking distance." in html
    assert "Unreliable: 1 of 4 facilities are known only to a radius larger than 500 m." in html
    assert "10-minute living circle, GB 50180-2018" in html
    assert ["No.", "Zone", "Uncovered km²"] in tables(app)


def test_another_radius_and_category_are_written_into_the_address() -> None:
    app = opened(page="facilities", lang="en", show="coverage")
    assert "5-minute living circle" in html_of(app)
    (kind,) = [box for box in app.selectbox if box.label == "Facilities of"]
    kind.set_value("incubator").run()
    assert app.query_params["category"] == "incubator"
    radius = next(group for group in app.button_group if "1,000 m" in str(group.options))
    radius.set_value("1000").run()
    assert app.query_params["radius"] == "1000"
    assert "15-minute living circle" in html_of(app)


@pytest.mark.parametrize("radius", ["0", "-5", "1e9", "nan", "abc", "९", "50001", "1.2.3", ""])
def test_a_radius_that_is_none_in_a_link_is_the_first_of_the_plan(radius: str) -> None:
    app = opened(page="facilities", lang="en", show="coverage", radius=radius)
    assert not app.exception
    assert "5-minute living circle" in html_of(app)


@pytest.mark.parametrize("piece", ["0", "999999", "-1", "९", "x", "99999999999"])
def test_a_piece_that_is_none_in_a_link_is_no_choice(piece: str) -> None:
    assert not opened(page="facilities", lang="en", show="coverage", piece=piece).exception


def test_a_radius_in_a_link_that_the_plan_does_not_offer_is_shown_too() -> None:
    app = opened(page="facilities", lang="en", show="coverage", category="university", radius="650")
    assert "Discs of 650 m on the CGCS2000 ellipsoid" in html_of(app)


def test_a_plan_without_boundaries_says_so_and_lists_what_it_has() -> None:
    app = opened(page="facilities", plan="aust-wisdom-valley", lang="en", show="coverage")
    assert not app.exception
    assert "0 of 4 boundaries loaded" in app.info[0].value
    assert len(names(app)) == 8
    assert "5 not located" in html_of(app)


def test_a_plan_without_facilities_says_how_to_name_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plan(tmp_path / "bare")
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    app = opened(page="facilities", plan="bare", lang="en")
    assert not app.exception
    assert "This plan lists no facilities." in app.info[0].value


def test_hostile_names_reach_the_page_as_text(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "bad", names=HOSTILE, facilities=HOSTILE))
    html = coverage_html(visiting(view), service_coverage(view, "park", 300))
    assert "<script" not in html
    assert "<img" not in html


def test_the_map_carries_the_served_ground_and_every_piece_to_be_picked(valley: PlanView) -> None:
    found = service_coverage(valley, "university", 500)
    overlay = service_overlay(found, 2)
    assert [shape.role for shape in overlay.shapes].count("service") == 1
    assert [shape.role for shape in overlay.shapes].count("chosen") == 1
    pieces = [shape for shape in overlay.shapes if shape.pick is not None]
    assert [shape.pick.id for shape in pieces if shape.pick] == [f"piece-{n}" for n in range(len(found.uncovered))]
    west, south, east, north = overlay.shapes[0].geometry.bounds
    assert 117 < west < east < 117.4
    assert 31.7 < south < north < 32


def test_nothing_served_is_no_shape_on_the_map(valley: PlanView) -> None:
    overlay = service_overlay(service_coverage(valley, "innovation-centre", 500), None)
    assert {shape.role for shape in overlay.shapes} == {"uncovered"}


def test_categories_without_a_name_or_with_a_comma_are_chosen_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_plan(tmp_path / "trial", ["First"], facilities=["Bare", "Green", "Hall"])
    places = json.loads((folder / "facilities.geojson").read_text(encoding="utf-8"))
    for feature, category in zip(places["features"], ("", "park, green", "hall"), strict=True):
        feature["properties"]["category"] = category
    (folder / "facilities.geojson").write_text(json.dumps(places), encoding="utf-8")
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    app = opened(page="facilities", lang="en", plan="trial")
    assert names(app) == ["Bare", "Green", "Hall"]
    for category, name in (("park, green", "Green"), ("", "Bare"), ("hall", "Hall")):
        app.multiselect[0].set_value([category]).run()
        assert not app.exception
        assert names(app) == [name]
        app.multiselect[0].set_value([]).run()
        assert "category" not in app.query_params
    served = opened(page="facilities", lang="en", plan="trial", show="coverage", radius="500")
    (kind,) = [box for box in served.selectbox if box.label == "Facilities of"]
    kind.set_value("park, green").run()
    assert not served.exception
    assert served.query_params["category"] == "park%2C green"
