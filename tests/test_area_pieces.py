"""Pieces in place and their widths: against exact sums, known scale factors and shapes with a known circle."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import affinity

from geoplan.area import local_metres, perimeters, piece_areas, trapezoid_areas, widths
from geoplan.crs import norm_crs, project, to_lonlat

DEGREES = norm_crs(4490)
GK117 = norm_crs(4548)
GEOD = Geod(a=6378137, rf=298.257222101)


def box_at_hefei(width: float, height: float, angle: float = 0.0) -> shapely.Polygon:
    """Return a rectangle in EPSG:4548 metres, 19 km east of the central meridian."""
    x, y = 518_935.25, 3_521_910.75
    return affinity.rotate(shapely.box(x, y, x + width, y + height), angle, origin=(x, y))


def in_degrees(*shapes: shapely.Polygon) -> np.ndarray:
    return project(list(shapes), GK117, DEGREES)


# --- pieces: overlaps and gaps ---


def exact_square_units(shape: shapely.Polygon) -> float:
    """Return the area in stored coordinates by the shoelace formula in rational arithmetic."""
    points = [(Fraction(x), Fraction(y)) for x, y in shape.exterior.coords]
    return float(abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))) / 2)


def scale_squared(shape: shapely.Polygon) -> float:
    """Return the areal scale of Gauss-Krüger CM 117E at the centroid by its series: k = 1 + l²/2 …"""
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(shape.centroid.x, shape.centroid.y)
    phi, dl = math.radians(lat), math.radians(lon - 117)
    eta2 = 0.006739496775479 * math.cos(phi) ** 2
    t2 = math.tan(phi) ** 2
    k = 1 + (dl * math.cos(phi)) ** 2 / 2 * (1 + eta2) + (dl * math.cos(phi)) ** 4 / 24 * (5 - 4 * t2)
    return k**2


@pytest.mark.parametrize("angle", [0, 33, 90])
@pytest.mark.parametrize(("length", "width"), [(50, 0.0005), (50, 0.5), (1000, 1000), (1000, 0.001), (0.02, 0.02)])
def test_a_piece_is_its_stored_area_over_the_scale_however_thin(length: float, width: float, angle: float) -> None:
    piece = box_at_hefei(length, width, angle)
    expected = exact_square_units(piece) / scale_squared(piece)
    assert piece_areas([piece], GK117)[0] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("length", "width"), [(9000, 8000), (30_000, 20_000), (12_000, 3.0), (150_000, 90_000)])
def test_a_large_piece_follows_its_stored_edges_on_the_ellipsoid(length: float, width: float) -> None:
    piece = box_at_hefei(length, width, 10)
    dense = to_lonlat(shapely.segmentize([piece], 100), GK117)[0]
    expected = abs(GEOD.geometry_area_perimeter(dense)[0])
    assert piece_areas([piece], GK117)[0] == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("size", [0.0001, 0.005, 0.03, 0.2])
def test_a_piece_in_degrees_has_edges_straight_in_degrees(size: float) -> None:
    # Along parallels and meridians the trapezoid formula is exact.
    sheet = shapely.box(117.2, 31.8, 117.2 + size, 31.8 + size)
    assert piece_areas([sheet], DEGREES)[0] == pytest.approx(trapezoid_areas([sheet])[0], rel=1e-6)


def test_a_piece_of_ten_metres_in_web_mercator_is_not_a_third_too_large() -> None:
    shape = shapely.box(117.2, 31.8, 117.2001, 31.8001)
    mercator = project([shape], DEGREES, norm_crs(3857))
    assert piece_areas(mercator, norm_crs(3857))[0] == pytest.approx(trapezoid_areas([shape])[0], rel=1e-7)


def test_pieces_keep_their_place_in_the_array_and_large_ones_their_number() -> None:
    shapes = [None, box_at_hefei(10, 10), box_at_hefei(20_000, 10), shapely.Polygon(), box_at_hefei(20, 10)]
    areas = piece_areas(shapes, GK117)
    assert np.isnan(areas[[0, 3]]).all()
    assert areas[[1, 2, 4]] == pytest.approx([100, 200_000, 200], rel=3e-5)


def test_a_piece_on_xian_1980_can_be_measured_in_place() -> None:
    # No datum changes hands: its ellipsoid differs by 1e-6 in area.
    assert piece_areas([box_at_hefei(100, 100)], norm_crs(2384))[0] == pytest.approx(10_000, rel=2e-5)


def test_local_metres_are_about_the_centroid_and_keep_straight_edges_straight() -> None:
    local = local_metres([box_at_hefei(50, 20), None, shapely.Polygon()], GK117)
    assert shapely.get_num_coordinates(local[0]) == 5
    assert (local[0].centroid.x, local[0].centroid.y) == pytest.approx((0, 0), abs=1e-6)
    assert local[0].length == pytest.approx(140, rel=1e-5)
    assert local[1] is None
    assert local[2].is_empty


def test_local_metres_agree_with_piece_areas_and_from_both_kinds_of_coordinates() -> None:
    piece = box_at_hefei(50, 20, 30)
    for shapes, crs in (([piece], GK117), (in_degrees(piece), DEGREES)):
        assert shapely.area(local_metres(shapes, crs))[0] == pytest.approx(piece_areas(shapes, crs)[0], rel=1e-9)
        assert shapely.length(local_metres(shapes, crs))[0] == pytest.approx(perimeters(shapes, crs)[0], rel=1e-6)


# --- widths ---


@pytest.mark.parametrize("angle", [0, 17.3, 45])
@pytest.mark.parametrize(
    ("length", "width"),
    [(10_000, 0.01), (10_000, 0.0005), (1000, 0.001), (50, 0.0005), (100, 40), (30, 30), (100_000, 0.05)],
)
def test_the_width_of_a_rectangle_is_its_shorter_side(length: float, width: float, angle: float) -> None:
    # 100 km from the central meridian the scale itself is 1.2e-4, well inside the 1 % promised.
    assert widths([box_at_hefei(length, width, angle)], GK117)[0] == pytest.approx(width, rel=0.01)


@pytest.mark.parametrize(("base", "height"), [(1000, 0.01), (1000, 1), (300, 400), (0.5, 0.2)])
def test_the_width_of_a_triangle_is_twice_its_inradius(base: float, height: float) -> None:
    x, y = 518_935.25, 3_521_910.75
    triangle = affinity.rotate(shapely.Polygon([(x, y), (x + base, y), (x, y + height)]), 25, origin=(x, y))
    inradius = base * height / (base + height + math.hypot(base, height))
    assert widths([triangle], GK117)[0] == pytest.approx(2 * inradius, rel=0.01)


def test_the_width_of_an_l_is_the_circle_in_its_corner() -> None:
    # Legs 1 wide: the circle touches two outer sides and the inner corner, r = 2 − √2.
    corners = [(0, 0), (3, 0), (3, 1), (1, 1), (1, 3), (0, 3)]
    shape = shapely.Polygon([(518_935 + x, 3_521_910 + y) for x, y in corners])
    assert widths([shape], GK117)[0] == pytest.approx(2 * (2 - math.sqrt(2)), rel=0.01)


def test_the_width_of_a_ring_is_that_of_its_band() -> None:
    centre = shapely.Point(518_935, 3_521_910)
    band = centre.buffer(1000, quad_segs=200).difference(centre.buffer(999.5, quad_segs=200))
    assert widths([band], GK117)[0] == pytest.approx(0.5, rel=0.015)


def test_the_width_of_a_curved_sliver_is_not_that_of_its_bounds() -> None:
    x = np.linspace(-500, 500, 200)
    y = 100 * np.sin(x / 100)
    outline = np.vstack((np.column_stack((x, y)), np.column_stack((x, y + 0.02))[::-1]))
    sliver = shapely.Polygon(outline + np.array([518_935, 3_521_910]))
    # Two copies of a curve set 2 cm apart in y are nowhere further apart than 2 cm; at the crests exactly so.
    assert widths([sliver], GK117)[0] == pytest.approx(0.02, rel=0.02)


def test_the_width_of_many_holes_is_the_widest_place_between_them() -> None:
    # A 10 m plate with a 9 × 9 grid of 0.8 m holes at 1 m: the circle between four of them, or at the rim.
    holes = [shapely.box(i + 0.6, j + 0.6, i + 1.4, j + 1.4).exterior.coords for i in range(9) for j in range(9)]
    plate = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior.coords, holes)
    shape = affinity.translate(plate, 518_935, 3_521_910)
    # In the rim's corner: touching two sides and the corner of a hole at (0.6, 0.6): r = 0.6 √2 / (1 + √2).
    assert widths([shape], GK117)[0] == pytest.approx(2 * 0.6 * math.sqrt(2) / (1 + math.sqrt(2)), rel=0.01)


def test_the_width_between_pinpricks_is_not_that_of_the_plate() -> None:
    # 81 holes of a millimetre at 1 m in a 10 m plate have next to no outline, and yet the widest
    # circle is the one between four of them, of diameter √2 m.
    grid = [(i, j) for i in range(1, 10) for j in range(1, 10)]
    holes = [shapely.box(i - 5e-4, j - 5e-4, i + 5e-4, j + 5e-4).exterior.coords for i, j in grid]
    plate = affinity.translate(shapely.Polygon(shapely.box(0, 0, 10, 10).exterior.coords, holes), 518_935, 3_521_910)
    assert widths([plate], GK117)[0] == pytest.approx(math.sqrt(2), rel=0.01)


def test_of_several_parts_the_widest_counts() -> None:
    parts = shapely.MultiPolygon([box_at_hefei(100, 0.001), affinity.translate(box_at_hefei(3, 2), 500, 0)])
    assert widths([parts], GK117)[0] == pytest.approx(2, rel=0.01)


def test_widths_are_metres_whatever_the_coordinates() -> None:
    piece = box_at_hefei(300, 1.5, 30)
    for number in (4490, 4548, 3857, 4527):
        crs = norm_crs(number)
        assert widths(project([piece], GK117, crs), crs)[0] == pytest.approx(1.5, rel=0.01), number


@given(st.integers(3, 12), st.sampled_from([1.0, 0.3, 0.05]), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_width_of_any_hull_agrees_with_a_search_for_the_circle(corners: int, flat: float, seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 100, (corners, 2)) * [1, flat] + [518_935, 3_521_910]
    hull = shapely.MultiPoint(points).convex_hull
    if hull.area < 1:
        return
    circle = 2 * shapely.maximum_inscribed_circle(hull, tolerance=hull.area / hull.length / 1000).length
    # 0.1 % each for both searches and the round corners; rings of up to nine vertices once came out 5 % too narrow.
    assert widths([hull], GK117)[0] == pytest.approx(circle, rel=0.003)
