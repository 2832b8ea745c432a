"""A small map of the world as SVG: where a network's places are, and the ways to them from the plan.

Equal Earth projection (B. Šavrič, T. Patterson, B. Jenny, 2018), the Pacific in the middle as on maps in China. Land is
one shape without any border, from Natural Earth (public domain) where it is at hand; without it the
graticule alone is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj
from rich.cells import cell_len
from shapely.geometry.base import BaseGeometry

from geoplan.geodesics import GEOD
from geoplan.output.columns import clip_cells
from geoplan.output.escape import for_html, visible
from geoplan.output.style import INK, MUTED_INK

WIDTH, HEIGHT = 1000.0, 430.0  # units of the drawing, which scales to the room it has
MIDDLE = 150.0  # degrees east
_SOUTH, _NORTH = -56.0, 80.0
_LAND, _SEA, _LINES, _WAY = "#DDE4E1", "#F5F8F9", "#E3EAEC", "#0072B2"
_FONTS = "Source Sans, Segoe UI, Roboto, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
_CELL = 7.0  # width of a terminal cell of text of 14 units
_LABEL_CELLS = 30
_PROJECTION = Proj(proj="eqearth", lon_0=MIDDLE, datum="WGS84")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the world map, in degrees; `accuracy_m` is drawn as a circle where it can be seen."""

    id: str
    label: str
    lon: float
    lat: float
    accuracy_m: float | None = None


def world_svg(home: Spot | None, spots: Sequence[Spot], title: str, picked: str | None = None) -> str:
    """Return the map: the spots with their labels, the shortest ways to them from `home`, the `picked` one marked."""
    parts = [f'<path d="{_outline()}" fill="{_SEA}"/>', f'<path d="{_graticule()}" fill="none" stroke="{_LINES}"/>']
    parts.append(f'<path d="{_land_path()}" fill="{_LAND}"/>')
    if home is not None:
        parts += [
            f'<path d="{way}" fill="none" stroke="{_WAY}" stroke-width="1.3" stroke-opacity="0.55"/>'
            for spot in spots
            for way in _way(home, spot)
        ]
    parts += [_accuracy(spot) for spot in spots]
    everything = [*([home] if home else []), *spots]
    taken = [_box_of(*_at(spot.lon, spot.lat), 7) for spot in everything]
    labels = "".join(_label(spot, taken, bold=spot is home) for spot in everything)
    parts += [_dot(spot, chosen=spot.id == picked, home=spot is home) for spot in everything]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{for_html(title)}" font-family="{_FONTS}">{"".join(parts)}{labels}</svg>'
    )


def distinct_labels(names: Sequence[str]) -> tuple[str, ...]:
    """Return names without what they all begin or end with: "Innovation centre in Lyon" among its like is "Lyon"."""
    if len(set(names)) < 2:
        return tuple(names)
    start = _shared_start(names)
    rest = [name[start:] for name in names]
    end = _shared_start([name[::-1] for name in rest])
    short = tuple(name[: len(name) - end].strip() for name in rest)
    return short if all(short) else tuple(names)


def _shared_start(names: Sequence[str]) -> int:
    """Return how many characters all names begin with: whole words of letters, single Chinese characters."""
    first = names[0]
    same = next((at for at in range(len(first)) if any(name[at : at + 1] != first[at] for name in names)), len(first))
    while same and first[same - 1].isascii() and first[same - 1].isalnum():
        same -= 1
    return same


# --- places on the drawing ------------------------------------------------------------------------


def _at(lon: float, lat: float) -> tuple[float, float]:
    x, y = _project(np.array([lon]), np.array([lat]))
    return float(x[0]), float(y[0])


