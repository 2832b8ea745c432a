from __future__ import annotations

import pytest
from shapely.geometry import MultiPolygon

from geoplan.checks.pieces import hold_to_tolerance
from geoplan.types import Tolerance
from tests.helpers import NORTH, make_subject, rectangle, square

# On the central meridian of EPSG:4548 a metre of the plane is a metre on the ground to 1e-9.
EAST = 500_000.0
SUBJECT = make_subject([square(EAST, NORTH, 10)], tolerance=Tolerance(area_m2=2.0, width_m=0.5))


def test_no_pieces_are_no_figures() -> None:
    pieces = hold_to_tolerance(SUBJECT, [])
    assert (pieces.real, pieces.tolerated, pieces.tolerated_m2) == ((), 0, 0.0)


def test_a_piece_counts_only_when_both_its_area_and_its_width_exceed_the_tolerance() -> None:
    small_but_wide, large_but_narrow = square(EAST, NORTH, 1), rectangle(EAST, NORTH, 100, 0.4)
    large_and_wide = rectangle(EAST, NORTH, 10, 3)
    pieces = hold_to_tolerance(SUBJECT, [small_but_wide, large_but_narrow, large_and_wide])
    ((place, area, width),) = pieces.real
    assert place == 2
    assert area == pytest.approx(30, rel=1e-6)
    assert width == pytest.approx(3, rel=0.01)
    assert pieces.tolerated == 2
    assert pieces.tolerated_m2 == pytest.approx(1 + 40, rel=1e-6)


@pytest.mark.parametrize(("length", "counts"), [(1.9999, False), (2.0001, True)])
def test_the_area_decides_at_the_tolerance(length: float, counts: bool) -> None:
    assert bool(hold_to_tolerance(SUBJECT, [rectangle(EAST, NORTH, length, 1)]).real) is counts


@pytest.mark.parametrize(("width", "counts"), [(0.49, False), (0.51, True)])
def test_the_width_decides_at_the_tolerance(width: float, counts: bool) -> None:
    assert bool(hold_to_tolerance(SUBJECT, [rectangle(EAST, NORTH, 100, width)]).real) is counts


def test_the_width_of_a_piece_in_several_parts_is_that_of_the_widest() -> None:
    parts = MultiPolygon([square(EAST, NORTH, 1), square(EAST + 10, NORTH, 2)])
    ((_, area, width),) = hold_to_tolerance(SUBJECT, [parts]).real
    assert area == pytest.approx(5, rel=1e-6)
    assert width == pytest.approx(2, rel=0.01)
