"""Rings of short geodesics, held to Geod edge by edge, and where Geod loses digits to the plane of a small square."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan import geodesics, rings
from geoplan.ellipsoid import radii
from geoplan.geodesics import GEOD, SHORT_M, geodesic_rings
from geoplan.rings import rings_of


def around(lon: float, lat: float, reach: list[float]) -> shapely.Polygon:
    """Return a polygon whose vertices lie that far from a place, in metres, in equal directions."""
    angles = -360.0 * np.arange(len(reach)) / len(reach)
    x, y, _ = GEOD.fwd(np.full(len(reach), lon), np.full(len(reach), lat), angles, np.array(reach))
    return shapely.Polygon(np.column_stack([x, y]))


def measured(*shapes: shapely.Polygon) -> tuple[list[float], list[float]]:
    areas, lengths = geodesic_rings(rings_of(np.array(shapes, dtype=object)))
    return areas.tolist(), lengths.tolist()


def by_geod(shape: shapely.Polygon) -> tuple[float, float]:
    area, length = GEOD.geometry_area_perimeter(shape)
    return abs(area), length


@given(
    st.floats(-180, 179),
    st.floats(-69.9, 69.9),
    st.lists(st.floats(20, 2400), min_size=3, max_size=30),
    st.booleans(),
)
def test_areas_and_lengths_are_those_of_geod(lon: float, lat: float, reach: list[float], turned: bool) -> None:
    shape = around(lon, lat, reach)
    if np.ptp(shapely.get_coordinates(shape)[:, 0]) > 90:  # across the antimeridian, which is refused elsewhere
        return
    expected_area, expected_length = by_geod(shape)
    (area,), (length,) = measured(shape.reverse() if turned else shape)
    assert area == pytest.approx(expected_area, rel=1e-10, abs=2e-3)  # Geod's own sums of areas down to the equator
    assert length == pytest.approx(expected_length, rel=1e-10, abs=1e-7)


@pytest.mark.parametrize("lat", [-60.0, -31.8, 0.0, 31.8, 69.0])
@pytest.mark.parametrize("reach", [500.0, 1500.0, 4900.0])
def test_large_rings_agree_to_ten_digits(lat: float, reach: float) -> None:
    shape = around(117.0, lat, [reach] * 9)
    (area,), (length,) = measured(shape)
    expected_area, expected_length = by_geod(shape)
    assert area == pytest.approx(expected_area, rel=1e-10, abs=1e-4)
    assert length == pytest.approx(expected_length, rel=1e-11)


@pytest.mark.parametrize("lat", [0.0, 31.8, -55.0])
def test_a_square_of_three_metres_keeps_its_digits(lat: float) -> None:
    # So small, the ellipsoid is the plane of its two radii of curvature, to 1e-12.
    side = 3.0
    meridian, prime_vertical = (float(radius[0]) for radius in radii(np.array([lat])))
    dx, dy = np.degrees(side / (prime_vertical * np.cos(np.radians(lat)))), np.degrees(side / meridian)
    shape = shapely.box(117.0, lat - dy / 2, 117.0 + dx, lat + dy / 2)
    held = shapely.get_coordinates(shape)
    width, height = np.ptp(held[:, 0]) / dx * side, np.ptp(held[:, 1]) / dy * side  # as doubles can write it
    assert measured(shape)[0] == pytest.approx([width * height], rel=1e-8)


def test_an_edge_too_long_and_a_place_too_far_north_are_left_to_geod(monkeypatch: pytest.MonkeyPatch) -> None:
    near, long, north = around(117, 30, [900] * 5), around(117, 30, [SHORT_M * 2] * 5), around(117, 75, [900] * 5)
    asked: list[int] = []
    plain = geodesics._any

    def heard(some: rings.Rings) -> tuple[np.ndarray, np.ndarray]:
        asked.extend(some.feature.tolist())
        return plain(some)

    monkeypatch.setattr(geodesics, "_any", heard)
    areas, lengths = measured(near, long, north)
    assert asked == [1, 2]
    assert list(zip(areas, lengths, strict=True))[1:] == [by_geod(long), by_geod(north)]


def test_a_ring_is_measured_the_same_whatever_lies_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [around(100 + k, 10 * k, [300 + 40 * k] * (4 + k)) for k in range(6)]
    together = measured(*shapes)
    monkeypatch.setattr(rings, "BLOCK_POINTS", 5)
    assert measured(*shapes) == together
    assert together[0] == [measured(shape)[0][0] for shape in shapes]


@pytest.mark.filterwarnings("error")
def test_what_is_no_place_has_no_area() -> None:
    both = rings_of(np.array([around(117, 30, [10] * 4), around(117, 31, [10] * 4)], dtype=object))
    y = both.y.copy()
    y[1] = np.nan
    (area, good), (length, _) = geodesic_rings(both.moved(both.x, y))
    assert np.isnan([area, length]).all()
    assert good == pytest.approx(200, rel=1e-6)


def test_no_rings_at_all_have_no_figures() -> None:
    assert measured() == ([], [])
