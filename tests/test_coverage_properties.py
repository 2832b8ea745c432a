"""Coverage analysis on random layers: against independent implementations, under rewriting, on a large fabric."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from benchmarks.fabric import Fabric, make_fabric
from geoplan.coverage import Coverage, analyse, gaps, overlaps

EAST, NORTH = 39_500_000.0, 3_520_000.0  # EPSG:4527, where one ulp is 7.5e-9 m


def layer(*polygons: object) -> np.ndarray:
    return np.array(polygons, dtype=object)


def overlap_areas(polygons: np.ndarray) -> dict[tuple[int, int], float]:
    return {(item.first, item.second): item.area for item in overlaps(polygons)}


def gap_areas(polygons: np.ndarray) -> list[float]:
    return sorted(gap.area for gap in gaps(polygons))


# --- partitions have no defects -------------------------------------------------------------------


@st.composite
def guillotine(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """A square of side 64 cut again and again at whole numbers: a partition full of T-junctions."""
    cells = [(0, 0, 64, 64)]
    for _ in range(draw(st.integers(1, 24))):
        x0, y0, x1, y1 = cells.pop(draw(st.integers(0, len(cells) - 1)))
        upright = draw(st.booleans())
        low, high = (x0, x1) if upright else (y0, y1)
        cut = draw(st.integers(low + 1, high - 1)) if high - low > 1 else high
        if cut == high:
            cells.append((x0, y0, x1, y1))
        elif upright:
            cells += [(x0, y0, cut, y1), (cut, y0, x1, y1)]
        else:
            cells += [(x0, y0, x1, cut), (x0, cut, x1, y1)]
    return cells


@settings(max_examples=60, deadline=None)
@given(guillotine())
def test_a_partition_with_t_junctions_has_neither_overlap_nor_gap_nor_rounding(cells):
    result = analyse(layer(*(box(*cell) for cell in cells)))
    assert (result.overlaps, result.gaps, result.rounding) == ((), (), 0)


@settings(max_examples=60, deadline=None)
@given(guillotine(), st.floats(0.01, 1.5), st.sampled_from([(EAST, NORTH, 1.0), (117.2, 31.8, 1e-4)]))
def test_a_turned_partition_whose_t_junctions_are_rounded_has_only_rounding(cells, angle, place):
    x, y, scale = place
    turned = shapely.affinity.rotate(shapely.GeometryCollection([box(*cell) for cell in cells]), angle, (0, 0), True)
    moved = shapely.transform(turned, lambda xy: xy * scale + [x, y])
    polygons = np.array(moved.geoms, dtype=object)
    result = analyse(polygons)
    assert (result.overlaps, result.gaps) == ((), ())


def test_a_slit_below_resolution_where_a_face_is_probed_does_not_make_it_a_gap():
    # The point that GEOS takes inside the top two strips falls into a slit of rounding between their cells.
    strips = [(0, 2, 64, 3), (0, 3, 64, 62), (0, 0, 64, 1), (0, 1, 64, 2)]
    top = [(3, 63, 64, 64), (1, 63, 3, 64), (0, 63, 1, 64), (0, 62, 1, 63), (1, 62, 64, 63)]
    cells = shapely.GeometryCollection([box(*cell) for cell in strips + top])
    turned = shapely.affinity.rotate(cells, 0.01, (0, 0), use_radians=True)
    polygons = np.array(shapely.affinity.translate(turned, EAST, NORTH).geoms, dtype=object)
    assert gaps(polygons) == []
    assert gaps(polygons, boundary=shapely.box(EAST, NORTH + 10, EAST + 10, NORTH + 50)) == []


# --- against independent implementations ----------------------------------------------------------

rectangle = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5), st.integers(1, 5))
rectangles = st.lists(rectangle, min_size=2, max_size=16)


def raster_truth(cells: list[tuple[int, int, int, int]]) -> tuple[dict[tuple[int, int], float], list[float]]:
    """Overlap areas by pair and areas of enclosed holes, by counting unit cells."""
    covers = np.zeros((len(cells), 18, 18), dtype=bool)
    for index, (x, y, width, height) in enumerate(cells):
        covers[index, 1 + y : 1 + y + height, 1 + x : 1 + x + width] = True
    shared = {(i, j): float((covers[i] & covers[j]).sum()) for i, j in itertools.combinations(range(len(cells)), 2)}
    free = {(row, column) for row, column in np.argwhere(~covers.any(axis=0)).tolist()}
    holes = []
    while free:
        part = [free.pop()]
        for row, column in part:
            beside = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & free
            free -= beside
            part += beside
        if (0, 0) not in part:
            holes.append(float(len(part)))
    return {pair: area for pair, area in shared.items() if area}, sorted(holes)


@settings(max_examples=150, deadline=None)
@given(rectangles)
def test_rectangles_overlap_and_leave_gaps_as_counting_cells_says(cells):
    polygons = layer(*(box(x, y, x + width, y + height) for x, y, width, height in cells))
    shared, holes = raster_truth(cells)
    assert overlap_areas(polygons) == shared
    assert gap_areas(polygons) == holes


@settings(max_examples=100, deadline=None)
@given(rectangles, st.integers(0, 2**32 - 1), st.sampled_from([(EAST, NORTH, 1.0), (117.2, 31.8, 1e-4)]))
def test_an_ulp_of_noise_on_every_coordinate_changes_no_finding(cells, seed, place):
    x, y, scale = place
    rng = np.random.default_rng(seed)

    def noisy(cell: tuple[int, int, int, int]) -> Polygon:
        corners = shapely.get_coordinates(box(cell[0], cell[1], cell[0] + cell[2], cell[1] + cell[3]))[:-1]
        moved = corners * scale + [x, y]
        return Polygon(moved + rng.integers(-1, 2, moved.shape) * np.spacing(moved))

    polygons = layer(*map(noisy, cells))
    shared, holes = raster_truth(cells)
    areas = {pair: area / scale**2 for pair, area in overlap_areas(polygons).items()}
    assert areas == pytest.approx(shared, abs=1e-5)
    assert gap_areas(polygons) == pytest.approx([hole * scale**2 for hole in holes], abs=1e-5 * scale**2)


corner = st.tuples(st.integers(0, 8), st.integers(0, 8))
triangles = st.lists(st.tuples(corner, corner, corner), min_size=2, max_size=14)


@settings(max_examples=120, deadline=None)
@given(triangles)
def test_triangles_overlap_as_trying_all_pairs_says_and_no_hole_is_missed(corners):
    polygons = layer(*(triangle for triangle in map(Polygon, corners) if triangle.area))
    shared = {
        (i, j): area
        for i, j in itertools.combinations(range(len(polygons)), 2)
        if (area := shapely.intersection(polygons[i], polygons[j]).area) > 1e-12
    }
    assert overlap_areas(polygons) == pytest.approx(shared)
    covered = shapely.union_all(polygons)
    outside = shapely.get_parts(box(-1, -1, 9, 9).difference(covered))
    holes = sum(part.area for part in outside if part.bounds[0] > -1 and part.area > 1e-12)
    result = gaps(polygons)
    # Where three lines meet in a point that no double can hold, the union may leave a hole open that is closed.
    assert sum(gap.area for gap in result) >= holes - 1e-9
    assert sum(gap.geometry.intersection(covered).area for gap in result) < 1e-9


# --- invariance -----------------------------------------------------------------------------------


def rewritten(polygon: Polygon, rng: np.random.Generator) -> shapely.Geometry:
    """The same polygon with other ring starts, directions and order of holes."""

    def turn(ring: shapely.LinearRing) -> np.ndarray:
        points = np.roll(shapely.get_coordinates(ring)[:-1], rng.integers(0, 99), axis=0)
        return points[::-1] if rng.random() < 0.5 else points

    holes = [turn(polygon.interiors[index]) for index in rng.permutation(len(polygon.interiors)).tolist()]
    return Polygon(turn(polygon.exterior), holes)


def summary(result: Coverage, names: np.ndarray) -> dict[str, object]:
    """What was found, by name instead of index, with shapes in normal form."""
    flipped = {"contains": "within", "within": "contains"}

    def pair(item: object) -> tuple[int, int, str]:
        one, other = int(names[item.first]), int(names[item.second])
        return (one, other, item.relation) if one < other else (other, one, flipped.get(item.relation, item.relation))

    return {
        "overlaps": {pair(item): shapely.normalize(item.geometry).wkt for item in result.overlaps},
        "gaps": {gap.geometry.wkt: sorted(names[list(gap.neighbours)].tolist()) for gap in result.gaps},
        "unmatched": {
            (int(names[item.first]), int(names[item.second])): shapely.normalize(item.points).wkt
            for item in result.unmatched
        },
    }


@pytest.mark.parametrize("seed", range(4))
def test_ring_start_direction_feature_order_and_part_order_change_nothing(seed):
    rng = np.random.default_rng(seed)
    fabric = make_fabric(225, seed=seed, overlaps=8, gaps=8)
    polygons = fabric.polygons
    parts = polygons[[100, 7, 201]]
    polygons[100], polygons[[7, 201]] = shapely.MultiPolygon(parts.tolist()), None
    expected = summary(analyse(polygons, distance=0.001), np.arange(len(polygons)))
    order = rng.permutation(len(polygons))
    again = [polygons[index] for index in order]
    for place, polygon in enumerate(again):
        if polygon is not None:
            some = [rewritten(part, rng) for part in shapely.get_parts(polygon)]
            rng.shuffle(some)
            again[place] = some[0] if len(some) == 1 else shapely.MultiPolygon(some)
    assert len(expected["overlaps"]) >= 6
    assert len(expected["gaps"]) >= 6
    assert summary(analyse(layer(*again), distance=0.001), order) == expected


# --- a fabric of ten thousand parcels -------------------------------------------------------------


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return make_fabric(10_000, seed=11, overlaps=120, gaps=120, vertices=60)


@pytest.fixture(scope="module")
def result(fabric) -> Coverage:
    return analyse(fabric.polygons, distance=0.0001)


def test_every_planted_overlap_is_found_with_its_area_and_none_invented(fabric, result):
    areas = {(item.first, item.second): item.area for item in result.overlaps}
    assert len(areas) == len(result.overlaps) == 120
    assert areas == pytest.approx(fabric.overlaps, rel=1e-6)


def test_every_planted_gap_is_found_with_its_area_and_none_invented(fabric, result):
    planted = sorted(fabric.gaps, key=lambda gap: gap[0].bounds)
    assert [gap.area for gap in result.gaps] == pytest.approx([area for _, area in planted], rel=1e-6)
    assert all(gap.geometry.equals(shape) for gap, (shape, _) in zip(result.gaps, planted, strict=True))


def test_every_planted_t_junction_is_found_and_nothing_was_rounding(fabric, result):
    points = {(item.first, item.second): item.points.geoms[0] for item in result.unmatched}
    assert points == fabric.loose
    assert result.rounding == 0


def test_the_fabric_agrees_with_trying_all_pairs_and_with_the_holes_of_the_union(fabric, result):
    polygons = fabric.polygons
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    one, other = one[one < other], other[one < other]
    areas = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    pairs = {(int(i), int(j)): area for i, j, area in zip(one, other, areas, strict=True) if area > 0}
    assert {(item.first, item.second): item.area for item in result.overlaps} == pytest.approx(pairs, rel=1e-6)
    rings = shapely.get_rings(shapely.union_all(polygons))[1:]
    assert sorted(gap.area for gap in result.gaps) == pytest.approx(sorted(shapely.area(shapely.polygons(rings))))
