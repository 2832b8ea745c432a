"""Recomputing every hash of a store, and saying what of it was changed, removed or put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from geoplan.crs import norm_crs
from geoplan.errors import GeoplanError
from geoplan.store import tables
from geoplan.store.base import GENESIS, Problem, Revision, revision_hash
from geoplan.store.database import Database
from geoplan.store.records import ZoneRecord, content_hash, sameness
from geoplan.types import Text, ZoneId
from geoplan.zones import GRID_DEGREES, GRID_METRES, geometry_digest

_BATCH = 1000  # zones in memory at a time

_FILES: Mapping[str, Text] = {
    "source_sha256": Text("the source file", "源文件"),
    "plan_toml_sha256": Text("its plan.toml", "其 plan.toml"),
    "check_sha256": Text("the check it was published with", "发布时的检查结果"),
}


@dataclass(slots=True)
class _Uses:
    """Where content is referred to first: zone hash → (plan, revision, zone), file digest → (plan, revision, what)."""

    zones: dict[str, tuple[str, int, ZoneId]] = field(default_factory=dict)
    files: dict[str, tuple[str, int, str]] = field(default_factory=dict)


def problems(db: Database) -> tuple[Problem, ...]:
    """Return what does not hold in a store: chain, numbering, zone lists, zones and files."""
    uses = _Uses()
    found = [problem for plan in _plans(db) for problem in _chain_problems(db, plan, uses)]
    return (*found, *_zone_problems(db, uses), *_file_problems(db, uses))


def _plans(db: Database) -> tuple[str, ...]:
    # Also those of which every revision was removed but not its list of zones.
    listed = {plan for (plan,) in db.rows("SELECT DISTINCT plan FROM geoplan_revision_zone")}
    return tuple(sorted({*tables.plans(db), *listed}))


def _chain_problems(db: Database, plan: str, uses: _Uses) -> Iterator[Problem]:
    halves = tables.stored_halves(db, plan)
    expected = 1
    previous_hash: str | None = GENESIS
    for row, zone_hashes in tables.revision_rows(db, plan):
        number = row[1]
        for missing in range(expected, min(number, expected + 1000)):
            yield _problem(plan, missing, "the revision was removed.", "该版本已被删除。")
            previous_hash = None  # what it was is not known
        expected = number + 1
        revision = _parsed(row, zone_hashes)
        if revision is None:
            yield _problem(plan, number, "its record was changed and cannot be read.", "其记录被改动，无法读取。")
            previous_hash = row[4]
            continue
        yield from _revision_problems(revision, previous_hash, halves[number])
        previous_hash = revision.hash
        for zone, digest in revision.zone_hashes.items():
            uses.zones.setdefault(digest, (plan, number, zone))
        for name in _FILES:
            uses.files.setdefault(getattr(revision, name), (plan, number, name))
    for orphan in sorted({change.number for change in tables.changes(db, plan)} - halves.keys()):
        if orphan >= expected:  # holes in the middle are told of already
            yield _problem(
                plan, orphan, "the revision was removed, its list of zones is left.", "该版本已被删除，仅剩分区清单。"
            )


def _parsed(row: Sequence[Any], zone_hashes: Mapping[ZoneId, str]) -> Revision | None:
    try:
        revision = tables.parse(row, zone_hashes)
        revision_hash(revision)
    except (ValueError, TypeError):
        return None
    return revision


def _revision_problems(revision: Revision, previous_hash: str | None, stored: tuple[str, str]) -> Iterator[Problem]:
    plan, number = revision.plan, revision.number
    follows = previous_hash in (revision.parent_hash, None) and revision.parent == (number - 1 or None)
    if not follows:
        yield _problem(
            plan,
            number,
            "it does not continue the revision before it: one of the two was replaced.",
            "它与前一版本不衔接：其中之一被替换。",
        )
    if revision_hash(revision) == revision.hash:
        return
    record, zones = tables.halves(revision)
    if zones != stored[1]:
        yield _problem(
            plan,
            number,
            "its list of zones was changed: a zone was swapped, added or removed.",
            "其分区清单被改动：有分区被替换、添加或删除。",
        )
    if record != stored[0]:
        yield _problem(
            plan,
            number,
            "its record (message, author, time, figures or hashes) was changed.",
            "其记录（说明、作者、时间、数值或哈希）被改动。",
        )
    if (record, zones) == stored:
        yield _problem(plan, number, "its hash was changed.", "其哈希被改动。")


def _zone_problems(db: Database, uses: _Uses) -> Iterator[Problem]:
    there = tables.zone_hashes(db)
    for digest in sorted(uses.zones.keys() - set(there)):
        yield _zone_problem(uses.zones[digest], "was removed", "已被删除")
    for start in range(0, len(there), _BATCH):
        records = tables.zones(db, there[start : start + _BATCH])
        for digest, record in records.items():
            if _hash_of(record) == digest and _same(record):
                continue
            place = uses.zones.get(digest, ("", None, record.zone))
            yield _zone_problem(place, "has other geometry or fields than were published", "的几何或字段与发布时不同")


def _zone_problem(place: tuple[str, int | None, ZoneId], en: str, zh: str) -> Problem:
    plan, number, zone = place
    return _problem(plan, number, f"zone “{zone}” {en}.", f"分区“{zone}”{zh}。")


def _hash_of(record: ZoneRecord) -> str:
    return content_hash(record.zone, record.crs, record.fields, record.geometry)


def _same(record: ZoneRecord) -> bool:
    """Return whether the digest that decides about "unchanged" is that of the geometry."""
    try:
        shape = shapely.from_wkb(record.geometry) if record.geometry else None
        grid = GRID_DEGREES if norm_crs(record.crs).is_geographic else GRID_METRES
        canonical = geometry_digest(shape, grid=grid)
    except (ValueError, GeoplanError, shapely.errors.GEOSException):
        return False
    return record.sameness == sameness(record.zone, record.crs, record.fields, canonical)


def _file_problems(db: Database, uses: _Uses) -> Iterator[Problem]:
    for digest, (plan, number, name) in uses.files.items():
        if tables.blob(db, digest) is None:
            what = _FILES[name]
            yield _problem(plan, number, f"{what.en} is lost or was changed.", f"{what.zh}已丢失或被改动。")


def _problem(plan: str, number: int | None, en: str, zh: str) -> Problem:
    return Problem(plan, number, Text(en, zh))
