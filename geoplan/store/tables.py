"""The rows of the store: every query both stores share, and no decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from geoplan.store import chunks
from geoplan.store.base import Revision, canonical_sha256, revision_document
from geoplan.store.database import Database
from geoplan.store.records import Change, Member, ZoneRecord, replay
from geoplan.store.values import canonical_json
from geoplan.types import ZoneId

_COLUMNS = (
    "plan",
    "number",
    "parent",
    "parent_hash",
    "hash",
    "time",
    "author",
    "message",
    "source_path",
    "source_sha256",
    "source_crs",
    "source_operation",
    "decision",
    "total_m2",
    "passed",
    "plan_toml_sha256",
    "check_sha256",
    "tool_version",
    "crs",
    "fields",
    "repairs",
    "restored_from",
)
_LIST = ", ".join(_COLUMNS)
_BATCH = 500  # parameters of one IN (…)


def plans(db: Database) -> tuple[str, ...]:
    """Return the plans with revisions, sorted."""
    return tuple(sorted(plan for (plan,) in db.rows("SELECT DISTINCT plan FROM geoplan_revision")))


def current_number(db: Database, plan: str) -> int | None:
    """Return the number of a plan's last revision, None without any."""
    ((number,),) = db.rows("SELECT max(number) FROM geoplan_revision WHERE plan = ?", (plan,))
    return None if number is None else int(number)


def revision_rows(db: Database, plan: str) -> Iterator[tuple[Sequence[Any], dict[ZoneId, str]]]:
    """Yield a plan's rows of revisions, oldest first, each with the zones (id to hash) its changes come to."""
    rows = db.rows(f"SELECT {_LIST} FROM geoplan_revision WHERE plan = ? ORDER BY number", (plan,))  # noqa: S608
    by_number = {number: list(group) for number, group in groupby(changes(db, plan), key=lambda row: row.number)}
    pending = sorted(by_number)
    members: dict[ZoneId, Member] = {}
    for row in rows:
        while pending and pending[0] <= row[1]:
            replay(members, by_number[pending.pop(0)])
        yield row, {zone: member.hash for zone, member in members.items()}


def revision_row(db: Database, plan: str, number: int) -> tuple[Sequence[Any], dict[ZoneId, str]] | None:
    """Return one row with its zones (id to hash), None when there is none of this number."""
    rows = db.rows(f"SELECT {_LIST} FROM geoplan_revision WHERE plan = ? AND number = ?", (plan, number))  # noqa: S608
    if not rows:
        return None
    return rows[0], {zone: member.hash for zone, member in members_of(db, plan, number).items()}


def parse(row: Sequence[Any], zone_hashes: Mapping[ZoneId, str]) -> Revision:
    """Return the revision of a row; ValueError when what it holds was never written by a store."""
    values = dict(zip(_COLUMNS, row, strict=True))
    try:
        values["decision"] = json.loads(values["decision"])
        values["repairs"] = tuple(json.loads(values["repairs"]))
        values["fields"] = tuple((name, dtype) for name, dtype in json.loads(values["fields"]))
    except TypeError as error:
        raise ValueError("not the JSON a store writes") from error
    values["passed"] = bool(values["passed"])
    return Revision(**values, zone_hashes=zone_hashes)


def changes(db: Database, plan: str) -> list[Change]:
    """Return all rows of changes of a plan by revision and place."""
    rows = db.rows(
        "SELECT number, zone, hash, since, place FROM geoplan_revision_zone WHERE plan = ? ORDER BY number, place",
        (plan,),
    )
    return [Change(*row) for row in rows]


def members_of(db: Database, plan: str, number: int | None) -> dict[ZoneId, Member]:
    """Return the zones of a revision in their order: for each the last change up to it, unless a removal."""
    if number is None:
        return {}
    rows = db.rows(
        """SELECT c.zone, c.hash, c.since, c.place FROM geoplan_revision_zone c JOIN (
               SELECT zone, max(number) AS number FROM geoplan_revision_zone
               WHERE plan = ? AND number <= ? GROUP BY zone
           ) last ON c.zone = last.zone AND c.number = last.number
           WHERE c.plan = ? AND c.hash IS NOT NULL ORDER BY c.since, c.place""",
        (plan, number, plan),
    )
    return {zone: Member(digest, since, place) for zone, digest, since, place in rows}


