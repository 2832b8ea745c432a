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
from itertools import islice
from json.encoder import encode_basestring
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.errors import InputError
from geoplan.store.database import batched
from geoplan.store.values import array_type, from_plain, json_rows, json_text, storable, to_array
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
    return tuple(record for places in batched(range(len(layer))) for record in _records(layer, ids, places))


@dataclass(frozen=True, slots=True)
class Standing:
    """A zone of the revision before: its id, the hash it is stored under, and its place there.

    `since` and `place` as in `Member`; `sameness` is None for a zone that is lost.
    """

    zone: ZoneId
    hash: str
    since: int
    place: int
    sameness: str | None


@dataclass(frozen=True, slots=True)
class ZoneChanges:
    """What the zones of a draft, with the hash of each in `zone_hashes`, change of the revision before.

    `removed` zones are gone, `changed` ones were something else, those at the places `fresh` are to be stored.
    `natural` says that zones keep their place and new ones follow at the end, the first of them at `stood`.
    """

    layer: ZoneLayer
    zone_hashes: Mapping[ZoneId, str]
    removed: Sequence[ZoneId]
    changed: Sequence[Standing]
    fresh: Sequence[int]
    natural: bool
    stood: int

    def records(self) -> Iterator[ZoneRecord]:
        """Yield the records of the zones to be stored, by hash, of which only some thousands are in memory."""
        ids, hashes = tuple(self.zone_hashes), tuple(self.zone_hashes.values())
        for places in batched(sorted(self.fresh, key=hashes.__getitem__)):
            yield from _records(self.layer, ids, places)

    def rows(self, number: int) -> Iterator[Change]:
        """Yield the rows of changes of revision `number`, in order.

        When the order is another one, every zone is put in its new place.
        """
        yield from (Change(number, zone, None, number, 0) for zone in self.removed)
        if self.natural:
            hashes = self.zone_hashes
            yield from (Change(number, one.zone, hashes[one.zone], one.since, one.place) for one in self.changed)
        start = self.stood if self.natural else 0
        for place, (zone, digest) in enumerate(islice(self.zone_hashes.items(), start, None), start):
            yield Change(number, zone, digest, number, place)


def zone_changes(layer: ZoneLayer, standing: Iterable[Standing]) -> ZoneChanges:
    """Return what a layer of one feature per zone changes of the zones `standing`, which are taken one by one.

    Geometry and fields are not kept but made again of the zones that are new. Errors as for `zone_records`.
    """
    ids = layer.text("id")
    _require_ids(ids)
    hashes = [digest for places in batched(range(len(layer))) for digest in _hashes(layer, ids, places)]
    places = dict(zip(ids, range(len(ids)), strict=True))
    removed, others, lost, seen, natural = [], [], [], bytearray(len(ids)), True
    for count, one in enumerate(standing):
        place = places.get(one.zone)
        if place is None:
            removed.append(one.zone)
            continue
        natural = natural and place == count - len(removed)
        seen[place] = 1
        if one.sameness is None:
            lost.append(place)
        if one.hash != hashes[place]:
            others.append(one)
    same = _same(layer, ids, others, places)
    for one in others:
        if one.zone in same:
            hashes[places[one.zone]] = one.hash
    changed = [one for one in others if one.zone not in same]
    new = [place for place, known in enumerate(seen) if not known]
    fresh = {*new, *lost, *(places[one.zone] for one in changed)}
    zone_hashes = dict(zip(ids, hashes, strict=True))
    return ZoneChanges(layer, zone_hashes, removed, changed, sorted(fresh), natural, len(ids) - len(new))


def _same(
    layer: ZoneLayer, ids: Sequence[ZoneId], others: Sequence[Standing], places: Mapping[ZoneId, int]
) -> set[ZoneId]:
    """Return which of the zones that are stored under another hash count as unchanged nevertheless."""
    found: set[ZoneId] = set()
    for batch in batched(others):
        records = _records(layer, ids, [places[one.zone] for one in batch])
        found.update(one.zone for one, record in zip(batch, records, strict=True) if one.sameness == record.sameness)
    return found


def _hashes(layer: ZoneLayer, ids: Sequence[ZoneId], places: Sequence[int]) -> Iterator[str]:
    return (_digest(head, shape) for head, _, shape in _contents(layer, ids, places))


def _records(layer: ZoneLayer, ids: Sequence[ZoneId], places: Sequence[int]) -> Iterator[ZoneRecord]:
    crs = crs_text(layer.crs)
    contents = _contents(layer, ids, places)
    canonical = layer.geometry_digests(layer.geometry[list(places)])
    for place, (head, fields, shape), digest in zip(places, contents, canonical, strict=True):
        yield ZoneRecord(_digest(head, shape), ids[place], crs, fields, shape, _sameness(head, digest))


def _contents(layer: ZoneLayer, ids: Sequence[ZoneId], places: Sequence[int]) -> Iterator[tuple[str, str, bytes]]:
    """Yield for some features what is hashed of each: JSON of id, CRS and fields, the fields alone, and ISO WKB."""
    chosen = list(places)
    # PostGIS and GeoPackage want ISO; Z and M are kept, should a plan have them.
    shapes = shapely.to_wkb(layer.geometry[chosen], byte_order=1, flavor="iso").tolist()
    crs = json_text(crs_text(layer.crs))
    fields = json_rows({name: values[chosen] for name, values in layer.fields.items()})
    for place, row, shape in zip(chosen, fields, shapes, strict=True):
        # Neither holds a lone surrogate: an id may not, and in JSON each is escaped already.
        yield f"[{encode_basestring(ids[place])},{crs},{encode_basestring(row)}]", row, shape or b""


def content_hash(zone: ZoneId, crs: str, fields: str, geometry: bytes) -> str:
    """Return the SHA-256 a zone is stored under: of everything it is, to the last bit."""
    return _digest(_head(zone, crs, fields), geometry)


def sameness(zone: ZoneId, crs: str, fields: str, geometry_digest: str) -> str:
    """Return the digest by which a zone counts as unchanged."""
    return _sameness(_head(zone, crs, fields), geometry_digest)


def _head(zone: ZoneId, crs: str, fields: str) -> str:
    return f"[{json_text(zone)},{json_text(crs)},{json_text(fields)}]"


def _digest(head: str, geometry: bytes) -> str:
    return hashlib.sha256(head.encode() + b"\n" + geometry).hexdigest()


def _sameness(head: str, geometry_digest: str) -> str:
    return hashlib.sha256(f'{head[:-1]},"{geometry_digest}"]'.encode()).hexdigest()


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
        values: list[Mapping[str, Any]] = json.loads(f"[{','.join(text for _, text in batch)}]")
        for name, column in columns.items():
            column += [from_plain(value) if isinstance(value := row[name], dict) else value for row in values]
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
