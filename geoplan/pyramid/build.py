"""From a layer to its pyramid of tiles, zoom by zoom from the deepest outwards, in a few hundred bytes a vertex."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import to_degrees
from geoplan.pyramid import tiles
from geoplan.pyramid.filling import Extent, Strip, open_edges, strips
from geoplan.pyramid.mercator import WORLD_BITS, Long, tile_key, to_world, unit_bits
from geoplan.pyramid.outlines import Outlines, outlines, simplified
from geoplan.pyramid.tiles import Placed, Steps
from geoplan.rings import Rings

Progress: TypeAlias = Callable[[float], None]  # is told how much of the work is done, 0 to 1

TILES, INDEX = "tiles.bin", "tiles.npy"
_THREADS = 2  # packing lets others run, and more than two would take the page's server its turn
_COARSE = 0.75  # of a square pixel: what twice a triangle must span for its middle vertex to stay


@dataclass(frozen=True, slots=True)
class Pyramid:
    """What a pyramid is: the levels it has, and where it lies (west, south, east, north in degrees; None: nowhere)."""

    deepest: int
    bounds: tuple[float, float, float, float] | None
    tiles: int
    bytes: int
    drawn: int


def write_tiles(rings: Rings, crs: CRS, folder: Path, progress: Progress = lambda _: None) -> Pyramid:
    """Write the tiles of polygons into a folder: `tiles.bin`, and `tiles.npy` that says where in it each tile is.

    Features with a coordinate that is no place on the globe are left out, as maps of all kinds do.
    """
    whole, bounds = _whole(rings, crs)
    deepest = tiles.deepest_zoom(whole.widths())
    progress(0.15)
    with (folder / TILES).open("wb") as stream:
        writer = _Writer(stream)
        crowd = _Crowd()
        current, everywhere = whole, False
        for zoom in range(deepest, -1, -1):
            if zoom < deepest:
                current = simplified(current, int(_COARSE * (1 << 2 * unit_bits(zoom))))
            if everywhere:
                current = _large(current, zoom)
            everywhere = _level(current, zoom, deepest, _Ground.of(whole, current, zoom), (writer, crowd)) or everywhere
            progress(0.15 + 0.65 * (1 - 0.5 ** (deepest - zoom + 1)))
        _pictures(whole, crowd, deepest, writer)
        progress(0.95)
        writer.index(folder / INDEX)
    return Pyramid(deepest, bounds, len(writer.keys), writer.at, len(np.unique(whole.feature)))


@dataclass(slots=True)
class _Crowd:
    """The tiles that need a picture, with the outlines that go over it."""

    over: dict[int, Steps] = field(default_factory=dict)


class _Writer:
    """Appends packed tiles to a file and remembers where they are."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.at = stream, 0
        self.keys: list[int] = []
        self.places: list[tuple[int, int]] = []

    def add(self, key: int, content: bytes) -> None:
        if content:
            self.stream.write(content)
            self.keys.append(key)
            self.places.append((self.at, len(content)))
            self.at += len(content)

    def index(self, path: Path) -> None:
        rows = np.zeros((len(self.keys), 3), np.int64)
        rows[:, 0] = self.keys
        rows[:, 1:] = np.array(self.places, np.int64).reshape(-1, 2)
        np.save(path, rows[np.argsort(rows[:, 0])])


