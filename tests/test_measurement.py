"""Figures of a layer: unknown stays unknown, shares add up as shown, an unfit plane is named."""

from __future__ import annotations

from random import Random

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.crs import norm_crs
from geoplan.errors import CrsError
from geoplan.measurement import measure_subject, require_fit
from geoplan.types import AreaMethod
from tests.helpers import EAST, NORTH, make_layer, make_plan, make_subject, rectangle, square


def test_squares_are_measured_in_the_plane_as_drawn() -> None:
    measured = measure_subject(
        make_subject([square(EAST, NORTH, 100), square(EAST + 100, NORTH, 200)], method=AreaMethod.PLANAR)
    )
    assert [zone.planar_m2 for zone in measured.zones] == pytest.approx([10_000, 40_000])
    assert [zone.share for zone in measured.zones] == pytest.approx([0.2, 0.8])
    assert [zone.percent for zone in measured.zones] == [20.0, 80.0]
    assert measured.total_m2 == pytest.approx(50_000)
    assert measured.zones[0].area_m2(AreaMethod.PLANAR) == measured.zones[0].planar_m2


def test_percentages_add_up_to_a_hundred_as_shown() -> None:
    thirds = measure_subject(make_subject([rectangle(EAST + 100 * n, NORTH, 100, 100) for n in range(3)]))
    percents = [zone.percent for zone in thirds.zones if zone.percent is not None]
    assert round(sum(percents), 2) == 100.00
    assert sorted(percents) == [33.33, 33.33, 33.34]


def test_what_cannot_be_measured_is_none_and_never_zero() -> None:
    measured = measure_subject(make_subject([square(EAST, NORTH, 100), None, shapely.Polygon()]))
    for zone in measured.zones[1:]:
        assert (zone.ellipsoidal_m2, zone.geodesic_m2, zone.planar_m2, zone.perimeter_m) == (None,) * 4
        assert (zone.share, zone.percent) == (None, None)
    nothing = measure_subject(make_subject([None]))
    assert nothing.total_m2 == 0
    assert nothing.zones[0].share is None


def test_rows_are_made_block_by_block_and_are_the_same_as_all_at_once() -> None:
    shapes = [rectangle(EAST + 100 * n, NORTH, 90, 10 + n % 7) for n in range(1200)]
    rows = measure_subject(make_subject(shapes)).zones
    assert len(rows) == 1200
    assert [row.planar_m2 for row in rows] == pytest.approx([90.0 * (10 + n % 7) for n in range(1200)], rel=1e-4)
    assert rows[511:514] == (rows[511], rows[512], rows[513])
    assert rows[-1] == rows[1199]
    assert rows[3].id != rows[515].id
    with pytest.raises(IndexError):
        _ = rows[1200]


def test_totals_are_the_sums_of_their_rows() -> None:
    measured = measure_subject(make_subject([square(EAST, NORTH, 100), None, square(EAST + 100, NORTH, 200)]))
    assert set(measured.totals) == set(AreaMethod)
    for method, total in measured.totals.items():
        assert total == pytest.approx(sum(zone.area_m2(method) or 0.0 for zone in measured.zones))


def test_groups_sum_their_zones_with_those_of_sub_groups() -> None:
    plan = make_plan(
        zones=[
            {"id": "a", "name": "A", "groups": ["inner"]},
            {"id": "b", "name": "B", "groups": ["outer"]},
            {"id": "c", "name": "C"},
        ],
        groups=[{"id": "inner", "name": "I", "groups": ["outer"]}, {"id": "outer", "name": "O"}],
    )
    shapes = [square(EAST + 100 * n, NORTH, 100) for n in range(3)] + [square(EAST, NORTH + 200, 100)]
    measured = measure_subject(make_subject(shapes, plan=plan, method=AreaMethod.PLANAR))
    inner, outer = measured.groups
    assert (inner.area_m2, outer.area_m2) == (pytest.approx(10_000), pytest.approx(20_000))
    assert outer.share == pytest.approx(0.5)


def test_a_fit_plane_needs_no_warning_and_the_neighbours_says_how_far_it_is_off() -> None:
    shapes = [square(EAST, NORTH, 100)]
    assert measure_subject(make_subject(shapes)).warning is None
    warning = measure_subject(make_subject(shapes, projected=4549)).warning
    assert warning is not None
    assert "off by +0.1" in warning.en


def test_web_mercator_at_hefei_is_38_percent_off_and_refused() -> None:
    with pytest.raises(CrsError, match=r"\+38\.[89] %.*Gauss-Krüger"):
        require_fit(norm_crs(3857), 117.2, 31.82)
    assert require_fit(norm_crs(4548), 117.2, 31.82) == norm_crs(4548)
    with pytest.raises(CrsError, match="not a projected"):
        require_fit(norm_crs(4490), 117.2, 31.82)


