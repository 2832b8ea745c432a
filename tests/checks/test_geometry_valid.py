from __future__ import annotations

import warnings

import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.checks.geometry_valid import geometry_valid
from geoplan.plan.rules import PlainRule
from geoplan.types import Severity
from tests.checks.spec import assert_bilingual, assert_ids_survive_a_reexport
from tests.helpers import EAST, NORTH, make_layer, make_subject, square

RULE = PlainRule(check="geometry-valid")
BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
BLOCK = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)])


def at_site(shape: BaseGeometry) -> BaseGeometry:
    return translate(shape, EAST, NORTH)


def non_finite(value: float) -> Polygon:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shapely warns when such a polygon is made, which is the point here
        return Polygon([(EAST, NORTH), (EAST + 1, NORTH), (value, NORTH + 1), (EAST, NORTH + 1)])


def test_valid_polygons_are_counted_and_nothing_is_found() -> None:
    donut = Polygon(square(EAST, NORTH, 10).exterior, [square(EAST + 2, NORTH + 2, 2).exterior])
    outcome = geometry_valid(make_subject([donut, square(EAST + 20, NORTH, 1)]), RULE)
    assert (outcome.examined, outcome.findings) == (2, ())


@pytest.mark.parametrize(
    ("shape", "english", "chinese", "place"),
    [
        (BOWTIE, "crosses or repeats itself", "自相交", (5, 5)),
        (Polygon([(0, 0), (4, 0), (2, 2), (4, 4), (0, 4), (2, 2)]), "touches itself", "自身相接", (2, 2)),
        (Polygon(BLOCK.exterior, [[(12, 2), (13, 2), (13, 3)]]), "hole lies outside", "内环位于外环之外", (12, 2)),
        (
            Polygon(BLOCK.exterior, [[(1, 1), (8, 1), (8, 8), (1, 8)], [(2, 2), (3, 2), (3, 3)]]),
            "hole lies within another hole",
            "内环套在另一内环之内",
            (2, 2),
        ),
        (
            MultiPolygon([BLOCK, Polygon([(1, 1), (2, 1), (2, 2)])]),
            "part lies within another part",
            "一个部分位于另一部分之内",
            (1, 1),
        ),
        (
            Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(0, 2), (2, 0), (4, 2), (2, 4)]]),
            "holes cut the polygon in pieces",
            "互不连通",
            (2, 0),
        ),
        (Polygon([(0, 0), (1, 0), (1, 0), (0, 0)]), "fewer than three different points", "顶点不足三个", (0, 0)),
    ],
)
def test_each_defect_is_told_in_words_with_its_place(
    shape: BaseGeometry, english: str, chinese: str, place: tuple[float, float]
) -> None:
    (finding,) = geometry_valid(make_subject([at_site(shape)]), RULE).findings
    assert finding.message.en.startswith("a (feature 1): ")
    assert english in finding.message.en
    assert chinese in finding.message.zh
    assert isinstance(finding.geometry, Point)
    assert finding.geometry.distance(Point(EAST + place[0], NORTH + place[1])) < 1e-6
    assert finding.severity is Severity.ERROR
    assert_bilingual(finding)


def test_the_place_is_written_in_the_message_too() -> None:
    (finding,) = geometry_valid(make_subject([at_site(BOWTIE)]), RULE).findings
    assert "(518005.000, 3521005.000)" in finding.message.en
    assert "(518005.000, 3521005.000)" in finding.message.zh


def test_in_degrees_the_place_has_eight_decimals() -> None:
    small = Polygon([(117.2, 31.8), (117.201, 31.801), (117.201, 31.8), (117.2, 31.801)])
    (finding,) = geometry_valid(make_subject([small], crs="EPSG:4490"), RULE).findings
    assert "(117.20050000, 31.80050000)" in finding.message.en
    assert finding.geometry.distance(Point(117.2005, 31.8005)) < 1e-9


def test_the_message_says_whether_a_mended_form_is_measured() -> None:
    flat = at_site(Polygon([(0, 0), (5, 0), (9, 0)]))
    mended, unmeasured = geometry_valid(make_subject([at_site(BOWTIE), flat]), RULE).findings
    assert "its mended form is measured" in mended.message.en
    assert "counts for no area" in unmeasured.message.en


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_vertex_that_is_not_a_number_is_told_by_its_number_without_a_place(value: float) -> None:
    (finding,) = geometry_valid(make_subject([non_finite(value)]), RULE).findings
    assert finding.geometry is None
    assert "vertex 3" in finding.message.en
    assert "第 3 个顶点" in finding.message.zh
    assert_bilingual(finding)


def test_a_reason_nobody_has_translated_is_shown_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    # GEOS of another version may know other reasons; there is none to provoke in this one.
    monkeypatch.setattr(shapely, "is_valid_reason", lambda _: "Möbius twist[1 2]")
    (finding,) = geometry_valid(make_subject([at_site(BOWTIE)]), RULE).findings
    assert "Möbius twist at (1.000, 2.000)" in finding.message.en
    assert "Möbius twist" in finding.message.zh
    assert finding.geometry == Point(1, 2)


def test_the_id_hangs_on_the_shape_not_on_how_it_is_written() -> None:
    def run(shapes, names):
        return geometry_valid(make_subject(make_layer(shapes, ids=names)), RULE)

    assert_ids_survive_a_reexport(run, at_site(BOWTIE), at_site(translate(BOWTIE, 50, 0)))


def test_the_id_changes_when_the_shape_does() -> None:
    other = at_site(Polygon([(0, 0), (10, 10), (10, 0), (0, 10.001)]))
    one, two = (geometry_valid(make_subject([shape]), RULE).findings[0].id for shape in (at_site(BOWTIE), other))
    assert one != two
