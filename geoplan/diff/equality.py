"""Which zones of two sets are equal to the last bit, found without making a zone of each: a city has a million."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.diff.boundary import Bools
from geoplan.diff.zoneset import LayerZones, Zone, chosen, plain
from geoplan.types import ZoneId

# Of these equal values are the same value, but for none and NaN, which are told apart by nothing but `plain`.
_SIMPLE = frozenset((str, int, float, bool, type(None)))


def differing(
    before: Mapping[ZoneId, Zone], after: Mapping[ZoneId, Zone]
) -> tuple[dict[ZoneId, Zone], dict[ZoneId, Zone]]:
    """Return the zones on either side that are not equal to the one of their id on the other side."""
    if isinstance(before, LayerZones) and isinstance(after, LayerZones):
        equal = surely_equal(before, after)
        old = chosen(before, (zone for zone in before if zone not in equal))
        new = chosen(after, (zone for zone in after if zone not in equal))
    else:
        old, new = dict(before.items()), dict(after.items())
    return (
        {key: zone for key, zone in old.items() if new.get(key) != zone},
        {key: zone for key, zone in new.items() if old.get(key) != zone},
    )


def surely_equal(before: LayerZones, after: LayerZones) -> set[ZoneId]:
    """Return the ids of zones whose vertices and values stand alike on both sides.

    Others may be equal too, with other ring starts or another kind of "no value": of these the canonical forms decide.
    """
    ids = [zone for zone in before if zone in after]
    one, other = (np.array([side.places[zone] for zone in ids], dtype=np.int64) for side in (before, after))
    shapes = before.layer.geometry[one], after.layer.geometry[other]
    alike = shapely.equals_exact(*shapes, tolerance=0.0) | (
        shapely.is_missing(shapes[0]) & shapely.is_missing(shapes[1])
    )
    for name in before.layer.fields.keys() | after.layer.fields.keys():
        sides = [_column(side.layer.fields.get(name), rows) for side, rows in ((before, one), (after, other))]
        alike &= _same_values(*sides)
    return {ids[place] for place in np.flatnonzero(alike).tolist()}


def _column(values: NDArray[Any] | None, rows: NDArray[np.int64]) -> NDArray[Any]:
    return np.full(len(rows), None, dtype=object) if values is None else values[rows]


def _same_values(one: NDArray[Any], other: NDArray[Any]) -> Bools:
    """Return for which pairs two columns certainly hold the same value; no value of any kind is one with none."""
    if one.dtype.kind in "biuf" and one.dtype == other.dtype:
        return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))
    sides = [_simple(values) for values in (one, other)]
    return np.fromiter(map(eq, *sides), dtype=np.bool_, count=len(one))


def _simple(values: NDArray[Any]) -> Sequence[Any]:
    """Return a column as a list whose values can be compared as they are."""
    if values.dtype.kind in "biuf":
        return [plain(value) for value in values.tolist()]
    listed = values.tolist() if values.dtype.kind == "O" else list(values)
    return listed if set(map(type, listed)) <= _SIMPLE else [plain(value) for value in listed]
