"""The page of checks in Streamlit's own harness: listing, opening, accepting, withdrawing, and every report."""

from __future__ import annotations

import json
import sqlite3
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.output import REPORTS
from geoplan.plan import load_plan
from geoplan.ui.pages.checks import KINDS, report_bytes
from geoplan.workflow import open_plan
from tests.plan_folders import HOSTILE, square_ring, write_layer, write_plan
from tests.ui.pages.app import html_of, opened

REASON = "Agreed with the district <b>"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a plan of two squares that overlap, in a data folder of its own."""
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    monkeypatch.delenv("GEOPLAN_STORE", raising=False)
    made = write_plan(tmp_path / "trial", HOSTILE[:2], facilities=["Lab"])
    east = [[x - 0.001, y] for x, y in square_ring(1)]
    write_layer(
        made / "zones.geojson", [({"id": "z0"}, "Polygon", [square_ring(0)]), ({"id": "z1"}, "Polygon", [east])]
    )
    return made


def overlap_of(folder: Path) -> str:
    return next(finding.id for finding in open_plan(folder).result.findings if finding.check == "overlap")


def page(**parameters: str) -> AppTest:
    app = opened(page="checks", plan="trial", **({"lang": "en"} | parameters))
    assert not app.exception
    return app


def accepted(app: AppTest, *, reason: str = REASON, author: str = "Li Wei", expires: date | None = None) -> AppTest:
    app.text_area[0].set_value(reason)
    app.text_input[0].set_value(author)
    if expires is not None:
        app.date_input[0].set_value(expires)
    return next(button for button in app.button if button.label == "Accept").click().run()


@pytest.mark.parametrize(("language", "said"), [("en", "FAILED: 1 error."), ("zh", "未通过：1 个错误。")])
def test_the_page_opens_in_both_languages_with_its_verdict(folder: Path, language: str, said: str) -> None:
    app = page(lang=language)
    assert said in html_of(app)
    listed, everything = app.dataframe[0].value, app.dataframe[1].value
    assert len(listed) == len(everything) == 2
    assert len(everything.columns) == 9


def test_a_plan_that_holds_says_that_nothing_was_found(folder: Path) -> None:
    write_plan(folder, facilities=["Lab"])
    app = page()
    assert app.success[0].value == "No findings: every check that ran holds."


def test_a_plan_without_boundaries_says_that_there_is_nothing_to_check() -> None:
    app = opened(page="checks", plan="aust-wisdom-valley", lang="en")
    assert not app.exception
    assert "nothing to check" in app.info[0].value


def test_a_link_opens_one_finding_with_its_figures(folder: Path) -> None:
    finding = overlap_of(folder)
    html = html_of(page(finding=finding))
    assert finding in html
    assert "<h2>Overlap</h2>" in html
    assert "<dt>Width</dt>" in html
    assert "alert(1)</dd>" not in html.replace("${alert(1)}", "")


def test_a_link_to_a_finding_that_is_gone_says_so_and_hostile_ids_are_text(folder: Path) -> None:
    app = page(finding="<img src=x onerror=alert(1)>\u202e")
    assert "There is no finding “<img src=x onerror=alert(1)>\\u202e” any more" in app.info[0].value


def test_a_picked_zone_narrows_the_list_and_can_be_let_go(folder: Path) -> None:
    app = page(zone="z1")
    assert "2 of 2 findings" in [caption.value for caption in app.caption]
    app = page(zone="nowhere")
    assert "0 of 2 findings" in [caption.value for caption in app.caption]
    app = app.button(key="checks-all-zones").click().run()
    assert "2 of 2 findings" in [caption.value for caption in app.caption]


def test_the_list_is_narrowed_by_severity_and_by_check(folder: Path) -> None:
    app = page()
    app = app.selectbox(key="checks-check-trial-en").set_value("unmatched-vertex").run()
    assert "1 of 2 findings" in [caption.value for caption in app.caption]


def test_accepting_writes_plan_toml_and_the_check_passes_until_the_day_named(folder: Path) -> None:
    finding, last = overlap_of(folder), date.today() + timedelta(days=30)
    app = accepted(page(finding=finding), expires=last)
    assert not app.exception
    assert app.success[0].value == "Accepted: written to plan.toml."
    (entry,) = load_plan(folder).accepted
    assert (entry.finding, entry.reason.en, entry.author, entry.expires) == (finding, REASON, "Li Wei", last)
    assert "PASSED" in html_of(app)
    assert f"accepted by Li Wei until {last.isoformat()}" in html_of(app)
    assert open_plan(folder).result.passed


def test_an_acceptance_is_withdrawn_again(folder: Path) -> None:
    app = accepted(page(finding=overlap_of(folder)))
    app = app.button(key="checks-withdraw").click().run()
    assert app.success[0].value == "The acceptance is withdrawn."
    assert load_plan(folder).accepted == ()
    assert "FAILED: 1 error" in html_of(app)


@pytest.mark.parametrize(("reason", "author"), [("", "Li Wei"), ("   ", "Li Wei"), ("Why", "")])
def test_an_acceptance_without_a_reason_or_an_author_is_refused_in_a_sentence(
    folder: Path, reason: str, author: str
) -> None:
    before = (folder / "plan.toml").read_bytes()
    app = accepted(page(finding=overlap_of(folder)), reason=reason, author=author)
    assert not app.exception
    assert "an acceptance needs a reason and an author." in html_of(app)
    assert (folder / "plan.toml").read_bytes() == before


def test_a_viewer_is_shown_no_way_to_accept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    app = page(finding=overlap_of(folder))
    assert not app.text_area
    assert "Accepting a finding takes the role of an editor." in [caption.value for caption in app.caption]


def test_a_form_shown_before_the_role_was_taken_away_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, before = page(finding=overlap_of(folder)), (folder / "plan.toml").read_bytes()
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    accepted(app)
    assert (folder / "plan.toml").read_bytes() == before


def test_an_acceptance_that_covers_nothing_any_more_is_told_with_the_reason(folder: Path) -> None:
    accepted(page(finding=overlap_of(folder)))
    narrower = [[x - 0.0005, y] for x, y in square_ring(1)]
    write_layer(
        folder / "zones.geojson", [({"id": "z0"}, "Polygon", [square_ring(0)]), ({"id": "z1"}, "Polygon", [narrower])]
    )
    app = page()
    assert [tab.label for tab in app.tabs] == ["All figures", "What was checked", "Reports", "Lapsed acceptances"]
    assert "Li Wei" in app.dataframe[-1].value.iloc[0, 1]


def test_every_kind_of_report_can_be_downloaded() -> None:
    assert set(KINDS) == set(REPORTS)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_report_is_a_whole_document_that_names_the_finding(folder: Path, tmp_path: Path, language: str) -> None:
    view, finding = open_plan(folder), overlap_of(folder)
    made = {kind: report_bytes(view, kind, language) for kind in KINDS}
    assert json.loads(made["json"])["findings"][0]["id"] == finding
    assert json.loads(made["sarif"])["version"] == "2.1.0"
    assert ET.fromstring(made["junit"]).tag == "testsuites"  # noqa: S314 - our own output
    assert finding in made["text"].decode()
    assert made["html"].decode().startswith("<!doctype html>")
    (tmp_path / "made.gpkg").write_bytes(made["gpkg"])
    with sqlite3.connect(tmp_path / "made.gpkg") as database:
        layers = {name for (name,) in database.execute("select table_name from gpkg_contents")}
    assert "findings" in layers
