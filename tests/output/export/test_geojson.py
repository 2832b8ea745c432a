"""GeoJSON by RFC 7946: WGS84, seven decimals, the right-hand rule, boxes, and what the file is about."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

from geoplan.errors import UsageError
from geoplan.output.export import export_bytes
from tests.output.export.ground import EAST, MIDDLE, NORTH, squares


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(export_bytes(squares(tmp_path_factory.mktemp("geojson")), "geojson").content)
    return loaded


def turn(ring: list[list[float]]) -> float:
    """Twice the signed area of a ring: positive when it runs counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def test_outer_rings_turn_left_and_holes_turn_right(document: dict[str, Any]) -> None:
    outer, hole = document["features"][0]["geometry"]["coordinates"]
    assert turn(outer) > 0 > turn(hole)
    assert all(turn(part[0]) > 0 for part in document["features"][1]["geometry"]["coordinates"])


def test_coordinates_are_longitude_then_latitude_with_seven_decimals(document: dict[str, Any]) -> None:
    lon, lat = Transformer.from_crs(4548, 4326, always_xy=True).transform(EAST, NORTH)
    corners = document["features"][0]["geometry"]["coordinates"][0]
    assert [round(lon, 7), round(lat, 7)] in corners
    assert all(round(value, 7) == value for corner in corners for value in corner)


def test_the_file_and_every_feature_have_a_box(document: dict[str, Any]) -> None:
    west, south, east, north = document["bbox"]
    assert 117 < west < east < 118
    assert 31 < south < north < 32
    ring = document["features"][0]["geometry"]["coordinates"][0]
    lon, lat = zip(*ring, strict=True)
    assert document["features"][0]["bbox"] == [min(lon), min(lat), max(lon), max(lat)]


def test_no_crs_is_named_since_there_is_only_one(document: dict[str, Any]) -> None:
    assert "crs" not in document


def test_the_file_says_what_it_is_worth_and_what_was_rounded(document: dict[str, Any]) -> None:
    about = document["geoplan"]
    assert about["status"] == "indicative"
    assert about["status_en"].startswith("INDICATIVE BOUNDARIES")
    assert about["status_zh"].startswith("示意边界")
    assert any("7 decimals" in loss for loss in about["losses"])
    assert document["features"][0]["properties"]["status"] == "indicative"


def test_missing_values_are_null(document: dict[str, Any]) -> None:
    properties = document["features"][1]["properties"]
    assert properties["accuracy_m"] is None
    assert properties["revision"] is None


@pytest.mark.parametrize("code", ["EPSG:4326", "OGC:CRS84"])
def test_asking_for_wgs84_is_no_contradiction(code: str, tmp_path: Path) -> None:
    assert export_bytes(squares(tmp_path), "geojson", crs=code).content.startswith(b'{"type"')


@pytest.mark.parametrize("name", ["geojson", "kml"])
def test_another_system_is_refused_with_a_way_out(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"WGS84.*--format gpkg"):
        export_bytes(squares(tmp_path), name, crs="EPSG:4548")


def test_a_facility_without_a_place_has_null_geometry(tmp_path: Path) -> None:
    view = squares(tmp_path, facilities=("Laboratory", "Nowhere"))
    features = json.loads(export_bytes(view, "geojson", layer="facilities").content)["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": MIDDLE}
    assert features[1]["geometry"] is None
    assert "bbox" not in features[1]
