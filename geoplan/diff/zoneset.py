"""ZoneSet: zones by id in one projected CRS, in a canonical form in which equal means the same.

Ring start, direction, order of parts, Z values, column order and the several ways to write "no value"
are gone; coordinates are kept to the last bit, so that nothing that was delivered is lost.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.crs import code_of, norm_crs, require_projected, same_crs
from geoplan.errors import CrsError, InputError
from geoplan.types import Text, ZoneId
from geoplan.zones import ZoneLayer, as_text

Value: TypeAlias = str | int | float | bool

_CLOSE = 1e-9  # relative; formats write floats with 15 digits, so that a re-export changes the last ones
_BATCH = 4096  # zones made at a time
_EXACT = 2.0**53  # whole floats from here on stand for more than one integer


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone: `wkb` is its canonical geometry (b"" for none), `fields` its values sorted by name."""

    id: ZoneId
    wkb: bytes
    fields: tuple[tuple[str, Value], ...] = ()

    @property
    def geometry(self) -> BaseGeometry | None:
        """Return the geometry, None when the zone has none."""
        return shapely.from_wkb(self.wkb) if self.wkb else None


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """Zones by id, in the projected CRS `crs`. Two sets are equal when all their zones are, to the last bit."""

    crs: CRS
    zones: Mapping[ZoneId, Zone]

    def __len__(self) -> int:
        return len(self.zones)

    @classmethod
    def from_layer(cls, layer: ZoneLayer, ids: Sequence[ZoneId]) -> ZoneSet:
        """Return the zones of a layer under the `ids` of its features (such as `Matching.labels`).

        Raises CrsError when the layer is not in a projected CRS, InputError when two features have one id.
        """
        require_projected(layer.crs)
        _refuse_duplicates(layer, ids)
        code = code_of(layer.crs)  # one spelling of a system, so that equal sets compare as equal
        return cls(norm_crs(code if ":" in code else layer.crs), LayerZones(layer, ids))


class LayerZones(Mapping[ZoneId, Zone]):
    """The zones of a layer by id, made when looked at: of a city's million an update changes some thousands."""

    def __init__(self, layer: ZoneLayer, ids: Sequence[ZoneId]) -> None:
        """Keep the layer and the distinct ids of its features."""
        self.layer = layer
        self.places: Mapping[ZoneId, int] = dict(zip(ids, range(len(ids)), strict=True))

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[ZoneId]:
        return iter(self.places)

    def __contains__(self, zone: object) -> bool:
        return zone in self.places

    def __getitem__(self, zone: ZoneId) -> Zone:
        return next(self.made([zone], [self.places[zone]]))

    def items(self) -> ItemsView[ZoneId, Zone]:
        """Return the ids and zones, which are made some thousands at a time."""
        return _Items(self)

    def values(self) -> ValuesView[Zone]:
        """Return the zones, which are made some thousands at a time."""
        return _Values(self)

    def made(self, ids: Sequence[ZoneId], places: Sequence[int]) -> Iterator[Zone]:
        """Yield the zones at some places of the layer, under their ids."""
        for start in range(0, len(ids), _BATCH):
            part = list(places[start : start + _BATCH])
            fields = {name: values[part] for name, values in self.layer.fields.items()}
            wkb = canonical_wkb(self.layer.geometry[part])
            yield from map(Zone, ids[start : start + _BATCH], wkb, _rows(fields, len(part)))

    def every(self) -> Iterator[Zone]:
        """Yield all zones in the order of the layer."""
        return self.made(tuple(self.places), range(len(self)))


class _Items(ItemsView[ZoneId, Zone]):
    _mapping: LayerZones

    def __iter__(self) -> Iterator[tuple[ZoneId, Zone]]:
        return ((zone.id, zone) for zone in self._mapping.every())


class _Values(ValuesView[Zone]):
    _mapping: LayerZones

    def __iter__(self) -> Iterator[Zone]:
        return self._mapping.every()


def chosen(zones: Mapping[ZoneId, Zone], ids: Iterable[ZoneId]) -> dict[ZoneId, Zone]:
    """Return some zones of a set, made all at once where they are made at all."""
    wanted = list(ids)
    if not isinstance(zones, LayerZones):
        return {zone: zones[zone] for zone in wanted}
    return dict(zip(wanted, zones.made(wanted, [zones.places[zone] for zone in wanted]), strict=True))


def shapes_of(zones: Mapping[ZoneId, Zone], ids: Sequence[ZoneId]) -> NDArray[Any]:
    """Return the geometries of some zones, flat; those of a layer as they stand there, without making any zone."""
    if not isinstance(zones, LayerZones):
        return geometries_of([zones[zone] for zone in ids])
    return np.asarray(shapely.force_2d(zones.layer.geometry[[zones.places[zone] for zone in ids]]), dtype=object)


