"""Figures of a layer: unknown stays unknown, shares add up as shown, an unfit plane is named."""

from __future__ import annotations

import pytest
import shapely

from geoplan.crs import norm_crs
from geoplan.errors import CrsError
from geoplan.measurement import measure_subject, require_fit
from geoplan.types import AreaMethod
from tests.helpers import EAST, NORTH, make_plan, make_subject, rectangle, square


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
