"""Counts per zone: inside, outside, on edges, in overlaps; densities; the zone a facility names against its place."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon

from geoplan.checks.facility_inside import distance_m
from geoplan.crs import norm_crs, project
from geoplan.errors import UsageError
from geoplan.facility_counts import Standing, count_facilities, uncounted
from geoplan.types import Facility, Text
from geoplan.workflow import open_plan
from tests.facility_views import nowhere, opened, place, without_boundaries
from tests.helpers import EAST, NORTH, make_layer, square

WEST, MIDDLE = square(EAST, NORTH, 1_000), square(EAST + 1_000, NORTH, 1_000)


class TestCounts:
    def test_every_facility_counts_in_the_zone_it_lies_in_outside_or_as_unlocated(self) -> None:
        view = opened(
            [WEST, MIDDLE], place("p", 500, 500), place("q", 600, 500), place("r", 1_500, 500), place("s", 5_000, 0),
            nowhere("t"),
        )  # fmt: skip
        found = count_facilities(view)
        assert [(zone.id, zone.count) for zone in found.zones] == [("a", 2), ("b", 1)]
        assert (found.inside, found.outside, found.unlocated) == (3, 1, 1)
        assert [one.inside for one in found.placed] == [("a",), ("a",), ("b",), (), ()]

    def test_categories_are_counted_apart_and_density_is_per_km2_of_the_zone(self) -> None:
        view = opened(
            [square(EAST, NORTH, 2_000)],
            place("p", 500, 500),
            place("q", 600, 500),
            place("r", 700, 500, category="clinic"),
        )
        (zone,) = count_facilities(view).zones
        assert zone.by_category == {"school": 2, "clinic": 1}
        assert zone.per_km2() == pytest.approx(3 / 4, rel=1e-4)
        assert zone.per_km2("clinic") == pytest.approx(1 / 4, rel=1e-4)
        assert zone.per_km2("market") == 0

    def test_a_facility_on_a_shared_corner_counts_in_both_zones_and_once_in_all(self) -> None:
        boxes = [shapely.box(117.20, 31.80, 117.205, 31.81), shapely.box(117.205, 31.80, 117.21, 31.81)]
        corner = Facility("corner", Text.same("corner"), "school", shapely.Point(117.205, 31.80), accuracy_m=0.0)
        found = count_facilities(opened(make_layer(boxes, crs="EPSG:4490"), corner))
        assert [zone.count for zone in found.zones] == [1, 1]
        assert found.inside == 1
        assert [one.facility.id for one in found.several] == ["corner"]

    def test_a_facility_in_overlapping_zones_counts_in_each(self) -> None:
        found = count_facilities(opened([WEST, WEST, MIDDLE], place("p", 500, 500)))
        assert [zone.count for zone in found.zones] == [1, 1, 0]
        assert (found.inside, len(found.several)) == (1, 1)

    def test_a_zone_of_several_features_and_parts_is_one_zone(self) -> None:
        parts = MultiPolygon([WEST, square(EAST + 5_000, NORTH, 1_000)])
        zones = make_layer([parts, MIDDLE, parts], ids=["a", "a", "a"])
        (zone,) = count_facilities(opened(zones, place("p", 500, 500), place("q", 5_500, 500))).zones
        assert (zone.id, zone.count) == ("a", 2)

    def test_a_facility_in_a_hole_is_outside(self) -> None:
        ring = shapely.Polygon(WEST.exterior, [square(EAST + 400, NORTH + 400, 200).exterior])
        assert count_facilities(opened([ring], place("p", 500, 500))).outside == 1

    def test_a_zone_without_geometry_counts_none_and_has_no_density(self) -> None:
        found = count_facilities(opened([WEST, None], place("p", 500, 500, zone="b")))
        assert (found.zones[1].count, found.zones[1].per_km2(), found.zones[1].stated) == (0, None, 1)
        assert found.placed[0].standing is Standing.NO_BOUNDARY

    def test_a_facility_at_the_pole_is_outside_every_zone(self) -> None:
        pole = Facility("pole", Text.same("pole"), "school", shapely.Point(0, 90), accuracy_m=5e4)
        found = count_facilities(opened([WEST], pole))
        assert (found.inside, found.outside, found.zones[0].possible) == (0, 1, 0)

    def test_a_plan_without_facilities_counts_none(self) -> None:
        found = count_facilities(opened([WEST]))
        assert (found.zones[0].count, found.placed) == (0, ())

    def test_the_bundled_plan_counts_as_its_file_says(self) -> None:
        found = count_facilities(open_plan("ustc-silicon-valley"))
        assert {zone.id: zone.stated for zone in found.zones}["core"] == 2
        assert found.inside + found.outside + found.unlocated == len(found.placed) == 18
        assert found.misplaced == ()


class TestAccuracy:
    def test_sure_and_possible_bracket_the_count(self) -> None:
        """100 m from the west edge: sure at ±99 m, not at ±101 m; 100 m outside: possible at ±101 m, not at ±99 m."""
        facilities = [
            place("sure", 100, 500, accuracy_m=99),
            place("not-sure", 100, 400, accuracy_m=101),
            place("possible", -100, 500, accuracy_m=101),
            place("impossible", -100, 400, accuracy_m=99),
        ]
        (zone,) = count_facilities(opened([WEST], *facilities)).zones
        assert (zone.sure, zone.count, zone.possible) == (1, 2, 3)

    def test_a_place_of_unknown_accuracy_is_never_sure_and_possible_where_it_is_drawn(self) -> None:
        zones = count_facilities(opened([WEST, MIDDLE], place("p", 500, 500, accuracy_m=None))).zones
        assert [(zone.sure, zone.count, zone.possible) for zone in zones] == [(0, 1, 1), (0, 0, 0)]

    def test_a_vague_place_may_lie_in_many_zones_at_once(self) -> None:
        row = [square(EAST + 100 * step, NORTH, 100) for step in range(20)]
        found = count_facilities(opened(row, place("p", 1_050, 50, accuracy_m=260)))
        # From 790 m to 1310 m: the strips that begin at 700, 800, … 1300 m.
        assert [zone.possible for zone in found.zones] == [0] * 7 + [1] * 7 + [0] * 6


class TestStanding:
    @pytest.mark.parametrize(("x", "zone", "accuracy", "standing"), [
        (500, "a", 0.0, Standing.AGREES),
        (500, None, 0.0, Standing.NOT_STATED),
        (500, "b", 0.0, Standing.ELSEWHERE),
        (500, "b", 499.0, Standing.ELSEWHERE),
        (500, "b", 501.0, Standing.WITHIN_ACCURACY),
        (500, "b", None, Standing.ELSEWHERE),
        (500, "nonsense", 0.0, Standing.UNKNOWN_ZONE),
        (-500, "a", 100.0, Standing.ELSEWHERE),
        (-500, None, 100.0, Standing.NOT_STATED),
        (500, "Ａ  Zone", 0.0, Standing.AGREES),
        (500, "甲区", 0.0, Standing.AGREES),
        (500, "waiting", 0.0, Standing.NO_BOUNDARY),
    ])  # fmt: skip
    def test_the_zone_a_facility_names_is_held_against_where_it_lies(
        self, x: float, zone: str | None, accuracy: float | None, standing: Standing
    ) -> None:
        zones = [
            {"id": "a", "name": {"en": "A Zone", "zh": "甲区"}},
            {"id": "b", "name": "B Zone"},
            {"id": "waiting", "name": "Waiting", "awaiting": True},
        ]
        view = opened([WEST, MIDDLE], place("p", x, 500, zone=zone, accuracy_m=accuracy), zones=zones)
        (found,) = count_facilities(view).placed
        assert found.standing is standing

    def test_an_unlocated_facility_has_nothing_to_compare_unless_its_zone_does_not_exist(self) -> None:
        view = opened([WEST], nowhere("p", zone="a"), nowhere("q"), nowhere("r", zone="nonsense"))
        standings = [one.standing for one in count_facilities(view).placed]
        assert standings == [Standing.NOT_LOCATED, Standing.NOT_LOCATED, Standing.UNKNOWN_ZONE]

    def test_the_distance_is_the_one_the_check_reports(self) -> None:
        facility = place("p", 2_500, 1_700, zone="a")
        view = opened([WEST, MIDDLE], facility)
        assert view.layer is not None
        point = project([facility.point], norm_crs(4490), view.layer.crs)[0]
        (found,) = count_facilities(view).placed
        assert found.distance_m == pytest.approx(distance_m(point, [WEST], view.layer.crs), rel=1e-6)
        assert found.distance_m == pytest.approx(np.hypot(1_500, 700), rel=1e-4)

    def test_misplaced_lists_what_a_person_should_look_at(self) -> None:
        view = opened(
            [WEST, MIDDLE],
            place("right", 500, 500, zone="a"),
            place("wrong", 500, 500, zone="b"),
            place("near", 990, 500, zone="b", accuracy_m=50),
            place("odd", 500, 500, zone="nonsense"),
        )
        assert [one.facility.id for one in count_facilities(view).misplaced] == ["wrong", "near", "odd"]


class TestWithoutBoundaries:
    def test_counting_says_that_there_are_none(self) -> None:
        with pytest.raises(UsageError, match="0 of 4 boundaries loaded"):
            count_facilities(open_plan("aust-wisdom-valley"))

    def test_facilities_are_still_listed(self) -> None:
        view = opened([WEST], place("p", 0, 0), place("q", 0, 0, zone="a"), nowhere("r"))
        standings = [one.standing for one in uncounted(without_boundaries(view))]
        assert standings == [Standing.NOT_STATED, Standing.NO_BOUNDARY, Standing.NOT_LOCATED]


POINTS = st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 350), st.integers(0, 120)), max_size=15)


@settings(max_examples=60, deadline=None)
@given(POINTS)
def test_counts_agree_with_looking_at_every_pair(points: list[tuple[int, int, int]]) -> None:
    """Squares of 100 m on a grid of 90 m overlap; places between the metres are on no edge."""
    corners = [(90 * column, 90 * row) for column in range(3) for row in range(3)]
    spots = [(x + 0.5, y + 0.5, radius) for x, y, radius in points]
    facilities = [place(f"f{i}", x, y, accuracy_m=radius) for i, (x, y, radius) in enumerate(spots)]
    found = count_facilities(opened([square(EAST + x, NORTH + y, 100) for x, y in corners], *facilities))
    for zone, (west, south) in zip(found.zones, corners, strict=True):
        within = [(x, y, r) for x, y, r in spots if west < x < west + 100 and south < y < south + 100]
        assert zone.count == len(within)
        edges = [(min(x - west, west + 100 - x, y - south, south + 100 - y), radius) for x, y, radius in within]
        assert zone.sure == sum(edge >= radius for edge, radius in edges)
        away = [
            np.hypot(max(west - x, 0, x - west - 100), max(south - y, 0, y - south - 100)) - radius
            for x, y, radius in spots
        ]
        assert sum(gap < -0.01 for gap in away) <= zone.possible <= sum(gap < 0.01 for gap in away)
    assert found.inside + found.outside == len(points)


HOLLOW = shapely.Polygon(square(EAST, NORTH, 300).exterior, [square(EAST + 100, NORTH + 100, 100).exterior])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-40, 640), st.integers(-40, 340), st.sampled_from(["school", "clinic"])), max_size=20
    )
)
def test_counts_by_category_in_holed_many_part_and_missing_zones_agree_with_shapely(
    points: list[tuple[int, int, str]],
) -> None:
    pair = MultiPolygon([square(EAST + 300, NORTH, 100), square(EAST + 500, NORTH + 200, 100)])
    shapes = [HOLLOW, pair, None, shapely.Polygon()]
    facilities = [place(f"f{n}", x + 0.5, y + 0.5, category=kind) for n, (x, y, kind) in enumerate(points)]
    found = count_facilities(opened(shapes, *facilities))
    for zone, shape in zip(found.zones, shapes, strict=True):
        within = [
            kind
            for x, y, kind in points
            if shape is not None and shape.contains(shapely.Point(EAST + x + 0.5, NORTH + y + 0.5))
        ]
        assert zone.count == len(within)
        assert zone.by_category == {kind: within.count(kind) for kind in set(within)}
        assert sum(zone.by_category.values()) == zone.count
        assert zone.sure <= zone.count <= zone.possible
    assert found.inside + found.outside + found.unlocated == len(points)


def test_two_facilities_of_one_id_are_two_facilities() -> None:
    found = count_facilities(opened([WEST], place("same", 500, 500), place("same", 600, 500)))
    assert (found.zones[0].count, len(found.placed)) == (2, 2)


def test_a_multi_polygon_with_an_empty_part_counts_as_its_other_part_does() -> None:
    hollow = shapely.from_wkt(WEST.wkt.replace("POLYGON (", "MULTIPOLYGON (EMPTY, (") + ")")
    assert hollow.geom_type == "MultiPolygon"
    (zone,) = count_facilities(opened([hollow], place("p", 500, 500, zone="a"), place("q", 1_500, 500))).zones
    assert (zone.count, zone.sure, zone.stated) == (1, 1, 1)


def test_a_zone_without_any_area_has_no_density() -> None:
    line = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 5, NORTH)])
    (zone,) = count_facilities(opened([line], place("p", 5, 0))).zones
    assert zone.per_km2() is None


def test_a_category_with_a_hostile_name_is_counted_under_it() -> None:
    names = ["<script>", "\u202e", "", "=1+1", "长" * 5000]
    found = count_facilities(opened([WEST], *(place(f"f{n}", 500, 500, category=c) for n, c in enumerate(names))))
    assert found.zones[0].by_category == dict.fromkeys(names, 1)


def test_places_looked_up_in_several_chunks_are_counted_once_each() -> None:
    crowd = [place("p", 500, 500, accuracy_m=600)] * 4_100  # more than two chunks of 2,000
    zones = count_facilities(opened([WEST, MIDDLE], *crowd)).zones
    assert [(zone.sure, zone.count, zone.possible) for zone in zones] == [(0, 4_100, 4_100), (0, 0, 4_100)]
