"""The parts a verdict is made of: numbers, readings, the plan's ground, chance, and the words."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.crs import norm_crs
from geoplan.crs_verdict.case import asked_for, quoted
from geoplan.crs_verdict.fit import DOUBT, PROOF, beyond_chance, common_move, distinct, explaining, least_chance, place
from geoplan.crs_verdict.readings import (
    EAST_NORTH,
    NORTH_EAST,
    Numbers,
    Reading,
    as_written,
    crs_text,
    every_reading,
    own_prefix,
    reading_of,
    same_numbers,
    ways_to_write,
    with_offsets,
)
from geoplan.crs_verdict.site import Ground, Site
from geoplan.crs_verdict.wording import metres, options, wind
from geoplan.inspection import Candidate, Offset
from tests.crs_files import TARGET, current, official, projected, shapes, update
from tests.helpers import EAST, NORTH, square

WITH_PARAMETERS = (
    "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +a=6378140 +rf=298.257 "
    "+towgs84=10,20,30,0,0,0,0 +units=m +type=crs"
)


def crs(code: int) -> CRS:
    return norm_crs(code)


def squares() -> Numbers:
    """Two squares of 100 m in EPSG:4548 with a gap between them."""
    return Numbers.of(shapes(square(EAST, NORTH, 100), square(EAST + 300, NORTH, 100)))


def ground_of(*geometries: object) -> Ground:
    ground = Ground.of(Site(TARGET, shapes(*geometries), TARGET, 1.0))
    assert ground is not None
    return ground


# --- numbers ---


def test_numbers_are_boxes_distinct_vertices_and_points_inside_by_area() -> None:
    numbers = Numbers.of(shapes(square(0, 0, 30), None, square(30, 0, 10)))
    assert numbers.feature.tolist() == [0, 2]
    assert numbers.boxes.tolist() == [[0, 0, 30, 30], [30, 0, 40, 10]]
    assert len(numbers.vertices) == 7  # of eight corners one is shared
    assert numbers.area == 1000
    share = (numbers.inside[:, 0] < 30).mean()
    assert share == pytest.approx(0.9, abs=0.04)
    assert len(numbers.inside) == 800


def test_points_inside_keep_out_of_holes() -> None:
    holed = shapely.Polygon(
        square(0, 0, 100).exterior.coords, [shapely.Polygon(square(20, 20, 60)).exterior.coords[::-1]]
    )
    inside = Numbers.of(shapes(holed)).inside
    assert len(inside) == 800
    assert not ((inside > 20) & (inside < 80)).all(axis=1).any()


def test_a_large_file_is_sampled_the_same_way_every_time() -> None:
    circle = shapely.Point(EAST, NORTH).buffer(1000, quad_segs=3000)
    first, second = Numbers.of(shapes(circle)), Numbers.of(shapes(circle))
    assert len(first.vertices) <= 4000
    assert (first.vertices == second.vertices).all()


@pytest.mark.parametrize(
    ("east", "expected"), [(518_000, 0), (39_518_000, 39), (20_518_000, 20), (-518_000, None), (99_518_000, None)]
)
def test_the_zone_number_is_the_millions_of_the_eastings(east: float, expected: int | None) -> None:
    assert Numbers.of(shapes(square(east, NORTH, 100))).prefix(EAST_NORTH) == expected
    assert Numbers.of(shapes(square(NORTH, east, 100))).prefix(NORTH_EAST) == expected


def test_a_file_across_two_zone_numbers_has_none() -> None:
    assert Numbers.of(shapes(square(39_518_000, NORTH, 1), square(40_318_000, NORTH, 1))).prefix(EAST_NORTH) is None


# --- readings ---


def test_a_reading_exchanges_axes_and_takes_zone_numbers_off_or_adds_them() -> None:
    bound = norm_crs(WITH_PARAMETERS)
    x, y = np.array([NORTH]), np.array([EAST + 39e6])
    assert [v[0] for v in Reading(bound, NORTH_EAST, 39).in_crs(x, y)] == [EAST, NORTH]
    x, y = np.array([EAST]), np.array([NORTH])
    assert [v[0] for v in Reading(crs(4527), EAST_NORTH, None).in_crs(x, y)] == [EAST + 39e6, NORTH]
    assert [v[0] for v in as_written(crs(4527)).in_crs(x, y)] == [EAST, NORTH]


@pytest.mark.parametrize(
    ("code", "expected"), [(4527, 39), (4498, 20), (4548, None), (2363, 39), (32650, None), (3857, None), (4490, None)]
)
def test_the_zone_number_of_a_system_is_in_its_false_easting(code: int, expected: int | None) -> None:
    assert own_prefix(crs(code)) == expected


@pytest.mark.parametrize(
    ("code", "east", "expected"),
    [
        (4548, 39_518_000, {"EPSG:4527"}),
        (4548, 20_518_000, {"EPSG:4498"}),
        (4509, 20_518_000, {"EPSG:4498"}),
        (4509, 39_518_000, {"EPSG:4527"}),
        (4527, 518_000, {"EPSG:4548"}),
        (4498, 518_000, {"EPSG:4509"}),
        (4527, 20_518_000, {"EPSG:4498"}),
        # Another meridian's number is no other way to write this system.
        (4548, 38_518_000, set()),
        (4527, 40_518_000, set()),
        (4548, 518_000, set()),
    ],
)
def test_the_twin_of_a_system_has_the_zone_number_of_the_file(code: int, east: float, expected: set[str]) -> None:
    numbers = Numbers.of(shapes(square(east, NORTH, 100)))
    ways = list(ways_to_write(crs(code), numbers, (EAST_NORTH,)))
    assert ways[0] == as_written(crs(code))
    assert {crs_text(way.crs) for way in ways[1:]} == expected


def test_the_codes_of_every_zone_are_those_of_the_registry() -> None:
    for zone in (*range(25, 46), *range(13, 24)):
        numbers = Numbers.of(shapes(square(zone * 1e6 + 500_000, NORTH, 100)))
        first = next(every_reading(numbers, (), (EAST_NORTH,)))
        assert f"zone {zone}" in CRS.from_user_input(crs_text(first.crs)).name
        bare = next(iter(list(ways_to_write(first.crs, squares(), (EAST_NORTH,)))[1:]))
        meridian = 3 * zone if zone >= 25 else 6 * zone - 3
        assert CRS.from_user_input(crs_text(bare.crs)).name.endswith(f"CM {meridian}E")


def test_the_six_degree_twin_named_has_the_same_numbers() -> None:
    degrees = np.array([116.5, 31.8])
    named = 0
    for code in range(4534, 4555):
        twin = same_numbers(crs(code))
        if twin is None:
            continue
        named += 1
        meridian = CRS.from_epsg(code).coordinate_operation.params[1].value  # type: ignore[union-attr]
        place_ = shapes(shapely.Point(meridian + 0.5, degrees[1]))
        one, other = projected(place_, code)[0], projected(place_, int(twin.removeprefix("EPSG:")))[0]
        assert one.distance(other) < 1e-6
    assert named == 11
    assert same_numbers(crs(3857)) is None


def test_bare_metres_may_be_of_every_meridian_and_of_web_maps() -> None:
    found = {crs_text(one.crs) for one in every_reading(squares(), (), (EAST_NORTH,))}
    assert found == {*(f"EPSG:{code}" for code in range(4534, 4555)), "EPSG:3857"}


def test_degrees_are_read_as_degrees_both_ways_round() -> None:
    found = [one for one in every_reading(Numbers.of(update()), (), (EAST_NORTH, NORTH_EAST)) if one.crs.is_geographic]
    assert [one.axis_order for one in found] == [EAST_NORTH]  # 117° is no latitude
    west = Numbers.of(shapes(shapely.box(85.0, 44.0, 85.1, 44.1)))
    found = [one for one in every_reading(west, (), (EAST_NORTH, NORTH_EAST)) if one.crs.is_geographic]
    assert [one.axis_order for one in found] == [EAST_NORTH, NORTH_EAST]


def test_only_wgs_84_and_cgcs2000_carry_the_shift_of_web_maps() -> None:
    assert [one.offset for one in with_offsets(as_written(crs(3857)), tuple(Offset))] == list(Offset)
    assert [one.offset for one in with_offsets(as_written(norm_crs(WITH_PARAMETERS)), tuple(Offset))] == [Offset.NONE]


@pytest.mark.parametrize("value", [4490, 4548, 3857, WITH_PARAMETERS, CRS.from_epsg(4527).to_wkt("WKT1_ESRI")])
def test_the_text_kept_of_a_system_makes_the_same_system_again(value: object) -> None:
    text = crs_text(norm_crs(value))
    again = reading_of(Candidate(text, EAST_NORTH, None, Offset.NONE, 0.0, lands_on_site=False))
    x, y = np.array([EAST]), np.array([NORTH])
    if not again.crs.is_geographic:
        first = Reading(norm_crs(value)).places(x, y)
        assert np.array(again.places(x, y)) == pytest.approx(np.array(first), abs=1e-12)
    assert again.crs.is_bound or crs_text(again.crs) == text


# --- the ground ---


def test_distances_are_metres_to_the_nearest_current_boundary_inside_or_out() -> None:
    ground = ground_of(square(EAST, NORTH, 100))
    points = np.array([[EAST + 50, NORTH + 40], [EAST + 130, NORTH + 50], [EAST, NORTH], [np.nan, 0]])
    assert ground.distances(points) == pytest.approx([40, 30, 0, np.inf], abs=1e-6)


def test_a_point_on_two_zones_counts_once() -> None:
    ground = ground_of(square(EAST, NORTH, 100), square(EAST + 100, NORTH, 100))
    assert ground.covered(np.array([[EAST + 100, NORTH + 50], [EAST - 50, NORTH], [EAST + 10, NORTH + 10]])) == 2 / 3


def test_near_is_30_km_around_the_plan() -> None:
    ground = Ground.of(Site(TARGET, extent=(117.0, 31.8, 117.2, 31.9)))
    assert ground is not None
    # A degree is 111 km of latitude, and 94 km of longitude here.
    lon, lat = np.array([116.69, 116.67, 117.1, 117.1, np.nan]), np.array([31.85, 31.85, 32.16, 32.18, 31.8])
    assert ground.near(lon, lat).tolist() == [True, False, True, False, False]


def test_the_extent_and_the_zones_both_say_where_the_plan_is() -> None:
    ground = Ground.of(Site(TARGET, current(), crs(4326), 1.0, extent=(116.0, 31.0, 116.1, 31.1)))
    assert ground is not None
    assert ground.bounds == pytest.approx((116.0, 31.0, 117.2690233, 31.8891736))


def test_chance_knows_how_dense_the_boundaries_are() -> None:
    sparse = ground_of(square(EAST, NORTH, 5000))
    dense = ground_of(*(square(EAST + 40 * i, NORTH + 40 * j, 40) for i in range(50) for j in range(50)))
    points = np.column_stack([EAST + np.linspace(500, 1500, 200), NORTH + np.linspace(600, 1400, 200)])
    assert sparse.chance(points, 1.0) < 0.02
    assert 0.05 < dense.chance(points, 1.0) < 0.4


# --- chance ---


@pytest.mark.parametrize(("hits", "tried", "chance"), [(4, 4, 0.01), (5, 6, 0.01), (12, 40, 0.05), (70, 75, 0.2)])
def test_what_is_beyond_chance_is_so_by_the_binomial_law(hits: int, tried: int, chance: float) -> None:
    tail = sum(comb(tried, k) * chance**k * (1 - chance) ** (tried - k) for k in range(hits, tried + 1))
    assert tail < 1e-6
    assert beyond_chance(hits, tried, chance)


@pytest.mark.parametrize(
    ("hits", "tried", "chance"),
    [(3, 3, 0.001), (4, 8, 0.05), (10, 100, 0.05), (50, 100, 0.5), (0, 0, 0.01), (4, 4, 1.0)],
)
def test_what_chance_may_do_is_not_beyond_it(hits: int, tried: int, chance: float) -> None:
    assert not beyond_chance(hits, tried, chance)


def test_a_doubt_takes_three_vertices_where_proof_takes_four() -> None:
    assert beyond_chance(3, 4, 0.01, DOUBT)
    assert not beyond_chance(3, 4, 0.01, PROOF)
    assert not beyond_chance(2, 2, 0.01, DOUBT)
    assert not beyond_chance(3, 60, 0.02, DOUBT)


def test_few_vertices_reckon_with_a_larger_chance() -> None:
    assert least_chance(4) == 0.01
    assert least_chance(50) == 0.0025
    assert least_chance(10_000) == 0.002


def test_readings_of_the_same_places_are_one() -> None:
    ground = Ground.of(official())
    numbers = Numbers.of(projected(update(), 4548))
    placed = [place(as_written(crs(code)), numbers, ground) for code in (4548, 4509, 4549)]
    assert [crs_text(one.reading.crs) for one in distinct(one for one in placed if one is not None)] == [
        "EPSG:4548",
        "EPSG:4549",
    ]


def test_a_reading_out_of_the_range_of_its_system_has_no_place() -> None:
    assert place(as_written(crs(4490)), squares(), None) is None


def test_the_preferred_reading_stands_when_it_leaves_nothing_to_another() -> None:
    ground = Ground.of(official())
    assert ground is not None
    numbers = Numbers.of(update())
    plain = place(as_written(crs(4326)), numbers, ground)
    shifted = place(Reading(crs(4326), offset=Offset.GCJ02), numbers, ground)
    assert plain is not None
    assert shifted is not None
    found, clear = explaining((plain, shifted), plain, ground, 1.0, PROOF)
    assert (found, clear) == ((plain,), True)


# --- a common move ---


def test_a_common_move_is_found_in_spite_of_new_and_changed_vertices() -> None:
    ground = Ground.of(official())
    assert ground is not None
    moved = shapely.transform(projected(update(), 4548), lambda xy: xy + np.array([300.0, -400.0]))
    one = place(as_written(TARGET), Numbers.of(moved), ground)
    assert one is not None
    assert common_move(one, ground) == pytest.approx((-300, 400), abs=1e-6)


def test_no_move_and_a_regular_layout_that_repeats_itself_are_none() -> None:
    ground = Ground.of(official())
    assert ground is not None
    still = place(as_written(TARGET), Numbers.of(projected(update(), 4548)), ground)
    assert still is not None
    assert common_move(still, ground) is None
    grid = [square(EAST + 100 * i, NORTH + 100 * j, 100) for i in range(12) for j in range(12)]
    ground = ground_of(*grid)
    elsewhere = place(
        as_written(TARGET), Numbers.of(shapes(*(shapely.transform(s, lambda xy: xy + 30) for s in grid))), ground
    )
    assert elsewhere is not None
    assert common_move(elsewhere, ground) is None


# --- words ---


@pytest.mark.parametrize(
    ("value", "expected"), [(0.004, "0.00 m"), (0.4, "0.40 m"), (565.34, "565 m"), (9.999, "10 m"), (280_400, "280 km")]
)
def test_distances_are_told_as_people_write_them(value: float, expected: str) -> None:
    assert metres(value) == expected


@pytest.mark.parametrize(("azimuth", "expected"), [(0, "N"), (112.67, "ESE"), (68.96, "ENE"), (359, "N"), (225, "SW")])
def test_an_azimuth_is_told_as_a_wind(azimuth: float, expected: str) -> None:
    assert wind(azimuth) == expected


@pytest.mark.parametrize(
    ("reading", "declared", "given", "expected"),
    [
        (Reading(crs(4326), offset=Offset.GCJ02), 4326, None, "--offset gcj02"),
        (Reading(crs(4326), NORTH_EAST), 4326, None, "--axes north-east"),
        (Reading(crs(4527), NORTH_EAST, 39), 4326, None, "--crs EPSG:4527 --axes north-east"),
        (Reading(crs(4490)), None, None, "--crs EPSG:4490"),
        (Reading(crs(4326)), 4326, None, "--crs EPSG:4326"),
        (Reading(crs(4548), offset=Offset.BD09), 4326, "EPSG:4548", "--crs EPSG:4548 --offset bd09"),
    ],
)
def test_options_say_what_differs_from_what_is_declared(
    reading: Reading, declared: int | None, given: str | None, expected: str
) -> None:
    asked = asked_for(None if declared is None else crs(declared), given, None, None, None)
    assert options(reading, asked) == expected


def test_options_tell_listed_readings_apart() -> None:
    asked = asked_for(crs(4326), None, None, None, None)
    plain, shifted, turned = Reading(crs(4326)), Reading(crs(4326), offset=Offset.BD09), Reading(crs(4326), NORTH_EAST)
    assert options(plain, asked, [plain, shifted]) == "--offset none"
    assert options(plain, asked, [plain, turned]) == "--axes east-north"


def test_options_repeat_a_system_as_it_was_given() -> None:
    asked = asked_for(None, WITH_PARAMETERS, None, None, None)
    assert asked.crs is not None
    assert options(Reading(asked.crs), asked) == f"--crs '{WITH_PARAMETERS}'"


def test_a_word_with_a_quote_in_it_is_safe_in_a_shell() -> None:
    assert quoted("EPSG:4548") == "EPSG:4548"
    assert quoted("a'b $(c)") == "'a'\\''b $(c)'"