def _whole(rings: Rings, crs: CRS) -> tuple[Outlines, tuple[float, float, float, float] | None]:
    """Return the outlines as they are, and their bounds in degrees."""
    lon, lat = to_degrees(rings.x, rings.y, crs)
    good = _on_globe(rings, lon, lat)
    turned = rings.moved(lon, lat).turned() * rings.sign < 0  # not as it should be: outer ones counter-clockwise
    index = _walk(rings, good & (rings.lengths > 3), turned)
    lengths = rings.lengths[good & (rings.lengths > 3)] - 1
    if not len(lengths):
        none = np.zeros(0, np.int64)
        return outlines(none.astype(np.int32), none.astype(np.int32), none, none), None
    lon, lat = lon[index], lat[index]
    x, y = to_world(lon, lat)
    found = outlines(x, y, lengths, rings.feature[good & (rings.lengths > 3)])
    return found, (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


def _on_globe(rings: Rings, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rings are of features whose coordinates all are places."""
    astray = ~(np.isfinite(lon) & np.isfinite(lat))
    if not astray.any():
        return np.ones(len(rings.lengths), np.bool_)
    bad = np.zeros(len(rings.measurable), np.bool_)
    bad[rings.feature[rings.ring[astray]]] = True
    return np.asarray(~bad[rings.feature])


def _walk(rings: Rings, chosen: NDArray[np.bool_], turned: NDArray[np.bool_]) -> Long:
    """Return the positions of the vertices of the chosen rings without their last, those turned wrong backwards."""
    starts, lengths = rings.starts()[chosen], rings.lengths[chosen] - 1
    step = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    back = np.repeat(turned[chosen], lengths)
    return np.asarray(np.repeat(starts, lengths) + np.where(back, np.repeat(lengths, lengths) - 1 - step, step))


def _large(found: Outlines, zoom: int) -> Outlines:
    """Return the rings that can be drawn over a picture at a zoom level."""
    return found.taken(np.flatnonzero(found.widths() >= tiles.LARGE_PIXELS << unit_bits(zoom)))


@dataclass(frozen=True, slots=True)
class _Ground:
    """How much of each tile's ground is drawn at a zoom level, and how much is lost in what is too small, by key."""

    drawn: dict[int, float]
    lost: dict[int, float]

    @classmethod
    def of(cls, whole: Outlines, current: Outlines, zoom: int) -> _Ground:
        """Return the ground of outer rings, each in the tile of its first vertex."""
        if not len(whole.lengths):
            return cls({}, {})
        starts = whole.starts()
        side = WORLD_BITS - zoom
        key = tile_key(zoom, whole.x[starts] >> side, whole.y[starts] >> side)
        left = np.zeros(int(whole.feature.max()) + 1, np.bool_)
        left[current.feature] = True
        small = ~left[whole.feature] | (whole.widths() < 1 << unit_bits(zoom))
        area = _areas(whole)
        keys, place = np.unique(key, return_inverse=True)
        drawn = np.bincount(place, np.where(small, 0.0, area), len(keys))
        lost = np.bincount(place, np.where(small, area, 0.0), len(keys))
        some = lost > 0
        return cls(
            dict(zip(keys.tolist(), drawn.tolist(), strict=True)),
            dict(zip(keys[some].tolist(), lost[some].tolist(), strict=True)),
        )


def _areas(found: Outlines) -> NDArray[np.float64]:
    """Return the area of each ring's ground in square units."""
    _, behind = found.neighbours()
    starts = found.starts()
    first = np.repeat(starts, found.lengths)
    x, y = found.x - found.x[first], found.y - found.y[first]
    cross = x.astype(np.float64) * y[behind] - x[behind].astype(np.float64) * y
    return np.abs(np.add.reduceat(cross, starts)) / 2


def _level(current: Outlines, zoom: int, deepest: int, ground: _Ground, to: tuple[_Writer, _Crowd]) -> bool:
    """Write the tiles of one zoom level that need no picture; return whether every tile needs one."""
    writer, crowd = to
    rings = tiles.placed(current, zoom)
    bits = tiles.step_bits(zoom, deepest)
    crowded = tiles.crowded(rings, zoom, ground.lost, ground.drawn)
    crowd.over.update(dict.fromkeys(crowded, tiles.NO_STEPS))
    plain = 0

    def made(group: tuple[int, slice]) -> tuple[int, bytes | Steps]:
        key, which = group
        if key in crowded:
            large = tiles.large_only(rings, which, zoom)
            return key, tiles.steps_of(large, slice(0, len(large.key)), bits)
        return key, tiles.packed(tiles.steps_of(rings, which, bits), bits)

    for key, content in _in_order(made, rings):
        if isinstance(content, Steps):
            crowd.over[key] = content
        else:
            plain += 1
            writer.add(key, content)
    return plain == 0


def _in_order(
    made: Callable[[tuple[int, slice]], tuple[int, bytes | Steps]], rings: Placed
) -> Iterator[tuple[int, bytes | Steps]]:
    groups = list(rings.groups())
    with ThreadPoolExecutor(_THREADS) as pool:
        for begin in range(0, len(groups), 256):  # some at a time: what is packed waits in memory
            yield from pool.map(made, groups[begin : begin + 256])


def _pictures(whole: Outlines, crowd: _Crowd, deepest: int, writer: _Writer) -> None:
    """Write the tiles that need a picture."""
    if not crowd.over:
        return
    zoom = max(key >> 56 for key in crowd.over)
    side = WORLD_BITS - zoom
    corners = (whole.x.min(), whole.y.min(), whole.x.max(), whole.y.max())
    extent = Extent(zoom, *(int(corner) >> side for corner in corners))

    def take(level: int, column: int, row: int, shares: Strip) -> None:
        key = int(tile_key(level, column, row))
        steps = crowd.over.get(key)
        if steps is not None:
            writer.add(key, tiles.packed(steps, tiles.step_bits(level, deepest), tiles.picture(shares)))

    strips(open_edges(whole), extent, 0, take)
