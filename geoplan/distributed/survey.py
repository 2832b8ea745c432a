"""What a worker does with a part of a layer: pure functions of the part and of what is true of the whole layer.

They keep nothing, so that the part of a worker that died is simply done again. Geometry is looked at by the same
functions as on one machine (`checks.Subject`, `edges`, `area`); what comes back are columns of figures, and the edges
that the part leaves unmatched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.area import (
    MANY_POINTS,
    Crowds,
    crowds_of,
    ellipsoidal_areas,
    geodesic_areas,
    perimeters,
    planar_areas,
    rings_by_cell,
    widths,
)
from geoplan.checks import Subject
from geoplan.distributed.parts import Floats, Ints, Part, Shapes, as_wkb
from geoplan.edges import match_edges
from geoplan.errors import GeoplanError
from geoplan.match import Matching
from geoplan.parallel import one_thread
from geoplan.zones import ZoneLayer, canonical_contents

Columns: TypeAlias = Mapping[str, NDArray[Any]]

CROWDED = Crowds(MANY_POINTS, None)  # what nearly every layer worth several workers turns out to be

# Functions of shapely by whose names the figures of single shapes are kept.
STORED = (shapely.is_missing, shapely.is_empty, shapely.get_type_id, shapely.get_num_coordinates, shapely.bounds)
SOLID = (shapely.is_missing, shapely.is_empty, shapely.get_type_id, shapely.bounds)
PARTS = (shapely.area, shapely.length, shapely.bounds)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is true of the whole layer: its CRS, and the plane areas are measured in (None: not known yet)."""

    crs: CRS
    projected: CRS | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What a part tells of itself.

    `stored` are columns about the geometry as stored, `solid` about that of `Subject.solid`, `parts` about the single
    polygons of the latter, by the names of shapely's functions; `of_parts` is the place of each in the part. What is
    the same as the one before is None: nearly always all is. `valid`, `usable` (`in_numbers`) and `out_of_range` are as
    in Subject, `borders` the edges left over, in their order (rows x0, y0, x1, y1). `ellipsoidal_m2` are
    the areas in the plane of the frame, taken for a crowded one; `crowds` says how crowded the part is, and `sparse`
    which of its features begin a ring in cells that are not. These are None where there is no plane yet, or a worker
    refused to measure in it.
    """

    stored: Columns
    solid: Columns | None
    parts: Columns | None
    of_parts: Ints | None
    valid: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    out_of_range: NDArray[np.bool_]
    borders: Floats
    crowds: Crowds | None = None
    sparse: Mapping[tuple[float, float], Ints] = field(default_factory=dict)
    ellipsoidal_m2: NDArray[np.float64] | None = field(default=None, repr=False)


def survey(part: Part, frame: Frame, *, edges: bool) -> Survey:
    """Return what is to be known of a part before anything else; without `edges` nothing of its borders."""
    subject = subject_of(part.shapes(), frame)
    single, sound = all_sound(subject)
    stored = _columns(STORED + PARTS[:2] if single else STORED, subject.layer.geometry)
    parts, places = (None, None) if single else subject.parts
    crowds, sparse, areas = _areas(subject, frame)
    loose = subject.edges if edges else match_edges(np.empty(0, dtype=object))
    return Survey(
        stored=stored,
        solid=None if sound else _columns(SOLID, subject.solid),
        parts=None if parts is None else _columns(PARTS, parts),
        of_parts=places,
        valid=subject.valid,
        usable=subject.in_numbers,
        out_of_range=subject.out_of_range,
        borders=loose.segments(~loose.matched),
        crowds=crowds,
        sparse=sparse,
        ellipsoidal_m2=areas,
    )


def all_sound(subject: Subject) -> tuple[bool, bool]:
    """Return whether all features are single polygons, and whether all are solid as they are stored."""
    solid = bool(subject.polygonal.all() and subject.valid.all() and not subject.out_of_range.any())
    single = shapely.get_type_id(subject.layer.geometry) == shapely.GeometryType.POLYGON
    return solid and bool(single.all()), solid


def subject_of(shapes: Shapes, frame: Frame) -> Subject:
    """Return some rows of a layer as the checks see them, without names."""
    nameless = Matching((None,) * len(shapes), ("",) * len(shapes), (), None, {})
    return Subject(ZoneLayer(shapes, frame.crs), nameless, frame.projected or frame.crs)


def crowded(part: Part, frame: Frame) -> Crowds:
    """Return how crowded a part is."""
    return crowds_of(subject_of(part.shapes(), frame).rings, frame.crs, frame.projected or frame.crs)


def ellipsoidal(
    part: Part, frame: Frame, *, crowds: Crowds, official_rounding: bool = False, single: bool = False
) -> Any:
    """Return the ellipsoidal areas of a part, or of its `single` polygons, within a layer of such crowds."""
    subject = subject_of(part.shapes(), frame)
    shapes = subject.parts[0] if single else subject.rings
    plane = frame.projected or frame.crs
    return ellipsoidal_areas(shapes, frame.crs, plane, official_rounding=official_rounding, crowds=crowds)


def figures(part: Part, frame: Frame, *, wanted: str, single: bool = False) -> Any:
    """Return "geodesic_m2", "planar_m2" or "perimeter_m" of a part, or of its `single` polygons."""
    subject = subject_of(part.shapes(), frame)
    shapes = subject.parts[0] if single else subject.rings
    if wanted == "planar_m2":
        return planar_areas(shapes, frame.crs, frame.projected or frame.crs)
    return {"geodesic_m2": geodesic_areas, "perimeter_m": perimeters}[wanted](shapes, frame.crs)


def contents(part: Part, frame: Frame) -> list[bytes]:
    """Return the digests that the digest of the whole layer is made of."""
    shapes = part.shapes()
    return canonical_contents(shapes, ZoneLayer(shapes, frame.crs).grid)


def covered(part: Part, frame: Frame, *, by: Any) -> NDArray[np.bool_]:
    """Return which solid polygons of a part a prepared shape covers."""
    shapely.prepare(by)
    return np.asarray(shapely.covers(by, subject_of(part.shapes(), frame).solid))


def across(part: Part, frame: Frame) -> NDArray[np.float64]:
    """Return the widths of pieces in m."""
    return widths(part.shapes(), frame.crs)


def fetch(part: Part, frame: Frame, *, rows: Ints) -> Shapes:  # noqa: ARG001 - every task is called alike
    """Return the geometry as stored, as WKB, of some rows of a part."""
    return as_wkb(part.shapes(rows))


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of ours on its way from a worker: an exception would lose its two languages there."""

    kind: type[GeoplanError]
    details: Mapping[str, Any]

    def error(self) -> GeoplanError:
        """Return the error itself."""
        error = self.kind.__new__(self.kind)
        error.__dict__.update(self.details)
        error.args = (error.line("en"),)
        return error