def add_revision(db: Database, revision: Revision, changed: Iterable[Change]) -> None:
    """Add a revision and its rows of changes.

    The digests of its two halves are kept beside its hash, only to tell later which half was tampered with.
    """
    texts = {
        "decision": canonical_json(revision.decision),
        "fields": canonical_json(revision.fields),
        "repairs": canonical_json(revision.repairs),
        "passed": int(revision.passed),
    }
    values = [texts[name] if name in texts else getattr(revision, name) for name in _COLUMNS]
    marks = ", ".join("?" * (len(_COLUMNS) + 2))
    db.run(
        f"INSERT INTO geoplan_revision ({_LIST}, record_sha256, zones_sha256) VALUES ({marks})",  # noqa: S608
        [*values, *halves(revision)],
    )
    db.many(
        "INSERT INTO geoplan_revision_zone (plan, number, zone, hash, since, place) VALUES (?, ?, ?, ?, ?, ?)",
        [(revision.plan, row.number, row.zone, row.hash, row.since, row.place) for row in changed],
    )


def halves(revision: Revision) -> tuple[str, str]:
    """Return the digests of what a revision says besides its zones, and of its list of zones."""
    return canonical_sha256(revision_document(revision)), canonical_sha256(list(revision.zone_hashes.items()))


def stored_halves(db: Database, plan: str) -> Mapping[int, tuple[str, str]]:
    """Return by number what `halves` came to when each revision was published."""
    rows = db.rows("SELECT number, record_sha256, zones_sha256 FROM geoplan_revision WHERE plan = ?", (plan,))
    return {number: (record, zones) for number, record, zones in rows}


def sameness_of(db: Database, hashes: Sequence[str]) -> dict[str, str]:
    """Return for each stored zone hash the digest by which the zone counts as unchanged."""
    found: dict[str, str] = {}
    for batch in _batches(hashes):
        found.update(db.rows(f"SELECT hash, sameness FROM geoplan_zone WHERE hash IN ({_marks(batch)})", batch))  # noqa: S608
    return found


def add_zones(db: Database, records: Iterable[ZoneRecord]) -> None:
    """Add zones that are not stored yet."""
    db.many(
        "INSERT INTO geoplan_zone (hash, sameness, zone, crs, fields, geometry) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (hash) DO NOTHING",
        [(zone.hash, zone.sameness, zone.zone, zone.crs, zone.fields, zone.geometry) for zone in records],
    )


def zones(db: Database, hashes: Sequence[str]) -> dict[str, ZoneRecord]:
    """Return the stored zones by the hash they are stored under; what is not there is left out."""
    found: dict[str, ZoneRecord] = {}
    for batch in _batches(hashes):
        rows = db.rows(
            f"SELECT hash, zone, crs, fields, geometry, sameness FROM geoplan_zone WHERE hash IN ({_marks(batch)})",  # noqa: S608
            batch,
        )
        found.update(
            {row[0]: ZoneRecord(row[0], row[1], row[2], row[3], bytes(row[4] or b""), row[5]) for row in rows},
        )
    return found


def zone_hashes(db: Database) -> list[str]:
    """Return the hashes of all stored zones, sorted."""
    return [digest for (digest,) in db.rows("SELECT hash FROM geoplan_zone ORDER BY hash")]


def add_blob(db: Database, content: bytes) -> str:
    """Add a file in pieces, each stored once, and return its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    if db.rows("SELECT 1 FROM geoplan_blob WHERE sha256 = ?", (digest,)):
        return digest
    cut = [(hashlib.sha256(piece).digest(), piece) for piece in chunks.split(content)]
    order, pieces = [key for key, _ in cut], dict(cut)
    there = set(_chunks(db, list(pieces), "sha256, sha256"))
    db.many(
        "INSERT INTO geoplan_chunk (sha256, data) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
        [(key, chunks.pack(piece)) for key, piece in sorted(pieces.items()) if key not in there],
    )
    db.run("INSERT INTO geoplan_blob (sha256, size, chunks) VALUES (?, ?, ?)", (digest, len(content), b"".join(order)))
    return digest


def blob(db: Database, digest: str) -> bytes | None:
    """Return a file by its SHA-256; None when it, or a piece of it, is lost or damaged."""
    rows = db.rows("SELECT chunks FROM geoplan_blob WHERE sha256 = ?", (digest,))
    if not rows:
        return None
    order = chunks.digests(bytes(rows[0][0]))
    stored = _chunks(db, list(dict.fromkeys(order)), "sha256, data")
    try:
        content = b"".join(chunks.unpack(stored[key]) for key in order)
    except (KeyError, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _chunks(db: Database, keys: Sequence[bytes], columns: str) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for batch in _batches(keys):
        rows = db.rows(f"SELECT {columns} FROM geoplan_chunk WHERE sha256 IN ({_marks(batch)})", batch)  # noqa: S608
        found.update({bytes(key): bytes(data) for key, data in rows})
    return found


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _marks(batch: Sequence[Any]) -> str:
    return ", ".join("?" * len(batch))
