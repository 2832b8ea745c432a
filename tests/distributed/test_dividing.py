"""What lies at unmatched edges is found once, however these are shared out among workers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.coverage import UnmatchedVertices
from geoplan.distributed import dividing
from geoplan.distributed.dividing import coverage_of, loose_vertices
from geoplan.distributed.parts import parts_in_hand
from geoplan.distributed.spread import Spread
from geoplan.distributed.survey import Frame
from geoplan.distributed.vicinity import Between
from tests.distributed.crews import Here
from tests.distributed.layers import checked, cut_in, fabric, numbered, spread_over
from tests.helpers import EAST, NORTH, square


def grid(side: int) -> list[Any]:
    return [square(EAST + 10 * x, NORTH + 10 * y, 10) for y in range(side) for x in range(side)]


def spread(shapes: list[Any], parts: int, crew: Here) -> Spread:
    layer = numbered(shapes)
    return Spread(crew, parts_in_hand(layer.geometry, cut_in(parts)(len(layer))), Frame(layer.crs), edges=True)


def test_a_district_over_many_parcels_overlaps_all_of_them() -> None:
    """Its inner parcels are reached over many matched edges, and its box meets more than a worker is sent."""
    shapes = [*grid(18), square(EAST + 5, NORTH + 5, 170)]
    found = coverage_of(spread(shapes, 4, Here()), (0.01, 0.01), None)
    assert [(one.first, one.second) for one in found.overlaps] == [(cell, 324) for cell in range(324)]
    inner, rim, corner = 256, 64, 4
    assert sum(one.area for one in found.overlaps) == pytest.approx(inner * 100 + rim * 50 + corner * 25)


def test_few_edges_to_a_share_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = checked(fabric())
    monkeypatch.setattr(dividing, "MOST_EDGES", 20)
    assert checked(fabric(), make=spread_over(3)) == alone


def test_polygons_with_many_neighbours_are_gone_on_with_here(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = checked(fabric())
    monkeypatch.setattr(dividing, "MOST_NEIGHBOURS", 0)
    assert checked(fabric(), make=spread_over(3)) == alone


def test_a_layer_without_an_unmatched_edge_has_no_shares() -> None:
    crew = Here()
    found = coverage_of(spread([None, None], 2, crew), (0.01, 0.01), None)
    assert (found.overlaps, found.gaps, found.unmatched) == ((), (), ())
    assert {task for task, _ in crew.asked} == {"survey"}


def test_vertices_that_two_workers_find_are_told_once_in_order() -> None:
    def told(points: list[tuple[float, float]], distance: float) -> Between:
        no_pairs, no_shapes = np.empty((0, 2), np.int64), np.empty(0, dtype=object)
        return Between(
            pairs=no_pairs,
            shapes=no_shapes,
            areas=np.empty(0),
            relations=(),
            loose=np.array([[2, 5]]),
            points=shapely.to_wkb(np.array([shapely.MultiPoint(points)], dtype=object)),
            distances=np.array([distance]),
            open=no_pairs,
            linework=np.empty((0, 4)),
            rounding=0,
        )

    (found,) = loose_vertices([told([(1, 0), (2, 0)], 0.5), told([(0, 3), (2, 0)], 0.7)])
    assert found == UnmatchedVertices(2, 5, shapely.MultiPoint([(0, 3), (1, 0), (2, 0)]), 0.7)
