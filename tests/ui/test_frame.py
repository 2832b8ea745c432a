"""What stands around every page: which revision is shown, what a way to another page keeps, all pages in reach."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.revisions import Publishing, load
from geoplan.ui.pages import PAGES
from tests.plan_folders import square_ring, write_layer, write_plan
from tests.ui.pages.app import html_of, opened


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose plan has two revisions: in the second, z1 reaches 0.001° further east."""
    folder = write_plan(tmp_path_factory.mktemp("data") / "trial", boundaries=False, facilities=["Lab", "Park"])
    for step in (0.0, 0.001):
        wider = [[x + (step if x > square_ring(1)[0][0] else 0.0), y] for x, y in square_ring(1)]
        path = folder.parent / "survey.geojson"
        write_layer(path, [({"id": "z0"}, "Polygon", [square_ring(0)]), ({"id": "z1"}, "Polygon", [wider])])
        load(path, folder, publishing=Publishing(author="Li Wei", message=f"step {step}"))
    return folder.parent


@pytest.fixture
def data(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "data")
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("GEOPLAN_STORE", raising=False)
    return tmp_path / "data"


def page(name: str, **parameters: str) -> AppTest:
    app = opened(plan="trial", page=name, **({"lang": "en"} | parameters))
    assert not app.exception
    return app


def lines(app: AppTest) -> str:
    return " ".join(text.value for text in app.text)


def to(app: AppTest, name: str) -> AppTest:
    after = app.button(key=f"nav-{name}").click().run()
    assert not after.exception
    return after


@pytest.mark.parametrize("name", ["map", "areas", "facilities", "checks", "handover", "history"])
def test_a_page_of_an_old_revision_says_so_and_leads_back_to_the_current_one(data: Path, name: str) -> None:
    app = page(name, revision="1")
    assert "This is revision 1" in lines(app)
    after = app.button(key="gp-to-current").click().run()
    assert "revision" not in after.query_params
    assert "This is revision 1" not in lines(after)


def test_files_handed_over_of_an_old_revision_are_said_to_be_of_it(data: Path) -> None:
    assert "Every file made here is of this revision." in lines(page("handover", revision="1"))
    assert "此处生成的文件均为该版本。" in lines(page("handover", revision="1", lang="zh"))
    assert "Every file" not in lines(page("handover"))


@pytest.mark.parametrize("name", ["draw", "update"])
def test_a_page_that_changes_the_plan_works_on_it_as_it_is_now_and_says_so(data: Path, name: str) -> None:
    app = page(name, revision="1")
    assert "The link names revision 1; this page always works on the boundaries as they are now." in lines(app)
    assert "This is revision 1" not in lines(app)
    assert "The link names" not in lines(app.button(key="gp-to-current").click().run())
    assert "The link names" not in lines(page(name, revision="2"))  # which is the current one


@pytest.mark.parametrize("name", [name for name in PAGES if name != "history"])
def test_what_was_opened_in_the_history_is_left_behind_there(data: Path, name: str) -> None:
    app = to(page("history", revision="1"), name)
    assert "revision" not in app.query_params
    assert "This is revision 1" not in lines(app)


def test_a_comparison_is_left_behind_in_the_history(data: Path) -> None:
    app = to(page("history", **{"from": "1", "to": "2", "mode": "swipe"}), "map")
    assert not {"from", "to", "mode"} & set(app.query_params)


def test_a_revision_put_on_the_map_on_purpose_stays_until_it_is_left(data: Path) -> None:
    app = page("history", revision="1").button(key="history-on-map").click().run()
    assert "This is revision 1" in lines(app)
    app = to(app, "areas")
    assert "This is revision 1" in lines(app)
    # 0.01° × 0.01° twice: 1,049,983 m² each by a geodesic polygon.
    total = next(one.value for one in app.dataframe if "Ellipsoidal m²" in one.value.columns)["Ellipsoidal m²"].iloc[-1]
    assert total == pytest.approx(2 * 1_049_983, rel=1e-4)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_has_a_button_with_a_name_and_the_one_shown_is_marked(data: Path, language: str) -> None:
    for name in PAGES:
        app = page(name, lang=language)
        ways = [button for button in app.button if str(button.key).startswith("nav-")]
        assert [button.key for button in ways] == [f"nav-{page}" for page in PAGES]
        assert all(button.label.strip() for button in ways)
        assert [button.key for button in ways if button.proto.type == "primary"] == [f"nav-{name}"]
        assert html_of(app).count("<h1") == 1