SIDES = st.lists(st.floats(1.0, 900.0), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(SIDES, st.sampled_from(list(AreaMethod)))
def test_shares_of_any_squares_add_up_to_one_and_their_percentages_to_a_hundred(
    sides: list[float], method: AreaMethod
) -> None:
    shapes = [square(EAST + 1000 * place, NORTH, side) for place, side in enumerate(sides)]
    measured = measure_subject(make_subject(shapes, method=method))
    by_hand = [side * side for side in sides]
    # The plane at these places is true to 2 parts in 100,000, and all three methods agree to that.
    assert [zone.area_m2(method) for zone in measured.zones] == pytest.approx(by_hand, rel=3e-5)
    assert sum(zone.share or 0.0 for zone in measured.zones) == pytest.approx(1.0, abs=1e-12)
    hundredths = [round((zone.percent or 0.0) * 100) for zone in measured.zones]
    assert sum(hundredths) == 10_000
    for zone, area in zip(measured.zones, by_hand, strict=True):
        # Apportioned: never further from the share than what all roundings together leave.
        assert abs((zone.percent or 0.0) - 100 * area / sum(by_hand)) <= 0.01 * (len(sides) + 1)


@settings(max_examples=30, deadline=None)
@given(SIDES, st.randoms(use_true_random=False))
def test_the_order_of_the_zones_changes_no_figure(sides: list[float], chance: Random) -> None:
    shapes = {f"z{place}": square(EAST + 1000 * place, NORTH, side) for place, side in enumerate(sides)}
    turned = list(shapes)
    chance.shuffle(turned)
    one = measure_subject(make_subject(make_layer(list(shapes.values()), ids=list(shapes)), id_field="id"))
    other = measure_subject(make_subject(make_layer([shapes[key] for key in turned], ids=turned), id_field="id"))
    assert other.total_m2 == pytest.approx(one.total_m2, rel=1e-14)
    areas = [{zone.id: zone.ellipsoidal_m2 for zone in made.zones} for made in (one, other)]
    assert areas[1] == pytest.approx(areas[0], rel=1e-12)


@pytest.mark.parametrize("hole", [0.0, 10.0, 50.0, 99.0])
def test_a_hole_is_no_ground_and_its_edge_counts_as_perimeter(hole: float) -> None:
    outer = square(EAST, NORTH, 100)
    shape = shapely.Polygon(outer.exterior, [square(EAST + 0.5, NORTH + 0.5, hole).exterior] if hole else [])
    (zone,) = measure_subject(make_subject([shape])).zones
    assert zone.planar_m2 == pytest.approx(10_000 - hole**2)
    assert zone.perimeter_m == pytest.approx(400 + 4 * hole, rel=3e-5)


def test_parts_of_one_zone_are_measured_together_and_the_way_round_does_not_matter() -> None:
    parts = shapely.MultiPolygon([square(EAST, NORTH, 30), square(EAST + 500, NORTH, 40)])
    measured = measure_subject(make_subject([parts, parts.reverse(), shapely.force_3d(parts, 7.0)]))
    assert [zone.planar_m2 for zone in measured.zones] == pytest.approx([2500.0] * 3)
    assert measured.zones[0].ellipsoidal_m2 == measured.zones[1].ellipsoidal_m2 == measured.zones[2].ellipsoidal_m2


@pytest.mark.parametrize(("name", "vertices", "trapezoids", "geodesic", "planar"), [
    ("T4", [(117.2, 31.8), (117.208, 31.798), (117.212, 31.804), (117.207, 31.81), (117.2, 31.809), (117.197, 31.804)],
     1249491.946, 1249491.9627, 1249503.5073),
    ("T5", [(117.1, 31.75), (117.21, 31.74), (117.22, 31.83), (117.11, 31.84)],
     105015042.338, 105015064.032, 105015660.485),
    ("T3", [(117.3, 31.7), (117.3011, 31.6998), (117.3013, 31.7005), (117.3006, 31.701), (117.2999, 31.7007)],
     12245.86876, 12245.867972, 12246.113142),
])  # fmt: skip
def test_the_three_methods_give_the_figures_of_the_standards_table(
    name: str, vertices: list[tuple[float, float]], trapezoids: float, geodesic: float, planar: float
) -> None:
    """Edges straight in EPSG:4548 and split at 70 m, geodesic edges, the plane: m², each by an independent program."""
    (zone,) = measure_subject(make_subject([shapely.Polygon(vertices)], crs="EPSG:4490")).zones
    assert zone.geodesic_m2 == pytest.approx(geodesic, rel=1e-9), name
    assert zone.ellipsoidal_m2 == pytest.approx(trapezoids, rel=1e-8)
    assert zone.planar_m2 == pytest.approx(planar, rel=1e-9)
