"""Recomputing every hash of a store, and saying what of it was changed, removed or put in."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
import shapely

from geoplan.crs import norm_crs
from geoplan.errors import GeoplanError
from geoplan.store import tables
from geoplan.store.base import GENESIS, Problem, Revision, revision_hash
from geoplan.store.database import Database
from geoplan.store.records import Member, ZoneRecord, content_hash, replay, sameness
from geoplan.types import Text, ZoneId
from geoplan.zones import ZoneLayer

_FILES: Mapping[str, Text] = {
    "source_sha256": Text("the source file", "源文件"),
    "plan_toml_sha256": Text("its plan.toml", "其 plan.toml"),
    "check_sha256": Text("the check it was published with", "发布时的检查结果"),
}


@dataclass(slots=True)
class _Sound:
    """What was found of the revisions: those that can be read, by plan, and (plan, revision, what) of each file."""

    numbers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def first(self, uses: Iterable[tuple[str, int, ZoneId]]) -> tuple[str, int, ZoneId] | None:
        """Return the first revision that can be read with a zone that was changed in one of `uses`."""
        for plan, number, zone in uses:
            place = bisect_left(self.numbers[plan], number)
            if place < len(self.numbers[plan]):
                return plan, self.numbers[plan][place], zone
        return None


def problems(db: Database) -> tuple[Problem, ...]:
    """Return what does not hold in a store: chain, numbering, zone lists, zones and files."""
    sound = _Sound()
    found = [problem for plan in _plans(db) for problem in _chain_problems(db, plan, sound)]
    return (*found, *_lost_zones(db, sound), *_zone_problems(db, sound), *_file_problems(db, sound))


def _plans(db: Database) -> tuple[str, ...]:
    # Also those of which every revision was removed but not its list of zones.
    listed = {plan for (plan,) in db.rows("SELECT DISTINCT plan FROM geoplan_revision_zone")}
    return tuple(sorted({*tables.plans(db), *listed}))


def _chain_problems(db: Database, plan: str, sound: _Sound) -> Iterator[Problem]:
    halves = tables.stored_halves(db, plan)
    expected = 1
    previous_hash: str | None = GENESIS
    for row, zone_hashes in _replayed(db, plan):
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
        sound.numbers[plan].append(number)
        for name in _FILES:
            sound.files.setdefault(getattr(revision, name), (plan, number, name))
    for orphan in sorted(tables.numbers_changed(db, plan) - halves.keys()):
        if orphan >= expected:  # holes in the middle are told of already
            yield _problem(
                plan, orphan, "the revision was removed, its list of zones is left.", "该版本已被删除，仅剩分区清单。"
            )


def _replayed(db: Database, plan: str) -> Iterator[tuple[Sequence[Any], Mapping[ZoneId, str]]]:
    """Yield a plan's rows of revisions, oldest first, each with the zones (id to hash) its changes come to."""
    steps = groupby(tables.changes(db, plan), key=attrgetter("number"))
    step = next(steps, None)
    members: dict[ZoneId, Member] = {}
    for row in tables.revision_rows(db, plan):
        while step is not None and step[0] <= row[1]:
            replay(members, list(step[1]))
            step = next(steps, None)
        yield row, {zone: member.hash for zone, member in members.items()}


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


def _lost_zones(db: Database, sound: _Sound) -> Iterator[Problem]:
    for _, rows in groupby(tables.lost_zones(db), key=itemgetter(0)):
        place = sound.first([row[1:] for row in rows])
        if place is not None:
            yield _zone_problem(place, "was removed", "已被删除")


def _zone_problems(db: Database, sound: _Sound) -> Iterator[Problem]:
    changed = {record.hash: record.zone for batch in tables.zone_batches(db) for record in _changed(batch)}
    if not changed:
        return
    uses: dict[str, list[tuple[str, int, ZoneId]]] = defaultdict(list)
    for digest, plan, number, zone in tables.uses(db):  # once for all, however many were changed
        if digest in changed:
            uses[digest].append((plan, number, zone))
    for digest, zone in changed.items():
        place = sound.first(uses[digest]) or ("", None, zone)
        yield _zone_problem(place, "has other geometry or fields than were published", "的几何或字段与发布时不同")


def _zone_problem(place: tuple[str, int | None, ZoneId], en: str, zh: str) -> Problem:
    plan, number, zone = place
    return _problem(plan, number, f"zone “{zone}” {en}.", f"分区“{zone}”{zh}。")


def _changed(batch: Sequence[ZoneRecord]) -> list[ZoneRecord]:
    """Return the records whose hash is not that of their content, or whose sameness is not that of their geometry."""
    whole = [record for record in batch if _hash_of(record) == record.hash]
    digests: dict[str, str | None] = {}
    for crs in {record.crs for record in whole}:
        group = [record for record in whole if record.crs == crs]
        digests.update(zip((record.hash for record in group), _geometry_digests(group, crs), strict=True))
    return [record for record in batch if not _same(record, digests.get(record.hash))]


def _hash_of(record: ZoneRecord) -> str:
    return content_hash(record.zone, record.crs, record.fields, record.geometry)


def _geometry_digests(records: Sequence[ZoneRecord], crs: str) -> list[str | None]:
    """Return the canonical digest of each geometry; None where what is stored is no geometry, or the CRS is none."""
    texts = np.array([record.geometry or None for record in records], dtype=object)
    try:
        shapes = np.asarray(shapely.from_wkb(texts), dtype=object)
        return list(ZoneLayer(shapes, norm_crs(crs)).geometry_digests(shapes))
    except (ValueError, GeoplanError, shapely.errors.GEOSException):
        if len(records) == 1:
            return [None]
        return [digest for record in records for digest in _geometry_digests([record], crs)]


def _same(record: ZoneRecord, digest: str | None) -> bool:
    """Return whether the digest that decides about "unchanged" is that of the geometry."""
    return digest is not None and record.sameness == sameness(record.zone, record.crs, record.fields, digest)


def _file_problems(db: Database, sound: _Sound) -> Iterator[Problem]:
    for digest, (plan, number, name) in sound.files.items():
        if not tables.has_blob(db, digest):
            what = _FILES[name]
            yield _problem(plan, number, f"{what.en} is lost or was changed.", f"{what.zh}已丢失或被改动。")


def _problem(plan: str, number: int | None, en: str, zh: str) -> Problem:
    return Problem(plan, number, Text(en, zh))
