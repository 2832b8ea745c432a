"""Service coverage: hand-calculated discs, bounds by accuracy, uncovered pieces, and what is said with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import MultiPolygon, Polygon

from geoplan.errors import UsageError
from geoplan.plan import load_plan
from geoplan.service import SCREENING, known_categories, radii_for, service_coverage
from geoplan.types import AreaMethod, Facility, Text, Tolerance
from geoplan.workflow import open_plan
from tests.facility_views import nowhere, opened, place, without_boundaries
from tests.helpers import EAST, NORTH, make_layer, make_plan, rectangle, square

QUARTER_KM = math.pi * 0.25e6  # the area of a disc of 500 m
TEN_KM = square(EAST, NORTH, 10_000)
GRID_SCALE = 1e-4  # the plane of EPSG:4548 is off by less than this so near its central meridian


def lens(radius: float, apart: float) -> float:
    """Return the area two circles of one radius share: 2 r² acos(d/2r) − d/2 √(4r² − d²)."""
    return 2 * radius**2 * math.acos(apart / (2 * radius)) - apart / 2 * math.sqrt(4 * radius**2 - apart**2)


class TestHandCalculated:
    def test_a_facility_in_the_middle_covers_its_whole_disc(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 5_000, 5_000)), "school", 500)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM, rel=2e-5)
        assert found.total.share == pytest.approx(math.pi * 0.25 / 100, rel=GRID_SCALE)

    def test_a_facility_on_the_corner_covers_a_quarter_of_its_disc(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 0, 0)), "school", 500)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM / 4, rel=GRID_SCALE)

    def test_a_facility_on_an_edge_covers_half_of_its_disc(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 5_000, 10_000)), "school", 1_000)
        assert found.total.covered_m2 == pytest.approx(math.pi * 1e6 / 2, rel=GRID_SCALE)

    def test_ground_two_facilities_serve_counts_once(self) -> None:
        view = opened([TEN_KM], place("s", 5_000, 5_000), place("t", 5_600, 5_000))
        found = service_coverage(view, "school", 500)
        assert found.total.covered_m2 == pytest.approx(2 * QUARTER_KM - lens(500, 600), rel=GRID_SCALE)

    def test_two_facilities_at_one_place_serve_as_one(self) -> None:
        view = opened([TEN_KM], place("s", 5_000, 5_000), place("t", 5_000, 5_000))
        assert service_coverage(view, "school", 500).total.covered_m2 == pytest.approx(QUARTER_KM, rel=2e-5)

    def test_a_zone_inside_one_disc_is_covered_to_the_last_square_metre(self) -> None:
        found = service_coverage(opened([square(EAST, NORTH, 400)], place("s", 200, 200)), "school", 500)
        assert (found.total.share, found.uncovered, found.tolerated) == (1.0, (), 0)
        assert found.zones[0].covered_m2 == found.zones[0].area_m2

    def test_a_facility_outside_all_zones_serves_them(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", -300, 5_000)), "school", 500)
        # The segment of a circle of 500 m cut off 300 m from its centre: r² acos(h/r) − h √(r² − h²).
        segment = 500**2 * math.acos(0.6) - 300 * 400
        assert found.total.covered_m2 == pytest.approx(segment, rel=GRID_SCALE)
        assert [facility.id for facility in found.counted] == ["s"]

    def test_only_the_category_asked_for_serves(self) -> None:
        view = opened([TEN_KM], place("s", 2_000, 2_000), place("c", 5_000, 5_000, category="clinic"))
        found = service_coverage(view, "clinic", 500)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM, rel=2e-5)
        assert [facility.id for facility in found.counted] == ["c"]

    def test_a_hole_is_neither_covered_nor_uncovered(self) -> None:
        ring = Polygon(TEN_KM.exterior, [square(EAST + 4_900, NORTH + 4_900, 200).exterior])
        found = service_coverage(opened([ring], place("s", 5_000, 5_000)), "school", 500)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM - 200**2, rel=GRID_SCALE)
        assert found.total.area_m2 == pytest.approx(1e8 - 200**2, rel=GRID_SCALE)

    def test_every_part_of_a_zone_counts(self) -> None:
        parts = MultiPolygon([square(EAST, NORTH, 1_000), square(EAST + 5_000, NORTH, 1_000)])
        found = service_coverage(opened([parts], place("s", 500, 500), place("t", 5_500, 500)), "school", 1_000)
        assert found.zones[0].share == 1.0

    # Cuts follow edges straight in the plane: geodesic ones of 10 km lie up to 0.6 m beside them.
    @pytest.mark.parametrize(
        ("method", "within"),
        [(AreaMethod.ELLIPSOIDAL, 1e-9), (AreaMethod.PLANAR, 1e-12), (AreaMethod.GEODESIC, 1e-6)],
    )
    def test_every_area_method_measures_parts_as_it_measures_zones(self, method: AreaMethod, within: float) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 1_000, 2_000), method=method), "school", 2_000)
        assert found.total.area_m2 is not None
        assert found.total.covered_m2 is not None
        uncovered = sum(piece.area_m2 for piece in found.uncovered)
        assert found.total.covered_m2 + uncovered == pytest.approx(found.total.area_m2, rel=within)

    def test_distance_is_that_on_the_ellipsoid_where_the_plane_is_stretched(self) -> None:
        """150 km off the central meridian the plane is 0.028 % longer and its areas 0.055 % larger."""
        east = 150_000 - 18_000
        zones = make_layer([square(EAST + east, NORTH, 10_000)])
        found = service_coverage(opened(zones, place("s", east + 5_000, 5_000)), "school", 500)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM, rel=1e-6)
        assert shapely.area(found.served) == pytest.approx(QUARTER_KM * 1.00058, rel=5e-5)


def test_a_grid_of_geodesic_distances_finds_the_same_shares_in_the_bundled_plan() -> None:
    view = open_plan("ustc-silicon-valley")
    assert view.layer is not None
    geod, rng = Geod(ellps="GRS80"), np.random.default_rng(20221)
    schools = [f.point for f in view.facilities if f.category == "science-park" and f.point is not None]
    core = view.layer.geometry[0]
    west, south, east, north = core.bounds
    lon, lat = rng.uniform(west, east, 40_000), rng.uniform(south, north, 40_000)
    inside = shapely.contains_xy(core, lon, lat)
    nearest = np.min([geod.inv(lon, lat, np.full(40_000, p.x), np.full(40_000, p.y))[2] for p in schools], axis=0)
    expected = float((nearest[inside] <= 500).mean())
    assert service_coverage(view, "science-park", 500).zones[0].share == pytest.approx(expected, abs=0.01)


class TestBounds:
    def test_the_range_is_that_of_radii_shorter_and_longer_by_the_accuracy(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 5_000, 5_000, accuracy_m=200)), "school", 500)
        assert found.total.low == pytest.approx(math.pi * 300**2 / 1e8, rel=GRID_SCALE)
        assert found.total.high == pytest.approx(math.pi * 700**2 / 1e8, rel=GRID_SCALE)
        assert not any(text.en.startswith("Unreliable") for text in found.cautions)

    def test_a_place_known_no_better_than_the_radius_covers_nothing_for_certain_and_is_told(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 5_000, 5_000, accuracy_m=700)), "school", 300)
        assert found.total.low == 0
        assert found.total.high == pytest.approx(math.pi * 1_000**2 / 1e8, rel=GRID_SCALE)
        assert found.total.share == pytest.approx(math.pi * 300**2 / 1e8, rel=GRID_SCALE)
        assert any("1 of 1 facilities are known only to a radius larger than 300 m" in t.en for t in found.cautions)
        assert any("1 处设施中有 1 处的位置精度半径大于 300 m" in text.zh for text in found.cautions)

    def test_a_place_far_outside_may_still_serve_within_its_accuracy(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", -900, 5_000, accuracy_m=1_000)), "school", 500)
        assert (found.total.share, found.total.low) == (0, 0)
        assert found.total.high is not None
        assert found.total.high > 0

    def test_an_unknown_accuracy_leaves_no_upper_bound_and_is_left_out_of_the_lower(self) -> None:
        view = opened([TEN_KM], place("s", 2_000, 2_000), place("t", 8_000, 8_000, accuracy_m=None))
        found = service_coverage(view, "school", 500)
        assert found.total.high is None
        assert found.total.low == pytest.approx(QUARTER_KM / 1e8, rel=GRID_SCALE)
        assert found.total.share == pytest.approx(2 * QUARTER_KM / 1e8, rel=GRID_SCALE)
        assert any("accuracy of 1 of 2 facilities is unknown" in text.en for text in found.cautions)

    def test_an_accuracy_of_half_the_globe_counts_as_unknown(self) -> None:
        found = service_coverage(opened([TEN_KM], place("s", 5_000, 5_000, accuracy_m=2e7)), "school", 500)
        assert (found.total.low, found.total.high) == (0, None)

    def test_exact_places_have_no_range(self) -> None:
        total = service_coverage(opened([TEN_KM], place("s", 5_000, 5_000)), "school", 500).total
        assert total.low == total.share == total.high

    def test_boundaries_known_no_better_than_the_radius_are_told(self) -> None:
        zones = [{"id": "a", "name": "A", "accuracy_m": 400}]
        view = opened([TEN_KM], place("s", 5_000, 5_000), zones=zones)
        told = "boundaries of 1 of 1 zones may be further off than 300 m"
        assert any(told in text.en for text in service_coverage(view, "school", 300).cautions)
        assert not any(told[:20] in text.en for text in service_coverage(view, "school", 500).cautions)


class TestPieces:
    def test_uncovered_pieces_are_sorted_and_complete_the_zone(self) -> None:
        """A disc of 1 km in a strip 400 m wide leaves its two ends."""
        strip = rectangle(EAST, NORTH, 10_000, 400)
        found = service_coverage(opened([strip], place("s", 4_000, 200)), "school", 1_000)
        areas = [piece.area_m2 for piece in found.uncovered]
        assert len(areas) == 2
        assert areas == sorted(areas, reverse=True)
        zone = found.zones[0]
        assert zone.area_m2 is not None
        assert zone.covered_m2 is not None
        assert zone.covered_m2 + sum(areas) == pytest.approx(zone.area_m2, rel=1e-9)
        assert zone.uncovered_m2 == pytest.approx(sum(areas), rel=1e-9)
        assert all(shapely.within(piece.geometry, shapely.buffer(strip, 1e-6)) for piece in found.uncovered)
        assert not any(shapely.area(piece.geometry.intersection(found.served)) > 1e-3 for piece in found.uncovered)

    def test_pieces_within_the_tolerance_are_counted_and_not_listed(self) -> None:
        """The corners of a square of 700 m, 494.97 m from its middle, lie 5 m outside a disc of 490 m."""
        zone = square(EAST, NORTH, 700)
        view = opened([zone], place("s", 350, 350))
        found = service_coverage(view, "school", 490)
        assert (len(found.uncovered), found.tolerated) == (4, 0)
        coarse = opened([zone], place("s", 350, 350), tolerance=Tolerance(area_m2=1_000, width_m=0.01))
        told = service_coverage(coarse, "school", 490)
        assert (len(told.uncovered), told.tolerated) == (0, 4)
        assert told.tolerated_m2 == pytest.approx(sum(piece.area_m2 for piece in found.uncovered))
        assert told.total.share == found.total.share

    def test_a_piece_narrower_than_the_tolerance_is_tolerated_however_long(self) -> None:
        """A disc of 500 m reaches the top of a strip in its middle and leaves 0.1 m at each end of the top, 20 m long.

        At the strip's ends, 20 m beside the centre line, the circle is √(500² − 20²) = 499.6 m up: 0.4 m are left.
        """
        strip = rectangle(EAST, NORTH, 40, 500)
        thin = opened([strip], place("s", 20, 0), tolerance=Tolerance(area_m2=1.0, width_m=0.5))
        found = service_coverage(thin, "school", 500)
        assert (len(found.uncovered), found.tolerated) == (0, 2)
        told = service_coverage(opened([strip], place("s", 20, 0)), "school", 500)
        assert (len(told.uncovered), told.tolerated) == (2, 0)
        # What lies between a chord and its tangent: 20 m × 0.4 m / 3.
        assert [piece.area_m2 for piece in told.uncovered] == [pytest.approx(20 * 0.4 / 3, rel=0.1)] * 2

    def test_without_any_located_facility_all_of_a_zone_is_uncovered_and_told(self) -> None:
        found = service_coverage(opened([TEN_KM], nowhere("s")), "school", 500)
        assert [piece.area_m2 for piece in found.uncovered] == [pytest.approx(1e8, rel=GRID_SCALE)]
        assert [facility.id for facility in found.unlocated] == ["s"]
        assert found.served.is_empty
        assert any("No facility of this category is located" in text.en for text in found.cautions)
        assert any("1 of 1 facilities are not located" in text.en for text in found.cautions)


class TestZones:
    def test_ground_in_two_zones_counts_once_in_the_total_and_in_each_zone(self) -> None:
        zones = [square(EAST, NORTH, 2_000), square(EAST + 1_000, NORTH, 2_000)]
        view = opened(
            zones,
            place("s", 1_500, 1_000),
            zones=[{"id": key, "name": key, "groups": ["both"]} for key in "ab"],
            groups=[{"id": "both", "name": "Both"}],
        )
        found = service_coverage(view, "school", 500)
        assert [zone.covered_m2 for zone in found.zones] == [pytest.approx(QUARTER_KM, rel=1e-4)] * 2
        for row in (found.total, *found.groups):
            assert row.area_m2 == pytest.approx(6e6, rel=GRID_SCALE)
            assert row.covered_m2 == pytest.approx(QUARTER_KM, rel=GRID_SCALE)

    def test_ground_in_three_zones_counts_once(self) -> None:
        zones = [square(EAST, NORTH, 2_000)] * 3
        total = service_coverage(opened(zones, place("s", 1_000, 1_000)), "school", 500).total
        assert total.area_m2 == pytest.approx(4e6, rel=GRID_SCALE)
        assert total.share == pytest.approx(QUARTER_KM / 4e6, rel=GRID_SCALE)

    def test_a_group_has_the_share_of_its_zones_only(self) -> None:
        view = opened(
            [square(EAST, NORTH, 1_000), square(EAST + 1_000, NORTH, 1_000)],
            place("s", 0, 0),
            zones=[{"id": "a", "name": "A", "groups": ["west"]}, {"id": "b", "name": "B"}],
            groups=[{"id": "west", "name": "West"}],
        )
        found = service_coverage(view, "school", 500)
        (group,) = found.groups
        assert (group.id, group.name) == ("west", Text.same("West"))
        assert group.share == pytest.approx(QUARTER_KM / 4 / 1e6, rel=GRID_SCALE)
        assert found.total.share == pytest.approx(QUARTER_KM / 8 / 1e6, rel=GRID_SCALE)

    def test_two_features_of_one_zone_are_one_row(self) -> None:
        zones = make_layer([square(EAST, NORTH, 1_000), square(EAST + 5_000, NORTH, 1_000)], ids=["a", "a"])
        found = service_coverage(opened(zones, place("s", 500, 500)), "school", 1_000)
        (zone,) = found.zones
        assert zone.id == "a"
        assert zone.share == pytest.approx(0.5, rel=GRID_SCALE)

    def test_a_zone_without_geometry_has_no_figures_and_disturbs_no_others(self) -> None:
        found = service_coverage(opened([TEN_KM, None, Polygon()], place("s", 5_000, 5_000)), "school", 500)
        assert [zone.area_m2 for zone in found.zones[1:]] == [None, None]
        assert [zone.share for zone in found.zones[1:]] == [None, None]
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM, rel=2e-5)

    def test_a_layer_in_degrees_gives_the_same_shares(self) -> None:
        flat = opened([square(EAST, NORTH, 1_000)], place("s", 200, 300))
        assert flat.layer is not None
        from_degrees = shapely.transform(flat.layer.geometry, lambda xy: np.column_stack(_degrees(xy[:, 0], xy[:, 1])))
        view = opened(make_layer(list(from_degrees), crs="EPSG:4490"), place("s", 200, 300))
        found, expected = (service_coverage(one, "school", 500).total for one in (view, flat))
        assert found.share == pytest.approx(expected.share, rel=1e-8)

    def test_a_facility_on_the_other_side_of_the_globe_is_counted_and_reaches_nothing(self) -> None:
        far = Facility("far", Text.same("far"), "school", shapely.Point(-62.8, -31.8), accuracy_m=0.0)
        pole = Facility("pole", Text.same("pole"), "school", shapely.Point(0, 90), accuracy_m=0.0)
        found = service_coverage(opened([TEN_KM], far, pole), "school", 500)
        assert (found.total.share, len(found.counted)) == (0, 2)
        assert found.served.is_empty


def _degrees(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(x, y)
    return lon, lat


PLACES = st.lists(
    st.tuples(
        st.floats(-1_500, 3_500), st.floats(-1_500, 3_500), st.one_of(st.none(), st.floats(0, 900), st.just(0.0))
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(PLACES, st.floats(50, 1_500), st.floats(1.001, 2.0))
def test_coverage_grows_with_the_radius_stays_in_its_range_and_completes_every_zone(
    places: list[tuple[float, float, float | None]], radius: float, factor: float
) -> None:
    facilities = [place(f"f{row}", x, y, accuracy_m=accuracy) for row, (x, y, accuracy) in enumerate(places)]
    zones = [square(EAST, NORTH, 1_000), rectangle(EAST + 700, NORTH, 1_300, 2_000)]
    view = opened(zones, *facilities, categories=[{"id": "school", "name": "School"}])
    found, wider = (service_coverage(view, "school", reach) for reach in (radius, radius * factor))
    for narrow, wide in zip((*found.zones, found.total), (*wider.zones, wider.total), strict=True):
        assert narrow.share is not None
        assert wide.share is not None
        assert narrow.low is not None
        assert 0 <= narrow.low <= narrow.share <= wide.share + 1e-9
        assert narrow.share <= 1
        if narrow.high is not None:
            assert narrow.share <= narrow.high <= 1
    for zone in found.zones:
        assert zone.area_m2 is not None
        assert zone.covered_m2 is not None
        listed = sum(piece.area_m2 for piece in found.uncovered if piece.zone == zone.id)
        assert zone.covered_m2 + listed <= zone.area_m2 * (1 + 1e-8)
    everything = sum(zone.uncovered_m2 or 0 for zone in found.zones)
    assert sum(piece.area_m2 for piece in found.uncovered) + found.tolerated_m2 == pytest.approx(everything, abs=0.1)


class TestAsking:
    @pytest.mark.parametrize("radius", [0, -1, 50_001, math.nan, math.inf])
    def test_a_radius_that_is_none_is_refused(self, radius: float) -> None:
        with pytest.raises(UsageError, match="above 0 and at most 50,000 m"):
            service_coverage(opened([TEN_KM], place("s", 0, 0)), "school", radius)

    def test_an_unknown_category_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(UsageError, match=r"no facility category “clinic”\. Categories: school\."):
            service_coverage(opened([TEN_KM], place("s", 0, 0)), "clinic", 500)

    def test_a_declared_category_without_facilities_covers_nothing(self) -> None:
        view = opened([TEN_KM], categories=[{"id": "clinic", "name": "Clinic"}])
        assert service_coverage(view, "clinic", 500).total.share == 0

    def test_a_plan_without_boundaries_says_so(self) -> None:
        with pytest.raises(UsageError, match="0 of 4 boundaries loaded"):
            service_coverage(open_plan("aust-wisdom-valley"), "university", 500)
        with pytest.raises(UsageError, match="0 of 0 boundaries loaded"):
            service_coverage(without_boundaries(opened([TEN_KM], place("s", 0, 0))), "school", 500)

    def test_the_radii_are_the_plans_and_a_categorys_own_come_first(self) -> None:
        own = {"id": "kindergarten", "name": "Kindergarten", "radii_m": [500, 300, 300]}
        plan = make_plan(categories=[own, {"id": "other", "name": "Other"}], service={"radii_m": [400]})
        assert radii_for(plan, "kindergarten") == (300, 500)
        assert radii_for(plan, "other") == (400,)
        assert radii_for(make_plan(), "anything") == (300, 500, 800, 1000)
        assert radii_for(load_plan("ustc-silicon-valley"), "university") == (300, 500, 800, 1000)

    def test_categories_come_in_the_plans_order_and_then_those_without_a_name(self) -> None:
        declared = [{"id": key, "name": key} for key in ("school", "unused", "clinic")]
        kinds = ("market", "clinic", "bank", "school")
        facilities = [place(kind, 0, 0, category=kind) for kind in kinds]
        view = opened([TEN_KM], *facilities, categories=declared)
        assert known_categories(view) == ("school", "clinic", "bank", "market")

    def test_the_label_says_in_both_languages_that_it_is_no_walk(self) -> None:
        assert "Straight-line screening, not walking distance" in SCREENING.en
        assert "并非步行距离" in SCREENING.zh


class TestOddInput:
    def test_a_zone_with_an_empty_part_is_served_as_without_it(self) -> None:
        whole = square(EAST, NORTH, 1_000)
        hollow = shapely.from_wkt(whole.wkt.replace("POLYGON (", "MULTIPOLYGON (EMPTY, (") + ")")
        one, other = (
            service_coverage(opened([shape], place("s", 500, 500)), "school", 300) for shape in (whole, hollow)
        )
        assert other.total.covered_m2 == pytest.approx(one.total.covered_m2, rel=1e-12)
        assert [piece.area_m2 for piece in other.uncovered] == pytest.approx([p.area_m2 for p in one.uncovered])

    @pytest.mark.parametrize("radius", [1e-3, 0.5, 1.0])
    def test_a_radius_of_a_millimetre_is_still_a_disc(self, radius: float) -> None:
        found = service_coverage(opened([square(EAST, NORTH, 100)], place("s", 50, 50)), "school", radius)
        assert found.total.covered_m2 == pytest.approx(math.pi * radius**2, rel=1e-3)

    def test_a_zone_that_crosses_itself_is_served_on_both_sides(self) -> None:
        bowtie = Polygon([(EAST, NORTH), (EAST + 200, NORTH + 200), (EAST + 200, NORTH), (EAST, NORTH + 200)])
        found = service_coverage(opened([bowtie], place("s", 100, 100)), "school", 500)
        assert found.total.share == 1.0
        assert found.total.area_m2 == pytest.approx(20_000, rel=GRID_SCALE)  # two triangles of 200 m by 100 m

    def test_a_hundred_facilities_at_one_place_serve_no_more_than_one(self) -> None:
        view = opened([TEN_KM], *(place(f"s{n}", 5_000, 5_000) for n in range(100)))
        found = service_coverage(view, "school", 500)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM, rel=2e-5)
        assert len(found.counted) == 100

    def test_zones_on_both_sides_of_a_zone_border_of_the_projection_share_a_disc(self) -> None:
        """Around 118.5° E, where 3° zones 39 and 40 meet: the disc is whole, and half of it in each square."""
        boxes = [shapely.box(118.49, 31.79, 118.5, 31.81), shapely.box(118.5, 31.79, 118.51, 31.81)]
        school = Facility("s", Text.same("s"), "school", shapely.Point(118.5, 31.8), accuracy_m=0.0)
        found = service_coverage(opened(make_layer(boxes, crs="EPSG:4490"), school), "school", 500)
        halves = [zone.covered_m2 for zone in found.zones]
        assert halves == pytest.approx([QUARTER_KM / 2] * 2, rel=1e-3)
        assert found.total.covered_m2 == pytest.approx(QUARTER_KM, rel=1e-3)
