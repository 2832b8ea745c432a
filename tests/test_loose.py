"""Loose vertices: found in a dense layer and in a sparse one, as trying every vertex on every polygon says."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from geoplan import loose as module
from geoplan.coverage import unmatched_vertices
from geoplan.edges import match_edges

corner = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda at: (at[0] / 2, at[1] / 2))
triangle = st.lists(corner, min_size=3, max_size=3, unique=True).map(Polygon).filter(lambda of: of.area > 0)
# A block of squares that share all inner edges, beside which the triangles are few.
BLOCK = [shapely.box(x, y, x + 1, y + 1) for x in range(7, 13) for y in range(7, 13)]


def tried(polygons: Any, reach: float) -> dict[tuple[int, int], tuple[set[tuple[float, float]], float]]:
    """Return points and largest distance by ordered pair, from every vertex of every unmatched edge."""
    edges = match_edges(polygons)
    loose = np.flatnonzero(~edges.matched)
    found: dict[tuple[int, int], list[tuple[tuple[float, float], float]]] = defaultdict(list)
    for owner, ends in zip(edges.owners(loose).tolist(), edges.segments(loose).reshape(-1, 2, 2).tolist(), strict=True):
        for x, y in ends:
            for other, polygon in enumerate(polygons):
                away = polygon.boundary.distance(shapely.Point(x, y))
                vertices = set(map(tuple, shapely.get_coordinates(polygon).tolist()))
                if other != owner and away <= reach and (x, y) not in vertices:
                    found[owner, other].append(((x, y), away))
    return {pair: ({at for at, _ in several}, max(away for _, away in several)) for pair, several in found.items()}


@pytest.mark.parametrize("block", [[], BLOCK], ids=["dense", "sparse"])
@pytest.mark.parametrize("at_a_time", [6_000_000, 1])
def test_loose_vertices_are_those_that_brute_force_finds(
    block: list[Polygon], at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAIRS_AT_A_TIME", at_a_time)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(triangle, min_size=1, max_size=5), st.sampled_from([0.01, 0.4]))
    def holds(triangles: list[Polygon], reach: float) -> None:
        polygons = np.array([*triangles, *block], dtype=object)
        expected = tried(polygons, reach)
        found = unmatched_vertices(polygons, distance=reach)
        assert {(one.first, one.second) for one in found} == set(expected)
        for one in found:
            points, farthest = expected[one.first, one.second]
            assert {(point.x, point.y) for point in one.points.geoms} == points
            assert one.distance == pytest.approx(farthest, abs=1e-12)

    holds()
