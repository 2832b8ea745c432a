"""What was planted in a fabric, on the plane and on the ellipsoid, and how far an answer is from it.

Nothing here is geoplan's: areas in the plane come with the fabric (exact), those on the ellipsoid are these divided
by PROJ's own areal scale at the middle of each shape, which over a parcel of 60 m is right to 1e-10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Proj, Transformer

from benchmarks.fabric import Fabric
from benchmarks.peers.answer import Answer

RELATIVE = 1e-6  # to which every area must be right
PLANE = Proj(CRS.from_epsg(4548))
TO_DEGREES = Transformer.from_crs(4548, 4490, always_xy=True)
QUESTIONS = ("overlaps", "gaps", "area")


@dataclass(frozen=True, slots=True)
class Truth:
    """Overlaps by pair and gaps, each as m² in the plane and on the ellipsoid; the sum of all areas on both."""

    overlaps: dict[tuple[int, int], tuple[float, float]]
    gaps: list[tuple[float, float]]
    area: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one question was answered (`offered`) and rightly, and the same in a few words."""

    offered: bool
    right: bool
    words: str


def truth_of(fabric: Fabric) -> Truth:
    """Return what was planted in a fabric."""
    pairs = list(fabric.overlaps)
    hosts = fabric.polygons[np.array([pair[0] for pair in pairs], dtype=np.int64)]
    shared = on_ellipsoid(hosts, list(fabric.overlaps.values()))
    holes = [area for _, area in fabric.gaps]
    shapes = np.array([shape for shape, _ in fabric.gaps], dtype=object)
    planar = shapely.area(fabric.polygons)
    return Truth(
        dict(zip(pairs, zip(fabric.overlaps.values(), shared.tolist(), strict=True), strict=True)),
        list(zip(holes, on_ellipsoid(shapes, holes).tolist(), strict=True)),
        (math.fsum(planar), math.fsum(on_ellipsoid(fabric.polygons, planar))),
    )


def on_ellipsoid(shapes: NDArray[np.object_], plane_m2: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return areas in the plane of EPSG:4548 as those on the ellipsoid, by PROJ's scale factors at each shape."""
    if len(shapes) == 0:  # of which PROJ has no factors
        return np.empty(0)
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    factors = PLANE.get_factors(*TO_DEGREES.transform(middles[:, 0], middles[:, 1]))
    return np.asarray(np.asarray(plane_m2, dtype=np.float64) / np.asarray(factors.areal_scale))


def judge(answer: Answer, truth: Truth) -> dict[str, Verdict]:
    """Hold an answer to the truth; areas are held to those on the surface that the tool says they are on."""
    return {
        "overlaps": _overlaps(answer, truth),
        "gaps": _gaps(answer, truth),
        "area": _area(answer, truth),
    }


def _overlaps(answer: Answer, truth: Truth) -> Verdict:
    if answer.overlaps is None:
        return Verdict(offered=False, right=False, words="not offered")
    side = int(answer.surface == "ellipsoid")
    found = {(one, other): m2 for one, other, m2 in answer.overlaps}
    both = truth.overlaps.keys() & found.keys()
    near = sum(math.isclose(found[pair], truth.overlaps[pair][side], rel_tol=RELATIVE) for pair in both)
    return _counted(len(truth.overlaps), len(both), near, len(answer.overlaps) - len(both))


def _gaps(answer: Answer, truth: Truth) -> Verdict:
    if answer.gaps is None:
        return Verdict(offered=False, right=False, words="not offered")
    side = int(answer.surface == "ellipsoid")
    planted, found = sorted(gap[side] for gap in truth.gaps), sorted(answer.gaps)
    near = matched(planted, found)
    # A gap with another area counts as found while there is one left that it could be.
    hits = min(len(planted), len(found))
    return _counted(len(planted), hits, near, max(len(found) - len(planted), 0))


def matched(planted: Sequence[float], found: Sequence[float]) -> int:
    """Return how many of two sorted lists are the same to `RELATIVE`, each counted once."""
    hits = place = 0
    for area in planted:
        while place < len(found) and found[place] < area * (1 - RELATIVE):
            place += 1
        if place < len(found) and found[place] <= area * (1 + RELATIVE):
            hits, place = hits + 1, place + 1
    return hits


def _counted(planted: int, hits: int, near: int, invented: int) -> Verdict:
    words = f"{hits:,} of {planted:,}"
    if near < hits:
        words += f", {hits - near:,} with another area"
    if invented:
        words += f", {invented:,} not there"
    return Verdict(offered=True, right=hits == near == planted and not invented, words=words)


def _area(answer: Answer, truth: Truth) -> Verdict:
    if answer.area_m2 is None:
        return Verdict(offered=False, right=False, words="not offered")
    if answer.area_surface == "plane":
        same = math.isclose(answer.area_m2, truth.area[0], rel_tol=RELATIVE)
        return Verdict(offered=False, right=False, words="in the plane only" if same else "in the plane, and wrong")
    off = answer.area_m2 / truth.area[1] - 1
    right = abs(off) <= RELATIVE
    return Verdict(offered=True, right=right, words="right" if right else f"off by {off:+.1e}")
