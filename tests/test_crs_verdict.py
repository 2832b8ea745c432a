"""What decides on a file's coordinates, case by case, in the words a user reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from geoplan.crs_verdict import Site, apply, decide
from geoplan.errors import CrsError, MissingCrsError, UsageError
from geoplan.inspection import CrsVerdict, Offset, Verdict
from tests.crs_files import (
    HEFEI,
    TARGET,
    Shapes,
    apart,
    current,
    eastward,
    indicative,
    official,
    projected,
    shapes,
    swapped,
    update,
    without_zones,
    written,
)

WGS84 = CRS.from_epsg(4326)
PARAMETERS = "+towgs84=10,20,30,0,0,0,0"


def crs(code: int) -> CRS:
    return CRS.from_epsg(code)


def gcj02(degrees: Shapes) -> Shapes:
    return written(degrees, 4326, "gcj02", "as it is")


def traced(degrees: Shapes) -> Shapes:
    """Every vertex up to 5 m off, as by hand; a vertex that two rings share stays shared."""

    def wobble(xy: Any) -> Any:
        return xy + 4.5e-5 * np.sin(xy * 1e7 + xy[:, ::-1] * 3e6)

    return np.asarray(shapely.transform(degrees, wobble), dtype=object)


def english(verdict: CrsVerdict) -> str:
    return verdict.explanation.en


# --- what is declared, and fits ---


def test_a_true_label_is_declared_and_the_boundaries_say_so() -> None:
    verdict = decide(update(), WGS84, site=official())
    assert verdict.verdict is Verdict.DECLARED
    assert verdict.declared == "EPSG:4326"
    # 75 distinct corners, of which the moved one and the four of the new zone are elsewhere.
    assert english(verdict) == (
        "Declared EPSG:4326: 70 of 75 vertices lie within 1 m of the current boundaries (median 0.00 m)."
    )
    assert verdict.explanation.zh == "声明为 EPSG:4326：75 个顶点中有 70 个距现行边界不超过 1 m，中位距离 0.00 m。"


def test_the_step_from_wgs_84_is_null_and_says_how_sure_that_is() -> None:
    verdict = decide(update(), WGS84, site=official())
    assert verdict.operation == "null (WGS 84 and CGCS2000 differ by less than 0.1 m)"
    assert verdict.accuracy_m == 0.1
    assert decide(projected(update(), 4527), crs(4527), site=official()).accuracy_m == 0.0


def test_the_score_is_the_overlap_with_the_current_zones() -> None:
    chosen = decide(update(), WGS84, site=official()).chosen
    old, new = (shapely.union_all(projected(each, 4548)) for each in (current(), update()))
    assert chosen is not None
    assert chosen.score == pytest.approx(old.intersection(new).area / old.union(new).area, abs=0.02)
    assert chosen.distance_m == pytest.approx(0, abs=1e-6)
    assert chosen.lands_on_site


def test_cgcs2000_and_wgs_84_are_one_reading_and_the_label_names_it() -> None:
    for label in (4326, 4490):
        verdict = decide(update(), crs(label), site=official())
        assert verdict.chosen is not None
        assert verdict.chosen.crs == f"EPSG:{label}"
        assert [one.offset for one in verdict.candidates] == [Offset.NONE, Offset.GCJ02, Offset.BD09]


def test_three_and_six_degree_systems_of_one_meridian_are_one_reading() -> None:
    verdict = decide(projected(update(), 4509), crs(4509), site=official())
    assert verdict.verdict is Verdict.DECLARED
    assert {one.crs for one in verdict.candidates} == {"EPSG:4509"}
    unlabelled = decide(projected(update(), 4509), None, site=without_zones())
    assert {one.crs for one in unlabelled.candidates} == {"EPSG:4548"}
    assert "EPSG:4509 is the same" in english(unlabelled)


def test_what_needs_nothing_done_comes_back_with_the_coordinates_it_has() -> None:
    metres = projected(update(), 4548)
    result = apply(metres, decide(metres, TARGET, site=official()), TARGET)
    assert (shapely.get_coordinates(result) == shapely.get_coordinates(metres)).all()


def test_an_esri_label_is_as_good_as_a_code() -> None:
    label = CRS.from_wkt(crs(4527).to_wkt("WKT1_ESRI"))
    verdict = decide(projected(update(), 4527), label, site=official())
    assert verdict.verdict is Verdict.DECLARED
    assert verdict.chosen is not None
    assert (verdict.chosen.crs, verdict.chosen.zone_prefix) == ("EPSG:4527", 39)


# --- the shift of web maps ---


def test_a_shift_is_undone_when_official_boundaries_fit_only_so_and_the_size_is_told() -> None:
    geometry = gcj02(update())
    verdict = decide(geometry, WGS84, site=official())
    assert verdict.verdict is Verdict.INFERRED
    assert english(verdict) == (
        "Declared EPSG:4326, but 70 of 75 vertices lie within 1 m of the current boundaries (median 0.00 m) "
        "only after undoing GCJ-02 (shift 570 m towards ESE)."
    )
    assert verdict.operation is not None
    assert verdict.operation.startswith("GCJ-02 undone")
    assert apart(apply(geometry, verdict, TARGET), update()) < 1e-3


def test_the_same_shift_stops_where_boundaries_are_only_indicative() -> None:
    verdict = decide(gcj02(update()), WGS84, site=indicative())
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert verdict.chosen is None
    assert "may be off by 3,000 m, so a shift of 570 m is not undone unless it is asked for" in english(verdict)
    for option in ("--offset gcj02", "--offset none"):
        assert option in english(verdict)
        assert option in verdict.explanation.zh


@pytest.mark.parametrize(("accuracy", "expected"), [(56.0, "inferred"), (58.0, "ambiguous"), (None, "ambiguous")])
def test_a_shift_is_undone_unasked_only_if_boundaries_are_ten_times_as_sure(
    accuracy: float | None, expected: str
) -> None:
    # The shift is 570 m in the middle of the zones.
    verdict = decide(gcj02(update()), WGS84, site=replace(official(), accuracy_m=accuracy))
    assert verdict.verdict.value == expected


@pytest.mark.parametrize("site", [official(), indicative()], ids=["official", "indicative"])
def test_boundaries_traced_on_a_web_map_stop_with_both_choices(site: Site) -> None:
    verdict = decide(traced(gcj02(update())), WGS84, site=site)
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert "more than chance explains, but not enough to be sure" in english(verdict)
    assert [one.options for one in verdict.candidates[:2]] == ["--offset gcj02", "--offset none"]


def test_boundaries_traced_without_a_shift_are_what_they_are_declared() -> None:
    assert decide(traced(update()), WGS84, site=official()).verdict is Verdict.DECLARED


def test_a_file_of_which_some_zones_are_shifted_stops() -> None:
    mixed = np.concatenate([update()[:2], gcj02(update())[2:]])
    verdict = decide(mixed, WGS84, site=official())
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert "several sources" in english(verdict)


def test_what_the_user_says_about_the_shift_is_done() -> None:
    for offset, geometry in ((Offset.GCJ02, gcj02(update())), (Offset.NONE, update())):
        verdict = decide(geometry, WGS84, site=indicative(), offset=offset)
        assert verdict.verdict is Verdict.DECLARED
        assert apart(apply(geometry, verdict, TARGET), update()) < 1e-3


def test_a_plan_that_was_published_with_the_shift_can_be_mended_by_loading_the_file_again() -> None:
    published = replace(official(), zones=gcj02(current()))
    verdict = decide(gcj02(current()), WGS84, site=published, offset=Offset.GCJ02)
    assert verdict.chosen is not None
    assert apart(apply(gcj02(current()), verdict, TARGET), current()) < 1e-3


def test_redrawn_boundaries_go_on_as_declared_with_a_caution() -> None:
    redrawn = shapes(shapely.box(117.09, 31.815, 117.12, 31.84), shapely.box(117.2, 31.83, 117.22, 31.85))
    verdict = decide(redrawn, WGS84, site=indicative())
    assert verdict.verdict is Verdict.DECLARED
    assert "cannot be told here" in english(verdict)
    assert "--offset gcj02" in verdict.explanation.zh


def test_a_shift_is_refused_outside_china_because_there_is_none() -> None:
    paris = shapes(shapely.box(2.3, 48.85, 2.31, 48.86))
    site = Site(crs(32631), extent=(2.2, 48.8, 2.4, 48.9))
    verdict = decide(paris, WGS84, site=site, offset=Offset.BD09)
    assert verdict.verdict is Verdict.REFUSED
    assert "outside China" in english(verdict)
    plain = decide(paris, WGS84, site=site)
    assert plain.verdict is Verdict.DECLARED
    assert "cannot be told" not in english(plain)


def squares(*corners: tuple[float, float], size: float = 500.0) -> Shapes:
    return shapes(*(shapely.box(518000 + x, 3521000 + y, 518000 + x + size, 3521000 + y + size) for x, y in corners))


def drawn_on_amap(metres: Shapes) -> Shapes:
    degrees = np.asarray(
        shapely.transform(metres, Transformer.from_crs(4548, 4490, always_xy=True).transform, interleaved=False)
    )
    return gcj02(degrees)


def with_corners_moved(metres: Shapes, count: int) -> Shapes:
    """The first corners of each square pushed out by 40 m and more, each its own way."""

    def push(xy: Any) -> Any:
        xy = xy.copy()
        for place, corner in enumerate(np.unique(xy, axis=0)[:count]):
            xy[(xy == corner).all(axis=1)] += np.array([-40.0 - 7 * place, -55.0 - 11 * place])
        return xy

    return np.asarray(shapely.transform(metres, push), dtype=object)


@pytest.mark.parametrize(
    ("changed", "expected"), [(0, "inferred"), (1, "ambiguous"), (2, "declared"), (3, "declared"), (4, "declared")]
)
def test_a_single_square_is_shifted_back_only_if_all_of_it_coincides_and_stops_on_three_corners(
    changed: int, expected: str
) -> None:
    site = Site(TARGET, squares((0, 0)), TARGET, accuracy_m=0.1)
    verdict = decide(drawn_on_amap(with_corners_moved(squares((0, 0)), changed)), WGS84, site=site)
    assert verdict.verdict.value == expected


def test_parcels_in_a_dense_plan_are_told_apart_by_exact_copies() -> None:
    parcels = squares(*((25 * i, 25 * j) for i in range(40) for j in range(40)), size=25)
    site = Site(TARGET, parcels, TARGET, accuracy_m=0.1)
    few = parcels[[5, 6, 300, 301, 302, 777]]
    shifted = decide(drawn_on_amap(few), WGS84, site=site)
    assert shifted.verdict is Verdict.INFERRED
    assert shifted.chosen is not None
    assert shifted.chosen.offset is Offset.GCJ02
    assert decide(few, TARGET, site=site).verdict is Verdict.DECLARED


def test_one_shifted_zone_among_many_true_ones_stops() -> None:
    corners = [(900 * i + 130 * (j % 3), 700 * j + 90 * (i % 4)) for i in range(6) for j in range(5)]
    metres = squares(*corners, size=400)
    site = Site(TARGET, metres, TARGET, accuracy_m=0.1)
    degrees = shapely.transform(metres, Transformer.from_crs(4548, 4490, always_xy=True).transform, interleaved=False)
    mixed = np.concatenate([degrees[:-1], gcj02(degrees)[-1:]])
    verdict = decide(mixed, WGS84, site=site)
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert "several sources" in english(verdict)


# --- axes, zone numbers, missing and wrong labels ---


def test_latitude_first_is_seen_from_the_numbers_alone() -> None:
    verdict = decide(swapped(update()), WGS84, site=without_zones())
    assert verdict.verdict is Verdict.INFERRED
    assert english(verdict).startswith(
        "Declared EPSG:4326, which the numbers cannot be of; with latitude first, the file lands on the plan."
    )


def test_a_zone_number_the_label_does_not_have_is_seen_from_the_numbers_alone() -> None:
    metres = eastward(projected(update(), 4548), 39e6)
    verdict = decide(metres, TARGET, site=without_zones())
    assert verdict.verdict is Verdict.INFERRED
    assert verdict.chosen is not None
    assert (verdict.chosen.crs, verdict.chosen.zone_prefix) == ("EPSG:4527", 39)
    assert apart(apply(metres, verdict, TARGET), update()) < 1e-3


def test_a_zone_number_of_another_meridian_than_the_label_stops() -> None:
    metres = eastward(projected(update(), 4526), 0.0)
    verdict = decide(metres, crs(4527), site=without_zones())
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert verdict.candidates[0].crs == "EPSG:4526"


def test_a_missing_label_stops_without_current_boundaries_and_lists_what_lands() -> None:
    verdict = decide(projected(update(), 4548), None, site=without_zones())
    assert verdict.verdict is Verdict.MISSING
    assert "--crs EPSG:4548" in english(verdict)
    assert "Xian 1980" in english(verdict)
    with pytest.raises(MissingCrsError, match="No coordinate system is declared"):
        apply(projected(update(), 4548), verdict, TARGET)


def test_a_missing_label_with_no_plan_lists_every_meridian_and_picks_none() -> None:
    verdict = decide(projected(update(), 4548), None, site=None)
    assert verdict.verdict is Verdict.MISSING
    assert {"EPSG:4547", "EPSG:4548", "EPSG:4549"} <= {one.crs for one in verdict.candidates}


def test_metres_labelled_as_degrees_stop_without_current_boundaries() -> None:
    verdict = decide(projected(update(), 4548), WGS84, site=without_zones())
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert "--crs EPSG:4548" in english(verdict)
    with pytest.raises(CrsError, match="does not land on the plan"):
        apply(projected(update(), 4548), verdict, TARGET)


def test_a_file_of_another_place_is_refused_unless_the_user_stands_for_it() -> None:
    beijing = np.asarray(shapely.transform(update(), lambda xy: xy + np.array([-1.0, 8.0])), dtype=object)
    verdict = decide(beijing, WGS84, site=official())
    assert verdict.verdict is Verdict.REFUSED
    insisted = decide(beijing, WGS84, site=official(), crs="EPSG:4326")
    assert insisted.verdict is Verdict.DECLARED
    assert "892 km from the plan" in english(insisted)


def test_one_feature_with_its_axes_exchanged_is_named() -> None:
    degrees = np.concatenate([update()[:4], swapped(update())[4:]])
    verdict = decide(degrees, WGS84, site=official())
    assert verdict.verdict is Verdict.REFUSED
    assert "1 of 5 features (#5)" in english(verdict)
    metres = np.concatenate([projected(update(), 4548)[:4], swapped(projected(update(), 4548))[4:]])
    verdict = decide(metres, TARGET, site=without_zones())
    assert verdict.verdict is Verdict.REFUSED
    assert "(#5) land further than 30 km" in english(verdict)


def test_the_axes_a_user_names_are_the_only_ones_tried() -> None:
    metres = swapped(projected(update(), 4548))
    verdict = decide(metres, TARGET, site=without_zones(), axes="north-east")
    assert verdict.verdict is Verdict.DECLARED
    assert apart(apply(metres, verdict, TARGET), update()) < 1e-3
    with pytest.raises(UsageError, match="axis order"):
        decide(metres, TARGET, site=None, axes="up-down")


def test_an_unknown_system_on_the_command_line_is_an_error() -> None:
    with pytest.raises(CrsError, match="not a known coordinate system"):
        decide(update(), None, site=official(), crs="EPSG:hello")


# --- datums ---


@pytest.mark.parametrize("code", [2384, 2363, 2436, 4610])
def test_xian_1980_and_beijing_1954_are_refused_without_parameters(code: int) -> None:
    verdict = decide(projected(update(), code) if code != 4610 else update(), crs(code), site=without_zones())
    assert verdict.verdict is Verdict.REFUSED
    assert "No public parameters" in english(verdict)
    assert "+towgs84" in verdict.explanation.zh


def in_xian(degrees: Shapes) -> Shapes:
    """CGCS2000 degrees to Xian 1980 metres with the parameters of this test, by PROJ's own pipeline."""
    ahead = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=push +v_3 +step +proj=cart +ellps=GRS80 "
        "+step +inv +proj=helmert +x=10 +y=20 +z=30 "
        "+step +inv +proj=cart +a=6378140 +rf=298.257 +step +proj=pop +v_3 "
        "+step +proj=tmerc +lon_0=117 +x_0=500000 +a=6378140 +rf=298.257"
    )
    return np.asarray(shapely.transform(degrees, ahead.transform, interleaved=False), dtype=object)