def require_same_crs(one: CRS, other: CRS) -> None:
    """Raise CrsError unless both are one system: coordinates of two systems cannot be compared."""
    if not same_crs(one, other):
        raise CrsError(
            Text(
                f"zones in {code_of(one)} cannot be compared with zones in {code_of(other)}.",
                f"{code_of(one)} 中的分区不能与 {code_of(other)} 中的分区比较。",
            ),
            hint=Text("Project both to the plan's system first.", "请先将两者投影到规划所用的坐标系。"),
        )


def canonical_wkb(geometries: NDArray[Any]) -> list[bytes]:
    """Return each geometry's canonical bytes: two dimensions, normal order, no −0.0; b"" for None and empty.

    Coordinates are not rounded. Geometry with NaN or infinities, which has no order, keeps its own.
    """
    array = np.array(shapely.force_2d(np.asarray(geometries, dtype=object)), dtype=object)
    present = np.flatnonzero(~shapely.is_missing(array) & ~shapely.is_empty(array))
    found = [b""] * len(array)
    if not len(present):
        return found
    coordinates, index = shapely.get_coordinates(array[present], return_index=True)
    chosen = shapely.set_coordinates(array[present].copy(), coordinates + 0.0)
    finite = np.ones(len(present), np.bool_)
    finite[index[~np.isfinite(coordinates).all(axis=1)]] = False
    chosen[finite] = shapely.normalize(chosen[finite])
    for place, text in zip(present.tolist(), shapely.to_wkb(chosen, byte_order=1).tolist(), strict=True):
        found[place] = text
    return found


def geometries_of(zones: Sequence[Zone | None]) -> NDArray[Any]:
    """Return the geometries of zones as an object array, None where there is no zone or no geometry."""
    texts = np.array([zone.wkb or None if zone else None for zone in zones], dtype=object)
    return np.asarray(shapely.from_wkb(texts), dtype=object)


def changed_fields(before: Zone, after: Zone) -> dict[str, tuple[Value | None, Value | None]]:
    """Return the fields whose values differ, by name, with the value before and after (None for no value)."""
    if before.fields == after.fields:
        return {}
    old, new = dict(before.fields), dict(after.fields)
    names = sorted(old.keys() | new.keys())
    return {name: (old.get(name), new.get(name)) for name in names if not same_value(old.get(name), new.get(name))}


def same_value(one: Value | None, other: Value | None) -> bool:
    """Return whether two values are the same to a person: 8, 8.0 and "8" are, "08" and 8 are not.

    Numbers may differ by 1e-9 of their size; text by spaces at its ends and by composition of characters.
    """
    if isinstance(one, str) or isinstance(other, str):
        return _folded(one) == _folded(other)
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_CLOSE)


def plain(value: object) -> Value | None:  # noqa: PLR0911 - one return for each kind of value
    """Return an attribute value as text, whole number, number or truth; None for every kind of "no value".

    Whole floats become integers, dates and times their ISO text, lists and tables JSON, bytes hexadecimal.
    """
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64 | np.timedelta64):
        value = value.item()
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, bytes):
        return value.hex() or None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(value, date | time):
        text = value.isoformat()
        return None if text == "NaT" else text
    return as_text(value) or None


def _folded(value: Value | None) -> str:
    return unicodedata.normalize("NFC", as_text(value))


def _rows(fields: Mapping[str, NDArray[Any]], count: int) -> Iterator[tuple[tuple[str, Value], ...]]:
    """Yield the fields of each feature, sorted by name, without those that have no value."""
    names = sorted(fields)
    if not names:
        return iter([()] * count)
    columns = [[plain(value) for value in _listed(fields[name])] for name in names]
    return (
        tuple((name, value) for name, value in zip(names, row, strict=True) if value is not None)
        for row in zip(*columns, strict=True)
    )


def _listed(values: NDArray[Any]) -> list[Any]:
    """Return an array as a list; times as text, since numpy turns some of them into bare integers."""
    if values.dtype.kind in "mM":
        return [None if np.isnat(value) else str(value) for value in values]
    return list(values.tolist())


def _refuse_duplicates(layer: ZoneLayer, ids: Sequence[ZoneId]) -> None:
    if len(ids) != len(layer):
        raise ValueError(f"{len(ids)} ids for {len(layer)} features")
    if len(set(ids)) == len(ids):
        return
    seen: set[ZoneId] = set()
    repeated = list(dict.fromkeys(key for key in ids if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    named = ", ".join(repeated[:5]) + (", …" if len(repeated) > 5 else "")
    raise InputError(
        Text(f"several features are the same zone: {named}.", f"多个要素属于同一分区：{named}。"),
        where=layer.source.path,
        hint=Text("Join them or give each its own id, then compare.", "请先合并这些要素或使编号唯一，再行比较。"),
    )
