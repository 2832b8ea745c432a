"""The pages of a plan with very many zones in Streamlit's own harness: every page, both languages, revisions."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs, to_lonlat
from geoplan.plan import load_plan
from geoplan.pyramid import MOST_ZONES, fabric_source, prepare
from geoplan.pyramid.cache import VARIABLE
from geoplan.revisions import Outcome, Publishing, history, load
from geoplan.ui import jobs
from geoplan.ui.pages import PAGES
from tests.plan_folders import HOSTILE
from tests.pyramid.fabrics import write_plan
from tests.ui.pages.app import html_of, opened

N = 5_041  # a square of parcels just above what a page holds
POLYGONS = make_fabric(N, seed=5).polygons


def facilities() -> dict[str, object]:
    places = to_lonlat(shapely.point_on_surface(POLYGONS[[10, 20, 20, 30]]), norm_crs("EPSG:4548"))
    told = [
        {
            "type": "Feature",
            "properties": {"id": f"f{number}", "name": HOSTILE[0] if number == 0 else f"Lab {number}", "category": kind,
                           "zone": f"p{10 * number}" if number else None, "accuracy_m": None},
            "geometry": {"type": "Point", "coordinates": [place.x, place.y]},
        }
        for number, (place, kind) in enumerate(zip(places, "aabb", strict=True))
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": told}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a fabric of two revisions, both prepared, each with one zone less than before."""
    assert len(POLYGONS) > MOST_ZONES
    plans = tmp_path_factory.mktemp("plans")
    plan = write_plan(plans / "city", POLYGONS, more='facilities = "facilities.geojson"')
    (plan / "facilities.geojson").write_text(json.dumps(facilities()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(plans.parent / "cache"))
        told = (("Li Wei", "First survey"), (HOSTILE[3], HOSTILE[2]))
        for last, (author, message) in zip((len(POLYGONS) - 1, len(POLYGONS) - 2), told, strict=True):
            ids = [f"p{place}" for place in range(last)]
            path = plans.parent / f"survey-{last}.fgb"
            gpd.GeoDataFrame({"id": ids}, geometry=POLYGONS[:last], crs="EPSG:4548").to_file(path, engine="pyogrio")
            found = load(path, plan, publishing=Publishing(author=author, message=message))
            assert found.outcome is Outcome.PUBLISHED
        for revision in (None, 1):
            source = fabric_source(load_plan(plan), revision)
            assert source is not None
            prepare(source)
    return plans


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GEOPLAN_DATA", str(folder))
    monkeypatch.setenv(VARIABLE, str(folder.parent / "cache"))
    yield
    for key in list(jobs._JOBS):
        jobs.let_go(key)


def visible_text(app: AppTest) -> str:
    told = (*app.text, *app.caption, *app.info, *app.markdown, *app.code)
    return "\n".join([html_of(app), *(text.value for text in told)])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_has_something_to_say(page: str, language: str) -> None:
    app = opened(plan="city", page=page, lang=language)
    assert not app.exception
    assert not app.error
    said = visible_text(app)
    assert len(said) > 200
    assert not re.search(r"\{[a-z_]+\}", "\n".join(text.value for text in (*app.text, *app.caption, *app.info)))
    assert HOSTILE[0] not in html_of(app)


def test_facilities_are_counted_where_there_are_any_and_searched() -> None:
    app = opened(plan="city", page="facilities", lang="en")
    (counts,) = [table.value for table in app.dataframe if "Density per km²" in "".join(table.value.columns)] or [
        app.dataframe[-1].value
    ]
    rows = {row[0]: row for row in counts.to_numpy().tolist()}
    assert rows["p20"][2] == 2
    assert rows["p10"][2] == 1
    assert list(counts.iloc[:, 0])[:2] == ["p20", "p10"]  # those with most first, else as in the file
    assert "of 5,0" in html_of(app)
    app.text_input(key="fabric-counts-city").set_value("P10").run()
    assert "p20" not in list(app.dataframe[-1].value.iloc[:, 0])
    assert any("geoplan facilities city --json" in code.value for code in app.code)
    filtered = opened(plan="city", page="facilities", lang="en", category="b")
    assert "2 of 4 facilities" in html_of(filtered)


def test_the_timeline_tells_of_every_revision_and_opens_one() -> None:
    app = opened(plan="city", page="history", lang="en")
    html = html_of(app)
    assert "Revision 2" in html
    assert "Revision 1" in html
    assert "First survey" in html
    assert HOSTILE[2] not in html
    app.button(key="open-1").click().run()
    assert app.query_params["revision"] in ("1", ["1"])
    assert "Li Wei" in html_of(app)
    assert "The map shows revision 1." in html_of(app)
    assert any("geoplan diff city 1 2" in code.value for code in app.code)


def test_who_restores_must_be_named() -> None:
    app = opened(plan="city", page="history", lang="en", revision="1")
    (button,) = [button for button in app.button if button.label == "Restore revision 1"]
    button.click().run()
    assert "Write who restores it." in [text.value for text in app.info]
    assert not jobs._JOBS


def test_a_file_is_made_by_the_export_command_and_offered() -> None:
    app = opened(plan="city", page="handover", lang="en", revision="1")
    assert any(code.value.startswith("geoplan export city --format gpkg --revision 1") for code in app.code)
    next(box for box in app.selectbox if box.label == "Format").set_value("csv").run()
    app.button(key="fabric-export").click().run()
    (key,) = jobs._JOBS
    for _ in range(1200):
        found = jobs.look(key)
        if isinstance(found, jobs.Ended):
            break
        time.sleep(0.05)
    assert isinstance(found, jobs.Ended)
    assert found.error == ""
    (made,) = found.folder.iterdir()
    assert len(made.read_text(encoding="utf-8-sig").splitlines()) == len(
        POLYGONS
    )  # a head, and the first revision's zones
    app.run()
    assert made.name in html_of(app)
    assert app.get("download_button")
    app.button(key="fabric-export-close").click().run()
    assert not jobs._JOBS


def test_what_only_the_command_line_does_says_why_and_how() -> None:
    update = opened(plan="city", page="update", lang="en")
    assert "The preview of an update" in html_of(update)
    assert "geoplan load FILE city --dry-run" in [code.value for code in update.code]
    draw = opened(plan="city", page="draw", lang="zh")
    assert "绘制需捕捉" in html_of(draw)


def test_a_revision_is_restored_in_a_process_of_its_own_and_said_to_be(folder: Path) -> None:
    app = opened(plan="city", page="history", lang="en", revision="1")
    (author,) = [box for box in app.text_input if box.label == "Restored by"]
    author.set_value("Wang Fang")
    (button,) = [button for button in app.button if button.label == "Restore revision 1"]
    button.click().run()
    key = "restore-city-2-1"
    assert jobs.look(key) is not None
    for _ in range(1200):
        found = jobs.look(key)
        if isinstance(found, jobs.Ended):
            break
        time.sleep(0.05)
    assert isinstance(found, jobs.Ended)
    assert found.error == ""
    app.run()
    past = history(folder / "city")
    assert past.current == 3
    assert (past.revisions[-1].author, past.revisions[-1].restored_from) == ("Wang Fang", 1)
