"""What every source of tiles is to the server: what it covers, and one tile at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from geoplan.basemaps.images import Image
from geoplan.errors import InputError
from geoplan.types import Text

Bounds: TypeAlias = tuple[float, float, float, float]


class State(StrEnum):
    """How a basemap is doing: `ok`, its file is `broken`, its address `unreachable`, or it answered no (`refused`)."""

    OK = "ok"
    BROKEN = "broken"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class TileError(InputError):
    """A tile that cannot be had for a reason worth telling the reader; never holds an address's path or a key."""

    def __init__(self, state: State, message: Text, *, where: str = "", hint: Text | None = None) -> None:
        self.state = state
        super().__init__(message, where=where, hint=hint)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source covers: its own zooms, `bounds` (west, south, east, north in degrees, None: unknown).

    `attribution` is what the file itself says of its origin; `notes` are for the reader, such as how values were
    turned into shades.
    """

    min_zoom: int
    max_zoom: int
    bounds: Bounds | None = None
    attribution: str = ""
    tile_size: int = 256
    notes: tuple[Text, ...] = ()


class TileSource(Protocol):
    """A source of tiles. May be asked by several threads at once."""

    @property
    def info(self) -> SourceInfo:
        """Return what it covers."""

    def tile(self, z: int, x: int, y: int) -> Image | None:
        """Return one tile (y counted from the north), None where there is none; raises TileError."""

    def close(self) -> None:
        """Let go of files."""


def broken(message: Text, where: str, hint: Text | None = None) -> TileError:
    """Return the error for a file that is not what its name says."""
    usual = Text("Ask for the file again, or take another one.", "请重新获取该文件，或改用其他文件。")
    return TileError(State.BROKEN, message, where=where, hint=hint or usual)


def not_an_image(z: int, x: int, y: int, where: str) -> TileError:
    """Return the error for a tile that is not a picture."""
    return broken(
        Text(
            f"tile {z}/{x}/{y} is not a PNG, JPEG, WebP or GIF picture of at most 2048 pixels and 4 MB.",
            f"瓦片 {z}/{x}/{y} 不是 2048 像素、4 MB 以内的 PNG、JPEG、WebP 或 GIF 图像。",
        ),
        where,
    )


VECTOR_TILES = Text(
    "holds vector tiles (pbf), and geoplan draws pictures only.", "含有矢量瓦片（pbf），geoplan 只能显示图片瓦片。"
)
VECTOR_HINT = Text(
    "Render it to raster tiles (PNG, JPEG or WebP) first, for instance with QGIS.",
    "请先渲染为栅格瓦片（PNG、JPEG 或 WebP），例如使用 QGIS。",
)


def plain_bounds(values: list[float]) -> Bounds | None:
    """Return bounds in degrees if they are four finite numbers that make a rectangle on the globe, else None."""
    if len(values) != 4:
        return None
    west, south, east, north = values
    on_globe = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if on_globe else None


def plain_zooms(low: int, high: int) -> tuple[int, int]:
    """Return zooms as a file states them, brought into what there can be."""
    first = max(0, min(low, 24))
    return first, max(first, min(high, 24))
