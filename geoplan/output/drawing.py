"""Small maps as SVG: true metres east and north around one place, zones, the finding, scale bar and north.

For looking at only: outlines are clipped to the picture and simplified to half a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rich.cells import cell_len
from shapely.geometry.base import BaseGeometry

from geoplan.crs import metres_jacobian
from geoplan.output.escape import clip, for_html
from geoplan.output.style import NO_DATA, boundary_dashes, zone_colour
from geoplan.result import CheckResult
from geoplan.types import Finding, Text
from geoplan.zones import ZoneLayer, polygonal

_SMALLEST_M = 12.0  # a picture never shows less than this from side to side
_AROUND_POINT_M = 120.0  # a point alone says nothing; its surroundings do
_PATH_BUDGET = 6000  # characters of one outline
_LABELS = 8
_NAME_LENGTH = 18


Bounds: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A window on the ground: pixels across and down, and the affine map from the CRS to them.

    `matrix` takes offsets from `centre` in CRS units to metres east and north of it.
    """

    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]
    metres_per_pixel: float
    width: int
    height: int

    @classmethod
    def around(
        cls, bounds: Bounds, crs: CRS, width: int, height: int, margin: float, least_m: float = _SMALLEST_M
    ) -> View | None:
        """Return the view on `bounds` (in `crs`) with a margin as a share of its size; None outside the globe.

        It is at least `least_m` metres across.
        """
        if not np.isfinite(bounds).all():
            return None
        centre = (bounds[:2] + bounds[2:]) / 2
        matrix = metres_jacobian(crs, centre[:1], centre[1:])[0]
        if not (np.isfinite(matrix).all() and abs(np.linalg.det(matrix)) > 0):
            return None
        across, down = np.abs(matrix) @ (bounds[2:] - bounds[:2])
        metres = max(across / width, down / height, least_m / width) * (1 + 2 * margin)
        return cls(centre, matrix, float(metres), width, height)

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Return the window in CRS units, a tenth larger so that cut edges stay out of sight."""
        return self._window(0.6)

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """Return the part of the window in CRS units that labels may stand in."""
        return self._window(0.42)

    def _window(self, share: float) -> tuple[float, float, float, float]:
        half = share * self.metres_per_pixel * np.array([self.width, self.height])
        reach = np.abs(np.linalg.inv(self.matrix)) @ half
        west, south = self.centre - reach
        east, north = self.centre + reach
        return float(west), float(south), float(east), float(north)

    @property
    def half_pixel(self) -> float:
        """Return half a pixel in CRS units."""
        return 0.5 * self.metres_per_pixel / math.sqrt(abs(float(np.linalg.det(self.matrix))))

    def pixels(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return coordinates in pixels from the top left, shape (n, 2)."""
        metres = (coordinates - self.centre) @ self.matrix.T
        flipped = metres / self.metres_per_pixel * np.array([1.0, -1.0])
        return np.asarray(flipped + np.array([self.width, self.height]) / 2)


