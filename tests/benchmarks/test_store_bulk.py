"""The two versions of the bulk benchmark's city: a partition each, of which one parcel in a hundred is another."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from benchmarks.store_bulk import CONTENDERS, city


@pytest.mark.parametrize("count", [400, 2500])
def test_the_second_version_moves_corners_that_two_parcels_share_and_lacks_the_first(count: int) -> None:
    first, second = city(count), city(count, second=True)
    assert first.text("id")[1:] == second.text("id")
    before, after = first.geometry[1:], second.geometry
    changed = np.flatnonzero(~shapely.equals_exact(before, after, tolerance=0.0))
    assert 0 < len(changed) <= count / 50
    assert len(changed) % 2 == 0
    # What one parcel of a pair gains the other loses, and no ground is covered twice or left open.
    assert shapely.area(after).sum() == pytest.approx(shapely.area(before).sum(), rel=1e-12)
    assert shapely.coverage_is_valid(after)
    assert shapely.is_valid(after).all()
    moved = shapely.area(after[changed]) - shapely.area(before[changed])
    assert np.abs(moved).min() > 1.0
    assert math.isclose(moved.sum(), 0.0, abs_tol=1e-6)


def test_every_contender_says_what_it_does_and_beside_whom_it_stands() -> None:
    for name, one in CONTENDERS.items():
        assert one.does, name
        assert one.base == "" or CONTENDERS[one.base].server == one.server, name
