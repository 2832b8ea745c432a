"""GeoTIFF: any part of a georeferenced picture, drawn anew as Web Mercator tiles on demand.

Each tile is warped from the coarsest overview that is still as fine as the tile, so that a file of any size costs a
bounded amount of memory and time. rasterio is imported when the first such file is opened: no command needs it.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.basemaps.images import Image
from geoplan.basemaps.source import Bounds, SourceInfo, broken, plain_bounds
from geoplan.basemaps.tiles import HALF_WORLD_M, mercator_bounds
from geoplan.crs import norm_crs, operation_between
from geoplan.errors import CrsError
from geoplan.types import Text

TILE = 256
MAX_BLOCK_BYTES = 64_000_000  # GDAL reads whole blocks; a file stored as one giant block would be read whole
MOST_PIXELS_ACROSS = 4096  # of the coarsest overview, that one tile may be made from
_SAMPLE = 512  # pixels along each side of the picture that the stretch is measured on
_STRETCH = (2.0, 98.0)  # percentiles shown as black and white
_WARP_MB = 32
_DRAWN_AT_ONCE = 4  # tiles of one file: what each takes of the memory, times this
_OPTIONS = {
    "GDAL_CACHEMAX": 64,  # MB
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",  # statistics are never written beside a user's file
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",  # overviews in .ovr files are found
}

Levels: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Picture:
    """How a file's bands become red, green, blue and alpha.

    `bands` are read in their order; `palette` maps values of a single band to RGBA; `stretch` holds, per band, the
    values shown as 0 and 255, None for values that are such already; `has_alpha` says that the last band is opacity.
    """

    bands: tuple[int, ...]
    palette: NDArray[np.uint8] | None
    stretch: tuple[tuple[float, float], ...] | None
    has_alpha: bool


class GeotiffSource:
    """A GeoTIFF drawn as tiles; raises TileError when it is none, has no CRS, or could not be read within bounds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = path.name
        with self._reading(), self._dataset() as dataset:
            self._require_readable(dataset)
            self._levels: Levels = tuple(dataset.overviews(1))
            self._bounds = self._covered(dataset)
            self._pixel_m = self._metres_per_pixel(dataset)
            self._longest_side = max(dataset.width, dataset.height)
            self._picture = self._understood(dataset)
        self._turns = threading.BoundedSemaphore(_DRAWN_AT_ONCE)
        self._info = self._described()

    @property
    def info(self) -> SourceInfo:
        """Return what the file covers; the lowest zoom is the one that can still be drawn within bounds."""
        return self._info

    def tile(self, z: int, x: int, y: int) -> Image | None:
        """Return one tile as PNG, transparent where there are no data; None outside the picture and too far out."""
        west, south, east, north = mercator_bounds(z, x, y)
        own_west, own_south, own_east, own_north = self._bounds
        if z < self._info.min_zoom or west >= own_east or east <= own_west or south >= own_north or north <= own_south:
            return None
        level = self._level_for((east - west) / TILE)
        with self._turns, self._reading(), self._dataset(level) as dataset:
            bands = self._warped(dataset, (west, south, east, north))
        pixels = _rgba(bands, self._picture)
        return Image(_png(pixels), "image/png", TILE, TILE) if pixels[3].any() else None

    def close(self) -> None:
        """Do nothing: the file is opened for each tile, since one opened file serves one thread only."""

    @contextmanager
    def _dataset(self, level: int | None = None) -> Iterator[Any]:
        rasterio = _rasterio()
        chosen = {} if level is None else {"overview_level": level}
        # Only as GeoTIFF: another driver could be made to read other files or addresses by what the file says.
        with rasterio.Env(**_OPTIONS), rasterio.open(self._path, driver="GTiff", **chosen) as dataset:
            yield dataset

    @contextmanager
    def _reading(self) -> Iterator[None]:
        rasterio = _rasterio()
        try:
            yield
        except (rasterio.errors.RasterioError, rasterio._err.CPLE_BaseError, OSError, ValueError, MemoryError):
            raise broken(Text("cannot be read as a GeoTIFF.", "无法作为 GeoTIFF 读取。"), self._name) from None

    def _require_readable(self, dataset: Any) -> None:
        if dataset.crs is None or dataset.transform.is_identity:
            raise broken(
                Text("has no coordinate system, so its place is not known.", "没有坐标系，位置未知。"),
                self._name,
                Text(
                    "Write it into the file, for instance: gdal_edit.py -a_srs EPSG:4490 FILE "
                    "(a .tfw alone is not enough).",
                    "请将坐标系写入文件，例如：gdal_edit.py -a_srs EPSG:4490 文件（仅有 .tfw 不够）。",
                ),
            )
        try:
            operation_between(norm_crs(dataset.crs.to_wkt()), norm_crs("EPSG:4326"))
        except CrsError as error:
            raise broken(error.message, self._name, error.hint) from None
        types = set(dataset.dtypes)
        if any(kind.startswith("complex") for kind in types):
            raise broken(Text("holds complex numbers, not a picture.", "数据为复数，不是图像。"), self._name)
        widest = max(np.dtype(kind).itemsize for kind in types)
        rows, columns = dataset.block_shapes[0]
        if rows * columns * widest * dataset.count > MAX_BLOCK_BYTES:
            raise broken(
                Text("is stored in blocks too large to read a part of.", "分块过大，无法局部读取。"),
                self._name,
                Text(
                    "Write it again in tiles: gdal_translate -of COG FILE NEW.tif",
                    "请按瓦片重新写出：gdal_translate -of COG 文件 新文件.tif",
                ),
            )

    def _covered(self, dataset: Any) -> Bounds:
        """Return the picture's bounds in metres of EPSG:3857."""
        warp = _rasterio().warp
        corners = warp.transform_bounds(dataset.crs, "EPSG:3857", *dataset.bounds, densify_pts=21)
        if not all(math.isfinite(value) for value in corners):
            # Reaching a pole, which Web Mercator has no place for.
            return -HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M
        west, south, east, north = (max(-HALF_WORLD_M, min(HALF_WORLD_M, value)) for value in corners)
        return west, south, east, north

    def _metres_per_pixel(self, dataset: Any) -> float:
        """Return how many metres of EPSG:3857 a pixel of the whole picture is wide, on the average."""
        west, south, east, north = self._bounds
        across = math.hypot(east - west, north - south)
        pixel = across / math.hypot(dataset.width, dataset.height)
        if not pixel > 0:
            raise broken(Text("covers nothing that a map can show.", "范围不在地图可显示区域内。"), self._name)
        return pixel

    def _level_for(self, resolution: float) -> int | None:
        """Return the coarsest overview that is still as fine as the tile, None for the picture itself."""
        fit = [index for index, factor in enumerate(self._levels) if self._pixel_m * factor <= resolution * 1.01]
        return fit[-1] if fit else None

    def _described(self) -> SourceInfo:
        native = math.ceil(math.log2(2 * HALF_WORLD_M / TILE / self._pixel_m) - 0.01)
        thinned = max(self._levels, default=1)
        furthest = 0
        if self._longest_side / thinned > MOST_PIXELS_ACROSS:
            furthest = math.ceil(math.log2(2 * HALF_WORLD_M / (MOST_PIXELS_ACROSS * self._pixel_m * thinned)))
        high = max(0, min(native, 24))
        low = max(0, min(furthest, high))
        notes = [] if self._picture.stretch is None else [_stretch_note(self._picture.stretch)]
        if low > 0:
            notes.append(
                Text(
                    f"Shown from zoom {low} on: the file has no overviews for farther out (gdaladdo makes them).",
                    f"自缩放级别 {low} 起显示：文件没有更小比例尺的金字塔（可用 gdaladdo 生成）。",
                )
            )
        return SourceInfo(low, high, _degrees(self._bounds), "", TILE, tuple(notes))

    def _understood(self, dataset: Any) -> _Picture:
        palette = _palette(dataset)
        if palette is not None:
            return _Picture((1,), palette, None, has_alpha=False)
        bands, has_alpha = _colour_bands(dataset)
        if all(dataset.dtypes[band - 1] == "uint8" for band in bands):
            return _Picture(bands, None, None, has_alpha)
        coloured = bands[:-1] if has_alpha else bands
        return _Picture(bands, None, _stretch(dataset, coloured), has_alpha)

    def _warped(self, dataset: Any, bounds: Bounds) -> NDArray[Any]:
        """Return the picture's bands and, last, opacity from 0 to 255, warped to one tile."""
        rasterio = _rasterio()
        methods = rasterio.enums.Resampling
        west, south, east, north = bounds
        picture = self._picture
        with rasterio.vrt.WarpedVRT(
            dataset,
            crs="EPSG:3857",
            transform=rasterio.Affine((east - west) / TILE, 0, west, 0, (south - north) / TILE, north),
            width=TILE,
            height=TILE,
            resampling=methods.nearest if picture.palette is not None else methods.bilinear,
            add_alpha=not picture.has_alpha,
            warp_mem_limit=_WARP_MB,
        ) as warped:
            bands = list(picture.bands)
            opacity = None if picture.has_alpha else warped.count
            found: NDArray[Any] = warped.read(bands if opacity is None else [*bands, opacity])
        return found


