r"""An opened plan as the tables that are handed over, each in the coordinate system it is kept in.

Text is as a reader must see it: a character that acts without being seen is written out (`\u202e`), and
told as a loss. Empty text counts as not known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from geoplan.crs import norm_crs
from geoplan.output import style
from geoplan.output.escape import visible
from geoplan.output.export.values import Column, ColumnKind, Layer, Loss, Table
from geoplan.output.gpkg import finding_fields
from geoplan.output.handover import (
    Facts,
    category_colours,
    category_name,
    facts_of,
    measured_zones,
    source_line,
    zone_colours,
)
from geoplan.store.layers import column_names, zones_layer
from geoplan.types import M2_PER_HECTARE, M2_PER_KM2, M2_PER_MU, Facility, Text
from geoplan.workflow import PlanView
from geoplan.zones import as_text

LONLAT = "EPSG:4326"

# What the formats call columns of their own (GeoParquet, data frames, CSV, KML), beside which a field would be lost.
_FORMATS_OWN = ("geometry", "bbox", "crs", "axis_order", "wkt", "key")

Cells = Mapping[str, Any]

_ZONE_COLUMNS: Mapping[str, ColumnKind] = {
    "id": "TEXT",
    "name_en": "TEXT",
    "name_zh": "TEXT",
    "area_m2": "REAL",
    "area_ha": "REAL",
    "area_mu": "REAL",
    "area_km2": "REAL",
    "share_percent": "REAL",
    "perimeter_m": "REAL",
    "area_method": "TEXT",
    "area_crs": "TEXT",
    "basis_en": "TEXT",
    "basis_zh": "TEXT",
    "accuracy_m": "REAL",
    "status": "TEXT",
    "source": "TEXT",
    "source_en": "TEXT",
    "source_zh": "TEXT",
    "note_en": "TEXT",
    "note_zh": "TEXT",
    "plan": "TEXT",
    "revision": "INTEGER",
    "revision_hash": "TEXT",
}
_FACILITY_COLUMNS: Mapping[str, ColumnKind] = {
    "id": "TEXT",
    "name_en": "TEXT",
    "name_zh": "TEXT",
    "category": "TEXT",
    "category_en": "TEXT",
    "category_zh": "TEXT",
    "zone": "TEXT",
    "basis": "TEXT",
    "accuracy_m": "REAL",
    "source": "TEXT",
    "source_en": "TEXT",
    "source_zh": "TEXT",
    "address_en": "TEXT",
    "address_zh": "TEXT",
    "note_en": "TEXT",
    "note_zh": "TEXT",
    "plan": "TEXT",
    "plan_status": "TEXT",
}
_FINDING_COLUMNS: Mapping[str, ColumnKind] = {
    "id": "TEXT",
    "check": "TEXT",
    "severity": "TEXT",
    "zones": "TEXT",
    "message_en": "TEXT",
    "message_zh": "TEXT",
    "area_m2": "REAL",
    "width_m": "REAL",
    "expected": "TEXT",
    "measured": "TEXT",
    "unit": "TEXT",
    "accepted": "TEXT",
    "reason": "TEXT",
    "author": "TEXT",
    "expires": "TEXT",
    "plan": "TEXT",
    "plan_status": "TEXT",
    "revision": "INTEGER",
    "revision_hash": "TEXT",
}


def tables_of(view: PlanView, layers: Iterable[Layer]) -> tuple[tuple[Table, ...], tuple[Loss, ...]]:
    """Return the tables of these layers that hold anything, and what could not be taken into them.

    Zones and findings are in the CRS of the plan's zones, facilities and network in WGS84. Zones that
    are awaited have no row.
    """
    facts = facts_of(view)
    made: list[Table] = []
    losses: list[Loss] = []
    for layer in layers:
        table = _table(view, facts, layer, losses)
        if len(table):
            made.append(table)
    return tuple(made), tuple(losses)


def _table(view: PlanView, facts: Facts, layer: Layer, losses: list[Loss]) -> Table:
    if layer == "zones":
        return _zones(view, facts, losses)
    if layer == "findings":
        return _findings(view, facts, losses)
    places = view.facilities if layer == "facilities" else view.network
    return _facilities(view, facts, layer, places, losses)


def _zones(view: PlanView, facts: Facts, losses: list[Loss]) -> Table:
    measured, layer = view.result.measurement, view.layer
    if measured is None or layer is None:
        crs = norm_crs(view.plan.area.projected or LONLAT)
        return _made("zones", _ZONE_COLUMNS, [], crs, losses)
    rows: list[Cells] = []
    pairs = list(measured_zones(view))  # once: figures are measured as they are looked at
    for zone, remarks in pairs:
        area = zone.area_m2(measured.method)
        rows.append(
            {
                "id": zone.id,
                **_both("name", zone.name),
                "area_m2": area,
                "area_ha": None if area is None else area / M2_PER_HECTARE,
                "area_mu": None if area is None else area / M2_PER_MU,
                "area_km2": None if area is None else area / M2_PER_KM2,
                "share_percent": zone.percent,
                "perimeter_m": zone.perimeter_m,
                "area_method": measured.method.value,
                "area_crs": measured.projected,
                **_both("basis", remarks.basis),
                "accuracy_m": remarks.accuracy_m,
                "status": facts.status,
                "source": remarks.source,
                **_both("source", source_line(view.plan, remarks.source)),
                **_both("note", remarks.note),
                **_stamp(facts),
            }
        )
    own = _own_fields(view, rows, losses)
    kinds = dict(_ZONE_COLUMNS) | {name: kind for name, (kind, _) in own.items()}
    for place, row in enumerate(rows):
        rows[place] = dict(row) | {name: values[place] for name, (_, values) in own.items()}
    return _made(
        "zones",
        kinds,
        rows,
        layer.crs,
        losses,
        shapes=tuple(layer.geometry),
        labels=tuple(zone.name for zone, _ in pairs),
        groups=tuple(zone.id for zone, _ in pairs),
        colours=zone_colours(view.plan, [zone.id for zone, _ in pairs]),
    )


def _own_fields(
    view: PlanView, rows: Sequence[Cells], losses: list[Loss]
) -> dict[str, tuple[ColumnKind, tuple[Any, ...]]]:
    """Return the zones' further fields under names of their own; those that only repeat a column are left out."""
    if view.layer is None:
        return {}
    drawn = zones_layer(view.plan.id, view.layer, "")
    found: dict[str, tuple[ColumnKind, tuple[Any, ...]]] = {}
    for place, (name, kind) in enumerate(drawn.columns):
        values = tuple(_known(row[place]) for row in drawn.rows)
        if all(value is None for value in values) or any(_repeats(values, rows, twin) for twin in (name, f"{name}_en")):
            continue
        free = column_names([*_ZONE_COLUMNS, *_FORMATS_OWN, *found, name])[-1]
        if free != name:
            losses.append(
                Loss(
                    "zones",
                    Text(
                        f"the field “{visible(name)}” of the zones is called “{free}”, since geoplan has a "
                        f"“{visible(name)}” of its own",
                        f"分区自有字段“{visible(name)}”改名为“{free}”，以免与 geoplan 的同名字段相混",
                    ),
                )
            )
        found[free] = (_kind(kind), values)
    return found


