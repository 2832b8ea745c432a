"""The grid over zones: what it says of its cells is what GEOS says of their reference points and rectangles."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from benchmarks.fabric import make_fabric
from geoplan.locating import ZoneIndex, raster
from geoplan.locating.raster import Edges, Raster, expanded
from geoplan.rings import rings_of
from tests.helpers import square
from tests.locating.test_index import array_of, by_hand, found, near

MARGIN = 1e-9


def raster_of(*shapes: shapely.Geometry | None) -> tuple[Edges, Raster]:
    edges = Edges.of(rings_of(array_of(*shapes)))
    return edges, Raster.of(edges, MARGIN)


def test_things_are_numbered_within_their_owner() -> None:
    owner, nth = expanded(np.array([2, 0, 3]))
    assert (owner.tolist(), nth.tolist()) == ([0, 0, 2, 2, 2], [0, 1, 0, 1, 2])
    assert [len(one) for one in expanded(np.array([], dtype=np.int64))] == [0, 0]


def test_an_edge_has_its_zone_to_the_left_or_carries_a_minus() -> None:
    around, back = square(0, 0, 1), shapely.reverse(square(5, 0, 1))
    holed = Polygon(square(10, 0, 9).exterior, [square(12, 2, 1).exterior])
    edges = Edges.of(rings_of(array_of(around, back, holed)))
    assert edges.signed[edges.start].tolist() == [1] * 4 + [-2] * 4 + [3] * 4 + [-3] * 4


def test_a_step_without_length_is_no_edge() -> None:
    again = Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (0, 0)])
    assert len(Edges.of(rings_of(array_of(again))).start) == 3


def test_references_lie_in_as_many_zones_as_geos_finds_and_cells_without_edges_in_the_one_they_name() -> None:
    fabric = make_fabric(100, seed=1, overlaps=4, gaps=4)
    _, made = raster_of(*fabric.polygons)
    x, y = (axis.ravel() for axis in np.meshgrid(made.columns.reference, made.rows.reference))
    tree = shapely.STRtree(fabric.polygons)
    point, feature = tree.query(shapely.points(x, y), predicate="intersects")
    number = np.bincount(point, minlength=len(x))
    special = made.code < 0
    assert made.count[-1 - made.code[special]].tolist() == number[special].tolist()
    assert (made.code[~special] > 0).tolist() == (number[~special] == 1).tolist()
    named = np.zeros(len(x), dtype=np.int64)
    named[point] = feature + 1
    assert made.code[~special].tolist() == named[~special].tolist()


def test_every_edge_is_in_every_cell_it_passes_through() -> None:
    fabric = make_fabric(25, seed=2)
    edges, made = raster_of(*fabric.polygons)
    west, south = np.meshgrid(made.columns.at[:-1], made.rows.at[:-1])
    east, north = np.meshgrid(made.columns.at[1:], made.rows.at[1:])
    cells = shapely.box(west.ravel(), south.ravel(), east.ravel(), north.ravel())
    ends = np.column_stack(
        [edges.x[edges.start], edges.y[edges.start], edges.x[edges.start + 1], edges.y[edges.start + 1]]
    )
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    line, cell = shapely.STRtree(cells).query(lines, predicate="intersects")
    wanted = set(zip(cell.tolist(), edges.start[line].tolist(), strict=True))
    has = set()
    for place in np.flatnonzero(made.code < 0).tolist():
        number = -1 - int(made.code[place])
        has |= {(place, int(edge)) for edge in made.passing[made.begin[number] : made.begin[number + 1]]}
    assert wanted <= has
    assert len(has) < 1.2 * len(wanted)


def test_a_stack_of_zones_that_would_fill_the_memory_gets_a_coarser_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = array_of(*(square(0, 0, 100 - step) for step in range(30)))
    _, fine = raster_of(*stack)
    monkeypatch.setattr(raster, "_MOST_MEMBERS", 500)
    _, coarse = raster_of(*stack)
    assert len(coarse.code) < len(fine.code)
    points = near(stack, np.random.default_rng(0))
    assert found(ZoneIndex(stack), points) == by_hand(stack, points)


def test_where_many_edges_share_a_cell_the_grid_is_refined() -> None:
    towns = [(1e4 * town, step) for town in range(30) for step in range(36)]
    shapes = array_of(*(square(at + 2 * (step % 6), at + 2 * (step // 6), 1.5) for at, step in towns))
    edges, made = raster_of(*shapes)
    assert len(made.code) > 4 * 2.5 * len(edges.start)
    points = near(shapes, np.random.default_rng(1), 50)
    assert found(ZoneIndex(shapes), points) == by_hand(shapes, points)
