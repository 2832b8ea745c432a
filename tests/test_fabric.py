"""The fabric generator: an exact partition, and defects that are what it says they are."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon

from benchmarks.fabric import exact_area, make_fabric


def test_a_clean_fabric_is_a_partition_of_valid_parcels_with_24_vertices():
    fabric = make_fabric(120, seed=2)
    assert len(fabric.polygons) == 120
    assert shapely.is_valid(fabric.polygons).all()
    assert (shapely.get_num_coordinates(fabric.polygons) == 25).all()
    whole = shapely.union_all(fabric.polygons)
    assert isinstance(whole, Polygon)
    assert len(whole.interiors) == 0
    assert shapely.area(fabric.polygons).sum() == pytest.approx(whole.area, rel=1e-12)


def test_the_same_seed_gives_the_same_fabric_and_another_seed_another():
    one, same, other = (make_fabric(50, seed=seed).polygons for seed in (1, 1, 2))
    assert shapely.equals_exact(one, same).all()
    assert not shapely.equals_exact(one, other).any()


def test_coordinates_are_metres_of_central_meridian_117_and_exact_binary_fractions():
    xy = shapely.get_coordinates(make_fabric(400).polygons)
    assert ((xy[:, 0] > 400_000) & (xy[:, 0] < 600_000)).all()
    assert ((xy[:, 1] > 3_400_000) & (xy[:, 1] < 3_600_000)).all()
    assert (xy * 512 == np.round(xy * 512)).all()


def test_planted_overlaps_have_the_area_they_claim_and_every_kind_is_there():
    fabric = make_fabric(400, seed=4, overlaps=8)
    assert len(fabric.polygons) == 400 + 4  # two contained parcels and two duplicates
    assert len(fabric.overlaps) == 8
    for (i, j), area in fabric.overlaps.items():
        shared = shapely.intersection(fabric.polygons[i], fabric.polygons[j])
        assert shared.area == pytest.approx(area, rel=1e-6)
    areas = sorted(fabric.overlaps.values())
    assert areas[1] < 0.01 < areas[2]  # the two thin ones
    assert shapely.equals(*fabric.polygons[[list(pair) for pair in fabric.overlaps][3]])


def test_planted_gaps_are_covered_by_nothing_and_have_the_area_they_claim():
    fabric = make_fabric(400, seed=4, gaps=8)
    assert len(fabric.polygons) == 400 - 2  # two parcels removed
    holes = shapely.get_rings(shapely.union_all(fabric.polygons))[1:]
    assert len(holes) == len(fabric.gaps) == 8
    areas = sorted(area for _, area in fabric.gaps)
    assert sorted(shapely.area(shapely.polygons(holes))) == pytest.approx(areas, rel=1e-6)
    assert [shape.area for shape, _ in fabric.gaps] == pytest.approx([area for _, area in fabric.gaps], rel=1e-9)


def test_planted_t_junctions_lie_exactly_on_an_edge_of_the_neighbour_without_overlap_or_gap():
    fabric = make_fabric(400, seed=4, vertices=5)
    assert len(fabric.loose) == 5
    for (i, j), point in fabric.loose.items():
        first, second = fabric.polygons[[i, j]]
        assert shapely.touches(second, point)
        assert (shapely.get_coordinates(first) == [point.x, point.y]).all(axis=1).any()
        assert not (shapely.get_coordinates(second) == [point.x, point.y]).all(axis=1).any()
        assert shapely.touches(first, second)


def test_more_defects_than_there_is_room_for_are_refused():
    with pytest.raises(ValueError, match="room for 4 defects"):
        make_fabric(64, overlaps=3, gaps=2)


def test_the_exact_area_of_a_hand_made_ring():
    corners = [(0, 0), (3, 0), (3, 2), (1, 2), (1, 4), (0, 4)]
    far = np.array([(39_500_000.0 + x, 3_520_000.0 + y) for x, y in corners])
    assert exact_area(far) == 8.0
    assert exact_area(far[::-1]) == 8.0