def _repeats(values: Sequence[Any], rows: Sequence[Cells], twin: str) -> bool:
    return all(
        value is None or (twin in row and as_text(value) == as_text(row[twin]))
        for value, row in zip(values, rows, strict=True)
    )


def _kind(kind: str) -> ColumnKind:
    kinds: Mapping[str, ColumnKind] = {"REAL": "REAL", "INTEGER": "INTEGER", "BOOLEAN": "BOOLEAN"}
    return kinds.get(kind, "TEXT")


def _facilities(view: PlanView, facts: Facts, layer: Layer, places: Sequence[Facility], losses: list[Loss]) -> Table:
    colours = category_colours(view)
    rows = [
        {
            "id": place.id,
            **_both("name", place.name),
            "category": place.category,
            **_both("category", category_name(view.plan, place.category)),
            "zone": place.zone,
            "basis": place.basis,
            "accuracy_m": place.accuracy_m,
            "source": place.source,
            **_both("source", source_line(view.plan, place.source)),
            **_both("address", place.address),
            **_both("note", place.note),
            "plan": facts.plan,
            "plan_status": facts.status,
        }
        for place in places
    ]
    return _made(
        layer,
        _FACILITY_COLUMNS,
        rows,
        norm_crs(LONLAT),
        losses,
        shapes=tuple(place.point for place in places),
        labels=tuple(place.name for place in places),
        groups=tuple(place.category for place in places),
        colours=tuple(colours[place.category] for place in places),
    )