def run(function: Callable[..., Any], part: Any, frame: Frame, options: Mapping[str, Any], shared: Any = None) -> Any:
    """Return what a task comes to, or the refusal it ended with: what is sent to workers is always this.

    `shared` is a value that all tasks are given, if any.
    A worker runs as many tasks at a time as it was started with threads for, so none starts threads of its own.
    """
    try:
        with one_thread():
            given = options if shared is None else {**options, "shared": shared}
            return function(part, frame, **given)
    except GeoplanError as error:
        return Refusal(type(error), dict(vars(error)))


def _areas(
    subject: Subject, frame: Frame
) -> tuple[Crowds | None, dict[tuple[float, float], Ints], NDArray[np.float64] | None]:
    if frame.projected is None:
        return None, {}, None
    rings = subject.rings
    try:
        cells = dict(rings_by_cell(rings, frame.crs, frame.projected))
        areas = ellipsoidal_areas(rings, frame.crs, frame.projected, crowds=CROWDED)
    except GeoplanError:
        return None, {}, None  # told when the areas are asked for, with the number of the feature in the whole layer
    counts = {middle: int(rings.lengths[inside].sum()) for middle, inside in cells.items()}
    sparse = {middle: np.unique(rings.feature[cells[middle]]) for middle, own in counts.items() if own < MANY_POINTS}
    return Crowds(len(rings.x), counts), sparse, areas


def _columns(functions: tuple[Callable[..., Any], ...], shapes: Shapes) -> dict[str, NDArray[Any]]:
    return {function.__name__: function(shapes) for function in functions}
