from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.crs import norm_crs, to_lonlat
from geoplan.pyramid import world
from geoplan.pyramid.world import World, in_world
from geoplan.rings import rings_of
from tests.pyramid.fabrics import lon_lat_units, squares

METRES = norm_crs("EPSG:4548")


def ring(found: World, number: int) -> np.ndarray:
    ends = np.cumsum(found.lengths)
    here = slice(int(ends[number] - found.lengths[number]), int(ends[number]))
    return np.stack([found.x[here], found.y[here]], axis=1)


def in_units(polygon: shapely.Polygon) -> list[tuple[int, int]]:
    degrees = to_lonlat(np.array([polygon], dtype=object), METRES)[0]
    return [lon_lat_units(*place) for place in degrees.exterior.coords[:-1]]


def test_a_ring_is_its_vertices_in_world_units_without_the_last() -> None:
    polygons = squares(1, 2, 50.0)
    found = in_world(rings_of(polygons), METRES)
    assert found.lengths.tolist() == [4, 4]
    assert found.feature.tolist() == [0, 1]
    for number, polygon in enumerate(polygons):
        assert {tuple(place) for place in ring(found, number).tolist()} == set(in_units(polygon))


def test_outer_rings_run_counter_clockwise_on_the_map_and_holes_the_other_way() -> None:
    plain = shapely.Polygon(shapely.box(0, 0, 90, 90).exterior, [shapely.box(30, 30, 60, 60).exterior.coords])
    moved = shapely.affinity.translate(plain, 500_000, 3_500_000)
    for exterior_cw in (True, False):
        found = in_world(rings_of([shapely.orient_polygons(moved, exterior_cw=exterior_cw)]), METRES)
        # y points south, so what is counter-clockwise on the map is clockwise in units
        assert [shapely.LinearRing(ring(found, number)).is_ccw for number in (0, 1)] == [False, True]


def test_stretches_come_out_as_the_whole_does(monkeypatch: pytest.MonkeyPatch) -> None:
    polygons = np.concatenate([squares(5, 7), [shapely.MultiPolygon(list(squares(1, 3)[::2])), None]])
    whole = in_world(rings_of(polygons), METRES)
    told: list[float] = []
    monkeypatch.setattr(world, "STRETCH", 11)
    parts = in_world(rings_of(polygons), METRES, told.append)
    for name in ("x", "y", "lengths", "feature"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))
    assert whole.bounds == parts.bounds
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_bounds_are_those_of_the_polygons_in_degrees() -> None:
    polygons = squares(3, 4, 200.0)
    found = in_world(rings_of(polygons), METRES)
    assert found.bounds == pytest.approx(tuple(shapely.total_bounds(to_lonlat(polygons, METRES))), abs=1e-12)


@pytest.mark.parametrize("polygons", [[], [None, shapely.Polygon(), shapely.Point(1, 1)]])
def test_nothing_has_no_bounds(polygons: list[Any]) -> None:
    found = in_world(rings_of(np.array([*polygons], dtype=object)), METRES)
    assert (len(found.x), len(found.lengths), found.bounds) == (0, 0, None)


def test_a_feature_with_a_coordinate_that_is_no_place_is_left_out_whole() -> None:
    near, far = squares(1, 2, 30.0)
    stray = shapely.Polygon([(500_010, 3_500_000), (np.inf, 3_500_000), (500_020, 3_500_010)])
    found = in_world(rings_of(np.array([near, shapely.MultiPolygon([near, stray]), far], dtype=object)), METRES)
    assert found.feature.tolist() == [0, 2]