class Atlas:
    """Draws the findings of one result on the zones of one layer.

    Zones get their names and colours from the measurement, which has one row per feature; a layer of
    another length is drawn without names. `layer` may be None: findings are then drawn alone.
    """

    def __init__(self, result: CheckResult, layer: ZoneLayer | None) -> None:
        self._crs = result.crs
        measured = result.measurement.zones if result.measurement else ()
        status = result.plan.status if result.plan else None
        self._dash = " ".join(f"{length:g}" for length in boundary_dashes(status))
        self._shapes: NDArray[np.object_] = np.empty(0, dtype=object)
        self._rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._names: Mapping[int, Text] = {}
        if layer is not None and result.crs is not None and layer.crs == result.crs:
            finite = np.isfinite(shapely.bounds(layer.geometry)).all(axis=1)
            self._rows = np.flatnonzero(finite & polygonal(layer.geometry))
            self._shapes = layer.geometry[self._rows]
            if len(measured) == len(layer):
                self._names = {row: zone.name for row, zone in enumerate(measured)}
        self._tree = shapely.STRtree(self._shapes)

    def overview(self, findings: Iterable[tuple[int, Finding]], width: int = 640, height: int = 400) -> str:
        """Return the map of all zones with a numbered mark at each finding; "" without zones."""
        view = self._whole(width, height)
        if view is None:
            return ""
        marks = (self._mark(view, number, finding) for number, finding in findings)
        zones = list(self._zones(view))
        return _svg(view, [*zones, *marks, *_furniture(view)], "overview")

    def close_up(self, finding: Finding, width: int = 360, height: int = 220) -> str:
        """Return the map around one finding; "" if it has no place."""
        geometry = finding.geometry
        if geometry is None or geometry.is_empty or self._crs is None:
            return ""
        view = View.around(np.array(shapely.bounds(geometry)), self._crs, width, height, 0.4, _surroundings(finding))
        if view is None:
            return ""
        parts = [*self._zones(view), _shape(view, geometry, finding), *_furniture(view)]
        return _svg(view, parts, "close-up")

    def _whole(self, width: int, height: int) -> View | None:
        if not len(self._shapes) or self._crs is None:
            return None
        return View.around(np.array(shapely.total_bounds(self._shapes)), self._crs, width, height, 0.06)

    def _zones(self, view: View) -> Iterator[str]:
        seen = np.sort(self._tree.query(shapely.box(*view.box)))
        labels: list[tuple[float, BaseGeometry, Text]] = []
        for place in seen:
            row, shape = int(self._rows[place]), self._shapes[place]
            # Cutting a polygon that crosses itself may fail or fill the wrong side; its outline is safe.
            drawn = shape if shape.is_valid else shape.boundary
            part = shapely.clip_by_rect(drawn, *view.box)
            path = _path(view, part)
            if not path:
                continue
            colour = zone_colour(row) if self._names else NO_DATA
            dash = f' stroke-dasharray="{self._dash}"' if self._dash else ""
            fill = f'fill="{colour}"' if shape.is_valid else 'fill="none"'
            yield f'<path class="z" d="{path}" {fill}{dash}/>'
            if row in self._names and shape.is_valid:
                inside = shapely.clip_by_rect(part, *view.frame)
                labels.append((inside.area, inside, self._names[row]))
        yield from _labels(view, sorted(labels, key=lambda label: -label[0])[:_LABELS])

    def _mark(self, view: View, number: int, finding: Finding) -> str:
        geometry = finding.geometry
        if geometry is None or geometry.is_empty or not np.isfinite(shapely.bounds(geometry)).all():
            return ""
        x, y = view.pixels(shapely.get_coordinates(shapely.centroid(geometry)))[0]
        if not (0 <= x <= view.width and 0 <= y <= view.height):
            return ""
        kind = "accepted" if finding.accepted else finding.severity.value
        return f'<a href="#f{number}"><circle class="m {kind}" cx="{_n(x)}" cy="{_n(y)}" r="6"/></a>'


def _svg(view: View, parts: Iterable[str], kind: str) -> str:
    body = "".join(parts)
    return f'<svg class="{kind}" viewBox="0 0 {view.width} {view.height}" role="img" aria-hidden="true">{body}</svg>'


def _shape(view: View, geometry: BaseGeometry, finding: Finding) -> str:
    kind = "accepted" if finding.accepted else finding.severity.value
    pieces = []
    for part in shapely.get_parts(geometry):
        if shapely.get_dimensions(part) == 0:
            x, y = view.pixels(shapely.get_coordinates(part))[0]
            pieces.append(f'<circle class="f {kind}" cx="{_n(x)}" cy="{_n(y)}" r="6"/>')
    flat = [part for part in shapely.get_parts(geometry) if shapely.get_dimensions(part) > 0]
    path = "".join(_path(view, part) for part in flat[:500])
    if path:
        closed = "" if any(shapely.get_dimensions(part) == 2 for part in flat) else " open"
        pieces.append(f'<path class="f {kind}{closed}" d="{path}"/>')
    return "".join(pieces[:500])


