"""Basemap files of known content, written by sqlite3, by the reference writer of PMTiles, and by GDAL."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image as Pictures
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Rgb = tuple[int, int, int]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def picture(colour: Rgb = RED, size: int = 256, form: str = "PNG") -> bytes:
    """Return a picture of one colour."""
    file = io.BytesIO()
    Pictures.new("RGB", (size, size), colour).save(file, form)
    return file.getvalue()


def pixels(data: bytes) -> NDArray[np.uint8]:
    """Return a picture's pixels as (rows, columns, RGBA)."""
    with Pictures.open(io.BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGBA"))


def write_mbtiles(
    path: Path, tiles: Mapping[tuple[int, int, int], bytes], *, index: bool = True, **metadata: object
) -> Path:
    """Write tiles given by zoom, column and row *from the north*; the file counts rows from the south."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        if index:
            connection.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        connection.executemany(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)", [(z, x, 2**z - 1 - y, data) for (z, x, y), data in tiles.items()]
        )
    connection.close()
    return path


def write_pmtiles(
    path: Path,
    tiles: Mapping[tuple[int, int, int], bytes],
    *,
    tile_type: TileType = TileType.PNG,
    attribution: object = "",
    **header: Any,
) -> Path:
    """Write tiles by the reference writer."""
    with path.open("wb") as file:
        writer = Writer(file)
        for number, data in sorted((zxy_to_tileid(*tile), data) for tile, data in tiles.items()):
            writer.write_tile(number, data)
        zooms = [z for z, _, _ in tiles]
        said = {"tile_type": tile_type, "tile_compression": Compression.NONE}
        said |= {"min_zoom": min(zooms), "max_zoom": max(zooms)}
        said |= {"min_lon_e7": 1170000000, "min_lat_e7": 310000000, "max_lon_e7": 1180000000, "max_lat_e7": 320000000}
        said |= {"center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0}
        writer.finalize(said | header, {"attribution": attribution})
    return path


def _north_up(bounds: tuple[float, float, float, float], columns: int, rows: int) -> rasterio.Affine:
    west, south, east, north = bounds
    return rasterio.Affine((east - west) / columns, 0, west, 0, (south - north) / rows, north)


def write_geotiff(
    path: Path,
    bands: NDArray[Any],
    bounds: tuple[float, float, float, float],
    *,
    crs: str | None = "EPSG:4490",
    overviews: tuple[int, ...] = (),
    colormap: Mapping[int, tuple[int, int, int, int]] | None = None,
    **options: Any,
) -> Path:
    """Write bands (count, rows, columns) that cover `bounds` (west, south, east, north) in `crs`."""
    count, rows, columns = bands.shape
    chosen: dict[str, Any] = {"driver": "GTiff", "count": count, "height": rows, "width": columns}
    chosen |= {"dtype": bands.dtype, "crs": crs, "transform": _north_up(bounds, columns, rows)}
    with rasterio.open(path, "w", **(chosen | options)) as dataset:
        dataset.write(bands)
        if colormap is not None:
            dataset.write_colormap(1, colormap)
        if overviews:
            dataset.build_overviews(list(overviews), rasterio.enums.Resampling.average)
    return path
