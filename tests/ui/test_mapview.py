"""What the app tells its map, and what it takes from it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import Point
from streamlit.testing.v1 import AppTest

from geoplan.inspection import Offset
from geoplan.output.map import Overlay, Pick, Shape, corners
from geoplan.types import Text
from geoplan.ui.mapview import MAX_DRAWN, MAX_TURNED, _bounds, drawn_by, event_of, map_links, picked_by, place_of
from geoplan.ui.server import PAGE
from geoplan.ui.state import MAX_ID
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import SIDE, SOUTH, WEST, write_plan


@pytest.fixture
def trial(tmp_path: Path) -> PlanView:
    return open_plan(write_plan(tmp_path / "trial", facilities=["Park"]))


def component(**parameters: str) -> tuple[dict[str, Any], int]:
    """Return what the map's component is told on a page, and how many bytes of that change between reruns."""
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    (found,) = app.run().get("component_instance")
    arguments: dict[str, Any] = json.loads(found.proto.json_args)
    return arguments, len(found.proto.json_args)


def test_what_travels_to_the_map_with_every_run_is_under_five_kilobytes() -> None:
    arguments, size = component(lang="en", zone="core")
    assert size < 5_000 + len(arguments["header"])
    assert len(arguments["feature_group"]) < 2_000
    assert size < 20_000


def test_only_the_state_differs_between_plans_and_languages_so_the_map_is_loaded_once() -> None:
    first, _ = component(lang="en")
    second, _ = component(lang="zh", plan="aust-wisdom-valley")
    differing = {name for name in first if first[name] != second[name]}
    assert differing == {"feature_group"}


def told(**parameters: str) -> dict[str, Any]:
    """Return the state a page hands its map."""
    group = str(component(**parameters)[0]["feature_group"])
    state: dict[str, Any] = json.loads(re.findall(r"\.update\((\{.*\})\);", group, re.DOTALL)[0])
    return state


def test_the_map_is_told_where_its_scene_in_the_other_language_is() -> None:
    english, chinese = told(lang="en"), told(lang="zh")
    assert english["tongues"] == {"中文": chinese["scene"]}
    assert chinese["tongues"] == {"English": english["scene"]}


def test_a_large_plan_is_not_held_by_the_browser_in_every_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_plan(tmp_path / "plans" / "large", [f"Zone {number}" for number in range(MAX_TURNED + 1)])
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path / "plans"))
    assert told(plan="large")["tongues"] == {}


def test_while_somebody_types_the_map_filters_among_what_the_other_filters_leave() -> None:
    find = told(page="facilities", category="university", q="east")["find"]
    assert find["link"].startswith("../../data/")
    campuses = {f"ustc-{name}-campus" for name in ("central", "east", "high-tech", "west")}
    assert set(find["among"]) == campuses  # whatever the text leaves of them
    assert "find" not in told(page="facilities", show="coverage")
    assert "find" not in told()


def test_the_links_name_the_version_of_the_script_that_is_served() -> None:
    links = map_links()
    assert all(link.startswith("../../assets/") for link in (*links.scripts, *links.styles))
    assert links.scripts[-1].removesuffix(".js") == links.styles[-1].removesuffix(".css")


def test_the_place_of_a_zone_holds_it_with_some_surroundings(trial: PlanView) -> None:
    box = place_of(trial, Pick("zone", "z1"))
    assert box is not None
    assert shapely.box(*box).contains_properly(shapely.box(WEST + SIDE, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE))
    assert box[0] > WEST  # it alone, not its neighbour as well


def test_the_place_of_a_facility_is_at_least_its_circle_of_accuracy(trial: PlanView) -> None:
    box = place_of(trial, Pick("facility", "f0"))
    assert box is not None
    middle = Point(WEST + SIDE / 2, SOUTH + SIDE / 2)
    assert shapely.box(*box).centroid.equals_exact(middle, 1e-6)
    assert (box[3] - box[1]) * 111_000 / 2 >= 150


@pytest.mark.parametrize("pick", [None, Pick("zone", "nowhere"), Pick("facility", "z0"), Pick("facility", "nowhere")])
def test_what_has_no_place_has_none(trial: PlanView, pick: Pick | None) -> None:
    assert place_of(trial, pick) is None


def test_a_box_is_told_as_leaflet_takes_it() -> None:
    assert corners((117.1234567, 31.0, 118.0, 32.0)) == [[31.0, 117.123457], [32.0, 118.0]]


# ------------------------------------------------------------------ what a browser says is not trusted


@pytest.mark.parametrize("kind", ["zone", "facility", "finding", "shape"])
def test_a_pick_of_a_known_kind_is_taken(kind: str) -> None:
    assert picked_by({"kind": kind, "id": "a"}) == Pick(kind, "a")  # type: ignore[arg-type]


NO_PICKS: tuple[dict[str, Any], ...] = (
    {},
    {"kind": "zone"},
    {"kind": "zone", "id": 7},
    {"kind": "zone", "id": ""},
    {"kind": "zone", "id": "x" * (MAX_ID + 1)},
    {"kind": "plan", "id": "a"},
    {"kind": ["zone"], "id": "a"},
)


@pytest.mark.parametrize("event", NO_PICKS)
def test_anything_else_picks_nothing(event: dict[str, Any]) -> None:
    assert picked_by(event) is None


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, {"geoplan": None}, {"geoplan": "x"}, {"last_clicked": 1}])
def test_what_is_no_event_of_ours_is_none(value: object) -> None:
    assert event_of(value) == {}


def test_drawn_features_are_taken_and_what_is_none_is_left_out() -> None:
    feature: dict[str, Any] = {"type": "Feature", "properties": {}, "geometry": None}
    assert drawn_by({"kind": "drawn", "features": [feature, "x", 7]}) == (feature,)
    assert drawn_by({"kind": "zone", "features": [feature]}) == ()
    assert drawn_by({"kind": "drawn", "features": {"a": 1}}) == ()
    assert drawn_by({"kind": "drawn", "features": [{"type": "x" * MAX_DRAWN}]}) == ()


def test_an_overlay_is_a_value_that_can_be_compared() -> None:
    one = Overlay("a", Text.same("A"), (Shape(Point(0, 0), "added"),))
    assert one == Overlay("a", Text.same("A"), (Shape(Point(0, 0), "added"),))


def test_over_a_shifted_basemap_the_view_is_shifted_with_the_plan() -> None:
    west, south, east, north = _bounds((117.1, 31.8, 117.2, 31.9), Offset.GCJ02)
    assert 0.003 < west - 117.1 < 0.01  # some 500 m to the east at Hefei
    assert -0.005 < south - 31.8 < 0
    assert (east - west, north - south) == pytest.approx((0.1, 0.1), abs=1e-3)
    assert _bounds((117.1, 31.8, 117.2, 31.9), None) == (117.1, 31.8, 117.2, 31.9)
