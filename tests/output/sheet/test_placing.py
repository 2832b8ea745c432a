"""Names on the map: on their own zone, never over each other, numbers where there is no room."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from shapely.geometry import Polygon, box

from geoplan.output.sheet.placing import POINT_MM, Board, Line, PlacedLine, Wish
from tests.helpers import square


def half_em(text: str) -> float:
    return len(text) / 2


def board(*zones: Polygon, width: float = 100, height: float = 100) -> Board:
    shapes = np.empty(len(zones), dtype=object)
    shapes[:] = zones
    return Board(width, height, half_em, shapes)


def area_of(placed: PlacedLine) -> Polygon:
    return box(placed.x, placed.y, placed.x + placed.width, placed.y + placed.line.size * POINT_MM)


def named(text: str, number: str, shape: Polygon, zone: int) -> Wish:
    return Wish(((Line(text, 8.0),), (Line(number, 6.0),)), shape=shape, zone=zone)


def test_a_name_stands_in_the_middle_of_its_zone() -> None:
    zone = square(20, 20, 60)
    map_ = board(zone)
    map_.put([named("Middle", "1", zone, 0)])
    (placed,) = map_.placed
    assert area_of(placed).centroid.coords[0] == pytest.approx((50, 50), abs=1.0)
    # six letters of half an em at 8 points: 24 points
    assert placed.width == pytest.approx(24 * 25.4 / 72)


def test_a_name_of_an_l_shaped_zone_stands_on_it_and_not_in_its_notch() -> None:
    zone = Polygon([(0, 0), (90, 0), (90, 20), (20, 20), (20, 90), (0, 90)])
    map_ = board(zone)
    map_.put([named("Elbow", "1", zone, 0)])
    assert zone.covers(area_of(map_.placed[0]).centroid)


def test_names_never_cover_each_other_nor_cross_the_frame() -> None:
    zones = [square(x, y, 9) for x in range(2, 90, 10) for y in range(2, 90, 10)]
    map_ = board(*zones)
    map_.put([named(f"Zone {n}", str(n), zone, n) for n, zone in enumerate(zones)])
    areas = [area_of(placed) for placed in map_.placed]
    assert len(areas) == 81
    assert all(first.disjoint(second) for first, second in itertools.combinations(areas, 2))
    assert all(box(0, 0, 100, 100).covers(area) for area in areas)


def test_a_name_that_would_lie_on_the_neighbours_gives_way_to_its_number() -> None:
    zones = [square(x, y, 5) for x in range(10, 60, 5) for y in range(10, 60, 5)]
    map_ = board(*zones)
    middle = next(n for n, zone in enumerate(zones) if zone.bounds[:2] == (30, 30))
    map_.put([named("A name much longer than its zone", "7", zones[middle], middle)])
    assert [placed.line.text for placed in map_.placed] == ["7"]
    assert map_.numbered == 1


def test_what_finds_no_room_at_all_is_counted() -> None:
    zone = square(10, 10, 30)
    map_ = board(zone)
    map_.keep_free([(0, 0, 100, 100)])
    map_.put([named("Anything", "1", zone, 0)])
    assert (map_.placed, map_.left_out) == ([], 1)


def test_a_facility_is_named_beside_its_dot_on_the_side_that_is_free() -> None:
    map_ = board()
    map_.keep_free([(49, 49, 51, 51), (51, 40, 100, 60)])  # its own dot, and something to the right
    map_.put([Wish(((Line("Tower", 6.0),),), spot=(50.0, 50.0))])
    (placed,) = map_.placed
    assert placed.x + placed.width < 49
    assert placed.lean == 1.0


def test_a_crossed_zone_is_no_obstacle_to_naming() -> None:
    bow = Polygon([(10, 10), (60, 60), (60, 10), (10, 60)])
    map_ = board(bow)
    map_.put([named("Bow", "1", bow, 0)])
    assert [placed.line.text for placed in map_.placed] == ["Bow"]