def _project(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places on the drawing for degrees; a longitude is taken round the globe to where the map has it."""
    x, y = _PROJECTION((lon - MIDDLE + 180.0) % 360.0 - 180.0 + MIDDLE, np.clip(lat, _SOUTH, _NORTH))
    scale, top = _frame()
    return WIDTH / 2 + np.asarray(x) * scale, (top - np.asarray(y)) * scale


@lru_cache(maxsize=1)
def _frame() -> tuple[float, float]:
    """Return the scale of the drawing, and the projected height of its upper edge."""
    _, heights = _PROJECTION(np.array([MIDDLE, MIDDLE]), np.array([_SOUTH, _NORTH]))
    half, _ = _PROJECTION(MIDDLE + 179.999, 0.0)
    return min((WIDTH - 4) / (2 * half), HEIGHT / (heights[1] - heights[0])), float(heights[1])


@lru_cache(maxsize=1)
def _outline() -> str:
    lat = np.linspace(_SOUTH, _NORTH, 40)
    west, east = np.full(40, MIDDLE - 179.999), np.full(40, MIDDLE + 179.999)
    return _line(np.concatenate((west, east)), np.concatenate((lat, lat[::-1]))) + "Z"


@lru_cache(maxsize=1)
def _graticule() -> str:
    lat = np.linspace(_SOUTH, _NORTH, 40)
    lon = np.linspace(MIDDLE - 179.999, MIDDLE + 179.999, 90)
    meridians = [_line(np.full(40, step), lat) for step in np.arange(MIDDLE - 150, MIDDLE + 151, 30)]
    return "".join(meridians + [_line(lon, np.full(90, step)) for step in (-30.0, 0.0, 30.0, 60.0)])


@lru_cache(maxsize=1)
def _land_path() -> str:
    # The map begins elsewhere than the file: land is laid out twice round the globe, and cut to the map's range.
    land = _land()
    twice = shapely.union_all([land, shapely.transform(land, lambda xy: xy + np.array([360.0, 0.0]))])
    cut = shapely.intersection(twice, shapely.box(MIDDLE - 179.99, _SOUTH, MIDDLE + 179.99, _NORTH))
    rings = shapely.get_rings(shapely.get_parts(shapely.segmentize(cut, 4.0)))
    return "".join(_line(*shapely.get_coordinates(ring).T) + "Z" for ring in rings)


def _land() -> BaseGeometry:
    """Return the land of the world in degrees, empty where no copy is installed."""
    import pyogrio.raw  # noqa: PLC0415 - only this drawing needs it, and it loads GDAL

    # Natural Earth, 1:110 000 000, comes with pyogrio's own tests; there is no other copy that is always at hand.
    file = Path(str(resources.files("pyogrio") / "tests/fixtures/naturalearth_lowres/naturalearth_lowres.shp"))
    if not file.is_file():
        return shapely.Polygon()
    _, _, shapes, _ = pyogrio.raw.read(file, columns=[])
    return shapely.union_all(shapely.make_valid(shapely.from_wkb(shapes)), grid_size=1e-6)


def _line(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> str:
    x, y = _project(lon, lat)
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))


def _way(home: Spot, spot: Spot) -> Iterator[str]:
    """Yield the shortest way between two places, in as many pieces as the edge of the map cuts it into."""
    between = GEOD.npts(home.lon, home.lat, spot.lon, spot.lat, 60)
    points = np.array([(home.lon, home.lat), *between, (spot.lon, spot.lat)])
    x, _ = _project(points[:, 0], points[:, 1])
    for piece in np.split(points, np.flatnonzero(np.abs(np.diff(x)) > WIDTH / 2) + 1):
        if len(piece) > 1:
            yield _line(piece[:, 0], piece[:, 1])


# --- marks and labels -----------------------------------------------------------------------------


def _accuracy(spot: Spot) -> str:
    if spot.accuracy_m is None or spot.accuracy_m < 150_000:  # smaller than the dot itself
        return ""
    azimuths = np.linspace(0, 360, 73)
    radius = np.full(73, min(spot.accuracy_m, 9e6))
    lon, lat, _ = GEOD.fwd(np.full(73, spot.lon), np.full(73, spot.lat), azimuths, radius)
    x, _ = _project(np.asarray(lon), np.asarray(lat))
    if np.ptp(x) > WIDTH / 2:  # round a pole or over the edge of the map: no circle there
        return ""
    dashes = 'stroke-dasharray="3 4"'
    ring = _line(np.asarray(lon), np.asarray(lat))
    return f'<path d="{ring}Z" fill="{INK}" fill-opacity="0.04" stroke="{MUTED_INK}" {dashes}/>'


def _dot(spot: Spot, *, chosen: bool, home: bool) -> str:
    x, y = _at(spot.lon, spot.lat)
    if home:
        return f'<path d="M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7Z" fill="#D55E00" stroke="#FFF" stroke-width="1.5"/>'
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="none" stroke="{INK}" stroke-width="2.5"/>' if chosen else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{_WAY}" stroke="#FFF" stroke-width="1.5"/>{ring}'


def _label(spot: Spot, taken: list[Box], *, bold: bool) -> str:
    """Return the label where it covers nothing that is there already, with a line to its place if it is far."""
    text = clip_cells(visible(spot.label), _LABEL_CELLS)
    x, y = _at(spot.lon, spot.lat)
    wide = cell_len(text) * _CELL * (1.08 if bold else 1.0)
    best, least = (x + 12, y, "start"), float("inf")
    for down in (0, -18, 18, -36, 36, -54, 54):
        for across, anchor in ((12, "start"), (-12, "end")):
            left = x + across - (wide if anchor == "end" else 0)
            box = (left, y + down - 9, left + wide, y + down + 9)
            outside = max(-box[0], 0) + max(box[2] - WIDTH, 0) + max(-box[1], 0) + max(box[3] - HEIGHT, 0)
            hidden = sum(_shared(box, other) for other in taken) + 50 * outside
            if hidden < least:
                best, least = (x + across, y + down, anchor), hidden
    at, level, anchor = best
    left = at - (wide if anchor == "end" else 0)
    taken.append((left, level - 9, left + wide, level + 9))
    lead = ""
    if abs(level - y) > 1:
        lead = f'<path d="M{x:.1f} {y:.1f}L{at:.1f} {level:.1f}" stroke="{MUTED_INK}" stroke-width="0.8"/>'
    return (
        f'{lead}<text x="{at:.1f}" y="{level + 5:.1f}" text-anchor="{anchor}" font-size="14" fill="{INK}" '
        f'font-weight="{700 if bold else 500}" stroke="#FFF" stroke-width="3.5" stroke-linejoin="round" '
        f'paint-order="stroke">{for_html(text)}</text>'
    )


def _box_of(x: float, y: float, half: float) -> Box:
    return x - half, y - half, x + half, y + half


def _shared(one: Box, other: Box) -> float:
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)
