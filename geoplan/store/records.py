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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.errors import InputError
from geoplan.store.database import BATCH, batched
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
    return tuple(record for batch in record_batches(layer) for record in batch)


def record_batches(layer: ZoneLayer) -> Iterator[list[ZoneRecord]]:
    """Yield the records of a layer, some thousands at a time; errors as for `zone_records`, before the first."""
    ids = layer.text("id")
    _require_ids(ids)
    for start in range(0, len(layer), BATCH):
        places = range(start, min(start + BATCH, len(layer)))
        digests = layer.geometry_digests(layer.geometry[start : start + BATCH])
        batch = []
        for (zone, crs, fields, shape), canonical in zip(content_at(layer, ids, places), digests, strict=True):
            digest = content_hash(zone, crs, fields, shape)
            batch.append(ZoneRecord(digest, zone, crs, fields, shape, sameness(zone, crs, fields, canonical)))
        yield batch


@dataclass(slots=True)
class ZoneKeys:
    """What the zones of a draft come to before any is written: the hash each is to be stored under.

    Geometry and fields are not kept but made again of the zones that are new. `sameness` has 32 bytes for each.
    """

    zone_hashes: dict[ZoneId, str]
    _places: dict[ZoneId, int]
    _sameness: bytes
    _kept: set[ZoneId]

    @classmethod
    def of(cls, layer: ZoneLayer) -> ZoneKeys:
        """Return the keys of a layer of one feature per zone; errors as for `zone_records`."""
        hashes: dict[ZoneId, str] = {}
        same = bytearray()
        for batch in record_batches(layer):
            hashes.update((record.zone, record.hash) for record in batch)
            same += b"".join(bytes.fromhex(record.sameness) for record in batch)
        return cls(hashes, {zone: place for place, zone in enumerate(hashes)}, bytes(same), set())

    def keep(self, zone: ZoneId, stored: str, same: str | None) -> None:
        """Let a zone that is the same as it was refer to what it is `stored` under."""
        place = self._places.get(zone)
        if place is not None and same == self._sameness[32 * place : 32 * place + 32].hex():
            self.zone_hashes[zone] = stored
            self._kept.add(zone)

    def new_records(self, layer: ZoneLayer) -> Iterator[ZoneRecord]:
        """Yield the records of the zones that are not kept, by hash, of which only some thousands are in memory."""
        ids = tuple(self.zone_hashes)
        new = sorted((zone for zone in ids if zone not in self._kept), key=self.zone_hashes.__getitem__)
        for batch in batched(self._places[zone] for zone in new):
            for place, (zone, crs, fields, shape) in zip(batch, content_at(layer, ids, batch), strict=True):
                same = self._sameness[32 * place : 32 * place + 32].hex()
                yield ZoneRecord(self.zone_hashes[zone], zone, crs, fields, shape, same)


def content_at(
    layer: ZoneLayer, ids: Sequence[ZoneId], places: Sequence[int]
) -> Iterator[tuple[ZoneId, str, str, bytes]]:
    """Yield for the features at some places what is hashed of each: id, CRS, fields as JSON, and ISO WKB."""
    crs = crs_text(layer.crs)
    # PostGIS and GeoPackage want ISO; Z and M are kept, should a plan have them.
    shapes = shapely.to_wkb(layer.geometry[list(places)], byte_order=1, flavor="iso")
    for place, shape in zip(places, shapes, strict=True):
        fields = canonical_json({name: to_plain(values[place], name) for name, values in layer.fields.items()})
        yield ids[place], crs, fields, b"" if shape is None else shape


def content_hash(zone: ZoneId, crs: str, fields: str, geometry: bytes) -> str:
    """Return the SHA-256 a zone is stored under: of everything it is, to the last bit."""
    return hashlib.sha256(canonical_json([zone, crs, fields]).encode() + b"\n" + geometry).hexdigest()


def sameness(zone: ZoneId, crs: str, fields: str, geometry_digest: str) -> str:
    """Return the digest by which a zone counts as unchanged."""
    return hashlib.sha256(canonical_json([zone, crs, fields, geometry_digest]).encode()).hexdigest()


def layer_of_records(
    rows: Iterable[tuple[bytes, str]], crs: str, fields: Sequence[tuple[str, str]], source: InputInfo
) -> ZoneLayer:
    """Return the layer of stored (geometry, fields) pairs, with the fields in their order and types.

    The pairs are taken some thousands at a time, so that the text of no more is in memory.
    """
    shapes: list[NDArray[Any]] = []
    columns: dict[str, list[Any]] = {name: [] for name, _ in fields}
    for batch in batched(rows):
        texts = np.array([bytes(shape) or None for shape, _ in batch], dtype=object)
        shapes.append(np.asarray(shapely.from_wkb(texts), dtype=object))
        values: list[Mapping[str, Any]] = [json.loads(text) for _, text in batch]
        for name, column in columns.items():
            column += [from_plain(row[name]) for row in values]
    geometry = np.concatenate([np.empty(0, dtype=object), *shapes])
    return ZoneLayer(geometry, norm_crs(crs), {name: to_array(columns[name], dtype) for name, dtype in fields}, source)


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


def changes(before: Mapping[ZoneId, Member], after: Mapping[ZoneId, str], number: int) -> Iterator[Change]:
    """Yield what revision `number` changes to get from `before` to the zones `after` (id to hash), in order.

    Zones keep their place and new ones follow at the end; when the order is another one, every zone is
    put in its new place.
    """
    yield from (Change(number, zone, None, number, 0) for zone in before if zone not in after)
    natural = chain((zone for zone in before if zone in after), (zone for zone in after if zone not in before))
    if any(zone != other for zone, other in zip(natural, after, strict=True)):
        yield from (Change(number, zone, after[zone], number, place) for place, zone in enumerate(after))
        return
    for zone, member in before.items():
        if zone in after and after[zone] != member.hash:
            yield Change(number, zone, after[zone], member.since, member.place)
    for place, zone in enumerate(after):
        if zone not in before:
            yield Change(number, zone, after[zone], number, place)


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
