"""The CGCS2000 ellipsoid: its constants, its radii and the trapezoid formula of the land survey.

Pure numpy, no coordinate systems: longitudes and latitudes are degrees here, areas m².
WGS 84 differs from CGCS2000 by 0.1 mm in the polar radius and is measured on the same ellipsoid.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

SEMI_MAJOR_M = 6378137.0
INVERSE_FLATTENING = 298.257222101
SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - 1.0 / INVERSE_FLATTENING)
ECCENTRICITY2 = (2.0 - 1.0 / INVERSE_FLATTENING) / INVERSE_FLATTENING  # e², not e′²


def series_coefficients(e2: float = ECCENTRICITY2) -> tuple[float, float, float, float, float]:
    """Return A, B, C, D, E of the area series for the first eccentricity squared `e2`.

    Source: 《图幅理论面积与图斑椭球面积计算公式及要求》, 国土调查办发〔2008〕32号; TD/T 1055-2019.
    """
    e4, e6, e8 = e2**2, e2**3, e2**4
    return (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )


# What each term of the series multiplies: sin(k ΔB/2) cos(k Bm) with k = 1, 3, 5, 7, 9, signs alternating.
_SIGNED = np.array([1.0, -1.0, 1.0, -1.0, 1.0]) * np.array(series_coefficients())


def trapezoids(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Return the signed area in m² between each edge and the meridian 0 of the given longitudes.

    `lon*` are degrees from a reference meridian L0 of the caller's choice; it cancels on a closed
    ring, and close to the ring it keeps all digits. `lat*` are geodetic latitudes in degrees.

    Source: S = 2 b² ΔL [A sin(ΔB/2) cos Bm − B sin(3ΔB/2) cos 3Bm + C … − D … + E …] with
    ΔL = (L1 + L2)/2 − L0, ΔB = B2 − B1, Bm = (B1 + B2)/2 (国土调查办发〔2008〕32号; TD/T 1055-2019).
    """
    mean_lon = np.radians((lon1 + lon2) / 2)
    half = np.radians((lat2 - lat1) / 2)
    mean_lat = np.radians((lat1 + lat2) / 2)
    return 2.0 * SEMI_MINOR_M**2 * mean_lon * _bracket(half, mean_lat)


def _bracket(half: Floats, mean: Floats) -> Floats:
    """Sum the five terms; sin and cos of 3, 5, 7, 9 times an angle by recurrence, which costs no trigonometry.

    f((k+2)x) = 2 cos 2x · f(kx) − f((k−2)x) for both sin and cos. Started at k = ±1 it loses nothing
    for small angles: each term of the sine keeps the relative accuracy of sin(ΔB/2).
    """
    sin_k, cos_k = np.sin(half), np.cos(mean)
    sin_before, cos_before = -sin_k, cos_k
    sin_step, cos_step = 2.0 * (1.0 - 2.0 * sin_k**2), 2.0 * (2.0 * cos_k**2 - 1.0)
    total: Floats = _SIGNED[0] * sin_k * cos_k
    for coefficient in _SIGNED[1:]:
        sin_before, sin_k = sin_k, sin_step * sin_k - sin_before
        cos_before, cos_k = cos_k, cos_step * cos_k - cos_before
        total += coefficient * sin_k * cos_k
    return total


def equal_area(lat: Floats) -> Floats:
    """Return what latitudes in degrees become on the cylinder whose plane has equal areas, in units of b² per radian.

    The sum of `trapezoids` round a ring is b² times its area by the shoelace formula in this and the longitude in
    radians: in 2 sin(k ΔB/2) cos(k Bm) = sin k B2 − sin k B1 each edge is a difference of its ends.
    """
    sine = np.sin(np.radians(lat))
    step = 2.0 * (1.0 - 2.0 * sine**2)
    before, here = -sine, sine
    total: Floats = _SIGNED[0] * sine
    for coefficient in _SIGNED[1:]:
        before, here = here, step * here - before
        total += coefficient * here
    return total


def radii(lat: Floats) -> tuple[Floats, Floats]:
    """Return the radii of curvature M (along the meridian) and N (prime vertical) in m at `lat` degrees."""
    w2 = 1.0 - ECCENTRICITY2 * np.sin(np.radians(lat)) ** 2
    prime_vertical = SEMI_MAJOR_M / np.sqrt(w2)
    return prime_vertical * (1.0 - ECCENTRICITY2) / w2, prime_vertical