@pytest.mark.parametrize("prefix", [0.0, 39e6])
def test_parameters_given_for_a_datum_are_used_and_told(prefix: float) -> None:
    metres = eastward(in_xian(update()), prefix)
    verdict = decide(metres, crs(2384), site=official(), operation=PARAMETERS)
    assert verdict.chosen is not None, english(verdict)
    assert apart(apply(metres, verdict, TARGET), update()) < 1e-3
    assert f"EPSG:2384 with {PARAMETERS}" in english(verdict)
    assert verdict.operation is not None
    assert verdict.accuracy_m is None  # nobody said how good the parameters are


def test_a_system_with_its_parameters_can_be_given_as_text() -> None:
    text = f"+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +a=6378140 +rf=298.257 {PARAMETERS} +units=m +type=crs"
    metres = in_xian(update())
    verdict = decide(metres, None, site=official(), crs=text)
    assert verdict.verdict is Verdict.DECLARED
    # What a revision keeps is enough to do it again.
    assert verdict.chosen is not None
    assert apart(apply(metres, verdict.chosen, TARGET), update()) < 1e-3


@pytest.mark.parametrize("operation", ["", "helmert", "+proj=pipeline +step +proj=noop", "+towgs84=1,2,3; rm"])
def test_an_operation_that_is_no_set_of_parameters_is_an_error(operation: str) -> None:
    with pytest.raises(UsageError, match="towgs84"):
        decide(update(), crs(4610), site=None, operation=operation)


