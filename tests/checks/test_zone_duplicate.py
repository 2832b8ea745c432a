from __future__ import annotations

import pytest
from shapely.geometry import MultiPolygon

from geoplan.checks.zone_duplicate import zone_duplicate
from geoplan.types import AreaMethod, Severity
from tests.checks.valley import plain, shapes, strip, valley
from tests.helpers import make_layer, make_subject, square

RULE = plain("zone-duplicate")
X, Y = 518_000, 3_521_000


def only_finding(subject):
    [finding] = zone_duplicate(subject, RULE).findings
    return finding


def keyed(ids, geometries):
    return make_subject(make_layer(geometries, ids=ids), method=AreaMethod.PLANAR)


def test_zones_on_one_feature_each_make_no_finding():
    outcome = zone_duplicate(valley(), RULE)
    assert (outcome.examined, outcome.findings) == (4, ())


def test_copies_are_told_as_copies_with_their_feature_numbers():
    finding = only_finding(valley(more=[("core", shapes()["core"])]))
    assert finding.message.en == "Core Area is on 2 features (1, 5): copies of each other; keep one."
    assert finding.message.zh == "核心区出现在 2 个要素上（第 1、5 个）：几何完全相同；请保留一个。"
    assert (finding.zones, finding.severity) == (("core",), Severity.ERROR)
    assert (finding.expected, finding.measured) == (1, 2)


def test_a_copy_with_another_ring_start_and_orientation_is_a_copy():
    ring = list(shapes()["core"].exterior.coords)[:-1]
    turned = type(shapes()["core"])([*ring[2:], *ring[:2]][::-1])
    assert "copies of each other" in only_finding(valley(more=[("core", turned)])).message.en


def test_features_that_overlap_are_told_with_the_area_they_share():
    # 10 m × 100 m in the plane; on the ellipsoid a hundred-thousandth less, 20 km from the central meridian.
    finding = only_finding(keyed(["a", "a"], [square(X, Y, 100), square(X + 90, Y, 100)]))
    assert "a is on 2 features (1, 2): they overlap by 999.99 m²" in finding.message.en
    assert "相互重叠 999.99 m²" in finding.message.zh


def test_separate_parts_are_to_be_joined():
    finding = only_finding(keyed(["a", "a"], [square(X, Y, 100), square(X + 100, Y, 100)]))
    assert finding.message.en.endswith("separate parts; join them into one multi-part feature.")
    assert finding.message.zh.endswith("为互不重叠的部分；请合并为一个多部件要素。")


def test_an_overlap_with_another_zone_is_not_one_of_the_parts():
    finding = only_finding(keyed(["a", "a", "b"], [square(X, Y, 100), square(X + 100, Y, 100), square(X + 50, Y, 100)]))
    assert "separate parts" in finding.message.en


def test_an_overlap_within_the_tolerance_is_none():
    finding = only_finding(keyed(["a", "a"], [square(X, Y, 100), square(X + 99.995, Y, 100)]))  # 5 mm, 0.5 m²
    assert "separate parts" in finding.message.en


def test_three_features_are_one_finding_with_the_union_of_the_later_two():
    finding = only_finding(keyed(["a", "a", "a"], [square(X + 200 * place, Y, 100) for place in range(3)]))
    assert "a is on 3 features (1, 2, 3)" in finding.message.en
    assert finding.geometry.equals(MultiPolygon([square(X + 200, Y, 100), square(X + 400, Y, 100)]))
    assert finding.area_m2 == pytest.approx(20_000)


def test_one_zone_under_two_of_its_names_is_a_duplicate():
    finding = only_finding(valley(more=[("核心区", strip(7, 1.0))]))
    assert finding.zones == ("core",)
    assert "(1, 5)" in finding.message.en


def test_without_a_plan_the_file_s_own_key_counts():
    outcome = zone_duplicate(keyed(["7", "8", "7"], [square(X + 200 * place, Y, 100) for place in range(3)]), RULE)
    [finding] = outcome.findings
    assert (outcome.examined, finding.zones) == (3, ("7",))


def test_features_without_a_key_are_no_duplicates():
    assert zone_duplicate(keyed(["", "", ""], [square(X, Y, 1)] * 3), RULE).findings == ()


def test_several_zones_with_copies_are_a_finding_each():
    outcome = zone_duplicate(valley(more=[("core", strip(7, 1.0)), ("shushan", strip(8, 1.0))]), RULE)
    assert [finding.zones for finding in outcome.findings] == [("core",), ("shushan",)]


def test_copies_without_geometry_have_no_place():
    finding = only_finding(keyed(["a", "a"], [None, None]))
    assert (finding.geometry, finding.area_m2) == (None, 0.0)


def test_the_id_changes_when_a_copy_moves():
    ids = {only_finding(valley(more=[("core", strip(row, 1.0))])).id for row in (7, 8)}
    assert len(ids) == 2


def test_of_many_features_the_first_ten_are_listed():
    finding = only_finding(keyed(["a"] * 12, [square(X + 200 * place, Y, 100) for place in range(12)]))
    assert "a is on 12 features (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …)" in finding.message.en
