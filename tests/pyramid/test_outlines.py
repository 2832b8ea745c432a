from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fabric import make_fabric
from geoplan.pyramid.filling import open_edges
from geoplan.pyramid.outlines import Outlines, simplified
from tests.pyramid.fabrics import as_polygons, in_units


def fabric(n: int, seed: int, scale: float = 16.0) -> Outlines:
    """Return a sound fabric in units: parcels of some 60 · scale units a side that share every vertex."""
    polygons = make_fabric(n, seed=seed).polygons
    west, south, _, _ = shapely.total_bounds(polygons)
    moved = shapely.transform(polygons, lambda xy: np.round((xy - [west, south]) * scale) + 1000.0)
    return in_units(moved)


def edges(polygon: shapely.Polygon) -> set[frozenset[tuple[float, float]]]:
    return {frozenset(pair) for pair in itertools.pairwise(polygon.exterior.coords)}


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), area=st.integers(1, 200_000))
def test_parcels_that_share_edges_share_them_however_coarse_they_become(seed: int, area: int) -> None:
    coarse = simplified(fabric(25, seed), area)
    left = open_edges(coarse)
    ends = {(int(x), int(y)) for x, y in zip(left.x0, left.y0, strict=True)}
    corners = as_polygons(coarse)
    # Only the outer border has edges of one parcel: the corners at which four parcels meet are not among their ends.
    counted: dict[tuple[float, float], int] = {}
    for polygon in corners:
        for point in polygon.exterior.coords[:-1]:
            counted[point] = counted.get(point, 0) + 1
    assert not ends & {point for point, times in counted.items() if times == 4}
    assert sum(times == 4 for times in counted.values()) == 16  # the inner corners of 5 × 5 parcels


def test_the_ground_of_a_fabric_neither_gaps_nor_overlaps_when_it_is_made_coarser() -> None:
    fine = fabric(100, 3)
    for area in (50, 500, 5_000, 50_000):
        polygons = as_polygons(simplified(fine, area))
        assert len(polygons) == 100
        valid = shapely.is_valid(polygons)
        assert valid.all()
        assert shapely.coverage_is_valid(polygons)
        whole = shapely.union_all(polygons)
        assert whole.geom_type == "Polygon"
        assert len(whole.interiors) == 0


def test_coarser_outlines_have_fewer_vertices_and_keep_what_is_large() -> None:
    fine = fabric(100, 3)
    counts = [len(simplified(fine, area).x) for area in (1, 100, 10_000, 1_000_000)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < len(fine.x) / 4
    areas = shapely.area(as_polygons(simplified(fine, 5_000)))
    assert areas == pytest.approx(shapely.area(as_polygons(fine)), rel=0.2)


def test_a_corner_where_three_parcels_meet_stays() -> None:
    # Two squares on top of a wide one: (10, 10) lies in all three, straight on the wide one's side.
    found = in_units([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.Polygon(
        [(0, 10), (10, 10), (20, 10), (20, 20), (0, 20)])])  # fmt: skip
    coarse = simplified(found, 10**9)
    assert all((10.0, 10.0) in set(polygon.exterior.coords) for polygon in as_polygons(coarse))


def test_a_vertex_on_a_straight_side_goes_and_one_that_stands_out_stays() -> None:
    (flat,) = as_polygons(
        simplified(in_units([shapely.Polygon([(0, 0), (500, 0), (1000, 0), (1000, 1000), (0, 1000)])]), 1)
    )
    assert flat.equals(shapely.box(0, 0, 1000, 1000))
    assert len(flat.exterior.coords) == 5
    nose = shapely.Polygon([(0, 0), (500, -20), (1000, 0), (1000, 1000), (0, 1000)])  # twice its triangle: 20,000
    (kept,) = as_polygons(simplified(in_units([nose]), 20_000))
    assert kept.equals(nose)
    (gone,) = as_polygons(simplified(in_units([nose]), 20_001))
    assert gone.equals(shapely.box(0, 0, 1000, 1000))


def test_repeated_vertices_count_once_and_rings_that_are_none_are_gone() -> None:
    found = in_units([shapely.Polygon([(0, 0), (0, 0), (9, 0), (9, 9), (9, 9), (0, 9)])])
    assert len(found.x) == 4
    line = in_units([shapely.Polygon([(0, 0), (9, 0), (9, 0), (0, 0)])])
    assert (len(line.x), len(line.lengths)) == (0, 0)


def test_a_hole_and_the_parcel_in_it_stay_together() -> None:
    disc = shapely.Point(5000, 5000).buffer(2000, quad_segs=32)
    rounded = shapely.transform(disc, np.round)
    outer = shapely.box(0, 0, 10_000, 10_000) - rounded
    coarse = simplified(in_units([outer, rounded]), 40_000)
    rings = as_polygons(coarse)
    assert len(rings) == 3
    hole, inner = sorted(rings, key=lambda ring: ring.area)[:2]
    assert edges(hole) == edges(inner)
    assert len(hole.exterior.coords) < len(rounded.exterior.coords) / 2


def test_taken_rings_are_those_asked_for_in_that_order() -> None:
    found = in_units([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 50, 10), shapely.box(60, 0, 65, 40)])
    taken = found.taken(np.array([2, 0]))
    assert taken.feature.tolist() == [2, 0]
    assert shapely.area(as_polygons(taken)).tolist() == [200.0, 100.0]
    assert found.widths().tolist() == [10, 10, 5]