def _findings(view: PlanView, facts: Facts, losses: list[Loss]) -> Table:
    found = view.result.findings
    rows = [
        {
            **finding_fields(finding),
            "area_m2": finding.area_m2,
            "width_m": finding.width_m,
            "plan_status": facts.status,
            **_stamp(facts),
        }
        for finding in found
    ]
    return _made(
        "findings",
        _FINDING_COLUMNS,
        rows,
        view.result.crs or norm_crs(LONLAT),
        losses,
        shapes=tuple(finding.geometry for finding in found),
        labels=tuple(finding.message for finding in found),
        groups=tuple(finding.severity.value for finding in found),
        colours=tuple(style.SEVERITY_STYLES[finding.severity].fill for finding in found),
    )


def _stamp(facts: Facts) -> Cells:
    return {"plan": facts.plan, "revision": facts.number, "revision_hash": facts.hash}


def _both(name: str, text: Text | None) -> Cells:
    return {f"{name}_en": text.en if text else None, f"{name}_zh": text.zh if text else None}


def _made(
    name: Layer, kinds: Mapping[str, ColumnKind], rows: Sequence[Cells], crs: Any, losses: list[Loss], **drawn: Any
) -> Table:
    """Return a table of rows of cells, its text visible; losses are told of text that had to be changed."""
    changed = 0
    made: list[tuple[Any, ...]] = []
    for row in rows:
        cells = {column: _known(row.get(column)) for column in kinds}
        shown = {column: visible(cell) if isinstance(cell, str) else cell for column, cell in cells.items()}
        changed += sum(shown[column] != cells[column] for column in kinds)
        made.append(tuple(shown.values()))
    if changed:
        losses.append(
            Loss(
                name,
                Text(
                    f"{changed} text{'s' if changed != 1 else ''} with characters that cannot be seen: "
                    "each is written out, such as \\u202e",
                    f"{changed} 处文本含不可见字符，已写成可见形式，如 \\u202e",
                ),
            )
        )
    columns = tuple(Column(column, kind) for column, kind in kinds.items())
    return Table(
        name=name,
        columns=columns,
        rows=tuple(made),
        shapes=drawn.get("shapes", ()),
        labels=tuple(Text(visible(label.en), visible(label.zh)) for label in drawn.get("labels", ())),
        groups=tuple(visible(group) for group in drawn.get("groups", ())),
        colours=drawn.get("colours", ()),
        crs=crs,
    )


def _known(value: Any) -> Any:
    """Return a cell's value, None for what is not known: empty text, NaN, infinities."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def awaited_loss(view: PlanView) -> Iterator[Loss]:
    """Yield what is to be told of a plan some of whose boundaries are not there."""
    reference = view.result.plan
    if reference is not None and reference.loaded < reference.declared:
        loaded, declared = reference.loaded, reference.declared
        yield Loss(
            "zones",
            Text(
                f"{loaded} of {declared} boundaries are loaded; the others are not in the file",
                f"{declared} 个分区中已加载 {loaded} 个边界，其余不在文件中",
            ),
        )
