"""The interface every store of revisions has, and the values it keeps.

A plan's revisions are append-only and hash-chained: nothing that was published is changed or lost. One
publish is one transaction. A store holds many plans; revision numbers count from 1 within a plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from geoplan.store.database import batched
from geoplan.types import Facility, Finding, Text, ZoneId
from geoplan.zones import ZoneLayer

GENESIS = "0" * 64  # the hash before the first revision
WAIT_S = 600.0  # a city's revision takes minutes to write, and who waited for it must not do all the work again


@dataclass(frozen=True, slots=True)
class Patience:
    """How many `seconds` a publish waits for one that is under way, and who is to `tell` of it when it must wait."""

    seconds: float = WAIT_S
    tell: Callable[[Text], None] | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file a revision came from: name as given, SHA-256, CRS decision, datum operation, and its bytes.

    `content` is the path of the file where it need not be in memory; it is read when it is published.
    """

    path: str
    sha256: str
    crs: str
    operation: str
    decision: Mapping[str, Any]
    content: bytes | Path


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be published.

    `zones` is in the store's CRS of the plan (its projected CRS), with one feature per zone and at least
    the fields id, name_en, name_zh; other fields are kept. `plan_toml` is the text the zones were
    checked with; `check` and `repairs` are JSON documents. `findings` (in the CRS of `zones`) and
    `facilities` (longitude, latitude) feed the layers that QGIS shows and are not part of the hash.
    """

    zones: ZoneLayer
    plan_toml: str
    source: SourceFile
    author: str
    message: str
    time: str
    tool_version: str
    total_m2: float
    passed: bool
    check: Mapping[str, Any] = field(default_factory=dict)
    repairs: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Finding, ...] = ()
    facilities: tuple[Facility, ...] = ()
    restored_from: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One published revision, without its zones. `hash` covers everything here, the zones and `parent_hash`.

    `zone_hashes` is in the order the zones were published in. `fields` are the names and array types of
    the zones' fields, in their order. `crs` is a code, or WKT for a system without one.
    """

    plan: str
    number: int
    parent: int | None
    parent_hash: str
    hash: str
    time: str
    author: str
    message: str
    source_path: str
    source_sha256: str
    source_crs: str
    source_operation: str
    decision: Mapping[str, Any]
    zone_hashes: Mapping[ZoneId, str]
    total_m2: float
    passed: bool
    plan_toml_sha256: str
    tool_version: str
    crs: str
    repairs: tuple[Mapping[str, Any], ...] = ()
    restored_from: int | None = None
    check_sha256: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class StoredHashes(Mapping[ZoneId, str]):
    """The zones of a stored revision and the hash of each, read when they are looked at: a city has a million.

    What a revision holds never changes, so it does not matter when that is. `count` is how many there are,
    where that is known.
    """

    def __init__(self, load: Callable[[], Mapping[ZoneId, str]], count: int | None = None) -> None:
        """Keep how to read them."""
        self._load, self._count = load, count
        self._read: Mapping[ZoneId, str] | None = None

    def __getitem__(self, zone: ZoneId) -> str:
        return self._hashes[zone]

    def __iter__(self) -> Iterator[ZoneId]:
        return iter(self._hashes)

    def __len__(self) -> int:
        return len(self._hashes) if self._count is None or self._read is not None else self._count

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"

    def __reduce__(self) -> tuple[type[dict[ZoneId, str]], tuple[dict[ZoneId, str]]]:
        return dict, (dict(self),)

    @property
    def _hashes(self) -> Mapping[ZoneId, str]:
        if self._read is None:
            self._read = self._load()
        return self._read


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What a store knows of a draft without opening it; `version` counts its saves from 1.

    `parent` is the revision it was started from, 0 for none. `zones` is how many it holds.
    """

    plan: str
    id: str
    version: int
    name: str
    author: str
    created: str
    changed: str
    changed_by: str
    parent: int
    zones: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing `verify` found: which plan and revision, and what was tampered with or lost."""

    plan: str
    revision: int | None
    message: Text


