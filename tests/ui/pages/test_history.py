"""The page of revisions in Streamlit's own harness, on a real store: looking back, comparing, verifying, restoring."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.plan import load_plan
from geoplan.revisions import Outcome, Publishing, history, load, restore
from tests.plan_folders import HOSTILE, square_ring, write_layer, write_plan
from tests.ui.pages.app import html_of, opened

AUTHORS = ("Li Wei", HOSTILE[2])
MESSAGES = ("First survey", HOSTILE[3])
STEP = 0.001  # degrees the second zone moves east in revision 2


def publish(folder: Path, east: float, author: str, message: str) -> None:
    """Publish the plan's two squares, the second moved `east` by so many degrees."""
    path = folder.parent / f"survey {east}.geojson"
    moved = [[x + east, y] for x, y in square_ring(1)]
    write_layer(path, [({"id": "z0"}, "Polygon", [square_ring(0)]), ({"id": "z1"}, "Polygon", [moved])])
    result = load(path, folder, publishing=Publishing(author=author, message=message))
    assert result.outcome is Outcome.PUBLISHED, result.reasons


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a plan without revisions, in a data folder of its own."""
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    monkeypatch.delenv("GEOPLAN_STORE", raising=False)
    return write_plan(tmp_path / "trial", boundaries=False, facilities=["Lab", "Park"])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with two revisions: in the second the second zone lies 0.001° further east."""
    made = write_plan(tmp_path_factory.mktemp("store") / "trial", boundaries=False, facilities=["Lab", "Park"])
    for east, author, message in zip((0.0, STEP), AUTHORS, MESSAGES, strict=True):
        publish(made, east, author, message)
    return made.parent / "geoplan.gpkg"


@pytest.fixture
def folder(empty: Path, store: Path) -> Path:
    """Return a plan with two revisions in a store of its own."""
    shutil.copy(store, empty.parent)
    return empty


def page(**parameters: str) -> AppTest:
    app = opened(page="history", plan="trial", **({"lang": "en"} | parameters))
    assert not app.exception
    return app


def restored(app: AppTest, *, author: str = "Wang Fang", message: str = "") -> AppTest:
    app.text_input(key="restore-message-trial-1").set_value(message)
    app.text_input(key="restore-author-trial-1").set_value(author)
    return next(button for button in app.button if button.label == "Restore revision 1").click().run()


# ------------------------------------------------------------------ the timeline


@pytest.mark.parametrize(("language", "said"), [("en", "Revision 2"), ("zh", "第 2 版")])
def test_the_timeline_opens_in_both_languages_newest_first(folder: Path, language: str, said: str) -> None:
    html = html_of(page(lang=language))
    assert said in html
    assert html.index(f"<b>{said}</b>") < html.index(f"<b>{said.replace('2', '1')}</b>")
    assert html.count("gp-rev-now") - html.count(".gp-rev-now") == 1


def test_hostile_authors_and_messages_are_text(folder: Path) -> None:
    for parameters in ({}, {"revision": "2"}, {"to": "2"}):
        html = html_of(page(**parameters))
        assert "<img" not in html
        assert "<script>alert" not in html
    assert "&lt;img src=x onerror=&quot;alert(4)&quot;&gt;" in html_of(page())


def test_the_table_of_revisions_has_all_that_is_recorded(folder: Path) -> None:
    table = page().dataframe[-1].value
    assert list(table["No."]) == [2, 1]
    assert list(table["Author"]) == [AUTHORS[1], AUTHORS[0]]
    assert table["Source file"][1] == "survey 0.0.geojson"
    assert table["Coordinates of the file"][1] == "EPSG:4326"
    assert table["Change m²"][0] == pytest.approx(0.0, abs=2.0)  # moved, not resized
    revisions = history(load_plan(folder)).revisions
    assert list(table["Hash of the revision"]) == [one.hash[:12] for one in reversed(revisions)]


def test_a_revision_of_the_timeline_opens_with_its_record(folder: Path) -> None:
    app = page().button(key="open-1").click().run()
    assert not app.exception
    assert app.query_params["revision"] == "1"
    html, record = html_of(app), history(load_plan(folder)).revisions[0]
    assert record.source_sha256 in html
    assert record.hash in html
    assert "First survey" in html


def test_the_current_revision_is_not_said_to_be_an_old_one(folder: Path) -> None:
    assert not any("It is not the current one" in text.value for text in page(revision="2").text)
    assert any("It is not the current one" in text.value for text in page(revision="1").text)


def test_a_plan_without_revisions_says_what_its_folder_holds_and_how_the_first_comes_to_be(empty: Path) -> None:
    html = html_of(page())
    assert "0 of 2 zones have one" in html
    assert "geoplan load FILE trial" in html
    write_plan(empty, facilities=["Lab", "Park"])
    assert "The plan folder holds 2 zones, 2.1000 km² in all." in html_of(page())


def test_with_one_revision_and_an_empty_folder_there_is_nothing_to_compare(empty: Path) -> None:
    publish(empty, 0.0, "Li Wei", "First")
    app = page(to="1")
    assert "Revision 1" in html_of(app)
    assert not app.selectbox(key="plan-en-trial").disabled
    assert not [group for group in app.get("button_group") if str(group.key).startswith("history-")]


# ------------------------------------------------------------------ the chain of hashes