def _rasterio() -> Any:
    # GDAL for pictures takes a third of a second to load, which nothing but a GeoTIFF should cost.
    for part in ("_err", "enums", "vrt", "warp"):
        import_module(f"rasterio.{part}")
    return import_module("rasterio")


def _palette(dataset: Any) -> NDArray[np.uint8] | None:
    """Return the colours of a paletted picture by value, shape (65536 or 256, 4); None for any other picture."""
    colours = _rasterio().enums.ColorInterp
    if dataset.count != 1 or dataset.colorinterp[0] != colours.palette or dataset.dtypes[0] not in ("uint8", "uint16"):
        return None
    table = np.zeros((1 << 8 * np.dtype(dataset.dtypes[0]).itemsize, 4), np.uint8)
    for value, colour in dataset.colormap(1).items():
        table[value] = colour
    return table


def _colour_bands(dataset: Any) -> tuple[tuple[int, ...], bool]:
    """Return which bands are red, green and blue (or grey), with opacity last if there is any, and whether there is."""
    colours = _rasterio().enums.ColorInterp
    kinds = list(dataset.colorinterp)
    alpha = [index for index, kind in enumerate(kinds, start=1) if kind == colours.alpha]
    named = [kinds.index(colour) + 1 for colour in (colours.red, colours.green, colours.blue) if colour in kinds]
    others = [band for band in range(1, dataset.count + 1) if band not in alpha]
    if not others:
        raise ValueError
    chosen = named if len(named) == 3 else others[:3] if len(others) >= 3 else others[:1]
    return (*chosen, *alpha[:1]), bool(alpha)


