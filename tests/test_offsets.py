"""GCJ-02 and BD-09 against the published values and a plain transcription of the formulas."""

from __future__ import annotations

from math import atan2, cos, pi, sin, sqrt

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geoplan.errors import CrsError
from geoplan.inspection import Offset
from geoplan.offsets import (
    from_bd09,
    from_gcj02,
    is_shifted_region,
    shift,
    shift_of,
    to_bd09,
    to_gcj02,
    undo,
    unshift,
)

HEFEI, HUAINAN = (117.2, 31.82), (117.0, 32.63)
BOTH = (Offset.GCJ02, Offset.BD09)
# China from the Pamirs to the Ussuri, from the Spratlys to the Amur.
LON, LAT = st.floats(73.5, 135.1), st.floats(3.8, 53.6)


def gcj02_by_hand(lon: float, lat: float) -> tuple[float, float]:
    """The formula of STANDARDS.md §3, term by term, one place at a time."""
    x, y, a, ee = lon - 105, lat - 35, 6378245.0, 0.00669342162296594323
    s = (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * sqrt(abs(x)) + s
    d_lat += (20 * sin(pi * y) + 40 * sin(pi * y / 3)) * 2 / 3
    d_lat += (160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * sqrt(abs(x)) + s
    d_lon += (20 * sin(pi * x) + 40 * sin(pi * x / 3)) * 2 / 3
    d_lon += (150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    phi = lat / 180 * pi
    m = 1 - ee * sin(phi) ** 2
    return lon + d_lon * 180 / (a / sqrt(m) * cos(phi) * pi), lat + d_lat * 180 / (a * (1 - ee) / (m * sqrt(m)) * pi)


def bd09_by_hand(lon: float, lat: float) -> tuple[float, float]:
    x, y = gcj02_by_hand(lon, lat)
    k = 3000 * pi / 180
    z, theta = sqrt(x**2 + y**2) + 2e-5 * sin(k * y), atan2(y, x) + 3e-6 * cos(k * x)
    return z * cos(theta) + 0.0065, z * sin(theta) + 0.006


# --- the published values ---


@pytest.mark.parametrize(
    ("function", "place", "expected"),
    [
        (to_gcj02, HEFEI, (117.205509667, 31.818034516)),
        (to_bd09, HEFEI, (117.212047539, 31.823956851)),
        (to_gcj02, HUAINAN, (117.005427941, 32.627951840)),
        (to_bd09, HUAINAN, (117.011822620, 32.634285607)),
    ],
)
def test_the_published_places_come_out_to_the_digits_given(
    function: object, place: tuple[float, float], expected: tuple[float, float]
) -> None:
    lon, lat = function(*place)  # type: ignore[operator]
    assert f"{lon:.9f}, {lat:.9f}" == f"{expected[0]:.9f}, {expected[1]:.9f}"


@pytest.mark.parametrize(
    ("offset", "place", "metres", "azimuth"),
    [
        (Offset.GCJ02, HEFEI, 565.34, 112.67),
        (Offset.BD09, HEFEI, 1222.08, 68.96),
        (Offset.GCJ02, HUAINAN, 557.72, 114.03),
        (Offset.BD09, HUAINAN, 1206.94, None),
        (Offset.NONE, HEFEI, 0.0, None),
    ],
)
def test_the_published_shifts_come_out_in_metres_and_degrees(
    offset: Offset, place: tuple[float, float], metres: float, azimuth: float | None
) -> None:
    distance, direction = shift_of(offset, *place)
    assert float(distance) == pytest.approx(metres, abs=0.005)
    assert azimuth is None or float(direction) == pytest.approx(azimuth, abs=0.005)


def test_azimuths_run_from_north_over_east_to_a_full_turn() -> None:
    lon, lat = np.meshgrid(np.arange(74.0, 135.0, 4.0), np.arange(4.0, 54.0, 4.0))
    metres, azimuth = shift_of(Offset.GCJ02, lon.ravel(), lat.ravel())
    assert (azimuth >= 0).all()
    assert (azimuth < 360).all()
    assert (metres > 50).all()
    assert (metres < 1000).all()


@pytest.mark.parametrize(("place", "percent"), [(HEFEI, -0.16), (HUAINAN, 0.45)])
def test_gcj02_distorts_areas_as_much_as_is_published(place: tuple[float, float], percent: float) -> None:
    square = shapely.box(place[0] - 0.005, place[1] - 0.005, place[0] + 0.005, place[1] + 0.005)
    shifted = shapely.transform(square, to_gcj02, interleaved=False)
    geod = Geod(ellps="GRS80")
    ratio = geod.geometry_area_perimeter(shifted)[0] / geod.geometry_area_perimeter(square)[0]
    assert 100 * (ratio - 1) == pytest.approx(percent, abs=0.01)


# --- the formulas, and the way back ---


@given(LON, LAT)
def test_the_arrays_say_what_the_formula_says_term_by_term(lon: float, lat: float) -> None:
    assert np.array(to_gcj02(lon, lat)) == pytest.approx(gcj02_by_hand(lon, lat), abs=1e-12)
    assert np.array(to_bd09(lon, lat)) == pytest.approx(bd09_by_hand(lon, lat), abs=1e-12)


@given(LON, LAT)
def test_the_way_back_ends_where_it_began(lon: float, lat: float) -> None:
    assert np.array(from_gcj02(*to_gcj02(lon, lat))) == pytest.approx((lon, lat), abs=1e-10)
    assert np.array(from_bd09(*to_bd09(lon, lat))) == pytest.approx((lon, lat), abs=1e-10)


@given(LON, LAT)
def test_what_is_taken_back_and_shifted_again_is_what_was_given(lon: float, lat: float) -> None:
    assert gcj02_by_hand(*map(float, from_gcj02(lon, lat))) == pytest.approx((lon, lat), abs=1e-10)
    assert bd09_by_hand(*map(float, from_bd09(lon, lat))) == pytest.approx((lon, lat), abs=1e-10)


def test_places_all_over_china_come_back_to_a_hundredth_of_a_millimetre() -> None:
    random = np.random.default_rng(3)
    lon, lat = random.uniform(73.5, 135.1, 100_000), random.uniform(3.8, 53.6, 100_000)
    for offset in BOTH:
        back_lon, back_lat = unshift(offset, *shift(offset, lon, lat))
        assert np.abs(back_lon - lon).max() < 1e-10
        assert np.abs(back_lat - lat).max() < 1e-10


def test_arrays_keep_their_shape_and_are_not_written_to() -> None:
    lon, lat = np.full((2, 3), 117.2), np.full((2, 3), 31.82)
    shifted = to_gcj02(lon, lat)
    assert shifted[0].shape == (2, 3)
    assert (lon == 117.2).all()
    assert np.ptp(shifted[0]) == 0


# --- outside China ---


@pytest.mark.parametrize(
    "place", [(2.3, 48.9), (-74.0, 40.7), (151.2, -33.9), (72.003, 31.8), (137.8348, 31.8), (117.2, 0.829)]
)
@pytest.mark.parametrize("offset", BOTH)
def test_outside_the_rectangle_nothing_is_shifted(offset: Offset, place: tuple[float, float]) -> None:
    assert not is_shifted_region(*place)
    assert tuple(map(float, shift(offset, *place))) == place
    assert tuple(map(float, unshift(offset, *place))) == place


def test_an_array_may_lie_half_inside_the_rectangle() -> None:
    lon, lat = to_gcj02(np.array([117.2, 2.3]), np.array([31.82, 48.9]))
    assert lon[0] == pytest.approx(117.205509667, abs=1e-9)
    assert (lon[1], lat[1]) == (2.3, 48.9)


def test_what_is_not_a_number_stays_so() -> None:
    lon, lat = from_bd09(np.array([np.nan, 117.212047539]), np.array([31.8, 31.823956851]))
    assert np.isnan(lon[0])
    assert (lon[1], lat[1]) == pytest.approx(HEFEI, abs=1e-8)


# --- geometries ---


@pytest.mark.parametrize("offset", BOTH)
def test_a_polygon_of_a_web_map_goes_back_vertex_by_vertex(offset: Offset) -> None:
    by_hand = {Offset.GCJ02: gcj02_by_hand, Offset.BD09: bd09_by_hand}[offset]
    ring = [(117.2, 31.8), (117.21, 31.8), (117.21, 31.81), (117.2, 31.8)]
    drawn = shapely.Polygon([by_hand(*corner) for corner in ring])
    back = undo([drawn, None, shapely.Polygon()], offset)
    assert shapely.get_coordinates(back[0]) == pytest.approx(np.array(ring), abs=1e-10)
    assert back[1] is None
    assert back[2].is_empty


def test_undoing_no_offset_changes_nothing() -> None:
    square = shapely.box(117.2, 31.8, 117.21, 31.81)
    assert undo([square], Offset.NONE)[0].equals_exact(square)


def test_metres_are_refused_because_the_shift_is_of_degrees() -> None:
    with pytest.raises(CrsError, match="not in degrees"):
        undo([shapely.box(518000, 3521000, 518100, 3521100)], Offset.GCJ02)
