"""What was planted, on the plane and on the ellipsoid, and that a wrong answer is called wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from benchmarks.fabric import Fabric, make_fabric
from benchmarks.peers.answer import Answer
from benchmarks.truth import Truth, judge, matched, truth_of

TRUTH = Truth({(1, 2): (10.0, 10.1), (3, 4): (5.0, 5.05)}, [(2.0, 2.02), (2.0, 2.02), (7.0, 7.07)], (100.0, 101.0))
RIGHT = Answer(0, [(1, 2, 10.0), (3, 4, 5.0)], [7.0, 2.0, 2.0], 101.0, surface="plane", area_surface="ellipsoid")


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return make_fabric(400, seed=5, overlaps=8, gaps=8, vertices=4)


def test_areas_on_the_ellipsoid_are_those_of_karney_s_geodesics(fabric: Fabric) -> None:
    truth = truth_of(fabric)
    degrees = Transformer.from_crs(4548, 4490, always_xy=True)
    ellipsoid = Geod(ellps="GRS80")  # differs from CGCS2000 by 1e-11 of its flattening

    def geodesic(shape: shapely.Geometry) -> float:
        dense = shapely.segmentize(shape, 1.0)  # so that edges are straight in the plane, not on the ellipsoid
        moved = shapely.transform(dense, degrees.transform, interleaved=False)
        return float(ellipsoid.geometry_area_perimeter(shapely.orient_polygons(moved))[0])

    assert truth.area[1] == pytest.approx(sum(map(geodesic, fabric.polygons)), rel=1e-9)
    assert truth.area[0] == pytest.approx(shapely.area(fabric.polygons).sum(), rel=1e-12)
    for (shape, _), (plane, curved) in zip(fabric.gaps, truth.gaps, strict=True):
        assert plane == pytest.approx(shape.area, rel=1e-9)
        if plane > 1:  # of thinner ones, degrees leave too few digits
            assert curved == pytest.approx(geodesic(shape), rel=1e-6)
    assert truth.overlaps.keys() == fabric.overlaps.keys()


def test_the_planted_answer_is_right_on_either_surface(fabric: Fabric) -> None:
    truth = truth_of(fabric)
    for side, surface in enumerate(("plane", "ellipsoid")):
        answer = Answer(
            overlaps=[(*pair, areas[side]) for pair, areas in truth.overlaps.items()],
            gaps=[areas[side] for areas in truth.gaps],
            area_m2=truth.area[1],
            surface=surface,  # type: ignore[arg-type]
            area_surface="ellipsoid",
        )
        assert all(verdict.right and verdict.offered for verdict in judge(answer, truth).values())
    assert {verdict.words for verdict in judge(answer, truth).values()} == {"8 of 8", "right"}


@pytest.mark.parametrize(
    ("question", "change", "words"),
    [
        ("overlaps", {"overlaps": [(1, 2, 10.0)]}, "1 of 2"),
        ("overlaps", {"overlaps": [(1, 2, 10.0), (3, 5, 5.0)]}, "1 of 2, 1 not there"),
        ("overlaps", {"overlaps": [(1, 2, 10.0), (3, 4, 5.00001)]}, "2 of 2, 1 with another area"),
        ("overlaps", {"overlaps": [(1, 2, 10.0), (1, 2, 10.0), (3, 4, 5.0)]}, "2 of 2, 1 not there"),
        ("overlaps", {"surface": "ellipsoid"}, "2 of 2, 2 with another area"),
        ("overlaps", {"overlaps": []}, "0 of 2"),
        ("gaps", {"gaps": [2.0, 7.0]}, "2 of 3"),
        ("gaps", {"gaps": [2.0, 2.0, 7.0, 1e-9]}, "3 of 3, 1 not there"),
        ("gaps", {"gaps": [2.0, 2.00001, 7.0]}, "3 of 3, 1 with another area"),
        ("gaps", {"gaps": []}, "0 of 3"),
        ("area", {"area_m2": 101.001}, "off by +9.9e-06"),
        ("area", {"area_m2": 100.0}, "off by -9.9e-03"),
    ],
)
def test_a_wrong_answer_is_offered_and_not_right(question: str, change: dict[str, object], words: str) -> None:
    verdicts = judge(replace(RIGHT, **change), TRUTH)  # type: ignore[arg-type]
    assert (verdicts[question].offered, verdicts[question].right, verdicts[question].words) == (True, False, words)
    others = [verdict for name, verdict in verdicts.items() if name != question]
    assert "surface" in change or all(verdict.right for verdict in others)


@pytest.mark.parametrize(
    ("question", "change", "words"),
    [
        ("overlaps", {"overlaps": None}, "not offered"),
        ("gaps", {"gaps": None}, "not offered"),
        ("area", {"area_m2": None}, "not offered"),
        ("area", {"area_m2": 100.0, "area_surface": "plane"}, "in the plane only"),
        ("area", {"area_m2": 99.0, "area_surface": "plane"}, "in the plane, and wrong"),
    ],
)
def test_what_is_not_offered_is_not_wrong(question: str, change: dict[str, object], words: str) -> None:
    verdict = judge(replace(RIGHT, **change), TRUTH)[question]  # type: ignore[arg-type]
    assert (verdict.offered, verdict.words) == (False, words)


def test_of_a_fabric_without_a_defect_nothing_is_asked_but_its_area() -> None:
    truth = truth_of(make_fabric(100, seed=5))
    none = judge(Answer(0, [], [], truth.area[1], surface="ellipsoid", area_surface="ellipsoid"), truth)
    assert [verdict.right for verdict in none.values()] == [True, True, True]
    one = judge(Answer(0, [(1, 2, 0.5)], [], truth.area[1], surface="ellipsoid", area_surface="ellipsoid"), truth)
    assert not one["overlaps"].right


def test_areas_are_matched_once_each() -> None:
    assert matched([2.0, 2.0, 3.0], [2.0, 3.0]) == 2
    assert matched([2.0], [1.0, 2.0 * (1 + 9e-7), 5.0]) == 1
    assert matched([2.0], [2.0 * (1 + 2e-6)]) == 0
    assert matched([], [1.0]) == 0
    assert matched(np.arange(1.0, 9.0).tolist(), np.arange(1.0, 9.0).tolist()) == 8
