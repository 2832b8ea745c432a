"""What is found out about an upload, away from the page: what it is, where its readings put it, what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.crs import norm_crs, to_lonlat
from geoplan.crs_verdict import apply
from geoplan.diff import Version
from geoplan.errors import CrsError, GeoplanError
from geoplan.inspection import Candidate, Inspection, LayerInfo
from geoplan.output.map import Overlay, Shape
from geoplan.output.map.drawing import simplified
from geoplan.plan import load_plan
from geoplan.read import inspect_layers
from geoplan.revisions import LoadResult, Publishing, Reading, load
from geoplan.revisions.current import current_zones, site_of
from geoplan.revisions.inspect import inspected
from geoplan.types import Text
from geoplan.ui.draft_map import changes_overlay
from geoplan.ui.texts import TEXTS
from geoplan.ui.update_upload import Part, delivered
from geoplan.ui.update_work import Tell
from geoplan.zones import polygonal

MAX_CANDIDATES = 6  # readings worth choosing among on a page; all others are worse
MAX_SKETCHED = 20_000  # vertices of a sketch: it says where, not what
_DEGREES = norm_crs("EPSG:4490")


@dataclass(frozen=True, slots=True)
class Found:
    """What an upload is: its `inspection`, or the `error` that says why there is none.

    `layers` are all layers of the file where they can be told. `sketches` are the outlines each of the `candidates`
    would give, lon, lat.
    """

    inspection: Inspection | None
    error: GeoplanError | None
    layers: tuple[LayerInfo, ...]
    candidates: tuple[Candidate, ...] = ()
    sketches: tuple[BaseGeometry | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a load would come to, with both sides and what differs as overlays of the map.

    They are None where it was rejected before there was anything to compare.
    """

    result: LoadResult
    before: Overlay | None = None
    after: Overlay | None = None
    changes: Overlay | None = None


def look_at(parts: Sequence[Part], plan: Path, reading: Reading, tell: Tell) -> Found:
    """Return what an upload is when held against the current zones of the plan in a folder.

    A file that cannot be read is an answer. Raises GeoplanError for a plan or store that cannot be opened.
    """
    tell("update_step_opening")
    opened = load_plan(plan)
    site = site_of(opened, current_zones(opened, None).zones)
    tell("update_step_reading")
    try:
        with delivered(parts) as path:
            try:
                found = inspected(path, site, reading)
            except GeoplanError as error:
                return Found(None, error, _layers(path, reading.encoding))
    except GeoplanError as error:
        return Found(None, error, ())
    tell("update_step_sketching")
    candidates = found.inspection.crs.candidates[:MAX_CANDIDATES]
    sketches = tuple(_sketch(found.raw.geometry, candidate) for candidate in candidates)
    return Found(found.inspection, None, found.inspection.layers, candidates, sketches)


def previewed(parts: Sequence[Part], plan: Path, reading: Reading, tell: Tell, *, repair: bool = False) -> Preview:
    """Return what a load would come to, nothing being written; errors as for `revisions.load`."""
    with delivered(parts) as path:
        tell("update_step_checking")
        # Nobody signs what is not published.
        result = load(path, plan, reading=reading, publishing=Publishing(author="-", dry_run=True, repair=repair))
    tell("update_step_drawing")
    if result.comparison is None:
        return Preview(result)
    comparison = result.comparison
    names = {row.id: row.name for row in comparison.rows}
    return Preview(
        result,
        zones_overlay("before", comparison.before, names),
        zones_overlay("after", comparison.after, names),
        changes_overlay(comparison),
    )


def zones_overlay(role: str, version: Version, names: dict[str, Text]) -> Overlay:
    """Return one side of a comparison as an overlay, its role that of the map."""
    zones = [(zone.id, shape) for zone in version.zones.zones.values() if (shape := zone.geometry) is not None]
    shapes = _light(to_lonlat([shape for _, shape in zones], version.zones.crs))
    drawn = tuple(
        Shape(shape, role, names.get(zone, Text.same(zone)))
        for (zone, _), shape in zip(zones, shapes, strict=True)
        if not shape.is_empty and np.isfinite(shape.bounds).all()
    )
    label = TEXTS["update_map_before" if role == "before" else "update_map_after"]
    return Overlay(role, label, drawn, ((role, label),))


def _layers(path: Path, encoding: str | None) -> tuple[LayerInfo, ...]:
    try:
        return inspect_layers(path, encoding=encoding)
    except GeoplanError:  # the first error says what is wrong with the file
        return ()


def _sketch(geometry: NDArray[Any], candidate: Candidate) -> BaseGeometry | None:
    """Return the outlines a reading gives in degrees, None where it gives none."""
    solid = geometry[polygonal(geometry)]
    if not len(solid):
        return None
    if shapely.get_num_coordinates(solid).sum() > MAX_SKETCHED:
        solid = np.asarray(shapely.convex_hull(solid), dtype=object)
    try:
        placed = apply(solid, candidate, _DEGREES)
    except CrsError:  # an old datum that nothing is known about
        return None
    finite = [shape for shape in placed if np.isfinite(shape.bounds).all()]
    return shapely.geometrycollections(finite) if finite else None


def _light(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return shapes light enough to draw; those that cannot be simplified together, each by itself."""
    if bool(polygonal(shapes).all()) and bool(shapely.is_valid(shapes).all()):
        return simplified(shapes)[0]
    return shapes if shapely.get_num_coordinates(shapes).sum() < 60_000 else np.asarray(shapely.convex_hull(shapes))