def _stretch(dataset: Any, bands: tuple[int, ...]) -> tuple[tuple[float, float], ...]:
    """Return, per band, the values at the percentiles shown as black and white, from an evenly thinned sample."""
    shape = (min(_SAMPLE, dataset.height), min(_SAMPLE, dataset.width))
    limits = []
    for band in bands:
        sample = dataset.read(band, out_shape=shape, masked=True).compressed().astype(np.float64)
        sample = sample[np.isfinite(sample)]
        low, high = np.percentile(sample, _STRETCH) if sample.size else (0.0, 1.0)
        limits.append((float(low), float(high) if high > low else float(low) + 1.0))
    return tuple(limits)


def _stretch_note(limits: tuple[tuple[float, float], ...]) -> Text:
    shown = "; ".join(f"{low:.6g} … {high:.6g}" for low, high in limits)
    return Text(
        f"Values are stretched for display, from black to white by band: {shown} (2nd to 98th percentile of a sample).",
        f"数值仅为显示而拉伸，各波段由黑到白为：{shown}（抽样的第 2 至第 98 百分位）。",
    )


def _rgba(bands: NDArray[Any], picture: _Picture) -> NDArray[np.uint8]:
    """Return red, green, blue and opacity, shape (4, rows, columns), of warped bands with opacity last."""
    values, opacity = bands[:-1], _opacity(bands[-1])
    if picture.palette is not None:
        coloured: NDArray[np.uint8] = np.moveaxis(picture.palette[values[0].astype(np.intp)], -1, 0).copy()
        coloured[3] = np.minimum(coloured[3], opacity)
        return coloured
    shades = [_shade(band, picture.stretch[index] if picture.stretch else None) for index, band in enumerate(values)]
    if values.dtype.kind == "f":
        opacity = np.where(np.isfinite(values).all(axis=0), opacity, 0).astype(np.uint8)
    colours = shades if len(shades) == 3 else [shades[0]] * 3
    return np.stack([*colours, opacity])


def _opacity(band: NDArray[Any]) -> NDArray[np.uint8]:
    """Return opacity as 0 to 255; GDAL gives the largest value of the bands' own type for opaque."""
    if band.dtype == np.uint8:
        return band
    return np.where(band > 0, 255, 0).astype(np.uint8)


def _shade(band: NDArray[Any], limits: tuple[float, float] | None) -> NDArray[np.uint8]:
    if limits is None:
        return band.astype(np.uint8)
    low, high = limits
    shade = np.nan_to_num((band.astype(np.float64) - low) / (high - low), nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(np.clip(shade, 0.0, 1.0) * 255).astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image as Pictures  # noqa: PLC0415 - only drawn tiles need it

    file = io.BytesIO()
    Pictures.fromarray(np.ascontiguousarray(np.moveaxis(pixels, 0, -1)), "RGBA").save(file, "PNG", compress_level=4)
    return file.getvalue()


def _degrees(bounds: Bounds) -> Bounds | None:
    """Return bounds in metres of EPSG:3857 as degrees."""
    west, south, east, north = bounds
    corners = [value / HALF_WORLD_M * 180 for value in (west, east)]
    edges = [math.degrees(math.atan(math.sinh(value / HALF_WORLD_M * math.pi))) for value in (south, north)]
    return plain_bounds([corners[0], edges[0], corners[1], edges[1]])
