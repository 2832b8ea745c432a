"""The scene of a map: what is drawn where, what it says of itself, and that names stay data."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import shape

from geoplan.inspection import Offset
from geoplan.output import style
from geoplan.output.map import drawn_zones, map_scene
from geoplan.output.map.drawing import MAX_VERTICES
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import HOSTILE, SIDE, SOUTH, WEST, square_ring, write_layer, write_plan


@pytest.fixture
def trial(tmp_path: Path) -> PlanView:
    return open_plan(write_plan(tmp_path / "trial", facilities=["Park"]))


def payload(view: PlanView, language: str = "en", offset: Offset | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(map_scene(view, language, offset=offset).payload)
    return found


def legend_texts(view: PlanView, language: str = "en") -> list[str]:
    return [row["text"] for row in payload(view, language)["legend"]]


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
    assert any("dashed" in row.get("line", "") for row in payload(view)["legend"]) is dashed


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
    assert first in {row["text"] for row in drawn["legend"]}
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
    assert payload(view)["view"] == [[-55.0, -150.0], [70.0, 170.0]]


def test_the_source_is_named_on_the_map() -> None:
    assert "Anhui lays out blueprint" in payload(open_plan("ustc-silicon-valley"))["attribution"]


def test_the_same_content_has_the_same_digest_and_a_changed_name_another(tmp_path: Path) -> None:
    first = map_scene(open_plan(write_plan(tmp_path / "trial")), "en").digest
    assert map_scene(open_plan(tmp_path / "trial"), "en").digest == first
    assert map_scene(open_plan(tmp_path / "trial"), "zh").digest != first
    assert map_scene(open_plan(write_plan(tmp_path / "trial", ["First", "Third"])), "en").digest != first


# ------------------------------------------------------------------ hostile names


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_in_the_scene_as_the_text_it_is(tmp_path: Path, name: str) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [name], facilities=[name]))
    drawn = payload(view)
    assert drawn["zones"]["features"][0]["properties"]["name"] == name
    assert drawn["places"]["features"][0]["properties"]["name"] == name


def test_a_right_to_left_override_in_a_name_is_made_visible(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["Zone \u202eenoZ"]))
    assert payload(view)["zones"]["features"][0]["properties"]["name"] == "Zone \\u202eenoZ"


def test_a_name_of_five_thousand_characters_is_short_on_the_map_and_whole_where_it_is_asked_for(tmp_path: Path) -> None:
    drawn = payload(open_plan(write_plan(tmp_path / "trial", ["x" * 4990])))
    assert max(len(line) for label in drawn["labels"] for line in label["lines"]) == 60
    assert max(len(row["text"]) for row in drawn["legend"]) == 60
    assert len(drawn["zones"]["features"][0]["properties"]["name"]) == 4990


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


# ------------------------------------------------------------------ other datums


def test_over_a_shifted_basemap_everything_is_drawn_shifted_by_the_same_few_hundred_metres(trial: PlanView) -> None:
    plain, moved = payload(trial), payload(trial, offset=Offset.GCJ02)
    pairs = [(plain["places"], moved["places"]), (plain["zones"], moved["zones"])]
    for before, after in pairs:
        start = shapely.get_coordinates(shape(before["features"][0]["geometry"]))
        end = shapely.get_coordinates(shape(after["features"][0]["geometry"]))
        _, _, metres = Geod(ellps="WGS84").inv(*start.T, *end.T)
        assert np.all((np.asarray(metres) > 450) & (np.asarray(metres) < 650))  # at Hefei, see STANDARDS.md
    assert moved["offset"] == "gcj02"
    assert plain["offset"] == ""


# ------------------------------------------------------------------ the plan's own lines


def test_the_boundary_of_the_site_and_the_context_are_drawn_as_lines_with_rows_in_the_legend(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "trial")
    ring = [[WEST - SIDE, SOUTH - SIDE], [WEST + 3 * SIDE, SOUTH - SIDE], [WEST + SIDE, SOUTH + 3 * SIDE]]
    write_layer(folder / "boundary.geojson", [({"id": "site"}, "Polygon", [[*ring, ring[0]]])])
    write_layer(folder / "roads.geojson", [({"id": "r"}, "LineString", ring[:2])])
    toml = (folder / "plan.toml").read_text(encoding="utf-8")
    extra = '[layers]\nboundary = "boundary.geojson"\ncontext = "roads.geojson"\n'
    (folder / "plan.toml").write_text(toml.replace("[layers]\n", extra), encoding="utf-8")
    view = open_plan(folder)
    drawn = [shape(feature["geometry"]) for feature in payload(view)["lines"]["features"]]
    assert [line.geom_type for line in drawn] == ["MultiLineString", "MultiLineString"]
    assert drawn[0].equals_exact(shapely.MultiLineString([[*ring, ring[0]]]), 1e-6)
    assert drawn[1].equals_exact(shapely.MultiLineString([ring[:2]]), 1e-6)
    assert legend_texts(view)[-3:] == ["Context lines", "Site boundary", "Context"]


def test_a_plan_without_such_layers_has_no_rows_for_them(trial: PlanView) -> None:
    assert payload(trial)["lines"]["features"] == []
    assert "Context lines" not in legend_texts(trial)
