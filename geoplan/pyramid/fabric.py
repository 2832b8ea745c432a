"""A prepared fabric, opened: tiles by address, a parcel by place or id with its figures, pages of parcels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.crs import convert, coordinates_outside, norm_crs, to_lonlat
from geoplan.pyramid.cache import read_json, touch
from geoplan.pyramid.mercator import DEEPEST, tile_key
from geoplan.pyramid.parcels import Parcels
from geoplan.pyramid.shelf import Shelf, joined, pack
from geoplan.pyramid.tiles import NOTHING
from geoplan.result import GroupMeasure, Measurement, ZoneMeasure
from geoplan.types import AreaMethod, InputInfo, Text, ZoneId
from geoplan.workflow import measure_layer
from geoplan.zones import ZoneLayer

META, FIGURES = "fabric.json", "figures.npy"
_DEGREES = "EPSG:4326"
_EMPTY = pack(NOTHING)


@dataclass(frozen=True)
class Fabric:
    """A prepared fabric of a folder; nothing of it is in memory but indexes, and nothing of it ever changes."""

    folder: Path
    meta: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Fabric | None:
        """Return the fabric of a folder, None where none is prepared."""
        meta = read_json(folder / META)
        if not isinstance(meta, dict):
            return None
        touch(folder)
        return cls(folder, meta)

    @property
    def key(self) -> str:
        """Return its name, the same for the same zones."""
        return self.folder.name

    def __len__(self) -> int:
        return int(self.meta["features"])

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north in degrees; None when nothing of it has a place."""
        found = self.meta["bounds"]
        return None if found is None else (found[0], found[1], found[2], found[3])

    @cached_property
    def crs(self) -> CRS:
        """Return the CRS the parcels are stored in."""
        return norm_crs(self.meta["crs"])

    @cached_property
    def shelf(self) -> Shelf:
        """Return the tiles."""
        return Shelf.open(self.folder)

    @cached_property
    def parcels(self) -> Parcels:
        """Return the parcels."""
        return Parcels.open(self.folder)

    @cached_property
    def figures(self) -> NDArray[np.float64]:
        """Return two numbers per parcel: its area in m² by the plan's method, and its percentage of the total."""
        found: NDArray[np.float64] = np.load(self.folder / FIGURES, mmap_mode="r", allow_pickle=False)
        return found

    def tiles(self, zoom: int, places: Sequence[tuple[int, int]]) -> bytes:
        """Return the tiles at some columns and rows of a zoom level, one behind the other, as one zlib stream.

        Where nothing lies, and at what is no place, the tile is an empty one.
        """
        keys = [
            int(tile_key(zoom, column, row))
            if 0 <= zoom <= DEEPEST and 0 <= column < 1 << zoom and 0 <= row < 1 << zoom
            else -1
            for column, row in places
        ]
        return joined(tile or _EMPTY for tile in self.shelf.taken(keys))

    def at(self, lon: float, lat: float) -> ZoneId | None:
        """Return the id of the parcel on a place in degrees (WGS 84), the topmost of several; None for none."""
        x, y = convert(np.array([lon]), np.array([lat]), norm_crs(_DEGREES), self.crs)
        if not (np.isfinite(x).all() and np.isfinite(y).all()) or coordinates_outside(x, y, self.crs).any():
            return None
        found = self.parcels.at(float(x[0]), float(y[0]))
        return self.label(found[0]) if found else None

    def near(self, bounds: tuple[float, float, float, float], most: int) -> tuple[int, ...]:
        """Return the places of parcels in a view (west, south, east, north in degrees), those in its middle first.

        `most` of them at most; () for a view beyond what the parcels' system can be of.
        """
        west, south, east, north = bounds
        lon, lat = np.array([west, west, east, east]), np.array([south, north, south, north])
        x, y = convert(lon, lat, norm_crs(_DEGREES), self.crs)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return ()
        return self.parcels.near((float(x.min()), float(y.min()), float(x.max()), float(y.max())), most)

    def outline(self, label: ZoneId) -> tuple[BaseGeometry, ...]:
        """Return the outlines of an id in degrees, vertex by vertex as stored; () for an unknown id."""
        found = to_lonlat(objects(map(self.parcels.geometry, self.parcels.places_of(label))), self.crs)
        return tuple(
            shape
            for shape in found
            if shape is not None and not shape.is_empty and np.isfinite(shapely.get_coordinates(shape)).all()
        )

    def label(self, place: int) -> ZoneId:
        """Return the id of the parcel at a place of the layer."""
        return self.parcels.label(place)

    def measured(self, place: int) -> ZoneMeasure:
        """Return the figures of the parcel at a place: its area as kept, the others measured now from its outline."""
        method, (area, percent) = AreaMethod(self.meta["method"]), self.figures[place].tolist()
        label, name = self.parcels.label(place), self.parcels.name(place)
        if np.isnan(area):
            return ZoneMeasure(label, name, None, None, None, None, None, None)
        shape = np.empty(1, dtype=object)
        shape[0] = self.parcels.geometry(place)
        row = measure_layer(ZoneLayer(shape, self.crs), method=method, projected=self.meta["projected"]).zones[0]
        total = self.meta["total_m2"]
        return replace(row, id=label, name=name, share=area / total if total > 0 else None, percent=percent)

    def measurement(self) -> Measurement:
        """Return the figures of the whole: the total by the plan's method, and rows that are measured when asked for.

        The totals by the other methods are not kept: they would take as long as all the rest.
        """
        meta = self.meta
        warning = meta["warning"]
        return Measurement(
            method=AreaMethod(meta["method"]),
            crs=meta["crs_code"],
            projected=meta["projected"],
            official_rounding=False,
            input=InputInfo(**meta["input"]),
            totals={AreaMethod(meta["method"]): meta["total_m2"]},
            zones=_Rows(self),
            groups=tuple(GroupMeasure(one[0], Text(*one[1]), one[2], one[3]) for one in meta["groups"]),
            warning=None if warning is None else Text(*warning),
        )


class _Rows(Sequence[ZoneMeasure]):
    """The figures of all parcels, each measured when it is looked at."""

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric

    def __len__(self) -> int:
        return len(self._fabric)

    def __iter__(self) -> Iterator[ZoneMeasure]:
        return map(self._fabric.measured, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> ZoneMeasure: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ZoneMeasure, ...]: ...
    def __getitem__(self, index: int | slice) -> ZoneMeasure | tuple[ZoneMeasure, ...]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return tuple(self._fabric.measured(place) for place in places)
        return self._fabric.measured(places)
