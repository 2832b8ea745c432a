"""The rows of the store: every query both stores share, and no decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from typing import Any

from geoplan.store import chunks
from geoplan.store.base import Revision, canonical_sha256, revision_document, zones_sha256
from geoplan.store.database import BATCH, Database, batched
from geoplan.store.records import Change, Standing, ZoneRecord
from geoplan.store.values import canonical_json
from geoplan.types import ZoneId

_BATCH = 500  # parameters of one IN (…)
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
_KINDS = {"hash": "TEXT", "sameness": "TEXT", "zone": "TEXT", "crs": "TEXT", "fields": "TEXT", "geometry": "BLOB"}
_PIECES = 512  # of a file, about 4 MB, in memory at a time
# For each zone of a revision the last change up to it. Parameters: plan, number, plan.
_STANDING = """geoplan_revision_zone c JOIN (
        SELECT zone, max(number) AS number FROM geoplan_revision_zone
        WHERE plan = ? AND number <= ? GROUP BY zone
    ) last ON c.zone = last.zone AND c.number = last.number AND c.plan = ? AND c.hash IS NOT NULL"""


def plans(db: Database) -> tuple[str, ...]:
    """Return the plans with revisions, sorted."""
    return tuple(sorted(plan for (plan,) in db.rows("SELECT DISTINCT plan FROM geoplan_revision")))


def current_number(db: Database, plan: str) -> int | None:
    """Return the number of a plan's last revision, None without any."""
    ((number,),) = db.rows("SELECT max(number) FROM geoplan_revision WHERE plan = ?", (plan,))
    return None if number is None else int(number)


def revision_rows(db: Database, plan: str) -> list[tuple[Any, ...]]:
    """Return a plan's rows of revisions, oldest first."""
    return db.rows(f"SELECT {_LIST} FROM geoplan_revision WHERE plan = ? ORDER BY number", (plan,))  # noqa: S608


def revision_row(db: Database, plan: str, number: int) -> tuple[Any, ...] | None:
    """Return the row of one revision, None when there is none of this number."""
    rows = db.rows(f"SELECT {_LIST} FROM geoplan_revision WHERE plan = ? AND number = ?", (plan, number))  # noqa: S608
    return rows[0] if rows else None


def zone_counts(db: Database, plan: str, numbers: Sequence[int]) -> dict[int, int]:
    """Return how many zones each revision has, from the rows of changes alone."""
    rows = db.rows(
        """SELECT number, sum(CASE WHEN hash IS NOT NULL THEN 1 ELSE 0 END - was) FROM (
               SELECT number, hash, lag(CASE WHEN hash IS NULL THEN 0 ELSE 1 END, 1, 0)
                   OVER (PARTITION BY zone ORDER BY number) AS was
               FROM geoplan_revision_zone WHERE plan = ?
           ) changed GROUP BY number ORDER BY number""",
        (plan,),
    )
    counts, count, pending = {}, 0, list(reversed(rows))
    for number in numbers:
        while pending and pending[-1][0] <= number:
            count += int(pending.pop()[1])
        counts[number] = count
    return counts


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


def changes(db: Database, plan: str) -> Iterator[Change]:
    """Yield all rows of changes of a plan by revision and place."""
    rows = db.stream(
        "SELECT number, zone, hash, since, place FROM geoplan_revision_zone WHERE plan = ? ORDER BY number, place",
        (plan,),
    )
    return (Change(*row) for row in rows)


def numbers_changed(db: Database, plan: str) -> set[int]:
    """Return the numbers of revisions that have rows of changes."""
    return {n for (n,) in db.rows("SELECT DISTINCT number FROM geoplan_revision_zone WHERE plan = ?", (plan,))}


def zone_hashes_of(db: Database, plan: str, number: int) -> dict[ZoneId, str]:
    """Return the zones of a revision in their order with the hash each is stored under."""
    rows = db.stream(f"SELECT c.zone, c.hash FROM {_STANDING} ORDER BY c.since, c.place", (plan, number, plan))  # noqa: S608
    return dict(rows)


def standing(db: Database, plan: str, number: int | None) -> Iterator[Standing]:
    """Yield the zones of a revision in their order, none without a number."""
    if number is None:
        return
    rows = db.stream(
        f"""SELECT c.zone, c.hash, c.since, c.place, z.sameness
            FROM {_STANDING} LEFT JOIN geoplan_zone z ON z.hash = c.hash ORDER BY c.since, c.place""",  # noqa: S608
        (plan, number, plan),
    )
    yield from starmap(Standing, rows)


