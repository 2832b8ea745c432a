"""Drawings: closed lines and hatches become zones, named after their layer; everything else is counted.

A drawing has no coordinate system of its own. Binary DXF and DWG are refused before they get here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import shapely
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.read.contents import STROKED, Contents, skipped
from geoplan.types import Text

_LINES, _POLYGONS = (1, 2), (3, 6)
_SAME = 1e-6  # drawing units: a hatch that lies on its outline to this is the same shape
# why a feature is left out: English, Chinese
_REASONS = {
    "open": ("a line that is not closed", "未闭合的线"),
    "text": ("text", "文字"),
    "point": ("a point or block without lines", "点或无线条的图块"),
    "twin": ("a hatch of an outline on the same layer that was read", "与同层已读边界相同的填充"),
    "paper": ("on a layout sheet (paper space)", "位于图纸空间"),
    "layer": ("on another layer of the drawing", "位于图中其他图层"),
    "other": ("geometry that is no area", "不是面的图形"),
}


def zones_of_drawing(drawing: Contents, layer: str | None = None) -> Contents:
    """Return the closed lines and hatches of a drawing's entities, with the field `name`: their layer.

    `layer` keeps only what lies on that layer of the drawing. A closed line is one that ends where it begins;
    a hatch that fills such a line of its layer is the same zone drawn twice and left out.
    """
    geometry = drawing.geometry.copy()
    layers = _texts(drawing.fields.get("Layer"), len(geometry))
    classes = _texts(drawing.fields.get("SubClasses"), len(geometry))
    paper = _texts(drawing.fields.get("PaperSpace"), len(geometry))
    outlines: dict[str, list[Any]] = {}
    why: list[str | None] = []
    for place, shape in enumerate(geometry):
        if layer is not None and layers[place] != layer:
            why.append("layer")
            continue
        geometry[place], reason = _area(shape, classes[place])
        why.append("paper" if paper[place] not in ("", "0", "0.0", "nan", "None", "False") else reason)
        if why[-1] is None and "Hatch" not in classes[place]:
            outlines.setdefault(layers[place], []).append(geometry[place])
    trees = {name: shapely.STRtree(shapes) for name, shapes in outlines.items()}
    for place, shape in enumerate(geometry):
        if why[place] is None and "Hatch" in classes[place] and _drawn(shape, trees.get(layers[place])):
            why[place] = "twin"
    kept = [place for place, reason in enumerate(why) if reason is None]
    fields = {"name": objects(layers)} | drawing.fields
    counts = Counter(reason for reason in why if reason is not None)
    left = tuple(skipped(counts[reason], *_REASONS[reason]) for reason in _REASONS if counts[reason])
    chosen = {name: values[kept] for name, values in fields.items()}
    notes = (*drawing.notes, STROKED, Text("zones are named after the layers of the drawing", "分区以图层名命名"))
    return replace(drawing, geometry=geometry[kept], fields=chosen, skipped=(*drawing.skipped, *left), notes=notes)


def _texts(values: NDArray[Any] | None, count: int) -> list[str]:
    return [""] * count if values is None else ["" if value is None else str(value) for value in values]


def _area(shape: Any, kind: str) -> tuple[Any, str | None]:
    """Return an entity as a polygon and None, or as it is and why it is none."""
    number = -1 if shape is None else shapely.get_type_id(shape)
    if number in _POLYGONS and not shape.is_empty:
        return shape, None
    if number in _LINES:
        parts = shapely.get_parts(shape)
        coordinates = [shapely.get_coordinates(part) for part in parts]
        if len(parts) and all(len(ring) >= 4 and (ring[0] == ring[-1]).all() for ring in coordinates):
            rings = [shapely.Polygon(ring) for ring in coordinates]
            return rings[0] if len(rings) == 1 else shapely.MultiPolygon(rings), None
        return shape, "open"
    if "Text" in kind:
        return shape, "text"
    return shape, "point" if number in (-1, 0, 4) else "other"


def _drawn(hatch: Any, outlines: shapely.STRtree | None) -> bool:
    if outlines is None:
        return False
    near = outlines.geometries[outlines.query(hatch)]
    return any(
        shapely.hausdorff_distance(hatch.boundary, one.boundary) <= _SAME
        and abs(hatch.area - one.area) <= _SAME * hatch.length
        for one in near
    )
