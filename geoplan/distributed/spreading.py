"""A layer taken over by workers: GeoParquet read in parts by themselves, anything else sent to them in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.checks import Subject
from geoplan.crs import default_projected, norm_crs, to_lonlat
from geoplan.distributed.parts import FilePart, even_edges, parts_in_hand, parts_of_file, rows_of_part
from geoplan.distributed.spread import Crew, LayerShapes, Spread
from geoplan.distributed.subject import SpreadSubject
from geoplan.distributed.survey import Frame
from geoplan.errors import GeoplanError, InputError
from geoplan.inspection import EncodingInfo
from geoplan.read import read_zones
from geoplan.read.formats import sha256_of
from geoplan.read.parquet import read_fields, row_groups
from geoplan.read.raw import RawLayer
from geoplan.read.vector import layer_of, require_zones
from geoplan.types import Text
from geoplan.zones import ZoneLayer

Cut: TypeAlias = Callable[[int], Sequence[int]]

_SAMPLE = 16  # shapes that tell where the layer is likely to be


class Spreading:
    """What takes layers over for one check or measurement; `edges` says whether their borders matter."""

    def __init__(self, crew: Crew, *, edges: bool = True, cut: Cut = even_edges) -> None:
        """Keep the crew; `cut` says where so many rows in hand are cut."""
        self._crew, self._edges, self._cut = crew, edges, cut

    def read(
        self, path: str | Path, *, layer: str | None = None, crs: str | None = None, projected: str | None = None
    ) -> ZoneLayer:
        """Return the polygons of a file, or of a folder of GeoParquet files in the order of their names.

        Of GeoParquet only the fields are read here, and the workers begin meanwhile. `projected` is the CRS that areas
        are going to be measured in, where that is known; layer, crs and errors are as for `read_zones`.
        """
        files = parquet_files(Path(path))
        if not files or layer is not None:
            return read_zones(path, layer=layer, crs=crs)
        heads = [row_groups(file) for file in files]
        _require_one_crs(Path(path), [declared for _, declared in heads])
        raw = RawLayer(
            path=str(path),
            sha256="",
            driver="GeoParquet",
            layer=None,
            geometry=np.empty(0, dtype=object),
            fields={},
            declared=heads[0][1],
            encoding=EncodingInfo("UTF-8", "by the format", ()),
            layers=(),
            skipped=(),
        )
        found = layer_of(raw, crs)
        most = rows_of_part(sum(sum(groups) for groups, _ in heads))
        parts: list[FilePart] = []
        for file, (groups, _) in zip(files, heads, strict=True):
            first = parts[-1].first + parts[-1].count if parts else 0
            parts += parts_of_file(file.absolute(), groups, first, most)
        if not parts:
            return require_zones(found)  # there is not a single row
        spread = Spread(
            self._crew, parts, Frame(found.crs, _likely_plane(parts, found.crs, projected)), edges=self._edges
        )
        fields = _fields(Path(path), files)
        shapes: Any = LayerShapes(spread)
        source = replace(found.source, sha256=sha256_of(Path(path)), features=len(shapes))
        return require_zones(replace(found, geometry=shapes, fields=fields, source=source))

    def subject(self, **given: Any) -> Subject:
        """Return the subject of checks for a layer that was read above, or is in hand and is sent to the workers."""
        layer: ZoneLayer = given["layer"]
        shapes = cast("Any", layer.geometry)
        if isinstance(shapes, LayerShapes):
            return SpreadSubject(**given, spread=shapes.spread)
        parts = parts_in_hand(layer.geometry, self._cut(len(layer)))
        frame = Frame(layer.crs, given["projected"])
        spread = Spread(self._crew, parts, frame, edges=self._edges, held=layer.geometry)
        taken: Any = LayerShapes(spread)
        return SpreadSubject(**given | {"layer": replace(layer, geometry=taken)}, spread=spread)


def parquet_files(path: Path) -> tuple[Path, ...]:
    """Return the GeoParquet files that a path means: itself, or those in a folder by name; none for anything else."""
    try:
        if path.is_dir():
            return tuple(sorted(one for one in path.iterdir() if one.suffix == ".parquet" and one.is_file()))
        with path.open("rb") as stream:
            return (path,) if stream.read(4) == b"PAR1" else ()
    except (OSError, ValueError):
        return ()  # whoever reads it tells what is wrong


def _likely_plane(parts: Sequence[FilePart], crs: CRS, projected: str | None) -> CRS | None:
    """Return the CRS that areas are likely to be measured in: the one asked for, else the usual one where a few lie."""
    try:
        if projected is not None:
            return norm_crs(projected)
        some = replace(parts[0], count=min(_SAMPLE, parts[0].count)).shapes()
        west, south, east, north = shapely.total_bounds(to_lonlat(some, crs)).tolist()
        return default_projected((west + east) / 2, (south + north) / 2)
    except (GeoplanError, ValueError, OverflowError):
        return None  # told where it matters; this is only to begin early


def _fields(path: Path, files: Sequence[Path]) -> dict[str, NDArray[Any]]:
    """Return the fields of all files, one below the other; raises InputError when they are not the same fields."""
    several = [read_fields(file) for file in files]
    if any(list(one) != list(several[0]) for one in several):
        raise InputError(
            Text("its files do not have the same fields.", "文件夹中各文件的字段不一致。"),
            where=str(path),
            hint=Text("Write them again with one tool and one schema.", "请用同一工具、同一结构重新写出。"),
        )
    return {name: np.concatenate([one[name] for one in several]) for name in several[0]}


def _require_one_crs(path: Path, declared: Sequence[str | None]) -> None:
    if len(set(declared)) > 1:
        raise InputError(
            Text("its files are in different coordinate systems.", "文件夹中各文件的坐标系不一致。"),
            where=str(path),
            hint=Text("Transform them into one before they are checked.", "请先统一坐标系再检查。"),
        )