def contents_of(db: Database, plan: str, number: int) -> Iterator[tuple[ZoneId, bytes | None, str]]:
    """Yield the zones of a revision in their order: id, geometry and fields; None for the geometry of a lost one."""
    rows = db.stream(
        f"""SELECT c.zone, z.hash, z.geometry, z.fields
            FROM {_STANDING} LEFT JOIN geoplan_zone z ON z.hash = c.hash ORDER BY c.since, c.place""",  # noqa: S608
        (plan, number, plan),
    )
    for zone, digest, geometry, fields in rows:
        yield zone, None if digest is None else bytes(geometry or b""), fields


def contents_changed(db: Database, plan: str, number: int, other: int) -> Iterator[tuple[ZoneId, bytes | None, str]]:
    """Yield as `contents_of` the zones of a revision that are not stored as the same in the other one.

    Only zones that a revision between the two changed are looked at, and compared by their hashes.
    """
    low, high = sorted((number, other))
    touched = "SELECT zone FROM geoplan_revision_zone WHERE plan = ? AND number > ? AND number <= ?"
    last = f"""SELECT zone, hash, since, place FROM (
            SELECT zone, hash, since, place, row_number() OVER (PARTITION BY zone ORDER BY number DESC) AS rank
            FROM geoplan_revision_zone WHERE plan = ? AND number <= ? AND zone IN ({touched})
        ) ranked WHERE rank = 1 AND hash IS NOT NULL"""  # noqa: S608 - parts of our own
    rows = db.stream(
        f"""SELECT mine.zone, z.hash, z.geometry, z.fields FROM ({last}) mine
            LEFT JOIN ({last}) theirs ON theirs.zone = mine.zone AND theirs.hash = mine.hash
            LEFT JOIN geoplan_zone z ON z.hash = mine.hash
            WHERE theirs.zone IS NULL ORDER BY mine.since, mine.place""",  # noqa: S608 - parts of our own
        (plan, number, plan, low, high, plan, other, plan, low, high),
    )
    for zone, digest, geometry, fields in rows:
        yield zone, None if digest is None else bytes(geometry or b""), fields


def lost_zones(db: Database) -> Iterator[tuple[str, str, int, ZoneId]]:
    """Yield (hash, plan, number, zone) of each change to a zone that is not stored, by hash, plan and number."""
    return db.stream(
        """SELECT c.hash, c.plan, c.number, c.zone FROM geoplan_revision_zone c
           LEFT JOIN geoplan_zone z ON z.hash = c.hash
           WHERE c.hash IS NOT NULL AND z.hash IS NULL ORDER BY c.hash, c.plan, c.number, c.place"""
    )


def uses(db: Database) -> Iterator[tuple[str, str, int, ZoneId]]:
    """Yield (hash, plan, number, zone) of each change, by plan and number, but for removals."""
    return db.stream(
        "SELECT hash, plan, number, zone FROM geoplan_revision_zone WHERE hash IS NOT NULL ORDER BY plan, number, place"
    )


def add_revision(db: Database, revision: Revision, changed: Iterable[Change]) -> None:
    """Add a revision and its rows of changes.

    The digests of its two halves are kept beside its hash, only to tell later which half was tampered with.
    """
    written = {
        "decision": canonical_json(revision.decision),
        "fields": canonical_json(revision.fields),
        "repairs": canonical_json(revision.repairs),
        "passed": int(revision.passed),
    }
    values = [written[name] if name in written else getattr(revision, name) for name in _COLUMNS]
    marks = ", ".join("?" * (len(_COLUMNS) + 2))
    db.run(
        f"INSERT INTO geoplan_revision ({_LIST}, record_sha256, zones_sha256) VALUES ({marks})",  # noqa: S608
        [*values, *halves(revision)],
    )
    kinds = {
        "plan": "TEXT",
        "number": "INTEGER",
        "zone": "TEXT",
        "hash": "TEXT",
        "since": "INTEGER",
        "place": "INTEGER",
    }
    rows = ((revision.plan, row.number, row.zone, row.hash, row.since, row.place) for row in changed)
    db.add("geoplan_revision_zone", kinds, rows)
    if len(revision.zone_hashes) >= BATCH:
        for table in ("geoplan_revision_zone", "geoplan_zone"):
            db.settle(table)


