"""Which zones a plan has now: those of its current revision, else those in its folder.

The store of a plan is the one asked for, that of GEOPLAN_STORE, or geoplan.gpkg in the folder the plan
folder lies in, which is the data folder for every plan kept there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from geoplan.errors import GeoplanError
from geoplan.plan import Plan, load_plan
from geoplan.plan.model import ExceptionEntry
from geoplan.store import STORE_FILE, Revision, Store, open_store
from geoplan.zones import ZoneLayer

ACCEPTED = "accepted"  # where the decision of a revision keeps what was accepted when it was loaded


@dataclass(frozen=True, slots=True)
class Published:
    """The zones of one revision, with the store they are in."""

    revision: Revision
    zones: ZoneLayer


def store_address(plan: Plan, store: str | Path | None = None) -> str:
    """Return the path or URL of a plan's store: the one given, GEOPLAN_STORE, or geoplan.gpkg beside the folder."""
    return _address(plan.folder, store)


def store_stamp(folder: Path) -> tuple[str, int, int] | None:
    """Return what tells that a plan folder's store was published to: a file's name, time and size; None without one.

    Of a database it is the hash and number of the plan's current revision, which takes a query.
    """
    address = _address(folder)
    if "://" in address:
        try:
            with opened_store(plan := load_plan(folder), address) as held:
                revision = held.revision(plan.id)
        except GeoplanError:  # opening the plan says what is wrong
            return None
        return None if revision is None else (revision.hash, revision.number, 0)
    try:
        found = Path(address).stat()
    except OSError:
        return None
    return address, found.st_mtime_ns, found.st_size


@contextmanager
def opened_store(plan: Plan, store: str | Path | None = None) -> Iterator[Store]:
    """Give a plan's store and close it afterwards; errors as for `open_store`."""
    opened = open_store(store_address(plan, store))
    try:
        yield opened
    finally:
        opened.close()


def store_name(plan: Plan, store: str | Path | None = None) -> str:
    """Return how to call a plan's store in a report: a file's path, a database without its password."""
    with opened_store(plan, store) as opened:
        return str(getattr(opened, "where", store_address(plan, store)))


def has_store(plan: Plan, store: str | Path | None = None) -> bool:
    """Return whether a plan's store may hold something: a file that does not exist does not, and is not made."""
    address = store_address(plan, store)
    return "://" in address or Path(address).exists()


def published_zones(plan: Plan, number: int | None = None, store: str | Path | None = None) -> Published | None:
    """Return the zones of a revision (the current one, if None); None when the plan has no revision.

    The source of the layer says which revision of which store it is. Raises StoreError for an unknown
    number, and for a store that cannot be read.
    """
    if number is None and not has_store(plan, store):
        return None
    with opened_store(plan, store) as opened:
        revision = opened.revision(plan.id, number)
        if revision is None:
            if number is not None:
                opened.zones(plan.id, number)  # says that there is none
            return None
        zones = opened.zones(plan.id, revision.number)
        name = str(getattr(opened, "where", store_address(plan, store)))
    source = replace(zones.source, path=f"revision {revision.number} of {name}")
    return Published(revision, replace(zones, source=source))


def with_acceptances(plan: Plan, revision: Revision | None) -> Plan:
    """Return the plan with the findings that were accepted when a revision was loaded, besides its own."""
    kept = tuple(acceptance_entry(entry) for entry in (revision.decision.get(ACCEPTED, ()) if revision else ()))
    return with_entries(plan, kept)


def with_entries(plan: Plan, entries: tuple[ExceptionEntry, ...]) -> Plan:
    """Return the plan with more accepted findings; what plan.toml itself says of one goes before."""
    own = {entry.finding for entry in plan.accepted}
    more = tuple(entry for entry in entries if entry.finding not in own)
    return plan.model_copy(update={"accepted": (*plan.accepted, *more)}) if more else plan


def acceptance_entry(entry: Any) -> ExceptionEntry:
    """Return an acceptance as plan.toml would hold it, from the JSON a revision keeps (reason, author, finding)."""
    expires = entry.get("expires")
    return ExceptionEntry.model_validate(dict(entry) | {"expires": date.fromisoformat(expires) if expires else None})


def _address(folder: Path, store: str | Path | None = None) -> str:
    given = store or os.environ.get("GEOPLAN_STORE")
    return str(given or folder.absolute().parent / STORE_FILE)
