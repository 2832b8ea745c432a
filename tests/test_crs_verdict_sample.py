"""A city's file is judged by some of its features: the verdict is that of all, and the few far off are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.crs_verdict import Site, decide, readings
from geoplan.crs_verdict.fit import place
from geoplan.crs_verdict.readings import Numbers, as_written
from geoplan.crs_verdict.site import Ground, _runs, bounds_in_degrees
from geoplan.inspection import CrsVerdict, Verdict
from tests.crs_files import TARGET, File, files, indicative, official, projected, shapes, update, without_zones

EVERYTHING = 10**9


def pieces() -> Any:
    """Return the zones of the update cut by a grid, some hundred features; their outlines keep their vertices."""
    found = []
    for zone in update():
        west, south, east, north = zone.bounds
        x, y = np.linspace(west, east, 8), np.linspace(south, north, 8)
        cells = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(7) for j in range(7)]
        parts = shapely.get_parts(shapely.intersection(zone, cells))
        found += [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    return shapes(*found)


PIECES = pieces()


def told(verdict: CrsVerdict) -> tuple[Any, ...]:
    chosen = verdict.chosen
    listed = {(one.crs, one.axis_order, one.zone_prefix, one.offset) for one in verdict.candidates}
    return verdict.verdict, verdict.explanation, chosen, verdict.operation, listed


def both(monkeypatch: pytest.MonkeyPatch, geometry: Any, crs: CRS | None, site: Site | None) -> Iterator[CrsVerdict]:
    """Yield the verdict on all features, and that on a few tried first."""
    for few in (EVERYTHING, 20):
        monkeypatch.setattr(readings, "_FEW", few)
        yield decide(geometry, crs, site=site)


@pytest.mark.parametrize("site", [official(), indicative(), without_zones(), None], ids=["sure", "rough", "bare", "no"])
def test_a_few_features_decide_as_all_of_them(site: Site | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(PIECES) > 150
    cases: list[File] = [*list(files(("as written", None)))[::11], *list(files((4326, 4549)))[::13]]
    verdicts = set()
    for file in cases:
        whole, few = both(monkeypatch, file.geometry(PIECES), file.crs, site)
        assert told(few) == told(whole), str(file)
        verdicts.add(whole.verdict)
    assert len(verdicts) > 1


@pytest.mark.parametrize("distance_m", [45_000.0, 400_000.0])
@pytest.mark.parametrize("site", [official(), without_zones()], ids=["sure", "bare"])
def test_two_features_far_off_among_hundreds_are_named_whether_they_were_tried_or_not(
    distance_m: float, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = projected(PIECES, 4548)
    strange = [17, 101]
    plane[strange] = shapely.transform(plane[strange], lambda xy: xy + np.array([0.0, distance_m]))
    monkeypatch.setattr(readings, "_FEW", 5)
    assert not set(strange) <= set(Numbers.of(plane).few.tolist())
    verdict = decide(plane, TARGET, site=site)
    assert verdict.verdict is Verdict.REFUSED
    assert f"2 of {len(plane)} features" in verdict.explanation.en
    assert all(f"{place + 1}" in verdict.explanation.en for place in strange)


def test_half_a_file_elsewhere_is_counted_and_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    plane = projected(PIECES, 4548)
    away = np.arange(len(plane)) % 2 == 0
    away[:3] = False  # fewer than half
    plane[away] = shapely.transform(plane[away], lambda xy: xy + np.array([0.0, 200_000.0]))
    monkeypatch.setattr(readings, "_FEW", 10)
    found = place(as_written(TARGET, "east-north"), Numbers.of(plane), Ground.of(official()))
    assert found is not None
    assert found.lands
    assert found.astray.tolist() == np.flatnonzero(away).tolist()


def test_the_features_tried_first_are_all_of_a_small_file_and_of_a_large_one_the_outermost_too() -> None:
    boxes = shapely.box(*np.meshgrid(np.arange(100.0), np.arange(50.0)), 0, 0).ravel()
    assert len(boxes) == 5000
    numbers = Numbers.of(boxes)
    assert 2000 <= len(numbers.few) <= 2008
    bounds = numbers.boxes[numbers.few]
    assert [*bounds.min(axis=0)[:2], *bounds.max(axis=0)[2:]] == [
        *numbers.boxes.min(axis=0)[:2],
        *numbers.boxes.max(axis=0)[2:],
    ]
    assert Numbers.of(boxes[:2000]).few.tolist() == list(range(2000))


def test_vertices_are_drawn_from_all_features_without_repeating_one() -> None:
    squares = shapely.box(np.arange(3000.0), 0.0, np.arange(3000.0) + 0.5, 1.0)
    found = Numbers.of(squares).vertices
    every = {tuple(xy) for xy in shapely.get_coordinates(squares).tolist()}
    # Of 15,000 coordinates, of which every fifth closes a ring, 4,000 are drawn.
    assert 3400 < len(found) <= 4000
    assert {tuple(xy) for xy in found.tolist()} <= every
    assert len(np.unique(np.floor(found[:, 0]))) > 1800


def test_a_feature_with_a_coordinate_that_is_no_number_is_left_out_wherever_it_stands() -> None:
    ring = [(0.0, 0.0), (1.0, 0.0), (1.0, np.nan), (0.0, 0.0)]
    squares = shapely.box(np.arange(5.0), 0.0, np.arange(5.0) + 0.5, 1.0)
    with np.errstate(invalid="ignore"):
        squares[3] = shapely.Polygon(ring)
    assert Numbers.of(np.array([*squares, None, shapely.Polygon()], dtype=object)).feature.tolist() == [0, 1, 2, 4]


@pytest.mark.parametrize("count", [3, 32, 33, 64, 65, 100])
def test_boundaries_in_runs_are_the_boundaries(count: int) -> None:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    circle = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]))
    holed = shapely.difference(shapely.box(-5, -5, 5, 5), circle)
    runs = _runs(np.array([holed, circle], dtype=object))
    assert shapely.get_num_coordinates(runs).max() <= 33
    assert shapely.length(runs).sum() == pytest.approx(holed.length + circle.length, rel=1e-12)
    assert shapely.equals(shapely.union_all(runs), holed.boundary)


def test_the_degrees_around_many_zones_are_those_of_their_vertices_to_a_metre() -> None:
    x, y = np.meshgrid(500_000.0 + 200.0 * np.arange(60), 3_500_000.0 + 200.0 * np.arange(60))
    many = shapely.box(x.ravel(), y.ravel(), x.ravel() + 150, y.ravel() + 150)
    exact = [bounds_in_degrees(part, TARGET) for part in (many[:1800], many[1800:])]
    found = bounds_in_degrees(many, TARGET)
    assert found is not None
    west, south, east, north = np.transpose(np.array(exact, dtype=float))
    assert found == pytest.approx((west.min(), south.min(), east.max(), north.max()), abs=1e-5)
    assert bounds_in_degrees(np.array([None, shapely.Polygon()], dtype=object), TARGET) is None
