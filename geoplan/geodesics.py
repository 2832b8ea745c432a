"""Rings whose edges are geodesics: their areas and lengths, all of them at once where edges are short.

Geodesics one by one (pyproj.Geod, after C. Karney) take some microseconds per edge. Up to 5 km and 70° of latitude two
series say the same of many at once: lengths to 1e-11 and, within what Geod itself loses by taking
areas down to the equator, areas to 1e-10. Everything longer or further north or south is left to Geod.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from pyproj import Geod

from geoplan import ellipsoid
from geoplan.ellipsoid import Floats
from geoplan.rings import Rings

GEOD = Geod(a=ellipsoid.SEMI_MAJOR_M, rf=ellipsoid.INVERSE_FLATTENING)
SHORT_M = 5000.0
_FURTHEST = 70.0  # degrees of latitude
_SECOND_ECCENTRICITY2 = ellipsoid.ECCENTRICITY2 / (1.0 - ellipsoid.ECCENTRICITY2)
_POLAR_RADIUS_M = ellipsoid.SEMI_MAJOR_M / np.sqrt(1.0 - ellipsoid.ECCENTRICITY2)  # of curvature, at the pole


def geodesic_rings(rings: Rings) -> tuple[Floats, Floats]:
    """Return the area in m² (not negative) and the length in m of each ring in degrees, NaN for what is no place."""
    areas, lengths = np.empty(len(rings.lengths)), np.empty(len(rings.lengths))
    for block, which in rings.blocks():
        areas[which], lengths[which] = _short(block)
    left = np.flatnonzero(np.isnan(areas))
    if len(left):
        areas[left], lengths[left] = _any(rings.taken(left))
    return areas, lengths


def _any(rings: Rings) -> tuple[Floats, Floats]:
    ends = np.append(rings.starts(), len(rings.x)).tolist()
    values = [GEOD.polygon_area_perimeter(rings.x[a:b], rings.y[a:b]) for a, b in pairwise(ends)]
    area, length = np.array(values, dtype=np.float64).reshape(-1, 2).T
    return np.abs(area), length


def _short(rings: Rings) -> tuple[Floats, Floats]:
    """Return areas and lengths of rings of short edges, NaN of all others.

    On the cylinder of equal areas an edge would be straight between its ends; what lies between that line and the
    geodesic is sin Bm ΔL (u² + 3 v²) / 12, from the second derivative along a geodesic by Clairaut's theorem.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        east, north, turn, sine = _steps(rings)
        far = ~((np.hypot(east, north) <= SHORT_M) & (np.abs(rings.y[:-1]) <= _FURTHEST))
        height = ellipsoid.SEMI_MINOR_M**2 * ellipsoid.equal_area(rings.y)
        height -= np.repeat(height[rings.starts()], rings.lengths)
        beside = sine * turn * (east**2 + 3.0 * north**2) / 12.0
        areas = np.abs(rings.sum_edges(turn * (height[:-1] + height[1:]) / 2.0 + beside))
        lengths = rings.sum_edges(np.hypot(east, north))
    far[rings.bridges()] = False
    left = np.logical_or.reduceat(np.append(far, False), rings.starts())
    areas[left] = lengths[left] = np.nan
    return areas, lengths


def _steps(rings: Rings) -> tuple[Floats, Floats, Floats, Floats]:
    """Return of each step metres east u and north v at its middle, its ΔL in radians, and the sine of its middle.

    Gauss's formulas of the mean latitude (高斯平均引数反算公式) to third order, with η² = e′² cos² Bm, V² = 1 + η²,
    t = tan Bm: u = N cos Bm ΔL (1 − sin² Bm ΔL²/24 + (1 + η² − 9 η² t²) ΔB² / 24 V⁴) and
    v = N/V² ΔB (1 − (2 + 3 t² + 2 η²) cos² Bm ΔL² / 24 + η² (1 − t²) ΔB² / 8 V⁴).
    """
    turn, rise = np.radians(np.diff(rings.x)), np.radians(np.diff(rings.y))
    middle = np.radians((rings.y[1:] + rings.y[:-1]) / 2.0)
    sine, cosine = np.sin(middle), np.cos(middle)
    tan2, turn2, rise2 = (sine / cosine) ** 2, turn**2, rise**2
    eta2 = _SECOND_ECCENTRICITY2 * cosine**2
    v2 = 1.0 + eta2
    radius = _POLAR_RADIUS_M / np.sqrt(v2)
    along = 1.0 - sine**2 * turn2 / 24.0 + (1.0 + eta2 - 9.0 * eta2 * tan2) * rise2 / (24.0 * v2**2)
    up = 1.0 - (2.0 + 3.0 * tan2 + 2.0 * eta2) * cosine**2 * turn2 / 24.0 + eta2 * (1.0 - tan2) * rise2 / (8.0 * v2**2)
    return radius * cosine * turn * along, radius / v2 * rise * up, turn, sine
