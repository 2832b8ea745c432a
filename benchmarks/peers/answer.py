"""What a tool says of a layer of polygons, in one form for all, and how long each question took it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

Surface = Literal["plane", "ellipsoid"]
LISTED = 20_000  # overlaps or gaps up to which each is told; of more only their number and sum


@dataclass(slots=True)
class Answer:
    """Overlapping pairs (by the numbers in their ids) with m², gaps in m², the sum of all areas; None: not offered.

    `surface` is what the m² of overlaps and gaps are on, `area_surface` that of the sum. `seconds` has the time of
    each question in order; `note` is anything else the tool says.
    """

    invalid: int | None = None
    overlaps: list[tuple[int, int, float]] | None = None
    gaps: list[float] | None = None
    area_m2: float | None = None
    surface: Surface = "plane"
    area_surface: Surface = "plane"
    seconds: dict[str, float] = field(default_factory=dict)
    note: str = ""


class Watch:
    """Writes into an answer how long has passed since the last question."""

    def __init__(self, answer: Answer) -> None:
        """Begin now."""
        self._answer = answer
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Say that the question `name` is answered."""
        now = time.perf_counter()
        self._answer.seconds[name] = now - self._last
        self._last = now


def pairs_of(one: Iterable[str], other: Iterable[str], areas: Iterable[float]) -> list[tuple[int, int, float]]:
    """Return overlaps by the numbers in the ids P0, P1, …, the lower first."""
    found = []
    for first, second, area in zip(one, other, areas, strict=True):
        low, high = sorted((int(first[1:]), int(second[1:])))
        found.append((low, high, float(area)))
    return found


def hole_areas(union: shapely.Geometry) -> list[float]:
    """Return the planar area of every hole of a union, which is what lies between polygons that should touch."""
    rings, part = shapely.get_rings(shapely.get_parts(union), return_index=True)
    inner: NDArray[np.bool_] = np.append(False, part[1:] == part[:-1])[: len(rings)]
    areas: list[float] = shapely.area(shapely.polygons(rings[inner])).tolist()
    return areas


def tell(answer: Answer) -> None:
    """Print an answer as one line of JSON: numbers and sums, and the lists while they are short."""
    said: dict[str, Any] = asdict(answer)
    for name, sizes in (
        ("overlaps", None if answer.overlaps is None else [m2 for _, _, m2 in answer.overlaps]),
        ("gaps", answer.gaps),
    ):
        listed = said.pop(name)
        said[name] = None if sizes is None else len(sizes)
        said[f"{name}_m2"] = None if sizes is None else sum(sizes)
        said[f"{name}_list"] = listed if sizes is not None and len(sizes) <= LISTED else None
    print(json.dumps(said))


def heard(line: str) -> Answer:
    """Return the answer that a line of `tell` holds; lists that were too long to tell are None."""
    said = json.loads(line)
    overlaps = said["overlaps_list"]
    return Answer(
        said["invalid"],
        None if overlaps is None else [(int(one), int(other), float(m2)) for one, other, m2 in overlaps],
        said["gaps_list"],
        said["area_m2"],
        said["surface"],
        said["area_surface"],
        said["seconds"],
        said["note"],
    )
