from __future__ import annotations

import numpy as np
import pytest
from shapely import from_wkt
from shapely.geometry import MultiPolygon, Point, Polygon

from geoplan.types import AreaMethod, Text, Tolerance
from tests.helpers import EAST, NORTH, make_layer, make_plan, make_subject, rectangle, square

BOWTIE = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])


def test_a_feature_is_called_by_its_name_and_number() -> None:
    plan = make_plan(zones=[{"id": "east", "name": {"en": "East Park", "zh": "东园"}}])
    subject = make_subject(make_layer([square(EAST, NORTH, 1)] * 2, ids=["other", "east"]), plan=plan)
    assert subject.feature(1) == Text("East Park (feature 2)", "东园（第 2 个要素）")


def test_a_feature_without_a_name_is_called_by_its_number_alone() -> None:
    subject = make_subject(make_layer([square(EAST, NORTH, 1)] * 2, ids=["a", ""]))
    assert subject.feature(1) == Text("Feature 2", "第 2 个要素")


def test_a_part_is_numbered_only_where_there_are_several() -> None:
    pair = MultiPolygon([square(EAST, NORTH, 1), square(EAST + 5, NORTH, 1)])
    subject = make_subject([square(EAST + 20, NORTH, 1), pair])
    assert subject.part(0, 1).en == "a (feature 1)"
    assert subject.part(1, 2) == Text("Part 2 of b (feature 2)", "b（第 2 个要素）的第 2 部分")


def test_parts_know_their_feature() -> None:
    pair = MultiPolygon([square(EAST, NORTH, 1), square(EAST + 5, NORTH, 1)])
    parts, places = make_subject([None, pair, square(EAST + 20, NORTH, 1)]).parts
    assert (len(parts), places.tolist()) == (3, [1, 1, 2])


def test_an_empty_part_of_a_multi_polygon_is_no_part_and_is_not_counted() -> None:
    hollow = from_wkt("MULTIPOLYGON (EMPTY, ((518000 3521000, 518100 3521000, 518100 3521100, 518000 3521000)))")
    subject = make_subject([hollow, square(EAST + 200, NORTH, 1)])
    parts, places = subject.parts
    assert [part.area for part in parts] == [5_000.0, 1.0]  # half of 100 m × 100 m, and 1 m × 1 m
    assert places.tolist() == [0, 1]
    assert subject.part(0, 1).en == "a (feature 1)"


def test_what_can_be_measured_is_valid_polygonal_and_in_range() -> None:
    subject = make_subject([BOWTIE, Point(EAST, NORTH), None, Polygon(), square(9e9, 9e9, 1), square(EAST, NORTH, 1)])
    assert [shape is not None for shape in subject.solid] == [True, False, False, False, False, True]
    assert subject.measurable == 2
    assert subject.solid[0].is_valid
    assert subject.solid[0].area == pytest.approx(50)


def test_the_layer_itself_is_never_changed() -> None:
    subject = make_subject([BOWTIE])
    assert subject.solid[0] is not subject.layer.geometry[0]
    assert subject.layer.geometry[0].equals_exact(BOWTIE)


def test_a_unit_of_a_projected_system_is_about_a_metre_along_both_axes() -> None:
    assert make_subject([square(500_000, NORTH, 10)]).metres_per_unit == pytest.approx((1, 1), rel=1e-8)


def test_a_degree_has_its_own_length_along_each_axis() -> None:
    # CGCS2000 at 31.8° north: π/180 · N cos φ and π/180 · M, with N = a/W, M = a (1 - e²)/W³.
    a, e2, phi = 6_378_137.0, 0.006694380022900787, np.radians(31.8)
    w = np.sqrt(1 - e2 * np.sin(phi) ** 2)
    subject = make_subject([rectangle(117.2, 31.795, 0.01, 0.01)], crs="EPSG:4490")
    along_x, along_y = np.radians(1) * a / w * np.cos(phi), np.radians(1) * a * (1 - e2) / w**3
    assert subject.metres_per_unit == pytest.approx((along_x, along_y), rel=1e-9)
    assert subject.reach == pytest.approx((0.01 / along_x, 0.01 / along_y), rel=1e-9)


def test_the_reach_follows_the_width_tolerance() -> None:
    subject = make_subject([square(500_000, NORTH, 10)], tolerance=Tolerance(width_m=0.5))
    assert subject.reach == pytest.approx((0.5, 0.5), rel=1e-8)


def test_without_anything_to_measure_there_is_still_a_scale() -> None:
    subject = make_subject([None])
    assert subject.metres_per_unit == (1.0, 1.0)
    assert subject.coverage.overlaps == ()


@pytest.mark.parametrize("method", AreaMethod)
def test_measuring_parts_agrees_with_measuring_features(method: AreaMethod) -> None:
    subject = make_subject([square(592_000, NORTH, 100), square(592_200, NORTH, 50)], method=method)
    assert subject.measure(subject.solid).tolist() == subject.area_m2.tolist()


def test_planar_and_ellipsoidal_figures_differ_by_the_scale_of_the_plane() -> None:
    # 92 km from the central meridian the scale is 1 + (92/6371)²/2, the area its square: +0.0208 %.
    planar, ellipsoidal = (
        make_subject([square(592_000, NORTH, 100)], method=method).total_m2
        for method in (AreaMethod.PLANAR, AreaMethod.ELLIPSOIDAL)
    )
    assert planar == pytest.approx(10_000, rel=1e-12)
    assert planar / ellipsoidal - 1 == pytest.approx((92.05 / 6371) ** 2, rel=0.01)


BOW_TIE = Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])


def test_validity_is_that_of_each_feature_whatever_the_others_are() -> None:
    holed = square(EAST, NORTH, 90).difference(square(EAST + 30, NORTH + 30, 9))
    outside = Polygon(square(EAST, NORTH, 9).exterior, [square(EAST + 50, NORTH, 9).exterior])
    twice = MultiPolygon([square(EAST, NORTH, 9), square(EAST + 3, NORTH, 9)])
    shapes = [square(EAST, NORTH, 9), BOW_TIE, None, holed, outside, twice, Point(0, 0), Polygon(), square(0, 0, 1)]
    assert make_subject(make_layer(shapes)).valid.tolist() == [True, False, True, True, False, False, True, True, True]


@pytest.mark.parametrize("flaw", [None, BOW_TIE])
def test_looking_ahead_by_two_threads_finds_what_is_found_one_by_one(
    flaw: Polygon | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = [*(square(EAST + 10 * k, NORTH, 10.5 if k == 7 else 10) for k in range(40)), flaw]
    plain, ahead = make_subject(make_layer(shapes)), make_subject(make_layer(shapes))
    monkeypatch.setattr("geoplan.checks.subject._MANY", 1)
    ahead.look_ahead()
    assert np.array_equal(ahead.area_m2, plain.area_m2, equal_nan=True)
    assert ahead.edges.matched.tolist() == plain.edges.matched.tolist()
    assert ahead.edges.partner.tolist() == plain.edges.partner.tolist()
    assert [(one.first, one.second, one.area) for one in ahead.coverage.overlaps] == [
        (one.first, one.second, one.area) for one in plain.coverage.overlaps
    ]
    assert len(ahead.coverage.overlaps) == (1 if flaw is None else 2)


def test_a_small_layer_is_not_looked_at_ahead() -> None:
    subject = make_subject(make_layer([square(EAST, NORTH, 10)]))
    subject.look_ahead()
    assert not {"edges", "areas"} & vars(subject).keys()
