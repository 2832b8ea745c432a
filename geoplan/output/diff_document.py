"""A comparison as a JSON document for machines: `geoplan.diff/1`.

The shape is stable: keys may be added, never renamed or removed. Its JSON Schema comes with the package.
"""

from __future__ import annotations

from geoplan.crs import code_of
from geoplan.diff import Comparison, Version
from geoplan.diff.comparison import FacilityMove
from geoplan.diff.rows import ZoneRow
from geoplan.diff.zoneset import Value
from geoplan.output.documents import Document, finite, text_document
from geoplan.result import GroupMeasure
from geoplan.types import AreaMethod, Finding

DIFF_SCHEMA = "geoplan.diff/1"


def diff_document(comparison: Comparison) -> Document:
    """Return the document of a comparison (schema `geoplan.diff/1`), ready for `documents.dumps`.

    Areas are in m²: 0 where there is no such zone, null where it cannot be measured. `zones` has every
    zone of either side once, sorted by id; `change` is about its boundary and id, `fields` about the rest.
    """
    return {
        "schema": DIFF_SCHEMA,
        "from": _version(comparison.before),
        "to": _version(comparison.after),
        "crs": code_of(comparison.crs),
        "tolerance": {"area_m2": comparison.tolerance.area_m2, "width_m": comparison.tolerance.width_m},
        "unchanged": comparison.is_unchanged,
        "zones": [_zone(row) for row in comparison.rows],
        "totals": _totals(comparison),
        "transfers": [{"from": t.source, "to": t.target, "area_m2": t.area_m2} for t in comparison.transfers],
        "findings": {
            "introduced": [_finding(finding) for finding in comparison.introduced],
            "fixed": [_finding(finding) for finding in comparison.fixed],
        },
        "facilities": {"changed_zone": [_facility(move) for move in comparison.facilities]},
    }


def _version(version: Version) -> Document:
    return {
        "label": version.label,
        "revision": version.revision,
        "sha256": version.sha256,
        "zones": len(version.zones),
    }


def _zone(row: ZoneRow) -> Document:
    return {
        "id": row.id,
        "name": text_document(row.name),
        "change": row.kind.value,
        "from": list(row.change.origins),
        "into": list(row.change.targets),
        "area_before_m2": finite(row.area_before_m2),
        "area_after_m2": finite(row.area_after_m2),
        "moved_in_m2": finite(row.moved_in_m2),
        "moved_out_m2": finite(row.moved_out_m2),
        "share_before": finite(row.share_before),
        "share_after": finite(row.share_after),
        "moved_m": None if row.moved_m is None else {"east": row.moved_m[0], "north": row.moved_m[1]},
        "fields": {name: [_value(value) for value in pair] for name, pair in row.fields.items()},
    }


def _totals(comparison: Comparison) -> Document:
    before, after = comparison.total_m2("before"), comparison.total_m2("after")
    old, new = comparison.before.figures, comparison.after.figures
    measured = old if old and new else None
    groups = _groups(old.groups if old else (), new.groups if new else ()) if measured else []
    return {
        "method": (measured.method if measured else AreaMethod.ELLIPSOIDAL).value,
        "crs": measured.projected if measured else code_of(comparison.crs),
        "before_m2": before,
        "after_m2": after,
        "difference_m2": after - before,
        "zones_before": len(comparison.before.zones),
        "zones_after": len(comparison.after.zones),
        "changes": {kind.value: count for kind, count in comparison.counts.items()},
        "groups": groups,
    }


def _groups(before: tuple[GroupMeasure, ...], after: tuple[GroupMeasure, ...]) -> list[Document]:
    old, new = {group.id: group for group in before}, {group.id: group for group in after}
    return [
        {
            "id": key,
            "name": text_document((new.get(key) or old[key]).name),
            "before_m2": old[key].area_m2 if key in old else None,
            "after_m2": new[key].area_m2 if key in new else None,
            "share_before": finite(old[key].share) if key in old else None,
            "share_after": finite(new[key].share) if key in new else None,
        }
        for key in dict.fromkeys((*old, *new))
    ]


def _finding(finding: Finding) -> Document:
    return {
        "id": finding.id,
        "check": finding.check,
        "severity": finding.severity.value,
        "zones": list(finding.zones),
        "message": text_document(finding.message),
    }


def _facility(move: FacilityMove) -> Document:
    return {
        "id": move.facility.id,
        "name": text_document(move.facility.name),
        "from": list(move.before),
        "to": list(move.after),
    }


def _value(value: Value | None) -> Value | None:
    """Return a field's value as JSON can hold it: infinities, which it cannot, as null."""
    return finite(value) if isinstance(value, float) else value
