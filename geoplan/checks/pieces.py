"""What overlaps, gaps and what lies outside the site have in common: area, width, the one tolerance, the finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.area import piece_areas
from geoplan.arrays import objects
from geoplan.checks.subject import Subject
from geoplan.plan.rules import PlainRule
from geoplan.types import Finding, Text


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces held to the tolerance: `real` holds (index, area in m², width in m) of those that exceed it.

    `tolerated` counts the others and `tolerated_m2` sums their areas.
    """

    real: tuple[tuple[int, float, float], ...]
    tolerated: int
    tolerated_m2: float

    def placed(self, subject: Subject, shapes: Sequence[BaseGeometry] | NDArray[Any]) -> Iterator[tuple[int, Piece]]:
        """Yield the index of each real piece among `shapes`, and the piece."""
        array = objects([shapes[index] for index, _, _ in self.real])
        for (index, area, width), shape, digest in zip(
            self.real, array, subject.layer.geometry_digests(array), strict=True
        ):
            yield index, Piece(shape, area, width, digest)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece beyond the tolerance: its shape in the layer's CRS and its digest, its area in m², its width in m."""

    shape: BaseGeometry
    area_m2: float
    width_m: float
    digest: str


def piece_finding(rule: PlainRule, zones: tuple[str, ...], message: Text, piece: Piece) -> Finding:
    """Return the finding about a piece that should not be there: its own area against 0, known by its own shape."""
    return Finding(
        check=rule.check,
        severity=rule.severity,
        zones=zones,
        message=message,
        subject=piece.digest,
        geometry=piece.shape,
        area_m2=piece.area_m2,
        width_m=piece.width_m,
        expected=0.0,
        measured=piece.area_m2,
        unit="m2",
    )


def hold_to_tolerance(subject: Subject, shapes: Sequence[BaseGeometry] | NDArray[Any]) -> Pieces:
    """Return which pieces, in the layer's CRS, exceed the subject's tolerance in both area and width.

    The width is the diameter of the largest circle inside. It is measured only where the area exceeds
    the tolerance: a layer can have thousands of crumbs, and finding the circle is the costly part.
    """
    array = objects(shapes)
    areas = piece_areas(array, subject.layer.crs)
    large = np.flatnonzero(areas > subject.tolerance.area_m2)
    across = np.zeros(len(array))
    across[large] = subject.widths(array[large])
    figures = [(place, float(areas[place]), float(across[place])) for place in large.tolist()]
    real = tuple(figure for figure in figures if subject.tolerance.exceeded_by(*figure[1:]))
    rest = np.delete(areas, [place for place, _, _ in real])
    return Pieces(real, len(rest), float(rest.sum()))