def _path(view: View, geometry: BaseGeometry) -> str:
    """Return the outline as SVG path data, simplified until it fits its budget."""
    path = ""
    for coarseness in (1.0, 4.0, 16.0):
        simple = shapely.simplify(geometry, coarseness * view.half_pixel)
        path = "".join(_rings(view, simple))
        if len(path) <= _PATH_BUDGET:
            return path
    return path if len(path) <= 4 * _PATH_BUDGET else ""


def _rings(view: View, geometry: BaseGeometry) -> Iterator[str]:
    for part in shapely.get_parts(geometry):
        polygon = part.geom_type == "Polygon"
        rings: Sequence[BaseGeometry] = shapely.get_rings(part) if polygon else [part]
        if part.geom_type not in ("Polygon", "LineString", "LinearRing"):
            continue
        for ring in rings:
            points = view.pixels(shapely.get_coordinates(ring))
            if len(points) > 1:
                yield "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points[: -1 if polygon else None])
                yield "Z" if polygon else ""


def _labels(view: View, wanted: Iterable[tuple[float, BaseGeometry, Text]]) -> Iterator[str]:
    """Yield the names of zones, the largest first, moved up or down so as not to cover another name, scale or north.

    A name that finds no room is left out.
    """
    taken: list[BaseGeometry] = [
        shapely.box(0, view.height - 26, 0.5 * view.width, view.height),
        shapely.box(view.width - 34, 0, view.width, 42),
    ]
    for area, part, name in wanted:
        if area <= 0:
            continue
        shown = [clip(text, _NAME_LENGTH) for text in (name.en, name.zh)]
        half = 3.6 * max(cell_len(text) for text in shown) + 4
        x, y = view.pixels(shapely.get_coordinates(shapely.point_on_surface(part)))[0]
        x = min(max(x, half), view.width - half)
        for lower in (0, 20, -20, 38, -38):
            place = shapely.box(x - half, y + lower - 14, x + half, y + lower + 6)
            if 0 < y + lower < view.height and not any(place.intersects(other) for other in taken):
                taken.append(place)
                yield _label(x, y + lower, shown)
                break


def _label(x: float, y: float, shown: Sequence[str]) -> str:
    if shown[0] == shown[1]:
        return f'<text class="n" x="{_n(x)}" y="{_n(y)}">{for_html(shown[0])}</text>'
    return "".join(
        f'<text class="n {language}" lang="{language}" x="{_n(x)}" y="{_n(y)}">{for_html(text)}</text>'
        for language, text in zip(("en", "zh"), shown, strict=True)
    )


def _surroundings(finding: Finding) -> float:
    """Return how many metres across the picture of a finding must show at least."""
    geometry = finding.geometry
    if geometry is None or shapely.get_dimensions(geometry) > 0:
        return _SMALLEST_M
    away = finding.measured if finding.unit == "m" and isinstance(finding.measured, float) else 0.0
    return min(max(_AROUND_POINT_M, 2.5 * away), 1e6)


def _furniture(view: View) -> Iterator[str]:
    """Yield the scale bar and the north arrow."""
    length = _round_length(0.28 * view.width * view.metres_per_pixel)
    pixels = length / view.metres_per_pixel
    bottom = view.height - 10
    said = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    yield (
        f'<g class="s"><path class="h" d="M10 {bottom - 5}V{bottom}H{_n(10 + pixels)}V{bottom - 5}"/>'
        f'<path d="M10 {bottom - 5}V{bottom}H{_n(10 + pixels)}V{bottom - 5}"/>'
        f'<text x="{_n(14 + pixels)}" y="{bottom}">{said}</text></g>'
    )
    x = view.width - 18
    arrow = f'<path class="a" d="M{x} 8l6 16-6-4-6 4z"/>'
    yield f'<g class="s">{arrow}<text x="{x}" y="36" text-anchor="middle">N</text></g>'


def _round_length(longest: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not more than `longest`."""
    power = 10.0 ** math.floor(math.log10(longest))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= longest * (1 + 1e-9))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
