"""Findings and zones as a GeoPackage that QGIS and ArcGIS open directly, styled by severity.

Layers: `findings_polygon`, `findings_line`, `findings_point`; `findings` for those without a place;
`zones` with their areas; `layer_styles`, where QGIS looks for the style of each layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.ogr import pyogrio
from geoplan.output import qml
from geoplan.output.documents import finite
from geoplan.output.escape import visible
from geoplan.output.whole import replace_whole, whole_bytes
from geoplan.result import CheckResult, ZoneMeasure
from geoplan.types import Finding, Text
from geoplan.zones import ZoneLayer

if TYPE_CHECKING:
    import pandas as pd

# Layer of the findings of each dimension, and the geometry type it is declared with.
FINDING_LAYERS = {
    2: ("findings_polygon", "MultiPolygon"),
    1: ("findings_line", "MultiLineString"),
    0: ("findings_point", "MultiPoint"),
}
_MULTI = {2: shapely.multipolygons, 1: shapely.multilinestrings, 0: shapely.multipoints}
_TEXT_FIELDS = (
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
    "author",
    "expires",
)


def write_gpkg(result: CheckResult, layer: ZoneLayer | None, path: str | Path) -> None:
    """Write a check as a GeoPackage at `path`, replacing what is there only when all of it is written.

    Geometry stays in the CRS of the checked layer. Raises UsageError when the folder does not exist or
    cannot be written to.
    """
    replace_whole(path, partial(_write_layers, result, layer))


def gpkg_bytes(result: CheckResult, layer: ZoneLayer | None) -> bytes:
    """Return the GeoPackage of a check as bytes."""
    return whole_bytes(partial(_write_layers, result, layer))


def _write_layers(result: CheckResult, layer: ZoneLayer | None, path: Path) -> None:
    styles: list[tuple[str, str]] = []
    placed: set[int] = set()
    if result.crs is not None:
        for dimension, (name, kind) in FINDING_LAYERS.items():
            parts = [parts_of_dimension(finding.geometry, dimension) for finding in result.findings]
            rows = [row for row, part in enumerate(parts) if part is not None]
            placed.update(rows)
            if rows or dimension != 1:
                frame = _findings_frame([result.findings[row] for row in rows])
                _write(frame, [parts[row] for row in rows], path, name, result.crs, kind)
                styles.append((name, qml.findings_style(dimension)))
    homeless = [finding for row, finding in enumerate(result.findings) if row not in placed]
    pyogrio.write_dataframe(_findings_frame(homeless), path, layer="findings", driver="GPKG")
    if layer is not None and len(layer):
        _write_zones(result, layer, path)
        styles.append(("zones", qml.zones_style(result.plan.status if result.plan else None)))
    pyogrio.write_dataframe(_styles_frame(styles), path, layer="layer_styles", driver="GPKG")


def _write_zones(result: CheckResult, layer: ZoneLayer, path: Path) -> None:
    shapes = [_multi(geometry) for geometry in layer.geometry]
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    kind = "MultiPolygon" if kinds <= {"MultiPolygon"} else "Unknown"
    _write(_zones_frame(result, layer), shapes, path, "zones", layer.crs, kind)


def _write(
    frame: pd.DataFrame, shapes: Sequence[BaseGeometry | None], path: Path, name: str, crs: CRS, kind: str
) -> None:
    import geopandas  # noqa: PLC0415 - takes as long to load as a check, and only this report needs it

    placed = geopandas.GeoDataFrame(frame, geometry=geopandas.array.GeometryArray(objects(shapes), crs=crs))
    pyogrio.write_dataframe(placed, path, layer=name, driver="GPKG", geometry_type=kind)


def _findings_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    rows = [finding_fields(finding) for finding in findings]
    fields: dict[str, Any] = {name: pd.Series([row[name] for row in rows], dtype="str") for name in _TEXT_FIELDS}
    for place, name in enumerate(("area_m2", "width_m")):
        values = pd.Series([finite(getattr(finding, name)) for finding in findings], dtype="float64")
        fields = _inserted(fields, 6 + place, name, values)
    return pd.DataFrame(fields)


def _inserted(fields: dict[str, Any], place: int, name: str, values: pd.Series) -> dict[str, Any]:
    items = list(fields.items())
    return dict([*items[:place], (name, values), *items[place:]])


def finding_fields(finding: Finding) -> dict[str, str | None]:
    """Return the text columns of a finding in a layer, every character visible; figures as text."""
    accepted = finding.accepted
    return {
        "id": finding.id,
        "check": visible(finding.check),
        "severity": finding.severity.value,
        "zones": visible(", ".join(finding.zones)),
        "message_en": visible(finding.message.en),
        "message_zh": visible(finding.message.zh),
        "expected": _value(finding.expected),
        "measured": _value(finding.measured),
        "unit": None if finding.unit is None else visible(finding.unit),
        "accepted": None if accepted is None else visible(accepted.kind),
        "reason": None if accepted is None else visible(_both(accepted.reason)),
        "author": None if accepted is None else visible(accepted.author),
        "expires": accepted.expires.isoformat() if accepted is not None and accepted.expires else None,
    }


def _zones_frame(result: CheckResult, layer: ZoneLayer) -> pd.DataFrame:
    """Return one row per feature; figures only where the measurement has one row per feature as well."""
    import pandas as pd  # noqa: PLC0415 - as above

    measured: Sequence[ZoneMeasure | None] = result.measurement.zones if result.measurement else ()
    if len(measured) != len(layer):
        measured = [None] * len(layer)
    text = {
        "id": [visible(zone.id) if zone else None for zone in measured],
        "name_en": [visible(zone.name.en) if zone else None for zone in measured],
        "name_zh": [visible(zone.name.zh) if zone else None for zone in measured],
    }
    fields = {name: pd.Series(values, dtype="str") for name, values in text.items()}
    for name in ("ellipsoidal_m2", "geodesic_m2", "planar_m2", "perimeter_m", "percent"):
        values = [finite(getattr(zone, name)) if zone else None for zone in measured]
        fields[name] = pd.Series(values, dtype="float64")
    return pd.DataFrame(fields)


def _styles_frame(styles: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the rows of the table in which QGIS keeps default styles, in its own spelling."""
    import pandas as pd  # noqa: PLC0415 - as above

    names = [name for name, _ in styles]
    return pd.DataFrame(
        {
            "f_table_catalog": [""] * len(styles),
            "f_table_schema": [""] * len(styles),
            "f_table_name": names,
            "f_geometry_column": ["geom"] * len(styles),
            "styleName": names,
            "styleQML": [style for _, style in styles],
            "styleSLD": [""] * len(styles),
            "useAsDefault": np.ones(len(styles), dtype=bool),
            "description": ["geoplan"] * len(styles),
            "owner": [""] * len(styles),
            "ui": [""] * len(styles),
            "update_time": pd.Series([datetime.now(UTC)] * len(styles), dtype="datetime64[ms, UTC]"),
        }
    )