class Store(Protocol):
    """A store of revisions: the GeoPackage file and PostGIS offer exactly this, and pass the same tests.

    Every method raises StoreError (locked, newer format, not a store, connection lost, disk full).
    """

    def plans(self) -> tuple[str, ...]:
        """Return the ids of the plans that have revisions, sorted."""
        ...

    def history(self, plan: str) -> tuple[Revision, ...]:
        """Return all revisions of a plan, oldest first; empty if it has none."""
        ...

    def revision(self, plan: str, number: int | None = None) -> Revision | None:
        """Return one revision, or the current one; None when the plan has none. StoreError for an unknown number."""
        ...

    def zones(self, plan: str, number: int | None = None) -> ZoneLayer:
        """Return the zones of a revision (the current one, if None), in the plan's stored CRS.

        StoreError when the plan has no revision, or not this one.
        """
        ...

    def changed_zones(self, plan: str, before: int, after: int) -> tuple[ZoneLayer, ZoneLayer]:
        """Return the zones of two revisions that are not stored as the same, on either side, in their order.

        A zone on one side only was added or removed. The store finds them by their hashes: what is the same in
        both is never read. StoreError as for `zones`.
        """
        ...

    def plan_toml(self, plan: str, number: int) -> str:
        """Return the plan.toml text a revision was checked with."""
        ...

    def source(self, plan: str, number: int) -> bytes:
        """Return the bytes of the file a revision came from."""
        ...

    def check(self, plan: str, number: int) -> Mapping[str, Any]:
        """Return the JSON document of the check a revision was published with."""
        ...

    def publish(self, plan: str, draft: Draft, *, parent: int | None, patience: Patience | None = None) -> Revision:
        """Append a revision on top of `parent` (None for the first), in one transaction.

        One publish at a time writes; others wait for it, with `patience`. Raises ConflictError, with nothing
        written, when `parent` is not the current revision any more.
        """
        ...

    def verify(self) -> tuple[Problem, ...]:
        """Recompute every hash of every plan and return what does not hold; empty when all is as published."""
        ...

    def drafts(self, plan: str) -> tuple[KeptDraft, ...]:
        """Return the drafts of a plan, the one changed last first."""
        ...

    def draft(self, plan: str, identifier: str) -> tuple[KeptDraft, bytes] | None:
        """Return a draft with its content, None when there is none of this id."""
        ...

    def keep_draft(self, draft: KeptDraft, content: bytes, *, most: int) -> KeptDraft:
        """Save a draft on top of the version it names (0: a new one) and return it with its new version.

        Raises DraftConflictError, with nothing written, when it has another version by now or is gone,
        InputError when a plan would have more than `most` drafts.
        """
        ...

    def drop_draft(self, plan: str, identifier: str, *, version: int) -> None:
        """Delete a draft that still has this version; DraftConflictError, with nothing deleted, otherwise."""
        ...

    def close(self) -> None:
        """Release the file or connection; using the store afterwards raises StoreError."""
        ...


def revision_hash(revision: Revision) -> str:
    """Return the SHA-256 of a revision's canonical JSON: all of it but its own hash, its parent's included."""
    # “zone_hashes” comes after every other name, so that a million of them can be hashed as they come.
    start = _canonical_text(revision_document(revision)).removesuffix("}") + ',"zone_hashes":'
    return _sha256_of(chain((start,), _zone_texts(revision.zone_hashes), ("}",)))


def zones_sha256(zone_hashes: Mapping[ZoneId, str]) -> str:
    """Return the SHA-256 of the canonical JSON of a revision's list of zones: `[zone, hash]` of each, in order."""
    return _sha256_of(_zone_texts(zone_hashes))


def revision_document(revision: Revision) -> dict[str, Any]:
    """Return everything the hash of a revision covers besides its zones, under the names of the fields."""
    names = [name for name in Revision.__dataclass_fields__ if name not in ("hash", "zone_hashes")]
    return {name: getattr(revision, name) for name in names}


def canonical_sha256(document: Any) -> str:
    """Return the SHA-256 of a value's JSON with sorted keys, no spaces and no escapes but the necessary."""
    return _sha256_of((_canonical_text(document),))


def _zone_texts(zone_hashes: Mapping[ZoneId, str]) -> Iterator[str]:
    yield "["
    for place, batch in enumerate(batched(zone_hashes.items())):
        yield ("," if place else "") + _canonical_text(batch)[1:-1]
    yield "]"


def _canonical_text(document: Any) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _sha256_of(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
