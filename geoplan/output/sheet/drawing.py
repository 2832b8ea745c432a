"""The map of a sheet as vector drawing in millimetres of paper: grid, zones, findings, facilities.

Names are not in it: they are text of the page, so that they can be found and copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.crs import project
from geoplan.output import style
from geoplan.output.sheet.grid import Tick, ticks
from geoplan.output.sheet.ground import Frame, Ground
from geoplan.output.sheet.options import SheetOptions
from geoplan.types import Finding
from geoplan.workflow import PlanView

FILL_OPACITY = 0.42  # as on the map of the app
ZONE_LINE_MM = 0.35
DOT_MM = 1.15  # radius of a facility
_PIXEL_MM = 25.4 / 96  # dashes are given in pixels
_HIDDEN_MM = 2.0  # cut edges lie so far outside the frame
_FINEST_MM = 0.01  # detail finer than this is left out: far below what is seen or measured on paper
_GRID_COLOUR = "#D5DCE1"


@dataclass(frozen=True)
class Drawn:
    """What the map shows: a colour per zone and per place, dashes of boundaries, and what is drawn besides.

    `shapes` are the zones in mm of paper, cut to the frame; None for what is outside or has no place.
    """

    frame: Frame
    shapes: NDArray[np.object_]
    spots: NDArray[np.float64]
    zone_colours: Sequence[str]
    spot_colours: Sequence[str]
    status: str

    @property
    def dashes(self) -> tuple[float, ...]:
        """Return the dash pattern of the boundaries in mm; none for an unbroken line."""
        return tuple(round(length * _PIXEL_MM, 3) for length in style.boundary_dashes(self.status))


def drawn(frame: Frame, ground: Ground, zone_colours: Sequence[str], spot_colours: Sequence[str], status: str) -> Drawn:
    """Return the zones and places of the ground as they come on paper; a place outside the frame is NaN."""
    shapes = np.empty(len(ground.zones), dtype=object)
    for place, shape in enumerate(ground.zones):
        shapes[place] = _on_paper(frame, shape)
    spots = np.full((len(ground.places), 2), np.nan)
    for place, point in enumerate(ground.places):
        if point is not None and not point.is_empty:
            at = frame.paper(shapely.get_coordinates(point))[0]
            if 0 <= at[0] <= frame.width and 0 <= at[1] <= frame.height:
                spots[place] = at
    return Drawn(frame, shapes, spots, zone_colours, spot_colours, status)


def map_svg(view: PlanView, picture: Drawn, options: SheetOptions) -> str:
    """Return the drawing as SVG; its units are mm."""
    width, height = _n(picture.frame.width), _n(picture.frame.height)
    size = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawing_parts(view, picture, options)}</svg>'


def drawing_parts(view: PlanView, picture: Drawn, options: SheetOptions) -> str:
    """Return grid, zones, findings, accuracies and facilities as SVG elements, as far as the options want them."""
    frame, crs = picture.frame, view.result.crs
    parts = [*_grid(frame, ticks(frame)), *_zones(picture)]
    if options.findings and crs is not None:
        for finding in view.result.findings:
            parts += _finding(frame, finding, crs)
    if options.accuracy:
        # Without facilities on the map there are no spots, and no circles.
        radii = [facility.accuracy_m for facility in view.facilities][: len(picture.spots)]
        parts += _accuracies(picture, radii)
    parts += _spots(picture)
    return "".join(parts)


def _on_paper(frame: Frame, shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return a shape in mm of paper, cut to the frame; one that crosses itself is kept whole."""
    if shape is None or shape.is_empty:
        return None
    flat: BaseGeometry = shapely.transform(shapely.force_2d(shape), frame.paper)
    simple = shapely.simplify(flat, _FINEST_MM)
    # Cutting a polygon that crosses itself may fail or fill the wrong side.
    if simple.is_empty or not simple.is_valid:
        return flat if shapely.intersects(shapely.envelope(flat), _window(frame)) else None
    cut: BaseGeometry = shapely.clip_by_rect(
        simple, -_HIDDEN_MM, -_HIDDEN_MM, frame.width + _HIDDEN_MM, frame.height + _HIDDEN_MM
    )
    return None if cut.is_empty else cut


