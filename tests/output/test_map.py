"""The map as data and as a folium map; what a browser makes of it is in tests/browser."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import folium
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape
from streamlit_folium import generate_leaflet_string

from geoplan.output import style
from geoplan.output.assets import leaflet_links
from geoplan.output.map import (
    MAX_VERTICES,
    Pick,
    category_name,
    drawn_zones,
    folium_map,
    legend_html,
    map_scene,
    pick_layer,
    script_json,
)
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import HOSTILE, SIDE, SOUTH, WEST, square_ring, write_layer, write_plan

LINKS = leaflet_links("../assets")


@pytest.fixture
def trial(tmp_path: Path) -> PlanView:
    return open_plan(write_plan(tmp_path / "trial", facilities=["Park"]))


def payload(view: PlanView, language: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(map_scene(view, language).payload)
    return found


def page_of(view: PlanView) -> str:
    return str(folium_map(map_scene(view, "en"), LINKS).get_root().render())


def mark_of(view: PlanView, pick: Pick | None, *, move: bool = True) -> dict[str, Any]:
    group = pick_layer(view, map_scene(view, "en"), pick, move=move)
    (mark,) = group._children.values()
    found: dict[str, Any] = json.loads(mark.data)
    return found


def test_the_page_loads_leaflet_from_where_it_is_told_and_nothing_else(trial: PlanView) -> None:
    page = page_of(trial)
    assert re.findall(r'(?:src|href)\s*=\s*"([^"]*)"', page) == ["../assets/leaflet.js", "../assets/leaflet.css"]
    assert "://" not in page.replace("http://www.w3.org/", "")


def test_no_tiles_are_asked_for(trial: PlanView) -> None:
    drawing = folium_map(map_scene(trial, "en"), LINKS)
    assert not [child for child in drawing._children.values() if isinstance(child, folium.TileLayer)]
    assert "tileLayer" not in page_of(trial)


def test_every_zone_is_drawn_where_it_lies_with_its_id_and_the_colour_of_its_place(trial: PlanView) -> None:
    features = payload(trial)["zones"]["features"]
    assert [feature["properties"]["id"] for feature in features] == ["z0", "z1"]
    assert [feature["properties"]["colour"] for feature in features] == list(style.ZONE_COLOURS[:2])
    for place, feature in enumerate(features):
        assert shape(feature["geometry"]).equals_exact(shapely.Polygon(square_ring(place)), 1e-6)


@pytest.mark.parametrize(("status", "dashed"), [("indicative", True), ("draft", True), ("official", False)])
def test_boundaries_are_dashed_unless_official(tmp_path: Path, status: str, dashed: bool) -> None:
    view = open_plan(write_plan(tmp_path / "trial", status=status))
    for feature in payload(view)["zones"]["features"]:
        assert (feature["properties"]["dashes"] is not None) is dashed
    assert ("dashed" in legend_html(view, drawn_zones(view)[0], "en")) is dashed


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("indicative", ["Indicative boundaries — not official"]),
        ("draft", ["Draft boundaries — not official"]),
        ("official", []),
    ],
)
def test_the_map_says_what_its_boundaries_are_worth(tmp_path: Path, status: str, said: list[str]) -> None:
    view = open_plan(write_plan(tmp_path / "trial", status=status))
    assert [notice["text"] for notice in payload(view)["notices"]] == said


def test_a_plan_without_boundaries_maps_its_facilities_and_says_none_of_how_many_is_loaded() -> None:
    drawn = payload(open_plan("aust-wisdom-valley"))
    assert drawn["zones"]["features"] == []
    assert len(drawn["places"]["features"]) == 3
    assert [notice["text"] for notice in drawn["notices"]] == ["0 of 4 boundaries loaded"]


@pytest.mark.parametrize("status", ["indicative", "draft", "official"])
def test_a_map_without_boundaries_or_declared_zones_does_not_say_what_they_are_worth(
    tmp_path: Path, status: str
) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "plan.toml").write_text(f'format = 1\nid = "bare"\nname = "Bare"\nstatus = "{status}"\n')
    notices = payload(open_plan(folder))["notices"]
    assert notices == [{"kind": "empty", "text": "boundaries not published or not loaded yet"}]


def test_a_facility_that_is_not_located_is_not_on_the_map() -> None:
    view = open_plan("ustc-silicon-valley")
    shown = {feature["properties"]["id"] for feature in payload(view)["places"]["features"]}
    assert shown == {facility.id for facility in view.facilities if facility.point is not None}
    assert len(shown) == 17  # FACTS lists 16, and the Science Island station


def test_coordinates_have_six_decimals_at_most() -> None:
    def numbers(value: Any) -> list[float]:
        return [n for item in value for n in numbers(item)] if isinstance(value, list) else [value]

    drawn = payload(open_plan("ustc-silicon-valley"))
    for layer in ("zones", "places"):
        for feature in drawn[layer]["features"]:
            assert all(round(n, 6) == n for n in numbers(feature["geometry"]["coordinates"]))


@pytest.mark.parametrize(("language", "first"), [("en", "Core Area"), ("zh", "核心区")])
def test_labels_legend_and_names_are_in_the_language_chosen(language: str, first: str) -> None:
    drawn = payload(open_plan("ustc-silicon-valley"), language)
    assert drawn["zones"]["features"][0]["properties"]["name"] == first
    assert first in {label["lines"][0] for label in drawn["labels"]}
    assert first in drawn["legend"]
    assert drawn["language"] == {"en": "en", "zh": "zh-CN"}[language]


def test_a_zone_label_carries_the_area_and_lies_in_the_zone() -> None:
    drawn = payload(open_plan("ustc-silicon-valley"))
    by_name = {f["properties"]["name"]: shape(f["geometry"]) for f in drawn["zones"]["features"]}
    labels = [label for label in drawn["labels"] if label["kind"] == "zone"]
    assert len(labels) == 4
    for label in labels:
        lat, lon = label["at"]
        assert by_name[label["lines"][0]].covers(shapely.Point(lon, lat))
        assert label["lines"][1].endswith(" km²")
    assert math.isclose(sum(float(label["lines"][1].split()[0]) for label in labels), 8.22, abs_tol=0.005)


def test_the_view_holds_every_zone_and_facility(trial: PlanView) -> None:
    (south, west), (north, east) = payload(trial)["view"]
    assert (west, south) == pytest.approx((WEST, SOUTH))
    assert (east, north) == pytest.approx((WEST + 2 * SIDE, SOUTH + SIDE))


def test_a_plan_with_nothing_to_draw_still_makes_a_map(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", boundaries=False))
    assert payload(view)["notices"][0]["text"] == "0 of 2 boundaries loaded"
    assert "leaflet.js" in page_of(view)


def test_the_source_is_named_on_the_map() -> None:
    assert "Anhui lays out blueprint" in payload(open_plan("ustc-silicon-valley"))["attribution"]


def test_the_same_content_has_the_same_digest_and_a_changed_name_another(tmp_path: Path) -> None:
    first = map_scene(open_plan(write_plan(tmp_path / "trial")), "en").digest
    assert map_scene(open_plan(tmp_path / "trial"), "en").digest == first
    assert map_scene(open_plan(tmp_path / "trial"), "zh").digest != first
    assert map_scene(open_plan(write_plan(tmp_path / "trial", ["First", "Third"])), "en").digest != first


def test_a_category_the_plan_does_not_name_is_called_by_its_id(trial: PlanView) -> None:
    assert category_name(trial, "park").en == "park"
    assert category_name(open_plan("ustc-silicon-valley"), "university").zh == "高校"


# ------------------------------------------------------------------ what is picked


def test_a_picked_zone_is_outlined_and_brought_into_view(trial: PlanView) -> None:
    mark = mark_of(trial, Pick("zone", "z1"))
    assert shape(mark["shape"]["features"][0]["geometry"]).equals_exact(shapely.Polygon(square_ring(1)), 1e-6)
    (south, west), (north, east) = mark["view"]
    assert west < WEST + SIDE
    assert east > WEST + 2 * SIDE
    assert west > WEST  # it alone, not the whole plan
    assert south < SOUTH < SOUTH + SIDE < north


def test_a_picked_facility_shows_the_circle_it_lies_within(trial: PlanView) -> None:
    mark = mark_of(trial, Pick("facility", "f0"))
    assert mark["at"] == pytest.approx([SOUTH + SIDE / 2, WEST + SIDE / 2])
    assert mark["accuracy"] == 150


def test_a_pick_made_on_the_map_does_not_move_it(trial: PlanView) -> None:
    assert mark_of(trial, Pick("zone", "z1"), move=False)["view"] is None


@pytest.mark.parametrize("pick", [None, Pick("zone", "nowhere"), Pick("facility", "nowhere"), Pick("facility", "z0")])
def test_nothing_picked_or_nothing_known_marks_nothing_and_shows_the_whole_plan(
    trial: PlanView, pick: Pick | None
) -> None:
    mark = mark_of(trial, pick)
    assert (mark["shape"], mark["at"]) == (None, None)
    assert mark["view"] == payload(trial)["view"]


# ------------------------------------------------------------------ hostile names


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_script_json_says_the_same_as_json(value: Any) -> None:
    assert json.loads(script_json(value)) == value


@given(st.text())
def test_no_character_of_a_string_can_act_in_a_script(text: str) -> None:
    inside = script_json({text: text})[1:-1].replace('"', "").replace(":", "", 1)
    assert re.fullmatch(r"(?:[A-Za-z0-9 ,.\-]|\\u[0-9a-f]{4})*", inside)


def test_script_json_refuses_what_is_no_json_number() -> None:
    with pytest.raises(ValueError, match="JSON"):
        script_json(math.nan)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_reaches_the_page_as_data_only(tmp_path: Path, name: str) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [name, "Second"], facilities=[name]))
    assert payload(view)["zones"]["features"][0]["properties"]["name"] == name
    page = page_of(view)
    assert name not in page
    assert "49" not in re.findall(r'"name":"([^"]*)"', page)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_passes_the_rewriting_of_the_map_component_unchanged(tmp_path: Path, name: str) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [name], facilities=[name]))
    scene = map_scene(view, "en")
    drawing = folium_map(scene, LINKS)
    drawing.render()
    assert scene.payload in generate_leaflet_string(drawing)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_legend_shows_a_hostile_name_as_text(tmp_path: Path, name: str) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [name]))
    html = legend_html(view, drawn_zones(view)[0], "en")
    assert re.findall(r"<(\w+)", html.replace("<details><summary>", "")) == ["ul", "li", "li", "i", "span"]
    assert 'onerror="' not in html


def test_a_right_to_left_override_in_a_name_is_made_visible(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["Zone \u202eenoZ"]))
    assert payload(view)["zones"]["features"][0]["properties"]["name"] == "Zone \\u202eenoZ"


# ------------------------------------------------------------------ large layers


def test_a_heavy_layer_is_simplified_for_display_and_its_shared_edge_stays_shared(tmp_path: Path) -> None:
    count = MAX_VERTICES
    folder = write_plan(tmp_path / "trial")
    edge = [[WEST + SIDE + 1e-4 * math.sin(step / 40), SOUTH + SIDE * step / count] for step in range(count + 1)]
    corners = [[WEST, SOUTH + SIDE], [WEST, SOUTH]], [[WEST + 2 * SIDE, SOUTH + SIDE], [WEST + 2 * SIDE, SOUTH]]
    rings = [[*edge, *corner, edge[0]] for corner in corners]
    write_layer(folder / "zones.geojson", [({"id": f"z{n}"}, "Polygon", [ring]) for n, ring in enumerate(rings)])
    view = open_plan(folder)
    zones, simplified = drawn_zones(view)
    assert simplified
    left, right = (zone.geometry for zone in zones)
    assert shapely.get_num_coordinates([left, right]).sum() <= MAX_VERTICES
    assert left.intersection(right).area == 0
    assert left.union(right).area == pytest.approx(2 * SIDE * SIDE, rel=1e-9)
    assert "simplified" in payload(view)["attribution"]


def test_a_layer_of_ordinary_size_is_shown_as_it_is() -> None:
    assert drawn_zones(open_plan("ustc-silicon-valley"))[1] is False
