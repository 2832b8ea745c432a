"""Areas of many polygons at once, for which polynomials stand in for the projection: those of each alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import affinity

from benchmarks.fabric import make_fabric
from geoplan import area
from geoplan.area import crowds_of, ellipsoidal_areas, measure_areas
from geoplan.crs import norm_crs, project
from geoplan.types import AreaMethod

GK117, DEGREES = norm_crs(4548), norm_crs(4490)


BOX = shapely.box(518_935, 3_521_910, 519_035, 3_522_010)
WITH_HOLE = BOX.difference(shapely.box(518_960, 3_521_930, 518_980, 3_521_950))


def city(count: int = 1500) -> list[Any]:
    """Parcels with holes and parts, small and large, with long edges, in two cells of polynomials and across them."""
    rng = np.random.default_rng(11)
    shapes: list[Any] = []
    for place in range(count):
        x, y = rng.uniform(450_000, 560_000), rng.uniform(3_500_000, 3_540_000)
        radius = rng.choice([2.0, 30.0, 200.0, 3000.0])
        disc = shapely.Point(x, y).buffer(radius, quad_segs=6)
        shapes.append(disc.difference(shapely.Point(x, y).buffer(radius / 3)) if place % 3 == 0 else disc)
        if place % 5 == 0:
            shapes[-1] = shapely.union_all([shapes[-1], shapely.box(x + 4 * radius, y, x + 5 * radius, y + radius)])
    return shapes


def test_the_areas_of_a_city_are_those_of_each_polygon_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = city()
    together = ellipsoidal_areas(shapes, GK117, GK117)
    monkeypatch.setattr(area, "MANY_POINTS", 10**9)
    alone = ellipsoidal_areas(shapes, GK117, GK117)
    # PROJ's last digits are 3e-9 m, along a perimeter P: what the areas may differ by is far below the figures shown.
    assert (np.abs(together - alone) <= 1e-8 * shapely.length(shapes) + 1e-10 * alone).all()


def test_in_a_city_too_what_leaves_its_cell_or_is_no_place_is_measured_by_the_projection_itself() -> None:
    huge = shapely.box(450_000, 3_500_000, 560_000, 3_540_000)
    lost = affinity.translate(BOX, 39_000_000, 0)
    areas = ellipsoidal_areas([huge, lost, None, *city()], GK117, GK117)
    assert areas[0] == pytest.approx(ellipsoidal_areas([huge], GK117, GK117)[0], rel=1e-12)
    assert np.isnan(areas[1:3]).all()
    assert (areas[3:] > 0).all()


def test_a_city_in_degrees_is_measured_as_well() -> None:
    shapes = city()
    degrees = project(shapes, GK117, DEGREES)
    assert ellipsoidal_areas(degrees, DEGREES, GK117) == pytest.approx(
        ellipsoidal_areas(shapes, GK117, GK117), rel=1e-8
    )


def test_figures_of_a_part_are_those_of_the_whole() -> None:
    shapes = project([WITH_HOLE, BOX, None, BOX], GK117, DEGREES)
    whole = measure_areas(shapes, DEGREES, GK117)
    part = whole.part(1, 4)
    for name in ("ellipsoidal_m2", "geodesic_m2", "planar_m2", "perimeter_m"):
        assert getattr(part, name) == pytest.approx(getattr(whole, name)[1:], rel=1e-12, nan_ok=True)
    assert whole.by(AreaMethod.GEODESIC) is whole.geodesic_m2


@pytest.mark.parametrize("cut", [7, 100, 1300])
def test_a_part_measured_with_the_crowds_of_the_whole_comes_out_as_within_it_bit_by_bit(cut: int) -> None:
    parcels = make_fabric(2000, seed=1, overlaps=20, gaps=20).polygons  # some of them in another cell than most
    whole, crowds = ellipsoidal_areas(parcels, GK117, GK117), crowds_of(parcels, GK117, GK117)
    parts = [ellipsoidal_areas(part, GK117, GK117, crowds=crowds) for part in (parcels[:cut], parcels[cut:])]
    assert np.array_equal(np.concatenate(parts), whole)
    assert crowds.total == shapely.get_num_coordinates(parcels).sum()
    assert sum((crowds.cells or {}).values()) == crowds.total
