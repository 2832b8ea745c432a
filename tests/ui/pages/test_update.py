"""The page of updates in Streamlit's own harness: real files with real faults, none of which leaves a trace unasked."""

from __future__ import annotations

import io
import re
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon
from streamlit.testing.v1 import AppTest

from geoplan.current import opened_store
from geoplan.plan import load_plan
from geoplan.revisions import Publishing, load
from geoplan.ui.update_upload import PREFIX, file_name
from geoplan.ui.update_words import as_label, in_page_words
from geoplan.ui.update_work import Tell, Work
from tests.plan_folders import HOSTILE
from tests.revisions import layout
from tests.ui.pages.app import html_of, opened


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with a plan good to a metre and one that may be 3 km off; temporary files go beside it."""
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path / "plans"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    layout.write_layout(tmp_path / "plans" / "valley")
    toml = layout.write_layout(tmp_path / "plans" / "rough", accuracy_m=3000) / "plan.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('en = "Layout"', 'en = "Rough"'), encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def no_trace(plans: Path) -> Iterator[None]:
    """Fail when anything of an upload is left in the temporary folder after a test."""
    yield
    assert list((plans / "scratch").glob(f"{PREFIX}*")) == []


def page(plan: str = "valley", language: str = "en") -> AppTest:
    return opened(page="update", plan=plan, lang=language)


def upload(app: AppTest, *files: Path | tuple[str, bytes]) -> AppTest:
    given = [(one.name, one.read_bytes()) if isinstance(one, Path) else one for one in files]
    app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in given])
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    """Return what the page says, as text."""
    without_style = re.sub(r"<style.*?</style>", "", html_of(app), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_style))


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def publish(app: AppTest, message: str = "November", author: str = "Li Wei") -> AppTest:
    next(area for area in app.text_area if area.label == "What changed and why").set_value(message)
    next(field for field in app.text_input if field.label == "Your name").set_value(author)
    return press(app, "Publish as a revision")


def failing_ids(app: AppTest) -> list[str]:
    """Return the ids of what is offered to accept; the page shows their messages."""
    return [finding.id for finding in app.session_state["gp-update"].preview.result.check.failing]


def store_file(plans: Path) -> Path:
    return plans / "plans" / "geoplan.gpkg"


def make(plans: Path, maker: Callable[[Path, Sequence[Polygon]], Path], name: str) -> Path:
    return maker(plans / name, layout.updated())


@pytest.mark.parametrize(("language", "said"), [("en", "Up to 200 MB"), ("zh", "不超过 200 MB")])
def test_the_page_opens_in_both_languages_and_says_the_limit(plans: Path, language: str, said: str) -> None:
    app = page(language=language)
    assert not app.exception
    assert said in told(app)


def test_a_shapefile_without_prj_and_with_gbk_names_is_understood_and_published(plans: Path) -> None:
    app = upload(page(), make(plans, layout.gbk_zip, "更新.zip"))
    said = told(app)
    assert "its .prj is missing" in said
    assert "GB18030: 核心区, 高新园, 讯飞小镇" in said
    assert "EPSG:4548 · CGCS2000, metres, central meridian 117°" in said
    assert not store_file(plans).exists()  # nothing is written before somebody says so
    app = publish(app)
    assert "Published as revision 1." in told(app)
    with opened_store(load_plan(plans / "plans" / "valley")) as store:
        revision = store.revision("valley")
        assert revision is not None
        assert (revision.author, revision.message, revision.source_path) == ("Li Wei", "November", "更新.zip")
        assert layout.farthest(store.zones("valley").geometry, layout.updated()) < 0.001


def test_the_differences_are_the_square_metres_worked_out_by_hand(plans: Path) -> None:
    app = upload(page(), make(plans, layout.gbk_zip, "update.zip"))
    rows = next(table.value for table in app.dataframe if "Gained m²" in table.value.columns)
    gained = dict(zip(rows["Zone"], rows["Gained m²"], strict=True))
    assert float(gained["Core Area"].replace(",", "")) == pytest.approx(layout.GROWTH_M2, rel=2e-5)
    matched = next(table.value for table in app.dataframe if "In the file" in table.value.columns)
    assert list(matched["In the file"]) == list(layout.NAMES_ZH)
    assert list(matched["How it was told"]) == ["by name"] * 3


def test_a_file_of_a_web_map_is_shifted_back_where_the_boundaries_are_good_enough_to_tell(plans: Path) -> None:
    app = upload(page(), make(plans, layout.amap_kml, "amap.kml"))
    assert "some 500 m off (“GCJ-02”)" in told(app)
    assert "All checks hold" in told(app)


def test_where_it_cannot_be_told_nothing_is_chosen_and_the_choice_is_kept_with_the_revision(plans: Path) -> None:
    app = upload(page("rough"), make(plans, layout.amap_kml, "amap.kml"))
    assert "Your decision is needed" in told(app)
    choice = next(radio for radio in app.radio if radio.label == "How are the coordinates to be read?")
    assert choice.value is None
    assert not any(button.label == "Publish as a revision" for button in app.button)
    choice.set_value(next(place for place, label in enumerate(choice.options) if "GCJ" in label)).run()
    assert not app.exception
    assert "As you chose" in told(app)
    app = publish(app)
    with opened_store(load_plan(plans / "plans" / "rough")) as store:
        revision = store.revision("rough")
        assert revision is not None
        assert revision.decision["chosen"]["offset"] == "gcj02"
        assert layout.farthest(store.zones("rough").geometry, layout.updated()) < 0.001


def test_flipped_axes_are_put_in_order_and_said_so(plans: Path) -> None:
    flipped = layout.frame(layout.swapped(layout.updated()), None)
    app = upload(page(), layout.save(plans / "flipped.gpkg", flipped))
    assert "north before east" in told(app)
    assert "All checks hold" in told(app)


def test_an_old_datum_is_refused_until_its_parameters_are_given(plans: Path) -> None:
    app = upload(page(), layout.save(plans / "old.gpkg", layout.frame(layout.updated(), 2384)))  # Xian 1980, CM 117E
    assert "Old survey systems" in told(app)
    assert any(field.label == "Datum parameters" for field in app.text_input)
    assert not store_file(plans).exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.zip", b"PK\x03\x04" + b"\x00" * 60),
        ("letter.docx", b"\xd0\xcf\x11\xe0 not a map"),
        ("empty.geojson", b""),
        ("half.geojson", b'{"type": "FeatureCollection", "features": [{'),
    ],
)
def test_what_is_no_map_is_a_sentence_with_what_to_do_and_no_way_to_publish(
    plans: Path, name: str, content: bytes
) -> None:
    app = upload(page(), (name, content))
    said = told(app)
    assert "This file cannot be used as it is" in said
    assert name in said
    assert str(plans) not in html_of(app)
    assert PREFIX not in html_of(app)
    assert not any(button.label == "Publish as a revision" for button in app.button)


def test_a_bomb_of_a_zip_is_refused_before_it_is_unpacked(plans: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zones.geojson", b"0" * 50_000_000)
    app = upload(page(), ("bomb.zip", packed.getvalue()))
    assert "would unpack to 50,000,000 bytes" in told(app)


def test_a_file_without_a_feature_is_told_and_cannot_be_published(plans: Path) -> None:
    app = upload(page(), ("nothing.geojson", b'{"type": "FeatureCollection", "features": []}'))
    assert not any(button.label == "Publish as a revision" and not button.disabled for button in app.button)
    assert not store_file(plans).exists()


def test_a_file_of_several_layers_asks_which_one(plans: Path) -> None:
    path = plans / "two.gpkg"
    layout.save(path, layout.frame(layout.updated()), layer="new")
    layout.save(path, layout.frame(), layer="old", mode="a")
    app = upload(page(), path)
    choice = next(box for box in app.selectbox if box.label == "Layer")
    assert choice.value is None
    choice.set_value("new").run()
    assert not app.exception
    assert "new: 3 of 3 features" in told(app)
    assert "All checks hold" in told(app)


def test_a_missing_zone_rejects_until_that_is_accepted_with_a_reason(plans: Path) -> None:
    core, _, town = layout.updated()
    app = upload(page(), layout.save(plans / "two.gpkg", layout.frame([core, town], id=["core", "town"])))
    assert "Findings against publishing" in told(app)
    assert next(button for button in app.button if button.label == "Publish as a revision").disabled
    app.multiselect[0].set_value(failing_ids(app))
    next(field for field in app.text_input if field.label.startswith("Reason")).set_value("Withdrawn by the bureau")
    app.run()
    app = publish(app)
    assert "Published as revision 1." in told(app)
    with opened_store(load_plan(plans / "plans" / "valley")) as store:
        revision = store.revision("valley")
        assert revision is not None
        assert {entry["reason"]["en"] for entry in revision.decision["accepted"]} == {"Withdrawn by the bureau"}


def test_the_same_boundaries_again_are_nothing_to_publish(plans: Path) -> None:
    app = upload(page(), layout.save(plans / "same.gpkg", layout.frame()))
    app = publish(app) if any(b.label == "Publish as a revision" for b in app.button) else app
    again = upload(page(), plans / "same.gpkg")
    assert "nothing to publish" in told(again)
    assert not any(button.label == "Publish as a revision" for button in again.button)


def test_leaving_forgets_the_upload_and_leaves_the_store_as_it_was(plans: Path) -> None:
    load(make(plans, layout.cad_drawing, "first.dxf"), plans / "plans" / "valley", publishing=Publishing(author="Wu"))
    before = store_file(plans).read_bytes()
    app = upload(page(), layout.save(plans / "other.gpkg", layout.frame()))
    assert app.session_state["gp-update"].preview is not None
    app = press(app, "Leave without a trace")
    assert "Nothing was published" in told(app)
    assert app.session_state["gp-update"].parts == ()
    assert app.session_state["gp-update"].preview is None
    assert store_file(plans).read_bytes() == before


def test_somebody_elses_publish_in_between_is_shown_with_both_differences_and_nothing_is_lost(plans: Path) -> None:
    app = upload(page(), make(plans, layout.gbk_zip, "mine.zip"))
    core, park, _ = layout.SHAPES
    smaller = shapely.box(518300, 3523000, 519000, 3523900)
    theirs = layout.save(plans / "theirs.gpkg", layout.frame([core, park, smaller]))
    load(theirs, plans / "plans" / "valley", publishing=Publishing(author="Wu"))
    app = publish(app)
    said = told(app)
    assert "Somebody else published revision 1" in said
    assert "What they changed" in said
    tables = [set(table.value["Zone"]) for table in app.dataframe if "Gained m²" in table.value.columns]
    assert {"iFlytek Town"} in tables  # theirs
    app = press(app, "Preview again on top of it")
    app = publish(app)
    assert "Published as revision 2." in told(app)


def test_a_published_update_can_be_undone_from_the_page(plans: Path) -> None:
    app = publish(upload(page(), make(plans, layout.gbk_zip, "update.zip")))
    app = press(app, "Publish the earlier boundaries again")
    assert "published again as revision 2" in told(app)
    with opened_store(load_plan(plans / "plans" / "valley")) as store:
        assert layout.farthest(store.zones("valley").geometry, layout.SHAPES) < 0.001


def test_a_repair_shows_its_ledger_before_it_is_used(plans: Path) -> None:
    core, park, town = layout.updated()
    lapped = shapely.transform(park, lambda xy: xy - np.array([0.002, 0.0]))  # 2 mm over the core
    app = upload(page(), layout.save(plans / "lapped.gpkg", layout.frame([core, Polygon(lapped), town])))
    app = press(app, "Show what a repair would change")
    ledger = next(table.value for table in app.dataframe if "Farthest m" in table.value.columns)
    assert len(ledger) > 0
    assert not app.session_state["gp-update"].repair
    app = press(app, "Use the repaired boundaries")
    app = publish(app)
    with opened_store(load_plan(plans / "plans" / "valley")) as store:
        revision = store.revision("valley")
        assert revision is not None
        assert len(revision.repairs) == len(ledger)


def test_the_parts_of_a_shapefile_are_taken_together_and_other_files_are_not(plans: Path) -> None:
    layout.save(plans / "zones.shp", layout.frame(layout.updated()), encoding="utf-8")
    parts = sorted(plans.glob("zones.*"))
    assert len(parts) >= 4
    assert "All checks hold" in told(upload(page(), *parts))
    refused = upload(page(), parts[0], ("other.geojson", b"{}"))
    assert "not the parts of one shapefile" in told(refused)


@pytest.mark.parametrize("names", [HOSTILE[:3], HOSTILE[3:6], ("../../etc/passwd", "=cmd|x", "x" * 5000)])
def test_hostile_names_of_files_and_zones_are_text(plans: Path, names: tuple[str, ...]) -> None:
    data = layout.frame(layout.updated(), id=list(layout.IDS), name_zh=[name[:200] for name in names])
    content = layout.save_geojson(plans / "hostile.geojson", data.to_crs(4490)).read_bytes()
    app = upload(page(), (names[0], content))
    written = re.sub(r"<script>document.documentElement.lang.*?</script>", "", html_of(app), flags=re.DOTALL)
    assert "<img" not in written
    assert "<script" not in written
    assert not list(plans.rglob("passwd*"))


def test_a_viewer_gets_an_explanation_and_no_uploader(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    app = page()
    assert not app.exception
    assert len(app.file_uploader) == 0
    assert "takes the role of an editor" in told(app)


def test_a_rerun_inspects_nothing_anew_and_another_plan_begins_anew(plans: Path) -> None:
    app = upload(page(), make(plans, layout.gbk_zip, "update.zip"))
    desk = app.session_state["gp-update"]
    found, preview = desk.found, desk.preview
    app.run()
    assert app.session_state["gp-update"].found is found
    assert app.session_state["gp-update"].preview is preview
    app.query_params["plan"] = "rough"
    app.run()
    assert not app.exception
    assert app.session_state["gp-update"].plan == "rough"
    assert app.session_state["gp-update"].found is None


def test_two_sessions_keep_their_uploads_apart(plans: Path) -> None:
    one, other = page(), page()
    one = upload(one, make(plans, layout.gbk_zip, "one.zip"))
    other = upload(other, layout.save(plans / "other.gpkg", layout.frame(layout.updated()[:2], id=["core", "park"])))
    one.run()
    assert "All checks hold" in told(one)
    assert "Findings against publishing" in told(other)


def test_work_that_is_given_up_ends_at_its_next_step() -> None:
    begun, go_on, reached = threading.Event(), threading.Event(), []

    def task(tell: Tell) -> None:
        begun.set()
        go_on.wait(10)
        tell("second")
        reached.append("second")

    work = Work("trial", 1, ("first", "second"), task)
    assert begun.wait(10)
    work.give_up()
    go_on.set()
    with pytest.raises(CancelledError):
        work.result()
    assert reached == []


@pytest.mark.parametrize(
    ("uploaded", "kept"),
    [
        ("更新.zip", "更新.zip"),
        ("../../etc/passwd", "passwd"),
        ("C:\\zones\\new.shp", "new.shp"),
        ('a<b>:"|?*.geojson', "a_b.geojson"),
        ("zones.shp.xml", "zones.shp.xml"),
    ],
)
def test_names_of_uploads_are_such_that_every_system_takes_them(uploaded: str, kept: str) -> None:
    assert file_name(uploaded) == kept


def test_messages_name_the_controls_of_the_page_and_labels_are_no_markup() -> None:
    assert in_page_words("Choose one with --layer NAME.", "en") == "Choose one with “Layer” NAME."
    assert in_page_words("请用 --layer 指定。", "zh") == "请用 “图层” 指定。"
    assert as_label("**a** :red[b]，核心") == "\\*\\*a\\*\\* \\:red\\[b\\]，核心"
