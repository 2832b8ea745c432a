"""What of a difference is shown, on squares whose hairs are known: 1 m² and 0.01 m are the tolerance."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.crs import norm_crs
from geoplan.diff.counted import counted, counted_ground
from geoplan.types import Tolerance
from tests.diffs import PLANE, at, comparison

PLAN_CRS = norm_crs("EPSG:4548")


def kept(*pieces: BaseGeometry | None, **tolerance: float) -> list[BaseGeometry | None]:
    return list(counted_ground(pieces, PLAN_CRS, Tolerance(**tolerance)))


def test_a_hair_along_an_edge_is_not_counted_however_long_it_is() -> None:
    assert kept(at(0, 0, 0.009, 4_000)) == [None]  # 36 m², and narrower than the tolerance


def test_a_strip_wider_than_the_tolerance_is_counted_whole() -> None:
    (strip,) = kept(at(0, 0, 0.02, 100))  # 2 m²
    assert strip is not None
    assert strip.area == pytest.approx(2.0, rel=1e-6)


def test_a_spot_no_larger_than_the_tolerance_is_not_counted() -> None:
    assert kept(at(0, 0, 0.99, 1)) == [None]
    assert kept(at(0, 0, 1.01, 1)) != [None]


def test_the_hair_hanging_on_a_piece_is_taken_off_and_the_piece_stays() -> None:
    (piece,) = kept(at(0, 0, 100, 50).union(at(100, 0, 2_000, 0.004)))
    assert piece is not None
    assert piece.equals_exact(at(0, 0, 100, 50), 1e-6) or piece.symmetric_difference(at(0, 0, 100, 50)).area < 1e-4
    assert piece.bounds[2] - at(0, 0, 100, 50).bounds[2] < 0.011


def test_of_several_parts_those_stay_that_count_and_nothing_stays_nothing() -> None:
    both = shapely.multipolygons([at(0, 0, 10, 10), at(50, 0, 0.5, 0.5), at(100, 0, 20, 10)])
    several, nothing, empty = kept(both, None, shapely.Polygon())
    assert several is not None
    assert sorted(round(part.area) for part in shapely.get_parts(several)) == [100, 200]
    assert (nothing, empty) == (None, None)


def test_the_tolerance_asked_for_is_the_one_that_counts() -> None:
    assert kept(at(0, 0, 10, 10), area_m2=99.0) != [None]
    assert kept(at(0, 0, 10, 10), area_m2=101.0) == [None]
    assert kept(at(0, 0, 0.9, 100), width_m=1.0) == [None]


def test_feet_are_held_to_the_same_ground() -> None:
    feet = norm_crs("EPSG:2263")  # US survey feet of 0.3048006 m: 1 m² is 10.76 of their squares
    assert list(counted_ground([shapely.box(0, 0, 3.2, 3.3)], feet, Tolerance())) == [None]  # 0.98 m²
    assert list(counted_ground([shapely.box(0, 0, 3.3, 3.3)], feet, Tolerance())) != [None]  # 1.01 m²


def test_a_comparison_keeps_its_areas_and_loses_its_hairs() -> None:
    # The edge between the two moves by 10 m; the outer edge of b by 4 mm, which is 0.4 m² of 100 m.
    made = comparison(
        {"a": at(0, 0, 50, 100), "b": at(50, 0, 50, 100)}, {"a": at(0, 0, 60, 100), "b": at(60, 0, 40.004, 100)}
    )
    assert {(one.source, one.target) for one in made.transfers} == {("b", "a"), (None, "b")}
    shown = counted(made)
    (passed,) = shown.transfers
    assert (passed.source, passed.target) == ("b", "a")
    assert passed.area_m2 == pytest.approx(1000.0, rel=PLANE)
    rows = {row.id: row for row in shown.rows}
    assert rows["b"].moved_in is None
    assert rows["b"].moved_in_m2 == pytest.approx(0.4, rel=1e-3)
    assert rows["a"].moved_in is not None
    assert rows["a"].moved_in.area == pytest.approx(1000.0, rel=1e-9)
