"""What pages lay over a map: looks by role, names as text, what a click picks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shapely.geometry import Polygon, shape

from geoplan.inspection import Offset
from geoplan.output.map import ROLES, Overlay, Pick, Shape, overlay_payload
from geoplan.types import Text
from tests.plan_folders import HOSTILE

SQUARE = Polygon([(117.1, 31.8), (117.11, 31.8), (117.11, 31.81), (117.1, 31.81)])


def told(*shapes: Shape, language: str = "en", offset: Offset | None = None, legend: Any = ()) -> dict[str, Any]:
    overlay = Overlay("findings", Text("Findings", "检查结果"), shapes, legend)
    found: dict[str, Any] = json.loads(overlay_payload(overlay, language, offset))
    return found


def test_a_shape_has_the_look_of_its_role_and_picks_what_it_says() -> None:
    told_of = told(Shape(SQUARE, "finding-error", Text("Overlap", "重叠"), Pick("finding", "overlap-1")))
    (feature,) = told_of["features"]
    assert feature["properties"] == {
        "role": "finding-error", "name": "Overlap", "kind": "finding", "id": "overlap-1"
    }  # fmt: skip
    assert shape(feature["geometry"]).equals(SQUARE)
    assert told_of["styles"] == {"finding-error": dict(ROLES["finding-error"])}


def test_a_shape_with_a_colour_of_its_own_keeps_it() -> None:
    told_of = told(Shape(SQUARE, "before", colour="#0072B2"), Shape(SQUARE, "before"))
    first, second = (feature["properties"]["role"] for feature in told_of["features"])
    assert first != second
    assert told_of["styles"][first]["fillColor"] == "#0072B2"
    assert told_of["styles"][second]["fillColor"] == ROLES["before"]["fillColor"]


def test_label_names_and_legend_are_in_the_language_asked_for() -> None:
    legend = (("gained", Text("gained", "增加")),)
    told_of = told(Shape(SQUARE, "gained", Text("First", "第一")), language="zh", legend=legend)
    assert told_of["label"] == "检查结果"
    assert told_of["features"][0]["properties"]["name"] == "第一"
    assert told_of["legend"][0]["text"] == "增加"


def test_over_a_shifted_basemap_the_shape_is_shifted_too() -> None:
    moved = shape(told(Shape(SQUARE, "gained"), offset=Offset.GCJ02)["features"][0]["geometry"])
    assert 0.003 < moved.centroid.distance(SQUARE.centroid) < 0.01


@pytest.mark.parametrize("name", [*HOSTILE, "x" * 5000])
def test_a_hostile_name_is_text_of_bounded_length(name: str) -> None:
    shown = told(Shape(SQUARE, "draft", Text.same(name)))["features"][0]["properties"]["name"]
    assert shown == (name if len(name) <= 300 else f"{name[:299]}…")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_line_and_a_fill(role: str) -> None:
    look = ROLES[role]
    assert look["color"].startswith("#")
    assert 0 <= look["fillOpacity"] < 1
