"""The page in Streamlit's own test harness, where the browser's part (the map's script) does not run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.plan_folders import HOSTILE, write_plan
from tests.ui.pages.app import html_of, opened


def value(app: AppTest, name: str) -> str:
    """Return one query parameter (the harness hands some back as lists)."""
    found = app.query_params[name]
    return found if isinstance(found, str) else found[0]


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder that the page takes its plans from."""
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("language", "said"), [("en", "published 8.22 ± 0.005 km²"), ("zh", "公布 8.22 ± 0.005 km²")])
def test_the_first_page_shows_the_plan_with_its_headline_figures(language: str, said: str) -> None:
    app = opened(lang=language)
    assert not app.exception
    assert said in html_of(app)
    assert len(app.tabs) == 6
    assert app.get("component_instance")  # the map


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_without_boundaries_has_a_page_of_its_own_kind(language: str) -> None:
    app = opened(plan="aust-wisdom-valley", lang=language)
    assert not app.exception
    assert {"en": "Boundaries not published yet", "zh": "边界尚未公布"}[language] in html_of(app)


def test_a_link_to_a_zone_shows_its_card_and_the_way_back() -> None:
    app = opened(zone="core")
    assert "Core Area" in html_of(app)
    app.button(key="gp-back").click().run()
    assert "zone" not in app.query_params
    assert "Indicative boundary: the area" not in html_of(app)


def test_the_language_chosen_is_kept_in_the_link() -> None:
    app = opened()
    app.get("button_group")[0].set_value("zh").run()
    assert value(app, "lang") == "zh"
    assert "总面积" in html_of(app)


def test_choosing_a_plan_writes_the_link_and_drops_the_pick() -> None:
    app = opened(zone="core", lang="en")
    app.selectbox[0].select("aust-wisdom-valley").run()
    assert value(app, "plan") == "aust-wisdom-valley"
    assert "zone" not in app.query_params


@pytest.mark.parametrize("asked", ["nowhere", "../geodata", "/etc", "ustc-silicon-valley/../aust-wisdom-valley"])
def test_a_link_opens_plans_of_the_data_folder_and_nothing_else(asked: str) -> None:
    app = opened(plan=asked, lang="en")
    assert not app.exception
    assert f"There is no plan “{asked}” in the data folder." in html_of(app)
    assert not app.get("component_instance")


@pytest.mark.parametrize(
    ("language", "said", "mistake"),
    [
        ("en", "Mend what is listed", "status: is not one of the values allowed here"),
        ("zh", "请修正所列内容", "status: 不是此处允许的取值"),
    ],
)
def test_a_broken_plan_says_every_mistake_and_what_to_do(plans: Path, language: str, said: str, mistake: str) -> None:
    folder = write_plan(plans / "broken")
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(text.replace('"indicative"', '"wishful"') + "\nodd = 1\n", encoding="utf-8")
    app = opened(plan="broken", lang=language)
    html = html_of(app)
    assert not app.exception
    assert said in html
    assert mistake in html
    assert "wishful" in html
    assert "odd" in html
    assert str(plans) not in html  # the server's folders are nobody's business


def test_a_broken_layer_says_what_is_wrong_with_it(plans: Path) -> None:
    folder = write_plan(plans / "broken")
    (folder / "zones.geojson").write_text("{", encoding="utf-8")
    app = opened(plan="broken", lang="en")
    assert not app.exception
    assert "This plan cannot be opened" in html_of(app)
    assert "Traceback" not in html_of(app)


def test_no_plan_at_all_says_how_to_get_one(plans: Path) -> None:
    app = opened(lang="en")
    assert not app.exception
    assert "Set GEOPLAN_DATA" in html_of(app)


def test_a_plan_mended_on_disk_is_shown_without_a_restart(plans: Path) -> None:
    write_plan(plans / "trial", ["First", "Second"])
    app = opened(plan="trial", lang="en")
    assert "2 of 2" in html_of(app)
    write_plan(plans / "trial", ["First", "Second", "Third"])
    assert "3 of 3" in html_of(app.run())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_on_the_page(plans: Path, name: str) -> None:
    write_plan(plans / "trial", [name], facilities=[name])
    app = opened(plan="trial", zone="z0", lang="en")
    assert not app.exception
    assert "<img" not in html_of(app)
    (component,) = app.get("component_instance")
    arguments = json.loads(component.proto.json_args)
    assert name not in arguments["script"]
    assert "alert(" not in arguments["script"]
    assert "<script" not in arguments["html"] + arguments["header"].replace("<script>", "", 1)


def test_the_map_loads_its_scripts_from_the_app_itself() -> None:
    (component,) = opened().get("component_instance")
    arguments = json.loads(component.proto.json_args)
    links = [*arguments["js_links"], *arguments["css_links"]]
    assert len(links) == 2  # one after the other, each would wait for the one before
    assert all(link.startswith("../../assets/map/") for link in links)
    assert arguments["returned_objects"] == []


def test_the_map_is_the_same_for_every_plan_language_and_pick_so_that_it_is_never_loaded_anew() -> None:
    def component(**parameters: str) -> dict[str, object]:
        (found,) = opened(**parameters).get("component_instance")
        arguments: dict[str, object] = json.loads(found.proto.json_args)
        return {name: value for name, value in arguments.items() if name != "feature_group"}

    first = component(lang="en")
    assert component(lang="zh", zone="core") == first
    assert component(plan="aust-wisdom-valley") == first


def test_a_rerun_sends_the_map_little() -> None:
    (component,) = opened(zone="core").get("component_instance")
    assert len(component.proto.json_args) < 20_000


def test_two_plans_of_one_name_are_told_apart_and_neither_is_left_for_the_other(plans: Path) -> None:
    write_plan(plans / "one")
    write_plan(plans / "two")
    app = opened(plan="two", lang="en")
    assert value(app.run(), "plan") == "two"
    assert app.selectbox[0].options == ["Trial plan · one", "Trial plan · two"]
    app.selectbox[0].select("one").run()
    assert value(app, "plan") == "one"


def test_the_plan_stays_when_the_language_is_switched_and_a_page_is_opened_after_it() -> None:
    app = opened(plan="ustc-silicon-valley", lang="en")
    app.get("button_group")[0].set_value("zh").run()
    app.button(key="nav-areas").click().run()
    assert value(app, "plan") == "ustc-silicon-valley"
    assert "没有规划" not in html_of(app)
    assert "公布与量算对照" in html_of(app)