def halves(revision: Revision) -> tuple[str, str]:
    """Return the digests of what a revision says besides its zones, and of its list of zones."""
    return canonical_sha256(revision_document(revision)), zones_sha256(revision.zone_hashes)


def stored_halves(db: Database, plan: str) -> Mapping[int, tuple[str, str]]:
    """Return by number what `halves` came to when each revision was published."""
    rows = db.rows("SELECT number, record_sha256, zones_sha256 FROM geoplan_revision WHERE plan = ?", (plan,))
    return {number: (record, zones) for number, record, zones in rows}


def add_zones(db: Database, records: Iterable[ZoneRecord]) -> None:
    """Add zones that are not stored yet, some thousands in memory at a time."""
    db.add("geoplan_zone", _KINDS, _rows_to_add(db, records))


def _rows_to_add(db: Database, records: Iterable[ZoneRecord]) -> Iterator[tuple[Any, ...]]:
    empty = not db.rows("SELECT 1 FROM geoplan_zone LIMIT 1")  # then none need be looked for
    for batch in batched(records):
        there = set() if empty else db.having("geoplan_zone", "hash", [zone.hash for zone in batch])
        yield from (
            (zone.hash, zone.sameness, zone.zone, zone.crs, zone.fields, zone.geometry)
            for zone in batch
            if zone.hash not in there
        )


def zone_batches(db: Database) -> Iterator[list[ZoneRecord]]:
    """Yield all stored zones by hash, some thousands at a time."""
    rows = db.stream("SELECT hash, zone, crs, fields, geometry, sameness FROM geoplan_zone ORDER BY hash")
    for batch in batched(rows):
        yield [ZoneRecord(row[0], row[1], row[2], row[3], bytes(row[4] or b""), row[5]) for row in batch]


def add_blob(db: Database, digest: str, content: Iterable[bytes]) -> None:
    """Add a file of this SHA-256, given in blocks, in pieces, each stored once."""
    if db.rows("SELECT 1 FROM geoplan_blob WHERE sha256 = ?", (digest,)):
        return
    order, size = bytearray(), 0
    for batch in batched(chunks.split(content), _PIECES):
        keys = [hashlib.sha256(piece).digest() for piece in batch]
        there = {bytes(key) for key in db.having("geoplan_chunk", "sha256", keys)}
        new = {key: piece for key, piece in zip(keys, batch, strict=True) if key not in there}
        packed = zip(new, chunks.pack_many(list(new.values())), strict=True)
        db.add("geoplan_chunk", {"sha256": "BLOB", "data": "BLOB"}, sorted(packed))
        order += b"".join(keys)
        size += sum(map(len, batch))
    db.run("INSERT INTO geoplan_blob (sha256, size, chunks) VALUES (?, ?, ?)", (digest, size, bytes(order)))


def blob(db: Database, digest: str) -> bytes | None:
    """Return a file by its SHA-256; None when it, or a piece of it, is lost or damaged."""
    try:
        content = b"".join(_pieces(db, digest))
    except (KeyError, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def has_blob(db: Database, digest: str) -> bool:
    """Return whether a file is there, whole and undamaged; no more than some pieces of it are in memory."""
    found = hashlib.sha256()
    try:
        for piece in _pieces(db, digest):
            found.update(piece)
    except (KeyError, ValueError):
        return False
    return found.hexdigest() == digest


def _pieces(db: Database, digest: str) -> Iterator[bytes]:
    """Yield the pieces of a file in order; KeyError for one that is lost, ValueError for one that is damaged."""
    rows = db.rows("SELECT chunks FROM geoplan_blob WHERE sha256 = ?", (digest,))
    if not rows:
        raise KeyError(digest)
    for batch in batched(chunks.digests(bytes(rows[0][0])), _BATCH):
        stored = _chunks(db, list(dict.fromkeys(batch)), "sha256, data")
        yield from (chunks.unpack(stored[key]) for key in batch)


def _chunks(db: Database, keys: Sequence[bytes], columns: str) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for batch in batched(keys, _BATCH):
        rows = db.rows(f"SELECT {columns} FROM geoplan_chunk WHERE sha256 IN ({_marks(batch)})", batch)  # noqa: S608
        found.update({bytes(key): bytes(data) for key, data in rows})
    return found


def _marks(batch: Sequence[Any]) -> str:
    return ", ".join("?" * len(batch))
