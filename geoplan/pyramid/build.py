"""From a layer to its pyramid of tiles, zoom by zoom from the deepest outwards, in a few hundred bytes a vertex."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.pyramid import tiles
from geoplan.pyramid.filling import Extent, Strip, open_edges, strips
from geoplan.pyramid.mercator import WORLD_BITS, tile_key, unit_bits
from geoplan.pyramid.outlines import Outlines, outlines, simplified
from geoplan.pyramid.shelf import INDEX, TILES, Packed, ShelfWriter, pack
from geoplan.pyramid.tiles import NO_STEPS, Placed, Steps
from geoplan.pyramid.world import World

Progress: TypeAlias = Callable[[float], None]  # is told how much of the work is done, 0 to 1

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


def write_tiles(world: World, folder: Path, progress: Progress = lambda _: None) -> Pyramid:
    """Write the tiles of rings into a folder, as `geoplan.pyramid.shelf` keeps them."""
    whole = outlines(world.x, world.y, world.lengths, world.feature)
    deepest = tiles.deepest_zoom(whole.widths())
    progress(0.0)
    with (folder / TILES).open("wb") as stream:
        writer = ShelfWriter(stream)
        crowd, current = _Crowd(), whole
        for zoom in range(deepest, -1, -1):
            if zoom < deepest:
                current = simplified(current, int(_COARSE * (1 << 2 * unit_bits(zoom))))
            if crowd.below > zoom:
                current = _large(current, zoom)
                _over(current, zoom, deepest, crowd)
            elif _level(current, zoom, deepest, _Ground.of(whole, current, zoom), (writer, crowd)):
                crowd.below = zoom
            progress(0.8 * (1 - 0.5 ** (deepest - zoom + 1)))
        del current
        _pictures(whole, crowd, deepest, writer)
        progress(0.95)
        writer.index(folder / INDEX)
    return Pyramid(deepest, world.bounds, len(writer), writer.size, len(np.unique(whole.feature)))


@dataclass(slots=True)
class _Crowd:
    """The tiles that need a picture, with the outlines that go over it: those named, and all of levels `below` one."""

    over: dict[int, Steps] = field(default_factory=dict)
    below: int = 0

    def steps(self, key: int) -> Steps | None:
        """Return the outlines over the picture of a tile, None for one that needs none."""
        found = self.over.get(key)
        return NO_STEPS if found is None and key >> 56 < self.below else found


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


def _level(current: Outlines, zoom: int, deepest: int, ground: _Ground, to: tuple[ShelfWriter, _Crowd]) -> bool:
    """Write the tiles of one zoom level that need no picture; return whether every tile needs one."""
    writer, crowd = to
    rings = tiles.placed(current, zoom)
    bits = tiles.step_bits(zoom, deepest)
    crowded = tiles.crowded(rings, zoom, ground.lost, ground.drawn)
    crowd.over.update(dict.fromkeys(crowded, NO_STEPS))
    plain = 0

    def made(group: tuple[int, slice]) -> tuple[int, Packed | Steps | None]:
        key, which = group
        if key in crowded:
            return key, _steps_over(rings, which, zoom, bits)
        content = tiles.content(tiles.steps_of(rings, which, bits), bits)
        return key, pack(content) if content else None

    for key, content in _in_order(made, rings):
        if isinstance(content, Steps):
            crowd.over[key] = content
        else:
            plain += 1
            if content is not None:
                writer.add(key, content)
    return plain == 0


def _over(large: Outlines, zoom: int, deepest: int, crowd: _Crowd) -> None:
    """Keep the outlines that go over the pictures of a zoom level of which every tile has one."""
    rings, bits = tiles.placed(large, zoom), tiles.step_bits(zoom, deepest)
    for key, which in rings.groups():
        crowd.over[key] = _steps_over(rings, which, zoom, bits)


def _steps_over(rings: Placed, which: slice, zoom: int, bits: int) -> Steps:
    large = tiles.large_only(rings, which, zoom)
    return tiles.steps_of(large, slice(0, len(large.key)), bits)


def _in_order(
    made: Callable[[tuple[int, slice]], tuple[int, Packed | Steps | None]], rings: Placed
) -> Iterator[tuple[int, Packed | Steps | None]]:
    groups = list(rings.groups())
    with ThreadPoolExecutor(_THREADS) as pool:
        for begin in range(0, len(groups), 256):  # some at a time: what is packed waits in memory
            yield from pool.map(made, groups[begin : begin + 256])


def _pictures(whole: Outlines, crowd: _Crowd, deepest: int, writer: ShelfWriter) -> None:
    """Write the tiles that need a picture."""
    if not crowd.over and not crowd.below:
        return
    zoom = max(crowd.below - 1, *(key >> 56 for key in crowd.over), 0)
    side = WORLD_BITS - zoom
    corners = (whole.x.min(), whole.y.min(), whole.x.max(), whole.y.max())
    extent = Extent(zoom, *(int(corner) >> side for corner in corners))

    def take(level: int, column: int, row: int, shares: Strip) -> None:
        key = int(tile_key(level, column, row))
        steps = crowd.steps(key)
        if steps is not None:
            content = tiles.content(steps, tiles.step_bits(level, deepest), tiles.picture(shares))
            if content:
                writer.add(key, pack(content))

    strips(open_edges(whole), extent, 0, take)
