"""A plugin for pytest under which layers that tests check or analyse are cut in three and spread over workers.

    python -m pytest -p tests.distributed.substitute tests/checks tests/test_coverage.py

So whatever these are tested with, and whatever comes to be, is held to the same expected values once more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan import coverage
from geoplan.coverage import Coverage, Distance
from geoplan.crs import coordinates_outside, norm_crs
from geoplan.distributed import Spreading
from geoplan.distributed.dividing import coverage_of
from geoplan.distributed.parts import parts_in_hand
from geoplan.distributed.spread import Spread
from geoplan.distributed.survey import Frame
from tests import helpers
from tests.distributed.crews import Here
from tests.distributed.layers import cut_in

CREW = Here()
PLANE = norm_crs("EPSG:3857")  # its range holds what these tests draw around the origin
ALONE = coverage.analyse


def analyse(polygons: Any, *, boundary: BaseGeometry | None = None, distance: Distance | None = None) -> Coverage:
    """Return what `coverage.analyse` does, as workers find it."""
    given = np.asarray(polygons, dtype=object)
    xy = shapely.get_coordinates(given)
    if coordinates_outside(*xy.T, PLANE).any():
        return ALONE(given, boundary=boundary, distance=distance)
    spread = Spread(CREW, parts_in_hand(given, cut_in(3)(len(given))), Frame(PLANE), edges=True, held=given)
    reach = distance if isinstance(distance, tuple) else (distance or 0.0,) * 2
    found = coverage_of(spread, reach, boundary)
    return found if distance is not None else Coverage(found.overlaps, found.gaps, (), found.rounding)


def pytest_configure() -> None:
    """Put what spreads in the place of what does not: as a plugin only, since looking for doctests imports this too."""
    helpers.Subject = Spreading(CREW, cut=cut_in(3)).subject  # type: ignore[attr-defined, assignment, misc]
    coverage.analyse = analyse  # type: ignore[assignment]
    coverage.overlaps = lambda polygons: list(analyse(polygons).overlaps)
    coverage.gaps = lambda polygons, *, boundary=None: list(analyse(polygons, boundary=boundary).gaps)
    coverage.unmatched_vertices = lambda polygons, *, distance: list(analyse(polygons, distance=distance).unmatched)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say that workers were asked at all."""
    terminalreporter.write_line(f"tasks of workers: {len(CREW.asked)}")
