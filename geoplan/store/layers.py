"""What QGIS shows of a plan: its current zones, facilities and findings, as rows any database can take.

These layers are made anew with every publish. They are not the record: that is the revisions.
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.crs import norm_crs
from geoplan.output import qml
from geoplan.output.escape import visible
from geoplan.output.gpkg import FINDING_LAYERS, finding_fields, parts_of_dimension
from geoplan.store.base import Draft
from geoplan.store.database import BATCH
from geoplan.store.records import crs_text
from geoplan.store.values import storable, to_plain
from geoplan.types import Facility, Finding
from geoplan.zones import ZoneLayer

FACILITY_CRS = "EPSG:4326"
_NAME_LIMIT = 60  # bytes; PostgreSQL cuts names at 63
_OWN_COLUMNS = ("fid", "geom")
_INT64 = 2**63
_POLYGON = shapely.GeometryType.POLYGON
_ONE_OF_MANY = struct.pack("<BII", 1, 6, 1)  # little-endian, a multi-polygon, of one


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: columns as (name, TEXT | REAL | INTEGER | BOOLEAN), the `values` of each, and the geometry as given.

    `kind` is the geometry type in capitals, None for a table without geometry; `style` is QML. What is to
    be written is made a batch at a time: a city has a million zones.
    """

    name: str
    title: str
    kind: str | None
    crs: CRS | None
    columns: tuple[tuple[str, str], ...]
    values: tuple[Sequence[Any], ...]
    geometry: NDArray[Any]
    style: str | None = None

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def rows(self) -> tuple[tuple[Any, ...], ...]:
        """Return all rows, without their shapes."""
        return tuple(zip(*self.values, strict=True))

    @property
    def shapes(self) -> tuple[BaseGeometry | None, ...]:
        """Return all shapes as they are shown: in two dimensions, single polygons as multi-polygons."""
        return tuple(shapely.from_wkb(np.array(shown_wkb(self.geometry), dtype=object)))

    @property
    def bounds(self) -> list[float | None]:
        """Return west, south, east, north of what is shown, four times None without anything."""
        drawn = self.geometry[_drawable(self.geometry)]
        return list(shapely.total_bounds(drawn).tolist()) if len(drawn) else [None] * 4

    def batches(self) -> Iterator[tuple[int, NDArray[Any], list[tuple[Any, ...]]]]:
        """Yield the number of the first row (from 1), shapes as given and rows, some thousands at a time."""
        for start in range(0, len(self), BATCH):
            part = slice(start, start + BATCH)
            rows = list(zip(*(values[part] for values in self.values), strict=True))
            yield start + 1, self.geometry[part], rows


def current_layers(plan: str, draft: Draft) -> tuple[Layer, ...]:
    """Return the layers of a plan as this draft leaves it: zones, facilities, findings by their dimension."""
    findings = [_finding_layer(plan, draft, dimension) for dimension in FINDING_LAYERS]
    zones = zones_layer(plan, draft.zones, draft.plan_toml)
    facilities = _facility_layer(plan, draft.facilities, _named_categories(draft.plan_toml))
    return (zones, facilities, *findings, _unplaced_layer(plan, draft.findings))


def zones_layer(plan: str, zones: ZoneLayer, plan_toml: str) -> Layer:
    """Return the layer of zones, its fields as columns; single polygons become multi-polygons."""
    kinds = set(shapely.get_type_id(zones.geometry[_drawable(zones.geometry)]).tolist())
    names = column_names(list(zones.fields))
    typed = [_column(name, values) for name, values in zip(names, zones.fields.values(), strict=True)]
    return Layer(
        layer_name("zones", plan),
        f"{plan}: zones 分区",
        "MULTIPOLYGON" if kinds <= {_POLYGON, shapely.GeometryType.MULTIPOLYGON} else "GEOMETRY",
        norm_crs(crs_text(zones.crs)),  # as it will be read back, for verify to find the same
        tuple((name, kind) for name, kind, _ in typed),
        tuple(values for _, _, values in typed),
        zones.geometry,
        qml.zones_style(_status(plan_toml)),
    )


def layer_name(kind: str, plan: str) -> str:
    """Return the name of a plan's table of one kind, the same for ever and for no other plan."""
    plain = plan.replace("-", "_")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", plan):
        plain = re.sub(r"[^a-z0-9]+", "_", plan.lower())[:30] + "_" + hashlib.sha256(plan.encode()).hexdigest()[:8]
    return f"{kind}_{plain}"


def column_names(names: Sequence[str]) -> list[str]:
    """Return a name per field that is one in every database: visible, short, distinct whatever the case."""
    taken = set(_OWN_COLUMNS)
    chosen = []
    for name in names:
        base = visible(name).encode()[:_NAME_LIMIT].decode(errors="ignore").strip() or "field"
        candidate, count = base, 1
        while candidate.lower() in taken:
            count += 1
            candidate = f"{base.encode()[: _NAME_LIMIT - 4].decode(errors='ignore')}_{count}"
        taken.add(candidate.lower())
        chosen.append(candidate)
    return chosen


def _column(name: str, values: NDArray[Any]) -> tuple[str, str, list[Any]]:
    listed = values.tolist() if values.dtype.kind == "O" else list(values)
    # A column is nearly always all text, and then there is nothing to find out about each value.
    plain = listed if set(map(type, listed)) <= {str} else [_cell(value, name) for value in listed]
    seen = {type(value) for value in plain if value is not None}
    for kinds, kind, convert in _COLUMN_TYPES:
        if seen <= kinds:
            return name, kind, [None if value is None else convert(value) for value in plain]
    return name, "TEXT", [None if value is None else storable(str(value)) for value in plain]


