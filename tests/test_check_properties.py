"""What holds for any layout: a partition is clean, its parts sum to the whole, how it is written is no matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from geoplan.api import check
from geoplan.result import CheckResult
from tests.helpers import EAST, NORTH, make_layer

SIDE = 1024  # metres, a power of two, so that every cut is exact


def halves(cuts: list[tuple[int, int, bool]]) -> list[Polygon]:
    """Cut a square again and again: which piece, at which of 15 places, along x or y."""
    pieces = [(0.0, 0.0, float(SIDE), float(SIDE))]
    for which, place, along_x in cuts:
        west, south, east, north = pieces.pop(which % len(pieces))
        if along_x:
            at = west + (east - west) * place / 16
            pieces += [(west, south, at, north), (at, south, east, north)]
        else:
            at = south + (north - south) * place / 16
            pieces += [(west, south, east, at), (west, at, east, north)]
    return [box(EAST + w, NORTH + s, EAST + e, NORTH + n) for w, s, e, n in pieces]


partitions = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 15), st.booleans()), min_size=1, max_size=8).map(
    halves
)


def told(result: CheckResult) -> dict[str, list[Any]]:
    """Return all of a result that must not hang on how the layer is written."""
    measured = result.measurement
    assert measured is not None
    return {
        "findings": sorted((f.id, f.severity.value, tuple(sorted(f.zones))) for f in result.findings),
        "areas": sorted((zone.id, round(zone.ellipsoidal_m2 or 0.0, 4)) for zone in measured.zones),
        "checked": [(run.check, run.examined, run.findings, run.tolerated) for run in result.checked],
    }


def rewritten(shape: Polygon, turn: int, *, backwards: bool) -> Polygon:
    """Return the same ring from another start, the other way round if asked."""
    ring = np.roll(shapely.get_coordinates(shape)[:-1], turn, axis=0)
    return Polygon(ring[::-1] if backwards else ring)


@settings(max_examples=60, deadline=None)
@given(partitions)
def test_a_partition_has_no_finding_but_vertices_to_add(pieces: list[Polygon]) -> None:
    found = check(make_layer(pieces, ids=[f"z{place}" for place in range(len(pieces))])).findings
    assert {finding.check for finding in found} <= {"unmatched-vertex", "sliver"}


@settings(max_examples=60, deadline=None)
@given(partitions)
def test_the_areas_of_the_parts_sum_to_the_whole(pieces: list[Polygon]) -> None:
    whole = check(make_layer([box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)])).measurement
    parts = check(make_layer(pieces, ids=[f"z{place}" for place in range(len(pieces))])).measurement
    assert whole is not None
    assert parts is not None
    for method, area in whole.totals.items():
        assert parts.totals[method] == pytest.approx(area, rel=1e-8)
    assert sum(round(100 * (zone.percent or 0.0)) for zone in parts.zones) == 10_000


@settings(max_examples=60, deadline=None)
@given(partitions, st.randoms(use_true_random=False), st.integers(0, 3), st.booleans())
def test_ring_start_orientation_and_feature_order_change_nothing(
    pieces: list[Polygon], chance: Any, turn: int, backwards: bool
) -> None:
    # One piece grows over its neighbours, so that there is something to find.
    grown = [pieces[0].buffer(8, join_style="mitre"), *pieces[1:]]
    ids = [f"z{place}" for place in range(len(grown))]
    mixed = list(zip(ids, grown, strict=True))
    chance.shuffle(mixed)
    again = [rewritten(shape, turn, backwards=backwards) for _, shape in mixed]
    assert told(check(make_layer(again, ids=[name for name, _ in mixed]))) == told(check(make_layer(grown, ids=ids)))


@settings(max_examples=30, deadline=None)
@given(partitions, st.permutations(range(3)))
def test_the_order_of_parts_changes_nothing(pieces: list[Polygon], order: list[int]) -> None:
    apart = [box(EAST + 3000 + 200 * place, NORTH, EAST + 3100 + 200 * place, NORTH + 100) for place in range(3)]
    ids = ["parts", *(f"z{place}" for place in range(len(pieces)))]
    first = check(make_layer([MultiPolygon(apart), *pieces], ids=ids))
    other = check(make_layer([MultiPolygon([apart[place] for place in order]), *pieces], ids=ids))
    assert told(first) == told(other)


@settings(max_examples=40, deadline=None)
@given(partitions)
def test_a_partition_in_degrees_is_as_clean_as_in_metres(pieces: list[Polygon]) -> None:
    degrees = shapely.transform(
        np.array(pieces, dtype=object), lambda xy: (xy - [EAST, NORTH]) / 65536 + [117.25, 31.75]
    )
    found = check(
        make_layer(list(degrees), ids=[f"z{place}" for place in range(len(pieces))], crs="EPSG:4490")
    ).findings
    assert {finding.check for finding in found} <= {"unmatched-vertex", "sliver"}
