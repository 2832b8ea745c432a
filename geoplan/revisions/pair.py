"""The zones of two revisions side by side: what is stored as the same in both is read, and held, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geoplan.current import opened_store
from geoplan.plan import Plan
from geoplan.revisions.current import FOLDER, zones_of
from geoplan.types import ZoneId
from geoplan.zones import ZoneLayer


@dataclass(frozen=True, slots=True)
class Pair:
    """The zones on both sides, None for a plan folder without any."""

    before: ZoneLayer | None
    after: ZoneLayer | None


def pair_of(plan: Plan, before: int, after: int, store: str | Path | None) -> Pair:
    """Return the zones of two revisions of a plan; 0 is the plan folder. StoreError for an unknown number.

    The store finds by their hashes which zones differ; of the older side it gives these alone.
    """
    if FOLDER in (before, after):
        return Pair(zones_of(plan, before, store), zones_of(plan, after, store))
    with opened_store(plan, store) as held:
        old, new = held.revision(plan.id, before), held.revision(plan.id, after)
        newer = held.zones(plan.id, after)
        if old is None or new is None or (old.crs, old.fields) != (new.crs, new.fields):
            return Pair(held.zones(plan.id, before), newer)
        differing, _ = held.changed_zones(plan.id, before, after)
        older = _assembled(tuple(old.zone_hashes), differing, newer)
    return Pair(older, newer)


def _assembled(ids: Sequence[ZoneId], own: ZoneLayer, other: ZoneLayer) -> ZoneLayer:
    """Return the layer of zones `ids`, each from `own` or, where it is not there, from `other`."""
    places = {zone: place for place, zone in enumerate(other.text("id"))}
    places |= {zone: len(other) + place for place, zone in enumerate(own.text("id"))}
    fields = {name: np.concatenate([values, own.fields[name]]) for name, values in other.fields.items()}
    both = ZoneLayer(np.concatenate([other.geometry, own.geometry]), other.crs, fields)
    return replace(both.take([places[zone] for zone in ids]), source=replace(own.source, features=len(ids)))