def parts_of_dimension(geometry: BaseGeometry | None, dimension: int) -> BaseGeometry | None:
    """Return the parts of one dimension as a multi-geometry; None without any, or with a place nowhere."""
    if geometry is None or geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None
    singles = _singles(shapely.force_2d(geometry))
    chosen = [part for part in singles if shapely.get_dimensions(part) == dimension and not part.is_empty]
    return _MULTI[dimension](chosen) if chosen else None


def _singles(geometry: BaseGeometry) -> list[BaseGeometry]:
    parts = list(shapely.get_parts(geometry))
    if len(parts) == 1 and parts[0].geom_type == geometry.geom_type:
        return [shapely.LineString(geometry) if geometry.geom_type == "LinearRing" else geometry]
    return [single for part in parts for single in _singles(part)]


def _multi(geometry: BaseGeometry | None) -> BaseGeometry | None:
    if geometry is None or geometry.geom_type != "Polygon" or geometry.is_empty:
        return geometry
    return shapely.multipolygons([geometry])


def _value(value: float | str | None) -> str | None:
    if isinstance(value, str):
        return visible(value)
    return None if finite(value) is None else f"{value:.12g}"


def _both(text: Text) -> str:
    return text.en if text.en == text.zh else f"{text.en} / {text.zh}"
