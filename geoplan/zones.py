"""ZoneLayer: the polygons of one layer with their keys, fields and CRS, as one frozen value.

This is the one form every boundary takes inside geoplan, whatever file it came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.crs import code_of, norm_crs
from geoplan.errors import InputError, MissingCrsError
from geoplan.types import InputInfo, Text, ZoneId

if TYPE_CHECKING:
    import geopandas

# Rounding of canonical coordinates: a tenth of the 1 mm topology tolerance, in metres and degrees.
GRID_METRES = 1e-4
GRID_DEGREES = 1e-9
_EXACT = 2.0**53  # whole floats from here on stand for more than one integer


@dataclass(frozen=True, slots=True)
class ZoneLayer:
    """Polygons with their fields, in one CRS.

    `geometry` is an object array of shapely geometries or None, one per feature, as stored: nothing
    is repaired or reordered. `fields` maps a field name to an array of the same length. `source`
    says which file and layer it came from.
    """

    geometry: NDArray[Any]
    crs: CRS
    fields: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    source: InputInfo = field(default_factory=lambda: InputInfo("", None, 0, None))

    def __post_init__(self) -> None:
        lengths = {name: len(values) for name, values in self.fields.items()}
        wrong = [name for name, length in lengths.items() if length != len(self.geometry)]
        if wrong:
            raise ValueError(f"fields {wrong} are not as long as the {len(self.geometry)} geometries")

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def grid(self) -> float:
        """Return the rounding of canonical coordinates in this layer's units (0.1 mm or 1e-9 degrees)."""
        return GRID_DEGREES if self.crs.is_geographic else GRID_METRES

    def digest(self, indices: Sequence[int] | None = None) -> str:
        """Return a digest of the geometry (of the features at `indices`) that a re-export does not change."""
        chosen = self.geometry if indices is None else self.geometry[list(indices)]
        return geometry_digest(*chosen, grid=self.grid)

    def geometry_digest(self, geometry: BaseGeometry | None) -> str:
        """Return the canonical digest of one geometry in this layer's CRS."""
        return geometry_digest(geometry, grid=self.grid)

    def geometry_digests(self, geometries: NDArray[Any]) -> list[str]:
        """Return the canonical digest of each of many geometries in this layer's CRS."""
        return [joint_digest([content]) for content in canonical_contents(geometries, self.grid)]

    def take(self, indices: Sequence[int]) -> ZoneLayer:
        """Return the layer of the features at `indices`, in that order."""
        chosen = list(indices)
        fields = {name: values[chosen] for name, values in self.fields.items()}
        return replace(self, geometry=self.geometry[chosen], fields=fields)

    def text(self, name: str) -> tuple[str, ...]:
        """Return one field as text: whole floats without ".0", missing values as "".

        Raises InputError when there is no such field, naming those there are.
        """
        if name not in self.fields:
            known = ", ".join(self.fields) or "none"
            raise InputError(
                Text(f'there is no field "{name}".', f"没有字段“{name}”。"),
                where=self.source.path,
                hint=Text(f"Fields in the file: {known}.", f"文件中的字段：{known}。"),
            )
        values = self.fields[name].tolist()
        # A column is nearly always all text or all whole numbers, and a city's has a million of them.
        kinds = set(map(type, values))
        plain = str.strip if kinds == {str} else str if kinds == {int} else as_text
        return tuple(map(plain, values))

    @classmethod
    def from_frame(cls, frame: geopandas.GeoDataFrame, *, path: str = "GeoDataFrame") -> ZoneLayer:
        """Return the layer of a GeoDataFrame; raises MissingCrsError when it has no CRS."""
        if frame.crs is None:
            raise MissingCrsError(
                Text("the GeoDataFrame has no coordinate system.", "GeoDataFrame 没有坐标系。"),
                where=path,
                hint=Text("Set it with set_crs().", "请用 set_crs() 指定。"),
            )
        geometry = np.array(shapely.force_2d(np.array(frame.geometry.array, dtype=object)), dtype=object)
        fields = {
            str(name): frame.iloc[:, place].to_numpy(dtype=object)
            for place, name in enumerate(frame.columns)
            if name != frame.geometry.name
        }
        return cls(geometry, norm_crs(frame.crs), fields, InputInfo(path, None, len(frame), None, code_of(frame.crs)))


def as_text(value: object) -> str:
    """Return an attribute value as the text a person would type for it; None, NaN, NaT and NA are ""."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):  # pandas, which this module does not load
        return ""
    if isinstance(value, np.datetime64) and np.isnat(value):
        return ""
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        if float(value).is_integer() and abs(float(value)) < _EXACT:
            return str(int(value))
    return str(value).strip()


def feature_labels(keys: Sequence[ZoneId]) -> tuple[ZoneId, ...]:
    """Return one label per feature: its key, or "#7" (its 1-based place in the file) when it has none."""
    if all(keys):
        return tuple(keys)
    return tuple(key or f"#{place}" for place, key in enumerate(keys, start=1))


def polygonal(geometry: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which geometries are non-empty polygons or multi-polygons."""
    kind = shapely.get_type_id(geometry)
    wanted: NDArray[np.bool_] = ((kind == 3) | (kind == 6)) & ~shapely.is_empty(geometry)
    return wanted


def geometry_digest(*geometries: BaseGeometry | None, grid: float) -> str:
    """Return a digest of geometries that ignores ring start, orientation, part order and float noise.

    `grid` is the rounding in the geometries' own units (1 mm for metres, 1e-8 for degrees). Order of
    the arguments does not matter. Empty or missing geometry counts as such.
    """
    return joint_digest(canonical_contents(objects(geometries), grid))


def joint_digest(contents: Sequence[bytes]) -> str:
    """Return the digest of geometries whose canonical contents these are, in whatever order."""
    return hashlib.sha256(b"".join(sorted(contents))).hexdigest()[:32]


def canonical_contents(geometries: NDArray[Any], grid: float) -> list[bytes]:
    """Return for each geometry the digest of its canonical bytes, all of them at once."""
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    # Adding 0.0 turns -0.0 into 0.0, whose bytes would differ.
    with np.errstate(over="ignore", invalid="ignore"):  # coordinates that are no place are told by the checks
        rounded = shapely.transform(shapely.force_2d(geometries[present]), lambda xy: (xy / grid).round() + 0.0)
    coordinates, index = shapely.get_coordinates(rounded, return_index=True)
    orderly = np.ones(len(rounded), dtype=np.bool_)
    orderly[index[~np.isfinite(coordinates).all(axis=1)]] = False
    # GEOS cannot order rings with NaN or infinity in them.
    rounded[orderly] = shapely.normalize(rounded[orderly])
    contents = [b"empty"] * len(geometries)
    for place, content in zip(np.flatnonzero(present).tolist(), shapely.to_wkb(rounded, byte_order=1), strict=True):
        contents[place] = hashlib.sha256(content).digest()
    return contents