_COLUMN_TYPES: tuple[tuple[set[type], str, Callable[[Any], Any]], ...] = (
    ({str}, "TEXT", storable),
    ({bool}, "BOOLEAN", bool),
    ({int}, "INTEGER", int),
    ({int, float}, "REAL", float),
)


def _cell(value: Any, field: str) -> Any:
    plain = to_plain(value, field)
    if isinstance(plain, dict):
        ((kind, content),) = plain.items()
        return None if kind == "float" else str(content)
    return str(plain) if isinstance(plain, int) and not -_INT64 <= plain < _INT64 else plain


def shown_wkb(geometry: NDArray[Any]) -> list[bytes | None]:
    """Return geometries as a layer shows them: flat, single polygons as multi-polygons, None for what has no place.

    As little-endian WKB, in which a multi-polygon of one is that one behind a few bytes.
    """
    drawn = geometry.copy()
    drawn[~_drawable(geometry)] = None
    texts = shapely.to_wkb(drawn, byte_order=1, output_dimension=2, flavor="iso").tolist()
    single = (shapely.get_type_id(drawn) == _POLYGON).tolist()
    return [_ONE_OF_MANY + text if alone else text for text, alone in zip(texts, single, strict=True)]


def _drawable(geometry: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which geometries have a place: there, not empty, every coordinate a number."""
    drawable: NDArray[np.bool_] = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    coordinates, owner = shapely.get_coordinates(geometry, include_z=False, return_index=True)
    drawable[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    return drawable


def _status(plan_toml: str) -> str | None:
    status = _told(plan_toml).get("status")
    return status if isinstance(status, str) else None


def _named_categories(plan_toml: str) -> list[str]:
    """Return the facility categories a plan names: colours go by all of them, used or not."""
    listed = _told(plan_toml).get("categories")
    entries = listed if isinstance(listed, list) else []
    return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]


def _told(plan_toml: str) -> dict[str, Any]:
    try:
        return tomllib.loads(plan_toml)
    except tomllib.TOMLDecodeError:
        return {}


_FACILITY_COLUMNS = ("id", "name_en", "name_zh", "category", "zone", "basis", "source", "address_en", "address_zh")


def _facility_layer(plan: str, facilities: Sequence[Facility], named: Sequence[str]) -> Layer:
    rows = [
        {
            "id": facility.id,
            "name_en": facility.name.en,
            "name_zh": facility.name.zh,
            "category": facility.category,
            "zone": facility.zone,
            "basis": facility.basis,
            "source": facility.source,
            "address_en": facility.address.en if facility.address else None,
            "address_zh": facility.address.zh if facility.address else None,
        }
        for facility in facilities
    ]
    texts = _texts(rows, _FACILITY_COLUMNS)
    return Layer(
        layer_name("facilities", plan),
        f"{plan}: facilities 设施",
        "POINT",
        norm_crs(FACILITY_CRS),
        (*((name, "TEXT") for name in _FACILITY_COLUMNS), ("accuracy_m", "REAL")),
        _columns_of(
            [(*row, _number(facility.accuracy_m)) for row, facility in zip(texts, facilities, strict=True)],
            len(_FACILITY_COLUMNS) + 1,
        ),
        objects([facility.point for facility in facilities]),
        qml.facilities_style((facility.category for facility in facilities), named),
    )


def _finding_layer(plan: str, draft: Draft, dimension: int) -> Layer:
    name, kind = FINDING_LAYERS[dimension]
    placed = [(f, parts_of_dimension(f.geometry, dimension)) for f in draft.findings]
    there = [(finding, part) for finding, part in placed if part is not None]
    return Layer(
        layer_name(name, plan),
        f"{plan}: {name.replace('_', ' ')} 检查结果",
        kind.upper(),
        norm_crs(crs_text(draft.zones.crs)),
        _FINDING_COLUMNS,
        _finding_values([finding for finding, _ in there]),
        objects([part for _, part in there]),
        qml.findings_style(dimension),
    )


def _unplaced_layer(plan: str, findings: Sequence[Finding]) -> Layer:
    homeless = [f for f in findings if all(parts_of_dimension(f.geometry, d) is None for d in FINDING_LAYERS)]
    name = layer_name("findings_unplaced", plan)
    title = f"{plan}: findings without a place 无位置的检查结果"
    nowhere = objects([None] * len(homeless))
    return Layer(name, title, None, None, _FINDING_COLUMNS, _finding_values(homeless), nowhere)


_FINDING_TEXTS = (
    "id",
    "check",
    "severity",
    "zones",
    "message_en",
    "message_zh",
    "expected",
    "measured",
    "unit",
    "accepted",
    "reason",
)
_FINDING_COLUMNS = (*((name, "TEXT") for name in _FINDING_TEXTS), ("area_m2", "REAL"), ("width_m", "REAL"))


def _finding_values(findings: Sequence[Finding]) -> tuple[Sequence[Any], ...]:
    texts = _texts([finding_fields(finding) for finding in findings], _FINDING_TEXTS)
    rows = [
        (*row, _number(finding.area_m2), _number(finding.width_m)) for row, finding in zip(texts, findings, strict=True)
    ]
    return _columns_of(rows, len(_FINDING_COLUMNS))


def _columns_of(rows: Sequence[tuple[Any, ...]], width: int) -> tuple[Sequence[Any], ...]:
    return tuple(zip(*rows, strict=True)) if rows else ((),) * width


def _texts(rows: Iterable[Mapping[str, str | None]], names: Sequence[str]) -> list[tuple[str | None, ...]]:
    return [tuple(None if row[name] is None else storable(str(row[name])) for name in names) for row in rows]


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
