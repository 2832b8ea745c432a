"""The formats of `geoplan export`: endings, media types, which coordinates they take, whether they hold layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from geoplan.errors import UsageError
from geoplan.output.export.dxf import write_dxf
from geoplan.output.export.flatgeobuf import write_flatgeobuf
from geoplan.output.export.geojson import write_geojson
from geoplan.output.export.gpkg import write_gpkg
from geoplan.output.export.kml import write_kml
from geoplan.output.export.parquet import write_parquet
from geoplan.output.export.shapefile import write_shapefile
from geoplan.output.export.table import write_csv
from geoplan.output.export.values import LAYERS, Layer, Writer
from geoplan.types import Text

CrsRule: TypeAlias = Literal["wgs84", "projected", "none"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its `name` on the command line, its `title`, the endings it is known by (the usual one first).

    `crs` is "wgs84" where the format prescribes it, "projected" where it is the plan's or the one asked for,
    "none" for a workbook, which has no `writer` here. `layers` are written unless one is chosen; what has no
    place is left out of a format that is not `homeless`.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    media_type: str
    crs: CrsRule
    layers: tuple[Layer, ...]
    writer: Writer | None
    homeless: bool = True

    @property
    def many(self) -> bool:
        """Return whether a file of this format holds several layers."""
        return len(self.layers) > 1


_ONE: tuple[Layer, ...] = ("zones",)
# Places elsewhere would make a drawing as large as the globe.
_DRAWN: tuple[Layer, ...] = ("zones", "facilities", "findings")


_ALL = (
    Format("gpkg", "GeoPackage", (".gpkg",), "application/geopackage+sqlite3", "projected", LAYERS, write_gpkg),
    Format("geojson", "GeoJSON", (".geojson", ".json"), "application/geo+json", "wgs84", _ONE, write_geojson),
    Format("fgb", "FlatGeobuf", (".fgb",), "application/flatgeobuf", "projected", _ONE, write_flatgeobuf, False),
    Format(
        "parquet",
        "GeoParquet",
        (".parquet", ".geoparquet"),
        "application/vnd.apache.parquet",
        "projected",
        _ONE,
        write_parquet,
    ),
    Format("shp", "Shapefile", (".zip",), "application/zip", "projected", _ONE, write_shapefile),
    Format("kml", "KML", (".kml",), "application/vnd.google-earth.kml+xml", "wgs84", LAYERS, write_kml),
    Format("dxf", "DXF", (".dxf",), "image/vnd.dxf", "projected", _DRAWN, write_dxf, False),
    Format("csv", "CSV", (".csv",), "text/csv; charset=utf-8", "projected", _ONE, write_csv),
    Format(
        "xlsx",
        "Excel",
        (".xlsx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "none",
        LAYERS,
        None,
    ),
)
EXPORT_FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _ALL})


def format_named(name: str) -> Format:
    """Return a format by its name; raises UsageError, naming those there are."""
    if name not in EXPORT_FORMATS:
        known = ", ".join(EXPORT_FORMATS)
        raise UsageError(
            Text(f"“{name}” is no format of geoplan.", f"不支持格式“{name}”。"),
            where="--format",
            hint=Text(f"Choose one of {known}.", f"可选：{known}。"),
        )
    return EXPORT_FORMATS[name]


def format_for(path: Path, name: str | None) -> tuple[Format, Text | None]:
    """Return the format to write at `path`, by `name` or else by the path's ending, and a word on an unusual ending.

    Raises UsageError when the ending is that of another format, when it says nothing and no format is named,
    and for .shp, since a shapefile is several files.
    """
    suffix = path.suffix.lower()
    by_suffix = next((one for one in _ALL if suffix in one.suffixes), None)
    if suffix == ".shp":
        raise _several_files(path)
    if name is None:
        if by_suffix is None:
            raise _unknown_ending(path)
        return by_suffix, None
    chosen = format_named(name)
    if by_suffix is not None and by_suffix is not chosen:
        raise UsageError(
            Text(
                f"ends like {by_suffix.title}, but --format says {chosen.name}.",
                f"扩展名属于 {by_suffix.title}，而 --format 为 {chosen.name}。",
            ),
            where=str(path),
            hint=Text(
                f"Name it {path.stem}{chosen.suffixes[0]}, or leave --format out.",
                f"请命名为 {path.stem}{chosen.suffixes[0]}，或省略 --format。",
            ),
        )
    if by_suffix is None:
        usual = chosen.suffixes[0]
        return chosen, Text(
            f"{path.name}: programs know {chosen.title} by the ending {usual}",
            f"{path.name}：{chosen.title} 的常用扩展名为 {usual}",
        )
    return chosen, None


def _several_files(path: Path) -> UsageError:
    return UsageError(
        Text("a shapefile is several files.", "shapefile 由多个文件组成。"),
        where=str(path),
        hint=Text(
            f"Name the zip they go into: {path.stem}.zip, with --format shp.",
            f"请指定 zip 文件名，如 {path.stem}.zip，并加 --format shp。",
        ),
    )


def _unknown_ending(path: Path) -> UsageError:
    known = ", ".join(one.suffixes[0] for one in _ALL)
    return UsageError(
        Text("does not say by its ending what to write.", "无法从扩展名判断格式。"),
        where=str(path),
        hint=Text(f"Give --format, or one of the endings {known}.", f"请用 --format 指定，或使用扩展名 {known}。"),
    )
