"""Coordinate systems: one type inside, east first, and no silent change of datum."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.crs import (
    code_of,
    convert,
    default_projected,
    determinants,
    fitness,
    is_cgcs2000_or_wgs84,
    metres_jacobian,
    metres_per_unit,
    norm_crs,
    operation_between,
    outside_range,
    project,
    require_projected,
    same_crs,
    same_datum,
    to_degrees,
    to_lonlat,
)
from geoplan.errors import CrsError

HEFEI = (117.2, 31.82)
# Xian 1980 ellipsoid with three made-for-the-test shifts: parameters a user would declare.
WITH_PARAMETERS = (
    "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +a=6378140 +rf=298.257 "
    "+towgs84=10,20,30,0,0,0,0 +units=m +type=crs"
)


def code(number: int) -> CRS:
    return norm_crs(number)


def hefei_square() -> shapely.Polygon:
    return shapely.box(117.2, 31.8, 117.21, 31.81)


# --- names ---


@pytest.mark.parametrize("value", ["EPSG:4548", "epsg:4548", "4548", 4548, CRS.from_epsg(4548)])
def test_a_crs_is_known_by_code_number_or_itself(value: object) -> None:
    assert code_of(norm_crs(value)) == "EPSG:4548"


@pytest.mark.parametrize("number", [4490, 4527, 4548, 4610, 2363, 2384, 2415, 2436])
def test_the_esri_text_of_a_chinese_system_finds_its_code(number: int) -> None:
    esri = norm_crs(CRS.from_epsg(number).to_wkt("WKT1_ESRI"))
    assert code_of(esri) == f"EPSG:{number}"
    assert same_crs(esri, code(number))


def test_a_system_the_registry_does_not_know_is_called_by_its_name() -> None:
    text = CRS.from_epsg(4548).to_wkt().replace("117,", "117.3,").replace(',ID["EPSG",4548]', "")
    assert code_of(norm_crs(text)) == "CGCS2000 / 3-degree Gauss-Kruger CM 117E"


def test_a_crs_with_heights_loses_them() -> None:
    assert code_of(norm_crs(7415)) == "EPSG:28992"
    assert len(norm_crs(4979).axis_info) == 2


@pytest.mark.parametrize("value", ["hello", "EPSG:999999", None, ""])
def test_an_unknown_crs_is_refused_with_a_next_step(value: object) -> None:
    with pytest.raises(CrsError, match="not a known coordinate system") as caught:
        norm_crs(value)
    assert "EPSG:4548" in caught.value.line("en")
    assert "EPSG:4548" in caught.value.line("zh")


def test_earth_centred_coordinates_are_refused() -> None:
    with pytest.raises(CrsError, match="neither longitude and latitude"):
        norm_crs(4978)


def test_degrees_from_paris_in_grads_are_refused() -> None:
    with pytest.raises(CrsError, match="Greenwich"):
        norm_crs(4807)


# --- the system to measure in ---


@pytest.mark.parametrize(
    ("lon", "expected"),
    [(75.0, 4534), (117.2, 4548), (118.49, 4548), (118.51, 4549), (135.0, 4554), (73.5, 4534), (136.5, 4554)],
)
def test_in_china_the_nearest_central_meridian_is_chosen(lon: float, expected: int) -> None:
    chosen = default_projected(lon, 31.8)
    assert chosen.to_epsg() == expected
    assert abs(fitness(chosen, lon, 31.8).central_meridian - lon) <= 1.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [(2.3, 48.9, 32631), (151.2, -33.9, 32756), (-180, 10, 32601), (180, 10, 32660), (117, -10, 32750)],
)
def test_elsewhere_utm_is_chosen(lon: float, lat: float, expected: int) -> None:
    assert default_projected(lon, lat).to_epsg() == expected


@pytest.mark.parametrize(("lon", "lat"), [(518935.0, 3521910.0), (31.8, 117.2), (float("nan"), 31.8)])
def test_no_system_is_chosen_for_what_is_not_a_place(lon: float, lat: float) -> None:
    with pytest.raises(CrsError, match="is not a place"):
        default_projected(lon, lat)


# --- datums ---


@pytest.mark.parametrize("number", [4326, 4490, 4548, 4527, 4509, 32650, 3857, 4979, 4480, 9057])
def test_cgcs2000_and_wgs84_and_what_is_projected_on_them_are_one_datum(number: int) -> None:
    assert is_cgcs2000_or_wgs84(code(number))
    assert same_datum(code(number), code(4490))


@pytest.mark.parametrize("number", [4610, 4214, 4555, 2384, 2436, 4258, 4267])
def test_other_datums_are_not_taken_for_it(number: int) -> None:
    assert not is_cgcs2000_or_wgs84(code(number))
    assert not same_datum(code(number), code(4490))


def test_a_datum_named_cgcs2000_on_another_ellipsoid_is_not_taken_for_it() -> None:
    text = CRS.from_epsg(4490).to_wkt().replace("298.257222101", "298.3").replace(',ID["EPSG",4490]', "")
    assert not is_cgcs2000_or_wgs84(norm_crs(text))


def test_between_wgs84_and_cgcs2000_degrees_stay_to_the_last_bit() -> None:
    moved = project([hefei_square()], code(4326), code(4490))[0]
    assert moved.equals_exact(hefei_square(), 0)
    assert operation_between(code(4326), code(4490)).accuracy_m == 0.1
    assert "null" in operation_between(code(4326), code(4548)).description


@pytest.mark.parametrize("source", [4610, 2384, 2363, 4214, 2436, 2415, 4555])
@pytest.mark.parametrize("target", [4490, 4548, 4326, 32650])
def test_xian_1980_and_beijing_1954_are_refused_without_parameters(source: int, target: int) -> None:
    with pytest.raises(CrsError, match="No public parameters") as caught:
        operation_between(code(source), code(target))
    assert "towgs84" in caught.value.line("en")
    assert "参数" in caught.value.line("zh")
    point = [shapely.Point(117.2, 31.8)] if code(source).is_geographic else [shapely.Point(518935, 3521910)]
    with pytest.raises(CrsError):
        project(point, code(source), code(target))


def test_beijing_1954_is_refused_even_where_a_far_basin_has_parameters() -> None:
    # The registry has Beijing 1954 to WGS 84 for the Tarim and Ordos basins and the Bohai Sea.
    with pytest.raises(CrsError):
        operation_between(code(4214), code(4326), (85.0, 39.0, 86.0, 40.0))


def test_a_change_of_projection_on_xian_1980_itself_is_allowed() -> None:
    assert operation_between(code(2384), code(2363)).accuracy_m == 0
    x, y = convert(np.array([500000.0]), np.array([3.5e6]), code(2384), code(2363))
    assert (x[0], y[0]) == pytest.approx((39_500_000, 3.5e6), abs=1e-4)


def test_a_datum_that_is_not_stated_is_refused() -> None:
    local = norm_crs("+proj=tmerc +lat_0=0 +lon_0=117.3 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +type=crs")
    with pytest.raises(CrsError, match="No public parameters"):
        operation_between(local, code(4548))


def test_parameters_a_user_declares_are_applied() -> None:
    source = norm_crs(WITH_PARAMETERS)
    assert operation_between(source, code(4490)).accuracy_m is None
    lon, lat = convert(np.array([500000.0]), np.array([3.5e6]), source, code(4490))
    # By hand: geodetic to earth-centred on a = 6378140, 1/f = 298.257; add 10, 20, 30 m; and back on WGS 84.
    lon0, lat0 = (values[0] for values in to_degrees(np.array([500000.0]), np.array([3.5e6]), source))
    x, y, z = earth_centred(lon0, lat0, 6378140, 1 / 298.257)
    back = earth_centred(lon[0], lat[0], 6378137, 1 / 298.257223563)
    moved = np.array([x + 10, y + 20, z + 30])
    # Heights are dropped on the way, so only the direction from the earth's centre is comparable.
    cosine = moved @ np.array(back) / np.linalg.norm(moved) / np.linalg.norm(back)
    assert np.arccos(min(cosine, 1.0)) * 6.37e6 < 0.2
    assert np.hypot(lon[0] - lon0, lat[0] - lat0) > 1e-4


def earth_centred(lon: float, lat: float, a: float, f: float) -> tuple[float, float, float]:
    e2 = f * (2 - f)
    n = a / np.sqrt(1 - e2 * np.sin(np.radians(lat)) ** 2)
    cos_lat, sin_lat = np.cos(np.radians(lat)), np.sin(np.radians(lat))
    return n * cos_lat * np.cos(np.radians(lon)), n * cos_lat * np.sin(np.radians(lon)), n * (1 - e2) * sin_lat


def test_a_datum_change_with_parameters_is_allowed_only_where_they_hold() -> None:
    alberta = operation_between(code(4267), code(4326), (-114.5, 52.0, -114.0, 52.5))
    assert alberta.accuracy_m is not None
    assert 0 < alberta.accuracy_m <= 50
    with pytest.raises(CrsError):
        operation_between(code(4267), code(4326), (117.0, 31.0, 118.0, 32.0))


def test_etrs89_reaches_cgcs2000_in_europe_and_not_in_china() -> None:
    assert operation_between(code(4258), code(4490), (8.0, 50.0, 9.0, 51.0)).accuracy_m == 1
    with pytest.raises(CrsError):
        project([hefei_square()], code(4258), code(4490))


# --- coordinates ---


def test_east_comes_first_although_the_registry_says_north_first() -> None:
    assert code(4490).axis_info[0].direction == "north"
    assert code(4548).axis_info[0].direction == "north"
    point = project([shapely.Point(117, 31.82)], code(4490), code(4548))[0]
    assert point.x == pytest.approx(500_000, abs=1e-6)  # on the central meridian
    assert 3.52e6 < point.y < 3.53e6
    there_and_back = to_lonlat([point], code(4548))[0]
    assert (there_and_back.x, there_and_back.y) == pytest.approx((117, 31.82), abs=1e-12)


def test_a_zone_prefixed_system_differs_by_39_million_metres_of_easting() -> None:
    plain = project([shapely.Point(*HEFEI)], code(4490), code(4548))[0]
    prefixed = project([shapely.Point(*HEFEI)], code(4490), code(4527))[0]
    assert prefixed.x - plain.x == pytest.approx(39_000_000, abs=1e-6)
    assert prefixed.y == pytest.approx(plain.y, abs=1e-6)


def test_none_and_empty_stay_and_heights_go() -> None:
    raised = shapely.Point(117.2, 31.8, 50)
    moved = project([None, shapely.Polygon(), raised], code(4490), code(4548))
    assert moved[0] is None
    assert moved[1].is_empty
    assert not moved[2].has_z


def test_a_vertex_outside_the_projection_is_never_a_plausible_number() -> None:
    lost = shapely.Polygon([(39_518_935, 3_521_910), (518_935, 3_521_910), (518_935, 3_522_000)])
    moved = project([lost], code(4548), code(4490))[0]
    assert np.isinf(moved.exterior.coords[0]).all()
    assert moved.exterior.coords[1] == pytest.approx((117.2, 31.82), abs=0.1)


@pytest.mark.parametrize(
    ("number", "x", "y", "outside"),
    [
        (4490, 117.2, 31.8, False),
        (4490, 31.8, 117.2, True),
        (4490, 518_935, 3_521_910, True),
        (4490, 180, 90, False),
        (4490, 180.1, 0, True),
        (4490, float("nan"), 31.8, True),
        (4548, 518_935, 3_521_910, False),
        (4548, 39_518_935, 3_521_910, True),
        (4527, 39_518_935, 3_521_910, False),
        (4527, 518_935, 3_521_910, True),
        (4548, 518_935, 39_000_000, True),
        (4548, float("inf"), 3_521_910, True),
        (3857, 1e9, 1e9, True),
    ],
)
def test_coordinates_that_cannot_be_of_a_crs_are_told_apart(number: int, x: float, y: float, outside: bool) -> None:
    shapes = [None, shapely.Point(x, y), shapely.Polygon()]
    assert outside_range(shapes, code(number)).tolist() == [False, outside, False]


# --- fitness ---


def test_web_mercator_is_unfit_for_areas_at_hefei() -> None:
    verdict = fitness(code(3857), 117.2, 31.79)
    assert verdict.error == pytest.approx(0.388, abs=0.001)
    assert verdict.verdict == "unfit"
    assert verdict.central_meridian is None
    assert "+38.8 %" in verdict.message.en
    assert "+38.8 %" in verdict.message.zh


@pytest.mark.parametrize("number", [4549, 4528])
def test_the_neighbouring_central_meridian_is_doubtful_at_hefei(number: int) -> None:
    verdict = fitness(code(number), 117.155, 31.78)
    assert verdict.error == pytest.approx(0.0018, abs=0.00005)
    assert verdict.verdict == "doubtful"
    assert verdict.central_meridian == 120
    assert "+0.179 %" in verdict.message.en


def test_the_right_central_meridian_is_fit_and_still_names_its_error() -> None:
    # On CM 117E the scale is 1 + (distance / R)² / 2; 18.94 km away the area is off by 8.8e-6.
    verdict = fitness(code(4548), *HEFEI)
    assert verdict.verdict == "fit"
    assert verdict.error == pytest.approx((18_935 / 6.370e6) ** 2, rel=0.01)
    assert verdict.central_meridian == 117


def test_utm_is_fit_with_its_scale_of_0_9996_squared_on_the_central_meridian() -> None:
    assert fitness(code(32650), 117, 31.8).error == pytest.approx(0.9996**2 - 1, rel=1e-5)


def test_a_system_in_feet_is_measured_in_metres() -> None:
    assert metres_per_unit(code(2263)) == pytest.approx(0.3048006096)
    assert abs(fitness(code(2263), -74, 40.7).error) < 1e-4


def test_where_the_projection_is_not_defined_it_is_unfit() -> None:
    verdict = fitness(code(4548), 27.0, 0.0)
    assert verdict.verdict == "unfit"
    assert "not defined" in verdict.message.en
    assert fitness(code(3857), 0, 90.0).verdict == "unfit"


def test_fitness_asks_for_a_plane() -> None:
    with pytest.raises(CrsError, match="not a projected"):
        fitness(code(4490), *HEFEI)
    with pytest.raises(CrsError, match="no plane"):
        require_projected(code(4326))


# --- metres at a place ---


def test_a_unit_step_north_and_east_agrees_with_the_geodesic() -> None:
    from_degrees = metres_jacobian(code(4490), np.array([117.2]), np.array([31.82]))[0]
    # 111 km per degree of latitude and cos 31.82° of that per degree of longitude, to half a percent.
    assert from_degrees[1, 1] == pytest.approx(110_890, rel=5e-3)
    assert from_degrees[0, 0] == pytest.approx(111_320 * np.cos(np.radians(31.82)), rel=5e-3)


def test_across_the_antimeridian_the_scale_stays_that_of_the_projection() -> None:
    x, y = project([shapely.Point(180, 10)], code(4326), code(32601))[0].coords[0]
    west = determinants(metres_jacobian(code(32601), np.array([x - 5000]), np.array([y])))[0]
    on_it = determinants(metres_jacobian(code(32601), np.array([x]), np.array([y])))[0]
    assert on_it == pytest.approx(west, rel=1e-4)


# --- whatever stands where a code belongs ---


@pytest.mark.parametrize("value", [
    "", "   ", "a\x00b", "\ud800", "caf\udce9", "\x1b[2J\x1b]0;owned\x07", "\u202eEPSG:4548", "EPSG:", "EPSG:99999999",
    "EPSG:4548; DROP TABLE", "+proj=pipeline +step", "x" * 100_000, "ＥＰＳＧ：4548", "/etc/passwd", "EPSG:4978",
    "EPSG:5773", None, True, -1, 10**30, float("nan"), 4548.0, [], {}, b"EPSG:4548",
])  # fmt: skip
def test_what_is_no_system_is_one_printable_line_in_both_languages_with_a_next_step(value: object) -> None:
    with pytest.raises(CrsError) as caught:
        norm_crs(value)
    for language in ("en", "zh"):
        line = caught.value.line(language)
        assert line.isprintable()
        assert len(line) < 300
        line.encode()
    assert caught.value.hint is not None


@pytest.mark.parametrize("spelling", [
    "EPSG:4548", "epsg:4548", " EPSG:4548 ", "EPSG:4548\n", "4548", 4548, "urn:ogc:def:crs:EPSG::4548",
    CRS.from_epsg(4548), CRS.from_epsg(4548).to_wkt(),
])  # fmt: skip
def test_a_code_is_the_same_however_it_is_spelt(spelling: object) -> None:
    assert code_of(norm_crs(spelling)) == "EPSG:4548"
