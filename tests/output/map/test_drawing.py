"""Geometry for a screen: lighter where it must be, rounded, shifted for display, and never otherwise changed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, Point, Polygon, shape

from geoplan.inspection import Offset
from geoplan.offsets import unshift
from geoplan.output.map.drawing import around, collection, rounded, shifted, simplified

SQUARE = Polygon([(117.1, 31.8), (117.11, 31.8), (117.11, 31.81), (117.1, 31.81)])


def wavy(count: int) -> np.ndarray:
    """Two zones with a wavy edge between them."""
    edge = [(117.11 + 1e-4 * np.sin(step / 9), 31.8 + 0.01 * step / count) for step in range(count + 1)]
    left = Polygon([*edge, (117.1, 31.81), (117.1, 31.8)])
    right = Polygon([*edge, (117.12, 31.81), (117.12, 31.8)])
    return np.array([left, right], dtype=object)


def test_what_is_small_enough_is_shown_as_it_is() -> None:
    zones = wavy(100)
    shown, light = simplified(zones, most=1000)
    assert not light
    assert shown is zones


def test_what_is_too_large_is_made_light_and_its_shared_edge_stays_shared() -> None:
    zones = wavy(5000)
    shown, light = simplified(zones, most=400)
    assert light
    assert shapely.get_num_coordinates(shown).sum() <= 400
    assert shown[0].intersection(shown[1]).area == 0
    assert shown[0].union(shown[1]).area == pytest.approx(0.02 * 0.01, rel=1e-9)


def test_a_zone_never_vanishes_by_being_made_light() -> None:
    tiny = [shapely.box(117 + 1e-6 * n, 31, 117 + 1e-6 * (n + 1), 31 + 1e-6) for n in range(50)]
    zones = np.array([*tiny, *wavy(5000)], dtype=object)
    shown, _ = simplified(zones, most=300)
    assert not shapely.is_empty(shown).any()


@pytest.mark.parametrize("offset", [Offset.GCJ02, Offset.BD09])
def test_a_shift_is_undone_by_the_way_back(offset: Offset) -> None:
    moved = shifted(np.array([SQUARE], dtype=object), offset)[0]
    assert not moved.equals_exact(SQUARE, 1e-3)
    back = np.column_stack(unshift(offset, *shapely.get_coordinates(moved).T))
    assert np.allclose(back, shapely.get_coordinates(SQUARE), atol=1e-9)


def test_without_a_shift_geometry_is_the_same_object() -> None:
    held = np.array([SQUARE], dtype=object)
    assert shifted(held, None) is held
    assert shifted(held, Offset.NONE) is held


def test_coordinates_are_rounded_to_six_decimals_and_heights_left_out() -> None:
    assert rounded(Point(117.12345678, 31.87654321, 55)) == {"type": "Point", "coordinates": [117.123457, 31.876543]}


def test_of_a_mixed_collection_the_polygons_are_drawn() -> None:
    mixed = GeometryCollection([SQUARE, LineString([(0, 0), (1, 1)])])
    assert shape(rounded(mixed)).equals(shapely.MultiPolygon([SQUARE]))


def test_what_has_no_geometry_is_left_out() -> None:
    found = collection([(None, {"id": 1}), (Polygon(), {"id": 2}), (SQUARE, {"id": 3})])
    assert [feature["properties"] for feature in found["features"]] == [{"id": 3}]  # type: ignore[attr-defined]


def test_surroundings_are_as_many_metres_in_both_directions() -> None:
    west, south, east, north = around((117.0, 60.0, 117.0, 60.0), 1110.0)
    assert north - 60 == pytest.approx(0.01)
    assert east - 117 == pytest.approx(0.02)  # a degree of longitude is half as long at 60° north
    assert (117 - west, 60 - south) == pytest.approx((0.02, 0.01))