def _window(frame: Frame) -> BaseGeometry:
    window: BaseGeometry = shapely.box(0, 0, frame.width, frame.height)
    return window


def _grid(frame: Frame, lines: Sequence[Tick]) -> Iterator[str]:
    yield f'<rect width="{_n(frame.width)}" height="{_n(frame.height)}" fill="#FCFDFD"/>'
    for line in lines:
        upright = line.axis == "east"
        path = f"M{_n(line.at)} 0V{_n(frame.height)}" if upright else f"M0 {_n(line.at)}H{_n(frame.width)}"
        yield f'<path d="{path}" fill="none" stroke="{_GRID_COLOUR}" stroke-width="0.12"/>'


def _zones(picture: Drawn) -> Iterator[str]:
    pattern = " ".join(f"{length:g}" for length in picture.dashes)
    dash = f' stroke-dasharray="{pattern}"' if pattern else ""
    line = f'stroke="{style.OUTLINE}" stroke-width="{ZONE_LINE_MM}" stroke-linejoin="round"{dash}'
    for shape, colour in zip(picture.shapes, picture.zone_colours, strict=True):
        if shape is None:
            continue
        fill = f'fill="{colour}" fill-opacity="{FILL_OPACITY}" fill-rule="evenodd"' if shape.is_valid else 'fill="none"'
        path = "".join(_rings(shape))
        if path:
            yield f'<path d="{path}" {fill} {line}/>'


def _finding(frame: Frame, finding: Finding, crs: Any) -> Iterator[str]:
    """Yield the place of a finding: its area filled, its line or point marked."""
    if finding.geometry is None or finding.geometry.is_empty:
        return
    shapes = project(np.array([finding.geometry], dtype=object), crs, frame.crs)
    if not np.isfinite(shapely.bounds(shapes)).all():
        return
    colour = (style.ACCEPTED if finding.accepted else style.SEVERITY_STYLES[finding.severity]).text
    placed: BaseGeometry = shapely.transform(shapely.force_2d(shapes[0]), frame.paper)
    for part in shapely.get_parts(placed)[:200]:
        if part.geom_type == "Polygon":
            rings = "".join(_rings(part))
            yield f'<path d="{rings}" fill="{colour}" fill-opacity="0.5" stroke="{colour}" stroke-width="0.3"/>'
        elif part.geom_type != "Point":
            yield f'<path d="{"".join(_rings(part))}" fill="none" stroke="{colour}" stroke-width="0.5"/>'
    x, y = shapely.get_coordinates(shapely.centroid(placed))[0]
    if 0 <= x <= frame.width and 0 <= y <= frame.height:
        yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="1.7" fill="none" stroke="{colour}" stroke-width="0.45"/>'


def _accuracies(picture: Drawn, radii_m: Sequence[float | None]) -> Iterator[str]:
    for (x, y), radius in zip(picture.spots, radii_m, strict=True):
        if radius is None or np.isnan(x):
            continue
        # A radius is a length on the ground; in these projections it is that of the grid to some 0.1 %.
        size = radius * 1000.0 / picture.frame.scale
        yield (
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}" fill="{style.INK}" fill-opacity="0.03" '
            f'stroke="{style.MUTED_INK}" stroke-width="0.14" stroke-dasharray="0.8 0.7"/>'
        )


def _spots(picture: Drawn) -> Iterator[str]:
    for (x, y), colour in zip(picture.spots, picture.spot_colours, strict=True):
        if not np.isnan(x):
            yield (
                f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{DOT_MM}" fill="{colour}" stroke="#FFFFFF" stroke-width="0.35"/>'
            )


def _rings(shape: BaseGeometry) -> Iterator[str]:
    """Yield the outlines of polygons, and lines, as path data."""
    for part in shapely.get_parts(shape):
        closed = part.geom_type == "Polygon"
        if not closed and part.geom_type not in ("LineString", "LinearRing"):
            continue
        for ring in shapely.get_rings(part) if closed else [part]:
            points = shapely.get_coordinates(ring)
            if len(points) > 1:
                yield "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points[: -1 if closed else None])
                yield "Z" if closed else ""


def _n(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
