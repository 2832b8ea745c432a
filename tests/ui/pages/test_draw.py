"""The page of drafts in Streamlit's own harness: from nothing to a revision, in both languages, and not for viewers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.current import opened_store
from geoplan.drafts import Ground, drafts_of, open_draft, publish_draft, save, start, with_zone
from geoplan.drafts.typed import read_typed
from geoplan.plan import Plan, load_plan
from geoplan.revisions import Publishing
from tests.plan_folders import HOSTILE, SIDE, SOUTH, WEST, write_plan
from tests.ui.pages.app import html_of, opened

# Squares of 0.01°: some 946 m × 1109 m, drawn one beside the other.
ALPHA = 1_049_000.0  # m², within 0.5 %


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder of its own, with one plan of two squares and one of two zones without boundaries."""
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    write_plan(tmp_path / "trial", facilities=["Lab"])
    toml = write_plan(tmp_path / "empty", boundaries=False, facilities=["Lab"]) / "plan.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8")
        .replace("Trial plan", "Empty plan")
        .replace("[[zones]]", "[[zones]]\nawaiting = true"),
        encoding="utf-8",
    )
    return tmp_path


def corners(place: float, side: float = SIDE) -> str:
    """Return the corners of a square in the row of squares, longitude first."""
    west, north = WEST + place * SIDE, SOUTH + side
    points = [(west, SOUTH), (west + side, SOUTH), (west + side, north), (west, north)]
    return "\n".join(f"{lon:.7f} {lat:.7f}" for lon, lat in points)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def typed(app: AppTest, text: str) -> AppTest:
    next(area for area in app.text_area if "Corners of" in area.label).set_value(text)
    return press(app, "Take these corners")


def started(plan: str, name: str = "First try") -> AppTest:
    app = opened(page="draw", plan=plan, lang="en")
    app.text_input[0].set_value(name)
    app.text_input[1].set_value("Li Wei")
    return press(app, "Start drawing")


def part(app: AppTest, name: str) -> AppTest:
    """Show one part of the panel: its control is the one beside that of the languages."""
    control: Any = next(group for group in app.get("button_group") if str(group.key).startswith("gp-part"))
    shown: AppTest = control.set_value(name).run()
    return shown


def total(app: AppTest) -> float:
    found = re.search(r'gp-tile gp-lead.*?gp-tile-figure">([\d.,—]+)', html_of(app), re.DOTALL)
    assert found is not None
    return float(found[1].replace(",", ""))


@pytest.mark.parametrize(("language", "said"), [("en", "Start a draft"), ("zh", "新建草案")])
def test_the_page_opens_in_both_languages(plans: Path, language: str, said: str) -> None:
    app = opened(page="draw", plan="trial", lang=language)
    assert not app.exception
    assert said in html_of(app)


def test_zones_without_boundaries_are_drawn_from_nothing_and_published(plans: Path) -> None:
    app = started("empty")
    app = typed(app, corners(0))
    assert not app.exception
    assert total(app) == pytest.approx(1.05, abs=0.01)
    app = press(app, "All zones")
    app = typed(app, corners(1))
    assert total(app) == pytest.approx(2.1, abs=0.02)
    app = part(app, "publish")
    app = press(app, "Publish as a revision")
    assert not app.exception
    assert "Published as revision 1." in html_of(app)
    plan = load_plan(plans / "empty")
    with opened_store(plan) as store:
        revision = store.revision("empty")
        assert revision is not None
        assert revision.author == "Li Wei"
        assert store.zones("empty").text("id") == ("z0", "z1")
    assert drafts_of(plan) == ()


def test_figures_follow_an_edit_and_come_back_with_undo(plans: Path) -> None:
    app = typed(started("trial"), corners(3))
    assert total(app) == pytest.approx(3.15, abs=0.03)
    app = press(app, "Undo")
    assert total(app) == pytest.approx(2.1, abs=0.02)
    app = press(app, "Redo")
    assert total(app) == pytest.approx(3.15, abs=0.03)


def test_an_overlap_is_told_and_cut_only_when_asked(plans: Path) -> None:
    app = typed(started("trial"), corners(1.5))
    assert "Overlaps Second" in html_of(app)
    assert total(app) == pytest.approx(3.15, abs=0.03)
    app = press(app, "Cut from neighbours")
    assert not app.exception
    assert "Overlaps" not in html_of(app)
    assert total(app) == pytest.approx(2.625, abs=0.02)


