"""The trapezoid formula: its published coefficients, and areas that can be known without it."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geoplan import ellipsoid

E_PRIME_SQUARED = 0.006694380022900787 / (1 - 0.006694380022900787)


def one(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_the_ellipsoid_is_cgcs2000() -> None:
    assert ellipsoid.SEMI_MAJOR_M == 6378137
    assert pytest.approx(6356752.3141403561, abs=1e-8) == ellipsoid.SEMI_MINOR_M
    assert pytest.approx(0.006694380022900787, abs=1e-17) == ellipsoid.ECCENTRICITY2


@pytest.mark.parametrize(
    ("position", "published"),
    [
        (0, 1.0033640898341927),
        (1, 1.1241893819271241e-3),
        (2, 1.6994594735189e-6),
        (3, 2.71785784558e-9),
        (4, 4.35841900483e-12),
    ],
)
def test_the_coefficients_a_to_e_have_their_published_values(position: int, published: float) -> None:
    assert ellipsoid.series_coefficients()[position] == pytest.approx(published, rel=1e-11)


def test_the_known_bug_of_using_the_second_eccentricity_would_be_seen() -> None:
    wrong = ellipsoid.series_coefficients(E_PRIME_SQUARED)[0]
    assert wrong / ellipsoid.series_coefficients()[0] - 1 == pytest.approx(2.5e-5, rel=0.15)


def test_a_quarter_turn_from_equator_to_pole_is_an_eighth_of_the_ellipsoid() -> None:
    # The area of an oblate ellipsoid in closed form: 2πa² (1 + (1 − e²)/e · artanh e).
    e = np.sqrt(ellipsoid.ECCENTRICITY2)
    whole = 2 * np.pi * ellipsoid.SEMI_MAJOR_M**2 * (1 + (1 - e**2) / e * np.arctanh(e))
    quarter = ellipsoid.trapezoids(*one(90, 0, 90, 90))[0]
    assert quarter == pytest.approx(whole / 8, rel=1e-9)


def test_a_trapezoid_between_meridians_matches_the_integral_of_the_radii() -> None:
    lat = np.linspace(31, 32, 20001)
    meridian, prime_vertical = ellipsoid.radii(lat)
    density = meridian * prime_vertical * np.cos(np.radians(lat))
    integral = np.sum((density[1:] + density[:-1]) / 2) * np.radians(lat[1] - lat[0]) * np.radians(0.5)
    assert ellipsoid.trapezoids(*one(0.5, 31, 0.5, 32))[0] == pytest.approx(integral, rel=1e-9)


def test_an_edge_along_a_parallel_has_no_trapezoid() -> None:
    assert ellipsoid.trapezoids(*one(0.1, 31.8, 0.3, 31.8))[0] == 0


def test_turning_an_edge_round_changes_only_the_sign() -> None:
    there = ellipsoid.trapezoids(*one(0.1, 31.7, 0.3, 31.9))[0]
    back = ellipsoid.trapezoids(*one(0.3, 31.9, 0.1, 31.7))[0]
    assert there == -back
    assert there > 0


def test_an_edge_of_a_millimetre_keeps_its_digits() -> None:
    # 1e-8° of latitude is about 1.1 mm: thin enough that the sines must not be formed as differences.
    tiny = ellipsoid.trapezoids(*one(0.25, 31.8, 0.25, 31.8 + 1e-8))[0]
    step = (31.8 + 1e-8) - 31.8
    meridian, prime_vertical = ellipsoid.radii(np.array([31.8]))
    expected = np.radians(0.25) * np.radians(step) * meridian[0] * prime_vertical[0] * np.cos(np.radians(31.8))
    assert tiny == pytest.approx(expected, rel=2e-9)


def test_the_radii_measure_the_same_distances_as_the_geodesic() -> None:
    geod = Geod(a=6378137, rf=298.257222101)
    meridian, prime_vertical = ellipsoid.radii(np.array([31.82]))
    _, _, north = geod.inv(117.2, 31.81, 117.2, 31.83)
    _, _, east = geod.inv(117.19, 31.82, 117.21, 31.82)
    assert np.radians(0.02) * meridian[0] == pytest.approx(north, rel=1e-8)
    assert np.radians(0.02) * prime_vertical[0] * np.cos(np.radians(31.82)) == pytest.approx(east, rel=1e-8)
