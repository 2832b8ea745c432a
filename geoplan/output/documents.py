"""Results as JSON documents for machines: `geoplan.check/1` and `geoplan.measure/1`.

The shapes are stable: keys may be added, never renamed or removed. Their JSON Schemas are in
`geoplan/output/schemas/` and come with the package. Unknown figures are null, never NaN and never 0.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from typing import Any, TypeAlias

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.crs import to_lonlat
from geoplan.output.json_text import json_text, write_json
from geoplan.result import CheckResult, GroupMeasure, Measurement, PublishedFigure, ZoneMeasure
from geoplan.types import (
    M2_PER_HECTARE,
    M2_PER_KM2,
    M2_PER_MU,
    Acceptance,
    AreaMethod,
    CheckRun,
    Finding,
    InputInfo,
    Text,
)

Document: TypeAlias = dict[str, Any]

CHECK_SCHEMA = "geoplan.check/1"
MEASURE_SCHEMA = "geoplan.measure/1"
INSPECT_SCHEMA = "geoplan.inspect/1"
LOAD_SCHEMA = "geoplan.load/1"
HISTORY_SCHEMA = "geoplan.history/1"
VERIFY_SCHEMA = "geoplan.verify/1"
CONFLICT_SCHEMA = "geoplan.conflict/1"
EXPORT_SCHEMA = "geoplan.export/1"
PREPARE_SCHEMA = "geoplan.prepare/1"
LONLAT_DECIMALS = 9  # 0.1 mm

_SCHEMA_NAME = re.compile(r"geoplan\.([a-z]+)/([0-9]+)")
_BLOCK = 1000  # findings whose geometry is made at a time


def check_document(result: CheckResult) -> Document:
    """Return the document of a check (schema `geoplan.check/1`), ready for `dumps`.

    Areas are in m², widths in m, geometry is GeoJSON in longitude and latitude on the datum of the
    layer's CRS, with 9 decimals. `input` and `area` are null when there was no layer.
    """
    area = _area(result.measurement)
    if area is not None:
        area["zones"] = list(area["zones"])
    return _check(result, area) | {"findings": list(_findings(result.findings, result.crs))}


def write_check(result: CheckResult, write: Callable[[str], object]) -> None:
    """Write the document of a check as text, its zones and findings as they are made: the text of `dumps`."""
    write_json(_check(result, _area(result.measurement)), write)


def _check(result: CheckResult, area: Document | None) -> Document:
    """Return the document of a check; its findings, and the zones of its area, may be iterators."""
    plan = result.plan
    return {
        "schema": CHECK_SCHEMA,
        "passed": result.passed,
        "fail_on": result.fail_on.value,
        "plan": None
        if plan is None
        else {
            "id": plan.id,
            "name": text_document(plan.name),
            "status": plan.status,
            "declared": plan.declared,
            "loaded": plan.loaded,
        },
        "input": _input(result.measurement.input if result.measurement else None),
        "tolerance": {"area_m2": result.tolerance.area_m2, "width_m": result.tolerance.width_m},
        "area": area,
        "published": [_published(figure) for figure in result.published],
        "checked": [_run(run) for run in result.checked],
        "findings": _findings(result.findings, result.crs),
        "lapsed": [
            {"finding": entry.finding, "acceptance": _acceptance(entry.acceptance), "why": text_document(entry.why)}
            for entry in result.lapsed
        ],
    }


def measure_document(measurement: Measurement) -> Document:
    """Return the document of a measurement (schema `geoplan.measure/1`), ready for `dumps`.

    `hectares`, `mu` and `km2` are of the chosen `method`, as is `share` (0 to 1).
    """
    return {
        "schema": MEASURE_SCHEMA,
        "input": _input(measurement.input),
        "crs": measurement.crs,
        "projected": measurement.projected,
        "method": measurement.method.value,
        "official_rounding": measurement.official_rounding,
        "total": {f"{method.value}_m2": finite(measurement.totals.get(method)) for method in AreaMethod},
        "zones": [_measured(zone, measurement.method) for zone in measurement.zones],
        "groups": [_group(group) for group in measurement.groups],
        "warning": text_document(measurement.warning),
    }


def dumps(document: Document) -> str:
    """Return a document as JSON text: keys in the order of the schema, UTF-8 as it is, one position a line.

    Lone surrogates, which cannot be written as UTF-8, become U+FFFD. Raises ValueError for NaN or
    infinities, which are not JSON.
    """
    return json_text(document)


def schema(name: str) -> Document:
    """Return our JSON Schema of a document by its schema name; raises KeyError for any other name."""
    parts = _SCHEMA_NAME.fullmatch(name)
    if parts is None:
        raise KeyError(name)
    file = resources.files("geoplan.output") / "schemas" / f"{parts[1]}-{parts[2]}.schema.json"
    if not file.is_file():
        raise KeyError(name)
    loaded: Document = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def geojson(geometry: BaseGeometry | None, crs: CRS | None) -> Document | None:
    """Return a geometry as GeoJSON after RFC 7946: longitude and latitude, outer rings counter-clockwise.

    None for missing or empty geometry, without a CRS, and where a coordinate has no place on the globe.
    """
    return geojson_of_many([geometry], crs)[0]


def geojson_of_many(geometries: Sequence[BaseGeometry | None], crs: CRS | None) -> list[Document | None]:
    """Return each geometry as GeoJSON, all taken to degrees at once; see `geojson`."""
    made: list[Document | None] = [None] * len(geometries)
    places = [place for place, shape in enumerate(geometries) if shape is not None and not shape.is_empty]
    if crs is None or not places:
        return made
    moved = to_lonlat(objects(geometries[place] for place in places), crs)
    coordinates, index = shapely.get_coordinates(moved, return_index=True)
    somewhere = np.ones(len(places), dtype=np.bool_)
    somewhere[index[~np.isfinite(coordinates).all(axis=1)]] = False
    rounded = shapely.transform(moved[somewhere], lambda xy: xy.round(LONLAT_DECIMALS))
    texts = shapely.to_geojson(shapely.orient_polygons(rounded, exterior_cw=False))
    for place, text in zip(np.array(places)[somewhere].tolist(), texts, strict=True):
        made[place] = json.loads(text)
    return made


def finite(value: float | None) -> float | None:
    """Return a plain float (numpy's are not JSON), None for what is not a number."""
    return None if value is None or not math.isfinite(value) else float(value)


def _findings(findings: Sequence[Finding], crs: CRS | None) -> Iterator[Document]:
    for first in range(0, len(findings), _BLOCK):
        block = findings[first : first + _BLOCK]
        shapes = geojson_of_many([finding.geometry for finding in block], crs)
        yield from map(_finding, block, shapes)


def _finding(finding: Finding, shape: Document | None) -> Document:
    return {
        "id": finding.id,
        "check": finding.check,
        "severity": finding.severity.value,
        "zones": list(finding.zones),
        "message": text_document(finding.message),
        "area_m2": finite(finding.area_m2),
        "width_m": finite(finding.width_m),
        "expected": _value(finding.expected),
        "measured": _value(finding.measured),
        "unit": finding.unit,
        "geometry": shape,
        "accepted": _acceptance(finding.accepted),
    }


def _published(figure: PublishedFigure) -> Document:
    return {
        "check": figure.check,
        "label": text_document(figure.label),
        "published": text_document(figure.published),
        "measured": finite(figure.measured),
        "unit": figure.unit,
        "holds": figure.holds,
        "source": text_document(figure.source),
    }


def _acceptance(accepted: Acceptance | None) -> Document | None:
    if accepted is None:
        return None
    expires = accepted.expires.isoformat() if accepted.expires else None
    return {
        "kind": accepted.kind,
        "reason": text_document(accepted.reason),
        "author": accepted.author,
        "expires": expires,
    }


def _run(run: CheckRun) -> Document:
    return {
        "check": run.check,
        "findings": run.findings,
        "examined": run.examined,
        "tolerated": run.tolerated,
        "tolerated_m2": finite(run.tolerated_m2),
        "skipped": text_document(run.skipped),
    }


def _area(measurement: Measurement | None) -> Document | None:
    if measurement is None:
        return None
    return {
        "method": measurement.method.value,
        "crs": measurement.projected,
        "official_rounding": measurement.official_rounding,
        "total_m2": finite(measurement.total_m2),
        "zones": _zones(measurement.zones, measurement.method),
        "groups": [_group(group) for group in measurement.groups],
        "warning": text_document(measurement.warning),
    }


def _zones(zones: Iterable[ZoneMeasure], method: AreaMethod) -> Iterator[Document]:
    for zone in zones:
        yield {
            "id": zone.id,
            "name": text_document(zone.name),
            "area_m2": finite(zone.area_m2(method)),
            "share": finite(zone.share),
            "percent": finite(zone.percent),
            "ellipsoidal_m2": finite(zone.ellipsoidal_m2),
            "geodesic_m2": finite(zone.geodesic_m2),
            "planar_m2": finite(zone.planar_m2),
        }


def _measured(zone: ZoneMeasure, method: AreaMethod) -> Document:
    area = finite(zone.area_m2(method))
    return {
        "id": zone.id,
        "name": text_document(zone.name),
        "ellipsoidal_m2": finite(zone.ellipsoidal_m2),
        "geodesic_m2": finite(zone.geodesic_m2),
        "planar_m2": finite(zone.planar_m2),
        "hectares": None if area is None else area / M2_PER_HECTARE,
        "mu": None if area is None else area / M2_PER_MU,
        "km2": None if area is None else area / M2_PER_KM2,
        "share": finite(zone.share),
        "percent": finite(zone.percent),
        "perimeter_m": finite(zone.perimeter_m),
    }


def _group(group: GroupMeasure) -> Document:
    name = text_document(group.name)
    return {"id": group.id, "name": name, "area_m2": finite(group.area_m2), "share": finite(group.share)}


def _input(source: InputInfo | None) -> Document | None:
    return None if source is None else input_document(source)


def input_document(source: InputInfo) -> Document:
    """Return where data came from as every document tells it."""
    return {
        "path": source.path,
        "layer": source.layer,
        "features": source.features,
        "sha256": source.sha256,
        "crs": source.crs,
        "crs_how": source.crs_how,
    }


def text_document(text: Text | None) -> Document | None:
    """Return a text in both languages as every document tells it."""
    return None if text is None else {"en": text.en, "zh": text.zh}


def _value(value: float | str | None) -> float | str | None:
    return value if isinstance(value, str) else finite(value)