def test_a_saved_draft_is_opened_again_by_its_link(plans: Path) -> None:
    app = press(typed(started("trial", "Kept"), corners(3)), "Save draft")
    assert "The draft is saved." in html_of(app)
    (kept,) = drafts_of(load_plan(plans / "trial"))
    assert (kept.name, kept.changed_by, kept.zones) == ("Kept", "Li Wei", 3)
    again = opened(page="draw", plan="trial", lang="en", draft=kept.id)
    assert not again.exception
    assert total(again) == pytest.approx(3.15, abs=0.03)


def test_a_mistake_is_said_and_changes_nothing(plans: Path) -> None:
    app = typed(started("trial"), "117.1 31.8\nnonsense\n117.2 31.9")
    assert not app.exception
    assert "line 2 does not hold two numbers" in html_of(app)
    assert total(app) == pytest.approx(2.1, abs=0.02)


def test_a_link_to_a_draft_that_is_gone_says_so(plans: Path) -> None:
    app = opened(page="draw", plan="trial", lang="en", draft="ffff")
    assert not app.exception
    assert "was deleted since you opened it" in html_of(app)


def test_somebody_elses_save_is_a_conflict_and_nothing_is_lost(plans: Path) -> None:
    app = press(typed(started("trial"), corners(3)), "Save draft")
    plan = load_plan(plans / "trial")
    theirs = save(open_draft(plan, drafts_of(plan)[0].id), plan, author="Wang Fang")
    app = press(typed(app, corners(5)), "Save draft")
    assert "was saved by Wang Fang since you opened it" in html_of(app)
    assert open_draft(plan, theirs.id).ids == theirs.ids
    app = app.button(key="gp-conflict-copy").click().run()
    assert not app.exception
    assert sorted(one.name for one in drafts_of(plan)) == ["First try", "First try (copy)"]


def test_a_revision_published_in_between_is_a_conflict_that_can_be_built_upon(plans: Path) -> None:
    app = typed(started("empty"), corners(0))
    plan = load_plan(plans / "empty")
    publish_elsewhere(plan)
    app = press(part(app.run(), "publish"), "Publish as a revision")
    assert "revision 1 was published since" in html_of(app)
    app = press(app, "Put my changes on top of it")
    app = press(part(app, "publish"), "Publish as a revision")
    assert "Published as revision 2." in html_of(app)
    with opened_store(plan) as store:
        assert sorted(store.zones("empty").text("id")) == ["z0", "z1"]


def publish_elsewhere(plan: Plan) -> None:
    """Publish the zone z1, as somebody else might."""
    ground = Ground.of(plan)
    draft = with_zone(start(ground, "Theirs", "Wang Fang"), "z1", read_typed(corners(1), ground.zones.crs))
    assert publish_draft(draft, plan, Publishing(author="Wang Fang")).revision is not None


def test_a_deleted_draft_is_gone_from_the_store(plans: Path) -> None:
    app = press(typed(started("trial"), corners(3)), "Save draft")
    next(box for box in app.checkbox if box.label == "Delete this draft").check().run()
    app = press(app, "Delete it, also from the store")
    assert not app.exception
    assert drafts_of(load_plan(plans / "trial")) == ()
    assert "Start a draft" in html_of(app)


def test_a_viewer_looks_at_drafts_and_writes_nothing(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    press(typed(started("trial"), corners(3)), "Save draft")
    (kept,) = drafts_of(load_plan(plans / "trial"))
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    viewer = opened(page="draw", plan="trial", lang="en", draft=kept.id)
    assert not viewer.exception
    assert "take the role of an editor" in html_of(viewer)
    labels = {button.label for button in viewer.button}
    assert not labels & {"Save draft", "Undo", "Take these corners", "Publish as a revision", "Start drawing"}


def test_a_button_drawn_before_the_role_was_taken_away_writes_nothing(
    plans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = typed(started("trial"), corners(3))
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    press(app, "Save draft")
    assert drafts_of(load_plan(plans / "trial")) == ()


def test_hostile_names_are_text_everywhere_on_the_page(plans: Path) -> None:
    app = press(typed(started("trial", " ".join(HOSTILE)[:120]), corners(3)), "Save draft")
    assert not app.exception
    for shown in (app, part(app, "changes"), opened(page="draw", plan="trial", lang="en")):
        assert not shown.exception
        assert "<img" not in html_of(shown)
        assert "<script>alert" not in html_of(shown)


def test_two_plans_in_one_session_keep_their_own_drafts(plans: Path) -> None:
    app = typed(started("trial", "Of trial"), corners(3))
    app.query_params["plan"] = "empty"
    del app.query_params["zone"]
    app = app.run()
    assert "Of trial" not in html_of(app)
    app.query_params["plan"] = "trial"
    assert "Of trial" in html_of(app.run())