def test_boundaries_all_moved_alike_stop_because_that_is_how_a_wrong_datum_looks() -> None:
    # 60 m west and 45 m north, about what Xian 1980 numbers do under a CGCS2000 label.
    moved = np.asarray(
        shapely.transform(projected(update(), 4548), lambda xy: xy + np.array([-60.0, 45.0])), dtype=object
    )
    verdict = decide(moved, TARGET, site=official())
    assert verdict.verdict is Verdict.AMBIGUOUS
    assert "current boundaries moved by 75 m towards NW" in english(verdict)
    assert "--offset none" in english(verdict)
    accepted = decide(moved, TARGET, site=official(), offset=Offset.NONE)
    assert accepted.verdict is Verdict.DECLARED


# --- odd files ---


def test_a_file_without_coordinates_is_what_it_is_declared() -> None:
    empty = shapes(None, shapely.Polygon())
    assert decide(empty, WGS84, site=official()).verdict is Verdict.DECLARED
    assert decide(empty, None, site=official()).verdict is Verdict.MISSING
    assert decide(shapes(), crs(2384), site=None).verdict is Verdict.REFUSED


def test_empty_and_missing_features_and_such_with_no_number_do_not_disturb_the_others() -> None:
    broken = shapely.Polygon([(117.1, np.inf), (117.2, 31.8), (117.2, 31.9), (117.1, np.inf)])
    odd = shapes(None, shapely.Polygon(), broken, *update())
    verdict = decide(odd, WGS84, site=official())
    assert verdict.verdict is Verdict.DECLARED
    assert "70 of 75" in english(verdict)


def test_points_and_lines_are_held_against_the_plan_as_well() -> None:
    corners = np.array(shapely.points(shapely.get_coordinates(gcj02(current()))), dtype=object)
    assert decide(corners, WGS84, site=official()).chosen is not None
    lines = np.asarray(shapely.boundary(gcj02(current())), dtype=object)
    chosen = decide(lines, WGS84, site=official()).chosen
    assert chosen is not None
    assert chosen.offset is Offset.GCJ02


def test_a_site_that_knows_no_place_is_as_good_as_none() -> None:
    assert decide(update(), WGS84, site=Site(TARGET)).verdict is Verdict.DECLARED
    empty = Site(TARGET, shapes(None, shapely.Polygon()), TARGET, 1.0, HEFEI)
    assert decide(update(), WGS84, site=empty).verdict is Verdict.DECLARED


def test_the_same_file_gets_the_same_verdict_every_time() -> None:
    first, second = (decide(gcj02(update()), None, site=indicative()) for _ in range(2))
    assert first == second