def test_an_intact_store_is_said_to_be_intact_only_after_it_was_verified(folder: Path) -> None:
    app = page()
    assert not app.success
    app = app.button(key="history-verify").click().run()
    assert "Intact: every hash of 2 revisions holds" in app.success[0].value


def test_a_revision_that_was_tampered_with_is_told(folder: Path) -> None:
    with sqlite3.connect(folder.parent / "geoplan.gpkg") as database:
        database.execute("drop trigger geoplan_revision_no_update")
        database.execute("update geoplan_revision set author = 'Nobody' where number = 1")
    app = page().button(key="history-verify").click().run()
    assert not app.exception
    assert "Not intact" in app.error[0].value
    assert any(text.value.startswith("Revision 1:") for text in app.text)


# ------------------------------------------------------------------ comparing


def test_a_link_compares_two_revisions_with_known_areas(folder: Path) -> None:
    app = page(to="2")
    changes = next(one.value for one in app.dataframe if "Moved in m²" in one.value.columns)
    row = changes[changes["Zone"] == "Second"].iloc[0]
    # A tenth of a square of 0.01° × 0.01° (1,049,983 m² there, by a geodesic polygon) came in, and as much went.
    assert row["Moved in m²"] == pytest.approx(104_998.4, rel=1e-4)
    assert row["Moved out m²"] == pytest.approx(104_998.4, rel=1e-4)
    assert row["Difference m²"] == pytest.approx(0.0, abs=2.0)
    assert row["Change"] == "moved"
    assert list(changes["Change"]) == ["moved", "unchanged"]


def test_the_other_way_round_gains_and_losses_change_places(folder: Path) -> None:
    forth, back = (
        next(one.value for one in page(**link).dataframe if "Moved in m²" in one.value.columns).iloc[0]
        for link in ({"from": "1", "to": "2"}, {"from": "2", "to": "1"})
    )
    assert forth["Before m²"] == pytest.approx(back["After m²"])
    assert forth["Moved in m²"] == pytest.approx(back["Moved out m²"])


@pytest.mark.parametrize(("mode", "language"), [("side", "zh"), ("swipe", "en"), ("fade", "zh"), ("nonsense", "en")])
def test_every_way_to_compare_opens_in_both_languages(folder: Path, mode: str, language: str) -> None:
    html = html_of(page(to="2", mode=mode, lang=language))
    assert ("1 moved" if language == "en" else "1 移位") in html


def test_a_link_to_revisions_that_are_not_there_compares_those_that_are(folder: Path) -> None:
    for link in ({"from": "77", "to": "99999999999"}, {"from": "-1", "to": "²"}):
        assert "1 of 2 zones differ" in html_of(page(**link))


def test_the_same_revision_twice_asks_for_another(folder: Path) -> None:
    assert "two different revisions" in page(**{"from": "1", "to": "1"}).info[0].value


def test_the_timeline_and_the_comparison_lead_to_each_other(folder: Path) -> None:
    app = page(revision="2").button(key="history_with_before").click().run()
    assert (app.query_params["from"], app.query_params["to"]) == ("1", "2")
    app = app.button(key="history-swap").click().run()
    assert (app.query_params["from"], app.query_params["to"]) == ("2", "1")


# ------------------------------------------------------------------ going back


def test_a_restore_shows_what_it_would_change_and_publishes_a_new_revision(folder: Path) -> None:
    app = page(revision="1")
    assert any("It would change 1 of 2 zones" in text.value for text in app.text)
    app = restored(app, message="Back to the first")
    assert not app.exception
    assert app.success[0].value == "Restored: revision 3 is published and current."
    assert "revision" not in app.query_params
    revisions = history(load_plan(folder)).revisions
    newest = revisions[-1]
    assert (newest.number, newest.parent, newest.restored_from) == (3, 2, 1)
    assert (newest.author, newest.message) == ("Wang Fang", "Back to the first")
    assert newest.zone_hashes == revisions[0].zone_hashes
    assert "restored from revision 1" in html_of(app)


def test_a_restore_without_a_name_is_refused_in_a_sentence(folder: Path) -> None:
    app = restored(page(revision="1"), author="   ")
    assert app.info[0].value == "Write who restores it."
    assert len(history(load_plan(folder)).revisions) == 2


def test_somebody_who_published_in_the_meantime_is_told_of_and_nothing_is_written(folder: Path) -> None:
    app = page(revision="1")
    publish(folder, 0.002, "Zhao Min", "In between")
    app = restored(app)
    assert not app.exception
    assert "revision 3 was published since revision 2" in html_of(app)
    assert "What was published in the meantime" in html_of(app)
    assert [one.author for one in history(load_plan(folder)).revisions][-1] == "Zhao Min"


def test_a_revision_like_the_current_one_need_not_be_restored(folder: Path) -> None:
    restore(folder, 1, Publishing(author="Li Wei"))
    app = page(revision="1")
    assert "there is nothing to restore" in " ".join(caption.value for caption in app.caption)
    assert not [field for field in app.text_input if str(field.key).startswith("restore-")]


def test_a_viewer_sees_what_a_restore_would_change_and_no_way_to_do_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    app = page(revision="1")
    assert "Restoring takes the role of an editor." in [caption.value for caption in app.caption]
    assert "Restore revision 1" not in {button.label for button in app.button}


def test_a_form_shown_before_the_role_was_taken_away_publishes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(revision="1")
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    restored(app)
    assert len(history(load_plan(folder)).revisions) == 2
