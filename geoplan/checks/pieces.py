"""What overlaps and gaps have in common: their area, their width, and the one tolerance they are held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoplan.area import piece_areas, widths
from geoplan.checks.subject import Subject


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces held to the tolerance: `real` holds (index, area in m², width in m) of those that exceed it.

    `tolerated` counts the others and `tolerated_m2` sums their areas.
    """

    real: tuple[tuple[int, float, float], ...]
    tolerated: int
    tolerated_m2: float


def hold_to_tolerance(subject: Subject, shapes: Sequence[BaseGeometry]) -> Pieces:
    """Return which pieces, in the layer's CRS, exceed the subject's tolerance in both area and width.

    The width is the diameter of the largest circle inside. It is measured only where the area exceeds
    the tolerance: a layer can have thousands of crumbs, and finding the circle is the costly part.
    """
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    areas = piece_areas(array, subject.layer.crs)
    large = np.flatnonzero(areas > subject.tolerance.area_m2)
    across = np.zeros(len(array))
    across[large] = widths(array[large], subject.layer.crs)
    figures = [(place, float(areas[place]), float(across[place])) for place in large.tolist()]
    real = tuple(figure for figure in figures if subject.tolerance.exceeded_by(*figure[1:]))
    rest = np.delete(areas, [place for place, _, _ in real])
    return Pieces(real, len(rest), float(rest.sum()))
