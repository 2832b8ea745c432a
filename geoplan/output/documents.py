"""Results as JSON documents for machines: `geoplan.check/1` and `geoplan.measure/1`.

The shapes are stable: keys may be added, never renamed or removed. Their JSON Schemas are in
`geoplan/output/schemas/` and come with the package. Unknown figures are null, never NaN and never 0.
"""

from __future__ import annotations

import json
import math
import re
from importlib import resources
from typing import Any, TypeAlias

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.crs import to_lonlat
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
LONLAT_DECIMALS = 9  # 0.1 mm

_SCHEMA_NAME = re.compile(r"geoplan\.([a-z]+)/([0-9]+)")
# Line breaks inside JSON strings are escaped, so what this matches is always layout.
_NUMBERS_ON_LINES = re.compile(r"\[\n\s*(-?[\d.eE+-]+),\n\s*(-?[\d.eE+-]+)\n\s*\]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def check_document(result: CheckResult) -> Document:
    """Return the document of a check (schema `geoplan.check/1`), ready for `dumps`.

    Areas are in m², widths in m, geometry is GeoJSON in longitude and latitude on the datum of the
    layer's CRS, with 9 decimals. `input` and `area` are null when there was no layer.
    """
    measurement, plan = result.measurement, result.plan
    return {
        "schema": CHECK_SCHEMA,
        "passed": result.passed,
        "fail_on": result.fail_on.value,
        "plan": None
        if plan is None
        else {
            "id": plan.id,
            "name": _text(plan.name),
            "status": plan.status,
            "declared": plan.declared,
            "loaded": plan.loaded,
        },
        "input": _input(measurement.input if measurement else None),
        "tolerance": {"area_m2": result.tolerance.area_m2, "width_m": result.tolerance.width_m},
        "area": _area(measurement),
        "published": [_published(figure) for figure in result.published],
        "checked": [_run(run) for run in result.checked],
        "findings": [_finding(finding, result.crs) for finding in result.findings],
        "lapsed": [
            {"finding": entry.finding, "acceptance": _acceptance(entry.acceptance), "why": _text(entry.why)}
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
        "warning": _text(measurement.warning),
    }


def dumps(document: Document) -> str:
    """Return a document as JSON text: keys in the order of the schema, UTF-8 as it is, one position a line.

    Lone surrogates, which cannot be written as UTF-8, become U+FFFD. Raises ValueError for NaN or
    infinities, which are not JSON.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return _SURROGATES.sub("\ufffd", _NUMBERS_ON_LINES.sub(r"[\1, \2]", text)) + "\n"


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
    if geometry is None or geometry.is_empty or crs is None:
        return None
    # An array made from a geometry itself would try to look inside it.
    holder = np.empty(1, dtype=object)
    holder[0] = geometry
    moved = to_lonlat(holder, crs)[0]
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        return None
    rounded = shapely.transform(moved, lambda xy: xy.round(LONLAT_DECIMALS))
    made: Document = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded, exterior_cw=False)))
    return made


def finite(value: float | None) -> float | None:
    """Return a plain float (numpy's are not JSON), None for what is not a number."""
    return None if value is None or not math.isfinite(value) else float(value)


def _finding(finding: Finding, crs: CRS | None) -> Document:
    return {
        "id": finding.id,
        "check": finding.check,
        "severity": finding.severity.value,
        "zones": list(finding.zones),
        "message": _text(finding.message),
        "area_m2": finite(finding.area_m2),
        "width_m": finite(finding.width_m),
        "expected": _value(finding.expected),
        "measured": _value(finding.measured),
        "unit": finding.unit,
        "geometry": geojson(finding.geometry, crs),
        "accepted": _acceptance(finding.accepted),
    }


def _published(figure: PublishedFigure) -> Document:
    return {
        "check": figure.check,
        "label": _text(figure.label),
        "published": _text(figure.published),
        "measured": finite(figure.measured),
        "unit": figure.unit,
        "holds": figure.holds,
        "source": _text(figure.source),
    }


def _acceptance(accepted: Acceptance | None) -> Document | None:
    if accepted is None:
        return None
    expires = accepted.expires.isoformat() if accepted.expires else None
    return {"kind": accepted.kind, "reason": _text(accepted.reason), "author": accepted.author, "expires": expires}


def _run(run: CheckRun) -> Document:
    return {
        "check": run.check,
        "findings": run.findings,
        "examined": run.examined,
        "tolerated": run.tolerated,
        "tolerated_m2": finite(run.tolerated_m2),
        "skipped": _text(run.skipped),
    }


def _area(measurement: Measurement | None) -> Document | None:
    if measurement is None:
        return None
    return {
        "method": measurement.method.value,
        "crs": measurement.projected,
        "official_rounding": measurement.official_rounding,
        "total_m2": finite(measurement.total_m2),
        "zones": [
            {
                "id": zone.id,
                "name": _text(zone.name),
                "area_m2": finite(zone.area_m2(measurement.method)),
                "share": finite(zone.share),
                "percent": finite(zone.percent),
                "ellipsoidal_m2": finite(zone.ellipsoidal_m2),
                "geodesic_m2": finite(zone.geodesic_m2),
                "planar_m2": finite(zone.planar_m2),
            }
            for zone in measurement.zones
        ],
        "groups": [_group(group) for group in measurement.groups],
        "warning": _text(measurement.warning),
    }


def _measured(zone: ZoneMeasure, method: AreaMethod) -> Document:
    area = finite(zone.area_m2(method))
    return {
        "id": zone.id,
        "name": _text(zone.name),
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
    name = _text(group.name)
    return {"id": group.id, "name": name, "area_m2": finite(group.area_m2), "share": finite(group.share)}


def _input(source: InputInfo | None) -> Document | None:
    if source is None:
        return None
    return {
        "path": source.path,
        "layer": source.layer,
        "features": source.features,
        "sha256": source.sha256,
        "crs": source.crs,
        "crs_how": source.crs_how,
    }


def _text(text: Text | None) -> Document | None:
    return None if text is None else {"en": text.en, "zh": text.zh}


def _value(value: float | str | None) -> float | str | None:
    return value if isinstance(value, str) else finite(value)
