"""What a draft comes to in rows: zones under the hash of their content, and the order they stand in.

A zone is stored under the SHA-256 of its id, CRS, fields and exact geometry (WKB as given), so that it
comes back bit for bit. Whether a zone is *unchanged* is decided by `sameness`, which ignores ring
start, orientation and float noise below the rounding grid of `geoplan.zones`: an unchanged zone keeps
the row it has.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.errors import InputError
from geoplan.store.values import array_type, canonical_json, from_plain, storable, to_array, to_plain
from geoplan.types import InputInfo, Text, ZoneId
from geoplan.zones import ZoneLayer


@dataclass(frozen=True, slots=True)
class ZoneRecord:
    """One zone as it is stored under its `hash`: exact geometry as ISO WKB (empty for none), fields as JSON."""

    hash: str
    zone: ZoneId
    crs: str
    fields: str
    geometry: bytes
    sameness: str


@dataclass(frozen=True, slots=True)
class Member:
    """A zone of a revision: the hash it is stored under and its place.

    `since` is the revision that put it there, `place` counts within that revision.
    """

    hash: str
    since: int
    place: int


@dataclass(frozen=True, slots=True)
class Change:
    """One row of what a revision changed: the zone's new place and hash, or None when it was removed."""

    number: int
    zone: ZoneId
    hash: str | None
    since: int
    place: int


def zone_records(layer: ZoneLayer) -> tuple[ZoneRecord, ...]:
    """Return the records of a layer of one feature per zone, in its order.

    Raises InputError when a zone has no id, an id stands twice or cannot be stored.
    """
    ids = layer.text("id")
    _require_ids(ids)
    crs = crs_text(layer.crs)
    # PostGIS and GeoPackage want ISO; Z and M are kept, should a plan have them.
    shapes = [b"" if shape is None else shapely.to_wkb(shape, byte_order=1, flavor="iso") for shape in layer.geometry]
    records = []
    for row, (zone, shape) in enumerate(zip(ids, shapes, strict=True)):
        fields = canonical_json({name: to_plain(values[row], name) for name, values in layer.fields.items()})
        canonical = layer.geometry_digest(layer.geometry[row])
        digest = content_hash(zone, crs, fields, shape)
        records.append(ZoneRecord(digest, zone, crs, fields, shape, sameness(zone, crs, fields, canonical)))
    return tuple(records)


def content_hash(zone: ZoneId, crs: str, fields: str, geometry: bytes) -> str:
    """Return the SHA-256 a zone is stored under: of everything it is, to the last bit."""
    return hashlib.sha256(canonical_json([zone, crs, fields]).encode() + b"\n" + geometry).hexdigest()


def sameness(zone: ZoneId, crs: str, fields: str, geometry_digest: str) -> str:
    """Return the digest by which a zone counts as unchanged."""
    return hashlib.sha256(canonical_json([zone, crs, fields, geometry_digest]).encode()).hexdigest()


def layer_of_records(
    rows: Sequence[tuple[bytes, str]], crs: str, fields: Sequence[tuple[str, str]], source: InputInfo
) -> ZoneLayer:
    """Return the layer of stored (geometry, fields) pairs, with the fields in their order and types."""
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [shapely.from_wkb(bytes(shape)) if shape else None for shape, _ in rows]
    values: list[Mapping[str, Any]] = [json.loads(text) for _, text in rows]
    columns = {name: to_array([from_plain(row[name]) for row in values], dtype) for name, dtype in fields}
    return ZoneLayer(geometry, norm_crs(crs), columns, source)


def field_types(layer: ZoneLayer) -> tuple[tuple[str, str], ...]:
    """Return the names and array types of a layer's fields, in their order."""
    return tuple((name, array_type(values)) for name, values in layer.fields.items())


def crs_text(crs: CRS) -> str:
    """Return the code a CRS can be made from again, or its WKT when it has none."""
    code = code_of(crs)
    return code if ":" in code and " " not in code else crs.to_wkt()


def epsg_of(crs: CRS) -> int | None:
    """Return the EPSG number of a CRS, None when it has none."""
    authority, _, code = code_of(crs).partition(":")
    return int(code) if authority == "EPSG" and code.isdigit() else None


def changes(before: Mapping[ZoneId, Member], after: Mapping[ZoneId, str], number: int) -> tuple[Change, ...]:
    """Return what revision `number` changes to get from `before` to the zones `after` (id to hash), in order.

    Zones keep their place and new ones follow at the end; when the order is another one, every zone is
    put in its new place.
    """
    kept = [zone for zone in before if zone in after]
    natural = [*kept, *(zone for zone in after if zone not in before)]
    removed = [Change(number, zone, None, number, 0) for zone in before if zone not in after]
    if natural != list(after):
        return (*removed, *(Change(number, zone, after[zone], number, place) for place, zone in enumerate(after)))
    replaced = [
        Change(number, zone, after[zone], before[zone].since, before[zone].place)
        for zone in kept
        if after[zone] != before[zone].hash
    ]
    added = [Change(number, zone, after[zone], number, place) for place, zone in enumerate(after) if zone not in before]
    return (*removed, *replaced, *added)


def replay(members: dict[ZoneId, Member], rows: Sequence[Change]) -> None:
    """Change `members` in place by the rows of one revision; new places go to the end, in their order."""
    for row in sorted(rows, key=lambda change: change.place):
        if row.hash is None or row.since == row.number:
            members.pop(row.zone, None)
        if row.hash is not None:
            members[row.zone] = Member(row.hash, row.since, row.place)


def _require_ids(ids: Sequence[ZoneId]) -> None:
    empty = [place for place, zone in enumerate(ids, start=1) if not zone]
    twice = [zone for zone, count in Counter(ids).items() if count > 1]
    unfit = [zone for zone in ids if storable(zone) != zone]
    if not (empty or twice or unfit):
        return
    if empty:
        message = Text(f"feature #{empty[0]} has no zone id.", f"第 {empty[0]} 个要素没有分区编号。")
    elif twice:
        message = Text(f"zone “{twice[0]}” stands twice.", f"分区“{twice[0]}”重复。")
    else:
        shown = storable(unfit[0])
        message = Text(f"zone id “{shown}” cannot be stored.", f"分区编号“{shown}”无法存储。")
    raise InputError(
        message, hint=Text("Give every zone one feature and one id.", "请保证每个分区只有一个要素和一个编号。")
    )
