"""Which ground a sheet shows, at which scale, and where a place comes on paper."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from pyproj import Transformer
from shapely.geometry import Point

from geoplan.crs import norm_crs
from geoplan.output.sheet.ground import Frame, Ground, frame_of, ground_of, round_scales
from geoplan.types import Facility, Text
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import plan_of


def ground(*shapes: object) -> Ground:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return Ground(norm_crs("EPSG:4548"), array, np.empty(0, dtype=object))


def test_round_scales_go_by_one_two_two_and_a_half_five() -> None:
    assert list(itertools.islice(round_scales(), 10)) == [
        500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 25_000, 50_000, 100_000,
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "scale"), [(90, 1_000), (94, 1_000), (95, 2_000), (188, 2_000), (200, 2_500)])
def test_the_largest_round_scale_is_taken_at_which_everything_fits(size: float, scale: int) -> None:
    # 100 mm less 3 mm on each side leave 94 mm: 94 m at 1:1,000.
    frame = frame_of(ground(square(EAST, NORTH, size)), 100, 100)
    assert frame is not None
    assert frame.scale == scale


def test_the_smaller_side_of_the_paper_counts_for_its_own_direction() -> None:
    frame = frame_of(ground(square(EAST, NORTH, 440)), 1000, 50)  # 440 m over 44 mm
    assert frame is not None
    assert frame.scale == 10_000


def test_the_plan_stands_in_the_middle_with_north_up() -> None:
    frame = frame_of(ground(square(EAST, NORTH, 50)), 120, 80, 1_000)
    assert frame is not None
    corners = np.array([(EAST, NORTH), (EAST + 50, NORTH + 50)])
    assert frame.paper(corners).tolist() == [pytest.approx([35, 65]), pytest.approx([85, 15])]
    assert frame.box == pytest.approx((EAST - 35, NORTH - 15, EAST + 85, NORTH + 65))


def test_nothing_with_a_place_gives_no_frame() -> None:
    assert frame_of(ground(), 100, 100) is None
    assert frame_of(ground(None), 100, 100) is None


def test_a_single_place_is_shown_with_its_surroundings() -> None:
    frame = frame_of(ground(Point(EAST, NORTH)), 100, 100)
    assert frame is not None
    assert frame.scale == 20_000  # 1,000 m over 94 mm


@pytest.mark.parametrize("offset_m", [-60_000.0, -500.0, 60_000.0])
def test_convergence_is_the_longitude_from_the_central_meridian_times_the_sine_of_the_latitude(offset_m: float) -> None:
    # γ ≈ Δλ sin φ (any textbook on Gauss-Krüger); east of the central meridian true north lies west of grid north.
    frame = Frame(norm_crs("EPSG:4548"), (500_000 + offset_m, 3_521_000.0), 10_000, 100, 100)
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(*frame.centre)
    assert frame.convergence == pytest.approx(-(lon - 117) * math.sin(math.radians(lat)), abs=1e-4)


def test_the_scale_factor_grows_with_the_distance_from_the_central_meridian() -> None:
    # m = 1 + y² / 2R² with R = 6,371 km: 1.0000443 at 60 km.
    frame = Frame(norm_crs("EPSG:4548"), (560_000.0, 3_521_000.0), 10_000, 100, 100)
    assert frame.scale_factor == pytest.approx(1 + 60_000**2 / (2 * 6.371e6**2), abs=3e-7)


def test_corners_are_given_in_degrees_from_the_lower_left_clockwise() -> None:
    frame = Frame(norm_crs("EPSG:4548"), (EAST, NORTH), 10_000, 100, 50)
    back = Transformer.from_crs(4490, 4548, always_xy=True)
    found = [back.transform(*corner) for corner in frame.corners]
    west, south, east, north = frame.box
    for place, wanted in zip(found, [(west, south), (west, north), (east, north), (east, south)], strict=True):
        assert place == pytest.approx(wanted, abs=1e-3)


def test_facilities_come_into_the_plane_of_the_zones() -> None:
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(EAST + 10, NORTH + 20)
    facilities = [
        Facility("a", Text.same("A"), "x", Point(lon, lat)),
        Facility("b", Text.same("B"), "x", None),
    ]
    found = ground_of(plan_of([square(EAST, NORTH, 100)], facilities=facilities))
    assert (found.places[0].x, found.places[0].y) == pytest.approx((EAST + 10, NORTH + 20), abs=1e-3)
    assert found.places[1] is None
