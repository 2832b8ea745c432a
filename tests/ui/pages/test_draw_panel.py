"""The panel beside a draft's map: findings that stand against publishing, what changed, names, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.current import opened_store
from geoplan.plan import load_plan
from tests.plan_folders import write_plan
from tests.ui.pages.app import html_of
from tests.ui.pages.test_draw import corners, part, press, started, total, typed


@pytest.fixture(autouse=True)
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a plan of two squares, First and Second, side by side, each some 1.05 km²."""
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    return write_plan(tmp_path / "trial", facilities=["Lab"])


def overlapping() -> AppTest:
    """Return a draft with a third square over half of the second and half beyond it."""
    return typed(started("trial"), corners(1.5))


def publish_button(app: AppTest) -> bool:
    """Return whether the draft can be published."""
    return not next(one for one in app.button if one.label == "Publish as a revision").disabled


def revisions(plan: Path) -> int:
    opened = load_plan(plan)
    with opened_store(opened) as store:
        return len(store.history("trial"))


def test_a_draft_that_changes_nothing_cannot_be_published_and_says_so(plan: Path) -> None:
    app = part(started("trial"), "publish")
    assert not app.exception
    assert not publish_button(app)
    assert "Nothing is changed yet." in html_of(part(app, "changes"))


def test_findings_are_listed_with_those_the_draft_brought(plan: Path) -> None:
    app = part(overlapping(), "findings")
    assert not app.exception
    (table,) = [one.value for one in app.dataframe if "Finding" in one.value.columns]
    rows = [row for row in table.to_dict("records") if "overlap" in row["Finding"]]
    assert len(rows) == 1
    assert rows[0]["New"] == "yes"
    assert "First" not in rows[0]["Finding"]


def test_without_findings_all_checks_are_said_to_hold(plan: Path) -> None:
    app = part(started("trial"), "findings")
    assert "All checks hold." in html_of(app)


def test_changes_tell_totals_zones_and_what_was_done(plan: Path) -> None:
    app = part(typed(started("trial"), corners(3)), "changes")
    assert not app.exception
    assert any("What was done (1)" in one.label for one in app.expander)
    (table,) = [one.value for one in app.dataframe if "Before m²" in one.value.columns]
    assert len(table) == 1
    assert table["Before m²"][0] == "—"


def test_a_failing_draft_is_published_only_with_every_finding_accepted_for_a_reason(plan: Path) -> None:
    app = part(overlapping(), "publish")
    assert "findings stand against publishing" in html_of(app)
    assert not publish_button(app)
    (which,) = [one for one in app.multiselect if one.label == "Findings to accept"]
    for option in which.options:
        which.select(option)
    app = which.run()
    assert not publish_button(app)  # no reason yet
    (why,) = [one for one in app.text_input if one.label == "Reason, kept with the revision"]
    app = why.set_value("   ").run()
    assert not publish_button(app)
    (why,) = [one for one in app.text_input if one.label == "Reason, kept with the revision"]
    app = why.set_value("Both are meant").run()
    assert publish_button(app)
    app = press(app, "Publish as a revision")
    assert not app.exception
    assert "Published as revision 1." in html_of(app)
    assert revisions(plan) == 1


def test_nobody_publishes_without_a_name(plan: Path) -> None:
    bare = write_plan(plan.parent / "empty", boundaries=False, facilities=["Lab"]) / "plan.toml"
    bare.write_text(bare.read_text(encoding="utf-8").replace("[[zones]]", "[[zones]]\nawaiting = true"), "utf-8")
    app = part(typed(started("empty"), corners(0)), "publish")
    assert publish_button(app)
    (name,) = [one for one in app.text_input if one.label == "Your name"]
    name.set_value("   ")
    app = press(app, "Publish as a revision")
    assert not app.exception
    assert "Write your name" in html_of(app)
    assert revisions(plan) == 0


def test_a_zone_the_plan_does_not_declare_takes_any_name_as_text(plan: Path) -> None:
    app = typed(started("trial"), corners(3))
    for name in ("<img src=x onerror=alert(1)>", "[link](javascript:alert(1))", "a\u202eb", "长" * 200):
        (english,) = [one for one in app.text_input if one.label == "English name"]
        english.set_value(name)
        app = press(app, "Set names")
        assert not app.exception
        html = html_of(app)
        assert "<img src=x" not in html
        assert "\u202e" not in html
        assert not any("](javascript:" in one.label for kind in ("button", "selectbox") for one in app.get(kind))


def test_the_name_of_a_declared_zone_is_the_plans_and_cannot_be_changed_here(plan: Path) -> None:
    app = started("trial")
    app.query_params["zone"] = "z0"
    app = app.run()
    assert not any(one.label == "English name" for one in app.text_input)


def test_a_deleted_zone_comes_back_with_undo(plan: Path) -> None:
    app = started("trial")
    before = total(app)
    app.query_params["zone"] = "z0"
    app = press(app.run(), "Delete zone")
    assert not app.exception
    assert total(app) == pytest.approx(before / 2, rel=0.01)
    assert "zone" not in app.query_params
    assert total(press(app, "Undo")) == before


def test_corners_that_are_no_boundary_are_refused_in_words_and_change_nothing(plan: Path) -> None:
    app = started("trial")
    before = total(app)
    for text, said in (
        ("", "three corners"),
        ("117.2 31.8", "three corners"),
        ("117.1 31.8\n117.2 31.9\n117.2 31.8\n117.1 31.9", "crosses or touches itself"),
        ("0 0\n1 1\n2 0", "is no place in degrees"),
        ("{}", "no GeoJSON polygon"),
        ("x" * 100, "does not hold two numbers"),
    ):
        app = typed(app, text)
        assert not app.exception
        assert said in html_of(app)
        assert total(app) == before
